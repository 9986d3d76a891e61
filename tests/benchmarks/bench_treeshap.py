"""Contributions of every row by tables beside LightGBM's `pred_contrib` and other explainers.

``python -m tests.benchmarks.bench_treeshap --write tests/benchmarks/RESULTS.md``.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import lightgbm as lgb
import numpy as np
import numpy.typing as npt
import shap
from threadpoolctl import threadpool_limits

from features.feature import QUALITIES, catalogue
from models.rate import fit_rate
from models.treeshap import TreeShap
from tests.benchmarks.large_labels import large_known
from tests.benchmarks.results import write_block

Floats = npt.NDArray[np.float64]

ROWS, MANY_ROWS, FEW_ROWS = 20_000, 100_000, 200
FEATURES, TREES, DEPTH = 60, 500, 6
LEAVES = (15, 31, 63)
CAMPAIGNS, CREATORS, RATE_FEATURES = 400, 50, 100
MOST_GAP = 1e-10

FIRST = """
import sys, time
import lightgbm as lgb
import numpy as np
from models.treeshap import TreeShap
booster = lgb.Booster(model_file=sys.argv[1])
began = time.process_time()
TreeShap.of(booster)(np.zeros((1, booster.num_feature())))
print(time.process_time() - began)
"""
PEAK = """
import sys
from pathlib import Path
import lightgbm as lgb
from models.treeshap import TreeShap
from tests.benchmarks.bench_treeshap import drawn_rows
def kib(name):
    status = Path("/proc/self/status").read_text()
    return int(status.split(name + ":")[1].split()[0])
