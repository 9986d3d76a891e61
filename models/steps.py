"""A machine for trees: steps that many rows take together, compiled.

It has registers of bits, each for a block of rows, and adds numbers of a table to groups. The first
register is that of the root.

    TREE    a tree begins: the first register is cleared
    NEW     a split of a feature that is new on the path: its bit is set in the register of the
            child that the row goes to
    AGAIN   a split of a feature met before: its bit is cleared in that of the child where the row
            does not go
    INSIDE  a split within a piece (`models.pieces`): its bit is set where the row goes left
    ADD     add to a group the number that the table has at the register's bits

What is compiled is kept with this file: whatever it depends on must stand here or be an argument.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar, cast

import numpy as np
import numpy.typing as npt
from numba import njit

Floats = npt.NDArray[np.float64]
Words = npt.NDArray[np.uint32]
Records = npt.NDArray[np.void]

F = TypeVar("F", bound=Callable[..., Any])

BLOCK = 256
"""Rows that walk the trees together: the inner loops are over them."""
ZERO = float(np.float32(1e-35))
"""What is no further from 0 is 0 for LightGBM: its kZeroThreshold, a float held in a double."""

NEW, AGAIN, INSIDE, ADD, TREE = range(5)
AT_MOST, NOT_ABOVE, AT_MOST_NOT_ZERO, NOT_ABOVE_OR_ZERO, AMONG = range(5)
"""Tests that send a row left: the first two differ in where NaN goes, the next two also send 0
there, the last asks for categories."""

STEP = np.dtype(
    [
        ("kind", np.int8),
        ("test", np.int8),
        ("bit", np.uint8),  # of ADD: their number
        ("register", np.int32),
        ("to", np.int32),  # register of the left child, before that of the right; of ADD: the group
        ("feature", np.int32),
        ("words", np.int32),  # how many hold the categories
        ("start", np.int64),  # of the words; of ADD: of the table
        ("threshold", np.float64),
    ]
)
LEAF = np.dtype(
    [
        ("value", np.float64),
        ("first", np.int64),  # of its factors
        ("last", np.int64),
        ("bits", np.int64),  # of its piece
    ]
)
FACTOR = np.dtype(
    [
        ("share", np.float64),  # of the training rows that meet the conditions
        ("mask", np.int64),  # bits of the piece that tell whether a row meets them,
        ("wanted", np.int64),  # and what they are if it does
        ("start", np.int64),  # of the table of its group
    ]
)
"""A distinct feature on the path to a leaf: its conditions there."""


def compiled(function: F) -> F:
    """Compiled, and kept for the next process where there is a folder to write to."""
    try:
        return cast(F, njit(cache=True, nogil=True)(function))
    except RuntimeError:  # neither beside the source nor in the user's cache
        return cast(F, njit(nogil=True)(function))


@compiled
def fill(
    table: Floats,
    leaves: Records,
    factors: Records,
    at: Floats,
    weight: Floats,
) -> None:
    """Add what each leaf contributes, for every pattern of the bits of its piece."""
    longest = len(at) - 1
    values = np.empty((1 << longest, longest))
    before = np.empty(longest + 1)
    for leaf in leaves:
        of = factors[leaf.first : leaf.last]
        d = len(of)
        for pattern in range(1 << d):
            values[pattern, :d] = 0.0
            for q in range((d + 1) // 2):
                t = at[d, q]
                before[0] = weight[d, q] * leaf.value
                for j in range(d):
                    meets = pattern >> j & 1
                    before[j + 1] = before[j] * (t * meets + (1 - t) * of[j].share)
                after = 1.0
                for j in range(d - 1, -1, -1):
                    meets = pattern >> j & 1
                    values[pattern, j] += (meets - of[j].share) * before[j] * after
                    after *= t * meets + (1 - t) * of[j].share
        for bits in range(1 << leaf.bits):
            pattern = 0
            for j in range(d):
                if bits & of[j].mask == of[j].wanted:
                    pattern |= 1 << j
            for j in range(d):
                table[of[j].start + bits] += values[pattern, j]


@compiled
def walk(
    inputs: Floats,
    steps: Records,
    words: Words,
    table: Floats,
    registers: int,
    found: Floats,
) -> None:
    """Walk all rows through all steps, a block of rows at a time, and add to `found`."""
    n, n_features = inputs.shape
    columns = np.zeros((n_features, BLOCK))
    sums = np.empty((found.shape[1], BLOCK))
    register = np.zeros((registers, BLOCK), dtype=np.uint16)
    goes_left = np.zeros(BLOCK, dtype=np.uint16)
    for first in range(0, n, BLOCK):
        here = min(BLOCK, n - first)
        for r in range(here):
            for j in range(n_features):
                value = inputs[first + r, j]
                columns[j, r] = 0.0 if abs(value) <= ZERO else value
        sums[:] = 0.0
        for s in range(len(steps)):
            step = steps[s]
            if step.kind == ADD:
                of_group, bits = sums[step.to], register[step.register]
                told = table[step.start : step.start + (1 << np.int64(step.bit))]
                for r in range(here):
                    of_group[r] += told[bits[r]]
                continue
            if step.kind == TREE:
                register[0] = 0
                continue
            _decide(step, columns[step.feature, :here], words, goes_left)
            bit = np.uint16(step.bit)
            one = np.uint16(1)
            if step.kind == INSIDE:
                bits = register[step.register]
                for r in range(here):
                    bits[r] |= goes_left[r] << bit
                continue
            bits, left, right = register[step.register], register[step.to], register[step.to + 1]
            if step.kind == NEW:
                for r in range(here):
                    left[r] = bits[r] | (goes_left[r] << bit)
                    right[r] = bits[r] | ((goes_left[r] ^ one) << bit)
            else:
                for r in range(here):
                    left[r] = bits[r] & ~((goes_left[r] ^ one) << bit)
                    right[r] = bits[r] & ~(goes_left[r] << bit)
        for r in range(here):
            for g in range(found.shape[1]):
                found[first + r, g] += sums[g, r]


@compiled
def _decide(
    step: Any,
    values: Floats,
    words: Words,
    goes_left: npt.NDArray[np.uint16],
) -> None:
    """Whether each row goes left."""
    threshold = step.threshold
    if step.test == AT_MOST:
        for r in range(len(values)):
            goes_left[r] = values[r] <= threshold
    elif step.test == NOT_ABOVE:
        for r in range(len(values)):
            goes_left[r] = not values[r] > threshold
    elif step.test == AT_MOST_NOT_ZERO:
        for r in range(len(values)):
            goes_left[r] = (values[r] <= threshold) & (values[r] != 0)
    elif step.test == AMONG:
        for r in range(len(values)):
            value = values[r]
            goes_left[r] = 0
            if value > -1 and value < 32 * step.words:
                category = int(value)
                goes_left[r] = words[step.start + (category >> 5)] >> (category & 31) & 1
    else:
        for r in range(len(values)):
            goes_left[r] = (not values[r] > threshold) | (values[r] == 0)
