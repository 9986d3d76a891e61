"""What texts say of themselves, one at a time: facts of the library, compared by hand.

Language, polarity, vectors and band keys of a text come from the functions of `features` (they have
tests of their own); what is made of them, similarity and near-duplicates, is made here.
"""

from __future__ import annotations

import re
from functools import cache
from unicodedata import category, normalize

import numpy as np

from features.excerpt import words_of
from features.function_words import FUNCTION_WORDS
from features.language import detect_languages
from features.near_duplicates import NO_KEY, band_keys
from features.polarity import polarity
from features.text import ON_TOPIC, TextSpace


def has_words(text: str | None) -> bool:
    """Neither missing nor blank: an emoji is something said."""
    return text is not None and text.strip(" ") != ""


@cache
def language_of(text: str | None) -> str | None:
    return detect_languages([text])[0] if has_words(text) else None


@cache
def polarity_of(text: str | None) -> float | None:
    if not has_words(text):
        return None
    value = float(polarity([text], [language_of(text)])[0])
    return None if np.isnan(value) else value


@cache
def words(text: str) -> list[str]:
    return words_of(text)


@cache
def capital_share(text: str) -> float | None:
    letters = [category(letter) for letter in text]
    capitals, cased = letters.count("Lu"), letters.count("Lu") + letters.count("Ll")
    return capitals / cased if cased else None


@cache
def _keys(text: str) -> tuple[int, ...]:
    return tuple(int(key) for key in band_keys([text])[0])


def can_repeat(text: str | None) -> bool:
    """It has two words or more, so that it can be compared at all."""
    return has_words(text) and NO_KEY not in _keys(text or "")


def says_nearly_the_same(text: str, other: str) -> bool:
    """Two texts share a key in the same column."""
    return any(a == b for a, b in zip(_keys(text), _keys(other), strict=True))


@cache
def content_words(text: str) -> frozenset[str]:
    """Words that say what a text is about, without case and accents."""
    bare = "".join(c for c in normalize("NFD", text.lower()) if category(c) != "Mn")
    return frozenset(re.findall(r"[^\W_]+", bare)) - set(FUNCTION_WORDS)


def primary(language: str | None) -> str | None:
    """The language of a tag of BCP 47, without region."""
    return None if language is None else language.split("-")[0].lower()


class PlainSpace:
    """Similarities of texts in one space, by plain products of vectors."""

    def __init__(self, space: TextSpace) -> None:
        self.space = space
        self._vectors: dict[str, np.ndarray | None] = {}

    def vector(self, text: str | None) -> np.ndarray | None:
        """None where the text has no known word."""
        if text is None or not has_words(text):
            return None
        if text not in self._vectors:
            vector = self.space.vectors([text])[0].astype(np.float64)
            self._vectors[text] = None if np.isnan(vector).any() else vector
        return self._vectors[text]

    def similarity(self, text: str | None, other: str | None) -> float | None:
        one, two = self.vector(text), self.vector(other)
        return None if one is None or two is None else float(np.dot(one, two))

    def is_on_topic(self, text: str | None, brief: str | None) -> bool | None:
        similarity = self.similarity(text, brief)
        return None if similarity is None else similarity >= ON_TOPIC

    def topic(self, text: str | None) -> int | None:
        """The axis that the text reaches farthest along, signed by the direction."""
        vector = self.vector(text)
        if vector is None:
            return None
        axis = max(range(len(vector)), key=lambda i: (abs(vector[i]), -i))
        return -1 - axis if vector[axis] < 0 else 1 + axis