explain = TreeShap.of(lgb.Booster(model_file=sys.argv[1]))
explain(drawn_rows(1, 1))
rows = drawn_rows(int(sys.argv[2]), 2)
Path("/proc/self/clear_refs").write_text("5")  # the peak begins anew
before = kib("VmRSS")
found = explain(rows)
print((kib("VmHWM") - before) / 2**10 - found.nbytes / 2**20)
"""


@dataclass(frozen=True)
class Case:
    """A booster to explain, the quality of each of its features, and rows."""

    name: str
    booster: lgb.Booster
    qualities: npt.NDArray[np.int64]
    rows: Floats


def drawn_rows(n: int, seed: int) -> Floats:
    """Normal, a tenth unknown."""
    rng = np.random.default_rng(seed)
    rows = rng.normal(size=(n, FEATURES))
    rows[rng.uniform(size=rows.shape) < 0.1] = np.nan
    return rows


def cases() -> Iterator[Case]:
    """Boosters of many leaves on drawn rows, and trees of the rate as the product grows them."""
    rng = np.random.default_rng(0)
    x = rng.normal(size=(ROWS, FEATURES))
    y = x @ rng.normal(size=FEATURES) / 3 + np.sin(2 * x[:, 0]) * x[:, 1] + rng.normal(size=ROWS)
    x[rng.uniform(size=x.shape) < 0.1] = np.nan
    for leaves in LEAVES:
        settings = {
            "num_leaves": leaves,
            "max_depth": DEPTH,
            "learning_rate": 0.05,
            "feature_fraction": 0.5,
            "num_threads": 1,
            "verbosity": -1,
        }
        booster = lgb.train(settings, lgb.Dataset(x, y), TREES)
        name = f"{TREES} trees of {leaves} leaves, depth {DEPTH}, {FEATURES} features"
        yield Case(name, booster, np.arange(FEATURES) % 4, drawn_rows(ROWS, 1))
    known = large_known(campaigns=CAMPAIGNS, creators=CREATORS, features=RATE_FEATURES)
    features = [f for f in catalogue(popularity=False) if f.name in known.matrix]
    matrix = known.matrix[[feature.name for feature in features]]
    labels = known.outcomes.assign(base_log_odds=known.base_log_odds)
    qualities = np.array([QUALITIES.index(feature.quality) for feature in features])
    for trees in (100, 400):
        model = fit_rate(matrix, labels, penalty=1000.0, trees=trees)
        assert model.booster is not None
        name = f"{trees} trees of the rate by the default learner, {len(features)} features"
        yield Case(name, model.booster, qualities, model.scaler(matrix))


def processor(work: Callable[[], object]) -> float:
    """Processor seconds."""
    began = time.process_time()
    work()
    return time.process_time() - began


def measure(case: Case) -> tuple[str, Floats]:
    """A line of the table, and what LightGBM tells."""
    build = [processor(lambda: TreeShap.of(case.booster)) for _ in range(3)]
    by_feature = TreeShap.of(case.booster)
    by_quality = TreeShap.of(case.booster, case.qualities)
    # In turn, so that none has the quiet hour: LightGBM's in two halves, between those of ours.
    n = len(case.rows)
    halves = case.rows[: n // 2], case.rows[n // 2 :]
    took: dict[str, list[float]] = {"qualities": [], "features": [], "predict": []}
    told, of_lightgbm = [], 0.0
    for half in (*halves, None):
        took["qualities"].append(processor(lambda: by_quality(case.rows)))
        took["features"].append(processor(lambda: by_feature(case.rows)))
        took["predict"].append(
            processor(lambda: case.booster.predict(case.rows, raw_score=True, num_threads=1))
        )
        if half is not None:
            of_lightgbm += processor(
                lambda half=half: told.append(
                    case.booster.predict(half, pred_contrib=True, num_threads=1)
                )
            )
    expected = np.concatenate(told)
    sums = np.stack(
        [expected[:, :-1][:, case.qualities == q].sum(axis=1) for q in range(by_quality.n_groups)],
        axis=1,
    )
    gap = max(
        np.abs(by_feature(case.rows) - expected[:, :-1]).max(),
        np.abs(by_quality(case.rows) - sums).max(),
        np.abs(by_feature.expected - expected[:, -1]).max(),
    )
    if not gap < MOST_GAP:
        raise RuntimeError(f"{case.name}: contributions differ by {gap}")
    each = {name: statistics.median(of) / n * 1e6 for name, of in took.items()}
    whole = of_lightgbm / n * 1e6
    line = (
        f"| {case.name} | {each['qualities']:.1f} | {each['features']:.1f} | {whole:,.0f} | "
        f"{whole / each['qualities']:.0f} | {whole / each['features']:.0f} | {each['predict']:.0f} | "
        f"{gap:.0e} | {by_quality.table.nbytes / 1e6:.1f} | {by_feature.table.nbytes / 1e6:.1f} | "
        f"{statistics.median(build):.2f} |"
    )
    print(line, flush=True)
    return line, expected[:, :-1]


def told_by(script: str, booster: lgb.Booster, *given: str, **environment: str) -> float:
    """The number that a process of its own prints of a booster."""
    with tempfile.TemporaryDirectory() as folder:
        model = str(Path(folder) / "model.txt")
        booster.save_model(model)
        run = subprocess.run(
            [sys.executable, "-c", script, model, *given],
            check=True,
            stdout=subprocess.PIPE,
            text=True,
            env={**os.environ, **environment},
        )
    return float(run.stdout)


def memory(booster: lgb.Booster) -> str:
    """Peak beyond rows, tables and result, by the number of rows."""
    # Else what was freed before is used again, and not seen.
    own = {"MALLOC_MMAP_THRESHOLD_": "65536"}
    peaks = {n: told_by(PEAK, booster, str(n), **own) for n in (ROWS, MANY_ROWS)}
    told = ", ".join(f"{peak:.1f} MiB for {n:,} rows" for n, peak in peaks.items())
    return f"Memory beyond rows, tables and result, by feature with {LEAVES[-1]} leaves: {told}."


def compilation(booster: lgb.Booster) -> str:
    """Seconds to the first contributions, in the first process and in the next."""
    with tempfile.TemporaryDirectory() as folder:
        seconds = [told_by(FIRST, booster, NUMBA_CACHE_DIR=folder) for _ in range(2)]
    return (
        f"Tables and first row of the smallest model: {seconds[0]:.1f} s of the processor where "
        f"nothing is compiled yet, {seconds[1]:.1f} s in the next process."
    )


def rivals(case: Case, told: Floats, python: str | None) -> list[str]:
    """Lines on other explainers, on some of the rows."""
    few = case.rows[:FEW_ROWS]
    explainer = shap.TreeExplainer(case.booster)
    explainer.model.model_type = "internal"  # else it asks `pred_contrib`
    values: list[Floats] = []
    took = processor(
        lambda: values.append(np.asarray(explainer.shap_values(few, check_additivity=False)))
    )
    gap = float(np.abs(values[0] - told[:FEW_ROWS]).max())
    found: dict[str, Any] = {f"shap {shap.__version__}": [took, FEW_ROWS, gap]}
    if python is not None:
        with tempfile.TemporaryDirectory() as folder:
            case.booster.save_model(Path(folder) / "model.txt")
            np.save(Path(folder) / "rows.npy", case.rows)
            np.save(Path(folder) / "told.npy", told)
            script = Path(__file__).with_name("treeshap_rivals.py")
            run = subprocess.run(
                [python, str(script), folder], check=True, stdout=subprocess.PIPE, text=True
            )
        found |= json.loads(run.stdout.splitlines()[-1])
    lines = []
    for name, of in found.items():
        if isinstance(of, str):
            lines.append(f"- {name}: {of}")
            continue
        seconds, n, gap = of
        lines.append(
            f"- {name}: {seconds / n * 1e6:,.0f} µs a row on {n:,} rows, largest difference {gap:.0e}"
        )
    return lines


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--rivals", help="Python of an environment with other explainers")
    parser.add_argument("--write", type=Path)
    asked = parser.parse_args()
    lines, said = [], []
    with threadpool_limits(limits=1):
        for number, case in enumerate(cases()):
            line, told = measure(case)
            lines.append(line)
            if number == 0:
                said.append(compilation(case.booster))
            if number == len(LEAVES) - 1:
                said.append(memory(case.booster))
                beside = [f"Others, {case.name}:", "", *rivals(case, told, asked.rivals)]
    text = "\n".join(
        [
            "## Contributions",
            "",
            "Written by `python -m tests.benchmarks.bench_treeshap --rivals PYTHON --write "
            f"tests/benchmarks/RESULTS.md`: {ROWS:,} rows, a tenth of the values unknown (of the rate: as "
            "its scaler gives them), microseconds of processor time a row on one thread, once the tables "
            "are built: to the four qualities, to features, and `pred_contrib` of LightGBM, which ours "
            "equal up to the difference named; `predict` gives the score alone. Medians of 3 runs around "
            f"one of `pred_contrib`; {os.cpu_count()} cores, {platform.machine()}, Python "
            f"{platform.python_version()}, LightGBM {lgb.__version__}.",
            "",
            "| model | qualities | features | `pred_contrib` | times qualities | times features | "
            "`predict` | difference | tables, MB: qualities | features | build, s |",
            "|---|---:|---:|---:|---:|---:|---:|---:|---:|---:|---:|",
            *lines,
            "",
            *(f"{line}\n" for line in said),
            *beside,
        ]
    )
    print(text)
    if asked.write:
        write_block(asked.write, "treeshap", text)


if __name__ == "__main__":
    main()
