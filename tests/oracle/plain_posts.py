"""Posts, what they link to and what they are about, and readings of the audience; no SQL."""

from __future__ import annotations

import re
from datetime import datetime
from math import ceil, log
from statistics import median

from features.phrases import BENEFIT, CALL_TO_ACTION
from features.streams.people import JUMP
from features.streams.posts import REPEAT_DAYS
from features.streams.response_levels import LEVEL_DAYS, LEVEL_POSTS
from tests.oracle.plain_market import DAY, POST_KINDS, Event, Events, PlainMarket, Row
from tests.oracle.plain_texts import (
    can_repeat,
    capital_share,
    has_words,
    polarity_of,
    says_nearly_the_same,
    words,
)

WEEK = 7 * DAY


def posts(market: PlainMarket, row: Row) -> list[Event]:
    return [post_event(market, post, row) for post in posts_before(market, row)]


def posts_before(market: PlainMarket, row: Row) -> list[Event]:
    """Posts of known kinds before `as_of`, in order of time and id."""
    return [p for p in market.posts_by.get(row.creator, []) if p["published_at"] < row.as_of]


def post_event(market: PlainMarket, post: Event, row: Row) -> Event:
    reading = market.reading(post["post_id"], row.as_of)
    return {
        "known_at": post["published_at"],
        "post": post,
        "read": reading.get("views") is not None,
        "in_jump": in_jump(market, post, row.as_of),
        "week_back": ceil((row.as_of - post["published_at"]) / WEEK),
        **market.keep(("marks", post["post_id"]), lambda: marks(market, post)),
        **_counted(market, post, reading),
    }


def marks(market: PlainMarket, post: Event) -> Event:
    """What a post says of itself, and against those before it: the same at every moment."""
    text, links, sponsored = post["text"], post["links"], post["sponsored"]
    worded = has_words(text)
    asks = "?" in text if worded else None
    calls = bool(re.search(CALL_TO_ACTION, text.lower())) if worded else None
    names = bool(re.search(r"(?<!\w)@\w", text or "", re.ASCII)) or post["kind"] != "original"
    linked = None if links is None else links > 0
    said = words(text) if worded else []
    gap_days = _gap_days(market, post)
    is_known = worded or links is not None or sponsored is not None
    return {
        "worded": worded,
        "original": post["kind"] == "original",
        "conversational": post["kind"] in ("reply", "quote"),
        "curated": post["kind"] in ("reshare", "quote"),
        "asks": asks,
        "asks_nothing": None if asks is None else not asks,
        "calls": calls,
        "calls_nobody": None if calls is None else not calls,
        "promises": bool(re.search(BENEFIT, text.lower())) if worded else None,
        "linked": linked,
        "sponsored": sponsored,
        "unsponsored": None if sponsored is None else not sponsored,
        "promotes": bool((calls or linked or sponsored) and not asks and not names)
        if is_known
        else None,
        "repeats": repeats(market, post),
        "gap_days": gap_days,
        "log_gap_days": None if gap_days is None else log(max(gap_days, 0.25)),
        "exclamations": text.count("!") if worded else None,
        "hashtags": text.count("#") if worded else None,
        "log_characters": log(len(text)) if worded else None,
        "capitals": capital_share(text) if text else None,
        "log_words": log(len(said)) if said else None,
        "word_variety": len(set(said)) / len(said) if said else None,
        "polarity": polarity_of(text),
        "text": text.strip(" ").lower() if worded else None,
    }


def _gap_days(market: PlainMarket, post: Event) -> float | None:
    own = market.posts_by[post["creator_id"]]
    place = market.keep(
        ("places", post["creator_id"]), lambda: {p["post_id"]: i for i, p in enumerate(own)}
    )[post["post_id"]]
    return (post["published_at"] - own[place - 1]["published_at"]) / DAY if place else None


def repeats(market: PlainMarket, post: Event) -> bool | None:
    """It says nearly the same as an earlier post of the creator; None with fewer than two words."""
    if not can_repeat(post["text"]):
        return None
    return any(
        (other["published_at"], other["post_id"]) < (post["published_at"], post["post_id"])
        and post["published_at"] - other["published_at"] <= DAY * REPEAT_DAYS
        and can_repeat(other["text"])
        and says_nearly_the_same(post["text"], other["text"])
        for other in market.posts_by[post["creator_id"]]
    )


def _counted(market: PlainMarket, post: Event, reading: Event) -> Event:
    per_view = responses(reading)
    usual = usual_of(market, post)
    return {
        "compared": per_view["response"] is not None and usual.get("response") is not None,
        "log_response": per_view["response"],
        "log_comments": per_view["comments"],
        "log_comments_per_like": _ratio(reading, ("comments",), "likes"),
        "log_reactions": log_of(reading, ("comments", "shares"), 0.5),
        "log_views": log_of(reading, ("views",), 1),
        "log_engagement": log_of(reading, ("likes", "comments"), 1),
        **{
            f"relative_{name}": None
            if value is None or usual.get(name) is None
            else value - usual[name]
            for name, value in per_view.items()
        },
    }


