"""A tiny sentence-embedding model, built on the spot and written as model2vec writes any."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import numpy.typing as npt
from model2vec import StaticModel
from tokenizers import Tokenizer
from tokenizers.models import WordLevel
from tokenizers.normalizers import BertNormalizer
from tokenizers.pre_tokenizers import Whitespace

MEANINGS = (
    ("tea thé cup tasse brew infuser green vert black noir", 0),
    ("run running courir marathon shoes chaussures hills côtes training", 1),
    ("bread pain flour farine oven four dough pâte butter beurre", 2),
    ("the le la a un une in dans of de and et with avec for pour my mon", 3),
)
"""Words of two languages, and the axis that those of one meaning share."""

AXES = 8


def write_model(folder: Path) -> Path:
    """Write the model; words of a meaning point nearly the same way, each a little its own."""
    words = [("[UNK]", 7), *((word, axis) for said, axis in MEANINGS for word in said.split())]
    vectors = 0.1 * np.random.default_rng(0).standard_normal((len(words), AXES))
    vectors[np.arange(len(words)), [axis for _, axis in words]] += 1
    return write_vectors(folder, [word for word, _ in words], vectors)


def write_vectors(folder: Path, words: Sequence[str], vectors: npt.NDArray[np.float64]) -> Path:
    """Write a model that knows these words, the first of them for all others."""
    vocabulary = {word: i for i, word in enumerate(words)}
    tokenizer = Tokenizer(WordLevel(vocabulary, unk_token=words[0]))
    tokenizer.normalizer = BertNormalizer(lowercase=True, strip_accents=False)
    tokenizer.pre_tokenizer = Whitespace()
    StaticModel(vectors.astype(np.float32), tokenizer).save_pretrained(folder)
    return folder
