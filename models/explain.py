"""Contributions by feature, facet and quality, and reasons in words."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt
import pandas as pd

from features.feature import QUALITIES, Feature

Floats = npt.NDArray[np.float64]

LEAST_EFFECT = 0.02
"""Log-odds below which a feature is no reason."""
REASONS = 4


def by_quality(contributions: pd.DataFrame, features: Sequence[Feature]) -> pd.DataFrame:
    """Sum contributions of features to the four qualities, shape (n, 4)."""
    quality = {feature.name: feature.quality for feature in features}
    sums = {
        name: contributions[[c for c in contributions if quality[str(c)] == name]].sum(axis=1)
        for name in QUALITIES
    }
    return pd.DataFrame(sums, index=contributions.index)


def by_facet(contributions: pd.DataFrame, features: Sequence[Feature]) -> pd.DataFrame:
    """Sum contributions of features to facets: columns (quality, facet), in catalogue order."""
    of = {feature.name: (feature.quality, feature.facet) for feature in features}
    rank = {str(quality): place for place, quality in enumerate(QUALITIES)}
    facets = sorted(dict.fromkeys(of.values()), key=lambda pair: rank[pair[0]])
    sums = {
        pair: contributions[[c for c in contributions if of[str(c)] == pair]].sum(axis=1)
        for pair in facets
    }
    return pd.DataFrame(sums, index=contributions.index)


def reasons(
    matrix: pd.DataFrame,
    contributions: pd.DataFrame,
    typical: pd.Series,
    features: Sequence[Feature],
) -> list[list[str]]:
    """The known features that moved each prediction most, in words, strongest first.

    Parameters
    ----------
    matrix, contributions : DataFrame, shape (n, n_features)
        Values, NaN where unknown, and their contributions to the log-odds.
    typical : Series
        Training median by feature: a value above it is called high.

    Returns
    -------
    list of list of str
        At most `REASONS` a row, such as "for: answers its commenters (62 %), odds ×1.40". A missing
        value is never a reason.
    """
    columns = [feature.name for feature in features]
    values = matrix[columns].to_numpy(dtype=np.float64)
    effects = contributions[columns].to_numpy(dtype=np.float64)
    level = typical[columns].to_numpy(dtype=np.float64)
    strength = np.where(np.isnan(values), 0.0, np.abs(effects))
    order = np.argsort(-strength, axis=1, kind="stable")[:, :REASONS]
    return [
        [
            _word(features[j], values[i, j], effects[i, j], is_high=values[i, j] >= level[j])
            for j in order[i]
            if strength[i, j] >= LEAST_EFFECT
        ]
        for i in range(len(values))
    ]


def _word(feature: Feature, value: float, effect: float, *, is_high: bool) -> str:
    side = "for" if effect > 0 else "against"
    says = feature.says[0] if is_high else feature.says[1]
    return f"{side}: {says} ({format_value(feature, value)}), odds ×{np.exp(effect):.2f}"


def format_value(feature: Feature, value: float) -> str:
    """A feature's value as a person reads it, with its unit."""
    match feature.unit:
        case "share":
            return f"{100 * value:.0f} %"
        case "log ratio":
            return f"×{np.exp(value):.2f}"
        case "log per view":
            each = 1000 * np.exp(value)
            return f"{each:,.0f} per 1,000 views" if each >= 10 else f"{each:.2g} per 1,000 views"
        case "per week":
            return f"{value:.1f} a week"
        case "days":
            return f"{value:.1f} days" if value < 10 else f"{value:.0f} days"
        case "hours":
            return f"{value:.0f} h"
        case "count":
            return f"{value:.0f}"
        case "log":
            return f"{np.exp(value):,.0f}"
        case _:
            return f"{value:.2f}"
