"""How well history alone orders creators, by how it is told: real outcomes, and true rates of simulated markets.

Real outcomes are those of the development origins: weeks that are a test set stay unseen.

``python -m tests.benchmarks.bench_history --tiktok-topics DATA --seeds 5,6 --write tests/benchmarks/RESULTS.md``.
"""

from __future__ import annotations

import argparse
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pandas as pd

from models import linear
from models.baselines import BASELINES, Sight
from models.linear import AGAINST_USUAL, FLOOR, HISTORY
from models.ranking import spearman_by_campaign
from tests.benchmarks.learner_origins import (
    DEVELOPMENT,
    DEVELOPMENT_DAYS,
    Origin,
    recorded,
    simulated,
)
from tests.benchmarks.learner_variants import Change, Variant, learned, replaced
from tests.benchmarks.results import write_block
from training.rank_table import rank_table

Floats = npt.NDArray[np.float64]
SUBSETS = ("all", "warm", "cold", "with history")
RIVAL = "history"
"""The baseline: a creator's own median response; who has none stands at the median of what is judged."""


def _alone(
    name: str, *changes: Change, weights: Callable[[Origin], Floats] | None = None
) -> Variant:
    return Variant(name, changes, weights=weights, penalty=None, trees=0)


def _halved_every(days: float) -> Callable[[Origin], Floats]:
    def weights(origin: Origin) -> Floats:
        age = (origin.labels["as_of"].max() - origin.labels["as_of"]).dt.total_seconds() / 86400
        weight = 0.5 ** (age.to_numpy() / days)
        return np.asarray(weight / weight.mean())

    return weights


WAYS = (
    _alone("as it is"),
    _alone("response alone", replaced(linear, HISTORY=("response",))),
    _alone("response against others alone", replaced(linear, HISTORY=("relative_response",))),
    _alone("the floor alone", replaced(linear, HISTORY=FLOOR)),
    _alone("likes beside it", replaced(linear, HISTORY=(*HISTORY, "relative_likes"))),
    _alone(
        "no track record: at the median",
        replaced(linear, AGAINST_USUAL=tuple(n for n in AGAINST_USUAL if n != "track_record")),
    ),
    _alone("unknown: all at the median", replaced(linear, AGAINST_USUAL=())),
    _alone("labels halved every 90 days", weights=_halved_every(90)),
    _alone("labels halved every 30 days", weights=_halved_every(30)),
)


def scored(origins: Sequence[Origin]) -> pd.DataFrame:
    """What is judged, with a column for each way and one for `RIVAL`."""
    parts = []
    for origin in origins:
        told = {
            way.name: learned(origin, way, {"rows": origin.rows_matrix})["rows"].to_numpy()
            for way in WAYS
        }
        # It knows no network, which the last place is for.
        sight = Sight(origin.rows, origin.rows_matrix, origin.rows_base, origin.rows_matrix)
        parts.append(origin.rows.assign(**told, **{RIVAL: BASELINES[RIVAL].score(sight)}))
    return pd.concat(parts, ignore_index=True)


def of_data(data: Path, kept: Path | None) -> Iterator[str]:
    """A line a way: its order of realised rates, and by how much it is ahead of the baseline."""
    rows = scored(recorded(data, kept))
    yield "| told as | all | ahead of history | warm | cold | with history |"
    yield "|---|---:|---:|---:|---:|---:|"
    for way in WAYS:
        found = rank_table(
            rows,
            {way.name: way.name, RIVAL: RIVAL},
            rows["actual"].to_numpy(dtype=np.float64),
            subsets=SUBSETS,
            reference=way.name,
        ).set_index(["score", "rows"])
        own, ahead = found.loc[way.name, "spearman"], found.loc[RIVAL]
        interval = f"{ahead.loc['all', 'ahead_low']:+.3f} … {ahead.loc['all', 'ahead_high']:+.3f}"
        cells = [
            way.name,
            f"{own['all']:+.3f}",
            f"{ahead.loc['all', 'model_ahead']:+.4f} ({interval})",
            *(f"{own[of]:+.3f} ({ahead.loc[of, 'model_ahead']:+.3f})" for of in SUBSETS[1:]),
        ]
        yield f"| {' | '.join(cells)} |"
    yield ""
    judged = found.loc[(RIVAL, "all")]
    yield (
        f"tiktok_topics: {judged['campaigns']:.0f} campaigns of {len(DEVELOPMENT)} origins from "
        f"{DEVELOPMENT[0]:%Y-%m-%d} to {DEVELOPMENT[-1]:%Y-%m-%d}, {DEVELOPMENT_DAYS:g} days each; Spearman with the "
        "realised rate, and in brackets by how much it is ahead of the creator's own median response (who has none stands at "
        "the median of all judged after an origin), of all with the 95 % two-way bootstrap interval. Cold: without an outcome "
        "at the decision."
    )


def of_market(rows: pd.DataFrame, way: str) -> tuple[float, float]:
    """Spearman with the true rate, and the mean log error of cold candidates less that of warm ones."""
    ranks = spearman_by_campaign(rows[way], rows["actual"], rows["campaign_id"])
    error = np.log(rows["actual"]) - rows[way]
    error -= error.groupby(rows["campaign_id"]).transform("mean")
    by = error.groupby(rows["is_cold"]).mean()
    return float(ranks.mean()), float(by[True] - by[False])


def of_markets(
    seeds: Sequence[int], creators: int, months: int, kept: Path | None
) -> Iterator[str]:
    """A line a way: its order of true rates, and whether creators without an outcome are misjudged."""
    markets = [scored(simulated(creators, months, seed, kept)) for seed in seeds]
    yield "| told as | Spearman, true rate | of each market | cold misjudged by, in logs |"
    yield "|---|---:|---:|---:|"
    for way in WAYS:
        found = [of_market(rows, way.name) for rows in markets]
        ranks, errors = np.transpose(found)
        cells = [
            way.name,
            f"{ranks.mean():+.3f}",
            ", ".join(f"{rank:+.3f}" for rank in ranks),
            ", ".join(f"{error:+.2f}" for error in errors),
        ]
        yield f"| {' | '.join(cells)} |"
    yield ""
    yield (
        f"Simulated markets of {creators:,} creators and {months} months, seeds {', '.join(map(str, seeds))}: all "
        "candidates after six origins each. Cold misjudged by: mean log of true over predicted rate of creators without "
        "an outcome, less that of the others, within campaigns; above 0, too little is expected of them."
    )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--tiktok-topics", type=Path, required=True, help="folder of these data")
    parser.add_argument("--seeds", default="5,6", help="of the simulated markets")
    parser.add_argument("--creators", type=int, default=1000)
    parser.add_argument("--months", type=int, default=24)
    parser.add_argument("--kept", type=Path, help="folder that keeps what was built")
    parser.add_argument("--write", type=Path)
    asked = parser.parse_args()
    seeds = [int(seed) for seed in asked.seeds.split(",")]
    lines = [
        "## History alone\n",
        f"Written by `python -m tests.benchmarks.bench_history --tiktok-topics DATA --seeds {asked.seeds} "
        "--write tests/benchmarks/RESULTS.md`. The model where later campaigns confirm nothing beyond history, "
        "told in one way or another.\n",
        *of_data(asked.tiktok_topics, asked.kept),
        "",
        *of_markets(seeds, asked.creators, asked.months, asked.kept),
    ]
    print("\n".join(lines))
    if asked.write:
        write_block(asked.write, "history", "\n".join(lines))


if __name__ == "__main__":
    main()
