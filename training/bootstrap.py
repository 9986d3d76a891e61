"""Two-way bootstrap of rank correlations: campaigns and creators are drawn with replacement.

Rows of one campaign share its luck, rows of one creator share theirs, and one post can serve
several campaigns: an interval that forgets either is too narrow.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]

DRAWS = 400
LEVEL = 0.95
LEAST_ROWS = 3


@dataclass(frozen=True)
class Ranked:
    """Values in order of (campaign, value), ready to be ranked under any weights of their rows."""

    order: Ints
    tie: Ints
    tie_campaign: Ints

    @classmethod
    def of(cls, values: Floats, campaign: Ints) -> Ranked:
        """Sort once; equal values of one campaign are ties and share the mean of their ranks."""
        order = np.lexsort((values, campaign))
        sorted_values, sorted_campaign = values[order], campaign[order]
        fresh = np.ones(len(values), dtype=bool)
        fresh[1:] = (sorted_values[1:] != sorted_values[:-1]) | (
            sorted_campaign[1:] != sorted_campaign[:-1]
        )
        return cls(order, np.cumsum(fresh) - 1, sorted_campaign[fresh])

    def ranks(self, weight: Floats) -> Floats:
        """Ranks within campaigns, each row counting `weight` times, in the order of the rows."""
        in_tie = np.bincount(self.tie, weight[self.order])
        before = np.cumsum(in_tie) - in_tie
        first = np.flatnonzero(np.diff(self.tie_campaign, prepend=-1))
        start = np.zeros(self.tie_campaign.max(initial=0) + 1)
        start[self.tie_campaign[first]] = before[first]
        ranks = np.empty(len(weight))
        ranks[self.order] = (before - start[self.tie_campaign] + in_tie / 2)[self.tie]
        return ranks


def weighted_spearman(x: Ranked, y: Ranked, campaign: Ints, weight: Floats) -> Floats:
    """Spearman correlation of each campaign under row weights; a constant side scores 0.

    NaN where fewer than `LEAST_ROWS` different rows of the campaign are drawn: two always agree or
    disagree wholly, and one has no order, which is no failure of a score.
    """
    total = np.bincount(campaign, weight)
    present = np.bincount(campaign, weight > 0) >= LEAST_ROWS
    total = np.where(total > 0, total, 1.0)
    a, b = x.ranks(weight), y.ranks(weight)
    a = a - (np.bincount(campaign, weight * a) / total)[campaign]
    b = b - (np.bincount(campaign, weight * b) / total)[campaign]
    ab, aa, bb = (np.bincount(campaign, weight * product) for product in (a * b, a * a, b * b))
    scale = np.sqrt(aa * bb)
    flat = scale <= 1e-9
    return np.where(present, np.where(flat, 0.0, ab / np.where(flat, 1.0, scale)), np.nan)


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
    truth = Ranked.of(actual, campaign)
    ranked = {name: Ranked.of(values, campaign) for name, values in scores.items()}
    found = {name: np.empty(draws) for name in scores}
    for draw in range(draws):
        row_weight = generator.multinomial(creators, np.full(creators, 1 / creators))[
            creator
        ].astype(np.float64)
        campaign_weight = generator.multinomial(campaigns, np.full(campaigns, 1 / campaigns))
        for name, score in ranked.items():
            correlation = weighted_spearman(score, truth, campaign, row_weight)
            counted = np.where(np.isnan(correlation), 0.0, campaign_weight)
            found[name][draw] = np.nansum(counted * correlation) / max(counted.sum(), 1)
    return found


def interval(draws: Floats) -> tuple[float, float]:
    """The central `LEVEL` of draws."""
    low, high = np.quantile(draws, [(1 - LEVEL) / 2, (1 + LEVEL) / 2])
    return float(low), float(high)
