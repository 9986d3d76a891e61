"""Sentences from the vocabulary: banks of ready texts by language and topic, drawn by index."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import lru_cache

import numpy as np

from training.world.draws import Ints, Texts, stream, texts
from training.world.phrases import (
    AMONG,
    COMMENTS,
    COMPLAINTS,
    ELSEWHERE,
    MENTIONS,
    OPENERS,
    REPLIES,
    SENTENCES,
    THANKS,
)
from training.world.vocabulary import LANGUAGES, TOPICS

BANK = 300
TOPIC_NAMES = tuple(TOPICS)
ELSEWHERE_TOPIC = len(TOPIC_NAMES)
"""Index of what is no topic: life."""

Make = Callable[[str, int], list[str]]
"""Sentences of a language on a topic."""


class Bank:
    """Ready texts for every language and topic, the same number for each.

    Parameters
    ----------
    make : callable
        Gives the texts of a language (its code) and topic (its index; `ELSEWHERE_TOPIC` too).
    """

    def __init__(self, make: Make) -> None:
        lists = [[make(code, topic) for topic in range(ELSEWHERE_TOPIC + 1)] for code in LANGUAGES]
        self.size = max(len(found) for row in lists for found in row)
        flat = [found[i % len(found)] for row in lists for found in row for i in range(self.size)]
        self._texts = texts(flat)

    def draw(self, rng: np.random.Generator, language: Ints, topic: Ints) -> Texts:
        """One text a row."""
        return self.at(language, topic, rng.integers(0, self.size, len(topic)))

    def at(self, language: Ints, topic: Ints, wording: Ints) -> Texts:
        """The text of a wording, which counts from 0, row by row.

        Where a bank is about things, one wording is about the same thing in every such bank.
        """
        place = (language * (ELSEWHERE_TOPIC + 1) + topic) * self.size
        found: Texts = self._texts[place + wording % self.size]
        return found


def sentences(seed: int) -> Bank:
    """What a post says: a line of the topic, or a sentence about several of its things."""
    rng = stream(seed, "sentences")

    def make(code: str, topic: int) -> list[str]:
        if topic == ELSEWHERE_TOPIC:
            return list(ELSEWHERE[code])
        talk = TOPICS[TOPIC_NAMES[topic]][code]
        filled = [filled_with_things(rng, SENTENCES[code], code, topic) for _ in range(BANK)]
        return [*filled, *(talk.lines * (BANK // 8))]

    return Bank(make)


def openers() -> Bank:
    """How a post begins; often with nothing."""
    return Bank(lambda code, topic: list(OPENERS[code]))


def lines_of(by_language: Mapping[str, Sequence[str]]) -> Bank:
    """Texts that know no topic."""
    return Bank(lambda code, topic: list(by_language[code]))


@lru_cache(maxsize=16)
def comments(kind: str, seed: int) -> Bank:
    """Comments of a kind: praise, question or critic."""
    return _about_things(COMMENTS[kind], f"comments {kind}", seed)


@lru_cache(maxsize=16)
def replies(kind: str, seed: int) -> Bank:
    """Answers to a comment of that kind, about the thing itself."""
    return _about_things(REPLIES[kind], f"replies {kind}", seed)


def among(seed: int) -> Bank:
    """What one commenter says to another about the thing in question."""
    return _about_things(AMONG, "among", seed)


def thanks() -> Bank:
    """What a commenter says when answered."""
    return lines_of(THANKS)


@lru_cache(maxsize=16)
def mentions(seed: int, *, kind: bool) -> Bank:
    """What others say of a creator, with `{who}` still open; kind words or a complaint."""
    by_language: Mapping[str, Sequence[str]] = MENTIONS if kind else COMPLAINTS
    return _about_things(by_language, f"mentions {kind}", seed)


def filled_with_things(
    rng: np.random.Generator,
    templates: Sequence[str],
    code: str,
    topic: int,
    *,
    first: int | None = None,
    **known: str,
) -> str:
    """A template, drawn, with things of the topic in its places a to e; `first` fixes a."""
    things = TOPICS[TOPIC_NAMES[topic]][code].things
    a, b, c, d, e = (things[i] for i in rng.permutation(len(things))[:5])
    if first is not None:
        a, b = things[first % len(things)], b if things[first % len(things)] != b else a
    template = templates[int(rng.integers(len(templates)))]
    said = template.format(a=a, b=b, c=c, d=d, e=e, **known)
    return said[:1].upper() + said[1:]


def _about_things(by_language: Mapping[str, Sequence[str]], part: str, seed: int) -> Bank:
    rng = stream(seed, part)

    def make(code: str, topic: int) -> list[str]:
        # Under a post about life people speak of what they came for: any topic. The number of the
        # wording says of which thing, so that an answer can take up what was said.
        return [
            filled_with_things(
                rng,
                by_language[code],
                code,
                topic if topic < ELSEWHERE_TOPIC else wording % ELSEWHERE_TOPIC,
                first=wording,
                who="{who}",
            )
            for wording in range(BANK)
        ]

    return Bank(make)
