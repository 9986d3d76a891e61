"""Leaders, and the attention that they turn on whom they name.

Leaders are the reputable and the large of each language; other creators cite them (`peers`). Now
and then a leader mentions or reshares an ordinary creator, once, and eyes turn there:

    attention(t) = sum over shocks of strength · e^(-age / 7 days)         for 21 days, then nothing
    views        · e^(.8 attention)        comments · e^(.6 attention)        more mentions
    audience     + 5 % · strength in the week after, half as much in the next
    ln rate      + .2 · attention          at the decision: what is new is listened to, for a while
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from training.world.calendar import DAY, by_creator
from training.world.draws import Flags, Floats, Ints, stream
from training.world.population import MEAN_LOG_SIZE, Population

LEADER_SHARE, LEAST_LEADERS = 0.02, 2
A_YEAR = 0.35
"""Shocks that a creator meets in a year."""
FADES_DAYS, LASTS_DAYS = 7.0, 21
WEAKEST, STRONGEST = 0.6, 1.4
VIEWS, COMMENTS = 0.8, 0.6
GROWTH = (0.05, 0.025)


@dataclass(frozen=True)
class Shocks:
    """Acts of leaders towards ordinary creators, in the order of creator and time.

    Attributes
    ----------
    leader, creator, second : ndarray of int
    strength : ndarray
    """

    leader: Ints
    creator: Ints
    second: Ints
    strength: Floats

    def attention(self, creator: Ints, second: Ints) -> Floats:
        """What is left of the shocks strictly before a second, row by row; 0 without one."""
        found = np.zeros(len(creator))
        place = (
            np.searchsorted(by_creator(self.creator, self.second), by_creator(creator, second)) - 1
        )
        while True:
            rows = np.flatnonzero(place >= 0)
            rows = rows[self.creator[place[rows]] == creator[rows]]
            age_days = (second[rows] - self.second[place[rows]]) / DAY
            near = age_days < LASTS_DAYS
            rows, age_days = rows[near], age_days[near]
            if not len(rows):
                return found
            found[rows] += self.strength[place[rows]] * np.exp(-age_days / FADES_DAYS)
            place = np.where(np.isin(np.arange(len(place)), rows), place - 1, -1)


def find_leaders(population: Population) -> Flags:
    """Whom others cite: of each language the most reputable and large, 2 % of it, two at least."""
    standing = 0.8 * population.reputation + 0.35 * (population.log_size[:, 0] - MEAN_LOG_SIZE)
    found = np.zeros(len(population), dtype=bool)
    for language in np.unique(population.language):
        there = np.flatnonzero(population.language == language)
        count = max(round(LEADER_SHARE * len(there)), LEAST_LEADERS)
        found[there[np.argsort(-standing[there], kind="stable")[:count]]] = True
    return found


def draw_shocks(population: Population, seed: int) -> Shocks:
    """Draw whom leaders turn to, of their language and rather of their topics."""
    rng = stream(seed, "shocks")
    calendar, leads = population.calendar, find_leaders(population)
    count = np.where(leads, 0, rng.poisson(A_YEAR * calendar.days / 365, len(population)))
    creator = np.repeat(np.arange(len(population)), count)
    second = rng.integers(0, calendar.seconds, len(creator))
    order = np.lexsort([second, creator])
    creator, second = creator[order], second[order]
    leader = np.full(len(creator), -1)
    for language in np.unique(population.language):
        there = np.flatnonzero(leads & (population.language == language))
        named = np.flatnonzero(population.language[creator] == language)
        shared = population.topics[creator[named]] @ population.topics[there].T
        taste = 2 * np.sqrt(shared) + rng.gumbel(size=shared.shape)
        leader[named] = there[taste.argmax(axis=1)]
    strength = rng.uniform(WEAKEST, STRONGEST, len(creator))
    kept = population.is_active(creator, second) & population.is_present(leader, second)
    return Shocks(leader[kept], creator[kept], second[kept], strength[kept])


def grown(population: Population, shocks: Shocks) -> Population:
    """The population with the audience that shocks brought, from the week after each."""
    added = np.zeros_like(population.genuine)
    week = population.calendar.week(shocks.second)
    for later, growth in enumerate(GROWTH, start=1):
        np.add.at(
            added,
            (shocks.creator, np.minimum(week + later, population.calendar.weeks - 1)),
            growth * shocks.strength,
        )
    genuine = population.genuine * np.exp(added.cumsum(axis=1))
    fake = population.followers - np.floor(population.genuine)
    return replace(population, genuine=genuine, followers=np.floor(genuine) + fake)
