"""What texts say of themselves, in temporary tables: language, polarity, words, near-duplicates.

Every value is of one text alone: nothing of it can leak from another time, and it does not matter
in which order or company texts are read.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from features.annotation_cache import languages_and_polarities
from features.excerpt import excerpts, words_of
from features.near_duplicates import NO_KEY, band_keys

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

BATCH_TEXTS = 50_000
"""Rows of a table read at once; bounds the memory."""

Annotate = Callable[[Sequence[str]], pa.Table]


def annotate(connection: DuckDBPyConnection) -> None:
    """Create `post_words` and `act_words` from the clean tables `posts` and `interactions`.

    Rows whose text is missing or blank are not in them.

    ``post_words (post_id, language, polarity, words, distinct_words, band_keys)`` and
    ``act_words (interaction_id, language, polarity, words)``. `language` is a primary code of
    BCP 47, null where not sure; `polarity` lies in -1..1, null where it is neither English nor
    French; `words` counts runs of letters and digits in what is read of the text; `band_keys`
    (`near_duplicates`) is null for texts of fewer than two words.
    """
    _annotate(connection, "posts", "post_id", "post_words", _of_posts, _POST_COLUMNS)
    _annotate(connection, "interactions", "interaction_id", "act_words", _of_acts, _ACT_COLUMNS)


_ACT_COLUMNS = "language VARCHAR, polarity DOUBLE, words INTEGER"
_POST_COLUMNS = f"{_ACT_COLUMNS}, distinct_words INTEGER, band_keys UBIGINT[]"


def _annotate(
    connection: DuckDBPyConnection,
    source: str,
    key: str,
    target: str,
    annotation: Annotate,
    columns: str,
) -> None:
    connection.execute(f"CREATE OR REPLACE TEMP TABLE {target} ({key} VARCHAR, {columns})")
    ((end,),) = connection.sql(f"SELECT coalesce(max(rowid) + 1, 0) FROM {source}").fetchall()
    for start in range(0, end, BATCH_TEXTS):
        batch = connection.sql(
            f"SELECT {key}, text FROM {source} WHERE rowid >= {start}"
            f" AND rowid < {start + BATCH_TEXTS} AND trim(text) <> ''"
        ).to_arrow_table()
        # The same words are often said again: each distinct text is read once.
        said = batch["text"].combine_chunks().dictionary_encode()
        found = annotation(said.dictionary.to_pylist()).take(said.indices)
        connection.register("annotated", found.add_column(0, key, batch[key]))
        connection.execute(f"INSERT INTO {target} FROM annotated")
        connection.unregister("annotated")


def _of_acts(texts: Sequence[str]) -> pa.Table:
    return _table(texts, [words_of(text) for text in excerpts(texts)])


def _of_posts(texts: Sequence[str]) -> pa.Table:
    words = [words_of(text) for text in excerpts(texts)]
    keys = band_keys(texts)
    known = keys[:, 0] != NO_KEY
    distinct = pa.array([len(set(said)) for said in words], pa.int32())
    listed = pa.FixedSizeListArray.from_arrays(
        pa.array(keys.ravel()), keys.shape[1], mask=pa.array(~known)
    )
    table = _table(texts, words).append_column("distinct_words", distinct)
    return table.append_column("band_keys", listed.cast(pa.list_(pa.uint64())))


def _table(texts: Sequence[str], words: Sequence[Sequence[str]]) -> pa.Table:
    languages, measured = languages_and_polarities(texts)
    return pa.table(
        {
            "language": pa.array(languages, pa.string()),
            "polarity": pc.if_else(np.isnan(measured), None, pa.array(measured)),
            "words": pa.array([len(said) for said in words], pa.int32()),
        }
    )
