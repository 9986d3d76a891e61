"""The baselines, by hand: one number a row, higher is better."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from scipy.special import logit

from models.baselines import BASELINES


def score(name: str, base: list[float] | None = None, **columns: list[float]) -> list[float]:
    matrix = pd.DataFrame(columns, dtype=float)
    levels = np.array(base) if base is not None else np.full(len(matrix), logit(0.01))
    return [float(value) for value in BASELINES[name](matrix, levels)]


def test_followers_is_their_log_and_the_unknown_stand_in_the_middle() -> None:
    assert score("followers", log_followers=[3, 9, np.nan, 5]) == [3, 9, 5, 5]


def test_history_is_the_response_to_earlier_posts() -> None:
    assert score("history", response=[-4, np.nan, -2]) == [-4, -3, -2]


def test_engagement_rate_is_reactions_over_followers() -> None:
    # log(100 / 1000), and log(100 / 10): a tenth and tenfold.
    found = score(
        "engagement rate",
        log_engagement=np.log([100, 100]).tolist(),
        log_followers=np.log([1000, 10]).tolist(),
    )
    assert found == pytest.approx([np.log(0.1), np.log(10)])


def test_engagement_rate_is_unknown_when_either_is() -> None:
    found = score(
        "engagement rate", log_engagement=[2, 4, np.nan, 3], log_followers=[1, 1, 1, np.nan]
    )
    assert found == [1, 3, 2, 2]


def test_past_rate_adds_one_expected_conversion_at_the_campaigns_level() -> None:
    # Level 1 %: one conversion in 100 people joins. (9 + 1) / (900 + 100) = 1 %, (19 + 1) / (300
    # + 100) = 5 %.
    assert score("past rate", past_conversions=[9, 19], past_exposed=[900, 300]) == pytest.approx(
        [0.01, 0.05]
    )


def test_past_rate_without_a_past_is_the_level() -> None:
    found = score(
        "past rate",
        base=logit([0.01, 0.2]).tolist(),
        past_conversions=[np.nan, np.nan],
        past_exposed=[np.nan, np.nan],
    )
    assert found == pytest.approx([0.01, 0.2])


def test_past_rate_ranks_a_lucky_beginner_below_a_proven_creator() -> None:
    # (1 + 1) / (10 + 100) = 1.8 %, where 10 % were seen; (300 + 1) / (10,000 + 100) = 3 %.
    beginner, proven = score("past rate", past_conversions=[1, 300], past_exposed=[10, 10_000])
    assert beginner == pytest.approx(2 / 110)
    assert proven == pytest.approx(301 / 10_100)


@pytest.mark.parametrize("name", sorted(BASELINES))
def test_every_baseline_scores_creators_of_whom_nothing_is_known(name: str) -> None:
    columns = ["log_followers", "log_engagement", "response", "past_conversions", "past_exposed"]
    matrix = pd.DataFrame(np.nan, index=range(3), columns=columns)
    found = BASELINES[name](matrix, np.full(3, np.nan))
    assert np.isfinite(found).all()
    assert len(set(found)) == 1
