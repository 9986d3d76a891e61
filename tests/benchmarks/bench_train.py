"""Training beside bare LightGBM on the same arrays and folds, and the bootstrap of an evaluation.

``python -m tests.benchmarks.bench_train --write tests/benchmarks/RESULTS.md``.
"""

from __future__ import annotations

import argparse
import os
import platform
import statistics
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from unittest.mock import patch

import lightgbm as lgb
import numpy as np
import pandas as pd
from threadpoolctl import threadpool_limits

from models.linear import HISTORY
from tests.benchmarks.large_labels import large_known
from tests.benchmarks.results import write_block
from training.fit import Known, learn
from training.metrics import CAMPAIGN_BASE, HISTORY_RATE, metric_table
from training.rank_table import MODEL, rank_table

CAMPAIGNS, CREATORS, FEATURES = 2000, 50, 100
EFFECTS = {"strong effects": 1.0, "no effects": 0.0}
SCORES, JUDGED_CAMPAIGNS, JUDGED_CREATORS = 18, 100, 50


@dataclass(frozen=True)
class Taken:
    """What one run took."""

    wall_s: float
    processor_s: float
    peak_gib: float


@dataclass
class Grown:
    """A booster as training had LightGBM make it: settings, arrays, and the rounds it was given."""

    settings: dict[str, Any]
    arrays: dict[str, Any]
    rounds: int = field(default=0)


@contextmanager
def recorded() -> Iterator[list[Grown]]:
    """Every booster trained meanwhile, in order; what was predicted with is none."""
    made: list[Grown] = []
    arrays: dict[int, dict[str, Any]] = {}
    of_booster: dict[int, Grown] = {}
    new_data, new_booster, update = lgb.Dataset.__init__, lgb.Booster.__init__, lgb.Booster.update

    def dataset(self: lgb.Dataset, data: object, **rest: Any) -> None:
        arrays[id(self)] = {"data": data, **rest}
        new_data(self, data, **rest)

    def booster(self: lgb.Booster, params: Any = None, train_set: Any = None, **rest: Any) -> None:
        if train_set is not None:
            # The number of rounds that LightGBM finds among settings would overrule that asked for.
            settings = {name: value for name, value in params.items() if name != "num_iterations"}
            made.append(Grown(settings, arrays[id(train_set)]))
            of_booster[id(self)] = made[-1]
        new_booster(self, params, train_set, **rest)

    def one_round(self: lgb.Booster, *given: Any, **rest: Any) -> bool:
        of_booster[id(self)].rounds += 1
        return update(self, *given, **rest)

    with (
        patch.object(lgb.Dataset, "__init__", dataset),
        patch.object(lgb.Booster, "__init__", booster),
        patch.object(lgb.Booster, "update", one_round),
    ):
        yield made


def bare(grown: list[Grown]) -> lgb.Booster:
    """The same boosters, by `lightgbm.train` alone; the last of them."""
    with threadpool_limits(limits=1):
        for one in grown:
            given = lgb.Dataset(**one.arrays)
            last = lgb.train(one.settings, given, num_boost_round=one.rounds)
    return last


def timed(work: Callable[[], object]) -> Taken:
    """Seconds, and the most memory held at any moment beyond what was held before."""
    before, most, stop = _held(), 0, threading.Event()

    def watch() -> None:
        nonlocal most
        while not stop.wait(0.02):
            most = max(most, _held())

    watcher = threading.Thread(target=watch)
    watcher.start()
    wall, processor = time.perf_counter(), time.process_time()
    work()
    taken = time.perf_counter() - wall, time.process_time() - processor
    stop.set()
    watcher.join()
    return Taken(*taken, peak_gib=max(most - before, 0) / 2**30)


def _held() -> int:
    pages = Path("/proc/self/statm").read_text(encoding="ascii").split()[1]
    return int(pages) * os.sysconf("SC_PAGE_SIZE")


def median(runs: list[Taken]) -> Taken:
    """The median of each figure."""
    figures = zip(*((r.wall_s, r.processor_s, r.peak_gib) for r in runs), strict=True)
    return Taken(*(statistics.median(figure) for figure in figures))


def compare(name: str, known: Known, runs: int) -> list[str]:
    """Lines of the table, contenders in turn so that neither has the quiet hour."""
    names = list(known.matrix.columns)
    with recorded() as grown:
        ours = learn(known, names)
    booster = ours.predictor.rate.booster
    with recorded() as regrown:
        last = bare(grown)
    if [one.rounds for one in regrown] != [one.rounds for one in grown]:
        raise RuntimeError("bare LightGBM had other rounds than training had")
    if booster is not None and last.model_to_string() != booster.model_to_string():
        raise RuntimeError("bare LightGBM grew other trees than training did")
    taken: dict[str, list[Taken]] = {"suasion": [], "lightgbm": []}
    for _ in range(runs):
        taken["suasion"].append(timed(lambda: learn(known, names)))
        taken["lightgbm"].append(timed(lambda: bare(grown)))
        print(name, *(of[-1] for of in taken.values()), flush=True)
    floor = median(taken["lightgbm"])
    rounds = " + ".join(str(one.rounds) for one in grown)
    pairs = zip(taken["suasion"], taken["lightgbm"], strict=True)
    wall, processor = zip(
        *((a.wall_s / b.wall_s, a.processor_s / b.processor_s) for a, b in pairs), strict=True
    )
    lines = []
    for contender, of in taken.items():
        one = median(of)
        lines.append(
            f"| {name}, {rounds} rounds | {contender} | {one.wall_s:.1f} | "
            f"{one.wall_s / floor.wall_s:.2f} | {one.processor_s:.1f} | "
            f"{one.processor_s / floor.processor_s:.2f} | {one.peak_gib:.2f} |"
        )
    said = (
        f"{name}: run by run {', '.join(f'{r:.2f}' for r in wall)} times the wall, "
        f"{', '.join(f'{r:.2f}' for r in processor)} times the processor's seconds."
    )
    return [*lines, said]


