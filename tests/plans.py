"""Small tables of packages and limits for tests of plans, and all plans of one, by brute force."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import product
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import strategies as st
from scipy import sparse

from features.overlap import OWN_PEOPLE, Overlap
from serving.limits import Group, Limits, Override
from serving.programme import little_evidence, thompson, worth
from serving.score import NEW_CREATOR

NAMED = ("creator_id", "platform", "language", "tier")


def small_offers(seed: int, creators: int, *, whole: bool = False) -> pd.DataFrame:
    """One to three packages each; costs of whole units where ties and exact sums are wanted."""
    rng = np.random.default_rng(seed)
    lines = []
    for creator in range(creators):
        group = {
            "platform": rng.choice(["instagram", "tiktok"]),
            "language": rng.choice(["fr", "en"]),
            "tier": rng.choice(["micro", "macro"]),
            "known_share": rng.uniform(),
            "warnings": (NEW_CREATOR,) if rng.uniform() < 0.3 else (),
            "sd_creator": rng.uniform(0, 0.8),
            "sd_reach": rng.uniform(0, 0.5),
        }
        for package in range(rng.integers(1, 4)):
            cost, brings = rng.lognormal(1, 0.7), rng.lognormal(2, 0.8)
            if whole:
                cost, brings = float(rng.integers(1, 6)), float(rng.integers(1, 6))
            lines.append(
                {
                    "creator_id": f"c{creator}",
                    "package": f"p{package}",
                    "posts": 1.0,
                    "cost": cost,
                    "conversions": brings,
                    **group,
                }
            )
    return pd.DataFrame(lines)


@dataclass(frozen=True)
class Audiences:
    """Who acts towards whom, by name: a person's reading of overlap."""

    of: dict[str, frozenset[int]]

    @property
    def overlap(self) -> Overlap:
        """The same as the planner knows it."""
        names = sorted(self.of)
        shared: dict[tuple[int, ...], int] = {}
        for account in sorted(set().union(*self.of.values())):
            readers = tuple(i for i, name in enumerate(names) if account in self.of[name])
            if len(readers) > 1:
                shared[readers] = shared.get(readers, 0) + 1
        cells = np.zeros((len(names), len(shared)))
        for cell, readers in enumerate(shared):
            cells[list(readers), cell] = 1
        people = np.array([float(len(self.of[name])) for name in names])
        weight = np.array([float(count) for count in shared.values()])
        return Overlap(tuple(names), people, people + OWN_PEOPLE, sparse.csr_array(cells), weight)

    def together(self, brought: dict[str, float]) -> float:
        """What creators bring together: every account once, as much as the best of them brings
        through it, and a few people of each one's own.
        """
        part = {
            name: amount / (len(self.of[name]) + OWN_PEOPLE) for name, amount in brought.items()
        }
        everyone = set().union(*(self.of[name] for name in brought))
        return sum(
            max(part[name] for name in brought if account in self.of[name]) for account in everyone
        ) + OWN_PEOPLE * sum(part.values())


def small_audiences(seed: int, creators: int, accounts: int = 30) -> Audiences:
    """Audiences of up to all of few accounts, so that most are shared by several creators."""
    rng = np.random.default_rng(seed)
    sizes = rng.integers(0, accounts + 1, creators)
    return Audiences(
        {
            f"c{creator}": frozenset(rng.choice(accounts, size, replace=False).tolist())
            for creator, size in enumerate(sizes)
        }
    )


def a_person(creator: str) -> Override:
    return Override(creator, "Marie", "met in May")


creators = [f"c{number}" for number in range(6)]
some = st.lists(st.sampled_from(creators), max_size=2, unique=True)
shares = st.sampled_from([None, 0.3, 0.6])
few = st.sampled_from([None, 1, 2])
groups = st.lists(
    st.builds(
        lambda told, fewest, more, share: Group(
            *told[:2],
            fewest,
            None if more is None else (fewest or 0) + more,
            share,
            told[2],
        ),
        st.sampled_from(
            [
                ("platform", "tiktok", ()),
                ("language", "fr", ()),
                ("tier", "micro", ()),
                ("brand_set", "rivals", ("c0", "c2", "c3")),
            ]
        ),
        few,
        few,
        shares,
    ),
    max_size=2,
    unique_by=lambda group: group.by,
)
limits = st.builds(
    lambda fewest, more, **others: Limits(
        min_creators=fewest,
        max_creators=None if more is None else (fewest or 0) + more,
        **others,
    ),
    few,
    few,
    groups=groups.map(tuple),
    most_cost=st.sampled_from([None, None, 5.0]),
    most_share=st.sampled_from([None, None, 0.5]),
    forced=some.map(lambda names: tuple(map(a_person, names))),
    forbidden=some.map(lambda names: tuple(map(a_person, names))),
    exclusive=st.lists(st.permutations(creators).map(lambda of: tuple(of[:2])), max_size=1).map(
        tuple
    ),
    value_per_conversion=st.sampled_from([None, None, 0.8]),
    explore=st.sampled_from([0.0, 0.0, 0.3]),
)


