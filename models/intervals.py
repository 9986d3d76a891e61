"""What a prediction does not know: three spreads in logs; intervals for reach, rate and count."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy.special import gammaln, ndtr, ndtri, pdtr

Floats = npt.NDArray[np.float64]

COVERAGE = 0.8
Z = float(ndtri(0.5 + COVERAGE / 2))

_NODES = ndtri((np.arange(64) + 0.5) / 64)
LARGE_COUNT = 30.0
"""Counts above which the noise of the count is taken as 1/mean in log variance."""


@dataclass(frozen=True)
class Spreads:
    """Standard deviations in logs, estimated on later campaigns than the model was fitted on.

    Attributes
    ----------
    campaign : float
        Of a campaign's level around its expected level; shared by the campaign's rows.
    new_brand : float
        The same of a campaign whose brand has no matured outcome: larger.
    creator : float
        Of a creator's rate around its prediction, at typical knowledge.
    reach : float
        Of people exposed around their median.
    ignorance : float
        ``creator`` is multiplied by ``exp(ignorance * (typical_known - known_share))``.
    typical_known : float
        Mean known share of the rows estimated on.
    shift : float
        Median of ``log(observed / predicted rate)``: negative, as the mean of a skewed rate exceeds
        its median.
    """

    campaign: float
    new_brand: float
    creator: float
    reach: float
    ignorance: float
    typical_known: float
    shift: float

    def campaigns(self, is_known_brand: npt.NDArray[np.bool_]) -> Floats:
        """Spread of each row's campaign: wider where its brand is unknown."""
        return np.where(is_known_brand, self.campaign, self.new_brand)

    def creators(self, known_share: Floats) -> Floats:
        """Spread of each row's creator: wider where less is known."""
        return np.asarray(
            self.creator * np.exp(self.ignorance * (self.typical_known - known_share))
        )


LEAST_EXPECTED = 3.0
IGNORANCE_PRIOR = 0.5
CAMPAIGN_SPREAD = 0.75
"""Spread of campaign levels around what is expected before any is seen, worth `CAMPAIGN_PRIOR`
campaigns: levels differ by .9 in logs, of which .7 is the brand's, whose past tells about half of
its variance."""
CAMPAIGN_PRIOR = 10.0
NEW_BRAND = 2.0
"""Variance of the level of a campaign whose brand is unknown, over that of another, before any is
seen: the level of all brands, from which it is guessed, is itself unsure."""
LEAST_NEW_BRAND = 1.1
"""The same of spreads, at the least: who is unknown is never surer."""
QUANTILES = (0.6, 0.7, 0.8, 0.9)
"""Of the size of errors: each tells a spread, and their mean is steadier than the one at 80 %."""


