"""A window over the plain streams, by its definition."""

from __future__ import annotations

from collections import Counter
from typing import Any

import numpy as np

from features.asof import Window
from features.streams import STREAMS
from tests.oracle import (
    plain_beside_brief,
    plain_community,
    plain_conversation,
    plain_posts,
    plain_record,
)
from tests.oracle.plain_market import DAY, Event, PlainMarket, Row

PLAIN_STREAMS = {
    **plain_posts.STREAMS,
    **plain_conversation.STREAMS,
    **plain_community.STREAMS,
    **plain_record.STREAMS,
    **plain_beside_brief.STREAMS,
}


def names_of(stream: str) -> dict[str, str]:
    """Flag -> its name in a plain event, where it shares its name with a value."""
    spec = STREAMS[stream]
    return {flag: f"is_{flag}" for flag in spec.flags if flag in spec.values}


def plain(market: PlainMarket, window: Window, row: Row) -> float:
    """A window by its definition: flagged events of [as_of - ago - days, as_of - ago)."""
    every = market.events(PLAIN_STREAMS, window.stream, row)
    flags = [names_of(window.stream).get(flag, flag) for flag in window.where]
    last = row.as_of - DAY * window.ago
    first = None if window.days is None else last - DAY * window.days
    events = [
        event
        for event in every
        if event["known_at"] < last
        and (first is None or event["known_at"] >= first)
        and all(event[flag] for flag in flags)
    ]
    if window.measure in ("count", "distinct"):
        is_known = every or (STREAMS[window.stream].zero_when_touched and market.is_touched(row))
        values = [event[window.value] for event in events]
        if window.measure == "distinct":
            values = list({value for value in values if value is not None})
        return len(values) if is_known else np.nan
    events = [event for event in events if event[window.value] is not None]
    return measured(window, events, row) if events else np.nan


def measured(window: Window, events: list[Event], row: Row) -> float:
    values: list[Any] = [event[window.value] for event in events]
    times = Counter(values).values()
    match window.measure:
        case "share" | "mean":
            return sum(values) / len(values)
        case "sum":
            return sum(values)
        case "median":
            return float(np.quantile(values, 0.5))
        case "low":
            return float(np.quantile(values, 0.25))
        case "spread":
            return float(np.quantile(values, 0.75) - np.quantile(values, 0.25))
        case "max":
            return max(values)
        case "top_share":
            return max(times) / len(values)
        case "repeat_share":
            return sum(n > 1 for n in times) / len(times)
        case "variety":
            pairs = len(values) * (len(values) - 1)
            same = sum(n * (n - 1) for n in times)
            return 1 - same / pairs if pairs else np.nan
        case "latest":
            return max(events, key=lambda event: event["known_at"])[window.value]
        case "weighted_mean":
            weighed = [(e[window.value], e[window.weight]) for e in events]
            weighed = [(value, weight) for value, weight in weighed if weight is not None]
            total = sum(weight for _, weight in weighed)
            return sum(v * w for v, w in weighed) / total if total else np.nan
        case "days_since_last":
            return (row.as_of - max(values)) / DAY
        case "days_since_first":
            return (row.as_of - min(values)) / DAY
    raise AssertionError(window)
