"""The linear part of the rate, exact to explain: a ridge over history, and more where it helps."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd
from scipy.optimize import lsq_linear
from scipy.sparse import csr_array

from features.feature import Sign

Floats = npt.NDArray[np.float64]

FLOOR = ("relative_response", "track_record")
"""What happened before, in medians, because response is heavy-tailed: held back by the ridge of
history whatever stands beside it."""

HISTORY = (*FLOOR, "response", "relative_response_recent")
"""What is always in the linear part, where it is among the features given. What the floor does not
tell of response counts like it where history is all, and like any other feature beside more."""

AGAINST_USUAL = (*FLOOR, "relative_comments", "relative_shares", "relative_likes")
"""Logs against what is usual: who is unknown stands at the usual, 0, wherever those who were picked
in the past stood."""

RIDGE = 20.0
NO_SIGNS: Mapping[str, Sign] = {}
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
        is_same = tuple(matrix.columns) == self.columns
        scaled = _values(matrix if is_same else matrix[list(self.columns)]) - self.centre
        scaled /= np.where(self.width > 0, self.width, np.inf)
        np.copyto(scaled, 0.0, where=np.isnan(scaled))
        flat = scaled.reshape(-1)
        far = np.flatnonzero(np.abs(flat) > KNEE)
        distance = flat[far]
        bent = np.minimum(KNEE * (1 + np.log(np.abs(distance) / KNEE)), FARTHEST)
        flat[far] = np.copysign(bent, distance)
        return scaled

    def equals(self, other: Scaler) -> bool:
        """Whether it scales every table as the other does."""
        return self.columns == other.columns and bool(
            np.array_equal(self.centre, other.centre) and np.array_equal(self.width, other.width)
        )


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
        signs: Mapping[str, Sign] = NO_SIGNS,
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
            Ridge penalty of the features beside `FLOOR`, in rows; None leaves all but `HISTORY`
            out.
        signs : mapping
            Direction of the features whose coefficient may not have the other one.
        ridge : float
            Ridge penalty of `FLOOR`, and of all of `HISTORY` where that is all, in rows.
        """
        design = Design.of(matrix, penalty, signs, ridge)
        return design.fit(deviation, weight, campaign)

    def contributions(self, matrix: pd.DataFrame) -> pd.DataFrame:
        """Log-odds by feature, shape (n, n_history); they add up to the linear part."""
        values = self._by_feature(self.scaler(matrix))
        return pd.DataFrame(values, index=matrix.index, columns=list(self.scaler.columns))

    def __call__(self, matrix: pd.DataFrame) -> Floats:
        """The linear part in log-odds, shape (n,)."""
        return self.of_scaled(self.scaler(matrix))

    def of_scaled(self, scaled: Floats) -> Floats:
        """The same, of what `scaler` gave."""
        values = self._by_feature(scaled)
        if not values.shape[1]:
            return np.zeros(len(values))
        # One after the other: how else a row is summed up depends on the rows beside.
        return np.add.accumulate(values, axis=1, out=values)[:, -1].copy()

    def _by_feature(self, scaled: Floats) -> Floats:
        values = scaled - self.means
        values *= self.coefficients
        return values


@dataclass(frozen=True)
class Design:
    """Rows made ready for a ridge, to be fitted to one target after another.

    Attributes
    ----------
    scaler : Scaler
        Of the features used.
    scaled : ndarray, shape (n, n_used)
    penalties, lowest, highest : ndarray, shape (n_used,)
        Ridge penalty in rows, and least and largest coefficient allowed.
    """

    scaler: Scaler
    scaled: Floats
    penalties: Floats
    lowest: Floats
    highest: Floats

    @classmethod
    def of(
        cls,
        matrix: pd.DataFrame,
        penalty: float | None,
        signs: Mapping[str, Sign],
        ridge: float,
        everything: tuple[Scaler, Floats] | None = None,
    ) -> Design:
        """Features that a penalty lets in; parameters are those of `LinearPart.fit`.

        `everything` is the scaler of all columns and what it gave, where they are at hand.
        """
        names = [n for n in matrix.columns if penalty is not None or n in HISTORY]
        if everything is not None and len(names) == matrix.shape[1]:
            scaler, scaled = everything
        else:
            scaler = Scaler.fit(matrix[names])
            scaled = scaler(matrix[names])
        penalties = [ridge if penalty is None or name in FLOOR else penalty for name in names]
        lowest = [0.0 if signs.get(name) == "+" else -np.inf for name in names]
        highest = [0.0 if signs.get(name) == "-" else np.inf for name in names]
        return cls(
            scaler,
            scaled,
            np.array(penalties, dtype=np.float64),
            np.array(lowest),
            np.array(highest),
        )

    def held_still(self, size: Floats) -> Design:
        """The same with the size of audiences as one more column, the last, of any sign."""
        return Design(
            self.scaler,
            np.column_stack([self.scaled, size]),
            np.append(self.penalties, RIDGE),
            np.append(self.lowest, -np.inf),
            np.append(self.highest, np.inf),
        )

    def fit(self, deviation: Floats, weight: Floats, campaign: npt.NDArray[np.int64]) -> LinearPart:
        """As `LinearPart.fit`; a size that is `held_still` has no part in it."""
        return self.fit_beside_size(deviation, weight, campaign)[0]

    def fit_beside_size(
        self, deviation: Floats, weight: Floats, campaign: npt.NDArray[np.int64]
    ) -> tuple[LinearPart, Floats]:
        """The same, and what is left to size in each row, shape (n,)."""
        weight = weight / weight.mean()
        x = _centre(self.scaled, weight, campaign)
        y = _centre(deviation[:, None], weight, campaign)[:, 0]
        weighted = x * weight[:, None]
        gram = weighted.T @ x + np.diag(self.penalties)
        coefficients = _solve(gram, weighted.T @ y, self.lowest, self.highest)
        means = np.average(self.scaled, axis=0, weights=weight)
        used = len(self.scaler.columns)
        of_size = (self.scaled[:, used:] * coefficients[used:]).sum(axis=1)
        return LinearPart(self.scaler, coefficients[:used], means[:used]), of_size


def _solve(gram: Floats, moment: Floats, lowest: Floats, highest: Floats) -> Floats:
    """The least of ``b' gram b / 2 - moment' b`` over coefficients b within their bounds."""
    free = np.asarray(np.linalg.solve(gram, moment))
    if ((lowest <= free) & (free <= highest)).all():
        return free
    # With gram = L L' it is |L' b - inverse(L) moment|^2 / 2, but for a constant.
    root = np.linalg.cholesky(gram)
    found = lsq_linear(root.T, np.linalg.solve(root, moment), (lowest, highest), method="bvls")
    return np.asarray(found.x)


def _values(matrix: pd.DataFrame) -> Floats:
    """Values row by row in memory, lest the last digits of sums depend on how a table was made."""
    return np.ascontiguousarray(matrix.to_numpy(dtype=np.float64))


def _centre(values: Floats, weight: Floats, campaign: npt.NDArray[np.int64]) -> Floats:
    """Values less their weighted mean within each campaign."""
    total = np.maximum(np.bincount(campaign, weight), 1e-12)
    rows = (np.ones(len(campaign)), (campaign, np.arange(len(campaign))))
    belongs = csr_array(rows, shape=(len(total), len(campaign)))
    mean = (belongs @ (values * weight[:, None])) / total[:, None]
    return np.asarray(values - mean[campaign])
