"""How much of a model to keep: what later campaigns confirm beyond history, and no more.

Candidates are fitted on early campaigns and judged on later ones, with the base known at the
decision. History is the floor: the rest is added only where its paired gain over history exceeds
two standard errors. How strongly the rest is held back is no matter of so few campaigns: they tell
less of it than chance does (`tests/benchmarks/RESULTS.md`), and a search may (`training.tune`).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt
import pandas as pd
from scipy.special import expit

from models.calibration import AffineCalibration
from models.evidence import copies_share, effective_weights, without_extremes
from models.learner import DEFAULT, Learner
from models.ranking import spearman_by_campaign
from models.rate import RateModel, fit_rate

Floats = npt.NDArray[np.float64]
Fold = tuple[npt.NDArray[np.int64], npt.NDArray[np.int64]]

TREES_KEPT = (100, 200, 400)
"""Numbers of trees: the first unless later campaigns speak against any, more where they speak for
it."""
SLOPES = tuple(float(slope) for slope in np.geomspace(0.5, 2.0, 15))
"""Slopes at which a candidate may be judged, as calibration will give it one."""
FOLDS = (0.6, 0.8)
"""Shares of the training campaigns, in time, after which each fold of later campaigns begins."""
LEAST_ROWS = 30
"""Rows without which a fold tells nothing."""
LEAST_CAMPAIGNS = 5
"""Campaigns without which a gain has no standard error."""
LEAST_OUTCOMES = 5
"""Rows that a campaign needs for its order to be judged."""


def select_rate(
    matrix: pd.DataFrame, labels: pd.DataFrame, *, seed: int = 0, learner: Learner = DEFAULT
) -> tuple[RateModel, pd.DataFrame]:
    """Choose linear part and trees on later campaigns, fit on all, calibrate on the later ones.

    Parameters
    ----------
    matrix, labels : DataFrame
        As for `fit_rate`; `labels` also with `known_at`, when each outcome was known.

    Returns
    -------
    model : RateModel
    later : DataFrame
        For the rows of later campaigns, predicted by models fitted before them: `row` (position in
        `labels`) and calibrated `log_odds`. Empty when the data are too few to hold campaigns out:
        then history alone is kept, uncalibrated.
    """
    folds = folds_in_time(labels)
    penalty, trees, grown = climb(matrix, labels, folds, seed=seed, learner=learner)
    model = fit_rate(matrix, labels, penalty=penalty, trees=trees, seed=seed, learner=learner)
    later = _predict_later(grown, folds, matrix, labels, trees)
    if later.empty:
        return model, later.assign(log_odds=pd.Series(dtype=float))[["row", "log_odds"]]
    rates, weights = _rates_and_weights(labels.iloc[later["row"].to_numpy()], later, model.phi)
    raw = later["raw"].to_numpy()
    calibration = AffineCalibration.fit(
        raw,
        later["base"].to_numpy(),
        rates,
        weights,
        campaign=pd.factorize(labels["campaign_id"].iloc[later["row"].to_numpy()])[0],
    )
    later["log_odds"] = calibration(raw)
    return replace(model, calibration=calibration), later[["row", "log_odds"]]


def climb(
    matrix: pd.DataFrame,
    labels: pd.DataFrame,
    folds: Sequence[Fold],
    *,
    seed: int,
    learner: Learner,
) -> tuple[float | None, int, list[RateModel]]:
    """What folds confirm: the penalty of the features beside history, None to leave them out, the
    number of trees, and the models of the folds, which have grown at least so many.

    Parameters are those of `select_rate`.
    """

    def fitted(penalty: float | None, trees: int) -> list[RateModel]:
        return [
            fit_rate(
                matrix.iloc[early],
                labels.iloc[early],
                penalty=penalty,
                trees=trees,
                seed=seed,
                learner=learner,
            )
            for early, _ in folds
        ]

    of_history = fitted(None, 0)
    grown = fitted(learner.penalty, TREES_KEPT[-1])
    history = judge(of_history, folds, matrix, labels, 0)
    kept = _confirmed(
        history, {n: judge(grown, folds, matrix, labels, n) for n in (0, *TREES_KEPT)}
    )
    return (None, 0, of_history) if kept is None else (learner.penalty, kept, grown)


def folds_in_time(labels: pd.DataFrame, shares: Sequence[float] = FOLDS) -> list[Fold]:
    """Rows known before a moment, and rows decided from it on until the next moment.

    Each row is late but once. A moment with too few rows before or after it gives no fold; where
    none gives one, everything after the first is one, if it suffices.
    """
    return _folds_after(labels, shares) or _folds_after(labels, shares[:1])


def _folds_after(labels: pd.DataFrame, shares: Sequence[float]) -> list[Fold]:
    cuts = [moment_after(labels, share) for share in shares]
    folds = []
    for cut, until in zip(cuts, [*cuts[1:], pd.Timestamp.max], strict=True):
        early = np.flatnonzero((labels["known_at"] < cut).to_numpy())
        late = np.flatnonzero(((labels["as_of"] >= cut) & (labels["as_of"] < until)).to_numpy())
        if min(len(early), len(late)) >= LEAST_ROWS:
            folds.append((early, late))
    return folds


def moment_after(labels: pd.DataFrame, share: float) -> pd.Timestamp:
    """When the first campaign after a share of them was decided."""
    starts = labels.groupby("campaign_id")["as_of"].min().sort_values(kind="stable")
    return pd.Timestamp(starts.iloc[min(int(share * len(starts)), len(starts) - 1)])


@dataclass(frozen=True)
class Judged:
    """A candidate in each later campaign: rank correlation, and minus the mean log error."""

    ranks: Floats
    errors: Floats

    def is_surely_better(self, other: Judged) -> bool:
        """Whether its gain in error exceeds two standard errors, and ranks do not speak against it.

        In campaigns of a dozen outcomes, many of them zero, ranks have too little power to confirm.
        """
        return (
            gain(self.errors, other.errors, standard_errors=-2) > 0
            and gain(self.ranks, other.ranks, standard_errors=1) > 0
        )

    def is_worse(self, other: Judged) -> bool:
        """Whether it loses by more than a standard error, in either."""
        return (
            gain(self.errors, other.errors, standard_errors=1) < 0
            or gain(self.ranks, other.ranks, standard_errors=1) < 0
        )


def _confirmed(history: Judged, by_trees: Mapping[int, Judged]) -> int | None:
    """Number of trees beside history and the other features; None where history is all.

    Parameters
    ----------
    by_trees : mapping
        Number of trees -> history with the other features and so many trees.
    """
    linear, usual = by_trees[0], by_trees[TREES_KEPT[0]]
    if linear.is_surely_better(history):
        trees = 0 if usual.is_worse(linear) else TREES_KEPT[0]
    elif usual.is_surely_better(history):
        trees = TREES_KEPT[0]
    else:
        return None
    for more in TREES_KEPT[1:] if trees else ():
        if by_trees[more].is_surely_better(by_trees[trees]):
            trees = more
    return trees


def judge(
    models: Sequence[RateModel],
    folds: Sequence[Fold],
    matrix: pd.DataFrame,
    labels: pd.DataFrame,
    trees: int,
) -> Judged:
    """Judge a candidate on the later campaigns of each fold, at the slope that suits it best.

    At a slope of its own: else to take a steeper one would count as a gain of something new.
    """
    seen = [
        _Later.of(model, matrix.iloc[late], labels.iloc[late], trees)
        for model, (_, late) in zip(models, folds, strict=True)
    ]
    if not seen:
        return Judged(np.empty(0), np.empty(0))
    errors = [np.concatenate([later.errors(slope) for later in seen]) for slope in SLOPES]
    least = min(errors, key=lambda found: float(found.mean()))
    return Judged(np.concatenate([later.ranks() for later in seen]), -least)


@dataclass(frozen=True)
class _Later:
    """Later outcomes beside uncalibrated log-odds of them, of which `base` is the campaign's.

    `prior` is 1 / phi: the conversions at which a row's evidence saturates.
    """

    base: Floats
    beyond: Floats
    exposed: Floats
    conversions: Floats
    campaign: npt.NDArray[np.int64]
    prior: float

    @classmethod
    def of(cls, model: RateModel, matrix: pd.DataFrame, labels: pd.DataFrame, trees: int) -> _Later:
        return cls(
            model.base(labels["base_log_odds"].to_numpy(dtype=np.float64)),
            model.linear(matrix) + model.tree_part(matrix, trees),
            labels["exposed"].to_numpy(dtype=np.float64),
            labels["conversions"].to_numpy(dtype=np.float64),
            pd.factorize(labels["campaign_id"])[0].astype(np.int64),
            1 / model.phi,
        )

    def ranks(self) -> Floats:
        """Rank correlation with the realised rate in each campaign of `LEAST_OUTCOMES` rows."""
        realised = self.conversions / self.exposed
        found = spearman_by_campaign(
            self.base + self.beyond, realised, self.campaign, least=LEAST_OUTCOMES
        )
        return found.to_numpy()

    def errors(self, slope: float) -> Floats:
        """Mean log error in each campaign around its own level.

        Of observed over expected, each as if `prior` conversions more were expected and seen: a
        count of zero is an error of what it tells, whatever the exposure.
        """
        expected = self.exposed * expit(self.base + slope * self.beyond)
        v = 1 / (1 + expected / self.prior)
        level = np.bincount(self.campaign, v * self.conversions) / np.bincount(
            self.campaign, v * expected
        )
        due = level[self.campaign] * expected + self.prior
        miss = np.abs(np.log((self.conversions + self.prior) / due))
        return np.asarray(np.bincount(self.campaign, miss) / np.bincount(self.campaign))


def gain(candidate: Floats, first: Floats, *, standard_errors: float = 0) -> float:
    """Mean paired gain, moved by so many of its standard errors; too few campaigns gain nothing."""
    gains = candidate - first
    if len(gains) < LEAST_CAMPAIGNS:
        return -np.inf
    error = gains.std(ddof=1) / np.sqrt(len(gains))
    return float(gains.mean() + standard_errors * error)


def _raw(model: RateModel, matrix: pd.DataFrame, labels: pd.DataFrame, trees: int) -> Floats:
    base = model.base(labels["base_log_odds"].to_numpy(dtype=np.float64))
    return base + model.linear(matrix) + model.tree_part(matrix, trees)


def _predict_later(
    models: Sequence[RateModel],
    folds: Sequence[Fold],
    matrix: pd.DataFrame,
    labels: pd.DataFrame,
    trees: int,
) -> pd.DataFrame:
    """Uncalibrated predictions of later rows, each by the last model fitted before its campaign."""
    raw = np.full(len(labels), np.nan)
    base = np.full(len(labels), np.nan)
    for model, (_, late) in zip(models, folds, strict=True):
        raw[late] = _raw(model, matrix.iloc[late], labels.iloc[late], trees)
        base[late] = model.base(labels["base_log_odds"].to_numpy(dtype=np.float64)[late])
    rows = np.flatnonzero(~np.isnan(raw))
    return pd.DataFrame({"row": rows, "raw": raw[rows], "base": base[rows]})


def _rates_and_weights(
    labels: pd.DataFrame, later: pd.DataFrame, phi: float
) -> tuple[Floats, Floats]:
    """Observed rates without their extremes, and effective weights, of the rows calibrated on."""
    exposed = labels["exposed"].to_numpy(dtype=np.float64)
    conversions = labels["conversions"].to_numpy(dtype=np.float64)
    expected = exposed * expit(later["raw"].to_numpy())
    # The level may be off by a factor: extremes are judged around the observed level, not the
    # expected one.
    expected = expected * (conversions.sum() + 0.5) / (expected.sum() + 0.5)
    kept = without_extremes(conversions, expected, phi) / exposed
    weight = copies_share(labels) * effective_weights(exposed, expected / exposed, phi)
    return np.clip(kept, 0, 1), weight
