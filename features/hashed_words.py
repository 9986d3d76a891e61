"""Texts as counts of hashed words, weighted by document frequency."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import cast

import numpy as np
import numpy.typing as npt
from scipy import sparse
from sklearn.feature_extraction.text import HashingVectorizer

from features.excerpt import excerpts, without_accents
from features.function_words import FUNCTION_WORDS

HASH_SIZE = 2**16


@dataclass(frozen=True)
class HashedWords:
    """Which words are kept, and how much each weighs.

    Attributes
    ----------
    columns : ndarray of int64, shape (n_words,)
        Hash buckets that are kept: those seen in at least two of the fitted texts.
    weights : ndarray of float64, shape (n_words,)
        Smoothed inverse document frequency, ``ln((1 + n) / (1 + df)) + 1``.
    """

    columns: npt.NDArray[np.int64]
    weights: npt.NDArray[np.float64]

    @classmethod
    def fit(cls, texts: Sequence[str]) -> HashedWords:
        """Fit on texts; those without words are left out."""
        counts = hashed(texts)
        counts = counts[np.diff(counts.indptr) > 0]
        frequency = np.bincount(counts.indices, minlength=HASH_SIZE)
        columns = np.flatnonzero(frequency >= 2).astype(np.int64)
        return cls(columns, np.log((1 + counts.shape[0]) / (1 + frequency[columns])) + 1)

    def encode(self, texts: Sequence[str | None]) -> sparse.csr_matrix:
        """Logarithmic counts times weights, each row of length one; empty without a known word."""
        weighed = hashed(texts)[:, self.columns].astype(np.float64).tocsr()
        weighed.data = np.log1p(weighed.data)
        weighed = (weighed @ sparse.diags_array(self.weights)).tocsr()
        length = np.sqrt(np.asarray(weighed.multiply(weighed).sum(axis=1)).ravel())
        return (sparse.diags_array(1 / np.where(length > 0, length, 1)) @ weighed).tocsr()

    def save(self, folder: Path) -> dict[str, object]:
        """Write the arrays into a folder; what is to be known to read them again."""
        np.save(folder / "text_columns.npy", self.columns)
        np.save(folder / "text_weights.npy", self.weights)
        return {"hash_size": HASH_SIZE}

    @classmethod
    def load(cls, folder: Path) -> HashedWords:
        """Read what `save` wrote."""
        return cls(
            np.load(folder / "text_columns.npy", allow_pickle=False),
            np.load(folder / "text_weights.npy", allow_pickle=False),
        )


def hashed(texts: Sequence[str | None]) -> sparse.csr_matrix:
    """Counts of words by bucket, shape (n, HASH_SIZE); function words and accents are left out."""
    if not texts:
        return sparse.csr_matrix((0, HASH_SIZE))
    hasher = HashingVectorizer(
        n_features=HASH_SIZE,
        norm=None,
        alternate_sign=False,
        strip_accents=without_accents,
        stop_words=FUNCTION_WORDS,
        dtype=np.float64,
    )
    return cast("sparse.csr_matrix", hasher.transform(excerpts(texts)).tocsr())
