"""Polarity of French texts: the valence of their words, turned by negation, raised by adverbs.

The scale is VADER's, so that English and French compare: valences of -4 to 4 are summed over a text
and squeezed into -1..1 by ``s / sqrt(s² + 15)``; negation turns a word's sign and takes a quarter
off; an adverb of degree adds .293 (Hutto and Gilbert, 2014).
"""

from __future__ import annotations

import re
from math import sqrt

from features.french_valence import PHRASES, VALENCE, VERBS, without_accents

NEGATED = -0.74
RAISED = 0.293
SQUEEZE = 15.0

_TOKEN = re.compile(r"[^\W\d_]+|[.,;:!?…()\n]")
_NEGATIONS = {"pas", "jamais", "aucun", "aucune", "sans", "ni", "rien", "guere", "nullement"}
_NEGATED_WITHIN = 3
_ADVERBS = {"tres", "trop", "vraiment", "tellement", "hyper", "si", "absolument", "extremement"} | {
    *("totalement", "completement", "ultra", "particulierement", "vachement", "franchement")
}
_LONGEST_PHRASE = max(map(len, PHRASES))
_STARTS = {phrase[0] for phrase in PHRASES}


def french_polarity(text: str) -> float:
    """Polarity of one French text, -1..1; 0 where no word praises or blames.

    Negation reaches three words on, within a clause, and one word back to a verb: « pas très bon »,
    « j'aime pas ». « Plus » negates only after « ne ».

    Examples
    --------
    >>> french_polarity("C'est génial") > 0 > french_polarity("Ce n'est pas génial")
    True
    >>> french_polarity("Il pleut.")
    0.0
    """
    words = _TOKEN.findall(without_accents(text.lower()))
    total, place = 0.0, 0
    while place < len(words):
        phrase = _phrase_at(words, place) if words[place] in _STARTS else 0
        if phrase:
            total += PHRASES[tuple(words[place : place + phrase])]
            place += phrase
            continue
        valence = VALENCE.get(words[place], 0.0)
        if valence:
            total += _in_context(valence, words, place)
        place += 1
    return total / sqrt(total * total + SQUEEZE)


def _phrase_at(words: list[str], place: int) -> int:
    """Length of the longest phrase that starts here; 0 where none does."""
    for length in range(_LONGEST_PHRASE, 1, -1):
        if tuple(words[place : place + length]) in PHRASES:
            return length
    return 0


def _in_context(valence: float, words: list[str], place: int) -> float:
    before = _clause(words[max(place - _NEGATED_WITHIN - 2, 0) : place][::-1])
    after = _clause(words[place + 1 : place + 3])
    if before and before[0] in _ADVERBS:
        valence += RAISED if valence > 0 else -RAISED
    denied = any(_denies(before, i) for i in range(min(len(before), _NEGATED_WITHIN)))
    if words[place] in VERBS:
        behind = [word for word in after if word not in _ADVERBS][:1]
        denied |= behind[:1] != [] and (
            behind[0] in _NEGATIONS or (behind[0] == "plus" and bool({"ne", "n"} & {*before[:2]}))
        )
    return valence * NEGATED if denied else valence


def _denies(before: list[str], i: int) -> bool:
    """Whether the word that many places before denies; `before` runs backwards."""
    return before[i] in _NEGATIONS or (before[i] == "plus" and bool({"ne", "n"} & {*before[i:]}))


def _clause(words: list[str]) -> list[str]:
    """Words up to the first sign that ends a clause."""
    for i, word in enumerate(words):
        if not word[0].isalpha():
            return words[:i]
    return words
