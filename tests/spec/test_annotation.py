"""The tables that hold what texts say of themselves."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from duckdb import DuckDBPyConnection

import features.annotation
from features.annotation import annotate
from features.near_duplicates import band_keys
from tests.market import connect

TEXTS = {
    "english": "I love this bread, I really love it",
    "french": "Je n'aime pas ce pain, c'est nul",
    "german": "Selbstgebackenes Brot braucht Zeit und gutes Mehl",
    "again": "I love this bread, I really love it",
    "arabic": "أحب هذه الوصفة كثيرا شكرا لك",
    "word": "Merci",
    "emoji": "🍵",
    "binary": "\x00\x07\x1b",
    "none": None,
    "empty": "",
    "blank": "   ",
}


def market(texts: dict[str, str | None] = TEXTS) -> DuckDBPyConnection:
    posts = pd.DataFrame(
        {"post_id": list(texts), "text": pd.Series(list(texts.values()), dtype="str")}
    )
    posts = posts.assign(creator_id="ana", published_at=pd.Timestamp("2024-01-01"))
    acts = posts.rename(columns={"post_id": "interaction_id", "published_at": "occurred_at"})
    acts = acts.drop(columns="creator_id").assign(actor_id="ben", target_id="ana", kind="comment")
    return connect({"posts": posts, "interactions": acts})


def annotated(connection: DuckDBPyConnection) -> tuple[pd.DataFrame, pd.DataFrame]:
    annotate(connection)
    return (
        connection.sql("FROM post_words").df().set_index("post_id"),
        connection.sql("FROM act_words").df().set_index("interaction_id"),
    )


def test_each_text_has_its_language_polarity_and_words() -> None:
    posts, acts = annotated(market())
    assert list(posts.index) == [
        "english",
        "french",
        "german",
        "again",
        "arabic",
        "word",
        "emoji",
        "binary",
    ]
    assert posts["language"].replace({np.nan: None}).tolist() == [
        *("en", "fr", "de", "en", "ar"),
        *(None, None, None),
    ]
    # "I love this bread, I really love it": eight words, "I" and "love" twice.
    # "Je n'aime pas ce pain, c'est nul": an apostrophe holds together, seven.
    assert posts["words"].tolist() == [8, 7, 7, 8, 6, 1, 0, 0]
    assert posts["distinct_words"].tolist() == [6, 7, 7, 6, 6, 1, 0, 0]
    assert posts["polarity"]["english"] > 0 > posts["polarity"]["french"]
    assert posts["polarity"][["german", "arabic", "word", "emoji", "binary"]].isna().all()
    pd.testing.assert_frame_equal(acts, posts[acts.columns].rename_axis(index="interaction_id"))


def test_near_duplicates_share_their_keys_and_texts_of_a_word_have_none() -> None:
    posts, _ = annotated(market())
    assert posts["band_keys"]["english"].tolist() == band_keys([TEXTS["english"]])[0].tolist()
    assert posts["band_keys"]["again"].tolist() == posts["band_keys"]["english"].tolist()
    assert posts["band_keys"][["word", "emoji", "binary"]].isna().all()


def test_the_tables_have_the_types_that_features_rely_on() -> None:
    connection = market()
    annotate(connection)
    types = {
        table: dict(
            connection.sql(f"SELECT column_name, column_type FROM (DESCRIBE {table})").fetchall()
        )
        for table in ("post_words", "act_words")
    }
    act = {"language": "VARCHAR", "polarity": "DOUBLE", "words": "INTEGER"}
    assert types["act_words"] == {"interaction_id": "VARCHAR", **act}
    assert types["post_words"] == {
        "post_id": "VARCHAR",
        **act,
        "distinct_words": "INTEGER",
        "band_keys": "UBIGINT[]",
    }


def test_batches_order_and_rows_deleted_change_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    whole, _ = annotated(market())
    monkeypatch.setattr(features.annotation, "BATCH_TEXTS", 3)
    backwards = market({name: TEXTS[name] for name in reversed(TEXTS)})
    backwards.execute("DELETE FROM posts WHERE post_id IN ('french', 'word')")
    found, _ = annotated(backwards)
    expected = whole.drop(["french", "word"]).sort_index()
    pd.testing.assert_frame_equal(found.sort_index(), expected)


def test_tables_without_rows_or_without_texts_give_tables_without_rows() -> None:
    for connection in (connect({}), market({"none": None, "empty": ""})):
        assert [len(table) for table in annotated(connection)] == [0, 0]


def test_annotating_again_replaces_the_tables() -> None:
    connection = market()
    annotate(connection)
    connection.execute("DELETE FROM posts WHERE post_id <> 'german'")
    posts, _ = annotated(connection)
    assert list(posts.index) == ["german"]
