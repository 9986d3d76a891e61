"""What earlier data cover, and which rows to score have no precedent in them: brand, creator,
language of the brief.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Sequence
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
import pyarrow as pa

from features.language import detect_languages
from features.streams.topics import brief_languages

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

SAMPLED_TEXTS = 2000
"""Texts read for their language; of more, as many evenly spaced."""
LEAST_SHARE = 0.01
"""Share of the texts that show a language from which one is covered: a few are told wrongly, and
one text alone covers nothing."""

# campaign_levels is a lookup: every market has it, cut or not, and outcome_readings with it.
_NEW_BRANDS = """
SELECT DISTINCT w.campaign_id, w.as_of, TRUE AS is_new_brand
FROM wanted_rows w JOIN campaigns c USING (campaign_id)
WHERE c.brand IS NOT NULL AND NOT EXISTS (
    SELECT 1 FROM campaign_levels l JOIN campaigns p USING (campaign_id)
    WHERE p.brand = c.brand AND l.campaign_id <> w.campaign_id AND l.known_at < w.as_of
)
"""
_NEW_CREATORS = """
SELECT DISTINCT w.creator_id, w.as_of, TRUE AS is_new_creator
FROM wanted_rows w LEFT JOIN (
    SELECT creator_id, min(known_at) AS known_at FROM outcome_readings
    WHERE exposed > 0 GROUP BY creator_id
) o ON o.creator_id = w.creator_id AND o.known_at < w.as_of
WHERE o.creator_id IS NULL
"""


def known_languages(
    connection: DuckDBPyConnection, texts: Sequence[str], campaigns: Collection[str]
) -> tuple[str, ...]:
    """Languages that a model was trained on, sorted.

    Those declared or shown by a brief that it learned from, and those of at least `LEAST_SHARE` of
    the texts that show one.

    Parameters
    ----------
    connection : DuckDBPyConnection
        Holds the clean tables.
    texts : sequence of str
        As from `asof.known_texts`.
    campaigns : collection of str
        Those with outcomes learned from.
    """
    read = texts
    if len(texts) > SAMPLED_TEXTS:
        read = [texts[i] for i in np.linspace(0, len(texts) - 1, SAMPLED_TEXTS).astype(int)]
    shown = Counter(code for code in detect_languages(read) if code is not None)
    least = max(LEAST_SHARE * shown.total(), 2)
    briefs = brief_languages(connection).to_pylist()
    of_briefs = {line["language"] for line in briefs if line["campaign_id"] in campaigns} - {None}
    return tuple(sorted(of_briefs | {code for code, count in shown.items() if count >= least}))


def without_precedent(
    connection: DuckDBPyConnection, rows: pd.DataFrame, languages: Sequence[str]
) -> pd.DataFrame:
    """What of each row to score has no precedent that was known at its `as_of`.

    Parameters
    ----------
    connection : DuckDBPyConnection
        Holds the clean tables and the lookups (`streams.prepare_lookups`).
    rows : DataFrame
        Columns `campaign_id`, `creator_id` and `as_of` (naive UTC).
    languages : sequence of str
        What the model was trained on; none means that this is not known, and nothing lacks.

    Returns
    -------
    DataFrame
        One line a row, index of `rows`: `is_new_brand` (recorded, and no other campaign of it has a
        matured outcome with people exposed), `is_new_creator` (no such outcome), and
        `strange_language`, the brief's where it is none of `languages`, else empty.
    """
    keys = rows[["campaign_id", "creator_id", "as_of"]]
    connection.register("wanted_rows", pa.Table.from_pandas(keys, preserve_index=False))
    brands = connection.sql(_NEW_BRANDS).to_arrow_table().to_pandas()
    creators = connection.sql(_NEW_CREATORS).to_arrow_table().to_pandas()
    connection.unregister("wanted_rows")
    found = keys.merge(brands, how="left", on=["campaign_id", "as_of"]).merge(
        creators, how="left", on=["creator_id", "as_of"]
    )
    of_briefs = {
        line["campaign_id"]: line["language"]
        for line in brief_languages(connection).to_pylist()
        if languages and line["language"] is not None and line["language"] not in languages
    }
    return pd.DataFrame(
        {
            "is_new_brand": found["is_new_brand"].notna().to_numpy(),
            "is_new_creator": found["is_new_creator"].notna().to_numpy(),
            "strange_language": [of_briefs.get(campaign, "") for campaign in keys["campaign_id"]],
        },
        index=rows.index,
    )
