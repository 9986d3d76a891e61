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
    says=("converted better than others lately", "converted worse than others lately"),
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
    unit="log ratio",
    says=("did well in some campaigns and badly in others", "did much the same in all campaigns"),
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
    says=("has a long record of campaigns", "has a short record of campaigns"),
    signals="P23 P25",
)
def campaigns_done(h: History) -> Column:
    """Campaigns with a matured outcome; missing without one."""
    return h.past.count()


@feature(
    quality="reputation",
    facet="credentials",
    unit="count",
    says=("has credentials", "has no credentials"),
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
    says=("has credentials in this very field", "has credentials in other fields"),
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
    says=("is backed by several kinds of credentials", "is backed by one kind of credential"),
    signals="P1",
)
def credential_kinds(h: History) -> Column:
    """Different kinds among the credentials; missing where none is recorded."""
    return h.credentials.distinct("kind")


@feature(
    quality="reputation",
    facet="what others say",
    unit="count",
    says=("is recommended by others", "is recommended by nobody"),
    signals="P2 P26",
)
def recommendations(h: History) -> Column:
    """Recommendations among the credentials; missing where no credential is recorded."""
    return h.credentials.where("recommendation").count()


@feature(
    quality="reputation",
    facet="what others say",
    unit="score",
    says=("is spoken well of", "is spoken ill of"),
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
    says=("divides opinion", "is seen much the same by all"),
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
    says=("gets kind comments", "gets hostile comments"),
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
    unit="log",
    says=("is answered by creators whom others turn to", "is answered by creators nobody turns to"),
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
    says=("points to its peers", "never points to its peers"),
    signals="P3 P4",
)
def peer_citation_share(h: History) -> Column:
    """Mentions and reshares of other creators, of all its acts outward in 180 days (what is done
    under own posts, towards those who turned to it and within a ring, see closed_ring_share, does
    not count); missing without such acts.
    """
    outward = h.acts.where("outward")
    return outward.where("cites").where("to_peer").count(days=180) / outward.count(days=180)
