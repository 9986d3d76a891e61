"""Engagement: what people do in answer to this creator, and the creator in answer to them.

Responses are per view, never per follower.
"""

from __future__ import annotations

import numpy as np

from features.asof import Column, History
from features.feature import SMOOTHED_COUNTS, feature


@feature(
    quality="engagement",
    facet="response",
    unit="log per view",
    says=("posts move viewers to comment and share", "posts leave viewers passive"),
    signals="E20",
    sign="+",
    moves_with_audience=SMOOTHED_COUNTS,
)
def response(h: History) -> Column:
    """Median over earlier posts of log((comments + shares + .5) / (views + 1));
    missing without read posts.
    """
    return h.posts.median("log_response")


@feature(
    quality="engagement",
    facet="response",
    unit="log ratio",
    says=("moves viewers to act more than is usual", "moves viewers to act less than is usual"),
    signals="E20",
    sign="+",
    moves_with_audience=SMOOTHED_COUNTS,
)
def relative_response(h: History) -> Column:
    """Median over earlier posts of the log response per view less what posts of its platform got in
    the eight weeks before each; missing without posts that can be compared.
    """
    return h.posts.median("relative_response")


@feature(
    quality="engagement",
    facet="response",
    unit="log ratio",
    says=("moved viewers more than is usual lately", "moved viewers less than is usual lately"),
    signals="E20",
    sign="+",
    moves_with_audience=SMOOTHED_COUNTS,
)
def relative_response_recent(h: History) -> Column:
    """Median over posts of the last 60 days of the log response per view less what posts of their
    platform got in the eight weeks before each; missing without posts that can be compared.
    """
    return h.posts.median("relative_response", days=60)


@feature(
    quality="engagement",
    facet="response",
    unit="log ratio",
    says=("viewers comment more than is usual", "viewers comment less than is usual"),
    signals="E7 E20",
    sign="+",
    moves_with_audience=SMOOTHED_COUNTS,
)
def relative_comments(h: History) -> Column:
    """Median over earlier posts of log((comments + .5) / (views + 1)) less what posts of its
    platform got in the eight weeks before each; missing without posts that can be compared.
    """
    return h.posts.median("relative_comments")


@feature(
    quality="engagement",
    facet="response",
    unit="log ratio",
    says=("viewers pass posts on more than is usual", "viewers pass posts on less than is usual"),
    signals="E18 E20",
    moves_with_audience=SMOOTHED_COUNTS,
)
def relative_shares(h: History) -> Column:
    """Median over earlier posts of log((shares + .5) / (views + 1)) less what posts of its platform
    got in the eight weeks before each; missing without posts that can be compared.
    """
    return h.posts.median("relative_shares")


@feature(
    quality="engagement",
    facet="response",
    unit="log ratio",
    says=("viewers like posts more than is usual", "viewers like posts less than is usual"),
    signals="E7",
    moves_with_audience=SMOOTHED_COUNTS,
)
def relative_likes(h: History) -> Column:
    """Median over earlier posts of log((likes + .5) / (views + 1)) less what posts of its platform
    got in the eight weeks before each; missing without posts that can be compared.
    """
    return h.posts.median("relative_likes")


@feature(
    quality="engagement",
    facet="response",
    unit="log ratio",
    says=("people talk rather than just like", "people like but do not talk"),
    signals="E7",
    moves_with_audience=SMOOTHED_COUNTS,
)
def comments_per_like(h: History) -> Column:
    """Median over earlier posts of log((comments + .5) / (likes + 1));
    missing without read posts.
    """
    return h.posts.median("log_comments_per_like")


@feature(
    quality="engagement",
    facet="response",
    unit="log ratio",
    says=("response varies from post to post", "response is steady from post to post"),
    signals="M6",
    moves_with_audience=SMOOTHED_COUNTS,
)
def response_spread(h: History) -> Column:
    """Interquartile range over earlier posts of the log response per view;
    missing without read posts.
    """
    return h.posts.spread("log_response")


@feature(
    quality="engagement",
    facet="conversation",
    unit="share",
    says=("answers its commenters", "leaves its commenters unanswered"),
    signals="E1 E10 E16",
    sign="+",
)
def reply_share(h: History) -> Column:
    """Comments that the creator answered, of those of the last 90 days that were answered or
    have waited a week; missing without such comments.
    """
    return h.comments.where("settled").share("answered", days=90)


@feature(
    quality="engagement",
    facet="conversation",
    unit="share",
    says=("answers the questions it is asked", "leaves questions unanswered"),
    signals="E2",
    sign="+",
)
def question_reply_share(h: History) -> Column:
    """Comments asking a question that the creator answered, of those of the last 90 days that were
    answered or have waited a week; missing without such comments.
    """
    return h.comments.where("settled").where("asks").share("answered", days=90)


@feature(
    quality="engagement",
    facet="conversation",
    unit="hours",
    says=("takes long to answer", "answers fast"),
    signals="E1",
)
def reply_hours(h: History) -> Column:
    """Median hours from a comment of the last 90 days to the creator's answer;
    missing without answers.
    """
    return h.comments.median("hours_to_answer", days=90)


@feature(
    quality="engagement",
    facet="conversation",
    unit="share",
    says=("joins other people's conversations", "broadcasts only"),
    signals="E6 E11 E16",
)
def outbound_share(h: History) -> Column:
    """Comments and replies to others, of these and own posts in 90 days; talk under own
    posts and answers to those who turned to the creator do not count. Missing without either, or in
    no interaction.
    """
    talk = h.acts.where("talk").where("outward").count(days=90)
    return talk / (talk + np.ma.filled(h.posts.count(days=90), 0.0))


@feature(
    quality="engagement",
    facet="community",
    unit="share",
    says=("many different people comment", "a few people write most comments"),
    signals="E17",
)
def commenter_breadth(h: History) -> Column:
    """Distinct commenters per comment of the last 90 days; missing without comments."""
    return h.comments.distinct("actor", days=90) / h.comments.count(days=90)


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
