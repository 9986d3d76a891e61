"""The ablation for people: one line a variant of the model, in the terminal or in Markdown."""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Mapping
from pathlib import Path
from typing import Any

import numpy as np
from rich.console import Console
from rich.markup import escape
from rich.table import Table

from training.ablation import Ablation
from training.money import TIGHT_SHARE

WIDE = 110
"""Columns of a terminal from which errors and counts are shown too."""

EXPLAINED = {
    "variant": (
        "Each variant is trained at each origin with its features only, and keeps of them what "
        "later campaigns confirm."
    ),
    "Spearman": (
        "Spearman: mean within-campaign rank correlation with the realised rate; in brackets, its "
        "paired difference to all qualities with its 95 % two-way bootstrap interval."
    ),
    "cold": "Cold: creators without an earlier outcome.",
    "captured": (
        "Captured: share of the best choice's conversions (attributed) that the rate times the "
        f"true reach finds with {100 * TIGHT_SHARE:.0f} % of what all candidates of a campaign "
        "cost."
    ),
    "log error": "Log error: root mean square, of the rate.",
    "features": "Features used, of those offered, and trees: means over the origins.",
}
"""How to read each column."""


def ablation_lines(found: Ablation, *, is_wide: bool = True) -> list[dict[str, str]]:
    """One line a variant, text by head of column; what is known of no variant has no column."""
    lines = found.table.to_dict("records")
    cold = {line["variant"]: line for line in lines if line["rows"] == "cold"}
    kept = found.origins.groupby("variant")[["offered", "used", "trees"]].mean()
    shown = []
    for line in lines:
        if line["rows"] != "all":
            continue
        name = line["variant"]
        cells = {"variant": str(name), "Spearman": _with_gain(line, "spearman", "gain")}
        if cold:
            cells["cold"] = _with_gain(cold[name], "spearman", "gain")
        if not np.isnan(line.get("true_spearman", np.nan)):
            cells["true rate"] = f"{line['true_spearman']:+.3f}"
        if "captured" in line:
            cells["captured"] = _with_gain(line, "captured", "captured_gain", sign="")
        if is_wide:
            used, offered, trees = kept.loc[name, ["used", "offered", "trees"]].to_numpy()
            cells |= {
                "log error": f"{line['log_rate_rmse']:.3f}",
                "features": f"{used:.0f} of {offered:.0f}",
                "trees": f"{trees:.0f}",
            }
        shown.append(cells)
    return shown


def _with_gain(line: Mapping[Hashable, Any], value: str, gain: str, sign: str = "+") -> str:
    """A value, and its difference to the whole with its interval; the whole has none to itself."""
    shown = f"{line[value]:{sign}.3f}"
    low, high = line[f"{gain}_low"], line[f"{gain}_high"]
    if line[gain] == 0 and low == 0 == high:
        return shown
    return f"{shown} ({line[gain]:+.3f}, {low:+.2f} … {high:+.2f})"


def show_ablation(console: Console, found: Ablation, out: Path | None) -> None:
    """The table of variants."""
    lines = ablation_lines(found, is_wide=console.width >= WIDE)
    table = Table(title="What each quality is worth", title_justify="left")
    for head in lines[0]:
        is_name = head == "variant"
        table.add_column(head, justify="left" if is_name else "right", no_wrap=is_name)
    for line in lines:
        table.add_row(*line.values())
    console.print(table)
    console.print(told_of(found, lines[0]))
    if out is not None:
        console.print(f"Tables: {escape(str(out))}")


def told_of(found: Ablation, heads: Iterable[str]) -> str:
    """What was judged, and how to read the table with these heads of columns."""
    counts = found.table.drop_duplicates("rows")
    judged = "; ".join(
        f"{line['campaigns']} campaigns with {line['creators']} "
        f"{'cold ' if line['rows'] == 'cold' else ''}creators"
        for line in counts.to_dict("records")
    )
    origins = ", ".join(f"{origin:%Y-%m-%d}" for origin in found.origins["origin"].unique())
    told = " ".join(EXPLAINED[head] for head in heads if head in EXPLAINED)
    return f"Judged: {judged}; origins {origins}. {told}"


def ablation_markdown(found: Ablation) -> str:
    """The table of variants and how to read it, in Markdown."""
    lines = ablation_lines(found)
    rows = [list(lines[0]), ["---", *["---:"] * (len(lines[0]) - 1)]]
    rows += [list(line.values()) for line in lines]
    table = "\n".join(f"| {' | '.join(row)} |" for row in rows)
    return f"{table}\n\n{told_of(found, lines[0])}\n"
