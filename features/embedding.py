"""Texts as the vectors of a static sentence-embedding model that lies in a local folder.

The folder is one that model2vec or sentence-transformers (a `StaticEmbedding`) wrote; any
sentence transformer can be distilled to one with model2vec. Nothing is ever fetched.
"""

from __future__ import annotations

import shutil
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt
from scipy import sparse

from features.errors import UserError
from features.excerpt import excerpts

if TYPE_CHECKING:
    from model2vec import StaticModel

FOLDER = "embedding"
_CENTRE = "embedding_centre.npy"
_LAYOUTS = (
    ("config.json", "model.safetensors", "tokenizer.json"),
    ("config_sentence_transformers.json", "model.safetensors", "tokenizer.json"),
    (
        "config_sentence_transformers.json",
        "0_StaticEmbedding/model.safetensors",
        "0_StaticEmbedding/tokenizer.json",
    ),
)


@dataclass(frozen=True, eq=False)
class Embedding:
    """A model, the folder it was read from, and the mean of the texts it was fitted on.

    Attributes
    ----------
    model : StaticModel
    folder : Path
        Its files, which `save` copies: a bundle holds its own.
    centre : ndarray of float32, shape (model.dim,)
        Subtracted from the unit vectors of texts: what all texts have in common tells nothing.
    """

    model: StaticModel
    folder: Path
    centre: npt.NDArray[np.float32]

    @classmethod
    def open(cls, folder: Path) -> Embedding:
        """Read a model, not yet fitted on texts.

        Raises
        ------
        UserError
            Exit 2 when there is no folder, it holds no such model or one that cannot be read, or
            the extra `embed` is not installed.
        """
        if not folder.is_dir():
            raise UserError(f"no folder {folder}: name one that holds a static embedding model")
        if _files(folder) is None:
            raise UserError(
                f"{folder} holds no static embedding model: needed are config.json, "
                "model.safetensors and tokenizer.json as model2vec writes them. A sentence "
                "transformer is made into one with `model2vec.distill`"
            )
        try:
            from model2vec import StaticModel
        except ImportError as error:
            raise UserError(
                "an embedding model needs the extra `embed`: pip install -e '.[embed]'"
            ) from error
        try:
            model = StaticModel.from_pretrained(folder)
        except Exception as error:  # safetensors and tokenizers raise any
            raise UserError(
                f"the embedding model in {folder} cannot be read ({type(error).__name__}): "
                "restore or replace its files"
            ) from error
        return cls(model, folder, np.zeros(model.dim, dtype=np.float32))

    def fit(self, texts: Sequence[str]) -> Embedding:
        """The same model, centred on texts."""
        vectors = self._unit_vectors(texts)
        known = vectors[vectors.any(axis=1)]
        centre = known.mean(axis=0, dtype=np.float64) if len(known) else self.centre
        return Embedding(self.model, self.folder, np.asarray(centre, dtype=np.float32))

    def encode(self, texts: Sequence[str | None]) -> sparse.csr_matrix:
        """Centred unit vectors, shape (n, model.dim); a row is empty where no token is known."""
        vectors = self._unit_vectors(texts)
        known = vectors.any(axis=1, keepdims=True)
        return sparse.csr_matrix(np.where(known, vectors - self.centre, 0).astype(np.float64))

    def save(self, folder: Path) -> dict[str, object]:
        """Copy the model's files into a folder, with the centre; how the texts were encoded."""
        for name in _files(self.folder) or ():
            target = folder / FOLDER / name
            target.parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(self.folder / name, target)
        np.save(folder / _CENTRE, self.centre)
        return {"encoder": FOLDER}

    @classmethod
    def load(cls, folder: Path) -> Embedding:
        """Read what `save` wrote."""
        opened = cls.open(folder / FOLDER)
        return cls(opened.model, opened.folder, np.load(folder / _CENTRE, allow_pickle=False))

    def _unit_vectors(self, texts: Sequence[str | None]) -> npt.NDArray[np.float32]:
        if not len(texts):
            return np.zeros((0, self.model.dim), dtype=np.float32)
        found = self.model.encode(excerpts(texts), use_multiprocessing=False).astype(np.float32)
        length = np.sqrt(np.square(found).sum(axis=1, keepdims=True))
        return np.asarray(found / np.where(length > 0, length, 1), dtype=np.float32)


def _files(folder: Path) -> tuple[str, ...] | None:
    """The model's files in a folder; None where it holds no model."""
    for layout in _LAYOUTS:
        if all((folder / name).is_file() for name in layout):
            return layout
    return None
