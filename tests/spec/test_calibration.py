"""Affine calibration in log-odds."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.special import expit, logit

from models.calibration import SLOPES, AffineCalibration
from models.selection import select_rate
from tests.synthetic import market


def rows(n: int, slope: float, intercept: float, level: float) -> tuple[np.ndarray, ...]:
    """Log-odds, their base, the rates that a planted calibration gives, and equal weights."""
    rng = np.random.default_rng(0)
    log_odds = level + rng.normal(0, 1, n)
    return log_odds, np.full(n, level), expit(slope * log_odds + intercept), np.ones(n)


@pytest.mark.parametrize("level", [-2.0, -8.0])
@pytest.mark.parametrize(("slope", "shift"), [(1.0, 0.0), (0.6, 0.4), (1.5, -0.7)])
def test_a_planted_slope_and_level_are_recovered(level: float, slope: float, shift: float) -> None:
    # slope * x + intercept = level + shift at x = level
    intercept = level + shift - slope * level
    found = AffineCalibration.fit(*rows(5000, slope, intercept, level))
    assert found.slope == pytest.approx(slope, abs=0.03)
    assert found(np.array([level])) == pytest.approx([level + shift], abs=0.03)


def test_heavier_rows_decide() -> None:
    log_odds, base, right, weight = rows(4000, 1.0, 0.5, -4.0)
    rate = np.where(np.arange(4000) % 2, right, expit(log_odds - 3))
    heavy = np.where(np.arange(4000) % 2, 1.0, 1e-4)
    assert AffineCalibration.fit(log_odds, base, rate, heavy).intercept == pytest.approx(
        0.5, abs=0.05
    )
    assert AffineCalibration.fit(log_odds, base, rate, weight).intercept < 0.1


def test_the_unit_of_the_weights_does_not_matter() -> None:
    log_odds, base, rate, weight = rows(200, 0.7, -1.0, -4.0)
    one, thousand = (
        AffineCalibration.fit(log_odds, base, rate, weight * unit) for unit in (1, 1000)
    )
    assert thousand.slope == pytest.approx(one.slope, rel=1e-6)


def test_without_later_campaigns_nothing_is_calibrated() -> None:
    # Four campaigns of 20 rows: neither fold holds 30 rows that were decided after 30 others had
    # matured.
    planted = market(campaigns=4)
    model, later = select_rate(planted.of_rate, planted.labels)
    assert later.empty
    assert model.calibration == AffineCalibration(1.0, 0.0)


def test_two_rows_hardly_move_it() -> None:
    # The prior is worth 20 rows: two rows that convert twice as often as said (a shift of .69
    # with all the evidence of the world) move the level by about .69 * 2 / 22.
    base = np.array([-4.0, -4.0])
    found = AffineCalibration.fit(base, base, 2 * expit(base), np.ones(2))
    assert found.slope == pytest.approx(1, abs=0.02)
    assert found(np.array([-4.0])) == pytest.approx([-4 + 0.063], abs=0.04)


def test_thirty_rows_without_a_conversion_do_not_make_the_rate_vanish() -> None:
    # At a shift s the loss is 30 p e^s + 20 p s^2 / 2 in units of the expected level p = expit(-11),
    # least where 30 e^s = -20 s: s = -.726.
    base = np.full(30, -11.0)
    found = AffineCalibration.fit(base, base, np.zeros(30), np.ones(30))
    assert found(np.array([-11.0])) == pytest.approx([-11.726], abs=0.03)


def test_the_slope_stays_positive_where_the_order_was_wrong() -> None:
    # A negative slope would turn every reason of a prediction into its opposite.
    log_odds, base, rate, weight = rows(5000, -1.0, -8.0, -4.0)
    assert AffineCalibration.fit(log_odds, base, rate, weight).slope == SLOPES[0] > 0


def test_the_rate_is_the_probability_of_the_calibrated_log_odds() -> None:
    # 2 * logit(.5) + logit(.2) = logit(.2)
    assert AffineCalibration(2.0, float(logit(0.2))).rate(np.array([0.0])) == pytest.approx([0.2])
