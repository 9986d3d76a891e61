"""Small random markets, dense enough that every stream has events and moments coincide often."""

from __future__ import annotations

from datetime import datetime, timedelta
from random import Random
from typing import Any

import pandas as pd

START = datetime(2024, 1, 1)
DAYS = 130
STEP = timedelta(hours=12)
STEPS = DAYS * 2

TEXTS = (
    None,
    "",
    "  ",
    "🍵",
    "Green tea!! Link in bio #tea #cup",
    "a cup of tea, anyone?",
    "GREEN TEA",
    "running shoes for the marathon",
    "Marathon plan: running? tea? shoes!",
    "Thé vert, l'après-midi 🍵🍵",
    "Chaussures de marathon: abonnez-vous",
    "unheard of",
    "茶",
    "I love this wonderful green tea, is it not so good that you drink it every morning?",
    "These running shoes are terrible, do they hurt you too? I hate every single mile",
    "J'adore ce merveilleux thé vert, il est délicieux et je le bois tous les matins",
    "Tips of @tea: buy green tea for the morning",
)
COMPLAINT = "Some people... what a horrible week"
WRITTEN = (*TEXTS, *3 * (COMPLAINT,), "lovely running shoes")
"""Texts of posts."""
SAID = (
    *TEXTS,
    "Awful green tea?",
    "This tea is awful, I hate it",
    "Terrible shoes, what a shame",
    "I love this tea, thank you",
    "Quelle honte, c'est nul",
)
"""Texts of interactions: praise and blame among them."""
BRIEFS = (
    "Green tea for the morning",
    "running shoes, marathon",
    "thé vert de l'après-midi",
    "🏃",
    "words that nobody uses",
)
CORPUS = tuple(text for text in (*TEXTS, *BRIEFS) * 2 if text and text != "unheard of")
"""What the space of these markets is fitted on."""


class Draw:
    """Draws from one seed."""

    def __init__(self, seed: int) -> None:
        self.random = Random(seed)

    def of(self, *options: Any) -> Any:
        return self.random.choice(options)

    def moment(self, first: int = 0, last: int = STEPS) -> datetime:
        return START + STEP * self.random.randint(first, last)

    def maybe(self, value: Any, share: float = 0.8) -> Any:
        return value if self.random.random() < share else None

    def count(self, most: int) -> int:
        return int(self.random.random() ** 3 * most)


def random_market(
    seed: int,
    *,
    creators: int = 5,
    posts: int = 70,
    readings: int = 220,
    interactions: int = 240,
    campaigns: int = 6,
    outcomes: int = 24,
    audience: int = 60,
) -> dict[str, pd.DataFrame]:
    """Clean tables of a market, drawn from a seed: those of the contract that features look at.

    Times lie on a grid of half-days from `START`, so that readings, posts and decisions often share
    a moment; but for favours, which are returned within hours. Kinds that the program does not
    know, acts towards oneself, texts without words, outcomes read late or never, and campaigns
    decided after their end all occur.
    """
    draw = Draw(seed)
    creator_ids = [f"c{i}" for i in range(creators)]
    accounts = [*creator_ids, *(f"f{i}" for i in range(4))]
    post_ids = [f"p{i:02}" for i in range(posts)]
    campaign_ids = [f"k{i}" for i in range(campaigns)]
    published = [
        {
            "post_id": post,
            "creator_id": draw.of(*creator_ids),
            "published_at": draw.moment(),
            "kind": draw.of("original", "original", "reply", "reshare", "quote", "story"),
            "text": draw.of(*WRITTEN),
            "links": draw.of(None, 0, 2),
            "domains": draw.of(None, [], ["a.org"], ["a.org", "B.org"], ["b.org"]),
            "sponsored": draw.of(None, True, False),
        }
        for post in post_ids
    ]
    tables = {
        "creators": [
            {
                "creator_id": creator,
                "platform": draw.of("tok", "tok", "tok", "tok", "gram", None),
                "handle": draw.maybe(f"@{creator}"),
                "name": draw.maybe("Name"),
                "bio": draw.of(*TEXTS),
                "language": draw.of(None, "en", "en-GB", "fr"),
                "country": draw.of(None, "GB", "fr"),
                "joined_at": draw.maybe(draw.moment(), 0.3),
            }
            for creator in creator_ids
        ],
        "credentials": [
            {
                "creator_id": draw.of(*creator_ids),
                "kind": draw.of("book", "award", "recommendation", "knighthood"),
                "title": draw.of(*TEXTS),
                "granted_at": draw.maybe(draw.moment()),
            }
            for _ in range(7)
        ],
        "posts": published,
        "post_metrics": [
            {
                "post_id": post,
                "observed_at": moment,
                "views": draw.maybe(draw.count(5000), 0.95),
                "likes": draw.maybe(draw.count(500), 0.95),
                "comments": draw.maybe(draw.count(100), 0.95),
                "shares": draw.maybe(draw.count(100), 0.95),
            }
            for post, moment in _distinct(
                readings, lambda: (draw.of(*post_ids, "px"), draw.moment())
            )
        ],
        "interactions": _conversation(draw, interactions, accounts, published),
        "audience": [
            {
                "creator_id": creator,
                "observed_at": moment,
                "followers": draw.count(10_000),
                "following": draw.maybe(draw.count(1000)),
            }
            for creator, moment in _distinct(
                audience, lambda: (draw.of(*creator_ids), draw.moment())
            )
        ],
        "campaigns": [_campaign(draw, campaign) for campaign in campaign_ids],
        "outcomes": [
            _outcome(draw, *key)
            for key in _distinct(
                outcomes,
                lambda: (
                    draw.of(*campaign_ids),
                    draw.of(*creator_ids),
                    draw.maybe(draw.moment(), 0.6),
                ),
            )
        ],
    }
    return {name: pd.DataFrame(lines).astype(object) for name, lines in tables.items() if lines}


