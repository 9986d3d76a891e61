"""Threads under own posts, give and take with single accounts, and creators among each other."""

from __future__ import annotations

from collections import defaultdict
from datetime import date, datetime, timedelta
from math import log1p

from features.streams.partners import FAVOUR_HOURS, VISIT_DAYS
from features.streams.peers import LEADER_PEERS
from features.streams.threads import DEEPEST
from tests.oracle.plain_conversation import is_among_creators, is_in_ring, is_outward
from tests.oracle.plain_market import (
    DAY,
    FAVOURS,
    HOUR,
    POST_KINDS,
    TALK,
    Event,
    Events,
    PlainMarket,
    Row,
)


def threads(market: PlainMarket, row: Row) -> list[Event]:
    events = []
    for post in market.posts_by.get(row.creator, []):
        published = post["published_at"]
        for act in market.under.get(post["post_id"], []):
            after = act["occurred_at"] - published
            events.append(
                {
                    "known_at": max(act["occurred_at"], published),
                    "talk": act["kind"] in TALK,
                    "by_others": act["actor_id"] != row.creator,
                    "between_others": row.creator not in (act["actor_id"], act["target_id"]),
                    "in_first_week": published <= row.as_of - 7 * DAY
                    and timedelta(0) <= after < 7 * DAY,
                    "late": after >= 48 * HOUR,
                    "depth": depth(market, act),
                    "hours": after / HOUR,
                }
            )
    return events


def depth(market: PlainMarket, act: Event) -> int | None:
    """How deep an act under a post stands in its thread, by climbing to what it answers."""
    if act["kind"] not in TALK:
        return None
    levels = 0
    while levels < DEEPEST:
        above = answered_under_the_post(market, act)
        if above is None:
            return min(levels + (2 if act["kind"] == "reply" else 1), DEEPEST)
        act, levels = above, levels + 1
    return DEEPEST


def answered_under_the_post(market: PlainMarket, act: Event) -> Event | None:
    """The comment or reply under the same post, earlier in time, that an act names."""
    above = [
        other
        for other in market.under[act["post_id"]]
        if other["interaction_id"] == act["parent_id"]
        and other["kind"] in TALK
        and other["occurred_at"] < act["occurred_at"]
    ]
    return above[0] if above else None


def exchanges(market: PlainMarket, row: Row) -> list[Event]:
    days: dict[tuple[str, date], dict[str, datetime]] = defaultdict(dict)
    for way, other, acts in (
        ("they", "actor_id", market.received.get(row.creator, [])),
        ("own", "target_id", market.made.get(row.creator, [])),
    ):
        for act in acts:
            if act["kind"] in TALK:
                days[act[other], act["occurred_at"].date()].setdefault(way, act["occurred_at"])
    return [
        {"known_at": max(both.values()), "account": account}
        for (account, _), both in days.items()
        if len(both) == 2
    ]


def comes_by_itself(market: PlainMarket, act: Event) -> bool:
    """It answers nothing and is under no post but one of its target."""
    post = market.posts.get(act["post_id"], {})
    is_under_own = post.get("creator_id") == act["target_id"] and post["kind"] in POST_KINDS
    return act["parent_id"] is None and (act["post_id"] is None or is_under_own)


def visits(market: PlainMarket, account: str, creator: str) -> list[Event]:
    return [act for act in market.between[account, creator] if comes_by_itself(market, act)]


def favours(market: PlainMarket, row: Row) -> list[Event]:
    return [
        {
            "known_at": act["occurred_at"],
            "settled": act["occurred_at"] + FAVOUR_HOURS * HOUR <= row.as_of,
            "returned": is_returned(market, act, row.as_of),
        }
        for act in market.made.get(row.creator, [])
        if act["kind"] in FAVOURS and is_outward(market, act)
    ]


def is_returned(market: PlainMarket, act: Event, as_of: datetime) -> bool:
    """A favour that was paid back in kind within hours."""
    until = min(act["occurred_at"] + FAVOUR_HOURS * HOUR, as_of)
    return any(
        visit["kind"] in FAVOURS and act["occurred_at"] < visit["occurred_at"] < until
        for visit in visits(market, act["target_id"], act["actor_id"])
    )


def approaches(market: PlainMarket, row: Row) -> list[Event]:
    events = []
    for account in {act["target_id"] for act in market.made.get(row.creator, [])}:
        turned = market.between[row.creator, account][0]["occurred_at"]
        towards = market.between[account, row.creator]
        if towards and towards[0]["occurred_at"] <= turned:
            continue
        came = any(
            turned + DAY <= visit["occurred_at"] < min(turned + VISIT_DAYS * DAY, row.as_of)
            for visit in visits(market, account, row.creator)
        )
        events.append({"known_at": turned, "came": came})
    return events


def peers_of(market: PlainMarket, creator: str, before: datetime) -> int:
    """Other creators, in no ring with a creator, that had turned to it before a moment."""
    turned = {
        act["actor_id"]
        for act in market.received.get(creator, [])
        if act["occurred_at"] < before and is_among_creators(market, act)
    }
    return sum(not is_in_ring(market, creator, other, before) for other in turned)


def peer_acts(market: PlainMarket, row: Row) -> list[Event]:
    events = []
    for act in market.received.get(row.creator, []):
        if is_among_creators(market, act) and act["occurred_at"] < row.as_of:
            peers = peers_of(market, act["actor_id"], act["occurred_at"])
            own = peers_of(market, row.creator, act["occurred_at"])
            in_ring = is_in_ring(market, row.creator, act["actor_id"], row.as_of)
            events.append(
                {
                    "known_at": act["occurred_at"],
                    "favour": act["kind"] in FAVOURS,
                    "passes_on": act["kind"] in ("mention", "reshare"),
                    "by_leader": peers >= LEADER_PEERS and peers > own and not in_ring,
                    "in_ring": in_ring,
                    "log_authority": log1p(peers),
                }
            )
    return events


STREAMS: dict[str, Events] = {
    "threads": threads,
    "exchanges": exchanges,
    "favours": favours,
    "approaches": approaches,
    "peer_acts": peer_acts,
}
