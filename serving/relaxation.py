"""The relaxation of a programme, in which parts of packages may be bought: prices of the limits,
and the bound that they prove.
"""

from __future__ import annotations

import math

import numpy as np
import numpy.typing as npt
from scipy import sparse
from scipy.optimize import linprog

from models.solver import quiet
from serving.feasible import enough
from serving.programme import Programme
from serving.search import INFEASIBLE, one_each, scale_of, scaled_rows

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]

ADDED = 300
ROUNDS = 60
TIGHT = 1e-7
PART = 1e-9


def relaxed(programme: Programme) -> tuple[Floats, Ints] | None:
    """Duals of the relaxation, and the columns of which it buys a part; None where it has none.

    Over few columns at a time: those that the last prices undervalue are added.
    """
    n = len(programme.value)
    if not n:
        empty = np.empty(0, dtype=np.int64)
        return None if len(programme.broken(empty)) else (np.zeros(len(programme.rules)), empty)
    # What a unit of money must bring where only the budget (row 0) limits: a first guess.
    ratio = programme.value / np.maximum(programme.cost, 1e-12)
    by_ratio = np.argsort(-ratio, kind="stable")
    spent = np.cumsum(programme.cost[by_ratio])
    at = min(int(np.searchsorted(spent, programme.high[0])), n - 1)
    prices = np.zeros(len(programme.rules))
    prices[0] = max(ratio[by_ratio[at]], 0.0)
    best, least = prices, proven_bound(programme, prices)[0]
    inside = np.zeros(n, dtype=bool)
    inside[enough(programme)] = True
    for turn in range(ROUNDS):
        loss = proven_bound(programme, prices)[1]
        nearest = np.argsort(loss, kind="stable")
        inside[nearest[~inside[nearest]][:ADDED]] = True
        solved = _relaxation(programme.columns(inside))
        if solved is None:
            return None
        value, prices, amounts = solved
        support = np.flatnonzero(inside)[amounts > PART]
        if turn == 0 and inside.sum() > 2 * ADDED:
            inside[:] = False
            inside[support] = True
        bound = proven_bound(programme, prices)[0]
        if bound < least:
            best, least = prices, bound
        if least - value <= TIGHT * max(abs(value), 1e-12) or inside.all():
            break
    return best, support


def _relaxation(programme: Programme) -> tuple[float, Floats, Floats] | None:
    """Value of the relaxation over these columns, its prices and amounts; None if it has none."""
    factor, rows = scaled_rows(programme)
    scale = scale_of(float(np.abs(programme.value).max()))
    has_high, has_low = np.isfinite(programme.high), np.isfinite(programme.low)
    creators = one_each(programme)
    limit = np.concatenate(
        [
            (factor * programme.high)[has_high],
            -(factor * programme.low)[has_low],
            np.ones(creators.shape[0]),
        ]
    )
    with quiet():
        found = linprog(
            -programme.value * scale,
            A_ub=sparse.vstack([rows[has_high], -rows[has_low], creators]).tocsr(),
            b_ub=limit,
            bounds=(0, 1),
            method="highs",
        )
    if found.x is None:
        if found.status == INFEASIBLE:
            return None
        raise ArithmeticError(f"the relaxation of a plan was not solved: {found.message}")
    paid = np.maximum(-found.ineqlin.marginals / scale, 0.0)
    prices = np.zeros(len(programme.rules))
    highs = int(has_high.sum())
    prices[has_high] += paid[:highs]
    prices[has_low] -= paid[highs : highs + int(has_low.sum())]
    return -float(found.fun) / scale, prices * factor, found.x


def proven_bound(programme: Programme, prices: Floats) -> tuple[float, Floats, Floats]:
    """Bound that prices prove, what each column would take from it, and each creator's lead.

    For any prices y: value x <= y·limit + sum over creators of max(0, max (value - yᵀ matrix)).
    """
    limit = np.where(prices > 0, programme.high, programme.low)
    paid = math.fsum((prices * np.where(prices == 0, 0.0, limit)).tolist())
    reduced = programme.value - programme.matrix.T @ prices
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
