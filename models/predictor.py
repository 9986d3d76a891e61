"""Reach x rate: what a creator brings to a campaign, from features, with intervals and reasons."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

import numpy as np
import numpy.typing as npt
import pandas as pd
from scipy.special import expit

from features.feature import Feature, catalogue
from features.names import Language
from features.text import TextSpace
from models.explain import by_quality, reasons
from models.incremental import IncrementalShare
from models.intervals import Predictive, Spreads, count_quantile, lognormal_interval
from models.rate import RateModel
from models.reach import ReachModel

Floats = npt.NDArray[np.float64]
Flags = npt.NDArray[np.bool_]
ExposedUnit = Literal["people", "impressions", "mixed"]

LARGEST_GAP = 1e-9
"""Largest difference allowed between ``logit(rate)`` and base plus qualities."""
UNCHECKED = "intervals not checked: no campaigns were held out in training"
"""Warning of every row of a model that was trained on too few campaigns."""
OUT_OF_RANGE = 3
"""Features outside the range seen in training from which a row is warned about."""


@dataclass(frozen=True)
class Predictor:
    """A trained model.

    Attributes
    ----------
    rate : RateModel
    reach : ReachModel
    spreads : Spreads
    space : TextSpace
    trained_until : datetime
        Training moment (naive UTC): nothing after it was known.
    typical, low, high : Series
        Median, least and largest value of each feature in training, NaN where it was never known.
    incremental : IncrementalShare, optional
        Share of the conversions that would not have come without the creator; None where held-out
        groups were too few to tell.
    is_checked : bool
        Whether level and intervals rest on campaigns held out.
    impressions_share : float
        Share of the outcomes learned from that count impressions: what `exposed` counts.
    """

    rate: RateModel
    reach: ReachModel
    spreads: Spreads
    space: TextSpace
    trained_until: datetime
    typical: pd.Series
    low: pd.Series
    high: pd.Series
    incremental: IncrementalShare | None = None
    is_checked: bool = True
    impressions_share: float = 0.0

    @property
    def exposed_unit(self) -> ExposedUnit:
        """What the model's `exposed` counts, as its outcomes did."""
        if 0 < self.impressions_share < 1:
            return "mixed"
        return "impressions" if self.impressions_share else "people"

    @property
    def features(self) -> tuple[Feature, ...]:
        """The features of the rate, in the order of its matrix."""
        declared = {feature.name: feature for feature in catalogue(popularity=False)}
        return tuple(declared[name] for name in self.rate.columns)

    def predict(
        self,
        matrix: pd.DataFrame,
        base_log_odds: Floats,
        posts: Floats,
        *,
        is_known_brand: Flags | None = None,
        incremental: IncrementalShare | None = None,
        language: Language = "en",
    ) -> pd.DataFrame:
        """Predict packages.

        Parameters
        ----------
        matrix : DataFrame, shape (n, n_features)
            Features of rate and reach as of each row's moment, NaN where unknown.
        base_log_odds : ndarray, shape (n,)
            Expected level of each row's campaign, NaN where no campaign has matured.
        posts : ndarray, shape (n,)
            Posts of the package.
        is_known_brand : ndarray of bool, shape (n,), optional
            Whether another campaign of the row's brand has a matured outcome: else intervals are
            wider. All have when not given.
        incremental : IncrementalShare, optional
            Tell lift: rates and conversions, and their intervals, are scaled by the share, of which
            the uncertainty joins the campaign's, since its rows share it. The qualities stay, and
            what the scaling takes is taken from the base. Not given, they are attributed.
        language : {'en', 'fr'}
            Of the reasons.

        Returns
        -------
        DataFrame
            Index of `matrix`; the prediction columns of `scores.parquet` from `exposed` to
            `warnings`.

        Raises
        ------
        ArithmeticError
            When contributions do not add up to the prediction: a defect, never a matter of input.
        """
        features = self.features
        of_rate = matrix[self.rate.columns]
        base, contributions = self.rate.contributions(of_rate, base_log_odds)
        qualities = by_quality(contributions, features)
        log_odds = base + qualities.sum(axis=1).to_numpy()
        gap = np.abs(log_odds - self.rate.log_odds(of_rate, base_log_odds)).max(initial=0.0)
        if gap > LARGEST_GAP:
            raise ArithmeticError(f"contributions miss the log-odds by {gap:.1e}")
        if incremental is not None:
            shift = incremental.log_odds_shift(log_odds)
            base, log_odds = base + shift, log_odds + shift
        known = of_rate.notna().mean(axis=1).to_numpy()
        rate, exposed = expit(log_odds), self.reach.mean(matrix, posts)
        told = self.predictive(
            matrix, base_log_odds, posts, is_known_brand=is_known_brand, incremental=incremental
        )
        median, sd_count = told.conversions, told.sd_conversions
        conversions = exposed * rate
        exposed_low, exposed_high = lognormal_interval(told.exposed, told.sd_exposed)
        rate_low, rate_high = lognormal_interval(told.rate, told.sd_rate)
        # A mean may lie outside a central interval of a skewed count: widen, which only adds
        # coverage.
        scores = {
            "exposed": exposed,
            "exposed_low": np.minimum(exposed_low, exposed),
            "exposed_high": np.maximum(exposed_high, exposed),
            "rate": rate,
            "rate_low": np.minimum(rate_low, rate),
            "rate_high": np.minimum(np.maximum(rate_high, rate), 1.0),
            "conversions": conversions,
            "conversions_low": np.minimum(
                count_quantile(median, sd_count, 0.1), np.floor(conversions)
            ),
            # Nobody converts who was not reached.
            "conversions_high": np.clip(
                count_quantile(median, sd_count, 0.9),
                np.ceil(conversions),
                np.ceil(np.maximum(exposed_high, exposed)),
            ),
            "sd_campaign": self._sd_campaign(len(matrix), is_known_brand, incremental),
            "sd_creator": self.spreads.creators(known),
            "sd_reach": told.sd_exposed,
            "base_log_odds": base,
            **{name: qualities[name].to_numpy() for name in qualities},
            "reasons": reasons(of_rate, contributions, self.typical, features, language),
            "known_share": known,
            "incremental": np.full(len(matrix), incremental is not None),
            "warnings": self._warnings(matrix, base_log_odds),
        }
        return pd.DataFrame(scores, index=matrix.index)

    def predictive(
        self,
        matrix: pd.DataFrame,
        base_log_odds: Floats,
        posts: Floats,
        *,
        is_known_brand: Flags | None = None,
        incremental: IncrementalShare | None = None,
    ) -> Predictive:
        """Predictive distributions of packages, of which `predict` gives means and intervals.

        Parameters are those of `predict`.
        """
        of_rate = matrix[self.rate.columns]
        known = of_rate.notna().mean(axis=1).to_numpy()
        rate = expit(self.rate.log_odds(of_rate, base_log_odds)) * np.exp(self.spreads.shift)
        return Predictive(
            exposed=np.exp(self.reach.log_median(matrix, posts)),
            rate=rate if incremental is None else rate * incremental.share,
            sd_exposed=np.full(len(matrix), self.spreads.reach),
            sd_rate=np.hypot(
                self._sd_campaign(len(matrix), is_known_brand, incremental),
                self.spreads.creators(known),
            ),
        )

    def _sd_campaign(
        self, rows: int, is_known_brand: Flags | None, incremental: IncrementalShare | None
    ) -> Floats:
        known = np.ones(rows, dtype=bool) if is_known_brand is None else is_known_brand
        own = self.spreads.campaigns(known)
        return own if incremental is None else np.hypot(own, incremental.sd_log)

    def contributions(self, matrix: pd.DataFrame, base_log_odds: Floats) -> pd.DataFrame:
        """SHAP value of every feature of the rate, after calibration, shape (n, n_features)."""
        return self.rate.contributions(matrix[self.rate.columns], base_log_odds)[1]

    def tree_share(self, matrix: pd.DataFrame, base_log_odds: Floats) -> float:
        """Share of the variance of log rate that the trees carry: 0 for history alone."""
        parts = self.rate.parts(matrix[self.rate.columns])
        of_trees = parts.trees()
        total = self.rate.calibration(self.rate.base(base_log_odds) + parts.linear + of_trees)
        trees = self.rate.calibration.slope * of_trees
        if len(total) < 2 or np.var(total) <= 0:
            return 0.0
        return float(np.cov(trees, total, ddof=0)[0, 1] / np.var(total))

    def _warnings(self, matrix: pd.DataFrame, base_log_odds: Floats) -> list[list[str]]:
        values = matrix[self.rate.columns]
        low, high = self.low[self.rate.columns], self.high[self.rate.columns]
        outside = ((values < low) | (values > high)).sum(axis=1).to_numpy()
        silent = matrix["days_since_post"].to_numpy()
        found: list[list[str]] = []
        for i in range(len(matrix)):
            row = []
            if outside[i] >= OUT_OF_RANGE:
                row.append(f"out of the training range ({outside[i]} features)")
            if np.isnan(silent[i]) or silent[i] > 90:
                row.append("no recent data")
            if np.isnan(base_log_odds[i]):
                row.append("no matured campaign to set the level")
            if not self.is_checked:
                row.append(UNCHECKED)
            found.append(row)
        return found
