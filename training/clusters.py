"""Campaign bootstrap of any figure that is a function of sums over campaigns.

A campaign's rows share its luck, so whole campaigns are drawn. Each campaign's sums are taken once;
a draw then is one product of weights and sums, and a thousand take milliseconds.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from training.bootstrap import DRAWS, interval

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]


@dataclass(frozen=True)
class Statistic:
    """A figure of totals over campaigns.

    Attributes
    ----------
    sums : ndarray, shape (campaigns, k)
        What each campaign adds to the totals.
    of : callable
        Totals of shape (..., k) -> figures of shape (...); NaN where they say nothing.
    """

    sums: Floats
    of: Callable[[Floats], Floats]

    def value(self) -> float:
        """The figure of the campaigns as they are."""
        return float(self.of(self.sums.sum(axis=0)))

    def drawn(self, weight: Floats) -> Floats:
        """The figure under each draw's weights of the campaigns, shape (draws,)."""
        return np.asarray(self.of(weight @ self.sums))


def by_campaign(campaign: Ints, *values: Floats) -> Floats:
    """Sums of the rows of each campaign, shape (campaigns, number of `values`).

    `campaign` holds codes counting from 0.
    """
    count = int(campaign.max(initial=-1)) + 1
    return np.stack([np.bincount(campaign, value, minlength=count) for value in values], axis=1)


def ratio(campaign: Ints, numerator: Floats, denominator: Floats) -> Statistic:
    """Total of one thing over the total of another; NaN where the latter is 0.

    Examples
    --------
    >>> share = ratio(np.array([0, 0, 1]), np.array([1.0, 0, 1]), np.ones(3))
    >>> round(share.value(), 3)
    0.667
    """
    return Statistic(by_campaign(campaign, numerator, denominator), _over)


def mean(campaign: Ints, values: Floats) -> Statistic:
    """Mean over rows."""
    return ratio(campaign, values, np.ones(len(values)))


def mean_of_campaigns(figures: Floats) -> Statistic:
    """Mean over campaigns of one figure each, shape (campaigns,); NaN leaves a campaign out."""
    known = ~np.isnan(figures)
    return Statistic(np.stack([np.where(known, figures, 0.0), known], axis=1), _over)


def _over(totals: Floats) -> Floats:
    with np.errstate(divide="ignore", invalid="ignore"):
        found = totals[..., 0] / totals[..., 1]
    return np.asarray(np.where(totals[..., 1] == 0, np.nan, found))


def drawn_weights(campaigns: int, *, draws: int = DRAWS, seed: int = 0) -> Floats:
    """How often each campaign is drawn in each draw, shape (draws, campaigns)."""
    generator = np.random.default_rng(seed)
    drawn = generator.multinomial(campaigns, np.full(campaigns, 1 / campaigns), draws)
    return drawn.astype(np.float64)


def with_interval(statistic: Statistic, weight: Floats) -> dict[str, float]:
    """`value`, and `low` and `high` of its 95 % interval, NaN where fewer than two campaigns."""
    low, high = _interval(statistic.drawn(weight), weight)
    return {"value": statistic.value(), "low": low, "high": high}


def lead(
    ours: Statistic, other: Statistic, weight: Floats, *, lower_is_better: bool = False
) -> dict[str, float]:
    """By how much ours is better than another on the same draws: `ahead` and its interval."""
    sign = -1.0 if lower_is_better else 1.0
    low, high = _interval(sign * (ours.drawn(weight) - other.drawn(weight)), weight)
    ahead = sign * (ours.value() - other.value())
    return {"ahead": ahead, "ahead_low": low, "ahead_high": high}


def _interval(drawn: Floats, weight: Floats) -> tuple[float, float]:
    known = drawn[~np.isnan(drawn)]
    if weight.shape[1] < 2 or not len(known):
        return float("nan"), float("nan")
    return interval(known)
