"""Criticism: does the creator have critics, and does it face them.

A comment is critical from a polarity of -.05 downward; where the language is unknown, so is that.
"""

from __future__ import annotations

from features.asof import Column, History
from features.feature import feature


@feature(
    quality="engagement",
    facet="criticism",
    unit="share",
    says=("is criticised a lot", "is hardly ever criticised"),
    signals="E4",
)
def critic_share(h: History) -> Column:
    """Critical comments, of those of the last 180 days whose polarity is known; missing without
    such comments.
    """
    return h.comments.share("critical", days=180)


@feature(
    quality="engagement",
    facet="criticism",
    unit="share",
    says=("faces its critics", "leaves its critics unanswered"),
    signals="E3 E5",
    sign="+",
)
def critic_reply_share(h: History) -> Column:
    """Critical comments that the creator answered, of those of the last 180 days that were answered
    or have waited a week; missing without such comments.
    """
    return h.comments.where("settled").where("critical").share("answered", days=180)


@feature(
    quality="engagement",
    facet="criticism",
    unit="hours",
    says=("takes long to face a critic", "faces critics at once"),
    signals="E1 E3",
)
def critic_reply_hours(h: History) -> Column:
    """Median hours from a critical comment of the last 180 days to the creator's answer; missing
    without answers.
    """
    return h.comments.where("critical").median("hours_to_answer", days=180)


@feature(
    quality="engagement",
    facet="criticism",
    unit="score",
    says=("is kind to its critics", "hits back at its critics"),
    signals="E3",
)
def critic_reply_tone(h: History) -> Column:
    """Mean polarity (-1..1) of the answers to critical comments of the last 180 days; missing
    without answers whose language is known.
    """
    return h.comments.where("critical").mean("answer_polarity", days=180)


@feature(
    quality="engagement",
    facet="criticism",
    unit="share",
    says=("asks for sympathy where it should answer", "does not complain of its critics"),
    signals="E5",
    sign="-",
)
def sympathy_share(h: History) -> Column:
    """Critical comments of the last 180 days left unanswered for a week after which the creator
    published, within 3 days, an original that asks for sympathy or is negative and addresses
    nobody, of those left unanswered; missing without such comments.
    """
    return h.comments.where("critical").where("unanswered").share("pitied", days=180)
