"""Rows (creator, campaign, as_of) and clean tables in, feature matrix out.

Training and scoring call this.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
import pyarrow as pa

from features.asof import Column, History, compute_windows, windows_of
from features.feature import Feature, catalogue
from features.text import TextSpace
from features.vectors import vectorise

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

BATCH_MOMENTS = 50_000
"""Moments (creator, as_of) looked back from in one query; bounds the memory of the joins."""

ROW_KEYS = ["creator_id", "campaign_id", "as_of"]


def build(
    connection: DuckDBPyConnection,
    rows: pd.DataFrame,
    space: TextSpace,
    features: Sequence[Feature] | None = None,
) -> pd.DataFrame:
    """Compute features as they could have been known at each row's `as_of`.

    Parameters
    ----------
    connection : DuckDBPyConnection
        Holds the clean tables of the contract (`Market.connection`) and the prepared streams
        (`streams.prepare`).
    rows : DataFrame
        Columns `creator_id`, `campaign_id` and `as_of` (naive UTC); further columns are ignored.
    space : TextSpace
        The model's fitted projection of texts.
    features : sequence of Feature, optional
        The whole catalogue when not given.

    Returns
    -------
    DataFrame
        One float64 column a feature in catalogue order, one line a row, in the order and with the
        index of `rows`; NaN where unknown, never infinite.
    """
    features = catalogue() if features is None else features
    windows = windows_of(f.compute for f in features)
    keys = rows[ROW_KEYS].reset_index(drop=True)
    vectorise(connection, keys, space)
    # In the order of creators, so that a batch passes by the events of most others unread.
    moments = keys[["creator_id", "as_of"]].drop_duplicates().sort_values(["creator_id", "as_of"])
    parts: list[tuple[np.ndarray, pd.DataFrame]] = []
    for start in range(0, len(moments), BATCH_MOMENTS):
        batch = moments.iloc[start : start + BATCH_MOMENTS].assign(
            moment_id=lambda part: np.arange(len(part), dtype=np.int64)
        )
        part = keys.reset_index(names="position").merge(batch, on=["creator_id", "as_of"])
        _register(connection, part, batch)
        columns = compute_windows(connection, windows, rows=len(part))
        history = History(columns.__getitem__)
        values = {f.name: _plain(f.compute(history), f) for f in features}
        parts.append((part["position"].to_numpy(), pd.DataFrame(values)))
    matrix = np.full((len(keys), len(features)), np.nan)
    for position, frame in parts:
        matrix[position] = frame.to_numpy()
    return pd.DataFrame(matrix, index=rows.index, columns=[f.name for f in features])


def _plain(column: Column, feature: Feature) -> np.ndarray:
    values = np.ma.masked_invalid(column).filled(np.nan)
    if values.ndim != 1:
        raise ValueError(f"feature {feature.name} must give one number a row")
    return np.asarray(values, dtype=np.float64)


def _register(connection: DuckDBPyConnection, part: pd.DataFrame, batch: pd.DataFrame) -> None:
    """Put the batch's moments and rows into the connection, with the languages of both sides."""
    connection.register("batch_moments", pa.Table.from_pandas(batch, preserve_index=False))
    connection.register("batch_rows", pa.Table.from_pandas(part, preserve_index=False))
    connection.execute("CREATE OR REPLACE TEMP TABLE moments AS SELECT * FROM batch_moments")
    connection.execute(
        "CREATE OR REPLACE TEMP TABLE build_rows AS"
        " SELECT row_number() OVER (ORDER BY position) - 1 AS row_id, b.moment_id, b.creator_id,"
        " b.campaign_id, b.as_of, lower(split_part(c.language, '-', 1)) AS creator_language,"
        " k.language AS brief_language"
        " FROM batch_rows b LEFT JOIN creators c USING (creator_id)"
        " LEFT JOIN brief_languages k USING (campaign_id)"
    )
    connection.unregister("batch_moments")
    connection.unregister("batch_rows")
