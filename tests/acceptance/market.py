"""Acceptance on simulated markets: does the model win where there is something to learn?

``python -m tests.acceptance.market --write docs/acceptance.md`` judges three markets of 2,000 creators and 18
months on the campaigns of their last half year that have matured.
"""

from __future__ import annotations

import argparse
import sys
import time
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from tempfile import TemporaryDirectory

import pandas as pd

from features.asof import newest_moment
from features.prepared import prepared
from features.source import open_market
from features.tables import NEEDS
from training.counterfactual import known_candidates
from training.evaluation import evaluate
from training.money import MOST_CREATORS, TIGHT_SHARE
from training.world import simulate, write_world

WINDOW_DAYS = 28
POPULARITY = ("followers", "reach alone", "engagement rate × followers")


@dataclass(frozen=True)
class Verdict:
    """What one market showed; shares are of the oracle's conversions under the tight budget."""

    seed: int
    campaigns: int
    captured: float
    captured_by_past_rate: float
    ahead_low: float
    ahead_high: float
    captured_by_revealed: float
    spearman: float
    share_of_revealed: float
    popularity: float
    least_popularity_of_baselines: float
    trees: str
    seconds: float


def judge(seed: int, *, creators: int, months: int, windows: int) -> Verdict:
    """Simulate a market and judge the model on its last matured campaigns."""
    began = time.perf_counter()
    with TemporaryDirectory() as scratch:
        data = Path(scratch)
        write_world(simulate(creators=creators, months=months, seed=seed), data)
        needs, uses = NEEDS["evaluate"]
        with open_market(data, needs=needs, uses=uses) as market:
            newest = newest_moment(market.connection)
            assert newest is not None
            last = newest.replace(hour=0, minute=0, second=0, microsecond=0) - timedelta(days=46)
            origins = [last - timedelta(days=WINDOW_DAYS * k) for k in range(windows, 0, -1)]
            candidates = known_candidates(market.connection, data)
            with prepared(market) as ready:
                found = evaluate(ready, origins, WINDOW_DAYS, candidates=candidates)
    assert found.money is not None
    assert found.truth is not None
    tight = found.money[
        (found.money["budget_share"] == TIGHT_SHARE) & (found.money["reach"] == "predicted")
    ]
    tight, truth = tight.set_index("score"), found.truth.set_index("score")
    past = tight.loc["past rate × reach"]
    return Verdict(
        seed=seed,
        campaigns=int(past["campaigns"]),
        captured=tight.loc["suasion", "pooled"],
        captured_by_past_rate=past["pooled"],
        ahead_low=past["ahead_low"],
        ahead_high=past["ahead_high"],
        captured_by_revealed=tight.loc["all that features could reveal", "pooled"],
        spearman=truth.loc["suasion", "spearman"],
        share_of_revealed=truth.loc["suasion", "share_of_revealed"],
        popularity=truth.loc["suasion", "popularity"],
        least_popularity_of_baselines=truth.loc[list(POPULARITY), "popularity"].abs().min(),
        trees=", ".join(str(count) for count in found.origins["trees"]),
        seconds=time.perf_counter() - began,
    )


def failures(verdict: Verdict) -> list[str]:
    """The claims that a market does not bear out."""
    claims = {
        "captures more than past rate × our reach": verdict.captured
        > verdict.captured_by_past_rate,
        "agrees with the true rate at .6 of what features could reveal": verdict.share_of_revealed
        >= 0.6,
        "is less popularity than every popularity baseline": abs(verdict.popularity)
        < verdict.least_popularity_of_baselines,
    }
    return [claim for claim, holds in claims.items() if not holds]


def document(verdicts: list[Verdict], command: str) -> str:
    """The verdicts as a page."""
    head = (
        "seed | campaigns | captured | by past rate × our reach | ahead, 95 % | by all that features could reveal"
        " | Spearman with the true rate | of what features could reveal | popularity | least of the baselines"
        " | trees | seconds"
    )
    lines = [
        f"| {v.seed} | {v.campaigns} | {v.captured:.3f} | {v.captured_by_past_rate:.3f}"
        f" | {v.ahead_low:+.3f} … {v.ahead_high:+.3f} | {v.captured_by_revealed:.3f} | {v.spearman:.3f}"
        f" | {v.share_of_revealed:.2f} | {v.popularity:+.3f} | {v.least_popularity_of_baselines:.3f}"
        f" | {v.trees} | {v.seconds:.0f} |"
        for v in verdicts
    ]
    failed = [f"- seed {v.seed}: does not hold: {claim}" for v in verdicts for claim in failures(v)]
    return "\n".join(
        [
            "# Acceptance on simulated markets",
            "",
            f"Written by `{command}`. Each line is one market whose truth is known, judged on held-out campaigns by",
            "models trained before them. *Captured*: share of the conversions of the best choice under a budget of",
            f"{100 * TIGHT_SHARE:.0f} % of what all candidates cost and at most {MOST_CREATORS} creators, our reach"
            " predicted. *Popularity*: mean partial",
            "rank correlation of the rate with followers given the true rate.",
            "",
            f"| {head} |",
            "|" + "---|" * 12,
            *lines,
            "",
            *(failed or ["Every claim held in every market."]),
            "",
        ]
    )


def main() -> int:
    parser = argparse.ArgumentParser()
    parser.add_argument("--seeds", type=int, default=3)
    parser.add_argument("--creators", type=int, default=2000)
    parser.add_argument("--months", type=int, default=18)
    parser.add_argument("--windows", type=int, default=7, help="windows of four weeks held out")
    parser.add_argument("--write", type=Path)
    asked = parser.parse_args()
    verdicts = []
    for seed in range(asked.seeds):
        verdicts.append(
            judge(seed, creators=asked.creators, months=asked.months, windows=asked.windows)
        )
        print(
            pd.Series(vars(verdicts[-1])).to_string(),
            "\n",
            failures(verdicts[-1]) or "every claim holds",
            "\n",
        )
    if asked.write:
        command = (
            "make accept"
            if asked == parser.parse_args(["--write", str(asked.write)])
            else "tests.acceptance.market"
        )
        asked.write.write_text(document(verdicts, command), encoding="utf-8")
    return int(any(failures(verdict) for verdict in verdicts))


if __name__ == "__main__":
    sys.exit(main())
