"""The streams once more, as plain Python over lists of rows: slow, obvious, and no SQL.

A `PlainMarket` gives the events that a creator's streams hold at a moment, each a dict with
`known_at`, the flags and the values of the stream by the names under which features ask for them.
"""

from __future__ import annotations

import re
from datetime import datetime, timedelta
from math import log
from statistics import median
from typing import Any
from unicodedata import category

import pandas as pd

from features.phrases import CALL_TO_ACTION
from features.streams.bare_replies import ANSWER_DAYS
from features.streams.record import EVIDENCE, LEVEL_OVERDISPERSION
from features.streams.response_levels import LEVEL_DAYS, LEVEL_POSTS

Event = dict[str, Any]

POST_KINDS = {"original", "reply", "reshare", "quote"}
ACT_KINDS = {"comment", "reply", "mention", "reshare", "like"}
DAY = timedelta(days=1)
INSTANT = timedelta(microseconds=1)


def lines(table: pd.DataFrame) -> list[Event]:
    """Rows of a table as dicts, with None for what is missing."""
    return table.astype(object).where(table.notna(), None).to_dict("records")


class PlainMarket:
    """Tables of a market, and what was known at a moment, by looking at every row."""

    def __init__(self, tables: dict[str, pd.DataFrame]) -> None:
        self.tables = {name: lines(table) for name, table in tables.items()}
        self.acts = [
            act
            for act in self.of("interactions")
            if act["kind"] in ACT_KINDS and act["actor_id"] != act["target_id"]
        ]
        self.answers = answers(self.of("interactions"))
        self.looked_up: dict[tuple[str, str, datetime], list[Event]] = {}

    def of(self, table: str) -> list[Event]:
        return self.tables.get(table, [])

    def events(self, stream: str, creator: str, as_of: datetime) -> list[Event]:
        key = (stream, creator, as_of)
        if key not in self.looked_up:
            events: list[Event] = getattr(self, f"_{stream}")(creator, as_of)
            self.looked_up[key] = [event for event in events if event["known_at"] < as_of]
        return self.looked_up[key]

    def is_touched(self, creator: str, as_of: datetime) -> bool:
        """The creator is in some interaction before."""
        return any(
            creator in (act["actor_id"], act["target_id"]) and act["occurred_at"] < as_of
            for act in self.acts
        )

    def _posts(self, creator: str, as_of: datetime) -> list[Event]:
        own = [
            post
            for post in self.of("posts")
            if post["creator_id"] == creator and post["kind"] in POST_KINDS
        ]
        own.sort(key=lambda post: (post["published_at"], post["post_id"]))
        events = []
        for before, post in zip([None, *own], own, strict=False):
            text = post["text"]
            has_words = text is not None and text.strip(" ") != ""
            letters = [category(letter) for letter in text or ""]
            cased = letters.count("Lu") + letters.count("Ll")
            gap = post["published_at"] - before["published_at"] if before else None
            reading = self._reading(post["post_id"], as_of)
            response = responses(reading)
            usual = self._usual(self._platform(creator), post["published_at"])
            events.append(
                {
                    "known_at": post["published_at"],
                    "read": reading.get("views") is not None,
                    "worded": has_words,
                    "original": post["kind"] == "original",
                    "conversational": post["kind"] in ("reply", "quote"),
                    "asks": "?" in text if has_words else None,
                    "calls": bool(re.search(CALL_TO_ACTION, text.lower())) if has_words else None,
                    "linked": None if post["links"] is None else post["links"] > 0,
                    "sponsored": post["sponsored"],
                    "gap_days": gap / DAY if gap is not None else None,
                    "exclamations": text.count("!") if has_words else None,
                    "hashtags": text.count("#") if has_words else None,
                    "log_characters": log(len(text)) if has_words else None,
                    "capitals": letters.count("Lu") / cased if cased else None,
                    "text": text.strip(" ").lower() if has_words else None,
                    "log_response": response["response"],
                    "log_views": _log(reading, ("views",), 1),
                    "log_engagement": _log(reading, ("likes", "comments"), 1),
                    "log_comments_per_like": _ratio(reading, ("comments",), "likes"),
                    **{
                        f"relative_{name}": value - usual[name]
                        if value is not None and usual.get(name) is not None
                        else None
                        for name, value in response.items()
                    },
                }
            )
        return events

    def _reading(self, post: str, before: datetime) -> Event:
        """The latest counters of a post strictly before a moment."""
        known = [
            reading
            for reading in self.of("post_metrics")
            if reading["post_id"] == post and reading["observed_at"] < before
        ]
        return max(known, key=lambda reading: reading["observed_at"], default={})

    def _platform(self, creator: str) -> str:
        platforms = {line["creator_id"]: line["platform"] for line in self.of("creators")}
        return platforms.get(creator) or ""

    def _usual(self, platform: str, published: datetime) -> dict[str, float | None]:
        """What posts of the platform got in the eight weeks before the Monday before a post."""
        monday = datetime(published.year, published.month, published.day)
        monday -= DAY * monday.weekday()
        seen = [
            self._reading(post["post_id"], monday)
            for post in self.of("posts")
            if post["kind"] in POST_KINDS
            and self._platform(post["creator_id"]) == platform
            and monday - DAY * LEVEL_DAYS <= post["published_at"] < monday
        ]
        if sum(reading.get("views") is not None for reading in seen) < LEVEL_POSTS:
            return {}
        got = [responses(reading) for reading in seen]
        values = {name: [r[name] for r in got if r[name] is not None] for name in got[0]}
        return {name: median(known) if known else None for name, known in values.items()}

    def _received(self, creator: str, as_of: datetime) -> list[Event]:
        return [
            {
                "known_at": act["occurred_at"],
                "actor": act["actor_id"],
                **{kind: act["kind"] == kind for kind in ACT_KINDS},
            }
            for act in self.acts
            if act["target_id"] == creator
        ]

    def _comments(self, creator: str, as_of: datetime) -> list[Event]:
        events = []
        for act in self.acts:
            if act["target_id"] != creator or act["kind"] != "comment":
                continue
            answered_at = self.answers.get(act["interaction_id"])
            answered = answered_at is not None and answered_at < as_of
            hours = (answered_at - act["occurred_at"]) / timedelta(hours=1) if answered else None
            events.append(
                {
                    "known_at": act["occurred_at"],
                    "actor": act["actor_id"],
                    "answered": answered,
                    "settled": answered or act["occurred_at"] + DAY * ANSWER_DAYS <= as_of,
                    "asks": None if act["text"] is None else "?" in act["text"],
                    "hours_to_answer": hours,
                }
            )
        return events

    def _acts(self, creator: str, as_of: datetime) -> list[Event]:
        return [
            {
                "known_at": act["occurred_at"],
                "target": act["target_id"],
                "talk": act["kind"] in ("comment", "reply"),
                "reshare": act["kind"] == "reshare",
                "outward": self._is_outward(act),
            }
            for act in self.acts
            if act["actor_id"] == creator
        ]

    def _is_outward(self, act: Event) -> bool:
        creator, moment = act["actor_id"], act["occurred_at"]
        own = any(
            post["post_id"] == act["post_id"]
            and post["creator_id"] == creator
            and post["published_at"] <= moment
            for post in self.of("posts")
        )
        turned_to = any(
            other["target_id"] == creator
            and other["occurred_at"] <= moment
            and (
                other["interaction_id"] == act["parent_id"]
                or (
                    other["actor_id"] == act["target_id"]
                    and other["post_id"] is not None
                    and other["post_id"] == act["post_id"]
                )
            )
            for other in self.acts
        )
        return not own and not turned_to

    def _audience(self, creator: str, as_of: datetime) -> list[Event]:
        return [
            {
                "known_at": reading["observed_at"],
                "log_followers": _log(reading, ("followers",), 1),
                "log_following": _log(reading, ("following",), 1),
            }
            for reading in self.of("audience")
            if reading["creator_id"] == creator
        ]

    def _past(self, creator: str, as_of: datetime) -> list[Event]:
        events = []
        for campaign in {outcome["campaign_id"] for outcome in self.of("outcomes")}:
            known = self.outcome_readings(campaign, as_of)
            own = [reading for reading in known if reading["creator_id"] == creator]
            if not own:
                continue
            last = latest(own)
            n, y = last["exposed"], last["conversions"]
            level = self.level(campaign, as_of)
            events.append(
                {
                    "known_at": max(reading["known_at"] for reading in own),
                    "exposed": n,
                    "conversions": y,
                    "is_exposed": n > 0,
                    "deviation": log((y + EVIDENCE) / (n * level["rate"] + EVIDENCE))
                    if n > 0
                    else None,
                    "log_exposed_per_post": log(n / max(last["posts"] or 1, 1)) if n > 0 else None,
                }
            )
        return events

    def outcome_readings(self, campaign: str, as_of: datetime) -> list[Event]:
        """Readings of a campaign's outcomes that were mature and taken before a moment."""
        (line,) = (c for c in self.of("campaigns") if c["campaign_id"] == campaign)
        days = 30 if line["attribution_days"] is None else line["attribution_days"]
        mature = (line["ends_at"] or line["starts_at"]) + DAY * days
        decided = line["decided_at"] or line["starts_at"]
        return [
            reading | {"known_at": max(mature - INSTANT, decided, measured or decided)}
            for reading in self.of("outcomes")
            for measured in [reading["measured_at"]]
            if reading["campaign_id"] == campaign
            and reading["exposed"] is not None
            and mature <= as_of
            and decided < as_of
            and (measured is None or measured < as_of)
        ]

    def level(self, campaign: str, as_of: datetime) -> Event:
        """Rate, creators and age of what is known of a campaign; empty where nothing is."""
        known = [r for r in self.outcome_readings(campaign, as_of) if r["exposed"] > 0]
        if not known:
            return {}
        creators = {reading["creator_id"] for reading in known}
        last = [latest([r for r in known if r["creator_id"] == creator]) for creator in creators]
        total = sum(r["exposed"] for r in last)
        p = (sum(r["conversions"] for r in last) + 0.5) / (total + 1)
        weights = [r["exposed"] / (1 + r["exposed"] * p * LEVEL_OVERDISPERSION) for r in last]
        rates = [r["conversions"] / r["exposed"] for r in last]
        mean = sum(w * rate for w, rate in zip(weights, rates, strict=True)) / sum(weights)
        return {
            "rate": min(max(mean, p / 100, 1e-9), 1 - 1e-6),
            "creators": len(creators),
            "known_at": max(reading["known_at"] for reading in known),
        }


