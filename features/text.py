"""Texts as unit vectors of a dense space: words or an embedding, projected.

The space is fitted on texts that precede the training moment, belongs to the model bundle, and is
stored as plain arrays. Similarity of two texts is the inner product of their unit vectors.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt
from sklearn.decomposition import TruncatedSVD

from features.embedding import FOLDER, Embedding
from features.hashed_words import HashedWords

DIMENSIONS = 64
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
    encoder : HashedWords or Embedding
        Makes a row of numbers of a text.
    components : ndarray of float64, shape (n_columns of the encoder, DIMENSIONS)
        Right singular vectors; columns beyond the rank of the fitted texts are zero.
    languages : tuple of str
        What the texts of training were in (`precedent.known_languages`), primary codes of BCP 47;
        empty where no text showed or declared any.
    """

    encoder: HashedWords | Embedding
    components: npt.NDArray[np.float64]
    languages: tuple[str, ...] = ()

    @classmethod
    def fit(
        cls,
        texts: Sequence[str],
        *,
        embedding: Embedding | None = None,
        seed: int = 0,
        languages: Sequence[str] = (),
    ) -> TextSpace:
        """Fit on texts; texts without words are left out, and no text at all gives an empty space.

        Parameters
        ----------
        texts : sequence of str
            In an order that does not depend on how tables were stored: the fit is deterministic
            given it.
        embedding : Embedding, optional
            Encodes the texts; hashed words where not given.
        languages : sequence of str
            What the texts are in.
        """
        if len(texts) > FIT_TEXTS:
            texts = [texts[i] for i in np.linspace(0, len(texts) - 1, FIT_TEXTS).astype(int)]
        encoder = HashedWords.fit(texts) if embedding is None else embedding.fit(texts)
        encoded = encoder.encode(texts)
        encoded = encoded[np.diff(encoded.indptr) > 0]
        components = np.zeros((encoded.shape[1], DIMENSIONS))
        rank = min(DIMENSIONS, encoded.shape[0] - 1, encoded.shape[1] - 1)
        if rank >= 1:
            svd = TruncatedSVD(rank, algorithm="randomized", n_iter=4, random_state=seed)
            with np.errstate(invalid="ignore", divide="ignore"):  # all the same: no variance
                svd.fit(encoded)
            components[:, :rank] = svd.components_.T.astype(np.float32)  # as stored in a bundle
        return cls(encoder, components, tuple(languages))

    def vectors(self, texts: Sequence[str | None]) -> npt.NDArray[np.float32]:
        """Unit vectors of texts, shape (n, DIMENSIONS).

        NaN where a text is missing or holds no known word. Only the beginning of a long text is
        read (`excerpt.READ_CHARACTERS`). A vector depends on no other text, to the last bit.
        """
        # Sparse times dense goes row by row; dense times dense would depend on how many there are.
        dense = np.asarray(self.encoder.encode(texts) @ self.components)
        length = np.sqrt(np.square(dense).sum(axis=1, keepdims=True))
        with np.errstate(invalid="ignore", divide="ignore"):
            return np.where(length > 1e-9, dense / length, np.nan).astype(np.float32)

    def save(self, folder: Path) -> None:
        """Write the arrays, `text_*.npy`, and `text.json` into a folder; an embedding is copied."""
        np.save(folder / "text_components.npy", self.components.astype(np.float32))
        shape = {
            "dimensions": DIMENSIONS,
            "languages": list(self.languages),
            **self.encoder.save(folder),
        }
        (folder / "text.json").write_text(json.dumps(shape, indent=2) + "\n", encoding="utf-8")

    @classmethod
    def load(cls, folder: Path) -> TextSpace:
        """Read what `save` wrote; vectors are those before saving."""
        shape = json.loads((folder / "text.json").read_text(encoding="utf-8"))
        encoder = Embedding if shape.get("encoder") == FOLDER else HashedWords
        components = np.load(folder / "text_components.npy", allow_pickle=False)
        languages = tuple(shape.get("languages", ()))
        return cls(encoder.load(folder), components.astype(np.float64), languages)
