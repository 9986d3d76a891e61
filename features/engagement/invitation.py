"""Invitation: does the creator ask its audience to speak or act, and is it heard."""

from __future__ import annotations

from features.asof import Column, History
from features.feature import SMOOTHED_COUNTS, feature


@feature(
    quality="engagement",
    facet="invitation",
    unit="share",
    says=(
        "asks its audience questions more often than most",
        "asks its audience questions less often than most",
    ),
    topic="share of its posts that ask a question",
    says_fr=(
        "pose des questions à son public plus souvent que la plupart",
        "pose des questions à son public moins souvent que la plupart",
    ),
    topic_fr="part de ses publications qui posent une question",
    signals="E12",
    is_in_power=True,
)
def question_share(h: History) -> Column:
    """Posts of the last 180 days that ask a question, of those with words;
    missing without words.
    """
    return h.posts.share("asks", days=180)


@feature(
    quality="engagement",
    facet="invitation",
    unit="share",
    says=(
        "calls its audience to act more often than most",
        "calls its audience to act less often than most",
    ),
    topic="share of its posts that call to act",
    says_fr=(
        "lance des appels à l’action plus souvent que la plupart",
        "lance des appels à l’action moins souvent que la plupart",
    ),
    topic_fr="part de ses publications avec un appel à l’action",
    signals="E13",
    is_in_power=True,
)
def call_share(h: History) -> Column:
    """Posts of the last 180 days with a call to action in English or French,
    of those with words; missing without words.
    """
    return h.posts.share("calls", days=180)


@feature(
    quality="engagement",
    facet="invitation",
    unit="share",
    says=(
        "gives a link with its calls to act more often than most",
        "gives a link with its calls to act less often than most",
    ),
    topic="share of its calls to act that give a link",
    says_fr=(
        "accompagne ses appels à l’action d’un lien plus souvent que la plupart",
        "accompagne ses appels à l’action d’un lien moins souvent que la plupart",
    ),
    topic_fr="part de ses appels à l’action accompagnés d’un lien",
    signals="E13",
    is_in_power=True,
)
def call_link_share(h: History) -> Column:
    """Posts of the last 180 days with an outside link, of those that call to act and of which links
    were counted; missing if none.
    """
    return h.posts.where("calls").share("linked", days=180)


@feature(
    quality="engagement",
    facet="invitation",
    unit="log ratio",
    says=(
        "gets more comments when it asks a question",
        "gets fewer comments when it asks a question",
    ),
    topic="effect of its questions on comments",
    says_fr=(
        "obtient plus de commentaires en posant une question",
        "obtient moins de commentaires en posant une question",
    ),
    topic_fr="effet de ses questions sur les commentaires",
    signals="E12",
    moves_with_audience=SMOOTHED_COUNTS,
)
def question_pull(h: History) -> Column:
    """Median log((comments + .5) / (views + 1)) of posts of the last year that ask a question, less
    that of posts with words that ask none; missing unless both were read.
    """
    asking = h.posts.where("asks").median("log_comments", days=365)
    return asking - h.posts.where("asks_nothing").median("log_comments", days=365)


@feature(
    quality="engagement",
    facet="invitation",
    unit="log ratio",
    says=("gets more comments when it calls to act", "gets fewer comments when it calls to act"),
    topic="effect of its calls to act on comments",
    says_fr=(
        "obtient plus de commentaires avec un appel à l’action",
        "obtient moins de commentaires avec un appel à l’action",
    ),
    topic_fr="effet de ses appels à l’action sur les commentaires",
    signals="E13",
    moves_with_audience=SMOOTHED_COUNTS,
)
def call_pull(h: History) -> Column:
    """The same of posts that call to act, less that of posts with words that do not; missing unless
    both were read.
    """
    calling = h.posts.where("calls").median("log_comments", days=365)
    return calling - h.posts.where("calls_nobody").median("log_comments", days=365)
