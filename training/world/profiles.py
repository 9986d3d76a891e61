"""Who the creators say they are, and why one might believe them: `creators`, `credentials`."""

from __future__ import annotations

import numpy as np
import pandas as pd

from training.world.calendar import DAY, moments
from training.world.draws import Floats, Ints, Texts, chance, stream, texts
from training.world.names import FIRST_NAMES, LAST_NAMES
from training.world.phrases import BIOS, CREDENTIALS
from training.world.population import PLATFORMS, Population
from training.world.vocabulary import LANGUAGES, TOPICS

KINDS = tuple(CREDENTIALS)


def handles(population: Population) -> Texts:
    """Account names: a main topic and a number, in the order of the creators."""
    main = population.topics.argmax(axis=1)
    names = list(TOPICS)
    return texts([f"@{names[topic]}_{i}" for i, topic in enumerate(main)])


def make_profiles(population: Population, seed: int) -> pd.DataFrame:
    """The table `creators`; who is less reputable leaves more of the profile empty."""
    rng = stream(seed, "profiles")
    n = len(population)
    hidden = chance(-2.4 - 0.9 * population.reputation)

    def shown(values: list[str] | Texts) -> Texts:
        found = texts(list(values))
        found[rng.uniform(size=n) < hidden] = None
        return found

    names, bios = [], []
    for i, language in enumerate(population.language):
        code = LANGUAGES[language]
        first = FIRST_NAMES[code][rng.integers(len(FIRST_NAMES[code]))]
        names.append(f"{first} {LAST_NAMES[code][rng.integers(len(LAST_NAMES[code]))]}")
        bios.append(_bio(rng, code, population.topics[i]))
    joined = -np.floor(rng.gamma(2.0, 600.0, n) * DAY)
    return pd.DataFrame(
        {
            "creator_id": population.ids,
            "platform": texts([PLATFORMS[p] for p in population.platform]),
            "handle": handles(population),
            "name": shown(names),
            "bio": shown(bios),
            "language": texts([LANGUAGES[language] for language in population.language]),
            "country": shown(population.country),
            "joined_at": moments(joined),
        }
    )


def make_credentials(population: Population, seed: int) -> pd.DataFrame:
    """The table `credentials`: the more reputable, the more of them and on what they speak of.

    Some carry no date.
    """
    rng = stream(seed, "credentials")
    count = rng.poisson(1.3 * np.exp(0.6 * population.reputation))
    creator: Ints = np.repeat(np.arange(len(population)), count)
    n = len(creator)
    kind = rng.choice(len(KINDS), n)
    topic = topics_of(rng, population.topics[creator])
    elsewhere = stream(seed, "credentials elsewhere")
    off_topic = elsewhere.uniform(size=n) < chance(-1.2 - 0.8 * population.reputation[creator])
    topic = np.where(off_topic, elsewhere.integers(0, len(TOPICS), n), topic)
    end = population.calendar.seconds
    granted: Floats = np.floor(np.minimum(rng.uniform(-6 * end, 1.5 * end, n), end - 1.0))
    granted[granted == end - 1.0] = np.nan
    granted[rng.uniform(size=n) < 0.1] = np.nan
    names = list(TOPICS)
    titles = [
        CREDENTIALS[KINDS[k]].format(topic=names[t]) for k, t in zip(kind, topic, strict=True)
    ]
    return pd.DataFrame(
        {
            "creator_id": population.ids[creator],
            "kind": texts([KINDS[k] for k in kind]),
            "title": texts(titles),
            "granted_at": moments(granted),
        }
    )


def _bio(rng: np.random.Generator, code: str, topics: Floats) -> str:
    names = list(TOPICS)
    drawn = rng.choice(len(names), 3, p=topics)
    things = [TOPICS[names[t]][code].things for t in drawn]
    a, b, c = (words[rng.integers(len(words))] for words in things)
    return BIOS[code][rng.integers(len(BIOS[code]))].format(a=a, b=b, c=c)


def topics_of(rng: np.random.Generator, shares: Floats) -> Ints:
    """One topic a row, drawn from the shares of that row."""
    edges = shares.cumsum(axis=1)
    drawn = (rng.uniform(size=len(shares))[:, None] * edges[:, -1:] > edges).sum(axis=1)
    return np.asarray(np.minimum(drawn, shares.shape[1] - 1), dtype=np.int64)
