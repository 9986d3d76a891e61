"""The value of choices from logged propensities: by hand, and unbiased where the truth is known."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from tests.functional.small_market import make_tables
from tests.market import prepare_market
from training.logged_value import AS_PICKED, AT_RANDOM, logged_candidates, value_table


def test_a_value_by_hand() -> None:
    nan = np.nan
    scored = pd.DataFrame(
        {
            "campaign_id": list("aaaabbbb"),
            "propensity": [0.5, 0.25, 0.5, 0.5, 0.5, 1.0, 0.5, 0.1],
            "logged_conversions": [4.0, 8.0, nan, nan, 2.0, 6.0, nan, nan],
        }
    )
    # Two were picked in each campaign, so two are chosen. In a the first and second, both picked: 4
    # and 8 stand for 2 and 4 creators. In b the second (6, for 1) and the third, not picked.
    score = np.array([4.0, 3, 2, 1, 1, 4, 3, 2])
    found = value_table(scored, {"suasion": score}).set_index("score")
    assert found.loc["suasion", "value"] == pytest.approx((2 * 4 + 4 * 8 + 1 * 6) / 7)
    # (2 + 4 + 1)^2 / (4 + 16 + 1)
    assert found.loc["suasion", "effective"] == pytest.approx(49 / 21)
    assert found.loc[AS_PICKED, "value"] == pytest.approx(20 / 4)
    assert found.loc[AT_RANDOM, "value"] == pytest.approx((8 + 32 + 4 + 6) / 9)


def test_the_taste_of_who_picked_does_not_bias_the_value() -> None:
    rng = np.random.default_rng(0)
    campaigns, size = 400, 30
    n = campaigns * size
    brings = rng.gamma(2, 5, n)
    score = brings + rng.normal(0, 8, n)
    # Those who bring more are picked more often.
    propensity = np.clip(0.02 * brings, 0.05, 0.9)
    is_picked = rng.uniform(size=n) < propensity
    campaign = np.repeat(np.arange(campaigns), size)
    scored = pd.DataFrame(
        {
            "campaign_id": campaign.astype(str),
            "propensity": propensity,
            "logged_conversions": np.where(is_picked, brings, np.nan),
        }
    )
    slots = np.bincount(campaign, is_picked)
    place = pd.Series(-score).groupby(campaign).rank().to_numpy()
    truth = brings[place <= slots[campaign]].mean()
    found = value_table(scored, {"suasion": score}).set_index("score")["value"]
    assert found["suasion"] == pytest.approx(truth, rel=0.05)
    assert found[AT_RANDOM] == pytest.approx(brings.mean(), rel=0.05)
    # Unweighted, what was picked looks better than who there was.
    assert found[AS_PICKED] > 1.2 * brings.mean()


def test_without_propensities_there_is_nothing_to_value() -> None:
    assert logged_candidates(prepare_market(make_tables())).empty
