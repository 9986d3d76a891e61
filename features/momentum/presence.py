"""Presence: does the creator still publish, against its own habits."""

from __future__ import annotations

import numpy as np

from features.asof import Column, History, log
from features.feature import feature


@feature(
    quality="momentum",
    facet="presence",
    unit="log ratio",
    says=("has fallen silent for its habits", "is as present as ever"),
    signals="M1 M2",
)
def silence(h: History) -> Column:
    """Log of days since the last post over the creator's own median gap (both at least a quarter of
    a day): a holiday is not abandonment; missing with fewer than two posts.
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
    unit="log ratio",
    says=(
        "has fallen silent on the topic of the brief",
        "is as present on the topic of the brief as ever",
    ),
    signals="M1 M2",
    sign="-",
)
def topical_silence(h: History) -> Column:
    """Log of days since the last post on the topic of the brief over the mean gap between such
    posts (both at least a quarter of a day); missing with fewer than two, or in another language
    than the brief.
    """
    on_topic = h.topical_posts.where("on_topic")
    last = on_topic.days_since_last()
    gap = (on_topic.days_since_first() - last) / (on_topic.count() - 1.0)
    return log(np.ma.maximum(last, 0.25) / np.ma.maximum(gap, 0.25))


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
    """Log of posts in the last 28 days over a third of those in the 84 days before, one added to
    both; missing without any earlier post.
    """
    return log((h.posts.count(days=28) + 1.0) / (h.posts.count(days=84, ago=28) / 3.0 + 1.0))


@feature(
    quality="momentum",
    facet="presence",
    unit="share",
    says=("posts week after week", "posts in few weeks"),
    signals="M6 P25",
)
def weeks_active(h: History) -> Column:
    """Of the last twelve weeks, counted back from as_of, those with a post; missing without any
    earlier post.
    """
    return h.posts.distinct("week_back", days=84) / 12.0


@feature(
    quality="momentum",
    facet="presence",
    unit="log",
    says=("posts at an uneven pace", "posts at an even pace"),
    signals="M6",
)
def cadence_spread(h: History) -> Column:
    """Interquartile range of the log of days between posts (at least a quarter of a day) in 180
    days; missing with fewer than two posts.
    """
    return h.posts.spread("log_gap_days", days=180)


@feature(
    quality="momentum",
    facet="presence",
    unit="log ratio",
    says=("paused for long, for its habits", "never paused for long"),
    signals="M1 M2",
)
def longest_pause(h: History) -> Column:
    """Log of the longest gap between posts that ended in the last 180 days over the median of such
    gaps (both at least a quarter of a day); missing with fewer than two posts.
    """
    return h.posts.maximum("log_gap_days", days=180) - h.posts.median("log_gap_days", days=180)


@feature(
    quality="momentum",
    facet="presence",
    unit="number",
    says=("answers more than it used to", "answers less than it used to"),
    signals="E1 M3",
)
def reply_effort_trend(h: History) -> Column:
    """Share of comments answered within a week, of those 7 to 52 days old less that of those 52 to
    142 days old; missing unless both have comments.
    """
    recent = h.comments.share("answered_in_a_week", days=45, ago=7)
    return recent - h.comments.share("answered_in_a_week", days=90, ago=52)
