"""The language that a text is written in; unknown where the text does not say."""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import cache

from py3langid.langid import MODEL_FILE, LanguageIdentifier

from features.excerpt import excerpts

CONFIDENCE = 0.4
"""Probability below which a language counts as unknown. On 60 comments of two to five words it is
the share right (.77, and none wrong) that this buys; of whole sentences .996 are above it."""

RIVAL = 0.25
"""Probability of the second language above which a text counts as mixed, hence unknown."""

LANGUAGE_CHARACTERS = 1_000
"""Characters read: more of them no longer change the language."""

# Addresses, names and tags are the same in every language, or in another than the text's.
_NO_LANGUAGE = re.compile(r"(?:https?://|www\.)\S+|[@#]\w+|<[^>]*>")
_LETTER = re.compile(r"[^\W\d_]")
_NOT_LANGUAGES = {"und", "zxx"}


def detect_languages(texts: Sequence[str | None]) -> list[str | None]:
    """Language of each text: the primary code of BCP 47, or None where not sure.

    None for what is missing, without letters, made of tags, names and addresses only, too short, or
    mixed. Each text stands alone: the answer depends on no other text.

    Examples
    --------
    >>> detect_languages(["Where did you learn this?", "Où as-tu appris tout ça ?", "#tea 🍵", None])
    ['en', 'fr', None, None]
    """
    return [_language(text) for text in excerpts(texts)]


def _language(text: str) -> str | None:
    said = " ".join(_NO_LANGUAGE.sub(" ", text[:LANGUAGE_CHARACTERS]).split())
    if not _LETTER.search(said):
        return None
    (code, probability), (_, second) = _identifier().rank(said)[:2]
    if probability < CONFIDENCE or second > RIVAL or code in _NOT_LANGUAGES:
        return None
    return str(code)


@cache
def _identifier() -> LanguageIdentifier:
    """The model in the package: half a second to load, so once a process, when first needed."""
    return LanguageIdentifier.from_model_file(MODEL_FILE, norm_probs=True)
