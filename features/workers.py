"""Rows grouped by shard, each shard built by a worker process; parts that are there are not redone.

A worker opens its shard, prepares the streams and calls the same `build` as everybody. Its part is
a Parquet file: the position of each row among all rows, and one column a feature.
"""

from __future__ import annotations

import multiprocessing
import os
import shutil
import signal
import threading
from collections.abc import Iterator
from concurrent.futures import Future, ProcessPoolExecutor, as_completed
from concurrent.futures.process import BrokenProcessPool
from contextlib import closing
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from tempfile import TemporaryDirectory, mkdtemp
from typing import TYPE_CHECKING

import duckdb
import numpy as np
import numpy.typing as npt
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
from threadpoolctl import threadpool_limits

from features import streams
from features.build import ROW_KEYS, build
from features.errors import Unfinished
from features.feature import catalogue
from features.output import sha256_of
from features.shards import Cut, open_shard
from features.text import TextSpace

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

ROWS_AT_ONCE = 20_000
"""Rows that a worker builds, and the parent reads, at a time."""

SPACE = "space"
"""Folder, among the parts, with the space of texts as a bundle holds it."""

_POSITION = "position"


@dataclass(frozen=True)
class Parts:
    """A feature matrix in parts, one file a shard that has rows.

    Attributes
    ----------
    shape : tuple of int
        Rows and features of the whole.
    """

    files: tuple[Path, ...]
    shape: tuple[int, int]

    def lines(self) -> Iterator[tuple[npt.NDArray[np.int64], npt.NDArray[np.float64]]]:
        """Positions among all rows, and the lines of the matrix there, some at a time."""
        for path in self.files:
            with pq.ParquetFile(path) as file:
                for batch in file.iter_batches(batch_size=ROWS_AT_ONCE):
                    position, *columns = (column.to_numpy() for column in batch.columns)
                    yield position, np.column_stack(columns)


def build_parts(
    connection: DuckDBPyConnection,
    cut: Cut,
    rows: pd.DataFrame,
    space: TextSpace,
    *,
    workers: int,
) -> Parts:
    """Compute the whole catalogue for rows as `build` does, in processes of their own.

    Parameters
    ----------
    connection : DuckDBPyConnection
        Holds `shard_of`, as `shards.cut` leaves it.
    rows : DataFrame
        `creator_id` (in the table of creators), `campaign_id` and `as_of` (naive UTC).
    workers : int
        Processes at work together; 1 builds in this one.

    Raises
    ------
    Unfinished
        A worker died, or a shard does not fit its memory. Finished parts stay.
    """
    keys = rows[ROW_KEYS].reset_index(drop=True)
    names = [feature.name for feature in catalogue()]
    folder = _folder_of_parts(cut, keys, space)
    shard_of = connection.sql("FROM shard_of").to_arrow_table().to_pandas()
    shard = keys["creator_id"].map(shard_of.set_index("creator_id")["shard"])
    if shard.isna().any():
        raise ValueError(f"{shard.isna().sum()} rows are of creators that are not in creators")
    grouped = {int(number): part for number, part in keys.groupby(shard, sort=True)}
    wanted = {number: folder / f"{number}.parquet" for number in grouped}
    # The largest first, so that none is left to one worker at the end.
    missing = sorted((n for n, path in wanted.items() if not path.exists()), key=cut.size)[::-1]
    try:
        if workers > 1 and len(missing) > 1:
            _build_all(cut, folder / SPACE, {n: grouped[n] for n in missing}, wanted, workers)
        else:
            known = TextSpace.load(folder / SPACE)
            for number in missing:
                _build_one(cut, known, number, grouped[number], wanted[number])
    except (BrokenProcessPool, duckdb.OutOfMemoryException) as error:
        done = sum(path.exists() for path in wanted.values())
        raise Unfinished(
            f"a worker process ended before its work did, most likely for want of memory: {done} "
            f"of {len(wanted)} parts are done and kept. Give the same command again to go on, with "
            f"fewer --workers than {workers} if it happens again"
        ) from error
    return Parts(tuple(wanted.values()), (len(keys), len(names)))


