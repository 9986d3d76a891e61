"""Momentum and size by their definitions: presence, growth, attention, shock, trend."""

from __future__ import annotations

import itertools
from math import log

import numpy as np

from tests.oracle.definitions import (
    Number,
    actors,
    counter,
    definition,
    got,
    lately,
    less,
    mean,
    median,
    per_view,
    posts,
    share,
)
from tests.oracle.definitions_of_engagement import answered
from tests.oracle.plain_community import peers_of
from tests.oracle.plain_conversation import is_among_creators, is_in_ring
from tests.oracle.plain_market import DAY, Event, PlainMarket, Row
from tests.oracle.plain_posts import usual_of
from tests.oracle.plain_texts import polarity_of

QUARTER = 0.25


def gaps(market: PlainMarket, row: Row, days: float | None = None) -> list[float]:
    """Days between a post and the one before it, for the posts of a time."""
    moments = [post["published_at"] for post in posts(market, row)]
    pairs = itertools.pairwise(moments)
    first = row.as_of - DAY * (days or 100_000)
    return [(later - earlier) / DAY for earlier, later in pairs if later >= first]


@definition
def silence(market: PlainMarket, row: Row) -> Number:
    usual = median(gaps(market, row))
    if usual is None:
        return None
    last = (row.as_of - posts(market, row)[-1]["published_at"]) / DAY
    return log(max(last, QUARTER) / max(usual, QUARTER))


@definition
def cadence_spread(market: PlainMarket, row: Row) -> Number:
    logs = [log(max(gap, QUARTER)) for gap in gaps(market, row, days=180)]
    return float(np.subtract(*np.percentile(logs, [75, 25]))) if logs else None


@definition
def longest_pause(market: PlainMarket, row: Row) -> Number:
    logs = [log(max(gap, QUARTER)) for gap in gaps(market, row, days=180)]
    return less(max(logs), median(logs)) if logs else None


@definition
def topical_silence(market: PlainMarket, row: Row) -> Number:
    brief = market.brief(row.campaign)
    moments = [
        post["published_at"]
        for post in posts(market, row)
        if market.is_comparable(post["text"], row) and market.space.is_on_topic(post["text"], brief)
    ]
    if len(moments) < 2:
        return None
    gap = (max(moments) - min(moments)) / DAY / (len(moments) - 1)
    last = (row.as_of - max(moments)) / DAY
    return log(max(last, QUARTER) / max(gap, QUARTER))


@definition
def topic_trend(market: PlainMarket, row: Row) -> Number:
    brief = market.brief(row.campaign)

    def on_topic(days: float, ago: float) -> Number:
        return share(
            market.space.is_on_topic(post["text"], brief)
            for post in posts(market, row, days, ago)
            if market.is_comparable(post["text"], row)
        )

    return less(on_topic(60, 0), on_topic(180, 60))


@definition
def weeks_active(market: PlainMarket, row: Row) -> Number:
    if not posts(market, row):
        return None
    return sum(bool(posts(market, row, days=7, ago=7 * week)) for week in range(12)) / 12


@definition
def cadence_change(market: PlainMarket, row: Row) -> Number:
    if not posts(market, row):
        return None
    before = len(posts(market, row, days=84, ago=28)) / 3
    return log((len(posts(market, row, days=28)) + 1) / (before + 1))


@definition
def posts_per_week(market: PlainMarket, row: Row) -> Number:
    return len(posts(market, row, days=28)) / 4 if posts(market, row) else None


@definition
def reply_effort_trend(market: PlainMarket, row: Row) -> Number:
    def effort(days: float, ago: float) -> Number:
        comments = answered(market, row, got(market, row, "comment", days=days, ago=ago))
        return share(bool(a and a.at - comment["occurred_at"] < 7 * DAY) for comment, a in comments)

    return less(effort(45, 7), effort(90, 52))


def followers(market: PlainMarket, row: Row, ago: float = 0) -> Number:
    """Log of followers plus one at the last reading before so many days ago."""
    known = lately(market.audience.get(row.creator, []), "observed_at", row, ago=ago)
    return log(known[-1]["followers"] + 1) if known else None


def growth(market: PlainMarket, row: Row, days: float, ago: float = 0) -> Number:
    readings = market.audience.get(row.creator, [])
    if not lately(readings, "observed_at", row, days, ago):
        return None
    return less(followers(market, row, ago), followers(market, row, ago + days))


def steady_growth(market: PlainMarket, row: Row, days: float, ago: float = 0) -> Number:
    readings = market.audience.get(row.creator, [])
    growths = []
    for reading in lately(readings, "observed_at", row, days, ago):
        first = [r for r in readings if reading["observed_at"] - r["observed_at"] >= 7 * DAY]
        if first:
            weeks = (reading["observed_at"] - first[-1]["observed_at"]) / DAY / 7
            growths.append(log((reading["followers"] + 1) / (first[-1]["followers"] + 1)) / weeks)
    return float(np.percentile(growths, 25)) * days / 7 if len(growths) >= 3 else None


@definition
def audience_growth(market: PlainMarket, row: Row) -> Number:
    return steady_growth(market, row, 90)


@definition
def audience_acceleration(market: PlainMarket, row: Row) -> Number:
    def views(days: float, ago: float) -> Number:
        counts = [counter(market, post, row, "views") for post in posts(market, row, days, ago)]
        return median(log(count + 1) for count in counts if count is not None)

    faster = less(steady_growth(market, row, 45), steady_growth(market, row, 45, 45))
    seen_more = less(views(45, 0), views(180, 45))
    return None if faster is None or seen_more is None else min(faster, max(seen_more, 0))


