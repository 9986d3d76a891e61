"""Invitation: does the creator ask its audience to speak or act, and is it heard."""

from __future__ import annotations

from features.asof import Column, History
from features.feature import SMOOTHED_COUNTS, feature


@feature(
    quality="engagement",
    facet="invitation",
    unit="share",
    says=("asks its audience questions", "never asks its audience anything"),
    signals="E12",
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
    says=("calls its audience to act", "never calls its audience to act"),
    signals="E13",
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
    says=("gives a link where it calls to act", "calls to act without a link"),
    signals="E13",
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
    says=("questions get people to talk", "questions fall flat"),
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
    says=("calls to act get people to talk", "calls to act fall flat"),
    signals="E13",
    moves_with_audience=SMOOTHED_COUNTS,
)
def call_pull(h: History) -> Column:
    """The same of posts that call to act, less that of posts with words that do not; missing unless
    both were read.
    """
    calling = h.posts.where("calls").median("log_comments", days=365)
    return calling - h.posts.where("calls_nobody").median("log_comments", days=365)
