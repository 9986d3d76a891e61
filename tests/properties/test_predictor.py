"""What holds for every prediction, whatever the market."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from features.feature import QUALITIES
from models.incremental import IncrementalShare
from models.predictor import UNCHECKED
from models.rate import fit_rate
from tests.synthetic import CONVERSATION, RATE, SIZES, market, predictor

BENT = pytest.mark.parametrize("bent", [0.0, 1.0], ids=["history", "trees"])


def predicted(bent: float = 1.0, **columns: object) -> pd.DataFrame:
    """Predictions of the training rows, with some columns replaced."""
    planted = market(bent=bent)
    matrix = planted.matrix.assign(**columns)
    return predictor(bent=bent).predict(matrix, planted.base, planted.posts)


@BENT
def test_base_and_the_four_qualities_add_up_to_logit_of_the_rate(bent: float) -> None:
    scores = predicted(bent)
    log_odds = scores["base_log_odds"] + scores[list(QUALITIES)].sum(axis=1)
    logit = np.log(scores["rate"]) - np.log1p(-scores["rate"])
    assert np.abs(log_odds - logit).max() < 1e-9


@BENT
def test_lift_scales_rates_and_conversions_and_their_intervals_by_the_share(bent: float) -> None:
    planted, model = market(bent=bent), predictor(bent=bent)
    given = planted.matrix, planted.base, planted.posts
    share = IncrementalShare(0.6, 0.4, 100, 10)
    lift, attributed = model.predict(*given, incremental=share), model.predict(*given)
    assert lift["incremental"].all()
    assert not attributed["incremental"].any()
    for name in ("rate", "conversions"):
        assert lift[name].to_numpy() == pytest.approx(0.6 * attributed[name], rel=1e-12)
    # The share is as unsure as sd_log says, for all rows of a campaign alike.
    assert lift["sd_campaign"].to_numpy() == pytest.approx(
        np.hypot(attributed["sd_campaign"], 0.4).to_numpy()
    )
    told = model.predictive(*given, incremental=share)
    plain = model.predictive(*given)
    assert told.rate == pytest.approx(0.6 * plain.rate)
    assert told.sd_rate == pytest.approx(np.hypot(plain.sd_rate, 0.4))
    for name in ("rate", "conversions"):
        assert (lift[f"{name}_low"] <= lift[name]).all()
        assert (lift[name] <= lift[f"{name}_high"]).all()
        assert (lift[f"{name}_low"] <= attributed[f"{name}_low"]).all()
    # What the share takes is taken from the base; reach, qualities and reasons know nothing of it.
    log_odds = lift["base_log_odds"] + lift[list(QUALITIES)].sum(axis=1)
    logit = np.log(lift["rate"]) - np.log1p(-lift["rate"])
    assert np.abs(log_odds - logit).max() < 1e-9
    same = [
        "exposed",
        "exposed_low",
        "exposed_high",
        "sd_creator",
        "sd_reach",
        *QUALITIES,
        "reasons",
    ]
    pd.testing.assert_frame_equal(lift[same], attributed[same], check_exact=True)


@BENT
def test_a_quality_is_the_sum_of_its_features(bent: float) -> None:
    planted, model = market(bent=bent), predictor(bent=bent)
    scores = predicted(bent)
    contributions = model.contributions(planted.matrix, planted.base)
    for quality in QUALITIES:
        names = [feature.name for feature in model.features if feature.quality == quality]
        assert np.abs(contributions[names].sum(axis=1) - scores[quality]).max() < 1e-12


@pytest.mark.parametrize("spread", [0.1, 0.5, 2.0])
@pytest.mark.parametrize("shift", [-2.0, 0.0, 2.0])
@BENT
def test_every_interval_contains_its_estimate(bent: float, shift: float, spread: float) -> None:
    # A mean can lie far outside the central interval of a skewed count; a person who sees that
    # would call it a mistake, and moving the bound outwards only adds coverage.
    model = predictor(bent=bent)
    skewed = replace(
        model,
        spreads=replace(model.spreads, campaign=spread, creator=spread, reach=spread, shift=shift),
        reach=replace(model.reach, mean_shift=-shift),
    )
    planted = market(bent=bent)
    scores = skewed.predict(planted.matrix, planted.base, planted.posts)
    for name in ("exposed", "rate", "conversions"):
        assert (scores[f"{name}_low"] <= scores[name]).all()
        assert (scores[name] <= scores[f"{name}_high"]).all()
        assert (scores[f"{name}_low"] < scores[f"{name}_high"]).all()
    assert (scores["conversions_low"] >= 0).all()
    assert scores["rate_high"].max() <= 1


def test_nobody_converts_who_was_not_reached_within_any_interval() -> None:
    planted, model = market(), predictor()
    sure = np.full(len(planted.labels), 12.0)  # a rate of one
    scores = model.predict(planted.matrix, sure, planted.posts)
    assert (scores["rate"] > 0.9).all()
    assert (scores["conversions_high"] <= np.ceil(scores["exposed_high"])).all()


def test_a_model_without_hold_out_says_so_in_every_row() -> None:
    planted = market()
    given = planted.matrix, planted.base, planted.posts
    unchecked = replace(predictor(), is_checked=False).predict(*given)["warnings"]
    checked = predictor().predict(*given)["warnings"]
    assert (unchecked == checked.map(lambda row: [*row, UNCHECKED])).all()


def test_intervals_lie_around_the_median_where_they_hold_the_mean_anyway() -> None:
    # In logs the middle of the interval is the median: exp(-.3) times the mean rate, and the mean
    # reach less its shift.
    model, planted = predictor(bent=1.0), market(bent=1.0)
    spreads = replace(model.spreads, campaign=0.6, creator=0.6, reach=0.6, shift=-0.3)
    reach = replace(model.reach, mean_shift=0.2)
    scores = replace(model, spreads=spreads, reach=reach).predict(
        planted.matrix, planted.base, planted.posts
    )
    rare = scores["rate_high"] < 1
    middle = np.sqrt(scores["rate_low"] * scores["rate_high"]) / scores["rate"]
    assert middle[rare].to_numpy() == pytest.approx(np.exp(-0.3))
    middle = np.sqrt(scores["exposed_low"] * scores["exposed_high"]) / scores["exposed"]
    assert middle.to_numpy() == pytest.approx(np.exp(-0.2))
    # Of counts of hundreds, whole numbers hide little: the median lies exp(-.5) from the mean.
    many = scores["conversions"] > 300
    middle = np.sqrt(scores["conversions_low"] * scores["conversions_high"]) / scores["conversions"]
    assert many.sum() > 50
    assert middle[many].to_numpy() == pytest.approx(np.exp(-0.5), rel=0.02)


def test_about_80_percent_of_outcomes_lie_in_their_interval() -> None:
    scores, labels = predicted(), market(bent=1.0).labels
    inside = labels["conversions"].between(scores["conversions_low"], scores["conversions_high"])
    # Judged on the rows of training, whose campaigns are not all unknown: between 75 and 95 %.
    assert 0.75 < inside.mean() < 0.95


def test_conversions_are_exposed_times_rate() -> None:
    scores = predicted()
    assert scores["conversions"].to_numpy() == pytest.approx(
        scores["exposed"] * scores["rate"], rel=1e-12
    )


def test_more_followers_buy_reach_and_no_rate() -> None:
    planted = market(bent=1.0)
    before = predicted()
    larger = {name: planted.matrix[name] + np.log(10) for name in SIZES}
    after = predicted(**larger)
    # Popularity is no input to influence: not one bit of it may change.
    same = ["rate", "rate_low", "rate_high", "base_log_odds", *QUALITIES, "reasons", "known_share"]
    pd.testing.assert_frame_equal(after[same], before[same], check_exact=True)
    assert (after["exposed"] > before["exposed"]).mean() > 0.99
    assert (after["exposed"] / before["exposed"]).median() > 5


def test_a_rate_that_was_fitted_on_followers_is_refused() -> None:
    planted = market()
    names = [*RATE, "log_followers"]
    rate = fit_rate(planted.matrix[names], planted.labels, penalty=None, trees=0)
    with pytest.raises(KeyError, match="log_followers"):
        replace(predictor(), rate=rate).predict(planted.matrix, planted.base, planted.posts)


def test_knowing_less_widens_the_interval_of_the_rate() -> None:
    # Unknown is not zero: hiding a stream must show in the certainty, not in a lower score.
    before = predicted()
    after = predicted(**dict.fromkeys(CONVERSATION, np.nan))
    lost = after["known_share"] < before["known_share"]
    assert lost.mean() > 0.99
    assert (after["sd_creator"] > before["sd_creator"])[lost].all()
    # By what is unknown, the interval in logs is wider; its bounds may be moved outwards to hold
    # the mean.
    ratio = np.log(after["rate_high"] / after["rate_low"]) - np.log(
        before["rate_high"] / before["rate_low"]
    )
    assert (ratio[lost] > 0).all()
    assert (after["sd_campaign"] == before["sd_campaign"]).all()


def test_a_creator_with_nothing_known_gets_a_finite_prediction_and_no_reason_but_that() -> None:
    unknown = pd.DataFrame(np.nan, index=["new"], columns=[*RATE, *SIZES])
    (line,) = (
        predictor(bent=1.0).predict(unknown, np.array([np.nan]), np.ones(1)).to_dict("records")
    )
    numbers = [value for value in line.values() if isinstance(value, float)]
    assert len(numbers) >= 15
    assert np.isfinite(numbers).all()
    assert line["known_share"] == 0
    # To be unknown stands at the typical, which trees that bend count against its mean; none of
    # it is told as if it were known.
    assert line["reasons"]
    assert all("(unknown), odds ×" in reason for reason in line["reasons"])
    assert line["warnings"] == ["no recent data", "no matured campaign to set the level"]
    assert 0 < line["rate_low"] < line["rate"] < line["rate_high"] < 1


def test_no_rows_give_no_predictions() -> None:
    nothing = pd.DataFrame(np.nan, index=[], columns=[*RATE, *SIZES])
    scores = predictor(bent=1.0).predict(nothing, np.zeros(0), np.zeros(0))
    assert scores.empty
    assert set(QUALITIES) < set(scores.columns)


@pytest.mark.parametrize("rows", [np.array([11]), np.arange(7, 700, 3), np.arange(1100)[::-1]])
def test_a_prediction_does_not_depend_on_the_rows_beside_it(rows: np.ndarray) -> None:
    # A batch is cut anywhere, by Spark too: not one bit may differ.
    planted, model = market(bent=1.0), predictor(bent=1.0)
    part = model.predict(planted.matrix.iloc[rows], planted.base[rows], planted.posts[rows])
    pd.testing.assert_frame_equal(part, predicted().iloc[rows], check_exact=True)


def test_values_never_seen_in_training_are_warned_about() -> None:
    strange = dict.fromkeys(CONVERSATION[:3], 50.0)
    assert all(
        "out of the training range (3 features)" in row for row in predicted(**strange)["warnings"]
    )
    two = dict.fromkeys(CONVERSATION[:2], 50.0)
    assert not any(
        "out of the training range" in " ".join(row) for row in predicted(**two)["warnings"]
    )


@pytest.mark.parametrize(("days", "is_silent"), [(90.0, False), (91.0, True), (np.nan, True)])
def test_silence_of_more_than_90_days_is_warned_about(days: float, is_silent: bool) -> None:
    found = predicted(days_since_post=days)["warnings"]
    assert all(("no recent data" in row) == is_silent for row in found)


def test_trees_carry_no_share_where_none_were_kept_and_some_where_they_were() -> None:
    shares = {}
    for bent in (0.0, 1.0):
        planted = market(bent=bent)
        shares[bent] = predictor(bent=bent).tree_share(planted.matrix, planted.base)
    assert shares[0.0] == 0
    # Half of the bend goes against the sign of its feature, which trees may not follow.
    assert 0.02 < shares[1.0] < 0.5
