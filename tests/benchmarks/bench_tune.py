"""What a search over learners is worth on later campaigns, of which neither search nor model knew.

``python -m tests.benchmarks.bench_tune --write tests/benchmarks/RESULTS.md``.
"""

from __future__ import annotations

import argparse
import time
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
import numpy.typing as npt
import pandas as pd

from features.asof import known_outcomes
from features.prepared import prepared
from features.source import open_market
from features.tables import NEEDS
from models.learner import Learner
from models.rate import fit_rate
from models.selection import Judged, judge, priors_of
from tests.benchmarks.results import write_block
from training.ahead import look_ahead
from training.fit import Known, learn, look_back, rows_of_rate
from training.tune import tune
from training.world import simulate, write_world

Floats = npt.NDArray[np.float64]

MARKETS = ((600, 0), (600, 1), (2000, 2))
"""Creators and seed; 12 months each."""
ORIGINS = (datetime(2023, 8, 29), datetime(2023, 9, 26), datetime(2023, 10, 24))
DAYS, TRIALS = 28.0, 20
HEAD = (
    "| market | origin | labels | held out: error gained | kept | later campaigns | log error, default "
    "| gained by the best | rank gained by the best |\n|---|---|---:|---:|---|---:|---:|---:|---:|"
)


def compared(data: Path, studies: Path) -> Iterator[tuple[str, bool, Floats, Floats]]:
    """Of each origin: the start of its line, whether the best was kept, gains a later campaign."""
    needs, uses = NEEDS["evaluate"]
    with (
        open_market(data, needs=needs, uses=uses, max_bad=0.05) as market,
        prepared(market) as all_,
    ):
        outcomes = known_outcomes(market.connection, datetime(2100, 1, 1))
        for origin in ORIGINS:
            known = look_back(all_, origin)
            found = tune(*rows_of_rate(known), TRIALS, seed=0, folder=studies)
            ahead = look_ahead(all_, outcomes, known.space, origin, DAYS)
            told = (ahead.rows["exposed"] > 0).to_numpy()
            rows = ahead.rows.assign(base_log_odds=ahead.base_log_odds)[told].reset_index(drop=True)
            matrix = ahead.matrix[told].reset_index(drop=True)
            history = fit_rate(*rows_of_rate(known), penalty=None, trees=0)
            of_default, of_best = (
                judged(known, learner, matrix, rows, priors_of([history]))
                for learner in (found.default, found.best.learner)
            )
            line = (
                f"{origin:%Y-%m-%d} | {len(rows_of_rate(known)[1])} | {found.gain:+.4f} ± "
                f"{found.gain_error:.4f} | {'yes' if found.kept else 'no'} | {len(of_best.errors)} | "
                f"{-of_default.errors.mean():.4f}"
            )
            yield (
                line,
                found.kept,
                of_best.errors - of_default.errors,
                of_best.ranks - of_default.ranks,
            )


def judged(
    known: Known, learner: Learner, matrix: pd.DataFrame, rows: pd.DataFrame, priors: list[float]
) -> Judged:
    """Each campaign of rows, by a model of what was known; `priors` as `selection.judge` has them."""
    rate = learn(known, learner=learner).predictor.rate
    fold = (np.arange(0), np.arange(len(rows)))
    return judge([rate], [fold], matrix[rate.columns], rows, rate.trees, priors)


def gain(values: Floats) -> str:
    """Mean and standard error, of those that are not NaN."""
    told = values[~np.isnan(values)]
    return f"{told.mean():+.4f} ± {told.std(ddof=1) / np.sqrt(len(told)):.4f}"


def measure(studies: Path) -> str:
    began = time.perf_counter()
    lines, kept, errors, ranks = [HEAD], [], [], []
    for creators, seed in MARKETS:
        with TemporaryDirectory() as scratch:
            write_world(simulate(creators=creators, months=12, seed=seed), Path(scratch))
            for line, is_kept, error, rank in compared(Path(scratch), studies):
                lines.append(
                    f"| {creators:,}, seed {seed} | {line} | {gain(error)} | {gain(rank)} |"
                )
                kept.append(is_kept)
                errors.append(error)
                ranks.append(rank)
    used = [e if k else np.zeros(len(e)) for k, e in zip(kept, errors, strict=True)]
    ordered = [r if k else np.zeros(len(r)) for k, r in zip(kept, ranks, strict=True)]
    return "\n".join(
        [
            "## Search",
            "",
            "Written by `python -m tests.benchmarks.bench_tune --write tests/benchmarks/RESULTS.md`: "
            f"simulated markets of 12 months, `--tune {TRIALS}` at each origin, judged on the "
            f"campaigns of the {DAYS:g} days after it. Gains are over the default learner, paired by "
            "campaign, ± one standard error; log error is the mean around the campaign's level, rank "
            "the correlation with the realised rate within campaigns.",
            "",
            *lines,
            "",
            f"All {sum(map(len, errors))} later campaigns: the best, always used, gains "
            f"{gain(np.concatenate(errors))} in log error and {gain(np.concatenate(ranks))} in rank; "
            f"used where it was confirmed ({sum(kept)} of {len(kept)} origins), "
            f"{gain(np.concatenate(used))} and {gain(np.concatenate(ordered))}. "
            f"{time.perf_counter() - began:.0f} s in all.",
        ]
    )


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--studies", type=Path, help="folder that keeps the trials")
    parser.add_argument("--write", type=Path)
    asked = parser.parse_args()
    with TemporaryDirectory() as scratch:
        text = measure(asked.studies or Path(scratch))
    print(text)
    if asked.write:
        write_block(asked.write, "search", text)


if __name__ == "__main__":
    main()