@dataclass(frozen=True)
class Choice:
    """Lines bought, which of them by the reserve, and what the planner would say it is worth."""

    lines: tuple[int, ...]
    reserved: tuple[int, ...]
    objective: float
    cost: float


def all_plans(
    packages: pd.DataFrame, budget: float, limits: Limits, audiences: Audiences | None = None
) -> Iterator[Choice]:
    """Every choice that a person would say meets the limits, each checked as it is written."""
    value = worth(packages, limits)
    drawn, little = value, np.zeros(len(value), dtype=bool)
    if limits.explore:
        drawn, little = thompson(packages, value, limits), little_evidence(packages, limits)
    ways = [
        [
            None,
            *((line, False) for line in lines),
            *((line, True) for line in lines if little[line]),
        ]
        for lines in packages.groupby("creator_id", sort=True).indices.values()
    ]
    cost, offers = packages["cost"].to_numpy(), Offers(packages)
    for taken in product(*ways):
        bought = [way for way in taken if way is not None]
        lines = [line for line, _ in bought]
        reserved = [line for line, is_reserved in bought if is_reserved]
        if offers.meets(lines, reserved, budget, limits):
            objective = sum(drawn[line] if kept else value[line] for line, kept in bought)
            if audiences is not None:
                fees = sum(cost[lines]) if limits.value_per_conversion is not None else 0.0
                fee = cost if limits.value_per_conversion is not None else np.zeros(len(cost))
                brought = {
                    packages["creator_id"].iloc[line]: (drawn if kept else value)[line] + fee[line]
                    for line, kept in bought
                }
                objective = audiences.together(brought) - fees
            yield Choice(tuple(lines), tuple(reserved), float(objective), float(cost[lines].sum()))


def meets(
    packages: pd.DataFrame, lines: list[int], reserved: list[int], budget: float, limits: Limits
) -> bool:
    return Offers(packages).meets(lines, reserved, budget, limits)


class Offers:
    """The columns of a table as arrays: a person's reading of the limits, fast enough for all plans."""

    def __init__(self, packages: pd.DataFrame) -> None:
        self.cost = packages["cost"].to_numpy()
        self.named = {name: packages[name].to_numpy(dtype=str) for name in NAMED}

    def meets(self, lines: list[int], reserved: list[int], budget: float, limits: Limits) -> bool:
        most = budget * (1 + 1e-9)
        names = {self.named["creator_id"][line] for line in lines}
        spent, of_reserve = self.cost[lines].sum(), self.cost[reserved].sum()
        if spent > most or len(names) < len(lines):
            return False
        if limits.explore and (
            of_reserve > limits.explore * most or spent - of_reserve > (1 - limits.explore) * most
        ):
            return False
        if not (limits.min_creators or 0) <= len(lines) <= _or_many(limits.max_creators):
            return False
        dearest = max(self.cost[lines], default=0.0)
        if dearest > _or_many(limits.most_cost) or dearest > _or_many(limits.most_share) * most:
            return False
        for group in limits.groups:
            inside = [line for line in lines if self.is_inside(line, group)]
            if not (group.fewest or 0) <= len(inside) <= _or_many(group.most):
                return False
            if self.cost[inside].sum() > _or_many(group.most_share) * most:
                return False
        return (
            {one.creator for one in limits.forced} <= names
            and not names & {one.creator for one in limits.forbidden}
            and all(len(names & set(rivals)) <= 1 for rivals in limits.exclusive)
        )

    def is_inside(self, line: int, group: Group) -> bool:
        if group.by == "brand_set":
            return self.named["creator_id"][line] in group.creators
        return bool(self.named[group.by][line] == group.name)


def _or_many(most: float | None) -> float:
    return np.inf if most is None else most


def check_near_miss(
    miss: Any,
    packages: pd.DataFrame,
    budget: float,
    asked: Limits,
    objective: float,
    audiences: Audiences | None = None,
) -> None:
    """A near miss loses what is told, and comes in at the fee told and at none above."""

    def best_with(fee: float) -> float:
        priced = packages.copy()
        priced.loc[miss.line, "cost"] = fee
        return max(
            (
                c.objective
                for c in all_plans(priced, budget, asked, audiences)
                if miss.line in c.lines and miss.line not in c.reserved
            ),
            default=-math.inf,
        )

    assert best_with(miss.cost) == pytest.approx(
        -math.inf if math.isnan(miss.loss) else objective - miss.loss, abs=1e-6
    )
    near = 1e-6 * max(abs(objective), 1)
    if math.isnan(miss.fee):
        assert best_with(0.0) < objective + near
    else:
        assert best_with(miss.fee) >= objective - near
        # A cent more, and what the tolerance of the search leaves, is too dear.
        if miss.fee < miss.cost - 0.02:
            assert best_with(miss.fee + 0.0101) < objective + near
