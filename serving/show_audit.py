"""The audit for people and programs: a table in the terminal, and files."""

from __future__ import annotations

import json
from collections.abc import Hashable, Mapping
from pathlib import Path
from typing import Any

import pandas as pd
from rich.console import Console
from rich.markup import escape
from rich.padding import Padding
from rich.table import Table

from training.audit import Audit

NARROW = 80
"""Columns that the tables keep to."""


def show_audit(console: Console, found: Audit, out: Path | None) -> None:
    """Findings with what they mean, and outcomes by audience where there are any."""
    width = min(console.width, NARROW)
    console.print("[bold]Popularity audit[/bold] (in brackets: 95 %)")
    for line in found.findings.to_dict("records"):
        head = f"{_verdict(line['passed'])}  [bold]{escape(str(line['check']))}[/bold]"
        allowed = escape(f"{_value(line)}  allowed {line['bound']}".strip())
        console.print(f"{head}  {allowed}", width=width, highlight=False)
        console.print(Padding(escape(str(line["says"])), (0, 0, 0, 6)), width=width)
    if len(found.tiers):
        console.print(_tiers(found.tiers, width))
        console.print(
            "Outcomes of campaigns after the model's training moment. Ratio: predicted over "
            "observed conversions, attributed ones; intervals draw campaigns.",
            width=width,
        )
    unknown = int(found.findings["passed"].isna().sum())
    failed = len(found.reasons)
    passed = len(found.findings) - unknown - failed
    console.print(f"{passed} checks passed, {failed} failed, {unknown} could not be judged.")
    if out is not None:
        console.print(f"Findings and tables: {escape(str(out))}")


def write_audit(found: Audit, folder: Path) -> None:
    """`audit.json` and `audit.parquet` (the findings), and what they rest on where there is any:
    `tiers.parquet` and `injections.parquet`.
    """
    lines = json.loads(found.findings.to_json(orient="records", double_precision=12))
    content = {"passed": found.passed, "reasons": found.reasons, "findings": lines}
    text = json.dumps(content, indent=2, ensure_ascii=False, allow_nan=False) + "\n"
    (folder / "audit.json").write_text(text, encoding="utf-8")
    found.findings.to_parquet(folder / "audit.parquet", index=False)
    for name, table in (("tiers", found.tiers), ("injections", found.injections)):
        if len(table):
            table.to_parquet(folder / f"{name}.parquet", index=False)


def _value(line: Mapping[Hashable, Any]) -> str:
    if pd.isna(line["value"]):
        return ""
    if pd.isna(line["low"]):
        return _number(line["value"])
    return f"{_number(line['value'])} ({_number(line['low'])} … {_number(line['high'])})"


def _number(value: float) -> str:
    return f"{value:.0e}" if 0 < abs(value) < 1e-4 else f"{value:.3g}"


def _verdict(passed: Any) -> str:
    if pd.isna(passed):
        return "[dim]   ?[/dim]"
    return "[green]pass[/green]" if passed else "[red]FAIL[/red]"


def _tiers(tiers: pd.DataFrame, width: int) -> Table:
    table = Table(title="By audience, in followers", title_justify="left", width=width)
    table.add_column("followers", no_wrap=True)
    for head in ("outcomes", "ratio", "95 %", "exposed", "brought", "predicted"):
        table.add_column(head, justify="right")
    for line in tiers.to_dict("records"):
        known = not pd.isna(line["low"])
        table.add_row(
            str(line["tier"]),
            f"{line['outcomes']:,}",
            "" if pd.isna(line["ratio"]) else f"{line['ratio']:.2f}",
            f"{line['low']:.2f}-{line['high']:.2f}" if known else "",
            f"{line['exposed_share']:.0%}",
            f"{line['conversions_share']:.0%}",
            f"{line['predicted_share']:.0%}",
        )
    return table
