"""How often intervals of rank correlations hold the truth, and how wide they are, by how they are drawn.

Worlds are made again and again with the same creators in the same campaigns: creators have a response of their own,
of which history tells more or less, a post serves one campaign or several, and what the challenger knows beside history
helps in some campaigns and misleads in others. The truth is the mean over all the worlds made.

``python -m tests.benchmarks.bench_two_way --write tests/benchmarks/RESULTS.md``.
"""

from __future__ import annotations

import argparse
from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt

from tests.benchmarks.results import write_block
from training.bootstrap import Drawn, correlations_in, interval, mean_of_campaigns, two_way

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]

CAMPAIGNS, CREATORS, WEEKS = 120, 450, 8
LEAST, MEAN_MORE = 5, 8
"""Creators of a campaign: at least, and how many more on average."""
SPREAD = 0.7
"""Standard deviation of the response between creators and between posts of one, in logs."""
UNKNOWN = 0.28
"""Share of creators without a post before."""
WORLDS_OF_TRUTH = 3000
METHODS = ("campaigns", "creators", "the wider", "as it is", "both at once")
COMPARED = {"lead": ("challenger", "history"), "challenger": ("challenger", None)}


@dataclass(frozen=True)
class World:
    """What rows share: posts that serve several campaigns, and how much campaigns differ in what helps."""

    name: str
    copied: float = 0.5
    differ: float = 0.0


WORLDS = (
    World("no post serves twice", copied=0.0),
    World("half of the posts do"),
    World("all do", copied=1.0),
    World("half, campaigns differ a little", differ=0.3),
    World("half, campaigns differ much", differ=0.8),
    World("half, campaigns differ most of all", differ=2.0),
)


@dataclass(frozen=True)
class Rows:
    """Who is in which campaign: creators in demand are in many."""

    campaign: Ints
    creator: Ints
    post: Ints

    @classmethod
    def made(cls, seed: int) -> Rows:
        rng = np.random.default_rng(seed)
        demand = rng.lognormal(0, 1, CREATORS)
        sizes = LEAST + rng.geometric(1 / (1 + MEAN_MORE), CAMPAIGNS) - 1
        chosen = [rng.choice(CREATORS, n, replace=False, p=demand / demand.sum()) for n in sizes]
        campaign = np.repeat(np.arange(CAMPAIGNS), sizes)
        creator = np.concatenate(chosen)
        post = creator * WEEKS + campaign * WEEKS // CAMPAIGNS
        return cls(campaign, creator.astype(np.int64), np.unique(post, return_inverse=True)[1])

    def outcomes(self, world: World, rng: np.random.Generator) -> tuple[dict[str, Floats], Floats]:
        """Scores of the rows, and what was."""
        own = rng.normal(0, SPREAD, CREATORS)
        posts = np.where(rng.random(CREATORS) < UNKNOWN, 0, rng.geometric(0.25, CREATORS))
        told = own + rng.normal(0, SPREAD, CREATORS) / np.sqrt(np.maximum(posts, 1))
        beside = rng.normal(size=CREATORS)
        helps = 0.2 + world.differ * rng.normal(size=CAMPAIGNS)
        scores = {
            "history": np.where(posts > 0, told, 0.0),
            "challenger": np.where(posts > 0, told * posts / (posts + 1), 0.15) + 0.2 * beside,
        }
        posted, single = (
            rng.normal(0, SPREAD, self.post.max() + 1),
            rng.normal(0, SPREAD, len(self.post)),
        )
        is_copied = (rng.random(len(posted)) < world.copied)[self.post]
        actual = own[self.creator] + helps[self.campaign] * beside[self.creator]
        actual += np.where(is_copied, posted[self.post], single)
        return {name: score[self.creator] for name, score in scores.items()}, actual

    def both_at_once(
        self, scores: Mapping[str, Floats], actual: Floats, draws: int, seed: int
    ) -> dict[str, Floats]:
        """Draws of campaigns and creators together, each row counting the product."""
        rng = np.random.default_rng(seed)
        creators = rng.multinomial(CREATORS, np.full(CREATORS, 1 / CREATORS), draws)
        campaigns = rng.multinomial(CAMPAIGNS, np.full(CAMPAIGNS, 1 / CAMPAIGNS), draws)
        found = correlations_in(scores, actual, self.campaign)(
            creators[:, self.creator].astype(np.float64)
        )
        return dict(
            zip(scores, mean_of_campaigns(found, campaigns.astype(np.float64)), strict=True)
        )


