"""Acts towards a creator and by it, and its comments with what came of them; no SQL."""

from __future__ import annotations

from collections import defaultdict
from datetime import datetime, timedelta
from math import log
from re import search
from typing import NamedTuple

from features.phrases import SYMPATHY
from features.streams.bare_replies import ANSWER_DAYS
from features.streams.comments import CRITICAL, NEWCOMER_DAYS, PITY_DAYS
from features.streams.partners import FAVOUR_HOURS
from tests.oracle.plain_market import (
    ACT_KINDS,
    DAY,
    FAVOURS,
    HOUR,
    TALK,
    Event,
    Events,
    PlainMarket,
    Row,
    grouped,
)
from tests.oracle.plain_texts import content_words, has_words, polarity_of


class Answer(NamedTuple):
    """The reply that answers a comment."""

    at: datetime
    by_id: str


def answers(interactions: list[Event]) -> dict[str, Answer]:
    """Comment -> its answer: the rule of the contract, by replaying the conversation."""
    comments = [
        act
        for act in interactions
        if act["kind"] == "comment" and act["actor_id"] != act["target_id"]
    ]
    by_id = {comment["interaction_id"]: comment for comment in comments}
    by_thread: dict[tuple[str, str, str], list[Event]] = defaultdict(list)
    for comment in comments:
        by_thread[comment["target_id"], comment["actor_id"], comment["post_id"]].append(comment)
    by_name = grouped((act for act in interactions if act["kind"] == "reply"), "parent_id")
    found: dict[str, Answer] = {}
    in_order = sorted(interactions, key=lambda act: (act["occurred_at"], act["interaction_id"]))
    for reply in in_order:
        if reply["kind"] != "reply":
            continue
        moment = reply["occurred_at"]
        if reply["parent_id"] is not None:
            named = by_id.get(reply["parent_id"])
            answered = [named] if named is not None and _answers(reply, named, moment) else []
        else:
            waiting = [
                c
                for c in by_thread[reply["actor_id"], reply["target_id"], reply["post_id"]]
                if c["post_id"] is not None
                and c["occurred_at"] <= moment <= c["occurred_at"] + DAY * ANSWER_DAYS
                and c["interaction_id"] not in found
                # At the very moment of another one, the reply that names the comment comes first.
                and not any(_answers(r, c, moment) for r in by_name.get(c["interaction_id"], []))
            ]
            waiting.sort(key=lambda c: (c["occurred_at"], c["interaction_id"]))
            answered = waiting[-1:]
        for comment in answered:
            found.setdefault(comment["interaction_id"], Answer(moment, reply["interaction_id"]))
    return found


def _answers(reply: Event, comment: Event, until: datetime) -> bool:
    """A reply that names the comment is by the person addressed, after it and known by then."""
    return bool(
        reply["actor_id"] == comment["target_id"]
        and comment["occurred_at"] <= reply["occurred_at"] <= until
    )


def answer_to(market: PlainMarket, comment: Event, before: datetime) -> Answer | None:
    """The answer to a comment, once it is known."""
    found = market.keep("answers", lambda: answers(market.of("interactions")))
    answer: Answer | None = found.get(comment["interaction_id"])
    return answer if answer is not None and answer.at < before else None


def act_by_id(market: PlainMarket, act_id: str) -> Event:
    by_id = market.keep(
        "acts by id", lambda: {act["interaction_id"]: act for act in market.of("interactions")}
    )
    found: Event = by_id[act_id]
    return found


def received(market: PlainMarket, row: Row) -> list[Event]:
    return [
        {
            "known_at": act["occurred_at"],
            "actor": act["actor_id"],
            "talk": act["kind"] in TALK,
            "outside_rings": not is_in_ring(market, row.creator, act["actor_id"], row.as_of),
            **{kind: act["kind"] == kind for kind in ACT_KINDS},
        }
        for act in market.received.get(row.creator, [])
    ]


def acts(market: PlainMarket, row: Row) -> list[Event]:
    return [
        {
            "known_at": act["occurred_at"],
            "target": act["target_id"],
            "talk": act["kind"] in TALK,
            "reshare": act["kind"] == "reshare",
            "cites": act["kind"] in ("mention", "reshare"),
            "to_peer": is_among_creators(market, act),
            "outward": reaches_out(market, act, row.as_of),
        }
        for act in market.made.get(row.creator, [])
    ]


def is_outward(market: PlainMarket, act: Event) -> bool:
    """Not under the creator's own post, nor with those who turned to it there or in that act."""

    def judged() -> bool:
        creator, moment = act["actor_id"], act["occurred_at"]
        post = market.posts.get(act["post_id"])
        is_own = post is not None and post["creator_id"] == creator
        if is_own and post is not None and post["published_at"] <= moment:
            return False
        return not any(
            other["occurred_at"] <= moment
            and (
                other["interaction_id"] == act["parent_id"]
                or (
                    other["actor_id"] == act["target_id"]
                    and other["post_id"] is not None
                    and other["post_id"] == act["post_id"]
                )
            )
            for other in market.received.get(creator, [])
        )

    return bool(market.keep(("outward", act["interaction_id"]), judged))


def is_among_creators(market: PlainMarket, act: Event) -> bool:
    return act["actor_id"] in market.creators and act["target_id"] in market.creators


