"""What every candidate sells, for how much, and which package was taken of those picked."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from training.world.campaigns import Campaigns, Candidates
from training.world.draws import Flags, Floats, Ints, stream
from training.world.population import Population

PACKAGE_OF_THREE = 2.6
SELLS_THREE, BUYS_THREE = 0.35, 0.3


@dataclass(frozen=True)
class Offers:
    """Packages of one or three posts, in the order of candidate and posts.

    Attributes
    ----------
    candidate : ndarray of int
        Position among the candidates.
    posts : ndarray of int
    fee : ndarray
    bought : ndarray of bool
        The package that was taken of a candidate that was picked.
    """

    candidate: Ints
    posts: Ints
    fee: Floats
    bought: Flags

    def __len__(self) -> int:
        return len(self.candidate)

    def posts_bought(self, candidates: Candidates) -> Ints:
        """Posts bought of each candidate; 0 where it was not picked."""
        found = np.zeros(len(candidates.creator), dtype=np.int64)
        found[self.candidate[self.bought]] = self.posts[self.bought]
        return found


def draw_offers(
    population: Population, campaigns: Campaigns, candidates: Candidates, seed: int
) -> Offers:
    """One post is sold by everybody, three by some; nobody buys both of one candidate."""
    rng = stream(seed, "offers")
    c, n = candidates.creator, len(candidates.creator)
    week = population.calendar.week(campaigns.decided_at[candidates.campaign])
    log_size = np.log(population.followers[c, week] / 1e4)
    taste = rng.normal(size=n)
    price = 60 * np.exp(0.85 * log_size + 0.15 * population.engagement[c] + 0.5 * taste)
    sells_three = rng.uniform(size=n) < SELLS_THREE
    takes_three = sells_three & (rng.uniform(size=n) < BUYS_THREE)
    candidate = np.repeat(np.arange(n), np.where(sells_three, 2, 1))
    is_second = np.append(False, candidate[1:] == candidate[:-1])
    posts = np.where(is_second, 3, 1)
    return Offers(
        candidate=candidate,
        posts=posts,
        fee=np.round(price[candidate] * np.where(posts == 3, PACKAGE_OF_THREE, 1.0), 2),
        bought=candidates.picked[candidate] & ((posts == 3) == takes_three[candidate]),
    )
