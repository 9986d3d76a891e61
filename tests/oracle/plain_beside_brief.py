"""What stands beside a brief: posts, mentions, comments, talk, credentials, profile; no SQL."""

from __future__ import annotations

from features.streams.topics import TALK_DAYS
from features.text import UNLIKE
from tests.oracle.plain_conversation import reaches_out
from tests.oracle.plain_market import DAY, EVER, TALK, Event, Events, PlainMarket, Row
from tests.oracle.plain_posts import posts
from tests.oracle.plain_texts import has_words, language_of, polarity_of

CREDENTIALS = {
    *("degree", "book", "blog", "job", "award", "press", "certification", "recommendation"),
}


def beside(market: PlainMarket, text: str | None, row: Row) -> Event:
    """Similarity of a text with the brief; None where it cannot be compared."""
    brief = market.brief(row.campaign)
    if not market.is_comparable(text, row) or market.space.similarity(text, brief) is None:
        return {"similarity": None, "on_topic": None}
    return {
        "similarity": market.space.similarity(text, brief),
        "on_topic": market.space.is_on_topic(text, brief),
    }


def topical_posts(market: PlainMarket, row: Row) -> list[Event]:
    found = [event | beside(market, event["post"]["text"], row) for event in posts(market, row)]
    return [
        event | {"closeness": event["similarity"] if event["similarity"] >= UNLIKE else 0.0}
        for event in found
        if event["similarity"] is not None
    ]


def own_voice(market: PlainMarket, row: Row) -> list[Event]:
    wanted = market.brief_language(row.campaign)
    spoken = [(e["known_at"], language_of(e["post"]["text"])) for e in posts(market, row)]
    return [
        {"known_at": moment, "in_brief_language": language == wanted}
        for moment, language in spoken
        if language is not None and wanted is not None
    ]


def heard(market: PlainMarket, row: Row, *kinds: str) -> list[Event]:
    """Acts of some kinds that the creator received, in words."""
    return [
        act
        for act in market.received.get(row.creator, [])
        if act["kind"] in kinds and has_words(act["text"])
    ]


def topical(market: PlainMarket, acts: list[Event], row: Row) -> list[Event]:
    """Acts that can be compared with the brief, each with its similarity."""
    found = [{"known_at": act["occurred_at"], **beside(market, act["text"], row)} for act in acts]
    return [event for event in found if event["similarity"] is not None]


def recent(acts: list[Event], row: Row) -> list[Event]:
    """What is near enough to be compared with the brief."""
    return [act for act in acts if act["occurred_at"] >= row.as_of - DAY * TALK_DAYS]


def topical_mentions(market: PlainMarket, row: Row) -> list[Event]:
    return topical(market, heard(market, row, "mention"), row)


def topical_comments(market: PlainMarket, row: Row) -> list[Event]:
    return topical(market, recent(heard(market, row, "comment"), row), row)


def topical_talk(market: PlainMarket, row: Row) -> list[Event]:
    said = [
        act
        for act in market.made.get(row.creator, [])
        if act["kind"] in TALK and has_words(act["text"]) and reaches_out(market, act, row.as_of)
    ]
    return topical(market, recent(said, row), row)


def audience_voice(market: PlainMarket, row: Row) -> list[Event]:
    wanted = market.brief_language(row.campaign)
    spoken = [
        (act["occurred_at"], language_of(act["text"]))
        for act in recent(heard(market, row, "comment"), row)
    ]
    return [
        {"known_at": moment, "in_brief_language": language == wanted}
        for moment, language in spoken
        if language is not None and wanted is not None
    ]


def opinions(market: PlainMarket, row: Row) -> list[Event]:
    said = [(act, polarity_of(act["text"])) for act in heard(market, row, "comment", "mention")]
    return [
        {
            "known_at": act["occurred_at"],
            "comment": act["kind"] == "comment",
            "mention": act["kind"] == "mention",
            "polarity": polarity,
            "polarity_squared": polarity**2,
        }
        for act, polarity in said
        if polarity is not None
    ]


def credentials(market: PlainMarket, row: Row) -> list[Event]:
    brief = market.brief(row.campaign)
    return [
        {
            "known_at": line["granted_at"] or EVER,
            "kind": line["kind"],
            "recommendation": line["kind"] == "recommendation",
            "similarity": None
            if line["kind"] == "recommendation"
            else market.space.similarity(line["title"], brief),
        }
        for line in market.credentials.get(row.creator, [])
        if line["kind"] in CREDENTIALS
    ]


def profile(market: PlainMarket, row: Row) -> list[Event]:
    line = market.creators.get(row.creator)
    campaign = market.campaigns.get(row.campaign)
    if line is None or campaign is None:
        return []
    own, wanted = market.creator_language(row.creator), market.brief_language(row.campaign)
    countries = (line["country"], campaign["country"])
    shown = [has_words(line[name]) for name in ("name", "bio", "handle")]
    joined = line["joined_at"]
    is_foreign = own is not None and wanted is not None and own != wanted
    return [
        {
            "known_at": joined or EVER,
            "completeness": (sum(shown) + (line["country"] is not None)) / 4,
            "same_language": None if own is None or wanted is None else int(own == wanted),
            "same_country": None
            if None in countries
            else int(countries[0].lower() == countries[1].lower()),
            "bio_similarity": None
            if is_foreign
            else market.space.similarity(line["bio"], campaign["brief"]),
            "tenure_days": (row.as_of - joined) / DAY if joined else None,
        }
    ]


STREAMS: dict[str, Events] = {
    "topical_posts": topical_posts,
    "own_voice": own_voice,
    "topical_mentions": topical_mentions,
    "topical_comments": topical_comments,
    "topical_talk": topical_talk,
    "audience_voice": audience_voice,
    "opinions": opinions,
    "credentials": credentials,
    "profile": profile,
}
