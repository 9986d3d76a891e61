"""Markets with a planted truth: matrices and labels as the estimators of `models` take them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from functools import cache

import numpy as np
import numpy.typing as npt
import pandas as pd
from scipy.special import expit

from features.feature import catalogue
from features.text import TextSpace
from models.intervals import estimate_spreads
from models.linear import FLOOR
from models.predictor import Predictor
from models.rate import RateModel
from models.reach import fit_reach
from models.selection import select_rate

Floats = npt.NDArray[np.float64]

RATE = tuple(feature.name for feature in catalogue(popularity=False))
SIZES = tuple(feature.name for feature in catalogue(popularity=True))
CONVERSATION = (
    "reply_share",
    "commenter_breadth",
    "question_share",
    "on_topic_share",
    "days_since_post",
)
TEXTS = (
    "tea from the hills",
    "green tea every morning",
    "running shoes on the hills",
    "morning running club",
)


@dataclass(frozen=True)
class Planted:
    """A market whose truth is known. Shared between tests: copy before changing anything.

    Attributes
    ----------
    matrix : DataFrame, shape (n, n_features)
        Rate and popularity features, NaN where unknown; features that play no part are never known.
    labels : DataFrame, n lines
        As `select_rate` takes them, with `posts` besides.
    log_odds : ndarray, shape (n,)
        True logit of each row's mean rate.
    """

    matrix: pd.DataFrame
    labels: pd.DataFrame
    log_odds: Floats

    @property
    def of_rate(self) -> pd.DataFrame:
        return self.matrix[list(RATE)]

    @property
    def base(self) -> Floats:
        return self.labels["base_log_odds"].to_numpy(dtype=np.float64)

    @property
    def posts(self) -> Floats:
        return self.labels["posts"].to_numpy(dtype=np.float64)


@cache
def market(
    *,
    seed: int = 0,
    campaigns: int = 60,
    creators: int = 20,
    bent: float = 0.0,
    sloped: float = 0.0,
    level: float = -4.0,
) -> Planted:
    """Draw a market in which history tells linearly, and on request answering tells besides.

    Answering is no part of `FLOOR`.

    Parameters
    ----------
    campaigns, creators : int
        Campaigns, three days apart, and rows of each.
    bent : float
        Log-odds by which answering no or all comments beats answering half of them: only trees
        can find it.
    sloped : float
        Log-odds by which answering all comments beats answering none: a wider linear part can
        find it.
    level : float
        Log-odds around which the campaigns' levels lie.
    """
    rng = np.random.default_rng(seed)
    n = campaigns * creators
    campaign = np.repeat(np.arange(campaigns), creators)
    matrix = pd.DataFrame(np.nan, index=range(n), columns=[*RATE, *SIZES])
    for name in FLOOR:
        matrix[name] = rng.normal(0, 1, n)
    for name in CONVERSATION:
        matrix[name] = rng.uniform(0, 1, n)
    matrix["days_since_post"] *= 20
    log_views = rng.normal(8, 1.2, n)
    matrix["log_views"] = log_views
    matrix["log_views_recent"] = log_views + rng.normal(0, 0.3, n)
    matrix["log_followers"] = log_views + 1 + rng.normal(0, 0.6, n)
    matrix["log_exposed"] = np.where(
        rng.uniform(size=n) < 0.5, log_views + rng.normal(0, 0.3, n), np.nan
    )

    levels = level + rng.normal(0, 0.6, campaigns)
    history = 0.4 * matrix["relative_response"] + 0.25 * matrix["track_record"]
    answering = bent * 2 * (matrix["reply_share"] - 0.5).abs() + sloped * matrix["reply_share"]
    log_odds = levels[campaign] + (history + answering).to_numpy()
    posts = rng.integers(1, 4, n).astype(np.float64)
    exposed = np.floor(posts * np.exp(log_views + rng.normal(0, 0.5, n))) + 1
    rate = expit(log_odds + rng.normal(0, 0.4, n))
    conversions = np.minimum(rng.poisson(exposed * rate), exposed)
    matrix = matrix.mask(rng.uniform(size=matrix.shape) < 0.05)

    base = np.where(np.arange(campaigns) < 3, np.nan, levels + rng.normal(0, 0.3, campaigns))
    as_of = np.datetime64(datetime(2024, 1, 1), "us") + campaign * np.timedelta64(3, "D")
    labels = pd.DataFrame(
        {
            "creator_id": [f"c{i}" for i in range(n)],
            "campaign_id": [f"k{i:03}" for i in campaign],
            "as_of": as_of,
            "known_at": as_of + np.timedelta64(10, "D"),
            "exposed": exposed,
            "conversions": conversions.astype(np.float64),
            "base_log_odds": base[campaign],
            "posts": posts,
        }
    )
    return Planted(matrix, labels, log_odds)


@cache
def selected(
    *, seed: int = 0, bent: float = 0.0, sloped: float = 0.0
) -> tuple[RateModel, pd.DataFrame]:
    """What `select_rate` gives on `market` with the same arguments."""
    planted = market(seed=seed, bent=bent, sloped=sloped)
    return select_rate(planted.of_rate, planted.labels)


def selected_rate(*, seed: int = 0, bent: float = 0.0, sloped: float = 0.0) -> RateModel:
    """The model alone."""
    return selected(seed=seed, bent=bent, sloped=sloped)[0]


@cache
def predictor(*, bent: float = 0.0) -> Predictor:
    """A predictor trained on `market`, each half judged on its own training rows."""
    planted = market(bent=bent)
    rate = selected_rate(bent=bent)
    exposed = planted.labels["exposed"].to_numpy(dtype=np.float64)
    nothing = np.zeros(0, dtype=np.int64)
    reach, reach_errors = fit_reach(planted.matrix, exposed, planted.posts, nothing, nothing)
    spreads = estimate_spreads(
        conversions=planted.labels["conversions"].to_numpy(dtype=np.float64),
        expected=exposed * expit(rate.log_odds(planted.of_rate, planted.base)),
        campaign=pd.factorize(planted.labels["campaign_id"])[0].astype(np.int64),
        known_share=planted.of_rate.notna().mean(axis=1).to_numpy(),
        log_reach_error=reach_errors.to_numpy(),
    )
    return Predictor(
        rate=rate,
        reach=reach,
        spreads=spreads,
        space=TextSpace.fit(TEXTS),
        trained_until=datetime(2025, 1, 1),
        typical=planted.matrix.median(),
        low=planted.matrix.min(),
        high=planted.matrix.max(),
    )
