"""A better learner is kept where campaigns that the search has not seen confirm it, and only there."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from features.errors import Exit, UserError
from models.learner import DEFAULT, Learner
from models.linear import HISTORY
from models.rate import fit_rate
from tests.synthetic import market
from training.tune import Tuned, _key, tune

STUNTED = Learner(
    learning_rate=0.005, num_leaves=2, min_data_in_leaf=300, lambda_l2=200.0, feature_fraction=0.1
)
"""So slow that not even 300 trees find much."""


def test_the_settings_of_a_learner_reach_trees_and_history() -> None:
    planted = market(bent=1.0)

    def fitted(learner: Learner) -> tuple[int, float]:
        model = fit_rate(planted.of_rate, planted.labels, penalty=None, trees=5, learner=learner)
        assert model.booster is not None
        leaves = max(tree["num_leaves"] for tree in model.booster.dump_model()["tree_info"])
        scaled = dict(zip(model.linear.scaler.columns, model.linear.coefficients, strict=True))
        return leaves, scaled[HISTORY[0]]

    of_default, of_other = fitted(DEFAULT), fitted(replace(DEFAULT, num_leaves=2, ridge=1e9))
    assert of_default[0] > of_other[0] == 2
    # A penalty of a thousand million rows leaves nothing of what a thousand rows say.
    assert of_default[1] > 0.1 > 1e-3 > abs(of_other[1])


@pytest.fixture(scope="module")
def found(tmp_path_factory: pytest.TempPathFactory) -> Tuned:
    planted, folder = market(bent=1.0), tmp_path_factory.mktemp("studies")
    return tune(planted.of_rate, planted.labels, 3, seed=0, folder=folder, default=STUNTED)


def test_a_better_learner_is_kept_where_later_campaigns_confirm_it(found: Tuned) -> None:
    assert found.kept
    assert found.learner == found.best.learner != STUNTED
    assert found.gain > 2 * found.gain_error > 0
    assert found.rank_gain > found.rank_gain_error > 0
    # 60 campaigns, of which the last fifth confirms.
    assert found.campaigns == 12


def test_the_default_stays_where_there_is_nothing_to_gain(tmp_path: Path) -> None:
    planted = market()
    found = tune(planted.of_rate, planted.labels, 3, seed=0, folder=tmp_path)
    assert not found.kept
    assert found.learner == DEFAULT
    assert found.trials[0].learner == DEFAULT
    # History is the floor, and is all that the default keeps: it gains nothing over itself.
    assert found.trials[0].value == 0


def test_what_confirms_has_no_part_in_the_search(found: Tuned, tmp_path: Path) -> None:
    planted = market(bent=1.0)
    last = planted.labels["campaign_id"] >= "k048"
    shuffled = planted.labels.copy()
    rng = np.random.default_rng(0)
    shuffled.loc[last, "conversions"] = rng.permutation(shuffled.loc[last, "conversions"])
    shuffled["conversions"] = shuffled[["conversions", "exposed"]].min(axis=1)
    other = tune(planted.of_rate, shuffled, 3, seed=0, folder=tmp_path, default=STUNTED)
    assert other.trials == found.trials
    assert not other.kept


def test_a_study_is_of_what_was_known_of_the_seed_and_of_the_default() -> None:
    planted = market(campaigns=12)
    changed = planted.labels.copy()
    changed.loc[0, "conversions"] += 1

    def key(
        *, labels: pd.DataFrame = planted.labels, learner: Learner = DEFAULT, seed: int = 0
    ) -> str:
        return _key(planted.of_rate.copy(), labels.copy(), learner, seed)

    assert key() == key()
    assert len({key(), key(labels=changed), key(learner=STUNTED), key(seed=1)}) == 4


def test_too_few_campaigns_say_what_there_is_and_what_is_needed(tmp_path: Path) -> None:
    planted = market(campaigns=12)
    with pytest.raises(UserError, match=r"in 12 campaigns.*5 each are needed") as refused:
        tune(planted.of_rate, planted.labels, 3, seed=0, folder=tmp_path)
    assert refused.value.exit_status == Exit.DATA
    assert not list(tmp_path.iterdir())
