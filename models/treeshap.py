"""Exact TreeSHAP (path-dependent) of every row, by feature or straight to groups of features.

A leaf of value v plays a game of the distinct features on its path: each that joins says whether
the row meets its conditions (o = 0 or 1), each that does not leaves the share z of the training
rows that do. By the multilinear extension (Owen, 1972) the Shapley value of feature j is

    v (o_j - z_j)  integral over t in 0..1 of  product over i != j of (t o_i + (1 - t) z_i)

a polynomial, which Gauss-Legendre nodes integrate exactly, with no division by a share that may be
0. Since o has few patterns, the values are tables, made once for a model (`models.pieces`); a row
then costs its tests and some look-ups. LightGBM's `pred_contrib` computes the same for each row
anew. Where no training row went, it tells NaN; the game is defined there too: z is 0, or a half
each way below.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import groupby

import lightgbm as lgb
import numpy as np
import numpy.typing as npt

from models.pieces import LONGEST, cut, is_too_deep
from models.steps import Records, Words, fill, walk
from models.trees import Floats, Ints, trees_of

LARGEST = 1 << 25
"""Numbers in all tables (256 MiB) beyond which LightGBM is asked instead."""
_AT_ONCE = 4096


@dataclass(frozen=True)
class TreeShap:
    """Explains a booster; ``expected + contributions.sum(axis=1)`` is its raw score.

    Attributes
    ----------
    expected : float
        Mean raw score over the training rows of each tree.
    n_features, n_groups : int
        `n_groups` is the largest group + 1.
    steps, words : ndarray
    registers : int
        What rows walk (`models.pieces.Pieces`).
    table : ndarray
        Contributions of each piece, by group and bits.
    groups : ndarray of int, shape (n_features,)
    booster : lightgbm.Booster
    asked : tuple of (int, int)
        First and number of trees too deep for tables, for which the booster is asked.
    """

    expected: float
    n_features: int
    n_groups: int
    steps: Records
    words: Words
    registers: int
    table: Floats
    groups: Ints
    booster: lgb.Booster
    asked: tuple[tuple[int, int], ...]

    @classmethod
    def of(
        cls,
        booster: lgb.Booster,
        groups: Sequence[int] | npt.NDArray[np.integer] | None = None,
        trees: int | None = None,
    ) -> TreeShap:
        """Make the tables.

        Parameters
        ----------
        groups : sequence of int, length n_features, optional
            Group of each feature, counting from 0; each feature is its own when not given.
        trees : int, optional
            How many of the first trees; when not given, those that `booster.predict` would use.

        Raises
        ------
        ValueError
            When the booster is not supported (`models.trees.trees_of`), or groups do not fit it.
        """
        if trees is None and booster.best_iteration > 0:
            trees = booster.best_iteration
        n_features, all_trees = trees_of(booster, trees)
        of = np.arange(n_features) if groups is None else np.asarray(groups)
        if of.shape != (n_features,) or of.dtype.kind not in "iu" or of.min(initial=0) < 0:
            raise ValueError(
                f"groups are {of.dtype} of shape {of.shape}: "
                f"give a number from 0 for each of the {n_features} features"
            )
        of = of.astype(np.int64)
        deep = [is_too_deep(tree) for tree in all_trees]
        pieces = cut([t for t, is_deep in zip(all_trees, deep, strict=True) if not is_deep], of)
        if pieces.entries > LARGEST:
            deep, pieces = [True] * len(all_trees), cut([], of)
        for number, tree in enumerate(all_trees):
            if deep[number] and tree.is_anywhere_unreached:
                raise ValueError(
                    f"tree {number} is too deep for tables and has branches that no training row "
                    "reached, for which LightGBM tells NaN: train with min_data_in_leaf=1 or more"
                )
        table = np.zeros(pieces.entries)
        fill(table, pieces.leaves, pieces.factors, *_gauss())
        asked = tuple(_runs(deep))
        expected = pieces.expected
        for first, count in asked:
            told = booster.predict(
                np.zeros((1, n_features)),
                start_iteration=first,
                num_iteration=count,
                pred_contrib=True,
            )
            expected += float(np.asarray(told)[0, -1])
        n_groups = int(of.max(initial=-1)) + 1
        walked = pieces.steps, pieces.words, pieces.registers
        return cls(expected, n_features, n_groups, *walked, table, of, booster, asked)

    def __call__(self, inputs: Floats) -> Floats:
        """Contributions of rows, shape (n, n_groups); a row's do not depend on those beside it.

        Parameters
        ----------
        inputs : ndarray, shape (n, n_features)
            NaN where unknown.

        Raises
        ------
        ValueError
            When the number of features is another one.
        """
        if inputs.ndim != 2 or inputs.shape[1] != self.n_features:
            raise ValueError(f"inputs have shape {inputs.shape}: give (n, {self.n_features})")
        found = np.zeros((len(inputs), self.n_groups))
        for first in range(0, len(inputs), _AT_ONCE):
            part = np.ascontiguousarray(inputs[first : first + _AT_ONCE], dtype=np.float64)
            into = found[first : first + _AT_ONCE]
            walk(part, self.steps, self.words, self.table, self.registers, into)
            for start, count in self.asked:
                told = self.booster.predict(
                    part, start_iteration=start, num_iteration=count, pred_contrib=True
                )
                for feature, values in enumerate(np.asarray(told)[:, :-1].T):
                    into[:, self.groups[feature]] += values
        return found


def _runs(flags: Sequence[bool]) -> list[tuple[int, int]]:
    """First and number of each run of true ones."""
    found, first = [], 0
    for is_true, run in groupby(flags):
        count = len(list(run))
        found += [(first, count)] if is_true else []
        first += count
    return found


def _gauss() -> tuple[Floats, Floats]:
    """Nodes and weights on 0..1 that integrate what d features need, by d; the rest are 0."""
    at, weight = np.zeros((2, LONGEST + 1, LONGEST // 2 + 1))
    for d in range(1, LONGEST + 1):
        # n nodes are exact up to degree 2 n - 1; the product over d - 1 features has degree d - 1.
        n = (d + 1) // 2
        nodes, weights = np.polynomial.legendre.leggauss(n)
        at[d, :n], weight[d, :n] = (1 + nodes) / 2, weights / 2
    return at, weight
