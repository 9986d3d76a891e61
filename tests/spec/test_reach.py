"""Reach: totals, sizes that are unknown, packages of several posts."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from models.reach import SEEN, SIZES, ReachModel, fit_reach

SPREAD = 0.8
NOTHING = np.zeros(0, dtype=np.int64)


def sized(rng: np.random.Generator, n: int) -> pd.DataFrame:
    log_views = rng.normal(8, 1, n)
    return pd.DataFrame(
        {
            "log_views": log_views,
            "log_views_recent": log_views + rng.normal(0, 0.2, n),
            "log_exposed": log_views + rng.normal(0, 0.2, n),
            "log_followers": log_views + 1 + rng.normal(0, 0.5, n),
        }
    )


def drawn(seed: int, n: int = 3000) -> tuple[pd.DataFrame, np.ndarray, np.ndarray]:
    """Sizes, exposure with a lognormal spread around views times posts, and posts."""
    rng = np.random.default_rng(seed)
    every = sized(rng, n)
    posts = rng.integers(1, 5, n).astype(float)
    exposed = np.floor(posts * np.exp(every["log_views"] + rng.normal(0, SPREAD, n)))
    return every.mask(rng.uniform(size=every.shape) < 0.1), exposed.to_numpy(copy=True), posts


def fitted(seed: int = 0) -> ReachModel:
    rows = np.arange(3000)
    return fit_reach(*drawn(seed), later=rows[2000:], early=rows[:2000])[0]


def test_predicted_and_observed_totals_agree_on_new_creators() -> None:
    model = fitted()
    matrix, exposed, posts = drawn(seed=1)
    assert model.mean(matrix, posts).sum() == pytest.approx(exposed.sum(), rel=0.1)
    # The exponential of a log-median would miss exp(.8^2 / 2) = 1.38 times: a quarter of the total.
    assert np.exp(model.log_median(matrix, posts)).sum() < 0.8 * exposed.sum()


def test_the_errors_are_those_of_later_rows_around_the_median() -> None:
    matrix, exposed, posts = drawn(seed=0)
    rows = np.arange(3000)
    _, errors = fit_reach(matrix, exposed, posts, later=rows[2000:], early=rows[:2000])
    assert errors.shape == (1000,)
    assert np.median(errors) == pytest.approx(0, abs=0.15)
    assert errors.std() == pytest.approx(SPREAD, rel=0.15)


def test_without_later_rows_all_rows_judge() -> None:
    _, errors = fit_reach(*drawn(seed=0), later=NOTHING, early=NOTHING)
    assert errors.shape == (3000,)


def test_twice_the_posts_reach_about_twice_the_people() -> None:
    model = fitted()
    matrix, _, posts = drawn(seed=1)
    ratio = model.mean(matrix, 2 * posts) / model.mean(matrix, posts)
    assert ratio == pytest.approx(np.full(3000, 2.0), rel=0.1)


def test_ten_times_the_audience_reaches_about_ten_times_the_people() -> None:
    model = fitted()
    matrix, _, posts = drawn(seed=1)
    larger = model.mean(matrix + np.log(10), posts)
    assert np.median(larger / model.mean(matrix, posts)) == pytest.approx(10, rel=0.15)


def test_of_an_unknown_size_the_others_tell() -> None:
    model = fitted()
    matrix = pd.DataFrame(np.nan, index=range(2), columns=list(SIZES))
    matrix["log_followers"] = [7.0, 11.0]
    small, large = model.mean(matrix, np.ones(2))
    assert large > 5 * small


def test_followers_are_nothing_to_the_reach_of_who_was_seen() -> None:
    model = fitted()
    matrix, _, posts = drawn(seed=1)
    twenty = matrix.assign(log_followers=matrix["log_followers"] + np.log(20))
    was_seen = matrix[list(SEEN)].notna().any(axis=1).to_numpy()
    ratio = model.mean(twenty, posts) / model.mean(matrix, posts)
    assert (ratio[was_seen] == 1).all()
    # Of three sizes missing one in ten times each, one creator in a thousand was never seen.
    unseen = ~was_seen & matrix["log_followers"].notna().to_numpy()
    assert unseen.any()
    assert (ratio[unseen] > 1).all()


def test_an_unknown_size_is_as_far_from_its_median_as_the_known_ones_of_who_was_seen() -> None:
    model = fitted()
    matrix, exposed, posts = drawn(seed=1)
    known = matrix["log_views"].notna().to_numpy()
    few = matrix[known].assign(log_exposed=np.nan, log_views_recent=np.nan)
    reached = model.log_median(few, posts[known])
    error = np.log(exposed[known] + 1) - reached
    every = np.log(exposed[known] + 1) - model.log_median(matrix[known], posts[known])
    # One size tells a little less than three, and nearly as much.
    assert error.std() < 1.1 * every.std()


def test_a_creator_of_whom_nothing_is_known_still_reaches_somebody() -> None:
    unknown = pd.DataFrame(np.nan, index=[0], columns=list(SIZES))
    (reached,) = fitted().mean(unknown, np.ones(1))
    _, exposed, posts = drawn(seed=0)
    assert np.quantile(exposed / posts, 0.05) < reached < np.quantile(exposed / posts, 0.95)


def test_a_market_without_any_size_gives_everyone_the_same() -> None:
    _, exposed, posts = drawn(seed=0)
    unknown = pd.DataFrame(np.nan, index=range(3000), columns=list(SIZES))
    model, _ = fit_reach(unknown, exposed, posts, NOTHING, NOTHING)
    reached = model.mean(unknown, posts)
    assert np.ptp(reached[posts == 1]) == 0
    assert reached.sum() == pytest.approx(exposed.sum(), rel=0.2)


def test_one_viral_post_does_not_set_what_everyone_is_expected_to_reach() -> None:
    matrix, exposed, posts = drawn(seed=0)
    before = fit_reach(matrix, exposed, posts, NOTHING, NOTHING)[0].mean(matrix, posts)
    exposed[5] = exposed.max() * 1000
    after = fit_reach(matrix, exposed, posts, NOTHING, NOTHING)[0].mean(matrix, posts)
    assert after == pytest.approx(before, rel=0.05)


def test_an_exposure_of_zero_is_an_outcome() -> None:
    matrix, exposed, posts = drawn(seed=0)
    everyone = fit_reach(matrix, exposed, posts, NOTHING, NOTHING)[0].mean(matrix, posts)
    exposed[::5] = 0
    fewer = fit_reach(matrix, exposed, posts, NOTHING, NOTHING)[0].mean(matrix, posts)
    assert np.isfinite(fewer).all()
    assert fewer.sum() < everyone.sum()