def usual_of(market: PlainMarket, post: Event) -> Event:
    """What posts of its platform got in the eight weeks before the Monday before a post."""
    published: datetime = post["published_at"]
    monday = datetime(published.year, published.month, published.day)
    monday -= DAY * monday.weekday()
    if post["creator_id"] not in market.creators:
        return {}
    platform = market.creators[post["creator_id"]]["platform"]
    found: Event = market.keep(
        ("usual", platform, monday), lambda: _usual(market, platform, monday)
    )
    return found


def _usual(market: PlainMarket, platform: str | None, monday: datetime) -> Event:
    seen = [
        market.reading(post["post_id"], monday)
        for post in market.of("posts")
        if post["kind"] in POST_KINDS
        and post["creator_id"] in market.creators
        and market.creators[post["creator_id"]]["platform"] == platform
        and monday - DAY * LEVEL_DAYS <= post["published_at"] < monday
    ]
    if sum(reading.get("views") is not None for reading in seen) < LEVEL_POSTS:
        return {}
    got = [responses(reading) for reading in seen]
    values = {name: [r[name] for r in got if r[name] is not None] for name in got[0]}
    return {name: median(known) if known else None for name, known in values.items()}


def responses(reading: Event) -> dict[str, float | None]:
    """Log responses per view of one reading, by name."""
    return {
        "response": _ratio(reading, ("comments", "shares"), "views"),
        "comments": _ratio(reading, ("comments",), "views"),
        "shares": _ratio(reading, ("shares",), "views"),
        "likes": _ratio(reading, ("likes",), "views"),
    }


def log_of(reading: Event, names: tuple[str, ...], plus: float) -> float | None:
    values = [reading.get(name) for name in names]
    return None if None in values else log(sum(values) + plus)  # type: ignore[arg-type]


def _ratio(reading: Event, names: tuple[str, ...], per: str) -> float | None:
    above, below = log_of(reading, names, 0.5), log_of(reading, (per,), 1)
    return None if above is None or below is None else above - below


def links(market: PlainMarket, row: Row) -> list[Event]:
    return [
        {"known_at": post["published_at"], "domain": domain.lower()}
        for post in posts_before(market, row)
        for domain in post["domains"] or []
    ]


def themes(market: PlainMarket, row: Row) -> list[Event]:
    known = [p for p in posts_before(market, row) if market.space.vector(p["text"]) is not None]
    return [
        {
            "known_at": post["published_at"],
            "topic": market.space.topic(post["text"]),
            "nearness": market.space.similarity(before["text"], post["text"]) if before else None,
        }
        for before, post in zip([None, *known], known, strict=False)
    ]


def audience(market: PlainMarket, row: Row) -> list[Event]:
    return list(market.keep(("audience", row.creator), lambda: _audience(market, row.creator)))


def _audience(market: PlainMarket, creator: str) -> list[Event]:
    events: list[Event] = []
    growths: list[float] = []
    earlier: list[Event] = []
    before: Event | None = None
    for reading in market.audience.get(creator, []):
        jump = None
        if before is not None:
            growth = log(reading["followers"] + 1) - log(before["followers"] + 1)
            growth /= max(1.0, (reading["observed_at"] - before["observed_at"]) / WEEK)
            jump = growth - median(growths) if growths else None
            growths.append(growth)
        following = reading["following"]
        events.append(
            {
                "known_at": reading["observed_at"],
                "followers": reading["followers"],
                "log_followers": log(reading["followers"] + 1),
                "log_following": None if following is None else log(following + 1),
                "follows_others": None if following is None else int(following > 0),
                "jump": None if jump is None else jump if jump >= JUMP else 0.0,
                **weekly_growth(earlier, reading),
            }
        )
        before = reading
        earlier.append(reading)
    return events


def weekly_growth(earlier: list[Event], reading: Event) -> Event:
    """Growth a week since the last reading at least a week before."""
    since = [r for r in earlier if reading["observed_at"] - r["observed_at"] >= WEEK]
    if not since:
        return {"weekly_growth": None, "of_a_week": False}
    weeks = (reading["observed_at"] - since[-1]["observed_at"]) / WEEK
    rise = log(reading["followers"] + 1) - log(since[-1]["followers"] + 1)
    return {"weekly_growth": rise / weeks, "of_a_week": True}


def in_jump(market: PlainMarket, post: Event, as_of: datetime) -> bool | None:
    """The next reading of the audience after the post, once known, is a jump."""
    after = [
        reading
        for reading in audience(market, Row(post["creator_id"], "", as_of))
        if reading["known_at"] > post["published_at"]
    ]
    if not after or after[0]["known_at"] >= as_of or after[0]["jump"] is None:
        return None
    return bool(after[0]["jump"] >= JUMP)


STREAMS: dict[str, Events] = {
    "posts": posts,
    "links": links,
    "themes": themes,
    "audience": audience,
}
