"""One engine at one task, in a process of its own: prints what it took, writes what it found.

``python -m tests.benchmarks.window_engines ENGINE TASK EVENTS.parquet FOUND.npy``. Reading the events
into the engine's own form in memory comes before the clock starts.
"""

from __future__ import annotations

import json
import os
import sys
import time
from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
from duckdb import DuckDBPyConnection

from features.asof import Window, compute_windows
from features.build import BATCH_MOMENTS
from features.streams import STREAMS, prepare
from features.streams.spec import StreamSpec, create, events_of
from tests.benchmarks.window_task import TASKS, WINDOWS
from tests.market import connect

DAY_US = 86_400_000_000
EVENTS = StreamSpec(
    events_of("stream_events"),
    {kind: f"kind = '{kind}'" for kind in ("comment", "reshare", "mention")},
    {"actor": "actor_id", "value": "value"},
    zero_when_touched=True,
)

Measurement = Callable[[pd.DataFrame], np.ndarray]


def duckdb_events(path: Path) -> DuckDBPyConnection:
    """A market without anything but a stream of the events."""
    connection = connect({}, threads=os.cpu_count() or 1)
    connection.execute(f"SET temp_directory = '{path.parent / 'spill'}'")
    prepare(connection)
    create(connection, "stream_events", f"FROM '{path}'")
    create(
        connection,
        "first_touch",
        "SELECT creator_id, min(known_at) AS known_at FROM stream_events GROUP BY creator_id",
    )
    return connection


def prepare_nothing(path: Path) -> Measurement:
    """Only counts the events: how much of the memory of sort and suasion holds them."""
    connection = duckdb_events(path)
    return lambda moments: np.array(connection.sql("SELECT count(*) FROM stream_events").fetchall())


def prepare_sort(path: Path) -> Measurement:
    """The floor: the events in the order of creators and times."""
    connection = duckdb_events(path)

    def measure(moments: pd.DataFrame) -> np.ndarray:
        create(connection, "sorted", "FROM stream_events ORDER BY creator_id, known_at")
        return np.empty(0)

    return measure


def prepare_suasion(path: Path, windows: Sequence[Window] = WINDOWS) -> Measurement:
    """`compute_windows` in the batches of `build`."""
    STREAMS["events"] = EVENTS
    connection = duckdb_events(path)

    def measure(moments: pd.DataFrame) -> np.ndarray:
        found = []
        for start in range(0, len(moments), BATCH_MOMENTS):
            batch = moments.iloc[start : start + BATCH_MOMENTS].assign(
                moment_id=lambda part: np.arange(len(part))
            )
            connection.register("batch", pa.Table.from_pandas(batch, preserve_index=False))
            create(connection, "moments", "FROM batch")
            create(connection, "build_rows", "SELECT *, moment_id AS row_id FROM batch")
            connection.unregister("batch")
            columns = compute_windows(connection, windows, rows=len(batch))
            found.append([columns[window].filled(np.nan) for window in windows])
        return np.concatenate(found, axis=1)

    return measure


def prepare_polars(path: Path) -> Measurement:
    """One join and one grouped aggregation a batch; actors as whole numbers beforehand."""
    import polars as pl

    events = pl.read_parquet(path).with_columns(pl.col("actor_id").rank("dense"))

    def only(window: Window, column: str) -> pl.Expr:
        condition = pl.lit(True)
        for flag in window.where:
            condition &= pl.col("kind") == flag
        if window.ago:
            condition &= pl.col("age_us") > window.ago * DAY_US
        if window.days is not None:
            condition &= pl.col("age_us") <= (window.ago + window.days) * DAY_US
        return pl.col(column).filter(condition)

    def measured(window: Window) -> pl.Expr:
        actors, ages, values = (only(window, c) for c in ("actor_id", "age_us", "value"))
        match window.measure:
            case "count":
                return ages.len()
            case "distinct":
                return actors.n_unique()
            case "share":
                return (only(window, "kind") == window.value).mean()
            case "mean":
                return values.mean()
            case "sum":
                return pl.when(values.len() > 0).then(values.sum())
            case "median":
                return values.median()
            case "spread":
                return values.quantile(0.75, "linear") - values.quantile(0.25, "linear")
            case "top_share":
                return actors.unique_counts().max() / actors.len()
            case "repeat_share":
                return (actors.unique_counts() > 1).mean()
            case "days_since_last":
                return ages.min() / DAY_US
            case "days_since_first":
                return ages.max() / DAY_US
        raise AssertionError(window)

    def measure(moments: pd.DataFrame) -> np.ndarray:
        found = []
        for start in range(0, len(moments), BATCH_MOMENTS):
            batch = pl.from_pandas(moments.iloc[start : start + BATCH_MOMENTS]).with_row_index()
            seen = (
                batch.lazy()
                .join(events.lazy(), on="creator_id")
                .filter(pl.col("known_at") < pl.col("as_of"))
                .with_columns(age_us=(pl.col("as_of") - pl.col("known_at")).dt.total_microseconds())
                .group_by("index")
                .agg(measured(window).alias(f"w{i}") for i, window in enumerate(WINDOWS))
            )
            joined = batch.lazy().select("index").join(seen, on="index", how="left").sort("index")
            found.append(joined.drop("index").cast(pl.Float64).collect().to_numpy())
        return np.concatenate(found).T

    return measure


