"""48 windows over many events: suasion beside a sort of the events, Polars, pandas and featuretools.

``python -m tests.benchmarks.bench_windows --events 40000000 --write tests/benchmarks/RESULTS.md``.
Polars is in the extra `bench`. featuretools gets a throw-away environment of its own.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import statistics
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory, TemporaryFile

import duckdb
import numpy as np

from tests.benchmarks.featuretools_ratio import compare_with_featuretools
from tests.benchmarks.results import write_block
from tests.benchmarks.window_task import EVENTS_PER_CREATOR, WINDOWS, write_events

CONTENDERS = [
    ("events held", "training rows"),
    ("sort", "training rows"),
    ("suasion", "training rows"),
    ("suasion", "one date"),
    ("Polars", "training rows"),
    ("Polars", "one date"),
    ("pandas, loop over dates", "training rows"),
    ("pandas, loop over dates", "one date"),
]
WITHOUT_TASK = ("events held", "sort")


@dataclass(frozen=True)
class Taken:
    """What one run took; `peak_gib` is of the whole process, reading included."""

    wall_s: float
    processor_s: float
    peak_gib: float
    rows: int


def run(engine: str, task: str, events: Path, found: Path) -> Taken | str:
    """One engine at one task in a process of its own; where it failed, why."""
    command = [sys.executable, "-m", "tests.benchmarks.window_engines", engine, task]
    with TemporaryFile("w+") as printed, TemporaryFile("w+") as complaints:
        process = subprocess.Popen([*command, events, found], stdout=printed, stderr=complaints)
        _, status, used = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
        printed.seek(0)
        complaints.seek(0)
        if process.returncode:
            said = complaints.read().strip().splitlines() or [f"status {process.returncode}"]
            return said[-1]
        return Taken(**json.load(printed), peak_gib=used.ru_maxrss / 2**20)


def median(runs: list[Taken]) -> Taken:
    """The median of each figure."""
    figures = zip(*((r.wall_s, r.processor_s, r.peak_gib) for r in runs), strict=True)
    return Taken(*(statistics.median(figure) for figure in figures), rows=runs[0].rows)


def check_equal(expected: Path, found: Path, engine: str) -> None:
    """Another engine's numbers are ours, unknown ones included."""
    ours, theirs = np.load(expected), np.load(found)
    for i, window in enumerate(WINDOWS):
        np.testing.assert_allclose(
            theirs[i], ours[i], rtol=1e-9, atol=1e-9, err_msg=f"{engine}: {window}"
        )


def measure(events: Path, scratch: Path, runs: int, skip: list[str]) -> list[str]:
    """Lines of the table: every contender, round after round, so that none has the quiet hour."""
    taken: dict[tuple[str, str], list[Taken]] = {}
    failed: dict[tuple[str, str], str] = {}
    for _ in range(runs):
        for engine, task in CONTENDERS:
            if engine in skip or (engine, task) in failed:
                continue
            found = scratch / f"{CONTENDERS.index((engine, task))}.npy"
            one = run(engine, task, events, found)
            if isinstance(one, str):
                failed[engine, task] = one
                print(f"{engine}, {task}: {one}", flush=True)
                continue
            print(f"{engine}, {task}: {one}", flush=True)
            taken.setdefault((engine, task), []).append(one)
            if engine not in (*WITHOUT_TASK, "suasion"):
                ours = CONTENDERS.index(("suasion", task))
                check_equal(scratch / f"{ours}.npy", found, engine)
    floor = median(taken["sort", "training rows"])
    lines = []
    for contender in CONTENDERS:
        engine, task = contender
        label = engine if engine in WITHOUT_TASK else f"{engine}: {task}"
        if contender in failed:
            lines.append(f"| {label} | failed: {failed[contender]} | | | |")
        elif contender in taken:
            one = median(taken[contender])
            if engine not in WITHOUT_TASK:
                label += f" ({one.rows:,})"
            lines.append(
                f"| {label} | {one.wall_s:.1f} | {one.wall_s / floor.wall_s:.2f} |"
                f" {one.processor_s:.1f} | {one.peak_gib:.2f} |"
            )
    return lines


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--events", type=int, default=40_000_000)
    parser.add_argument("--runs", type=int, default=3)
    parser.add_argument("--skip", nargs="*", default=[], help="engines left out")
    parser.add_argument("--write", type=Path)
    asked = parser.parse_args()
    with TemporaryDirectory() as folder:
        scratch = Path(folder)
        events = scratch / "events.parquet"
        write_events(events, asked.events)
        lines = measure(events, scratch, asked.runs, asked.skip)
        sample = "Not compared with featuretools."
        if "featuretools" not in asked.skip:
            sample = compare_with_featuretools(scratch)
    text = [
        "## Windows",
        "Written by `python -m tests.benchmarks.bench_windows --write tests/benchmarks/RESULTS.md`:"
        f" {len(WINDOWS)} windows over {asked.events:,} events of"
        f" {asked.events // EVENTS_PER_CREATOR:,} creators, whose activity is that of Zipf's law;"
        f" medians of {asked.runs} runs, {os.cpu_count()} cores, {platform.machine()}, Python"
        f" {platform.python_version()}, DuckDB {duckdb.__version__}. The events are in memory, in"
        " each engine's own form, before the clock starts; peak memory is of the whole process."
        " All engines give equal numbers.",
        "",
        "| | wall, s | wall, in sorts | processor, s | peak memory, GiB |",
        "|---|---:|---:|---:|---:|",
        *lines,
        "",
        sample,
    ]
    print("\n".join(text))
    if asked.write:
        write_block(asked.write, "windows", "\n".join(text))


if __name__ == "__main__":
    main()
