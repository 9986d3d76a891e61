"""Conversation: does the creator answer, whom, how soon, and in words that listened."""

from __future__ import annotations

import numpy as np

from features.asof import Column, History
from features.feature import feature


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
    says=("answers within a day", "lets people wait or never answers"),
    signals="E1",
    sign="+",
)
def prompt_reply_share(h: History) -> Column:
    """Comments that the creator answered within 24 hours, of those of the last 90 days that were
    answered or have waited a week; missing without such comments.
    """
    return h.comments.where("settled").share("answered_in_a_day", days=90)


@feature(
    quality="engagement",
    facet="conversation",
    unit="share",
    says=("answers nearly everybody who comments", "answers few of those who comment"),
    signals="E1 E10",
    sign="+",
)
def answered_people_share(h: History) -> Column:
    """Distinct commenters that got an answer, of those of the last 90 days with a comment that was
    answered or has waited a week; missing without such comments.
    """
    people = h.comments.where("settled").distinct("actor", days=90)
    return h.comments.where("answered").distinct("actor", days=90) / people


@feature(
    quality="engagement",
    facet="conversation",
    unit="share",
    says=("keeps conversations going", "ends conversations with its answer"),
    signals="E6 E14",
    sign="+",
)
def second_turn_share(h: History) -> Column:
    """Answers after which the commenter spoke to the creator again under the same post within 7
    days, of those to comments of the last 180 days that are a week old; missing without such.
    """
    return h.comments.where("heard_out").share("spoke_again", days=180)


@feature(
    quality="engagement",
    facet="conversation",
    unit="number",
    says=("people talk in depth under its posts", "remarks under its posts stand alone"),
    signals="E6 E7",
    sign="+",
)
def thread_depth(h: History) -> Column:
    """Mean depth of the comments and replies of others under own posts in 180 days: a comment lies
    at 1, what answers an act under the same post one deeper, a reply to the unknown at 2, none
    deeper than 10; missing without such.
    """
    return h.threads.where("by_others").where("talk").mean("depth", days=180)


@feature(
    quality="engagement",
    facet="conversation",
    unit="share",
    says=("posts to converse", "posts to broadcast"),
    signals="E6",
    sign="+",
)
def conversational_share(h: History) -> Column:
    """Replies and quotes, of own posts of the last 180 days; missing without posts."""
    return h.posts.share("conversational", days=180)


@feature(
    quality="engagement",
    facet="conversation",
    unit="share",
    says=("joins other people's conversations", "broadcasts only"),
    signals="E6 E11 E16",
)
def outbound_share(h: History) -> Column:
    """Comments and replies to others, of these and own posts in 90 days; talk under own posts,
    answers to those who turned to the creator and words within a ring (see closed_ring_share) do
    not count. Missing without either, or in no interaction.
    """
    talk = h.acts.where("talk").where("outward").count(days=90)
    return talk / (talk + np.ma.filled(h.posts.count(days=90), 0.0))


@feature(
    quality="engagement",
    facet="conversation",
    unit="share",
    says=("speaks to many different people", "speaks to the same few people"),
    signals="E11",
)
def outbound_breadth(h: History) -> Column:
    """Distinct accounts per comment or reply to others in 90 days, talk as in outbound_share;
    missing without such.
    """
    outward = h.acts.where("talk").where("outward")
    return outward.distinct("target", days=90) / outward.count(days=90)


@feature(
    quality="engagement",
    facet="listening",
    unit="share",
    says=("answers each comment in words of its own", "answers with the same words over and over"),
    signals="E15",
)
def reply_variety(h: History) -> Column:
    """Distinct texts of answers per distinct text that they answer, at most 1, over comments of the
    last 180 days whose answer has words; missing without such.
    """
    answers = h.comments.distinct("answer_text", days=180)
    return np.ma.minimum(answers / h.comments.distinct("answered_text", days=180), 1.0)


@feature(
    quality="engagement",
    facet="listening",
    unit="log",
    says=("answers at length", "answers in a word or two"),
    signals="E15",
)
def reply_length(h: History) -> Column:
    """Median log of the characters of answers to comments of the last 180 days; missing without
    answers in words.
    """
    return h.comments.median("answer_log_characters", days=180)


@feature(
    quality="engagement",
    facet="listening",
    unit="share",
    says=("takes up what its commenters say", "answers past its commenters"),
    signals="E15",
)
def reply_echo(h: History) -> Column:
    """Answers that share a word with their comment, function words apart, of answers in words to
    comments of the last 180 days that have such a word; missing without such.
    """
    return h.comments.share("echoes", days=180)
