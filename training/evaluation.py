"""How good would decisions have been: train at each origin on what was known, judge what came."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from features.asof import known_outcomes
from features.edges import prepare_edges
from features.embedding import Embedding
from features.errors import Exit, UserError
from features.prepared import Prepared
from models.baselines import Baseline
from models.ranking import spearman_by_campaign
from training.bootstrap import interval, two_way
from training.counterfactual import money_table, score_candidates, truth_table
from training.origin import Seen, look, speaking

LEAST_OUTCOMES = 5
"""Outcomes that a campaign needs for its order to be judged."""
END_OF_TIME = datetime(2200, 1, 1)
MODEL = "suasion"
OUR_REACH = " × our reach"
PAST_TIMES_REACH = f"past rate{OUR_REACH}"
ENGAGEMENT_TIMES_REACH = f"engagement model{OUR_REACH}"


@dataclass(frozen=True)
class Evaluation:
    """What an evaluation found.

    Attributes
    ----------
    ranking : DataFrame
        One line a score and subset of rows (all, warm, cold, with history): mean within-campaign
        Spearman correlation with the realised rate, its interval, and the paired difference of the
        model to it.
    conversions : DataFrame
        The same with realised conversions, reach included.
    origins : DataFrame
        One line an origin: labels, trees kept, share of the variance, totals predicted and
        observed, coverage.
    rows : DataFrame
        Every judged row with its predictions.
    baselines : DataFrame
        One line a baseline: `score`, what it `claims`, its `source`, and the terms that it `lacks`
        because no table carries them. A baseline that knows nothing of any row is left out, and
        the engagement model where it could not be learned at every origin.
    money, truth : DataFrame, optional
        Where fee and outcome of every candidate are known: the share of the oracle's conversions
        captured (`counterfactual.money_table`); where the truth itself is known, the agreement with
        it (`counterfactual.truth_table`).
    """

    ranking: pd.DataFrame
    conversions: pd.DataFrame
    origins: pd.DataFrame
    rows: pd.DataFrame
    baselines: pd.DataFrame
    money: pd.DataFrame | None = None
    truth: pd.DataFrame | None = None


def evaluate(
    market: Prepared,
    origins: Sequence[datetime],
    days: float,
    *,
    candidates: pd.DataFrame | None = None,
    embedding: Embedding | None = None,
    seed: int = 0,
    on_origin: Callable[[datetime], None] = lambda origin: None,
) -> Evaluation:
    """Judge by rolling origins over whole campaigns.

    At each origin a model is trained on what was known then, and the campaigns with
    `origin <= starts_at < origin + days` are scored at their own decision. A row is cold when its
    creator has no outcome in any campaign that started before the origin, mature or not.

    Parameters
    ----------
    market : Prepared
        The data.
    origins : sequence of datetime
        Naive UTC.
    days : float
        Length of the window judged after each origin.
    candidates : DataFrame, optional
        Candidates of whom all is known (`counterfactual.known_candidates`), for the money.
    embedding : Embedding, optional
        Encodes texts in place of hashed words.
    on_origin : callable
        Called as each origin begins.

    Raises
    ------
    UserError
        Exit 6 when an origin has too few labels, or no campaign to judge.
    """
    outcomes = known_outcomes(market.connection, END_OF_TIME)
    outcomes = outcomes[outcomes["exposed"] > 0]
    prepare_edges(market.connection)
    origins_seen = []
    for origin in sorted(origins):
        on_origin(origin)
        origins_seen.append(look(market, outcomes, origin, days, candidates, embedding, seed))
    baselines = [speaking(seen, origins_seen) for seen in origins_seen]
    judged, facts, scored = [], [], []
    for seen, said in zip(origins_seen, baselines, strict=True):
        rows, fact = _judge(seen, said)
        judged.append(rows)
        facts.append(fact)
        if seen.offered is not None:
            predictor = seen.fitted.predictor
            scored.append(score_candidates(seen.offered.rows, seen.offered, predictor, said))
    last = baselines[-1]
    rows = pd.concat(judged, ignore_index=True)
    realised = (rows["conversions"] / rows["exposed"]).to_numpy()
    by_rate = {MODEL: "rate", **{name: name for name in (*last, PAST_TIMES_REACH)}}
    ranking = rank_table(rows, by_rate, realised, seed=seed)
    if ranking.empty:
        raise UserError(
            f"no campaign with {LEAST_OUTCOMES} or more outcomes starts within {days:g} days of "
            "the origins: choose other --origins or more --days",
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
    money, truth = None, None
    if scored:
        everyone = pd.concat(scored, ignore_index=True)
        money = money_table(everyone, last, seed=seed)
        truth = truth_table(everyone, last) if everyone["true_rate"].notna().all() else None
    return Evaluation(
        ranking, conversions, pd.DataFrame(facts), rows, _described(last), money, truth
    )


def _described(baselines: Mapping[str, Baseline]) -> pd.DataFrame:
    return pd.DataFrame(
        [
            {
                "score": baseline.name,
                "claims": baseline.claims,
                "source": baseline.source,
                "lacks": "; ".join(f"{term}: {why}" for term, why in baseline.lacks.items()),
            }
            for baseline in baselines.values()
        ]
    )


def _judge(seen: Seen, baselines: Mapping[str, Baseline]) -> tuple[pd.DataFrame, dict[str, Any]]:
    fitted, predictor = seen.fitted, seen.fitted.predictor
    rows, matrix, base = seen.ahead.rows, seen.ahead.matrix, seen.ahead.base_log_odds
    predicted = predictor.predict(matrix, base, rows["posts"].to_numpy(dtype=np.float64))
    found = rows.assign(
        rate=predicted["rate"],
        predicted_exposed=predicted["exposed"],
        predicted_conversions=predicted["conversions"],
        conversions_low=predicted["conversions_low"],
        conversions_high=predicted["conversions_high"],
        **{name: baseline.score(seen.ahead) for name, baseline in baselines.items()},
    )
    for product in (PAST_TIMES_REACH, ENGAGEMENT_TIMES_REACH):
        if (name := product.removesuffix(OUR_REACH)) in found:
            found[product] = found[name] * found["predicted_exposed"]
    inside = found["conversions"].between(found["conversions_low"], found["conversions_high"])
    fact = {
        "origin": predictor.trained_until,
        "labels": fitted.facts["labels"],
        "judged": len(found),
        "campaigns": found["campaign_id"].nunique(),
        "trees": fitted.facts["trees"],
        "tree_variance_share": predictor.tree_share(matrix, base),
        "exposed_ratio": found["predicted_exposed"].sum() / found["exposed"].sum(),
        "conversions_ratio_at_true_reach": (found["rate"] * found["exposed"]).sum()
        / max(found["conversions"].sum(), 1),
        "conversions_ratio": found["predicted_conversions"].sum()
        / max(found["conversions"].sum(), 1),
        "coverage_80": inside.mean(),
        "log_rate_rmse": float(np.sqrt(np.mean(log_rate_error(found) ** 2))),
    }
    return found, fact


def log_rate_error(found: pd.DataFrame) -> npt.NDArray[np.float64]:
    """Log of the realised over the predicted `rate`, half a conversion added to the former."""
    observed = (found["conversions"] + 0.5) / (found["exposed"] + 1)
    return np.asarray(np.log(observed.to_numpy() / found["rate"].to_numpy()))


def rank_table(
    rows: pd.DataFrame,
    scores: Mapping[str, str],
    actual: npt.NDArray[np.float64],
    *,
    subsets: Sequence[str] = ("all", "warm", "cold", "with history"),
    reference: str = MODEL,
    seed: int = 0,
) -> pd.DataFrame:
    """Mean correlation of each score on each subset of rows, and the reference's lead over it.

    Parameters
    ----------
    rows : DataFrame, n lines
        `origin`, `campaign_id`, `creator_id`, `is_cold`, `has_history` and the columns of scores.
    scores : mapping
        Name -> column.
    actual : ndarray, shape (n,)
        What the scores are to order as.

    Returns
    -------
    DataFrame
        One line a subset and score: `Evaluation.ranking` says what it holds.
    """
    members = {
        "all": np.ones(len(rows), dtype=bool),
        "warm": ~rows["is_cold"].to_numpy(),
        "cold": rows["is_cold"].to_numpy(),
        "with history": rows["has_history"].to_numpy(),
    }
    lines = []
    for subset in subsets:
        belongs = members[subset]
        kept = rows[belongs]
        size = kept.groupby(["origin", "campaign_id"])["creator_id"].transform("size")
        position = np.flatnonzero(belongs)[(size >= LEAST_OUTCOMES).to_numpy()]
        if not len(position):
            continue
        kept = rows.iloc[position]
        judged = kept["origin"].astype(str) + " " + kept["campaign_id"]
        campaign = pd.factorize(judged)[0].astype(np.int64)
        creator = pd.factorize(kept["creator_id"])[0].astype(np.int64)
        values = {name: kept[column].to_numpy(dtype=np.float64) for name, column in scores.items()}
        draws = two_way(values, actual[position], campaign, creator, seed=seed)
        points = {
            name: float(
                spearman_by_campaign(value, actual[position], campaign, least=LEAST_OUTCOMES).mean()
            )
            for name, value in values.items()
        }
        for name, value in points.items():
            low, high = interval(draws[name])
            ahead_low, ahead_high = interval(draws[reference] - draws[name])
            lines.append(
                {
                    "rows": subset,
                    "score": name,
                    "campaigns": int(campaign.max()) + 1,
                    "creators": int(creator.max()) + 1,
                    "spearman": value,
                    "low": low,
                    "high": high,
                    "model_ahead": points[reference] - value,
                    "ahead_low": ahead_low,
                    "ahead_high": ahead_high,
                }
            )
    return pd.DataFrame(lines)
