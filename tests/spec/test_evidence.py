"""How much an outcome tells: weights, overdispersion, extremes and copies."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from scipy.special import polygamma

from models.evidence import (
    PHI_RANGE,
    TAIL,
    copies_share,
    effective_weights,
    overdispersion,
    without_extremes,
)


def weight(exposed: float, rate: float, phi: float) -> float:
    return float(effective_weights(np.array([exposed]), np.array([rate]), phi)[0])


def test_a_small_outcome_weighs_its_people() -> None:
    # n p phi = 10 * .001 * .3 = .003: the weight is 10 / 1.003.
    assert weight(10, 0.001, 0.3) == pytest.approx(10 / 1.003)


def test_a_large_outcome_weighs_no_more_than_1_over_p_phi() -> None:
    # 1 / (.01 * .5) = 200: a thousand times the people add nothing.
    assert weight(1e6, 0.01, 0.5) == pytest.approx(200, rel=1e-3)
    assert weight(1e9, 0.01, 0.5) == pytest.approx(200, rel=1e-6)


def test_half_of_the_limit_is_reached_where_both_noises_are_equal() -> None:
    # n = 1 / (p phi) = 200: 200 / (1 + 1) = 100.
    assert weight(200, 0.01, 0.5) == pytest.approx(100)


def gamma_poisson(mean: float, phi: float, rows: int) -> tuple[np.ndarray, np.ndarray]:
    """Counts around known expectations, with Var = m + phi m^2."""
    rng = np.random.default_rng(7)
    expected = mean * np.exp(rng.normal(0, 0.5, rows))
    return rng.poisson(expected * rng.gamma(1 / phi, phi, rows)).astype(float), expected


@pytest.mark.parametrize(("mean", "phi"), [(0.05, 1.0), (0.3, 0.5), (0.3, 2.0)])
def test_overdispersion_of_rare_counts_is_recovered(mean: float, phi: float) -> None:
    assert overdispersion(*gamma_poisson(mean, phi, 100_000)) == pytest.approx(phi, rel=0.2)


@pytest.mark.parametrize(("mean", "phi"), [(20, 0.3), (20, 1.0), (500, 0.3), (500, 2.0)])
def test_overdispersion_of_common_counts_is_recovered_where_rates_are_lognormal(
    mean: float, phi: float
) -> None:
    rng = np.random.default_rng(7)
    expected = mean * np.exp(rng.normal(0, 0.5, 5000))
    # A lognormal factor of mean 1 and variance phi has log variance log(1 + phi).
    spread = np.sqrt(np.log1p(phi))
    factor = np.exp(rng.normal(-(spread**2) / 2, spread, 5000))
    assert overdispersion(rng.poisson(expected * factor).astype(float), expected) == pytest.approx(
        phi, rel=0.12
    )


@pytest.mark.parametrize("phi", [0.1, 0.3, 0.5])
def test_overdispersion_of_common_counts_with_gamma_rates_lies_above_the_truth_within_its_bound(
    phi: float,
) -> None:
    # The log of a gamma of shape 1 / phi has variance trigamma(1 / phi) > log(1 + phi): read as
    # lognormal, that is exp(trigamma) - 1. A median absolute deviation sees less of its long
    # tail.
    bound = np.expm1(polygamma(1, 1 / phi))
    assert phi < overdispersion(*gamma_poisson(50, phi, 20_000)) < bound


def test_overdispersion_of_common_counts_ignores_one_viral_post() -> None:
    counts, expected = gamma_poisson(50, 0.3, 2000)
    before = overdispersion(counts, expected)
    counts[0] = 1e6
    assert overdispersion(counts, expected) == pytest.approx(before, rel=0.01)


def test_overdispersion_stays_in_its_range_where_counts_tell_nothing() -> None:
    assert overdispersion(np.full(100, 50.0), np.full(100, 50.0)) == PHI_RANGE[0]
    assert overdispersion(np.array([1000.0]), np.array([0.001])) == PHI_RANGE[1]


@pytest.mark.parametrize("expected", [0.001, 0.03, 0.3, 1.0])
def test_a_single_conversion_is_never_an_extreme(expected: float) -> None:
    # Where .001 is expected, one row in a thousand converts once. Cutting these to less than 1
    # while the zeros stay would lower the mean of all.
    counts = np.array([0.0, 1.0])
    assert without_extremes(counts, np.full(2, expected), 0.3).tolist() == [0.0, 1.0]


@pytest.mark.parametrize("expected", [0.003, 0.03, 0.3, 3.0, 30.0])
def test_the_mean_of_ordinary_counts_survives(expected: float) -> None:
    rng = np.random.default_rng(3)
    counts = rng.poisson(expected * rng.gamma(2, 0.5, 300_000)).astype(float)
    kept = without_extremes(counts, np.full(len(counts), expected), 0.5)
    assert kept.mean() == pytest.approx(counts.mean(), rel=0.03)


def test_a_viral_count_and_a_dead_one_are_pulled_in() -> None:
    # phi = e - 1 gives a spread of 1: 100 expected may become 100 e^1.5 = 448 or 100 e^-1.5 = 22,
    # and two standard deviations of the count beyond: 448 + 2 * 21 + 1 at most, 22 - 2 * 4.7 at
    # least.
    assert TAIL == 1.5
    viral, dead, usual = without_extremes(np.array([1e5, 0.0, 120.0]), np.full(3, 100.0), np.e - 1)
    assert viral == pytest.approx(491, abs=1)
    assert dead == pytest.approx(12.9, abs=0.1)
    assert usual == 120


def outcomes(*lines: tuple[str, str, int, float]) -> pd.DataFrame:
    names = ["creator_id", "campaign_id", "day", "conversions"]
    frame = pd.DataFrame(lines, columns=names)
    return frame.assign(
        as_of=pd.Timestamp("2024-01-01") + pd.to_timedelta(frame["day"], "D"), exposed=100.0
    )


def test_identical_copies_share_one_weight() -> None:
    labels = outcomes(
        ("a", "k1", 0, 5.0),
        ("a", "k2", 0, 5.0),
        ("a", "k3", 0, 5.0),
        ("b", "k1", 0, 5.0),  # another creator
        ("a", "k4", 1, 5.0),  # another moment
        ("a", "k5", 0, 6.0),  # another outcome
    )
    assert copies_share(labels) == pytest.approx([1 / 3, 1 / 3, 1 / 3, 1, 1, 1])
