"""What the engines of windows are compared on: events, moments to look back from, 48 windows."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

import duckdb
import numpy as np
import pandas as pd

from features.asof import Window

FIRST_DAY, DAYS = datetime(2022, 1, 1), 1095
EVENTS_PER_CREATOR = 400
ROWS_PER_CREATOR = 1.95
DECISIONS = pd.date_range("2023-01-15", periods=24, freq="MS").to_numpy()
"""The dates of the training rows: a campaign a month."""
ONE_DATE = np.datetime64("2025-01-01", "us")

_LENGTHS = (7, 28, 90, 365, None)


def _asked(
    measure: str, value: str, lengths: tuple[int | None, ...], where: str = "", ago: float = 0
) -> list[Window]:
    flags = (where,) if where else ()
    return [Window("events", measure, value, None, flags, days, ago) for days in lengths]


WINDOWS = [
    *_asked("count", "known_at", _LENGTHS),
    *_asked("count", "known_at", _LENGTHS, "comment"),
    *_asked("count", "known_at", (28, 90), "reshare"),
    *_asked("count", "known_at", (28, 84), ago=28),
    *_asked("distinct", "actor", _LENGTHS),
    *_asked("distinct", "actor", (28, 90, 365), "comment"),
    *_asked("share", "comment", (7, 28, 90, 365)),
    *_asked("mean", "value", _LENGTHS),
    *_asked("sum", "value", (28, 365)),
    *_asked("median", "value", (28, 90, 365, None)),
    *_asked("spread", "value", (365,)),
    *_asked("top_share", "actor", (28, 90, 365, None)),
    *_asked("repeat_share", "actor", (90, 365)),
    *_asked("days_since_last", "known_at", (None,)),
    *_asked("days_since_last", "known_at", (None,), "comment"),
    *_asked("days_since_last", "known_at", (None,), "mention"),
    *_asked("days_since_first", "known_at", (None,)),
]


def write_events(path: Path, events: int) -> None:
    """Events `(creator_id, known_at, kind, actor_id, value)` in no order, a function of their number.

    The share of the creator of rank k is that of 1/k; each has 5,000 accounts around it, a few of
    which act most.
    """
    creators = events // EVENTS_PER_CREATOR

    def uniform(draw: int) -> str:
        return f"(hash(i * 8 + {draw}) >> 11) / 9007199254740992.0"

    def key(number: str) -> str:
        return f"left(printf('%016x', hash({number})), 12)"

    with duckdb.connect(config={"preserve_insertion_order": True}) as connection:
        connection.execute("SET enable_progress_bar = false")
        connection.execute(
            "COPY (WITH drawn AS (SELECT"
            f" CAST(floor(exp({uniform(0)} * ln({creators} + 1.0))) AS BIGINT) - 1 AS creator,"
            f" CAST(floor(pow({uniform(1)}, 3) * 5000) AS BIGINT) AS fan,"
            f" CAST(floor({uniform(2)} * {DAYS * 86_400}) AS BIGINT) AS second,"
            f" {uniform(3)} AS k, {uniform(4)} AS v FROM range({events}) r(i))"
            f" SELECT {key('creator')} AS creator_id,"
            f" TIMESTAMP '{FIRST_DAY}' + to_seconds(second) AS known_at,"
            " CASE WHEN k < .5 THEN 'comment' WHEN k < .8 THEN 'like' WHEN k < .95 THEN 'reshare'"
            " ELSE 'mention' END AS kind,"
            f" {key(f'1000000000 + (creator * 7919 + fan) % {creators * 20}')} AS actor_id,"
            " round(-ln(1 - v) * 40, 2) AS value"
            f" FROM drawn) TO '{path}' (FORMAT parquet)"
        )


def training_moments(creators: np.ndarray) -> pd.DataFrame:
    """Distinct random moments `(creator_id, as_of)`."""
    generator = np.random.default_rng(0)
    count = round(len(creators) * ROWS_PER_CREATOR)
    drawn = {
        "creator_id": creators[generator.integers(0, len(creators), count)],
        "as_of": DECISIONS[generator.integers(0, len(DECISIONS), count)],
    }
    return _sorted(pd.DataFrame(drawn).drop_duplicates())


def moments_of_one_date(creators: np.ndarray) -> pd.DataFrame:
    """Every creator on one date, after all events."""
    return _sorted(pd.DataFrame({"creator_id": creators, "as_of": ONE_DATE}))


def _sorted(moments: pd.DataFrame) -> pd.DataFrame:
    moments = moments.astype({"as_of": "datetime64[us]"})
    return moments.sort_values(["creator_id", "as_of"], ignore_index=True)


TASKS = {"training rows": training_moments, "one date": moments_of_one_date}
