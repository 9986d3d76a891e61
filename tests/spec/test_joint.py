"""Joint draws: each package as its interval says, together as shocks that they share."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from models.intervals import Z, count_quantile, lognormal_interval
from models.joint import draw_conversions, interval_of_total, predictive_of
from tests.synthetic import market, predictor

DRAWS = 20_000


def packages(
    creators: str = "ab",
    *,
    campaign: str = "k",
    names: tuple[str | None, ...] = (None,),
    exposed: float = 1e8,
    rate: float = 0.01,
    sd: tuple[float, float, float] = (0.5, 0.4, 0.3),
) -> pd.DataFrame:
    """Scores of the given medians and spreads (campaign, creator, reach); means are medians."""
    low, high = lognormal_interval(np.array([exposed]), np.array([sd[2]]))
    rate_low, rate_high = lognormal_interval(np.array([rate]), np.hypot(sd[:1], sd[1:2]))
    numbers = {
        "exposed": exposed,
        "exposed_low": low[0],
        "exposed_high": high[0],
        "rate": rate,
        "rate_low": rate_low[0],
        "rate_high": rate_high[0],
        "sd_campaign": sd[0],
        "sd_creator": sd[1],
        "sd_reach": sd[2],
    }
    return pd.DataFrame(
        [
            {"campaign_id": campaign, "creator_id": creator, "package": name, **numbers}
            for creator in creators
            for name in names
        ]
    )


def scores(rows: slice = slice(None, None, 19)) -> pd.DataFrame:
    """What a trained model predicts of some rows, as `scores.parquet` has it."""
    planted = market()
    found = predictor().predict(planted.matrix, planted.base, planted.posts)
    keys = planted.labels[["campaign_id", "creator_id"]].assign(package=None)
    return pd.concat([keys, found], axis=1).iloc[rows].reset_index(drop=True)


def logs(found: np.ndarray) -> np.ndarray:
    return np.log(np.maximum(found, 0.5))


def correlation(found: np.ndarray, one: int = 0, other: int = 1) -> float:
    return float(np.corrcoef(logs(found[:, one]), logs(found[:, other]))[0, 1])


def test_the_medians_behind_scores_are_those_that_the_model_predicted() -> None:
    planted = market()
    told = predictor().predictive(planted.matrix, planted.base, planted.posts)
    found = predictive_of(scores(slice(None)))
    assert found.exposed == pytest.approx(told.exposed, rel=1e-9)
    assert found.rate == pytest.approx(told.rate, rel=1e-9)
    assert found.sd_conversions == pytest.approx(told.sd_conversions)


@pytest.mark.parametrize("factor", [0.2, 1.0, 5.0])
def test_a_median_is_recovered_wherever_the_mean_moved_a_bound(factor: float) -> None:
    # A mean of a fifth of the median lies below the interval, whose lower bound goes down to it;
    # of five times the median, above it. exp(Z * .5) is 1.9.
    given = packages(exposed=1000.0, rate=0.01, sd=(0.3, 0.4, 0.5))
    for name, median in (("exposed", 1000.0), ("rate", 0.01)):
        mean = factor * median
        given[name] = mean
        given[f"{name}_low"] = np.minimum(given[f"{name}_low"], mean)
        given[f"{name}_high"] = np.maximum(given[f"{name}_high"], mean)
    found = predictive_of(given)
    assert found.exposed == pytest.approx(1000.0)
    assert found.rate == pytest.approx(0.01)


def test_a_tenth_of_the_draws_lies_below_and_above_the_interval_of_each_prediction() -> None:
    given = scores()
    found = draw_conversions(given, DRAWS, seed=3)
    planted = market()
    told = predictor().predictive(planted.matrix, planted.base, planted.posts)
    rows = slice(None, None, 19)
    median, sd = told.conversions[rows], told.sd_conversions[rows]
    low, high = given["conversions_low"].to_numpy(), given["conversions_high"].to_numpy()
    # Bounds that were moved to hold the mean, or to what is reached, are no quantiles.
    is_low, is_high = (
        bound == count_quantile(median, sd, level) for bound, level in ((low, 0.1), (high, 0.9))
    )
    assert is_low.mean() > 0.8
    assert is_high.mean() > 0.8
    # A quantile is the smallest k that enough counts do not exceed: k has enough, k - 1 has not.
    # A share of .1 errs by sqrt(.09 / 20,000) = .0021, of 64 rows the worst by less than 4 of them;
    # above 30 the intervals take counts for lognormal, up to .02 off.
    slack = 4 * 0.0021 + np.where(median < 30, 0.006, 0.02)
    for bound, level, kept in ((low, 0.1, is_low), (high, 0.9, is_high)):
        assert ((found <= bound).mean(axis=0) >= level - slack)[kept].all()
        assert ((found <= bound - 1).mean(axis=0) < level + slack)[kept].all()


def test_creators_of_a_campaign_go_together_by_its_part_of_the_variance() -> None:
    # .5² of .5² + .4² + .3² is a half. A correlation of .5 errs by .75 / sqrt(20,000) = .0053; the
    # noise of a million conversions is none.
    found = draw_conversions(packages(), DRAWS)
    assert correlation(found) == pytest.approx(0.5, abs=4 * 0.0053)


def test_without_a_spread_of_campaigns_creators_go_their_own_ways() -> None:
    found = draw_conversions(packages(sd=(0.0, 0.4, 0.3)), DRAWS)
    assert abs(correlation(found)) < 4 / np.sqrt(DRAWS)


def test_two_campaigns_share_nothing_not_even_the_luck_of_a_creator() -> None:
    both = pd.concat([packages("a"), packages("a", campaign="other")], ignore_index=True)
    assert abs(correlation(draw_conversions(both, DRAWS))) < 4 / np.sqrt(DRAWS)


def test_packages_of_a_creator_share_all_but_the_noise_of_the_count() -> None:
    one = packages("a", names=("one post", "three posts"))
    assert correlation(draw_conversions(one, DRAWS)) > 0.999
    # At a mean of 100 the variance of logs is .5 + 1/100 and a half of .5 more of the noise (means
    # of 1 / count exceed 1 / mean by exp(.25)): the rest is shared.
    few = packages("a", names=("one post", "three posts"), exposed=1e4)
    assert correlation(draw_conversions(few, DRAWS)) == pytest.approx(0.5 / 0.513, abs=0.01)


def test_the_median_of_the_draws_is_the_median_of_the_count() -> None:
    # 1e8 people at .01; the log of a median errs by .707 * sqrt(pi / 2 / 20,000) = .0063.
    found = np.median(draw_conversions(packages(), DRAWS), axis=0)
    assert np.log(found / 1e6) == pytest.approx(0, abs=4 * 0.0063)


def test_nothing_but_ids_and_seed_decides_a_draw() -> None:
    given = pd.concat(
        [packages("abcde", names=("one post", "three posts")), packages("abc", campaign="other")],
        ignore_index=True,
    )
    found = draw_conversions(given, 50, seed=4)
    order = np.random.default_rng(0).permutation(len(given))
    assert (draw_conversions(given.iloc[order], 50, seed=4) == found[:, order]).all()
    # Who stands beside it changes nothing of a package.
    some = [1, 4, 11]
    assert (draw_conversions(given.iloc[some], 50, seed=4) == found[:, some]).all()
    assert (draw_conversions(given, 50, seed=5) != found).mean() > 0.9
    assert (draw_conversions(given.astype({"creator_id": "string"}), 50, seed=4) == found).all()


def test_a_package_without_a_name_is_not_the_package_named_none() -> None:
    unnamed, named = (
        draw_conversions(packages("a", names=(name,)), 200) for name in (None, "None")
    )
    assert (unnamed != named).mean() > 0.9
    missing = packages("a").assign(package=np.nan)
    assert (draw_conversions(missing, 200) == unnamed).all()


def test_nobody_converts_who_was_not_reached() -> None:
    # Ten people, each of whom converts five times over.
    found = draw_conversions(packages(exposed=10.0, rate=5.0, sd=(0.0, 0.0, 0.0)), 500)
    assert found.max() == 10
    assert (draw_conversions(packages(exposed=0.0), 100) == 0).all()


def test_a_total_of_creators_that_only_share_a_campaign_is_as_unsure_as_each() -> None:
    # Twice a median of 1e6, exp(±1.2816 * .5) around it. The log of such a quantile errs by
    # .5 * sqrt(.09 / 20,000) / .1755 = .006, .1755 being the normal density at 1.2816.
    low, high = interval_of_total(draw_conversions(packages(sd=(0.5, 0.0, 0.0)), DRAWS))
    assert np.log(low / 2e6) == pytest.approx(-Z * 0.5, abs=4 * 0.006)
    assert np.log(high / 2e6) == pytest.approx(Z * 0.5, abs=4 * 0.006)


def test_what_creators_do_not_share_evens_out_in_a_total() -> None:
    many = "abcdefghijklmnopqrstuvwxy"
    own = draw_conversions(packages(many, sd=(0.0, 0.2, 0.0)), DRAWS)
    low, high = interval_of_total(own)
    # 25 of them: a fifth of each one's width, 2 * 1.2816 * .2 / 5, of a mean exp(.02) above.
    assert (high - low) / 25e6 == pytest.approx(2 * Z * 0.2 / 5 * np.exp(0.02), rel=0.05)
    shared = interval_of_total(draw_conversions(packages(many, sd=(0.2, 0.0, 0.0)), DRAWS))
    assert (shared[1] - shared[0]) / (high - low) == pytest.approx(5, rel=0.06)


def test_the_interval_of_a_total_holds_the_share_that_it_names() -> None:
    # Of 1..100, a tenth do not exceed 10, and nine tenths 90.
    totals = np.random.default_rng(1).permutation(np.arange(1.0, 101))[:, None]
    assert interval_of_total(totals) == (10.0, 90.0)
    assert interval_of_total(totals, level=0.5) == (25.0, 75.0)
    # Totals are summed within a draw: what one gains the other loses.
    assert interval_of_total(np.hstack([totals, 100 - totals])) == (100.0, 100.0)
    assert interval_of_total(np.zeros((10, 0))) == (0.0, 0.0)


def test_wrong_input_is_told_with_what_was_seen() -> None:
    with pytest.raises(ValueError, match=r"lack the columns campaign_id, rate_low"):
        draw_conversions(packages().drop(columns=["campaign_id", "rate_low"]), 10)
    with pytest.raises(ValueError, match=r"sd_reach must be .* is -1.0 in 2 of 2 packages"):
        draw_conversions(packages().assign(sd_reach=-1.0), 10)
    with pytest.raises(ValueError, match=r"rate must be .* is nan"):
        draw_conversions(packages().assign(rate=np.nan), 10)
    with pytest.raises(ValueError, match="draws must be at least 1, not 0"):
        draw_conversions(packages(), 0)
    with pytest.raises(ValueError, match=r"level must lie between 0 and 1, not 1"):
        interval_of_total(np.ones((5, 1)), level=1)
    with pytest.raises(ValueError, match=r"shape \(draws, k\), not \(0, 2\)"):
        interval_of_total(np.ones((0, 2)))


def test_no_packages_give_no_draws() -> None:
    assert draw_conversions(packages().iloc[:0], 10).shape == (10, 0)
