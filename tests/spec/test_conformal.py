"""Spreads that later campaigns, one vote each, widen or narrow."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from scipy.special import ndtr, ndtri

from models.conformal import conformal_factor, conformed, one_more
from models.intervals import Spreads, count_cdfs, estimate_spreads

Z = ndtri(0.9)


def of_scores(scores: list[float], campaign: list[int]) -> float:
    """The factor of rows so many spreads above the median."""
    upto = ndtr(np.array(scores))
    return conformal_factor(upto, upto, np.array(campaign))


def test_the_factor_is_the_score_that_four_fifths_of_the_votes_do_not_exceed() -> None:
    # Ten campaigns of a row: a vote of .1 each, the eighth completes .8.
    scores = [0.9, 1.0, 1.1, 1.2, 1.3, 1.4, 1.5, 1.6, 1.7, 1.8]
    assert of_scores(scores, list(range(10))) == pytest.approx(1.6 / Z)


def test_a_campaign_has_one_vote_whatever_its_rows() -> None:
    # Five campaigns, a vote of .2 each. Of 24 rows 20 are of the first, at 2; four at 1 are of the
    # others and make .8. By rows, 1 would do for 4 of 24 only.
    assert of_scores([2.0] * 20 + [1.0] * 4, [0] * 20 + [1, 2, 3, 4]) == pytest.approx(1 / Z)


def test_the_factor_stays_within_bounds_and_nobody_held_out_changes_nothing() -> None:
    assert of_scores([0.1, 0.2, 0.3], [0, 1, 2]) == 0.5
    assert of_scores([5.0, 6.0, 7.0], [0, 1, 2]) == 2.0
    assert conformal_factor(np.empty(0), np.empty(0), np.empty(0, dtype=np.int64)) == 1.0


def drawn(campaigns: int, seed: int) -> dict[str, np.ndarray]:
    """Campaigns of ten creators whose rates err by .5 and .8 in logs, and their reach by .6."""
    rng = np.random.default_rng(seed)
    group = np.repeat(np.arange(campaigns), 10)
    expected = np.exp(rng.normal(3, 1, len(group)))
    error = rng.normal(0, 0.5, campaigns)[group] + rng.normal(0, 0.8, len(group))
    return {
        "conversions": rng.poisson(expected * np.exp(error)).astype(float),
        "expected": expected,
        "campaign": group,
        "known_share": np.ones(len(group)),
        "is_known_brand": np.ones(len(group), dtype=bool),
        "log_reach_error": rng.normal(0, 0.6, len(group)),
    }


@pytest.mark.parametrize("of_creator", [0.5, 0.8, 1.0, 1.5])
def test_rows_of_new_campaigns_are_covered_by_what_the_held_out_ones_showed(
    of_creator: float,
) -> None:
    # However the creators' spread was told wrong.
    held_out = drawn(300, seed=1)
    right = estimate_spreads(**held_out)
    wrong = replace(right, creator=of_creator * right.creator, reach=1.2)
    found = conformed(
        wrong, **held_out, brand=held_out["campaign"], reach_campaign=held_out["campaign"]
    )
    # 300 levels tell their spread to within 4 %; what one part is told too wide the other makes up.
    assert found.campaign == pytest.approx(0.5, rel=0.1)
    assert np.hypot(found.campaign, found.creator) == pytest.approx(np.hypot(0.5, 0.8), rel=0.05)
    assert found.reach == pytest.approx(0.6, rel=0.07)

    new = drawn(3000, seed=2)
    median = new["expected"] * np.exp(found.shift)
    sd = np.full(30_000, np.hypot(found.campaign, found.creator))
    below, upto = count_cdfs(new["conversions"], median, sd)
    u = np.random.default_rng(3).uniform(below, upto)
    assert np.mean((u > 0.1) & (u < 0.9)) == pytest.approx(0.8, abs=0.02)


def test_the_next_campaign_of_few_is_covered_as_often_as_said() -> None:
    # Levels of nine campaigns told median and spread; Student's interval of the tenth, by hand:
    # 1.397 sqrt(10 / 8) in place of 1.282 spreads of these nine around their mean.
    assert one_more(9) == pytest.approx(1.39682 * np.sqrt(10 / 8) / 1.28155, rel=1e-4)
    levels = np.random.default_rng(4).normal(0, 0.7, (40_000, 10))
    told, of_next = levels[:, :9], levels[:, 9]
    half = one_more(9) * Z * told.std(axis=1)
    assert np.mean(np.abs(of_next - told.mean(axis=1)) < half) == pytest.approx(0.8, abs=0.006)


def test_right_spreads_stay_nearly_as_they_are() -> None:
    rng = np.random.default_rng(2)
    group = np.repeat(np.arange(200), 10)
    spreads = Spreads(0.4, 0.6, 0.5, 0.7, 0.5, 1.0, 0.0)
    error = rng.normal(0, 0.4, 200)[group] + rng.normal(0, 0.5, 2000)
    found = conformed(
        spreads,
        conversions=rng.poisson(500 * np.exp(error)).astype(float),
        expected=np.full(2000, 500.0),
        campaign=group,
        known_share=np.ones(2000),
        is_known_brand=np.ones(2000, dtype=bool),
        log_reach_error=rng.normal(0, 0.7, 2000),
        brand=group,
        reach_campaign=group,
    )
    assert found.campaign == pytest.approx(0.4, rel=0.08)
    assert found.reach == pytest.approx(0.7, rel=0.05)


def test_the_fewer_brands_told_of_campaigns_the_wider_is_the_next_one() -> None:
    held_out = drawn(120, seed=5)
    spreads = estimate_spreads(**held_out)

    def told_by(brands: int) -> Spreads:
        brand = held_out["campaign"] % brands
        return conformed(spreads, **held_out, brand=brand, reach_campaign=held_out["campaign"])

    every, twelve, three = (told_by(brands) for brands in (120, 12, 3))
    assert every.campaign < twelve.campaign < three.campaign
    # Student's .9 quantile of 11 degrees is 1.363, of 119 it is 1.289.
    wider = 1.363 / 1.289 * np.sqrt((13 / 11) / (121 / 119))
    assert twelve.campaign / every.campaign == pytest.approx(wider, rel=0.001)
    # An unknown brand's campaign is one more as well.
    assert three.new_brand / three.campaign == pytest.approx(spreads.new_brand / spreads.campaign)
    # Rows show how far they err, whatever is said of their campaigns: the creators' part is less.
    assert three.creator < twelve.creator < every.creator
