"""A plan as a programme in whole choices: one column a package, one row a limit.

Every limit is a sum over chosen packages between two numbers; at most one package of a creator is a
structure of its own. With exploration, packages of creators with little evidence stand twice: paid
from the plan's money at their expected value, or from the reserve at a drawn one. Where audiences
overlap, a choice is worth the sum of its values less what `serving.shared_audience` says is lost.
"""

from __future__ import annotations

import hashlib
import math
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd
from scipy import sparse
from scipy.special import ndtri

from features.errors import UserError
from features.overlap import Overlap
from serving.limits import BRAND_SET, GROUPED_BY, Limits
from serving.score import NEW_CREATOR
from serving.shared_audience import amounts, kept_shares, lost, parts_of

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]
Bools = npt.NDArray[np.bool_]

EXACT = 1e-9
"""Share of a limit by which sums of floats may differ from it without breaking it."""
MONEY = ("budget", "explore", "group_share")
"""Kinds of rules that add up costs; the others count."""


@dataclass(frozen=True)
class Rule:
    """What a row of the programme stands for.

    Attributes
    ----------
    kind : str
        "budget", "min_creators", "forced", …
    about : str
        The group or creator; empty where the rule is about all.
    share_of : float
        The budget where a person gave a share of it; 1 otherwise.
    """

    kind: str
    about: str = ""
    share_of: float = 1.0


@dataclass(frozen=True)
class Programme:
    """Maximise the worth of whole choices x, `low` <= matrix x <= `high`, one a creator at most.

    Attributes
    ----------
    package : ndarray of int, shape (n,)
        Line of the table of packages that a column buys.
    creator : ndarray of int, shape (n,)
        Ascending: the columns of a creator stand together, creators by id.
    kind : ndarray of int, shape (n,)
        Alike for columns that count alike in every limit on groups.
    reserve : ndarray of bool, shape (n,)
        Whether the reserve for exploration pays.
    cost, value : ndarray, shape (n,)
        The worth of a choice is the sum of its values, less what overlap takes from it.
    matrix : sparse array, shape (m, n)
        One row a rule, no entry negative.
    low, high : ndarray, shape (m,)
        Without end where a rule has none.
    rules : tuple of Rule
    ids : tuple of str
        Creator ids, by number.
    part : sparse array, shape (n, cells)
        Share of what a column brings that goes through each cell of people.
    is_margin : bool
        Whether the value is what the column brings less its cost.
    """

    package: Ints
    creator: Ints
    kind: Ints
    reserve: Bools
    cost: Floats
    value: Floats
    matrix: Any
    low: Floats
    high: Floats
    rules: tuple[Rule, ...]
    ids: tuple[str, ...]
    part: Any
    is_margin: bool

    @cached_property
    def amount(self) -> Any:
        """What each column brings through each cell, shape (n, cells), sparse."""
        return amounts(self.part, self.value + self.cost if self.is_margin else self.value)

    @cached_property
    def least(self) -> Floats:
        """What each column adds to any choice at the least, shape (n,): nothing of its cells."""
        return np.asarray(self.value - self.amount.sum(axis=1))

    def worth(self, chosen: Ints) -> float:
        """Of a choice of columns, people in common counted once."""
        return math.fsum([*self.value[chosen].tolist(), -lost(self.amount, chosen)])

    def counted(self, chosen: Ints) -> Floats:
        """Share of what each chosen column brings that counts beside the others, in (0, 1]."""
        return kept_shares(self.part, self.amount, chosen)

    def columns(self, kept: Ints | Bools) -> Programme:
        """The same limits over some of the columns, which stay in order."""
        return replace(
            self,
            package=self.package[kept],
            creator=self.creator[kept],
            kind=self.kind[kept],
            reserve=self.reserve[kept],
            cost=self.cost[kept],
            value=self.value[kept],
            matrix=self.matrix[:, kept],
            part=self.part[kept],
        )

    def rows(self, kept: Ints | Bools) -> Programme:
        """Some of the limits over the same columns."""
        which = np.arange(len(self.rules))[kept]
        return replace(
            self,
            matrix=self.matrix[which],
            low=self.low[which],
            high=self.high[which],
            rules=tuple(self.rules[row] for row in which),
        )

    def broken(self, chosen: Ints) -> Ints:
        """Rows that a choice of columns breaks by more than rounding."""
        sums = np.asarray(self.matrix[:, chosen].sum(axis=1)).ravel()
        above = sums > self.high + EXACT * np.maximum(np.abs(self.high), 1)
        below = sums < self.low - EXACT * np.maximum(np.abs(self.low), 1)
        return np.flatnonzero(above | below)


