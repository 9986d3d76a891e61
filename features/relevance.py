"""Relevance: does this creator speak of what the campaign is about, and do people respond then.

Similarity is the cosine of text vectors; from .35 a text is on the brief's topic. A text in another
language than the brief's is not comparable with it: the language in which it is written, where that
shows, else the one its creator declares; the brief's is declared with the campaign, else detected.
"""

from __future__ import annotations

from features.asof import Column, History, only
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
    unit="per week",
    says=("posts on the topic every week", "hardly posts on the topic these weeks"),
    signals="R2",
)
def on_topic_per_week(h: History) -> Column:
    """On-topic posts a week in the last 56 days; missing without any earlier comparable post."""
    return h.topical_posts.where("on_topic").count(days=56) / 8.0


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
    the mean of all comparable posts, shrunk as by five posts; missing without a comparable read
    post that has anything in common with the brief.
    """
    weight = h.topical_posts.where("read").total("closeness")
    on_topic = h.topical_posts.weighted_mean("log_response", "closeness")
    return (on_topic - h.topical_posts.mean("log_response")) * weight / (weight + 5.0)


@feature(
    quality="relevance",
    facet="topical response",
    unit="log ratio",
    says=(
        "its posts on the topic do better than its others",
        "its posts on the topic do worse than its others",
    ),
    signals="R1 R7",
    moves_with_audience=SMOOTHED_COUNTS,
)
def on_topic_lift(h: History) -> Column:
    """Median log response per view of earlier on-topic posts less that of all comparable posts,
    shrunk as by five posts; missing without a read on-topic post.
    """
    posts = h.topical_posts.where("read")
    on_topic = posts.where("on_topic")
    evidence = on_topic.count()
    lift = on_topic.median("log_response") - posts.median("log_response")
    return lift * evidence / (evidence + 5.0)


@feature(
    quality="relevance",
    facet="focus",
    unit="share",
    says=("keeps to one subject", "has no main subject"),
    signals="R5",
)
def topic_purity(h: History) -> Column:
    """Posts on the creator's most frequent subject, of those with known words in 180 days, the
    subject of a post being the axis of the text space that it lies nearest to; missing with fewer
    than five such posts.
    """
    return only(h.themes.count(days=180) >= 5, h.themes.top_share("topic", days=180))


@feature(
    quality="relevance",
    facet="focus",
    unit="share",
    says=("speaks of many subjects", "speaks of few subjects"),
    signals="R6",
)
def topic_breadth(h: History) -> Column:
    """Chance that two different posts of 180 days are on different subjects (as in topic_purity);
    missing with fewer than two posts with known words.
    """
    return h.themes.variety("topic", days=180)


@feature(
    quality="relevance",
    facet="focus",
    unit="score",
    says=("stays with its subject from post to post", "jumps from subject to subject"),
    signals="R5 P17",
)
def focus(h: History) -> Column:
    """Mean similarity of a post with the creator's previous one, both with known words, over posts
    of 180 days (-1..1); missing without such a pair.
    """
    return h.themes.mean("nearness", days=180)


@feature(
    quality="relevance",
    facet="benefit",
    unit="share",
    says=("gives its readers something of use", "promises its readers nothing of use"),
    signals="R11 P18",
)
def benefit_share(h: History) -> Column:
    """Posts of 180 days that promise the reader knowledge, money or time, in English or French, of
    those with words; missing without words.
    """
    return h.posts.share("promises", days=180)


@feature(
    quality="relevance",
    facet="benefit",
    unit="share",
    says=(
        "gives its readers something of use on the topic",
        "promises nothing of use when it speaks of the topic",
    ),
    signals="R11",
)
def topical_benefit(h: History) -> Column:
    """Earlier on-topic posts that promise the reader knowledge, money or time, in English or
    French, of all on-topic ones; missing without an on-topic post.
    """
    return h.topical_posts.where("on_topic").share("promises")


@feature(
    quality="relevance",
    facet="conversation",
    unit="share",
    says=("joins in talk on the topic", "joins in talk on other topics"),
    signals="R1 R12",
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
    facet="mentions",
    unit="score",
    says=("is mentioned in words near the brief", "is mentioned in words far from the brief"),
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
    says=("its audience talks of the topic", "its audience talks of other things"),
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
        "its audience writes in the campaign's language",
        "its audience writes in another language than the campaign's",
    ),
    signals="R8",
)
def audience_language_match(h: History) -> Column:
    """Comments received in 90 days in the brief's language, of those whose language shows; missing
    without such comments or where the brief's language is unknown.
    """
    return h.audience_voice.share("in_brief_language", days=90)


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


@feature(
    quality="relevance",
    facet="market",
    unit="share",
    says=("posts in the campaign's language", "posts in another language than the campaign's"),
    signals="R8",
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
        "is on a platform that does well with such campaigns",
        "is on a platform that does badly with such campaigns",
    ),
    signals="R10",
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
