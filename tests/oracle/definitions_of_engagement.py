"""Engagement by its definitions: answers, criticism, community, reciprocity, half-life."""

from __future__ import annotations

from datetime import timedelta
from math import log

import numpy as np

from tests.oracle.definitions import (
    Number,
    actors,
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
    talk,
)
from tests.oracle.plain_community import comes_by_itself, depth
from tests.oracle.plain_conversation import (
    Answer,
    act_by_id,
    answer_to,
    is_among_creators,
    is_in_ring,
    is_negative,
    is_outward,
    pities,
    reaches_out,
)
from tests.oracle.plain_market import DAY, HOUR, POST_KINDS, TALK, Event, PlainMarket, Row, grouped
from tests.oracle.plain_posts import marks, usual_of
from tests.oracle.plain_texts import content_words, has_words, polarity_of

FAVOURS = ("comment", "reshare", "like")


def answered(
    market: PlainMarket, row: Row, comments: list[Event]
) -> list[tuple[Event, Answer | None]]:
    """Comments, each with its answer where that is known at `as_of`."""
    return [(comment, answer_to(market, comment, row.as_of)) for comment in comments]


def settled(
    market: PlainMarket, row: Row, comments: list[Event]
) -> list[tuple[Event, Answer | None]]:
    """Those that were answered or have waited a week."""
    return [
        (comment, answer)
        for comment, answer in answered(market, row, comments)
        if answer or comment["occurred_at"] + 7 * DAY <= row.as_of
    ]


def critical(comments: list[Event]) -> list[Event]:
    return [comment for comment in comments if is_negative(comment["text"])]


@definition
def reply_share(market: PlainMarket, row: Row) -> Number:
    return share(bool(a) for _, a in settled(market, row, got(market, row, "comment", days=90)))


@definition
def question_reply_share(market: PlainMarket, row: Row) -> Number:
    comments = settled(market, row, got(market, row, "comment", days=90))
    return share(bool(answer) for comment, answer in comments if "?" in (comment["text"] or ""))


@definition
def prompt_reply_share(market: PlainMarket, row: Row) -> Number:
    comments = settled(market, row, got(market, row, "comment", days=90))
    return share(bool(a and a.at - comment["occurred_at"] <= DAY) for comment, a in comments)


@definition
def answered_people_share(market: PlainMarket, row: Row) -> Number:
    comments = settled(market, row, got(market, row, "comment", days=90))
    people = {comment["actor_id"] for comment, _ in comments}
    return part(list({comment["actor_id"] for comment, a in comments if a}), list(people))


@definition
def reply_hours(market: PlainMarket, row: Row) -> Number:
    comments = answered(market, row, got(market, row, "comment", days=90))
    return median((a.at - comment["occurred_at"]) / HOUR for comment, a in comments if a)


@definition
def second_turn_share(market: PlainMarket, row: Row) -> Number:
    after = []
    for comment, answer in answered(market, row, got(market, row, "comment", days=180)):
        if answer and answer.at + 7 * DAY <= row.as_of:
            after.append(
                any(
                    act["post_id"] == comment["post_id"]
                    and act["actor_id"] == comment["actor_id"]
                    and answer.at < act["occurred_at"] < answer.at + 7 * DAY
                    for act in got(market, row, *TALK)
                )
            )
    return share(after)


@definition
def thread_depth(market: PlainMarket, row: Row) -> Number:
    return mean(depth(market, act) for act in under_own_posts(market, row, 180, *TALK))


def under_own_posts(market: PlainMarket, row: Row, days: float, *kinds: str) -> list[Event]:
    """What others did under the creator's posts, known once both are, with the post's moment."""
    found = []
    for post in market.posts_by.get(row.creator, []):
        for act in market.under.get(post["post_id"], []):
            is_meant = act["actor_id"] != row.creator and (not kinds or act["kind"] in kinds)
            known_at = max(act["occurred_at"], post["published_at"])
            if is_meant:
                found.append(act | {"known_at": known_at, "published_at": post["published_at"]})
    return lately(found, "known_at", row, days)


@definition
def outbound_share(market: PlainMarket, row: Row) -> Number:
    if not market.is_touched(row):
        return None
    own = [act for act in talk(did(market, row, days=90)) if reaches_out(market, act, row.as_of)]
    return part(own, [*own, *posts(market, row, days=90)])


