"""What holds for every model of the rate: exact explanations, no label in its own base."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from models.linear import AGAINST_USUAL, HISTORY
from models.rate import RateModel, Rows, _base_fit, fit_rate, grow
from models.selection import select_rate
from tests.synthetic import CONVERSATION, RATE, Planted, market, selected_rate

BENT = pytest.mark.parametrize(("bent", "has_trees"), [(0.0, False), (1.0, True)])


def coefficients(model: RateModel) -> pd.Series:
    return pd.Series(model.linear.coefficients, index=list(model.linear.scaler.columns))


@BENT
def test_base_and_contributions_add_up_to_the_log_odds(bent: float, has_trees: bool) -> None:
    # The explanation is the prediction, taken apart: whatever it does not add up to would be
    # unexplained.
    model, planted = selected_rate(bent=bent), market(bent=bent)
    assert (model.booster is not None) == has_trees
    assert planted.of_rate.isna().any(axis=None)
    base, parts = model.contributions(planted.of_rate, planted.base)
    gap = base + parts.sum(axis=1).to_numpy() - model.log_odds(planted.of_rate, planted.base)
    assert np.abs(gap).max() < 1e-9


@BENT
def test_contributions_add_up_where_nothing_and_where_too_much_is_known(
    bent: float, has_trees: bool
) -> None:
    model = selected_rate(bent=bent)
    rows = pd.DataFrame(np.nan, index=range(3), columns=list(RATE))
    rows.loc[1] = 1e12
    rows.loc[2] = -1e12
    base, parts = model.contributions(rows, np.array([np.nan, -3.0, -12.0]))
    log_odds = model.log_odds(rows, np.array([np.nan, -3.0, -12.0]))
    assert np.isfinite(log_odds).all()
    assert np.abs(base + parts.sum(axis=1).to_numpy() - log_odds).max() < 1e-9


def test_a_linear_part_over_all_features_is_explained_exactly_too() -> None:
    model, planted = selected_rate(sloped=0.8), market(sloped=0.8)
    assert coefficients(model)["reply_share"] > 0.05
    base, parts = model.contributions(planted.of_rate, planted.base)
    gap = base + parts.sum(axis=1).to_numpy() - model.log_odds(planted.of_rate, planted.base)
    assert np.abs(gap).max() < 1e-9


@BENT
def test_the_base_is_added_again_at_prediction(bent: float, has_trees: bool) -> None:
    # LightGBM forgets the init_score that it was fitted with: a campaign whose base is one higher
    # must be predicted one higher, times the slope of the calibration.
    model, planted = selected_rate(bent=bent), market(bent=bent)
    known = ~np.isnan(planted.base)
    before = model.log_odds(planted.of_rate, planted.base)[known]
    after = model.log_odds(planted.of_rate, planted.base + 1)[known]
    assert after - before == pytest.approx(np.full(known.sum(), model.calibration.slope))


def test_a_campaign_without_a_level_gets_the_general_one() -> None:
    model, planted = selected_rate(), market()
    unknown = model.log_odds(planted.of_rate, np.full(len(planted.matrix), np.nan))
    general = model.log_odds(planted.of_rate, np.full(len(planted.matrix), model.general_level))
    assert (unknown == general).all()
    assert model.general_level == np.nanmedian(planted.base)


def bases(conversions: np.ndarray) -> np.ndarray:
    """Bases of six rows: one campaign of three, one of two, one alone."""
    return _base_fit(
        conversions,
        np.array([100.0, 1000, 400, 50, 5000, 800]),
        np.array([0.1, -0.2, 0.3, 0.0, 0.4, 0.2]),
        np.full(6, -4.0),
        np.ones(6),
        np.array([0, 0, 0, 1, 1, 2]),
        0.5,
    )


@pytest.mark.parametrize("row", range(6))
def test_a_row_never_sees_its_own_label_in_its_base(row: int) -> None:
    # Else trees would learn to undo what the base already knows of the answer.
    conversions = np.array([2.0, 15, 9, 1, 90, 20])
    before = bases(conversions)
    conversions[row] *= 3
    after = bases(conversions)
    campaign = np.array([0, 0, 0, 1, 1, 2])
    others = (campaign == campaign[row]) & (np.arange(6) != row)
    # Up to rounding: the row is taken out of the sum of its campaign.
    assert after[row] == pytest.approx(before[row], abs=1e-12)
    assert (after[others] > before[others] + 0.01).all()
    assert (after[campaign != campaign[row]] == before[campaign != campaign[row]]).all()


def test_a_row_alone_in_its_campaign_has_the_base_known_at_the_decision() -> None:
    assert bases(np.array([2.0, 15, 9, 1, 90, 20]))[5] == pytest.approx(-4.0, abs=1e-12)


def test_followers_are_no_input_of_the_rate() -> None:
    # More followers buy reach. Whatever a matrix holds besides, the model takes the features it
    # was fitted on.
    model, planted = selected_rate(bent=1.0), market(bent=1.0)
    famous = planted.matrix.assign(log_followers=planted.matrix["log_followers"] + np.log(1000))
    before = model.log_odds(planted.of_rate, planted.base)
    assert (model.log_odds(famous, planted.base) == before).all()


def test_unknown_values_count_as_typical_not_as_zero() -> None:
    # Who lacks data differs between the past and today: the model must not learn from missingness.
    model, planted = selected_rate(sloped=0.8), market(sloped=0.8)
    medians = planted.of_rate.median()
    medians[medians.index.isin(AGAINST_USUAL)] = 0.0
    filled = planted.of_rate.fillna(medians)
    assert model.log_odds(planted.of_rate, planted.base) == pytest.approx(
        model.log_odds(filled, planted.base), abs=1e-12
    )
    zeros = planted.of_rate.assign(**dict.fromkeys(CONVERSATION, 0.0))
    unknown = planted.of_rate.assign(**dict.fromkeys(CONVERSATION, np.nan))
    difference = model.log_odds(zeros, planted.base) - model.log_odds(unknown, planted.base)
    assert np.abs(difference).mean() > 0.1


@pytest.mark.parametrize("seed", [0, 1])
def test_copies_of_an_outcome_have_one_vote(seed: int) -> None:
    # The same posts can serve several campaigns. Here a quarter of the creators, in whom the
    # effect of history is reversed, serve four more: as new evidence they would turn the
    # coefficient, as copies they hardly move it.
    planted = market(seed=seed, campaigns=20)
    rng = np.random.default_rng(seed)
    quarter = np.arange(len(planted.labels)) % 4 == 0
    response = planted.of_rate["relative_response"].fillna(0).to_numpy()
    rate = 1 / (1 + np.exp(-planted.log_odds + 0.8 * response * quarter))
    exposed = planted.labels["exposed"].to_numpy()
    labels = planted.labels.assign(conversions=np.minimum(rng.poisson(exposed * rate), exposed))
    copies = [labels[quarter].assign(campaign_id=labels["campaign_id"] + f"-{i}") for i in range(3)]
    others = [copy.assign(creator_id=copy["creator_id"] + f"-{i}") for i, copy in enumerate(copies)]

    def effect(*more: pd.DataFrame) -> float:
        matrix = pd.concat(
            [planted.of_rate, *[planted.of_rate[quarter]] * len(more)], ignore_index=True
        )
        rows = pd.concat([labels, *more], ignore_index=True)
        return float(
            coefficients(fit_rate(matrix, rows, penalty=None, trees=0))["relative_response"]
        )

    assert effect() - effect(*others) > 0.15
    assert abs(effect() - effect(*copies)) < 0.25 * (effect() - effect(*others))


def fingerprint(model: RateModel) -> tuple[object, ...]:
    assert model.booster is not None
    return (
        model.booster.model_to_string(),
        model.linear.coefficients.tobytes(),
        model.calibration,
        model.phi,
    )


def test_the_same_rows_give_the_same_model_however_they_lie_in_memory() -> None:
    # A model that nobody can fit again cannot be checked. A table that was cut out of another lies
    # in memory otherwise than its copy, and sums have other last digits.
    cut = market(bent=1.0).of_rate
    copied = cut.copy()
    assert cut.to_numpy().flags.c_contiguous != copied.to_numpy().flags.c_contiguous
    for same in (cut, copied):
        again, _ = select_rate(same, market(bent=1.0).labels.copy())
        assert fingerprint(again) == fingerprint(selected_rate(bent=1.0))


def permuted(seed: int) -> tuple[RateModel, Planted]:
    """A model of labels that were dealt to other rows of the same campaign."""
    planted = market(seed=seed, bent=1.0)
    rng = np.random.default_rng(seed)
    order = np.concatenate(
        [
            rng.permutation(rows.to_numpy())
            for rows in planted.labels.groupby("campaign_id").groups.values()
        ]
    )
    return select_rate(planted.of_rate.iloc[order].reset_index(drop=True), planted.labels)[
        0
    ], planted


def test_shuffled_labels_teach_next_to_nothing() -> None:
    # What a model finds where there is nothing to find, it would also find where there is.
    models = [permuted(seed)[0] for seed in range(3)]
    # Two standard errors in both measures: about one in forty keeps something by chance.
    assert sum(model.trees > 0 for model in models) <= 1
    assert sum(len(model.linear.scaler.columns) > len(HISTORY) for model in models) <= 1
    honest = coefficients(selected_rate(bent=1.0))["relative_response"]
    assert honest > 0.35
    assert max(coefficients(model)[list(HISTORY)].abs().max() for model in models) < 0.3 * honest


def test_more_of_a_fault_never_raises_the_rate_though_those_who_had_it_brought_more() -> None:
    planted = market(bent=1.0)

    def least_and_most_change(name: str) -> tuple[float, float]:
        matrix = planted.of_rate.assign(**{name: planted.log_odds})
        model = fit_rate(matrix, planted.labels, penalty=100.0, trees=30)
        more = model.log_odds(matrix.assign(**{name: planted.log_odds + 1}), planted.base)
        change = more - model.log_odds(matrix, planted.base)
        return float(change.min()), float(change.max())

    # A fault by the catalogue's sign, and what has no sign.
    assert least_and_most_change("follower_jump")[1] <= 1e-12
    assert least_and_most_change("views_trend")[1] > 0.1


def test_trees_grown_in_steps_are_those_grown_at_once() -> None:
    # The number of trees is chosen on steps and fitted at once: it must mean the same trees.
    planted = market(bent=3.0)
    rows = Rows.of(planted.of_rate, planted.labels)
    at_once = rows.fit(penalty=None, trees=200)
    first = rows.fit(penalty=None, trees=50, may_grow=True)
    first.parts(planted.of_rate).trees(50)  # to look at them between steps changes nothing
    more = grow(grow(first, 100, rounds=200), 200, rounds=200)
    assert at_once.booster is not None
    assert more.booster is not None
    assert at_once.booster.num_trees() < 200  # a round that found no split is among them
    assert more.booster.num_trees() == at_once.booster.num_trees()
    for count in (50, 100, 200):
        steps, whole = (model.parts(planted.of_rate).trees(count) for model in (more, at_once))
        assert (steps == whole).all()


def test_growing_stops_at_the_trees_asked_for() -> None:
    planted = market(bent=3.0)
    rows = Rows.of(planted.of_rate, planted.labels)
    first = rows.fit(penalty=None, trees=5, may_grow=True)
    assert first.booster is not None
    assert grow(first, 5, rounds=50).trees == 5
    assert grow(first, 8, rounds=50).booster is first.booster
    assert first.booster.num_trees() == 8


def test_the_log_odds_of_a_row_do_not_depend_on_the_rows_beside() -> None:
    # To the last digit: else a creator scored alone would differ from the same one in a list.
    model, planted = selected_rate(sloped=0.8), market(sloped=0.8)
    together = model.log_odds(planted.of_rate, planted.base)
    alone = [
        model.log_odds(planted.of_rate.iloc[[i]], planted.base[[i]])[0] for i in range(0, 600, 10)
    ]
    assert together[0:600:10].tolist() == alone


def test_the_contributions_of_a_row_do_not_depend_on_the_rows_beside() -> None:
    model, planted = selected_rate(bent=1.0), market(bent=1.0)
    base, together = model.contributions(planted.of_rate, planted.base)
    for i in range(0, 600, 50):
        of_one, alone = model.contributions(planted.of_rate.iloc[[i]], planted.base[[i]])
        assert of_one[0] == base[i]
        assert (alone.to_numpy()[0] == together.to_numpy()[i]).all()


def test_contributions_are_those_of_lightgbm_and_of_the_linear_part() -> None:
    model, planted = selected_rate(bent=1.0), market(bent=1.0)
    assert model.booster is not None
    told = np.asarray(model.booster.predict(model.scaler(planted.of_rate), pred_contrib=True))
    linear = model.linear.contributions(planted.of_rate)
    expected = pd.DataFrame(told[:, :-1], columns=list(RATE)).add(linear, fill_value=0)[list(RATE)]
    _, parts = model.contributions(planted.of_rate, planted.base)
    gap = parts.to_numpy() - model.calibration.slope * expected.to_numpy()
    assert np.abs(gap).max() < 1e-12
    assert np.abs(told[:, :-1]).max() > 0.01


def test_a_booster_that_has_grown_is_explained_with_all_its_trees() -> None:
    planted = market(bent=3.0)
    first = Rows.of(planted.of_rate, planted.labels).fit(penalty=None, trees=5, may_grow=True)

    def gap(model: RateModel) -> float:
        base, parts = model.contributions(planted.of_rate, planted.base)
        log_odds = model.log_odds(planted.of_rate, planted.base)
        return float(np.abs(base + parts.sum(axis=1).to_numpy() - log_odds).max())

    assert gap(first) < 1e-9
    assert gap(grow(first, 20, rounds=50)) < 1e-9
    assert gap(first) < 1e-9  # it has the same booster, now of 20 trees
