"""What each quality is worth: the model without it, with it alone, and with history alone."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import numpy as np
import pandas as pd
from scipy.special import expit

from features.asof import known_outcomes
from features.embedding import Embedding
from features.errors import Exit, UserError
from features.feature import QUALITIES, catalogue
from features.prepared import Prepared
from models.linear import HISTORY
from models.predictor import Predictor
from models.ranking import spearman_by_campaign
from training.ahead import in_window, look_ahead, windows
from training.counterfactual import look_at_candidates, with_value
from training.evaluation import END_OF_TIME
from training.fit import learn, look_back
from training.judged import log_rate_error
from training.money import TIGHT_SHARE, captured, share_of_oracle
from training.origin import at_origin
from training.rank_table import LEAST_OUTCOMES, rank_table

WHOLE = "all qualities"


@dataclass(frozen=True)
class Ablation:
    """What was found.

    Attributes
    ----------
    table : DataFrame
        One line a subset of rows (all, cold) and variant: mean within-campaign Spearman correlation
        with the realised rate and its interval; `gain`, its paired difference to the model of all
        qualities, with interval; `log_rate_rmse`. On the lines of all rows also, NaN where it is
        not known: `true_spearman` with the true rate, `captured` of the oracle's conversions under
        the tight budget at the true reach, and its paired difference `captured_gain`.
    origins : DataFrame
        One line an origin and variant: features offered and used, trees kept, and the share of the
        variance of log rate that they carry.
    rows : DataFrame
        Every judged row, the rate by each variant in a column of its name.
    """

    table: pd.DataFrame
    origins: pd.DataFrame
    rows: pd.DataFrame


def variants() -> dict[str, tuple[str, ...]]:
    """Features of the rate by variant, in catalogue order; the whole first."""
    quality_of = {feature.name: feature.quality for feature in catalogue(popularity=False)}
    without = {
        f"without {quality}": tuple(n for n, q in quality_of.items() if q != quality)
        for quality in QUALITIES
    }
    alone = {
        f"{quality} alone": tuple(n for n, q in quality_of.items() if q == quality)
        for quality in QUALITIES
    }
    history = {"history alone": tuple(n for n in quality_of if n in HISTORY)}
    return {WHOLE: tuple(quality_of), **without, **alone, **history}


def ablate(
    market: Prepared,
    origins: Sequence[datetime],
    days: float,
    *,
    candidates: pd.DataFrame | None = None,
    embedding: Embedding | None = None,
    seed: int = 0,
    on_variant: Callable[[datetime, str], None] = lambda origin, variant: None,
) -> Ablation:
    """Train every variant at each origin on what was known then, and judge later campaigns.

    Parameters are those of `evaluation.evaluate`. Features are built once an origin.

    Parameters
    ----------
    on_variant : callable
        Called as the training of each variant begins.

    Raises
    ------
    UserError
        Exit 6 when an origin has too few labels to train, or no campaign to judge; the origin is
        named.
    """
    outcomes = known_outcomes(market.connection, END_OF_TIME)
    outcomes = outcomes[outcomes["exposed"] > 0]
    judged, offered, facts = [], [], []
    for origin, span in windows(origins, days):
        with at_origin(origin):
            known = look_back(market, origin, embedding=embedding, seed=seed, hold_out=None)
            ahead = look_ahead(market, outcomes, known.space, origin, span)
        scored = [(ahead.rows, ahead.matrix, ahead.base_log_odds)]
        if candidates is not None and len(chosen := in_window(candidates, origin, span)):
            scored.append(look_at_candidates(market, chosen, known.space))
        rates: list[dict[str, Any]] = [{} for _ in scored]
        for variant, features in variants().items():
            on_variant(origin, variant)
            predictor = learn(known, features, seed=seed).predictor
            for found, (_, matrix, base) in zip(rates, scored, strict=True):
                found[variant] = expit(
                    predictor.rate.log_odds(matrix[predictor.rate.columns], base)
                )
            facts.append(
                {
                    "origin": origin,
                    "variant": variant,
                    "offered": len(features),
                    "used": _used(predictor),
                    "trees": predictor.rate.trees,
                    "tree_variance_share": predictor.tree_share(ahead.matrix, ahead.base_log_odds),
                }
            )
        rated = [rows.assign(**found) for (rows, _, _), found in zip(scored, rates, strict=True)]
        judged.append(rated[0])
        offered += rated[1:]
    rows = pd.concat(judged, ignore_index=True)
    table = _ranked(rows, seed)
    if offered:
        everyone = pd.concat(offered, ignore_index=True)
        table = table.merge(_valued(everyone, seed), on=["rows", "variant"], how="left")
    return Ablation(table, pd.DataFrame(facts), rows)


def _used(predictor: Predictor) -> int:
    """Number of features that the rate depends on."""
    rate = predictor.rate
    used = {
        name
        for name, coefficient in zip(
            rate.linear.scaler.columns, rate.linear.coefficients, strict=True
        )
        if coefficient
    }
    if rate.booster is not None:
        splits = rate.booster.feature_importance("split")
        used |= {name for name, count in zip(rate.columns, splits, strict=True) if count}
    return len(used)


def _ranked(rows: pd.DataFrame, seed: int) -> pd.DataFrame:
    """Order and error of each variant on all rows and on those of cold creators."""
    names = list(variants())
    realised = (rows["conversions"] / rows["exposed"]).to_numpy(dtype=np.float64)
    ranking = rank_table(
        rows,
        {name: name for name in names},
        realised,
        subsets=("all", "cold"),
        reference=WHOLE,
        seed=seed,
    )
    if ranking.empty:
        raise UserError(
            f"no campaign with {LEAST_OUTCOMES} or more outcomes starts after the origins: "
            "choose other --origins or more --days",
            Exit.DATA,
        )
    of_subset = {"all": rows, "cold": rows[rows["is_cold"]]}
    errors = [
        float(np.sqrt(np.mean(log_rate_error(found.assign(rate=found[variant])) ** 2)))
        for variant, found in zip(ranking["score"], ranking["rows"].map(of_subset.get), strict=True)
    ]
    return pd.DataFrame(
        {
            "rows": ranking["rows"],
            "variant": ranking["score"],
            "campaigns": ranking["campaigns"],
            "creators": ranking["creators"],
            "spearman": ranking["spearman"],
            "low": ranking["low"],
            "high": ranking["high"],
            # The table says by how much the reference leads; here what a variant gains on it.
            "gain": -ranking["model_ahead"],
            "gain_low": -ranking["ahead_high"],
            "gain_high": -ranking["ahead_low"],
            "log_rate_rmse": errors,
        }
    )


def _valued(candidates: pd.DataFrame, seed: int) -> pd.DataFrame:
    """Agreement of each variant with the true rate, and what a tight budget spent by it brings."""
    names = list(variants())
    valued = with_value(candidates)
    expected = valued.assign(**{name: valued[name] * valued["reach"] for name in names})
    shares = share_of_oracle(
        captured(expected, {name: name for name in names}, share=TIGHT_SHARE),
        reference=WHOLE,
        seed=seed,
    ).set_index("score")
    truth = valued["true_rate"].to_numpy(dtype=np.float64)
    is_known = bool(valued["true_rate"].notna().all())
    lines = []
    for name in names:
        line = shares.loc[name]
        rate = valued[name].to_numpy(dtype=np.float64)
        ranks = spearman_by_campaign(rate, truth, valued["campaign_id"]) if is_known else None
        lines.append(
            {
                "rows": "all",
                "variant": name,
                "true_spearman": np.nan if ranks is None else float(ranks.mean()),
                "captured": line["pooled"],
                "captured_gain": -line["suasion_ahead"],
                "captured_gain_low": -line["ahead_high"],
                "captured_gain_high": -line["ahead_low"],
            }
        )
    return pd.DataFrame(lines)