@definition
def outbound_breadth(market: PlainMarket, row: Row) -> Number:
    own = [act for act in talk(did(market, row, days=90)) if reaches_out(market, act, row.as_of)]
    return part(list({act["target_id"] for act in own}), own)


def answers_in_words(market: PlainMarket, row: Row) -> list[tuple[str, str]]:
    """(comment, answer) of 180 days, where the answer has words, without case and outer spaces."""
    found = []
    for comment, answer in answered(market, row, got(market, row, "comment", days=180)):
        said = act_by_id(market, answer.by_id)["text"] if answer else None
        if said is not None and has_words(said):
            asked = comment["text"] or ""
            found.append((asked.strip(" ").lower(), said.strip(" ").lower()))
    return found


@definition
def reply_variety(market: PlainMarket, row: Row) -> Number:
    pairs = answers_in_words(market, row)
    ratio = part(list({said for _, said in pairs}), list({asked for asked, _ in pairs}))
    return None if ratio is None else min(ratio, 1.0)


@definition
def reply_length(market: PlainMarket, row: Row) -> Number:
    return median(log(len(said)) for _, said in answers_in_words(market, row))


@definition
def reply_echo(market: PlainMarket, row: Row) -> Number:
    return share(
        not content_words(asked).isdisjoint(content_words(said))
        for asked, said in answers_in_words(market, row)
        if content_words(asked)
    )


@definition
def critic_share(market: PlainMarket, row: Row) -> Number:
    comments = got(market, row, "comment", days=180)
    known = [comment for comment in comments if polarity_of(comment["text"]) is not None]
    return part(critical(comments), known)


@definition
def critic_reply_share(market: PlainMarket, row: Row) -> Number:
    comments = critical(got(market, row, "comment", days=180))
    return share(bool(answer) for _, answer in settled(market, row, comments))


@definition
def critic_reply_tone(market: PlainMarket, row: Row) -> Number:
    comments = critical(got(market, row, "comment", days=180))
    return mean(
        polarity_of(act_by_id(market, answer.by_id)["text"])
        for _, answer in answered(market, row, comments)
        if answer
    )


@definition
def sympathy_share(market: PlainMarket, row: Row) -> Number:
    left = [
        comment["occurred_at"]
        for comment, answer in settled(market, row, critical(got(market, row, "comment", days=180)))
        if answer is None
    ]
    return share(
        any(
            moment < pity <= moment + 3 * DAY and pity < row.as_of
            for pity in pities(market, row.creator)
        )
        for moment in left
    )


@definition
def commenter_breadth(market: PlainMarket, row: Row) -> Number:
    comments = got(market, row, "comment", days=90)
    return part(list(actors(comments)), comments)


@definition
def repeat_commenter_share(market: PlainMarket, row: Row) -> Number:
    names = [comment["actor_id"] for comment in got(market, row, "comment", days=180)]
    return part([name for name in set(names) if names.count(name) > 1], list(set(names)))


@definition
def returning_commenter_share(market: PlainMarket, row: Row) -> Number:
    now = actors(got(market, row, "comment", days=90))
    before = actors(got(market, row, "comment", days=180, ago=90))
    return part(list(now & before), list(now)) if before else None


@definition
def sharer_breadth(market: PlainMarket, row: Row) -> Number:
    reshares = got(market, row, "reshare", days=180)
    return part(list(actors(reshares)), reshares)


@definition
def audience_talk_share(market: PlainMarket, row: Row) -> Number:
    return share(act["target_id"] != row.creator for act in under_own_posts(market, row, 90, *TALK))


@definition
def two_way_partners(market: PlainMarket, row: Row) -> Number:
    people = actors(got(market, row, *TALK, days=180))
    partners = set()
    came, went = (
        grouped(got(market, row, *TALK), "actor_id"),
        grouped(did(market, row), "target_id"),
    )
    for account in came.keys() & went.keys():
        theirs = [act["occurred_at"] for act in came[account]]
        own = [act["occurred_at"] for act in talk(went[account])]
        days = {moment.date() for moment in theirs} & {moment.date() for moment in own}
        # The day counts from the moment at which both had spoken on it.
        since = [
            max(
                min(moment for moment in theirs if moment.date() == day),
                min(moment for moment in own if moment.date() == day),
            )
            for day in days
        ]
        if sum(moment >= row.as_of - 180 * DAY for moment in since) >= 2:
            partners.add(account)
    return min(len(partners) / len(people), 1.0) if people else None


