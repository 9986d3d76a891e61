"""Who acts towards a creator, and the creator towards others."""

from __future__ import annotations

from typing import TYPE_CHECKING

from features.streams.bare_replies import match_bare_replies
from features.streams.spec import IN_RING, StreamSpec, create, events_of

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

_RECEIVED = """
SELECT i.interaction_id, i.kind, i.actor_id, i.target_id AS creator_id, i.post_id, i.parent_id,
    i.occurred_at AS known_at, i.text, y.closed_at
FROM interactions i
LEFT JOIN peer_ties y ON y.creator_id = i.target_id AND y.peer_id = i.actor_id
WHERE i.target_id <> i.actor_id AND i.kind IN ('comment', 'reply', 'mention', 'reshare', 'like')
"""

# Talk goes outward unless it is under the creator's own post, names an act that the creator
# received, or is with somebody who turned to the creator under that post before: all that grows
# with the audience. What is said within a ring reaches nobody outside it either.
_ACTS = """
WITH turned AS (
    SELECT creator_id, actor_id, post_id, min(known_at) AS since
    FROM stream_received WHERE post_id IS NOT NULL GROUP BY ALL
)
SELECT i.interaction_id, i.kind, i.actor_id AS creator_id, i.target_id, i.post_id, i.parent_id,
    i.occurred_at AS known_at, i.text,
    p.post_id IS NULL AND r.interaction_id IS NULL AND t.since IS NULL AS is_outward,
    y.peer_id IS NOT NULL AS to_peer, y.closed_at
FROM interactions i
LEFT JOIN posts p
    ON p.post_id = i.post_id AND p.creator_id = i.actor_id AND p.published_at <= i.occurred_at
LEFT JOIN stream_received r
    ON r.interaction_id = i.parent_id AND r.creator_id = i.actor_id AND r.known_at <= i.occurred_at
LEFT JOIN turned t
    ON t.creator_id = i.actor_id AND t.actor_id = i.target_id AND t.post_id = i.post_id
    AND t.since <= i.occurred_at
LEFT JOIN peer_ties y ON y.creator_id = i.actor_id AND y.peer_id = i.target_id
WHERE i.target_id <> i.actor_id AND i.kind IN ('comment', 'reply', 'mention', 'reshare', 'like')
"""

# The first explicit answer of the person addressed; answers without a parent are matched in
# `bare_replies`.
_EXPLICIT_ANSWERS = """
SELECT c.interaction_id, min(r.occurred_at) AS answered_at,
    arg_min(r.interaction_id, {'at': r.occurred_at, 'id': r.interaction_id}) AS answer_id
FROM stream_received c
JOIN interactions r ON r.parent_id = c.interaction_id AND r.actor_id = c.creator_id
WHERE c.kind = 'comment' AND r.kind = 'reply' AND r.occurred_at >= c.known_at
GROUP BY c.interaction_id
"""

_FIRST_TOUCH = """
SELECT creator_id, min(known_at) AS known_at
FROM (
    SELECT creator_id, known_at FROM stream_received
    UNION ALL SELECT creator_id, known_at FROM stream_acts
)
GROUP BY creator_id
"""

STREAMS: dict[str, StreamSpec] = {
    "received": StreamSpec(
        events_of("stream_received"),
        {
            **{k: f"kind = '{k}'" for k in ("comment", "reply", "mention", "reshare", "like")},
            "talk": "kind IN ('comment', 'reply')",
            "outside_rings": f"NOT {IN_RING}",
        },
        {"actor": "actor_id"},
        zero_when_touched=True,
    ),
    "acts": StreamSpec(
        events_of("stream_acts"),
        {
            "talk": "kind IN ('comment', 'reply')",
            "outward": f"is_outward AND NOT {IN_RING}",
            "reshare": "kind = 'reshare'",
            "cites": "kind IN ('mention', 'reshare')",
            "to_peer": "to_peer",
        },
        {"target": "target_id"},
        zero_when_touched=True,
    ),
}


def prepare(connection: DuckDBPyConnection) -> None:
    """Make the tables of the streams of this module; clean tables, lookups and posts are there."""
    create(connection, "stream_received", _RECEIVED)
    create(connection, "explicit_answers", _EXPLICIT_ANSWERS)
    connection.register("bare_answers_found", match_bare_replies(connection))
    create(connection, "bare_answers", "SELECT * FROM bare_answers_found")
    connection.unregister("bare_answers_found")
    create(connection, "stream_acts", _ACTS)
    create(connection, "first_touch", _FIRST_TOUCH)
