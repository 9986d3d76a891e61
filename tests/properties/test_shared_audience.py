"""Plans that count people in common once are the best there are, and prove no more than is true."""

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
from features.overlap import Overlap
from serving.alternatives import near_misses, override_costs
from serving.budget import Plan, budget_curve, plan
from serving.limits import Limits
from serving.optimum import optimum
from serving.programme import programme_of
from serving.relaxation import proven_bound
from serving.search import search
from serving.shared_audience import Levels, counted_shares, lost
from tests.plans import all_plans, check_near_miss, limits, meets, small_audiences, small_offers

seeds = st.integers(0, 2**32 - 1)
sizes = st.integers(1, 5)
budgets = st.sampled_from([3.0, 6.0, 12.0, 25.0])
wholes = st.booleans()
thorough = settings(max_examples=100, deadline=None, derandomize=True)
brief = settings(max_examples=40, deadline=None, derandomize=True)


def planned(
    packages: pd.DataFrame, budget: float, asked: Limits, overlap: Overlap | None
) -> Plan | None:
    """The exact plan; None where it is refused for its limits."""
    try:
        return plan(packages, budget, asked, gap=0.0, overlap=overlap)
    except UserError as error:
        if error.exit_status != Exit.PLAN:
            raise
        return None


@given(seeds, sizes, budgets, wholes, limits, st.sampled_from([1, 3, 200]))
@thorough
def test_a_plan_is_the_best_of_all_when_everybody_counts_once(
    seed: int, size: int, budget: float, whole: bool, asked: Limits, core: int
) -> None:
    packages, audiences = small_offers(seed, size, whole=whole), small_audiences(seed, size)
    everything = list(all_plans(packages, budget, asked, audiences))
    # A small core makes the reductions, which so few packages do not call for, do their work.
    with mock.patch("serving.optimum.CORE", core):
        found = planned(packages, budget, asked, audiences.overlap)
    if found is None:
        assert [choice.lines for choice in everything] in ([], [()])
        return
    assert meets(packages, list(found.chosen), list(found.explored), budget, asked)
    best = max(choice.objective for choice in everything)
    assert found.objective == pytest.approx(best, rel=1e-7, abs=1e-7)
    assert found.bound >= best - 1e-9 * abs(best)
    assert found.gap <= 1e-7


@given(seeds, st.integers(2, 5), budgets, limits, st.floats(0, 3), st.floats(0, 2))
@thorough
def test_no_price_of_a_limit_or_of_people_in_common_proves_too_little(
    seed: int, size: int, budget: float, asked: Limits, money: float, people: float
) -> None:
    # Not the best prices, any: the bound must hold for all of them, of every plan there is.
    packages, audiences = small_offers(seed, size), small_audiences(seed, size)
    programme = programme_of(packages, budget, asked, audiences.overlap)
    rng = np.random.default_rng(seed)
    signs = np.where(np.isfinite(programme.high), 1.0, -1.0)
    prices = signs * money * rng.exponential(size=len(programme.rules))
    levels = people * rng.exponential(size=programme.part.shape[1])
    bound, loss, _ = proven_bound(programme, prices, levels)
    column = {
        (line, kept): place
        for place, (line, kept) in enumerate(
            zip(programme.package.tolist(), programme.reserve.tolist(), strict=True)
        )
    }
    for choice in all_plans(packages, budget, asked, audiences):
        taken = [column[line, line in choice.reserved] for line in choice.lines]
        assert choice.objective <= bound - loss[taken].sum() + 1e-9 * max(abs(bound), 1)


@given(seeds, st.integers(2, 6))
@thorough
def test_what_is_lost_is_what_plain_sets_say_and_shares_add_up_to_the_rest(
    seed: int, size: int
) -> None:
    packages, audiences = small_offers(seed, size), small_audiences(seed, size)
    first = packages.drop_duplicates("creator_id")
    worth = first["conversions"].to_numpy()
    programme = programme_of(first, 1e9, Limits(), audiences.overlap)
    rng = np.random.default_rng(seed)
    chosen = np.flatnonzero(rng.uniform(size=size) < 0.7)
    together = audiences.together(
        dict(zip(first["creator_id"].iloc[chosen], worth[chosen], strict=True))
    )
    assert worth[chosen].sum() - lost(programme.amount, chosen) == pytest.approx(together)
    shares = counted_shares(
        first["creator_id"].iloc[chosen].tolist(), worth[chosen], audiences.overlap
    )
    assert shares @ worth[chosen] == pytest.approx(together)
    assert ((shares > 0) & (shares <= 1)).all()


