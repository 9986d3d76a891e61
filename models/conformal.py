"""Spreads widened or narrowed to what later campaigns show: split conformal prediction in which one
campaign is one exchangeable unit.

Rows of a campaign share its luck, so they are no independent witnesses: each campaign has one vote.
The next campaign has none: with one, intervals would cover at least 80 % in the mean, and mostly
more; coverage is to be right (`docs/acceptance.md`), not only safe.

Rows tell how far a creator's rate errs, and hardly how much of it the rest of the campaign shares;
of a plan's total nearly nothing else is left. So two things are to be covered: each row, and each
campaign's total. The campaign's spread answers for totals, the creator's for rows; the former is
wider by what so few independent campaigns do not tell, since a plan's total is nothing but a draw
of it.

Source: Dunn, Wasserman and Ramdas (2023), distribution-free prediction sets for two-layer
hierarchical models, Journal of the American Statistical Association 118 (pooling of all rows with
one weight a group).
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import numpy.typing as npt
from scipy.special import ndtr, ndtri, stdtrit

from models.intervals import CAMPAIGN_PRIOR, COVERAGE, QUANTILES, Spreads, Z, count_cdfs

Floats = npt.NDArray[np.float64]

FACTORS = (0.5, 2.0)
"""Least and largest factor: a handful of campaigns shall not turn an interval into nothing or
everything."""
ROUNDS = 4
DRAWS = 200
"""Of a campaign's total: its spread to within 5 %."""


def conformal_factor(
    below: Floats, upto: Floats, campaign: npt.NDArray[np.int64], *, seed: int = 0
) -> float:
    """Factor of a spread in logs with which 80 % intervals cover 80 % of later campaigns.

    The score of a row is how many spreads it lies from the median, ``|inverse normal of u|`` with
    ``u`` drawn evenly between both probabilities, for counts are lumpy; the factor is the score
    that a share of `COVERAGE` of the campaigns' votes do not exceed, over that of a normal.

    Parameters
    ----------
    below, upto : ndarray, shape (n,)
        Predictive probability of less than what came, and of at most that.
    campaign : ndarray of int, shape (n,)
        Which rows share a campaign.

    Returns
    -------
    float
        Within `FACTORS`; 1 without rows.
    """
    if not len(below):
        return 1.0
    score = _scores(below, upto, seed)
    size = np.bincount(campaign)
    votes = 1 / size[campaign] / np.count_nonzero(size)
    order = np.argsort(score, kind="stable")
    enough = np.cumsum(votes[order]) >= COVERAGE - 1e-9  # sums of rounded votes
    return _bounded(score[order][np.argmax(enough)] / Z)


def totals(
    median: Floats,
    of_campaign: Floats,
    of_creator: Floats,
    campaign: npt.NDArray[np.int64],
    *,
    seed: int = 0,
) -> tuple[Floats, Floats]:
    """Median of each campaign's total mean count, and the spread of its log, as of a lognormal.

    Creators' parts are independent and mostly cancel, the campaign's is shared and stays. The sum
    of the former is drawn `DRAWS` times: a lognormal by its mean and variance (Fenton) was found
    too wide, as a few creators make most of a total.

    Parameters
    ----------
    median, of_campaign, of_creator : ndarray, shape (n,)
        Of each row's mean count, and the spreads of its log.
    campaign : ndarray of int, shape (n,)
        0 to the number of campaigns less 1, none of them empty.

    Examples
    --------
    >>> rows = np.full(4, 10.0), np.full(4, 0.6), np.full(4, 0.8)
    >>> median, spread = totals(*rows, np.array([0, 1, 1, 1]))
    >>> (median.round(), spread.round(1))  # a row alone is as it was
    (array([10., 35.]), array([1. , 0.8]))
    """
    rng = np.random.default_rng(seed)
    size = np.bincount(campaign)
    drawn = np.empty((DRAWS, len(size)))
    for total in drawn:
        own = np.exp(of_creator * rng.standard_normal(len(median)))
        total[:] = np.bincount(campaign, median * own)
    log_total = np.log(drawn)
    shared = np.bincount(campaign, of_campaign) / size
    return np.exp(log_total.mean(axis=0)), np.hypot(shared, log_total.std(axis=0))


def factor_of_totals(below: Floats, upto: Floats, *, seed: int = 0) -> float:
    """Factor of a spread in logs with which campaigns' totals lie as a normal's would.

    Each of `QUANTILES` of the scores (`conformal_factor`) tells one, and their mean is steadier
    than that at 80 %, as campaigns are few.

    Parameters
    ----------
    below, upto : ndarray, shape (k,)
        Predictive probability of less than what came of each campaign, and of at most that.
    """
    score = _scores(below, upto, seed)
    like = np.quantile(score, QUANTILES) / ndtri(0.5 + np.array(QUANTILES) / 2)
    return _bounded(float(np.mean(like)))


