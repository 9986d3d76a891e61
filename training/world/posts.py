"""What creators publish and what it gathers: `posts`, `post_metrics`, `audience`.

| quality      | shows as                                                                          |
|--------------|-----------------------------------------------------------------------------------|
| engagement   | likes and shares per view                                                         |
| conversation | comments per like, questions, calls to action, posts that answer or quote         |
| reputation   | own words rather than stock captions, few exclamation marks and capitals, links   |
|              | now and then rather than never or always, little paid work, few reshares          |
| momentum     | posts a week, people reached, response against the creator's own past             |
| fit          | topics of posts, response to posts on the creator's main topics                   |
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from training.world.calendar import DAY, WEEK, moments
from training.world.campaigns import Campaigns, Candidates
from training.world.draws import Flags, Floats, Ints, Texts, chance, stream, texts
from training.world.language import (
    ELSEWHERE_TOPIC,
    TOPIC_NAMES,
    lines_of,
    openers,
    sentences,
)
from training.world.population import HALF_LIFE_DAYS, Population, following, posting_chance
from training.world.profiles import topics_of
from training.world.vocabulary import CALLS, LANGUAGES, PAID, QUESTIONS

ELSEWHERE_SHARE = 0.08
VIEW_NOISE, RESPONSE_NOISE = 0.45, 0.35
COMMENTS_PER_LIKE, SHARES_PER_LIKE = 0.05, 0.06
READ_AFTER_DAYS = (1, 7)
STOCK_CAPTIONS = 3
KINDS = ("original", "reply", "quote", "reshare")


@dataclass(frozen=True)
class Posts:
    """Posts in the order of publication; arrays of length n.

    Attributes
    ----------
    creator, second, topic : ndarray of int
        `ELSEWHERE_TOPIC` where the post is on no topic.
    views, likes, comments, shares : ndarray of int
        What each gathers in the end.
    """

    creator: Ints
    second: Ints
    topic: Ints
    kind: Ints
    sponsored: Flags
    links: Ints
    text: Texts
    views: Ints
    likes: Ints
    comments: Ints
    shares: Ints

    def __len__(self) -> int:
        return len(self.creator)

    @property
    def ids(self) -> Texts:
        """Names of the posts."""
        return texts([f"p{i:07d}" for i in range(len(self))])


def draw_posts(
    population: Population, campaigns: Campaigns, candidates: Candidates, bought: Ints, seed: int
) -> Posts:
    """Draw all posts: those of every week, and those published for a campaign.

    Parameters
    ----------
    bought : ndarray of int
        Posts bought of each candidate; 0 where it was not picked.
    """
    rng = stream(seed, "posts")
    creator, second = _own(rng, population)
    paid_by, paid_creator, paid_second = _paid(rng, population, campaigns, candidates, bought)
    brand = texts([None] * len(creator) + [str(b) for b in campaigns.brand[paid_by]])
    paid_topic = topics_of(rng, campaigns.topics[paid_by])
    own_topic = topics_of(rng, population.topics[creator])
    own_topic[rng.uniform(size=len(creator)) < ELSEWHERE_SHARE] = ELSEWHERE_TOPIC
    creator = np.concatenate([creator, paid_creator])
    second = np.concatenate([second, paid_second])
    topic = np.concatenate([own_topic, paid_topic])
    order = np.lexsort([creator, second])
    creator, second, topic, brand = creator[order], second[order], topic[order], brand[order]

    rep, conv = population.reputation[creator], population.conversation[creator]
    n = len(creator)
    for_campaign = np.array([name is not None for name in brand], dtype=bool)
    sponsored = for_campaign | (rng.uniform(size=n) < chance(-2.6 - 0.7 * rep))
    talkative = 0.06 * np.exp(0.5 * conv)
    echo = chance(-2.2 - 0.6 * rep)
    draw = rng.uniform(size=n)
    kind = np.select(
        [draw < talkative, draw < 1.5 * talkative, draw < 1.5 * talkative + echo], [1, 2, 3], 0
    )
    kind[for_campaign] = 0
    text = _texts(rng, population, creator, topic, brand, seed)
    views, likes, comments, shares = _counters(rng, population, creator, second, topic, sponsored)
    return Posts(
        creator=creator,
        second=second,
        topic=topic,
        kind=kind.astype(np.int64),
        sponsored=sponsored,
        links=_links(rng, population, creator),
        text=text,
        views=views,
        likes=likes,
        comments=comments,
        shares=shares,
    )


def posts_table(population: Population, posts: Posts) -> pd.DataFrame:
    """The table `posts`."""
    return pd.DataFrame(
        {
            "post_id": posts.ids,
            "creator_id": population.ids[posts.creator],
            "published_at": moments(posts.second),
            "kind": texts(list(KINDS))[posts.kind],
            "text": posts.text,
            "links": posts.links,
            "sponsored": posts.sponsored,
        }
    )


def metrics_table(population: Population, posts: Posts, seed: int) -> pd.DataFrame:
    """The table `post_metrics`: counters after one day and after seven."""
    rng = stream(seed, "readings")
    half_life = HALF_LIFE_DAYS[population.platform[posts.creator]]
    ids = posts.ids
    counters = {name: getattr(posts, name) for name in ("views", "likes", "comments", "shares")}
    share_before = np.ones(len(posts))
    frames = []
    for days in reversed(READ_AFTER_DAYS):
        share = 1 - 0.5 ** (days / half_life)
        counters = {
            name: rng.binomial(count, share / share_before) for name, count in counters.items()
        }
        share_before = share
        # Thinned one by one: nobody reacts who has not looked.
        counters = {name: np.minimum(count, counters["views"]) for name, count in counters.items()}
        observed = posts.second + days * DAY + rng.integers(0, 7200, len(posts))
        known = observed < population.calendar.seconds
        frames.append(
            pd.DataFrame(
                {"post_id": ids, "observed_at": moments(observed), **counters},
            )[known]
        )
    return pd.concat(frames[::-1], ignore_index=True)


def audience_table(population: Population, seed: int) -> pd.DataFrame:
    """The table `audience`: every creator read once a week."""
    rng = stream(seed, "audience")
    calendar = population.calendar
    weeks = calendar.seconds // WEEK
    n = len(population)
    second = rng.integers(0, WEEK, n)[:, None] + np.arange(weeks) * WEEK
    jitter = np.exp(rng.normal(0, 0.002, (n, weeks)))
    followers = np.round(population.followers[:, :weeks] * jitter).astype(np.int64)
    return pd.DataFrame(
        {
            "creator_id": np.repeat(population.ids, weeks),
            "observed_at": moments(second.ravel()),
            "followers": followers.ravel(),
            "following": np.repeat(following(population, seed).astype(np.int64), weeks),
        }
    )


def _own(rng: np.random.Generator, population: Population) -> tuple[Ints, Ints]:
    calendar = population.calendar
    weeks = -(-calendar.seconds // WEEK)
    count = rng.poisson(posting_chance(population)[:, :weeks])
    creator = np.repeat(np.arange(len(population)), count.sum(axis=1))
    week = np.repeat(np.tile(np.arange(weeks), len(population)), count.ravel())
    second = week * WEEK + rng.integers(0, WEEK, len(week))
    kept = (second < calendar.seconds) & population.is_active(creator, second)
    return creator[kept], second[kept]


def _paid(
    rng: np.random.Generator,
    population: Population,
    campaigns: Campaigns,
    candidates: Candidates,
    bought: Ints,
) -> tuple[Ints, Ints, Ints]:
    row = np.repeat(np.arange(len(bought)), bought)
    campaign, creator = candidates.campaign[row], candidates.creator[row]
    second = campaigns.starts_at[campaign] + rng.integers(0, 10 * DAY, len(row))
    kept = (second < population.calendar.seconds) & population.is_active(creator, second)
    return campaign[kept], creator[kept], second[kept]


def _counters(
    rng: np.random.Generator,
    population: Population,
    creator: Ints,
    second: Ints,
    topic: Ints,
    sponsored: Flags,
) -> tuple[Ints, Ints, Ints, Ints]:
    n = len(creator)
    week = population.calendar.week(second)
    reach = population.reach[creator, week] * np.exp(rng.normal(0, VIEW_NOISE, n))
    views = np.maximum(np.round(reach), 1)
    # People came for the main topics, and answer there.
    share = np.append(population.topics, np.zeros((len(population), 1)), axis=1)[creator, topic]
    on_topic = 0.3 * (np.sqrt(share) - 0.6)
    noise = rng.normal(0, RESPONSE_NOISE, n)
    liking = population.response[creator, week] * np.exp(on_topic + noise)
    likes = views * np.minimum(liking * np.where(sponsored, 0.9, 1.0), 0.9)
    conv, eng = population.conversation[creator], population.engagement[creator]
    habit = rng.normal(0, 0.25, len(population))[creator]
    talk = COMMENTS_PER_LIKE * np.exp(0.35 * conv + habit + rng.normal(0, 0.2, n))
    spread = SHARES_PER_LIKE * np.exp(0.15 * eng + rng.normal(0, 0.2, n))
    spread = spread / population.pod[creator]
    counted = views.astype(np.int64)
    return (
        counted,
        np.minimum(rng.poisson(likes), counted),
        np.minimum(rng.poisson(likes * talk), counted),
        np.minimum(rng.poisson(likes * spread), counted),
    )


def _links(rng: np.random.Generator, population: Population, creator: Ints) -> Ints:
    """Outside links: a moderate share of posts, or, with little reputation, none or all."""
    n = len(population)
    share = np.clip(0.35 + rng.normal(0, 0.08, n), 0.1, 0.7)
    extreme = rng.uniform(size=n) < chance(-1.4 - 1.1 * population.reputation)
    share = np.where(extreme, np.where(rng.uniform(size=n) < 0.6, 0.01, 0.97), share)
    linked = rng.uniform(size=len(creator)) < share[creator]
    return np.asarray(np.where(linked, 1 + rng.poisson(0.2, len(creator)), 0))


def _texts(
    rng: np.random.Generator,
    population: Population,
    creator: Ints,
    topic: Ints,
    brand: Texts,
    seed: int,
) -> Texts:
    """Opener, two sentences, now and then a question, a call, hashtags, exclamation marks."""
    n = len(creator)
    language = population.language[creator]
    rep, conv = population.reputation, population.conversation

    def manner(spread: float) -> Floats:
        """What is mere style of each creator."""
        return rng.normal(0, spread, len(population))

    bank = sentences(seed)
    parts = [openers().draw(rng, language, topic), bank.draw(rng, language, topic)]
    second = bank.draw(rng, language, topic)
    second[rng.uniform(size=n) < 0.3] = ""
    asks = lines_of(QUESTIONS).draw(rng, language, topic)
    asks[rng.uniform(size=n) >= chance(-1.3 + 0.7 * conv + manner(0.6))[creator]] = ""
    calls = lines_of(CALLS).draw(rng, language, topic)
    calls[rng.uniform(size=n) >= chance(-1.3 + 0.5 * conv + manner(0.6))[creator]] = ""
    tags = texts(["", *(f"#{name}" for name in TOPIC_NAMES)])
    tagged = np.where(
        rng.uniform(size=n) < chance(-0.3 - 0.3 * rep + manner(0.8))[creator], topic + 1, 0
    )
    tagged[topic == ELSEWHERE_TOPIC] = 0
    marks = texts(["!" * i for i in range(13)])
    shouts = marks[np.minimum(rng.poisson(0.7 * np.exp(-0.5 * rep + manner(0.7))[creator]), 12)]
    parts += [second, asks, calls, tags[tagged]]
    loud = rng.uniform(size=n) < 0.15 * chance(-1.0 - 1.2 * rep + manner(0.8))[creator]
    found = texts(
        [
            _shouted(" ".join(part for part in said if part), shout)
            for *said, shout in zip(*parts, shouts, strict=True)
        ]
    )
    for i in np.flatnonzero(loud):
        found[i] = found[i].upper()
    _repeat_captions(rng, creator, chance(-2.2 - rep + manner(0.6))[creator], found)
    for i in np.flatnonzero([name is not None for name in brand]):
        found[i] = f"{found[i]} {PAID[LANGUAGES[language[i]]].format(brand=brand[i])}"
    return found


def _shouted(text: str, marks: str) -> str:
    return text.removesuffix(".") + marks if marks else text


def _repeat_captions(rng: np.random.Generator, creator: Ints, share: Floats, text: Texts) -> None:
    """Put one of a creator's first captions in place of a new one, in the given share of posts."""
    stock: dict[int, list[str]] = {}
    again = rng.uniform(size=len(creator)) < share
    which = rng.integers(0, STOCK_CAPTIONS, len(creator))
    for i, owner in enumerate(creator.tolist()):
        captions = stock.setdefault(owner, [])
        if len(captions) < STOCK_CAPTIONS:
            captions.append(text[i])
        elif again[i]:
            text[i] = captions[which[i]]
