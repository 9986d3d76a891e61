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
    told = _change(rule, needed)
    return told if whole else f"{told} (other limits conflict beside it)"


def _change(rule: Rule, needed: float | None) -> str:
    """How to change a rule so that `needed` is allowed."""
    if rule.kind == SOMEONE:
        return "offer a package that the other limits allow"
    if rule.kind == "forced":
        if needed is None:
            return f"offer a package of {rule.about}, or no longer force it"
        return f"no longer force {rule.about}"
    if rule.kind == "forbidden":
        return f"no longer forbid {rule.about}"
    if needed is None:
        return "remove it"
    if rule.kind == "budget":
        return f"raise it to {_money(needed)}"
    if rule.kind == "most_cost":
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
    rule = programme.rules[row]
    low, high = programme.low[row], programme.high[row]
    share = high / rule.share_of
    who = {o.creator: o.who for o in (*limits.forced, *limits.forbidden)}.get(rule.about, "")
    return {
        "budget": lambda: f"the budget {_money(high, up=False)}",
        "explore": lambda: (
            f"explore share {limits.explore:g}: at most {_money(high, up=False)} for "
            + ("creators with little evidence" if rule.about == "reserve" else "the others")
        ),
        "min_creators": lambda: f"min_creators {low:.0f}",
        "max_creators": lambda: f"max_creators {high:.0f}",
        "most_cost": lambda: f"most_cost {_money(limits.most_cost or 0.0, up=False)} for a package",
        "most_share": lambda: f"most_share {limits.most_share:g} of the budget for a creator",
        "min": lambda: f"{rule.about}: min {low:.0f}",
        "max": lambda: f"{rule.about}: max {high:.0f}",
        "group_share": lambda: f"{rule.about}: most_share {share:g} of the budget",
        "forced": lambda: f"{rule.about} is forced by {who}",
        "forbidden": lambda: f"{rule.about} is forbidden by {who}",
        "exclusive": lambda: f"at most one of {rule.about}",
        SOMEONE: lambda: "a plan pays at least one creator",
    }[rule.kind]()


def _money(amount: float, *, up: bool = True) -> str:
    """An amount to the cent, rounded up where it must suffice."""
    cents = math.ceil(amount * CENT - 1e-6) if up else amount * CENT
    return f"{cents / CENT:,.2f}".removesuffix(".00")


def _share(share: float) -> str:
    return f"{math.ceil(share * SHARE - 1e-6) / SHARE:g}"
