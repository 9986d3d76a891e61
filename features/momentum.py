"""Momentum: is this creator's influence growing, steady or fading, against its own past."""

from __future__ import annotations

import numpy as np

from features.asof import Column, History, log
from features.feature import SMOOTHED_COUNTS, feature


@feature(
    quality="momentum",
    facet="presence",
    unit="log ratio",
    says=("has fallen silent for its habits", "is as present as ever"),
    signals="M1 M2",
)
def silence(h: History) -> Column:
    """Log of days since the last post over the creator's own median gap (both at least a
    quarter of a day): a holiday is not abandonment; missing with fewer than two posts.
    """
    gap = np.ma.maximum(h.posts.median("gap_days"), 0.25)
    return log(np.ma.maximum(h.posts.days_since_last(), 0.25) / gap)


@feature(
    quality="momentum",
    facet="presence",
    unit="days",
    says=("has not posted for long", "posted just now"),
    signals="M1",
)
def days_since_post(h: History) -> Column:
    """Days since the last post; missing without posts."""
    return h.posts.days_since_last()


@feature(
    quality="momentum",
    facet="presence",
    unit="per week",
    says=("posts often", "posts seldom"),
    signals="E23 P25",
)
def posts_per_week(h: History) -> Column:
    """Posts a week in the last 28 days; missing without any earlier post."""
    return h.posts.count(days=28) / 4.0


@feature(
    quality="momentum",
    facet="presence",
    unit="log ratio",
    says=("posts more than it used to", "posts less than it used to"),
    signals="M1 M3",
)
def cadence_change(h: History) -> Column:
    """Log of posts in the last 28 days over a third of those in the 84 days before, one added
    to both; missing without any earlier post.
    """
    return log((h.posts.count(days=28) + 1.0) / (h.posts.count(days=84, ago=28) / 3.0 + 1.0))


@feature(
    quality="momentum",
    facet="response",
    unit="log ratio",
    says=("moves its viewers more than it used to", "moves its viewers less than it used to"),
    signals="M3 M4 M7",
    moves_with_audience=SMOOTHED_COUNTS,
)
def response_trend(h: History) -> Column:
    """Median log response per view of the last 45 days less that of the 180 days before;
    missing unless both have read posts.
    """
    return h.posts.median("log_response", days=45) - h.posts.median(
        "log_response", days=180, ago=45
    )


@feature(
    quality="momentum",
    facet="attention",
    unit="log ratio",
    says=("is seen more than it used to", "is seen less than it used to"),
    signals="M3 M4",
    moves_with_audience=SMOOTHED_COUNTS,
)
def views_trend(h: History) -> Column:
    """Median log views of posts of the last 45 days less that of the 180 days before;
    missing unless both have read posts.
    """
    return h.posts.median("log_views", days=45) - h.posts.median("log_views", days=180, ago=45)


@feature(
    quality="momentum",
    facet="attention",
    unit="log ratio",
    says=("people turn to it more than they used to", "people turn to it less than they used to"),
    signals="M4 M5",
    moves_with_audience="three acts stand for what is not known yet, so that few move it little",
)
def attention_change(h: History) -> Column:
    """Log of acts received in the last 28 days over a third of those in the 84 days before,
    three added to both; missing where the creator is in no interaction.
    """
    return log((h.received.count(days=28) + 3.0) / (h.received.count(days=84, ago=28) / 3.0 + 3.0))


@feature(
    quality="momentum",
    facet="audience growth",
    unit="log ratio",
    says=("its audience grows", "its audience shrinks"),
    signals="M4 M7",
    moves_with_audience="one is added to followers; the level plays no other part",
)
def audience_growth(h: History) -> Column:
    """Growth of the log of followers over the last 90 days, the level playing no part; missing
    unless there is a reading both in and before them.
    """
    growth = h.audience.latest("log_followers") - h.audience.latest("log_followers", ago=90)
    return np.ma.masked_where(np.ma.filled(h.audience.count(days=90), 0.0) == 0, growth)
