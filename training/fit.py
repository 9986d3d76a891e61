"""One training run: what was known at a moment in, a predictor out."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime

import numpy as np
import numpy.typing as npt
import pandas as pd
from scipy.special import expit
from threadpoolctl import threadpool_limits

from features.asof import (
    implausible_outcomes,
    known_outcomes,
    known_texts,
    unmeasured_outcomes,
    unripe_outcomes,
)
from features.embedding import Embedding
from features.feature import catalogue
from features.levels import base_levels
from features.precedent import known_languages
from features.prepared import Prepared
from features.text import TextSpace
from models.conformal import conformed
from models.incremental import learn_share
from models.intervals import Spreads, estimate_spreads
from models.learner import DEFAULT, Learner
from models.lift import has_control
from models.linear import HISTORY
from models.predictor import Predictor
from models.ranking import spearman_by_campaign
from models.rate import RateModel, fit_rate
from models.reach import fit_reach
from models.selection import folds_in_time, select_rate
from training.enough import require_hold_out, require_labels

LEAST_CONVERSIONS = 30
"""Of held-out campaigns, below which they tell no spread."""
DEFAULT_SPREADS = {"campaign": 0.6, "new_brand": 0.85, "creator": 1.0, "reach": 0.6}
"""Least spreads in logs where nothing was held out, or hardly anybody converted in what was; what
the rows themselves show counts where it is wider."""


@dataclass(frozen=True)
class Fitted:
    """A predictor, and what is to be said of its training.

    Attributes
    ----------
    facts : dict
        Counts, choices and estimates, one number each.
    features : DataFrame
        One line a feature of the rate: quality, facet, share of labels where known, median,
        coefficient.
    held_out : DataFrame
        One line a later campaign: labels, within-campaign Spearman of predictions made before it.
        May be empty.
    """

    predictor: Predictor
    facts: dict[str, float]
    features: pd.DataFrame
    held_out: pd.DataFrame


@dataclass(frozen=True)
class Known:
    """What was known at a training moment, before anything is learned from it.

    Attributes
    ----------
    until : datetime
        Training moment, naive UTC.
    space : TextSpace
    outcomes : DataFrame
        Matured outcomes (`asof.known_outcomes`).
    matrix : DataFrame
        Features of each outcome as of its campaign's decision, of rate and of reach.
    base_log_odds : ndarray
        Level of each outcome's campaign as expected at its decision.
    is_known_brand : ndarray of bool
        Whether another campaign of its brand had a matured outcome then.
    without_exposed : int
        Matured outcomes that train nothing.
    hold_out : bool
        Whether later campaigns are held out, to choose, calibrate and take spreads from.
    above_exposed, beyond_people : int
        Matured outcomes with more conversions than impressions, and with more people exposed than
        live (`asof.implausible_outcomes`).
    """

    until: datetime
    space: TextSpace
    outcomes: pd.DataFrame
    matrix: pd.DataFrame
    base_log_odds: npt.NDArray[np.float64]
    is_known_brand: npt.NDArray[np.bool_]
    without_exposed: int
    hold_out: bool = True
    above_exposed: int = 0
    beyond_people: int = 0


def look_back(
    market: Prepared,
    until: datetime,
    *,
    embedding: Embedding | None = None,
    seed: int = 0,
    hold_out: bool | None = True,
    unripe: pd.Series | None = None,
) -> Known:
    """Gather what was known at a moment: the dear part of a training run, the same for every choice
    of features.

    Parameters
    ----------
    market : Prepared
        It may know more than `until`.
    until : datetime
        Training moment, naive UTC: labels mature then, features as of each campaign's own decision.
    embedding : Embedding, optional
        Encodes texts in place of hashed words.
    hold_out : bool, optional
        False for uncalibrated history with default spreads, whatever there is; None for that only
        where no campaigns can be held out.
    unripe : Series, optional
        What the market knew of outcomes still to mature before it forgot
        (`asof.unripe_outcomes`), for the message.

    Raises
    ------
    UserError
        Exit 6 when there are too few outcomes to train on, or to hold campaigns out (`enough`).
    """
    connection = market.connection
    with _one_thread():
        outcomes = known_outcomes(connection, until)
        without_exposed = unmeasured_outcomes(connection, until)
        require_labels(
            outcomes,
            until,
            without_exposed=without_exposed,
            unripe=unripe_outcomes(connection, until) if unripe is None else unripe,
        )
        labels = outcomes[outcomes["exposed"] > 0]
        if hold_out:
            require_hold_out(labels, until)
        elif hold_out is None:
            hold_out = bool(folds_in_time(labels))
        texts = known_texts(connection, until)
        languages = known_languages(connection, texts, set(outcomes["campaign_id"]))
        space = TextSpace.fit(texts, embedding=embedding, seed=seed, languages=languages)
        matrix = market.build(outcomes, space)
        levels = base_levels(connection, outcomes, space)
        return Known(
            until,
            space,
            outcomes,
            matrix,
            levels["base_log_odds"].to_numpy(dtype=np.float64),
            levels["is_known_brand"].to_numpy(dtype=bool),
            without_exposed,
            hold_out,
            *implausible_outcomes(connection, until),
        )


def fit(
    market: Prepared,
    until: datetime,
    *,
    embedding: Embedding | None = None,
    seed: int = 0,
    hold_out: bool = True,
    unripe: pd.Series | None = None,
) -> Fitted:
    """Train on what was known at a moment: `look_back`, then `learn`."""
    known = look_back(
        market, until, embedding=embedding, seed=seed, hold_out=hold_out, unripe=unripe
    )
    return learn(known, seed=seed)


def learn(
    known: Known,
    features: Sequence[str] | None = None,
    *,
    seed: int = 0,
    learner: Learner = DEFAULT,
) -> Fitted:
    """Train on what was known.

    Parameters
    ----------
    features : sequence of str, optional
        Features of the rate to learn from, in catalogue order; all of them when not given. The
        reach is the same whatever they are.
    """
    with _one_thread():
        return _learn(known, features, seed, learner)


def _one_thread() -> threadpool_limits:
    """Sums of several threads differ in their last bits with the number of cores."""
    return threadpool_limits(limits=1)


def rows_of_rate(
    known: Known, features: Sequence[str] | None = None
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """What the rate is learned from: matrix and labels, as `select_rate` takes them."""
    outcomes = known.outcomes
    labelled = (outcomes["exposed"] > 0).to_numpy()
    labels = outcomes.assign(
        base_log_odds=known.base_log_odds,
        is_known_brand=known.is_known_brand,
        log_followers=known.matrix["log_followers"],
    )[labelled].reset_index(drop=True)
    offered = [feature.name for feature in catalogue(popularity=False)]
    names = [name for name in offered if features is None or name in features]
    return known.matrix.loc[labelled, names].reset_index(drop=True), labels


def _learn(known: Known, features: Sequence[str] | None, seed: int, learner: Learner) -> Fitted:
    outcomes, matrix = known.outcomes, known.matrix
    of_rate, labels = rows_of_rate(known, features)
    if known.hold_out:
        rate, later = select_rate(of_rate, labels, seed=seed, learner=learner)
    else:
        rate = _history_alone(of_rate, labels, seed)
        later = pd.DataFrame({"row": np.empty(0, dtype=np.int64), "log_odds": np.empty(0)})

    late = later["row"].to_numpy(dtype=np.int64)
    first_late = labels["as_of"].iloc[late].min() if len(late) else None
    reach, reach_errors = fit_reach(
        matrix,
        outcomes["exposed"].to_numpy(dtype=np.float64),
        outcomes["posts"].to_numpy(dtype=np.float64),
        later=np.flatnonzero(outcomes["as_of"] >= first_late) if len(late) else late,
        early=np.flatnonzero(outcomes["known_at"] < first_late) if len(late) else late,
    )
    if len(late):
        judged, log_odds = labels.iloc[late], later["log_odds"].to_numpy()
    else:
        judged = labels
        log_odds = rate.log_odds(of_rate, labels["base_log_odds"].to_numpy(dtype=np.float64))
    told = {
        "conversions": judged["conversions"].to_numpy(dtype=np.float64),
        "expected": judged["exposed"].to_numpy(dtype=np.float64) * expit(log_odds),
        "campaign": pd.factorize(judged["campaign_id"])[0].astype(np.int64),
        "known_share": of_rate.iloc[judged.index].notna().mean(axis=1).to_numpy(),
        "is_known_brand": judged["is_known_brand"].to_numpy(dtype=bool),
        "log_reach_error": reach_errors.to_numpy(),
    }
    spreads = estimate_spreads(**told)
    if len(late):
        reached = outcomes["campaign_id"].iloc[reach_errors.index]
        of_reach = pd.factorize(reached)[0].astype(np.int64)
        # A campaign without a brand on record is one of its own.
        brand = judged["brand"].fillna("campaign " + judged["campaign_id"].astype(str))
        of_brand = pd.factorize(brand)[0].astype(np.int64)
        spreads = conformed(spreads, **told, brand=of_brand, reach_campaign=of_reach)
    if not len(late) or judged["conversions"].sum() < LEAST_CONVERSIONS:
        spreads = _at_least_default(spreads)
    incremental = learn_share(outcomes)
    controlled = outcomes[has_control(outcomes)]
    predictor = Predictor(
        rate=rate,
        reach=reach,
        spreads=spreads,
        space=known.space,
        trained_until=known.until,
        typical=matrix.median(),
        low=matrix.min(),
        high=matrix.max(),
        incremental=incremental,
        is_checked=bool(len(late)),
        impressions_share=float((labels["exposed_unit"] == "impressions").mean()),
    )
    held_out = pd.DataFrame({"campaign_id": [], "labels": [], "spearman": []})
    if len(late):
        realised = (judged["conversions"] / judged["exposed"]).to_numpy()
        ranks = spearman_by_campaign(log_odds, realised, judged["campaign_id"])
        held_out = (
            judged.groupby("campaign_id")
            .size()
            .rename("labels")
            .to_frame()
            .join(ranks)
            .reset_index()
        )
    coefficients = pd.Series(rate.linear.coefficients, index=list(rate.linear.scaler.columns))
    described = pd.DataFrame(
        {
            "feature": of_rate.columns,
            "quality": [feature.quality for feature in predictor.features],
            "facet": [feature.facet for feature in predictor.features],
            "known": of_rate.notna().mean().to_numpy(),
            "median": of_rate.median().to_numpy(),
            "coefficient": coefficients.reindex(of_rate.columns).fillna(0.0).to_numpy(),
        }
    )
    facts = {
        "outcomes": len(outcomes),
        "labels": len(labels),
        "campaigns": int(labels["campaign_id"].nunique()),
        "creators": int(labels["creator_id"].nunique()),
        "outcomes_without_exposed": known.without_exposed,
        "outcomes_above_exposed": known.above_exposed,
        "outcomes_beyond_people": known.beyond_people,
        "impressions_share": predictor.impressions_share,
        "held_out_labels": len(late),
        "held_out_spearman": float(held_out["spearman"].mean())
        if held_out["spearman"].notna().any()
        else np.nan,
        "features_beyond_history": int(
            (coefficients.drop(list(HISTORY), errors="ignore") != 0).sum()
        ),
        "trees": rate.trees,
        "tree_variance_share": predictor.tree_share(
            of_rate, labels["base_log_odds"].to_numpy(dtype=np.float64)
        ),
        "overdispersion": rate.phi,
        "calibration_slope": rate.calibration.slope,
        "calibration_intercept": rate.calibration.intercept,
        "sd_campaign": spreads.campaign,
        "sd_new_brand": spreads.new_brand,
        "sd_creator": spreads.creator,
        "sd_reach": spreads.reach,
        "controlled_outcomes": len(controlled),
        "controlled_campaigns": int(controlled["campaign_id"].nunique()),
        "incremental_share": np.nan if incremental is None else incremental.share,
        "sd_incremental_share": np.nan if incremental is None else incremental.sd_log,
    }
    return Fitted(predictor, facts, described, held_out)


def _history_alone(matrix: pd.DataFrame, labels: pd.DataFrame, seed: int) -> RateModel:
    """Base and shrunk history, uncalibrated. No better past counts against a creator: what would
    say so on so few outcomes is chance.
    """
    rate = fit_rate(matrix, labels, penalty=None, trees=0, seed=seed)
    positive = np.maximum(rate.linear.coefficients, 0.0)
    return replace(rate, linear=replace(rate.linear, coefficients=positive))


def _at_least_default(spreads: Spreads) -> Spreads:
    wide = {name: max(getattr(spreads, name), least) for name, least in DEFAULT_SPREADS.items()}
    return replace(spreads, **wide)
