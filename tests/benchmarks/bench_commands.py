"""Wall time and peak memory of the commands on simulated markets.

``python -m tests.benchmarks.bench_commands --write tests/benchmarks/RESULTS.md``; each figure is the
median of the runs asked for, each run a process of its own.
"""

from __future__ import annotations

import argparse
import os
import platform
import shutil
import statistics
import subprocess
import sys
import time
from pathlib import Path
from tempfile import TemporaryDirectory

from tests.benchmarks.results import write_block

SUASION = Path(sys.executable).with_name("suasion")
MARKETS = {"600 creators, 12 months": (600, 12), "2,000 creators, 18 months": (2000, 18)}


def run(folder: Path, *arguments: str) -> tuple[float, float]:
    """Wall seconds and peak GiB of one command."""
    began = time.perf_counter()
    process = subprocess.Popen([SUASION, *arguments], cwd=folder, stdout=subprocess.DEVNULL)
    _, status, used = os.wait4(process.pid, 0)
    if status:
        raise RuntimeError(f"suasion {' '.join(arguments)} ended with status {status}")
    return time.perf_counter() - began, used.ru_maxrss / 2**20


def measure(runs: int, creators: int, months: int) -> list[tuple[str, float, float]]:
    """Median of each command on one market."""
    year, month = divmod(months - 5, 12)
    origins = ",".join(f"{2023 + year}-{month:02d}-{day:02d}" for day in (1, 8, 15, 22))
    with TemporaryDirectory() as scratch:
        folder = Path(scratch)
        size = ("--creators", str(creators), "--months", str(months))
        commands = {
            "--help": ("--help",),
            "simulate": ("simulate", "market", *size),
            "validate": ("validate", "market"),
            "train": ("train", "market", "--out", "bundle"),
            "score, the campaigns to come": ("score", "market", "--model", "bundle", "--out", "s"),
            "score, one campaign, all creators": (
                *("score", "market", "--model", "bundle", "--out", "a", "--candidates", "all"),
                *("--campaign", "k0000", "--allow-past"),
            ),
            "evaluate, four origins": ("evaluate", "market", "--origins", origins),
        }
        found = []
        for name, arguments in commands.items():
            measured = []
            for _ in range(runs):
                measured.append(run(folder, *arguments))
                if name == "train":
                    shutil.rmtree(folder / "mlruns")
            wall, memory = (statistics.median(values) for values in zip(*measured, strict=True))
            found.append((name, wall, memory))
    return found


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--runs", type=int, default=3)
    parser.add_argument("--write", type=Path)
    asked = parser.parse_args()
    lines = [
        "## Commands",
        "",
        "Written by `python -m tests.benchmarks.bench_commands --write tests/benchmarks/RESULTS.md`:",
        f"medians of {asked.runs} runs, {os.cpu_count()} cores, {platform.machine()}, "
        f"Python {platform.python_version()}. Start-up and imports included.",
    ]
    for market, (creators, months) in MARKETS.items():
        lines += [
            "",
            f"### {market}",
            "",
            "| command | wall, s | peak memory, GiB |",
            "|---|---:|---:|",
        ]
        for name, wall, memory in measure(asked.runs, creators, months):
            lines.append(f"| `{name}` | {wall:.1f} | {memory:.2f} |")
            print(lines[-1], flush=True)
    if asked.write:
        write_block(asked.write, "commands", "\n".join(lines))


if __name__ == "__main__":
    main()