def judged_rows(campaigns: int, creators: int, scores: int) -> tuple[pd.DataFrame, dict[str, str]]:
    """Rows as an evaluation judges them, with columns of scores; and the names of these."""
    rng = np.random.default_rng(0)
    n = campaigns * creators
    exposed = np.floor(np.exp(rng.normal(8, 1, n))) + 1
    rate = np.exp(rng.normal(-4.5, 0.7, n))
    conversions = rng.poisson(exposed * np.exp(rng.normal(0, 0.5, n)) * rate).astype(np.float64)
    rows = pd.DataFrame(
        {
            "origin": pd.Timestamp("2024-01-01"),
            "campaign_id": [f"k{i:03}" for i in np.repeat(np.arange(campaigns), creators)],
            "creator_id": [f"c{i:04}" for i in rng.integers(0, n // 5, n)],
            "is_cold": rng.uniform(size=n) < 0.3,
            "has_history": rng.uniform(size=n) < 0.5,
            "is_new_brand": np.repeat(rng.uniform(size=campaigns) < 0.3, creators),
            "tier": rng.choice(["nano", "micro", "mid", "macro"], n),
            "exposed": exposed,
            "conversions": np.minimum(conversions, exposed),
            "evidence": exposed / (1 + exposed * rate),
            "past rate": rate * np.exp(rng.normal(0, 0.5, n)),
            HISTORY_RATE: rate * np.exp(rng.normal(0, 0.6, n)),
            CAMPAIGN_BASE: np.exp(-4.5),
            "rate": rate,
            "predicted_exposed": exposed * np.exp(rng.normal(0, 0.5, n)),
        }
    )
    rows["predicted_conversions"] = rows["predicted_exposed"] * rate
    actual = {"exposed": exposed, "conversions": rows["conversions"], "rate": rate}
    for what, value in actual.items():
        rows[f"{what}_low"], rows[f"{what}_high"] = value * 0.5, value * 2 + 1
        rows[f"{what}_below"] = rng.uniform(size=n)
        rows[f"{what}_upto"] = np.minimum(rows[f"{what}_below"] + 0.1, 1.0)
    names = {MODEL: "rate"}
    for i in range(scores - 1):
        rows[f"score {i}"] = rate * np.exp(rng.normal(0, 0.2 + 0.1 * i, n))
        names[f"score {i}"] = f"score {i}"
    return rows, names


def bootstrap(runs: int) -> str:
    """A line on the bootstrap of a whole evaluation."""
    rows, scores = judged_rows(JUDGED_CAMPAIGNS, JUDGED_CREATORS, SCORES)
    realised = (rows["conversions"] / rows["exposed"]).to_numpy()
    conversions = rows["conversions"].to_numpy()
    by_conversions = {**scores, MODEL: "predicted_conversions"}
    parts = {
        "rank correlations of rates": lambda: rank_table(rows, scores, realised),
        "of conversions": lambda: rank_table(rows, by_conversions, conversions),
        "all other figures": lambda: metric_table(rows, by_conversions),
    }
    for part in parts.values():  # compiled once
        part()
    seconds = {
        name: statistics.median(timed(part).wall_s for _ in range(runs))
        for name, part in parts.items()
    }
    told = ", ".join(f"{name} {took:.1f} s" for name, took in seconds.items())
    return (
        f"Bootstrap of an evaluation, 1,000 draws, {len(rows):,} rows in {JUDGED_CAMPAIGNS} campaigns, "
        f"{SCORES} scores, every subset: {sum(seconds.values()):.1f} s ({told})."
    )


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--runs", type=int, default=3)
    parser.add_argument("--campaigns", type=int, default=CAMPAIGNS)
    parser.add_argument("--write", type=Path)
    asked = parser.parse_args()
    lines, said = [], []
    for name, effect in EFFECTS.items():
        known = large_known(
            campaigns=asked.campaigns, creators=CREATORS, features=FEATURES, effect=effect
        )
        *of_table, ratios = compare(name, known, asked.runs)
        lines += of_table
        said.append(ratios)
    text = "\n".join(
        [
            "## Training",
            "",
            "Written by `python -m tests.benchmarks.bench_train --write tests/benchmarks/RESULTS.md`:"
            f" {asked.campaigns * CREATORS:,} outcomes of {asked.campaigns:,} campaigns, {FEATURES} "
            f"features of the rate ({', '.join(HISTORY)} among them), heavy-tailed and up to half "
            "unknown. `suasion` is all that `train` does once the features are built: linear parts, "
            "trees, choice by later campaigns, calibration, reach, spreads, conformal factors; "
            "`lightgbm` is `lightgbm.train` with the same settings, on the same arrays, for the same "
            "folds and the fit on all rows, with as many rounds as training gave each: more than the "
            "first 100 in a fold only where these are confirmed, and none on all rows where history "
            f"alone is kept. What is kept has the same trees, to the byte. Medians of {asked.runs} alternated runs in one process, "
            f"one thread each, {os.cpu_count()} cores, {platform.machine()}, Python "
            f"{platform.python_version()}, LightGBM {lgb.__version__}; memory is the most held "
            "beyond the table itself.",
            "",
            "| outcomes | | wall, s | ratio | processor, s | ratio | peak memory, GiB |",
            "|---|---|---:|---:|---:|---:|---:|",
            *lines,
            "",
            *(f"{line}\n" for line in said),
            bootstrap(asked.runs),
        ]
    )
    print(text)
    if asked.write:
        write_block(asked.write, "training", text)


if __name__ == "__main__":
    main()
