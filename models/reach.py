"""Reach: mean people exposed by one package. Popularity is allowed here, and only here.

A ridge of log exposure over the sizes known before, then a factor that turns the median into a
mean: totals are what a plan adds up. The factor is fitted so that predicted and observed totals
agree on later campaigns.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd

Floats = npt.NDArray[np.float64]

SIZES = ("log_views", "log_views_recent", "log_exposed", "log_followers")
"""Sizes used, all logs; of a missing size the model looks to the others."""
RIDGE = 3.0
MAX_MEAN_SHIFT = 2.0


@dataclass(frozen=True)
class ReachModel:
    """``log median exposed = intercept + sum of coefficient x input + log posts``.

    Attributes
    ----------
    columns : tuple of str
        Popularity features used.
    fill : ndarray, shape (n_columns,)
        Stands in for an unknown size: its median in training, while an indicator tells that it is
        unknown.
    coefficients : ndarray, shape (2 n_columns + 2,)
        Of the sizes, of the indicators, of log posts beyond proportionality, and the intercept.
    mean_shift : float
        Log of mean over median.
    """

    columns: tuple[str, ...]
    fill: Floats
    coefficients: Floats
    mean_shift: float

    def log_median(self, matrix: pd.DataFrame, posts: Floats) -> Floats:
        """Log of the median number exposed, shape (n,).

        Parameters
        ----------
        matrix : DataFrame
            Popularity features, NaN where unknown.
        posts : ndarray, shape (n,)
            Posts of the package.
        """
        log_posts = np.log(np.maximum(posts, 1.0))
        design = _design(matrix, self.columns, self.fill, log_posts)
        # No matrix product: its last digits would depend on the rows beside.
        return np.asarray((design * self.coefficients).sum(axis=1) + log_posts)

    def mean(self, matrix: pd.DataFrame, posts: Floats) -> Floats:
        """Mean number of people exposed, shape (n,)."""
        return np.exp(self.log_median(matrix, posts) + self.mean_shift)


def fit_reach(
    matrix: pd.DataFrame,
    exposed: Floats,
    posts: Floats,
    later: npt.NDArray[np.int64],
    early: npt.NDArray[np.int64],
) -> tuple[ReachModel, Floats]:
    """Fit on outcomes with a known exposure, zero included.

    Parameters
    ----------
    matrix : DataFrame, shape (n, n_features)
        Popularity features at the decision.
    exposed, posts : ndarray, shape (n,)
    later, early : ndarray of int
        Rows of later campaigns, and rows known before these, for the factor from median to mean and
        the spread; both may be empty.

    Returns
    -------
    model : ReachModel
    errors : ndarray
        Log of observed over predicted median exposure of the `later` rows, or of all rows where
        there are none.
    """
    # An outcome that reached nobody says how often that happens, nothing of how many else.
    reached = exposed > 0
    share = (reached.sum() + 1) / (len(exposed) + 1)
    later, early = later[reached[later]], early[reached[early]]
    if not len(later) or not len(early):
        later = early = np.flatnonzero(reached)
    trial = _fit(matrix.iloc[early], exposed[early], posts[early])
    predicted = trial.log_median(matrix.iloc[later], posts[later])
    errors = np.log(exposed[later] + 1) - predicted
    # Pulled in at three spreads: one viral post shall not set what every creator is expected to
    # reach.
    spread = 1.4826 * float(np.median(np.abs(errors - np.median(errors))))
    errors_kept = np.clip(errors, np.median(errors) - 3 * spread, np.median(errors) + 3 * spread)
    weight = np.exp(predicted - predicted.max())
    shift = float(np.log(np.average(np.exp(errors_kept), weights=weight)))
    model = _fit(matrix[reached], exposed[reached], posts[reached])
    shift = float(np.clip(shift, -MAX_MEAN_SHIFT, MAX_MEAN_SHIFT) + np.log(share))
    return ReachModel(model.columns, model.fill, model.coefficients, shift), errors


def _fit(matrix: pd.DataFrame, exposed: Floats, posts: Floats) -> ReachModel:
    columns = tuple(name for name in SIZES if matrix[name].notna().any())
    fill = matrix[list(columns)].median().to_numpy(dtype=np.float64)
    log_posts = np.log(np.maximum(posts, 1.0))
    design = _design(matrix, columns, fill, log_posts)
    target = np.log(exposed + 1) - log_posts
    centre = design.mean(axis=0)
    centre[-1] = 0.0
    x = design - centre
    penalty = RIDGE * np.eye(x.shape[1])
    penalty[-1, -1] = 0.0
    coefficients = np.linalg.solve(x.T @ x + penalty, x.T @ target)
    coefficients[-1] -= centre @ coefficients
    return ReachModel(columns, fill, coefficients, 0.0)


def _design(
    matrix: pd.DataFrame, columns: tuple[str, ...], fill: Floats, log_posts: Floats
) -> Floats:
    values = matrix[list(columns)].to_numpy(dtype=np.float64)
    unknown = np.isnan(values)
    ones = np.ones(len(matrix))
    return np.column_stack([np.where(unknown, fill, values), unknown, log_posts, ones])
