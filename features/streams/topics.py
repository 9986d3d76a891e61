"""What stands beside a brief: posts, mentions, comments and own talk, by topic and by language.

A text in another language than the brief is unknown, not off topic: its language is the one it is
written in, where that shows, else the one its creator declares.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import pyarrow as pa

from features.language import detect_languages
from features.streams.posts import POST_FLAGS, POST_VALUES
from features.streams.spec import IN_RING, StreamSpec, create
from features.text import ON_TOPIC, UNLIKE

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

TALK_DAYS = 90
"""How far comments and talk beside a brief are looked back on: of older ones there is no vector."""

# Comments and mentions that a creator received, with words.
_HEARD = """
SELECT r.interaction_id, r.creator_id, r.kind, r.known_at, hash(r.text) AS text_key,
    w.language, w.polarity
FROM stream_received r LEFT JOIN act_words w USING (interaction_id)
WHERE r.kind IN ('comment', 'mention') AND trim(r.text) <> ''
"""

# What a creator says to others that are no audience of its own, with words.
_SAID = """
SELECT a.interaction_id, a.creator_id, a.known_at, a.closed_at, hash(a.text) AS text_key, w.language
FROM stream_acts a LEFT JOIN act_words w USING (interaction_id)
WHERE a.is_outward AND a.kind IN ('comment', 'reply') AND trim(a.text) <> ''
"""

_COMPARABLE = "coalesce(coalesce(s.language, r.creator_language) = r.brief_language, TRUE)"
_SIMILARITY = "array_inner_product(v.vector, b.vector) AS similarity"
_TOPICAL = {"on_topic": f"similarity >= {ON_TOPIC}"}
_RECENT = f"s.known_at < r.as_of AND s.known_at >= r.as_of - INTERVAL {TALK_DAYS} DAY"

STREAMS: dict[str, StreamSpec] = {
    # Posts that can be compared with the brief.
    "topical_posts": StreamSpec(
        f"SELECT r.row_id AS key, s.*, {_SIMILARITY} FROM build_rows r"
        " JOIN post_states s USING (moment_id) JOIN text_vectors v USING (text_key)"
        f" JOIN brief_vectors b USING (campaign_id) WHERE {_COMPARABLE}",
        {**POST_FLAGS, **_TOPICAL},
        {
            **POST_VALUES,
            "similarity": "similarity",
            "closeness": f"CASE WHEN similarity >= {UNLIKE} THEN similarity ELSE 0 END",
        },
        by_brief=True,
    ),
    # Mentions by others that can be compared with the brief.
    "topical_mentions": StreamSpec(
        f"SELECT r.row_id AS key, r.as_of, s.known_at, {_SIMILARITY} FROM build_rows r"
        " JOIN heard s ON s.creator_id = r.creator_id AND s.known_at < r.as_of"
        " JOIN text_vectors v USING (text_key) JOIN brief_vectors b USING (campaign_id)"
        f" WHERE s.kind = 'mention' AND {_COMPARABLE}",
        _TOPICAL,
        {"similarity": "similarity"},
        by_brief=True,
    ),
    # Comments received in the last TALK_DAYS that can be compared with the brief.
    "topical_comments": StreamSpec(
        f"SELECT r.row_id AS key, r.as_of, s.known_at, {_SIMILARITY} FROM build_rows r"
        f" JOIN heard s ON s.creator_id = r.creator_id AND {_RECENT}"
        " JOIN text_vectors v USING (text_key) JOIN brief_vectors b USING (campaign_id)"
        f" WHERE s.kind = 'comment' AND {_COMPARABLE}",
        _TOPICAL,
        {},
        by_brief=True,
    ),
    # Comments received in the last TALK_DAYS whose language shows, beside a brief whose language is
    # known.
    "audience_voice": StreamSpec(
        "SELECT r.row_id AS key, r.as_of, s.known_at, s.language = r.brief_language"
        " AS in_brief_language FROM build_rows r"
        f" JOIN heard s ON s.creator_id = r.creator_id AND {_RECENT} WHERE s.kind = 'comment'"
        " AND s.language IS NOT NULL AND r.brief_language IS NOT NULL",
        {"in_brief_language": "in_brief_language"},
        {},
        by_brief=True,
    ),
    # What the creator said to others in the last TALK_DAYS and can be compared with the brief.
    "topical_talk": StreamSpec(
        f"SELECT r.row_id AS key, r.as_of, s.known_at, {_SIMILARITY} FROM build_rows r"
        f" JOIN said s ON s.creator_id = r.creator_id AND {_RECENT}"
        " JOIN text_vectors v USING (text_key) JOIN brief_vectors b USING (campaign_id)"
        f" WHERE {_COMPARABLE} AND NOT {IN_RING}",
        _TOPICAL,
        {},
        by_brief=True,
    ),
    # Posts whose language shows, beside a brief whose language is known.
    "own_voice": StreamSpec(
        "SELECT r.row_id AS key, s.as_of, s.known_at, s.language = r.brief_language"
        " AS in_brief_language FROM build_rows r JOIN post_states s USING (moment_id)"
        " WHERE s.language IS NOT NULL AND r.brief_language IS NOT NULL",
        {"in_brief_language": "in_brief_language"},
        {},
        by_brief=True,
    ),
    # What posts are about, without regard to a brief.
    "themes": StreamSpec(
        "SELECT s.moment_id AS key, s.as_of, s.known_at, t.topic, t.nearness"
        " FROM post_states s JOIN post_themes t USING (post_id)",
        {},
        {"topic": "topic", "nearness": "nearness"},
    ),
}


def prepare(connection: DuckDBPyConnection) -> None:
    """Make the tables of the streams of this module; those of posts and conversation are there."""
    create(connection, "heard", _HEARD)
    create(connection, "said", _SAID)
    connection.register("brief_languages_found", brief_languages(connection))
    create(connection, "brief_languages", "SELECT * FROM brief_languages_found")
    connection.unregister("brief_languages_found")


def brief_languages(connection: DuckDBPyConnection) -> pa.Table:
    """The language of each brief: declared with the campaign, else that in which it is written.

    `campaign_id` and `language`, a primary code of BCP 47, null where neither says.
    """
    briefs = connection.sql(
        "SELECT campaign_id, lower(split_part(language, '-', 1)) AS language,"
        " CASE WHEN language IS NULL THEN brief END AS text FROM campaigns"
    ).to_arrow_table()
    detected = detect_languages(briefs["text"].to_pylist())
    declared = briefs["language"].to_pylist()
    languages = [one or other for one, other in zip(declared, detected, strict=True)]
    return pa.table(
        {"campaign_id": briefs["campaign_id"], "language": pa.array(languages, pa.string())}
    )
