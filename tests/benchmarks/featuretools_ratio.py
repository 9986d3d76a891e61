"""What a user would pick instead: featuretools on a sample of the rows, beside ours on the same."""

from __future__ import annotations

import json
import subprocess
import time
import venv
from pathlib import Path

import duckdb
import numpy as np
import pandas as pd

from features.asof import Window
from tests.benchmarks.window_engines import prepare_suasion
from tests.benchmarks.window_task import training_moments

MOMENTS = 300
LENGTHS = (7, 28, 90, 365, None)
PRIMITIVES = {
    "COUNT(events)": ("count", "known_at"),
    "NUM_UNIQUE(events.actor_id)": ("distinct", "actor"),
    "SUM(events.value)": ("sum", "value"),
    "MEAN(events.value)": ("mean", "value"),
    "MEDIAN(events.value)": ("median", "value"),
}
"""featuretools knows no top shares, no shares, no spreads: the windows that both have."""


def compare_with_featuretools(scratch: Path) -> str:
    """A sentence with the ratio, or with the reason why there is none.

    The sample is of moments with events; featuretools is installed into an environment of its own,
    since it does not run on the pandas of ours.
    """
    folder = scratch / "sample"
    folder.mkdir()
    moments = _write_sample(scratch / "events.parquet", folder)
    environment = folder / "venv"
    venv.create(environment, with_pip=True)
    python = environment / "bin" / "python"
    installing = ["-m", "pip", "install", "--quiet", "featuretools", "pandas<3", "pyarrow"]
    script = Path(__file__).with_name("featuretools_sample.py")
    for command in (installing, [script, folder]):
        done = subprocess.run([python, *command], capture_output=True, text=True)
        if done.returncode:
            return f"featuretools did not run: {done.stderr.strip().splitlines()[-1]}."
    theirs = json.loads(done.stdout.splitlines()[-1])
    wall_s, columns = _ours(folder, moments)
    found = pd.read_parquet(folder / "found.parquet")
    for (name, days), column in columns.items():
        other = found[f"{name} {days}"].to_numpy()
        # Of no events at all, it says that the sum is zero and the number of actors unknown.
        if name.startswith("SUM"):
            other = np.where(np.isnan(column), np.nan, other)
        elif name.startswith("NUM_UNIQUE"):
            other = np.nan_to_num(other)
        np.testing.assert_allclose(other, column, rtol=1e-9, err_msg=f"{name} {days}")
    return (
        f"featuretools {theirs['version']} with cutoff times, on {len(moments)} of the training "
        f"rows and {len(columns)} windows that it knows: {theirs['wall_s']:.1f} s wall, ours "
        f"{wall_s:.2f} s on the same sample, {theirs['wall_s'] / wall_s:.0f} times as long."
    )


def _write_sample(events: Path, folder: Path) -> pd.DataFrame:
    with duckdb.connect() as connection:
        creators = connection.sql(f"SELECT DISTINCT creator_id FROM '{events}' ORDER BY ALL")
        every = training_moments(creators.to_arrow_table()["creator_id"].to_numpy())
        moments = every.iloc[:: max(1, len(every) // MOMENTS)].head(MOMENTS)
        connection.register("moments", moments)
        connection.execute(
            f"COPY (FROM '{events}' SEMI JOIN moments USING (creator_id))"
            f" TO '{folder / 'events.parquet'}'"
        )
        # Their order of rows is by time, and a moment without events has no line of numbers to
        # compare.
        known = connection.sql(
            f"SELECT m.* FROM moments m SEMI JOIN '{folder / 'events.parquet'}' e"
            " ON e.creator_id = m.creator_id AND e.known_at < m.as_of ORDER BY as_of, creator_id"
        )
        moments = known.to_arrow_table().to_pandas()
    moments.to_parquet(folder / "moments.parquet")
    return moments


def _ours(
    folder: Path, moments: pd.DataFrame
) -> tuple[float, dict[tuple[str, int | None], np.ndarray]]:
    asked = {
        (name, days): Window("events", measure, value, days=days)
        for name, (measure, value) in PRIMITIVES.items()
        for days in LENGTHS
    }
    measure = prepare_suasion(folder / "events.parquet", list(asked.values()))
    began = time.perf_counter()
    columns = measure(moments)
    return time.perf_counter() - began, dict(zip(asked, columns, strict=True))
