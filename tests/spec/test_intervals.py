"""Spreads recovered from planted errors, and quantiles of counts against simulation."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.special import ndtri

from models.intervals import (
    LARGE_COUNT,
    Spreads,
    count_quantile,
    estimate_spreads,
    lognormal_interval,
)


def planted(
    *,
    campaign: float,
    creator: float,
    reach: float = 0.5,
    campaigns: int = 150,
    size: int = 25,
    mean: float = 200,
) -> Spreads:
    """Spreads estimated from counts whose log rates err by a campaign's and a creator's part."""
    rng = np.random.default_rng(2)
    group = np.repeat(np.arange(campaigns), size)
    expected = mean * np.exp(rng.normal(0, 0.5, len(group)))
    error = rng.normal(0, campaign, campaigns)[group] + rng.normal(0, creator, len(group))
    return estimate_spreads(
        conversions=rng.poisson(expected * np.exp(error)).astype(float),
        expected=expected,
        campaign=group,
        known_share=np.full(len(group), 0.7),
        log_reach_error=rng.normal(0.3, reach, 2000),
    )


@pytest.mark.parametrize(("campaign", "creator"), [(0.6, 0.3), (0.3, 0.6), (0.8, 0.8)])
def test_the_planted_spreads_are_recovered(campaign: float, creator: float) -> None:
    found = planted(campaign=campaign, creator=creator, reach=0.5)
    # 150 campaigns tell a median absolute deviation to within about 10 %, 3,750 rows to within 2 %.
    assert found.campaign == pytest.approx(campaign, rel=0.2)
    assert found.creator == pytest.approx(creator, rel=0.06)
    assert found.reach == pytest.approx(0.5, rel=0.08)
    assert found.typical_known == pytest.approx(0.7)


def test_the_noise_of_the_count_is_no_spread_of_the_creator() -> None:
    # At 12 expected, the log of a count scatters by about sqrt(1 / 12) = .29: with a creator's .4
    # together .49.
    assert planted(campaign=0.5, creator=0.4, mean=12).creator == pytest.approx(0.4, abs=0.06)


def test_the_half_conversion_that_is_added_hides_no_spread() -> None:
    # At 4 expected, log((y + .5) / (4 + .5)) passes on 4 / 4.5 of what the rate errs by.
    rng = np.random.default_rng(9)
    group = np.repeat(np.arange(4000), 25)
    expected = np.full(len(group), 4.0)
    level = rng.choice([-0.3, 0.0, 0.3], 4000)
    found = estimate_spreads(
        conversions=4 * np.exp(level[group]),
        expected=expected,
        campaign=group,
        known_share=np.ones(len(group)),
        log_reach_error=np.zeros(10),
    )
    # Without noise of counts: what is taken off for it, (.01 + 1 / 4.5 (4.5 / 4)²) / 25, lacks.
    taken_off = (0.01 + 1 / 4.5 * (4.5 / 4) ** 2) / 25
    like = np.mean(0.3 / ndtri([0.8, 0.85, 0.9, 0.95]))
    assert found.campaign == pytest.approx(np.sqrt(like**2 - taken_off), rel=0.02)


def test_campaigns_of_two_rows_do_not_hide_the_creators_spread() -> None:
    # A campaign's own median takes half of the variance of two rows with it.
    found = planted(campaign=0.5, creator=0.5, campaigns=2000, size=2)
    assert found.creator == pytest.approx(0.5, rel=0.1)
    assert found.campaign == pytest.approx(0.5, rel=0.15)


def test_campaigns_of_one_row_say_nothing_of_the_creators() -> None:
    # Around its own median a single row never errs: counted, it would pass for certainty.
    rng = np.random.default_rng(8)
    group = np.concatenate([np.repeat(np.arange(100), 20), np.arange(100, 2100)])
    expected = np.full(4000, 200.0)
    found = estimate_spreads(
        conversions=rng.poisson(expected * np.exp(rng.normal(0, 0.5, 4000))).astype(float),
        expected=expected,
        campaign=group,
        known_share=np.ones(4000),
        log_reach_error=np.zeros(10),
    )
    assert found.creator == pytest.approx(0.5, rel=0.1)


def test_one_viral_row_in_a_hundred_changes_little() -> None:
    rng = np.random.default_rng(5)
    group = np.repeat(np.arange(100), 20)
    expected = np.full(2000, 100.0)
    conversions = rng.poisson(expected * np.exp(rng.normal(0, 0.4, 2000))).astype(float)
    conversions[::100] *= 1000
    found = estimate_spreads(
        conversions=conversions,
        expected=expected,
        campaign=group,
        known_share=np.ones(2000),
        log_reach_error=np.zeros(10),
    )
    assert found.creator == pytest.approx(0.4, rel=0.1)


def test_intervals_of_heavy_tailed_errors_cover_what_they_say() -> None:
    # A normal scaled to the middle half of a t with 3 degrees covers .76 of it where it says .8.
    errors = np.random.default_rng(3).standard_t(3, 20_000)
    n = 200
    found = estimate_spreads(
        conversions=np.full(n, 50.0),
        expected=np.full(n, 50.0),
        campaign=np.arange(n) % 20,
        known_share=np.ones(n),
        log_reach_error=errors,
    )
    low, high = lognormal_interval(np.ones(1), np.array([found.reach]))
    inside = (np.exp(errors) >= low) & (np.exp(errors) <= high)
    assert inside.mean() == pytest.approx(0.8, abs=0.01)


def test_the_shift_is_the_median_of_the_log_error() -> None:
    rng = np.random.default_rng(4)
    n = 4000
    # The mean of a lognormal rate of spread .8 lies exp(.32) above its median.
    expected = np.full(n, 1000.0)
    conversions = rng.poisson(expected * np.exp(rng.normal(-0.32, 0.8, n))).astype(float)
    found = estimate_spreads(
        conversions=conversions,
        expected=expected,
        campaign=np.arange(n) % 200,
        known_share=np.ones(n),
        log_reach_error=np.zeros(10),
    )
    assert found.shift == pytest.approx(-0.32, abs=0.05)


def test_errors_that_grow_with_the_unknown_are_noticed() -> None:
    rng = np.random.default_rng(6)
    n = 6000
    known = rng.uniform(0.2, 1.0, n)
    expected = np.full(n, 2000.0)

    def ignorance(slope: float) -> float:
        spread = 0.5 * np.exp(slope * (known.mean() - known))
        found = estimate_spreads(
            conversions=rng.poisson(expected * np.exp(rng.normal(0, spread))).astype(float),
            expected=expected,
            campaign=np.arange(n) % 200,
            known_share=known,
            log_reach_error=np.zeros(10),
        )
        return found.ignorance

    assert ignorance(1.5) == pytest.approx(1.5, abs=0.25)
    # Never negative: less knowledge cannot mean more certainty.
    assert 0 < ignorance(-1.5) < 0.2


def test_one_row_a_campaign_still_gives_spreads() -> None:
    found = estimate_spreads(
        conversions=np.array([1.0, 9.0, 4.0]),
        expected=np.array([4.0, 4.0, 4.0]),
        campaign=np.arange(3),
        known_share=np.ones(3),
        log_reach_error=np.zeros(3),
    )
    assert min(found.campaign, found.creator, found.reach) > 0


def test_a_creator_is_less_certain_the_less_is_known() -> None:
    spreads = Spreads(
        campaign=0.3,
        new_brand=0.7,
        creator=0.4,
        reach=0.5,
        ignorance=2.0,
        typical_known=0.6,
        shift=0.0,
    )
    # .4 exp(2 * (.6 - known)): at .6 it is .4, at .1 it is .4 e, at 1 it is .4 exp(-.8).
    assert spreads.creators(np.array([0.6, 0.1, 1.0])) == pytest.approx(
        [0.4, 0.4 * np.e, 0.4 * np.exp(-0.8)]
    )
    assert spreads.campaigns(np.array([True, False])).tolist() == [0.3, 0.7]


def test_campaigns_of_unknown_brands_get_a_spread_of_their_own_and_never_a_smaller_one() -> None:
    def spreads(of_known: float, of_new: float) -> Spreads:
        rng = np.random.default_rng(3)
        group = np.repeat(np.arange(300), 20)
        known = np.arange(300) < 150
        level = rng.normal(0, 1, 300) * np.where(known, of_known, of_new)
        expected = np.full(6000, 200.0)
        error = level[group] + rng.normal(0, 0.3, 6000)
        return estimate_spreads(
            conversions=rng.poisson(expected * np.exp(error)).astype(float),
            expected=expected,
            campaign=group,
            known_share=np.ones(6000),
            log_reach_error=np.zeros(10),
            is_known_brand=known[group],
        )

    found = spreads(0.4, 0.9)
    assert found.campaign == pytest.approx(0.4, rel=0.15)
    assert found.new_brand == pytest.approx(0.9, rel=0.15)
    found = spreads(0.9, 0.4)
    assert found.new_brand == pytest.approx(1.1 * found.campaign)


def test_of_brands_never_seen_held_out_the_spread_is_larger_by_what_brands_differ() -> None:
    # Variance twice as large, as nothing says otherwise.
    found = planted(campaign=0.6, creator=0.3)
    assert found.new_brand == pytest.approx(np.sqrt(2) * found.campaign)


def test_a_lognormal_interval_holds_the_central_80_percent() -> None:
    rng = np.random.default_rng(0)
    low, high = lognormal_interval(np.array([50.0]), np.array([0.7]))
    # 1.2816 standard deviations leave a tenth on each side.
    assert low == pytest.approx(50 * np.exp(-1.2816 * 0.7), rel=1e-4)
    assert high == pytest.approx(50 * np.exp(1.2816 * 0.7), rel=1e-4)
    drawn = 50 * np.exp(rng.normal(0, 0.7, 100_000))
    assert np.mean(drawn < low) == pytest.approx(0.1, abs=0.005)
    assert np.mean(drawn > high) == pytest.approx(0.1, abs=0.005)


@pytest.mark.parametrize("spread", [0.1, 0.5, 1.0, 1.5])
@pytest.mark.parametrize("median", [0.02, 0.3, 1.0, 4.0, 15.0, 29.0, 31.0, 100.0, 20_000.0])
def test_a_count_quantile_is_that_of_simulated_counts(median: float, spread: float) -> None:
    rng = np.random.default_rng(9)
    drawn = rng.poisson(median * np.exp(rng.normal(0, spread, 100_000)))
    # Above LARGE_COUNT a count is treated as lognormal: up to 2 % of probability off where
    # Poisson noise rules.
    tolerance = 0.006 if median < LARGE_COUNT else 0.02
    for level in (0.1, 0.5, 0.9):
        (quantile,) = count_quantile(np.array([median]), np.array([spread]), level)
        # The smallest k with P(Y <= k) >= level: k has enough, k - 1 has not.
        assert np.mean(drawn <= quantile) >= level - tolerance
        assert np.mean(drawn <= quantile - 1) < level + tolerance


def test_a_count_quantile_never_falls_with_its_level() -> None:
    median, spread = (
        axis.ravel() for axis in np.meshgrid([0.0, 0.1, 2, 10, 29, 31, 500], [0.05, 0.5, 2])
    )
    levels = np.linspace(0.02, 0.98, 49)
    quantiles = np.stack([count_quantile(median, spread, float(level)) for level in levels])
    assert (np.diff(quantiles, axis=0) >= 0).all()
    assert (quantiles[-1] > quantiles[0])[median > 0].all()


def test_a_count_quantile_is_a_whole_number_and_zero_where_nothing_is_expected() -> None:
    found = count_quantile(np.array([0.0, 3.7, 1234.5]), np.array([0.5, 0.5, 0.5]), 0.9)
    assert found.tolist() == np.floor(found).tolist()
    assert found[0] == 0
