"""Limits that cannot be met together: a smallest set of them, and what would resolve each.

A set of limits conflicts if and only if it has a limit in common with every set whose removal lets
the rest be met. So the smallest set that meets ("hits") all such corrections seen so far either
conflicts, and no smaller one does, or leaves a correction not yet seen (Ignatiev, Previti, Liffiton
and Marques-Silva 2015, Smallest MUS extraction with minimal hitting set dualization).
"""

from __future__ import annotations

import math
from dataclasses import replace
from typing import NoReturn

import numpy as np
import numpy.typing as npt
from scipy import sparse
from scipy.optimize import Bounds, LinearConstraint, milp

from features.errors import Exit, UserError
from models.solver import quiet
from serving.feasible import enough
from serving.limits import Limits
from serving.programme import Programme, Rule
from serving.search import one_each, scaled_rows, search

Ints = npt.NDArray[np.int64]
SOMEONE = "someone"
"""The rule that a plan pays at least one creator."""
CENT, SHARE = 100, 10_000


def refuse(programme: Programme, limits: Limits) -> NoReturn:
    """Name a smallest conflicting set of limits, and what would resolve each.

    Raises
    ------
    UserError
        Exit 5, always.
    """
    programme = with_someone(programme)
    small = programme.columns(enough(programme))
    rows = smallest_conflict(small)
    lines = [f"- {_said(small, row, limits)}: {_remedy(small, row, rows)}." for row in rows]
    if len(rows) == 1:
        raise UserError(f"a limit cannot be met:\n{lines[0]}", Exit.PLAN)
    told = "\n".join(lines)
    raise UserError(
        f"{len(rows)} limits cannot be met together; changing any one of them resolves it:\n{told}",
        Exit.PLAN,
    )


def with_someone(programme: Programme) -> Programme:
    """The programme with one limit more: at least one creator."""
    if (programme.low > 0).any():
        return programme
    row = sparse.csr_array(np.ones((1, len(programme.value))))
    return replace(
        programme,
        matrix=sparse.vstack([programme.matrix, row]).tocsr(),
        low=np.append(programme.low, 1.0),
        high=np.append(programme.high, np.inf),
        rules=(*programme.rules, Rule(SOMEONE)),
    )


def smallest_conflict(programme: Programme) -> Ints:
    """Rows that cannot be met together, as few as there are; all but any one of them can.

    Parameters
    ----------
    programme : Programme
        Its limits cannot all be met.
    """
    m = len(programme.rules)
    corrections: list[Ints] = []
    while True:
        hit = _smallest_hitting(corrections, m)
        correction = _correction(programme, hit)
        if correction is None:
            return hit
        if not len(correction):
            raise ArithmeticError("the limits can be met after all, within the solver's tolerance")
        corrections.append(correction)


def _smallest_hitting(sets: list[Ints], m: int) -> Ints:
    """Fewest rows that have one in common with each set; of as few, the earlier rows."""
    if not sets:
        return np.empty(0, dtype=np.int64)
    hits = np.zeros((len(sets), m))
    for line, rows in enumerate(sets):
        hits[line, rows] = 1
    weights = 1 + np.arange(m) / (2 * m * m)
    with quiet():
        found = milp(
            weights,
            constraints=LinearConstraint(hits, lb=1),
            bounds=Bounds(0, 1),
            integrality=np.ones(m),
            options={"mip_rel_gap": 0.0},
        )
    return np.flatnonzero(found.x > 0.5)


def _correction(programme: Programme, hard: Ints) -> Ints | None:
    """Rows broken by a choice that meets the hard ones and breaks few others; None without one."""
    n, m = len(programme.value), len(programme.rules)
    factor, rows = scaled_rows(programme)
    soft = np.setdiff1d(np.arange(m), hard)
    most = np.asarray(rows.sum(axis=1)).ravel()
    high, low = factor * programme.high, factor * programme.low
    # A broken row lets its sum reach whatever the columns allow.
    above = np.where(np.isfinite(high), np.maximum(most - high, 0), 0)
    below = np.where(np.isfinite(low), np.maximum(low, 0), 0)
    slack = sparse.csr_array(((below - above)[soft], (soft, np.arange(len(soft)))), (m, len(soft)))
    creators = one_each(programme)
    wide = sparse.hstack([creators, sparse.csr_array((creators.shape[0], len(soft)))])
    constraints = [LinearConstraint(sparse.hstack([rows, slack]), low, high)]
    if creators.shape[0]:
        constraints.append(LinearConstraint(wide, ub=np.ones(creators.shape[0])))
    with quiet():
        found = milp(
            np.concatenate([np.zeros(n), np.ones(len(soft))]),
            constraints=constraints,
            bounds=Bounds(0, 1),
            integrality=np.ones(n + len(soft)),
        )
    if found.x is None:
        return None
    return np.intersect1d(programme.broken(np.flatnonzero(found.x[:n] > 0.5)), soft)


