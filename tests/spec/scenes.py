"""Little networks for tests: acts and posts as ASCII tables in, a scene of all creators out."""

from __future__ import annotations

from datetime import datetime

from duckdb import DuckDBPyConnection

from features.edges import prepare_edges, read_topics
from features.text import TextSpace
from models.baselines.scene import Scene
from tests.market import NO_WORDS, Tables, connect

AS_OF = datetime(2024, 6, 1)
CREATORS = "creator_id\nana\nbob\ncat"


def network(space: TextSpace = NO_WORDS, **tables: str) -> DuckDBPyConnection:
    """A market whose edges are prepared, and whose topics are read for `AS_OF`."""
    given: Tables = {"creators": CREATORS, **tables}
    connection = connect(given)
    prepare_edges(connection)
    read_topics(connection, AS_OF, AS_OF, 120, space)
    return connection


def scene(space: TextSpace = NO_WORDS, **tables: str) -> Scene:
    """Ana, Bob and Cat in this order, and others given, as known at `AS_OF`."""
    return Scene.at(network(space, **tables), AS_OF, 120)


def acts(*lines: tuple[str, str, str, str]) -> str:
    """Interactions of (moment, kind, actor, target), in order."""
    table = "interaction_id | occurred_at | kind | actor_id | target_id\n"
    return table + "\n".join(
        f"i{number:04} | {moment} | {kind} | {actor} | {target}"
        for number, (moment, kind, actor, target) in enumerate(lines)
    )


def crowd(count: int, day: str, kind: str, target: str) -> list[tuple[str, str, str, str]]:
    """One act each of so many people."""
    return [(f"{day} 12:00", kind, f"fan{number}", target) for number in range(count)]
