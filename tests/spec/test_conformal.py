"""Spreads that later campaigns, one vote each, widen or narrow."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from scipy.special import ndtr, ndtri

from models.conformal import conformal_factor, conformed
from models.intervals import Spreads, estimate_spreads

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


def test_new_campaigns_are_covered_by_what_the_held_out_ones_showed() -> None:
    # Campaigns whose spread was told half as large as it is, in counts and in reach.
    rng = np.random.default_rng(1)

    def drawn(campaigns: int) -> dict[str, np.ndarray]:
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

    held_out = drawn(300)
    right = estimate_spreads(**held_out)
    wrong = replace(right, campaign=right.campaign / 2, creator=right.creator / 2, reach=1.2)
    found = conformed(wrong, **held_out, reach_campaign=held_out["campaign"])
    assert found.campaign / found.creator == pytest.approx(right.campaign / right.creator)
    assert found.new_brand / found.campaign == pytest.approx(2 * right.new_brand / right.campaign)
    assert found.creator == pytest.approx(0.8, rel=0.12)
    assert found.reach == pytest.approx(0.6, rel=0.07)


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
        reach_campaign=group,
    )
    assert found.campaign == pytest.approx(0.4, rel=0.08)
    assert found.reach == pytest.approx(0.7, rel=0.05)
