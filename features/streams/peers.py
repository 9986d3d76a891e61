"""Creators among each other: who is heard by how many of them, and who keeps a ring of promises.

Only acts of creators towards creators count here: they do not multiply with an audience.

Support that comes back is no promise: people who were met come days later (E22). A ring closes
around two creators once each has returned a favour of the other within hours (E21).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from features.streams.partners import FAVOUR_HOURS, FAVOURS
from features.streams.spec import IN_RING, StreamSpec, create, events_of

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

LEADER_PEERS = 3
"""Creators outside its rings that must have turned to an account before its word counts as a
leader's."""

# A favour answers nothing, and is under no post known to be of another than its target.
_AMONG_CREATORS = f"""
SELECT i.interaction_id, i.actor_id, i.target_id, i.occurred_at,
    i.kind IN {FAVOURS} AND i.parent_id IS NULL
        AND coalesce(p.creator_id = i.target_id, TRUE) AS is_favour
FROM interactions i
LEFT JOIN posts p USING (post_id)
WHERE i.target_id <> i.actor_id AND i.kind IN ('comment', 'reply', 'mention', 'reshare', 'like')
    AND i.actor_id IN (SELECT creator_id FROM creators)
    AND i.target_id IN (SELECT creator_id FROM creators)
"""

_PEER_TURNS = """
SELECT actor_id, target_id, min(occurred_at) AS turned_at FROM among_creators GROUP BY ALL
"""

# When a creator (`actor_id`) was first paid back within hours by another.
_FAVOURS_RETURNED = f"""
SELECT a.actor_id, a.target_id, min(b.occurred_at) AS returned_at
FROM (FROM among_creators WHERE is_favour) a
ASOF JOIN (FROM among_creators WHERE is_favour) b
    ON b.actor_id = a.target_id AND b.target_id = a.actor_id AND b.occurred_at > a.occurred_at
WHERE b.occurred_at < a.occurred_at + INTERVAL {FAVOUR_HOURS} HOUR
GROUP BY ALL
"""

# Creators that a creator ever turned to, with the moment at which a ring closed around both.
_PEER_TIES = """
SELECT t.actor_id AS creator_id, t.target_id AS peer_id,
    CASE WHEN a.returned_at IS NOT NULL AND b.returned_at IS NOT NULL
    THEN greatest(a.returned_at, b.returned_at) END AS closed_at
FROM peer_turns t
LEFT JOIN favours_returned a ON a.actor_id = t.actor_id AND a.target_id = t.target_id
LEFT JOIN favours_returned b ON b.actor_id = t.target_id AND b.target_id = t.actor_id
"""

# How many creators outside its rings had turned to each creator, from each moment at which that
# changed; every creator begins with none, and loses those with whom it closes a ring.
_PEERS_SINCE = """
SELECT creator_id, known_at, sum(sum(more)) OVER (PARTITION BY creator_id ORDER BY known_at)::INT
    AS peers
FROM (
    SELECT creator_id, TIMESTAMP '1900-01-01' AS known_at, 0 AS more FROM creators
    UNION ALL SELECT target_id, turned_at, 1 FROM peer_turns
    UNION ALL SELECT creator_id, closed_at, -1 FROM peer_ties WHERE closed_at IS NOT NULL
)
GROUP BY creator_id, known_at
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

_PEER_ACTS = """
SELECT r.creator_id, r.kind, r.known_at, r.closed_at, a.peers, a.own_peers
FROM stream_received r JOIN peer_authority a USING (creator_id, interaction_id)
"""

STREAMS: dict[str, StreamSpec] = {
    # Acts received from other creators, each with the authority that its actor had by then.
    "peer_acts": StreamSpec(
        events_of("stream_peer_acts"),
        {
            "favour": f"kind IN {FAVOURS}",
            "passes_on": "kind IN ('mention', 'reshare')",
            "by_leader": f"peers >= {LEADER_PEERS} AND peers > own_peers AND NOT {IN_RING}",
            "in_ring": IN_RING,
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
    create(connection, "favours_returned", _FAVOURS_RETURNED)
    create(connection, "peer_ties", _PEER_TIES)
    create(connection, "peers_since", _PEERS_SINCE)
    create(connection, "peer_authority", _PEER_AUTHORITY)
    for passing in ("among_creators", "peer_turns", "favours_returned", "peers_since"):
        connection.execute(f"DROP TABLE {passing}")


def prepare(connection: DuckDBPyConnection) -> None:
    """Make the table of the stream of this module; lookups and acts received are there."""
    create(connection, "stream_peer_acts", _PEER_ACTS)
