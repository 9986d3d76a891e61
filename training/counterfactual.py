"""Campaigns in which it is known what every candidate would have brought: money, and the truth
where it is known.

Such are simulated markets (`truth/potential.parquet` beside the tables), and real campaigns of
which every candidate was paid and measured.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeAlias

import numpy as np
import numpy.typing as npt
import pandas as pd
import pyarrow.parquet as pq

from features.errors import UserError
from features.feature import QUALITIES
from features.levels import base_levels
from features.prepared import Prepared
from features.text import TextSpace
from models.baselines import BASELINES, Baseline, Sight
from models.predictor import Predictor
from models.ranking import partial_spearman_by_campaign, spearman_by_campaign
from training.money import BUDGET_SHARES, HANDLING, TIGHT_SHARE, captured, share_of_oracle

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

Floats = npt.NDArray[np.float64]
Baselines: TypeAlias = Mapping[str, Baseline]

POTENTIAL = Path("truth") / "potential.parquet"
LEAST_CHOICE = 5
"""Candidates of a kind that a campaign needs for a choice among these alone."""
ALSO_TIMES_REACH = ("klout", "peerindex topic")
"""Scores per creator that are given our reach as well: the best known, and the strongest, of those
that were sold as influence whatever the size."""
_NEEDED = ("campaign_id", "creator_id", "posts", "fee", "exposed", "conversions")
_TRUE = ("true_reach", "true_rate", "revealed_rate")
MEASURED = ("fee", "exposed", "conversions", *_TRUE)
"""What is known of a candidate of whom all is known, beside who it is and when."""

# Candidates of campaigns in which each has a fee and an outcome; the latest reading of each counts.
_FULLY_MEASURED = """
WITH measured AS (
    SELECT campaign_id, creator_id, arg_max({'exposed': exposed, 'conversions': conversions,
        'posts': posts, 'fee': fee}, coalesce(measured_at, TIMESTAMP '1900-01-01')) AS last
    FROM outcomes WHERE exposed > 0 AND fee IS NOT NULL GROUP BY ALL
)
SELECT c.campaign_id, c.creator_id, m.last.posts AS posts, m.last.fee AS fee,
    m.last.exposed AS exposed, m.last.conversions AS conversions
