"""A market made ready to build features from: its streams in place, or its tables cut into shards.

Which of both is a matter of size alone; the numbers are the same.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from features import streams
from features.build import build
from features.feature import catalogue
from features.scratch import resumable_folder
from features.shards import Cut, cut
from features.workers import Parts, build_parts

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

    from features.source import Market
    from features.text import TextSpace

EVENT_TABLES = ("posts", "post_metrics", "interactions", "audience")

CUT_FROM = 2_000_000
"""Events from which tables are cut: with fewer, starting processes costs more than it saves."""

EVENTS_PER_SHARD = 500_000

CUTTING_MEMORY = 1 << 30
"""Bytes that DuckDB may hold of the whole market while it looks across creators and cuts."""

WAITING_MEMORY = 256 << 20
"""Bytes that it may hold while the workers build."""


@dataclass(frozen=True)
class Prepared:
    """A market whose features can be built.

    Attributes
    ----------
    connection : DuckDBPyConnection
        Holds the clean tables and the lookups across creators; the streams too where `cut` is None.
    workers : int
        Processes that build shards together; 1 builds them in this one.
    """

    connection: DuckDBPyConnection
    cut: Cut | None = None
    workers: int = 1

    def build(self, rows: pd.DataFrame, space: TextSpace) -> pd.DataFrame:
        """Compute features of the whole catalogue, as `features.build.build` does."""
        if self.cut is None:
            return build(self.connection, rows, space)
        parts = self._parts(self.cut, rows, space)
        matrix = np.empty(parts.shape)
        for position, lines in parts.lines():
            matrix[position] = lines
        return _frame(matrix, rows.index)

    def batches(
        self, rows: pd.DataFrame, space: TextSpace, size: int
    ) -> Iterator[tuple[pd.DataFrame, pd.DataFrame]]:
        """The rows, `size` at a time and each batch indexed from 0, with their features.

        Memory does not grow with the number of rows: shards are built once, and their parts put
        into one file in the order of rows.
        """
        starts = range(0, len(rows), size)
        batches = (rows.iloc[at : at + size].reset_index(drop=True) for at in starts)
        if self.cut is None:
            for batch in batches:
                yield batch, self.build(batch, space)
            return
        parts = self._parts(self.cut, rows, space)
        with TemporaryDirectory(prefix="matrix-", dir=self.cut.folder) as folder:
            path = Path(folder) / "matrix.float64"
            np.memmap(path, np.float64, "w+", shape=parts.shape).flush()
            for position, lines in parts.lines():
                np.memmap(path, np.float64, "r+", shape=parts.shape)[position] = lines
            for at, batch in zip(starts, batches, strict=True):
                matrix = np.fromfile(
                    path,
                    np.float64,
                    count=len(batch) * parts.shape[1],
                    offset=at * parts.shape[1] * 8,
                ).reshape(len(batch), -1)
                yield batch, _frame(matrix, batch.index)

    def _parts(self, cut: Cut, rows: pd.DataFrame, space: TextSpace) -> Parts:
        with held_to(self.connection, WAITING_MEMORY):
            return build_parts(self.connection, cut, rows, space, workers=self.workers)


@contextmanager
def prepared(
    market: Market, *, workers: int | None = None, known_until: str = ""
) -> Iterator[Prepared]:
    """Prepare a market in this process, or cut it for workers from `CUT_FROM` events.

    Parameters
    ----------
    workers : int, optional
        The number of processors when not given.
    known_until : str
        What the market's tables forgot or gained since they were read, such as the moment of
        `asof.forget_after` or the campaign of a brief.

    Examples
    --------
    >>> with prepared(market) as ready:  # doctest: +SKIP
    ...     matrix = ready.build(rows, space)
    """
    connection = market.connection
    workers = workers or os.cpu_count() or 1
    events = sum(
        connection.sql(f"SELECT count(*) FROM {table}").fetchall()[0][0] for table in EVENT_TABLES
    )
    if events < CUT_FROM:
        streams.prepare(connection)
        yield Prepared(connection)
        return
    said = f"{known_until} {[(name, t.sha256) for name, t in market.tables.items()]}"
    content = sha256(said.encode()).hexdigest()
    shards = -(-events // EVENTS_PER_SHARD)
    with resumable_folder(content[:16]) as folder:
        with held_to(connection, CUTTING_MEMORY):
            streams.prepare_lookups(connection)
            made = cut(connection, folder, content=content, shards=shards)
        yield Prepared(connection, made, workers)


@contextmanager
def held_to(connection: DuckDBPyConnection, limit: int) -> Iterator[None]:
    """Let DuckDB hold no more than `limit` bytes of a market, for a while."""
    [(usual,)] = connection.sql("SELECT current_setting('memory_limit')").fetchall()
    connection.execute(f"SET memory_limit = '{limit}B'")
    try:
        yield
    finally:
        connection.execute(f"SET memory_limit = '{usual}'")


def _frame(matrix: np.ndarray, index: pd.Index) -> pd.DataFrame:
    return pd.DataFrame(matrix, index=index, columns=[feature.name for feature in catalogue()])