def bounds(found: Drawn, together: Floats) -> dict[str, tuple[float, float]]:
    """The interval of each method."""
    by = {}
    for name, draws in (("campaigns", found.campaigns), ("creators", found.creators)):
        low, high = interval(draws - draws.mean())
        by[name] = (found.point + low, found.point + high)
    wider = max(by.values(), key=lambda bounds: bounds[1] - bounds[0])
    return {
        **by,
        "the wider": wider,
        "as it is": found.interval(),
        "both at once": interval(together),
    }


def of_world(rows: Rows, world: World, runs: int, draws: int) -> Iterator[str]:
    """A line of the lead and one of the challenger: how often each method holds the truth, and how wide it is."""
    rng = np.random.default_rng(1)
    points = defaultdict(list)
    for _ in range(WORLDS_OF_TRUTH):
        scores, actual = rows.outcomes(world, rng)
        once = correlations_in(scores, actual, rows.campaign)(np.ones((1, len(actual))))
        for name, mean in zip(scores, mean_of_campaigns(once)[:, 0], strict=True):
            points[name].append(mean)
    covered, widths = defaultdict(list), defaultdict(list)
    truth = {
        what: np.array(points[one]) - (np.array(points[less]) if less else 0.0)
        for what, (one, less) in COMPARED.items()
    }
    for run in range(runs):
        scores, actual = rows.outcomes(world, rng)
        found = two_way(scores, actual, rows.campaign, rows.creator, draws=draws, seed=run)
        together = rows.both_at_once(scores, actual, draws, run)
        for what, (one, less) in COMPARED.items():
            drawn = found[one] - found[less] if less else found[one]
            both = together[one] - together[less] if less else together[one]
            for method, (low, high) in bounds(drawn, both).items():
                covered[what, method].append(low <= truth[what].mean() <= high)
                widths[what, method].append(high - low)
    for what, values in truth.items():
        right = 2 * 1.96 * values.std()
        cells = [
            f"{np.mean(covered[what, method]):.3f} ({np.mean(widths[what, method]) / right:.2f})"
            for method in METHODS
        ]
        yield f"| {world.name} | {what} | {values.std():.3f} | {' | '.join(cells)} |"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--runs", type=int, default=400, help="worlds whose intervals are judged")
    parser.add_argument("--draws", type=int, default=300, help="of each interval")
    parser.add_argument("--write", type=Path)
    asked = parser.parse_args()
    rows = Rows.made(seed=0)
    lines = [
        "## Intervals of rank correlations\n",
        "Written by `python -m tests.benchmarks.bench_two_way --write tests/benchmarks/RESULTS.md`. How often 95 % intervals "
        "hold the truth, and in brackets how wide they are as a multiple of the right width, by what is drawn with replacement.\n",
        f"| world | of | standard deviation | {' | '.join(METHODS)} |",
        f"|---|---|---:|{'---:|' * len(METHODS)}",
        *(line for world in WORLDS for line in of_world(rows, world, asked.runs, asked.draws)),
        "",
        f"{len(rows.creator):,} rows of {CAMPAIGNS} campaigns and {CREATORS} creators, {asked.runs} worlds of each kind, "
        f"{asked.draws} draws; lead: the challenger's mean within-campaign Spearman less that of history. The wider: of "
        "campaigns and creators. As it is: the variances of both less that of rows, at least the wider. Both at once: the "
        "pigeonhole bootstrap.",
    ]
    print("\n".join(lines))
    if asked.write:
        write_block(asked.write, "two_way", "\n".join(lines))


if __name__ == "__main__":
    main()
