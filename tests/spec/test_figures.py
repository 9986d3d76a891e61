"""Figures of predictions by hand-worked tables, and beside scikit-learn's."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pytest
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import mean_poisson_deviance, ndcg_score

from models.intervals import count_cdf, count_cdfs, count_quantile
from training.clusters import drawn_weights, lead, mean, ratio, with_interval
from training.figures import ndcg, pit_inside, poisson_deviance, recalibration


def test_the_deviance_is_that_of_scikit_learn() -> None:
    rng = np.random.default_rng(0)
    expected = rng.gamma(1, 3, 200)
    counts = rng.poisson(expected).astype(float)
    assert (counts == 0).any()
    found = poisson_deviance(counts, expected).mean()
    assert found == pytest.approx(mean_poisson_deviance(counts, expected))


def test_a_deviance_by_hand() -> None:
    # 2 (3 ln 3 - 3 + 1) = 2.592; nothing seen of 1 expected: 2; as expected: 0.
    found = poisson_deviance(np.array([3.0, 0.0, 5.0]), np.array([1.0, 1.0, 5.0]))
    assert found == pytest.approx([2.592, 2.0, 0.0], abs=1e-3)


@pytest.mark.parametrize("k", [3, 5, 10])
def test_ndcg_is_that_of_scikit_learn_in_each_campaign_ties_included(k: int) -> None:
    rng = np.random.default_rng(1)
    campaign = rng.permutation(np.repeat(np.arange(12), 8))
    score = rng.integers(0, 5, len(campaign)).astype(float)
    gain = rng.poisson(2, len(campaign)).astype(float)
    found = ndcg(score, gain, campaign, k)
    wanted = [ndcg_score([gain[campaign == c]], [score[campaign == c]], k=k) for c in range(12)]
    assert found == pytest.approx(wanted)


def test_a_campaign_without_conversions_has_no_ndcg() -> None:
    found = ndcg(np.array([1.0, 2, 1, 2]), np.array([0.0, 0, 0, 3]), np.array([0, 0, 1, 1]), 5)
    assert np.isnan(found[0])
    assert found[1] == 1


@pytest.mark.parametrize("median", [0.4, 3.0, 25.0, 60.0])
@pytest.mark.parametrize("spread", [0.2, 1.0])
def test_the_cumulative_probability_inverts_the_quantile(median: float, spread: float) -> None:
    m, s = np.array([median]), np.array([spread])
    for level in (0.1, 0.35, 0.9):
        k = count_quantile(m, s, level)
        assert count_cdf(k, m, s)[0] >= level - 1e-12
        assert count_cdf(k - 1, m, s)[0] < level


def test_both_cumulative_probabilities_are_those_of_either_count() -> None:
    counts = np.array([0.0, 1, 2, 7, 40, 300, 900])
    for median in (1e-6, 0.4, 25.0, 60.0, 800.0):
        m, s = np.full(len(counts), median), np.full(len(counts), 0.9)
        below, upto = count_cdfs(counts, m, s)
        assert upto == pytest.approx(count_cdf(counts, m, s), abs=1e-13)
        assert below == pytest.approx(count_cdf(counts - 1, m, s), abs=1e-13)


def _pit(spread_told: float) -> tuple[np.ndarray, np.ndarray]:
    rng = np.random.default_rng(2)
    median = np.exp(rng.normal(1, 1, 20_000))
    counts = rng.poisson(median * np.exp(rng.normal(0, 0.8, len(median)))).astype(float)
    told = np.full(len(median), spread_told)
    return count_cdfs(counts, median, told)


def test_the_pit_of_counts_is_uniform_where_the_spread_is_right() -> None:
    below, upto = _pit(0.8)
    edges = np.linspace(0, 1, 11)
    shares = [pit_inside(below, upto, a, b).mean() for a, b in pairwise(edges)]
    # 20,000 rows tell a tenth to within about .004 (two standard errors).
    assert shares == pytest.approx(np.full(10, 0.1), abs=0.008)


def test_the_pit_notices_a_spread_that_is_too_narrow() -> None:
    assert pit_inside(*_pit(0.8), 0.1, 0.9).mean() == pytest.approx(0.8, abs=0.01)
    assert pit_inside(*_pit(0.4), 0.1, 0.9).mean() < 0.72
    assert pit_inside(*_pit(1.4), 0.1, 0.9).mean() > 0.87


def test_the_pit_is_spread_over_what_its_count_covers() -> None:
    # Between 0 and .4 uniform: .3 of .4 lie above .1. A continuous outcome is in or out.
    below, upto = np.array([0.0, 0.95, 0.5]), np.array([0.4, 0.95, 0.5])
    assert pit_inside(below, upto, 0.1, 0.9) == pytest.approx([0.75, 0.0, 1.0])


def test_recalibration_is_a_logistic_regression_on_log_odds() -> None:
    rng = np.random.default_rng(3)
    n = 400
    log_odds = rng.normal(-3, 1, n)
    exposed = rng.integers(200, 2000, n).astype(float)
    rate = 1 / (1 + np.exp(-log_odds))
    true = 1 / (1 + np.exp(-(0.5 + 0.7 * log_odds)))
    conversions = rng.binomial(exposed.astype(int), true).astype(float)
    slope, level = recalibration(rate, conversions, exposed, exposed, np.arange(n) % 40)
    x = np.concatenate([log_odds, log_odds])[:, None]
    fit = LogisticRegression(C=1e12, tol=1e-10, max_iter=1000).fit(
        x, np.repeat([1, 0], n), np.concatenate([conversions, exposed - conversions])
    )
    assert slope.value() == pytest.approx(fit.coef_[0, 0], abs=1e-4)
    # Predicted too low: in the large, above 0.
    assert level.value() > 0.5


def test_a_draw_of_the_slope_is_near_the_slope_of_the_campaigns_drawn() -> None:
    rng = np.random.default_rng(4)
    campaign = np.repeat(np.arange(40), 10)
    rate = 1 / (1 + np.exp(-rng.normal(-3, 1, 400)))
    exposed = np.full(400, 3000.0)
    conversions = rng.binomial(3000, rate * np.exp(rng.normal(0, 0.3, 40))[campaign]).astype(float)
    slope, _ = recalibration(rate, conversions, exposed, exposed, campaign)
    weight = drawn_weights(40, draws=3, seed=1)
    for weights, drawn in zip(weight, slope.drawn(weight), strict=True):
        rows = np.repeat(np.arange(400), weights[campaign].astype(int))
        again, _ = recalibration(
            rate[rows], conversions[rows], exposed[rows], exposed[rows], campaign[rows]
        )
        assert drawn == pytest.approx(again.value(), abs=0.01)


def test_a_ratio_and_its_draws_are_those_of_campaigns_repeated() -> None:
    campaign = np.array([0, 0, 1, 2])
    top, bottom = np.array([1.0, 2, 3, 4]), np.array([2.0, 2, 2, 4])
    found = ratio(campaign, top, bottom)
    assert found.value() == pytest.approx(10 / 10)
    # Campaign 0 twice and campaign 2 once: (3 * 2 + 4) / (4 * 2 + 4).
    assert found.drawn(np.array([[2.0, 0, 1]])) == pytest.approx([10 / 12])


def test_campaigns_not_rows_make_the_interval() -> None:
    # Ten rows of one campaign that agree wholly tell no more than one.
    rng = np.random.default_rng(5)
    luck = rng.normal(size=50)
    one, ten = np.arange(50), np.repeat(np.arange(50), 10)
    weight = drawn_weights(50)
    few, many = (with_interval(mean(c, luck[c]), weight) for c in (one, ten))
    assert few == pytest.approx(many)


def test_the_lead_is_positive_where_ours_is_better_whichever_way_is_better() -> None:
    campaign = np.arange(30)
    errors = np.random.default_rng(6).uniform(1, 2, 30)
    ours, other = mean(campaign, errors), mean(campaign, errors + 0.5)
    told = lead(ours, other, drawn_weights(30), lower_is_better=True)
    # The paired difference is the same in every campaign: its interval is a point.
    assert list(told.values()) == pytest.approx([0.5, 0.5, 0.5])
    assert lead(ours, other, drawn_weights(30))["ahead"] == pytest.approx(-0.5)


def test_one_campaign_has_no_interval() -> None:
    told = with_interval(mean(np.zeros(4, dtype=np.int64), np.ones(4)), drawn_weights(1))
    assert told["value"] == 1
    assert np.isnan(told["low"])
