"""Creators among each other: who is heard by how many of them, and who keeps a closed ring.

Only acts of creators towards creators count here: they do not multiply with an audience.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from features.streams.partners import FAVOURS
from features.streams.spec import StreamSpec, create, events_of

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

LEADER_PEERS = 3
"""Creators that must have turned to an account before its word counts as a leader's."""

_PEER_TURNS = f"""
SELECT actor_id, target_id, min(occurred_at) AS turned_at,
    min(occurred_at) FILTER (WHERE kind IN {FAVOURS}) AS favoured_at
FROM interactions
WHERE target_id <> actor_id AND kind IN ('comment', 'reply', 'mention', 'reshare', 'like')
    AND actor_id IN (SELECT creator_id FROM creators)
    AND target_id IN (SELECT creator_id FROM creators)
GROUP BY ALL
"""

# How many creators had turned to each creator, from each moment at which that changed; every
# creator begins with none.
_PEER_AUTHORITY = """
SELECT creator_id, TIMESTAMP '1900-01-01' AS known_at, 0 AS peers FROM creators
UNION ALL
SELECT DISTINCT target_id, turned_at,
    count(*) OVER (PARTITION BY target_id ORDER BY turned_at RANGE UNBOUNDED PRECEDING)
FROM peer_turns
"""

# Pairs of creators that did each other favours, in both orders, from when both had.
_MUTUAL_PAIRS = """
SELECT a.actor_id AS creator_id, a.target_id AS partner_id,
    greatest(a.favoured_at, b.favoured_at) AS known_at
FROM peer_turns a JOIN peer_turns b ON b.actor_id = a.target_id AND b.target_id = a.actor_id
WHERE a.favoured_at IS NOT NULL AND b.favoured_at IS NOT NULL
"""

# A ring closes around a creator and its partner once both have a third one in common.
_RINGS = """
SELECT a.creator_id, a.partner_id,
    min(greatest(a.known_at, b.known_at, c.known_at)) AS closed_at
FROM mutual_pairs a
JOIN mutual_pairs b ON b.creator_id = a.partner_id
JOIN mutual_pairs c ON c.creator_id = a.creator_id AND c.partner_id = b.partner_id
WHERE a.creator_id IN (SELECT DISTINCT creator_id FROM stream_received)
GROUP BY ALL
"""

_PEER_ACTS = """
SELECT r.creator_id, r.actor_id, r.kind, r.known_at, ring.closed_at, theirs.peers,
    coalesce(own.peers, 0) AS own_peers
FROM stream_received r
ASOF JOIN peer_authority theirs
    ON theirs.creator_id = r.actor_id AND theirs.known_at < r.known_at
ASOF LEFT JOIN peer_authority own
    ON own.creator_id = r.creator_id AND own.known_at < r.known_at
LEFT JOIN rings ring ON ring.creator_id = r.creator_id AND ring.partner_id = r.actor_id
"""

STREAMS: dict[str, StreamSpec] = {
    # Acts received from other creators, each with the authority that its actor had by then.
    "peer_acts": StreamSpec(
        events_of("stream_peer_acts"),
        {
            "favour": f"kind IN {FAVOURS}",
            "passes_on": "kind IN ('mention', 'reshare')",
            "by_leader": f"peers >= {LEADER_PEERS} AND peers > own_peers",
            "in_ring": "coalesce(closed_at < as_of, FALSE)",
        },
        {"log_authority": "ln(1 + peers)"},
        zero_when_touched=True,
    ),
}


def look_across(connection: DuckDBPyConnection) -> None:
    """Make the lookups of authority and of mutual pairs from the clean tables of all creators."""
    create(connection, "peer_turns", _PEER_TURNS)
    create(connection, "peer_authority", _PEER_AUTHORITY)
    create(connection, "mutual_pairs", _MUTUAL_PAIRS)
    connection.execute("DROP TABLE peer_turns")


def prepare(connection: DuckDBPyConnection) -> None:
    """Make the table of the stream of this module; lookups and acts received are there."""
    create(connection, "rings", _RINGS)
    create(connection, "stream_peer_acts", _PEER_ACTS)
    connection.execute("DROP TABLE rings")
