"""Size: how many people a creator reaches. For reach, baselines and audit; never for the rate."""

from __future__ import annotations

from typing import cast

import numpy as np

from features.asof import Column, History
from features.feature import feature


@feature(
    quality="popularity",
    facet="audience",
    unit="log",
    says=("has a larger audience than most", "has a smaller audience than most"),
    topic="size of its audience",
    says_fr=(
        "a une audience plus grande que la plupart",
        "a une audience plus petite que la plupart",
    ),
    topic_fr="taille de son audience",
    signals="R9 P24 M8",
)
def log_followers(h: History) -> Column:
    """Log of followers plus one at the last reading; missing without a reading."""
    return h.audience.latest("log_followers")


@feature(
    quality="popularity",
    facet="audience",
    unit="log",
    says=("follows more accounts than most", "follows fewer accounts than most"),
    topic="number of accounts it follows",
    says_fr=("suit plus de comptes que la plupart", "suit moins de comptes que la plupart"),
    topic_fr="nombre de comptes suivis",
    signals="P10 P11",
)
def log_following(h: History) -> Column:
    """Log of accounts followed plus one at the last reading; missing without a reading."""
    return h.audience.latest("log_following")


@feature(
    quality="popularity",
    facet="views",
    unit="log",
    says=("is viewed more than most", "is viewed less than most"),
    topic="views of its posts",
    says_fr=("est plus vu que la plupart", "est moins vu que la plupart"),
    topic_fr="vues de ses publications",
    signals="R9",
)
def log_views(h: History) -> Column:
    """Median over earlier posts of log(views + 1); missing without read posts."""
    return h.posts.median("log_views")


@feature(
    quality="popularity",
    facet="views",
    unit="log",
    says=("is lately viewed more than most", "is lately viewed less than most"),
    topic="views of its recent posts",
    says_fr=("est plus vu que la plupart depuis peu", "est moins vu que la plupart depuis peu"),
    topic_fr="vues de ses publications récentes",
    signals="R9",
)
def log_views_recent(h: History) -> Column:
    """Median over posts of the last 60 days of log(views + 1); missing without read posts."""
    return h.posts.median("log_views", days=60)


@feature(
    quality="popularity",
    facet="views",
    unit="log factor",
    says=(
        "has more uneven views from post to post than most",
        "has steadier views from post to post than most",
    ),
    topic="unevenness of its views from post to post",
    says_fr=(
        "a des vues plus inégales que la plupart d’une publication à l’autre",
        "a des vues plus régulières que la plupart d’une publication à l’autre",
    ),
    topic_fr="écarts de vues d’une publication à l’autre",
    signals="R9",
)
def log_views_spread(h: History) -> Column:
    """Interquartile range over earlier posts of log views; missing without read posts."""
    return h.posts.spread("log_views")


@feature(
    quality="popularity",
    facet="reach",
    unit="log",
    says=("reached more people than most", "reached fewer people than most"),
    topic="people it reached",
    says_fr=(
        "a touché plus de personnes que la plupart",
        "a touché moins de personnes que la plupart",
    ),
    topic_fr="personnes touchées",
    signals="R9",
)
def log_exposed(h: History) -> Column:
    """Median over matured outcomes of log(exposed per post); missing without one."""
    return h.past.median("log_exposed_per_post")


@feature(
    quality="popularity",
    facet="views",
    unit="log",
    says=("gathers more reactions than most", "gathers fewer reactions than most"),
    topic="reactions to its posts",
    says_fr=(
        "recueille plus de réactions que la plupart",
        "recueille moins de réactions que la plupart",
    ),
    topic_fr="réactions à ses publications",
    signals="E8 R9",
)
def log_engagement(h: History) -> Column:
    """Median over earlier posts of log(likes + comments + 1), for the engagement rate that the
    trade computes over followers; missing without read posts.
    """
    return h.posts.median("log_engagement")


