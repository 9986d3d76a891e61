"""Spreads widened or narrowed to what later campaigns show: split conformal prediction in which one
campaign is one exchangeable unit.

Rows of a campaign share its luck, so they are no independent witnesses: each campaign has one vote.
The next campaign has none: with one, intervals would cover at least 80 % in the mean, and mostly
more; coverage is to be right (`docs/acceptance.md`), not only safe.

Source: Dunn, Wasserman and Ramdas (2023), distribution-free prediction sets for two-layer
hierarchical models, Journal of the American Statistical Association 118 (pooling of all rows with
one weight a group).
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import numpy.typing as npt
from scipy.special import ndtr, ndtri

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
    return float(np.clip(score[order][np.argmax(enough)] / Z, *FACTORS))


def conformed(
    spreads: Spreads,
    *,
    conversions: Floats,
    expected: Floats,
    campaign: npt.NDArray[np.int64],
    known_share: Floats,
    is_known_brand: npt.NDArray[np.bool_],
    log_reach_error: Floats,
    reach_campaign: npt.NDArray[np.int64],
) -> Spreads:
    """Spreads by whose intervals rate and reach of later campaigns are covered.

    Parameters
    ----------
    spreads : Spreads
        As from `intervals.estimate_spreads`, of the same rows.
    reach_campaign : ndarray of int, shape (m,)
        Campaigns of `log_reach_error`; the others are as for `estimate_spreads`.
    """
    median = expected * np.exp(spreads.shift)
    sd = np.hypot(spreads.campaigns(is_known_brand), spreads.creators(known_share))
    of_rate = 1.0
    # The noise of a count does not scale with the spread: hence again with what was found.
    for _ in range(ROUNDS):
        of_rate *= conformal_factor(*count_cdfs(conversions, median, of_rate * sd), campaign)
    reached = ndtr(log_reach_error / spreads.reach)
    of_reach = conformal_factor(reached, reached, reach_campaign)
    return replace(
        spreads,
        campaign=of_rate * spreads.campaign,
        new_brand=of_rate * spreads.new_brand,
        creator=of_rate * spreads.creator,
        reach=of_reach * spreads.reach,
    )
