"""Random markets made hard: ids of any shape, one creator with nearly everything, shared moments."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from random import Random
from typing import Any

import pandas as pd

from tests.random_market import START, random_market

Tables = dict[str, pd.DataFrame]

IDS = {
    "account": ("creator_id", "actor_id", "target_id"),
    "post": ("post_id",),
    "interaction": ("interaction_id", "parent_id"),
    "campaign": ("campaign_id",),
}
"""What an id names -> the columns that hold it."""

KEYS = {
    "post_metrics": ["post_id", "observed_at"],
    "audience": ["creator_id", "observed_at"],
    "outcomes": ["campaign_id", "creator_id", "measured_at"],
}
"""Columns that name a reading."""

ODD_IDS = (
    "o'neil",
    'a "b"',
    "50% off",
    "two\nlines",
    "🍵🍵",
    "Ana",
    "ana",
    "ana ",
    " ana",
    "-1",
    "NULL",
)
"""Ids that differ by case or a space, and characters that mean something in a query."""


def changed(tables: Mapping[str, pd.DataFrame], change: Callable[[str, Any], Any]) -> Tables:
    """Every cell that is given, changed as its column asks for."""
    return {
        name: pd.DataFrame(
            {
                column: [value if value is None else change(column, value) for value in values]
                for column, values in _plain(table).items()
            },
            dtype=object,
        )
        for name, table in tables.items()
    }


def _plain(table: pd.DataFrame) -> dict[str, list[Any]]:
    return table.where(table.notna(), None).to_dict("list")


def with_large_ids(seed: int) -> Tables:
    """Ids beyond 64 bits that differ in the last digit, among ids with any characters."""
    named: dict[str, dict[str, str]] = {kind: {} for kind in IDS}

    def rename(column: str, value: Any) -> Any:
        kind = next((kind for kind, columns in IDS.items() if column in columns), None)
        if kind is None:
            return value
        known = named[kind]
        # Every third id is odd while there are any left; one sort of number a kind.
        odd = len(known) // 3
        if len(known) % 3 == 2 and odd < len(ODD_IDS):
            return known.setdefault(value, ODD_IDS[odd])
        return known.setdefault(value, str(2 ** (63 + 2 * list(IDS).index(kind)) + len(known)))

    return changed(random_market(seed, creators=9), rename)


def with_one_star(seed: int) -> Tables:
    """One creator has thousands of events and a crowd around it; most have none or one."""
    random = Random(seed)
    market = random_market(
        seed,
        creators=30,
        posts=400,
        readings=1500,
        interactions=1600,
        campaigns=8,
        outcomes=40,
        audience=150,
    )

    def gather(column: str, value: Any) -> Any:
        if column == "creator_id":
            return "c0" if random.random() < 0.95 else value
        if column not in ("actor_id", "target_id"):
            return value
        if random.random() < 0.5:
            return "c0"
        return value if value in ("c1", "c2") else f"f{random.randrange(150)}"

    gathered = changed({k: v for k, v in market.items() if k != "creators"}, gather)
    return _once(gathered | {"creators": market["creators"]})


def at_few_moments(seed: int) -> Tables:
    """Times cut down to every tenth day, so that most events share their moment with others."""

    def cut(column: str, value: Any) -> Any:
        if not isinstance(value, datetime):
            return value
        return START + timedelta(days=10) * ((value - START) // timedelta(days=10))

    return _once(changed(random_market(seed), cut))


def over_years(seed: int) -> Tables:
    """Times drawn apart, so that windows of half a year and more end within the data."""

    def stretch(column: str, value: Any) -> Any:
        return START + (value - START) * 5 if isinstance(value, datetime) else value

    return changed(random_market(seed), stretch)


def without(table: str, seed: int) -> Tables:
    """A market in which one table is absent."""
    tables = random_market(
        seed, creators=4, posts=50, readings=160, interactions=150, campaigns=5, audience=16
    )
    del tables[table]
    return tables


def _once(tables: Tables) -> Tables:
    """Of several readings of one thing at one moment the first."""
    return {
        name: table.drop_duplicates(KEYS[name], ignore_index=True) if name in KEYS else table
        for name, table in tables.items()
    }


TABLES = (
    *("creators", "credentials", "posts", "post_metrics"),
    *("interactions", "audience", "campaigns", "outcomes"),
)
MARKETS: dict[str, Callable[[], Tables]] = {
    **{f"drawn with seed {seed}": lambda seed=seed: random_market(seed) for seed in range(3)},
    "large ids": lambda: with_large_ids(3),
    "one star": lambda: with_one_star(4),
    "few moments": lambda: at_few_moments(5),
    "over years": lambda: over_years(6),
    **{f"without {name}": lambda name=name: without(name, 7) for name in TABLES},
}
