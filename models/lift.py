"""Lift of outcomes that held a group out: conversions that would not have come without the creator.

    incremental = exposed · (treated rate − control rate)

Rates have Beta posteriors under Jeffreys' prior, Beta(1/2, 1/2), worth one person: it states no
rate and no lift, and covers well where counts are small (Brown, Cai and DasGupta 2001). The
interval is that of the difference of the two posteriors.

Several outcomes are pooled as strata: each creator's control stands for as many people as it
exposed, so that a group's control count is ``S = Σ wᵢ cᵢ``, with weights ``wᵢ = exposedᵢ /
control_exposedᵢ`` and variance ``V = Σ wᵢ² cᵢ``. It tells as much as ``S² / V`` plain conversions
do (Fay and Feuer 1997); with equal weights these are the conversions themselves.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd
from scipy.special import betaincinv

from models.intervals import COVERAGE

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]

PRIOR = 0.5
"""Either parameter of the Beta prior of a rate (Jeffreys)."""
_NODES = (np.arange(64) + 0.5) / 64
_AT_ONCE = 500


def has_control(outcomes: pd.DataFrame) -> npt.NDArray[np.bool_]:
    """Whether each outcome exposed somebody, held somebody out, and says what either group did.

    Parameters
    ----------
    outcomes : DataFrame
        `exposed`, `conversions`, `control_exposed`, `control_conversions`; NaN where unknown.
    """
    told = outcomes[["conversions", "control_conversions"]].notna().all(axis=1)
    return np.asarray(
        told & (outcomes["exposed"] > 0) & (outcomes["control_exposed"] > 0), dtype=np.bool_
    )


@dataclass(frozen=True)
class Arms:
    """Groups of people beside those held out, one an element; shape (k,) each.

    Attributes
    ----------
    exposed, conversions : ndarray
        Of the people who saw the creator.
    control_exposed, control_conversions : ndarray
        Of those held out; of a pooled group the plain numbers that tell as much.
    """

    exposed: Floats
    conversions: Floats
    control_exposed: Floats
    control_conversions: Floats

    @classmethod
    def of(cls, outcomes: pd.DataFrame) -> Arms:
        """One group an outcome, of outcomes that have a control (`has_control`)."""
        names = ("exposed", "conversions", "control_exposed", "control_conversions")
        return cls(*(outcomes[name].to_numpy(dtype=np.float64) for name in names))

    def pooled(self, group: Ints) -> Arms:
        """Groups joined by their codes, which count from 0 and are all used."""
        exposed = np.bincount(group, self.exposed).astype(np.float64)
        conversions = np.bincount(group, self.conversions).astype(np.float64)
        weight = self.exposed / self.control_exposed
        expected = np.bincount(group, weight * self.control_conversions)
        variance = np.bincount(group, weight**2 * self.control_conversions)
        none = expected == 0
        # Where nobody converted, the size that would tell as much at one rate for all.
        size = exposed**2 / np.bincount(group, weight * self.exposed)
        counted = expected**2 / np.where(none, 1.0, variance)
        size = np.where(none, size, counted * exposed / np.where(none, 1.0, expected))
        return Arms(exposed, conversions, size, counted)

    @property
    def incremental(self) -> Floats:
        """Conversions beyond what the control rate lets expect; below 0 where that was higher."""
        rate = self.control_conversions / self.control_exposed
        return np.asarray(self.conversions - self.exposed * rate)

    @property
    def share(self) -> Floats:
        """Share of the conversions that are incremental, ``1 - control rate / treated rate``; NaN
        without conversions.
        """
        some = self.conversions > 0
        return np.where(some, self.incremental / np.where(some, self.conversions, 1.0), np.nan)

    def interval(self) -> tuple[Floats, Floats]:
        """The central 80 % of the incremental conversions, widened to hold the estimate.

        Each posterior is cut into 64 equally likely rates; the quantiles are those of their 4,096
        differences.

        Examples
        --------
        >>> arms = Arms(*(np.array([v]) for v in (1000.0, 30.0, 1000.0, 10.0)))
        >>> low, high = arms.interval()
        >>> float(arms.incremental[0]), round(float(low[0])), round(float(high[0]))
        (20.0, 12, 28)
        """
        low, high = np.empty(len(self.exposed)), np.empty(len(self.exposed))
        for first in range(0, len(low), _AT_ONCE):
            part = slice(first, first + _AT_ONCE)
            treated = _rates(self.conversions[part], self.exposed[part])
            control = _rates(self.control_conversions[part], self.control_exposed[part])
            gap = (treated[:, :, None] - control[:, None, :]).reshape(len(treated), -1)
            ends = np.quantile(gap, [(1 - COVERAGE) / 2, (1 + COVERAGE) / 2], axis=1)
            low[part], high[part] = ends * self.exposed[part]
        return np.minimum(low, self.incremental), np.maximum(high, self.incremental)


def _rates(conversions: Floats, people: Floats) -> Floats:
    """Equally likely rates of each posterior, shape (k, 64)."""
    a, b = conversions + PRIOR, np.maximum(people - conversions, 0.0) + PRIOR
    return np.asarray(betaincinv(a[:, None], b[:, None], _NODES))
