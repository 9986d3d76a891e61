"""What is read of a text: its beginning, as characters that can be encoded, cut into words."""

from __future__ import annotations

import re
from collections.abc import Iterable

READ_CHARACTERS = 10_000
"""Characters read of a text: a post of a megabyte costs no more than one of this length, and its
beginning says what it is about."""

_WORD = re.compile(r"[^\W_]+(?:['’][^\W_]+)*")


def excerpts(texts: Iterable[str | None]) -> list[str]:
    r"""The first `READ_CHARACTERS` of each text, without lone surrogates; empty where missing.

    Examples
    --------
    >>> excerpts(["tea \ud800", None])
    ['tea ', '']
    """
    return [_encodable(text[:READ_CHARACTERS]) if text else "" for text in texts]


def words_of(text: str) -> list[str]:
    """Runs of letters and digits, lower-cased; an apostrophe inside holds them together.

    Examples
    --------
    >>> words_of("J'aime le thé n°2, don't you? 🍵")
    ["j'aime", 'le', 'thé', 'n', '2', "don't", 'you']
    """
    return _WORD.findall(text.lower())


def _encodable(text: str) -> str:
    return text if text.isascii() else text.encode("utf-8", "ignore").decode("utf-8")