def _distinct(count: int, drawn: Any) -> list[Any]:
    return list(dict.fromkeys(drawn() for _ in range(count)))


def _conversation(
    draw: Draw, count: int, accounts: list[str], posts: list[dict[str, Any]]
) -> list[dict[str, Any]]:
    """Acts of any kind, among them comments and replies to them with and without their parent."""
    acts: list[dict[str, Any]] = []
    favours = 0
    post_ids = [post["post_id"] for post in posts]
    complaints = 6 * [p for p in posts if p["text"] == COMPLAINT and p["kind"] == "original"]
    for i in range(count):
        act = {
            "interaction_id": f"i{i:03}",
            "occurred_at": draw.moment(),
            "kind": draw.of("comment", "comment", "reply", "mention", "reshare", "like", "wave"),
            "actor_id": draw.of(*accounts),
            "target_id": draw.of(*accounts, *accounts[:3], *accounts[:3]),
            "post_id": draw.of(*post_ids[:3], "px", None),
            "parent_id": draw.of(None, None, None, *(a["interaction_id"] for a in acts[-3:]), "ix"),
            "text": draw.of(*SAID),
        }
        comments = [a for a in acts if a["kind"] == "comment"]
        chance = draw.random.random()
        if comments and chance < 0.35:
            act |= _answer(draw, draw.of(*comments[-4:]))
        elif comments and chance < 0.5:
            # Another comment of the same person under the same post, some days later.
            same = draw.of(*comments[-4:])
            act |= {key: same[key] for key in ("kind", "actor_id", "target_id", "post_id")}
            act["occurred_at"] = same["occurred_at"] + STEP * draw.random.randint(0, 10)
        elif posts and chance < 0.65:
            # Under a post, about the time of it, to its author or to somebody else.
            post = draw.of(*posts, *complaints)
            act |= {"post_id": post["post_id"], "parent_id": None}
            act["target_id"] = draw.of(post["creator_id"], post["creator_id"], *accounts[-2:])
            act["occurred_at"] = post["published_at"] + STEP * draw.random.randint(-1, 16)
            if post in complaints:
                # What it complains of.
                act |= {"kind": "comment", "target_id": post["creator_id"], "text": SAID[-1]}
                act["occurred_at"] = post["published_at"] - STEP * draw.random.randint(0, 7)
        elif acts and chance < 0.8:
            # Two of three are between neighbours, one each way, so that rings close.
            place, way = divmod(favours, 3)
            pair = [accounts[(place + step) % min(5, len(accounts))] for step in range(2)]
            if way:
                acts[-1]["actor_id"], acts[-1]["target_id"] = pair[:: 3 - 2 * way]
            act |= _favour(draw, acts[-1])
            favours += 1
        acts.append(act)
    draw.random.shuffle(acts)
    return acts


def _answer(draw: Draw, comment: dict[str, Any]) -> dict[str, Any]:
    """Up to 10 days later, now and then at the very moment or before."""
    return {
        "kind": "reply",
        "actor_id": comment["target_id"],
        "target_id": comment["actor_id"],
        "post_id": comment["post_id"],
        "parent_id": draw.maybe(comment["interaction_id"], 0.3),
        "occurred_at": comment["occurred_at"] + STEP * draw.random.randint(-1, 20),
    }


def _favour(draw: Draw, act: dict[str, Any]) -> dict[str, Any]:
    """A like in return for an act, which becomes one of some hours before the grid."""
    act |= {"kind": "comment", "post_id": "px", "parent_id": None}
    act["occurred_at"] = draw.moment() - timedelta(hours=3)
    return {
        "kind": draw.of("like", "reshare"),
        "actor_id": act["target_id"],
        "target_id": act["actor_id"],
        "post_id": None,
        "parent_id": None,
        "occurred_at": act["occurred_at"] + timedelta(hours=draw.of(3, 5, 30, 400)),
    }


def _campaign(draw: Draw, campaign: str) -> dict[str, Any]:
    starts = draw.moment(0, STEPS * 2 // 3)
    return {
        "campaign_id": campaign,
        "brand": draw.of("Acme", "Zeta", None),
        "brief": draw.of(*BRIEFS),
        "starts_at": starts,
        "ends_at": draw.maybe(starts + STEP * draw.random.randint(0, 20), 0.5),
        "decided_at": draw.maybe(starts + STEP * draw.random.randint(-20, 40), 0.5),
        "language": draw.of(None, "en", "fr-FR"),
        "country": draw.of(None, "gb", "FR"),
        "attribution_days": draw.of(None, None, 0, 0.5, 7),
    }


def _outcome(draw: Draw, campaign: str, creator: str, measured: Any) -> dict[str, Any]:
    exposed = draw.of(None, 0, draw.count(5000), draw.count(5000), draw.count(5000))
    return {
        "campaign_id": campaign,
        "creator_id": creator,
        "exposed": exposed,
        "conversions": draw.random.randint(0, (exposed or 0) // 5),
        "posts": draw.of(None, 1, 3),
        "measured_at": measured,
        # Made of another number, so that no draw moves.
        "control_exposed": exposed and exposed // 3,
        "control_conversions": (exposed or 0) // 9 if (exposed or 0) % 7 else None,
    }
