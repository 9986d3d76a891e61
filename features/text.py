"""Texts as vectors: hashed words, weighted by document frequency, projected to a dense space.

The space is fitted on texts that precede the training moment, belongs to the model bundle, and is
stored as plain arrays. Similarity of two texts is the inner product of their unit vectors.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import cast

import numpy as np
import numpy.typing as npt
from scipy import sparse

from features.excerpt import excerpts

DIMENSIONS = 64
HASH_SIZE = 2**16
FIT_TEXTS = 100_000
"""Texts that a space is fitted on; of more, an evenly spaced sample is taken."""

ON_TOPIC = 0.35
"""Cosine similarity from which a text counts as being on the topic of a brief."""

UNLIKE = 1e-4
"""Cosine similarity below which two texts have nothing in common: what single precision leaves of
zero is less."""


@dataclass(frozen=True)
class TextSpace:
    """A fitted projection of texts to unit vectors.

    Attributes
    ----------
    columns : ndarray of int64, shape (n_words,)
        Hash buckets that are kept: those seen in at least two of the fitted texts.
    weights : ndarray of float64, shape (n_words,)
        Smoothed inverse document frequency, ``ln((1 + n) / (1 + df)) + 1``.
    components : ndarray of float64, shape (n_words, DIMENSIONS)
        Right singular vectors; columns beyond the rank of the fitted texts are zero.
    """

    columns: npt.NDArray[np.int64]
    weights: npt.NDArray[np.float64]
    components: npt.NDArray[np.float64]

    @classmethod
    def fit(cls, texts: Sequence[str], *, seed: int = 0) -> TextSpace:
        """Fit on texts; texts without words are left out, and no text at all gives an empty space.

        Parameters
        ----------
        texts : sequence of str
            In an order that does not depend on how tables were stored: the fit is deterministic
            given it.
        """
        if len(texts) > FIT_TEXTS:
            texts = [texts[i] for i in np.linspace(0, len(texts) - 1, FIT_TEXTS).astype(int)]
        counts = _hash(texts)
        counts = counts[np.diff(counts.indptr) > 0]
        frequency = np.bincount(counts.indices, minlength=HASH_SIZE)
        columns = np.flatnonzero(frequency >= 2).astype(np.int64)
        weights = np.log((1 + counts.shape[0]) / (1 + frequency[columns])) + 1
        components = np.zeros((len(columns), DIMENSIONS))
        rank = min(DIMENSIONS, counts.shape[0] - 1, len(columns) - 1)
        if rank >= 1:
            from sklearn.decomposition import TruncatedSVD

            svd = TruncatedSVD(rank, algorithm="randomized", n_iter=4, random_state=seed)
            with np.errstate(invalid="ignore", divide="ignore"):  # all the same: no variance
                svd.fit(_weigh(counts[:, columns], weights))
            components[:, :rank] = svd.components_.T.astype(np.float32)  # as stored in a bundle
        return cls(columns, weights, components)

    def vectors(self, texts: Sequence[str | None]) -> npt.NDArray[np.float32]:
        """Unit vectors of texts, shape (n, DIMENSIONS).

        NaN where a text is missing or holds no known word. Only the beginning of a long text is
        read (`excerpt.READ_CHARACTERS`).
        """
        counts = _hash(texts)[:, self.columns]
        dense = np.asarray(_weigh(counts, self.weights) @ self.components)
        length = np.sqrt(np.square(dense).sum(axis=1, keepdims=True))
        with np.errstate(invalid="ignore", divide="ignore"):
            return np.where(length > 1e-9, dense / length, np.nan).astype(np.float32)

    def save(self, folder: Path) -> None:
        """Write the arrays, `text_*.npy`, and `text.json` into a folder."""
        np.save(folder / "text_columns.npy", self.columns)
        np.save(folder / "text_weights.npy", self.weights)
        np.save(folder / "text_components.npy", self.components.astype(np.float32))
        shape = {"dimensions": DIMENSIONS, "hash_size": HASH_SIZE}
        (folder / "text.json").write_text(json.dumps(shape, indent=2) + "\n", encoding="utf-8")

    @classmethod
    def load(cls, folder: Path) -> TextSpace:
        """Read what `save` wrote; vectors agree with those before saving to single precision."""
        return cls(
            np.load(folder / "text_columns.npy", allow_pickle=False),
            np.load(folder / "text_weights.npy", allow_pickle=False),
            np.load(folder / "text_components.npy", allow_pickle=False).astype(np.float64),
        )


def _hash(texts: Sequence[str | None]) -> sparse.csr_matrix:
    if not texts:
        return sparse.csr_matrix((0, HASH_SIZE))
    # Imported here, since scikit-learn takes a second and listing the features needs none of it.
    from sklearn.feature_extraction.text import HashingVectorizer

    from features.function_words import FUNCTION_WORDS

    hasher = HashingVectorizer(
        n_features=HASH_SIZE,
        norm=None,
        alternate_sign=False,
        strip_accents="unicode",
        stop_words=FUNCTION_WORDS,
        dtype=np.float64,
    )
    return cast("sparse.csr_matrix", hasher.transform(excerpts(texts)).tocsr())


def _weigh(counts: sparse.csr_matrix, weights: npt.NDArray[np.float64]) -> sparse.csr_matrix:
    """Logarithmic counts times inverse document frequency, each row of length one."""
    weighed = counts.astype(np.float64).tocsr()
    weighed.data = np.log1p(weighed.data)
    weighed = (weighed @ sparse.diags_array(weights)).tocsr()
    length = np.sqrt(np.asarray(weighed.multiply(weighed).sum(axis=1)).ravel())
    return (sparse.diags_array(1 / np.where(length > 0, length, 1)) @ weighed).tocsr()