def answers(interactions: list[Event]) -> dict[str, datetime]:
    """Comment -> when it was answered: the rule of the contract, by replaying the conversation."""
    comments = [
        act
        for act in interactions
        if act["kind"] == "comment" and act["actor_id"] != act["target_id"]
    ]
    found: dict[str, datetime] = {}
    in_order = sorted(interactions, key=lambda act: (act["occurred_at"], act["interaction_id"]))
    for reply in in_order:
        if reply["kind"] != "reply":
            continue
        moment = reply["occurred_at"]
        own = [
            comment
            for comment in comments
            if comment["target_id"] == reply["actor_id"] and comment["occurred_at"] <= moment
        ]
        if reply["parent_id"] is not None:
            answered = [c for c in own if c["interaction_id"] == reply["parent_id"]]
        else:
            waiting = [
                c
                for c in own
                if c["actor_id"] == reply["target_id"]
                and c["post_id"] is not None
                and c["post_id"] == reply["post_id"]
                and moment - c["occurred_at"] <= DAY * ANSWER_DAYS
                and c["interaction_id"] not in found
                and not any(_names(other, c, moment) for other in interactions)
            ]
            waiting.sort(key=lambda c: (c["occurred_at"], c["interaction_id"]))
            answered = waiting[-1:]
        for comment in answered:
            found.setdefault(comment["interaction_id"], moment)
    return found


