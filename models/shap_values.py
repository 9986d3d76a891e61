"""SHAP values as the `shap` package holds them, for the plots that people know."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

import numpy as np
import numpy.typing as npt
import pandas as pd

from models.explain import by_facet, by_quality
from models.predictor import Predictor

if TYPE_CHECKING:
    import shap

Floats = npt.NDArray[np.float64]


def explanation(
    predictor: Predictor,
    matrix: pd.DataFrame,
    base_log_odds: Floats,
    by: Literal["feature", "facet", "quality"] = "feature",
) -> shap.Explanation:
    """Explain the calibrated ``logit(rate)`` of rows, exactly.

    Parameters
    ----------
    matrix : DataFrame, shape (n, n_features)
        Features, NaN where unknown.
    base_log_odds : ndarray, shape (n,)
        Level of each row's campaign, NaN where unknown.
    by : {'feature', 'facet', 'quality'}
        Facets and qualities hold the sums of their features' values.

    Returns
    -------
    shap.Explanation
        `values` of shape (n, m) and `base_values` (n,): together ``logit(rate)``. `data` holds the
        features; of facets and qualities it holds the share of their features that is known.
    """
    import shap

    of_rate = matrix[predictor.rate.columns]
    base, values = predictor.rate.contributions(of_rate, base_log_odds)
    data: pd.DataFrame = of_rate
    if by != "feature":
        known = of_rate.notna().astype(np.float64)
        sums = by_facet if by == "facet" else by_quality
        values = sums(values, predictor.features)
        ones = pd.DataFrame(1.0, index=known.index, columns=known.columns)
        data = sums(known, predictor.features) / sums(ones, predictor.features)
    names = [str(name) for name in values.columns]
    if by == "facet":
        names = [": ".join(pair) for pair in values.columns.to_flat_index()]
    return shap.Explanation(
        values=values.to_numpy(),
        base_values=np.asarray(base),
        data=data.to_numpy(dtype=np.float64),
        feature_names=names,
    )
