"""Intervals of rank correlations inside campaigns: what if others had been drawn?

Rows of one campaign share its luck, rows of one creator share theirs, and one post can serve
several campaigns: an interval that forgets either is too narrow. Drawing both at once forgets
nothing but counts the luck of single rows three times (Owen 2007, *The pigeonhole bootstrap*), so
campaigns, creators and rows are each drawn with replacement by themselves.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from numba import njit

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]

DRAWS = 1000
LEVEL = 0.95
LEAST_ROWS = 3
_AT_ONCE = 100


@dataclass(frozen=True)
class Drawn:
    """A mean correlation, or by how much one exceeds another, and what other draws made of it.

    Attributes
    ----------
    point : float
    campaigns, creators, rows : ndarray, shape (draws,)
        The same when campaigns, creators or single rows are drawn with replacement.
    """

    point: float
    campaigns: Floats
    creators: Floats
    rows: Floats

    def __sub__(self, other: Drawn) -> Drawn:
        """The difference of two scores of the same rows, on the same draws."""
        return Drawn(
            self.point - other.point,
            self.campaigns - other.campaigns,
            self.creators - other.creators,
            self.rows - other.rows,
        )

    def interval(self) -> tuple[float, float]:
        """Bounds of `LEVEL` around `point`, right for rows that share campaigns and creators.

        The variance by campaigns and that by creators each hold that of single rows, which is taken
        off once (Cameron, Gelbach and Miller 2011, *Robust inference with multiway clustering*);
        never less than the wider of the two. The shape is that of the wider's draws.
        """
        wider = max(self.campaigns, self.creators, key=np.var)
        variance = np.var(wider)
        both = np.var(self.campaigns) + np.var(self.creators) - np.var(self.rows)
        stretch = np.sqrt(max(both / variance, 1.0)) if variance > 0 else 1.0
        low, high = interval(wider - wider.mean())
        return float(self.point + low * stretch), float(self.point + high * stretch)


def two_way(
    scores: Mapping[str, Floats],
    actual: Floats,
    campaign: Ints,
    creator: Ints,
    *,
    draws: int = DRAWS,
    seed: int = 0,
) -> dict[str, Drawn]:
    """The mean within-campaign Spearman correlation of each score, all on the same draws.

    What is drawn twice counts twice. A constant side has no order and scores 0. Campaigns of which
    fewer than `LEAST_ROWS` different rows are drawn do not count: two always agree or disagree
    wholly, which is no failure of a score.

    Parameters
    ----------
    scores : mapping of ndarray, shape (n,)
    actual : ndarray, shape (n,)
    campaign, creator : ndarray of int, shape (n,)
        Codes counting from 0; each campaign has `LEAST_ROWS` rows or more.
    """
    generator = np.random.default_rng(seed)
    correlations = correlations_in(scores, actual, campaign)

    def drawn(count: int, means: Callable[[Floats], Floats]) -> Floats:
        """Means over draws of `count` things, shape (scores, draws)."""
        found = np.empty((len(scores), draws))
        for first in range(0, draws, _AT_ONCE):
            several = min(_AT_ONCE, draws - first)
            times = generator.multinomial(count, np.full(count, 1 / count), several)
            found[:, first : first + several] = means(times.astype(np.float64))
        return found

    def of_rows(times: Floats) -> Floats:
        return mean_of_campaigns(correlations(times))

    creators, rows = int(creator.max()) + 1, len(actual)
    as_it_is = correlations(np.ones((1, rows)))
    campaigns = as_it_is.shape[2]
    found = (
        drawn(campaigns, lambda times: mean_of_campaigns(as_it_is, times)),
        drawn(creators, lambda times: of_rows(times[:, creator])),
        drawn(rows, of_rows),
    )
    points = mean_of_campaigns(as_it_is)[:, 0]
    return {
        name: Drawn(float(points[i]), *(of[i] for of in found)) for i, name in enumerate(scores)
    }


def correlations_in(
    scores: Mapping[str, Floats], actual: Floats, campaign: Ints
) -> Callable[[Floats], Floats]:
    """What gives, for how often each row counts, shape (draws, n), the correlations of scores with
    what was, shape (scores, draws, campaigns); NaN where a campaign does not count.
    """
    values = [actual, *scores.values()]
    order = np.stack([np.lexsort((value, campaign)) for value in values])
    is_tied = np.stack([_tied(v[o], campaign[o]) for v, o in zip(values, order, strict=True)])
    ends = np.cumsum(np.bincount(campaign))
    return lambda times: np.asarray(_correlations(order, is_tied, ends, times))


def mean_of_campaigns(correlations: Floats, times: Floats | None = None) -> Floats:
    """Mean over the campaigns that count, each `times`, shape (draws, campaigns), as often; shape
    (scores, draws).
    """
    counts = np.isfinite(correlations) * (1.0 if times is None else times)
    total = (np.nan_to_num(correlations) * counts).sum(axis=2)
    return np.asarray(total / np.maximum(counts.sum(axis=2), 1.0))


def _tied(values: Floats, campaign: Ints) -> npt.NDArray[np.bool_]:
    """Whether each sorted value equals the one before it in its campaign."""
    found = np.zeros(len(values), dtype=np.bool_)
    found[1:] = (values[1:] == values[:-1]) & (campaign[1:] == campaign[:-1])
    return found


@njit(cache=True)
def _correlations(
    order: Ints,
    is_tied: npt.NDArray[np.bool_],
    ends: Ints,
    weight: Floats,
) -> Floats:
    """Correlation of sides 1, 2, ... with side 0 in each campaign, shape (sides - 1, draws,
    campaigns); NaN where too few different rows were drawn.

    `order` and `is_tied` have shape (sides, n), sorted by campaign; `ends` says where each campaign
    ends; `weight` has shape (draws, n): how often each row counts.
    """
    sides, n = order.shape
    draws = weight.shape[0]
    found = np.full((sides - 1, draws, len(ends)), np.nan)
    truth, ranks = np.empty(n), np.empty(n)
    for draw in range(draws):
        w = weight[draw]
        start = 0
        for campaign in range(len(ends)):
            end = ends[campaign]
            mass, present = 0.0, 0
            for i in range(start, end):
                mass += w[order[0, i]]
                present += w[order[0, i]] > 0
            if present >= LEAST_ROWS:
                spread = _centred_ranks(order[0], is_tied[0], start, end, w, mass, truth)
                for side in range(1, sides):
                    own = _centred_ranks(order[side], is_tied[side], start, end, w, mass, ranks)
                    scale = np.sqrt(spread * own)
                    product = 0.0
                    for i in range(start, end):
                        row = order[0, i]
                        product += w[row] * truth[row] * ranks[row]
                    found[side - 1, draw, campaign] = product / scale if scale > 1e-9 else 0.0
            start = end
    return found


@njit(cache=True)
def _centred_ranks(
    order: Ints,
    is_tied: npt.NDArray[np.bool_],
    start: int,
    end: int,
    w: Floats,
    mass: float,
    ranks: Floats,
) -> float:
    """Write the ranks of one campaign, each row counting `w` times, ties sharing their mean, less
    their mean `mass` / 2; return their weighted sum of squares.
    """
    before, squares = 0.0, 0.0
    first = start
    while first < end:
        last, in_tie = first + 1, w[order[first]]
        while last < end and is_tied[last]:
            in_tie += w[order[last]]
            last += 1
        rank = before + in_tie / 2 - mass / 2
        for i in range(first, last):
            ranks[order[i]] = rank
        squares += in_tie * rank * rank
        before += in_tie
        first = last
    return squares


def interval(draws: Floats) -> tuple[float, float]:
    """The central `LEVEL` of draws."""
    low, high = np.quantile(draws, [(1 - LEVEL) / 2, (1 + LEVEL) / 2])
    return float(low), float(high)
