"""The engagement label: what a vendor without conversions would teach the same learner."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
import pyarrow as pa
from threadpoolctl import threadpool_limits

from models.rate import RateModel
from models.selection import LEAST_ROWS, select_rate
from training.enough import LEAST_CAMPAIGNS
from training.fit import Known

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

# The window of a row must be over at the moment of training; readings count until then.
_ENGAGEMENTS = """
WITH wanted AS (
    SELECT r.position, r.creator_id, r.as_of, r.as_of
        + to_microseconds(CAST(least(c.attribution_days, 36500) * 86400e6 AS BIGINT)) AS ends
    FROM label_rows r JOIN campaigns c USING (campaign_id)
),
readings AS (
    SELECT post_id, max(observed_at) AS observed_at, arg_max({'views': views, 'reactions':
        CASE WHEN coalesce(likes, comments, shares) IS NOT NULL
            THEN coalesce(likes, 0) + coalesce(comments, 0) + coalesce(shares, 0) END
        }, observed_at) AS last
    FROM post_metrics WHERE observed_at < $until GROUP BY post_id
)
SELECT w.position, least(sum(m.last.reactions), sum(m.last.views)) AS conversions,
    sum(m.last.views) AS exposed, greatest(w.ends, max(m.observed_at)) AS known_at
FROM wanted w
JOIN posts p ON p.creator_id = w.creator_id AND p.published_at >= w.as_of
    AND p.published_at < w.ends AND p.kind IN ('original', 'reply', 'reshare', 'quote')
JOIN readings m USING (post_id)
WHERE w.ends <= $until AND m.last.views > 0 AND m.last.reactions IS NOT NULL
GROUP BY w.position, w.ends
ORDER BY w.position
"""


def engagement_labels(
    connection: DuckDBPyConnection, rows: pd.DataFrame, until: datetime
) -> pd.DataFrame:
    """Engagements and views of what each row's creator published in the attribution window.

    Parameters
    ----------
    connection : DuckDBPyConnection
        Holds the clean tables of all creators.
    rows : DataFrame
        `creator_id`, `campaign_id`, `as_of`.
    until : datetime
        Training moment, naive UTC.

    Returns
    -------
    DataFrame
        `position` in `rows`, `exposed` (views of the posts of `[as_of, as_of + attribution_days)`,
        as last read before `until`), `conversions` (likes + comments + shares, at most as many),
        `known_at`. A row is left out whose window is not over, or of whose posts nothing was read.
    """
    keys = rows[["creator_id", "campaign_id", "as_of"]].assign(position=np.arange(len(rows)))
    connection.register("label_rows", pa.Table.from_pandas(keys, preserve_index=False))
    found: pd.DataFrame = (
        connection.sql(_ENGAGEMENTS, params={"until": until}).to_arrow_table().to_pandas()
    )
    connection.unregister("label_rows")
    return found


def fit_engagement(
    connection: DuckDBPyConnection, known: Known, *, seed: int = 0
) -> RateModel | None:
    """Fit the learner of the rate to engagements per view, on the rows that train the rate.

    Its owner has no scruple: the features of popularity are offered as well. The base is one
    general level: those of campaigns are of conversions.

    Returns
    -------
    RateModel, optional
        None where fewer than `LEAST_ROWS` rows in `LEAST_CAMPAIGNS` campaigns have a label.
    """
    labels = engagement_labels(connection, known.outcomes, known.until)
    position = labels["position"].to_numpy(np.int64)
    rows = known.outcomes.iloc[position][["creator_id", "campaign_id", "as_of"]]
    if len(rows) < LEAST_ROWS or rows["campaign_id"].nunique() < LEAST_CAMPAIGNS:
        return None
    labels = pd.concat([rows.reset_index(drop=True), labels], axis=1)
    labels = labels.assign(base_log_odds=np.nan).astype(
        {"exposed": np.float64, "conversions": np.float64}
    )
    matrix = known.matrix.iloc[position].reset_index(drop=True)
    with threadpool_limits(limits=1):
        return select_rate(matrix, labels, seed=seed)[0]
