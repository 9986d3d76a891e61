"""Rank agreement within campaigns, by hand and against scipy."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.stats import spearmanr

from models.ranking import spearman_by_campaign


def spearman(predicted: list[float], actual: list[float]) -> float:
    found = spearman_by_campaign(np.array(predicted), np.array(actual), np.zeros(len(actual)))
    return float(found.loc[0.0])


def test_one_swap_of_neighbours() -> None:
    # 1 - 6 sum(d^2) / (n (n^2 - 1)) = 1 - 6 * 2 / (5 * 24) = .9
    assert spearman([1, 2, 3, 4, 5], [10, 20, 30, 50, 40]) == pytest.approx(0.9)


def test_the_opposite_order() -> None:
    assert spearman([1, 2, 3, 4, 5], [9, 7, 5, 3, 1]) == pytest.approx(-1)


def test_ties_share_their_mean_rank() -> None:
    # Ranks less 3: (-1.5, -1.5, 0, 1, 2) and (-2, -1, 0, 1, 2): 9.5 / sqrt(9.5 * 10) = sqrt(.95)
    assert spearman([1, 1, 2, 3, 4], [1, 2, 3, 4, 5]) == pytest.approx(np.sqrt(0.95))


def test_a_constant_side_has_no_order() -> None:
    assert spearman([2, 2, 2, 2, 2], [1, 2, 3, 4, 5]) == 0
    assert spearman([1, 2, 3, 4, 5], [2, 2, 2, 2, 2]) == 0


def test_campaigns_of_fewer_than_five_rows_are_left_out() -> None:
    campaign = np.array(["big"] * 5 + ["small"] * 4)
    values = np.arange(9.0)
    assert spearman_by_campaign(values, values, campaign).to_dict() == {"big": pytest.approx(1)}
    assert spearman_by_campaign(values[5:], values[5:], campaign[5:]).empty


def test_the_level_of_a_campaign_does_not_count() -> None:
    # Across both campaigns the order is nearly perfect, within each it is reversed.
    campaign = np.repeat(["low", "high"], 5)
    predicted = np.array([5.0, 4, 3, 2, 1, 105, 104, 103, 102, 101])
    actual = np.array([1.0, 2, 3, 4, 5, 101, 102, 103, 104, 105])
    assert spearman_by_campaign(predicted, actual, campaign).tolist() == pytest.approx([-1, -1])


def test_agrees_with_scipy_with_ties_and_any_order_of_rows() -> None:
    rng = np.random.default_rng(1)
    campaign = rng.integers(0, 30, 600)
    predicted, actual = rng.integers(0, 8, (2, 600)).astype(float)
    found = spearman_by_campaign(predicted, actual, campaign)
    assert len(found) == 30
    for name, value in found.items():
        rows = campaign == name
        assert value == pytest.approx(spearmanr(predicted[rows], actual[rows]).statistic, abs=1e-12)
