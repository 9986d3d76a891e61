"""Whether a text praises or blames, in English and in French."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import cache

import numpy as np
import numpy.typing as npt
from vaderSentiment.vaderSentiment import SentimentIntensityAnalyzer

from features.excerpt import excerpts
from features.french_polarity import french_polarity

POLARITY_CHARACTERS = 2_000
"""Characters read: of many words the polarity is at an end of its scale anyway."""


def polarity(
    texts: Sequence[str | None], languages: Sequence[str | None]
) -> npt.NDArray[np.float64]:
    """Polarity of each text, from -1 (blame) to 1 (praise).

    Parameters
    ----------
    texts : sequence of str or None
    languages : sequence of str or None
        Language of each, as `detect_languages` gives it.

    Returns
    -------
    ndarray of float64
        0 where the language is known and no word takes sides; NaN where the text is missing or
        its language is neither English nor French, or unknown: unknown is not neutral. English is
        VADER's compound, French the same formula over a French list.

    Examples
    --------
    >>> found = polarity(["not good", "très bon", "sehr gut"], ["en", "fr", "de"])
    >>> bool(found[0] < 0 < found[1]), bool(np.isnan(found[2]))
    (True, True)
    """
    read = excerpts(texts)
    found = np.full(len(read), np.nan)
    for i, (text, language) in enumerate(zip(read, languages, strict=True)):
        measure = _MEASURES.get(language or "")
        if measure is not None and text:
            found[i] = measure(text[:POLARITY_CHARACTERS])
    return found


def _english_polarity(text: str) -> float:
    return float(_vader().polarity_scores(text)["compound"])


@cache
def _vader() -> SentimentIntensityAnalyzer:
    return SentimentIntensityAnalyzer()


_MEASURES: Mapping[str, Callable[[str], float]] = {
    "en": _english_polarity,
    "fr": french_polarity,
}
POLARITY_LANGUAGES = tuple(_MEASURES)
"""Languages, ISO 639-1, of which the polarity is read; of others it is unknown."""
