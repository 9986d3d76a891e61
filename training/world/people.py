"""Who acts towards creators: fans of each, readers of a topic, helpers; and what they speak.

Fans come from a pool of each creator's own, so that some return; some of them speak the other
language of the market, always. A few readers turn to several creators of a topic; a pod of helpers
is few and always there.
"""

from __future__ import annotations

import numpy as np

from training.world.draws import Floats, Ints, Texts, texts
from training.world.population import Population
from training.world.vocabulary import LANGUAGES

FANS, HELPERS = 30, 10
HELPS = 0.4
"""Share of the acts towards a creator that are its pod's, where it has one."""
FAN_POWER, READER_POWER = 2.0, 1.5
"""How much oftener the first of them act: number = how many there are · uniform ^ power."""


def fans_of(population: Population) -> Floats:
    """How many fans each creator has; of the last one a part."""
    return np.asarray(FANS * np.exp(0.3 * population.engagement))


def people(
    rng: np.random.Generator, population: Population, creator: Ints, topic: Ints
) -> tuple[Texts, Ints]:
    """Who acts towards each creator, the first fans oftenest, and the language of each."""
    n = len(creator)
    draw = rng.uniform(size=n)
    pool = fans_of(population)[creator]
    fan = (pool * rng.uniform(size=n) ** FAN_POWER).astype(np.int64)
    reader = (population.readers * rng.uniform(size=n) ** READER_POWER).astype(np.int64)
    helper = rng.integers(0, HELPERS, n)
    in_pod = (population.pod[creator] > 1) & (draw > 1 - HELPS)
    reads = ~in_pod & (draw < population.reads)
    numbers: Floats = np.select([in_pod, reads], [helper, reader], fan)
    language = population.language[creator]
    helping, reading, own = in_pod.tolist(), reads.tolist(), creator.tolist()
    names = texts(
        [
            f"r{c}-{i}" if helps else f"a{t}{lang}-{i}" if reads_on else f"f{c}-{i}"
            for c, i, helps, reads_on, t, lang in zip(
                own,
                numbers.tolist(),
                helping,
                reading,
                topic.tolist(),
                language.tolist(),
                strict=True,
            )
        ]
    )
    # A fixed scramble of who it is: the same fan speaks the same language every time.
    scramble = (fan * 7919 + creator * 104_729) % 1000 / 1000
    is_foreign = ~in_pod & ~reads & (scramble < population.foreign_share[creator])
    return names, np.where(is_foreign, len(LANGUAGES) - 1 - language, language)
