"""The search over learners, kept as it goes: what to try next, and what each trial found.

What is tried depends on the seed and on the trials before alone: the sampler is made anew for each,
seeded by its number. So a search that was interrupted goes on as if it had not been, and the first
trials of a longer search are a shorter one. Only what is finished is kept; a trial that was broken
off leaves nothing.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Any

import lightgbm as lgb
import numpy as np

from features.errors import UserError
from models.learner import DEEPEST, Learner

if TYPE_CHECKING:
    from optuna import Study
    from optuna.distributions import BaseDistribution
    from optuna.trial import FrozenTrial

NAME = "suasion"
FAILURES = (ArithmeticError, np.linalg.LinAlgError, lgb.basic.LightGBMError)
"""What a learner may fail of without an end to the search."""
_NUMBER = "number"


@dataclass(frozen=True)
class Trial:
    """One learner and what it was found to be worth; NaN where it could not be fitted."""

    number: int
    learner: Learner
    value: float

    @property
    def failed(self) -> bool:
        """Whether it could not be fitted."""
        return self.value != self.value


def require_optuna() -> None:
    """Refuse before any work where the search cannot be made.

    Raises
    ------
    UserError
        Exit 2 when the extra `tune` is not installed.
    """
    if find_spec("optuna") is None:
        raise UserError(
            "--tune searches with optuna, which is not installed: pip install -e '.[tune]', or "
            "train without --tune"
        )


def search(
    value: Callable[[Learner], float], first: Learner, trials: int, *, seed: int, path: Path
) -> tuple[Trial, ...]:
    """Try learners: the first, some at random, then those that promise most.

    Parameters
    ----------
    value : callable
        What a learner is worth, the more the better: the same whenever it is asked. Where it is not
        finite, or one of `FAILURES` is raised, the trial has failed.
    trials : int
        At least 1.
    path : Path
        SQLite file of the study; trials in it are not made again. One a question: whoever asks
        names it for everything that `value` depends on, and for the seed.
    """
    import optuna

    optuna.logging.set_verbosity(optuna.logging.WARNING)
    found: list[Trial] = []
    with _kept(path) as study:
        stored = {
            trial.user_attrs[_NUMBER]: trial for trial in study.trials if trial.state.is_finished()
        }
        for number in range(trials):
            if number in stored:
                found.append(_read(number, stored[number]))
                continue
            learner = _next(found, seed) if number else first
            try:
                worth = float(value(learner))
            except FAILURES:
                worth = np.nan
            found.append(Trial(number, learner, worth if np.isfinite(worth) else np.nan))
            study.add_trial(_frozen(found[-1]))
    return tuple(found)


def best_of(trials: Sequence[Trial]) -> Trial:
    """The trial of most value, the first of equals, and where all have failed."""
    return max(trials, key=lambda trial: (-np.inf if trial.failed else trial.value, -trial.number))


def space() -> Mapping[str, BaseDistribution]:
    """What is searched: a factor of some five to ten around the default either way."""
    from optuna.distributions import (
        CategoricalDistribution,
        FloatDistribution,
        IntDistribution,
    )

    return {
        "learning_rate": FloatDistribution(0.005, 0.2, log=True),
        "num_leaves": IntDistribution(2, 32, log=True),
        "max_depth": IntDistribution(1, DEEPEST),
        "min_data_in_leaf": IntDistribution(10, 300, log=True),
        "lambda_l2": FloatDistribution(1.0, 200.0, log=True),
        "bagging_fraction": FloatDistribution(0.4, 1.0),
        "feature_fraction": FloatDistribution(0.1, 1.0),
        "extra_trees": CategoricalDistribution([False, True]),
        "ridge": FloatDistribution(2.0, 200.0, log=True),
        "penalty": FloatDistribution(50.0, 20000.0, log=True),
    }


def _next(found: Sequence[Trial], seed: int) -> Learner:
    """What to try after some trials, by tree-structured Parzen estimators."""
    import optuna

    of_trial = np.random.SeedSequence([seed, len(found)]).generate_state(1)[0]
    sampler = optuna.samplers.TPESampler(seed=int(of_trial))
    study = optuna.create_study(direction="maximize", sampler=sampler)
    study.add_trials([_frozen(trial) for trial in found])
    return Learner(**study.ask(dict(space())).params)


def _frozen(trial: Trial) -> FrozenTrial:
    from optuna.trial import TrialState, create_trial

    return create_trial(
        state=TrialState.FAIL if trial.failed else TrialState.COMPLETE,
        value=None if trial.failed else trial.value,
        params=asdict(trial.learner),
        distributions=dict(space()),
        user_attrs={_NUMBER: trial.number},
    )


def _read(number: int, trial: FrozenTrial) -> Trial:
    value: Any = trial.value
    return Trial(number, Learner(**trial.params), np.nan if value is None else value)


@contextmanager
def _kept(path: Path) -> Iterator[Study]:
    """The study in a file, made where it is not yet."""
    import optuna

    path.parent.mkdir(parents=True, exist_ok=True)
    storage = optuna.storages.RDBStorage(f"sqlite:///{path.resolve().as_posix()}")
    try:
        yield optuna.create_study(
            storage=storage, study_name=NAME, direction="maximize", load_if_exists=True
        )
    finally:
        storage.remove_session()
        storage.engine.dispose()
