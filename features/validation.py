"""A table as read in; clean rows, broken rules by row, and a report out. In DuckDB, out of core.

    raw ─ convert ─► staged ─ rules of the row ─► parents ─► duplicates ─► clean, sorted
                                    └──────────────┴─────────────┴───────► broken

Judged in this order, a row that is bad for another reason never makes a duplicate.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from features.conversion import converted, family_of, given, identifier, quoted
from features.errors import UserError
from features.fingerprint import content_hash
from features.reading import Raw, unreadable
from features.tables import Column, Kind, Table

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

CLEAN = "clean"
"""The attached database that receives the clean tables."""

STAGED = "stage.main.staged"
"""The table being checked: a row for each of the input, its `rowid` the place from 0. Converted
columns, and `own_rules`: the rules that the row broke by itself, a line each, or null."""

COMPARED = "stage.main.compared"
"""Rules broken in comparison with other rows: `row`, `number` of the check, `rule`."""

BROKEN = "stage.main.broken"
"""The rows for quarantine, if any: `row`, and `rules`, a line each."""

DUPLICATE = "duplicate "
"""How the wording of the rule begins that does not count towards the share of bad rows."""

UNKNOWN_KINDS_NAMED = 20
OTHER_KINDS = "(others)"

_EXPECTED: Mapping[Kind, str] = {
    "id": "text or whole numbers",
    "text": "text",
    "word": "text",
    "time": "a timestamp, a date, or text like 2026-01-31T09:30:00Z",
    "count": "a number",
    "amount": "a number",
    "share": "a number",
    "flag": "true or false",
    "list": "a list of text, or text with ; between the words",
}


@dataclass(frozen=True)
class TableReport:
    """What was found in one table of the contract.

    Attributes
    ----------
    present : bool
        The table was asked for and found.
    paths : tuple of str
        Its files, relative to the data folder.
    rows_read, rows : int
        Rows as read, and clean rows.
    quarantined : mapping
        Rule -> number of rows that broke it, the worst first; a row may break several.
    quarantined_rows, bad_rows : int
        Rows in quarantine, and those that count towards the allowed share: all but duplicates.
    unknown_kinds : mapping
        Word of an open list that the program does not know -> number of clean rows with it: the
        20 most frequent by name, the rest as `(others)`.
    ignored_columns : tuple of str
        Columns that the contract does not name.
    undated : mapping
        Date -> number of clean rows that count as known at any moment for want of it.
    sha256 : str
        Hash of the clean rows; the same whatever their order and format.
    """

    name: str
    present: bool = False
    paths: tuple[str, ...] = ()
    rows_read: int = 0
    rows: int = 0
    quarantined: Mapping[str, int] = field(default_factory=dict)
    quarantined_rows: int = 0
    bad_rows: int = 0
    unknown_kinds: Mapping[str, int] = field(default_factory=dict)
    ignored_columns: tuple[str, ...] = ()
    undated: Mapping[str, int] = field(default_factory=dict)
    sha256: str = ""


def create(connection: DuckDBPyConnection, table: Table) -> TableReport:
    """Create the clean table without rows; the report of a table that is absent."""
    columns = ", ".join(f"{identifier(c.name)} {c.sql_type}" for c in table.columns)
    connection.execute(f"CREATE TABLE {_clean(table)} ({columns})")
    return TableReport(table.name, sha256=content_hash(connection, table, _clean(table)))


def check(
    connection: DuckDBPyConnection, table: Table, raw: Raw, present: Collection[str]
) -> TableReport:
    """Fill the clean table from `raw`; `STAGED` and `BROKEN` then hold the rest.

    Parameters
    ----------
    connection : DuckDBPyConnection
        With the attached databases `clean` and `stage`.
    present : collection of str
        Tables that are there: a parent among them is clean already, and orphans are looked for.

    Raises
    ------
    UserError
        The data cannot be read, or a column holds values and none of them can be converted.
    """
    with unreadable(raw.where, raw.form):
        if raw.load is not None:
            raw.load(connection)
        _stage(connection, table, raw)
    own_rules = _count_own_rules(connection)
    _refuse_unconvertible(connection, table, raw, own_rules)
    connection.execute(
        f"CREATE OR REPLACE TABLE {COMPARED} (row BIGINT, number INTEGER, rule VARCHAR)"
    )
    for number, (column, parent) in enumerate(table.parents.items()):
        if parent in present:
            _find_orphans(connection, number, column, parent)
    rows_read = _count(connection, STAGED)
    bad_rows = rows_read - _count(connection, f"{STAGED} AS staged {_UNBROKEN}")
    if table.key:
        _find_duplicates(connection, table)
    _fill(connection, table)
    rows = _count(connection, _clean(table))
    if rows < rows_read:
        _list_broken(connection, table)
    compared = connection.execute(f"SELECT rule, count(*) FROM {COMPARED} GROUP BY rule").fetchall()
    counts = [*((rule, n) for rule, (n, _) in own_rules.items()), *compared]
    known = {column.name for column in table.columns}
    return TableReport(
        name=table.name,
        present=True,
        paths=raw.paths,
        rows_read=rows_read,
        rows=rows,
        quarantined=dict(sorted(counts, key=lambda count: (-count[1], count[0]))),
        quarantined_rows=rows_read - rows,
        bad_rows=bad_rows,
        unknown_kinds=_unknown_kinds(connection, table),
        ignored_columns=tuple(name for name in raw.columns if name not in known),
        undated={
            c.name: _count(connection, f"{_clean(table)} WHERE {identifier(c.name)} IS NULL")
            for c in table.columns
            if c.null_is_known
        },
        sha256=content_hash(connection, table, _clean(table)),
    )


def _clean(table: Table) -> str:
    return f"{CLEAN}.main.{identifier(table.name)}"


def _count(connection: DuckDBPyConnection, relation: str, what: str = "*") -> int:
    [(count,)] = connection.execute(f"SELECT count({what}) FROM {relation}").fetchall()
    return int(count)


def _stage(connection: DuckDBPyConnection, table: Table, raw: Raw) -> None:
    """Convert every column, and judge each row by itself."""
    values: list[str] = []
    rules: list[tuple[str, str]] = []
    for column in table.columns:
        name = identifier(column.name)
        if column.name not in raw.columns:
            values.append(f"CAST(NULL AS {column.sql_type}) AS {name}")
            continue
        at = raw.columns.index(column.name)
        value = f"c{at}"
        if raw.form == "CSV" and column.kind == "text" and column.required:
            # An empty cell is the only way in which CSV can write an empty text.
            value = f"coalesce({value}, '')"
        values.append(f"{converted(column, raw.types[at], value)} AS {name}")
        values.append(f"{given(column, raw.types[at], value)} AS given{at}")
        rules += _rules_of(column, f"given{at}")
    rules += [(rule.says, rule.broken) for rule in table.rules]
    lines = ", ".join(f"CASE WHEN {broken} THEN {quoted(says)} END" for says, broken in rules)
    any_broken = " OR ".join(f"({broken})" for _, broken in rules)
    names = ", ".join(identifier(column.name) for column in table.columns)
    connection.execute(
        f"CREATE OR REPLACE TABLE {STAGED} AS SELECT {names},"
        f" CASE WHEN {any_broken} THEN concat_ws(chr(10), {lines}) END AS own_rules"
        f" FROM (SELECT {', '.join(values)} FROM {raw.relation})"
    )


def _rules_of(column: Column, is_given: str) -> list[tuple[str, str]]:
    """The rules of one column: wording, and SQL that is true where a row breaks it."""
    name = identifier(column.name)
    rules = [(_cannot_be_read(column), f"{is_given} AND {name} IS NULL")]
    if column.required:
        rules.append((f"{column.name} is missing", f"NOT {is_given}"))
    if column.kind == "time":
        first, after = "TIMESTAMP '1990-01-01'", "TIMESTAMP '2101-01-01'"
        outside = f"{name} < {first} OR {name} >= {after}"
        rules.append((f"{column.name} outside 1990..2100", outside))
    if column.kind in ("count", "amount") and not column.signed:
        rules.append((f"{column.name} is negative", f"{name} < 0"))
    if column.kind == "share":
        rules.append((f"{column.name} outside 0..1", f"{name} NOT BETWEEN 0 AND 1"))
    if column.closed:
        words = ", ".join(quoted(word) for word in column.known)
        says = f"{column.name} is not {' or '.join(column.known)}"
        rules.append((says, f"{name} NOT IN ({words})"))
    return rules


def _cannot_be_read(column: Column) -> str:
    return f"{column.name} cannot be read"


def _count_own_rules(connection: DuckDBPyConnection) -> dict[str, tuple[int, int]]:
    """Rule -> the number of rows that broke it, and the first of them."""
    found = connection.execute(
        f"SELECT rule, count(*), min(row) FROM (SELECT rowid AS row,"
        f" unnest(string_split(own_rules, chr(10))) AS rule FROM {STAGED}) GROUP BY rule"
    ).fetchall()
    return {rule: (n, first) for rule, n, first in found}


def _refuse_unconvertible(
    connection: DuckDBPyConnection,
    table: Table,
    raw: Raw,
    own_rules: Mapping[str, tuple[int, int]],
) -> None:
    """Where something was given and nothing could be read, it is another column than meant."""
    for column in table.columns:
        _, row = own_rules.get(_cannot_be_read(column), (0, None))
        if row is None or _count(connection, STAGED, identifier(column.name)):
            continue
        at = raw.columns.index(column.name)
        # The type of a nested column, or of an enumeration, may be pages long.
        found = raw.types[at] if len(raw.types[at]) <= 60 else f"{raw.types[at][:60]}..."
        if column.kind != "text" and family_of(raw.types[at]) not in ("list", "other"):
            [(value,)] = connection.execute(
                f"SELECT left(CAST(c{at} AS VARCHAR), 40) FROM {raw.relation} LIMIT 1 OFFSET {row}"
            ).fetchall()
            found += f" such as {value!r}"
        raise UserError(
            f"{table.name} ({raw.where}): no value of column {column.name} can be read. Found: "
            f"{found}. Expected: {_EXPECTED[column.kind]} ({column.meaning}). Write the column in "
            f"that form, or rename it if it is something else."
        )


def _find_orphans(connection: DuckDBPyConnection, number: int, column: str, parent: str) -> None:
    name = identifier(column)
    known = f"SELECT 1 FROM {CLEAN}.main.{identifier(parent)} AS parent"
    connection.execute(
        f"INSERT INTO {COMPARED} SELECT rowid, {number}, ? FROM {STAGED} AS staged"
        f" WHERE {name} IS NOT NULL"
        f" AND NOT EXISTS ({known} WHERE parent.{name} = staged.{name})",
        [f"{column} is not in {parent}"],
    )


def _find_duplicates(connection: DuckDBPyConnection, table: Table) -> None:
    key = ", ".join(identifier(name) for name in table.key)
    good = f"SELECT rowid AS row, {key} FROM {STAGED} AS staged {_UNBROKEN}"
    # Hashes are a fraction of the keys, and most tables end here.
    connection.execute(
        f"CREATE OR REPLACE TEMP TABLE suspects AS"
        f" SELECT hash({key}) AS h FROM ({good}) GROUP BY h HAVING count(*) > 1"
    )
    if not _count(connection, "suspects"):
        return
    stays = "min" if table.keeps == "first" else "max"
    names = table.key[0] if len(table.key) == 1 else f"({', '.join(table.key)})"
    connection.execute(
        f"INSERT INTO {COMPARED} SELECT row, {len(table.parents)}, ? FROM"
        f" (SELECT row, {stays}(row) OVER (PARTITION BY {key}) AS stays FROM ({good})"
        f" WHERE hash({key}) IN (SELECT h FROM suspects)) WHERE row <> stays",
        [f"{DUPLICATE}{names}"],
    )


_UNBROKEN = (
    f"WHERE own_rules IS NULL"
    f" AND NOT EXISTS (SELECT 1 FROM {COMPARED} AS bad WHERE bad.row = staged.rowid)"
)


def _list_broken(connection: DuckDBPyConnection, table: Table) -> None:
    # Joined check by check: to gather rules by row would hold all broken rows in memory.
    numbers = range(len(table.parents) + 1)
    joins = "".join(
        f" LEFT JOIN {COMPARED} AS check{n}"
        f" ON check{n}.row = staged.rowid AND check{n}.number = {n}"
        for n in numbers
    )
    rules = ", ".join(["own_rules", *(f"check{n}.rule" for n in numbers)])
    connection.execute(
        f"CREATE OR REPLACE TABLE {BROKEN} AS SELECT staged.rowid AS row,"
        f" concat_ws(chr(10), {rules}) AS rules FROM {STAGED} AS staged{joins}"
        f" WHERE coalesce({rules}) IS NOT NULL"
    )


def _fill(connection: DuckDBPyConnection, table: Table) -> None:
    values = []
    for column in table.columns:
        name = identifier(column.name)
        if isinstance(column.default, str):
            name = f"coalesce({name}, {quoted(column.default)}) AS {name}"
        elif column.default is not None:
            name = f"coalesce({name}, {column.default}) AS {name}"
        values.append(name)
    # Without a key it takes every column to order the rows wholly.
    rest = [] if table.key else [c.name for c in table.columns if c.name not in table.order]
    order = ", ".join(identifier(name) for name in (*table.order, *rest))
    connection.execute(
        f"INSERT INTO {_clean(table)} SELECT {', '.join(values)} FROM {STAGED} AS staged"
        f" {_UNBROKEN} ORDER BY {order}"
    )


def _unknown_kinds(connection: DuckDBPyConnection, table: Table) -> dict[str, int]:
    kinds: dict[str, int] = {}
    for column in table.columns:
        if not column.known or column.closed:
            continue
        name = identifier(column.name)
        words = ", ".join(quoted(word) for word in column.known)
        # There may be any number of them, and a person reads the report.
        counted = (
            f"SELECT {name} AS kind, count(*) AS n,"
            f" row_number() OVER (ORDER BY n DESC, kind) AS place"
            f" FROM {_clean(table)} WHERE {name} NOT IN ({words}) GROUP BY kind"
        )
        named = f"CASE WHEN place <= {UNKNOWN_KINDS_NAMED} THEN kind ELSE '{OTHER_KINDS}' END"
        kinds |= connection.execute(
            f"SELECT {named} AS kind, CAST(sum(n) AS BIGINT) FROM ({counted})"
            f" GROUP BY ALL ORDER BY min(place)"
        ).fetchall()
    return kinds
