"""A hash of what a clean table says, whatever the order of its rows and the file it came from."""

from __future__ import annotations

from hashlib import sha256
from typing import TYPE_CHECKING

from features.conversion import identifier
from features.tables import Column, Table

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection


def content_hash(connection: DuckDBPyConnection, table: Table, relation: str) -> str:
    """Hash the rows of `relation`, which has the columns of `table`.

    Every row is hashed (MD5 of its values as text, 128 bits) and the row hashes are added up, so
    that neither order nor threads show. It tells data apart; it is no seal against a forger.

    Returns
    -------
    str
        SHA-256, in hexadecimal, of the table's columns, the number of rows and the sum.
    """
    row = " || ".join(_text(column) for column in table.columns)
    [totals] = connection.execute(
        f"SELECT count(*), sum(CAST(h & {2**64 - 1}::UHUGEINT AS UBIGINT)),"
        f" sum(CAST(h >> 64 AS UBIGINT)) FROM (SELECT md5_number({row}) AS h FROM {relation})"
    ).fetchall()
    columns = " ".join(f"{column.name} {column.kind}" for column in table.columns)
    return sha256(f"{table.name} {columns} {totals}".encode()).hexdigest()


def _text(column: Column) -> str:
    name = identifier(column.name)
    text = f"CAST({name} AS VARCHAR)"
    if column.kind == "time":
        text = f"CAST(epoch_us({name}) AS VARCHAR)"
    elif column.kind == "list":
        text = f"CAST(to_json({name}) AS VARCHAR)"
    # With its length in front no value runs into the next, and null differs from empty.
    return f"coalesce(strlen({text}) || ':' || {text}, '-')"
