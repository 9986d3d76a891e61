"""What is said and done under a creator's own posts, by whom, how deep, and how late."""

from __future__ import annotations

from typing import TYPE_CHECKING

from features.streams.spec import StreamSpec, create, events_of

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

DEEPEST = 10
"""Depth from which on a thread counts as no deeper; it bounds the recursion."""

# An act that lies before its post (clocks differ) is known once the post is. It answers an act
# under the same post that came before it, else it begins a thread: in order of time, so that chains
# end.
_UNDER_OWN_POSTS = """
WITH under AS (
    SELECT i.interaction_id, p.creator_id, i.post_id, i.kind, i.actor_id, i.target_id, i.parent_id,
        i.occurred_at, p.known_at AS published_at
    FROM interactions i JOIN stream_posts p USING (post_id)
    WHERE i.target_id <> i.actor_id AND i.kind IN ('comment', 'reply', 'mention', 'reshare', 'like')
)
SELECT u.* EXCLUDE (parent_id), parent.interaction_id AS answers_id
FROM under u
LEFT JOIN under parent ON parent.interaction_id = u.parent_id AND parent.post_id = u.post_id
    AND parent.occurred_at < u.occurred_at AND parent.kind IN ('comment', 'reply')
"""

# A comment stands at depth 1, and what answers it one deeper; so does a reply to what is not known.
_DEPTHS = f"""
WITH RECURSIVE talk AS (
    SELECT interaction_id, kind, answers_id FROM under_own_posts WHERE kind IN ('comment', 'reply')
),
depths AS (
    SELECT interaction_id, CASE kind WHEN 'reply' THEN 2 ELSE 1 END AS depth
    FROM talk WHERE answers_id IS NULL
    UNION ALL
    SELECT t.interaction_id, d.depth + 1
    FROM depths d JOIN talk t ON t.answers_id = d.interaction_id
    WHERE d.depth < {DEEPEST}
)
FROM depths
"""

_THREADS = f"""
SELECT u.*, greatest(u.occurred_at, u.published_at) AS known_at,
    CASE WHEN kind IN ('comment', 'reply') THEN coalesce(d.depth, {DEEPEST}) END AS depth
FROM under_own_posts u LEFT JOIN depths d USING (interaction_id)
"""

STREAMS: dict[str, StreamSpec] = {
    # Acts under the creator's own posts, whoever they are turned to.
    "threads": StreamSpec(
        events_of("stream_threads"),
        {
            "talk": "kind IN ('comment', 'reply')",
            "by_others": "actor_id <> creator_id",
            "between_others": "actor_id <> creator_id AND target_id <> creator_id",
            # Of posts that are a week old, what came within that week, and not before the post.
            "in_first_week": "published_at <= as_of - INTERVAL 7 DAY"
            " AND occurred_at >= published_at AND occurred_at < published_at + INTERVAL 7 DAY",
            "late": "occurred_at >= published_at + INTERVAL 48 HOUR",
        },
        {
            "depth": "depth",
            "hours": "date_diff('microsecond', published_at, occurred_at) / 3600e6",
        },
        zero_when_touched=True,
    ),
}


def prepare(connection: DuckDBPyConnection) -> None:
    """Make the table of the stream of this module; clean tables and posts are there."""
    create(connection, "under_own_posts", _UNDER_OWN_POSTS)
    create(connection, "depths", _DEPTHS)
    create(connection, "stream_threads", _THREADS)
    for table in ("under_own_posts", "depths"):
        connection.execute(f"DROP TABLE {table}")
