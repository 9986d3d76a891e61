"""Growth of the audience, in logs and against response: the level of followers plays no part.

What grows week by week is momentum; what jumps is not, for followers can be bought. So growth is
that of the slower weeks, and numbers that rise faster count no further than views rose.
"""

from __future__ import annotations

from typing import cast

import numpy as np

from features.asof import Column, History, only
from features.feature import feature

FROM_ONE = "one is added to followers; the level plays no other part"
LEAST_GROWTHS = 3
"""Growths of a period from which a jump among them can be told from growth."""


@feature(
    quality="momentum",
    facet="audience growth",
    unit="log factor",
    says=(
        "has an audience that grows more steadily than most",
        "has an audience that grows less steadily than most",
    ),
    topic="steady growth of its audience",
    says_fr=(
        "a une audience qui croît plus régulièrement que la plupart",
        "a une audience qui croît moins régulièrement que la plupart",
    ),
    topic_fr="croissance régulière de son audience",
    signals="M4 M7 P12",
    moves_with_audience=FROM_ONE,
)
def audience_growth(h: History) -> Column:
    """Growth of the log of followers that three weeks in four reach, over 90 days: the lower
    quartile of the growths a week at the readings of the last 90 days, each since the last reading
    at least a week before, times 90/7, so that followers who come at once do not move it; missing
    with fewer than three.
    """
    return _steady_growth(h, days=90)


@feature(
    quality="momentum",
    facet="audience growth",
    unit="log ratio",
    says=(
        "has an audience that grows faster than before",
        "has an audience that grows more slowly than before",
    ),
    topic="change in the growth of its audience",
    says_fr=(
        "a une audience qui croît plus vite qu’auparavant",
        "a une audience qui croît moins vite qu’auparavant",
    ),
    topic_fr="évolution de la croissance de son audience",
    signals="M4 M7 P12",
    moves_with_audience="one is added to followers and to views; levels play no other part",
)
def audience_acceleration(h: History) -> Column:
    """Growth of the log of followers, as in audience_growth, over the last 45 days less that over
    the 45 days before, where positive no further than views_trend is; missing with fewer than three
    growths in either, or without views_trend.
    """
    faster = _steady_growth(h, days=45) - _steady_growth(h, days=45, ago=45)
    views = h.posts.median("log_views", days=45) - h.posts.median("log_views", days=180, ago=45)
    return cast("Column", np.ma.minimum(faster, np.ma.maximum(views, 0.0)))


@feature(
    quality="momentum",
    facet="audience growth",
    unit="log ratio",
    says=(
        "has an audience that grows faster than the response to it",
        "gets a response that grows faster than its audience",
    ),
    topic="growth of its audience against that of the response",
    says_fr=(
        "a une audience qui croît plus vite que les réactions",
        "suscite des réactions qui croissent plus vite que son audience",
    ),
    topic_fr="croissance de son audience par rapport à celle des réactions",
    signals="M7 P12",
    sign="-",
    moves_with_audience="one is added to followers and to reactions; levels play no other part",
)
def growth_divergence(h: History) -> Column:
    """Growth of the log of followers over the last 90 days less that of the median log of likes
    and comments a post, from the 180 days before to these 90; missing unless there is a
    reading both in and before these 90 days, and both have read posts.
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


def _steady_growth(h: History, *, days: float, ago: float = 0) -> Column:
    """Lower quartile of the weekly growths of a window, in windows of that length."""
    growths = h.audience.where("of_a_week").count(days=days, ago=ago)
    slow = h.audience.low("weekly_growth", days=days, ago=ago)
    return only(growths >= LEAST_GROWTHS, slow * (days / 7))
