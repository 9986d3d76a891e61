"""Reputation: what a creator's word is worth: past campaigns, credentials, what others say."""

from __future__ import annotations

import numpy as np

from features.asof import Column, History, only
from features.feature import feature


@feature(
    quality="reputation",
    facet="track record",
    unit="log ratio",
    says=(
        "converted better than others in past campaigns",
        "converted worse than others in past campaigns",
    ),
    topic="results in past campaigns",
    says_fr=(
        "a mieux converti que les autres dans ses campagnes passées",
        "a moins bien converti que les autres dans ses campagnes passées",
    ),
    topic_fr="résultats dans ses campagnes passées",
    signals="P23",
    sign="+",
)
def track_record(h: History) -> Column:
    """Mean over matured outcomes of log((conversions + 1) / (expected + 1)), expected being exposed
    times the rate of that campaign, shrunk as by one campaign; missing without matured outcomes.
    """
    campaigns = h.past.where("exposed").count()
    return h.past.mean("deviation") * campaigns / (campaigns + 1.0)


@feature(
    quality="reputation",
    facet="track record",
    unit="log ratio",
    says=(
        "converted better than others in recent campaigns",
        "converted worse than others in recent campaigns",
    ),
    topic="results in recent campaigns",
    says_fr=(
        "a mieux converti que les autres dans ses campagnes récentes",
        "a moins bien converti que les autres dans ses campagnes récentes",
    ),
    topic_fr="résultats dans ses campagnes récentes",
    signals="P23 M3",
    sign="+",
)
def track_record_recent(h: History) -> Column:
    """Mean over outcomes that matured in the last 120 days of log((conversions + 1) / (expected +
    1)), shrunk as by one campaign; missing without one.
    """
    campaigns = h.past.where("exposed").count(days=120)
    return h.past.mean("deviation", days=120) * campaigns / (campaigns + 1.0)


@feature(
    quality="reputation",
    facet="track record",
    unit="log ratio",
    says=(
        "converted better than others in campaigns like this one",
        "converted worse than others in campaigns like this one",
    ),
    topic="results in campaigns like this one",
    says_fr=(
        "a mieux converti que les autres dans des campagnes comme celle-ci",
        "a moins bien converti que les autres dans des campagnes comme celle-ci",
    ),
    topic_fr="résultats dans des campagnes comme celle-ci",
    signals="R7 P23",
)
def topical_track_record(h: History) -> Column:
    """The mean of track_record with each outcome weighted by the squared similarity of its
    campaign's brief with this one (zero where negative or unknown), shrunk as by a weight of one;
    missing without matured outcomes of similar briefs.
    """
    evidence = h.related_past.where("exposed").total("closeness")
    deviation = h.related_past.weighted_mean("deviation", "closeness")
    return deviation * evidence / (evidence + 1.0)


@feature(
    quality="reputation",
    facet="track record",
    unit="log ratio",
    says=(
        "converted better than others for this brand",
        "converted worse than others for this brand",
    ),
    topic="results for this brand",
    says_fr=(
        "a mieux converti que les autres pour cette marque",
        "a moins bien converti que les autres pour cette marque",
    ),
    topic_fr="résultats pour cette marque",
    signals="R7",
)
def brand_track_record(h: History) -> Column:
    """track_record over campaigns of the same brand alone; missing without a matured outcome of
    one, or where either brand is unknown.
    """
    same_brand = h.related_past.where("same_brand")
    campaigns = same_brand.count()
    return same_brand.mean("deviation") * campaigns / (campaigns + 1.0)


@feature(
    quality="reputation",
    facet="track record",
    unit="log factor",
    says=(
        "had more uneven results from campaign to campaign than most",
        "had steadier results from campaign to campaign than most",
    ),
    topic="unevenness of its results from campaign to campaign",
    says_fr=(
        "a eu des résultats plus inégaux que la plupart d’une campagne à l’autre",
        "a eu des résultats plus réguliers que la plupart d’une campagne à l’autre",
    ),
    topic_fr="écarts de résultats d’une campagne à l’autre",
    signals="P17",
)
def track_record_spread(h: History) -> Column:
    """Interquartile range of the log((conversions + 1) / (expected + 1)) of track_record; missing
    with fewer than three matured outcomes with people exposed.
    """
    return only(h.past.where("exposed").count() >= 3, h.past.spread("deviation"))


@feature(
    quality="reputation",
    facet="track record",
    unit="count",
    says=("has done more campaigns than most", "has done fewer campaigns than most"),
    topic="number of past campaigns",
    says_fr=("a mené plus de campagnes que la plupart", "a mené moins de campagnes que la plupart"),
    topic_fr="nombre de campagnes passées",
    signals="P23 P25",
)
def campaigns_done(h: History) -> Column:
    """Campaigns with a matured outcome; missing without one."""
    return h.past.count()


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
