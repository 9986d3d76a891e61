"""Track record: what its word brought in past campaigns."""

from __future__ import annotations

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
