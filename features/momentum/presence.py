"""Presence: does the creator still publish, against its own habits."""

from __future__ import annotations

import numpy as np

from features.asof import Column, History, log
from features.feature import feature


@feature(
    quality="momentum",
    facet="presence",
    unit="log factor",
    says=(
        "has been silent for longer than most, given its habits",
        "has been silent for less long than most, given its habits",
    ),
    topic="present silence against its habits",
    says_fr=(
        "se tait depuis plus longtemps que la plupart, vu ses habitudes",
        "se tait depuis moins longtemps que la plupart, vu ses habitudes",
    ),
    topic_fr="silence actuel par rapport à ses habitudes",
    signals="M1 M2",
    is_in_power=True,
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
    says=("has not posted for longer than most", "posted more recently than most"),
    topic="time since its last post",
    says_fr=(
        "n’a rien publié depuis plus longtemps que la plupart",
        "a publié plus récemment que la plupart",
    ),
    topic_fr="temps écoulé depuis sa dernière publication",
    signals="M1",
    is_in_power=True,
)
def days_since_post(h: History) -> Column:
    """Days since the last post; missing without posts."""
    return h.posts.days_since_last()


@feature(
    quality="momentum",
    facet="presence",
    unit="log factor",
    says=(
        "has been silent on the campaign's topic for longer than most, given its habits",
        "has been silent on the campaign's topic for less long than most, given its habits",
    ),
    topic="present silence on the campaign's topic against its habits",
    says_fr=(
        "se tait plus longtemps que la plupart sur le sujet de la campagne, vu ses habitudes",
        "se tait moins longtemps que la plupart sur le sujet de la campagne, vu ses habitudes",
    ),
    topic_fr="silence actuel sur le sujet de la campagne par rapport à ses habitudes",
    signals="M1 M2",
    sign="-",
    is_in_power=True,
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
    says=("posts more often than most", "posts less often than most"),
    topic="frequency of its posts",
    says_fr=("publie plus souvent que la plupart", "publie moins souvent que la plupart"),
    topic_fr="fréquence de ses publications",
    signals="E23 P25",
    is_in_power=True,
)
def posts_per_week(h: History) -> Column:
    """Posts a week in the last 28 days; missing without any earlier post."""
    return h.posts.count(days=28) / 4.0


@feature(
    quality="momentum",
    facet="presence",
    unit="log ratio",
    says=("posts more often than it used to", "posts less often than it used to"),
    topic="change in the frequency of its posts",
    says_fr=("publie plus souvent qu’auparavant", "publie moins souvent qu’auparavant"),
    topic_fr="évolution de la fréquence de ses publications",
    signals="M1 M3",
    is_in_power=True,
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
    says=("posts in more weeks than most", "posts in fewer weeks than most"),
    topic="share of weeks in which it posts",
    says_fr=(
        "publie un plus grand nombre de semaines que la plupart",
        "publie un plus petit nombre de semaines que la plupart",
    ),
    topic_fr="part des semaines avec une publication",
    signals="M6 P25",
    is_in_power=True,
)
def weeks_active(h: History) -> Column:
    """Of the last twelve weeks, counted back from as_of, those with a post; missing without any
    earlier post.
    """
    return h.posts.distinct("week_back", days=84) / 12.0


@feature(
    quality="momentum",
    facet="presence",
    unit="log factor",
    says=("posts at a more uneven pace than most", "posts at a steadier pace than most"),
    topic="unevenness of its pace",
    says_fr=(
        "publie à un rythme plus irrégulier que la plupart",
        "publie à un rythme plus régulier que la plupart",
    ),
    topic_fr="irrégularité de son rythme",
    signals="M6",
    is_in_power=True,
)
def cadence_spread(h: History) -> Column:
    """Interquartile range of the log of days between posts (at least a quarter of a day) in 180
    days; missing with fewer than two posts.
    """
    return h.posts.spread("log_gap_days", days=180)


@feature(
    quality="momentum",
    facet="presence",
    unit="log factor",
    says=(
        "took longer pauses than most, given its habits",
        "took shorter pauses than most, given its habits",
    ),
    topic="longest pause against its habits",
    says_fr=(
        "a fait des pauses plus longues que la plupart, vu ses habitudes",
        "a fait des pauses plus courtes que la plupart, vu ses habitudes",
    ),
    topic_fr="plus longue pause par rapport à ses habitudes",
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
    unit="share change",
    says=(
        "answers a larger share of comments than it used to",
        "answers a smaller share of comments than it used to",
    ),
    topic="change in the share of comments it answers",
    says_fr=(
        "répond à une plus grande part des commentaires qu’auparavant",
        "répond à une plus petite part des commentaires qu’auparavant",
    ),
    topic_fr="évolution de la part des commentaires qui reçoivent une réponse",
    signals="E1 M3",
    is_in_power=True,
)
def reply_effort_trend(h: History) -> Column:
    """Share of comments answered within a week, of those 7 to 52 days old less that of those 52 to
    142 days old; missing unless both have comments.
    """
    recent = h.comments.share("answered_in_a_week", days=45, ago=7)
    return recent - h.comments.share("answered_in_a_week", days=90, ago=52)
