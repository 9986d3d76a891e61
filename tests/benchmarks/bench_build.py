"""Features of a whole market, built in shards: time, processor time and memory, by its size.

``python -m tests.benchmarks.bench_build --events 4000000,40000000 --creators 100000 --write
tests/benchmarks/RESULTS.md``. Each size runs in a process of its own, watched from outside with
all that it starts (needs Linux, for `/proc`). The market has no texts, and two rows a creator.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import resource
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import NamedTemporaryFile, TemporaryDirectory

import duckdb

from features import streams
from features.feature import catalogue
from features.prepared import CUTTING_MEMORY, EVENTS_PER_SHARD, Prepared, held_to
from features.shards import cut
from tests.benchmarks.large_market import rows_of, write_market
from tests.benchmarks.results import write_block
from tests.market import NO_WORDS

EVERY = 0.2
"""Seconds between two looks at the memory of all processes."""


def processor_seconds() -> float:
    """Of this process and of those it started that have ended."""
    return sum(
        used.ru_utime + used.ru_stime
        for used in map(resource.getrusage, (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))
    )


def measure(database: Path, events: int, workers: int) -> dict[str, float]:
    """Look across creators, cut, and build two rows a creator; seconds of each step."""
    found: dict[str, float] = {}

    @contextmanager
    def step(name: str) -> Iterator[None]:
        began, used = time.perf_counter(), processor_seconds()
        yield
        found[name] = time.perf_counter() - began
        found[f"{name}, processor"] = processor_seconds() - used

    folder = database.parent
    with duckdb.connect(
        str(database), read_only=True, config={"temp_directory": str(folder / "spill")}
    ) as connection:
        rows = rows_of(connection)
        with held_to(connection, CUTTING_MEMORY):
            with step("look across"):
                streams.prepare_lookups(connection)
            with step("cut"):
                shards = -(-events // EVENTS_PER_SHARD)
                made = cut(connection, folder, content=str(events), shards=shards)
        with step("build"):
            matrix = Prepared(connection, made, workers).build(rows, NO_WORDS)
    known = matrix.notna().any()
    return found | {"shards": shards, "rows": len(rows), "known": int(known.sum())}


def memory_of(process: int) -> float:
    """GiB resident in a process and all that it started; what they share counts in each."""
    total, waiting = 0, [process]
    while waiting:
        folder = Path("/proc") / str(waiting.pop())
        try:
            total += int((folder / "statm").read_text().split()[1])
            for task in (folder / "task").iterdir():
                waiting += map(int, (task / "children").read_text().split())
        except OSError:  # it has just ended
            continue
    return total * resource.getpagesize() / 2**30


def watched(*arguments: object) -> tuple[dict[str, float], float]:
    """What this module finds in a process of its own, and the peak memory of its tree."""
    command = [sys.executable, "-m", "tests.benchmarks.bench_build", *map(str, arguments)]
    peak = 0.0
    with NamedTemporaryFile("r") as found:
        with subprocess.Popen([*command, "--found", found.name]) as process:
            while process.poll() is None:
                peak = max(peak, memory_of(process.pid))
                time.sleep(EVERY)
        if process.returncode:
            raise RuntimeError(f"{' '.join(command)} ended with status {process.returncode}")
        return json.loads(found.read() or "{}"), peak


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--events", default="4000000,40000000")
    parser.add_argument("--creators", type=int, default=100_000)
    parser.add_argument("--workers", type=int, default=os.cpu_count())
    parser.add_argument("--write", type=Path)
    parser.add_argument("--make", type=Path, help=argparse.SUPPRESS)
    parser.add_argument("--measure", type=Path, help=argparse.SUPPRESS)
    parser.add_argument("--found", type=Path, help=argparse.SUPPRESS)
    asked = parser.parse_args()
    sizes = [int(size) for size in asked.events.split(",")]
    if asked.make:
        write_market(asked.make, events=sizes[0], creators=asked.creators)
        return
    if asked.measure:
        found = measure(asked.measure, sizes[0], asked.workers)
        asked.found.write_text(json.dumps(found), encoding="utf-8")
        return
    lines = [
        "## Features in shards",
        "",
        f"Written by `python -m tests.benchmarks.bench_build --events {asked.events} --creators "
        f"{asked.creators} --write tests/benchmarks/RESULTS.md`: {len(catalogue())} features, "
        f"{asked.creators:,} creators, no texts, {asked.workers} workers, {os.cpu_count()} cores, "
        f"{platform.machine()}. Seconds of wall (of processors); memory of all processes together.",
        "",
        "| events | rows | shards | look across | cut | prepare and build | all | peak memory, GiB |",
        "|---:|---:|---:|---:|---:|---:|---:|---:|",
    ]
    totals = []
    for size in sizes:
        with TemporaryDirectory(prefix="suasion-bench-") as folder:
            common = ("--events", size, "--creators", asked.creators, "--workers", asked.workers)
            database = Path(folder) / "market.duckdb"
            watched(*common, "--make", database)
            found, peak = watched(*common, "--measure", database)
        steps = [(found[s], found[f"{s}, processor"]) for s in ("look across", "cut", "build")]
        steps.append((sum(wall for wall, _ in steps), sum(used for _, used in steps)))
        totals.append(steps[-1])
        cells = " | ".join(f"{wall:.0f} ({used:.0f})" for wall, used in steps)
        lines.append(
            f"| {size:,} | {found['rows']:,} | {found['shards']:.0f} | {cells} | {peak:.2f} |"
        )
        print(lines[-1], f"{found['known']:.0f} features known", flush=True)
    if len(sizes) == 2:
        wall, used = (of_large / of_small for of_small, of_large in zip(*totals, strict=True))
        times = sizes[1] / sizes[0]
        lines += [
            "",
            f"{times:g} times the events take {wall:.1f} times the time, {used:.1f} times the "
            "processors' time.",
        ]
        print(lines[-1])
    if asked.write:
        write_block(asked.write, "bench_build", "\n".join(lines))


if __name__ == "__main__":
    main()
