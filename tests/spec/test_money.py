"""Budgets are spent exactly, and what they bring is counted beside the best choice."""

from __future__ import annotations

from itertools import product

import numpy as np
import pandas as pd
import pytest

from models.baselines import BASELINES
from training.counterfactual import money_by_experience, money_table
from training.money import BUDGET_SHARES, best_choice, captured, share_of_oracle


def test_the_choice_is_the_optimum_of_all_subsets() -> None:
    rng = np.random.default_rng(0)
    for _ in range(20):
        value, cost = rng.lognormal(0, 1, 9), rng.lognormal(0, 1, 9)
        budget, most = 0.4 * cost.sum(), 4
        subsets = np.array(list(product([0, 1], repeat=9)))
        allowed = subsets[(subsets @ cost <= budget) & (subsets.sum(axis=1) <= most)]
        chosen = best_choice(value, cost, budget, most)
        assert cost[chosen].sum() <= budget * (1 + 1e-9)
        assert chosen.sum() <= most
        assert value[chosen].sum() == pytest.approx((allowed @ value).max())


def test_a_ratio_sort_would_have_missed_the_best_choice() -> None:
    # Best by value per cost is the first (1.5), which leaves 6 of 10 unspent; the second alone brings 10.
    assert best_choice(np.array([6.0, 10.0]), np.array([4.0, 10.0]), 10.0).tolist() == [False, True]


def test_nothing_expected_buys_nothing() -> None:
    assert not best_choice(np.zeros(3), np.ones(3), 3.0).any()
    assert not best_choice(np.empty(0), np.empty(0), 3.0).any()


@pytest.fixture
def candidates() -> pd.DataFrame:
    # Budget .5 x 4 = 2: two of four. Campaign a: truth picks 5 + 4, the score picks the last two (1 + 2).
    # Campaign b: the score is the truth, both pick 3 + 3.
    return pd.DataFrame(
        {
            "campaign_id": list("aaaabbbb"),
            "cost": 1.0,
            "brings": [5, 4, 1, 2, 3, 3, 0, 0],
            "s": [0, 1, 8, 9, 3, 3, 0, 0],
        }
    ).astype({"brings": float, "s": float})


def test_captured_counts_what_the_chosen_truly_bring(candidates: pd.DataFrame) -> None:
    found = captured(candidates, {"suasion": "s"}, share=0.5).set_index("campaign_id")
    assert found.loc["a"].to_dict() == {"oracle": 9.0, "suasion": 3.0}
    assert found.loc["b"].to_dict() == {"oracle": 6.0, "suasion": 6.0}


def test_pooled_share_and_mean_of_ratios_are_both_told(candidates: pd.DataFrame) -> None:
    table = share_of_oracle(captured(candidates, {"suasion": "s"}, share=0.5)).set_index("score")
    # Pooled (3 + 6) / (9 + 6); mean (3/9 + 6/6) / 2.
    assert table.loc["suasion", "pooled"] == pytest.approx(0.6)
    assert table.loc["suasion", "mean"] == pytest.approx(2 / 3)
    assert table.loc["oracle", "pooled"] == 1
    assert table.loc["oracle", "suasion_ahead"] == pytest.approx(-0.4)
    assert table.loc["suasion", "low"] <= 0.6 <= table.loc["suasion", "high"]
    assert table.loc["oracle", "mean_ahead"] == pytest.approx(2 / 3 - 1)
    # A campaign alone is drawn in a quarter of the draws each: 3/9 and 6/6 are the ends.
    assert table.loc["suasion", ["mean_low", "mean_high"]].tolist() == pytest.approx([1 / 3, 1])
    assert table.loc["oracle", ["mean_ahead_low", "mean_ahead_high"]].tolist() == pytest.approx(
        [-2 / 3, 0]
    )


def test_money_is_told_of_scores_per_person_times_the_reach_and_of_others_alone() -> None:
    rng = np.random.default_rng(0)
    rate, reach = rng.lognormal(-5, 1, 60), rng.lognormal(6, 1, 60)
    scored = pd.DataFrame(
        {
            "campaign_id": "tea",
            "cost": 1.0,
            "brings": rate * reach,
            "reach": reach,
            "our reach": reach[::-1],
            "suasion": rate,
            "revealed_rate": np.nan,
            "log_followers": np.log(reach),
            **{name: rng.random(60) for name in BASELINES},
        }
    )
    scored["history"] = np.log(rate)
    scored["kred outreach"] = rate * reach
    found = money_table(scored).set_index(["reach", "budget_share", "score"])["pooled"]
    # What is true is captured whole: rate times reach, its log made a rate again, or the count as it stands.
    for share in BUDGET_SHARES:
        assert found[("true", share, "suasion")] == pytest.approx(1)
        assert found[("true", share, "history × reach")] == pytest.approx(1)
        assert found[("true", share, "kred outreach")] == pytest.approx(1)
        assert found[("predicted", share, "kred outreach")] == pytest.approx(1)
        assert found[("predicted", share, "suasion")] < 1
    scores = set(found.index.get_level_values("score"))
    assert {"klout", "klout × reach", "funnel", "funnel rate × reach"} <= scores
    assert not scores & {"engagement per fee", "funnel × reach", "engagement rate × reach"}


def test_a_choice_among_cold_creators_alone_leaves_the_warm_out() -> None:
    # Ten warm that bring nothing, ten cold of whom one brings all: only the score that knows it.
    brings = np.array([0.0] * 10 + [100.0] + [1.0] * 9)
    scored = pd.DataFrame(
        {
            "campaign_id": "tea",
            "is_cold": [False] * 10 + [True] * 10,
            "cost": 1.0,
            "brings": brings,
            "our reach": 1.0,
            "suasion": brings,
            "revealed_rate": np.nan,
            "log_followers": 5.0,
            **{name: np.where(brings == 100, 0.0, 1.0) for name in BASELINES},
        }
    )
    found = money_by_experience(scored).set_index(["subset", "score"])
    # The warm bring nothing to share.
    assert set(found.index.get_level_values("subset")) == {"cold"}
    # A tenth of ten buys one.
    assert found.loc[("cold", "suasion"), "pooled"] == 1
    assert found.loc[("cold", "klout"), "pooled"] == pytest.approx(0.01)
    few = scored.iloc[6:14]
    assert money_by_experience(few).empty
