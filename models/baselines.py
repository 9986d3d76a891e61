"""What others would have said: scores that rank a campaign's creators, from the same matrix.

Each gives one number a row, higher is better; a creator of whom it
knows nothing gets the median of those it knows, as a person would place them.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

import numpy as np
import numpy.typing as npt
import pandas as pd
from scipy.special import expit

Floats = npt.NDArray[np.float64]

UNKNOWN_LEVEL = -7.0
"""Log-odds of about one conversion in a thousand people reached, as the trade reports."""


def followers(matrix: pd.DataFrame, base_log_odds: Floats) -> Floats:
    """Log of followers: Klout in one line (R2 of .94 with it)."""
    return _known_or_median(matrix["log_followers"])


def history(matrix: pd.DataFrame, base_log_odds: Floats) -> Floats:
    """The creator's own history: median of log((comments + shares + .5) / (views + 1)) of posts."""
    return _known_or_median(matrix["response"])


def engagement_rate(matrix: pd.DataFrame, base_log_odds: Floats) -> Floats:
    """Log of (likes + comments) / followers, the trade's engagement rate."""
    return _known_or_median(matrix["log_engagement"] - matrix["log_followers"])


def past_rate(matrix: pd.DataFrame, base_log_odds: Floats) -> Floats:
    """Past conversions per exposed person, Gamma-shrunk: (conversions + 1) / (exposed + 1 / level).

    The prior is one expected conversion at the campaign's expected level; no past gives the level
    itself.
    """
    known = base_log_odds[~np.isnan(base_log_odds)]
    general = float(np.median(known)) if len(known) else UNKNOWN_LEVEL
    level = expit(np.where(np.isnan(base_log_odds), general, base_log_odds))
    conversions = matrix["past_conversions"].fillna(0).to_numpy()
    exposed = matrix["past_exposed"].fillna(0).to_numpy()
    return np.asarray((conversions + 1) / (exposed + 1 / level))


BASELINES: Mapping[str, Callable[[pd.DataFrame, Floats], Floats]] = {
    "followers": followers,
    "history": history,
    "engagement rate": engagement_rate,
    "past rate": past_rate,
}


def _known_or_median(column: pd.Series) -> Floats:
    return np.asarray(column.fillna(column.median()).fillna(0.0).to_numpy(dtype=np.float64))
