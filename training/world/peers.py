"""What creators do among themselves: words under others' posts, honest return, leaders cited.

Who converses speaks more under the posts of others, and comes back to the same few. Those to whom
it turned come later, days rather than hours, and support it: that is no ring (`rings`).
"""

from __future__ import annotations

import numpy as np

from training.world.acts import COMMENT, LIKE, RESHARE, Acts, acts, only_comments_speak, worded
from training.world.attention import cited
from training.world.calendar import DAY, WEEK
from training.world.draws import Ints, chance, stream
from training.world.language import comments
from training.world.population import Population
from training.world.posts import Posts
from training.world.profiles import topics_of
from training.world.shocks import find_leaders

OUTBOUND_A_WEEK, CITES_A_WEEK = 0.4, 0.12
PARTNERS = 4
RECENT_DAYS = 21
RETURNS, RETURNS_AFTER_DAYS, RETURN_MEAN_DAYS = 0.35, 1.0, 3.0
"""Share of outbound words that are returned; a day later at the soonest, plus an exponential."""


def outbound(population: Population, posts: Posts, seed: int) -> Acts:
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
    of_partner = posts.latest(_partners(population, actor, seed), second, days=RECENT_DAYS)
    post = np.where(of_partner >= 0, of_partner, post)
    kept = (post >= 0) & population.is_present(actor, second)
    kept &= posts.creator[post] != actor
    actor, second, post = actor[kept], second[kept], post[kept]
    creator = posts.creator[post]
    found_acts = acts(
        kind=COMMENT,
        second=second,
        actor=population.ids[actor],
        target=population.ids[creator],
        creator=creator,
        post=post,
        tone=rng.choice(2, len(post), p=(0.75, 0.25)),
        topic=posts.topic[post],
        language=population.language[actor],
    )
    return worded(rng, found_acts, comments, seed)


def honest_return(population: Population, posts: Posts, spoken: Acts, seed: int) -> Acts:
    """Those to whom a creator turned, days later under its latest post.

    Parameters
    ----------
    spoken : Acts
        What `outbound` gave.
    """
    rng = stream(seed, "honest return")
    n = len(spoken)
    place = {name: i for i, name in enumerate(population.ids.tolist())}
    asked = np.array([place[name] for name in spoken.actor.tolist()], dtype=np.int64)
    days = RETURNS_AFTER_DAYS + rng.exponential(RETURN_MEAN_DAYS, n)
    second = spoken.second + (days * DAY).astype(np.int64)
    post = posts.latest(asked, second, days=RECENT_DAYS)
    kept = (rng.uniform(size=n) < RETURNS) & (post >= 0)
    kept &= (second < population.calendar.seconds) & population.is_present(spoken.creator, second)
    kind = rng.choice([COMMENT, LIKE, RESHARE], n, p=(0.5, 0.35, 0.15))[kept]
    post, by = post[kept], spoken.creator[kept]
    found = acts(
        kind=kind,
        second=second[kept],
        actor=population.ids[by],
        target=population.ids[asked[kept]],
        creator=asked[kept],
        post=post,
        topic=posts.topic[post],
        language=population.language[by],
    )
    found = worded(rng, found, comments, seed)
    return only_comments_speak(found)


def cited_leaders(population: Population, posts: Posts, seed: int) -> Acts:
    """Creators who mention or reshare a leader of their language, rather of their topics."""
    rng = stream(seed, "citations")
    calendar, leads = population.calendar, find_leaders(population)
    a_week = CITES_A_WEEK * np.exp(0.3 * population.reputation)
    count = rng.poisson(a_week * calendar.seconds / WEEK)
    by = np.repeat(np.arange(len(population)), count)
    second = rng.integers(0, calendar.seconds, len(by))
    leader = np.full(len(by), -1)
    for language in np.unique(population.language):
        there = np.flatnonzero(leads & (population.language == language))
        citing = np.flatnonzero(population.language[by] == language)
        shared = population.topics[by[citing]] @ population.topics[there].T
        leader[citing] = there[topics_of(rng, np.exp(2 * np.sqrt(shared)))]
    kept = (leader != by) & population.is_present(by, second)
    return cited(rng, population, posts, by[kept], leader[kept], second[kept], seed)


def _partners(population: Population, actor: Ints, seed: int) -> Ints:
    """Of whom each word is meant for a partner, which; -1 for the others."""
    rng = stream(seed, "partners")
    partner = np.full((len(population), PARTNERS), -1)
    for language in np.unique(population.language):
        there = np.flatnonzero(population.language == language)
        partner[there] = rng.choice(there, (len(there), PARTNERS))
    meant = rng.uniform(size=len(actor)) < chance(-0.4 + 0.7 * population.conversation[actor])
    found = partner[actor, rng.integers(0, PARTNERS, len(actor))]
    return np.asarray(np.where(meant & (found != actor), found, -1))
