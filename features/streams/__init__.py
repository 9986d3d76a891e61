"""The event streams a feature may look back on, and the derived tables behind them.

A stream holds rows `(creator_id, known_at, ...)`: the time at which the row became known, so that a
window over it needs only `known_at < as_of`. A fact made of two events (a comment and its answer)
keeps both times and is judged at `as_of`. Everything here is independent by creator but for small
lookups: levels of response by platform and week, of campaigns and of platforms in campaigns;
creators among each other.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from features import annotation
from features.streams import (
    comments,
    conversation,
    opinions,
    partners,
    peers,
    people,
    posts,
    record,
    threads,
    topics,
)
from features.streams.spec import StreamSpec

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

STREAMS: dict[str, StreamSpec] = {
    **posts.STREAMS,
    **conversation.STREAMS,
    **comments.STREAMS,
    **threads.STREAMS,
    **partners.STREAMS,
    **peers.STREAMS,
    **record.STREAMS,
    **people.STREAMS,
    **topics.STREAMS,
    **opinions.STREAMS,
}


LOOKUPS = (
    "response_levels",
    "campaign_levels",
    "platform_levels",
    "peer_authority",
    "peer_ties",
)
"""Small tables that look across creators; all others need one creator's rows alone."""


def prepare_lookups(connection: DuckDBPyConnection) -> None:
    """Compute the `LOOKUPS` from the clean tables of all creators, as temporary tables."""
    posts.look_across(connection)
    peers.look_across(connection)
    record.look_across(connection)


def prepare(connection: DuckDBPyConnection, *, look_across: bool = True) -> None:
    """Compute the tables behind the streams from the connection's clean tables, as temporary ones.

    Numbers come out the same whatever the order of rows or the number of threads: sums of
    non-integers are taken in exact decimals.

    Parameters
    ----------
    look_across : bool
        False where the connection holds some of the creators only, and the `LOOKUPS` of all.
    """
    annotation.annotate(connection)
    if look_across:
        prepare_lookups(connection)
    people.prepare(connection)
    posts.prepare(connection)
    conversation.prepare(connection)
    comments.prepare(connection)
    threads.prepare(connection)
    partners.prepare(connection)
    peers.prepare(connection)
    record.prepare(connection)
    topics.prepare(connection)
