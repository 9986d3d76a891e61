"""The two-way bootstrap: ranks under weights are those of rows repeated, and intervals cover what they should."""

from __future__ import annotations

import numpy as np
import pytest

from models.ranking import spearman_by_campaign
from training.bootstrap import interval, two_way


def _rows(seed: int, campaigns: int = 30, each: int = 8) -> tuple[np.ndarray, ...]:
    rng = np.random.default_rng(seed)
    campaign = np.repeat(np.arange(campaigns), each)
    score = rng.normal(size=len(campaign)).round(1)  # rounded: some ties
    actual = 0.7 * score + rng.normal(size=len(campaign))
    creator = rng.integers(0, 60, len(campaign))
    return score, actual, campaign, creator


def test_a_draw_is_the_mean_correlation_of_rows_and_campaigns_repeated() -> None:
    score, actual, campaign, creator = _rows(2)
    order = np.random.default_rng(3).permutation(len(score))
    score, actual, campaign, creator = score[order], actual[order], campaign[order], creator[order]
    creators, campaigns = int(creator.max()) + 1, 30
    found = two_way({"s": score}, actual, campaign, creator, draws=5, seed=7)["s"]
    generator = np.random.default_rng(7)
    drawn = generator.multinomial(creators, np.full(creators, 1 / creators), 5)
    share = generator.multinomial(campaigns, np.full(campaigns, 1 / campaigns), 5)
    for i in range(5):
        different = np.bincount(campaign, drawn[i][creator] > 0, minlength=campaigns)
        rows = np.repeat(np.arange(len(score)), drawn[i][creator])
        repeated = spearman_by_campaign(score[rows], actual[rows], campaign[rows], least=1)
        kept = repeated[different[repeated.index] >= 3]
        assert found[i] == pytest.approx(np.average(kept, weights=share[i][kept.index]))


def test_a_constant_score_has_no_order_and_scores_zero_in_every_draw() -> None:
    score, actual, campaign, creator = _rows(4)
    draws = two_way({"flat": np.ones(len(score)), "s": score}, actual, campaign, creator, draws=50)
    assert np.all(draws["flat"] == 0)
    assert draws["s"].mean() == pytest.approx(
        spearman_by_campaign(score, actual, campaign).mean(), abs=0.05
    )


def test_rows_that_share_a_creator_widen_the_interval() -> None:
    # One creator in every campaign is one piece of luck, not thirty.
    rng = np.random.default_rng(5)
    campaign = np.repeat(np.arange(30), 8)
    same, different = np.tile(np.arange(8), 30), np.arange(240)
    score = rng.normal(size=8)[same]
    actual = score + rng.normal(size=8)[same] + 0.1 * rng.normal(size=240)
    widths = []
    for creator in (same, different):
        low, high = interval(two_way({"s": score}, actual, campaign, creator, draws=200)["s"])
        widths.append(high - low)
    assert widths[0] > 2 * widths[1]


def test_paired_differences_are_narrower_than_either_score() -> None:
    score, actual, campaign, creator = _rows(6)
    near = score + 0.05 * np.random.default_rng(7).normal(size=len(score))
    draws = two_way({"a": score, "b": near}, actual, campaign, creator, draws=200)
    assert np.std(draws["a"] - draws["b"]) < np.std(draws["a"]) / 2
