"""Two-way bootstrap of rank correlations: campaigns and creators are drawn with replacement.

Rows of one campaign share its luck, rows of one creator share theirs, and one post can serve
several campaigns: an interval that forgets either is too narrow.
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import numpy.typing as npt
from numba import njit

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]

DRAWS = 1000
LEVEL = 0.95
LEAST_ROWS = 3
_AT_ONCE = 100


def two_way(
    scores: Mapping[str, Floats],
    actual: Floats,
    campaign: Ints,
    creator: Ints,
    *,
    draws: int = DRAWS,
    seed: int = 0,
) -> dict[str, Floats]:
    """Draws of the mean within-campaign Spearman correlation of each score, all on the same draws.

    A row counts as often as its creator was drawn, a campaign as often as it was. A constant side
    has no order and scores 0. Campaigns of which fewer than `LEAST_ROWS` different rows are drawn
    do not count: two always agree or disagree wholly, which is no failure of a score.

    Parameters
    ----------
    scores : mapping of ndarray, shape (n,)
    actual : ndarray, shape (n,)
    campaign, creator : ndarray of int, shape (n,)
        Codes counting from 0.

    Returns
    -------
    dict
        Score -> ndarray of shape (draws,).
    """
    generator = np.random.default_rng(seed)
    campaigns, creators = int(campaign.max(initial=-1)) + 1, int(creator.max(initial=-1)) + 1
    values = [actual, *scores.values()]
    order = np.stack([np.lexsort((value, campaign)) for value in values])
    is_tied = np.stack([_tied(v[o], campaign[o]) for v, o in zip(values, order, strict=True)])
    ends = np.cumsum(np.bincount(campaign, minlength=campaigns))
    found = np.empty((len(scores), draws))
    for first in range(0, draws, _AT_ONCE):
        several = min(_AT_ONCE, draws - first)
        drawn_creators = generator.multinomial(creators, np.full(creators, 1 / creators), several)
        drawn_campaigns = generator.multinomial(
            campaigns, np.full(campaigns, 1 / campaigns), several
        )
        weight = drawn_creators[:, creator].astype(np.float64)
        found[:, first : first + several] = _mean_correlations(
            order, is_tied, ends, weight, drawn_campaigns.astype(np.float64)
        )
    return dict(zip(scores, found, strict=True))


def _tied(values: Floats, campaign: Ints) -> npt.NDArray[np.bool_]:
    """Whether each sorted value equals the one before it in its campaign."""
    found = np.zeros(len(values), dtype=np.bool_)
    found[1:] = (values[1:] == values[:-1]) & (campaign[1:] == campaign[:-1])
    return found


@njit(cache=True)
def _mean_correlations(
    order: Ints,
    is_tied: npt.NDArray[np.bool_],
    ends: Ints,
    weight: Floats,
    campaign_weight: Floats,
) -> Floats:
    """Mean correlation of sides 1, 2, ... with side 0, shape (sides - 1, draws).

    `order` and `is_tied` have shape (sides, n), sorted by campaign; `ends` says where each campaign
    ends; `weight` has shape (draws, n), `campaign_weight` (draws, campaigns).
    """
    sides, n = order.shape
    draws = weight.shape[0]
    total = np.zeros((sides - 1, draws))
    truth, ranks = np.empty(n), np.empty(n)
    for draw in range(draws):
        w = weight[draw]
        counted = 0.0
        start = 0
        for campaign in range(len(ends)):
            end = ends[campaign]
            share = campaign_weight[draw, campaign]
            mass, present = 0.0, 0
            for i in range(start, end):
                mass += w[order[0, i]]
                present += w[order[0, i]] > 0
            if share > 0 and present >= LEAST_ROWS:
                counted += share
                spread = _centred_ranks(order[0], is_tied[0], start, end, w, mass, truth)
                for side in range(1, sides):
                    own = _centred_ranks(order[side], is_tied[side], start, end, w, mass, ranks)
                    scale = np.sqrt(spread * own)
                    if scale > 1e-9:
                        product = 0.0
                        for i in range(start, end):
                            row = order[0, i]
                            product += w[row] * truth[row] * ranks[row]
                        total[side - 1, draw] += share * product / scale
            start = end
        total[:, draw] /= max(counted, 1.0)
    return total


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
