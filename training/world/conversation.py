"""What is said under posts: comments, answers, answers to answers, talk among those who comment.

Under each post a sample of its comments is kept, at most `KEPT`, and more where people talk more;
of its likes a smaller one.

| quality      | shows as                                                                          |
|--------------|-----------------------------------------------------------------------------------|
| conversation | share and speed of answers to comments, questions and critics; answers that take  |
|              | up what was said rather than a formula; commenters who speak again, who come back |
|              | under a later post, and who talk to each other                                    |
| momentum     | comments against the creator's own past                                           |
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from training.world.acts import (
    COMMENT,
    CRITIC,
    LIKE,
    PRAISE,
    QUESTION,
    REPLY,
    TONES,
    Acts,
    acts,
    after_post,
    only_comments_speak,
    worded,
)
from training.world.calendar import DAY
from training.world.draws import Ints, Texts, chance, stream
from training.world.language import among, comments, lines_of, replies, thanks
from training.world.people import people
from training.world.phrases import FORMULAS
from training.world.population import Population
from training.world.posts import Posts
from training.world.shocks import COMMENTS, Shocks

KEPT, LIKES_KEPT = 5, 2
LIKES_A_POST = 0.4
RETURN_DAYS = 30


def fans(population: Population, shocks: Shocks, posts: Posts, seed: int) -> Acts:
    """Comments of the audience."""
    rng = stream(seed, "comments")
    week = population.calendar.week(posts.second)
    conv = population.conversation[posts.creator]
    moving = 0.3 * population.momentum[posts.creator, week]
    moving += COMMENTS * shocks.attention(posts.creator, posts.second)
    wanted = rng.poisson(1.8 * np.exp(0.25 * conv + moving - 0.08))
    count = np.minimum(np.minimum(wanted, posts.comments), KEPT)
    post = np.repeat(np.arange(len(posts)), count)
    creator = posts.creator[post]
    second = after_post(rng, population, posts, post)
    kept = second < population.calendar.seconds
    post, creator, second = post[kept], creator[kept], second[kept]
    tone = _tones(rng, population, creator, posts.text[post])
    actor, language = people(rng, population, creator, posts.topic[post])
    found = acts(
        kind=COMMENT,
        second=second,
        actor=actor,
        target=population.ids[creator],
        creator=creator,
        post=post,
        tone=tone,
        topic=posts.topic[post],
        language=language,
    )
    return worded(rng, found, comments, seed)


def likes(population: Population, posts: Posts, seed: int) -> Acts:
    """Likes of the audience, a small sample."""
    rng = stream(seed, "likes")
    wanted = rng.poisson(LIKES_A_POST * np.exp(0.3 * population.engagement[posts.creator]))
    count = np.minimum(np.minimum(wanted, posts.likes), LIKES_KEPT)
    post = np.repeat(np.arange(len(posts)), count)
    second = after_post(rng, population, posts, post)
    kept = second < population.calendar.seconds
    post, second = post[kept], second[kept]
    creator = posts.creator[post]
    actor, _ = people(rng, population, creator, posts.topic[post])
    return acts(
        kind=LIKE,
        second=second,
        actor=actor,
        target=population.ids[creator],
        creator=creator,
        post=post,
        topic=posts.topic[post],
    )


def answers(population: Population, received: Acts, seed: int) -> Acts:
    """Replies of creators: who converses answers more, sooner, critics too, and to the point."""
    rng = stream(seed, "answers")
    conv = population.conversation[received.creator]
    habit = rng.normal(0, 0.6, len(population))[received.creator]
    log_odds = (
        -0.8
        + conv
        + habit
        + np.select(
            [received.tone == QUESTION, received.tone == CRITIC], [0.5, -0.9 + 0.3 * conv], 0.0
        )
    )
    answered = rng.uniform(size=len(received)) < chance(log_odds)
    parent = np.flatnonzero(answered & (received.kind == COMMENT))
    creator = received.creator[parent]
    hours = 6 * np.exp(-0.5 * conv[parent] + rng.normal(0, 0.9, len(parent)))
    second = received.second[parent] + 60 + (3600 * hours).astype(np.int64)
    kept = (second < population.calendar.seconds) & population.is_present(creator, second)
    parent, creator, second = parent[kept], creator[kept], second[kept]
    said_to = received.where(parent)
    return replace(
        said_to,
        kind=np.full(len(parent), REPLY),
        second=second,
        actor=population.ids[creator],
        target=said_to.actor,
        parent=parent,
        text=_answering(population, said_to, seed),
    )


def again(population: Population, answered: Acts, seed: int) -> Acts:
    """Commenters who answer the answer; `parent` counts among the answers."""
    rng = stream(seed, "again")
    willing = chance(-1.6 + 0.4 * population.conversation[answered.creator])
    parent = np.flatnonzero(rng.uniform(size=len(answered)) < willing)
    second = answered.second[parent] + rng.integers(60, DAY, len(parent))
    kept = second < population.calendar.seconds
    parent, second = parent[kept], second[kept]
    said_to = answered.where(parent)
    return replace(
        said_to,
        second=second,
        actor=said_to.target,
        target=said_to.actor,
        parent=parent,
        text=thanks().draw(rng, said_to.language, said_to.topic),
    )


def among_commenters(population: Population, received: Acts, seed: int) -> Acts:
    """Fans who answer a comment of another, under posts of those who converse above all."""
    rng = stream(seed, "among")
    willing = chance(-2.8 + 0.9 * population.conversation[received.creator])
    talks = (rng.uniform(size=len(received)) < willing) & (received.kind == COMMENT)
    parent = np.flatnonzero(talks)
    said_to = received.where(parent)
    second = said_to.second + rng.integers(60, 2 * DAY, len(parent))
    actor, _ = people(rng, population, said_to.creator, said_to.topic)
    found = replace(
        said_to,
        kind=np.full(len(parent), REPLY),
        second=second,
        actor=actor,
        target=said_to.actor,
        parent=parent,
        text=among(seed).at(said_to.language, said_to.topic, said_to.wording),
    )
    return found.where((second < population.calendar.seconds) & (actor != said_to.actor))


def come_back(population: Population, posts: Posts, answered: Acts, seed: int) -> Acts:
    """Fans who were answered, under the creator's next post: a comment, or a like."""
    rng = stream(seed, "come back")
    returning = np.flatnonzero(rng.uniform(size=len(answered)) < 0.25)
    creator, since = answered.creator[returning], answered.second[returning]
    post = posts.following(creator, since, days=RETURN_DAYS)
    kept = post >= 0
    returning, creator, post = returning[kept], creator[kept], post[kept]
    second = after_post(rng, population, posts, post)
    kind = np.where(rng.uniform(size=len(post)) < 0.6, COMMENT, LIKE)
    counted = np.where(kind == COMMENT, posts.comments[post], posts.likes[post]) > 0
    kept = (second < population.calendar.seconds) & counted
    said_before = answered.where(returning[kept])
    post, kind = post[kept], kind[kept]
    found = acts(
        kind=kind,
        second=second[kept],
        actor=said_before.target,
        target=said_before.actor,
        creator=said_before.creator,
        post=post,
        topic=posts.topic[post],
        language=said_before.language,
    )
    found = worded(rng, found, comments, seed)
    return only_comments_speak(found)


