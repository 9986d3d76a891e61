"""HiGHS asked for the best choice of columns of a programme, its answer checked in plain sums."""

from __future__ import annotations

import math

import numpy as np
import numpy.typing as npt
from scipy import sparse
from scipy.optimize import Bounds, LinearConstraint, milp

from models.solver import quiet
from serving.programme import MONEY, Programme
from serving.shared_audience import Levels

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]
Bools = npt.NDArray[np.bool_]

NODES = 20_000
"""Nodes of a search: a bound on work that, unlike a clock, gives the same plan everywhere."""
CUTS = 50
TWICE = 1e-10
"""Share of the worth that may be counted twice: rounding."""
INFEASIBLE = 2
"""SciPy's word for limits that cannot be met."""
SIZE = 17
"""Amounts and values are scaled by a power of two to about 2^17, where the solver's absolute
tolerances of 1e-6 are a part in 10^11."""


def search(
    programme: Programme,
    columns: Ints,
    gap: float,
    must: Bools | None = None,
    levels: Levels | None = None,
) -> tuple[Ints | None, float]:
    """Best choice among columns and its bound, by HiGHS alone.

    Parameters
    ----------
    levels : Levels, optional
        Where people in common are to count once: rows that say so, to which the search adds until
        the worth of its choice is known within the gap. Without it, values are added up.
    must : ndarray of bool, shape (n,), optional
        Columns of creators without whom no plan beats the one found.

    Returns
    -------
    chosen : ndarray of int or None
        None where no choice meets the limits (the bound is -inf) or none was found.
    bound : float
    """
    if must is None:
        must = np.zeros(len(programme.value), dtype=bool)
    if not len(columns):
        met = not len(programme.broken(columns))
        return (columns, 0.0) if met else (None, -np.inf)
    inner = programme.columns(columns)
    n = len(columns)
    factor, rows = scaled_rows(inner)
    scale = scale_of(float(np.abs(inner.value).max(initial=0.0)))
    alone = np.bincount(inner.creator, minlength=1)[inner.creator] == 1
    fixed = []
    if len(inner.rules):
        fixed.append((rows, factor * inner.low, factor * inner.high))
    creators = one_each(inner)
    if creators.shape[0]:
        one = np.ones(creators.shape[0])
        fixed.append((creators, np.full(len(one), -np.inf), one))
    lowest = (must[columns] & alone).astype(float)
    best, worth, bound = None, -np.inf, np.inf
    for _ in range(CUTS):
        cells = 0 if levels is None else len(levels.cells)
        constraints = [LinearConstraint(_wider(row, cells), low, high) for row, low, high in fixed]
        if levels is not None and cells:
            of_columns, of_losses = levels.rows(inner.amount)
            told = sparse.hstack([scale * of_columns, -of_losses]).tocsr()
            constraints.append(LinearConstraint(told, ub=scale * levels.level))
        with quiet():
            found = milp(
                np.append(-inner.value * scale, np.ones(cells)),
                constraints=constraints,
                bounds=Bounds(
                    np.append(lowest, np.zeros(cells)),
                    np.append(np.ones(n), np.full(cells, np.inf)),
                ),
                integrality=np.append(np.ones(n), np.zeros(cells)),
                options={"mip_rel_gap": gap, "node_limit": NODES},
            )
        proven = (
            -float(found.mip_dual_bound) / scale if found.mip_dual_bound is not None else np.inf
        )
        bound = min(bound, proven)
        if found.x is None:
            return best, (-np.inf if found.status == INFEASIBLE and best is None else bound)
        taken = found.x[:n] > 0.5
        chosen = np.flatnonzero(taken)
        if len(inner.broken(chosen)):
            # Within the solver's tolerance but not within ours: no plan may hold all of these.
            cut = np.zeros((1, n))
            cut[0, chosen] = 1
            fixed.append((cut, np.array([-np.inf]), np.array([len(chosen) - 1.0])))
            continue
        if levels is None:
            return columns[chosen], proven
        here = inner.worth(chosen)
        if best is None or here > worth:
            best, worth = columns[chosen], here
        twice = levels.learn(
            inner.amount, taken.astype(np.float64), found.x[n:] / scale, TWICE * abs(here)
        )
        if bound - worth <= gap * abs(worth) or twice <= TWICE * abs(here):
            return best, bound
    if best is not None:
        return best, bound
    raise ArithmeticError(f"{CUTS} plans of the solver broke a limit by its tolerance")


def _wider(rows: sparse.csr_array | npt.NDArray[np.float64], more: int) -> sparse.csr_array:
    """The rows with columns for losses, which no limit counts."""
    if not more:
        return sparse.csr_array(rows)
    return sparse.csr_array(sparse.hstack([rows, sparse.csr_array((rows.shape[0], more))]))


def scale_of(size: float) -> float:
    """Power of two by which numbers of this size come near 2^`SIZE`."""
    return 2.0 ** (SIZE - math.frexp(size)[1]) if size > 0 else 1.0


def scaled_rows(programme: Programme) -> tuple[Floats, sparse.csr_array]:
    """Factor of each row (amounts are scaled, numbers stay) and the scaled rows."""
    factor = np.ones(len(programme.rules))
    for row, rule in enumerate(programme.rules):
        if rule.kind in MONEY:
            factor[row] = scale_of(float(programme.high[row]))
    return factor, sparse.csr_array(sparse.diags_array(factor) @ programme.matrix)


def one_each(programme: Programme) -> sparse.csr_array:
    """Rows that sum the columns of each creator with more than one."""
    n = len(programme.value)
    number, count = np.unique(programme.creator, return_inverse=True, return_counts=True)[1:]
    rows = sparse.csr_array((np.ones(n), (number, np.arange(n))), shape=(len(count), n))
    return rows[np.flatnonzero(count > 1)]
