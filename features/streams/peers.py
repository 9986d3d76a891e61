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

_AMONG_CREATORS = """
SELECT i.interaction_id, i.kind, i.actor_id, i.target_id, i.occurred_at
FROM interactions i
WHERE i.target_id <> i.actor_id AND i.kind IN ('comment', 'reply', 'mention', 'reshare', 'like')
    AND i.actor_id IN (SELECT creator_id FROM creators)
    AND i.target_id IN (SELECT creator_id FROM creators)
"""

_PEER_TURNS = f"""
SELECT actor_id, target_id, min(occurred_at) AS turned_at,
    min(occurred_at) FILTER (WHERE kind IN {FAVOURS}) AS favoured_at
FROM among_creators GROUP BY ALL
"""

# How many creators had turned to each creator, from each moment at which that changed; every
# creator begins with none.
_PEERS_SINCE = """
SELECT creator_id, TIMESTAMP '1900-01-01' AS known_at, 0 AS peers FROM creators
UNION ALL
SELECT DISTINCT target_id, turned_at,
    count(*) OVER (PARTITION BY target_id ORDER BY turned_at RANGE UNBOUNDED PRECEDING)
FROM peer_turns
"""

# Of each act that a creator received from another, the authority of both sides before it.
_PEER_AUTHORITY = """
SELECT i.target_id AS creator_id, i.interaction_id, theirs.peers, own.peers AS own_peers
FROM among_creators i
ASOF JOIN peers_since theirs
    ON theirs.creator_id = i.actor_id AND theirs.known_at < i.occurred_at
ASOF JOIN peers_since own
    ON own.creator_id = i.target_id AND own.known_at < i.occurred_at
"""

# Pairs of creators that did each other favours, in both orders, from when both had.
_MUTUAL_PAIRS = """
SELECT a.actor_id AS creator_id, a.target_id AS peer_id,
    greatest(a.favoured_at, b.favoured_at) AS known_at
FROM peer_turns a JOIN peer_turns b ON b.actor_id = a.target_id AND b.target_id = a.actor_id
WHERE a.favoured_at IS NOT NULL AND b.favoured_at IS NOT NULL
"""

# A ring closes around two creators once both have a third one in common.
_RINGS = """
SELECT a.creator_id, a.peer_id, min(greatest(a.known_at, b.known_at, c.known_at)) AS closed_at
FROM mutual_pairs a
JOIN mutual_pairs b ON b.creator_id = a.peer_id
JOIN mutual_pairs c ON c.creator_id = a.creator_id AND c.peer_id = b.peer_id
GROUP BY ALL
"""

# Creators that a creator ever turned to, with the moment at which a ring closed around both.
_PEER_TIES = """
SELECT t.actor_id AS creator_id, t.target_id AS peer_id, r.closed_at
FROM peer_turns t
LEFT JOIN rings r ON r.creator_id = t.actor_id AND r.peer_id = t.target_id
"""

_PEER_ACTS = """
SELECT r.creator_id, r.kind, r.known_at, t.closed_at, a.peers, a.own_peers
FROM stream_received r
JOIN peer_authority a USING (creator_id, interaction_id)
LEFT JOIN peer_ties t ON t.creator_id = r.creator_id AND t.peer_id = r.actor_id
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
    """Make the lookups of authority and of ties from the clean tables of all creators.

    A creator's lines in both are all that its own streams need to know of the others.
    """
    create(connection, "among_creators", _AMONG_CREATORS)
    create(connection, "peer_turns", _PEER_TURNS)
    create(connection, "peers_since", _PEERS_SINCE)
    create(connection, "peer_authority", _PEER_AUTHORITY)
    create(connection, "mutual_pairs", _MUTUAL_PAIRS)
    create(connection, "rings", _RINGS)
    create(connection, "peer_ties", _PEER_TIES)
    for passing in ("among_creators", "peer_turns", "peers_since", "mutual_pairs", "rings"):
        connection.execute(f"DROP TABLE {passing}")


def prepare(connection: DuckDBPyConnection) -> None:
    """Make the table of the stream of this module; lookups and acts received are there."""
    create(connection, "stream_peer_acts", _PEER_ACTS)
