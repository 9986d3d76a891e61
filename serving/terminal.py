"""What every command shares at the terminal: its options, the data it opens, what it tells."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from features.errors import UserError

if TYPE_CHECKING:
    from rich.console import Console

    from features.proposed import Proposed
    from features.source import Market

Data = Annotated[
    Path,
    typer.Argument(help="Folder of tables (Parquet or CSV), or a DuckDB file.", metavar="DATA"),
]
MaxBad = Annotated[
    float,
    typer.Option(
        "--max-bad",
        help="Share of a table's rows that may be quarantined before the command stops.",
    ),
]
Model = Annotated[
    str,
    typer.Option(
        "--model", help="A bundle folder, champion, NAME@ALIAS or NAME@VERSION.", metavar="MODEL"
    ),
]
Seed = Annotated[int, typer.Option("--seed", help="Seed of everything drawn at random.", min=0)]

Workers = Annotated[
    int | None,
    typer.Option(
        "--workers",
        help="Processes that build the features of a large market; the results do not depend on "
        "it. Default: the number of processors.",
        min=1,
        metavar="N",
    ),
]


HARMLESS = "\n\u00a0\u202f"
"""Signs that count as no printable ones all the same: the line end, and spaces of French."""


def printable(text: str) -> str:
    """Text without control characters: an id from the data commands no terminal."""
    return "".join(sign if sign.isprintable() or sign in HARMLESS else "\ufffd" for sign in text)


def moment_of(text: str, option: str) -> datetime:
    """A time in UTC, naive; a date is its midnight."""
    try:
        moment = datetime.fromisoformat(text)
        if moment.tzinfo:
            moment = moment.astimezone(UTC).replace(tzinfo=None)
    except (ValueError, OverflowError) as error:
        raise UserError(
            f"{option} {text!r} is not a time: give a date such as 2024-05-06, "
            "or 2024-05-06T12:00:00Z"
        ) from error
    return moment


@contextmanager
def opened(
    data: Path, command: str, max_bad: float, proposed: Proposed | None = None
) -> Iterator[Market]:
    """The data as a command needs it; quarantined rows are told at once, on standard error."""
    from features.source import open_market
    from features.tables import NEEDS

    needs, uses = NEEDS[command]
    with open_market(data, needs=needs, uses=uses, max_bad=max_bad, proposed=proposed) as market:
        for name, report in market.tables.items():
            for rule, count in report.quarantined.items():
                sys.stderr.write(f"quarantined: {name}: {count} rows: {rule}\n")
            for kind, count in report.unknown_kinds.items():
                sys.stderr.write(printable(f"ignored: {name}: {count} rows of kind {kind}\n"))
            if report.ignored_columns:
                columns = ", ".join(report.ignored_columns)
                sys.stderr.write(printable(f"ignored: {name}: columns {columns}\n"))
        yield market


def said_of(market: Market) -> dict[str, Any]:
    """What a manifest says of the data: each table's rows, content, quarantined and undated."""
    present = {name: report for name, report in market.tables.items() if report.present}
    return {
        "inputs": {
            name: {
                "rows_read": r.rows_read,
                "rows": r.rows,
                "sha256": r.sha256,
                "unknown_kinds": dict(r.unknown_kinds),
                "ignored_columns": list(r.ignored_columns),
                "undated": dict(r.undated),
            }
            for name, r in present.items()
        },
        "quarantined": {name: dict(r.quarantined) for name, r in present.items() if r.quarantined},
    }


def console() -> Console:
    """The terminal; 130 columns where the output is no terminal."""
    from rich.console import Console

    here = Console()
    return here if here.is_terminal else Console(width=130)


@contextmanager
def step(console: Console, what: str) -> Iterator[None]:
    """Show on a terminal that a long step is under way; stay quiet in a log."""
    if not console.is_terminal:
        yield
        return
    with console.status(f"{what} …"):
        yield


@contextmanager
def going_on(is_kept: bool) -> Iterator[None]:
    """End quietly on Ctrl-C where what is done is kept, and say that the same command goes on."""
    try:
        yield
    except KeyboardInterrupt:
        if not is_kept:
            raise
        sys.stderr.write("suasion: stopped; the same command goes on with the trials left\n")
        raise typer.Exit(130) from None
