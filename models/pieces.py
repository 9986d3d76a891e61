"""Trees cut into pieces that are so small that what each contributes can be told by one look-up.

What a leaf contributes to whom depends only on which of the distinct features on its path have all
their conditions met. A piece is a subtree: whether the features above meet their conditions (one
bit each) and which way each of its own splits decides (one bit each) tells it for all its leaves.

Each tree becomes steps of the machine of `models.steps`.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

import numpy as np

from models.steps import ADD, AGAIN, AMONG, FACTOR, INSIDE, LEAF, NEW, STEP, TREE, Records, Words
from models.trees import Ints, Tree

BITS = 8
"""Bits of a piece of several leaves: few look-ups, and tables that the processor's cache holds."""
LONGEST = 10
"""Distinct features on a path, of which 2 to that power are the entries of a table."""


@dataclass(frozen=True)
class Pieces:
    """Steps to walk, and what their tables are made from.

    Attributes
    ----------
    expected : float
        Mean of the trees over the training rows.
    steps, leaves, factors : ndarray
        Of `STEP`, `LEAF` and `FACTOR`; `first` and `last` of a leaf delimit its factors.
    words : ndarray of uint32
        Sets of categories.
    entries, registers : int
        Numbers in all tables; registers used.
    """

    expected: float
    steps: Records
    leaves: Records
    factors: Records
    words: Words
    entries: int
    registers: int


@dataclass(frozen=True)
class _Condition:
    feature: int
    share: float
    mask: int
    wanted: int


def is_too_deep(tree: Tree) -> bool:
    """Whether a path has more than `LONGEST` distinct features."""
    waiting = [(tree.root, frozenset[int]())]
    while waiting:
        node, above = waiting.pop()
        if len(above) > LONGEST:
            return True
        if node >= 0:
            met = above | {int(tree.feature[node])}
            waiting += [(int(tree.left[node]), met), (int(tree.right[node]), met)]
    return False


def cut(trees: Sequence[Tree], groups: Ints) -> Pieces:
    """Cut trees, none of them too deep.

    Parameters
    ----------
    groups : ndarray of int, shape (n_features,)
        Group of each feature.
    """
    cutter = _Cutter(groups)
    for tree in trees:
        cutter.cut(tree)
    return Pieces(
        expected=math.fsum(cutter.expected),
        steps=np.array(cutter.steps, dtype=STEP),
        leaves=np.array(cutter.leaves, dtype=LEAF),
        factors=np.array(cutter.factors, dtype=FACTOR),
        words=np.concatenate([np.zeros(0, np.uint32), *cutter.words]).astype(np.uint32),
        entries=cutter.entries,
        registers=cutter.registers,
    )


@dataclass
class _Cutter:
    groups: Ints
    expected: list[float] = field(default_factory=list)
    steps: list[tuple[float, ...]] = field(default_factory=list)
    leaves: list[tuple[float, ...]] = field(default_factory=list)
    factors: list[tuple[float, ...]] = field(default_factory=list)
    words: list[Words] = field(default_factory=list)
    n_words: int = 0
    entries: int = 0
    registers: int = 1

    def cut(self, tree: Tree) -> None:
        splits = _splits_below(tree)
        self.steps.append((TREE, 0, 0, 0, 0, 0, 0, 0, 0.0))
        # The left child comes first, and what is below it uses registers of its own level: that of
        # the right child is still as it was when its turn comes.
        waiting: list[tuple[int, int, int, list[_Condition]]] = [(tree.root, 0, 0, [])]
        while waiting:
            node, level, register, above = waiting.pop()
            if node < 0 or len(above) + splits[node] <= BITS:
                self._piece(tree, node, register, above)
                continue
            bit = _place(above, int(tree.feature[node]))
            kind = NEW if bit == len(above) else AGAIN
            to = 2 * level + 1
            self.registers = max(self.registers, to + 2)
            self._step(tree, node, kind, bit, register, to)
            left, right = _met(tree, node, above, 1 << bit, 1 << bit)
            waiting += [
                (int(tree.right[node]), level + 1, to + 1, right),
                (int(tree.left[node]), level + 1, to, left),
            ]

    def _piece(self, tree: Tree, top: int, register: int, above: list[_Condition]) -> None:
        bits = len(above)
        found: list[tuple[float, list[_Condition]]] = []
        waiting = [(top, above)]
        while waiting:
            node, conditions = waiting.pop()
            if node < 0:
                found.append((float(tree.value[-1 - node]), conditions))
                continue
            self._step(tree, node, INSIDE, bits, register, 0)
            left, right = _met(tree, node, conditions, 1 << bits, 0)
            waiting += [(int(tree.right[node]), right), (int(tree.left[node]), left)]
            bits += 1
        groups = sorted({int(self.groups[c.feature]) for _, of in found for c in of})
        start = {group: self.entries + (i << bits) for i, group in enumerate(groups)}
        self.entries += len(groups) << bits
        for value, conditions in found:
            self.expected.append(value * math.prod(c.share for c in conditions))
            first = len(self.factors)
            self.factors += [
                (c.share, c.mask, c.wanted, start[int(self.groups[c.feature])]) for c in conditions
            ]
            self.leaves.append((value, first, len(self.factors), bits))
        self.steps += [(ADD, 0, bits, register, group, 0, 0, start[group], 0.0) for group in groups]

    def _step(self, tree: Tree, split: int, kind: int, bit: int, register: int, to: int) -> None:
        words = tree.categories.get(split)
        if words is None:
            test = 2 * int(tree.is_zero_unknown[split]) + int(tree.is_unknown_left[split])
            of_words = 0, 0
        else:
            test, of_words = AMONG, (len(words), self.n_words)
            self.words.append(words)
            self.n_words += len(words)
        feature, threshold = int(tree.feature[split]), float(tree.threshold[split])
        self.steps.append((kind, test, bit, register, to, feature, *of_words, threshold))


def _place(conditions: list[_Condition], feature: int) -> int:
    """Place of a feature among those met, or the next."""
    return next((i for i, c in enumerate(conditions) if c.feature == feature), len(conditions))


def _met(
    tree: Tree, split: int, above: list[_Condition], mask: int, of_right: int
) -> Iterator[list[_Condition]]:
    """Conditions of the left and of the right child.

    `mask` is the bit that tells: set where the row goes left, and `of_right` where it goes right.
    """
    feature = int(tree.feature[split])
    place = _place(above, feature)
    before = above[place] if place < len(above) else _Condition(feature, 1.0, 0, 0)
    for share, wanted in zip(tree.shares(split), (mask, of_right), strict=True):
        now = _Condition(feature, before.share * share, before.mask | mask, before.wanted | wanted)
        yield [*above[:place], now, *above[place + 1 :]]


def _splits_below(tree: Tree) -> Ints:
    """Number of splits in the subtree of each split."""
    order, waiting = [], [tree.root]
    while waiting:
        if (node := waiting.pop()) >= 0:
            order.append(node)
            waiting += [int(tree.left[node]), int(tree.right[node])]
    below = np.zeros(len(tree.feature), dtype=np.int64)
    for node in reversed(order):
        children = (tree.left[node], tree.right[node])
        below[node] = 1 + sum(below[child] for child in children if child >= 0)
    return below
