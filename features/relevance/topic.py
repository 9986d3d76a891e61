"""Topic: how much and how lately it posts on the brief's topic, and how people respond then."""

from __future__ import annotations

from features.asof import Column, History
from features.feature import SMOOTHED_COUNTS, feature


@feature(
    quality="relevance",
    facet="topic",
    unit="share",
    says=(
        "devotes more of its posts to the campaign's topic than most",
        "devotes fewer of its posts to the campaign's topic than most",
    ),
    topic="share of its posts on the campaign's topic",
    says_fr=(
        "traite plus que la plupart le sujet de la campagne dans ses publications",
        "traite moins que la plupart le sujet de la campagne dans ses publications",
    ),
    topic_fr="part de ses publications sur le sujet de la campagne",
    signals="R1 R5",
    is_in_power=True,
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
    says=(
        "has lately devoted more of its posts to the campaign's topic than most",
        "has lately devoted fewer of its posts to the campaign's topic than most",
    ),
    topic="share of its recent posts on the campaign's topic",
    says_fr=(
        "traite plus que la plupart le sujet de la campagne dans ses publications récentes",
        "traite moins que la plupart le sujet de la campagne dans ses publications récentes",
    ),
    topic_fr="part de ses publications récentes sur le sujet de la campagne",
    signals="R1 R3",
    is_in_power=True,
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
    says=(
        "posts on the campaign's topic more often than most",
        "posts on the campaign's topic less often than most",
    ),
    topic="frequency of its posts on the campaign's topic",
    says_fr=(
        "publie sur le sujet de la campagne plus souvent que la plupart",
        "publie sur le sujet de la campagne moins souvent que la plupart",
    ),
    topic_fr="fréquence de ses publications sur le sujet de la campagne",
    signals="R2",
    is_in_power=True,
)
def on_topic_per_week(h: History) -> Column:
    """On-topic posts a week in the last 56 days; missing without any earlier comparable post."""
    return h.topical_posts.where("on_topic").count(days=56) / 8.0


@feature(
    quality="relevance",
    facet="topic",
    unit="score",
    says=(
        "publishes posts closer to the brief than most",
        "publishes posts further from the brief than most",
    ),
    topic="closeness of its posts to the brief",
    says_fr=(
        "publie des contenus plus proches du brief que la plupart",
        "publie des contenus plus éloignés du brief que la plupart",
    ),
    topic_fr="proximité de ses publications avec le brief",
    signals="R1",
    is_in_power=True,
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
    says=(
        "has at least one post closer to the brief than most have",
        "has no post as close to the brief as most have",
    ),
    topic="closeness to the brief of its best matching post",
    says_fr=(
        "a au moins une publication plus proche du brief que la plupart",
        "n’a pas de publication aussi proche du brief que la plupart",
    ),
    topic_fr="proximité avec le brief de sa publication la plus proche",
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
    says=(
        "last posted on the campaign's topic longer ago than most",
        "posted on the campaign's topic more recently than most",
    ),
    topic="time since its last post on the campaign's topic",
    says_fr=(
        "n’a pas publié sur le sujet de la campagne depuis plus longtemps que la plupart",
        "a publié sur le sujet de la campagne plus récemment que la plupart",
    ),
    topic_fr="temps écoulé depuis sa dernière publication sur le sujet de la campagne",
    signals="R3 M1",
    is_in_power=True,
)
def days_since_on_topic(h: History) -> Column:
    """Days since the last on-topic post; missing without one."""
    return h.topical_posts.where("on_topic").days_since_last()


@feature(
    quality="relevance",
    facet="topical response",
    unit="log ratio",
    says=(
        "moves viewers more on the campaign's topic than on its others",
        "moves viewers less on the campaign's topic than on its others",
    ),
    topic="response on the campaign's topic against its others",
    says_fr=(
        "fait plus réagir sur le sujet de la campagne que sur les autres",
        "fait moins réagir sur le sujet de la campagne que sur les autres",
    ),
    topic_fr="réactions sur le sujet de la campagne par rapport aux autres",
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
        "does better with posts on the campaign's topic than with its others",
        "does worse with posts on the campaign's topic than with its others",
    ),
    topic="success of its posts on the campaign's topic against its others",
    says_fr=(
        "réussit mieux ses publications sur le sujet de la campagne que les autres",
        "réussit moins bien ses publications sur le sujet de la campagne que les autres",
    ),
    topic_fr="réussite de ses publications sur le sujet de la campagne par rapport aux autres",
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
