"""How much a labelled outcome tells: overdispersion, effective weights, counts without extremes."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import pandas as pd

Floats = npt.NDArray[np.float64]

PHI_RANGE = (0.05, 5.0)
TAIL = 1.5
"""Spreads of log rate beyond which trees see a count pulled in: response is heavy-tailed."""


def overdispersion(conversions: Floats, expected: Floats) -> float:
    """Estimate phi in ``Var(conversions) = m + phi m^2``, m being the expected count.

    Where counts tell a rate (m of at least 3), robustly: ``phi = exp(s^2) - 1`` with s the scaled
    median absolute deviation of log(observed / expected), less the noise of the count. Else from
    moments.
    """
    told = expected >= 3
    if told.sum() >= 30:
        error = np.log((conversions[told] + 0.5) / (expected[told] + 0.5))
        scale = 1.4826 * np.median(np.abs(error - np.median(error)))
        phi = np.expm1(max(scale**2 - float(np.median(1 / expected[told])), 0.0))
    else:
        excess = (conversions - expected) ** 2 - expected
        phi = float(excess.sum() / np.maximum((expected**2).sum(), 1e-12))
    return float(np.clip(phi, *PHI_RANGE))


def effective_weights(exposed: Floats, rate: Floats, phi: float) -> Floats:
    """Inverse variance of an observed rate up to a factor: ``w = n / (1 + n p phi)``, in people.

    Grows with exposure while the count's noise dominates, then stays flat at 1 / (p phi): the
    famous do not outweigh the rest. From ``Var(y / n) = p / n + phi p^2``.
    """
    return np.asarray(exposed / (1 + exposed * rate * phi))


def without_extremes(conversions: Floats, expected: Floats, phi: float) -> Floats:
    """Pull counts in to `TAIL` spreads of the log rate, beyond what a count's noise explains.

    A single conversion is never an extreme: where few are expected, cutting the ones while the
    zeros stay would lower the mean.
    """
    spread = TAIL * np.sqrt(np.log1p(phi))
    high, low = expected * np.exp(spread), expected * np.exp(-spread)
    return np.clip(conversions, low - 2 * np.sqrt(low), high + 2 * np.sqrt(high) + 1)


def copies_share(labels: pd.DataFrame) -> Floats:
    """Weight 1/k for k copies of one creator's outcome at one moment in several campaigns."""
    keys = ["creator_id", "as_of", "exposed", "conversions"]
    size = labels.groupby(keys, sort=False, dropna=False)["campaign_id"].transform("size")
    return np.asarray(1 / size.to_numpy(dtype=np.float64))
