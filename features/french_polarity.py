"""Polarity of French texts: the valence of their words, turned by negation, raised by adverbs.

The scale is VADER's, so that English and French compare: valences of -4 to 4 are summed over a text
and squeezed into -1..1 by ``s / sqrt(s² + 15)``; negation turns a word's sign and takes a quarter
off; an adverb of degree adds .293 (Hutto and Gilbert, 2014).
"""

from __future__ import annotations

import re
from math import sqrt

from features.french_valence import PHRASES, VALENCE, VERBS, plain

NEGATED = -0.74
RAISED = 0.293
SQUEEZE = 15.0

_TOKEN = re.compile(r"[^\W\d_]+|[.,;:!?…()\n]")
_NEGATIONS_BEHIND = {"pas", "jamais", "guere", "rien", "aucun", "aucune", "nullement"}
_NEGATIONS = _NEGATIONS_BEHIND | {"sans", "ni"}
_NEGATED_WITHIN = 4  # words; one more than in English: « pas du tout une mauvaise idée »
_COMPARISONS = {"aussi", "autant"}  # « jamais été aussi déçu » is no denial
_ADVERBS = {"tres", "trop", "vraiment", "tellement", "hyper", "si", "super", "bien", "ultra"} | {
    *("absolument", "extremement", "totalement", "completement", "vachement", "franchement"),
}
_LONGEST_PHRASE = max(map(len, PHRASES))
_TELLING = VALENCE.keys() | {phrase[0] for phrase in PHRASES}


def french_polarity(text: str) -> float:
    """Polarity of one French text, -1..1; 0 where no word praises or blames.

    Negation reaches four words on, within a clause, and one word back to a verb: « pas très bon »,
    « j'aime pas ». « Plus » negates only after « ne ».

    Examples
    --------
    >>> french_polarity("C'est génial") > 0 > french_polarity("Ce n'est pas génial")
    True
    >>> french_polarity("Il pleut.")
    0.0
    """
    words = _TOKEN.findall(plain(text))
    total, next_place = 0.0, 0
    for place in [i for i, word in enumerate(words) if word in _TELLING]:
        if place < next_place:
            continue  # part of a phrase
        length = _phrase_at(words, place)
        next_place = place + length
        if length:
            total += PHRASES[tuple(words[place : place + length])]
        elif words[place] in VALENCE and not _raises_the_next(words, place):
            total += _in_context(VALENCE[words[place]], words, place)
    return total / sqrt(total * total + SQUEEZE)


def _phrase_at(words: list[str], place: int) -> int:
    """Length of the longest phrase that starts here; 0 where none does."""
    for length in range(_LONGEST_PHRASE, 1, -1):
        if tuple(words[place : place + length]) in PHRASES:
            return length
    return 0


def _raises_the_next(words: list[str], place: int) -> bool:
    """Whether the word is an adverb of degree here: « super nul »."""
    return words[place] in _ADVERBS and place + 1 < len(words) and words[place + 1] in VALENCE


def _in_context(valence: float, words: list[str], place: int) -> float:
    before = _clause(words[max(place - _NEGATED_WITHIN - 2, 0) : place][::-1])
    after = _clause(words[place + 1 : place + 3])
    if before and before[0] in _ADVERBS:
        valence += RAISED if valence > 0 else -RAISED
    near = before[:_NEGATED_WITHIN]
    denied = any(_denies(before, i) for i in range(len(near))) and not _COMPARISONS & {*near}
    if words[place] in VERBS:
        behind = next((word for word in after if word not in _ADVERBS), "")
        denied |= behind in _NEGATIONS_BEHIND or (behind == "plus" and _opened(before[:2]))
    return valence * NEGATED if denied else valence


def _denies(before: list[str], i: int) -> bool:
    """Whether the word that many places before denies; `before` runs backwards."""
    return before[i] in _NEGATIONS or (before[i] == "plus" and _opened(before[i:]))


def _opened(words: list[str]) -> bool:
    return "ne" in words or "n" in words


def _clause(words: list[str]) -> list[str]:
    """Words up to the first sign that ends a clause."""
    for i, word in enumerate(words):
        if not word[0].isalpha():
            return words[:i]
    return words