def _answering(population: Population, said_to: Acts, seed: int) -> Texts:
    """Words about the thing in question, or, of those who converse little, a formula."""
    rng = stream(seed, "listening")
    n = len(said_to)
    listens = rng.uniform(size=n) < chance(0.1 + 1.1 * population.conversation[said_to.creator])
    usual = rng.integers(0, 4, len(population))[said_to.creator]
    formula = np.where(rng.uniform(size=n) < 0.8, usual, rng.integers(0, 4, n))
    own_language = population.language[said_to.creator]
    text = lines_of(FORMULAS).at(own_language, said_to.topic, formula)
    for tone, name in enumerate(TONES):
        rows = np.flatnonzero(listens & (said_to.tone == tone))
        bank = replies(name, seed)
        text[rows] = bank.at(said_to.language[rows], said_to.topic[rows], said_to.wording[rows])
    return text


def _tones(rng: np.random.Generator, population: Population, creator: Ints, under: Texts) -> Ints:
    """Questions come to those who converse, critics to everybody and more to the ill reputed."""
    asked = np.array(["?" in text for text in under], dtype=bool)
    questions = chance(-1.5 + 0.4 * population.conversation[creator] - 0.3 * asked)
    critics = chance(-2.1 - 0.3 * population.reputation[creator])
    draw = rng.uniform(size=len(creator))
    return np.asarray(
        np.select([draw < critics, draw < critics + questions], [CRITIC, QUESTION], PRAISE)
    )
