"""Contributions by feature and quality, and the reasons that follow from them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd

from features.feature import QUALITIES, Feature
from features.names import Language
from models.words import Side, Wording, in_odds

Floats = npt.NDArray[np.float64]

LEAST_EFFECT = 2
"""Hundredths by which the odds must be shown to differ from ×1.00 for a feature to be a reason."""
REASONS = 4
_LARGEST = 30.0
"""Log-odds beyond which no effect is shown: it only keeps hundredths within 64 bits."""


@dataclass(frozen=True, slots=True)
class Reason:
    """What one feature says of one prediction.

    Attributes
    ----------
    feature, quality : str
    side : {'for', 'against'}
    value : float, optional
        In the feature's unit; None where it is unknown.
    odds : float
        Factor by which it moves the odds, as shown: to two decimals, at least 0.01.
    text : str
        All of it in words: "against: number of its credentials (unknown), odds ×0.93".
    """

    feature: str
    quality: str
    side: Side
    value: float | None
    odds: float
    text: str


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


def strongest(
    matrix: pd.DataFrame,
    contributions: pd.DataFrame,
    typical: pd.Series,
    features: Sequence[Feature],
    language: Language = "en",
) -> list[list[Reason]]:
    """The features that moved each prediction most, strongest first.

    Everything is decided by the figures shown. The odds are rounded first: what they are not shown
    to move is no reason, the one that is shown to move them more comes first, and of equals the
    first in the order of the features. So a change of input too small to change a figure changes
    no reason, and where the order does change, the reader sees why.

    Parameters
    ----------
    matrix, contributions : DataFrame, shape (n, n_features)
        Values, NaN where unknown, and their contributions to the log-odds.
    typical : Series
        Training median by feature, NaN where it was never known.

    Returns
    -------
    list of list of Reason
        At most `REASONS` a row. A model may count it for or against a creator that something is
        unknown of it: then the reason says so.
    """
    return list(_rows(matrix, contributions, typical, features, language))


def reasons(
    matrix: pd.DataFrame,
    contributions: pd.DataFrame,
    typical: pd.Series,
    features: Sequence[Feature],
    language: Language = "en",
) -> list[list[str]]:
    """`strongest` in words: "for: is mentioned more than it used to be (×1.62), odds ×1.40".

    Parameters are those of `strongest`.
    """
    rows = _rows(matrix, contributions, typical, features, language)
    return [[reason.text for reason in row] for row in rows]


def _rows(
    matrix: pd.DataFrame,
    contributions: pd.DataFrame,
    typical: pd.Series,
    features: Sequence[Feature],
    language: Language,
) -> Iterator[list[Reason]]:
    """`strongest`, a row at a time: of many rows, never all reasons are held at once."""
    columns = [feature.name for feature in features]
    values = matrix[columns].to_numpy(dtype=np.float64)
    order, hundredths = _order(contributions[columns].to_numpy(dtype=np.float64))
    wordings = [Wording.of(f, float(typical[f.name]), language) for f in features]
    of_wordings = order.ravel().tolist()
    told = np.take_along_axis(values, order, axis=1).ravel().tolist()
    odds = hundredths.ravel().tolist()
    places = order.shape[1]
    for first in range(0, len(odds), places):
        yield [
            _reason(wordings[of_wordings[i]], told[i], odds[i], language)
            for i in range(first, first + places)
            if abs(odds[i] - 100) >= LEAST_EFFECT
        ]


def _order(effects: Floats) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.int64]]:
    """The strongest features of each row, and the odds of these in hundredths."""
    odds = np.exp(np.clip(effects, -_LARGEST, _LARGEST))
    hundredths = np.maximum(np.floor(100 * odds + 0.5), 1.0)
    # ×1.25 is as strong as ×0.80; their logarithms differ in the last digit.
    strength = np.round(np.abs(np.log(hundredths / 100)), 9)
    rows = np.arange(len(effects))
    order = np.empty((len(effects), min(REASONS, effects.shape[1])), dtype=np.int64)
    for place in range(order.shape[1]):
        # Of equals the first.
        order[:, place] = strength.argmax(axis=1)
        strength[rows, order[:, place]] = -1.0
    return order, np.take_along_axis(hundredths, order, axis=1).astype(np.int64)


def _reason(wording: Wording, value: float, hundredths: int, language: Language) -> Reason:
    begins, ends = in_odds(hundredths, language)
    return Reason(
        wording.feature.name,
        wording.feature.quality,
        "for" if hundredths > 100 else "against",
        None if value != value else value,
        hundredths / 100,
        f"{begins}{wording(value)}{ends}",
    )
