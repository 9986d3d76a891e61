"""Search for a better learner, and keep it only where campaigns that it has not seen say so.

    folds    later campaigns, three times, each judged by models fitted before  (models.selection)
    search   on all folds but the last: each learner climbs the ladder of selection there
    worth    its gain in log error over history by the default learner, less two standard errors
    kept     the best of the search, where the last fold confirms it beyond the default

The best of many is flattered by the choice: hence a last fold whose campaigns have no part in it.
Both learners, with what their ladders kept, are fitted on what was known when it begins, and judged
by error: a gain that luck gives less than once in ten, with no loss in rank beyond its standard
error.
"""

from __future__ import annotations

import hashlib
import json
from dataclasses import asdict, dataclass
from importlib import metadata
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from threadpoolctl import threadpool_limits

from features.errors import Exit, UserError
from features.output import program
from models.learner import DEFAULT, Learner
from models.rate import RateModel, fit_rate
from models.selection import (
    LEAST_CAMPAIGNS,
    LEAST_ROWS,
    Floats,
    Fold,
    Judged,
    climb,
    folds_in_time,
    gain,
    judge,
    priors_of,
)
from training.study import Trial, best_of, search

FOLDS = (0.4, 0.6, 0.8)
"""Shares of the training campaigns, in time, after which the folds begin; the last confirms."""
SEARCH = 1
"""To be raised with what a trial is worth or with what is searched: studies begin anew."""
FOUND_BY = ("lightgbm", "numpy", "optuna", "scipy")


@dataclass(frozen=True)
class Tuned:
    """What a search found.

    Attributes
    ----------
    trials : tuple of Trial
        All of them, the default first.
    default : Learner
    best : Trial
    kept : bool
        Whether later campaigns confirmed the best beyond the default.
    campaigns : int
        Campaigns of the last fold.
    gain, gain_error : float
        Mean over these campaigns of the error of the default less that of the best, in log, and its
        standard error; 0 where the default is the best.
    rank_gain, rank_gain_error : float
        The same of the rank correlation within campaigns, of the best less that of the default.
    """

    trials: tuple[Trial, ...]
    default: Learner
    best: Trial
    kept: bool
    campaigns: int
    gain: float
    gain_error: float
    rank_gain: float
    rank_gain_error: float

    @property
    def learner(self) -> Learner:
        """What to train with."""
        return self.best.learner if self.kept else self.default

    def told(self) -> dict[str, Any]:
        """As a manifest says it."""
        return {
            "trials": len(self.trials),
            "failed": sum(trial.failed for trial in self.trials),
            "best_trial": self.best.number,
            "best": asdict(self.best.learner),
            "kept": self.kept,
            "learner": asdict(self.learner),
            "campaigns": self.campaigns,
            "gain": self.gain,
            "gain_error": self.gain_error,
            "rank_gain": self.rank_gain,
            "rank_gain_error": self.rank_gain_error,
        }


def tune(
    matrix: pd.DataFrame,
    labels: pd.DataFrame,
    trials: int,
    *,
    seed: int,
    folder: Path,
    default: Learner = DEFAULT,
) -> Tuned:
    """Search for a learner of the rate.

    Parameters
    ----------
    matrix, labels : DataFrame
        As for `select_rate`.
    trials : int
        Learners to try, the default among them.
    folder : Path
        Where studies are kept, one SQLite file each, named for the data, the seed and the program:
        a study that was broken off goes on, and one with more trials begins with those it has.
    default : Learner
        The first trial, and what is kept unless another is confirmed.

    Raises
    ------
    UserError
        Exit 6 where there are too few campaigns to search on some and to confirm on later ones.
    """
    folds = _folds(labels)
    searched, last = folds[:-1], folds[-1]

    def climbed(learner: Learner) -> tuple[float | None, int, list[RateModel]]:
        return climb(matrix, labels, searched, seed=seed, learner=learner)[:3]

    def value(learner: Learner) -> float:
        _, trees, grown = climbed(learner)
        errors = judge(grown, searched, matrix, labels, trees, priors[:-1]).errors
        return gain(errors, floor, standard_errors=-2)

    def judged(learner: Learner) -> Judged:
        penalty, trees, _ = climbed(learner)
        early, _ = last
        model = fit_rate(
            matrix.iloc[early],
            labels.iloc[early],
            penalty=penalty,
            trees=trees,
            seed=seed,
            learner=learner,
        )
        return judge([model], [last], matrix, labels, trees, priors[-1:])

    with threadpool_limits(limits=1):
        of_history = [
            fit_rate(matrix.iloc[early], labels.iloc[early], penalty=None, trees=0, learner=default)
            for early, _ in folds
        ]
        priors = priors_of(of_history)
        floor = judge(of_history[:-1], searched, matrix, labels, 0, priors[:-1]).errors
        path = folder / f"{_key(matrix, labels, default, seed)}.db"
        found = search(value, default, trials, seed=seed, path=path)
        best = best_of(found)
        of_default = judged(default)
        of_best = of_default if best.learner == default else judged(best.learner)
    rank_gain, rank_error = _gain_and_error(of_best.ranks, of_default.ranks)
    error_gain, error_error = _gain_and_error(of_best.errors, of_default.errors)
    return Tuned(
        trials=found,
        default=default,
        best=best,
        kept=of_best.is_surely_better(of_default),
        campaigns=len(of_default.errors),
        gain=error_gain,
        gain_error=error_error,
        rank_gain=rank_gain,
        rank_gain_error=rank_error,
    )


def _folds(labels: pd.DataFrame) -> list[Fold]:
    """At least two folds, with campaigns enough in the last and in the others together."""
    folds = folds_in_time(labels, FOLDS)
    campaigns = labels["campaign_id"].to_numpy()
    parts = ([late for _, late in part] for part in (folds[:-1], folds[-1:]))
    counts = [len({campaign for late in part for campaign in campaigns[late]}) for part in parts]
    if min(counts) >= LEAST_CAMPAIGNS:
        return folds
    raise UserError(
        f"not enough outcomes for --tune: {len(labels)} with exposed > 0 have matured, in "
        f"{labels['campaign_id'].nunique()} campaigns. To judge trials there are {counts[0]} later "
        f"campaigns, to confirm the best {counts[1]} that are later still; {LEAST_CAMPAIGNS} each "
        f"are needed, and {LEAST_ROWS} outcomes known before them. Train without --tune, or choose "
        "a later --until",
        Exit.DATA,
    )


def _gain_and_error(candidate: Floats, first: Floats) -> tuple[float, float]:
    """Mean paired gain and its standard error; NaN of too few campaigns."""
    if np.isfinite(candidate - first).sum() < LEAST_CAMPAIGNS:
        return np.nan, np.nan
    mean = gain(candidate, first)
    return mean, gain(candidate, first, standard_errors=1) - mean


def _key(matrix: pd.DataFrame, labels: pd.DataFrame, default: Learner, seed: int) -> str:
    """A name for all that a trial's worth depends on, wherever and however the data are stored."""
    asked = {
        "search": SEARCH,
        "program": dict(program()),
        "versions": {name: metadata.version(name) for name in FOUND_BY},
        "default": asdict(default),
        "seed": seed,
        "columns": [list(matrix.columns), list(labels.columns)],
    }
    found = hashlib.sha256(json.dumps(asked, sort_keys=True).encode())
    for table in (matrix, labels):
        found.update(pd.util.hash_pandas_object(table, index=False).to_numpy().tobytes())
    return found.hexdigest()[:16]
