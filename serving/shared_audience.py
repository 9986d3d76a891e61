"""What chosen packages bring when people whom several of them reach count once.

A package brings its worth by equal parts through each account of its creator's audience. Of a cell
(accounts that the same creators share) with amounts a, the chosen bring the largest amount only:

    lost in a cell = sum of a over the chosen - max of a over the chosen

This is no sum over packages, but for any level p >= 0 it is at least one, less p:

    lost >= sum over the chosen of min(a, p) - p

for of the amounts all but the largest are counted in full where p is the second largest (then both
sides are equal), and with another p no more is. So levels serve twice. As prices of the cells, one
level each, they make of the worth a sum that no choice exceeds: the reductions and proofs of a
programme without overlap hold for it as they stand. As rows of a programme, a few levels a cell and
only where a solution counted somebody twice, they make the worth exact.

What a package adds to others lies between its least (nothing of its cells counts) and its whole
worth, and rises with what it brings by at most as much. Hence of a creator's packages one that is
as cheap and worth no less stays as good in every company.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt
import pandas as pd
from scipy import sparse

from features.overlap import Overlap, audience_overlap

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]

WHOLE = 1e-9
"""By how much parts of packages must exceed one before they count anybody twice."""


def overlap_of(connection: DuckDBPyConnection, packages: pd.DataFrame) -> Overlap:
    """Who of the creators on offer shares whose audience, as known at the moment of the scores.

    Parameters
    ----------
    packages : DataFrame
        As from `serving.offered.packages_of`: `creator_id`, `as_of`.
    """
    creators = sorted(set(packages["creator_id"].astype(str)))
    return audience_overlap(connection, creators, packages["as_of"].max().to_pydatetime())


def parts_of(overlap: Overlap | None, ids: Sequence[str], creator: Ints) -> sparse.csr_array:
    """Share of what each column brings that goes through each cell, shape (n, m).

    Parameters
    ----------
    overlap : Overlap, optional
        Whoever is not in it shares with nobody.
    ids : sequence of str
        Creator ids, by number.
    creator : ndarray of int, shape (n,)
        Whose each column is.

    Returns
    -------
    sparse array
        Cells that fewer than two of the creators share are left out.
    """
    if overlap is None:
        return sparse.csr_array((len(creator), 0))
    of = {name: place for place, name in enumerate(overlap.creators)}
    place = np.array([of.get(name, -1) for name in ids], dtype=np.int64)
    known = np.flatnonzero(place >= 0)
    cells = overlap.cells[place[known]]
    several = np.flatnonzero(np.bincount(cells.indices, minlength=cells.shape[1]) > 1)
    part = sparse.diags_array(1 / overlap.size[place[known]]) @ (
        cells[:, several] * overlap.weight[several][None, :]
    )
    row = np.full(len(ids), len(known))
    row[known] = np.arange(len(known))
    nothing = sparse.csr_array((1, len(several)))
    found = sparse.csr_array(sparse.vstack([part, nothing]).tocsr()[row[creator]])
    found.sort_indices()
    return found


def _beaten(amount: sparse.csr_array) -> Ints:
    """Entries that do not count where all columns are chosen: their cell holds a larger one, or an
    equal one of an earlier column.
    """
    order = np.lexsort((_rows(amount), -amount.data, amount.indices))
    cell = amount.indices[order]
    return np.asarray(order[1:][cell[1:] == cell[:-1]], dtype=np.int64)


def _rows(matrix: sparse.csr_array) -> Ints:
    return np.repeat(np.arange(matrix.shape[0], dtype=np.int64), np.diff(matrix.indptr))


def lost(amount: sparse.csr_array, chosen: Ints) -> float:
    """What chosen columns bring less together than added up: 0 where they share nobody.

    Parameters
    ----------
    amount : sparse array, shape (n, m)
        What each column brings through each cell.
    """
    inside = amount[chosen]
    return math.fsum(inside.data[_beaten(inside)].tolist())


def kept_shares(part: sparse.csr_array, amount: sparse.csr_array, chosen: Ints) -> Floats:
    """Share of what each chosen column brings that counts, in (0, 1]: weighted, their sum is what
    the chosen bring together.
    """
    inside, beaten = part[chosen], _beaten(amount[chosen])
    row = _rows(inside)[beaten]
    gone = np.bincount(row, weights=inside.data[beaten], minlength=len(chosen))
    return np.asarray(1 - gone)


def counted_shares(creators: Sequence[str], worth: Floats, overlap: Overlap | None) -> Floats:
    """Share of each creator's worth that counts beside the others', people in common counted once.

    Parameters
    ----------
    creators : sequence of str
        Ids of those chosen, each once.
    worth : ndarray, shape (n,)
        What each brings alone, at least 0; whoever brings most through an account keeps it, of
        equals the first.

    Returns
    -------
    ndarray, shape (n,)
        1 for whoever shares nobody with the others.

    Examples
    --------
    Of 15 parts of each audience 5 are shared; b brings more through them, and keeps them.

    >>> both = sparse.csr_array(np.array([[1.0], [1.0]]))
    >>> ten = np.array([10.0, 10.0])
    >>> shared = Overlap(("a", "b"), ten, ten + 5, both, np.array([5.0]))
    >>> counted_shares(("a", "b"), np.array([3.0, 6.0]), shared).round(6).tolist()
    [0.666667, 1.0]
    """
    everyone = np.arange(len(creators))
    part = parts_of(overlap, list(creators), everyone)
    return kept_shares(part, amounts(part, worth), everyone)


def amounts(part: sparse.csr_array, brought: Floats) -> sparse.csr_array:
    """What each column brings through each cell; nothing where it brings less than nothing."""
    data = part.data * np.maximum(brought, 0.0)[_rows(part)]
    return sparse.csr_array((data, part.indices, part.indptr), shape=part.shape)


def taken(amount: sparse.csr_array, level: Floats) -> Floats:
    """What a level of each cell takes from each column, shape (n,): sum of min(amount, level)."""
    least = np.minimum(amount.data, level[amount.indices])
    found = np.bincount(_rows(amount), weights=least, minlength=amount.shape[0])
    return found.astype(np.float64)


class Levels:
    """Rows by which a programme learns what is lost: cell by cell, at the levels that matter.

    Each cell with a level has a variable of its own, its loss, at least 0.
    """

    def __init__(self) -> None:
        self.cell: Ints = np.empty(0, dtype=np.int64)
        self.level: Floats = np.empty(0)

    @property
    def cells(self) -> Ints:
        """Cells with a variable, ascending."""
        return np.unique(self.cell)

    def rows(self, amount: sparse.csr_array) -> tuple[sparse.csr_array, sparse.csr_array]:
        """Entries of the columns and of the losses: columns - losses <= `level`."""
        inside = sparse.csr_array(amount[:, self.cell])
        inside.data = np.minimum(inside.data, self.level[inside.indices])
        own = np.searchsorted(self.cells, self.cell)
        at = np.arange(len(own))
        losses = sparse.csr_array((np.ones(len(own)), (at, own)), shape=(len(own), len(self.cells)))
        return sparse.csr_array(inside.T), losses

    def learn(self, amount: sparse.csr_array, taken: Floats, told: Floats, least: float) -> float:
        """Add the levels at which a solution counted somebody twice.

        Parameters
        ----------
        amount : sparse array, shape (n, m)
        taken : ndarray, shape (n,)
            How much of each column the solution takes, 0 to 1.
        told : ndarray
            Its losses, one a cell of `cells`.
        least : float
            Losses that were told too small by no more are left.

        Returns
        -------
        float
            By how much all losses together were told too small.
        """
        support = np.flatnonzero(taken > 0)
        inside = amount[support]
        part = taken[support][_rows(inside)]
        order = np.lexsort((-inside.data, inside.indices))
        cell, here, part = inside.indices[order], inside.data[order], part[order]
        first = np.flatnonzero(np.diff(cell, prepend=-1))
        length = np.diff([*first, len(cell)])
        sums = np.cumsum(part)
        before = np.repeat(sums[first] - part[first], length)
        above = np.flatnonzero(sums - before > 1 + WHOLE)
        # Where the parts first exceed one: the second largest of whole columns.
        of, at = np.unique(cell[above], return_index=True)
        level = here[above[at]]
        asked = np.full(amount.shape[1], 0.0)
        asked[of] = level
        each = np.bincount(
            cell, weights=part * np.minimum(here, asked[cell]), minlength=amount.shape[1]
        )
        known = np.zeros(amount.shape[1])
        known[self.cells] = told
        short = each[of] - level - known[of]
        new = short > least
        self.cell = np.append(self.cell, of[new])
        self.level = np.append(self.level, level[new])
        return float(np.maximum(short, 0.0).sum())

    def prices(self, duals: Floats, cells: int) -> Floats:
        """One level a cell that takes no less than the rows do at these duals (they sum to 1 at
        most in each cell): what is lost at a level is concave in the level, and 0 at 0.
        """
        found = np.bincount(self.cell, weights=duals * self.level, minlength=cells)
        return found.astype(np.float64)
