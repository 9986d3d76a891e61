"""What is measured of predictions, row by row or campaign by campaign: errors, order, coverage."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
from scipy.special import expit, logit, xlogy

from training.clusters import Statistic, by_campaign

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]


def poisson_deviance(conversions: Floats, expected: Floats) -> Floats:
    """Poisson deviance of each count: ``2 (y log(y / m) - y + m)``; the y log y of 0 is 0.

    Examples
    --------
    >>> poisson_deviance(np.array([0.0, 2.0]), np.array([1.0, 2.0])).tolist()
    [2.0, 0.0]
    """
    expected = np.maximum(expected, 1e-12)
    return np.asarray(2 * (xlogy(conversions, conversions / expected) - conversions + expected))


def ndcg(score: Floats, gain: Floats, campaign: Ints, k: int) -> Floats:
    """Normalised discounted cumulative gain of the first k of each campaign, shape (campaigns,).

    Gains count as they are, divided by the log2 of place + 1 (Järvelin and Kekäläinen 2002); tied
    scores share the mean discount of their places. NaN for a campaign that gained nothing.

    Parameters
    ----------
    score, gain : ndarray, shape (n,)
        Gains are not negative.
    campaign : ndarray of int, shape (n,)
        Codes counting from 0.
    """
    best = _discounted(gain, gain, campaign, k)
    found = _discounted(score, gain, campaign, k)
    return np.where(best > 0, found / np.where(best > 0, best, 1.0), np.nan)


def _discounted(score: Floats, gain: Floats, campaign: Ints, k: int) -> Floats:
    order = np.lexsort((-score, campaign))
    of, sorted_score = campaign[order], score[order]
    first = np.searchsorted(of, np.arange(int(campaign.max(initial=-1)) + 1))
    place = np.arange(len(order)) - first[of]
    discount = np.where(place < k, 1 / np.log2(place + 2), 0.0)
    fresh = np.ones(len(order), dtype=bool)
    fresh[1:] = (of[1:] != of[:-1]) | (sorted_score[1:] != sorted_score[:-1])
    tie = np.cumsum(fresh) - 1
    shared = (np.bincount(tie, discount) / np.bincount(tie))[tie] if len(order) else discount
    return np.asarray(np.bincount(of, shared * gain[order], minlength=len(first)), np.float64)


def pit_inside(below: Floats, upto: Floats, low: float, high: float) -> Floats:
    """Probability that the randomised PIT of each count lies between two levels, shape (n,).

    The randomised PIT is uniform between P(Y < y) and P(Y <= y); its share between the levels is
    taken exactly in place of a draw (Czado, Gneiting and Held 2009). A continuous outcome has
    `below` equal to `upto`.

    Examples
    --------
    >>> pit_inside(np.array([0.0, 0.5]), np.array([0.4, 0.5]), 0.1, 0.9).round(2).tolist()
    [0.75, 1.0]
    """
    width = upto - below
    overlap = np.minimum(upto, high) - np.maximum(below, low)
    at_once = width <= 1e-12
    share = np.clip(overlap / np.where(at_once, 1.0, width), 0.0, 1.0)
    return np.where(at_once, ((upto >= low) & (upto < high)).astype(np.float64), share)


def recalibration(
    rate: Floats, conversions: Floats, exposed: Floats, weight: Floats, campaign: Ints
) -> tuple[Statistic, Statistic]:
    """Calibration slope, and calibration in the large: intercept in log-odds with the slope at 1.

    Least weighted cross-entropy of ``logit(p) = a + b logit(rate)`` on observed rates (Cox 1958):
    slope 1 and intercept 0 are perfect; a slope below 1 says that predictions differ too much, an
    intercept below 0 that they are too high. Draws take one Newton step from the estimate on all
    campaigns, whose score and information are sums over campaigns.

    Parameters
    ----------
    rate : ndarray, shape (n,)
        Predicted, between 0 and 1.
    weight : ndarray, shape (n,)
        What each observed rate is worth.
    """
    log_odds = logit(np.clip(rate, 1e-12, 1 - 1e-12))
    observed = conversions / exposed
    x = log_odds - np.average(log_odds, weights=weight)
    slope = _fitted(x, log_odds - x, observed, weight, campaign, free_slope=True)
    level = _fitted(x, log_odds - x, observed, weight, campaign, free_slope=False)
    return slope, level


def _fitted(
    x: Floats, pivot: Floats, observed: Floats, weight: Floats, campaign: Ints, *, free_slope: bool
) -> Statistic:
    a, b = 0.0, 1.0
    for _ in range(50):
        totals = _newton_sums(a, b, x, pivot, observed, weight, campaign).sum(axis=0)
        step_a, step_b = _newton_step(totals, free_slope)
        # A step that overshoots would leave the range where the curvature tells anything.
        a, b = a + float(np.clip(step_a, -1, 1)), b + float(np.clip(step_b, -1, 1))
        if abs(step_a) + abs(step_b) < 1e-10:
            break
    start = b if free_slope else a

    def of(totals: Floats) -> Floats:
        return start + _newton_step(totals, free_slope)[1 if free_slope else 0]

    return Statistic(_newton_sums(a, b, x, pivot, observed, weight, campaign), of)


def _newton_sums(
    a: float, b: float, x: Floats, pivot: Floats, observed: Floats, weight: Floats, campaign: Ints
) -> Floats:
    """Score and information of each campaign, shape (campaigns, 5)."""
    p = expit(pivot + a + b * x)
    gap, curve = weight * (observed - p), weight * p * (1 - p)
    return by_campaign(campaign, gap, gap * x, curve, curve * x, curve * x * x)


def _newton_step(totals: Floats, free_slope: bool) -> tuple[Floats, Floats]:
    g, gx, h, hx, hxx = np.moveaxis(totals, -1, 0)
    with np.errstate(divide="ignore", invalid="ignore"):
        if not free_slope:
            return np.where(h > 0, g / h, np.nan), np.zeros_like(g)
        determinant = h * hxx - hx * hx
        told = determinant > 1e-9 * h * hxx
        a = np.where(told, (hxx * g - hx * gx) / determinant, np.nan)
        return a, np.where(told, (h * gx - hx * g) / determinant, np.nan)
