"""Affine calibration of a rate in log-odds: it only scales explanations, so they stay additive."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy.optimize import minimize
from scipy.special import expit

Floats = npt.NDArray[np.float64]

PRIOR_ROWS = 20.0
"""Rows that the prior (slope 1, intercept 0) is worth against the rows calibrated on."""
SLOPES = (0.2, 3.0)


@dataclass(frozen=True)
class AffineCalibration:
    """``logit(rate) = slope * log_odds + intercept``, slope positive."""

    slope: float = 1.0
    intercept: float = 0.0

    @classmethod
    def fit(
        cls,
        log_odds: Floats,
        centre: Floats,
        rate: Floats,
        weight: Floats,
        *,
        campaign: npt.NDArray[np.int64] | None = None,
    ) -> AffineCalibration:
        """Least weighted cross-entropy of rates, with a weak prior on no change.

        Parameters
        ----------
        log_odds : ndarray, shape (n,)
            Uncalibrated log-odds of later rows than the model was fitted on.
        centre : ndarray, shape (n,)
            Their campaign's base: the slope scales what the model says beyond it, with the mean of
            the bases.
        rate, weight : ndarray, shape (n,)
            Observed conversions per exposed and effective weights.
        campaign : ndarray of int, shape (n,), optional
            Which rows share a campaign, and so the luck of its level: the shift is shrunk by how
            unsure so few levels leave it. Not given, rows count as independent.
        """
        pivot = float(np.average(centre, weights=weight))
        x, w = log_odds - pivot, weight / weight.mean()
        # Curvature of a row is w p (1 - p): in its units the prior means the same for any level of
        # rates. Where nobody converted, of the level expected: else no prior would be left.
        seen = float(np.average(rate, weights=w))
        typical = max(seen if seen > 0 else float(expit(pivot)), 1e-9)
        strength = PRIOR_ROWS * typical

        def loss(parameters: Floats) -> float:
            slope, shift = parameters
            z = slope * x + pivot + shift
            entropy = w * (np.logaddexp(0, z) - rate * z)
            return float(entropy.sum() + strength * ((slope - 1) ** 2 + shift**2) / 2) / typical

        found = minimize(loss, np.array([1.0, 0.0]), method="L-BFGS-B", bounds=[SLOPES, (-5, 5)])
        slope, shift = (float(value) for value in found.x)
        if campaign is not None and shift:
            shift *= _sureness(shift, slope * x + pivot, rate, w, campaign)
        return cls(slope, pivot + shift - slope * pivot)

    def __call__(self, log_odds: Floats) -> Floats:
        """Calibrated log-odds."""
        return self.slope * log_odds + self.intercept

    def rate(self, log_odds: Floats) -> Floats:
        """Calibrated rate."""
        return np.asarray(expit(self(log_odds)))


def _sureness(
    shift: float, log_odds: Floats, rate: Floats, weight: Floats, campaign: npt.NDArray[np.int64]
) -> float:
    """Share of a shift to keep: ``1 - (standard error / shift)^2``, none where negative (Stein).

    The standard error is that of the mean of the campaigns' log observed over expected rates.
    """
    seen = np.bincount(campaign, weight * rate)
    due = np.bincount(campaign, weight * expit(log_odds))
    typical = due[due > 0].mean()
    levels = np.log((seen[due > 0] + 0.1 * typical) / (due[due > 0] + 0.1 * typical))
    if len(levels) < 2:
        return 0.0
    error = float(levels.std(ddof=1)) / np.sqrt(len(levels))
    return float(max(0.0, 1 - (error / shift) ** 2))
