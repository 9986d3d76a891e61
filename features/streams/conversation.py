"""Who acts towards a creator, and the creator towards others."""

from __future__ import annotations

from collections import defaultdict
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pyarrow as pa

from features.streams.spec import StreamSpec, create, events_of

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

ANSWER_DAYS = 7
"""A comment without an answer counts as unanswered once this many days are over (contract)."""

_RECEIVED = """
SELECT i.interaction_id, i.kind, i.actor_id, i.target_id AS creator_id, i.post_id, i.parent_id,
    i.occurred_at AS known_at, i.text
FROM interactions i
WHERE i.target_id <> i.actor_id AND i.kind IN ('comment', 'reply', 'mention', 'reshare', 'like')
"""

# Talk goes outward unless it is under the creator's own post, names an act that the creator
# received, or is with somebody who turned to the creator under that post before: all that grows
# with the audience.
_ACTS = """
WITH turned AS (
    SELECT creator_id, actor_id, post_id, min(known_at) AS since
    FROM stream_received WHERE post_id IS NOT NULL GROUP BY ALL
)
SELECT i.interaction_id, i.kind, i.actor_id AS creator_id, i.target_id, i.post_id, i.parent_id,
    i.occurred_at AS known_at, i.text,
    p.post_id IS NULL AND r.interaction_id IS NULL AND t.since IS NULL AS is_outward,
    i.target_id IN (SELECT creator_id FROM peer_authority) AS to_peer
FROM interactions i
LEFT JOIN posts p
    ON p.post_id = i.post_id AND p.creator_id = i.actor_id AND p.published_at <= i.occurred_at
LEFT JOIN stream_received r
    ON r.interaction_id = i.parent_id AND r.creator_id = i.actor_id AND r.known_at <= i.occurred_at
LEFT JOIN turned t
    ON t.creator_id = i.actor_id AND t.actor_id = i.target_id AND t.post_id = i.post_id
    AND t.since <= i.occurred_at
WHERE i.target_id <> i.actor_id AND i.kind IN ('comment', 'reply', 'mention', 'reshare', 'like')
"""

# The first explicit answer of the person addressed; answers without a parent are matched in Python
# below.
_EXPLICIT_ANSWERS = """
SELECT c.interaction_id, min(r.occurred_at) AS answered_at,
    arg_min(r.interaction_id, {'at': r.occurred_at, 'id': r.interaction_id}) AS answer_id
FROM stream_received c
JOIN interactions r ON r.parent_id = c.interaction_id AND r.actor_id = c.creator_id
WHERE c.kind = 'comment' AND r.kind = 'reply' AND r.occurred_at >= c.known_at
GROUP BY c.interaction_id
"""

_CONVERSATIONS_WITH_BARE_REPLIES = """
WITH bare AS (
    SELECT interaction_id, actor_id AS creator_id, target_id AS commenter_id, post_id,
        occurred_at AS known_at
    FROM interactions
    WHERE kind = 'reply' AND parent_id IS NULL AND post_id IS NOT NULL AND actor_id <> target_id
)
SELECT creator_id, commenter_id, post_id, known_at, TRUE AS is_reply, interaction_id,
    NULL AS answered_at
FROM bare
UNION ALL
SELECT c.creator_id, c.actor_id, c.post_id, c.known_at, FALSE, c.interaction_id, e.answered_at
FROM stream_received c
LEFT JOIN explicit_answers e USING (interaction_id)
WHERE c.kind = 'comment'
    AND (c.creator_id, c.actor_id, c.post_id)
        IN (SELECT (creator_id, commenter_id, post_id) FROM bare)
ORDER BY creator_id, commenter_id, post_id, known_at, is_reply, interaction_id
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
        },
        {"actor": "actor_id"},
        zero_when_touched=True,
    ),
    "acts": StreamSpec(
        events_of("stream_acts"),
        {
            "talk": "kind IN ('comment', 'reply')",
            "outward": "is_outward",
            "reshare": "kind = 'reshare'",
            "cites": "kind IN ('mention', 'reshare')",
            "to_peer": "to_peer",
        },
        {"target": "target_id"},
        zero_when_touched=True,
    ),
}


def prepare(connection: DuckDBPyConnection) -> None:
    """Make the tables of the streams of this module; clean tables and posts are there."""
    create(connection, "stream_received", _RECEIVED)
    create(connection, "explicit_answers", _EXPLICIT_ANSWERS)
    connection.register("bare_answers_found", _match_bare_replies(connection))
    create(connection, "bare_answers", "SELECT * FROM bare_answers_found")
    connection.unregister("bare_answers_found")
    create(connection, "stream_acts", _ACTS)
    create(connection, "first_touch", _FIRST_TOUCH)


def _match_bare_replies(connection: DuckDBPyConnection) -> pa.Table:
    """Answers given without `parent_id`: each takes the latest comment of its addressee on the same
    post that is at most `ANSWER_DAYS` old and not yet answered at that moment.
    """
    events = connection.sql(_CONVERSATIONS_WITH_BARE_REPLIES).to_arrow_table().to_pylist()
    open_comments: dict[tuple[str, str, str], list[dict[str, Any]]] = defaultdict(list)
    answered: dict[str, dict[str, Any]] = {}
    for event in events:
        thread = open_comments[event["creator_id"], event["commenter_id"], event["post_id"]]
        if not event["is_reply"]:
            thread.append(event)
            continue
        for comment in reversed(thread):
            waited = event["known_at"] - comment["known_at"]
            explicit = comment["answered_at"]
            if waited <= timedelta(days=ANSWER_DAYS) and (
                explicit is None or explicit > event["known_at"]
            ):
                thread.remove(comment)
                answered[comment["interaction_id"]] = event
                break
    return pa.table(
        {
            "interaction_id": pa.array(list(answered), pa.string()),
            "answered_at": pa.array([r["known_at"] for r in answered.values()], pa.timestamp("us")),
            "answer_id": pa.array([r["interaction_id"] for r in answered.values()], pa.string()),
        }
    )
