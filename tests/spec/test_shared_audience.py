"""Plans of creators who share people, small enough to plan by hand."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from scipy import sparse

from features.overlap import Overlap
from serving.alternatives import near_misses, override_costs
from serving.budget import budget_curve, plan
from serving.limits import Limits
from serving.programme import programme_of
from serving.relaxation import proven_bound
from serving.shared_audience import Levels, counted_shares
from tests.plans import a_person


@pytest.fixture
def offers() -> pd.DataFrame:
    return pd.DataFrame(
        [("a", 4.0, 9.0), ("b", 4.0, 7.5), ("c", 4.0, 7.0)],
        columns=["creator_id", "cost", "conversions"],
    )


@pytest.fixture
def overlap() -> Overlap:
    """Two have 10 people each and share 5, the third has 4. With 5 more of each one's own, a third
    of what a and b bring goes through those whom they share.
    """
    people = np.array([10.0, 10.0, 4.0])
    cells = sparse.csr_array(np.array([[1.0], [1.0], [0.0]]))
    return Overlap(("a", "b", "c"), people, people + 5, cells, np.array([5.0]))


def test_people_in_common_count_once_when_creators_are_chosen(
    offers: pd.DataFrame, overlap: Overlap
) -> None:
    # Two creators: added up a and b (16.5) are best; b's shared third, 2.5, counts with a, which
    # brings 3 through the same people. 14 is less than a and c, 16.
    assert plan(offers, 8.0, Limits()).chosen == (0, 1)
    found = plan(offers, 8.0, Limits(), overlap=overlap)
    assert (found.chosen, found.value, found.objective) == ((0, 2), 16.0, 16.0)
    assert found.counted == (1.0, 1.0)
    assert found.bound == pytest.approx(16.0, rel=1e-4)
    # All three: 23.5 less 2.5.
    every = plan(offers, 12.0, Limits(), overlap=overlap)
    assert every.chosen == (0, 1, 2)
    assert every.value == pytest.approx(21.0)
    assert every.counted == pytest.approx((1.0, 2 / 3, 1.0))


def test_of_three_in_a_cell_only_the_best_keeps_it() -> None:
    # Twenty people, all of them everybody's: 20 of 25 parts, .8. Of 10, 20 and 5 the 20 keeps them.
    people = np.full(3, 20.0)
    every = Overlap(
        ("a", "b", "c"), people, people + 5, sparse.csr_array(np.ones((3, 1))), np.array([20.0])
    )
    shares = counted_shares(["a", "b", "c"], np.array([10.0, 20.0, 5.0]), every)
    assert shares == pytest.approx([0.2, 1.0, 0.2])
    # Of equals the first keeps them.
    assert counted_shares(["a", "b"], np.array([7.0, 7.0]), every) == pytest.approx([1.0, 0.2])
    # Whoever is not in it shares with nobody, and without overlap nobody does.
    assert counted_shares(["a", "new"], np.array([7.0, 7.0]), every).tolist() == [1.0, 1.0]
    assert counted_shares(["a", "b"], np.array([7.0, 7.0]), None).tolist() == [1.0, 1.0]


def test_a_margin_is_what_is_counted_once_less_what_is_paid(
    offers: pd.DataFrame, overlap: Overlap
) -> None:
    # At 1 each and with room for all: b beside a brings 5 and would cost 6. Alone it is worth 1.5.
    dear = offers.assign(cost=[4.0, 6.0, 4.0])
    worth = Limits(value_per_conversion=1.0)
    assert plan(dear, 99.0, worth).chosen == (0, 1, 2)
    found = plan(dear, 99.0, worth, overlap=overlap)
    assert (found.chosen, found.value) == ((0, 2), 8.0)
    without_a = replace(worth, forbidden=(a_person("a"),))
    assert plan(dear, 99.0, without_a, overlap=overlap).chosen == (1, 2)


def test_what_a_decision_costs_and_the_fee_to_be_in_count_people_once(
    offers: pd.DataFrame, overlap: Overlap
) -> None:
    # With b forced the best is b and c, 14.5, not a and b, 14: it costs 1.5.
    forced = Limits(forced=(a_person("b"),))
    made = plan(offers, 10.0, forced, overlap=overlap)
    assert made.chosen == (1, 2)
    told = override_costs(offers, 10.0, forced, made, overlap=overlap)
    assert told["cost"].tolist() == pytest.approx([1.5])
    # At 2 b would fit beside a and c (21); at 3 a or c would have to leave: 14 or 14.5.
    free = plan(offers, 10.0, Limits(), overlap=overlap)
    (miss,) = near_misses(offers, 10.0, Limits(), free, overlap=overlap).itertuples()
    assert (miss.creator_id, miss.displaces, miss.fee) == ("b", ("a",), 2.0)
    assert miss.loss == pytest.approx(1.5)
    # Added up, a and b are the plan, and c would have to cost 2 as well.
    curve = budget_curve(offers, [4.0, 8.0, 12.0], Limits(), overlap=overlap)
    assert curve["value"].tolist() == pytest.approx([9.0, 16.0, 21.0])


def test_a_bad_year_counts_the_share_that_each_creator_keeps(
    offers: pd.DataFrame, overlap: Overlap
) -> None:
    # Every draw brings what is expected, or half of it: a fifth quantile of half of 21.
    draws = offers["conversions"].to_numpy() * np.repeat([[0.5], [1.0]], [50, 50], axis=0)
    found = plan(offers, 12.0, Limits(caution=0.2), draws=draws, overlap=overlap)
    assert found.quantile == pytest.approx(10.5)


def test_a_level_takes_from_all_who_share_and_gives_it_back_once(
    offers: pd.DataFrame, overlap: Overlap
) -> None:
    programme = programme_of(offers, 12.0, Limits(), overlap)
    # Amounts of the cell are 3 and 2.5. At level 1 both lose 1, and 1 comes back: 22.5. From 2.5 to
    # 3 that is exact for all three: 2.5 is lost. At 4 all 5.5 go, and 4 come back.
    for level, bound in ((0.0, 23.5), (1.0, 22.5), (2.5, 21.0), (3.0, 21.0), (4.0, 22.0)):
        assert proven_bound(programme, np.zeros(1), np.array([level]))[0] == pytest.approx(bound)
    levels = Levels()
    told = levels.learn(programme.amount, np.ones(3), np.empty(0), 1e-9)
    assert told == pytest.approx(2.5)
    assert levels.level.tolist() == pytest.approx([2.5])
    # Once it is told, nothing is left to learn.
    assert levels.learn(programme.amount, np.ones(3), np.array([2.5]), 1e-9) == 0.0
    assert len(levels.level) == 1
