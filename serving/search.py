"""HiGHS asked for the best choice of columns of a programme, its answer checked in plain sums."""

from __future__ import annotations

import math

import numpy as np
import numpy.typing as npt
from scipy import sparse
from scipy.optimize import Bounds, LinearConstraint, milp

from models.solver import quiet
from serving.programme import MONEY, Programme

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]
Bools = npt.NDArray[np.bool_]

NODES = 20_000
"""Nodes of a search: a bound on work that, unlike a clock, gives the same plan everywhere."""
CUTS = 50
INFEASIBLE = 2
"""SciPy's word for limits that cannot be met."""
SIZE = 17
"""Amounts and values are scaled by a power of two to about 2^17, where the solver's absolute
tolerances of 1e-6 are a part in 10^11."""


def search(
    programme: Programme, columns: Ints, gap: float, must: Bools | None = None
) -> tuple[Ints | None, float]:
    """Best choice among columns and its bound, by HiGHS alone.

    Parameters
    ----------
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
    factor, rows = scaled_rows(inner)
    scale = scale_of(float(np.abs(inner.value).max(initial=0.0)))
    alone = np.bincount(inner.creator, minlength=1)[inner.creator] == 1
    constraints = []
    if len(inner.rules):
        constraints.append(LinearConstraint(rows, factor * inner.low, factor * inner.high))
    creators = one_each(inner)
    if creators.shape[0]:
        constraints.append(LinearConstraint(creators, ub=np.ones(creators.shape[0])))
    for _ in range(CUTS):
        with quiet():
            found = milp(
                -inner.value * scale,
                constraints=constraints,
                bounds=Bounds((must[columns] & alone).astype(float), 1),
                integrality=np.ones(len(columns)),
                options={"mip_rel_gap": gap, "node_limit": NODES},
            )
        proven = (
            -float(found.mip_dual_bound) / scale if found.mip_dual_bound is not None else np.inf
        )
        if found.x is None:
            return None, (-np.inf if found.status == INFEASIBLE else np.inf)
        chosen = np.flatnonzero(found.x > 0.5)
        if not len(inner.broken(chosen)):
            return columns[chosen], proven
        # Within the solver's tolerance but not within ours: no plan may hold all of these.
        cut = np.zeros((1, len(columns)))
        cut[0, chosen] = 1
        constraints.append(LinearConstraint(cut, ub=len(chosen) - 1))
    raise ArithmeticError(f"{CUTS} plans of the solver broke a limit by its tolerance")


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
