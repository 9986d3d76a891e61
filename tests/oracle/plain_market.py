"""The streams once more, as plain Python over lists of rows: slow, obvious, and no SQL.

A `PlainMarket` gives the events that a stream holds for a row to build, each a dict with `known_at`
and the flags and values of the stream by the names under which features ask for them. Where a flag
and a value share a name, the flag is `is_` and the name.

The streams themselves are in `plain_posts`, `plain_conversation`, `plain_community`, `plain_record`
and `plain_beside_brief`, each a function of the market and the row in its `STREAMS`.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping
from datetime import datetime, timedelta
from typing import Any, NamedTuple, TypeAlias

import pandas as pd

from features.text import TextSpace
from tests.market import NO_WORDS
from tests.oracle.plain_texts import PlainSpace, language_of, primary

Event: TypeAlias = dict[str, Any]

POST_KINDS = {"original", "reply", "reshare", "quote"}
ACT_KINDS = {"comment", "reply", "mention", "reshare", "like"}
TALK = {"comment", "reply"}
FAVOURS = {"comment", "reshare", "like"}
DAY = timedelta(days=1)
HOUR = timedelta(hours=1)
INSTANT = timedelta(microseconds=1)
EVER = datetime(1900, 1, 1)
"""When what carries no date became known."""


class Row(NamedTuple):
    """A row to build."""

    creator: str
    campaign: str
    as_of: datetime


Events: TypeAlias = "Callable[[PlainMarket, Row], list[Event]]"


def lines(table: pd.DataFrame) -> list[Event]:
    """Rows of a table as dicts, with None for what is missing."""
    return table.astype(object).where(table.notna(), None).to_dict("records")


class PlainMarket:
    """Tables of a market, looked up by the ids that they hold."""

    def __init__(self, tables: Mapping[str, pd.DataFrame], space: TextSpace = NO_WORDS) -> None:
        self.tables = {name: lines(table) for name, table in tables.items()}
        self.space = PlainSpace(space)
        self.creators = {line["creator_id"]: line for line in self.of("creators")}
        self.campaigns = {line["campaign_id"]: line for line in self.of("campaigns")}
        self.posts = {post["post_id"]: post for post in self.of("posts")}
        in_order = sorted(self.of("posts"), key=lambda p: (p["published_at"], p["post_id"]))
        self.posts_by = grouped((p for p in in_order if p["kind"] in POST_KINDS), "creator_id")
        self.readings = grouped(
            sorted(self.of("post_metrics"), key=lambda r: r["observed_at"]), "post_id"
        )
        self.audience = grouped(
            sorted(self.of("audience"), key=lambda r: r["observed_at"]), "creator_id"
        )
        self.credentials = grouped(self.of("credentials"), "creator_id")
        self.outcomes = grouped(self.of("outcomes"), "campaign_id")
        self.acts = sorted(
            (
                act
                for act in self.of("interactions")
                if act["kind"] in ACT_KINDS and act["actor_id"] != act["target_id"]
            ),
            key=lambda act: (act["occurred_at"], act["interaction_id"]),
        )
        self.received = grouped(self.acts, "target_id")
        self.made = grouped(self.acts, "actor_id")
        self.under = grouped(self.acts, "post_id")
        self.between: dict[tuple[str, str], list[Event]] = defaultdict(list)
        """(actor, target) -> acts in order of time."""
        for act in self.acts:
            self.between[act["actor_id"], act["target_id"]].append(act)
        self.kept: dict[Any, Any] = {}
        """What streams computed for the whole market, by their own keys."""

    def of(self, table: str) -> list[Event]:
        return self.tables.get(table, [])

    def keep(self, key: Any, compute: Callable[[], Any]) -> Any:
        """Compute once a market and key."""
        if key not in self.kept:
            self.kept[key] = compute()
        return self.kept[key]

    def events(self, streams: Mapping[str, Events], stream: str, row: Row) -> list[Event]:
        """Events of a stream that were known before the row's `as_of`."""

        def known() -> list[Event]:
            return [e for e in streams[stream](self, row) if e["known_at"] < row.as_of]

        return list(self.keep(("events", stream, row), known))

    def is_touched(self, row: Row) -> bool:
        """The creator is in some interaction before."""
        acts = (self.received.get(row.creator, [])[:1], self.made.get(row.creator, [])[:1])
        return any(act["occurred_at"] < row.as_of for first in acts for act in first)

    def reading(self, post: str, before: datetime) -> Event:
        """The latest counters of a post strictly before a moment; empty where there are none."""
        known = [r for r in self.readings.get(post, []) if r["observed_at"] < before]
        return known[-1] if known else {}

    def brief(self, campaign: str) -> str | None:
        return self.campaigns.get(campaign, {}).get("brief")

    def brief_language(self, campaign: str) -> str | None:
        """Declared with the campaign, else that in which the brief is written."""
        line = self.campaigns.get(campaign, {})
        return primary(line.get("language")) or language_of(line.get("brief"))

    def creator_language(self, creator: str) -> str | None:
        return primary(self.creators.get(creator, {}).get("language"))

    def is_comparable(self, text: str | None, row: Row) -> bool:
        """Not known to be in another language than the brief."""
        written = language_of(text) or self.creator_language(row.creator)
        wanted = self.brief_language(row.campaign)
        return written is None or wanted is None or written == wanted


def grouped(rows: Iterable[Event], by: str) -> dict[str, list[Event]]:
    """Rows by the value of one of their columns, in their order; none where it is missing."""
    groups: dict[str, list[Event]] = defaultdict(list)
    for row in rows:
        if row[by] is not None:
            groups[row[by]].append(row)
    return dict(groups)
