"""Relevance: does this creator speak of what the campaign is about, and do people respond then.

Similarity is the cosine of text vectors. A brief in another language than the creator's makes it
unknown.
"""

from __future__ import annotations

from features.asof import Column, History
from features.feature import SMOOTHED_COUNTS, feature


@feature(
    quality="relevance",
    facet="topic",
    unit="share",
    says=("posts on the campaign's topic", "seldom posts on the campaign's topic"),
    signals="R1 R5",
)
def on_topic_share(h: History) -> Column:
    """Earlier posts on the brief's topic, of those with words;
    missing without comparable posts.
    """
    return h.topical_posts.share("on_topic")


@feature(
    quality="relevance",
    facet="topic",
    unit="share",
    says=("has posted on the topic lately", "has not posted on the topic lately"),
    signals="R1 R3",
)
def on_topic_share_recent(h: History) -> Column:
    """Posts of the last 60 days on the brief's topic, of those with words;
    missing without comparable posts.
    """
    return h.topical_posts.share("on_topic", days=60)


@feature(
    quality="relevance",
    facet="topic",
    unit="score",
    says=("its posts resemble the brief", "its posts are far from the brief"),
    signals="R1",
)
def topic_similarity(h: History) -> Column:
    """Mean similarity of earlier posts with the brief (-1..1);
    missing without comparable posts.
    """
    return h.topical_posts.mean("similarity")


@feature(
    quality="relevance",
    facet="topic",
    unit="score",
    says=("has posted on just this", "has never posted on just this"),
    signals="R1",
)
def best_match(h: History) -> Column:
    """Largest similarity of an earlier post with the brief (-1..1);
    missing without comparable posts.
    """
    return h.topical_posts.maximum("similarity")


@feature(
    quality="relevance",
    facet="topic",
    unit="days",
    says=("last spoke on the topic long ago", "spoke on the topic just now"),
    signals="R3 M1",
)
def days_since_on_topic(h: History) -> Column:
    """Days since the last on-topic post; missing without one."""
    return h.topical_posts.where("on_topic").days_since_last()


@feature(
    quality="relevance",
    facet="topical response",
    unit="log ratio",
    says=(
        "gets more response on the topic than usual",
        "gets less response on the topic than usual",
    ),
    signals="R1 R7",
    sign="+",
    moves_with_audience=SMOOTHED_COUNTS,
)
def topical_response(h: History) -> Column:
    """Log response per view of earlier posts, weighted by their similarity with the brief, against
    the mean of all comparable posts, shrunk as by five posts; missing without comparable read
    posts.
    """
    weight = h.topical_posts.where("read").total("closeness")
    on_topic = h.topical_posts.weighted_mean("log_response", "closeness")
    return (on_topic - h.topical_posts.mean("log_response")) * weight / (weight + 5.0)


@feature(
    quality="relevance",
    facet="mentions",
    unit="share",
    says=("others mention it on the topic", "others mention it on other topics"),
    signals="R4",
)
def on_topic_mention_share(h: History) -> Column:
    """Mentions by others in texts on the brief's topic, of those with words;
    missing without mentions.
    """
    return h.topical_mentions.share("on_topic")


@feature(
    quality="relevance",
    facet="profile",
    unit="score",
    says=("its profile fits the brief", "its profile speaks of other things"),
    signals="R1 R7",
)
def bio_similarity(h: History) -> Column:
    """Similarity of the profile text with the brief (-1..1);
    missing without a comparable text.
    """
    return h.profile.maximum("bio_similarity")


@feature(
    quality="relevance",
    facet="market",
    unit="share",
    says=("speaks the campaign's language", "speaks another language than the campaign's"),
    signals="R7 R8",
)
def same_language(h: History) -> Column:
    """1 where creator and campaign share a language, else 0; missing unless both are known."""
    return h.profile.maximum("same_language")


@feature(
    quality="relevance",
    facet="market",
    unit="share",
    says=("is at home in the campaign's country", "is at home in another country"),
    signals="R7 R8",
)
def same_country(h: History) -> Column:
    """1 where creator and campaign share a country, else 0; missing unless both are known."""
    return h.profile.maximum("same_country")
