"""Standing: credentials, what others say of it, and who its peers are."""

from __future__ import annotations

import numpy as np

from features.asof import Column, History, only
from features.feature import feature


@feature(
    quality="reputation",
    facet="credentials",
    unit="count",
    says=("has more credentials than most", "has fewer credentials than most"),
    topic="number of its credentials",
    says_fr=(
        "présente plus de références que la plupart",
        "présente moins de références que la plupart",
    ),
    topic_fr="nombre de références",
    signals="P1 P2 P23",
    sign="+",
)
def credentials(h: History) -> Column:
    """Degrees, books, awards and the like, recommendations included;
    missing where none is recorded.
    """
    return h.credentials.count()


@feature(
    quality="reputation",
    facet="credentials",
    unit="score",
    says=(
        "has credentials closer to the brief than most",
        "has credentials further from the brief than most",
    ),
    topic="closeness of its credentials to the brief",
    says_fr=(
        "a des références plus proches du brief que la plupart",
        "a des références plus éloignées du brief que la plupart",
    ),
    topic_fr="proximité de ses références avec le brief",
    signals="P1",
)
def topical_credentials(h: History) -> Column:
    """Largest similarity with the brief of the title of a credential other than a recommendation
    (-1..1); missing without such a title with known words.
    """
    return h.credentials.maximum("similarity")


@feature(
    quality="reputation",
    facet="credentials",
    unit="count",
    says=("has more kinds of credentials than most", "has fewer kinds of credentials than most"),
    topic="number of kinds of credentials",
    says_fr=(
        "présente des références plus diverses que la plupart",
        "présente des références moins diverses que la plupart",
    ),
    topic_fr="nombre de types de références",
    signals="P1",
)
def credential_kinds(h: History) -> Column:
    """Different kinds among the credentials; missing where none is recorded."""
    return h.credentials.distinct("kind")


@feature(
    quality="reputation",
    facet="what others say",
    unit="count",
    says=("is recommended more than most", "is recommended less than most"),
    topic="number of recommendations",
    says_fr=("est plus recommandé que la plupart", "est moins recommandé que la plupart"),
    topic_fr="nombre de recommandations",
    signals="P2 P26",
)
def recommendations(h: History) -> Column:
    """Recommendations among the credentials; missing where no credential is recorded."""
    return h.credentials.where("recommendation").count()


@feature(
    quality="reputation",
    facet="what others say",
    unit="score",
    says=("is spoken of more kindly than most", "is spoken of less kindly than most"),
    topic="tone in which others speak of it",
    says_fr=(
        "est mentionné en termes plus favorables que la plupart",
        "est mentionné en termes moins favorables que la plupart",
    ),
    topic_fr="ton des mentions reçues",
    signals="P2",
)
def mention_polarity(h: History) -> Column:
    """Mean polarity (-1..1) of the texts of 180 days in which others mention the creator; missing
    without such a text whose polarity is known.
    """
    return h.opinions.where("mention").mean("polarity", days=180)


@feature(
    quality="reputation",
    facet="what others say",
    unit="score",
    says=("divides opinion more than most", "divides opinion less than most"),
    topic="disagreement of opinions about it",
    says_fr=("divise les avis plus que la plupart", "divise les avis moins que la plupart"),
    topic_fr="divergence des avis à son sujet",
    signals="P2",
)
def opinion_disagreement(h: History) -> Column:
    """Standard deviation of the polarity of mentions and comments received in 180 days; missing
    with fewer than three whose polarity is known.
    """
    mean = h.opinions.mean("polarity", days=180)
    variance = h.opinions.mean("polarity_squared", days=180) - mean * mean
    return only(h.opinions.count(days=180) >= 3, np.ma.sqrt(np.ma.maximum(variance, 0.0)))


@feature(
    quality="reputation",
    facet="what others say",
    unit="score",
    says=("gets kinder comments than most", "gets less kind comments than most"),
    topic="tone of the comments it gets",
    says_fr=(
        "reçoit des commentaires plus bienveillants que la plupart",
        "reçoit des commentaires moins bienveillants que la plupart",
    ),
    topic_fr="ton des commentaires reçus",
    signals="P2 E4",
)
def comment_polarity(h: History) -> Column:
    """Mean polarity (-1..1) of comments received in 90 days; missing without one whose polarity is
    known.
    """
    return h.opinions.where("comment").mean("polarity", days=90)


@feature(
    quality="reputation",
    facet="peers",
    unit="log creators",
    says=(
        "draws creators to whom more others turn than to most",
        "draws creators to whom fewer others turn than to most",
    ),
    topic="others who turn to the creators it draws",
    says_fr=(
        "attire des créateurs plus écoutés de leurs pairs que la plupart",
        "attire des créateurs moins écoutés de leurs pairs que la plupart",
    ),
    topic_fr="écoute dont jouissent les créateurs attirés",
    signals="P21",
    sign="+",
)
def responder_authority(h: History) -> Column:
    """Mean over acts of other creators towards it in 180 days of log(1 + creators outside its rings
    that had turned to the actor before; see closed_ring_share); missing without such acts.
    """
    return h.peer_acts.mean("log_authority", days=180)


@feature(
    quality="reputation",
    facet="peers",
    unit="share",
    says=("points to its peers more than most", "points to its peers less than most"),
    topic="share of its activity that points to peers",
    says_fr=(
        "renvoie vers ses pairs plus que la plupart",
        "renvoie vers ses pairs moins que la plupart",
    ),
    topic_fr="part de son activité qui renvoie vers ses pairs",
    signals="P3 P4",
    is_in_power=True,
)
def peer_citation_share(h: History) -> Column:
    """Mentions and reshares of other creators, of all its acts outward in 180 days (what is done
    under own posts, towards those who turned to it and within a ring, see closed_ring_share, does
    not count); missing without such acts.
    """
    outward = h.acts.where("outward")
    return outward.where("cites").where("to_peer").count(days=180) / outward.count(days=180)
