"""Where chance comes from: one independent stream for each part of the world."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, TypeAlias
from zlib import crc32

import numpy as np
import numpy.typing as npt

Floats: TypeAlias = npt.NDArray[np.float64]
Ints: TypeAlias = npt.NDArray[np.int64]
Flags: TypeAlias = npt.NDArray[np.bool_]
Texts: TypeAlias = npt.NDArray[Any]
"""Array of dtype object that holds str or None."""


def stream(seed: int, part: str) -> np.random.Generator:
    """The generator of one part: what one part draws does not move what another draws.

    Examples
    --------
    >>> bool(stream(0, "posts").uniform() == stream(0, "posts").uniform())
    True
    >>> bool(stream(0, "posts").uniform() == stream(0, "comments").uniform())
    False
    """
    return np.random.default_rng(np.random.SeedSequence(seed, spawn_key=(crc32(part.encode()),)))


def chance(log_odds: Floats) -> Floats:
    """Probability of a log-odds."""
    return np.asarray(1.0 / (1.0 + np.exp(-log_odds)))


def texts(values: Sequence[str | None]) -> Texts:
    """An array of objects, so that rows of different lengths share their strings."""
    found = np.empty(len(values), dtype=object)
    found[:] = list(values)
    return found
