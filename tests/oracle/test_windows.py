"""Every measure of every stream of events, computed a second time by loops over plain rows."""

from __future__ import annotations

from collections import Counter
from datetime import datetime, timedelta
from random import Random
from typing import Any

import numpy as np
import pandas as pd
import pytest

from features.asof import Window
from features.streams import STREAMS
from tests.market import columns_of, prepare_market
from tests.oracle.plain_market import DAY, Event, PlainMarket
from tests.random_market import START, STEP, STEPS, random_market

STREAMS_OF_EVENTS = ("posts", "comments", "received", "acts", "past", "audience")
MEASURES = (
    *("count", "distinct", "share", "mean", "sum", "median", "spread", "max", "latest"),
    *("weighted_mean", "days_since_last", "days_since_first", "top_share", "repeat_share"),
    "variety",
)
TEXTS = {"text", "actor", "target"}
DISCRETE = TEXTS | {"exclamations", "hashtags", "exposed", "conversions"}
FLAG_NAMES = {"past": {"exposed": "is_exposed"}}
"""Where a flag and a value share a name, the plain market tells them apart."""


def plain(market: PlainMarket, window: Window, creator: str, as_of: datetime) -> float:
    """A window by its definition: flagged events of [as_of - ago - days, as_of - ago)."""
    every = market.events(window.stream, creator, as_of)
    flags = [FLAG_NAMES.get(window.stream, {}).get(flag, flag) for flag in window.where]
    first = None if window.days is None else as_of - DAY * (window.ago + window.days)
    events = [
        event
        for event in every
        if all(event[flag] for flag in flags)
        and event["known_at"] < (as_of - DAY * window.ago if window.ago else as_of)
        and (first is None or event["known_at"] >= first)
    ]
    if window.measure in ("count", "distinct"):
        is_known = every or (
            STREAMS[window.stream].zero_when_touched and market.is_touched(creator, as_of)
        )
        values = [event[window.value] for event in events]
        if window.measure == "distinct":
            values = list({value for value in values if value is not None})
        return len(values) if is_known else np.nan
    events = [event for event in events if event[window.value] is not None]
    return measured(window, events, as_of) if events else np.nan


def measured(window: Window, events: list[Event], as_of: datetime) -> float:
    values: list[Any] = [event[window.value] for event in events]
    match window.measure:
        case "share" | "mean":
            return sum(values) / len(values)
        case "sum":
            return sum(values)
        case "median":
            return float(np.quantile(values, 0.5))
        case "spread":
            return float(np.quantile(values, 0.75) - np.quantile(values, 0.25))
        case "max":
            return max(values)
        case "latest":
            return max(events, key=lambda event: event["known_at"])[window.value]
        case "weighted_mean":
            weighed = [(e[window.value], e[window.weight]) for e in events]
            weighed = [(value, weight) for value, weight in weighed if weight is not None]
            total = sum(weight for _, weight in weighed)
            return sum(v * w for v, w in weighed) / total if total else np.nan
        case "top_share":
            return max(Counter(values).values()) / len(values)
        case "repeat_share":
            often = Counter(values).values()
            return sum(times > 1 for times in often) / len(often)
        case "variety":
            pairs = [one != other for i, one in enumerate(values) for other in values[:i]]
            return sum(pairs) / len(pairs) if pairs else np.nan
        case "days_since_last":
            return (as_of - max(values)) / timedelta(days=1)
        case "days_since_first":
            return (as_of - min(values)) / timedelta(days=1)
    raise AssertionError(window)


def windows(stream: str, random: Random, count: int) -> list[Window]:
    """Windows of a stream, `count` of each measure that it has values for."""
    spec = STREAMS[stream]
    numbers = [name for name in spec.values if name not in TEXTS]
    found = []
    for measure in MEASURES:
        for _ in range(count):
            value, weight = "known_at", None
            if measure == "share":
                # Of a name that is also a value, a window takes the value.
                flags = [flag for flag in spec.flags if flag not in spec.values]
                value = random.choice(flags or [""])
            elif measure in ("distinct", "top_share", "repeat_share", "variety"):
                # Not of computed numbers: equal ones may differ in the last bit.
                value = random.choice([*sorted(DISCRETE & spec.values.keys()), "known_at"])
            elif measure in ("mean", "sum", "median", "spread", "max", "latest", "weighted_mean"):
                value = random.choice(numbers or [""])
            if measure == "weighted_mean":
                weights = [n for n in ("exclamations", "hashtags", "exposed") if n in numbers]
                weight = random.choice(weights or [""])
            # Of posts of one moment none is the latest: only readings have moments of their own.
            if "" in (value, weight) or (measure == "latest" and stream != "audience"):
                continue
            flags = random.choice([0, 0, 1, 1, 2])
            where = tuple(random.sample(sorted(spec.flags), min(flags, len(spec.flags))))
            days = random.choice([None, None, 0.5, 14, 28, 60, 90])
            ago = random.choice([0.0, 0.0, 0.0, 7.0, 30.5])
            found.append(Window(stream, measure, value, weight, where, days, ago))
    return list(dict.fromkeys(found))


def oracle_rows(tables: dict[str, pd.DataFrame], random: Random) -> pd.DataFrame:
    """Creators at moments of the grid on which events lie, and just beside it."""
    moments = [
        START + STEP * random.randint(STEPS // 6, STEPS + 20) + timedelta(microseconds=beside)
        for beside in (0, 0, 0, -1, 1)
    ]
    return pd.DataFrame(
        [
            (creator, "k0", moment)
            for creator in [*tables["creators"]["creator_id"], "f0", "nobody"]
            for moment in moments
        ],
        columns=["creator_id", "campaign_id", "as_of"],
    ).astype({"as_of": "datetime64[us]"})


@pytest.mark.parametrize("seed", range(3))
def test_windows_are_what_a_loop_over_the_rows_gives(seed: int) -> None:
    random = Random(seed)
    tables = random_market(seed)
    market = PlainMarket(tables)
    rows = oracle_rows(tables, random)
    asked = [window for name in STREAMS_OF_EVENTS for window in windows(name, random, 6)]
    assert {(w.stream, w.measure) for w in asked} >= {
        (stream, measure) for stream in STREAMS_OF_EVENTS for measure in ("count", "distinct")
    }
    found = columns_of(prepare_market(tables), rows, asked)
    for i, window in enumerate(asked):
        expected = [
            plain(market, window, row.creator_id, row.as_of.to_pydatetime())
            for row in rows.itertuples()
        ]
        np.testing.assert_allclose(found[i], expected, rtol=1e-9, atol=1e-9, err_msg=str(window))


def test_every_measure_is_drawn_for_posts() -> None:
    drawn = {window.measure for window in windows("posts", Random(0), 6)}
    drawn |= {window.measure for window in windows("audience", Random(0), 6)}
    assert drawn == set(MEASURES)
