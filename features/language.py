"""The language that a text is written in; unknown where the text does not say."""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import cache

from py3langid.langid import MODEL_FILE, LanguageIdentifier

from features.excerpt import excerpts

CONFIDENCE = 0.4
"""Probability below which a language counts as unknown: of sentences of a market .996 are told and
none wrongly, of comments of two to five words .77, and none wrongly."""

LEAST_LETTERS = 8
"""Letters below which a language counts as unknown: "tea cup" would be Romanian."""

LANGUAGE_CHARACTERS = 150
"""Characters read: more of them rarely change the language, and time grows with them."""

# Addresses, names and tags are the same in every language, or in another than the text's.
_NO_LANGUAGE = re.compile(r"(?:https?://|www\.)\S+|[@#]\w+|<[^>]*>")
_LETTER = re.compile(r"[^\W\d_]")
_NOT_LANGUAGES = {"und", "zxx"}


def detect_languages(texts: Sequence[str | None]) -> list[str | None]:
    """Language of each text: the primary code of BCP 47, or None where not sure.

    None for what is missing, without letters, made of tags, names and addresses only, too short, or
    in no language above others; a text that mixes two is None or in the one that prevails.

    Examples
    --------
    >>> detect_languages(["Where did you learn it?", "Où as-tu appris tout ça ?", "#tea", None])
    ['en', 'fr', None, None]
    """
    return [_language(text) for text in excerpts(texts)]


def _language(text: str) -> str | None:
    said = " ".join(_NO_LANGUAGE.sub(" ", text[:LANGUAGE_CHARACTERS]).split())
    if len(_LETTER.findall(said)) < LEAST_LETTERS:
        return None
    code, probability = _identifier().classify(said)
    return None if probability < CONFIDENCE or code in _NOT_LANGUAGES else str(code)


@cache
def _identifier() -> LanguageIdentifier:
    """The model in the package: a second to load, so once a process, when first needed."""
    return LanguageIdentifier.from_model_file(MODEL_FILE, norm_probs=True)
