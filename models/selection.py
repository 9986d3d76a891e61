"""How much of a model to keep: what later campaigns confirm beyond history, and no more.

Candidates are fitted on early campaigns and judged on later ones, with the base known at the
decision. History is the floor: something is added only where its paired gain over leaving it out
exceeds two standard errors.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

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

PENALTIES = (None, 1000.0, 300.0, 100.0, 30.0)
"""Ridge penalties of the features beside history; None leaves them out."""
TREE_COUNTS = (0, 10, 20, 40, 80, 120, 200, 300)
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
    kept, trees, grown = climb(matrix, labels, folds, seed=seed, learner=learner)
    model = fit_rate(matrix, labels, penalty=kept, trees=trees, seed=seed, learner=learner)
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
    """The penalty and the number of trees that folds confirm, and a model a fold, all trees grown.

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

    linear = {penalty: fitted(penalty, 0) for penalty in PENALTIES}
    scores = [later_scores(models, folds, matrix, labels, 0) for models in linear.values()]
    kept = PENALTIES[surest(scores)]
    grown = fitted(kept, TREE_COUNTS[-1])
    scores = [later_scores(grown, folds, matrix, labels, count) for count in TREE_COUNTS]
    return kept, TREE_COUNTS[surest(scores)], grown


def folds_in_time(labels: pd.DataFrame, shares: Sequence[float] = FOLDS) -> list[Fold]:
    """Rows known before a moment, and rows decided from it on until the next moment.

    Each row is late but once. A moment with too few rows before or after it gives no fold.
    """
    starts = labels.groupby("campaign_id")["as_of"].min().sort_values(kind="stable")
    cuts = [starts.iloc[min(int(share * len(starts)), len(starts) - 1)] for share in shares]
    folds = []
    for cut, until in zip(cuts, [*cuts[1:], pd.Timestamp.max], strict=True):
        early = np.flatnonzero((labels["known_at"] < cut).to_numpy())
        late = np.flatnonzero(((labels["as_of"] >= cut) & (labels["as_of"] < until)).to_numpy())
        if min(len(early), len(late)) >= LEAST_ROWS:
            folds.append((early, late))
    return folds


def later_scores(
    models: Sequence[RateModel],
    folds: Sequence[Fold],
    matrix: pd.DataFrame,
    labels: pd.DataFrame,
    trees: int,
) -> tuple[Floats, Floats]:
    """Rank correlation in each later campaign, and minus the mean log error around its level."""
    ranks, errors = [np.empty(0)], [np.empty(0)]
    for model, (_, late) in zip(models, folds, strict=True):
        outcome = labels.iloc[late]
        exposed = outcome["exposed"].to_numpy(dtype=np.float64)
        conversions = outcome["conversions"].to_numpy(dtype=np.float64)
        score = _raw(model, matrix.iloc[late], outcome, trees)
        campaign = pd.factorize(outcome["campaign_id"])[0]
        found = spearman_by_campaign(score, conversions / exposed, campaign, least=LEAST_OUTCOMES)
        ranks.append(found.to_numpy())
        # Observed over expected at the campaign's own level, each as if 1 / phi conversions more
        # were expected and seen: a count of zero is an error of what it tells, whatever the
        # exposure.
        expected, prior = exposed * expit(score), 1 / model.phi
        v = 1 / (1 + expected * model.phi)
        level = np.bincount(campaign, v * conversions) / np.bincount(campaign, v * expected)
        miss = np.abs(np.log((conversions + prior) / (level[campaign] * expected + prior)))
        errors.append(-np.bincount(campaign, miss) / np.bincount(campaign))
    return np.concatenate(ranks), np.concatenate(errors)


def surest(scores: Sequence[tuple[Floats, Floats]]) -> int:
    """Which candidate to keep: the first, unless later campaigns confirm another.

    Confirmed is a gain in error beyond two standard errors with one in rank correlation beyond one:
    in campaigns of a dozen outcomes, many of them zero, ranks alone have little power to confirm,
    and error alone takes a steeper slope for something new.
    Of several, the one whose sure gain in error is largest.
    """
    ranks_of_first, errors_of_first = scores[0]
    best, margin = 0, 0.0
    for i, (ranks, errors) in enumerate(scores[1:], start=1):
        sure = gain(errors, errors_of_first, standard_errors=-2)
        if sure > margin and gain(ranks, ranks_of_first, standard_errors=-1) > 0:
            best, margin = i, sure
    return best


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
