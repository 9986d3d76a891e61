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
    says=("is criticised more than most", "is criticised less than most"),
    topic="share of comments that criticise it",
    says_fr=("est plus critiqué que la plupart", "est moins critiqué que la plupart"),
    topic_fr="part de commentaires critiques",
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
    says=("answers its critics more often than most", "answers its critics less often than most"),
    topic="share of critical comments it answers",
    says_fr=(
        "répond aux critiques plus souvent que la plupart",
        "répond aux critiques moins souvent que la plupart",
    ),
    topic_fr="part des critiques qui reçoivent une réponse",
    signals="E3 E5",
    sign="+",
    is_in_power=True,
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
    says=("takes longer to answer critics than most", "answers critics faster than most"),
    topic="time it takes to answer critics",
    says_fr=(
        "met plus de temps que la plupart à répondre aux critiques",
        "répond aux critiques plus vite que la plupart",
    ),
    topic_fr="délai de réponse aux critiques",
    signals="E1 E3",
    is_in_power=True,
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
    says=("answers its critics more kindly than most", "answers its critics less kindly than most"),
    topic="tone of its answers to critics",
    says_fr=(
        "répond aux critiques avec plus de bienveillance que la plupart",
        "répond aux critiques avec moins de bienveillance que la plupart",
    ),
    topic_fr="ton de ses réponses aux critiques",
    signals="E3",
    is_in_power=True,
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
    says=(
        "asks for sympathy instead of answering critics more than most",
        "asks for sympathy instead of answering critics less than most",
    ),
    topic="share of criticism it meets by asking for sympathy",
    says_fr=(
        "cherche plus que la plupart à se faire plaindre au lieu de répondre aux critiques",
        "cherche moins que la plupart à se faire plaindre au lieu de répondre aux critiques",
    ),
    topic_fr="part des critiques suivies d’un appel à la compassion",
    signals="E5",
    sign="-",
    is_in_power=True,
)
def sympathy_share(h: History) -> Column:
    """Critical comments of the last 180 days left unanswered for a week after which the creator
    published, within 3 days, an original that asks for sympathy or is negative and addresses
    nobody, of those left unanswered; missing without such comments.
    """
    return h.comments.where("critical").where("unanswered").share("pitied", days=180)
