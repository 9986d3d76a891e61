"""Comments that a creator received, each with its answer and with what came of it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from features.excerpt import READ_CHARACTERS
from features.function_words import FUNCTION_WORDS
from features.phrases import SYMPATHY
from features.streams.bare_replies import ANSWER_DAYS
from features.streams.spec import StreamSpec, create, events_of

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

CRITICAL = -0.05
"""Polarity from which downward a comment criticises: where VADER's authors let blame begin."""

NEWCOMER_DAYS = 30
"""A commenter who did not comment for so long counts as new, or as new again."""

PITY_DAYS = 3

# What a creator says of itself in the days after a comment, of nobody in particular.
_PITY = f"""
SELECT p.creator_id, p.known_at AS pitied_at
FROM stream_posts p LEFT JOIN post_words w USING (post_id)
WHERE p.characters IS NOT NULL AND p.kind = 'original' AND NOT contains(p.text, '@')
    AND (regexp_matches(lower(p.text), '{SYMPATHY}') OR w.polarity <= {CRITICAL})
"""

# An answer without a parent is the first one: what is answered by name before it is not left to it.
_ANSWERED = """
SELECT r.*, coalesce(b.answered_at, e.answered_at) AS answered_at,
    coalesce(b.answer_id, e.answer_id) AS answer_id,
    lag(r.known_at) OVER (
        PARTITION BY r.creator_id, r.actor_id ORDER BY r.known_at, r.interaction_id
    ) AS previous_at
FROM stream_received r
LEFT JOIN explicit_answers e USING (interaction_id)
LEFT JOIN bare_answers b USING (interaction_id)
WHERE r.kind = 'comment'
"""

_ANSWERS = """
WITH said AS (
    SELECT c.interaction_id, c.answer_id,
        CASE WHEN trim(r.text) <> '' THEN lower(trim(r.text)) END AS answer,
        coalesce(lower(trim(c.text)), '') AS comment
    FROM answered_comments c JOIN interactions r ON r.interaction_id = c.answer_id
)
SELECT s.interaction_id, s.answer, s.comment, w.polarity,
    CASE WHEN len(content_words(s.comment)) > 0 AND s.answer IS NOT NULL
        THEN list_has_any(content_words(s.answer), content_words(s.comment)) END AS echoes
FROM said s LEFT JOIN act_words w ON w.interaction_id = s.answer_id
"""

_COMMENTS = f"""
SELECT c.*, c.known_at + INTERVAL {ANSWER_DAYS} DAY AS due_at, contains(c.text, '?') AS asks,
    w.polarity, a.polarity AS answer_polarity, a.echoes,
    ln(length(a.answer)) AS answer_log_characters,
    -- Null has a hash too.
    CASE WHEN a.answer IS NOT NULL THEN hash(a.answer) END AS answer_text,
    CASE WHEN a.answer IS NOT NULL THEN hash(a.comment) END AS answered_text,
    again.known_at AS again_at, p.pitied_at
FROM answered_comments c
LEFT JOIN act_words w USING (interaction_id)
LEFT JOIN answers a USING (interaction_id)
ASOF LEFT JOIN talk_received again
    ON again.creator_id = c.creator_id AND again.actor_id = c.actor_id
    AND again.thread = coalesce(c.post_id, '') AND again.known_at > c.answered_at
ASOF LEFT JOIN pity p ON p.creator_id = c.creator_id AND p.pitied_at > c.known_at
"""

# Words of a text that say what it is about, of what is read of it.
_CONTENT_WORDS = f"""
CREATE OR REPLACE TEMP MACRO content_words(said) AS list_filter(
    regexp_extract_all(strip_accents(said[:{READ_CHARACTERS}]), '[\\p{{L}}\\p{{N}}]+'),
    lambda word: NOT list_contains({FUNCTION_WORDS}, word)
)
"""

_TALK_RECEIVED = """
SELECT creator_id, actor_id, coalesce(post_id, '') AS thread, known_at
FROM stream_received WHERE kind IN ('comment', 'reply')
"""


def _if_answered(value: str) -> str:
    """A value of a comment's answer, null before it is given."""
    return f"CASE WHEN answered_at < as_of THEN {value} END"


STREAMS: dict[str, StreamSpec] = {
    "comments": StreamSpec(
        events_of("stream_comments"),
        {
            "answered": "coalesce(answered_at < as_of, FALSE)",
            "settled": "coalesce(answered_at < as_of, FALSE) OR due_at <= as_of",
            "unanswered": "NOT coalesce(answered_at < as_of, FALSE) AND due_at <= as_of",
            "answered_in_a_day": "coalesce("
            "answered_at < as_of AND answered_at <= known_at + INTERVAL 1 DAY, FALSE)",
            "answered_in_a_week": "coalesce(answered_at < least(as_of, due_at), FALSE)",
            "asks": "asks",
            # Null where the polarity is unknown.
            "critical": f"polarity <= {CRITICAL}",
            "pitied": "coalesce("
            f"pitied_at < as_of AND pitied_at <= known_at + INTERVAL {PITY_DAYS} DAY, FALSE)",
            # The answer is a week old, and the commenter spoke again under that post by then.
            "heard_out": "coalesce(answered_at <= as_of - INTERVAL 7 DAY, FALSE)",
            "spoke_again": "coalesce("
            "again_at < as_of AND again_at < answered_at + INTERVAL 7 DAY, FALSE)",
            "echoes": _if_answered("echoes"),
            "newcomer": f"coalesce(previous_at < known_at - INTERVAL {NEWCOMER_DAYS} DAY, TRUE)",
            # The account's comment before this one lies in the 180 days that precede the last 90.
            "returns": "coalesce(previous_at < as_of - INTERVAL 90 DAY"
            " AND previous_at >= as_of - INTERVAL 270 DAY, FALSE)",
        },
        {
            "actor": "actor_id",
            "hours_to_answer": _if_answered(
                "date_diff('microsecond', known_at, answered_at) / 3600e6"
            ),
            "polarity": "polarity",
            "answer_polarity": _if_answered("answer_polarity"),
            "answer_log_characters": _if_answered("answer_log_characters"),
            "answer_text": _if_answered("answer_text"),
            # What the answers with words were given to.
            "answered_text": _if_answered("answered_text"),
        },
        zero_when_touched=True,
    ),
}


def prepare(connection: DuckDBPyConnection) -> None:
    """Make the table of the stream of this module; posts, acts received and answers are there."""
    create(connection, "answered_comments", _ANSWERED)
    connection.execute(_CONTENT_WORDS)
    create(connection, "answers", _ANSWERS)
    create(connection, "talk_received", _TALK_RECEIVED)
    create(connection, "pity", _PITY)
    create(connection, "stream_comments", _COMMENTS)
    for table in ("answered_comments", "answers", "talk_received", "pity"):
        connection.execute(f"DROP TABLE {table}")
