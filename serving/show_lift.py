"""What is said of lift: whether conversions are attributed or incremental, and what Qini shows."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
from rich.console import Console
from rich.table import Table

from models.incremental import NEEDED
from models.intervals import Z

if TYPE_CHECKING:
    from training.evaluation import Evaluation

ATTRIBUTED, INCREMENTAL = "attributed", "incremental"


def counted_as(incremental: bool) -> str:
    """The label of conversions: "incremental" (lift) or "attributed"."""
    return INCREMENTAL if incremental else ATTRIBUTED


def share_told(facts: Mapping[str, Any]) -> str:
    """What a training run learned of the incremental share, in a sentence or two.

    Parameters
    ----------
    facts : mapping
        `training.fit.Fitted.facts`, or those of a bundle's manifest; NaN or None where nothing was
        learned.
    """
    outcomes, campaigns = facts["controlled_outcomes"], facts["controlled_campaigns"]
    groups = f"{outcomes:,} outcomes of {campaigns:,} campaigns held groups out"
    share, sd = facts["incremental_share"], facts["sd_incremental_share"]
    if share is None or share != share:
        if not outcomes:
            groups = "no outcome held a group out"
        return f"Conversions are attributed, not incremental: {groups}; a share takes {NEEDED}."
    low, high = share * np.exp(-Z * sd), min(share * np.exp(Z * sd), 1.0)
    return (
        f"Conversions are attributed. Of them {100 * share:.0f} % are incremental "
        f"({100 * low:.0f} to {100 * high:.0f} % in 80 of 100 campaigns): {groups}. "
        "suasion score --incremental tells lift."
    )


def evaluation_told(found: Evaluation) -> str:
    """What kind of conversions an evaluation is about."""
    if found.lift is None:
        return "Conversions are attributed, not incremental: no judged outcome held a group out."
    return (
        "Conversions, predicted and observed, are attributed; lift and Qini are about incremental "
        "ones, of the judged outcomes that held groups out."
    )


def show_lift(console: Console, found: Evaluation) -> None:
    """Incremental conversions in all and by audience, and the Qini coefficient of each score."""
    if found.lift is None:
        return
    table = Table(
        title="Lift of the outcomes that held groups out (80 % interval)",
        title_justify="left",
        pad_edge=False,
    )
    for head in ("creators", "outcomes", "campaigns", "attributed", "incremental", "80 %", "share"):
        table.add_column(head, justify="left" if head == "creators" else "right", no_wrap=True)
    for line in found.lift[found.lift["of"] != "campaign"].to_dict("records"):
        table.add_row(
            str(line["name"]),
            f"{line['outcomes']:,}",
            f"{line['campaigns']:,}",
            f"{line['conversions']:,.0f}",
            f"{line['incremental']:,.0f}",
            f"{line['low']:,.0f}…{line['high']:,.0f}",
            "" if pd.isna(line["share"]) else f"{100 * line['share']:.0f} %",
        )
    console.print(table)
    told = found.figures[found.figures["metric"] == "qini"]
    if len(told):
        console.print(_qini_table(told))
        console.print(
            "Qini: area between the curve of incremental conversions, creators asked in the order "
            "of the score, and a random order, over all of them: 0 is chance."
        )


def _qini_table(told: pd.DataFrame) -> Table:
    table = Table(
        title="Qini coefficient (95 % campaign bootstrap)", title_justify="left", pad_edge=False
    )
    for head in ("score", "Qini", "95 %", "suasion ahead by", "95 %"):
        is_whole = head in ("score", "95 %")
        table.add_column(head, justify="left" if head == "score" else "right", no_wrap=is_whole)
    for line in told.to_dict("records"):
        is_model = pd.isna(line["ahead"])
        table.add_row(
            str(line["score"]),
            f"{line['value']:+.3f}",
            _interval(line["low"], line["high"]),
            "" if is_model else f"{line['ahead']:+.3f}",
            "" if is_model else _interval(line["ahead_low"], line["ahead_high"]),
        )
    return table


def _interval(low: float, high: float) -> str:
    return "" if pd.isna(low) else f"{low:+.2f}…{high:+.2f}"