def estimate_spreads(
    *,
    conversions: Floats,
    expected: Floats,
    campaign: npt.NDArray[np.int64],
    known_share: Floats,
    log_reach_error: Floats,
    is_known_brand: npt.NDArray[np.bool_] | None = None,
) -> Spreads:
    """Split the errors on later campaigns into the campaign's, the creator's and the reach's.

    Robust: a fifth of the errors may be of any size, since response is heavy-tailed. Rows expected
    to bring fewer than `LEAST_EXPECTED` conversions say little of a rate; where most are such,
    moments of all rows are used.

    Parameters
    ----------
    conversions, expected : ndarray, shape (n,)
        Observed, and predicted rate times observed exposure.
    campaign : ndarray of int, shape (n,)
        Which rows share a campaign.
    known_share : ndarray, shape (n,)
        Share of the row's features that were known.
    log_reach_error : ndarray, shape (m,)
        Log of observed over predicted median exposure.
    is_known_brand : ndarray of bool, shape (n,), optional
        Whether another campaign of the row's brand had a matured outcome; all have when not given.
    """
    is_known = np.ones(len(expected), bool) if is_known_brand is None else is_known_brand
    error = np.log((conversions + 0.5) / (expected + 0.5))
    told = expected >= min(LEAST_EXPECTED, float(np.quantile(expected, 0.5)))
    error, noise, known = error[told], 1 / (expected[told] + 0.5), known_share[told]
    shift = float(np.median(error))
    # Half a conversion more, seen and expected, passes on but a part of what a rate errs by.
    expected_enough = np.maximum(expected[told], LEAST_EXPECTED)
    passed_on = expected_enough / (expected_enough + 0.5)
    error, noise = error / passed_on, noise / passed_on**2
    _, first, group = np.unique(campaign[told], return_index=True, return_inverse=True)
    of_known = is_known[told][first]
    size = np.bincount(group)
    level = np.array([np.median(error[group == g]) for g in range(len(size))])
    within = error - level[group]
    # A campaign's own median takes part of the spread with it: n / (n - 1) gives it back.
    several = size[group] > 1
    creator = _variance(
        within[several] * np.sqrt(size[group] / np.maximum(size[group] - 1, 1))[several]
    )
    creator = max(creator - float(np.mean(noise)), 0.01)
    # Of a level's variance, what its few rows leave unsure is no spread of levels.
    unsure = (creator + float(np.mean(noise))) / size
    between = _between(level[of_known], unsure[of_known], CAMPAIGN_SPREAD**2)
    of_new = _between(level[~of_known], unsure[~of_known], NEW_BRAND * between)
    return Spreads(
        campaign=float(np.sqrt(between)),
        new_brand=float(np.sqrt(max(of_new, LEAST_NEW_BRAND**2 * between))),
        creator=float(np.sqrt(creator)),
        reach=float(np.sqrt(max(_variance(log_reach_error - np.median(log_reach_error)), 0.01))),
        ignorance=_ignorance(np.abs(within), known),
        typical_known=float(np.mean(known)),
        shift=shift,
    )


def _between(level: Floats, unsure: Floats, prior: float) -> float:
    """Variance of campaigns' levels beyond what is unsure of each, shrunk: a handful tells little
    of how far levels differ.
    """
    if len(level) < 2:
        return prior
    found = max(_variance(level - np.median(level)) - float(np.mean(unsure)), 0.0)
    return (len(level) * found + CAMPAIGN_PRIOR * prior) / (len(level) + CAMPAIGN_PRIOR)


def _variance(errors: Floats) -> float:
    """Variance of the normal that errors are like in most of their mass; 0.25 without errors.

    Response is heavy-tailed: a normal that fits its middle half is too narrow for 80 %, and one
    with its moments too wide.
    """
    if not len(errors):
        return 0.25
    like = np.quantile(np.abs(errors), QUANTILES) / ndtri(0.5 + np.array(QUANTILES) / 2)
    return float(np.mean(like) ** 2)


def _ignorance(size_of_error: Floats, known: Floats) -> float:
    """How errors widen with what is unknown: slope of log errors, shrunk to a prior, positive."""
    gap = known.mean() - known
    logs = np.log(size_of_error + 1e-3)
    prior_weight = 1.0
    slope = (gap @ (logs - logs.mean()) + prior_weight * IGNORANCE_PRIOR) / (
        gap @ gap + prior_weight
    )
    return float(np.clip(slope, 0.1, 3.0))


def lognormal_interval(median: Floats, spread: Floats) -> tuple[Floats, Floats]:
    """The central 80 % of a lognormal with the given median and standard deviation of the log."""
    return median * np.exp(-Z * spread), median * np.exp(Z * spread)


def count_quantile(median: Floats, spread: Floats, level: float) -> Floats:
    """Quantile of a count whose mean is lognormal: smallest k with P(Y <= k) >= level.

    The mixture of Poissons is averaged over 64 equally likely means and inverted by bisection;
    above `LARGE_COUNT` the lognormal with the count's noise added is used.

    Parameters
    ----------
    median, spread : ndarray, shape (n,)
        Median of the mean count, and standard deviation of its log.
    """
    z = float(ndtri(level))
    result = np.floor(median * np.exp(z * np.sqrt(spread**2 + 1 / np.maximum(median, 1.0))))
    small = np.flatnonzero(median < LARGE_COUNT)
    means = median[small, None] * np.exp(spread[small, None] * _NODES)
    low = np.full(len(small), -1.0)
    high = np.ceil(means[:, -1] + 10 * np.sqrt(means[:, -1]) + 10)
    while np.any(high - low > 1):
        middle = np.floor((low + high) / 2)
        enough = pdtr(middle[:, None], means).mean(axis=1) >= level
        high, low = np.where(enough, middle, high), np.where(enough, low, middle)
    result[small] = high
    return np.asarray(result)


