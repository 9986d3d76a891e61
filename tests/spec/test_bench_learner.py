"""The ablation of the learner: its weights, its masks, its paired differences."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from features.feature import catalogue
from models import evidence, rate, selection
from models.linear import HISTORY
from tests.benchmarks.bench_learner import money, paired, squared_errors, verdicts
from tests.benchmarks.learner_variants import (
    CONVERSATION,
    VARIANTS,
    WHOLE,
    constant_cap,
    effective_share,
    equal,
    inverse,
    propensities,
    replaced,
    streams_of,
    without_conversation,
)


def test_a_creator_seldom_picked_counts_for_more_up_to_the_clip() -> None:
    # 1/p is 1, 2 and 10, by their mean 13/3: 3/13, 6/13, 30/13; one without p counts once.
    propensity = np.array([1.0, 0.5, 0.1, np.nan])
    assert inverse(propensity, 10) == pytest.approx([3 / 13, 6 / 13, 30 / 13, 1])
    assert inverse(propensity, 2) == pytest.approx([3 / 13, 6 / 13, 2, 1])


def test_unequal_weights_leave_a_smaller_sample() -> None:
    assert effective_share(np.array([1.0, 1, 1, 1])) == 1
    # (1 + 3)^2 / (2 (1 + 9)) = 16 / 20.
    assert effective_share(np.array([1.0, 3])) == pytest.approx(0.8)


def test_a_constant_cap_saturates_at_one_over_rho_and_equal_weights_tell_the_same() -> None:
    rate_, exposed = np.array([0.01, 0.02]), np.array([1.0, 1e12])
    assert constant_cap(0.001)(exposed, rate_, 0.5) == pytest.approx([1, 1000])
    assert equal(exposed, rate_, 0.5) * rate_ == pytest.approx([1, 1])


def test_who_is_picked_for_followers_is_estimated_as_likelier_to_be() -> None:
    # In each of 40 campaigns the two with most followers of ten are picked.
    followers = np.tile(np.arange(10.0), 40)
    considered = pd.DataFrame(
        {
            "campaign_id": np.repeat(np.arange(40), 10),
            "picked": followers >= 8,
            "log_followers": followers,
            "log_engagement": np.nan,
            "earlier_outcomes": np.nan,
        }
    )
    found = propensities(considered).to_numpy().reshape(40, 10)
    assert (np.diff(found, axis=1) > 0).all()
    assert found.mean() == pytest.approx(0.2, abs=0.01)
    assert (found[:, 8:] > 0.5).all()
    assert (found[:, :8] < 0.5).all()


def test_without_conversation_what_asks_it_is_unknown_and_history_stays() -> None:
    names = [feature.name for feature in catalogue()]
    full = pd.DataFrame(np.ones((2, len(names))), columns=names)
    unknown = set(full.columns[without_conversation(full).isna().all()])
    asked = streams_of()
    assert "reply_share" in unknown
    assert unknown == {name for name, s in asked.items() if s & {*CONVERSATION}}
    assert not unknown & {*HISTORY, "log_followers"}
    assert len(unknown) < len(asked)


def test_a_difference_is_paired_by_campaign() -> None:
    values = pd.DataFrame(
        {WHOLE.name: [0.0, 0.4, 0.8], "other": [0.1, 0.5, 0.9], "mixed": [0.3, 0.7, 0.6]},
        index=["seed 0 k1", "seed 0 k2", "seed 1 k1"],
    )
    found = paired(values).loc["other"]
    # Campaigns differ by .4, the two by .1 in each: so the interval has no width.
    assert found[["value", "gain", "low", "high"]].tolist() == pytest.approx([0.5, 0.1, 0.1, 0.1])
    # Mixed gains .3 in the first market and loses .2 in the second.
    assert paired(values)["everywhere"].tolist() == [True, True, False]


def test_an_error_in_level_is_none_and_sizes_count() -> None:
    rows = pd.DataFrame(
        {
            "campaign_id": ["a", "a", "b"],
            "actual": [0.1, 0.1, 0.1],
            # expit(log(p / (1 - p))) = p. Of a: .1 and .1 e^2, errors 0 and 2, around 1: -1 and 1.
            WHOLE.name: [np.log(p / (1 - p)) for p in (0.1, 0.1 * np.e**2, 0.7)],
        }
    )
    squares, size = squared_errors(rows, [WHOLE.name])
    assert squares[WHOLE.name].tolist() == pytest.approx([2, 0])
    # sqrt((2 + 0) / 3).
    assert paired(squares, size)["value"].tolist() == pytest.approx([np.sqrt(2 / 3)])


def test_the_money_of_a_variant_is_the_share_of_the_best_choice() -> None:
    # Ten creators of equal cost, 10 % buy one: the best brings 10; "other" takes the second, 9.
    brings = np.arange(1.0, 11)
    rows = pd.DataFrame({"campaign_id": "seed 0 a", "cost": 1.0, "brings": brings, "reach": 1.0})
    rows[WHOLE.name], rows["other"] = brings, np.where(brings == 9, 11, brings)
    found = money(rows, [WHOLE.name, "other"])
    assert found["value"].tolist() == pytest.approx([1, 0.9])
    assert found.loc["other", ["gain", "low", "high"]].tolist() == pytest.approx([-0.1] * 3)


def test_less_error_is_better_and_less_rank_is_worse() -> None:
    lower = pd.DataFrame({"low": [-0.2, -0.2], "high": [-0.1, 0.1]}, index=["it", "unsure"])
    lower["everywhere"] = True
    same = "\n- No measure surely moved: *unsure*."
    assert verdicts({"log error": lower}).endswith("default *it*; surely worse none." + same)
    assert verdicts({"cold": lower}).endswith("default none; surely worse *it*." + same)
    lower["everywhere"] = False
    assert "surely worse *it* (not in every market)." in verdicts({"cold": lower})


def test_what_was_replaced_comes_back() -> None:
    assert len({variant.name for variant in VARIANTS}) == len(VARIANTS)
    before = {**vars(rate)}, {**vars(selection)}
    for variant in VARIANTS:
        for change in variant.changes:
            with change():
                pass
    assert ({**vars(rate)}, {**vars(selection)}) == before
    with replaced(rate, effective_weights=equal)():
        assert rate.effective_weights is equal
    assert rate.effective_weights is evidence.effective_weights
    with pytest.raises(AttributeError), replaced(rate, no_such_piece=1)():
        pass
