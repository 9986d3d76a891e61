"""Limits that cannot be met together: a smallest set of them, and what would resolve each.

A set of limits conflicts if and only if it has a limit in common with every set whose removal lets
the rest be met. So the smallest set that meets ("hits") all such corrections seen so far either
conflicts, and no smaller one does, or leaves a correction not yet seen (Ignatiev, Previti, Liffiton
and Marques-Silva 2015, Smallest MUS extraction with minimal hitting set dualization).
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from typing import NoReturn

import numpy as np
import numpy.typing as npt
from scipy import sparse
from scipy.optimize import Bounds, LinearConstraint, milp

from features.errors import Exit, UserError
from features.names import Language
from models.solver import quiet
from serving.feasible import enough
from serving.limits import Limits
from serving.programme import Programme, Rule
from serving.said import sentences
from serving.search import one_each, scaled_rows, search

Ints = npt.NDArray[np.int64]
SOMEONE = "someone"
"""The rule that a plan pays at least one creator."""
CENT, SHARE = 100, 10_000


class Unmet(UserError):
    """Limits that cannot be met together.

    Parameters
    ----------
    told : callable
        Language -> a smallest conflicting set of limits, and what would resolve each.
    """

    def __init__(self, told: Callable[[Language], str]) -> None:
        super().__init__(told("en"), Exit.PLAN)
        self.told = told


def refuse(programme: Programme, limits: Limits) -> NoReturn:
    """Name a smallest conflicting set of limits, and what would resolve each.

    Raises
    ------
    Unmet
        Exit 5, always.
    """
    programme = with_someone(programme)
    small = programme.columns(enough(programme))
    rows = smallest_conflict(small)
    needed = [_needed(small, int(row), rows) for row in rows]

    def told(language: Language) -> str:
        words = _Words(language)
        lines = [
            words.say("line", said=words.limit(small, int(row), limits), remedy=remedy)
            for row, remedy in zip(rows, words.remedies(small, rows, needed), strict=True)
        ]
        head = words.say("one" if len(rows) == 1 else "several", count=len(rows))
        return "\n".join([head, *lines])

    raise Unmet(told)


def worthless(limits: Limits) -> Unmet:
    """The refusal where every conversion is worth less than it costs, or none is expected."""

    def told(language: Language) -> str:
        words = _Words(language)
        if limits.value_per_conversion is None:
            return words.say("nothing_expected")
        return words.say("worthless", value=words.number(f"{limits.value_per_conversion:g}"))

    return Unmet(told)


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


class _Words:
    """Limits and remedies in the words of a language."""

    def __init__(self, language: Language) -> None:
        self.language = language
        self.sentences = sentences("conflict", language)

    def say(self, name: str, **values: object) -> str:
        """A sentence with its values."""
        return str(self.sentences[name].format(**values))

    def remedies(
        self, programme: Programme, rows: Ints, needed: Sequence[tuple[float | None, bool]]
    ) -> Iterator[str]:
        """How to change each rule so that what is needed is allowed."""
        for row, (amount, whole) in zip(rows, needed, strict=True):
            rule = programme.rules[row]
            if rule.kind == "forced" and programme.matrix[[row]].nnz == 0:
                yield self.say("offer", about=rule.about)
                continue
            told = self.change(rule, amount)
            yield told if whole else self.say("beside", remedy=told)

    def change(self, rule: Rule, needed: float | None) -> str:
        """How to change a rule so that `needed` is allowed."""
        fixed = {SOMEONE: "offer_any", "forced": "unforce", "forbidden": "unforbid"}
        if rule.kind in fixed:
            return self.say(fixed[rule.kind], about=rule.about)
        if needed is None:
            return self.say("remove")
        if rule.kind in ("budget", "most_cost"):
            return self.say("raise", needed=self.money(needed))
        if rule.kind in ("most_share", "group_share"):
            share = self.share(needed / rule.share_of)
            return self.say("raise_share", share=share, needed=self.money(needed))
        if rule.kind == "explore":
            share_needed = needed / rule.share_of
            if rule.about == "reserve":
                return self.say("raise", needed=self.share(share_needed))
            least = math.floor(max(1 - share_needed, 0) * SHARE) / SHARE
            return self.say("lower", needed=self.number(f"{least:g}"))
        if rule.kind == "exclusive":
            return self.say("let_in", needed=f"{needed:.0f}")
        if rule.kind in ("min_creators", "min"):
            return self.say("lower" if needed else "remove_or_offer", needed=f"{needed:.0f}")
        return self.say("raise", needed=f"{needed:.0f}")

    def limit(self, programme: Programme, row: int, limits: Limits) -> str:
        """A rule as the person gave it."""
        rule = programme.rules[row]
        low, high = programme.low[row], programme.high[row]
        if rule.kind in ("forced", "forbidden"):
            overrides = limits.forced if rule.kind == "forced" else limits.forbidden
            who = {override.creator: override.who for override in overrides}
            return self.say(rule.kind, about=rule.about, who=who[rule.about])
        if rule.kind == "explore":
            return self.say(
                "explore",
                share=self.number(f"{limits.explore:g}"),
                most=self.money(high, up=False),
                whom=self.say(f"explore_{rule.about}"),
            )
        if rule.kind == "most_cost":
            return self.say("most_cost", most=self.money(limits.most_cost or 0.0, up=False))
        if rule.kind == "most_share":
            return self.say("most_share", share=self.number(f"{limits.most_share:g}"))
        if rule.kind == "group_share":
            share = self.number(f"{high / rule.share_of:g}")
            return self.say("group_share", about=rule.about, share=share)
        if rule.kind in ("exclusive", SOMEONE):
            return self.say(rule.kind, about=rule.about)
        if rule.kind == "budget":
            return self.say("budget", most=self.money(high, up=False))
        count = f"{low if np.isfinite(low) else high:.0f}"
        name = "counted_of" if rule.about else "counted"
        return self.say(name, about=rule.about, rule=rule.kind, count=count)

    def money(self, amount: float, *, up: bool = True) -> str:
        """An amount to the cent, rounded up where it must suffice."""
        cents = math.ceil(amount * CENT - 1e-6) if up else amount * CENT
        return self.number(f"{cents / CENT:,.2f}".removesuffix(".00"))

    def share(self, share: float) -> str:
        """A share that suffices."""
        return self.number(f"{math.ceil(share * SHARE - 1e-6) / SHARE:g}")

    def number(self, english: str) -> str:
        """A number as the language writes it."""
        if self.language == "en":
            return english
        return english.translate({ord(","): "\u202f", ord("."): ","})
