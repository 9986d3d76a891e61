"""Spreads widened or narrowed to what later campaigns show: split conformal prediction in which one
campaign is one exchangeable unit.

Rows of a campaign share its luck, so they are no independent witnesses: each campaign has one vote.
The next campaign has none: with one, intervals would cover at least 80 % in the mean, and mostly
more; coverage is to be right (`docs/acceptance.md`), not only safe.

Of a plan's total little is left but what its campaign shares, and of that few independent campaigns
tell little: the campaign's spread is wider by what they do not know (Student). Rows tell how far a
creator's rate errs beside it: the creator's spread answers for their coverage.

Source: Dunn, Wasserman and Ramdas (2023), distribution-free prediction sets for two-layer
hierarchical models, Journal of the American Statistical Association 118 (pooling of all rows with
one weight a group).
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import numpy.typing as npt
from scipy.special import ndtr, ndtri, stdtrit

from models.intervals import COVERAGE, Spreads, Z, count_cdfs

Floats = npt.NDArray[np.float64]

FACTORS = (0.5, 2.0)
"""Least and largest factor: a handful of campaigns shall not turn an interval into nothing or
everything."""
ROUNDS = 3


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
    u = np.random.default_rng(seed).uniform(below, upto)
    score = np.abs(ndtri(np.clip(u, 1e-9, 1 - 1e-9)))
    size = np.bincount(campaign)
    votes = 1 / size[campaign] / np.count_nonzero(size)
    order = np.argsort(score, kind="stable")
    enough = np.cumsum(votes[order]) >= COVERAGE - 1e-9  # sums of rounded votes
    return _bounded(score[order][np.argmax(enough)] / Z)


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
    """Spreads by whose intervals rate and reach of later campaigns are covered, and a plan's total.

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
    shared = _bounded(one_more(independent(campaign, brand)))
    campaigns = shared * spreads.campaigns(is_known_brand)
    own, creators = 1.0, spreads.creators(known_share)
    # The noise of a count does not scale with the spread: hence again with what was found.
    for _ in range(ROUNDS):
        sd = np.hypot(campaigns, own * creators)
        whole = conformal_factor(*count_cdfs(conversions, median, sd), campaign)
        part = float(np.mean((own * creators / sd) ** 2))
        # The creator's part of the variance alone makes the whole spread so many times itself.
        own = _bounded(own * np.sqrt(max(1 + (whole**2 - 1) / part, 0.0)))
    reached = ndtr(log_reach_error / spreads.reach)
    of_reach = conformal_factor(reached, reached, reach_campaign)
    return replace(
        spreads,
        campaign=shared * spreads.campaign,
        new_brand=shared * spreads.new_brand,
        creator=own * spreads.creator,
        reach=of_reach * spreads.reach,
    )


def _bounded(factor: float) -> float:
    return float(np.clip(factor, *FACTORS))
