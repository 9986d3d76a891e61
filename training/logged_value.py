"""What choosing by a score would have brought, from choices whose propensities were logged.

Who was picked with probability p stands for 1 / p candidates. A score's choice is the best of a
campaign's candidates, as many as were picked; the picked among them, so weighted, tell what all of
it would have brought, whoever picked them by whatever taste (inverse propensities, self-normalised:
Swaminathan and Joachims 2015).
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from training.clusters import Statistic, drawn_weights, lead, ratio, with_interval
from training.rank_table import MODEL

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

Floats = npt.NDArray[np.float64]

LEAST_PROPENSITY = 0.02
"""A smaller propensity counts as this one: no candidate stands for more than 50."""
AS_PICKED, AT_RANDOM = "as picked", "at random"

# Campaigns of which every outcome has a propensity and was among the candidates.
_LOGGED = """
WITH last AS (
    SELECT campaign_id, creator_id, arg_max({'conversions': conversions, 'exposed': exposed,
        'posts': posts, 'propensity': propensity},
        coalesce(measured_at, TIMESTAMP '1900-01-01')) AS last
    FROM outcomes GROUP BY ALL
), considered AS (
    SELECT campaign_id, creator_id, max(propensity) AS propensity FROM candidates GROUP BY ALL
), complete AS (
    SELECT campaign_id, coalesce(median(l.last.posts), 1) AS posts
    FROM last l LEFT JOIN considered c USING (campaign_id, creator_id)
    GROUP BY campaign_id
    HAVING bool_and(c.creator_id IS NOT NULL
        AND coalesce(l.last.propensity, c.propensity, 0) > 0)
)
SELECT c.campaign_id, c.creator_id, complete.posts AS posts,
    coalesce(decided_at, starts_at) AS as_of,
    coalesce(l.last.propensity, c.propensity) AS propensity,
    CAST(l.last.conversions AS DOUBLE) AS logged_conversions
FROM considered c JOIN complete USING (campaign_id) JOIN campaigns USING (campaign_id)
JOIN (SELECT DISTINCT creator_id FROM creators) USING (creator_id)
LEFT JOIN last l USING (campaign_id, creator_id)
ORDER BY c.campaign_id, c.creator_id
"""


def logged_candidates(connection: DuckDBPyConnection) -> pd.DataFrame:
    """Candidates of all campaigns whose choices were logged with propensities; may be empty.

    Returns
    -------
    DataFrame
        `campaign_id`, `creator_id`, `posts` (the campaign's median package, the same for all of its
        candidates), `as_of`, `propensity`, and `logged_conversions`, NaN where not
        picked.
    """
    found: pd.DataFrame = connection.sql(_LOGGED).to_arrow_table().to_pandas()
    return found


def value_table(
    scored: pd.DataFrame, scores: Mapping[str, npt.ArrayLike], *, seed: int = 0
) -> pd.DataFrame:
    """Conversions per creator chosen by each score, with a campaign bootstrap.

    Parameters
    ----------
    scored : DataFrame, n lines
        `campaign_id`, `propensity` and `logged_conversions`, NaN where not picked.
    scores : mapping of array, shape (n,)
        Higher is chosen first; the model's is `rank_table.MODEL`.

    Returns
    -------
    DataFrame
        The columns of `metrics.metric_table` and `effective`: the number of equally weighted picks
        that would tell as much. Beside the scores stand what was picked, as it was, and choosing at
        random.
    """
    columns = {name: np.asarray(values, np.float64) for name, values in scores.items()}
    campaign = pd.factorize(scored["campaign_id"])[0].astype(np.int64)
    conversions = scored["logged_conversions"].to_numpy(np.float64)
    is_picked = ~np.isnan(conversions)
    slots = np.bincount(campaign, is_picked)[campaign]
    weight = np.where(
        is_picked, 1 / np.clip(scored["propensity"].to_numpy(np.float64), LEAST_PROPENSITY, 1), 0.0
    )
    conversions = np.nan_to_num(conversions)
    weights = {name: weight * (_place(v, campaign) < slots) for name, v in columns.items()}
    weights |= {AS_PICKED: is_picked.astype(np.float64), AT_RANDOM: weight}
    of = {name: _value(campaign, w, conversions) for name, w in weights.items()}
    drawn = drawn_weights(int(campaign.max()) + 1, seed=seed)
    lines = []
    for name, statistic in of.items():
        line: dict[str, Any] = {"metric": "logged_value", "subset": "all", "score": name}
        line |= with_interval(statistic, drawn)
        if name != MODEL:
            line |= lead(of[MODEL], statistic, drawn)
        w = weights[name]
        line |= {
            "campaigns": len(np.unique(campaign)),
            "rows": int((w > 0).sum()),
            "effective": float(w.sum() ** 2 / max((w**2).sum(), 1e-12)),
        }
        lines.append(line)
    return pd.DataFrame(lines)


def _value(campaign: npt.NDArray[np.int64], weight: Floats, conversions: Floats) -> Statistic:
    return ratio(campaign, weight * conversions, weight)


def _place(score: Floats, campaign: npt.NDArray[np.int64]) -> Floats:
    """Place of each row in its campaign, 0 the best; of equals the first listed comes first."""
    ranked = pd.Series(-score).groupby(campaign).rank(method="first")
    return np.asarray(ranked.to_numpy(np.float64) - 1)
