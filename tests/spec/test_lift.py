"""Incremental conversions and their intervals, by hand."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from models.lift import Arms, has_control
from tests.tabular import arrow


def arms(*rows: tuple[float, float, float, float]) -> Arms:
    """Exposed, conversions, held out, and what these did, a row a group."""
    return Arms(*np.array(rows, dtype=np.float64).T)


def test_what_the_control_rate_lets_expect_is_not_incremental() -> None:
    # 5 of 500 is 1 %, of 1,000 that makes 10: of 30 conversions 20 are incremental. Where nobody
    # else converted, all are; where the others converted oftener, fewer than none.
    found = arms((1000, 30, 500, 5), (1000, 30, 500, 0), (1000, 3, 500, 5), (1000, 0, 500, 0))
    assert found.incremental.tolist() == [20, 30, -7, 0]
    assert found.share[:3].tolist() == pytest.approx([2 / 3, 1, -7 / 3])
    assert np.isnan(found.share[3])


def test_groups_of_one_size_pool_to_their_sums() -> None:
    found = arms((1000, 30, 500, 5), (3000, 9, 1500, 2), (10, 1, 5, 0)).pooled(np.array([0, 0, 1]))
    assert found.exposed.tolist() == [4000, 10]
    assert found.conversions.tolist() == [39, 1]
    assert found.control_exposed.tolist() == pytest.approx([2000, 5])
    assert found.control_conversions.tolist() == [7, 0]


def test_a_control_stands_for_its_own_creator() -> None:
    # Weights 2 and 10: 5 and 3 conversions stand for 10 and 30, with variance 4·5 + 100·3 = 320.
    # They tell as much as 40²/320 = 5 conversions of 5 · 3,000/40 = 375 people.
    found = arms((1000, 60, 500, 5), (2000, 10, 200, 3)).pooled(np.array([0, 0]))
    assert found.incremental.tolist() == [30]
    assert found.control_conversions.tolist() == pytest.approx([5])
    assert found.control_exposed.tolist() == pytest.approx([375])
    # With no conversion to weigh, as many people as tell as much at one rate:
    # 3000² / (1000·2 + 2000·10).
    none = arms((1000, 60, 500, 0), (2000, 10, 200, 0)).pooled(np.array([0, 0]))
    assert none.control_exposed.tolist() == pytest.approx([9e6 / 22e3])


def test_an_interval_of_many_conversions_is_that_of_two_normal_counts() -> None:
    # 10,000 and 5,000 of a million each: 5,000 more, with a standard error of sqrt(15,000) = 122.5,
    # of which 1.2816 either way hold 80 %: 157.
    low, high = arms((1e6, 10_000, 1e6, 5_000)).interval()
    assert low[0] == pytest.approx(5_000 - 157, abs=4)
    assert high[0] == pytest.approx(5_000 + 157, abs=4)


def test_an_interval_is_that_of_drawn_rates() -> None:
    # The same by chance: rates drawn from the posteriors, 4 conversions of 300 and 1 of 100.
    rng = np.random.default_rng(0)
    drawn = 300 * (rng.beta(4.5, 296.5, 400_000) - rng.beta(1.5, 99.5, 400_000))
    low, high = arms((300, 4, 100, 1)).interval()
    assert [low[0], high[0]] == pytest.approx(np.quantile(drawn, [0.1, 0.9]), abs=0.1)


def test_nobody_converting_leaves_the_lift_unknown_either_way() -> None:
    low, high = arms((1000, 0, 1000, 0)).interval()
    assert low[0] == pytest.approx(-high[0])
    assert 0 < high[0] < 2


@pytest.mark.parametrize(
    "lacking",
    ["| 50 | 0", "| 50 |", "| | 0", "| 0 | 0"],
    ids=["whole", "conversions unknown", "size unknown", "nobody held out"],
)
def test_a_control_needs_people_and_what_they_did(lacking: str) -> None:
    frame = arrow(
        "exposed | conversions | control_exposed | control_conversions\n"
        f"100 | 1 {lacking}\n0 | 0 | 50 | 1\n | 1 | 50 | 1\n7 | 1 | 5 | 1"
    ).to_pandas()
    numbers = frame.apply(pd.to_numeric).astype(np.float64)
    # The second row exposed nobody, the third does not say; the last is whole.
    assert has_control(numbers).tolist() == [lacking == "| 50 | 0", False, False, True]