def prepare_pandas(path: Path) -> Measurement:
    """A loop over dates, on each a group-by a window; ids as categories beforehand."""
    events = pq.read_table(path).to_pandas()
    events["kind"] = events["kind"].astype("category")
    events["actor"] = events.pop("actor_id").astype("category").cat.codes
    events["creator"], creators = pd.factorize(events.pop("creator_id"))

    def measured(window: Window, seen: pd.DataFrame, known: pd.Index) -> pd.Series:
        asked = seen["age_us"] > window.ago * DAY_US
        if window.days is not None:
            asked &= seen["age_us"] <= (window.ago + window.days) * DAY_US
        for flag in window.where:
            asked &= seen["kind"] == flag
        part = seen[asked]
        groups = part.groupby("creator")
        match window.measure:
            case "count":
                return groups.size().reindex(known, fill_value=0)
            case "distinct":
                return groups["actor"].nunique().reindex(known, fill_value=0)
            case "share":
                return (part["kind"] == window.value).groupby(part["creator"]).mean()
            case "mean" | "sum" | "median":
                return groups["value"].agg(window.measure)
            case "spread":
                return groups["value"].quantile(0.75) - groups["value"].quantile(0.25)
            case "top_share":
                times = part.groupby(["creator", "actor"]).size().groupby("creator")
                return times.max() / times.sum()
            case "repeat_share":
                times = part.groupby(["creator", "actor"]).size()
                return (times > 1).groupby("creator").mean()
            case "days_since_last":
                return groups["age_us"].min() / DAY_US
            case "days_since_first":
                return groups["age_us"].max() / DAY_US
        raise AssertionError(window)

    def measure(moments: pd.DataFrame) -> np.ndarray:
        codes = pd.Series(creators.get_indexer(moments["creator_id"]), index=moments.index)
        found = np.full((len(WINDOWS), len(moments)), np.nan)
        for as_of, rows in codes.groupby(moments["as_of"]):
            seen = events[(events["known_at"] < as_of) & events["creator"].isin(rows)]
            seen = seen.assign(age_us=(as_of - seen["known_at"]) // pd.Timedelta(microseconds=1))
            known = pd.Index(seen["creator"].unique())
            for i, window in enumerate(WINDOWS):
                found[i, rows.index] = measured(window, seen, known).reindex(rows)
        return found

    return measure


ENGINES = {
    "events held": prepare_nothing,
    "sort": prepare_sort,
    "suasion": prepare_suasion,
    "Polars": prepare_polars,
    "pandas, loop over dates": prepare_pandas,
}


def main() -> None:
    engine, task, path, found = sys.argv[1:]
    creators = np.unique(pq.read_table(path, columns=["creator_id"])["creator_id"].unique())
    measure = ENGINES[engine](Path(path))
    moments = TASKS[task](creators)
    began, processor = time.perf_counter(), time.process_time()
    columns = measure(moments)
    taken = {
        "wall_s": time.perf_counter() - began,
        "processor_s": time.process_time() - processor,
        "rows": len(moments),
    }
    np.save(found, columns)
    print(json.dumps(taken))


if __name__ == "__main__":
    main()
