"""What a stream is: how its events join to the rows that look back on it, its flags and values."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection


@dataclass(frozen=True)
class StreamSpec:
    """How a stream is joined to the rows that look back on it.

    Attributes
    ----------
    joined : str
        SQL giving `key, as_of, known_at, ...`, one line per row and event with `known_at < as_of`.
    flags, values : mapping
        Names a feature may use, and their SQL over the joined columns; a flag is null where
        unknown.
    by_brief : bool
        True when `key` is a row, False when it is a moment.
    zero_when_touched : bool
        True when a creator seen in any interaction, but in none of this stream, has a count of
        zero.
    """

    joined: str
    flags: Mapping[str, str]
    values: Mapping[str, str]
    by_brief: bool = False
    zero_when_touched: bool = False


IN_RING = "coalesce(closed_at < as_of, FALSE)"
"""Flag of an act between two creators around whom a ring had closed (`peers`)."""


def events_of(table: str) -> str:
    """SQL of a table's events `(creator_id, known_at, ...)` before each moment."""
    return (
        f"SELECT m.moment_id AS key, m.as_of, s.* FROM moments m JOIN {table} s"
        " ON s.creator_id = m.creator_id AND s.known_at < m.as_of"
    )


def create(connection: DuckDBPyConnection, name: str, query: str) -> None:
    """Make a temporary table of a query."""
    connection.execute(f"CREATE OR REPLACE TEMP TABLE {name} AS {query}")
