"""The best plan of a programme, with a proven bound.

Most packages are far from any good plan. Prices of the limits (the duals of the relaxation, found
over few columns at a time) say how far: taking a column, or leaving a creator out, lowers the bound
by its loss. A first plan among the columns of least loss leaves only those that could still beat
it, and HiGHS decides among them. The first bound is computed from the prices alone, in plain sums,
so it holds whatever the solver's tolerances are. Levels of the cells of people whom creators share
are prices as well: with them the worth of a choice is a sum again, and never too small.
"""

from __future__ import annotations

from bisect import bisect_left, insort
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt
from scipy import sparse

from serving.feasible import a_choice
from serving.programme import Programme, Rule
from serving.relaxation import Priced, proven_bound, relaxed
from serving.search import search

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]
Bools = npt.NDArray[np.bool_]

GAP = 1e-4
CORE = 200
GROWTH = 5
ROUNDING = 1e-9
RESERVE_GAP = 1e-3
"""Share of what the reserve adds within which its best is proven: a part in 10^5 of most plans."""


@dataclass(frozen=True)
class Solution:
    """A choice of columns and what is proven about it.

    Attributes
    ----------
    chosen : ndarray of int
        Columns, ascending.
    value, bound : float
        Of the choice, and a number that no choice exceeds.
    relaxed_bound : float
        What the prices alone prove.
    prices : ndarray, shape (m,)
        What one unit more of each limit would add to the relaxation; below 0 for a lower limit.
    loss : ndarray, shape (n,)
        By how much taking a column lowers the relaxation's bound; infinite where a limit rules the
        column out, or another package of the creator is as cheap and as good.
    """

    chosen: Ints
    value: float
    bound: float
    relaxed_bound: float
    prices: Floats
    loss: Floats

    @property
    def gap(self) -> float:
        """Share of the value by which a better choice could exceed it."""
        return (self.bound - self.value) / max(abs(self.value), 1e-12)


def optimum(programme: Programme, gap: float = GAP) -> Solution | None:
    """Choose the columns of largest worth; None where the limits cannot be met together.

    Of columns equal in value, cost and groups, of creators whom no limit names, the first creators
    by id are chosen; a column that adds nothing is left out where the limits let it.

    Parameters
    ----------
    gap : float
        The search ends when the bound is within this share of the plan's value, or after `NODES`
        nodes: then the solution's own gap says what is proven.
    """
    allowed = np.flatnonzero(_allowed(programme))
    allowed = allowed[_undominated(programme.columns(allowed))]
    inner = programme.columns(allowed)
    priced = relaxed(inner)
    if priced is None:
        return None
    prices, support, levels = priced.prices, priced.support, priced.levels
    relaxed_bound, loss, lead = proven_bound(inner, prices, priced.cells)
    # Near by what they lose, and near for their size: cheap packages lose little, being little.
    by_loss = np.argsort(loss, kind="stable")
    by_part = np.argsort(loss / np.maximum(inner.cost, 1e-12), kind="stable")
    core = CORE
    columns = np.union1d(np.concatenate([by_loss[:core], by_part[:core]]), support)
    chosen, proven = search(inner, columns, gap, levels=levels)
    if chosen is None:
        chosen = a_choice(inner)
        if chosen is None:
            return None
    value = inner.worth(chosen)
    bound, less = relaxed_bound, loss
    if bound - value > gap * abs(value):
        bound, less = _with_whole_reserve(inner, priced, relaxed_bound, loss)
    while True:
        # What lies beyond reach beats no plan that was found.
        reach = np.flatnonzero(less <= bound - value + _tiny(bound, value))
        if len(reach) > core:
            reach = reach[_needed(inner.columns(reach))]
        if np.isin(reach, columns).all():
            bound = min(bound, max(proven, value))
            break
        if bound - value <= gap * abs(value):
            break
        core = core * GROWTH if core == CORE else len(reach)
        near = np.concatenate([by_loss[:core], by_part[:core]])
        inside = np.intersect1d(near, reach) if core < len(reach) else reach
        columns = np.union1d(inside, chosen)
        must = lead > relaxed_bound - value + _tiny(bound, value)
        found, proven = search(inner, columns, gap, must, levels)
        if found is not None and inner.worth(found) > value:
            chosen, value = found, inner.worth(found)
        if inside is reach:
            bound = min(bound, max(proven, value))
            break
    outer = np.full(len(programme.value), np.inf)
    outer[allowed] = loss
    settled = _first_of_equals(programme, _without_idle(programme, allowed[chosen]))
    value = programme.worth(settled)
    return Solution(settled, value, max(bound, value), relaxed_bound, prices, outer)


