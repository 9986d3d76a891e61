"""The linear part of the rate, exact to explain: a ridge over history, and more where it helps."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd
from scipy.optimize import lsq_linear

Floats = npt.NDArray[np.float64]

HISTORY = ("relative_response", "track_record")
"""What happened before, in medians, because response is heavy-tailed: always in the linear part,
where it is among the features given."""

AGAINST_USUAL = (*HISTORY, "relative_comments", "relative_shares", "relative_likes")
"""Logs against what is usual: who is unknown stands at the usual, 0, wherever those who were picked
in the past stood."""

RIDGE = 20.0
KNEE = 8.0
"""Interquartile ranges beyond which a distance counts by its logarithm: a value far out says more
than one that is only large, such as silence for a year, but no single one may decide."""
FARTHEST = 24.0
"""Scaled value that none exceeds."""


@dataclass(frozen=True)
class Scaler:
    """Distance from the centre in interquartile ranges; 0 for an unknown value.

    The centre is the training median, of what is `AGAINST_USUAL` the usual. The model must not
    learn from missingness: who lacks data differs between the past and today.
    """

    columns: tuple[str, ...]
    centre: Floats
    width: Floats

    @classmethod
    def fit(cls, matrix: pd.DataFrame) -> Scaler:
        """Fit on training rows; a column never known or never varying gets width 0: ignored."""
        values = _values(matrix)
        some = ~np.isnan(values).all(axis=0)
        low, centre, high = np.zeros((3, values.shape[1]))
        if some.any():
            low[some], centre[some], high[some] = np.nanquantile(
                values[:, some], [0.25, 0.5, 0.75], axis=0
            )
        centre[np.isin(matrix.columns, AGAINST_USUAL)] = 0.0
        width = high - low
        # A rare value has no interquartile range but may still tell: use the standard deviation.
        flat = some & (width <= 1e-9)
        if flat.any():
            width[flat] = np.nanstd(values[:, flat], axis=0)
        return cls(tuple(matrix.columns), centre, np.where(width > 1e-9, width, 0.0))

    def __call__(self, matrix: pd.DataFrame) -> Floats:
        """Scaled values, shape (n, n_columns), within -`FARTHEST`..`FARTHEST`: beyond `KNEE`,
        ``KNEE (1 + log(x / KNEE))``.
        """
        values = _values(matrix[list(self.columns)])
        scaled = (values - self.centre) / np.where(self.width > 0, self.width, np.inf)
        known = np.nan_to_num(scaled, nan=0.0)
        size = np.abs(known)
        bent = np.minimum(KNEE * (1 + np.log(np.maximum(size, KNEE) / KNEE)), FARTHEST)
        return np.where(size > KNEE, np.copysign(bent, known), known)


@dataclass(frozen=True)
class LinearPart:
    """``sum of coefficient x (scaled value - its training mean)``, in log-odds."""

    scaler: Scaler
    coefficients: Floats
    means: Floats

    @classmethod
    def fit(
        cls,
        matrix: pd.DataFrame,
        deviation: Floats,
        weight: Floats,
        campaign: npt.NDArray[np.int64],
        penalty: float | None = None,
        faults: Collection[str] = (),
        ridge: float = RIDGE,
    ) -> LinearPart:
        """Ridge of the log deviation from the campaign's level, both centred within campaigns.

        Parameters
        ----------
        matrix : DataFrame
            Features of the rate.
        deviation : ndarray, shape (n,)
            Log of observed over expected conversions at the campaign's level, shrunk by its
            evidence.
        weight : ndarray, shape (n,)
        campaign : ndarray of int, shape (n,)
        penalty : float, optional
            Ridge penalty of the features beside `HISTORY`, in rows; None leaves them out.
        faults : collection of str
            Features whose coefficient may not be positive.
        ridge : float
            Ridge penalty of the history, in rows.
        """
        names = [n for n in matrix.columns if penalty is not None or n in HISTORY]
        used = matrix[names]
        scaler = Scaler.fit(used)
        scaled = scaler(used)
        weight = weight / weight.mean()
        x = _centre(scaled, weight, campaign)
        y = _centre(deviation[:, None], weight, campaign)[:, 0]
        penalties = [ridge if name in HISTORY else penalty for name in names]
        gram = (x * weight[:, None]).T @ x + np.diag(np.array(penalties, dtype=np.float64))
        highest = np.array([0.0 if name in faults else np.inf for name in names])
        coefficients = _solve(gram, (x * weight[:, None]).T @ y, highest)
        return cls(scaler, coefficients, np.average(scaled, axis=0, weights=weight))

    def contributions(self, matrix: pd.DataFrame) -> pd.DataFrame:
        """Log-odds by feature, shape (n, n_history); they add up to the linear part."""
        values = (self.scaler(matrix) - self.means) * self.coefficients
        return pd.DataFrame(values, index=matrix.index, columns=list(self.scaler.columns))

    def __call__(self, matrix: pd.DataFrame) -> Floats:
        """The linear part in log-odds, shape (n,)."""
        return np.asarray(self.contributions(matrix).to_numpy().sum(axis=1))


def _solve(gram: Floats, moment: Floats, highest: Floats) -> Floats:
    """The least of ``b' gram b / 2 - moment' b`` over coefficients b that are nowhere too high."""
    free = np.asarray(np.linalg.solve(gram, moment))
    if (free <= highest).all():
        return free
    # With gram = L L' it is |L' b - inverse(L) moment|^2 / 2, but for a constant.
    root = np.linalg.cholesky(gram)
    bounds = (np.full(len(free), -np.inf), highest)
    found = lsq_linear(root.T, np.linalg.solve(root, moment), bounds, method="bvls")
    return np.asarray(found.x)


def _values(matrix: pd.DataFrame) -> Floats:
    """Values row by row in memory, lest the last digits of sums depend on how a table was made."""
    return np.ascontiguousarray(matrix.to_numpy(dtype=np.float64))


def _centre(values: Floats, weight: Floats, campaign: npt.NDArray[np.int64]) -> Floats:
    """Values less their weighted mean within each campaign."""
    total = np.maximum(np.bincount(campaign, weight), 1e-12)
    centred = np.empty_like(values)
    for j, column in enumerate(values.T):
        centred[:, j] = column - (np.bincount(campaign, weight * column) / total)[campaign]
    return centred
