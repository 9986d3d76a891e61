"""Vectors of the texts that rows look back on: each distinct text once per connection and space.

A text goes by its `text_key`, a hash of its characters: what thousands write in the same words is
projected once, and a second call of `build` finds what the first one left.
"""

from __future__ import annotations

from collections.abc import Sequence
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

_VECTORS = f"text_vectors (text_key UBIGINT, vector FLOAT[{DIMENSIONS}], topic INTEGER)"

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
WITH ordered AS (
    SELECT post_id, text_key, topic, lag(text_key) OVER creator_posts AS previous_key
    FROM stream_posts JOIN text_vectors USING (text_key)
    WHERE {_OF_WANTED}
    WINDOW creator_posts AS (PARTITION BY creator_id ORDER BY known_at, post_id)
),
near AS (
    SELECT DISTINCT o.text_key, o.previous_key,
        array_inner_product(v.vector, p.vector) AS nearness
    FROM ordered o JOIN text_vectors v ON v.text_key = o.text_key
    JOIN text_vectors p ON p.text_key = o.previous_key
)
SELECT o.post_id, o.topic, n.nearness FROM ordered o LEFT JOIN near n USING (text_key, previous_key)
"""


def vectorise(connection: DuckDBPyConnection, keys: pd.DataFrame, space: TextSpace) -> None:
    """Put the vectors of the texts that rows can look back on into the connection.

    Makes or adds to `text_vectors (text_key, vector, topic)`, which leaves out texts without known
    words, and makes `brief_vectors (campaign_id, vector)` and `post_themes (post_id, topic,
    nearness)`. A text's `topic` is the axis of the space along which its vector reaches farthest,
    counted from one, negative where it reaches backwards.

    Parameters
    ----------
    connection : DuckDBPyConnection
        Holds the clean tables and the prepared streams.
    keys : DataFrame
        Rows to build: `creator_id`, `campaign_id`, `as_of`.
    """
    moments = keys[["creator_id", "as_of"]].drop_duplicates()
    connection.register("wanted", pa.Table.from_pandas(moments, preserve_index=False))
    read_texts(connection, _SOURCES, space)
    connection.execute(
        "CREATE OR REPLACE TEMP TABLE brief_vectors AS SELECT campaign_id, vector FROM campaigns"
        " JOIN text_vectors ON text_key = hash(brief)"
    )
    connection.execute(f"CREATE OR REPLACE TEMP TABLE post_themes AS {_THEMES}")
    connection.unregister("wanted")


def read_texts(connection: DuckDBPyConnection, sources: Sequence[str], space: TextSpace) -> None:
    """Make or add to `text_vectors`, with the texts of queries for `text_key` and `text`."""
    if _space_of.get(connection) is not space:
        connection.execute(f"CREATE OR REPLACE TEMP TABLE {_VECTORS}")
        connection.execute("CREATE OR REPLACE TEMP TABLE texts_read (text_key UBIGINT)")
        _space_of[connection] = space
    for source in sources:
        _add_missing(connection, source, space)


def without_vectors(connection: DuckDBPyConnection) -> None:
    """Make an empty `text_vectors` where there is none, for what asks no text its topic."""
    connection.execute(f"CREATE TEMP TABLE IF NOT EXISTS {_VECTORS}")


def _add_missing(connection: DuckDBPyConnection, source: str, space: TextSpace) -> None:
    missing = connection.sql(
        f"SELECT text_key, any_value(text) AS text FROM ({source}) WHERE trim(text) <> ''"
        " AND text_key NOT IN (FROM texts_read) GROUP BY text_key"
    )
    # Read to the end before the tables that are read from are added to.
    found = [_vector_table(b, space) for b in missing.to_arrow_reader(BATCH_TEXTS)]
    for keys, vectors in found:
        for table, rows in {"texts_read": keys, "text_vectors": vectors}.items():
            connection.register("found", rows)
            connection.execute(f"INSERT INTO {table} FROM found")
            connection.unregister("found")


def _vector_table(batch: pa.RecordBatch, space: TextSpace) -> tuple[pa.Table, pa.Table]:
    """Keys of the texts of a batch, and the vectors and topics of those with known words."""
    vectors = space.vectors(batch["text"].to_pylist())
    known = ~np.isnan(vectors).any(axis=1)
    keys, vectors = batch["text_key"], vectors[known]
    axis = np.abs(vectors).argmax(axis=1)
    backwards = vectors[np.arange(len(vectors)), axis] < 0
    return pa.table({"text_key": keys}), pa.table(
        {
            "text_key": keys.filter(pa.array(known)),
            "vector": pa.FixedSizeListArray.from_arrays(pa.array(vectors.ravel()), DIMENSIONS),
            "topic": pa.array(np.where(backwards, -1 - axis, 1 + axis), pa.int32()),
        }
    )
