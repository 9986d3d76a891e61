"""Texts that say nearly the same: MinHash over pairs of words, cut into bands.

Two texts share a band's key with probability s^5, where s is the Jaccard similarity of their sets
of word pairs, so they share at least one of the eight with probability 1 - (1 - s^5)^8:

    s              .2     .3     .4     .5     .6     .7     .8     .9
    probability   .003   .019   .079   .224   .477   .771   .958   .9992
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from features.excerpt import excerpts

BANDS = 8
ROWS_PER_BAND = 5
NO_KEY = 0
"""Key of a text with fewer than two words; it must not be compared."""

_HASHES = BANDS * ROWS_PER_BAND
_GOLDEN = np.uint64(0x9E3779B97F4A7C15)


def band_keys(texts: Sequence[str | None]) -> npt.NDArray[np.uint64]:
    """Keys of each text, shape (n, BANDS): texts that share one in a column are near-duplicates.

    Keys of different columns never mean the same. A row is `NO_KEY` throughout where the text is
    missing or has fewer than two words. Words are two letters or more, without case, signs and
    emoji. The keys of a text are the same on every machine and in any company.

    Examples
    --------
    >>> one, other = band_keys(["Three days in the old town", "three days, in the OLD town!"])
    >>> bool((one == other).all())
    True
    """
    # Imported here, since scikit-learn takes a second and listing the features needs none of it.
    from sklearn.feature_extraction.text import HashingVectorizer

    if not len(texts):
        return np.empty((0, BANDS), dtype=np.uint64)
    pairs = HashingVectorizer(
        n_features=2**31 - 1, ngram_range=(2, 2), norm=None, alternate_sign=False
    ).transform(excerpts(texts))
    known = np.flatnonzero(np.diff(pairs.indptr) > 0)
    starts = pairs.indptr[known]
    shingles = _mixed(pairs.indices.astype(np.uint64))
    keys = np.full((len(texts), BANDS), NO_KEY, dtype=np.uint64)
    if not len(known):
        return keys
    for band in range(BANDS):
        key = np.full(len(known), band, dtype=np.uint64)
        for row in range(ROWS_PER_BAND):
            multiplier = _MULTIPLIERS[band * ROWS_PER_BAND + row]
            key = _mixed(key ^ np.minimum.reduceat(shingles * multiplier, starts))
        keys[known, band] = np.maximum(key, 1)
    return keys


def _mixed(numbers: npt.NDArray[np.uint64]) -> npt.NDArray[np.uint64]:
    """Every bit of a number spread over all 64 (the finaliser of SplitMix64)."""
    spread = numbers + _GOLDEN
    spread = (spread ^ (spread >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    spread = (spread ^ (spread >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    return spread ^ (spread >> np.uint64(31))


# Odd, so that a product modulo 2^64 is a permutation of all numbers: its minimum is a MinHash.
_MULTIPLIERS = _mixed(np.arange(_HASHES, dtype=np.uint64)) | np.uint64(1)
