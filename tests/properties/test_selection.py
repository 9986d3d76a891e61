"""What is added to history is what later campaigns confirm, and no more."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from unittest.mock import patch

import numpy as np
import pandas as pd
import pytest
from scipy.special import expit

from models import selection
from models.linear import HISTORY
from models.ranking import spearman_by_campaign
from models.rate import RateModel, fit_rate
from models.selection import Judged, folds_in_time, gain, judge, priors_of, select_rate
from tests.synthetic import Planted, market, selected, selected_rate


def is_wide(model: RateModel) -> bool:
    return set(model.linear.scaler.columns) > set(HISTORY)


@pytest.mark.parametrize(
    ("effect", "trees"),
    [({}, {0}), ({"sloped": 0.8}, {0, 100}), ({"bent": 1.0}, {100, 200, 400})],
    ids=["history alone", "a slope", "a bend"],
)
def test_what_is_kept_is_what_the_market_holds(
    effect: Mapping[str, float], trees: set[int]
) -> None:
    model = selected_rate(**effect)
    assert is_wide(model) == bool(effect)
    assert model.trees in trees
    assert (model.booster is not None) == (model.trees > 0)


def rank_agreement(model: RateModel, planted: Planted) -> float:
    """Mean rank correlation with the true rate within campaigns."""
    found = model.log_odds(planted.of_rate, planted.base)
    return float(
        spearman_by_campaign(found, planted.log_odds, planted.labels["campaign_id"]).mean()
    )


@pytest.mark.parametrize("effect", [{"sloped": 0.8}, {"bent": 1.0}], ids=["a slope", "a bend"])
def test_what_is_kept_helps_on_a_new_market(effect: Mapping[str, float]) -> None:
    planted, new = market(**effect), market(seed=99, **effect)
    history = fit_rate(planted.of_rate, planted.labels, penalty=None, trees=0)
    assert rank_agreement(selected_rate(**effect), new) > rank_agreement(history, new) + 0.03


def test_markets_with_history_alone_seldom_get_more() -> None:
    # About one in ten by chance.
    models = [selected_rate(seed=seed) for seed in range(3)]
    assert sum(model.trees > 0 or is_wide(model) for model in models) <= 1


@pytest.mark.parametrize("sloped", [0.0, 0.8])
def test_campaigns_of_too_few_creators_to_rank_are_learned_from_too(sloped: float) -> None:
    # Four rows each: no order is judged, but errors are.
    planted = market(campaigns=300, creators=4, sloped=sloped)
    model, _ = select_rate(planted.of_rate, planted.labels)
    assert is_wide(model) == (sloped > 0)


def test_it_is_asked_at_a_part_of_the_way_from_history() -> None:
    planted = market(sloped=0.8)
    assert is_wide(selected_rate(sloped=0.8))
    with patch.object(selection, "LITTLE", 0.0):  # where nothing differs from history
        assert not is_wide(select_rate(planted.of_rate, planted.labels)[0])


def test_error_and_rank_together_tell_what_neither_tells_alone() -> None:
    # Of 25 campaigns a mean of .22 standard deviations is 1.1 standard errors in each; where the two
    # are independent, 1.1 sqrt(2) = 1.56 in both.
    rng = np.random.default_rng(0)
    noise = rng.normal(size=(25, 2))
    noise = np.linalg.qr(noise - noise.mean(axis=0))[0] * np.sqrt(24)
    gains = noise - noise.mean(axis=0) + 0.22
    history = Judged(np.zeros(25), np.zeros(25))
    both = Judged(gains[:, 0], gains[:, 1])
    assert not both.is_surely_better(history)
    assert both.is_more_than_luck(history)
    in_error_alone = Judged(np.full(25, np.nan), gains[:, 1])
    assert not in_error_alone.is_more_than_luck(history)
    against_each_other = Judged(-gains[:, 0], gains[:, 1])
    assert not against_each_other.is_more_than_luck(history)
    assert against_each_other.is_worse(history)
    assert not history.is_more_than_luck(history)
    assert not Judged(gains[:4, 0], gains[:4, 1]).is_more_than_luck(Judged(*np.zeros((2, 4))))


def test_a_candidate_is_not_let_off_for_leaving_little_unexplained() -> None:
    # Judged by its own overdispersion, whatever fits its training rows too well has smaller errors:
    # a hundred features of noise were then surely better than history on labels dealt anew.
    planted = market()
    folds = folds_in_time(planted.labels)
    history = [
        fit_rate(planted.of_rate.iloc[early], planted.labels.iloc[early], penalty=None, trees=0)
        for early, _ in folds
    ]
    same = [replace(model, phi=model.phi / 10) for model in history]
    given = folds, planted.of_rate, planted.labels, 0, priors_of(history)
    assert (judge(same, *given).errors == judge(history, *given).errors).all()


def test_the_outcome_of_a_campaign_does_not_reach_its_own_prediction() -> None:
    # Calibration and intervals rest on these predictions: they must be made before the campaign.
    planted = market(bent=1.0)
    model, before = selected(bent=1.0)
    last = np.flatnonzero(planted.labels["campaign_id"] == "k059")
    changed = planted.labels.copy()
    changed.loc[last, "conversions"] = changed.loc[last, "conversions"] * 2
    changed["conversions"] = changed[["conversions", "exposed"]].min(axis=1)
    other, after = select_rate(planted.of_rate, changed)
    assert other.trees == model.trees

    def uncalibrated(model: RateModel, later: pd.DataFrame) -> pd.Series:
        return (
            later.set_index("row")["log_odds"] - model.calibration.intercept
        ) / model.calibration.slope

    assert other.calibration != model.calibration
    assert uncalibrated(other, after)[last].to_numpy() == pytest.approx(
        uncalibrated(model, before)[last].to_numpy(), abs=1e-9
    )


def test_later_predictions_are_of_later_campaigns_and_come_once() -> None:
    _, later = selected()
    # 60 campaigns: the folds begin with number 36 and 48, so that 24 campaigns of 20 rows are
    # predicted.
    assert later["row"].tolist() == list(range(36 * 20, 60 * 20))
    assert np.isfinite(later["log_odds"]).all()


def test_totals_of_later_campaigns_agree_after_calibration() -> None:
    _, later = selected(bent=1.0)
    labels = market(bent=1.0).labels.iloc[later["row"]]
    predicted = (labels["exposed"] * expit(later["log_odds"].to_numpy())).sum()
    # Extremes are pulled in, hence a little below.
    assert predicted == pytest.approx(labels["conversions"].sum(), rel=0.15)


def test_calibrated_totals_agree_where_conversions_are_rare() -> None:
    # 300 people at a rate of 1 in 8,000: 27 of 28 rows bring nothing, and what one row brings is
    # no extreme.
    planted = market(campaigns=100)
    rng = np.random.default_rng(0)
    down = np.log(8000) - 4.0
    rate = expit(planted.log_odds - down)
    labels = planted.labels.assign(
        exposed=300.0,
        conversions=rng.poisson(300 * rate).astype(float),
        base_log_odds=planted.labels["base_log_odds"] - down,
    )
    assert (labels["conversions"] == 0).mean() > 0.9
    model, _ = select_rate(planted.of_rate, labels)
    predicted = 300 * expit(model.log_odds(planted.of_rate, labels["base_log_odds"].to_numpy()))
    # Some seventy conversions in later campaigns tell the level to within about a quarter.
    assert predicted.sum() == pytest.approx((300 * rate).sum(), rel=0.35)


def test_too_little_to_hold_campaigns_out_gives_history_alone() -> None:
    planted = market(campaigns=4, bent=1.0)
    model, later = select_rate(planted.of_rate, planted.labels)
    assert later.empty
    assert list(later.columns) == ["row", "log_odds"]
    assert model.trees == 0
    assert not is_wide(model)


def test_the_order_of_campaigns_is_time_not_the_order_of_rows() -> None:
    planted = market()
    order = np.random.default_rng(0).permutation(len(planted.labels))
    _, later = select_rate(
        planted.of_rate.iloc[order].reset_index(drop=True),
        planted.labels.iloc[order].reset_index(drop=True),
    )
    predicted = planted.labels.iloc[order[later["row"]]]["campaign_id"]
    assert set(predicted) == {f"k{i:03}" for i in range(36, 60)}


def test_of_few_campaigns_two_standard_errors_are_not_enough() -> None:
    # Gains 0 to 4: mean 2, standard error sqrt(2.5 / 5) = .7071, and Student's two for five is 2.869.
    gains = np.arange(5.0)
    assert gain(gains, np.zeros(5), standard_errors=-2) == pytest.approx(
        2 - 2.869 * 0.7071, abs=1e-3
    )
    assert gain(gains, np.zeros(5)) == 2
    assert gain(gains[:4], np.zeros(4)) == -np.inf
    many = np.tile(gains, 100)
    error = many.std(ddof=1) / np.sqrt(500)
    assert gain(many, np.zeros(500), standard_errors=-2) == pytest.approx(2 - 2 * error, rel=1e-3)