def one_more(witnesses: float) -> float:
    """Student's interval of the next of so many, over the normal's with the spread of these.

    They told both median and spread, and the next one errs by what they did not know of either:
    ``t sqrt((k + 1) / (k - 1)) / z`` of k, at least 2.

    Examples
    --------
    >>> [round(one_more(k), 2) for k in (5, 20, 500)]
    [1.47, 1.09, 1.0]
    """
    k = max(witnesses, 2.0)
    return float(stdtrit(k - 1, 0.5 + COVERAGE / 2) / Z * np.sqrt((k + 1) / (k - 1)))


def independent(campaign: npt.NDArray[np.int64], brand: npt.NDArray[np.int64]) -> float:
    """How many campaigns, independent of each other, those of a few brands are worth: one over the
    sum of squares of the brands' shares of them (Kish).

    What a product sells is most of what sets a campaign's level apart, and a brand's campaigns
    share it.

    Examples
    --------
    >>> independent(np.array([0, 0, 1, 2, 3]), np.array([0, 0, 0, 1, 1]))
    2.0
    """
    _, first = np.unique(campaign, return_index=True)
    share = np.bincount(brand[first]) / len(first)
    return float(1 / np.sum(share**2))


def _scores(below: Floats, upto: Floats, seed: int) -> Floats:
    u = np.random.default_rng(seed).uniform(below, upto)
    return np.asarray(np.abs(ndtri(np.clip(u, 1e-9, 1 - 1e-9))))


def conformed(
    spreads: Spreads,
    *,
    conversions: Floats,
    expected: Floats,
    campaign: npt.NDArray[np.int64],
    known_share: Floats,
    is_known_brand: npt.NDArray[np.bool_],
    log_reach_error: Floats,
    brand: npt.NDArray[np.int64],
    reach_campaign: npt.NDArray[np.int64],
) -> Spreads:
    """Spreads by whose intervals rate, reach and total of later campaigns are covered.

    Parameters
    ----------
    spreads : Spreads
        As from `intervals.estimate_spreads`, of the same rows.
    brand : ndarray of int, shape (n,)
        Which rows are of campaigns of the same brand.
    reach_campaign : ndarray of int, shape (m,)
        Campaigns of `log_reach_error`; the others are as for `estimate_spreads`.
    """
    median = expected * np.exp(spreads.shift)
    campaigns, creators = spreads.campaigns(is_known_brand), spreads.creators(known_share)
    together = np.bincount(campaign, conversions).astype(np.float64)

    def of_rows(shared: float, own: float) -> float:
        sd = np.hypot(shared * campaigns, own * creators)
        return conformal_factor(*count_cdfs(conversions, median, sd), campaign)

    def cover_rows(shared: float, own: float) -> float:
        part = np.mean((own * creators) ** 2 / ((shared * campaigns) ** 2 + (own * creators) ** 2))
        return _scaled(own, of_rows(shared, own), float(part))

    def cover_totals(shared: float, own: float) -> float:
        told, sd = totals(median, shared * campaigns, own * creators, campaign)
        of_campaign = np.bincount(campaign, shared * campaigns) / np.bincount(campaign)
        part = np.mean((of_campaign / sd) ** 2)
        return _scaled(shared, factor_of_totals(*count_cdfs(together, told, sd)), float(part))

    first = shared = own = of_rows(1.0, 1.0)
    # What covers rows and what covers totals depend on each other, and the noise of a count does
    # not scale with the spread: hence again with what was found.
    for _ in range(ROUNDS):
        shared = cover_totals(shared, own)
        own = cover_rows(shared, own)
    # A handful of totals tells little: where all are covered at once has a vote.
    witnesses = independent(campaign, brand)
    trust = witnesses / (witnesses + CAMPAIGN_PRIOR)
    shared = first ** (1 - trust) * shared**trust
    own = cover_rows(shared, own)
    shared = _bounded(shared * one_more(witnesses))
    reached = ndtr(log_reach_error / spreads.reach)
    of_reach = conformal_factor(reached, reached, reach_campaign)
    return replace(
        spreads,
        campaign=shared * spreads.campaign,
        new_brand=shared * spreads.new_brand,
        creator=own * spreads.creator,
        reach=of_reach * spreads.reach,
    )


def _scaled(factor: float, whole: float, part: float) -> float:
    """The factor of a part of the variance that makes the whole spread `whole` times itself."""
    return _bounded(factor * np.sqrt(max(1 + (whole**2 - 1) / part, 0.0)))


def _bounded(factor: float) -> float:
    return float(np.clip(factor, *FACTORS))
