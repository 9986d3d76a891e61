"""Reputation by its definitions: track records, opinions, peers, repetition, selling, jumps."""

from __future__ import annotations

import re
from math import log
from statistics import pstdev

import numpy as np

from tests.oracle.definitions import (
    Number,
    counter,
    definition,
    did,
    got,
    lately,
    less,
    mean,
    median,
    part,
    per_view,
    posts,
    share,
)
from tests.oracle.plain_community import peers_of
from tests.oracle.plain_conversation import is_among_creators, reaches_out
from tests.oracle.plain_market import DAY, Event, PlainMarket, Row
from tests.oracle.plain_posts import marks
from tests.oracle.plain_record import brought, closeness, latest, level, outcome_readings
from tests.oracle.plain_texts import can_repeat, has_words, polarity_of, says_nearly_the_same

CREDENTIALS = {
    *("degree", "book", "blog", "job", "award", "press", "certification", "recommendation"),
}


def record(market: PlainMarket, row: Row) -> list[Event]:
    """Matured outcomes with people exposed: the campaign, when known, and how much better."""
    found = []
    for campaign in market.campaigns:
        own = [
            reading
            for reading in outcome_readings(market, campaign, row.as_of)
            if reading["creator_id"] == row.creator
        ]
        if not own or latest(own)["exposed"] == 0:
            continue
        last = latest(own)
        expected = last["exposed"] * level(market, campaign, row.as_of)["rate"]
        found.append(
            {
                "campaign": campaign,
                "known_at": max(reading["known_at"] for reading in own),
                "better": log((last["conversions"] + 1) / (expected + 1)),
            }
        )
    return found


def shrunk(values: list[float]) -> Number:
    """Mean, shrunk as by one campaign."""
    return sum(values) / (len(values) + 1) if values else None


@definition
def track_record(market: PlainMarket, row: Row) -> Number:
    return shrunk([outcome["better"] for outcome in record(market, row)])


@definition
def track_record_recent(market: PlainMarket, row: Row) -> Number:
    recent = lately(record(market, row), "known_at", row, 120)
    return shrunk([outcome["better"] for outcome in recent])


@definition
def topical_track_record(market: PlainMarket, row: Row) -> Number:
    outcomes = record(market, row)
    weights = [closeness(market, row.campaign, o["campaign"]) or 0.0 for o in outcomes]
    if not sum(weights):
        return None
    weighted = sum(w * o["better"] for w, o in zip(weights, outcomes, strict=True))
    return weighted / (sum(weights) + 1)


@definition
def brand_track_record(market: PlainMarket, row: Row) -> Number:
    brand = market.campaigns.get(row.campaign, {}).get("brand")
    same = [
        outcome["better"]
        for outcome in record(market, row)
        if brand is not None and market.campaigns[outcome["campaign"]]["brand"] == brand
    ]
    return shrunk(same)


@definition
def track_record_spread(market: PlainMarket, row: Row) -> Number:
    values = [outcome["better"] for outcome in record(market, row)]
    return float(np.subtract(*np.percentile(values, [75, 25]))) if len(values) >= 3 else None


@definition
def campaigns_done(market: PlainMarket, row: Row) -> Number:
    done = {
        campaign
        for campaign in market.campaigns
        for reading in outcome_readings(market, campaign, row.as_of)
        if reading["creator_id"] == row.creator
    }
    return len(done) or None


@definition
def platform_record(market: PlainMarket, row: Row) -> Number:
    platform = market.creators.get(row.creator, {}).get("platform")
    total = weighted = 0.0
    for campaign in market.campaigns:
        outcomes = {
            creator: outcome
            for creator, outcome in brought(market, campaign, row.as_of).items()
            if creator in market.creators
        }
        weight = closeness(market, row.campaign, campaign)
        if campaign == row.campaign or not outcomes or weight is None or platform is None:
            continue
        rate = level(market, campaign, row.as_of)["rate"]
        better = {
            creator: log((o["conversions"] + 1) / (o["exposed"] * rate + 1))
            for creator, o in outcomes.items()
        }
        on_it = [
            value
            for creator, value in better.items()
            if market.creators[creator]["platform"] == platform
        ]
        if on_it:
            lead = sum(on_it) / len(on_it) - sum(better.values()) / len(better)
            total += len(on_it) * weight
            weighted += len(on_it) * weight * lead
    return weighted / (total + 10) if total else None


def listed(market: PlainMarket, row: Row) -> list[str]:
    """Kinds of the credentials that were granted before, or ever."""
    return [
        line["kind"]
        for line in market.credentials.get(row.creator, [])
        if line["kind"] in CREDENTIALS
        and (line["granted_at"] is None or line["granted_at"] < row.as_of)
    ]


@definition
def credentials(market: PlainMarket, row: Row) -> Number:
    return len(listed(market, row)) or None


@definition
def credential_kinds(market: PlainMarket, row: Row) -> Number:
    return len(set(listed(market, row))) or None


@definition
def recommendations(market: PlainMarket, row: Row) -> Number:
    kinds = listed(market, row)
    return kinds.count("recommendation") if kinds else None


@definition
def mention_polarity(market: PlainMarket, row: Row) -> Number:
    return mean(polarity_of(act["text"]) for act in got(market, row, "mention", days=180))


@definition
def comment_polarity(market: PlainMarket, row: Row) -> Number:
    return mean(polarity_of(act["text"]) for act in got(market, row, "comment", days=90))


