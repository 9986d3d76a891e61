"""The scale of features, and the ridge over history."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from features.feature import Sign
from models.linear import FARTHEST, FLOOR, HISTORY, KNEE, Design, LinearPart, Scaler


def scaled(training: list[float], values: list[float]) -> list[float]:
    """Values on the scale of a training column."""
    scaler = Scaler.fit(pd.DataFrame({"x": training}))
    return [float(value) for value in scaler(pd.DataFrame({"x": values}))[:, 0]]


def test_distance_from_the_median_in_interquartile_ranges() -> None:
    # Of 0, 1, 2, 3, 4 the median is 2, the quartiles are 1 and 3.
    assert scaled([0, 1, 2, 3, 4], [2, 4, 1]) == [0, 1, -0.5]


def test_a_missing_value_lies_at_the_training_median() -> None:
    assert scaled([0, 1, np.nan, 2, 3, 4], [np.nan, 2]) == [0, 0]


def test_far_values_count_by_their_logarithm_and_the_farthest_alike() -> None:
    # Eight interquartile ranges of 2 above the median of 2 is 18; e times as far, one knee more.
    assert scaled([0, 1, 2, 3, 4], [18, 2 + 16 * np.e, 2 - 16 * np.e]) == pytest.approx(
        [KNEE, 2 * KNEE, -2 * KNEE]
    )
    assert scaled([0, 1, 2, 3, 4], [1e9, -1e9]) == [FARTHEST, -FARTHEST]


def test_a_rare_value_is_measured_in_standard_deviations() -> None:
    # One in ten is 1: quartiles 0 and 0, standard deviation sqrt(.1 * .9) = .3.
    assert scaled([0] * 9 + [1], [0, 1]) == pytest.approx([0, 1 / 0.3])


def test_a_constant_column_is_ignored_whatever_comes_later() -> None:
    assert scaled([5, 5, 5, np.nan], [5, 99, np.nan]) == [0, 0, 0]


def test_a_column_that_was_never_known_is_ignored_without_a_warning() -> None:
    # Warnings are errors in these tests: numpy's "All-NaN slice" would fail this one.
    assert scaled([np.nan, np.nan], [3, np.nan]) == [0, 0]


def test_who_is_unknown_stands_at_the_usual_not_where_those_picked_before_stood() -> None:
    frame = pd.DataFrame({"track_record": [1.0, 2, 3, 4, 5], "other": [1.0, 2, 3, 4, 5]})
    found = Scaler.fit(frame)(pd.DataFrame({"track_record": [np.nan, 0, 3], "other": [3.0] * 3}))
    # Interquartile range 2: a record of 3 lies one and a half above the usual, 0.
    assert found.tolist() == [[0, 0], [0, 0], [1.5, 0]]


def test_columns_are_found_by_name() -> None:
    scaler = Scaler.fit(pd.DataFrame({"x": [0.0, 1, 2, 3, 4], "y": [0.0, 10, 20, 30, 40]}))
    found = scaler(pd.DataFrame({"other": [7.0], "y": [40.0], "x": [2.0]}))
    assert found.tolist() == [[0.0, 1.0]]


def history(rng: np.random.Generator, n: int) -> pd.DataFrame:
    return pd.DataFrame(rng.normal(0, 1, (n, len(FLOOR))), columns=list(FLOOR))


def test_effects_within_campaigns_are_recovered_whatever_the_campaigns_levels() -> None:
    rng = np.random.default_rng(0)
    n = 4000
    campaign = np.repeat(np.arange(100), 40)
    matrix = history(rng, n)
    # Campaigns of a high level attract creators of a low response: pooled, the effect would look
    # negative.
    level = rng.normal(0, 2, 100)[campaign]
    matrix["relative_response"] -= level
    deviation = 0.5 * matrix["relative_response"] - 0.3 * matrix["track_record"] + level
    part = LinearPart.fit(
        matrix, deviation.to_numpy() + rng.normal(0, 0.3, n), np.ones(n), campaign
    )
    # A coefficient counts an interquartile range: divided by it, it counts a unit of the feature.
    effects = dict(zip(part.scaler.columns, part.coefficients / part.scaler.width, strict=True))
    assert np.polyfit(matrix["relative_response"], deviation, 1)[0] < 0
    assert effects == pytest.approx({"relative_response": 0.5, "track_record": -0.3}, abs=0.03)


def test_rows_without_weight_do_not_count() -> None:
    rng = np.random.default_rng(1)
    matrix = history(rng, 2000)
    campaign = np.repeat(np.arange(50), 40)
    honest = 0.5 * matrix["relative_response"].to_numpy()
    false = np.arange(2000) % 2 == 0
    deviation = np.where(false, -honest, honest)
    part = LinearPart.fit(matrix, deviation, np.where(false, 1e-6, 1.0), campaign)
    assert part.coefficients[0] / part.scaler.width[0] == pytest.approx(0.5, abs=0.03)


def test_few_rows_say_little() -> None:
    # One campaign of ten rows against a penalty of 20 rows: the effect is more than halved.
    rng = np.random.default_rng(2)
    matrix = history(rng, 10)
    part = LinearPart.fit(
        matrix, matrix["relative_response"].to_numpy(), np.ones(10), np.zeros(10, dtype=int)
    )
    assert 0 < part.coefficients[0] / part.scaler.width[0] < 0.5


def test_only_history_enters() -> None:
    rng = np.random.default_rng(3)
    matrix = pd.DataFrame(rng.normal(0, 1, (100, 4)), columns=list(HISTORY))
    matrix["reply_share"] = rng.uniform(size=100)
    deviation = matrix["reply_share"].to_numpy()
    part = LinearPart.fit(matrix, deviation, np.ones(100), np.zeros(100, dtype=int))
    assert part.scaler.columns == HISTORY


def test_what_the_floor_does_not_tell_is_held_back_beside_more_and_not_where_history_is_all() -> (
    None
):
    rng = np.random.default_rng(6)
    matrix = pd.DataFrame(rng.normal(0, 1, (200, 5)), columns=[*HISTORY, "reply_share"])
    ones, campaign = np.ones(200), np.zeros(200, dtype=np.int64)

    def told(name: str, penalty: float | None) -> float:
        part = LinearPart.fit(matrix, matrix[name].to_numpy(), ones, campaign, penalty)
        return part.coefficients[part.scaler.columns.index(name)]

    for name in FLOOR:
        assert told(name, 1000.0) == pytest.approx(told(name, None), rel=0.05)
    for name in set(HISTORY) - set(FLOOR):
        # 200 rows of a variance of .55 an interquartile range squared, against 1,000 and 20.
        assert told(name, 1000.0) < 0.15 * told(name, None)


def test_contributions_are_coefficient_times_distance_from_the_mean() -> None:
    scaler = Scaler(("relative_response",), np.array([1.0]), np.array([2.0]))
    part = LinearPart(scaler, np.array([0.5]), np.array([0.25]))
    matrix = pd.DataFrame({"relative_response": [3.0, np.nan]}, index=["a", "b"])
    # Scaled: (3 - 1) / 2 = 1, and 0 for missing; less the mean .25, times .5.
    assert part.contributions(matrix)["relative_response"].to_dict() == {"a": 0.375, "b": -0.125}
    assert part(matrix).tolist() == [0.375, -0.125]


def test_what_is_a_fault_never_counts_as_merit_and_the_others_make_the_best_of_it() -> None:
    rng = np.random.default_rng(0)
    n = 500
    matrix = history(rng, n).assign(bought=rng.normal(0, 1, n), late=rng.normal(0, 1, n))
    matrix["twin"] = matrix["bought"] + rng.normal(0, 0.5, n)
    deviation = (matrix["bought"] - matrix["late"]).to_numpy()
    ones, campaign = np.ones(n), np.zeros(n, dtype=np.int64)

    def found(frame: pd.DataFrame, **signs: Sign) -> pd.Series:
        part = LinearPart.fit(frame, deviation, ones, campaign, 1.0, signs)
        return pd.Series(part.coefficients, index=list(part.scaler.columns))

    free, held = found(matrix), found(matrix, bought="-", late="-")
    assert free["bought"] > 0.5
    assert held["bought"] == 0
    assert held["late"] < -0.5
    # As if it had not been there at all.
    without = found(matrix.drop(columns="bought"), late="-")
    assert held.drop("bought").to_numpy() == pytest.approx(without.to_numpy())
    # What is a merit never counts as a fault either.
    merits = found(matrix, bought="+", late="+")
    assert merits["bought"] == pytest.approx(free["bought"], rel=0.05)
    assert merits["late"] == 0


def test_a_feature_that_stands_in_for_size_tells_nothing_while_size_is_held_still() -> None:
    rng = np.random.default_rng(4)
    size = rng.normal(0, 1.5, 2000)
    matrix = history(rng, 2000).assign(stand_in=size + rng.normal(0, 0.5, 2000))
    deviation = -0.4 * size + rng.normal(0, 0.5, 2000)
    design = Design.of(matrix, 30.0, {}, 20.0)
    rows = deviation, np.ones(2000), np.zeros(2000, dtype=np.int64)
    alone, beside = design.fit(*rows), design.held_still(size).fit(*rows)
    # Scaled by an interquartile range of about 2.1: -.4 of it, but for the noise of the stand-in.
    assert alone.coefficients[-1] == pytest.approx(-0.4 * 2.1 * 0.9, rel=0.15)
    # Beside size it keeps what two penalties would rather share.
    assert abs(beside.coefficients[-1]) < 0.2 * abs(alone.coefficients[-1])
    _, of_size = design.held_still(size).fit_beside_size(*rows)
    assert np.polyfit(size, of_size, 1)[0] == pytest.approx(-0.4, rel=0.2)
    # Who is predicted has no size: there are as many coefficients as features.
    assert len(beside.coefficients) == len(beside.means) == 3
