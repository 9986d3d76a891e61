"""The trees of a LightGBM booster as arrays, so that more can be computed of them than sums.

LightGBM has three ways to treat an unknown value. All are one here: where NaN goes, and whether 0
goes there too.

    missing type   NaN goes            0 goes
    None           where 0 goes        by the threshold
    Zero           the default way     the default way
    NaN            the default way     by the threshold

In a categorical split NaN, what is negative and what was never seen go right.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import lightgbm as lgb
import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]
Flags = npt.NDArray[np.bool_]
Words = npt.NDArray[np.uint32]

_CATEGORICAL, _DEFAULT_LEFT = 1, 2
_MISSING_ZERO, _MISSING_NAN = 1, 2


@dataclass(frozen=True)
class Tree:
    """A tree of m splits and m + 1 leaves; a child is a split, or ``-1 - leaf``. The root is split
    0, or the only leaf.

    Attributes
    ----------
    feature : ndarray of int, shape (m,)
    threshold : ndarray, shape (m,)
        What is at most so large goes left; no meaning in a categorical split.
    is_unknown_left, is_zero_unknown : ndarray of bool, shape (m,)
        Where NaN goes, and whether 0 goes there too.
    categories : mapping
        Split -> the categories that go left, 32 in a word; of categorical splits only.
    left, right : ndarray of int, shape (m,)
    value : ndarray, shape (m + 1,)
    rows, leaf_rows : ndarray, shapes (m,) and (m + 1,)
        Rows that reached each split and leaf in training.
    """

    feature: Ints
    threshold: Floats
    is_unknown_left: Flags
    is_zero_unknown: Flags
    categories: Mapping[int, Words]
    left: Ints
    right: Ints
    value: Floats
    rows: Floats
    leaf_rows: Floats

    @property
    def root(self) -> int:
        """Split or leaf that every row starts at."""
        return 0 if len(self.feature) else -1

    @property
    def is_anywhere_unreached(self) -> bool:
        """Whether some split or leaf saw no row in training."""
        return bool((self.rows == 0).any() or (self.leaf_rows == 0).any())

    def shares(self, split: int) -> tuple[float, float]:
        """Shares of the training rows at a split that went left and right; halves without any."""
        if self.rows[split] == 0:
            return 0.5, 0.5
        left, right = (
            self.rows[child] if child >= 0 else self.leaf_rows[-1 - child]
            for child in (self.left[split], self.right[split])
        )
        return float(left / self.rows[split]), float(right / self.rows[split])


def trees_of(booster: lgb.Booster, trees: int | None = None) -> tuple[int, list[Tree]]:
    """Number of features of a booster, and its trees.

    Parameters
    ----------
    trees : int, optional
        How many of the first trees, at least 1; all when not given, or when there are fewer.

    Raises
    ------
    ValueError
        When the booster has more than one class, linear leaves or averaged trees, or no counts of
        training rows; when less than one tree is asked for.
    """
    if trees is not None and trees < 1:
        raise ValueError(f"trees is {trees}: give 1 or more, or None for all")
    text = booster.model_to_string(num_iteration=-1 if trees is None else trees)
    head, *sections = text.split("\nend of trees")[0].split("\nTree=")
    fields = _fields(head)
    if "average_output" in fields:
        raise ValueError("a random forest (boosting=rf) is not supported: use boosting=gbdt")
    if (classes := fields.get("num_tree_per_iteration", "1")) != "1":
        raise ValueError(f"the booster has {classes} classes: only one is supported")
    return int(fields["max_feature_idx"]) + 1, [
        _tree(number, _fields(section)) for number, section in enumerate(sections)
    ]


def _fields(section: str) -> dict[str, str]:
    lines = (line.partition("=") for line in section.splitlines())
    return {name: value for name, _, value in lines}


def _tree(number: int, fields: Mapping[str, str]) -> Tree:
    if fields.get("is_linear", "0") != "0":
        raise ValueError(f"tree {number} has linear leaves (linear_tree): not supported")

    def ints(name: str) -> Ints:
        return np.array(fields.get(name, "").split(), dtype=np.int64)

    def floats(name: str) -> Floats:
        return np.array(fields.get(name, "").split(), dtype=np.float64)

    kind, threshold = ints("decision_type"), floats("threshold")
    rows, leaf_rows = floats("internal_count"), floats("leaf_count")
    if len(rows) != len(kind) or (len(kind) and not rows[0] > 0):
        raise ValueError(f"tree {number} holds no counts of the rows it was trained on")
    missing, is_categorical = kind >> 2 & 3, (kind & _CATEGORICAL) > 0
    has_default = (missing == _MISSING_ZERO) | (missing == _MISSING_NAN)
    return Tree(
        feature=ints("split_feature"),
        threshold=threshold,
        is_unknown_left=np.where(has_default, (kind & _DEFAULT_LEFT) > 0, threshold >= 0),
        is_zero_unknown=missing == _MISSING_ZERO,
        categories=dict(_categories(fields, np.flatnonzero(is_categorical), threshold)),
        left=ints("left_child"),
        right=ints("right_child"),
        value=floats("leaf_value"),
        rows=rows,
        leaf_rows=leaf_rows,
    )


def _categories(
    fields: Mapping[str, str], splits: Ints, threshold: Floats
) -> Iterator[tuple[int, Words]]:
    """The threshold of a categorical split is the number of its set."""
    ends = np.array(fields.get("cat_boundaries", "").split(), dtype=np.int64)
    words = np.array(fields.get("cat_threshold", "").split(), dtype=np.uint32)
    for split in splits:
        chosen = int(threshold[split])
        yield int(split), words[ends[chosen] : ends[chosen + 1]]