@definition
def growth_divergence(market: PlainMarket, row: Row) -> Number:
    def engagement(days: float, ago: float) -> Number:
        counts = [
            counter(market, p, row, "likes", "comments") for p in posts(market, row, days, ago)
        ]
        return median(log(count + 1) for count in counts if count is not None)

    return less(growth(market, row, 90), less(engagement(90, 0), engagement(180, 90)))


@definition
def response_trend(market: PlainMarket, row: Row) -> Number:
    return less(response(market, row, 45), response(market, row, 180, 45))


@definition
def response_acceleration(market: PlainMarket, row: Row) -> Number:
    last, before, first = (response(market, row, 45, ago) for ago in (0, 45, 90))
    return less(less(last, before), less(before, first))


def response(market: PlainMarket, row: Row, days: float, ago: float = 0) -> Number:
    return median(per_view(market, post, row) for post in posts(market, row, days, ago))


@definition
def relative_response_trend(market: PlainMarket, row: Row) -> Number:
    def relative(days: float, ago: float) -> Number:
        return median(
            less(per_view(market, post, row), usual_of(market, post).get("response"))
            for post in posts(market, row, days, ago)
        )

    return less(relative(45, 0), relative(180, 45))


@definition
def tone_trend(market: PlainMarket, row: Row) -> Number:
    def tone(days: float, ago: float) -> Number:
        comments = got(market, row, "comment", days=days, ago=ago)
        return mean(polarity_of(comment["text"]) for comment in comments)

    return less(tone(45, 0), tone(180, 45))


def change(recent: float, before: float, plus: float) -> float:
    return log((recent + plus) / (before + plus))


def got_freely(
    market: PlainMarket, row: Row, *kinds: str, days: float, ago: float = 0
) -> list[Event]:
    """Acts received from outside the creator's rings."""
    return [
        act
        for act in got(market, row, *kinds, days=days, ago=ago)
        if not is_in_ring(market, row.creator, act["actor_id"], row.as_of)
    ]


@definition
def attention_change(market: PlainMarket, row: Row) -> Number:
    if not market.is_touched(row):
        return None
    return change(
        len(got_freely(market, row, days=28)), len(got_freely(market, row, days=84, ago=28)) / 3, 3
    )


@definition
def mention_change(market: PlainMarket, row: Row) -> Number:
    if not market.is_touched(row):
        return None
    recent = got_freely(market, row, "mention", days=28)
    return change(len(recent), len(got_freely(market, row, "mention", days=84, ago=28)) / 3, 3)


@definition
def sharer_change(market: PlainMarket, row: Row) -> Number:
    if not market.is_touched(row):
        return None
    recent = actors(got_freely(market, row, "reshare", days=45))
    return change(len(recent), len(actors(got_freely(market, row, "reshare", days=45, ago=45))), 3)


@definition
def newcomer_change(market: PlainMarket, row: Row) -> Number:
    comments = got(market, row, "comment")

    def is_new(comment: Event) -> bool:
        place = (comment["occurred_at"], comment["interaction_id"])
        return not any(
            other["actor_id"] == comment["actor_id"]
            and (other["occurred_at"], other["interaction_id"]) < place
            and other["occurred_at"] >= comment["occurred_at"] - 30 * DAY
            for other in comments
        )

    if not comments or row.as_of - comments[0]["occurred_at"] < 114 * DAY:
        return None
    return less(
        share(is_new(comment) for comment in got(market, row, "comment", days=28)),
        share(is_new(comment) for comment in got(market, row, "comment", days=56, ago=28)),
    )


@definition
def attention_shock(market: PlainMarket, row: Row) -> Number:
    if not market.is_touched(row):
        return None
    weeks = [len(got_freely(market, row, days=7, ago=7 * week)) for week in range(8)]
    return log((max(weeks) + 3) / (sum(weeks) / 8 + 3))


@definition
def leader_attention(market: PlainMarket, row: Row) -> Number:
    if not market.is_touched(row):
        return None
    pointed = 0
    for act in got(market, row, "mention", "reshare", days=28):
        by, moment = act["actor_id"], act["occurred_at"]
        if not is_among_creators(market, act) or is_in_ring(market, by, row.creator, row.as_of):
            continue
        theirs, own = peers_of(market, by, moment), peers_of(market, row.creator, moment)
        pointed += theirs >= 3 and theirs > own
    return log(1 + pointed)


@definition
def active_follower_share(market: PlainMarket, row: Row) -> Number:
    readings = lately(market.audience.get(row.creator, []), "observed_at", row)
    if not readings or not readings[-1]["followers"] or not market.is_touched(row):
        return None
    return min(len(actors(got(market, row, days=90))) / readings[-1]["followers"], 1.0)


@definition
def follow_ratio(market: PlainMarket, row: Row) -> Number:
    readings = lately(market.audience.get(row.creator, []), "observed_at", row)
    following = [r["following"] for r in readings if r["following"] is not None]
    return less(followers(market, row), log(following[-1] + 1) if following else None)


@definition
def views_per_follower(market: PlainMarket, row: Row) -> Number:
    views = [counter(market, post, row, "views") for post in posts(market, row, days=90)]
    seen = median(log(count + 1) for count in views if count is not None)
    return less(seen, followers(market, row))


@definition
def response_per_follower(market: PlainMarket, row: Row) -> Number:
    counts = [counter(market, p, row, "comments", "shares") for p in posts(market, row, days=90)]
    reactions = median(log(count + 0.5) for count in counts if count is not None)
    return less(reactions, followers(market, row))