def worth(packages: pd.DataFrame, limits: Limits) -> Floats:
    """What the plan maximises of each package: margin where a conversion's value is given, else
    the column `value`, else `conversions`.
    """
    if limits.value_per_conversion is not None:
        conversions = packages["conversions"].to_numpy(np.float64)
        return np.asarray(
            limits.value_per_conversion * conversions - packages["cost"].to_numpy(np.float64)
        )
    column = "value" if "value" in packages else "conversions"
    return packages[column].to_numpy(np.float64)


def programme_of(
    packages: pd.DataFrame, budget: float, limits: Limits, overlap: Overlap | None = None
) -> Programme:
    """State a plan's limits over packages on offer; the order of their lines does not matter.

    Parameters
    ----------
    packages : DataFrame
        One line a package: `creator_id`, `cost` (>= 0), `conversions` or `value`, and what the
        limits speak of: `platform`, `language`, `tier`, for exploration `known_share`, `warnings`,
        `sd_creator` and `sd_reach`.
    budget : float
        In the currency of `cost`.
    overlap : Overlap, optional
        Of creators by their ids; without it, audiences are added up.

    Raises
    ------
    UserError
        Exit 2: no positive budget, a cost negative or missing, an unknown value, a column lacking.
    """
    _check(packages, budget, limits)
    value = worth(packages, limits)
    ids, creator = np.unique(packages["creator_id"].to_numpy(dtype=str), return_inverse=True)
    order = _fixed_order(packages, creator, value)
    main = len(order)
    reserve = np.zeros(main, dtype=bool)
    if limits.explore > 0:
        little = little_evidence(packages, limits)[order]
        drawn = thompson(packages, value, limits)
        # A reserved column follows its package, so that creators stay together.
        order = np.repeat(order, 1 + little)
        reserve = np.zeros(len(order), dtype=bool)
        reserve[np.cumsum(1 + little)[little] - 1] = True
        value = np.where(reserve, drawn[order], value[order])
    else:
        value = value[order]
    creator = creator[order]
    cost = packages["cost"].to_numpy(np.float64)[order]
    named = {group.by for group in limits.groups} - {BRAND_SET}
    grouped = {by: packages[by].to_numpy()[order] for by in GROUPED_BY if by in named}
    kind = np.zeros(len(order), dtype=np.int64)
    for values in (*grouped.values(), reserve):
        kind = kind * (len(order) + 1) + pd.factorize(values)[0]
        kind = np.unique(kind, return_inverse=True)[1].astype(np.int64)
    rows = _Rows(len(order))
    one = np.ones(len(order))
    rows.add(Rule("budget"), cost, high=budget)
    if limits.explore > 0:
        rows.add(
            Rule("explore", "others", budget), cost * ~reserve, high=(1 - limits.explore) * budget
        )
        rows.add(Rule("explore", "reserve", budget), cost * reserve, high=limits.explore * budget)
    if limits.min_creators:
        rows.add(Rule("min_creators"), one, low=limits.min_creators)
    if limits.max_creators is not None:
        rows.add(Rule("max_creators"), one, high=limits.max_creators)
    if limits.most_cost is not None:
        rows.add(Rule("most_cost"), one * (cost > limits.most_cost * (1 + EXACT)), high=0)
    if limits.most_share is not None:
        most = limits.most_share * budget
        rows.add(Rule("most_share", "", budget), one * (cost > most * (1 + EXACT)), high=0)
    numbers = {name: number for number, name in enumerate(ids)}

    def are(creators: tuple[str, ...]) -> Floats:
        return np.isin(creator, [numbers[name] for name in creators if name in numbers]) * one

    for group in limits.groups:
        about = f"{group.by} {group.name}"
        if group.by == BRAND_SET:
            inside = are(group.creators)
        else:
            inside = np.asarray(grouped[group.by] == group.name) * one
        if group.fewest:
            rows.add(Rule("min", about), inside, low=group.fewest)
        if group.most is not None:
            rows.add(Rule("max", about), inside, high=group.most)
        if group.most_share is not None:
            rows.add(
                Rule("group_share", about, budget), inside * cost, high=group.most_share * budget
            )
    for override in limits.forced:
        rows.add(Rule("forced", override.creator), are((override.creator,)), low=1)
    for override in limits.forbidden:
        rows.add(Rule("forbidden", override.creator), are((override.creator,)), high=0)
    for creators in limits.exclusive:
        rows.add(Rule("exclusive", ", ".join(creators)), are(creators), high=1)
    matrix, low, high = rows.stacked()
    return Programme(
        order, creator, kind, reserve, cost, value, matrix, low, high, tuple(rows.rules),
        tuple(map(str, ids)), parts_of(overlap, list(map(str, ids)), creator),
        limits.value_per_conversion is not None,
    )  # fmt: skip


def little_evidence(packages: pd.DataFrame, limits: Limits) -> Bools:
    """Packages of creators without an earlier outcome, or of whom little is known."""
    known = packages["known_share"].to_numpy(np.float64)
    new = np.array([NEW_CREATOR in told for told in packages["warnings"]], dtype=bool)
    return np.asarray(new | (known < limits.known_below))