def _reachable(programme: Programme, row: int, others: Ints) -> float | None:
    """The sum of a row nearest to its limit that the other rows allow; None where they conflict."""
    sums = programme.matrix[[row]].toarray().ravel()
    sign = 1.0 if np.isfinite(programme.low[row]) else -1.0
    asked = replace(programme.rows(others), value=sign * sums)
    found, _ = search(asked, np.arange(len(sums)), 0.0)
    return None if found is None else math.fsum(sums[found])


def _cap_needed(programme: Programme, row: int, others: Ints) -> float | None:
    """The lowest cap on cost under which the other rows can be met."""
    rest = programme.rows(others)
    caps = np.unique(programme.cost)
    low, high = 0, len(caps)
    while low < high:
        middle = (low + high) // 2
        kept = np.flatnonzero(programme.cost <= caps[middle])
        if search(replace(rest, value=-rest.cost), kept, 0.0)[0] is None:
            low = middle + 1
        else:
            high = middle
    return float(caps[low]) if low < len(caps) else None


def _needed(programme: Programme, row: int, conflict: Ints) -> tuple[float | None, bool]:
    """What a row must allow, and whether all limits are met then or only the conflicting ones."""
    rules = programme.rules
    capped = rules[row].kind in ("most_cost", "most_share")
    for others, whole in (
        (np.setdiff1d(np.arange(len(rules)), [row]), True),
        (np.setdiff1d(conflict, [row]), False),
    ):
        found = (_cap_needed if capped else _reachable)(programme, row, others)
        if found is not None:
            return found, whole
    return None, False


def _remedy(programme: Programme, row: int, conflict: Ints) -> str:
    rule = programme.rules[row]
    needed, whole = _needed(programme, row, conflict)
    if rule.kind == "forced" and programme.matrix[[row]].nnz == 0:
        return f"offer a package of {rule.about}, or no longer force it"
    told = _change(rule, needed)
    return told if whole else f"{told} (other limits conflict beside it)"


def _change(rule: Rule, needed: float | None) -> str:
    """How to change a rule so that `needed` is allowed."""
    if rule.kind == SOMEONE:
        return "offer a package that the other limits allow"
    if rule.kind == "forced":
        return f"no longer force {rule.about}"
    if rule.kind == "forbidden":
        return f"no longer forbid {rule.about}"
    if needed is None:
        return "remove it"
    if rule.kind in ("budget", "most_cost"):
        return f"raise it to {_money(needed)}"
    if rule.kind in ("most_share", "group_share"):
        return f"raise it to {_share(needed / rule.share_of)}, which is {_money(needed)}"
    if rule.kind == "explore":
        share = needed / rule.share_of
        if rule.about == "reserve":
            return f"raise it to {_share(share)}"
        return f"lower it to {math.floor(max(1 - share, 0) * SHARE) / SHARE:g}"
    if rule.kind == "exclusive":
        return f"let {needed:.0f} of them in, or force fewer"
    if rule.kind in ("min_creators", "min"):
        return f"lower it to {needed:.0f}" if needed else "remove it, or offer such packages"
    return f"raise it to {needed:.0f}"


def _said(programme: Programme, row: int, limits: Limits) -> str:
    """A rule as the person gave it."""
    rule = programme.rules[row]
    low, high = programme.low[row], programme.high[row]
    if rule.kind in ("forced", "forbidden"):
        overrides = limits.forced if rule.kind == "forced" else limits.forbidden
        who = {override.creator: override.who for override in overrides}
        return f"{rule.about} is {rule.kind} by {who[rule.about]}"
    if rule.kind == "explore":
        whom = "creators with little evidence" if rule.about == "reserve" else "the others"
        return f"explore share {limits.explore:g}: at most {_money(high, up=False)} for {whom}"
    if rule.kind == "most_cost":
        return f"most_cost {_money(limits.most_cost or 0.0, up=False)} for a package"
    if rule.kind == "most_share":
        return f"most_share {limits.most_share:g} of the budget for a creator"
    if rule.kind == "group_share":
        return f"{rule.about}: most_share {high / rule.share_of:g} of the budget"
    if rule.kind == "exclusive":
        return f"at most one of {rule.about}"
    if rule.kind == SOMEONE:
        return "a plan pays at least one creator"
    if rule.kind == "budget":
        return f"the budget {_money(high, up=False)}"
    about = f"{rule.about}: " if rule.about else ""
    return f"{about}{rule.kind} {low if np.isfinite(low) else high:.0f}"


def _money(amount: float, *, up: bool = True) -> str:
    """An amount to the cent, rounded up where it must suffice."""
    cents = math.ceil(amount * CENT - 1e-6) if up else amount * CENT
    return f"{cents / CENT:,.2f}".removesuffix(".00")


def _share(share: float) -> str:
    return f"{math.ceil(share * SHARE - 1e-6) / SHARE:g}"
