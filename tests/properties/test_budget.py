"""Plans keep every limit, are the best there are, and depend on nothing but what is offered."""

from __future__ import annotations

import math
from dataclasses import replace
from itertools import pairwise
from unittest import mock

import numpy as np
import pandas as pd
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from features.errors import Exit, UserError
from serving.alternatives import near_misses, override_costs
from serving.budget import Plan, budget_curve, plan
from serving.conflict import smallest_conflict, with_someone
from serving.limits import Group, Limits
from serving.programme import programme_of
from serving.search import search
from tests.plans import a_person, all_plans, check_near_miss, limits, meets, small_offers

seeds = st.integers(0, 2**32 - 1)
sizes = st.integers(1, 5)
budgets = st.sampled_from([3.0, 6.0, 12.0, 25.0])
wholes = st.booleans()
thorough = settings(max_examples=100, deadline=None, derandomize=True)
brief = settings(max_examples=40, deadline=None, derandomize=True)


def planned(packages: pd.DataFrame, budget: float, asked: Limits) -> Plan | None:
    """The exact plan; None where it is refused for its limits."""
    try:
        return plan(packages, budget, asked, gap=0.0)
    except UserError as error:
        if error.exit_status != Exit.PLAN:
            raise
        return None


@given(seeds, sizes, budgets, wholes, limits, st.sampled_from([1, 3, 200]))
@thorough
def test_a_plan_is_the_best_of_all_that_meet_the_limits(
    seed: int, size: int, budget: float, whole: bool, asked: Limits, core: int
) -> None:
    packages = small_offers(seed, size, whole=whole)
    everything = list(all_plans(packages, budget, asked))
    # A small core makes the reductions, which so few packages do not call for, do their work.
    with mock.patch("serving.optimum.CORE", core):
        found = planned(packages, budget, asked)
    if found is None:
        # Either nothing meets them, or only the plan that pays nobody.
        assert [choice.lines for choice in everything] in ([], [()])
        return
    assert meets(packages, list(found.chosen), list(found.explored), budget, asked)
    best = max(choice.objective for choice in everything)
    assert found.objective == pytest.approx(best, rel=1e-9, abs=1e-9)
    assert found.bound >= best - 1e-9 * abs(best)
    assert found.gap <= 1e-7


@given(seeds, sizes, budgets, wholes, limits)
@brief
def test_the_order_of_lines_and_a_second_time_change_nothing(
    seed: int, size: int, budget: float, whole: bool, asked: Limits
) -> None:
    packages = small_offers(seed, size, whole=whole)
    order = np.random.default_rng(seed).permutation(len(packages))
    plans = [planned(packages.iloc[order], budget, asked)]
    plans += [planned(packages, budget, asked) for _ in range(2)]
    if plans[1] is None:
        assert plans == [None] * 3
        return
    assert plans[0] is not None
    assert tuple(order[list(plans[0].chosen)]) == plans[1].chosen
    assert tuple(order[list(plans[0].explored)]) == plans[1].explored
    for name in ("value", "cost", "objective", "bound", "prices", "unused"):
        assert getattr(plans[0], name) == getattr(plans[1], name)
    assert plans[1] == plans[2]


@given(seeds, sizes, wholes, limits)
@brief
def test_more_budget_is_never_worth_less(seed: int, size: int, whole: bool, asked: Limits) -> None:
    packages = small_offers(seed, size, whole=whole)
    grid = [2.0, 4.0, 6.0, 9.0, 14.0, 30.0]
    aims = [
        found.aim if found else -math.inf for found in (planned(packages, b, asked) for b in grid)
    ]
    assert all(b >= a - 1e-9 * abs(b) for a, b in pairwise(aims))
    # A wide gap may leave the larger budget the worse plan: the curve must not show it.
    curve = budget_curve(packages, grid, asked, gap=0.5)
    known = curve["aim"].dropna()
    assert known.is_monotonic_increasing
    assert len(known) == sum(math.isfinite(aim) for aim in aims)
    assert (curve["cost"].dropna() <= curve["budget"][known.index] * (1 + 1e-9)).all()


@given(seeds, st.integers(2, 5), budgets, wholes, limits)
@thorough
def test_a_conflict_is_smallest_and_each_of_its_limits_matters(
    seed: int, size: int, budget: float, whole: bool, asked: Limits
) -> None:
    packages = small_offers(seed, size, whole=whole)
    assume(planned(packages, budget, asked) is None)
    programme = with_someone(programme_of(packages, budget, asked))
    rows = smallest_conflict(programme)
    every = np.arange(len(programme.value))

    def can_be_met(kept: np.ndarray) -> bool:
        return search(programme.rows(kept), every, 1.0)[0] is not None

    assert len(rows)
    assert not can_be_met(rows)
    for row in rows:
        assert can_be_met(rows[rows != row])
    # No smaller set of one or two limits conflicts.
    m = len(programme.rules)
    if len(rows) > 1:
        assert all(can_be_met(np.array([row])) for row in range(m))
    if len(rows) > 2:
        assert all(can_be_met(np.array([a, b])) for a in range(m) for b in range(a))


