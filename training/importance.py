"""What the models of an evaluation rest on: mean absolute SHAP value, and how stable it is."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from features.feature import QUALITIES, Feature
from models.explain import by_facet, by_quality
from training.clusters import Statistic, drawn_weights, mean, with_interval

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]

COLUMNS = ("level", "quality", "name", "value", "low", "high", "least", "most", "share")


def importance_table(
    contributions: pd.DataFrame,
    campaign: pd.Series,
    origin: pd.Series,
    features: Sequence[Feature],
    *,
    seed: int = 0,
) -> pd.DataFrame:
    """Mean absolute contribution to ``logit(rate)``, by quality, facet and feature.

    Parameters
    ----------
    contributions : DataFrame, shape (n, n_features)
        SHAP values of the judged rows, each by the model of its origin, after calibration.
    campaign, origin : Series, shape (n,)
        Of each row; the models of two origins are two retrains.

    Returns
    -------
    DataFrame
        One line a quality, facet and feature (`level`), in log-odds: `value` with `low` and `high`
        (95 %, whole campaigns drawn), `least` and `most` of the origins' models, and `share` of the
        level's total. A quality's value is that of the sum of its features, so values of features
        add up to more.
    """
    cluster = pd.factorize(campaign)[0].astype(np.int64)
    weight = drawn_weights(int(cluster.max(initial=-1)) + 1, seed=seed)
    retrain = pd.factorize(origin, sort=True)[0]
    of = {feature.name: feature.quality for feature in features}
    facets = by_facet(contributions, features)
    levels = {
        "quality": (by_quality(contributions, features), list(QUALITIES)),
        "facet": (facets.droplevel(0, axis=1), list(facets.columns.get_level_values(0))),
        "feature": (contributions, [of[str(name)] for name in contributions.columns]),
    }
    lines: list[dict[str, Any]] = []
    for level, (table, qualities) in levels.items():
        sizes = np.abs(table.to_numpy(dtype=np.float64))
        by_retrain = np.stack([sizes[retrain == r].mean(axis=0) for r in range(retrain.max() + 1)])
        total = sizes.mean(axis=0).sum()
        for place, name in enumerate(table.columns):
            size: Statistic = mean(cluster, sizes[:, place])
            told = with_interval(size, weight)
            lines.append(
                {
                    "level": level,
                    "quality": qualities[place],
                    "name": name,
                    **told,
                    "least": by_retrain[:, place].min(),
                    "most": by_retrain[:, place].max(),
                    "share": told["value"] / total if total > 0 else np.nan,
                }
            )
    return pd.DataFrame(lines, columns=list(COLUMNS))


def agreement_of_retrains(contributions: pd.DataFrame, origin: pd.Series) -> float:
    """Mean rank correlation of the features' importances between successive origins.

    1 where retraining leaves the order of features as it is; NaN with one origin.
    """
    sizes = contributions.abs().groupby(origin.to_numpy()).mean()
    ranks = sizes.rank(axis=1)
    pairs = [ranks.iloc[i].corr(ranks.iloc[i + 1]) for i in range(len(ranks) - 1)]
    return float(np.mean(pairs)) if pairs else float("nan")