@feature(
    quality="popularity",
    facet="past",
    unit="count",
    says=(
        "brought more conversions than most in the past",
        "brought fewer conversions than most in the past",
    ),
    topic="conversions it brought in the past",
    says_fr=(
        "a apporté plus de conversions que la plupart par le passé",
        "a apporté moins de conversions que la plupart par le passé",
    ),
    topic_fr="conversions apportées par le passé",
    signals="P23",
)
def past_conversions(h: History) -> Column:
    """Conversions of matured outcomes, for the baseline of the past rate; missing without one."""
    return h.past.total("conversions")


@feature(
    quality="popularity",
    facet="past",
    unit="count",
    says=(
        "reached more people than most in the past",
        "reached fewer people than most in the past",
    ),
    topic="people it reached in the past",
    says_fr=(
        "a touché plus de personnes que la plupart par le passé",
        "a touché moins de personnes que la plupart par le passé",
    ),
    topic_fr="personnes touchées par le passé",
    signals="R9 P23",
)
def past_exposed(h: History) -> Column:
    """People exposed in matured outcomes, for the baseline of the past rate;
    missing without one.
    """
    return h.past.total("exposed")


@feature(
    quality="popularity",
    facet="audience",
    unit="log ratio",
    says=("is followed by more than it follows", "is followed by fewer than it follows"),
    topic="followers against accounts it follows",
    says_fr=("a plus d’abonnés que d’abonnements", "a moins d’abonnés que d’abonnements"),
    topic_fr="abonnés par rapport aux abonnements",
    signals="P11",
)
def follow_ratio(h: History) -> Column:
    """Log of followers plus one over accounts followed plus one, at the last reading of each;
    missing without one.
    """
    return h.audience.latest("log_followers") - h.audience.latest("log_following")


@feature(
    quality="popularity",
    facet="audience",
    unit="yes or no",
    says=("has more than a handful of followers", "has a handful of followers"),
    topic="whether it has more than a handful of followers",
    says_fr=("a plus d’une poignée d’abonnés", "a une poignée d’abonnés"),
    topic_fr="existence d’une audience",
    signals="M8",
)
def audience_floor(h: History) -> Column:
    """1 where the last reading has more than 100 followers, else 0; missing without a reading."""
    more = h.audience.latest("followers") > 100
    return cast("Column", more.astype(np.float64))


@feature(
    quality="popularity",
    facet="response",
    unit="log factor",
    says=("moves its followers more than most", "moves its followers less than most"),
    topic="response for its followers",
    says_fr=(
        "fait plus réagir que la plupart au regard de ses abonnés",
        "fait moins réagir que la plupart au regard de ses abonnés",
    ),
    topic_fr="réactions au regard du nombre d’abonnés",
    signals="E8 E20",
)
def response_per_follower(h: History) -> Column:
    """Median over posts of 90 days of log(comments + shares + .5), less the log of followers plus
    one at the last reading; missing without either.
    """
    return h.posts.median("log_reactions", days=90) - h.audience.latest("log_followers")


@feature(
    quality="popularity",
    facet="response",
    unit="share",
    says=("has more active followers than most", "has fewer active followers than most"),
    topic="share of its followers who do something",
    says_fr=("a plus d’abonnés actifs que la plupart", "a moins d’abonnés actifs que la plupart"),
    topic_fr="part des abonnés actifs",
    signals="E9 E17",
)
def active_follower_share(h: History) -> Column:
    """Different accounts that acted towards the creator in 90 days, per follower at the last
    reading, at most 1; missing without followers, or where no interaction is known.
    """
    followers = h.audience.latest("followers")
    share = h.received.distinct("actor", days=90) / followers
    return cast("Column", np.ma.minimum(share, 1.0))


@feature(
    quality="popularity",
    facet="views",
    unit="log factor",
    says=(
        "is seen by more people for its followers than most",
        "is seen by fewer people for its followers than most",
    ),
    topic="views for its followers",
    says_fr=(
        "est plus vu que la plupart au regard de ses abonnés",
        "est moins vu que la plupart au regard de ses abonnés",
    ),
    topic_fr="vues au regard du nombre d’abonnés",
    signals="P12 E9",
)
def views_per_follower(h: History) -> Column:
    """Median over posts of 90 days of log(views + 1), less the log of followers plus one at the
    last reading: bought followers do not look; missing without either.
    """
    return h.posts.median("log_views", days=90) - h.audience.latest("log_followers")
