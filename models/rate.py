"""The rate: conversions per exposed person; base + linear history + trees, calibrated in log-odds.

    base        level of the campaign, from matured outcomes of others (features.levels)
    linear      ridge over robust history                              (models.linear)
    trees       what later campaigns confirm beyond history, possibly none
    logit(rate) = slope * (base + linear + trees) + intercept          (models.calibration)

Two bases: trees are fitted on `base_fit`, which may use the campaign's *other* creators, and
everything is judged, stopped and calibrated on `base_serve`, as at a real decision. LightGBM does
not add an init_score at prediction: `log_odds` does.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

import lightgbm as lgb
import numpy as np
import numpy.typing as npt
import pandas as pd
from scipy.special import expit
from threadpoolctl import threadpool_limits

from features.feature import catalogue
from models.calibration import AffineCalibration
from models.evidence import copies_share, effective_weights, overdispersion, without_extremes
from models.learner import DEFAULT, Learner
from models.linear import Design, LinearPart, Scaler
from models.treeshap import TreeShap

Floats = npt.NDArray[np.float64]

TREES: Mapping[str, Any] = {
    "objective": "cross_entropy",
    "min_sum_hessian_in_leaf": 1e-6,
    "bagging_freq": 1,
    "num_threads": 1,
    "deterministic": True,
    "force_row_wise": True,
    "verbosity": -1,
}
"""Settings of LightGBM beside those of a `Learner`."""


@dataclass(frozen=True)
class RateModel:
    """A fitted model of the rate.

    Attributes
    ----------
    linear : LinearPart
    scaler : Scaler
        Of the trees' inputs; unknown values lie at the training median.
    booster : lightgbm.Booster, optional
        None when no tree was kept.
    trees : int
        Number of trees kept: rounds of boosting, of which each that found a split gave one.
    calibration : AffineCalibration
    general_level : float
        Log-odds that stand in for a campaign's base where no outcome has matured.
    phi : float
        Overdispersion of the training labels.
    explained : dict
        Number of trees -> what explains them, made when first asked for.
    """

    linear: LinearPart
    scaler: Scaler
    booster: lgb.Booster | None
    trees: int
    calibration: AffineCalibration
    general_level: float
    phi: float
    explained: dict[int, TreeShap] = field(
        init=False, default_factory=dict, repr=False, compare=False
    )

    @property
    def columns(self) -> list[str]:
        """Names of the features, in order."""
        return list(self.scaler.columns)

    def base(self, base_log_odds: Floats) -> Floats:
        """The base with the general level where it is unknown (NaN)."""
        return np.where(np.isnan(base_log_odds), self.general_level, base_log_odds)

    def log_odds(self, matrix: pd.DataFrame, base_log_odds: Floats) -> Floats:
        """Calibrated ``logit(rate)``, shape (n,).

        Parameters
        ----------
        matrix : DataFrame, shape (n, n_features)
            NaN where unknown.
        base_log_odds : ndarray, shape (n,)
            `base_serve` of each row's campaign; NaN where unknown.
        """
        parts = self.parts(matrix)
        return self.calibration(self.base(base_log_odds) + parts.linear + parts.trees())

    def parts(self, matrix: pd.DataFrame) -> Parts:
        """What it adds to the base, for rows of which it may be asked more than once."""
        if self.booster is None:
            return Parts(self.linear(matrix), None, None)
        inputs = self.scaler(matrix)
        is_same = self.linear.scaler.equals(self.scaler)
        linear = self.linear.of_scaled(inputs) if is_same else self.linear(matrix)
        return Parts(linear, self.booster, inputs)

    def contributions(
        self, matrix: pd.DataFrame, base_log_odds: Floats
    ) -> tuple[Floats, pd.DataFrame]:
        """Base and exact contribution of every feature to the calibrated log-odds.

        TreeSHAP (path-dependent) of the trees plus ``coefficient x (value - mean)`` of the linear
        part.

        Returns
        -------
        base : ndarray, shape (n,)
        contributions : DataFrame, shape (n, n_features)
            ``base + contributions.sum(axis=1)`` is `log_odds` up to rounding.
        """
        slope = self.calibration.slope
        base = self.calibration(self.base(base_log_odds))
        parts = pd.DataFrame(0.0, index=matrix.index, columns=self.columns)
        linear = self.linear.contributions(matrix)
        parts[linear.columns] += linear
        if self.booster is not None:
            shap = self._tree_shap(self.booster)
            parts += shap(self.scaler(matrix))
            base = base + slope * shap.expected
        return base, parts * slope

    def _tree_shap(self, booster: lgb.Booster) -> TreeShap:
        trees = booster.num_trees()  # a booster may be grown
        if trees not in self.explained:
            self.explained[trees] = TreeShap.of(booster)
        return self.explained[trees]


@dataclass(frozen=True)
class Parts:
    """Uncalibrated log-odds beyond the base, of some rows.

    Attributes
    ----------
    linear : ndarray, shape (n,)
    booster : lightgbm.Booster, optional
    inputs : ndarray, shape (n, n_features), optional
        Of the trees; None without any.
    told : dict
        Number of trees -> what was found for them, so that it need not be found again.
    """

    linear: Floats
    booster: lgb.Booster | None
    inputs: Floats | None
    told: dict[int | None, Floats] = field(default_factory=dict, repr=False, compare=False)

    def trees(self, count: int | None = None) -> Floats:
        """What the trees, or the first of them, add, shape (n,)."""
        if self.booster is None or count == 0:
            return np.zeros(len(self.linear))
        if count not in self.told:
            found = self.booster.predict(self.inputs, raw_score=True, num_iteration=count)
            self.told[count] = np.asarray(found)
        return self.told[count]


def fit_rate(
    matrix: pd.DataFrame,
    labels: pd.DataFrame,
    *,
    penalty: float | None,
    trees: int,
    seed: int = 0,
    learner: Learner = DEFAULT,
) -> RateModel:
    """Fit linear part and a number of trees on all rows given, without calibration.

    Where published evidence gives a feature's direction (its sign), more of what counts against a
    creator never raises the rate, whatever the few who had it brought: else it would pay to buy it.
    What counts for a creator has no negative coefficient; trees may bend it, since too much of a
    merit may be less.

    Parameters
    ----------
    matrix : DataFrame, shape (n, n_features)
        Features of the rate, none of popularity.
    labels : DataFrame, n lines
        `creator_id`, `campaign_id`, `as_of`, `exposed` (> 0), `conversions` (<= exposed) and
        `base_log_odds` (`base_serve`, NaN where unknown), in an order that does not depend on
        storage. Where there is `log_followers` (NaN where unknown), the size of audiences is held
        still while more than history is learned: what features tell is learned among audiences
        alike, so that none stands in for size. The model itself knows no size.
    penalty : float, optional
        Ridge penalty of the features beside the history (`LinearPart.fit`).
    """
    return Rows.of(matrix, labels).fit(penalty=penalty, trees=trees, seed=seed, learner=learner)


@dataclass(frozen=True)
class Rows:
    """Labelled rows made ready to be fitted more than once.

    Attributes
    ----------
    matrix : DataFrame, shape (n, n_features)
    scaler : Scaler
    inputs : ndarray, shape (n, n_features)
        The matrix scaled.
    exposed, conversions, copies, serve : ndarray, shape (n,)
        `copies` is the weight of each row, `serve` its base as known at the decision.
    campaign : ndarray of int, shape (n,)
    general_level : float
    size : ndarray, shape (n,), optional
        Log of followers against their median, 0 where unknown.
    """

    matrix: pd.DataFrame
    scaler: Scaler
    inputs: Floats
    exposed: Floats
    conversions: Floats
    copies: Floats
    serve: Floats
    campaign: npt.NDArray[np.int64]
    general_level: float
    size: Floats | None = None

    @classmethod
    def of(cls, matrix: pd.DataFrame, labels: pd.DataFrame) -> Rows:
        """Parameters are those of `fit_rate`."""
        exposed = labels["exposed"].to_numpy(dtype=np.float64)
        conversions = labels["conversions"].to_numpy(dtype=np.float64)
        pooled = float((conversions.sum() + 0.5) / (exposed.sum() + 1))
        general = labels["base_log_odds"].median()
        general = float(np.log(pooled / (1 - pooled)) if np.isnan(general) else general)
        scaler = Scaler.fit(matrix)
        return cls(
            matrix,
            scaler,
            scaler(matrix),
            exposed,
            conversions,
            copies_share(labels),
            labels["base_log_odds"].fillna(general).to_numpy(dtype=np.float64),
            pd.factorize(labels["campaign_id"])[0].astype(np.int64),
            general,
            _size(labels),
        )

    def fit(
        self,
        *,
        penalty: float | None,
        trees: int,
        seed: int = 0,
        learner: Learner = DEFAULT,
        may_grow: bool = False,
    ) -> RateModel:
        """As `fit_rate`; with `may_grow` the trees are kept as they must be for `grow`."""
        exposed, conversions, copies = self.exposed, self.conversions, self.copies
        signs = {f.name: f.sign for f in catalogue(popularity=False) if f.sign is not None}
        of_base = self.serve, copies, self.campaign
        design = Design.of(
            self.matrix, penalty, signs, learner.ridge, everything=(self.scaler, self.inputs)
        )
        used = design.scaled
        if self.size is not None and penalty is not None:
            design = design.held_still(self.size)
        linear, phi, part = None, 1.0, np.zeros(len(exposed))
        # Twice, since the level of a campaign depends on who took part in it, and the other way
        # round.
        for _ in range(2):
            base = _base_fit(conversions, exposed, part, *of_base, phi)
            expected = exposed * expit(base)
            phi = overdispersion(conversions, expected * np.exp(part))
            deviation = np.log((conversions + 1 / phi) / (expected + 1 / phi))
            weight = copies * effective_weights(exposed, expit(base), phi) * expit(base)
            linear, of_size = design.fit_beside_size(deviation, weight, self.campaign)
            part = linear.of_scaled(used)
        assert linear is not None
        booster = None
        if trees:
            # Nor shall a tree stand in for size.
            offset = _base_fit(conversions, exposed, part, *of_base, phi) + part + of_size
            mean = expit(offset)
            label = np.clip(without_extremes(conversions, exposed * mean, phi) / exposed, 0, 1)
            weight = copies * effective_weights(exposed, mean, phi)
            # In units of the mean rate a row's Hessian w p (1 - p) is about 1, so regularisation
            # means the same for rare and for common conversions.
            weight /= np.average(mean, weights=weight) * weight.mean()
            data = lgb.Dataset(
                self.inputs,
                label=label,
                weight=weight,
                init_score=offset,
                feature_name=list(self.matrix.columns),
            )
            monotone = [-int(signs.get(name) == "-") for name in self.matrix.columns]
            chosen = {**TREES, **learner.trees, "monotone_constraints": monotone, "seed": seed}
            booster = lgb.train(chosen, data, num_boost_round=trees, keep_training_booster=may_grow)
        calibration = AffineCalibration()
        return RateModel(linear, self.scaler, booster, trees, calibration, self.general_level, phi)


def _size(labels: pd.DataFrame) -> Floats | None:
    if "log_followers" not in labels or labels["log_followers"].isna().all():
        return None
    size = labels["log_followers"].to_numpy(dtype=np.float64)
    return np.asarray(np.nan_to_num(size - np.nanmedian(size)))


def grow(model: RateModel, trees: int, rounds: int) -> RateModel:
    """A model that `may_grow`, grown until it has so many trees or has had so many rounds.

    These are the very trees that it would have had at once; a round that finds no split adds none.
    The booster is the same, grown: of the model given, ask for the trees by their number.
    """
    assert model.booster is not None
    made = model.trees
    # LightGBM forgets the number of threads that it trains with whenever it predicts.
    with threadpool_limits(limits=TREES["num_threads"], user_api="openmp"):
        while made < rounds and model.booster.num_trees() < trees:
            model.booster.update()
            made += 1
    return replace(model, trees=made)


def _base_fit(
    conversions: Floats,
    exposed: Floats,
    part: Floats,
    serve: Floats,
    copies: Floats,
    campaign: npt.NDArray[np.int64],
    phi: float,
) -> Floats:
    """Level of each row's campaign from its *other* rows: observed over expected.

    ``(sum of v y + 2/phi) / (sum of v n exp(part) + 2/(phi p0))`` over the others,
    ``v = 1 / (1 + n p0 phi)``: a row saturates at 1/phi conversions, and the prior, `base_serve`,
    is worth two such rows.
    """
    prior = expit(serve)
    v = copies / (1 + exposed * prior * phi)
    seen, due = v * conversions, v * exposed * np.exp(part)
    others_seen = np.bincount(campaign, seen)[campaign] - seen
    others_due = np.bincount(campaign, due)[campaign] - due
    level = (others_seen + 2 / phi) / (others_due + 2 / (phi * prior))
    return np.asarray(np.log(level) - np.log1p(-np.minimum(level, 0.999)))
