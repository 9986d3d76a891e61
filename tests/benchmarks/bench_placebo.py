"""What a model keeps where there is nothing to learn: labels dealt anew within their campaigns.

``python -m tests.benchmarks.bench_placebo --write tests/benchmarks/RESULTS.md``.
"""

from __future__ import annotations

import argparse
import time
from datetime import timedelta
from pathlib import Path
from tempfile import TemporaryDirectory
from unittest.mock import patch

import pandas as pd
from threadpoolctl import threadpool_limits

from features.asof import newest_moment
from features.feature import QUALITIES
from features.prepared import prepared
from features.source import open_market
from features.tables import NEEDS
from models import selection
from models.explain import by_quality
from models.learner import DEFAULT
from tests.benchmarks.results import write_block
from training.fit import Fitted, Known, learn, look_back, rows_of_rate
from training.placebo import dealt_anew
from training.world import simulate, write_world

BACK_DAYS = (162, 104, 46)
"""Training moments, so many days before the newest event: when the last campaigns have matured, and
one and two windows earlier."""
STEPS = (selection.LITTLE, 1.0)
"""Shares of the way from history to all features at which it is asked whether to go."""


def known_of(seed: int, *, creators: int, months: int) -> list[Known]:
    """What is known of a simulated market at each training moment."""
    with TemporaryDirectory() as scratch:
        data = Path(scratch)
        write_world(simulate(creators=creators, months=months, seed=seed), data)
        needs, uses = NEEDS["evaluate"]
        with open_market(data, needs=needs, uses=uses) as market:
            newest = newest_moment(market.connection)
            assert newest is not None
            with prepared(market) as ready:
                moments = [newest - timedelta(days=days) for days in BACK_DAYS]
                return [look_back(ready, moment, hold_out=None) for moment in moments]


def keeps(known: Known, step: float) -> bool:
    """Whether features beside history are kept where it is asked so far from history."""
    matrix, labels = rows_of_rate(known)
    folds = selection.folds_in_time(labels)
    with threadpool_limits(limits=1), patch.object(selection, "LITTLE", step):
        penalty, *_ = selection.climb(matrix, labels, folds, seed=0, learner=DEFAULT)
    return penalty is not None


def effect_sizes(fitted: Fitted, known: Known) -> pd.Series:
    """Standard deviation within campaigns of each quality's SHAP value, in logs."""
    predictor = fitted.predictor
    effects = by_quality(
        predictor.contributions(known.matrix, known.base_log_odds), predictor.features
    )
    campaign = known.outcomes["campaign_id"].to_numpy()
    return (effects - effects.groupby(campaign).transform("mean")).std()[list(QUALITIES)]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seeds", default="0,1,2,3,4,5,6,7,8,9")
    parser.add_argument("--creators", type=int, default=500)
    parser.add_argument("--months", type=int, default=12)
    parser.add_argument("--deals", type=int, default=5)
    parser.add_argument("--write", type=Path)
    asked = parser.parse_args()
    began = time.perf_counter()
    lines: list[str] = []
    true_kept: dict[float, list[bool]] = {step: [] for step in STEPS}
    kept: dict[float, list[int]] = {step: [] for step in STEPS}
    for seed in (int(seed) for seed in asked.seeds.split(",")):
        for known in known_of(seed, creators=asked.creators, months=asked.months):
            deals = [dealt_anew(known, seed=deal) for deal in range(asked.deals)]
            for step in STEPS:
                true_kept[step].append(keeps(known, step))
                kept[step].append(sum(keeps(deal, step) for deal in deals))
            true = effect_sizes(learn(known), known)
            flat = pd.DataFrame([effect_sizes(learn(deal), known) for deal in deals])
            cells = [
                *(str(seed), str(len(known.outcomes))),
                ", ".join("yes" if true_kept[step][-1] else "no" for step in STEPS),
                ", ".join(str(kept[step][-1]) for step in STEPS),
                *(f"{true[q]:.3f}; {flat[q].median():.3f}, {flat[q].max():.3f}" for q in QUALITIES),
            ]
            lines.append(f"| {' | '.join(cells)} |")
            print(lines[-1], flush=True)
    heads = ["seed", "outcomes", "kept", f"kept in {asked.deals} deals", *QUALITIES]
    text = "\n".join(
        [
            "## Labels dealt anew",
            "",
            "Written by `python -m tests.benchmarks.bench_placebo --write tests/benchmarks/RESULTS.md`. "
            f"Markets of {asked.creators} creators and {asked.months} months, at three moments each; the "
            f"outcomes of each campaign dealt to its creators at random, {asked.deals} times. Kept: whether "
            "features beside history are, and in how many deals; asked, as the product does, a quarter of "
            "the way from history to all features, then all the way. By quality: standard deviation within "
            "campaigns of its SHAP value, in logs, learned from the true labels; then median and largest "
            "of the deals.",
            "",
            f"| {' | '.join(heads)} |",
            "|" + "---|" * len(heads),
            *lines,
            "",
            *(
                f"Asked at {step:g} of the way, features were kept from true labels "
                f"{sum(true_kept[step])} times of {len(true_kept[step])}, from labels dealt anew "
                f"{sum(kept[step])} times of {asked.deals * len(kept[step])}."
                for step in STEPS
            ),
            f"{time.perf_counter() - began:.0f} s in all.",
        ]
    )
    print(text)
    if asked.write:
        write_block(asked.write, "placebo", text)


if __name__ == "__main__":
    main()
