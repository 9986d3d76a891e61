"""Little tables for tests: written as ASCII, put into data of any form, and read back as ASCII."""

from __future__ import annotations

import csv
import json
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq

from features.source import Market

FORMS = ("parquet", "csv", "duckdb")
Open = Callable[..., Market]
"""What opens tables: the fixture `opened` of `tests/spec`."""

PARENTS = {
    "creators": """
        creator_id
        c1
        c2
    """,
    "campaigns": """
        campaign_id | brief | starts_at
        k1          | Tea   | 2026-03-01
        k2          | Bread | 2026-04-01
    """,
}
"""What rows of other tables may refer to."""


def rows(text: str) -> list[dict[str, str | None]]:
    """Read an ASCII table with `|` between the cells, a header, and empty cells for null.

    >>> rows('''
    ...     post_id | views
    ...     p1      | 10
    ...     p2      |
    ... ''')
    [{'post_id': 'p1', 'views': '10'}, {'post_id': 'p2', 'views': None}]
    """
    lines = [line for line in text.splitlines() if line.strip()]
    names, *cells = [[cell.strip() for cell in line.split("|")] for line in lines]
    return [dict(zip(names, (cell or None for cell in row), strict=True)) for row in cells]


def arrow(table: str | pa.Table) -> pa.Table:
    """Give an ASCII table as Arrow, every column text."""
    if isinstance(table, pa.Table):
        return table
    names = [name.strip() for name in table.strip().splitlines()[0].split("|")]
    return pa.Table.from_pylist(rows(table), pa.schema([(name, pa.string()) for name in names]))


def write(place: Path, form: str, tables: Mapping[str, str | pa.Table]) -> Path:
    """Write tables below the folder `place` as data of one of `FORMS`; give the data's path."""
    place.mkdir(parents=True, exist_ok=True)
    if form == "duckdb":
        with duckdb.connect(str(place / "market.duckdb")) as connection:
            for name, table in tables.items():
                connection.register("given", arrow(table))
                connection.execute(f"CREATE TABLE {name} AS FROM given")
        return place / "market.duckdb"
    for name, table in tables.items():
        if form == "parquet":
            pq.write_table(arrow(table), place / f"{name}.parquet")
        else:
            write_csv(place / f"{name}.csv", arrow(table))
    return place


def write_csv(path: Path, table: pa.Table, delimiter: str = ",") -> None:
    """Write as most programs do: quotes where needed, ISO times, empty for null, JSON for lists."""
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, delimiter=delimiter, quoting=csv.QUOTE_ALL)
        writer.writerow(table.column_names)
        writer.writerows(
            [_cell(row[name]) for name in table.column_names] for row in table.to_pylist()
        )


def _cell(value: Any) -> Any:
    if isinstance(value, datetime):
        return value.isoformat()
    return json.dumps(value) if isinstance(value, list) else value


def clean(market: Market, table: str, columns: Sequence[str]) -> list[dict[str, str | None]]:
    """Clean rows in their order, values as text, to be compared with `rows(...)`."""
    found = market.connection.execute(f"SELECT {', '.join(columns)} FROM {table}").fetchall()
    return [dict(zip(columns, map(_shown, row), strict=True)) for row in found]


def _shown(value: Any) -> str | None:
    match value:
        case None:
            return None
        case bool():
            return str(value).lower()
        case float():
            return f"{value:g}"
        case list():
            return " ".join(value)
    return str(value)


def posts_of_one(n: int, bad: int) -> pa.Table:
    """So many posts of creator `c1`, of which the first break a rule."""
    return pa.table(
        {
            "post_id": [f"p{i}" for i in range(n)],
            "creator_id": ["c1"] * n,
            "published_at": ["2026-01-01"] * n,
            "links": [-1.0 if i < bad else 1.0 for i in range(n)],
            "text": ["a secret"] * n,
        }
    )