FROM (SELECT DISTINCT campaign_id, creator_id FROM candidates) c
LEFT JOIN measured m USING (campaign_id, creator_id)
QUALIFY bool_and(m.last IS NOT NULL) OVER (PARTITION BY c.campaign_id)
ORDER BY ALL
"""


def known_candidates(connection: DuckDBPyConnection, data: Path) -> pd.DataFrame:
    """Candidates of all campaigns in which every candidate's fee and outcome are known; may be
    empty.

    Parameters
    ----------
    data : Path
        The data; a folder may hold `truth/potential.parquet`, written by `suasion simulate`.

    Returns
    -------
    DataFrame
        `campaign_id`, `creator_id`, `posts`, `fee`, `exposed` and `conversions` (realised),
        `true_reach` (mean exposed), `true_rate` and `revealed_rate`, NaN where only what was
        realised is known; with `as_of` of the campaign. The cheapest package of each creator.

    Raises
    ------
    UserError
        Exit 2 when the file of the truth lacks a column.
    """
    path = data / POTENTIAL
    if path.is_file():
        found: pd.DataFrame = pq.ParquetFile(path).read().to_pandas()
        lacking = [name for name in (*_NEEDED, *_TRUE) if name not in found]
        if lacking:
            raise UserError(
                f"{path} lacks the column {lacking[0]}: simulate the market again with "
                "`suasion simulate`, or remove the file"
            )
    else:
        found = connection.sql(_FULLY_MEASURED).to_arrow_table().to_pandas()
        found = found.reindex(columns=[*_NEEDED, *_TRUE])
    campaigns = (
        connection.sql(
            "SELECT campaign_id, coalesce(decided_at, starts_at) AS as_of FROM campaigns"
        )
        .to_arrow_table()
        .to_pandas()
    )
    cheapest = found.sort_values(["campaign_id", "creator_id", "fee"], kind="stable")
    cheapest = cheapest.drop_duplicates(["campaign_id", "creator_id"])[[*_NEEDED, *_TRUE]]
    cheapest = cheapest[cheapest["creator_id"].isin(_creators(connection))]
    return cheapest.merge(campaigns, on="campaign_id").reset_index(drop=True)


def _creators(connection: DuckDBPyConnection) -> set[str]:
    found = connection.sql("SELECT creator_id FROM creators").fetchall()
    return {str(creator) for (creator,) in found}


def score_candidates(
    candidates: pd.DataFrame, sight: Sight, predictor: Predictor, baselines: Baselines
) -> pd.DataFrame:
    """Candidates with the model's and the baselines' expectations, as of each campaign's decision.

    Returns
    -------
    DataFrame
        `candidates` with `cost`, `brings` and `reach` (true where known, else realised),
        `our reach`, `suasion` (rate), its four qualities and one column a baseline.
    """
    posts = candidates["posts"].to_numpy(np.float64)
    predicted = predictor.predict(sight.matrix, sight.base_log_odds, posts)
    return with_value(candidates).assign(
        **{"our reach": predicted["exposed"], "suasion": predicted["rate"]},
        **{quality: predicted[quality] for quality in QUALITIES},
        **{name: baseline.score(sight) for name, baseline in baselines.items()},
        log_followers=sight.matrix["log_followers"],
    )


def look_at_candidates(
    market: Prepared, candidates: pd.DataFrame, space: TextSpace
) -> tuple[pd.DataFrame, pd.DataFrame, Floats]:
    """Candidates with `is_known_brand`, their features and the levels of their campaigns, as of
    each decision.
    """
    matrix, levels = (
        market.build(candidates, space),
        base_levels(market.connection, candidates, space),
    )
    rows = candidates.assign(is_known_brand=levels["is_known_brand"])
    return rows, matrix, levels["base_log_odds"].to_numpy(np.float64)


def with_value(candidates: pd.DataFrame) -> pd.DataFrame:
    """Candidates with `cost`, `brings` and `reach` (true where known, else realised)."""
    expected = candidates["true_rate"] * candidates["true_reach"]
    return candidates.assign(
        # What handling costs is part of the simulated market; of a real one it is not known.
        cost=candidates["fee"] + HANDLING * candidates["true_rate"].notna(),
        reach=candidates["true_reach"].fillna(candidates["exposed"]),
        brings=expected.fillna(candidates["conversions"]),
    )


def money_table(
    scored: pd.DataFrame, baselines: Baselines = BASELINES, *, seed: int = 0
) -> pd.DataFrame:
    """Share of the oracle's conversions that each score captures, over budgets, with true and
    predicted reach.

    A score per person is multiplied by the reach; one per creator stands for itself, and the
    engagement rate for engagements, as they are used: its choice is that by cost per engagement.
    """
    standing = _alone(scored, baselines)
    valued = scored[["campaign_id", "cost", "brings"]].assign(**standing)
    tables = []
    for share in BUDGET_SHARES:
        alone = captured(valued, {name: name for name in standing}, share=share)
        for which, reach in (("true", scored["reach"]), ("predicted", scored["our reach"])):
            times = _times_reach(scored, reach, baselines)
            by_reach = captured(
                valued.assign(**times), {name: name for name in times}, share=share
            ).drop(columns=["oracle"])
            table = share_of_oracle(alone.merge(by_reach, on="campaign_id"), seed=seed)
            order = ["oracle", *times, *standing]
            table = table.set_index("score").loc[order].reset_index()
            tables.append(table.assign(reach=which, budget_share=share))
    return pd.concat(tables, ignore_index=True).sort_values(
        "reach", ascending=False, kind="stable", ignore_index=True
    )


def money_by_experience(
    scored: pd.DataFrame, baselines: Baselines = BASELINES, *, seed: int = 0
) -> pd.DataFrame:
    """The same under the tight budget and with predicted reach, choosing among creators that are
    warm only, or cold only (`is_cold`); of campaigns with at least `LEAST_CHOICE` of them.

    Returns
    -------
    DataFrame
        Columns of `money_table`, and `subset`; empty where no campaign has so many.
    """
    tables = []
    for subset, member in (("warm", ~scored["is_cold"]), ("cold", scored["is_cold"])):
        chosen = scored[member.to_numpy(dtype=bool)]
        chosen = chosen[chosen.groupby("campaign_id")["cost"].transform("size") >= LEAST_CHOICE]
        if chosen.empty:
            continue
        values = expected_conversions(chosen, baselines)
        valued = chosen[["campaign_id", "cost", "brings"]].assign(**values)
        found = captured(valued, {name: name for name in values}, share=TIGHT_SHARE)
        if (found["oracle"] > 0).any():
            tables.append(share_of_oracle(found, seed=seed).assign(subset=subset))
    if not tables:
        return pd.DataFrame()
    return pd.concat(tables, ignore_index=True).assign(reach="predicted", budget_share=TIGHT_SHARE)


def expected_conversions(scored: pd.DataFrame, baselines: Baselines) -> dict[str, Any]:
    """What each score orders candidates by, at our reach: conversions, or what stands for them."""
    return _times_reach(scored, scored["our reach"], baselines) | _alone(scored, baselines)


def _times_reach(scored: pd.DataFrame, reach: pd.Series, baselines: Baselines) -> dict[str, Any]:
    """Conversions, or what stands for them, that scores per person expect of a reach."""
    values = {"suasion": scored["suasion"] * reach}
    for name, baseline in baselines.items():
        if baseline.of == "person" and name != "engagement rate":
            rate = np.exp(scored[name]) if name == "history" else scored[name]
            values[f"{name} × reach"] = rate * reach
    for name in ALSO_TIMES_REACH:
        if name in baselines:
            values[f"{name} × reach"] = scored[name] * reach
    values["reach alone"] = reach
    if scored["revealed_rate"].notna().all():
        values["all that features could reveal"] = scored["revealed_rate"] * reach
    return values


def _alone(scored: pd.DataFrame, baselines: Baselines) -> dict[str, Any]:
    """What scores per creator say of each."""
    followers = np.exp(scored["log_followers"].fillna(scored["log_followers"].median()))
    values = {"engagement rate × followers": np.exp(scored["engagement rate"]) * followers}
    for name, baseline in baselines.items():
        # A fee is the choice's own cost.
        if baseline.of == "creator" and name != "engagement per fee":
            values[name] = followers if name == "followers" else scored[name]
    return values


def truth_table(scored: pd.DataFrame, baselines: Baselines = BASELINES) -> pd.DataFrame:
    """Agreement with the true rate, and what is left of popularity, among all candidates of each
    campaign.

    Returns
    -------
    DataFrame
        One line a score: `spearman`, mean within-campaign rank correlation with the true rate;
        `share_of_revealed`, of that of the rate that features could reveal; `popularity`, mean
        partial rank correlation with followers given the true rate.
    """
    campaign, truth = scored["campaign_id"], scored["true_rate"].to_numpy(np.float64)
    names = {
        "suasion": "suasion",
        "revealed": "revealed_rate",
        **{name: name for name in baselines},
    }
    followers = (
        scored["log_followers"].fillna(scored["log_followers"].median()).to_numpy(np.float64)
    )
    known = {name: scored[column].to_numpy(np.float64) for name, column in names.items()}
    known["reach alone"] = scored["our reach"].to_numpy(np.float64)
    known["engagement rate × followers"] = known["engagement rate"] + followers
    lines = []
    for name, values in known.items():
        with_truth = spearman_by_campaign(values, truth, campaign)
        partial = partial_spearman_by_campaign(values, followers, truth, campaign)
        lines.append({"score": name, "spearman": with_truth.mean(), "popularity": partial.mean()})
    table = pd.DataFrame(lines)
    revealed = table.loc[table["score"] == "revealed", "spearman"].iloc[0]
    return table.assign(share_of_revealed=table["spearman"] / revealed)