def favours_done(market: PlainMarket, giver: str, taker: str) -> list[Event]:
    """Favours that answer nothing and are under no post known to be of a third one or the giver."""
    return [
        act
        for act in market.between[giver, taker]
        if act["kind"] in FAVOURS
        and act["parent_id"] is None
        and market.posts.get(act["post_id"], {"creator_id": taker})["creator_id"] == taker
    ]


def is_in_ring(market: PlainMarket, one: str, other: str, before: datetime) -> bool:
    """Two creators that each returned a favour of the other within hours, before a moment."""

    def returned(giver: str, taker: str) -> bool:
        given, back = favours_done(market, giver, taker), favours_done(market, taker, giver)
        return any(
            timedelta(0) < b["occurred_at"] - a["occurred_at"] < FAVOUR_HOURS * HOUR
            and b["occurred_at"] < before
            for a in given
            for b in back
        )

    def found() -> bool:
        return returned(one, other) and returned(other, one)

    if not {one, other} <= market.creators.keys():
        return False
    return bool(market.keep(("ring", one, other, before), found))


def reaches_out(market: PlainMarket, act: Event, as_of: datetime) -> bool:
    """Outward, and not to somebody in a ring with the creator."""
    return is_outward(market, act) and not is_in_ring(
        market, act["actor_id"], act["target_id"], as_of
    )


def comments(market: PlainMarket, row: Row) -> list[Event]:
    return [
        comment_event(market, act, row)
        for act in market.received.get(row.creator, [])
        if act["kind"] == "comment" and act["occurred_at"] < row.as_of
    ]


def comment_event(market: PlainMarket, comment: Event, row: Row) -> Event:
    asked_at, as_of = comment["occurred_at"], row.as_of
    answer = answer_to(market, comment, as_of)
    hours = (answer.at - asked_at) / HOUR if answer else None
    is_due = asked_at + DAY * ANSWER_DAYS <= as_of
    before = _comment_before(market, comment)
    tone = polarity_of(comment["text"])
    pity = next((p for p in pities(market, row.creator) if p > asked_at), None)
    return {
        "known_at": asked_at,
        "actor": comment["actor_id"],
        "answered": answer is not None,
        "settled": answer is not None or is_due,
        "unanswered": answer is None and is_due,
        "answered_in_a_day": hours is not None and hours <= 24,
        "answered_in_a_week": hours is not None and hours < 24 * ANSWER_DAYS,
        "asks": None if comment["text"] is None else "?" in comment["text"],
        "polarity": tone,
        "critical": None if tone is None else tone <= CRITICAL,
        "pitied": pity is not None and pity < as_of and pity <= asked_at + DAY * PITY_DAYS,
        "heard_out": answer is not None and answer.at <= as_of - 7 * DAY,
        "spoke_again": answer is not None and speaks_again(market, comment, answer.at, as_of),
        "newcomer": before is None or asked_at - before > DAY * NEWCOMER_DAYS,
        "returns": before is not None and as_of - 270 * DAY <= before < as_of - 90 * DAY,
        "hours_to_answer": hours,
        **_words_of_answer(market, comment, answer),
    }


def _comment_before(market: PlainMarket, comment: Event) -> datetime | None:
    """When the same account commented before."""
    same = market.between[comment["actor_id"], comment["target_id"]]
    place = (comment["occurred_at"], comment["interaction_id"])
    earlier = [
        act["occurred_at"]
        for act in same
        if act["kind"] == "comment" and (act["occurred_at"], act["interaction_id"]) < place
    ]
    return earlier[-1] if earlier else None


def speaks_again(market: PlainMarket, comment: Event, answered: datetime, as_of: datetime) -> bool:
    """The commenter spoke to the creator under the same post, within a week of the answer."""
    return any(
        act["kind"] in TALK
        and act["post_id"] == comment["post_id"]
        and answered < act["occurred_at"] < min(answered + 7 * DAY, as_of)
        for act in market.between[comment["actor_id"], comment["target_id"]]
    )


def pities(market: PlainMarket, creator: str) -> list[datetime]:
    """When the creator asked for sympathy, or was negative, and addressed nobody."""

    def found() -> list[datetime]:
        return [
            post["published_at"]
            for post in market.posts_by.get(creator, [])
            if post["kind"] == "original"
            and has_words(post["text"])
            and "@" not in post["text"]
            and (search(SYMPATHY, post["text"].lower()) or is_negative(post["text"]))
        ]

    return list(market.keep(("pities", creator), found))


def is_negative(text: str | None) -> bool:
    tone = polarity_of(text)
    return tone is not None and tone <= CRITICAL


def _words_of_answer(market: PlainMarket, comment: Event, answer: Answer | None) -> Event:
    none = dict.fromkeys(
        ("answer_polarity", "answer_log_characters", "answer_text", "answered_text", "echoes")
    )
    text = act_by_id(market, answer.by_id)["text"] if answer else None
    if not has_words(text):
        return none
    said, asked = text.strip(" ").lower(), (comment["text"] or "").strip(" ").lower()
    about = content_words(asked)
    return {
        "answer_polarity": polarity_of(text),
        "answer_log_characters": log(len(said)),
        "answer_text": said,
        "answered_text": asked,
        "echoes": bool(about & content_words(said)) if about else None,
    }


STREAMS: dict[str, Events] = {"received": received, "acts": acts, "comments": comments}
