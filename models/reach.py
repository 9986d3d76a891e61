"""Reach: mean people exposed by one package. Popularity is allowed here, and only here.

A ridge of log exposure over the sizes known before, then a factor that turns the median into a
mean: totals are what a plan adds up. The factor is fitted so that predicted and observed totals
agree on later campaigns.

Followers can be bought, eyes cannot: what was seen of a creator decides, and followers speak only
for one of whom nothing was seen yet.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt
import pandas as pd

Floats = npt.NDArray[np.float64]

SEEN = ("log_views", "log_views_recent", "log_exposed")
"""Logs of the people that a post was seen by, in three ways."""
FOLLOWED = ("log_followers",)
SIZES = (*SEEN, *FOLLOWED)
"""Sizes used, all logs; of a missing size the model looks to the others."""
RIDGE = 3.0
MAX_MEAN_SHIFT = 2.0


@dataclass(frozen=True)
class MedianReach:
    """``log median exposed = intercept + sum of coefficient x input + log posts``.

    Attributes
    ----------
    columns : tuple of str
        Sizes whose value counts.
    typical : ndarray, shape (n_columns,)
        Median of each in training. An unknown size lies as far from it as, in the mean, the known
        ones of `SEEN` lie from theirs.
    coefficients : ndarray
        Of the columns, of indicators that these and the sizes of `SEEN` are unknown, of log posts
        beyond proportionality, and the intercept.
    """

    columns: tuple[str, ...]
    typical: Floats
    coefficients: Floats

    @classmethod
    def fit(
        cls, matrix: pd.DataFrame, sizes: tuple[str, ...], exposed: Floats, posts: Floats
    ) -> MedianReach:
        """Ridge over those of some sizes that were ever known."""
        columns = tuple(name for name in sizes if matrix[name].notna().any())
        typical = matrix[list(columns)].median().to_numpy(dtype=np.float64)
        log_posts = np.log(np.maximum(posts, 1.0))
        design = _design(matrix, columns, typical, log_posts)
        target = np.log(exposed + 1) - log_posts
        centre = design.mean(axis=0)
        centre[-1] = 0.0
        x = design - centre
        penalty = RIDGE * np.eye(x.shape[1])
        penalty[-1, -1] = 0.0
        coefficients = np.linalg.solve(x.T @ x + penalty, x.T @ target)
        coefficients[-1] -= centre @ coefficients
        return cls(columns, typical, coefficients)

    def __call__(self, matrix: pd.DataFrame, posts: Floats) -> Floats:
        """Log of the median number exposed, shape (n,)."""
        log_posts = np.log(np.maximum(posts, 1.0))
        design = _design(matrix, self.columns, self.typical, log_posts)
        # No matrix product: its last digits would depend on the rows beside.
        return np.asarray((design * self.coefficients).sum(axis=1) + log_posts)


@dataclass(frozen=True)
class ReachModel:
    """Median exposure of who was seen and of who was not, and what makes means of medians.

    Attributes
    ----------
    seen : MedianReach
        Over `SEEN`, for creators of whom any of these sizes is known.
    unseen : MedianReach
        Over followers, for the others; learned from everybody, whatever else is known.
    mean_shift : float
        Log of mean over median.
    """

    seen: MedianReach
    unseen: MedianReach
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
        was_seen = matrix[list(SEEN)].notna().any(axis=1).to_numpy()
        return np.where(was_seen, self.seen(matrix, posts), self.unseen(matrix, posts))

    def mean(self, matrix: pd.DataFrame, posts: Floats) -> Floats:
        """Mean number of people exposed, shape (n,)."""
        return np.exp(self.log_median(matrix, posts) + self.mean_shift)


def fit_reach(
    matrix: pd.DataFrame,
    exposed: Floats,
    posts: Floats,
    later: npt.NDArray[np.int64],
    early: npt.NDArray[np.int64],
) -> tuple[ReachModel, pd.Series]:
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
    errors : Series
        Log of observed over predicted median exposure of those `later` rows that reached somebody,
        or of all such rows where there are none; indexed by the position of the row.
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
    return replace(model, mean_shift=shift), pd.Series(errors, index=later)


def _fit(matrix: pd.DataFrame, exposed: Floats, posts: Floats) -> ReachModel:
    seen, unseen = (MedianReach.fit(matrix, sizes, exposed, posts) for sizes in (SEEN, FOLLOWED))
    return ReachModel(seen, unseen, 0.0)


def _design(
    matrix: pd.DataFrame, columns: tuple[str, ...], typical: Floats, log_posts: Floats
) -> Floats:
    """Sizes from their medians, indicators of what is unknown, log posts and ones."""
    sizes = matrix[list(columns)].to_numpy(dtype=np.float64) - typical
    unknown = np.isnan(sizes)
    of_seen = np.isin(columns, SEEN)
    known = (~unknown[:, of_seen]).sum(axis=1)
    mean = np.nansum(sizes[:, of_seen], axis=1) / np.maximum(known, 1)
    stands_in = np.where(of_seen, mean[:, None], 0.0)
    told = list(dict.fromkeys((*SEEN, *columns)))
    ones = np.ones(len(matrix))
    return np.column_stack(
        [np.where(unknown, stands_in, sizes), matrix[told].isna(), log_posts, ones]
    )
