"""What `evaluate` and `demo` print: how well each score ranked, what it was worth, and its origins.

Tables fit a terminal of 80 columns; intervals of every line are in the files.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import pandas as pd
from rich.console import Console
from rich.markup import escape
from rich.table import Table

from serving.show_lift import evaluation_told, show_lift
from training.contest import LEAST_CAMPAIGNS

if TYPE_CHECKING:
    from training.evaluation import Evaluation


def caution(campaigns: int) -> str:
    """What is said of intervals that so few campaigns were drawn for; nothing of enough."""
    if campaigns >= LEAST_CAMPAIGNS:
        return ""
    few = "a single campaign" if campaigns == 1 else f"{campaigns} campaigns"
    return (
        f"Only {few}: intervals of so few say little, however narrow. At least {LEAST_CAMPAIGNS} "
        "should be judged: give more --origins or more --days."
    )


def show_evaluation(console: Console, found: Evaluation, days: float, out: Path | None) -> None:
    """How well each score ranks creators within campaigns, and how far the model is ahead."""
    for ranking, title in (
        (found.ranking, "Within-campaign Spearman correlation with the realised rate"),
        (found.conversions, "The same with realised conversions, reach included"),
    ):
        for table in _rank_tables(ranking, title):
            console.print(table)
    table = Table(
        title=f"Origins, each judged on the {days:g} days of decisions after it, up to the next",
        title_justify="left",
    )
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
        is_date = head == "origin"
        table.add_column(head, justify="left" if is_date else "right", no_wrap=is_date)
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
    unchecked = found.origins.loc[~found.origins["is_checked"], "origin"]
    if len(unchecked):
        console.print(
            "Too few outcomes to hold campaigns out in training, hence uncalibrated history with "
            f"default spreads: {', '.join(f'{origin:%Y-%m-%d}' for origin in unchecked)}."
        )
    show_figures(console, found.figures)
    if found.value is not None:
        show_value(console, found.value)
    console.print(evaluation_told(found))
    show_lift(console, found)
    if found.money is not None:
        show_money(console, found.money)
        show_experience(console, found.figures)
    if found.truth is not None:
        show_truth(console, found.truth)
    show_lacking(console, found.baselines)
    if few := caution(found.rows["campaign_id"].nunique()):
        console.print(few)
    if out is not None:
        console.print(f"Tables: {escape(str(out))}")


_SHOWN = {
    "d2": "D2 against campaign base",
    "calibration_slope": "calibration slope",
    "calibration_intercept": "calibration intercept",
    "ndcg_5": "NDCG@5",
    "pit_coverage_conversions": "80 % covers, conversions",
    "pit_coverage_exposed": "80 % covers, exposed",
    "pit_coverage_rate": "80 % covers, rate",
}


def show_figures(console: Console, figures: pd.DataFrame) -> None:
    """The model's error, calibration and coverage, on all rows and on warm and cold ones; beside
    them what history told as a rate comes to, on all.
    """
    from training.metrics import HISTORY_RATE

    keys = ["score", "metric", "subset"]
    known = {tuple(line[key] for key in keys): line for line in figures.to_dict("records")}
    campaigns = figures.loc[figures["score"] == "suasion", "campaigns"].max()
    table = Table(
        title=f"Suasion's errors and intervals (95 % bootstrap of {campaigns:.0f} campaigns)",
        title_justify="left",
        pad_edge=False,
    )
    table.add_column("figure", no_wrap=True)
    for head in ("all", "95 %", "warm", "cold", "history"):
        table.add_column(head, justify="right", no_wrap=True)
    for metric, name in _SHOWN.items():
        if ("suasion", metric, "all") in known:
            lines = [known.get(("suasion", metric, subset)) for subset in ("all", "warm", "cold")]
            lines.append(known.get((HISTORY_RATE, metric, "all")))
            values = ["" if line is None else f"{line['value']:.2f}" for line in lines]
            line = known["suasion", metric, "all"]
            told = "" if pd.isna(line["low"]) else f"{line['low']:.2f}…{line['high']:.2f}"
            table.add_row(name, values[0], told, *values[1:])
    console.print(table)
    console.print(
        "Coverage is that of the randomised PIT: .80 is right. History: the creator's own response "
        "told as a rate."
    )


def show_value(console: Console, value: pd.DataFrame) -> None:
    """What choosing by each score brings a creator, by the propensities that were logged."""
    table = Table(
        title="Conversions per creator chosen, by logged propensities", title_justify="left"
    )
    for head in ("score", "value", "suasion ahead by", "95 %", "effective picks"):
        is_whole = head in ("score", "95 %")
        table.add_column(head, justify="left" if head == "score" else "right", no_wrap=is_whole)
    for line in value.to_dict("records"):
        is_model = pd.isna(line["ahead"])
        table.add_row(
            _SHORT.get(line["score"], line["score"]),
            f"{line['value']:.1f}",
            "" if is_model else f"{line['ahead']:+.1f}",
            "" if is_model else f"{line['ahead_low']:+.1f}…{line['ahead_high']:+.1f}",
            f"{line['effective']:.0f}",
        )
    console.print(table)


def _rank_tables(ranking: pd.DataFrame, title: str) -> list[Table]:
    """All rows with intervals; then the subsets of rows, one column each."""
    everyone = ranking[ranking["rows"] == "all"]
    drawn = f"95 % two-way bootstrap of {everyone['campaigns'].iloc[0]} campaigns"
    table = Table(title=f"{title} ({drawn})", title_justify="left", pad_edge=False)
    heads = ("score", "Spearman", "95 %", "suasion ahead by", "95 %")
    for head in heads:
        is_whole = head in ("score", "95 %")
        table.add_column(head, justify="left" if head == "score" else "right", no_wrap=is_whole)
    for line in everyone.to_dict("records"):
        low, high = line["ahead_low"], line["ahead_high"]
        is_model = line["model_ahead"] == 0 and low == 0 == high
        table.add_row(
            line["score"],
            f"{line['spearman']:+.3f}",
            _interval(line["low"], line["high"]),
            "" if is_model else f"{line['model_ahead']:+.3f}",
            "" if is_model else _interval(low, high),
        )
    parts = ranking[ranking["rows"] != "all"]
    return [table] if parts.empty else [table, _subset_table(parts)]


def _subset_table(ranking: pd.DataFrame) -> Table:
    """Spearman on each subset of rows, and in brackets by how much the model leads."""
    subsets = list(dict.fromkeys(ranking["rows"]))
    table = Table(
        title="The same on some of the rows (in brackets: suasion ahead)", title_justify="left"
    )
    table.add_column("score", no_wrap=True)
    of_subset = {subset: ranking[ranking["rows"] == subset] for subset in subsets}
    for subset, lines in of_subset.items():
        table.add_column(f"{subset}: {lines['campaigns'].iloc[0]} campaigns", justify="right")
    for score in dict.fromkeys(ranking["score"]):
        cells = []
        for lines in of_subset.values():
            [line] = lines[lines["score"] == score].to_dict("records")
            ahead = f" ({line['model_ahead']:+.2f})" if line["model_ahead"] else ""
            cells.append(f"{line['spearman']:+.2f}{ahead}")
        table.add_row(score, *cells)
    return table


def _interval(low: float, high: float) -> str:
    return f"{low:+.2f}…{high:+.2f}"


def show_money(console: Console, money: pd.DataFrame) -> None:
    """What each score captures of the conversions that the best choice would have brought."""
    from training.money import MOST_CREATORS, TIGHT_SHARE

    table = Table(
        title="Conversions captured, as a share of the oracle's, choosing at most "
        f"{MOST_CREATORS} creators, by reach (true or ours) and budget",
        title_justify="left",
    )
    settings = list(dict.fromkeys(zip(money["reach"], money["budget_share"], strict=True)))
    table.add_column("score", no_wrap=True)
    for reach, share in settings:
        table.add_column(f"{_REACHES[reach]} {100 * share:.0f} %", justify="right")
    told = money[money["score"] != "oracle"]
    captured = told.set_index(["score", "reach", "budget_share"])["pooled"]
    for score in dict.fromkeys(told["score"]):
        shares = (f"{captured[(score, *setting)]:.2f}" for setting in settings)
        table.add_row(_SHORT.get(score, score), *shares)
    console.print(table)
    tight = told[(told["reach"] == "predicted") & (told["budget_share"] == TIGHT_SHARE)]
    console.print(_tight_table(tight, TIGHT_SHARE))
    console.print(
        "The budget is a share of what all candidates of a campaign cost, fees and handling."
    )


_REACHES = {"true": "true", "predicted": "ours"}
_SHORT = {"all that features could reveal": "what features could reveal"}


def _tight_table(tight: pd.DataFrame, share: float) -> Table:
    table = Table(
        title=f"The same at {100 * share:.0f} % and our reach (95 % campaign bootstrap)",
        title_justify="left",
    )
    for head in ("score", "captured", "mean ratio", "suasion ahead by", "95 %"):
        is_whole = head in ("score", "95 %")
        table.add_column(head, justify="left" if head == "score" else "right", no_wrap=is_whole)
    for line in tight.to_dict("records"):
        is_model = line["score"] == "suasion"
        table.add_row(
            _SHORT.get(line["score"], line["score"]),
            f"{line['pooled']:.3f}",
            f"{line['mean']:.3f}",
            "" if is_model else f"{line['suasion_ahead']:+.3f}",
            "" if is_model else _interval(line["ahead_low"], line["ahead_high"]),
        )
    return table


def show_experience(console: Console, figures: pd.DataFrame) -> None:
    """What each score captures choosing among warm creators only, and among cold ones."""
    from training.money import TIGHT_SHARE

    metric = f"captured_{100 * TIGHT_SHARE:g}_percent_predicted_reach"
    told = figures[(figures["metric"] == metric) & figures["subset"].isin(("warm", "cold"))]
    if told.empty:
        return
    table = Table(
        title="The same among warm creators alone, and among cold ones", title_justify="left"
    )
    table.add_column("score", no_wrap=True)
    subsets = list(dict.fromkeys(told["subset"]))
    for subset in subsets:
        for head in (subset, "ahead by", "95 %"):
            table.add_column(head, justify="right", no_wrap=True)
    lines = {(line["score"], line["subset"]): line for line in told.to_dict("records")}
    for score in dict.fromkeys(told["score"]):
        cells = []
        for subset in subsets:
            line = lines.get((score, subset))
            if line is None:
                cells += ["", "", ""]
                continue
            is_model = score == "suasion"
            cells += [
                f"{line['value']:.3f}",
                "" if is_model else f"{line['ahead']:+.3f}",
                "" if is_model else _interval(line["ahead_low"], line["ahead_high"]),
            ]
        if score != "oracle":
            table.add_row(_SHORT.get(score, score), *cells)
    console.print(table)


def show_lacking(console: Console, baselines: pd.DataFrame) -> None:
    """The terms that baselines leave out, because no table carries them."""
    lacking = baselines[baselines["lacks"] != ""]
    if len(lacking):
        console.print("What is not known has weight 0 in a baseline:")
    for lacks, lines in lacking.groupby("lacks", sort=False):
        console.print(f"  {', '.join(lines['score'])}: {lacks}", highlight=False)


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
        "Popularity: partial rank correlation with followers given the true rate. Conversions are "
        "attributed, not incremental."
    )


_COMPARED = {
    "suasion": ("suasion", "suasion"),
    "past rate": ("past rate × reach", "past rate"),
    "history": ("history × reach", "response history"),
    "engagement rate": ("engagement rate × followers", "engagement rate"),
    "engagement model": ("engagement model × reach", "engagement model"),
    "followers": ("followers", "followers"),
    "klout": ("klout", "Klout"),
    "kred": ("kred", "Kred"),
    "peerindex": ("peerindex", "PeerIndex"),
    "funnel": ("funnel", "funnel"),
    "revealed": ("all that features could reveal", "what features could reveal"),
}


def _column(table: pd.DataFrame | None, name: str) -> pd.Series | None:
    return None if table is None else table[name]


def _number(column: pd.Series | None, name: str, form: str) -> str:
    return "" if column is None or name not in column.index else form.format(column[name])
