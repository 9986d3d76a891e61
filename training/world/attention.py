"""What others say of creators elsewhere, and what they pass on: mentions and reshares.

| quality    | shows as                                                          |
|------------|-------------------------------------------------------------------|
| reputation | mentions by others, on its topics and seldom as a complaint       |
| engagement | posts passed on                                                   |
| momentum   | mentions against the creator's own past, and after a leader's word |
"""

from __future__ import annotations

import numpy as np

from training.world.acts import CRITIC, MENTION, PRAISE, RESHARE, Acts, acts, after_post, joined
from training.world.calendar import DAY, WEEK
from training.world.draws import Flags, Ints, Texts, chance, stream, texts
from training.world.language import mentions
from training.world.people import people
from training.world.population import Population
from training.world.posts import Posts
from training.world.profiles import handles, topics_of
from training.world.shocks import FADES_DAYS, LASTS_DAYS, Shocks

MENTIONS_A_WEEK, RESHARES_A_POST = 0.35, 0.25
MENTIONS_BY_SHOCK = 3.0
LEADER_MENTIONS = 0.7
"""Share of leaders' words that are mentions; the others reshare the creator's latest post."""
RESHARED_DAYS = 14


def mentioned(population: Population, seed: int) -> Acts:
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
    actor, _ = people(rng, population, creator, topic)
    return _mentioning(rng, population, actor, creator, second, topic, kind, seed)


def reshared(population: Population, posts: Posts, seed: int) -> Acts:
    """Posts passed on: of those shared, a sample."""
    rng = stream(seed, "reshares")
    eng = population.engagement[posts.creator]
    count = np.minimum(rng.poisson(RESHARES_A_POST * np.exp(0.4 * eng - 0.08)), posts.shares)
    post = np.repeat(np.arange(len(posts)), np.minimum(count, 3))
    second = after_post(rng, population, posts, post)
    kept = second < population.calendar.seconds
    post, second = post[kept], second[kept]
    creator = posts.creator[post]
    actor, _ = people(rng, population, creator, posts.topic[post])
    return acts(
        kind=RESHARE,
        second=second,
        actor=actor,
        target=population.ids[creator],
        creator=creator,
        post=post,
        topic=posts.topic[post],
    )


def shocked(population: Population, shocks: Shocks, posts: Posts, seed: int) -> Acts:
    """The leaders' words themselves, and the mentions that follow them."""
    rng = stream(seed, "shocked")
    words = cited(rng, population, posts, shocks.leader, shocks.creator, shocks.second, seed)
    # A second after the leader's word at the soonest, and while attention lasts.
    count = rng.poisson(MENTIONS_BY_SHOCK * shocks.strength)
    row = np.repeat(np.arange(len(count)), count)
    days = rng.exponential(FADES_DAYS, len(row))
    second = shocks.second[row] + 1 + (days * DAY).astype(np.int64)
    kept = (days < LASTS_DAYS) & (second < population.calendar.seconds)
    creator, second = shocks.creator[row[kept]], second[kept]
    topic = topics_of(rng, population.topics[creator])
    actor, _ = people(rng, population, creator, topic)
    kind = np.ones(len(creator), dtype=bool)
    return joined(words, _mentioning(rng, population, actor, creator, second, topic, kind, seed))


def cited(
    rng: np.random.Generator,
    population: Population,
    posts: Posts,
    by: Ints,
    creator: Ints,
    second: Ints,
    seed: int,
) -> Acts:
    """Creators who mention another, or reshare its latest post where there is a recent one."""
    post = posts.latest(creator, second, days=RESHARED_DAYS)
    reshares = (rng.uniform(size=len(creator)) >= LEADER_MENTIONS) & (post >= 0)
    mentions_it, passes_on = np.flatnonzero(~reshares), np.flatnonzero(reshares)
    topic = topics_of(rng, population.topics[creator])
    kind = np.ones(len(mentions_it), dtype=bool)
    said = _mentioning(
        rng,
        population,
        population.ids[by[mentions_it]],
        creator[mentions_it],
        second[mentions_it],
        topic[mentions_it],
        kind,
        seed,
    )
    passed = acts(
        kind=RESHARE,
        second=second[passes_on],
        actor=population.ids[by[passes_on]],
        target=population.ids[creator[passes_on]],
        creator=creator[passes_on],
        post=post[passes_on],
        topic=posts.topic[post[passes_on]],
    )
    return joined(said, passed)


def _mentioning(
    rng: np.random.Generator,
    population: Population,
    actor: Texts,
    creator: Ints,
    second: Ints,
    topic: Ints,
    kind: Flags,
    seed: int,
) -> Acts:
    """Mentions of creators by name, with kind words or as a complaint."""
    language = population.language[creator]
    said = mentions(seed, kind=True).draw(rng, language, topic)
    complaint = mentions(seed, kind=False).draw(rng, language, topic)
    said[~kind] = complaint[~kind]
    who = handles(population)[creator]
    return acts(
        kind=MENTION,
        second=second,
        actor=actor,
        target=population.ids[creator],
        creator=creator,
        tone=np.where(kind, PRAISE, CRITIC),
        topic=topic,
        language=language,
        text=texts([s.replace("{who}", w) for s, w in zip(said, who, strict=True)]),
    )
