"""Qini by hand, and what it says of scores in a market whose lift is known."""

from __future__ import annotations

import re

import numpy as np
import pandas as pd
import pytest

from models.lift import Arms
from serving.charts import BOTTOM, HEIGHT, LEFT, TOP, WIDTH, gains
from training.clusters import drawn_weights
from training.qini import LEAST_CAMPAIGNS, RANDOM, qini, qini_curve, qini_table

ARMS = Arms(
    exposed=np.array([10.0, 30.0]),
    conversions=np.array([5.0, 3.0]),
    control_exposed=np.array([5.0, 15.0]),
    control_conversions=np.array([1.0, 1.0]),
)


def test_a_curve_and_its_coefficient_by_hand() -> None:
    # First 10 people: 5 - 1·10/5 = 3. All 40: 8 - 2·40/20 = 4. Area over the share of people:
    # 1/4·3/2 + 3/4·(3 + 4)/2 = 3; over 4 that is 3/4, and a random order has 1/2.
    share, gain = qini_curve(np.array([2.0, 1.0]), ARMS)
    assert share.tolist() == [0, 0.25, 1]
    assert gain.tolist() == [0, 3, 4]
    assert qini(np.array([2.0, 1.0]), ARMS).tolist() == pytest.approx([0.25])
    # The other way round: 3 - 1·30/15 = 1 after 30 people; 3/4·1/2 + 1/4·(1 + 4)/2 = 1.
    assert qini(np.array([1.0, 2.0]), ARMS).tolist() == pytest.approx([-0.25])


def test_equal_scores_come_together_and_are_a_random_order() -> None:
    share, gain = qini_curve(np.zeros(2), ARMS)
    assert share.tolist() == [0, 1]
    assert gain.tolist() == [0, 4]
    assert qini(np.zeros(2), ARMS).tolist() == pytest.approx([0])


def test_a_campaign_that_is_drawn_twice_counts_as_two_and_one_not_drawn_as_none() -> None:
    score = np.array([2.0, 1.0])
    twice = Arms(*(np.repeat(v, [2, 1]) for v in vars(ARMS).values()))
    weights = np.array([[2.0, 1.0], [0.0, 1.0]])
    found = qini(score, ARMS, np.array([0, 1]), weights)
    assert found[0] == pytest.approx(qini(np.repeat(score, [2, 1]), twice)[0])
    # One row is its own random order.
    assert found[1] == pytest.approx(0)


def test_without_a_gain_there_is_no_coefficient() -> None:
    none = Arms(np.array([10.0]), np.array([1.0]), np.array([10.0]), np.array([1.0]))
    assert np.isnan(qini(np.array([1.0]), none)).all()


def market(campaigns: int = 40, each: int = 10) -> pd.DataFrame:
    """Half of the creators bring lift; the others' people convert as often, but anyway."""
    rng = np.random.default_rng(0)
    n = campaigns * each
    brings = rng.uniform(size=n) < 0.5
    rate = 0.01 * np.exp(rng.normal(0, 0.5, n))
    exposed = np.full(n, 2000.0)
    control = rng.poisson(exposed * rate * np.where(brings, 0.1, 1.0))
    return pd.DataFrame(
        {
            "campaign_id": [f"k{i // each}" for i in range(n)],
            "exposed": exposed,
            "conversions": rng.poisson(exposed * rate).astype(float),
            "control_exposed": exposed,
            "control_conversions": control.astype(float),
            "lift": brings * rate,
            "rate": rate,
        }
    )


def test_who_orders_by_lift_is_ahead_of_who_orders_by_conversions() -> None:
    told = qini_table(market(), {"suasion": "lift", "conversions": "rate"})
    assert told is not None
    figures, curves = told
    found = figures.set_index("score")
    assert found.loc["suasion", "low"] > 0.2
    assert found.loc["conversions", "ahead_low"] > 0.1
    assert np.isnan(found.loc["suasion", "ahead"])
    assert found.loc[RANDOM, "value"] == pytest.approx(0)
    assert found.loc[RANDOM, "ahead"] == pytest.approx(found.loc["suasion", "value"])
    ends = curves.groupby("score")["incremental"].last()
    assert ends.nunique() == 1


def test_draws_are_of_campaigns_and_the_same_for_all_scores() -> None:
    rows = market(campaigns=LEAST_CAMPAIGNS)
    told = qini_table(rows, {"suasion": "lift", "same": "lift"}, seed=3)
    assert told is not None
    found = told[0].set_index("score")
    assert found.loc["same", ["ahead", "ahead_low", "ahead_high"]].tolist() == [0, 0, 0]
    campaign = pd.factorize(rows["campaign_id"])[0]
    weight = drawn_weights(LEAST_CAMPAIGNS, seed=3)
    drawn = qini(rows["lift"].to_numpy(), Arms.of(rows), campaign, weight)
    assert found.loc["suasion", "low"] == pytest.approx(np.quantile(drawn, 0.025))
    assert qini_table(market(campaigns=LEAST_CAMPAIGNS - 1), {"suasion": "lift"}) is None


def test_the_drawn_curves_stay_in_their_frame_below_nothing_too() -> None:
    lines = {"one": [(0.0, 0.0), (0.5, -2.0), (1.0, 4.0)], "<b>": [(0.0, 0.0), (1.0, 8.0)]}
    svg = gains(lines, "Qini", "x", "y")
    drawn = re.findall(r"[ML](-?[\d.]+) (-?[\d.]+)", svg)
    assert len(drawn) == 2 + 3 + 2 + 1  # straight line, two curves, the axis
    assert all(LEFT <= float(x) <= WIDTH - 8 for x, _ in drawn)
    assert all(TOP <= float(y) <= HEIGHT - BOTTOM for _, y in drawn)
    # -2 lies on the floor, 8 at the top; nothing from the data is markup.
    assert f" {HEIGHT - BOTTOM:.1f}L" in svg
    assert f" {TOP:.1f}" in svg
    assert "<b>" not in svg