def _names(reply: Event, comment: Event, until: datetime) -> bool:
    """A reply answers the comment by name; at the very moment of another one it comes first."""
    return (
        reply["kind"] == "reply"
        and reply["parent_id"] == comment["interaction_id"]
        and reply["actor_id"] == comment["target_id"]
        and comment["occurred_at"] <= reply["occurred_at"] <= until
    )


def responses(reading: Event) -> dict[str, float | None]:
    """Log responses per view of one reading, by name."""
    return {
        "response": _ratio(reading, ("comments", "shares"), "views"),
        "comments": _ratio(reading, ("comments",), "views"),
        "shares": _ratio(reading, ("shares",), "views"),
        "likes": _ratio(reading, ("likes",), "views"),
    }


def latest(readings: list[Event]) -> Event:
    """The reading taken last; one without a date is the oldest. Conversions at most exposed."""
    last = max(readings, key=lambda r: (r["measured_at"] is not None, r["measured_at"] or 0))
    return last | {"conversions": min(last["conversions"], last["exposed"])}


def _log(reading: Event, names: tuple[str, ...], plus: float) -> float | None:
    values = [reading.get(name) for name in names]
    return None if None in values else log(sum(values) + plus)  # type: ignore[arg-type]


def _ratio(reading: Event, names: tuple[str, ...], per: str) -> float | None:
    above, below = _log(reading, names, 0.5), _log(reading, (per,), 1)
    return None if above is None or below is None else above - below