@given(seeds, sizes, budgets, wholes, limits)
@brief
def test_the_order_of_lines_and_a_second_time_change_nothing(
    seed: int, size: int, budget: float, whole: bool, asked: Limits
) -> None:
    packages = small_offers(seed, size, whole=whole)
    overlap = small_audiences(seed, size).overlap
    order = np.random.default_rng(seed).permutation(len(packages))
    plans = [planned(packages.iloc[order], budget, asked, overlap)]
    plans += [planned(packages, budget, asked, overlap) for _ in range(2)]
    if plans[1] is None:
        assert plans == [None] * 3
        return
    assert plans[0] is not None
    assert tuple(order[list(plans[0].chosen)]) == plans[1].chosen
    for name in ("value", "cost", "counted", "objective", "bound", "prices", "unused"):
        assert getattr(plans[0], name) == getattr(plans[1], name)
    assert plans[1] == plans[2]


@given(seeds, sizes, budgets, limits)
@brief
def test_audiences_that_share_nobody_change_nothing(
    seed: int, size: int, budget: float, asked: Limits
) -> None:
    packages = small_offers(seed, size)
    apart = small_audiences(seed, size)
    for place, name in enumerate(apart.of):
        apart.of[name] = frozenset(range(100 * place, 100 * place + len(apart.of[name])))
    assert planned(packages, budget, asked, apart.overlap) == planned(packages, budget, asked, None)


@given(seeds, sizes, wholes, limits)
@brief
def test_more_budget_is_never_worth_less(seed: int, size: int, whole: bool, asked: Limits) -> None:
    packages = small_offers(seed, size, whole=whole)
    overlap = small_audiences(seed, size).overlap
    grid = [2.0, 4.0, 6.0, 9.0, 14.0, 30.0]
    plans = [planned(packages, budget, asked, overlap) for budget in grid]
    aims = [found.aim if found else -math.inf for found in plans]
    assert all(b >= a - 1e-7 * abs(b) for a, b in pairwise(aims))
    curve = budget_curve(packages, grid, asked, gap=0.5, overlap=overlap)
    known = curve["aim"].dropna()
    assert known.is_monotonic_increasing
    assert len(known) == sum(math.isfinite(aim) for aim in aims)


@given(seeds, st.integers(3, 5), budgets, limits)
@brief
def test_an_override_costs_what_the_plan_without_it_would_bring_more(
    seed: int, size: int, budget: float, asked: Limits
) -> None:
    packages, audiences = small_offers(seed, size), small_audiences(seed, size)
    made = planned(packages, budget, asked, audiences.overlap)
    assume(made is not None and (asked.forced or asked.forbidden))
    assert made is not None
    told = override_costs(packages, budget, asked, made, gap=0.0, overlap=audiences.overlap)
    for line in told.itertuples():
        kept = tuple(o for o in getattr(asked, line.override) if o.creator != line.creator_id)
        freed = replace(asked, **{line.override: kept})
        best = max(c.objective for c in all_plans(packages, budget, freed, audiences))
        assert line.cost == pytest.approx(best - made.objective, abs=1e-6)


@given(seeds, st.integers(3, 5), budgets, limits)
@thorough
def test_a_near_miss_loses_what_is_told_and_comes_in_at_the_fee_told(
    seed: int, size: int, budget: float, asked: Limits
) -> None:
    packages, audiences = small_offers(seed, size), small_audiences(seed, size)
    made = planned(packages, budget, asked, audiences.overlap)
    assume(made is not None)
    assert made is not None
    missed = near_misses(packages, budget, asked, made, gap=0.0, overlap=audiences.overlap)
    for miss in missed.itertuples():
        check_near_miss(miss, packages, budget, asked, made.objective, audiences)


def test_the_bound_holds_and_reductions_lose_nothing_on_a_larger_market() -> None:
    # Sixty creators who share a thousand accounts, against all columns in one search.
    packages, audiences = small_offers(3, 60), small_audiences(3, 60, 1000)
    asked = Limits(min_creators=3, max_creators=12)
    found = plan(packages, 60.0, asked, gap=1e-6, overlap=audiences.overlap)
    programme = programme_of(packages, 60.0, asked, audiences.overlap)
    plain, bound = search(programme, np.arange(len(programme.value)), 1e-6, levels=Levels())
    assert plain is not None
    assert found.gap <= 1e-6
    assert found.objective <= bound * (1 + 1e-9)
    assert programme.worth(plain) == pytest.approx(found.objective, rel=2e-6)
    apart = optimum(programme_of(packages, 60.0, asked), 1e-6)
    assert apart is not None
    # Planned without overlap, the same limits bring less, counted alike.
    assert programme.worth(apart.chosen) < found.objective