def _folder_of_parts(cut: Cut, keys: pd.DataFrame, space: TextSpace) -> Path:
    """The folder of the parts, named by what they depend on: the cut (the program included), the
    rows and the space of texts, which lies there for the workers.
    """
    given = Path(mkdtemp(prefix="space-", dir=cut.folder))
    space.save(given)
    found = sha256(cut.fingerprint.encode())
    for path in sorted(path for path in given.rglob("*") if path.is_file()):
        found.update(f"{path.relative_to(given).as_posix()} {sha256_of(path)}".encode())
    lines, table = pa.BufferOutputStream(), pa.Table.from_pandas(keys, preserve_index=False)
    with pa.ipc.new_stream(lines, table.schema) as stream:
        stream.write_table(table)
    found.update(lines.getvalue())
    folder = cut.folder / f"parts-{found.hexdigest()[:16]}"
    folder.mkdir(exist_ok=True)
    if (folder / SPACE).exists():
        shutil.rmtree(given)
    else:
        given.rename(folder / SPACE)
    return folder


def _build_all(
    cut: Cut,
    space: Path,
    grouped: dict[int, pd.DataFrame],
    wanted: dict[int, Path],
    workers: int,
) -> None:
    # DuckDB does not survive a fork.
    with ProcessPoolExecutor(
        min(workers, len(grouped)),
        mp_context=multiprocessing.get_context("spawn"),
        initializer=_start_worker,
        initargs=(cut, space),
    ) as pool:
        found: list[Future[None]] = [
            pool.submit(_work, number, keys, wanted[number]) for number, keys in grouped.items()
        ]
        try:
            for future in as_completed(found):
                future.result()
        except BaseException:
            pool.shutdown(wait=False, cancel_futures=True)
            raise


_of_worker: list[tuple[Cut, TextSpace]] = []
"""In a worker process: what all its shards have in common."""


def _start_worker(cut: Cut, space: Path) -> None:
    _of_worker[:] = [(cut, TextSpace.load(space))]
    # Ctrl-C goes to every process of a terminal: the parent ends the work, after the parts begun.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    threading.Thread(target=_end_with_parent, daemon=True).start()


def _end_with_parent() -> None:
    parent = multiprocessing.parent_process()
    if parent is not None:
        parent.join()
        os._exit(1)


def _work(number: int, keys: pd.DataFrame, path: Path) -> None:
    [(cut, space)] = _of_worker
    _build_one(cut, space, number, keys, path)


def _build_one(cut: Cut, space: TextSpace, number: int, keys: pd.DataFrame, path: Path) -> None:
    """Build a shard's rows, `keys` with their positions as index, and write them as its part."""
    partial = path.with_name(f".{path.name}.{os.getpid()}.partial")
    # Rows of one creator together: its texts are made vectors once.
    keys = keys.sort_values(["creator_id", "as_of", "campaign_id"], kind="stable")
    names = [feature.name for feature in catalogue()]
    schema = pa.schema([(_POSITION, pa.int64()), *((name, pa.float64()) for name in names)])
    with (
        TemporaryDirectory(prefix="spill-", dir=cut.folder) as spill,
        closing(open_shard(cut, number, Path(spill))) as connection,
        threadpool_limits(limits=1),
        pq.ParquetWriter(partial, schema) as writer,
    ):
        streams.prepare(connection, look_across=False)
        for start in range(0, len(keys), ROWS_AT_ONCE):
            part = keys.iloc[start : start + ROWS_AT_ONCE]
            matrix = build(connection, part, space)
            columns = [part.index.to_numpy(dtype=np.int64), *(matrix[name] for name in names)]
            # from_pandas=False: an unknown value is NaN, no null.
            arrays = [pa.array(np.asarray(column), from_pandas=False) for column in columns]
            writer.write_table(pa.table(arrays, schema=schema))
    partial.replace(path)
