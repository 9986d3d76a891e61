"""Relevance by its definitions: posts, talk, mentions and audience on the topic of the brief."""

from __future__ import annotations

import itertools
import re
from math import log

from features.phrases import BENEFIT
from features.text import UNLIKE
from tests.oracle.definitions import (
    Number,
    counter,
    definition,
    did,
    got,
    less,
    mean,
    median,
    per_view,
    posts,
    share,
    talk,
)
from tests.oracle.plain_conversation import reaches_out
from tests.oracle.plain_market import DAY, Event, PlainMarket, Row
from tests.oracle.plain_texts import has_words, language_of

ON_TOPIC = 0.35


def likeness(market: PlainMarket, text: str | None, row: Row) -> Number:
    """Similarity with the brief of a text that can be compared with it."""
    if not market.is_comparable(text, row):
        return None
    return market.space.similarity(text, market.brief(row.campaign))


def alike(
    market: PlainMarket, row: Row, days: float | None = None, ago: float = 0
) -> list[tuple[Event, float]]:
    """Comparable posts, each with its similarity."""
    known = [(p, likeness(market, p["text"], row)) for p in posts(market, row, days, ago)]
    return [(post, similarity) for post, similarity in known if similarity is not None]


def on_topic(market: PlainMarket, acts: list[Event], row: Row) -> Number:
    known = [likeness(market, act["text"], row) for act in acts]
    return share(similarity >= ON_TOPIC for similarity in known if similarity is not None)


@definition
def on_topic_share(market: PlainMarket, row: Row) -> Number:
    return share(similarity >= ON_TOPIC for _, similarity in alike(market, row))


@definition
def on_topic_per_week(market: PlainMarket, row: Row) -> Number:
    if not alike(market, row):
        return None
    return sum(similarity >= ON_TOPIC for _, similarity in alike(market, row, days=56)) / 8


@definition
def days_since_on_topic(market: PlainMarket, row: Row) -> Number:
    moments = [p["published_at"] for p, similarity in alike(market, row) if similarity >= ON_TOPIC]
    return (row.as_of - max(moments)) / DAY if moments else None


@definition
def topical_response(market: PlainMarket, row: Row) -> Number:
    every = alike(market, row)
    read = [(p, s) for p, s in every if counter(market, p, row, "views") is not None]
    evidence = sum(s for _, s in read if s >= UNLIKE)
    known = [(r, s) for p, s in every if (r := per_view(market, p, row)) is not None]
    weight = sum(s for _, s in known if s >= UNLIKE)
    if not weight:
        return None
    near = sum(r * s for r, s in known if s >= UNLIKE) / weight
    usual = sum(r for r, _ in known) / len(known)
    return (near - usual) * evidence / (evidence + 5)


@definition
def on_topic_lift(market: PlainMarket, row: Row) -> Number:
    read = [(p, s) for p, s in alike(market, row) if counter(market, p, row, "views") is not None]
    topical = [post for post, similarity in read if similarity >= ON_TOPIC]
    lift = less(
        median(per_view(market, post, row) for post in topical),
        median(per_view(market, post, row) for post, _ in read),
    )
    return None if lift is None else lift * len(topical) / (len(topical) + 5)


def is_useful(post: Event) -> bool:
    return re.search(BENEFIT, post["text"].lower()) is not None


@definition
def benefit_share(market: PlainMarket, row: Row) -> Number:
    return share(is_useful(p) for p in posts(market, row, days=180) if has_words(p["text"]))


@definition
def topical_benefit(market: PlainMarket, row: Row) -> Number:
    return share(is_useful(p) for p, similarity in alike(market, row) if similarity >= ON_TOPIC)


def subjects(market: PlainMarket, row: Row) -> list[int]:
    found = [market.space.topic(post["text"]) for post in posts(market, row, days=180)]
    return [subject for subject in found if subject is not None]


@definition
def topic_purity(market: PlainMarket, row: Row) -> Number:
    found = subjects(market, row)
    return max(map(found.count, found)) / len(found) if len(found) >= 5 else None


@definition
def topic_breadth(market: PlainMarket, row: Row) -> Number:
    found = subjects(market, row)
    return share(a != b for i, a in enumerate(found) for b in found[:i])


@definition
def focus(market: PlainMarket, row: Row) -> Number:
    known = [p for p in posts(market, row) if market.space.vector(p["text"]) is not None]
    return mean(
        market.space.similarity(post["text"], before["text"])
        for before, post in itertools.pairwise(known)
        if post["published_at"] >= row.as_of - 180 * DAY
    )


@definition
def on_topic_talk_share(market: PlainMarket, row: Row) -> Number:
    own = [act for act in talk(did(market, row, days=90)) if reaches_out(market, act, row.as_of)]
    return on_topic(market, own, row)


@definition
def on_topic_mention_share(market: PlainMarket, row: Row) -> Number:
    return on_topic(market, got(market, row, "mention"), row)


@definition
def audience_on_topic_share(market: PlainMarket, row: Row) -> Number:
    return on_topic(market, got(market, row, "comment", days=90), row)


@definition
def audience_language_match(market: PlainMarket, row: Row) -> Number:
    wanted = market.brief_language(row.campaign)
    spoken = [language_of(act["text"]) for act in got(market, row, "comment", days=90)]
    return share(language == wanted for language in spoken if language and wanted)


@definition
def post_language_match(market: PlainMarket, row: Row) -> Number:
    wanted = market.brief_language(row.campaign)
    spoken = [language_of(post["text"]) for post in posts(market, row, days=180)]
    return share(language == wanted for language in spoken if language and wanted)


@definition
def bio_similarity(market: PlainMarket, row: Row) -> Number:
    line = market.creators.get(row.creator)
    if line is None or (line["joined_at"] is not None and line["joined_at"] >= row.as_of):
        return None
    own, wanted = market.creator_language(row.creator), market.brief_language(row.campaign)
    if own is not None and wanted is not None and own != wanted:
        return None
    return market.space.similarity(line["bio"], market.brief(row.campaign))


@definition
def text_substance(market: PlainMarket, row: Row) -> Number:
    counts = [
        len([w for w in _cut(post["text"]) if w])
        for post in posts(market, row, days=180)
        if has_words(post["text"])
    ]
    return median(log(count) for count in counts if count)


def _cut(text: str) -> list[str]:
    """Runs of letters and digits, an apostrophe inside holding them together."""
    marked = "".join(c if c.isalnum() or c in "'’" else " " for c in text)
    return [word.strip("'’") for word in marked.split()]
