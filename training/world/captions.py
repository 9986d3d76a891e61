"""What posts say: sentences of their topic, habits of style, captions used again.

| quality      | shows as                                                                          |
|--------------|-----------------------------------------------------------------------------------|
| conversation | questions, calls to action                                                        |
| reputation   | own words rather than stock captions or one caption with small changes, few       |
|              | exclamation marks and capitals                                                    |
"""

from __future__ import annotations

import numpy as np

from training.world.draws import Flags, Floats, Ints, Texts, chance, stream, texts
from training.world.language import (
    ELSEWHERE_TOPIC,
    TOPIC_NAMES,
    lines_of,
    openers,
    sentences,
)
from training.world.phrases import CALLS, PAID, QUESTIONS, SWAPS
from training.world.population import Population
from training.world.vocabulary import LANGUAGES

STOCK_CAPTIONS = 3
VARIED_CAPTIONS, VARIED_SHARE = 2, 0.6
"""Captions that a formulaic creator varies, and in which share of its posts."""


def write_captions(
    rng: np.random.Generator,
    population: Population,
    creator: Ints,
    topic: Ints,
    brand: Texts,
    seed: int,
) -> tuple[Texts, Flags]:
    """Opener, two sentences, now and then a question, a call, hashtags, exclamation marks.

    Parameters
    ----------
    creator, topic : ndarray of int, shape (n,)
        In the order of publication.
    brand : ndarray
        Who pays for the post; None where nobody does.

    Returns
    -------
    text : ndarray
    is_varied : ndarray of bool
        Whether the text is an earlier one of the creator with a small change.
    """
    n = len(creator)
    language = population.language[creator]
    rep, conv = population.reputation, population.conversation

    def manner(spread: float) -> Floats:
        """What is mere style of each creator."""
        return rng.normal(0, spread, len(population))

    bank = sentences(seed)
    parts = [openers().draw(rng, language, topic), bank.draw(rng, language, topic)]
    second = bank.draw(rng, language, topic)
    second[rng.uniform(size=n) < 0.3] = ""
    asks = lines_of(QUESTIONS).draw(rng, language, topic)
    asks[rng.uniform(size=n) >= chance(-1.3 + 0.7 * conv + manner(0.6))[creator]] = ""
    calls = lines_of(CALLS).draw(rng, language, topic)
    calls[rng.uniform(size=n) >= chance(-1.3 + 0.5 * conv + manner(0.6))[creator]] = ""
    tags = texts(["", *(f"#{name}" for name in TOPIC_NAMES)])
    tagged = np.where(
        rng.uniform(size=n) < chance(-0.3 - 0.3 * rep + manner(0.8))[creator], topic + 1, 0
    )
    tagged[topic == ELSEWHERE_TOPIC] = 0
    marks = texts(["!" * i for i in range(13)])
    shouts = marks[np.minimum(rng.poisson(0.7 * np.exp(-0.5 * rep + manner(0.7))[creator]), 12)]
    parts += [second, asks, calls, tags[tagged]]
    loud = rng.uniform(size=n) < 0.15 * chance(-1.0 - 1.2 * rep + manner(0.8))[creator]
    found = texts(
        [
            _shouted(" ".join(part for part in said if part), shout)
            for *said, shout in zip(*parts, shouts, strict=True)
        ]
    )
    for i in np.flatnonzero(loud):
        found[i] = found[i].upper()
    _repeat_captions(rng, creator, chance(-2.2 - rep + manner(0.6))[creator], found)
    paid = np.array([name is not None for name in brand], dtype=bool)
    is_varied = _vary_captions(population, creator, paid, found, seed)
    for i in np.flatnonzero(paid):
        found[i] = f"{found[i]} {PAID[LANGUAGES[language[i]]].format(brand=brand[i])}"
    return found, is_varied


def _shouted(text: str, marks: str) -> str:
    return text.removesuffix(".") + marks if marks else text


def _repeat_captions(rng: np.random.Generator, creator: Ints, share: Floats, text: Texts) -> None:
    """Put one of a creator's first captions in place of a new one, in the given share of posts."""
    stock: dict[int, list[str]] = {}
    again = rng.uniform(size=len(creator)) < share
    which = rng.integers(0, STOCK_CAPTIONS, len(creator))
    for i, owner in enumerate(creator.tolist()):
        captions = stock.setdefault(owner, [])
        if len(captions) < STOCK_CAPTIONS:
            captions.append(text[i])
        elif again[i]:
            text[i] = captions[which[i]]


def _vary_captions(
    population: Population, creator: Ints, paid: Flags, text: Texts, seed: int
) -> Flags:
    """Put one of the first captions of a formulaic creator, slightly changed, in place of others.

    A word is swapped, or a hashtag or a word added; unpaid posts only.
    """
    rng = stream(seed, "near-duplicates")
    first: dict[int, list[str]] = {}
    is_varied = np.zeros(len(creator), dtype=bool)
    rows = np.flatnonzero(population.is_formulaic[creator] & ~paid)
    for i in rows.tolist():
        captions = first.setdefault(int(creator[i]), [])
        if len(captions) < VARIED_CAPTIONS:
            captions.append(text[i])
        elif rng.uniform() < VARIED_SHARE:
            words = captions[rng.integers(len(captions))].split(" ")
            swaps = SWAPS[LANGUAGES[population.language[creator[i]]]]
            word = swaps[rng.integers(len(swaps))]
            change = rng.integers(3)
            if change == 0:
                words[rng.integers(len(words))] = word
            else:
                words.append(word if change == 1 else f"#{word}")
            text[i] = " ".join(words)
            is_varied[i] = True
    return is_varied
