"""Where posts lead: now and then to what others write, or, with little reputation, never, always,
or to oneself.
"""

from __future__ import annotations

import numpy as np

from training.world.draws import Ints, Texts, chance, stream, texts
from training.world.language import TOPIC_NAMES
from training.world.names import SITES
from training.world.population import Population
from training.world.profiles import handles
from training.world.vocabulary import LANGUAGES


def draw_links(
    rng: np.random.Generator, population: Population, creator: Ints, topic: Ints, seed: int
) -> tuple[Ints, Texts]:
    """Outside links of each post, and the domains to which they lead; None without links."""
    n = len(population)
    share = np.clip(0.35 + rng.normal(0, 0.08, n), 0.1, 0.7)
    extreme = rng.uniform(size=n) < chance(-1.4 - 1.1 * population.reputation)
    share = np.where(extreme, np.where(rng.uniform(size=n) < 0.6, 0.01, 0.97), share)
    linked = rng.uniform(size=len(creator)) < share[creator]
    links = np.where(linked, 1 + rng.poisson(0.2, len(creator)), 0)
    return np.asarray(links), _domains(population, creator, topic, links, seed)


def _domains(population: Population, creator: Ints, topic: Ints, links: Ints, seed: int) -> Texts:
    """One site a link: the creator's own, or one of the topic in its language."""
    rng = stream(seed, "domains")
    found = texts([None] * len(creator))
    to_oneself = chance(-1.2 - 0.9 * population.reputation)[creator]
    own = handles(population)
    names = (*TOPIC_NAMES, "life")
    for i in np.flatnonzero(links).tolist():
        c, code = creator[i], LANGUAGES[population.language[creator[i]]]
        draws = rng.uniform(size=(links[i], 2))
        found[i] = [
            f"{own[c].removeprefix('@').replace('_', '-')}.example"
            if mine < to_oneself[i]
            else f"{names[topic[i]]}-{SITES[code][int(which * len(SITES[code]))]}.example"
            for mine, which in draws
        ]
    return found
