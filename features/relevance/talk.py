"""Talk: what it says to others on the topic, what others say of it, what its audience is about."""

from __future__ import annotations

from features.asof import Column, History
from features.feature import feature


@feature(
    quality="relevance",
    facet="conversation",
    unit="share",
    says=(
        "talks with others about the campaign's topic more than most",
        "talks with others about the campaign's topic less than most",
    ),
    topic="share of its talk with others on the campaign's topic",
    says_fr=(
        "échange avec d’autres sur le sujet de la campagne plus que la plupart",
        "échange avec d’autres sur le sujet de la campagne moins que la plupart",
    ),
    topic_fr="part de ses échanges avec d’autres sur le sujet de la campagne",
    signals="R1 R12",
    is_in_power=True,
)
def on_topic_talk_share(h: History) -> Column:
    """Own comments and replies to others on the brief's topic, of those that can be compared with
    it, in 90 days; talk with its own audience and within a ring (see closed_ring_share) is left
    out; missing without such talk.
    """
    return h.topical_talk.share("on_topic", days=90)


@feature(
    quality="relevance",
    facet="mentions",
    unit="share",
    says=(
        "is mentioned on the campaign's topic more than most",
        "is mentioned on the campaign's topic less than most",
    ),
    topic="share of its mentions on the campaign's topic",
    says_fr=(
        "est mentionné à propos du sujet de la campagne plus que la plupart",
        "est mentionné à propos du sujet de la campagne moins que la plupart",
    ),
    topic_fr="part de ses mentions à propos du sujet de la campagne",
    signals="R4",
)
def on_topic_mention_share(h: History) -> Column:
    """Mentions by others in texts on the brief's topic, of those with words;
    missing without mentions.
    """
    return h.topical_mentions.share("on_topic")


@feature(
    quality="relevance",
    facet="mentions",
    unit="score",
    says=(
        "is mentioned in words closer to the brief than most",
        "is mentioned in words further from the brief than most",
    ),
    topic="closeness of its mentions to the brief",
    says_fr=(
        "est mentionné en des termes plus proches du brief que la plupart",
        "est mentionné en des termes plus éloignés du brief que la plupart",
    ),
    topic_fr="proximité de ses mentions avec le brief",
    signals="R4",
)
def mention_similarity(h: History) -> Column:
    """Mean similarity with the brief of texts in which others mention the creator (-1..1); missing
    without comparable mentions.
    """
    return h.topical_mentions.mean("similarity")


@feature(
    quality="relevance",
    facet="audience",
    unit="share",
    says=(
        "has an audience that talks of the campaign's topic more than most",
        "has an audience that talks of the campaign's topic less than most",
    ),
    topic="share of comments on the campaign's topic",
    says_fr=(
        "a un public qui parle du sujet de la campagne plus que la plupart",
        "a un public qui parle du sujet de la campagne moins que la plupart",
    ),
    topic_fr="part des commentaires sur le sujet de la campagne",
    signals="R8 R13",
)
def audience_on_topic_share(h: History) -> Column:
    """Comments received in 90 days that are on the brief's topic, of those that can be compared
    with it; missing without such comments.
    """
    return h.topical_comments.share("on_topic", days=90)


@feature(
    quality="relevance",
    facet="audience",
    unit="share",
    says=(
        "has an audience that writes in the campaign's language more than most",
        "has an audience that writes in the campaign's language less than most",
    ),
    topic="share of comments in the campaign's language",
    says_fr=(
        "a un public qui écrit dans la langue de la campagne plus que la plupart",
        "a un public qui écrit dans la langue de la campagne moins que la plupart",
    ),
    topic_fr="part des commentaires dans la langue de la campagne",
    signals="R8",
)
def audience_language_match(h: History) -> Column:
    """Comments received in 90 days in the brief's language, of those whose language shows; missing
    without such comments or where the brief's language is unknown.
    """
    return h.audience_voice.share("in_brief_language", days=90)
