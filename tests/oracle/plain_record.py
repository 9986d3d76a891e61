"""Matured outcomes, the levels of campaigns, and the record of a platform; no SQL."""

from __future__ import annotations

from datetime import datetime
from math import log

from features.streams.record import EVIDENCE, LEVEL_OVERDISPERSION
from tests.oracle.plain_market import DAY, INSTANT, Event, Events, PlainMarket, Row, grouped


def outcome_readings(market: PlainMarket, campaign: str, as_of: datetime) -> list[Event]:
    """Readings of a campaign's outcomes that were mature and taken before a moment."""
    line = market.campaigns.get(campaign)
    if line is None:
        return []
    days = 30 if line["attribution_days"] is None else line["attribution_days"]
    mature = (line["ends_at"] or line["starts_at"]) + DAY * days
    decided = line["decided_at"] or line["starts_at"]
    return [
        reading | {"known_at": max(mature - INSTANT, decided, measured or decided)}
        for reading in market.outcomes.get(campaign, [])
        for measured in [reading["measured_at"]]
        if reading["exposed"] is not None
        and mature <= as_of
        and decided < as_of
        and (measured is None or measured < as_of)
    ]


def latest(readings: list[Event]) -> Event:
    """The reading taken last; one without a date is the oldest. Conversions at most exposed."""
    last = max(readings, key=lambda r: (r["measured_at"] is not None, r["measured_at"] or 0))
    return last | {"conversions": min(last["conversions"], last["exposed"])}


def brought(market: PlainMarket, campaign: str, as_of: datetime) -> dict[str, Event]:
    """Creator -> the latest known reading of its outcome in a campaign, of those exposed to any."""

    def found() -> dict[str, Event]:
        known = [r for r in outcome_readings(market, campaign, as_of) if r["exposed"] > 0]
        return {creator: latest(own) for creator, own in grouped(known, "creator_id").items()}

    return dict(market.keep(("brought", campaign, as_of), found))


def level(market: PlainMarket, campaign: str, as_of: datetime) -> Event:
    """Rate, creators and age of what is known of a campaign; empty where nothing is."""

    def found() -> Event:
        last = list(brought(market, campaign, as_of).values())
        if not last:
            return {}
        total = sum(r["exposed"] for r in last)
        p = (sum(r["conversions"] for r in last) + 0.5) / (total + 1)
        weights = [r["exposed"] / (1 + r["exposed"] * p * LEVEL_OVERDISPERSION) for r in last]
        rates = [r["conversions"] / r["exposed"] for r in last]
        mean = sum(w * rate for w, rate in zip(weights, rates, strict=True)) / sum(weights)
        known = [r for r in outcome_readings(market, campaign, as_of) if r["exposed"] > 0]
        lowest = p / 100 if any(r["conversions"] for r in last) else p
        return {
            "rate": min(max(mean, lowest, 1e-9), 1 - 1e-6),
            "creators": len(last),
            "known_at": max(reading["known_at"] for reading in known),
        }

    return dict(market.keep(("level", campaign, as_of), found))


def deviation(outcome: Event, rate: float) -> float | None:
    """Log of conversions over what was to be expected at the campaign's rate; one added to both."""
    if outcome["exposed"] == 0:
        return None
    return log((outcome["conversions"] + EVIDENCE) / (outcome["exposed"] * rate + EVIDENCE))


def past(market: PlainMarket, row: Row) -> list[Event]:
    events = []
    for campaign in market.outcomes:
        known = outcome_readings(market, campaign, row.as_of)
        own = [reading for reading in known if reading["creator_id"] == row.creator]
        if not own:
            continue
        last = latest(own)
        n = last["exposed"]
        rate = level(market, campaign, row.as_of).get("rate", 0.0)
        events.append(
            {
                "known_at": max(reading["known_at"] for reading in own),
                "campaign": campaign,
                "exposed": n,
                "conversions": last["conversions"],
                "is_exposed": n > 0,
                "deviation": deviation(last, rate),
                "log_exposed_per_post": log(n / max(last["posts"] or 1, 1)) if n > 0 else None,
            }
        )
    return events


def related_past(market: PlainMarket, row: Row) -> list[Event]:
    if row.campaign not in market.campaigns:
        return []
    brand = market.campaigns[row.campaign]["brand"]
    events = []
    for event in past(market, row):
        other = market.campaigns[event["campaign"]]["brand"]
        is_same = None if brand is None or other is None else brand == other
        events.append(
            {
                "known_at": event["known_at"],
                "exposed": event["is_exposed"],
                # Nothing exposed is no record, whatever the brand; else an unknown brand is null.
                "same_brand": is_same and event["is_exposed"] if event["is_exposed"] else False,
                "deviation": event["deviation"],
                "closeness": closeness(market, row.campaign, event["campaign"]) or 0.0,
            }
        )
    return events


def closeness(market: PlainMarket, campaign: str, other: str) -> float | None:
    """Squared similarity of two briefs, zero where negative; None where unknown."""
    similarity = market.space.similarity(market.brief(campaign), market.brief(other))
    # As exact decimals keep it: what is left of zero in single precision is not there.
    return None if similarity is None else round(max(similarity, 0.0) ** 2, 12)


def platform_past(market: PlainMarket, row: Row) -> list[Event]:
    platform = market.creators.get(row.creator, {}).get("platform")
    if platform is None:
        return []
    evidence = weighted = 0.0
    known = []
    for campaign in market.outcomes:
        close = closeness(market, row.campaign, campaign)
        found = against_others(market, campaign, platform, row.as_of)
        if campaign == row.campaign or close is None or found is None:
            continue
        creators, lead = found
        evidence += creators * close
        weighted += creators * close * lead
        known.append(level(market, campaign, row.as_of)["known_at"])
    if not known:
        return []
    return [
        {
            "known_at": max(known),
            "evidence": evidence,
            "deviation": weighted / evidence if evidence else None,
        }
    ]


def against_others(
    market: PlainMarket, campaign: str, platform: str, as_of: datetime
) -> tuple[int, float] | None:
    """Creators of a platform in a campaign, and how far they did better than all of its creators.

    None where the platform had none with people exposed.
    """
    rate = level(market, campaign, as_of).get("rate", 0.0)
    own, every = [], []
    for creator, outcome in brought(market, campaign, as_of).items():
        if creator in market.creators:
            found = deviation(outcome, rate)
            every.append(found)
            if market.creators[creator]["platform"] == platform:
                own.append(found)
    if not own:
        return None
    return len(own), sum(own) / len(own) - sum(every) / len(every)


STREAMS: dict[str, Events] = {
    "past": past,
    "related_past": related_past,
    "platform_past": platform_past,
}
