"""The level of a campaign before it runs: what similar campaigns brought, as known at the decision.

Products differ more than creators do. The level of a past campaign is the logit of its creators'
mean rate (`streams.prepare`); that of a coming one is the mean over matured campaigns, weighted by
brand and brief.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
import pyarrow as pa

from features.text import TextSpace

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

BRAND_WEIGHT = 4.0
"""Weight of a campaign of the same brand; a brief of the same words has 1, any other `GENERAL`."""
GENERAL = 0.05
HALF_LIFE_DAYS = 180.0
"""Age at which a campaign's level counts half."""

# Weight of a past campaign: brand and closeness of briefs, evidence (creators measured), age.
_BASES = f"""
SELECT w.campaign_id, w.as_of,
    CAST(sum(CAST(weight * log_odds AS DECIMAL(38, 12))) AS DOUBLE)
        / CAST(sum(CAST(weight AS DECIMAL(38, 12))) AS DOUBLE) AS base_log_odds,
    CAST(sum(CAST(weight AS DECIMAL(38, 12))) AS DOUBLE) AS evidence,
    coalesce(bool_or(is_of_brand), FALSE) AS is_known_brand
FROM (
    SELECT w.campaign_id, w.as_of, p.log_odds, w.brand = p.brand AS is_of_brand,
        ({GENERAL} + CASE WHEN w.brand = p.brand THEN {BRAND_WEIGHT} ELSE 0 END
            + coalesce(pow(greatest(s.similarity, 0), 2), 0))
        * p.creators / (p.creators + 2)
        * pow(.5, date_diff('microsecond', p.known_at, w.as_of) / 86400e6 / {HALF_LIFE_DAYS})
            AS weight
    FROM (SELECT w.*, c.brand FROM wanted_levels w JOIN campaigns c USING (campaign_id)) w
    JOIN (
        SELECT l.*, c.brand,
            lead(l.known_at) OVER (PARTITION BY l.campaign_id ORDER BY l.known_at) AS superseded_at
        FROM campaign_levels l JOIN campaigns c USING (campaign_id)
    ) p ON p.campaign_id <> w.campaign_id AND p.known_at < w.as_of
        AND (p.superseded_at IS NULL OR p.superseded_at >= w.as_of)
    LEFT JOIN brief_similarities s ON s.campaign_id = w.campaign_id AND s.other_id = p.campaign_id
) w
GROUP BY w.campaign_id, w.as_of
"""


def base_levels(
    connection: DuckDBPyConnection, rows: pd.DataFrame, space: TextSpace
) -> pd.DataFrame:
    """Expected level of the rows' campaigns, from other campaigns' outcomes matured at `as_of`.

    Parameters
    ----------
    connection : DuckDBPyConnection
        Holds the clean tables and the prepared streams (`streams.prepare`).
    rows : DataFrame
        Columns `campaign_id` and `as_of` (naive UTC).

    Returns
    -------
    DataFrame
        `base_log_odds`, NaN where no campaign has matured; `evidence`, the weight of what it rests
        on; `is_known_brand`, whether one of them is of the same brand. One line a row, index of
        `rows`.
    """
    wanted = rows[["campaign_id", "as_of"]].drop_duplicates()
    connection.register("wanted_levels", pa.Table.from_pandas(wanted, preserve_index=False))
    connection.register("brief_similarities", _similarities(connection, space))
    found = connection.sql(_BASES).to_arrow_table().to_pandas()
    connection.unregister("wanted_levels")
    connection.unregister("brief_similarities")
    levels = rows[["campaign_id", "as_of"]].merge(found, on=["campaign_id", "as_of"], how="left")
    known = levels["is_known_brand"].eq(True)  # NaN where nothing has matured
    found = levels[["base_log_odds", "evidence"]].fillna({"evidence": 0.0})
    return found.assign(is_known_brand=known).set_axis(rows.index)


def _similarities(connection: DuckDBPyConnection, space: TextSpace) -> pa.Table:
    """Cosine of every wanted brief with every brief that has a level; none without words."""
    briefs = connection.sql(
        "SELECT campaign_id, brief,"
        " campaign_id IN (SELECT campaign_id FROM wanted_levels) AS is_wanted,"
        " campaign_id IN (SELECT campaign_id FROM campaign_levels) AS is_past"
        " FROM campaigns ORDER BY campaign_id"
    ).to_arrow_table()
    vectors = space.vectors(briefs["brief"].to_pylist()).astype(np.float64)
    known = ~np.isnan(vectors).any(axis=1) if len(vectors) else np.zeros(0, dtype=bool)
    ids = np.asarray(briefs["campaign_id"].to_pylist(), dtype=object)
    wanted = known & np.asarray(briefs["is_wanted"])
    past = known & np.asarray(briefs["is_past"])
    # einsum without BLAS: the value of a pair does not depend on the other pairs of the product.
    cosine = np.einsum("id,jd->ij", vectors[wanted], vectors[past], optimize=False)
    return pa.table(
        {
            "campaign_id": pa.array(np.repeat(ids[wanted], past.sum()), pa.string()),
            "other_id": pa.array(np.tile(ids[past], wanted.sum()), pa.string()),
            "similarity": cosine.ravel(),
        }
    )
