"""The baselines, by hand: one number a row, higher is better."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from scipy.special import logit

from models.baselines import BASELINES, Sight
from models.baselines.network import NETWORK_BASELINES

NETWORK = [baseline.name for baseline in NETWORK_BASELINES]


def sight(
    columns: dict[str, list[float]],
    base: list[float] | None = None,
    rows: dict[str, list[object]] | None = None,
) -> Sight:
    """What a baseline sees of rows of one campaign, unless `rows` names others."""
    matrix = pd.DataFrame(columns, dtype=float)
    levels = np.array(base) if base is not None else np.full(len(matrix), logit(0.01))
    keys = pd.DataFrame({"campaign_id": ["tea"] * len(matrix), **(rows or {})})
    network = pd.DataFrame(np.nan, index=range(len(matrix)), columns=NETWORK)
    return Sight(keys, matrix, levels, network)


def score(
    name: str,
    base: list[float] | None = None,
    rows: dict[str, list[object]] | None = None,
    **columns: list[float],
) -> list[float]:
    return [float(value) for value in BASELINES[name].score(sight(columns, base, rows))]


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


def test_the_funnel_multiplies_followers_by_what_the_tier_reaches_clicks_and_converts() -> None:
    # 5,000: nano, .145 x .0125 x .024; 200,000: mid, .05 x .0125 x .0185; unknown between them.
    found = score("funnel", log_followers=np.log1p([5_000, 200_000, np.nan]).tolist())
    nano, mid = 5_000 * 0.145 * 0.0125 * 0.024, 200_000 * 0.05 * 0.0125 * 0.0185
    assert found == pytest.approx([nano, mid, (nano + mid) / 2])


@pytest.mark.parametrize(
    ("followers", "rate"),
    [
        (9_999, 0.024),
        (10_001, 0.022),
        (100_001, 0.0185),
        (500_001, 0.014),
        (1_000_001, 0.009),
    ],
)
def test_the_funnel_converts_less_per_person_the_larger_the_tier(
    followers: float, rate: float
) -> None:
    assert score("funnel rate", log_followers=[np.log1p(followers)]) == pytest.approx(
        [0.0125 * rate]
    )


def test_engagement_per_fee_is_engagement_over_what_it_costs() -> None:
    # 100 reactions for 50 or for 200; of a fee that is not known, the middle.
    found = score(
        "engagement per fee",
        rows={"fee": [50.0, 200.0, np.nan]},
        log_engagement=np.log([100, 100, 100]).tolist(),
    )
    assert found == pytest.approx(np.log([2, 0.5, 1]).tolist())


def test_without_any_fee_of_the_campaign_engagement_is_ranked_by_itself() -> None:
    found = score(
        "engagement per fee",
        rows={"campaign_id": ["tea", "tea", "shoes"], "fee": [np.nan, np.nan, 10.0]},
        log_engagement=[3, 5, 7],
    )
    assert found == pytest.approx([3, 5, 7 - np.log(10)])


def test_fees_that_no_row_tells_are_listed_as_lacking() -> None:
    baseline = BASELINES["engagement per fee"]
    for rows in (pd.DataFrame({"campaign_id": ["tea"]}), pd.DataFrame({"fee": [np.nan, np.nan]})):
        assert baseline.lacks_in(rows) == {"fees": "no row tells them"}
    assert baseline.lacks_in(pd.DataFrame({"fee": [np.nan, 10.0]})) == {}
    klout = BASELINES["klout"]
    assert klout.lacks_in(pd.DataFrame()) == klout.lacks


def test_hand_weights_are_40_for_fit_and_35_for_engagement_by_rank_in_the_campaign() -> None:
    # Fit ranks 1/3, 2/3, 1; engagement rate 1, 1/3, 2/3. In another campaign one is first in both.
    found = score(
        "hand weights",
        rows={"campaign_id": ["tea"] * 3 + ["shoes"]},
        topic_similarity=[0.1, 0.2, 0.9, 0.0],
        log_engagement=[9, 1, 5, 1],
        log_followers=[0, 0, 0, 0],
    )
    expected = [(0.4 * f + 0.35 * e) / 0.75 for f, e in ((1 / 3, 1), (2 / 3, 1 / 3), (1, 2 / 3))]
    assert found == pytest.approx([*expected, 1.0])


@pytest.mark.parametrize("name", sorted(BASELINES))
def test_every_baseline_scores_creators_of_whom_nothing_is_known(name: str) -> None:
    columns = [
        *("log_followers", "log_engagement", "response", "topic_similarity"),
        *("past_conversions", "past_exposed"),
    ]
    unknown = {column: [np.nan] * 3 for column in columns}
    found = score(name, base=[np.nan] * 3, **unknown)
    assert np.isfinite(found).all()
    assert len(set(found)) == 1
    speaks = BASELINES[name].knows(sight(unknown, [np.nan] * 3))
    assert speaks == (name == "past rate")


@pytest.mark.parametrize("name", sorted(BASELINES))
def test_every_baseline_says_what_it_claims_and_whence(name: str) -> None:
    baseline = BASELINES[name]
    assert baseline.claims
    assert baseline.source
    assert all(term and why for term, why in baseline.lacks.items())
