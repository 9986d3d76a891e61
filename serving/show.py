"""What the commands print: tables in the terminal, drawn from what was computed or written."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
import pyarrow.parquet as pq
from rich.console import Console
from rich.markup import escape
from rich.table import Table

from features.feature import QUALITIES
from features.tables import NEEDS

if TYPE_CHECKING:
    from features.source import Market
    from training.evaluation import Evaluation
    from training.train import Trained

TOP_FEATURES = 10
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
    version: int,
    bundle: Path | None,
) -> None:
    """What was learned, from what, and where the model is."""
    facts = trained.fitted.facts
    console.print(
        f"Trained at {trained.until:%Y-%m-%d %H:%M} UTC on {facts['labels']:,} outcomes of "
        f"{facts['creators']:,} creators in {facts['campaigns']:,} campaigns."
    )
    if facts["held_out_labels"]:
        console.print(
            f"On {facts['held_out_labels']:,} later outcomes: within-campaign Spearman "
            f"{facts['held_out_spearman']:.2f} with the realised rate, by models fitted before "
            "them (what to keep was chosen on them)."
        )
    else:
        console.print("Too few campaigns to hold later ones out: not calibrated, no trees.")
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
    variance = f"{100 * facts['tree_variance_share']:.0f} % of the variance of log rate"
    console.print(
        f"Kept beyond history, because later campaigns confirm it: "
        f"{facts['features_beyond_history']} linear features and {facts['trees']} trees "
        f"({variance})."
    )
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
    console.print(
        f"Model {trained.version}: registered as {escape(name)} version {version}, "
        f"alias champion{where}"
    )


def show_scores(console: Console, out: Path) -> None:
    """The best of each of the first campaigns, as written."""
    scores = pq.read_table(out / "scores.parquet").to_pandas()
    console.print(
        f"{len(scores):,} rows in {scores['campaign_id'].nunique():,} campaigns: "
        f"{escape(str(out))}/scores.parquet"
    )
    is_wide = console.width >= WIDE
    for campaign in list(dict.fromkeys(scores["campaign_id"]))[:SHOWN_CAMPAIGNS]:
        of_campaign = scores[scores["campaign_id"] == campaign]
        console.print(_campaign_table(of_campaign, str(campaign), is_wide=is_wide))
    if not is_wide:
        console.print(
            f"  (reach and the four qualities: in a terminal of {WIDE} columns or the file)"
        )
    warned = scores["warnings"].explode().dropna().str.replace(r" \(.*\)", "", regex=True)
    for warning, count in warned.value_counts().items():
        console.print(f"  warning: {count:,} rows: {escape(str(warning))}")


def _campaign_table(scores: pd.DataFrame, campaign: str, *, is_wide: bool) -> Table:
    unit = " (qualities in log-odds)" if is_wide else ""
    table = Table(
        title=f"Campaign {escape(campaign)}: most conversions expected{unit}",
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
            escape(_best_reason(row["reasons"])),
        )
    return table


def _best_reason(reasons: Sequence[str]) -> str:
    """The strongest reason for a creator, else the strongest against; the odds stay in the file."""
    best = next((reason for reason in reasons if reason.startswith("for: ")), None)
    best = best or (reasons[0] if len(reasons) else "nothing known sets it apart")
    return best.removeprefix("for: ").partition(", odds")[0]


def show_evaluation(console: Console, found: Evaluation, days: float, out: Path | None) -> None:
    """How well each score ranks creators within campaigns, and how far the model is ahead."""
    console.print(
        _rank_table(found.ranking, "Within-campaign Spearman correlation with the realised rate")
    )
    console.print(
        _rank_table(found.conversions, "The same with realised conversions, reach included")
    )
    table = Table(title=f"Origins, each judged on the {days:g} days after it", title_justify="left")
    heads = (
        "origin",
        "labels",
        "judged",
        "trees",
        "variance by trees",
        "reach ratio",
        "rate ratio",
        "conversions ratio",
    )
    for head in (*heads, "80 % covers"):
        table.add_column(head, justify="left" if head == "origin" else "right")
    for line in found.origins.to_dict("records"):
        table.add_row(
            f"{line['origin']:%Y-%m-%d}",
            f"{line['labels']:,}",
            f"{line['judged']:,}",
            f"{line['trees']}",
            f"{100 * line['tree_variance_share']:.0f} %",
            f"{line['exposed_ratio']:.2f}",
            f"{line['conversions_ratio_at_true_reach']:.2f}",
            f"{line['conversions_ratio']:.2f}",
            f"{100 * line['coverage_80']:.0f} %",
        )
    console.print(table)
    console.print(
        "Ratios are totals, predicted over observed; the rate's is taken at the true reach."
    )
    console.print(
        "No randomised rows or propensities were used: outcomes are attributed, not incremental."
    )
    if found.money is not None:
        show_money(console, found.money)
    if found.truth is not None:
        show_truth(console, found.truth)
    if out is not None:
        console.print(f"Tables: {escape(str(out))}")


def _rank_table(ranking: pd.DataFrame, title: str) -> Table:
    table = Table(title=f"{title} (95 % two-way bootstrap)", title_justify="left")
    for head in ("rows", "campaigns", "score", "Spearman", "95 %", "suasion ahead by", "95 %"):
        table.add_column(head, justify="left" if head in ("rows", "score") else "right")
    last = ""
    for line in ranking.to_dict("records"):
        is_first = line["rows"] != last
        if last and is_first:
            table.add_section()
        low, high = line["ahead_low"], line["ahead_high"]
        is_model = line["model_ahead"] == 0 and low == 0 == high
        table.add_row(
            line["rows"] if is_first else "",
            f"{line['campaigns']}" if is_first else "",
            line["score"],
            f"{line['spearman']:+.3f}",
            f"{line['low']:+.2f} … {line['high']:+.2f}",
            "" if is_model else f"{line['model_ahead']:+.3f}",
            "" if is_model else f"{low:+.2f} … {high:+.2f}",
        )
        last = line["rows"]
    return table


def show_money(console: Console, money: pd.DataFrame) -> None:
    """What each score captures of the conversions that the best choice would have brought."""
    from training.money import MOST_CREATORS

    table = Table(
        title="Conversions captured, as a share of the oracle's, choosing at most "
        f"{MOST_CREATORS} creators (95 % campaign bootstrap)",
        title_justify="left",
    )
    for head in (
        "reach",
        "budget",
        "score",
        "captured",
        "95 %",
        "mean of ratios",
        "suasion ahead by",
        "95 %",
    ):
        table.add_column(head, justify="left" if head in ("reach", "budget", "score") else "right")
    last: tuple[str, float] | None = None
    for line in money[money["score"] != "oracle"].to_dict("records"):
        setting = (str(line["reach"]), float(line["budget_share"]))
        if last is not None and setting != last:
            table.add_section()
        is_model = line["score"] == "suasion"
        table.add_row(
            setting[0] if setting != last else "",
            f"{100 * setting[1]:.0f} %" if setting != last else "",
            str(line["score"]),
            f"{line['pooled']:.3f}",
            f"{line['low']:.2f} … {line['high']:.2f}",
            f"{line['mean']:.3f}",
            "" if is_model else f"{line['suasion_ahead']:+.3f}",
            "" if is_model else f"{line['ahead_low']:+.2f} … {line['ahead_high']:+.2f}",
        )
        last = setting
    console.print(table)
    console.print(
        "The budget is a share of what all candidates of a campaign cost, fees and handling."
    )


def show_truth(console: Console, truth: pd.DataFrame) -> None:
    """How far each score agrees with the true rate, and what of it is popularity."""
    table = Table(title="Beside the true rate, among all candidates", title_justify="left")
    for head in (
        "score",
        "Spearman",
        "of what features could reveal",
        "popularity given the truth",
    ):
        table.add_column(head, justify="left" if head == "score" else "right")
    for line in truth.to_dict("records"):
        table.add_row(
            str(line["score"]),
            f"{line['spearman']:+.3f}",
            f"{100 * line['share_of_revealed']:.0f} %",
            f"{line['popularity']:+.3f}",
        )
    console.print(table)
    console.print("Popularity: mean partial rank correlation with followers given the true rate.")


def show_comparison(console: Console, found: Evaluation) -> None:
    """One table: how each score ranks creators, what a tight budget spent by it captures, and its
    popularity.
    """
    from training.money import TIGHT_SHARE

    ranking = found.ranking[found.ranking["rows"] == "all"].set_index("score")["spearman"]
    truth = None if found.truth is None else found.truth.set_index("score")
    captured = {}
    if found.money is not None:
        tight = found.money[found.money["budget_share"] == TIGHT_SHARE]
        captured = {
            which: part.set_index("score")["pooled"] for which, part in tight.groupby("reach")
        }
    table = Table(title="Earlier decisions, judged by what came of them", title_justify="left")
    for head in (
        "score",
        "Spearman, realised rate",
        "Spearman, true rate",
        "popularity given truth",
        "captured, true reach",
        "captured, our reach",
    ):
        table.add_column(
            head, justify="left" if head == "score" else "right", no_wrap=head == "score"
        )
    for score, (in_money, label) in _COMPARED.items():
        table.add_row(
            label,
            _number(ranking, score, "{:+.2f}"),
            _number(_column(truth, "spearman"), score, "{:+.2f}"),
            _number(_column(truth, "popularity"), score, "{:+.2f}"),
            _number(captured.get("true"), in_money, "{:.0%}"),
            _number(captured.get("predicted"), in_money, "{:.0%}"),
        )
    console.print(table)
    console.print(
        "Captured: share of the conversions of the best choice, each rate taken times the reach, "
        f"with {100 * TIGHT_SHARE:.0f} % of what all candidates of a campaign cost. "
        "Popularity: partial rank correlation with followers given the true rate."
    )


_COMPARED = {
    "suasion": ("suasion", "suasion"),
    "past rate": ("past rate × reach", "past rate"),
    "history": ("history × reach", "response history"),
    "engagement rate": ("engagement rate × followers", "engagement rate"),
    "followers": ("followers", "followers"),
    "revealed": ("all that features could reveal", "what features could reveal"),
}


def _column(table: pd.DataFrame | None, name: str) -> pd.Series | None:
    return None if table is None else table[name]


def _number(column: pd.Series | None, name: str, form: str) -> str:
    return "" if column is None or name not in column.index else form.format(column[name])


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
