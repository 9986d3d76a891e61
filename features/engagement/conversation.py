"""Conversation: does the creator answer, whom, how soon, and in words that listened."""

from __future__ import annotations

import numpy as np

from features.asof import Column, History
from features.feature import feature


@feature(
    quality="engagement",
    facet="conversation",
    unit="share",
    says=(
        "answers its commenters more often than most",
        "answers its commenters less often than most",
    ),
    topic="share of comments it answers",
    says_fr=(
        "répond aux commentaires plus souvent que la plupart",
        "répond aux commentaires moins souvent que la plupart",
    ),
    topic_fr="part des commentaires qui reçoivent une réponse",
    signals="E1 E10 E16",
    sign="+",
    is_in_power=True,
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
    says=(
        "answers the questions it is asked more often than most",
        "answers the questions it is asked less often than most",
    ),
    topic="share of questions it answers",
    says_fr=(
        "répond aux questions plus souvent que la plupart",
        "répond aux questions moins souvent que la plupart",
    ),
    topic_fr="part des questions qui reçoivent une réponse",
    signals="E2",
    sign="+",
    is_in_power=True,
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
    says=("takes longer to answer than most", "answers faster than most"),
    topic="time it takes to answer",
    says_fr=("met plus de temps à répondre que la plupart", "répond plus vite que la plupart"),
    topic_fr="délai de réponse aux commentaires",
    signals="E1",
    is_in_power=True,
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
    says=("answers within a day more often than most", "answers within a day less often than most"),
    topic="share of comments it answers within a day",
    says_fr=(
        "répond sous 24 heures plus souvent que la plupart",
        "répond sous 24 heures moins souvent que la plupart",
    ),
    topic_fr="part des commentaires qui reçoivent une réponse sous 24 heures",
    signals="E1",
    sign="+",
    is_in_power=True,
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
    says=(
        "answers more of the people who comment than most",
        "answers fewer of the people who comment than most",
    ),
    topic="share of commenters it answers",
    says_fr=(
        "répond à une part plus large de son public que la plupart",
        "répond à une part plus réduite de son public que la plupart",
    ),
    topic_fr="part des personnes qui reçoivent une réponse",
    signals="E1 E10",
    sign="+",
    is_in_power=True,
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
    says=(
        "keeps conversations going more often than most",
        "keeps conversations going less often than most",
    ),
    topic="share of its answers that keep a conversation going",
    says_fr=(
        "prolonge la conversation plus souvent que la plupart",
        "prolonge la conversation moins souvent que la plupart",
    ),
    topic_fr="part de ses réponses qui prolongent la conversation",
    signals="E6 E14",
    sign="+",
    is_in_power=True,
)
def second_turn_share(h: History) -> Column:
    """Answers after which the commenter spoke to the creator again under the same post within 7
    days, of those to comments of the last 180 days that are a week old; missing without such.
    """
    return h.comments.where("heard_out").share("spoke_again", days=180)


@feature(
    quality="engagement",
    facet="conversation",
    unit="levels",
    says=(
        "draws longer exchanges under its posts than most",
        "draws shorter exchanges under its posts than most",
    ),
    topic="length of the exchanges under its posts",
    says_fr=(
        "suscite sous ses publications des échanges plus longs que la plupart",
        "suscite sous ses publications des échanges plus courts que la plupart",
    ),
    topic_fr="longueur des échanges sous ses publications",
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
    says=("posts to converse more than most", "posts to converse less than most"),
    topic="share of its posts that reply to others or quote them",
    says_fr=(
        "publie pour converser plus que la plupart",
        "publie pour converser moins que la plupart",
    ),
    topic_fr="part de ses publications qui répondent à d’autres ou les citent",
    signals="E6",
    sign="+",
    is_in_power=True,
)
def conversational_share(h: History) -> Column:
    """Replies and quotes, of own posts of the last 180 days; missing without posts."""
    return h.posts.share("conversational", days=180)


@feature(
    quality="engagement",
    facet="conversation",
    unit="share",
    says=(
        "joins other people's conversations more than most",
        "joins other people's conversations less than most",
    ),
    topic="share of its activity in other people's conversations",
    says_fr=(
        "participe aux conversations des autres plus que la plupart",
        "participe aux conversations des autres moins que la plupart",
    ),
    topic_fr="part de son activité dans les conversations des autres",
    signals="E6 E11 E16",
    is_in_power=True,
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
    says=(
        "speaks to a wider circle of people than most",
        "speaks to a narrower circle of people than most",
    ),
    topic="variety of the people it speaks to",
    says_fr=(
        "s’adresse à un cercle plus large que la plupart",
        "s’adresse à un cercle plus étroit que la plupart",
    ),
    topic_fr="diversité de ses interlocuteurs",
    signals="E11",
    is_in_power=True,
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
    says=("finds fresh words for its answers more than most", "repeats its answers more than most"),
    topic="variety of its answers",
    says_fr=(
        "personnalise ses réponses plus que la plupart",
        "répète ses réponses plus que la plupart",
    ),
    topic_fr="variété de ses réponses",
    signals="E15",
    is_in_power=True,
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
    unit="log characters",
    says=("answers at greater length than most", "answers more briefly than most"),
    topic="length of its answers",
    says_fr=("répond plus longuement que la plupart", "répond plus brièvement que la plupart"),
    topic_fr="longueur de ses réponses",
    signals="E15",
    is_in_power=True,
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
    says=(
        "takes up what its commenters say more often than most",
        "takes up what its commenters say less often than most",
    ),
    topic="share of its answers that take up the comment",
    says_fr=(
        "rebondit sur ce qu’on lui dit plus souvent que la plupart",
        "rebondit sur ce qu’on lui dit moins souvent que la plupart",
    ),
    topic_fr="part de ses réponses qui rebondissent sur le commentaire",
    signals="E15",
    is_in_power=True,
)
def reply_echo(h: History) -> Column:
    """Answers that share a word with their comment, function words apart, of answers in words to
    comments of the last 180 days that have such a word; missing without such.
    """
    return h.comments.share("echoes", days=180)
