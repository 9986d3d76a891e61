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
    says=("has a large audience", "has a small audience"),
    signals="R9 P24 M8",
)
def log_followers(h: History) -> Column:
    """Log of followers plus one at the last reading; missing without a reading."""
    return h.audience.latest("log_followers")


@feature(
    quality="popularity",
    facet="audience",
    unit="log",
    says=("follows many accounts", "follows few accounts"),
    signals="P10 P11",
)
def log_following(h: History) -> Column:
    """Log of accounts followed plus one at the last reading; missing without a reading."""
    return h.audience.latest("log_following")


@feature(
    quality="popularity",
    facet="views",
    unit="log",
    says=("is viewed a lot", "is viewed little"),
    signals="R9",
)
def log_views(h: History) -> Column:
    """Median over earlier posts of log(views + 1); missing without read posts."""
    return h.posts.median("log_views")


@feature(
    quality="popularity",
    facet="views",
    unit="log",
    says=("is viewed a lot lately", "is viewed little lately"),
    signals="R9",
)
def log_views_recent(h: History) -> Column:
    """Median over posts of the last 60 days of log(views + 1); missing without read posts."""
    return h.posts.median("log_views", days=60)


@feature(
    quality="popularity",
    facet="views",
    unit="log",
    says=("views vary a lot", "views are steady"),
    signals="R9",
)
def log_views_spread(h: History) -> Column:
    """Interquartile range over earlier posts of log views; missing without read posts."""
    return h.posts.spread("log_views")


@feature(
    quality="popularity",
    facet="reach",
    unit="log",
    says=("reached many people", "reached few people"),
    signals="R9",
)
def log_exposed(h: History) -> Column:
    """Median over matured outcomes of log(exposed per post); missing without one."""
    return h.past.median("log_exposed_per_post")


@feature(
    quality="popularity",
    facet="views",
    unit="log",
    says=("gathers many reactions", "gathers few reactions"),
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
    says=("brought much in the past", "brought little so far"),
    signals="P23",
)
def past_conversions(h: History) -> Column:
    """Conversions of matured outcomes, for the baseline of the past rate; missing without one."""
    return h.past.total("conversions")


@feature(
    quality="popularity",
    facet="past",
    unit="count",
    says=("reached many so far", "reached few so far"),
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
    says=("is followed by more than it follows", "follows more than follow it"),
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
    unit="share",
    says=("has more than a handful of followers", "has a handful of followers"),
    signals="M8",
)
def audience_floor(h: History) -> Column:
    """1 where the last reading has more than 100 followers, else 0; missing without a reading."""
    more = h.audience.latest("followers") > 100
    return cast("Column", more.astype(np.float64))


@feature(
    quality="popularity",
    facet="response",
    unit="log ratio",
    says=("is answered much for its followers", "is answered little for its followers"),
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
    says=("many of its followers do something", "hardly any of its followers does anything"),
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
    unit="log ratio",
    says=("is seen by more than follow it", "is seen by few of its followers"),
    signals="P12 E9",
)
def views_per_follower(h: History) -> Column:
    """Median over posts of 90 days of log(views + 1), less the log of followers plus one at the
    last reading: bought followers do not look; missing without either.
    """
    return h.posts.median("log_views", days=90) - h.audience.latest("log_followers")
