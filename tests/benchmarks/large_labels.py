"""Labelled outcomes by the hundred thousand, with planted effects, as `training.fit.learn` takes them."""

from __future__ import annotations

from datetime import datetime

import numpy as np
import pandas as pd
from scipy.special import expit

from features.feature import catalogue
from features.text import TextSpace
from models.linear import HISTORY
from training.fit import Known

LEVEL = -4.5
"""Log-odds around which campaigns' levels lie."""
HOURS = 12
"""Between a campaign and the next."""
MATURE = np.timedelta64(10, "D")


def large_known(
    *,
    campaigns: int = 2000,
    creators: int = 50,
    features: int = 100,
    effect: float = 1.0,
    seed: int = 0,
) -> Known:
    """What was known of campaigns of equal size, each judged by so many features of the rate.

    History tells linearly, two of the features in a curve that trees alone find, two where they are
    both high, all of it scaled by `effect`. A third of the features are heavy-tailed, and of each feature between none and half
    is unknown. A third of the campaigns held groups out.
    """
    rng = np.random.default_rng(seed)
    n = campaigns * creators
    campaign = np.repeat(np.arange(campaigns), creators)
    offered = [feature.name for feature in catalogue(popularity=False)]
    others = [name for name in offered if name not in HISTORY]
    chosen = {*HISTORY, *others[: features - len(HISTORY)]}
    names = [name for name in offered if name in chosen]
    values = pd.DataFrame(rng.normal(0, 1, (n, features)), columns=names)
    heavy = [name for name in others if name in chosen][::3]
    values[heavy] = np.sinh(1.5 * values[heavy])
    bent, other_bent, high, other_high = (name for name in others[1:13:3])
    beyond = 0.5 * (values[bent].abs() - 1) - 0.3 * (values[other_bent].abs() - 1)
    beyond += 0.6 * ((values[high] > 0.5) & (values[other_high] > 0.5))
    history = 0.2 * values[list(HISTORY)].sum(axis=1)
    level = LEVEL + rng.normal(0, 0.6, campaigns)
    rate = expit(level[campaign] + history + effect * beyond.clip(-2, 2) + rng.normal(0, 0.6, n))
    log_views = rng.normal(8, 1.2, n)
    exposed = np.floor(np.exp(log_views + rng.normal(0, 0.5, n))) + 1
    conversions = np.minimum(rng.poisson(exposed * rate), exposed).astype(np.float64)
    matrix = values.mask(rng.uniform(size=values.shape) < rng.uniform(0, 0.5, features))
    for feature in catalogue(popularity=True):
        matrix[feature.name] = log_views + rng.normal(0, 0.5, n)
    held_out = campaign % 3 == 0
    as_of = np.datetime64(datetime(2020, 1, 1), "us") + campaign * np.timedelta64(HOURS, "h")
    outcomes = pd.DataFrame(
        {
            "creator_id": [f"c{i:05}" for i in rng.integers(0, n // 10, n)],
            "campaign_id": [f"k{i:05}" for i in campaign],
            "brand": [f"b{i % 100:02}" for i in campaign],
            "as_of": as_of,
            "known_at": as_of + MATURE,
            "posts": 1.0,
            "exposed": exposed,
            "exposed_unit": "people",
            "conversions": conversions,
            "control_exposed": np.where(held_out, np.ceil(exposed / 5), np.nan),
            "control_conversions": np.where(
                held_out, rng.poisson(np.ceil(exposed / 5) * rate / 2), np.nan
            ),
        }
    )
    expected = level + rng.normal(0, 0.3, campaigns)
    return Known(
        until=datetime(2030, 1, 1),
        space=TextSpace.fit(["tea from the hills", "running shoes on the hills"]),
        outcomes=outcomes,
        matrix=matrix,
        base_log_odds=np.where(np.arange(campaigns) < 3, np.nan, expected)[campaign],
        is_known_brand=np.ones(n, dtype=bool),
        without_exposed=0,
    )
