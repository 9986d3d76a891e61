"""Community: who comes, how many different people, whether they return and talk to each other."""

from __future__ import annotations

import numpy as np

from features.asof import Column, History
from features.feature import feature


@feature(
    quality="engagement",
    facet="community",
    unit="share",
    says=(
        "gets its comments from a wider circle than most",
        "gets its comments from a narrower circle than most",
    ),
    topic="variety of the people who comment",
    says_fr=(
        "reçoit ses commentaires d’un cercle plus large que la plupart",
        "reçoit ses commentaires d’un cercle plus étroit que la plupart",
    ),
    topic_fr="diversité des personnes qui commentent",
    signals="E17",
)
def commenter_breadth(h: History) -> Column:
    """Distinct commenters per comment of the last 90 days; missing without comments."""
    return h.comments.distinct("actor", days=90) / h.comments.count(days=90)


@feature(
    quality="engagement",
    facet="community",
    unit="share",
    says=(
        "brings commenters back more often than most",
        "brings commenters back less often than most",
    ),
    topic="share of commenters who comment again",
    says_fr=(
        "fait revenir plus souvent que la plupart les personnes qui commentent",
        "fait revenir moins souvent que la plupart les personnes qui commentent",
    ),
    topic_fr="part des personnes qui commentent plusieurs fois",
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
    says=(
        "keeps its commenters over the months better than most",
        "loses its commenters over the months more than most",
    ),
    topic="share of commenters kept over the months",
    says_fr=(
        "fidélise mieux que la plupart les personnes qui commentent",
        "fidélise moins bien que la plupart les personnes qui commentent",
    ),
    topic_fr="part des personnes qui commentent encore après plusieurs mois",
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
    says=(
        "has its posts passed on by a wider circle than most",
        "has its posts passed on by a narrower circle than most",
    ),
    topic="variety of the people who pass its posts on",
    says_fr=(
        "voit ses publications relayées par un cercle plus large que la plupart",
        "voit ses publications relayées par un cercle plus étroit que la plupart",
    ),
    topic_fr="diversité des personnes qui relaient ses publications",
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
    says=(
        "gets people to talk to each other more than most",
        "gets people to talk to each other less than most",
    ),
    topic="share of talk among others under its posts",
    says_fr=(
        "fait dialoguer son public plus que la plupart",
        "fait dialoguer son public moins que la plupart",
    ),
    topic_fr="part des échanges entre membres de son public",
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
    says=(
        "has lasting exchanges with more of its commenters than most",
        "has lasting exchanges with fewer of its commenters than most",
    ),
    topic="share of commenters it has lasting exchanges with",
    says_fr=(
        "entretient des échanges suivis avec une plus grande part de son public que la plupart",
        "entretient des échanges suivis avec une plus petite part de son public que la plupart",
    ),
    topic_fr="part du public avec qui les échanges sont suivis",
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
