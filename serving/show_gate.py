"""What `promote` prints: the gate's table, and what each criterion says."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from rich.console import Console
from rich.markup import escape
from rich.table import Table

if TYPE_CHECKING:
    from training.gate import Decision


def show_decision(console: Console, decision: Decision, challenger: int, champion: int) -> None:
    """One line a criterion, then its sentence."""
    console.print(
        f"Version {challenger} (challenger) beside version {champion} (champion), on "
        f"{decision.outcomes:,} outcomes of {decision.campaigns:,} campaigns that neither knew; "
        "conversions are attributed"
    )
    table = Table(title="The gate", title_justify="left")
    for head in ("criterion", "champion", "challenger", "difference (95 %)", "bound", "passed"):
        table.add_column(head, justify="left" if head in ("criterion", "passed") else "right")
    for line in decision.table.to_dict("records"):
        judged = line["champion"] == line["champion"]
        of_difference = f"{line['difference']:+.3f} ({line['low']:+.3f} … {line['high']:+.3f})"
        table.add_row(
            escape(line["criterion"]),
            f"{line['champion']:.3f}" if judged else "–",
            f"{line['challenger']:.3f}" if judged else "–",
            of_difference if judged else "–",
            f"{line['bound']:.3f}" if judged else "–",
            _verdict(line),
        )
    console.print(table)
    for line in decision.table.to_dict("records"):
        console.print(f"{escape(line['criterion'])}: {escape(line['says'])}.")


def _verdict(line: Mapping[Any, Any]) -> str:
    if str(line["says"]).startswith("not judged"):
        return "not judged"
    return "[green]yes[/]" if line["passed"] else "[red]no[/]"
