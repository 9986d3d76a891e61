"""Vectors of the texts that rows look back on: each distinct text once per connection and space.

A text goes by its `text_key`, a hash of its characters: what thousands write in the same words is
projected once, and a second call of `build` finds what the first one left.
"""

from __future__ import annotations

from typing import TYPE_CHECKING
from weakref import WeakKeyDictionary

import numpy as np
import pandas as pd
import pyarrow as pa

from features.streams.topics import TALK_DAYS
from features.text import DIMENSIONS, TextSpace

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

BATCH_TEXTS = 50_000

_space_of: WeakKeyDictionary[DuckDBPyConnection, TextSpace] = WeakKeyDictionary()
"""The space of the vectors that a connection holds."""

_OF_WANTED = "creator_id IN (SELECT creator_id FROM wanted)"
_WITHIN_TALK = (
    "EXISTS (FROM wanted w WHERE w.creator_id = t.creator_id AND t.known_at < w.as_of"
    f" AND t.known_at >= w.as_of - INTERVAL {TALK_DAYS} DAY)"
)

# Where the texts are, and which of them a row can look back on.
_SOURCES = (
    f"SELECT text_key, text FROM stream_posts WHERE {_OF_WANTED}",
    "SELECT t.text_key, i.text FROM heard t JOIN interactions i USING (interaction_id)"
    f" WHERE CASE WHEN t.kind = 'mention' THEN t.{_OF_WANTED} ELSE {_WITHIN_TALK} END",
    "SELECT t.text_key, i.text FROM said t JOIN interactions i USING (interaction_id)"
    f" WHERE {_WITHIN_TALK}",
    f"SELECT hash(bio) AS text_key, bio AS text FROM creators WHERE {_OF_WANTED}",
    f"SELECT hash(title) AS text_key, title AS text FROM credentials WHERE {_OF_WANTED}",
    "SELECT hash(brief) AS text_key, brief AS text FROM campaigns",
)

# What a post is about, and how near it is to the creator's last post with a vector before it. The
# earlier post is known when the later one is.
_THEMES = f"""
SELECT post_id, topic, list_inner_product(vector, lag(vector) OVER creator_posts) AS nearness
FROM stream_posts p JOIN text_vectors v USING (text_key)
WHERE {_OF_WANTED} AND v.vector IS NOT NULL
WINDOW creator_posts AS (PARTITION BY p.creator_id ORDER BY p.known_at, p.post_id)
"""


def vectorise(connection: DuckDBPyConnection, keys: pd.DataFrame, space: TextSpace) -> None:
    """Put the vectors of the texts that rows can look back on into the connection.

    Makes or adds to `text_vectors (text_key, vector, topic)`, with a null vector for a text without
    known words, and makes `brief_vectors (campaign_id, vector)` and `post_themes (post_id, topic,
    nearness)`. A text's `topic` is the axis of the space along which its vector reaches farthest,
    counted from one, negative where it reaches backwards.

    Parameters
    ----------
    connection : DuckDBPyConnection
        Holds the clean tables and the prepared streams.
    keys : DataFrame
        Rows to build: `creator_id`, `campaign_id`, `as_of`.
    """
    if _space_of.get(connection) is not space:
        # No array of fixed size: DuckDB 2.0 reads garbage where an outer join finds no row for one.
        connection.execute(
            "CREATE OR REPLACE TEMP TABLE text_vectors"
            " (text_key UBIGINT, vector FLOAT[], topic INTEGER)"
        )
        _space_of[connection] = space
    moments = keys[["creator_id", "as_of"]].drop_duplicates()
    connection.register("wanted", pa.Table.from_pandas(moments, preserve_index=False))
    for source in _SOURCES:
        _add_missing(connection, source, space)
    connection.execute(
        "CREATE OR REPLACE TEMP TABLE brief_vectors AS SELECT campaign_id, vector FROM campaigns"
        " JOIN text_vectors ON text_key = hash(brief) WHERE vector IS NOT NULL"
    )
    connection.execute(f"CREATE OR REPLACE TEMP TABLE post_themes AS {_THEMES}")
    connection.unregister("wanted")


def _add_missing(connection: DuckDBPyConnection, source: str, space: TextSpace) -> None:
    missing = connection.sql(
        f"SELECT text_key, any_value(text) AS text FROM ({source}) WHERE trim(text) <> ''"
        " AND text_key NOT IN (SELECT text_key FROM text_vectors) GROUP BY text_key"
    )
    # Read to the end before the table that is read from is added to.
    found = [_vector_table(b, space) for b in missing.to_arrow_reader(BATCH_TEXTS)]
    for table in found:
        connection.register("vectors_found", table)
        connection.execute(
            "INSERT INTO text_vectors SELECT CAST(text_key AS UBIGINT), vector, topic"
            " FROM vectors_found"
        )
        connection.unregister("vectors_found")


def _vector_table(batch: pa.RecordBatch, space: TextSpace) -> pa.Table:
    vectors = space.vectors(batch["text"].to_pylist())
    unknown = np.isnan(vectors).any(axis=1)
    axis = np.abs(vectors).argmax(axis=1)
    backwards = vectors[np.arange(len(vectors)), axis] < 0
    topic = np.where(backwards, -1 - axis, 1 + axis)
    return pa.table(
        {
            "text_key": batch["text_key"],
            "vector": pa.FixedSizeListArray.from_arrays(
                pa.array(vectors.ravel()), DIMENSIONS, mask=pa.array(unknown)
            ),
            "topic": pa.array(topic, pa.int32(), mask=unknown),
        }
    )
