"""How good would decisions have been: train at each origin on what was known, judge what came."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

import numpy as np
import pandas as pd

from features.asof import known_outcomes
from features.edges import prepare_edges
from features.embedding import Embedding
from features.errors import Exit, UserError
from features.prepared import Prepared
from models.baselines import Baseline
from models.lift import has_control
from training.ahead import windows
from training.counterfactual import (
    MEASURED,
    expected_conversions,
    money_by_experience,
    money_table,
    score_candidates,
    truth_table,
)
from training.importance import agreement_of_retrains, importance_table
from training.judged import ENGAGEMENT_TIMES_REACH, PAST_TIMES_REACH, judged_rows, origin_facts
from training.lift_table import lift_table
from training.logged_value import logged_candidates, value_table
from training.metrics import CAMPAIGN_BASE, calibration_deciles, metric_table, pit_histogram
from training.origin import Seen, look, speaking
from training.qini import qini_table
from training.rank_table import LEAST_OUTCOMES, MODEL, rank_table

END_OF_TIME = datetime(2200, 1, 1)
KEYS = ["campaign_id", "creator_id"]


@dataclass(frozen=True)
class Evaluation:
    """What an evaluation found.

    Attributes
    ----------
    figures : DataFrame
        Every figure, one line a metric, subset and score: `metrics.metric_table` says which,
        besides the rank correlations, the share of the oracle's conversions captured, and the value
        by logged propensities (`logged_value.value_table`).
    deciles, pit : DataFrame
        Predicted and observed rates in tenths of the rows (`metrics.calibration_deciles`), and the
        histogram of the randomised PIT (`metrics.pit_histogram`).
    ranking : DataFrame
        One line a score and subset of rows (all, warm, cold, with history): mean within-campaign
        Spearman correlation with the realised rate, its interval (`bootstrap.Drawn.interval`), and
        the paired difference of the model to it.
    conversions : DataFrame
        The same with realised conversions, reach included.
    origins : DataFrame
        One line an origin: labels, trees kept, share of the variance, totals predicted and
        observed, coverage.
    rows : DataFrame
        Every judged row with its predictions.
    baselines : DataFrame
        One line a baseline: `score`, what it `claims`, its `source`, and the terms that it `lacks`
        because no table carries them, or no row judged. A baseline that knows nothing of any row is
        left out, and the engagement model where it could not be learned at every origin.
    candidates : DataFrame, optional
        Where all is known of candidates, or their choice was logged: each with what is expected of
        it (`counterfactual.score_candidates`).
    money, truth : DataFrame, optional
        Where fee and outcome of every candidate are known: the share of the oracle's conversions
        captured (`counterfactual.money_table`); where the truth itself is known, the agreement with
        it (`counterfactual.truth_table`).
    importance : DataFrame
        What the models rest on (`importance.importance_table`); how far those of successive origins
        agree is among the figures, as ``importance_agreement``.
    value : DataFrame, optional
        Where choices were logged with propensities (`logged_value.value_table`).
    lift, qini : DataFrame, optional
        Where judged outcomes held groups out: the incremental conversions
        (`lift_table.lift_table`), and, in enough campaigns, the Qini curves of the scores
        (`qini.qini_table`, whose coefficients are among the figures).
    """

    figures: pd.DataFrame
    deciles: pd.DataFrame
    pit: pd.DataFrame
    ranking: pd.DataFrame
    conversions: pd.DataFrame
    origins: pd.DataFrame
    rows: pd.DataFrame
    baselines: pd.DataFrame
    importance: pd.DataFrame
    candidates: pd.DataFrame | None = None
    money: pd.DataFrame | None = None
    truth: pd.DataFrame | None = None
    value: pd.DataFrame | None = None
    lift: pd.DataFrame | None = None
    qini: pd.DataFrame | None = None


def evaluate(
    market: Prepared,
    origins: Sequence[datetime],
    days: float,
    *,
    candidates: pd.DataFrame | None = None,
    embedding: Embedding | None = None,
    seed: int = 0,
    on_origin: Callable[[datetime], None] = lambda origin: None,
    on_judged: Callable[[Seen, Mapping[str, Baseline]], None] = lambda seen, baselines: None,
) -> Evaluation:
    """Judge by rolling origins over whole campaigns.

    At each origin a model is trained on what was known then, and the campaigns that are decided in
    the `ahead.windows` after it are scored at their own decision. Where no campaigns can
    be held out in training, the model of the origin is uncalibrated history. A row is cold when its
    creator has no outcome in any campaign that started before the origin, mature or not.

    Parameters
    ----------
    market : Prepared
        The data.
    origins : sequence of datetime
        Naive UTC.
    days : float
        Length of the window judged after each origin; it ends at the next one.
    candidates : DataFrame, optional
        Candidates of whom all is known (`counterfactual.known_candidates`), for the money.
    embedding : Embedding, optional
        Encodes texts in place of hashed words.
    on_origin : callable
        Called as each origin begins.
    on_judged : callable
        Called with what was learned and seen at each origin, and the baselines that speak there.

    Raises
    ------
    UserError
        Exit 6 when an origin has too few labels to train, or no campaign to judge; the origin is
        named.
    """
    outcomes = known_outcomes(market.connection, END_OF_TIME)
    outcomes = outcomes[outcomes["exposed"] > 0]
    prepare_edges(market.connection)
    offered = _all_candidates(candidates, logged_candidates(market.connection))
    origins_seen = []
    for origin, span in windows(origins, days):
        on_origin(origin)
        origins_seen.append(look(market, outcomes, origin, span, offered, embedding, seed))
    baselines = [speaking(seen, origins_seen) for seen in origins_seen]
    judged, facts, scored, shares = [], [], [], []
    for seen, said in zip(origins_seen, baselines, strict=True):
        found = judged_rows(seen, said)
        judged.append(found)
        on_judged(seen, said)
        facts.append(origin_facts(seen, found))
        predictor = seen.fitted.predictor
        shares.append(predictor.contributions(seen.ahead.matrix, seen.ahead.base_log_odds))
        if seen.offered is not None:
            scored.append(score_candidates(seen.offered.rows, seen.offered, predictor, said))
    last = baselines[-1]
    rows = pd.concat(judged, ignore_index=True)
    realised = (rows["conversions"] / rows["exposed"]).to_numpy()
    by_rate = {MODEL: "rate", **{name: name for name in (*last, PAST_TIMES_REACH)}}
    ranking = rank_table(rows, by_rate, realised, seed=seed)
    if ranking.empty:
        raise UserError(
            f"no campaign with {LEAST_OUTCOMES} or more outcomes is decided within {days:g} days "
            f"of the origins ({', '.join(f'{origin:%Y-%m-%d}' for origin in sorted(origins))}), so "
            f"no order can be judged: there are {len(rows)} outcomes in "
            f"{rows['campaign_id'].nunique()} campaigns. Choose other --origins or more --days",
            Exit.DATA,
        )
    by_conversions = {MODEL: "predicted_conversions", PAST_TIMES_REACH: PAST_TIMES_REACH}
    if ENGAGEMENT_TIMES_REACH in rows:
        by_conversions[ENGAGEMENT_TIMES_REACH] = ENGAGEMENT_TIMES_REACH
    by_conversions |= {"our reach alone": "predicted_exposed"}
    by_conversions |= {name: name for name, b in last.items() if b.of == "creator"}
    conversions = rank_table(
        rows, by_conversions, rows["conversions"].to_numpy(dtype=np.float64), seed=seed
    )
    everyone, money, truth, value = None, None, None, None
    if scored:
        everyone = pd.concat(scored, ignore_index=True)
        known, logged = everyone[everyone["is_known"]], everyone[everyone["propensity"] > 0]
        if len(known):
            money = money_table(known, last, seed=seed)
            by_experience = money_by_experience(known, last, seed=seed)
            truth = truth_table(known, last) if known["true_rate"].notna().all() else None
        if len(logged):
            value = value_table(logged, expected_conversions(logged, last), seed=seed)
    contributions = pd.concat(shares, ignore_index=True)
    features = origins_seen[-1].fitted.predictor.features
    importance = importance_table(
        contributions, rows["campaign_id"], rows["origin"], features, seed=seed
    )
    figures = [metric_table(rows, by_conversions, seed=seed)]
    figures.append(
        pd.DataFrame(
            [
                {
                    "metric": "importance_agreement",
                    "subset": "all",
                    "score": MODEL,
                    "value": agreement_of_retrains(contributions, rows["origin"]),
                    "campaigns": rows["campaign_id"].nunique(),
                    "rows": len(rows),
                }
            ]
        )
    )
    figures += _ranks_as_figures(ranking, conversions)
    if money is not None:
        figures += _money_as_figures(pd.concat([money.assign(subset="all"), by_experience]))
    if value is not None:
        figures.append(value)
    lift, qini = None, None
    controlled = rows[has_control(rows)]
    if len(controlled):
        lift = lift_table(controlled)
        ordering = by_rate | {CAMPAIGN_BASE: CAMPAIGN_BASE}
        if (told := qini_table(controlled, ordering, seed=seed)) is not None:
            figures.append(told[0])
            qini = told[1]
    return Evaluation(
        pd.concat(figures, ignore_index=True),
        calibration_deciles(rows, seed=seed),
        pit_histogram(rows),
        ranking,
        conversions,
        pd.DataFrame(facts),
        rows,
        _described(last, rows),
        importance,
        everyone,
        money,
        truth,
        value,
        lift,
        qini,
    )


def _all_candidates(known: pd.DataFrame | None, logged: pd.DataFrame) -> pd.DataFrame | None:
    """Candidates of whom all is known and those whose choice was logged, each once.

    `is_known` tells the former, `propensity` (not NaN) the latter; NaN is what either lacks.
    """
    if known is None or known.empty:
        if logged.empty:
            return None
        nothing = dict.fromkeys(MEASURED, np.nan)
        return logged.assign(is_known=False, **nothing)
    choices = logged[[*KEYS, "propensity", "logged_conversions"]]
    both = known.assign(is_known=True).merge(choices, on=KEYS, how="left")
    other = logged.merge(known[KEYS].assign(is_known=True), on=KEYS, how="left")
    other = other[other["is_known"].isna()].assign(is_known=False)
    return pd.concat([both, other], ignore_index=True) if len(other) else both


def _ranks_as_figures(ranking: pd.DataFrame, conversions: pd.DataFrame) -> list[pd.DataFrame]:
    """Rank correlations in the columns of `metrics.metric_table`."""
    return [
        _of_others(
            table.rename(columns={"rows": "subset", "spearman": "value", "model_ahead": "ahead"})
            .drop(columns="creators")
            .assign(metric=f"spearman_{of}")
        )
        for of, table in (("rate", ranking), ("conversions", conversions))
    ]


def _money_as_figures(money: pd.DataFrame) -> list[pd.DataFrame]:
    """Captured shares, pooled and means of ratios, in the same columns."""
    share = (100 * money["budget_share"]).map("{:g}".format)
    setting = share + "_percent_" + money["reach"] + "_reach"
    kept = ["score", "subset", "campaigns"]
    tables = []
    for metric, value, ahead, prefix in (
        ("captured_", "pooled", "suasion_ahead", ""),
        ("mean_captured_", "mean", "mean_ahead", "mean_"),
    ):
        names = {value: "value", ahead: "ahead"} | {
            f"{prefix}{end}": end for end in ("low", "high", "ahead_low", "ahead_high")
        }
        told = money[[*kept, *names]].rename(columns=names)
        tables.append(_of_others(told.assign(metric=metric + setting)))
    return tables


def _of_others(table: pd.DataFrame) -> pd.DataFrame:
    """Without the model's lead over itself."""
    ahead = ["ahead", "ahead_low", "ahead_high"]
    return table.assign(**{name: table[name].where(table["score"] != MODEL) for name in ahead})


def _described(baselines: Mapping[str, Baseline], rows: pd.DataFrame) -> pd.DataFrame:
    return pd.DataFrame(
        [
            {
                "score": baseline.name,
                "claims": baseline.claims,
                "source": baseline.source,
                "lacks": "; ".join(
                    f"{term}: {why}" for term, why in baseline.lacks_in(rows).items()
                ),
            }
            for baseline in baselines.values()
        ]
    )
