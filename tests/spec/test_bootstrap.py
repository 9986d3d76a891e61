"""The two-way bootstrap: ranks under weights are those of rows repeated, and intervals cover what they should."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from models.ranking import spearman_by_campaign
from training.bootstrap import Drawn, interval, two_way


def _rows(seed: int, campaigns: int = 30, each: int = 8) -> tuple[np.ndarray, ...]:
    rng = np.random.default_rng(seed)
    campaign = np.repeat(np.arange(campaigns), each)
    score = rng.normal(size=len(campaign)).round(1)  # rounded: some ties
    actual = 0.7 * score + rng.normal(size=len(campaign))
    creator = rng.integers(0, 60, len(campaign))
    return score, actual, campaign, creator


def test_a_draw_is_the_mean_correlation_of_what_is_drawn_repeated() -> None:
    score, actual, campaign, creator = _rows(2)
    order = np.random.default_rng(3).permutation(len(score))
    score, actual, campaign, creator = score[order], actual[order], campaign[order], creator[order]
    found = two_way({"s": score}, actual, campaign, creator, draws=5, seed=7)["s"]
    of_campaigns = spearman_by_campaign(score, actual, campaign)
    assert found.point == pytest.approx(of_campaigns.mean())
    generator = np.random.default_rng(7)
    creators, rows = int(creator.max()) + 1, len(score)
    shares = generator.multinomial(30, np.full(30, 1 / 30), 5)
    assert found.campaigns == pytest.approx(
        [np.average(of_campaigns, weights=share) for share in shares]
    )
    drawn_creators = generator.multinomial(creators, np.full(creators, 1 / creators), 5)
    drawn_rows = generator.multinomial(rows, np.full(rows, 1 / rows), 5)
    for told, often in ((found.creators, drawn_creators[:, creator]), (found.rows, drawn_rows)):
        for i in range(5):
            different = np.bincount(campaign, often[i] > 0, minlength=30)
            repeated = np.repeat(np.arange(rows), often[i])
            each = spearman_by_campaign(
                score[repeated], actual[repeated], campaign[repeated], least=1
            )
            assert told[i] == pytest.approx(each[different[each.index] >= 3].mean())


def test_a_constant_score_has_no_order_and_scores_zero_in_every_draw() -> None:
    score, actual, campaign, creator = _rows(4)
    flat = two_way({"flat": np.ones(len(score))}, actual, campaign, creator, draws=50)["flat"]
    for draws in (flat.campaigns, flat.creators, flat.rows):
        assert np.all(draws == 0)
    assert (flat.point, flat.interval()) == (0, (0, 0))


def test_rows_that_share_a_creator_widen_the_interval() -> None:
    # One creator in every campaign is one piece of luck, not thirty.
    rng = np.random.default_rng(5)
    campaign = np.repeat(np.arange(30), 8)
    same, different = np.tile(np.arange(8), 30), np.arange(240)
    score = rng.normal(size=8)[same]
    actual = score + rng.normal(size=8)[same] + 0.1 * rng.normal(size=240)
    widths = []
    for creator in (same, different):
        low, high = two_way({"s": score}, actual, campaign, creator, draws=200)["s"].interval()
        widths.append(high - low)
    assert widths[0] > 2 * widths[1]


def test_paired_differences_are_narrower_than_either_score() -> None:
    score, actual, campaign, creator = _rows(6)
    near = score + 0.05 * np.random.default_rng(7).normal(size=len(score))
    found = two_way({"a": score, "b": near}, actual, campaign, creator, draws=200)
    low, high = found["a"].interval()
    ahead_low, ahead_high = (found["a"] - found["b"]).interval()
    assert ahead_high - ahead_low < (high - low) / 2


def _drawn(campaigns: float, creators: float, rows: float) -> Drawn:
    normal = np.random.default_rng(8).normal(size=(3, 4000))
    normal = (normal - normal.mean(axis=1, keepdims=True)) / normal.std(axis=1, keepdims=True)
    return Drawn(0.4, campaigns * normal[0], 0.1 + creators * normal[1], rows * normal[2])


@pytest.mark.parametrize(
    ("campaigns", "creators", "rows", "sd"),
    [
        (3, 4, 0, 5),  # two pieces of luck add up
        (3, 4, 3, 4),  # all that campaigns share is the luck of their rows: creators decide
        (5, 3, 3, 5),
        (5, 5, 5, 5),  # rows alone: counted once, where drawing both at once counts it three times
        (2, 3, 4, 3),  # never less than the wider of the two
        (0, 0, 0, 0),
    ],
)
def test_variances_of_campaigns_and_creators_add_up_without_that_of_rows(
    campaigns: float, creators: float, rows: float, sd: float
) -> None:
    low, high = _drawn(campaigns, creators, rows).interval()
    assert (high - low) / 2 == pytest.approx(1.96 * sd, rel=0.05)


def test_an_interval_lies_around_what_was_found_wherever_its_draws_lie() -> None:
    # Creators drawn twice tie with themselves: every draw agrees a little less than the rows do.
    found = _drawn(1, 2, 0)
    low, high = replace(
        found, campaigns=found.campaigns - 9, creators=found.creators - 9
    ).interval()
    assert (low, high) == pytest.approx(found.interval())
    assert (low + high) / 2 == pytest.approx(0.4, abs=0.2)


def test_intervals_cover_the_truth_about_as_often_as_they_say() -> None:
    covered = []
    values = [_rows(seed, campaigns=25) for seed in range(150)]
    truth = np.mean([spearman_by_campaign(*rows[:3]).mean() for rows in values])
    for rows in values:
        found = two_way({"s": rows[0]}, *rows[1:], draws=200)["s"]
        low, high = found.interval()
        covered.append(low <= truth <= high)
    assert 0.9 <= np.mean(covered) <= 0.99


def test_the_centre_of_draws_leaves_out_a_fortieth_on_either_side() -> None:
    assert interval(np.arange(1001.0)) == pytest.approx((25, 975))
