"""Rows that broke a rule: written whole, and the message when there are too many of them."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from features.conversion import identifier, quoted
from features.reading import Raw
from features.tables import Table
from features.validation import BROKEN, DUPLICATE, STAGED, TableReport

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection


def write(connection: DuckDBPyConnection, raw: Raw, path: Path) -> None:
    """Write the rows of the table just checked that broke a rule, as Parquet, in file order.

    The input is read a second time, so that columns and values are those of the input, ignored
    columns included. A column `rules` (list of text) is added: every rule that the row broke.
    """
    *names, rules_name = _writable_names([*raw.columns, "rules"])
    columns = []
    for i, (name, sql_type) in enumerate(zip(names, raw.types, strict=True)):
        # Parquet has no integer of 128 bits: DuckDB would write a double.
        value = f"CAST(c{i} AS VARCHAR)" if sql_type in ("HUGEINT", "UHUGEINT") else f"c{i}"
        columns.append(f"{value} AS {identifier(name)}")
    numbered = f"SELECT row_number() OVER () - 1 AS read_row, raw.* FROM {raw.relation}"
    connection.execute(
        f"COPY (SELECT {', '.join(columns)},"
        f" string_split(broken.rules, chr(10)) AS {identifier(rules_name)}"
        f" FROM ({numbered}) JOIN {BROKEN} AS broken ON row = read_row ORDER BY row)"
        f" TO {quoted(str(path))} (FORMAT parquet)"
    )


def over_limit(
    connection: DuckDBPyConnection,
    table: Table,
    report: TableReport,
    max_bad: float,
    file: str | None = None,
) -> str | None:
    """The message when more than `max_bad` (0..1) of the table just checked is bad, else None.

    Parameters
    ----------
    file : str, optional
        The file that a person gave for the table, beside the data.
    """
    share = report.bad_rows / max(report.rows_read, 1)
    if share <= max_bad:
        return None
    bad = {rule: n for rule, n in report.quarantined.items() if not rule.startswith(DUPLICATE)}
    rules = ", ".join(f"{rule} ({n:,} rows)" for rule, n in list(bad.items())[:3])
    ids = [c.name for c in table.columns if c.kind == "id" and c.required]
    [(row, *values)] = connection.execute(
        f"SELECT row + 1, {', '.join(identifier(name) for name in ids)} FROM {BROKEN}"
        f" JOIN {STAGED} AS staged ON staged.rowid = row"
        f" WHERE list_contains(string_split(rules, chr(10)), ?) ORDER BY row LIMIT 1",
        [next(iter(bad))],
    ).fetchall()
    key = [f"{name} {value}" for name, value in zip(ids, values, strict=True) if value]
    repair = (
        f"in {file}"
        if file
        else (f"(`suasion validate` writes them to quarantine/{table.name}.parquet)")
    )
    return (
        f"{file or table.name}: {report.bad_rows:,} of {report.rows_read:,} rows "
        f"({100 * share:.4g} %) broke a rule, and {100 * max_bad:.4g} % may: {rules}. "
        f"For example {', '.join([f'row {row:,}', *key])}. Repair them "
        f"{repair}, or allow more with --max-bad."
    )


def _writable_names(columns: Sequence[str]) -> list[str]:
    """The names as found, but none empty and none twice."""
    names: list[str] = []
    for i, column in enumerate(columns):
        name = column or f"column {i + 1}"
        while name.lower() in {taken.lower() for taken in names}:
            name += "_"
        names.append(name)
    return names