def count_cdf(counts: Floats, median: Floats, spread: Floats) -> Floats:
    """P(Y <= counts) for the counts of `count_quantile`, of which it is the inverse.

    Parameters
    ----------
    counts, median, spread : ndarray, shape (n,)
        Whole numbers, nothing lies below 0; median of the mean count, standard deviation of its
        log.

    Examples
    --------
    >>> count_cdf(np.array([-1.0, 0.0]), np.array([2.0, 2.0]), np.array([1e-9, 1e-9])).round(4)
    array([0.    , 0.1353])
    """
    # Above LARGE_COUNT a quantile is rounded down: Y <= k where the lognormal lies below k + 1.
    sd = np.sqrt(spread**2 + 1 / np.maximum(median, 1.0))
    known = np.maximum(counts, 0.0)
    found = ndtr(np.log((known + 1) / np.maximum(median, 1.0)) / sd)
    small = np.flatnonzero(median < LARGE_COUNT)
    means = median[small, None] * np.exp(spread[small, None] * _NODES)
    found[small] = pdtr(known[small, None], means).mean(axis=1)
    return np.where(counts < 0, 0.0, found)


def count_cdfs(counts: Floats, median: Floats, spread: Floats) -> tuple[Floats, Floats]:
    """P(Y < counts) and P(Y <= counts), as `count_cdf` tells either, for the price of one.

    Examples
    --------
    >>> below, upto = count_cdfs(np.array([1.0]), np.array([2.0]), np.array([1e-9]))
    >>> (below.round(4), upto.round(4))  # exp(-2), and 2 exp(-2) more
    (array([0.1353]), array([0.406]))
    """
    upto = count_cdf(counts, median, spread)
    below = np.where(counts < 1, 0.0, upto)
    large = np.flatnonzero((median >= LARGE_COUNT) & (counts >= 1))
    below[large] = count_cdf(counts[large] - 1, median[large], spread[large])
    small = np.flatnonzero((median < LARGE_COUNT) & (counts >= 1))
    k = counts[small, None]
    log_means = np.log(np.maximum(median[small, None], 1e-300)) + spread[small, None] * _NODES
    just = np.exp(k * log_means - np.exp(log_means) - gammaln(k + 1)).mean(axis=1)
    below[small] = np.maximum(upto[small] - just, 0.0)
    return below, upto


@dataclass(frozen=True)
class Predictive:
    """Predictive distributions of packages: medians, and spreads of the log; shape (n,) each.

    Attributes
    ----------
    exposed, rate : ndarray
        Medians of the people exposed, and of conversions per exposed person.
    sd_exposed, sd_rate : ndarray
    """

    exposed: Floats
    rate: Floats
    sd_exposed: Floats
    sd_rate: Floats

    @property
    def conversions(self) -> Floats:
        """Median of the mean count, shape (n,)."""
        return self.exposed * self.rate

    @property
    def sd_conversions(self) -> Floats:
        """Spread of the log of the mean count, shape (n,)."""
        return np.asarray(np.hypot(self.sd_rate, self.sd_exposed))

    def exposed_cdf(self, exposed: Floats) -> Floats:
        """Probability of exposing at most so many people, shape (n,)."""
        return np.asarray(ndtr(np.log(np.maximum(exposed, 1e-9) / self.exposed) / self.sd_exposed))

    def conversions_cdfs(
        self, conversions: Floats, exposed: Floats | None = None
    ) -> tuple[Floats, Floats]:
        """Probability of less than and of at most so many conversions, shape (n,) each; at a known
        exposure if given.
        """
        if exposed is None:
            return count_cdfs(conversions, self.conversions, self.sd_conversions)
        return count_cdfs(conversions, exposed * self.rate, self.sd_rate)
