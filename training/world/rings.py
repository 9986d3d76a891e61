"""Reciprocity by promise: closed groups of creators that like, comment and reshare each other.

After each post of a member the others come within hours, and whoever was visited returns the visit
within hours. Their counters rise; the rate does not.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from training.world.acts import COMMENT, LIKE, RESHARE, Acts, acts, only_comments_speak
from training.world.calendar import DAY
from training.world.draws import Ints, stream
from training.world.language import lines_of
from training.world.phrases import PROMISES
from training.world.population import Population
from training.world.posts import Posts

IN_RINGS = 0.06
SMALLEST, LARGEST = 3, 6
COMES, RETURNS = 0.6, 0.6
COMES_HOURS, RETURNS_HOURS, SPREAD = 1.0, 1.5, 0.5
"""Medians of what it takes to come and to return the visit; the spread is of logs."""
VISITED_DAYS = 14


def draw_rings(population: Population, seed: int) -> Ints:
    """The ring of each creator, counted from 0 within the market; -1 without one."""
    rng = stream(seed, "rings")
    ring = np.full(len(population), -1)
    rings = 0
    for language in np.unique(population.language):
        order = rng.permutation(np.flatnonzero(population.language == language))
        wanted, taken = max(IN_RINGS * len(order), SMALLEST), 0
        while taken < wanted and taken + SMALLEST <= len(order):
            size = int(rng.integers(SMALLEST, LARGEST + 1))
            ring[order[taken : taken + size]] = rings
            taken, rings = taken + size, rings + 1
    return ring


def by_promise(population: Population, ring: Ints, posts: Posts, seed: int) -> Acts:
    """What members do for each other: visits after each post, and visits returned."""
    rng = stream(seed, "promises")
    visitor, post = _pairs(ring, posts)
    comes = rng.uniform(size=len(post)) < COMES
    visitor, post = visitor[comes], post[comes]
    owner = posts.creator[post]
    second = posts.second[post] + 60 + _after(rng, COMES_HOURS, len(post))
    kept = population.is_present(visitor, second)
    visitor, owner, post, second = visitor[kept], owner[kept], post[kept], second[kept]

    back = second + 60 + _after(rng, RETURNS_HOURS, len(post))
    their_post = posts.latest(visitor, back, days=VISITED_DAYS)
    returns = (rng.uniform(size=len(post)) < RETURNS) & (their_post >= 0)
    returns &= population.is_present(owner, back)
    actor = np.concatenate([visitor, owner[returns]])
    creator = np.concatenate([owner, visitor[returns]])
    post = np.concatenate([post, their_post[returns]])
    second = np.concatenate([second, back[returns]])
    kept = second < population.calendar.seconds
    actor, creator, post, second = actor[kept], creator[kept], post[kept], second[kept]
    kind = rng.choice([COMMENT, LIKE, RESHARE], len(post), p=(0.45, 0.35, 0.2))
    language = population.language[actor]
    text = lines_of(PROMISES).draw(rng, language, posts.topic[post])
    found = acts(
        kind=kind,
        second=second,
        actor=population.ids[actor],
        target=population.ids[creator],
        creator=creator,
        post=post,
        topic=posts.topic[post],
        language=language,
        text=text,
    )
    return only_comments_speak(found)


def counted(posts: Posts, promised: Acts) -> Posts:
    """The posts with what members of rings did in their counters, as far as there are views."""

    def added(counter: Ints, kind: int) -> Ints:
        more = np.bincount(promised.post[promised.kind == kind], minlength=len(posts))
        return np.asarray(np.minimum(counter + more, posts.views))

    return replace(
        posts,
        comments=added(posts.comments, COMMENT),
        likes=added(posts.likes, LIKE),
        shares=added(posts.shares, RESHARE),
    )


def _pairs(ring: Ints, posts: Posts) -> tuple[Ints, Ints]:
    """Each other member of the ring beside each post of a member."""
    visitors, places = [], []
    for number in range(ring.max(initial=-1) + 1):
        members = np.flatnonzero(ring == number)
        post = np.flatnonzero(ring[posts.creator] == number)
        visitor = np.repeat(members, len(post))
        post = np.tile(post, len(members))
        other = posts.creator[post] != visitor
        visitors.append(visitor[other])
        places.append(post[other])
    none = np.zeros(0, dtype=np.int64)
    return np.concatenate([none, *visitors]), np.concatenate([none, *places])


def _after(rng: np.random.Generator, median_hours: float, n: int) -> Ints:
    """Seconds, log-normal, a day at most."""
    hours = median_hours * np.exp(rng.normal(0, SPREAD, n))
    return np.asarray(np.minimum(hours * 3600, DAY).astype(np.int64))
