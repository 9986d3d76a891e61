"""Give and take between a creator and single accounts: exchanges, favours returned, visits."""

from __future__ import annotations

from typing import TYPE_CHECKING

from features.streams.spec import StreamSpec, create, events_of

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

FAVOUR_HOURS = 6
VISIT_DAYS = 60
FAVOURS = "('comment', 'reshare', 'like')"
"""Kinds of acts that people promise each other."""

# A day on which creator and account spoke to each other, known once both did.
_EXCHANGES = """
SELECT creator_id, account, greatest(min(they_at), min(own_at)) AS known_at
FROM (
    SELECT creator_id, actor_id AS account, known_at AS they_at, NULL AS own_at
    FROM stream_received WHERE kind IN ('comment', 'reply')
    UNION ALL
    SELECT creator_id, target_id, NULL, known_at
    FROM stream_acts WHERE kind IN ('comment', 'reply')
)
GROUP BY creator_id, account, date_trunc('day', coalesce(they_at, own_at))
HAVING count(they_at) > 0 AND count(own_at) > 0
"""

# What an account came to do of its own accord: not the answer to an act, nor under another's post.
_VISITS = f"""
SELECT r.creator_id, r.actor_id AS account, r.known_at AS came_at, r.kind IN {FAVOURS} AS is_favour
FROM stream_received r LEFT JOIN stream_posts p USING (post_id)
WHERE r.parent_id IS NULL AND (r.post_id IS NULL OR p.creator_id = r.creator_id)
"""

_FAVOURS = f"""
SELECT a.creator_id, a.target_id AS account, a.known_at, v.came_at AS returned_at
FROM (FROM stream_acts WHERE is_outward AND kind IN {FAVOURS}) a
ASOF LEFT JOIN (FROM visits WHERE is_favour) v
    ON v.creator_id = a.creator_id AND v.account = a.target_id AND v.came_at > a.known_at
"""

# The first time that the creator turned to an account that had not turned to it.
_APPROACHES = """
WITH first_acts AS (
    SELECT creator_id, target_id AS account, min(known_at) AS known_at
    FROM stream_acts GROUP BY ALL
),
first_turns AS (
    SELECT creator_id, actor_id AS account, min(known_at) AS since
    FROM stream_received GROUP BY ALL
)
SELECT a.creator_id, a.account, a.known_at, v.came_at
FROM (
    SELECT a.*, a.known_at + INTERVAL 1 DAY AS next_day
    FROM first_acts a LEFT JOIN first_turns t USING (creator_id, account)
    WHERE t.since IS NULL OR t.since > a.known_at
) a
ASOF LEFT JOIN visits v
    ON v.creator_id = a.creator_id AND v.account = a.account AND v.came_at >= a.next_day
"""

STREAMS: dict[str, StreamSpec] = {
    "exchanges": StreamSpec(
        events_of("stream_exchanges"), {}, {"account": "account"}, zero_when_touched=True
    ),
    # Comments, reshares and likes outward, each with the next favour that came back.
    "favours": StreamSpec(
        events_of("stream_favours"),
        {
            "settled": f"known_at <= as_of - INTERVAL {FAVOUR_HOURS} HOUR",
            "returned": "coalesce(returned_at < as_of"
            f" AND returned_at < known_at + INTERVAL {FAVOUR_HOURS} HOUR, FALSE)",
        },
        {},
        zero_when_touched=True,
    ),
    # Accounts that the creator turned to first, each with its first visit from the next day on.
    "approaches": StreamSpec(
        events_of("stream_approaches"),
        {
            "came": "coalesce(came_at < as_of"
            f" AND came_at < known_at + INTERVAL {VISIT_DAYS} DAY, FALSE)",
        },
        {},
        zero_when_touched=True,
    ),
}


def prepare(connection: DuckDBPyConnection) -> None:
    """Make the tables of the streams of this module; posts, acts and those received are there."""
    create(connection, "stream_exchanges", _EXCHANGES)
    create(connection, "visits", _VISITS)
    create(connection, "stream_favours", _FAVOURS)
    create(connection, "stream_approaches", _APPROACHES)
    connection.execute("DROP TABLE visits")
