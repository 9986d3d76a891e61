"""What becomes of a plan if things change."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial

import numpy as np
import pandas as pd
import pytest

from models.incremental import IncrementalShare
from serving.budget import plan
from serving.limits import Limits
from serving.sensitivity import recounted, sensitivity
from tests.plans import a_person
from tests.synthetic import market, predictor

LIFT = IncrementalShare(0.4, 0.3, 40, 6)
PREDICTED = ["rate", "rate_low", "rate_high", "conversions", "sd_campaign", "incremental"]


def scored(lift: IncrementalShare | None) -> pd.DataFrame:
    """Packages as the model scores them."""
    planted, model = market(), predictor()
    found = model.predict(planted.matrix, planted.base, planted.posts, incremental=lift)
    names = [f"c{i}" for i in range(len(found))]
    return found.assign(campaign_id="tea", creator_id=names, package=None)


def test_counted_as_lift_they_are_what_scoring_for_lift_gives_and_back() -> None:
    attributed, incremental = scored(None), scored(LIFT)
    for found, expected in (
        (recounted(attributed, LIFT), incremental),
        (recounted(incremental, LIFT), attributed),
    ):
        for name in PREDICTED:
            np.testing.assert_allclose(
                found[name].astype(float), expected[name].astype(float), rtol=1e-6, err_msg=name
            )


def look(
    offers: pd.DataFrame, budget: float, limits: Limits, lift: IncrementalShare | None = None
) -> pd.DataFrame:
    def total(table: pd.DataFrame, lines: Sequence[int]) -> dict[str, float]:
        taken = table.iloc[list(lines)]
        return {"conversions": taken["conversions"].sum(), "cost": taken["cost"].sum()}

    made = plan(offers, budget, limits)
    return sensitivity(offers, budget, limits, made, total, partial(plan, gap=1e-9), lift=lift)


OFFERS = pd.DataFrame(
    {"creator_id": list("abc"), "cost": [6.0, 5.0, 4.0], "conversions": [9.0, 7.0, 2.0]}
)


def test_the_plan_is_made_anew_for_fees_and_without_the_best() -> None:
    # 10: a + c (11). At .8 of the fees a + b (8.8) bring 16; at 1.2 a alone (7.2) or b (6) or c
    # (4.8): a. Without a, b + c.
    found = look(OFFERS, 10.0, Limits())
    told = found[["change", "about", "conversions", "cost"]].to_numpy().tolist()
    assert told == [
        ["fees", 0.8, 16.0, pytest.approx(8.8)],
        ["fees", 1.2, 9.0, pytest.approx(7.2)],
        ["without", "a", 9.0, 9.0],
    ]


def test_who_is_forced_may_drop_out_too_and_what_cannot_be_met_is_left_out() -> None:
    found = look(OFFERS, 10.0, Limits(forced=(a_person("a"),)))
    assert found["about"].tolist() == [0.8, 1.2, "a"]
    # At 1.2 no two of them are below 10, without a only b + c are.
    found = look(OFFERS, 10.0, Limits(min_creators=2))
    assert found["about"].tolist() == [0.8, "a"]


def packages() -> pd.DataFrame:
    """Two packages of 100 and 50 expected conversions."""
    return pd.DataFrame(
        {
            "creator_id": ["a", "b"],
            "campaign_id": "tea",
            "package": None,
            "cost": [50.0, 40.0],
            "exposed": [1e4, 5e3],
            "exposed_low": [5e3, 2.5e3],
            "exposed_high": [2e4, 1e4],
            "rate": 0.01,
            "rate_low": 0.004,
            "rate_high": 0.02,
            "conversions": [100.0, 50.0],
            "sd_campaign": 0.3,
            "sd_creator": 0.3,
            "sd_reach": 0.5,
            "incremental": False,
        }
    )


def test_counted_otherwise_the_same_plan_brings_its_share() -> None:
    line = look(packages(), 90.0, Limits(), lift=LIFT).iloc[-1]
    assert (line["change"], line["conversions"]) == ("incremental", pytest.approx(60.0))


def test_a_plan_for_margin_is_made_anew_for_what_is_counted_otherwise() -> None:
    # At 1.5 each, a is worth 150 - 50 and b 75 - 40. Of 40 and 20 conversions: 10, and -10.
    line = look(packages(), 90.0, Limits(value_per_conversion=1.5), lift=LIFT).iloc[-1]
    assert (line["change"], line["conversions"], line["cost"]) == (
        "incremental",
        pytest.approx(40.0),
        50.0,
    )


def test_lift_counts_back_to_what_is_attributed() -> None:
    lift = packages().assign(incremental=True, sd_campaign=0.5)
    line = look(lift, 90.0, Limits(), lift=LIFT).iloc[-1]
    assert (line["change"], line["conversions"]) == ("attributed", pytest.approx(375.0))