@definition
def opinion_disagreement(market: PlainMarket, row: Row) -> Number:
    acts = got(market, row, "comment", "mention", days=180)
    known = [p for act in acts if (p := polarity_of(act["text"])) is not None]
    return pstdev(known) if len(known) >= 3 else None


@definition
def responder_authority(market: PlainMarket, row: Row) -> Number:
    return mean(
        log(1 + peers_of(market, act["actor_id"], act["occurred_at"]))
        for act in got(market, row, days=180)
        if is_among_creators(market, act)
    )


@definition
def peer_citation_share(market: PlainMarket, row: Row) -> Number:
    outward = [act for act in did(market, row, days=180) if reaches_out(market, act, row.as_of)]
    cited = [
        act
        for act in outward
        if act["kind"] in ("mention", "reshare") and is_among_creators(market, act)
    ]
    return part(cited, outward)


@definition
def caption_variety(market: PlainMarket, row: Row) -> Number:
    texts = [p["text"] for p in posts(market, row, days=180) if has_words(p["text"])]
    return part(list({text.strip(" ").lower() for text in texts}), texts)


@definition
def near_duplicate_share(market: PlainMarket, row: Row) -> Number:
    comparable = [post for post in posts(market, row) if can_repeat(post["text"])]
    return share(
        any(
            post["published_at"] - other["published_at"] <= 180 * DAY
            and says_nearly_the_same(post["text"], other["text"])
            for other in comparable[:i]
        )
        for i, post in enumerate(comparable)
        if post["published_at"] >= row.as_of - 180 * DAY
    )


@definition
def voice_spread(market: PlainMarket, row: Row) -> Number:
    texts = [p["text"] for p in posts(market, row, days=180) if has_words(p["text"])]
    logs = [log(len(text)) for text in texts]
    return float(np.subtract(*np.percentile(logs, [75, 25]))) if len(logs) >= 4 else None


@definition
def domain_variety(market: PlainMarket, row: Row) -> Number:
    domains = [
        domain.lower() for post in posts(market, row, days=180) for domain in post["domains"] or []
    ]
    pairs = [(a, b) for i, a in enumerate(domains) for b in domains[:i]]
    return share(a != b for a, b in pairs)


@definition
def self_promotion_share(market: PlainMarket, row: Row) -> Number:
    flags: list[bool | None] = []
    for post in posts(market, row, days=180):
        text = post["text"] if has_words(post["text"]) else None
        if text is None and post["links"] is None and post["sponsored"] is None:
            continue
        sells = marks(market, post)["calls"] or (post["links"] or 0) > 0 or post["sponsored"]
        turns_to_others = post["kind"] != "original" or re.search(r"(^|\W)@[a-zA-Z]", text or "")
        flags.append(bool(sells and not turns_to_others and "?" not in (text or "")))
    return share(flags)


@definition
def sponsored_load(market: PlainMarket, row: Row) -> Number:
    if all(post["sponsored"] is None for post in posts(market, row)):
        return None
    return sum(post["sponsored"] is True for post in posts(market, row, days=30))


@definition
def sponsored_response(market: PlainMarket, row: Row) -> Number:
    seen = [p for p in posts(market, row) if counter(market, p, row, "views") is not None]
    paid = [post for post in seen if post["sponsored"] is True]
    unpaid = [post for post in seen if post["sponsored"] is False]
    lift = less(
        median(per_view(market, post, row) for post in paid),
        median(per_view(market, post, row) for post in unpaid),
    )
    return None if lift is None else lift * len(paid) / (len(paid) + 5)


def excesses(market: PlainMarket, row: Row) -> list[Event]:
    """Readings before `as_of`, each with its growth's excess over the usual one before it."""
    known = lately(market.audience.get(row.creator, []), "observed_at", row)
    growths: list[float] = []
    found = []
    for i, reading in enumerate(known):
        excess = None
        if i:
            weeks = (reading["observed_at"] - known[i - 1]["observed_at"]) / DAY / 7
            rise = log((reading["followers"] + 1) / (known[i - 1]["followers"] + 1))
            usual = median(growths)
            growths.append(rise / max(weeks, 1))
            excess = less(growths[-1], usual)
        found.append({"observed_at": reading["observed_at"], "excess": excess})
    return found


@definition
def follower_jump(market: PlainMarket, row: Row) -> Number:
    recent = lately(excesses(market, row), "observed_at", row, 180)
    known = [reading["excess"] for reading in recent if reading["excess"] is not None]
    return max(excess if excess >= 0.05 else 0 for excess in known) if known else None


@definition
def jump_backing(market: PlainMarket, row: Row) -> Number:
    readings = excesses(market, row)
    every: list[float] = []
    jumped: list[float] = []
    for post in posts(market, row, days=180):
        views = counter(market, post, row, "views")
        after = [r["excess"] for r in readings if r["observed_at"] > post["published_at"]]
        if views is not None:
            every.append(log(views + 1))
            if after and after[0] is not None and after[0] >= 0.05:
                jumped.append(log(views + 1))
    if not jumped:
        return None
    return float(np.median(jumped) - np.median(every)) * len(jumped) / (len(jumped) + 3)


@definition
def profile_completeness(market: PlainMarket, row: Row) -> Number:
    line = market.creators.get(row.creator)
    if line is None or row.campaign not in market.campaigns:
        return None
    if line["joined_at"] is not None and line["joined_at"] >= row.as_of:
        return None
    shown = [has_words(line[name]) for name in ("name", "handle", "bio")]
    return (sum(shown) + bool(line["country"])) / 4
