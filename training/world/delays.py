"""How long after its exposure a conversion comes: a mixture of the quick and the slow."""

from __future__ import annotations

import numpy as np

from training.world.campaigns import ATTRIBUTION_DAYS
from training.world.draws import Floats, Ints, stream

FAST_SHARE, FAST_HOURS = 0.4, 6.0
SLOW_MEDIAN_DAYS, SLOW_SIGMA = 3.0, 1.2


def draw_delays(conversions: Ints, seed: int) -> tuple[Ints, Floats]:
    """Hours from exposure to each conversion: of those counted, and of those that came too late.

    Parameters
    ----------
    conversions : ndarray of int
        Counted within the window, one number a row.

    Returns
    -------
    row : ndarray of int
        Position in `conversions`, sorted.
    hours : ndarray
        At most the window for as many as were counted; the others never entered the tables.
    """
    rng = stream(seed, "delays")
    window = 24.0 * ATTRIBUTION_DAYS
    row = np.repeat(np.arange(len(conversions)), conversions)
    hours = _delays(rng, len(row))
    while (over := np.flatnonzero(hours > window)).size:
        hours[over] = _delays(rng, len(over))
    # For each counted one a late one as often as the process makes them.
    anew = _delays(rng, len(row))
    late = np.flatnonzero(anew > window)
    row, hours = np.concatenate([row, row[late]]), np.concatenate([hours, anew[late]])
    order = np.argsort(row, kind="stable")
    return row[order], hours[order]


def _delays(rng: np.random.Generator, n: int) -> Floats:
    fast = rng.exponential(FAST_HOURS, n)
    slow = 24 * SLOW_MEDIAN_DAYS * np.exp(rng.normal(0, SLOW_SIGMA, n))
    return np.asarray(np.where(rng.uniform(size=n) < FAST_SHARE, fast, slow))
