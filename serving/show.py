"""What the commands print: tables in the terminal, drawn from what was computed or written."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
import pyarrow.parquet as pq
from rich.console import Console
from rich.markup import escape
from rich.table import Table

from features.asof import newest_moment
from features.feature import QUALITIES
from features.names import Language
from features.tables import NEEDS
from models.words import IDIOMS, read_reason
from serving.registry import DEFAULT_NAME
from serving.show_lift import counted_as, share_told

if TYPE_CHECKING:
    from features.source import Market
    from training.tracking import Registered
    from training.train import Trained
    from training.tune import Tuned

TOP_FEATURES = 10
FAR_AHEAD = timedelta(days=31)
"""A training moment so long after all data is hardly meant."""
SHOWN_CAMPAIGNS = 3
SHOWN_CREATORS = 5
WIDE = 110
"""Columns of a terminal from which reach and qualities are shown beside rate and conversions."""
COMMANDS = ("train", "evaluate", "score", "plan")


def show_validation(console: Console, market: Market, out: Path) -> None:
    """The tables found, what is wrong with them, and the commands that they suffice for."""
    table = Table(title="What was found", title_justify="left")
    for name in ("table", "rows read", "clean", "quarantined", "notes"):
        table.add_column(
            name, justify="right" if name in ("rows read", "clean", "quarantined") else "left"
        )
    for name, report in market.tables.items():
        if not report.present:
            table.add_row(name, "–", "–", "–", "absent")
            continue
        notes = [f"{count:,} × {rule}" for rule, count in report.quarantined.items()]
        notes += [
            f"{count:,} of unknown kind {kind}" for kind, count in report.unknown_kinds.items()
        ]
        notes += [
            f"{count:,} without {column}" for column, count in report.undated.items() if count
        ]
        if report.ignored_columns:
            notes.append(f"ignored columns: {', '.join(report.ignored_columns)}")
        if not report.rows:
            notes.append("empty")
        table.add_row(
            name,
            f"{report.rows_read:,}",
            f"{report.rows:,}",
            f"{report.quarantined_rows:,}",
            escape("; ".join(notes)),
        )
    console.print(table)
    console.print("What is absent or empty is unknown to the features, never zero. Commands:")
    for command in COMMANDS:
        lacking = [name for name in sorted(NEEDS[command][0] - {"scores"}) if not market.has(name)]
        verdict = "[green]suffices[/]" if not lacking else f"lacks rows in {', '.join(lacking)}"
        beside = {"score": " (and a model)", "plan": " (and scores)"}.get(command, "")
        console.print(f"  {command:<9}{verdict}{beside}")
    console.print(
        f"Manifest{' and quarantined rows' if _any_quarantined(market) else ''}: {escape(str(out))}"
    )


def _any_quarantined(market: Market) -> bool:
    return any(report.quarantined_rows for report in market.tables.values())


def show_training(
    console: Console,
    trained: Trained,
    market: Market,
    *,
    name: str,
    registered: Registered,
    bundle: Path | None,
    data: Path,
) -> None:
    """What was learned, from what, where the model is, and what to type next."""
    from training.enough import UNCHECKED

    facts = trained.fitted.facts
    console.print(
        f"Trained at {trained.until:%Y-%m-%d %H:%M} UTC on {facts['labels']:,} outcomes of "
        f"{facts['creators']:,} creators in {facts['campaigns']:,} campaigns."
    )
    newest = newest_moment(market.connection)
    if newest is not None and trained.until > newest + FAR_AHEAD:
        console.print(
            f"Caution: that is {(trained.until - newest).days:,} days after the newest event or "
            f"reading ({newest:%Y-%m-%d %H:%M} UTC). No campaign decided before it is scored "
            "without --allow-past, and none can judge this model: check --until."
        )
    if facts["held_out_labels"]:
        console.print(
            f"On {facts['held_out_labels']:,} later outcomes: within-campaign Spearman "
            f"{facts['held_out_spearman']:.2f} with the realised rate, by models fitted before "
            "them (what to keep was chosen on them)."
        )
    else:
        console.print(f"Caution: {UNCHECKED}.")
    if facts["outcomes_without_exposed"]:
        console.print(
            f"{facts['outcomes_without_exposed']:,} matured outcomes have no exposed: they train "
            "nothing."
        )
    if facts["impressions_share"]:
        console.print(
            f"{100 * facts['impressions_share']:.0f} % of the outcomes count impressions, not "
            "people: reach and rate are per whatever was counted."
        )
    if facts["outcomes_above_exposed"]:
        console.print(
            f"{facts['outcomes_above_exposed']:,} outcomes have more conversions than impressions: "
            "they count as many, a rate of one."
        )
    if facts["outcomes_beyond_people"]:
        console.print(
            f"Caution: {facts['outcomes_beyond_people']:,} outcomes expose more people than live "
            "(1e10): if exposed counts something else, rates are wrong by as much; check its unit."
        )
    console.print(_kept(facts))
    if trained.tuned is not None:
        console.print(_search_in_words(trained.tuned))
    console.print(share_told(facts))
    table = Table(title="What counts most in the linear part", title_justify="left")
    for column in ("feature", "quality", "known", "odds per interquartile range"):
        table.add_column(column, justify="left" if column in ("feature", "quality") else "right")
    told = trained.fitted.features
    strongest = told.loc[told["coefficient"].abs().nlargest(TOP_FEATURES).index]
    for line in strongest[strongest["coefficient"] != 0].to_dict("records"):
        table.add_row(
            line["feature"],
            line["quality"],
            f"{100 * line['known']:.0f} %",
            f"×{np.exp(line['coefficient']):.2f}",
        )
    console.print(table)
    where = f", bundle in {escape(str(bundle))}" if bundle else ""
    alias = "champion" if registered.is_champion else "challenger"
    console.print(
        f"Model {trained.version}: registered as {escape(name)} version {registered.version}, "
        f"alias {alias}{where}"
    )
    console.print(escape(_next_step(name, registered, data)), soft_wrap=True)


def _search_in_words(tuned: Tuned) -> str:
    said = f"Tried {len(tuned.trials)} learners"
    if failed := sum(trial.failed for trial in tuned.trials):
        said += f", {failed} of which could not be fitted"
    if tuned.best.number == 0:
        return f"{said}: none was worth more than the default, which was kept."
    changed = [
        f"{name} {value:.3g}" if isinstance(value, float) else f"{name} {value}"
        for name, value in asdict(tuned.best.learner).items()
        if value != getattr(tuned.default, name)
    ]
    return (
        f"{said}. The best, trial {tuned.best.number}: {', '.join(changed)}. Its gain over the "
        f"default on {tuned.campaigns} later campaigns that the search had not seen: "
        f"{tuned.gain:+.4f} in log error (standard error {tuned.gain_error:.4f}), "
        f"{tuned.rank_gain:+.3f} in rank correlation ({tuned.rank_gain_error:.3f}). "
        + ("It was kept." if tuned.kept else "That is not sure: the default was kept.")
    )


def _kept(facts: Mapping[str, float]) -> str:
    if not facts["held_out_labels"]:
        return "Kept: history alone."
    if not facts["features_beyond_history"] and not facts["trees"]:
        return "Kept: history alone, because later campaigns confirm nothing beyond it."
    return (
        "Kept beyond history, because later campaigns confirm it: "
        f"{facts['features_beyond_history']} linear features and {facts['trees']} trees "
        f"({100 * facts['tree_variance_share']:.0f} % of the variance of log rate)."
    )


def _next_step(name: str, registered: Registered, data: Path) -> str:
    if registered.is_champion:
        model = "" if name == DEFAULT_NAME else f" --model {name}@champion"
        return (
            "It is the first of its name: there is no champion to compare it with. "
            f"Next: suasion score {data} --out scores{model}"
        )
    named = "" if name == DEFAULT_NAME else f" --name {name}"
    return (
        f"Version {registered.champion} stays champion. Next: suasion promote {data}{named}, "
        "which judges both on campaigns decided since; train --until EARLIER leaves it some"
    )


def show_scores(console: Console, out: Path, language: Language = "en") -> None:
    """The best of each of the first campaigns, as written."""
    scores = pq.read_table(out / "scores.parquet").to_pandas()
    console.print(
        f"{len(scores):,} rows in {scores['campaign_id'].nunique():,} campaigns: "
        f"{escape(str(out))}/scores.parquet"
    )
    console.print(f"Conversions are {counted_as(bool(scores['incremental'].any()))}.")
    is_wide = console.width >= WIDE
    for campaign in list(dict.fromkeys(scores["campaign_id"]))[:SHOWN_CAMPAIGNS]:
        of_campaign = scores[scores["campaign_id"] == campaign]
        console.print(
            _campaign_table(of_campaign, str(campaign), is_wide=is_wide, language=language)
        )
    if not is_wide:
        console.print(
            f"  (reach and the four qualities: in a terminal of {WIDE} columns or the file)"
        )
    warned = scores["warnings"].explode().dropna().str.replace(r" \(.*\)", "", regex=True)
    for warning, count in warned.value_counts().items():
        console.print(f"  warning: {count:,} rows: {escape(str(warning))}")


def _campaign_table(
    scores: pd.DataFrame, campaign: str, *, is_wide: bool, language: Language
) -> Table:
    unit = " (qualities in log-odds)" if is_wide else ""
    kind = counted_as(bool(scores["incremental"].any()))
    table = Table(
        title=f"Campaign {escape(campaign)}: most {kind} conversions expected{unit}",
        title_justify="left",
    )
    short = [f"{quality[:5]}." for quality in QUALITIES] if is_wide else []
    reach = ["reach"] if is_wide else []
    heads = ("creator", *reach, "rate", "conversions (80 %)", *short, "best reason")
    for head in heads:
        is_text = head in ("creator", "best reason")
        table.add_column(head, justify="left" if is_text else "right", no_wrap=not is_text)
    for row in scores.nlargest(SHOWN_CREATORS, "conversions").to_dict("records"):
        package = f" · {row['package']}" if isinstance(row["package"], str) else ""
        table.add_row(
            escape(f"{row['creator_id']}{package}"),
            *([f"{row['exposed']:,.0f}"] if is_wide else []),
            f"{row['rate']:.3%}",
            f"{row['conversions']:,.0f} "
            f"({row['conversions_low']:,.0f}–{row['conversions_high']:,.0f})",
            *(f"{row[quality]:+.2f}" for quality in QUALITIES if is_wide),
            escape(_best_reason(row["reasons"], language)),
        )
    return table


def _best_reason(reasons: Sequence[str], language: Language) -> str:
    """The strongest reason for a creator, else the strongest against; the odds stay in the file."""
    told = map(read_reason, reasons)
    best = next((said for side, said in told if side == "for"), None)
    if best is None and len(reasons):
        best = reasons[0].rpartition(", ")[0]
    return best or IDIOMS[language].nothing


def show_marginals(console: Console, marginals: pd.DataFrame) -> None:
    """The market's marginals beside the published ranges."""
    table = Table(title="Marginals of the market", title_justify="left")
    for name in marginals.columns:
        table.add_column(str(name))
    for line in marginals.to_dict("records"):
        table.add_row(
            *(f"{v:.3g}" if isinstance(v, float) else escape(str(v)) for v in line.values())
        )
    console.print(table)