@definition
def tit_for_tat_share(market: PlainMarket, row: Row) -> Number:
    favours = [
        act
        for act in did(market, row, days=180)
        if act["kind"] in FAVOURS
        and is_outward(market, act)
        and row.as_of - act["occurred_at"] >= 6 * HOUR
    ]
    returns = [act for act in got(market, row, *FAVOURS) if comes_by_itself(market, act)]
    return share(
        any(
            act["actor_id"] == favour["target_id"]
            and timedelta(0) < act["occurred_at"] - favour["occurred_at"] < 6 * HOUR
            for act in returns
        )
        for favour in favours
    )


@definition
def closed_ring_share(market: PlainMarket, row: Row) -> Number:
    return share(
        is_in_ring(market, row.creator, act["actor_id"], row.as_of)
        for act in got(market, row, *FAVOURS, days=180)
        if is_among_creators(market, act)
    )


@definition
def honest_return_share(market: PlainMarket, row: Row) -> Number:
    came = []
    all_towards = grouped(got(market, row), "actor_id")
    for account, own in grouped(did(market, row), "target_id").items():
        first = min(act["occurred_at"] for act in own)
        towards = all_towards.get(account, [])
        is_first = all(act["occurred_at"] > first for act in towards)
        if is_first and row.as_of - 240 * DAY <= first < row.as_of - 60 * DAY:
            came.append(
                any(
                    comes_by_itself(market, act) and DAY <= act["occurred_at"] - first < 60 * DAY
                    for act in towards
                )
            )
    return share(came)


def within_a_week(market: PlainMarket, row: Row) -> list[float]:
    """Hours from a post to what others did under it within a week, of posts a week old."""
    return [
        (act["occurred_at"] - act["published_at"]) / HOUR
        for act in under_own_posts(market, row, 180)
        if act["published_at"] + 7 * DAY <= row.as_of
        and timedelta(0) <= act["occurred_at"] - act["published_at"] < 7 * DAY
    ]


@definition
def response_half_life(market: PlainMarket, row: Row) -> Number:
    return median(within_a_week(market, row))


@definition
def late_response_share(market: PlainMarket, row: Row) -> Number:
    return share(hours >= 48 for hours in within_a_week(market, row))


@definition
def response(market: PlainMarket, row: Row) -> Number:
    return median(per_view(market, post, row) for post in posts(market, row))


@definition
def relative_response(market: PlainMarket, row: Row) -> Number:
    compared = [
        less(per_view(market, post, row), usual_of(market, post).get("response"))
        for post in posts(market, row)
    ]
    known = [value for value in compared if value is not None]
    return float(np.median(known)) * len(known) / (len(known) + 1) if known else None


@definition
def response_spread(market: PlainMarket, row: Row) -> Number:
    known = [per_view(market, post, row) for post in posts(market, row)]
    values = [value for value in known if value is not None]
    return float(np.subtract(*np.percentile(values, [75, 25]))) if values else None


@definition
def question_pull(market: PlainMarket, row: Row) -> Number:
    asking: list[Number] = []
    others: list[Number] = []
    for post in posts(market, row, days=365):
        comments, views = (
            counter(market, post, row, "comments"),
            counter(market, post, row, "views"),
        )
        if has_words(post["text"]) and comments is not None and views is not None:
            pull = log((comments + 0.5) / (views + 1))
            (asking if "?" in post["text"] else others).append(pull)
    return less(median(asking), median(others))


@definition
def call_link_share(market: PlainMarket, row: Row) -> Number:
    calling = [post for post in posts(market, row, days=180) if marks(market, post)["calls"]]
    return share(None if p["links"] is None else p["links"] > 0 for p in calling)


@definition
def conversational_share(market: PlainMarket, row: Row) -> Number:
    kinds = [post["kind"] for post in posts(market, row, days=180)]
    assert set(kinds) <= POST_KINDS
    return share(kind in ("reply", "quote") for kind in kinds)
