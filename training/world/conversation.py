"""Who speaks to whom: `interactions`.

Under each post a sample of its comments is kept, at most `KEPT`, and more where people talk more.
Fans come from a pool of each creator's own, so that some return; a few read several creators of a
topic; a ring of helpers is few and always there. Likes are counters only.

| quality      | shows as                                                                          |
|--------------|-----------------------------------------------------------------------------------|
| conversation | share and speed of answers to comments, questions and critics; words under other  |
|              | people's posts; commenters who speak again                                        |
| reputation   | mentions by others, on its topics and seldom as a complaint                       |
| momentum     | comments, mentions and reshares against the creator's own past                    |
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, fields, replace
from typing import TypeAlias

import numpy as np
import pandas as pd

from training.world.calendar import DAY, WEEK, moments
from training.world.draws import Floats, Ints, Texts, chance, stream, texts
from training.world.language import Bank, comments, mentions, replies, thanks
from training.world.population import HALF_LIFE_DAYS, Population
from training.world.posts import Posts
from training.world.profiles import handles, topics_of

KEPT = 5
FANS, RING, READERS = 30, 10, 400
COMMENT, REPLY, MENTION, RESHARE = range(4)
KINDS = ("comment", "reply", "mention", "reshare")
PRAISE, QUESTION, CRITIC = range(3)
TONES = ("praise", "question", "critic")
BankOf: TypeAlias = Callable[[str, int], Bank]
OUTBOUND_A_WEEK, MENTIONS_A_WEEK, RESHARES_A_POST = 0.4, 0.35, 0.25


@dataclass(frozen=True)
class Acts:
    """Acts of one account towards another; arrays of length n.

    Attributes
    ----------
    actor, target : ndarray of object
        Names of accounts.
    creator : ndarray of int
        The creator acted towards, or who answers.
    post, parent : ndarray of int
        Position of the post, and among the acts of which these are answers; -1 where there is none.
    tone, topic : ndarray of int
    """

    kind: Ints
    second: Ints
    actor: Texts
    target: Texts
    creator: Ints
    post: Ints
    parent: Ints
    tone: Ints
    topic: Ints
    text: Texts

    def __len__(self) -> int:
        return len(self.kind)


def interactions_table(population: Population, posts: Posts, seed: int) -> pd.DataFrame:
    """The table `interactions`, in the order of time."""
    received = _joined(_fans(population, posts, seed), _outbound(population, posts, seed))
    answers = _answers(population, received, seed)
    again = _again(population, answers, seed)
    again = replace(again, parent=again.parent + len(received))
    others = (_mentions(population, seed), _reshares(population, posts, seed))
    spoken = _joined(received, answers, again, *others)
    order = np.argsort(spoken.second, kind="stable")
    rank = np.empty(len(order), dtype=np.int64)
    rank[order] = np.arange(len(order))
    names = texts([*(f"i{i:07d}" for i in range(len(order))), None])
    parent = np.where(spoken.parent >= 0, rank[spoken.parent], len(order))
    post_names = np.append(posts.ids, texts([None]))
    return pd.DataFrame(
        {
            "interaction_id": names[:-1],
            "occurred_at": moments(spoken.second[order]),
            "kind": texts(list(KINDS))[spoken.kind[order]],
            "actor_id": spoken.actor[order],
            "target_id": spoken.target[order],
            "post_id": post_names[spoken.post[order]],
            "parent_id": names[parent[order]],
            "text": spoken.text[order],
        }
    )


def _fans(population: Population, posts: Posts, seed: int) -> Acts:
    rng = stream(seed, "comments")
    week = population.calendar.week(posts.second)
    conv = population.conversation[posts.creator]
    moving = population.momentum[posts.creator, week]
    wanted = rng.poisson(1.8 * np.exp(0.25 * conv + 0.3 * moving - 0.08))
    count = np.minimum(np.minimum(wanted, posts.comments), KEPT)
    post = np.repeat(np.arange(len(posts)), count)
    creator = posts.creator[post]
    second = _after_post(rng, population, posts, post)
    kept = second < population.calendar.seconds
    post, creator, second = post[kept], creator[kept], second[kept]
    tone = _tones(rng, population, creator, posts.text[post])
    topic = posts.topic[post]
    return Acts(
        kind=np.full(len(post), COMMENT),
        second=second,
        actor=_people(rng, population, creator, topic),
        target=population.ids[creator],
        creator=creator,
        post=post,
        parent=np.full(len(post), -1),
        tone=tone,
        topic=topic,
        text=_said(rng, population.language[creator], topic, tone, comments, seed),
    )


def _outbound(population: Population, posts: Posts, seed: int) -> Acts:
    """Comments of creators under recent posts of others who speak their language."""
    rng = stream(seed, "outbound")
    calendar = population.calendar
    a_week = OUTBOUND_A_WEEK * np.exp(0.6 * population.conversation - 0.18)
    count = rng.poisson(a_week * calendar.seconds / WEEK)
    actor = np.repeat(np.arange(len(population)), count)
    second = rng.integers(2 * DAY, calendar.seconds, len(actor))
    post = np.full(len(actor), -1)
    speaks = population.language[posts.creator]
    for language in np.unique(population.language):
        there = np.flatnonzero(speaks == language)
        asking = np.flatnonzero(population.language[actor] == language)
        latest = np.searchsorted(posts.second[there], second[asking])
        back = rng.integers(1, 200, len(asking))
        found = latest - back
        post[asking] = np.where(found >= 0, there[np.maximum(found, 0)], -1)
    kept = (post >= 0) & population.is_active(actor, second)
    kept &= posts.creator[post] != actor
    actor, second, post = actor[kept], second[kept], post[kept]
    creator, topic = posts.creator[post], posts.topic[post]
    tone = rng.choice(2, len(post), p=(0.75, 0.25))
    return Acts(
        kind=np.full(len(post), COMMENT),
        second=second,
        actor=population.ids[actor],
        target=population.ids[creator],
        creator=creator,
        post=post,
        parent=np.full(len(post), -1),
        tone=tone,
        topic=topic,
        text=_said(rng, population.language[creator], topic, tone, comments, seed),
    )


def _answers(population: Population, received: Acts, seed: int) -> Acts:
    """Replies of creators: who converses answers more, sooner, and critics too."""
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
    parent = np.flatnonzero(rng.uniform(size=len(received)) < chance(log_odds))
    creator = received.creator[parent]
    hours = 6 * np.exp(-0.5 * conv[parent] + rng.normal(0, 0.9, len(parent)))
    second = received.second[parent] + 60 + (3600 * hours).astype(np.int64)
    kept = (second < population.calendar.seconds) & population.is_active(creator, second)
    parent, creator, second = parent[kept], creator[kept], second[kept]
    topic, tone = received.topic[parent], received.tone[parent]
    return Acts(
        kind=np.full(len(parent), REPLY),
        second=second,
        actor=population.ids[creator],
        target=received.actor[parent],
        creator=creator,
        post=received.post[parent],
        parent=parent,
        tone=tone,
        topic=topic,
        text=_said(rng, population.language[creator], topic, tone, replies, seed),
    )


def _again(population: Population, answers: Acts, seed: int) -> Acts:
    """Commenters who answer the answer."""
    rng = stream(seed, "again")
    willing = chance(-1.6 + 0.4 * population.conversation[answers.creator])
    parent = np.flatnonzero(rng.uniform(size=len(answers)) < willing)
    second = answers.second[parent] + rng.integers(60, DAY, len(parent))
    kept = second < population.calendar.seconds
    parent, second = parent[kept], second[kept]
    creator = answers.creator[parent]
    return Acts(
        kind=np.full(len(parent), REPLY),
        second=second,
        actor=answers.target[parent],
        target=population.ids[creator],
        creator=creator,
        post=answers.post[parent],
        parent=parent,
        tone=answers.tone[parent],
        topic=answers.topic[parent],
        text=thanks().draw(rng, population.language[creator], answers.topic[parent]),
    )


def _mentions(population: Population, seed: int) -> Acts:
    """What others say of a creator in their own posts."""
    rng = stream(seed, "mentions")
    calendar = population.calendar
    weeks = -(-calendar.seconds // WEEK)
    rep = population.reputation[:, None]
    mean = MENTIONS_A_WEEK * np.exp(0.5 * rep + 0.3 * population.momentum[:, :weeks] - 0.17)
    count = rng.poisson(mean)
    creator = np.repeat(np.arange(len(population)), count.sum(axis=1))
    week = np.repeat(np.tile(np.arange(weeks), len(population)), count.ravel())
    second = week * WEEK + rng.integers(0, WEEK, len(week))
    silent = np.nan_to_num((second - population.abandoned_at[creator]) / (60 * DAY), nan=0.0)
    kept = (second < calendar.seconds) & (
        rng.uniform(size=len(week)) < np.exp(-np.maximum(silent, 0))
    )
    creator, second = creator[kept], second[kept]
    topic = topics_of(rng, population.topics[creator])
    kind = rng.uniform(size=len(creator)) >= chance(-2.2 - 0.8 * population.reputation[creator])
    language = population.language[creator]
    said = mentions(seed, kind=True).draw(rng, language, topic)
    complaint = mentions(seed, kind=False).draw(rng, language, topic)
    said[~kind] = complaint[~kind]
    who = handles(population)[creator]
    return Acts(
        kind=np.full(len(creator), MENTION),
        second=second,
        actor=_people(rng, population, creator, topic),
        target=population.ids[creator],
        creator=creator,
        post=np.full(len(creator), -1),
        parent=np.full(len(creator), -1),
        tone=np.where(kind, PRAISE, CRITIC),
        topic=topic,
        text=texts([s.replace("{who}", w) for s, w in zip(said, who, strict=True)]),
    )


def _reshares(population: Population, posts: Posts, seed: int) -> Acts:
    """Posts passed on: of those shared, a sample."""
    rng = stream(seed, "reshares")
    eng = population.engagement[posts.creator]
    count = np.minimum(rng.poisson(RESHARES_A_POST * np.exp(0.4 * eng - 0.08)), posts.shares)
    post = np.repeat(np.arange(len(posts)), np.minimum(count, 3))
    second = _after_post(rng, population, posts, post)
    kept = second < population.calendar.seconds
    post, second = post[kept], second[kept]
    creator = posts.creator[post]
    return Acts(
        kind=np.full(len(post), RESHARE),
        second=second,
        actor=_people(rng, population, creator, posts.topic[post]),
        target=population.ids[creator],
        creator=creator,
        post=post,
        parent=np.full(len(post), -1),
        tone=np.full(len(post), PRAISE),
        topic=posts.topic[post],
        text=texts([None] * len(post)),
    )


def _after_post(rng: np.random.Generator, population: Population, posts: Posts, post: Ints) -> Ints:
    """When somebody reacts: along the life of a post, a minute after it at the soonest."""
    half_life = HALF_LIFE_DAYS[population.platform[posts.creator[post]]]
    days = rng.exponential(half_life / np.log(2))
    return np.asarray(posts.second[post] + 60 + (days * DAY).astype(np.int64))


def _tones(rng: np.random.Generator, population: Population, creator: Ints, under: Texts) -> Ints:
    """Questions come to those who converse, critics to everybody and more to the ill reputed."""
    asked = np.array(["?" in text for text in under], dtype=bool)
    questions = chance(-1.5 + 0.4 * population.conversation[creator] - 0.3 * asked)
    critics = chance(-2.1 - 0.3 * population.reputation[creator])
    draw = rng.uniform(size=len(creator))
    return np.asarray(
        np.select([draw < critics, draw < critics + questions], [CRITIC, QUESTION], PRAISE)
    )


def _people(rng: np.random.Generator, population: Population, creator: Ints, topic: Ints) -> Texts:
    """Who acts: mostly a fan, the first fans oftenest; else a reader of the topic, or the ring."""
    n = len(creator)
    draw = rng.uniform(size=n)
    pool = FANS * np.exp(0.3 * population.engagement[creator])
    fan = (pool * rng.uniform(size=n) ** 2).astype(np.int64)
    reader = (READERS * rng.uniform(size=n) ** 1.5).astype(np.int64)
    helper = rng.integers(0, RING, n)
    in_ring = (population.pod[creator] > 1) & (draw > 0.6)
    reads = ~in_ring & (draw < 0.12)
    names: Floats = np.select([in_ring, reads], [helper, reader], fan)
    language = population.language[creator]
    ring, readers, own = in_ring.tolist(), reads.tolist(), creator.tolist()
    return texts(
        [
            f"r{c}-{i}" if ringed else f"a{t}{lang}-{i}" if reading else f"f{c}-{i}"
            for c, i, ringed, reading, t, lang in zip(
                own, names.tolist(), ring, readers, topic.tolist(), language.tolist(), strict=True
            )
        ]
    )


def _said(
    rng: np.random.Generator,
    language: Ints,
    topic: Ints,
    tone: Ints,
    bank_of: BankOf,
    seed: int,
) -> Texts:
    found = texts([None] * len(topic))
    for i, name in enumerate(TONES):
        rows = np.flatnonzero(tone == i)
        found[rows] = bank_of(name, seed).draw(rng, language[rows], topic[rows])
    return found


def _joined(*parts: Acts) -> Acts:
    """Acts one after the other; parents are taken as they are."""
    return Acts(
        **{
            field.name: np.concatenate([getattr(part, field.name) for part in parts])
            for field in fields(Acts)
        }
    )
