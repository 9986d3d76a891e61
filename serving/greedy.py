"""One package after another by what it brings per cost: what a person with a sorted list does."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from serving.programme import EXACT, Programme

Ints = npt.NDArray[np.int64]


def greedy(programme: Programme) -> Ints | None:
    """Go down the list, taking whatever no limit forbids; twice, first what limits ask for.

    Parameters
    ----------
    programme : Programme

    Returns
    -------
    ndarray of int, optional
        Columns taken, ascending; None where the list ends with a limit from below not met, which
        says nothing of whether another choice would meet it.
    """
    cost = np.maximum(programme.cost, np.finfo(np.float64).tiny)
    with np.errstate(over="ignore"):  # what costs nothing comes first
        order = np.argsort(-(programme.value / cost), kind="stable")
    matrix = programme.matrix.tocsc()
    most = programme.high + EXACT * np.maximum(np.abs(programme.high), 1)
    sums = np.zeros(len(programme.rules))
    taken: dict[int, int] = {}
    for asked_for in (True, False):
        for column in order:
            creator = int(programme.creator[column])
            part = slice(matrix.indptr[column], matrix.indptr[column + 1])
            rows, entries = matrix.indices[part], matrix.data[part]
            if creator in taken or (sums[rows] + entries > most[rows]).any():
                continue
            if asked_for and not (sums[rows] < programme.low[rows]).any():
                continue
            if not asked_for and programme.value[column] <= 0:
                continue
            sums[rows] += entries
            taken[creator] = int(column)
    chosen = np.array(sorted(taken.values()), dtype=np.int64)
    return None if len(programme.broken(chosen)) or not len(chosen) else chosen