def _with_whole_reserve(
    programme: Programme, priced: Priced, bound: float, loss: Floats
) -> tuple[float, Floats]:
    """The bound and losses when the reserve for exploration buys whole packages, the rest parts.

    The reserve pays for few packages, so a relaxation that lets it buy parts of one promises too
    much. Without its price, what a reserved column adds to the lead of its creator's others is
    bought whole, by a programme with the reserve as its budget:

        bound = y·limit + sum of p + sum over creators of lead + best of the reserve

    A column of the others loses what it is behind that lead. A reserved one loses what it did:
    the two bounds, less the losses, meet.
    """
    told = [(rule.kind, rule.about) for rule in programme.rules]
    reserved, others = np.flatnonzero(programme.reserve), np.flatnonzero(~programme.reserve)
    if ("explore", "reserve") not in told or not len(reserved):
        return bound, loss
    row = told.index(("explore", "reserve"))
    prices = priced.prices.copy()
    prices[row] = 0.0
    fixed, behind, leads = proven_bound(programme.columns(others), prices, priced.cells)
    lead = np.zeros(len(programme.ids))
    lead[programme.creator[others]] = leads
    inner = programme.columns(reserved)
    _, short, each = proven_bound(inner, prices, priced.cells)
    adds = each - short - lead[inner.creator]
    some = np.flatnonzero(adds > 0)
    alone = replace(
        inner.columns(some).rows(np.array([row])),
        value=adds[some],
        part=sparse.csr_array((len(some), 0)),
        is_margin=False,
        rules=(Rule("budget"),),
    )
    best = optimum(alone, RESERVE_GAP)
    whole = bound if best is None else fixed + best.bound
    if whole >= bound:
        return bound, loss
    less = loss - (bound - whole)
    less[others] = behind
    return whole, less


def _tiny(bound: float, value: float) -> float:
    return ROUNDING * max(abs(bound), abs(value))


def _allowed(programme: Programme) -> Bools:
    """Columns that no row rules out by itself."""
    matrix = programme.matrix.tocsr()
    allowed = np.ones(len(programme.value), dtype=bool)
    for row in np.flatnonzero(np.isfinite(programme.high)):
        part = slice(matrix.indptr[row], matrix.indptr[row + 1])
        high = programme.high[row]
        allowed[matrix.indices[part][matrix.data[part] > high * (1 + ROUNDING)]] = False
    return allowed


def _undominated(programme: Programme) -> Bools:
    """Columns than which no other of the creator, alike in groups, is as cheap and worth more.

    In company, too: what a column brings and what of it counts rise together, the second by no more
    than the first, and the dearer of two costs at least what it brings more.
    """
    n = len(programme.value)
    group = programme.creator * (programme.kind.max(initial=0) + 1) + programme.kind
    order = np.lexsort((np.arange(n), -programme.value, programme.cost, group))
    rank = np.unique(programme.value, return_inverse=True)[1].astype(np.int64)
    key = np.unique(group, return_inverse=True)[1][order] * (n + 1) + rank[order] + 1
    best = np.maximum.accumulate(np.concatenate([[0], key]))[:-1]
    better = np.empty(n, dtype=bool)
    better[order] = key > best
    return better


def _needed(programme: Programme) -> Bools:
    """Columns that some best plan may need: not those that more creators than a plan pays replace.

    Where as many creators as a plan may pay offer something as cheap, worth no less and alike in
    every limit, one of them is free whenever the column is taken. Of the others only what they add
    in any company is compared with all that the column may add.
    """
    most = [
        high
        for rule, high in zip(programme.rules, programme.high, strict=True)
        if rule.kind == "max_creators"
    ]
    needed = np.ones(len(programme.value), dtype=bool)
    if not most:
        return needed
    matrix = programme.matrix.tocsc()
    alike: dict[bytes, list[float]] = {}
    best: dict[tuple[bytes, int], float] = {}
    for column in np.lexsort((-programme.value, programme.cost)).tolist():
        told = matrix.indices[matrix.indptr[column] : matrix.indptr[column + 1]].tobytes()
        values, value = alike.setdefault(told, []), float(programme.value[column])
        own = best.get((told, int(programme.creator[column])))
        if own is not None:
            values.remove(own)
        # Ascending: those at or after the place are worth no less.
        if len(values) - bisect_left(values, value) >= most[0]:
            needed[column] = False
        least = float(programme.least[column])
        best[told, int(programme.creator[column])] = least if own is None else max(least, own)
        insort(values, best[told, int(programme.creator[column])])
    return needed


def _without_idle(programme: Programme, chosen: Ints) -> Ints:
    """Leave out what adds nothing, dearest first, where the limits let it."""
    idle = chosen[programme.least[chosen] <= 0]
    for column in idle[np.argsort(-programme.cost[idle], kind="stable")]:
        without = chosen[chosen != column]
        adds = programme.worth(without) < programme.worth(chosen)
        if not adds and not len(programme.broken(without)):
            chosen = without
    return chosen


def _first_of_equals(programme: Programme, chosen: Ints) -> Ints:
    """Replace chosen columns by equal ones of earlier creators that no limit names.

    Only among creators who share nobody are equals told by their own numbers.
    """
    matrix = programme.matrix.tocsc()
    settled = list(chosen)
    by_itself = np.diff(programme.part.indptr) == 0
    for place, column in enumerate(chosen):
        if not by_itself[column]:
            continue
        alike = np.flatnonzero(
            (programme.value == programme.value[column])
            & (programme.cost == programme.cost[column])
            & (programme.kind == programme.kind[column])
            & by_itself
        )
        taken = set(programme.creator[settled].tolist())
        for other in alike[alike < column]:
            same = (matrix[:, [other]] != matrix[:, [column]]).nnz == 0
            if int(programme.creator[other]) not in taken and same:
                settled[place] = other
                break
    return np.sort(np.array(settled, dtype=np.int64))
