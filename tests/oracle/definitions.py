"""Features by their definitions, straight from the rows of a market: no stream, no window, no SQL.

A definition takes the market and a row to build and gives the number, or None where the docstring
of the feature says that it is missing. It stands in `definitions_of_*` under the feature's name.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from datetime import datetime
from math import log
from typing import TypeAlias

import numpy as np

from tests.oracle.plain_market import DAY, TALK, Event, PlainMarket, Row

Number: TypeAlias = float | None
Definition: TypeAlias = Callable[[PlainMarket, Row], Number]

DEFINITIONS: dict[str, Definition] = {}


def definition(compute: Definition) -> Definition:
    """The definition of the feature of the same name."""
    DEFINITIONS[compute.__name__] = compute
    return compute


def lately(
    rows: Iterable[Event], time: str, row: Row, days: float | None = None, ago: float = 0
) -> list[Event]:
    """Rows of the last days before `as_of`, or before so many days before it."""
    last = row.as_of - DAY * ago
    first = datetime.min if days is None else last - DAY * days
    return [line for line in rows if first <= line[time] < last]


def posts(market: PlainMarket, row: Row, days: float | None = None, ago: float = 0) -> list[Event]:
    return lately(market.posts_by.get(row.creator, []), "published_at", row, days, ago)


def got(
    market: PlainMarket, row: Row, *kinds: str, days: float | None = None, ago: float = 0
) -> list[Event]:
    """Acts received, of some kinds or of any."""
    acts = lately(market.received.get(row.creator, []), "occurred_at", row, days, ago)
    return [act for act in acts if not kinds or act["kind"] in kinds]


def did(market: PlainMarket, row: Row, days: float | None = None) -> list[Event]:
    """Acts of the creator."""
    return lately(market.made.get(row.creator, []), "occurred_at", row, days)


def part(some: Sequence[object], every: Sequence[object]) -> Number:
    """Share of some among all; None of nothing."""
    return len(some) / len(every) if every else None


def share(flags: Iterable[bool | None]) -> Number:
    """Share of true among those that are known."""
    known = [flag for flag in flags if flag is not None]
    return sum(known) / len(known) if known else None


def mean(values: Iterable[Number]) -> Number:
    known = [value for value in values if value is not None]
    return sum(known) / len(known) if known else None


def median(values: Iterable[Number]) -> Number:
    known = [value for value in values if value is not None]
    return float(np.median(known)) if known else None


def less(one: Number, other: Number) -> Number:
    return None if one is None or other is None else one - other


def counter(market: PlainMarket, post: Event, row: Row, *names: str) -> Number:
    """Sum of counters of a post at its last reading before `as_of`."""
    reading = market.reading(post["post_id"], row.as_of)
    values = [reading.get(name) for name in names]
    return None if None in values else float(sum(values))  # type: ignore[arg-type]


def per_view(market: PlainMarket, post: Event, row: Row) -> Number:
    """Log response per view: comments and shares, one half added, over views, one added."""
    response = counter(market, post, row, "comments", "shares")
    views = counter(market, post, row, "views")
    return None if response is None or views is None else log((response + 0.5) / (views + 1))


def talk(acts: Iterable[Event]) -> list[Event]:
    return [act for act in acts if act["kind"] in TALK]


def actors(acts: Iterable[Event]) -> set[str]:
    return {act["actor_id"] for act in acts}
