"""What `suasion plan` prints: the chosen packages and what they are expected to bring together."""

from __future__ import annotations

from pathlib import Path

from rich.console import Console
from rich.markup import escape
from rich.table import Table

from serving.plan_page import LITTLE
from serving.planning import Planned
from serving.show_lift import counted_as
from serving.terminal import printable


def show_plan(console: Console, planned: Planned, out: Path) -> None:
    """The plan in the terminal, most conversions first."""
    total, money = planned.total, f" {planned.of.currency}" if planned.of.currency else ""
    console.print(
        printable(f"Plan of {planned.of.name}: ") + f"{total['creators']:,.0f} creators for "
        f"{total['cost']:,.2f} of {planned.budget:,.2f}{money}, "
        f"{total['conversions']:,.0f} conversions expected ({total['conversions_low']:,.0f}–"
        f"{total['conversions_high']:,.0f} in 80 of 100 campaigns). Proven within "
        f"{max(planned.made.gap, 0):.2%} of the best.",
        markup=False,
    )
    counted = counted_as(bool(planned.chosen["incremental"].iloc[0]))
    console.print(f"Conversions are {counted}.")
    shared = total["conversions_added_up"] - total["conversions"]
    if shared > LITTLE:
        console.print(
            f"{shared:,.1f} conversions were taken off because audiences overlap: "
            "people whom several of these creators reach count once."
        )
    table = Table()
    for name in ("creator", "package", "cost", "conversions (80 %)", "note"):
        table.add_column(name, justify="right" if name[0] == "c" and name != "creator" else "left")
    for line in planned.chosen.to_dict("records"):
        notes = [line["override"], "exploration" if line["paid_by"] == "exploration" else None]
        table.add_row(
            escape(str(line["creator_id"])),
            escape(str(line["package"] or f"{line['posts']:g}")),
            f"{line['cost']:,.2f}",
            f"{line['conversions']:,.1f} ({line['conversions_low']:,.0f}–"
            f"{line['conversions_high']:,.0f})",
            escape("; ".join(note for note in notes if note)),
        )
    console.print(table)
    for line in planned.overrides.to_dict("records"):
        console.print(
            f"  {line['creator_id']} {line['override']} by {line['who']} ({line['why']}): "
            f"costs the plan {line['cost']:,.1f}",
            markup=False,
        )
    for name in planned.made.unused:
        console.print(f"  a limit speaks of nobody on offer: {name}", markup=False)
    if planned.of.unscored:
        console.print(f"  left out, not scored: {', '.join(planned.of.unscored)}", markup=False)
    if planned.of.changed:
        tables = ", ".join(planned.of.changed)
        told = f"  the data are no longer those that were scored ({tables} differ)"
        console.print(f"{told}: score again", markup=False)
    console.print(f"Report: {out}/report.html, the plan: {out}/plan.csv", markup=False)