@given(seeds, st.integers(2, 5), st.sampled_from([0.3, 0.9]), limits)
@brief
def test_raising_the_budget_as_told_resolves_the_conflict(
    seed: int, size: int, share: float, asked: Limits
) -> None:
    packages = small_offers(seed, size)
    asked = replace(asked, most_cost=None)
    budget = share * packages["cost"].min()
    with pytest.raises(UserError) as refused:
        plan(packages, budget, asked)
    assert refused.value.exit_status == Exit.PLAN
    told = [line for line in str(refused.value).splitlines() if line.startswith("- the budget")]
    if told and "raise it" in told[0] and "beside it" not in told[0]:
        raised = float(told[0].rsplit("raise it to ", 1)[1].rstrip(".").replace(",", ""))
        assert raised > budget
        assert plan(packages, raised, asked).cost <= raised * (1 + 1e-9)


@given(seeds, st.integers(2, 5), budgets, st.sampled_from([0.05, 0.2, 0.5]), limits)
@brief
def test_a_cautious_plan_is_never_worse_in_its_quantile(
    seed: int, size: int, budget: float, quantile: float, asked: Limits
) -> None:
    packages = small_offers(seed, size)
    bold = planned(packages, budget, asked)
    assume(bold is not None)
    assert bold is not None
    rng = np.random.default_rng(seed)
    draws = packages["conversions"].to_numpy() * rng.lognormal(0, 1, (40, len(packages)))
    found = plan(packages, budget, replace(asked, caution=quantile), draws=draws, gap=0.0)
    worth = draws if asked.value_per_conversion is None else draws * asked.value_per_conversion
    less = 0.0 if asked.value_per_conversion is None else packages["cost"].to_numpy()

    def reached(made: Plan) -> float:
        lines = list(made.chosen)
        return float(np.quantile((worth - less)[:, lines].sum(axis=1), quantile))

    assert meets(packages, list(found.chosen), list(found.explored), budget, asked)
    assert found.quantile == pytest.approx(reached(found))
    assert found.bold_quantile == pytest.approx(reached(bold))
    assert reached(found) >= reached(bold) - 1e-9 * abs(reached(bold))


@given(seeds, st.integers(3, 5), budgets, limits)
@brief
def test_an_override_costs_what_the_plan_without_it_would_bring_more(
    seed: int, size: int, budget: float, asked: Limits
) -> None:
    packages = small_offers(seed, size)
    made = planned(packages, budget, asked)
    assume(made is not None and (asked.forced or asked.forbidden))
    assert made is not None
    told = override_costs(packages, budget, asked, made, gap=0.0)
    assert len(told) == len(asked.forced) + len(asked.forbidden)
    for line in told.itertuples():
        kept = tuple(o for o in getattr(asked, line.override) if o.creator != line.creator_id)
        freed = replace(asked, **{line.override: kept})
        best = max(choice.objective for choice in all_plans(packages, budget, freed))
        assert line.cost == pytest.approx(best - made.objective, abs=1e-6)
        assert line.cost >= -1e-9


@given(seeds, st.integers(3, 5), budgets, limits)
@thorough
def test_a_near_miss_loses_what_is_told_and_comes_in_at_the_fee_told(
    seed: int, size: int, budget: float, asked: Limits
) -> None:
    packages = small_offers(seed, size)
    made = planned(packages, budget, asked)
    assume(made is not None)
    assert made is not None
    for miss in near_misses(packages, budget, asked, made, gap=0.0).itertuples():
        assert miss.creator_id not in set(packages["creator_id"].iloc[list(made.chosen)])
        check_near_miss(miss, packages, budget, asked, made.objective)


def test_the_bound_holds_and_reductions_lose_nothing_on_a_larger_market() -> None:
    # Enough packages that most are never shown to the search.
    packages = pd.concat(
        [small_offers(seed, 60).assign(market=seed) for seed in range(10)], ignore_index=True
    )
    packages["creator_id"] = packages["creator_id"] + "-" + packages["market"].astype(str)
    asked = Limits(
        min_creators=5,
        max_creators=30,
        groups=(Group("platform", "tiktok", 4, 12, 0.4), Group("language", "fr", None, None, 0.5)),
        most_share=0.1,
        forced=(a_person("c5-3"),),
        forbidden=(a_person("c7-1"),),
    )
    found = plan(packages, 80.0, asked, gap=1e-6)
    programme = programme_of(packages, 80.0, asked)
    plain, bound = search(programme, np.arange(len(programme.value)), 1e-6)
    assert plain is not None
    assert found.gap <= 1e-6
    assert math.fsum(programme.value[plain]) <= found.bound * (1 + 1e-9)
    assert found.objective <= bound * (1 + 1e-9)
    assert meets(packages, list(found.chosen), [], 80.0, asked)
