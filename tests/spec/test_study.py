"""The search over learners: what it tries, what it keeps, how it goes on."""

from __future__ import annotations

from collections.abc import Callable
from math import log
from pathlib import Path

import numpy as np
import pytest
import typer

from features.errors import Exit, UserError
from models.learner import DEEPEST, DEFAULT, Learner
from serving.terminal import going_on
from training import study
from training.study import best_of, require_optuna, search

TRIALS = 16  # optuna draws the first ten at random


def worth(learner: Learner) -> float:
    """Best at a learning rate of 0.1 and a ridge of 5."""
    return -(log(learner.learning_rate / 0.1) ** 2) - log(learner.ridge / 5) ** 2


class Broken:
    """A worth that is interrupted, as by Ctrl-C, when it is asked for a time too many."""

    def __init__(self, after: int) -> None:
        self.left = after

    def __call__(self, learner: Learner) -> float:
        if self.left == 0:
            raise KeyboardInterrupt
        self.left -= 1
        return worth(learner)


@pytest.mark.parametrize("after", [1, 12])
def test_a_search_that_was_broken_off_ends_as_one_that_was_not(after: int, tmp_path: Path) -> None:
    whole = search(worth, DEFAULT, TRIALS, seed=3, path=tmp_path / "whole.db")
    with pytest.raises(KeyboardInterrupt):
        search(Broken(after), DEFAULT, TRIALS, seed=3, path=tmp_path / "broken.db")
    # No trial is made twice: as many are left as were not made.
    left = Broken(TRIALS - after)
    assert search(left, DEFAULT, TRIALS, seed=3, path=tmp_path / "broken.db") == whole
    assert left.left == 0


def test_a_shorter_search_is_the_beginning_of_a_longer_one(tmp_path: Path) -> None:
    longer = search(worth, DEFAULT, TRIALS, seed=0, path=tmp_path / "one.db")
    assert search(worth, DEFAULT, 12, seed=0, path=tmp_path / "other.db") == longer[:12]
    assert search(Broken(0), DEFAULT, 12, seed=0, path=tmp_path / "one.db") == longer[:12]


def test_the_first_trial_is_the_default_and_the_seed_draws_the_others(tmp_path: Path) -> None:
    one, other = (
        search(worth, DEFAULT, 4, seed=seed, path=tmp_path / f"{seed}.db") for seed in (0, 1)
    )
    assert one[0].learner == other[0].learner == DEFAULT
    learners = {trial.learner for trial in (*one, *other)}
    assert len(learners) == 7


def test_a_search_learns_from_its_trials(tmp_path: Path) -> None:
    found = [trial.value for trial in search(worth, DEFAULT, 30, seed=0, path=tmp_path / "s.db")]
    assert np.mean(found[-10:]) > np.mean(found[1:11])
    assert max(found) > found[0]


def test_what_cannot_be_fitted_has_failed_and_the_search_goes_on(tmp_path: Path) -> None:
    def fragile(learner: Learner) -> float:
        if learner.extra_trees:
            raise FloatingPointError
        return np.inf if learner.num_leaves > 20 else worth(learner)

    path = tmp_path / "study.db"
    found = search(fragile, DEFAULT, TRIALS, seed=0, path=path)
    failed = [trial.learner.extra_trees or trial.learner.num_leaves > 20 for trial in found]
    assert [trial.failed for trial in found] == failed
    assert 1 < sum(failed) < TRIALS
    assert not best_of(found).failed
    again = search(fragile, DEFAULT, TRIALS, seed=0, path=path)
    assert [trial.learner for trial in again] == [trial.learner for trial in found]


def test_a_defect_ends_the_search(tmp_path: Path) -> None:
    def defect(learner: Learner) -> float:
        raise KeyError(learner.ridge)

    with pytest.raises(KeyError):
        search(defect, DEFAULT, 2, seed=0, path=tmp_path / "study.db")


def test_of_equals_the_first_is_best(tmp_path: Path) -> None:
    found = search(lambda _: 1.0, DEFAULT, 5, seed=0, path=tmp_path / "study.db")
    assert best_of(found).number == 0


@pytest.mark.parametrize("depth", [0, -1, DEEPEST + 1])
def test_trees_that_are_too_deep_to_explain_are_refused(depth: int) -> None:
    # 0 and less mean no limit to LightGBM.
    with pytest.raises(ValueError, match=f"max_depth is {depth}: allowed is 1..6"):
        Learner(max_depth=depth)


def test_without_optuna_the_remedy_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    require_optuna()
    monkeypatch.setattr(study, "find_spec", lambda _: None)
    with pytest.raises(UserError, match=r"pip install -e '\.\[tune\]'") as refused:
        require_optuna()
    assert refused.value.exit_status == Exit.INPUT


def interrupted(is_kept: bool) -> Callable[[], None]:
    def run() -> None:
        with going_on(is_kept):
            raise KeyboardInterrupt

    return run


def test_ctrl_c_ends_quietly_and_says_how_to_go_on(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(typer.Exit) as ended:
        interrupted(is_kept=True)()
    assert ended.value.exit_code == 130
    assert "the same command goes on" in capsys.readouterr().err
    with pytest.raises(KeyboardInterrupt):
        interrupted(is_kept=False)()
