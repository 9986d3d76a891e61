"""Trend: do posts move people more, or less, than the creator's earlier ones did."""

from __future__ import annotations

from features.asof import Column, History
from features.feature import SMOOTHED_COUNTS, feature


@feature(
    quality="momentum",
    facet="response",
    unit="log ratio",
    says=(
        "moves viewers to comment and share more than it used to",
        "moves viewers to comment and share less than it used to",
    ),
    topic="change in comments and shares per view",
    says_fr=(
        "incite plus qu’auparavant à commenter et à partager",
        "incite moins qu’auparavant à commenter et à partager",
    ),
    topic_fr="évolution des commentaires et partages par vue",
    signals="M3 M4 M7",
    moves_with_audience=SMOOTHED_COUNTS,
)
def response_trend(h: History) -> Column:
    """Median log response per view of the last 45 days less that of the 180 days before; missing
    unless both have read posts.
    """
    return h.posts.median("log_response", days=45) - h.posts.median(
        "log_response", days=180, ago=45
    )


@feature(
    quality="momentum",
    facet="response",
    unit="log ratio",
    says=(
        "sees the response to its posts pick up speed",
        "sees the response to its posts lose speed",
    ),
    topic="change in the pace of the response to its posts",
    says_fr=(
        "voit l’évolution des réactions s’accélérer",
        "voit l’évolution des réactions ralentir",
    ),
    topic_fr="rythme d’évolution des réactions",
    signals="M3 M4",
    moves_with_audience=SMOOTHED_COUNTS,
)
def response_acceleration(h: History) -> Column:
    """Change of the median log response per view from the 45 days before to the last 45, less the
    change from the 45 before those; missing unless all three have read posts.
    """
    last, before, first = (h.posts.median("log_response", days=45, ago=ago) for ago in (0, 45, 90))
    return (last - before) - (before - first)


@feature(
    quality="momentum",
    facet="response",
    unit="log ratio",
    says=(
        "moves viewers to comment and share more than it used to, compared with others",
        "moves viewers to comment and share less than it used to, compared with others",
    ),
    topic="change in comments and shares compared with others",
    says_fr=(
        "incite plus qu’auparavant à commenter et à partager, par rapport aux autres",
        "incite moins qu’auparavant à commenter et à partager, par rapport aux autres",
    ),
    topic_fr="évolution des commentaires et partages par rapport aux autres",
    signals="M3 M4 M7",
    moves_with_audience=SMOOTHED_COUNTS,
)
def relative_response_trend(h: History) -> Column:
    """Median relative response (see relative_response) of posts of the last 45 days less that of
    the 180 days before; missing unless both have posts that can be compared.
    """
    recent = h.posts.median("relative_response", days=45)
    return recent - h.posts.median("relative_response", days=180, ago=45)


@feature(
    quality="momentum",
    facet="response",
    unit="log ratio",
    says=(
        "gets more comments per view than it used to, compared with others",
        "gets fewer comments per view than it used to, compared with others",
    ),
    topic="change in comments per view compared with others",
    says_fr=(
        "obtient plus de commentaires par vue qu’auparavant, par rapport aux autres",
        "obtient moins de commentaires par vue qu’auparavant, par rapport aux autres",
    ),
    topic_fr="évolution des commentaires par vue par rapport aux autres",
    signals="M3 M4 M7",
    moves_with_audience=SMOOTHED_COUNTS,
)
def comments_trend(h: History) -> Column:
    """Median relative comments (see relative_comments) of posts of the last 45 days less that of
    the 180 days before; missing unless both have posts that can be compared.
    """
    recent = h.posts.median("relative_comments", days=45)
    return recent - h.posts.median("relative_comments", days=180, ago=45)


@feature(
    quality="momentum",
    facet="attention",
    unit="log ratio",
    says=("is seen more than it used to be", "is seen less than it used to be"),
    topic="change in its views",
    says_fr=("est plus vu qu’auparavant", "est moins vu qu’auparavant"),
    topic_fr="évolution de ses vues",
    signals="M3 M4",
    moves_with_audience=SMOOTHED_COUNTS,
)
def views_trend(h: History) -> Column:
    """Median log views of posts of the last 45 days less that of the 180 days before; missing
    unless both have read posts.
    """
    return h.posts.median("log_views", days=45) - h.posts.median("log_views", days=180, ago=45)


@feature(
    quality="momentum",
    facet="response",
    unit="score change",
    says=("gets kinder comments than it used to", "gets less kind comments than it used to"),
    topic="change in the tone of the comments it gets",
    says_fr=(
        "reçoit des commentaires plus bienveillants qu’auparavant",
        "reçoit des commentaires moins bienveillants qu’auparavant",
    ),
    topic_fr="évolution du ton des commentaires reçus",
    signals="M3",
)
def tone_trend(h: History) -> Column:
    """Mean polarity (-1..1) of comments of the last 45 days less that of the 180 days before;
    missing unless both have comments whose language is known.
    """
    return h.comments.mean("polarity", days=45) - h.comments.mean("polarity", days=180, ago=45)


@feature(
    quality="momentum",
    facet="topic",
    unit="share change",
    says=(
        "devotes a larger share of its posts to the campaign's topic than it used to",
        "devotes a smaller share of its posts to the campaign's topic than it used to",
    ),
    topic="change in the share of its posts on the campaign's topic",
    says_fr=(
        "consacre une plus grande part de ses publications qu’auparavant au sujet de la campagne",
        "consacre une plus petite part de ses publications qu’auparavant au sujet de la campagne",
    ),
    topic_fr="évolution de la part de ses publications sur le sujet de la campagne",
    signals="M1 R3",
    is_in_power=True,
)
def topic_trend(h: History) -> Column:
    """Share of posts on the topic of the brief, of the last 60 days less that of the 180 days
    before; missing unless both have posts with known words, or in another language than the brief.
    """
    recent = h.topical_posts.share("on_topic", days=60)
    return recent - h.topical_posts.share("on_topic", days=180, ago=60)
