"""Trend: do posts move people more, or less, than the creator's earlier ones did."""

from __future__ import annotations

from features.asof import Column, History
from features.feature import SMOOTHED_COUNTS, feature


@feature(
    quality="momentum",
    facet="response",
    unit="log ratio",
    says=("moves its viewers more than it used to", "moves its viewers less than it used to"),
    signals="M3 M4 M7",
    moves_with_audience=SMOOTHED_COUNTS,
)
def response_trend(h: History) -> Column:
    """Median log response per view of the last 45 days less that of the 180 days before; missing
    unless both have read posts.
    """
    return h.posts.median("log_response", days=45) - h.posts.median(
        "log_response", days=180, ago=45
    )


@feature(
    quality="momentum",
    facet="response",
    unit="log ratio",
    says=("moves its viewers ever faster", "is losing its hold on viewers"),
    signals="M3 M4",
    moves_with_audience=SMOOTHED_COUNTS,
)
def response_acceleration(h: History) -> Column:
    """Change of the median log response per view from the 45 days before to the last 45, less the
    change from the 45 before those; missing unless all three have read posts.
    """
    last, before, first = (h.posts.median("log_response", days=45, ago=ago) for ago in (0, 45, 90))
    return (last - before) - (before - first)


@feature(
    quality="momentum",
    facet="response",
    unit="log ratio",
    says=(
        "moves its viewers more than it used to, against others",
        "moves its viewers less than it used to, against others",
    ),
    signals="M3 M4 M7",
    moves_with_audience=SMOOTHED_COUNTS,
)
def relative_response_trend(h: History) -> Column:
    """Median relative response (see relative_response) of posts of the last 45 days less that of
    the 180 days before; missing unless both have posts that can be compared.
    """
    recent = h.posts.median("relative_response", days=45)
    return recent - h.posts.median("relative_response", days=180, ago=45)


@feature(
    quality="momentum",
    facet="response",
    unit="log ratio",
    says=("makes people talk more than it used to", "makes people talk less than it used to"),
    signals="M3 M4 M7",
    moves_with_audience=SMOOTHED_COUNTS,
)
def comments_trend(h: History) -> Column:
    """Median relative comments (see relative_comments) of posts of the last 45 days less that of
    the 180 days before; missing unless both have posts that can be compared.
    """
    recent = h.posts.median("relative_comments", days=45)
    return recent - h.posts.median("relative_comments", days=180, ago=45)


@feature(
    quality="momentum",
    facet="attention",
    unit="log ratio",
    says=("is seen more than it used to", "is seen less than it used to"),
    signals="M3 M4",
    moves_with_audience=SMOOTHED_COUNTS,
)
def views_trend(h: History) -> Column:
    """Median log views of posts of the last 45 days less that of the 180 days before; missing
    unless both have read posts.
    """
    return h.posts.median("log_views", days=45) - h.posts.median("log_views", days=180, ago=45)


@feature(
    quality="momentum",
    facet="response",
    unit="score",
    says=(
        "is spoken to more kindly than it used to be",
        "is spoken to more harshly than it used to be",
    ),
    signals="M3",
)
def tone_trend(h: History) -> Column:
    """Mean polarity (-1..1) of comments of the last 45 days less that of the 180 days before;
    missing unless both have comments whose language is known.
    """
    return h.comments.mean("polarity", days=45) - h.comments.mean("polarity", days=180, ago=45)


@feature(
    quality="momentum",
    facet="topic",
    unit="number",
    says=("turns to the topic of the brief", "turns away from the topic of the brief"),
    signals="M1 R3",
)
def topic_trend(h: History) -> Column:
    """Share of posts on the topic of the brief, of the last 60 days less that of the 180 days
    before; missing unless both have posts with known words, or in another language than the brief.
    """
    recent = h.topical_posts.share("on_topic", days=60)
    return recent - h.topical_posts.share("on_topic", days=180, ago=60)
