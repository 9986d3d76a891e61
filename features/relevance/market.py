"""Market: what its profile says, and where and in which language it posts."""

from __future__ import annotations

from features.asof import Column, History
from features.feature import feature


@feature(
    quality="relevance",
    facet="profile",
    unit="score",
    says=(
        "has a profile closer to the brief than most",
        "has a profile further from the brief than most",
    ),
    topic="closeness of its profile to the brief",
    says_fr=(
        "a un profil plus proche du brief que la plupart",
        "a un profil plus éloigné du brief que la plupart",
    ),
    topic_fr="proximité de son profil avec le brief",
    signals="R1 R7",
    is_in_power=True,
)
def bio_similarity(h: History) -> Column:
    """Similarity of the profile text with the brief (-1..1);
    missing without a comparable text.
    """
    return h.profile.maximum("bio_similarity")


@feature(
    quality="relevance",
    facet="market",
    unit="yes or no",
    says=("speaks the campaign's language", "speaks another language than the campaign's"),
    topic="language it speaks",
    says_fr=("parle la langue de la campagne", "parle une autre langue que celle de la campagne"),
    topic_fr="langue parlée",
    signals="R7 R8",
)
def same_language(h: History) -> Column:
    """1 where creator and campaign share a language, else 0; missing unless both are known."""
    return h.profile.maximum("same_language")


@feature(
    quality="relevance",
    facet="market",
    unit="yes or no",
    says=(
        "is at home in the campaign's country",
        "is at home in another country than the campaign's",
    ),
    topic="country it is at home in",
    says_fr=(
        "est établi dans le pays de la campagne",
        "est établi dans un autre pays que celui de la campagne",
    ),
    topic_fr="pays de résidence",
    signals="R7 R8",
)
def same_country(h: History) -> Column:
    """1 where creator and campaign share a country, else 0; missing unless both are known."""
    return h.profile.maximum("same_country")


@feature(
    quality="relevance",
    facet="market",
    unit="share",
    says=(
        "posts in the campaign's language more than most",
        "posts in the campaign's language less than most",
    ),
    topic="share of its posts in the campaign's language",
    says_fr=(
        "publie dans la langue de la campagne plus que la plupart",
        "publie dans la langue de la campagne moins que la plupart",
    ),
    topic_fr="part de ses publications dans la langue de la campagne",
    signals="R8",
    is_in_power=True,
)
def post_language_match(h: History) -> Column:
    """Posts of 180 days in the brief's language, of those whose language shows; missing without
    such posts or where the brief's language is unknown.
    """
    return h.own_voice.share("in_brief_language", days=180)


@feature(
    quality="relevance",
    facet="market",
    unit="log ratio",
    says=(
        "is on a platform that does better than others with such campaigns",
        "is on a platform that does worse than others with such campaigns",
    ),
    topic="results of its platform with such campaigns",
    says_fr=(
        "publie sur une plateforme qui réussit mieux que les autres avec de telles campagnes",
        "publie sur une plateforme qui réussit moins bien que les autres avec de telles campagnes",
    ),
    topic_fr="résultats de sa plateforme avec de telles campagnes",
    signals="R10",
    sign="+",
)
def platform_record(h: History) -> Column:
    """How creators on the same platform did in other campaigns: the mean of their log((conversions
    + 1) / (expected + 1)), as in track_record, less that of all creators of the campaign; over
    campaigns with outcomes matured by then, weighted by the number of its creators on the platform
    and the squared similarity of its brief with this one (zero where negative); shrunk as by a
    weight of ten. Missing without the platform or such outcomes.
    """
    evidence = h.platform_past.maximum("evidence")
    return h.platform_past.maximum("deviation") * evidence / (evidence + 10.0)
