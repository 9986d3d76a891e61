"""Community: who comes, how many different people, whether they return and talk to each other."""

from __future__ import annotations

import numpy as np

from features.asof import Column, History
from features.feature import feature


@feature(
    quality="engagement",
    facet="community",
    unit="share",
    says=("many different people comment", "a few people write most comments"),
    signals="E17",
)
def commenter_breadth(h: History) -> Column:
    """Distinct commenters per comment of the last 90 days; missing without comments."""
    return h.comments.distinct("actor", days=90) / h.comments.count(days=90)


@feature(
    quality="engagement",
    facet="community",
    unit="share",
    says=("commenters come back again and again", "commenters come once"),
    signals="E17",
    sign="+",
)
def repeat_commenter_share(h: History) -> Column:
    """Commenters of the last 180 days who commented more than once, of all of them; missing without
    comments.
    """
    return h.comments.repeat_share("actor", days=180)


@feature(
    quality="engagement",
    facet="community",
    unit="share",
    says=("keeps its commenters over months", "loses its commenters within months"),
    signals="E14 E17",
    sign="+",
)
def returning_commenter_share(h: History) -> Column:
    """Commenters of the last 90 days who also commented in the 180 days before, of all of them;
    missing without comments in both periods.
    """
    now = h.comments.distinct("actor", days=90)
    share = h.comments.where("returns").distinct("actor", days=90) / now
    return np.ma.masked_where(np.ma.filled(h.comments.count(days=180, ago=90), 0.0) == 0, share)


@feature(
    quality="engagement",
    facet="community",
    unit="share",
    says=("many different people pass its posts on", "one or two people pass its posts on"),
    signals="E19",
    sign="+",
)
def sharer_breadth(h: History) -> Column:
    """Distinct accounts per reshare of the last 180 days; missing without reshares."""
    reshares = h.received.where("reshare")
    return reshares.distinct("actor", days=180) / reshares.count(days=180)


@feature(
    quality="engagement",
    facet="community",
    unit="share",
    says=("people talk to each other under its posts", "people talk to nobody but it"),
    signals="E7",
    sign="+",
)
def audience_talk_share(h: History) -> Column:
    """Comments and replies under own posts between two others, of those that others made there in
    90 days; missing without such.
    """
    return h.threads.where("by_others").where("talk").share("between_others", days=90)


@feature(
    quality="engagement",
    facet="community",
    unit="share",
    says=("builds two-way ties", "has no lasting two-way ties"),
    signals="E14 E16",
    sign="+",
)
def two_way_partners(h: History) -> Column:
    """Accounts with which the creator exchanged comments or replies in both directions on at least
    two days of the last 180, of those that commented or replied to it in them, at most 1; missing
    if nobody did.
    """
    known = h.exchanges.distinct("account", days=180) * h.exchanges.repeat_share(
        "account", days=180
    )
    people = h.received.where("talk").distinct("actor", days=180)
    return np.ma.minimum(np.ma.filled(known, 0.0) / people, 1.0)
