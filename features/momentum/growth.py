"""Growth of the audience, in logs and against response: the level of followers plays no part."""

from __future__ import annotations

import numpy as np

from features.asof import Column, History
from features.feature import feature

FROM_ONE = "one is added to followers; the level plays no other part"


@feature(
    quality="momentum",
    facet="audience growth",
    unit="log ratio",
    says=("its audience grows", "its audience shrinks"),
    signals="M4 M7",
    moves_with_audience=FROM_ONE,
)
def audience_growth(h: History) -> Column:
    """Growth of the log of followers over the last 90 days, the level playing no part; missing
    unless there is a reading both in and before them.
    """
    return _growth(h, days=90)


@feature(
    quality="momentum",
    facet="audience growth",
    unit="log ratio",
    says=("its audience grows ever faster", "its audience grows ever slower"),
    signals="M4",
    moves_with_audience=FROM_ONE,
)
def audience_acceleration(h: History) -> Column:
    """Growth of the log of followers over the last 45 days less that over the 45 days before;
    missing unless there is a reading in both and before them.
    """
    return _growth(h, days=45) - _growth(h, days=45, ago=45)


@feature(
    quality="momentum",
    facet="audience growth",
    unit="log ratio",
    says=("gains followers without gaining response", "gains response before followers"),
    signals="M7 P12",
    sign="-",
    moves_with_audience="one is added to followers and to reactions; levels play no other part",
)
def growth_divergence(h: History) -> Column:
    """Growth of the log of followers over the last 90 days less that of the median log of likes
    and comments a post, from the 180 days before to these 90; missing unless audience_growth is
    known and both have read posts.
    """
    before = h.posts.median("log_engagement", days=180, ago=90)
    return _growth(h, days=90) - (h.posts.median("log_engagement", days=90) - before)


def _growth(h: History, *, days: float, ago: float = 0) -> Column:
    """Growth of the log of followers in a window; masked without a reading in and before it."""
    growth = h.audience.latest("log_followers", ago=ago) - h.audience.latest(
        "log_followers", ago=ago + days
    )
    readings = h.audience.count(days=days, ago=ago)
    return np.ma.masked_where(np.ma.filled(readings, 0.0) == 0, growth)
