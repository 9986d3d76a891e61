"""The learner with one piece exchanged: each variant is one change from the default.

The product offers none of these as options. Where it has no parameter the piece is replaced in the
module that looks it up, for the time of one fit and its predictions.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager, ExitStack
from dataclasses import dataclass, replace
from typing import Any
from unittest.mock import patch

import numpy as np
import numpy.typing as npt
import pandas as pd
from sklearn.linear_model import LogisticRegression
from threadpoolctl import threadpool_limits

from features.asof import windows_of
from features.feature import catalogue
from models import linear, rate, selection
from models.calibration import AffineCalibration
from models.evidence import copies_share, effective_weights
from models.learner import DEFAULT
from models.linear import HISTORY
from models.rate import RateModel, fit_rate
from tests.benchmarks.learner_origins import TASTE, Origin

Floats = npt.NDArray[np.float64]
Change = Callable[[], AbstractContextManager[Any]]

CONVERSATION = (
    "comments",
    "received",
    "threads",
    "exchanges",
    "acts",
    "favours",
    "peer_acts",
    "approaches",
    "topical_talk",
    "topical_mentions",
    "topical_comments",
    "audience_voice",
    "opinions",
)
"""Streams that a market of posts and counters lacks."""
TREES = selection.TREES_KEPT[0]


@dataclass(frozen=True)
class Variant:
    """One change from the default.

    Attributes
    ----------
    changes : tuple
        What is replaced while it is fitted and asked.
    fit : callable
        `fit_rate`, or what takes its place.
    weights : callable, optional
        Further weights of an origin's labels, of mean about 1.
    penalty : float, optional
        Ridge penalty of the features beside history; None leaves them out.
    trees : int, optional
        Number of trees; None for what later campaigns confirm, of both.
    """

    name: str
    changes: tuple[Change, ...] = ()
    fit: Callable[..., RateModel] = fit_rate
    weights: Callable[[Origin], Floats] | None = None
    penalty: float | None = DEFAULT.penalty
    trees: int | None = TREES


def replaced(module: Any, **pieces: Any) -> Change:
    """The pieces of a module exchanged for a while; one that it does not have is an error."""
    return lambda: patch.multiple(module, **pieces)


def learned(origin: Origin, variant: Variant, matrices: Mapping[str, pd.DataFrame]) -> pd.DataFrame:
    """Calibrated log-odds of what is judged, a column for each of several matrices of it.

    The default and every variant are fitted on all labels and calibrated on later ones as the
    product does, but for the choice of how much to keep: it would add its own chance.
    """
    labels = origin.labels
    with ExitStack() as stack:
        stack.enter_context(threadpool_limits(limits=1))
        if variant.weights is not None:
            labels = labels.assign(further=variant.weights(origin))
            stack.enter_context(patch.multiple(rate, copies_share=_further))
        for change in variant.changes:
            stack.enter_context(change())
        if variant.trees is None:
            model, _ = selection.select_rate(origin.matrix, labels)
        else:
            model = _fixed(variant, origin.matrix, labels)
        return pd.DataFrame(
            {
                name: model.log_odds(matrix[model.columns], origin.rows_base)
                for name, matrix in matrices.items()
            }
        )


def _fixed(variant: Variant, matrix: pd.DataFrame, labels: pd.DataFrame) -> RateModel:
    """As `select_rate`, but that nothing is chosen; uncalibrated where no campaign can be held out."""
    settings = {"penalty": variant.penalty, "trees": variant.trees, "seed": 0}
    model = variant.fit(matrix, labels, **settings)
    told = labels["base_log_odds"].to_numpy(dtype=np.float64)
    parts = []
    for early, late in selection.folds_in_time(labels):
        earlier = variant.fit(matrix.iloc[early], labels.iloc[early], **settings)
        log_odds = earlier.log_odds(matrix.iloc[late], told[late])
        parts.append(pd.DataFrame({"raw": log_odds, "base": earlier.base(told[late])}, index=late))
    if not parts:
        return model
    later = pd.concat(parts).sort_index()
    rows = labels.iloc[later.index]
    calibration = AffineCalibration.fit(
        later["raw"].to_numpy(),
        later["base"].to_numpy(),
        *selection._rates_and_weights(rows, later, model.phi),
        campaign=pd.factorize(rows["campaign_id"])[0],
    )
    return replace(model, calibration=calibration)


def _further(labels: pd.DataFrame) -> Floats:
    return copies_share(labels) * labels["further"].to_numpy(dtype=np.float64)


def constant_cap(rho: float) -> Callable[..., Floats]:
    """``n / (1 + (n - 1) rho)``: as if people reached by one creator agreed by rho, whatever the
    rate.
    """
    return lambda exposed, mean, phi: exposed / (1 + (exposed - 1) * rho)


def later(exposed: Floats, mean: Floats, phi: float) -> Floats:
    """As the default, saturating at four times as many conversions."""
    return effective_weights(exposed, mean, phi / 4)


def equal(exposed: Floats, mean: Floats, phi: float) -> Floats:
    """Every row tells the same of its log rate, however many people it reached."""
    return 1 / mean


def raw(exposed: Floats, mean: Floats, phi: float) -> Floats:
    """People, as if each decided for itself."""
    return exposed


def serve_alone(
    conversions: Floats, exposed: Floats, part: Floats, serve: Floats, *others: Any
) -> Floats:
    """In place of `base_fit`: the level known at the decision, no other row of the campaign."""
    return serve


def logged(clip: float) -> Callable[[Origin], Floats]:
    """One over the propensity with which each label's creator was picked, as logged."""
    return lambda origin: inverse(_of_labels(origin, origin.considered["propensity"]), clip)


