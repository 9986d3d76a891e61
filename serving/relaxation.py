"""The relaxation of a programme, in which parts of packages may be bought: prices of the limits and
levels of shared cells (see `serving.shared_audience`), and the bound that they prove.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy import sparse
from scipy.optimize import linprog

from models.solver import quiet
from serving.feasible import enough
from serving.programme import Programme
from serving.search import INFEASIBLE, one_each, scale_of, scaled_rows
from serving.shared_audience import Levels, taken

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]

ADDED = 300
ROUNDS = 60
TIGHT = 1e-7
TOLD = 1e-5
"""Share of the value by which the relaxation may still count people twice."""
PART = 1e-9


@dataclass(frozen=True)
class Priced:
    """What the relaxation of a programme tells.

    Attributes
    ----------
    prices : ndarray, shape (m,)
        Duals of the limits.
    cells : ndarray, shape (cells,)
        A level of each shared cell.
    support : ndarray of int
        Columns of which it buys a part.
    levels : Levels
        The rows that it needed to count people once.
    """

    prices: Floats
    cells: Floats
    support: Ints
    levels: Levels


def relaxed(programme: Programme) -> Priced | None:
    """Solve the relaxation; None where it has no solution.

    Over few columns at a time: those that the last prices undervalue are added.
    """
    n, shared = len(programme.value), programme.part.shape[1]
    levels, cells = Levels(), np.zeros(shared)
    if not n:
        empty = np.empty(0, dtype=np.int64)
        if len(programme.broken(empty)):
            return None
        return Priced(np.zeros(len(programme.rules)), cells, empty, levels)
    # What a unit of money must bring where only the budget (row 0) limits: a first guess.
    ratio = programme.value / np.maximum(programme.cost, 1e-12)
    by_ratio = np.argsort(-ratio, kind="stable")
    spent = np.cumsum(programme.cost[by_ratio])
    at = min(int(np.searchsorted(spent, programme.high[0])), n - 1)
    prices = np.zeros(len(programme.rules))
    prices[0] = max(ratio[by_ratio[at]], 0.0)
    best, least = (prices, cells), proven_bound(programme, prices, cells)[0]
    inside = np.zeros(n, dtype=bool)
    inside[enough(programme)] = True
    for turn in range(ROUNDS):
        loss = proven_bound(programme, prices, cells)[1]
        nearest = np.argsort(loss, kind="stable")
        inside[nearest[~inside[nearest]][:ADDED]] = True
        solved = _relaxation(programme.columns(inside), levels)
        if solved is None:
            return None
        value, prices, cells, amounts, twice = solved
        support = np.flatnonzero(inside)[amounts > PART]
        if turn == 0 and inside.sum() > 2 * ADDED:
            inside[:] = False
            inside[support] = True
        bound = proven_bound(programme, prices, cells)[0]
        if bound < least:
            best, least = (prices, cells), bound
        size = max(abs(value), 1e-12)
        allowed = TOLD * size if len(levels.cell) else TIGHT * size
        if twice <= allowed and (least - value <= allowed or inside.all()):
            break
    return Priced(*best, support, levels)


def _relaxation(
    programme: Programme, levels: Levels
) -> tuple[float, Floats, Floats, Floats, float] | None:
    """Value of the relaxation over these columns, its prices, levels of cells and amounts, and how
    much of the value counts people twice all the same, of which the levels learn; None if it has no
    solution.
    """
    factor, rows = scaled_rows(programme)
    scale = scale_of(float(np.abs(programme.value).max()))
    has_high, has_low = np.isfinite(programme.high), np.isfinite(programme.low)
    creators = one_each(programme)
    n = len(programme.value)
    whole = sparse.vstack([rows[has_high], -rows[has_low], creators]).tocsr()
    limit = np.concatenate(
        [
            (factor * programme.high)[has_high],
            -(factor * programme.low)[has_low],
            np.ones(creators.shape[0]),
        ]
    )
    most = np.ones(n)
    objective = -programme.value * scale
    cells = len(levels.cells)
    if cells:
        of_columns, of_losses = levels.rows(programme.amount)
        whole = sparse.block_array([[whole, None], [scale * of_columns, -of_losses]]).tocsr()
        limit = np.append(limit, scale * levels.level)
        most = np.append(most, np.full(cells, np.inf))
        objective = np.append(objective, np.ones(cells))
    with quiet():
        found = linprog(
            objective,
            A_ub=whole,
            b_ub=limit,
            bounds=np.column_stack([np.zeros(len(most)), most]),
            method="highs",
        )
    if found.x is None:
        if found.status == INFEASIBLE:
            return None
        raise ArithmeticError(f"the relaxation of a plan was not solved: {found.message}")
    duals = np.maximum(-found.ineqlin.marginals, 0.0)
    paid = duals / scale
    prices = np.zeros(len(programme.rules))
    highs = int(has_high.sum())
    prices[has_high] += paid[:highs]
    prices[has_low] -= paid[highs : highs + int(has_low.sum())]
    amounts = found.x[:n]
    value = -float(found.fun) / scale
    levels_of_cells = levels.prices(
        duals[len(duals) - len(levels.cell) :], programme.amount.shape[1]
    )
    bought = np.where(amounts > PART, amounts, 0.0)
    least = PART * abs(value)
    twice = levels.learn(programme.amount, bought, found.x[n:] / scale, least)
    return value, prices * factor, levels_of_cells, amounts, twice


def proven_bound(
    programme: Programme, prices: Floats, cells: Floats
) -> tuple[float, Floats, Floats]:
    """Bound that prices prove, what each column would take from it, and each creator's lead.

    For any prices y and levels p of shared cells: worth of x <= y·limit + sum of p + sum over
    creators of max(0, max (value - taken(p) - yᵀ matrix)).
    """
    limit = np.where(prices > 0, programme.high, programme.low)
    paid = math.fsum((prices * np.where(prices == 0, 0.0, limit)).tolist())
    reduced = programme.value - programme.matrix.T @ prices
    if cells.any():
        paid += math.fsum(cells.tolist())
        reduced = reduced - taken(programme.amount, cells)
    best = _best_by_creator(programme, reduced)
    each = _by_creator(programme, best)
    return paid + math.fsum(best.tolist()), each - reduced, each


def _starts(programme: Programme) -> Ints:
    return np.flatnonzero(np.diff(programme.creator, prepend=-1))


def _best_by_creator(programme: Programme, reduced: Floats) -> Floats:
    if not len(reduced):
        return np.empty(0)
    return np.maximum(np.maximum.reduceat(reduced, _starts(programme)), 0.0)


def _by_creator(programme: Programme, each: Floats) -> Floats:
    return np.repeat(each, np.diff([*_starts(programme), len(programme.value)]))