def thompson(packages: pd.DataFrame, value: Floats, limits: Limits) -> Floats:
    """One draw of what each package may truly be worth, by seed and creator id alone.

    The conversions are multiplied by exp(N(-s²/2, s)), s² = sd_creator² + sd_reach², one draw a
    creator: its mean is what was expected. Who else is on offer does not move a creator's draw.
    """
    spread = packages[["sd_creator", "sd_reach"]].fillna(0.0).to_numpy(np.float64)
    variance = (spread**2).sum(axis=1)
    names = packages["creator_id"].to_numpy(dtype=str)
    normal = {name: ndtri(_uniform(limits.seed, name)) for name in np.unique(names)}
    shock = np.exp(np.sqrt(variance) * [normal[name] for name in names] - variance / 2)
    if limits.value_per_conversion is None:
        return np.asarray(value * shock)
    cost = packages["cost"].to_numpy(np.float64)
    return np.asarray((value + cost) * shock - cost)


def _uniform(seed: int, name: str) -> float:
    told = hashlib.sha256(f"{seed}\0{name}".encode()).digest()
    return (int.from_bytes(told[:6], "big") + 0.5) / 2**48


def _fixed_order(packages: pd.DataFrame, creator: Ints, value: Floats) -> Ints:
    """By creator, package, cost, value: whatever the order of the table."""
    name = packages["package"] if "package" in packages else pd.Series("", packages.index)
    posts = packages["posts"] if "posts" in packages else pd.Series(0.0, packages.index)
    told = np.unique(name.fillna("").to_numpy(dtype=str), return_inverse=True)[1]
    cost = packages["cost"].to_numpy(np.float64)
    grouped = [
        pd.factorize(packages[by].astype(str), sort=True)[0] for by in GROUPED_BY if by in packages
    ]
    keys = (posts.fillna(0.0).to_numpy(np.float64), -value, cost, *grouped, told, creator)
    return np.lexsort(keys).astype(np.int64)


def _check(packages: pd.DataFrame, budget: float, limits: Limits) -> None:
    if not (isinstance(budget, int | float) and math.isfinite(budget) and budget > 0):
        raise UserError(f"the budget is {budget}: give an amount above 0.")
    needed = {"creator_id": "any plan", "cost": "any plan"}
    if limits.value_per_conversion is not None or "value" not in packages:
        needed["conversions"] = "any plan"
    for group in limits.groups:
        if group.by != BRAND_SET:
            needed[group.by] = f"the limit on {group.by} {group.name}"
    if limits.explore > 0:
        for column in ("known_share", "warnings", "sd_creator", "sd_reach"):
            needed[column] = "exploration"
    for column, why in needed.items():
        if column not in packages:
            raise UserError(
                f"the packages have no column {column}, which {why} needs: add it or drop that."
            )
    if packages.empty:
        raise UserError("no package is on offer: a plan needs at least one line of offers.")
    cost = packages["cost"].to_numpy(np.float64)
    value = worth(packages, limits)
    for wrong, what in (
        (packages["creator_id"].isna().to_numpy(), "has no creator_id: name the creator"),
        (np.isnan(cost), "has no cost: give its fee"),
        (~np.isfinite(cost) | (cost < 0), "has a cost of {cost}: give an amount from 0"),
        (~np.isfinite(value), "has no expected value: score the creator for this campaign"),
    ):
        if wrong.any():
            at = int(np.flatnonzero(wrong)[0])
            who = f"the package of creator {packages['creator_id'].iloc[at]}"
            more = f" ({wrong.sum()} packages in all)" if wrong.sum() > 1 else ""
            raise UserError(f"{who} {what.format(cost=cost[at])}{more}.")


class _Rows:
    """Collects the rows of a programme."""

    def __init__(self, columns: int) -> None:
        self.columns = columns
        self.rules: list[Rule] = []
        self.entries: list[tuple[Ints, Floats]] = []
        self.bounds: list[tuple[float, float]] = []

    def add(self, rule: Rule, row: Floats, low: float = -np.inf, high: float = np.inf) -> None:
        at = np.flatnonzero(row)
        self.rules.append(rule)
        self.entries.append((at, row[at]))
        self.bounds.append((low, high))

    def stacked(self) -> tuple[Any, Floats, Floats]:
        starts = np.cumsum([0, *(len(at) for at, _ in self.entries)])
        at = np.concatenate([at for at, _ in self.entries])
        entries = np.concatenate([row for _, row in self.entries])
        bounds = np.array(self.bounds, dtype=np.float64)
        shape = (len(self.rules), self.columns)
        matrix = sparse.csr_array((entries, at, starts), shape=shape)
        return matrix, bounds[:, 0], bounds[:, 1]