def estimated(clip: float) -> Callable[[Origin], Floats]:
    """One over the propensity that the candidates alone suggest."""
    return lambda origin: inverse(_of_labels(origin, propensities(origin.considered)), clip)


def _of_labels(origin: Origin, propensity: pd.Series) -> Floats:
    """Of each label; NaN where its creator was not among the candidates."""
    keys = ["campaign_id", "creator_id"]
    known = origin.considered[keys].assign(propensity=propensity)
    found = origin.labels[keys].merge(known, on=keys, how="left", validate="m:1")
    return found["propensity"].to_numpy(dtype=np.float64)


def inverse(propensity: Floats, clip: float) -> Floats:
    """``1 / p`` over its mean, at most `clip`; 1 where p is unknown."""
    weight = 1 / propensity
    return np.nan_to_num(np.minimum(weight / np.nanmean(weight), clip), nan=1.0)


def effective_share(weight: Floats) -> float:
    """``(sum w)^2 / (n sum w^2)``: the share of the rows that equal weights would need."""
    return float(weight.sum() ** 2 / (len(weight) * (weight**2).sum()))


def propensities(considered: pd.DataFrame) -> pd.Series:
    """Chance of each candidate to be picked, by a logistic regression on how it differs from its
    campaign's others in `TASTE`, around the share of them that was picked.
    """
    by_campaign = considered["campaign_id"]
    picked = considered["picked"].astype(float)
    grouped = picked.groupby(by_campaign)
    share = (grouped.transform("sum") + 0.5) / (grouped.transform("size") + 1.0)
    asked = considered[list(TASTE)].assign(
        earlier_outcomes=np.log1p(considered["earlier_outcomes"].fillna(0.0))
    )
    differs = asked - asked.groupby(by_campaign).transform("mean")
    inputs = differs.fillna(0.0).assign(share=np.log(share / (1 - share)))
    model = LogisticRegression(max_iter=1000).fit(inputs, picked > 0)
    return pd.Series(model.predict_proba(inputs)[:, 1], index=considered.index)


def streams_of() -> dict[str, set[str]]:
    """Streams that each feature of the rate asks, but for history: what it knows stays."""
    return {
        feature.name: {window.stream for window in windows_of([feature.compute])}
        for feature in catalogue(popularity=False)
        if feature.name not in HISTORY
    }


def without_streams(matrix: pd.DataFrame, absent: Mapping[str, npt.NDArray[np.bool_]]) -> Any:
    """A matrix in which features that ask an absent stream are unknown.

    Parameters
    ----------
    absent : mapping
        Stream -> bool ndarray, shape (n,): in which rows it is absent.
    """
    gone = np.zeros(matrix.shape, dtype=bool)
    for name, asked in streams_of().items():
        for stream in asked & absent.keys():
            gone[:, matrix.columns.get_loc(name)] |= absent[stream]
    return matrix.mask(gone)


def without_conversation(matrix: pd.DataFrame) -> pd.DataFrame:
    everywhere = np.ones(len(matrix), dtype=bool)
    found: pd.DataFrame = without_streams(matrix, dict.fromkeys(CONVERSATION, everywhere))
    return found


def masked(share: float) -> Callable[..., RateModel]:
    """In place of `fit_rate`: each stream absent in a share of the rows, drawn anew for each."""

    def fit(matrix: pd.DataFrame, labels: pd.DataFrame, **settings: Any) -> RateModel:
        generator = np.random.default_rng(settings.get("seed", 0))
        streams = sorted(set().union(*streams_of().values()))
        absent = {stream: generator.random(len(matrix)) < share for stream in streams}
        return fit_rate(without_streams(matrix, absent), labels, **settings)

    return fit


WHOLE = Variant("default")
MASKED = (
    Variant("streams absent in .1 of the rows", fit=masked(0.1)),
    Variant("streams absent in .2 of the rows", fit=masked(0.2)),
)
SELECTION = (
    *(Variant(f"1 / logged propensity, at most {c}", weights=logged(c)) for c in (2, 4, 10)),
    Variant("1 / estimated propensity, at most 4", weights=estimated(4)),
)
VARIANTS = (
    WHOLE,
    *(
        Variant(
            f"weights n / (1 + (n - 1) {rho:g})",
            (replaced(rate, effective_weights=constant_cap(rho)),),
        )
        for rho in (0.001, 0.0001)
    ),
    Variant("weights n / (1 + n p phi / 4)", (replaced(rate, effective_weights=later),)),
    Variant("equal weights", (replaced(rate, effective_weights=equal),)),
    Variant("weights of raw exposure", (replaced(rate, effective_weights=raw),)),
    *SELECTION,
    *MASKED,
    Variant("clipped hard at 4", (replaced(linear, KNEE=4.0, FARTHEST=4.0),)),
    Variant("no trees", trees=0),
    Variant("trees beside history, no ridge of the rest", penalty=None),
    Variant("history alone", penalty=None, trees=0),
    *(Variant(f"ridge penalty {penalty:g}", penalty=penalty) for penalty in (100.0, 300.0, 3000.0)),
    Variant("400 trees", trees=400),
    Variant("signs not enforced", (replaced(rate, catalogue=lambda **_: []),)),
    Variant("base_serve in place of base_fit", (replaced(rate, _base_fit=serve_alone),)),
    Variant(
        "copies count in full",
        (replaced(rate, copies_share=lambda labels: np.ones(len(labels))),),
    ),
    Variant("as the product chooses", trees=None),
)
