"""The response history as a rate: what it would predict, calibrated as the model is."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd

from models.calibration import AffineCalibration
from models.evidence import effective_weights
from models.rate import RateModel
from training.fit import Known

Floats = npt.NDArray[np.float64]


@dataclass(frozen=True)
class HistoryRate:
    """``logit(rate) = slope (base + response - middle) + intercept``; unknown response: the middle.

    Attributes
    ----------
    middle : float
        Median response in training.
    calibration : AffineCalibration
        Fitted on the labels of training.
    """

    middle: float
    calibration: AffineCalibration

    @classmethod
    def fit(cls, known: Known, rate: RateModel) -> HistoryRate:
        """Fit on what was known at a training moment; `rate` gives the general level and phi."""
        told = (known.outcomes["exposed"] > 0).to_numpy()
        labels, matrix = known.outcomes[told], known.matrix[told]
        middle = float(np.nan_to_num(matrix["response"].median()))
        exposed = labels["exposed"].to_numpy(np.float64)
        observed = labels["conversions"].to_numpy(np.float64) / exposed
        base = rate.base(known.base_log_odds[told])
        calibration = AffineCalibration.fit(
            base + _deviation(matrix, middle),
            base,
            observed,
            effective_weights(exposed, 1 / (1 + np.exp(-base)), rate.phi),
        )
        return cls(middle, calibration)

    def __call__(self, matrix: pd.DataFrame, base: Floats) -> Floats:
        """The rate of rows with features `matrix` and log-odds `base` of their campaigns."""
        return self.calibration.rate(base + _deviation(matrix, self.middle))


def _deviation(matrix: pd.DataFrame, middle: float) -> Floats:
    return np.asarray(matrix["response"].fillna(middle).to_numpy(np.float64) - middle)
