"""What creators publish and what it gathers: `posts`, `post_metrics`, `audience`.

| quality      | shows as                                                                          |
|--------------|-----------------------------------------------------------------------------------|
| engagement   | likes and shares per view                                                         |
| conversation | comments per like, posts that answer or quote                                     |
| reputation   | little paid work, few reshares                                                    |
| momentum     | posts a week, people reached, response against the creator's own past             |
| fit          | topics of posts, response to posts on the creator's main topics                   |

What they say is in `captions`, where they lead in `links`.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from training.world.calendar import DAY, WEEK, by_creator, moments
from training.world.campaigns import Campaigns, Candidates
from training.world.captions import write_captions
from training.world.draws import Flags, Ints, Texts, chance, stream, texts
from training.world.language import ELSEWHERE_TOPIC
from training.world.links import draw_links
from training.world.names import OTHER_BRANDS
from training.world.population import HALF_LIFE_DAYS, Population, following, posting_chance
from training.world.profiles import topics_of
from training.world.shocks import VIEWS, Shocks

ELSEWHERE_SHARE = 0.08
VIEW_NOISE, RESPONSE_NOISE = 0.45, 0.35
COMMENTS_PER_LIKE, SHARES_PER_LIKE = 0.05, 0.06
READ_AFTER_DAYS = (1, 7)
WIDE_SALES = 2.0
"""Log-odds by which those who sell widely have more sponsored posts."""
KINDS = ("original", "reply", "quote", "reshare")


@dataclass(frozen=True)
class Posts:
    """Posts in the order of publication; arrays of length n.

    Attributes
    ----------
    creator, second, topic : ndarray of int
        `ELSEWHERE_TOPIC` where the post is on no topic.
    domains : ndarray
        Lists of the domains that the links lead to; None without links.
    is_varied, is_sympathy : ndarray of bool
        The text is an earlier one with a small change; a complaint after critics (`sympathy`).
    views, likes, comments, shares : ndarray of int
        What each gathers in the end.
    """

    creator: Ints
    second: Ints
    topic: Ints
    kind: Ints
    sponsored: Flags
    links: Ints
    domains: Texts
    text: Texts
    is_varied: Flags
    is_sympathy: Flags
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

    def latest(self, creator: Ints, second: Ints, *, days: int) -> Ints:
        """Position of the last post of a creator in the days before a second; -1 without one."""
        order = np.lexsort([self.second, self.creator])
        sorted_keys = by_creator(self.creator, self.second)[order]
        place = np.searchsorted(sorted_keys, by_creator(creator, second)) - 1
        found = order[np.maximum(place, 0)]
        is_recent = (self.creator[found] == creator) & (second - self.second[found] < days * DAY)
        return np.asarray(np.where((place >= 0) & is_recent, found, -1))

    def following(self, creator: Ints, second: Ints, *, days: int) -> Ints:
        """Position of the first post of a creator in the days after a second; -1 without one."""
        order = np.lexsort([self.second, self.creator])
        sorted_keys = by_creator(self.creator, self.second)[order]
        place = np.searchsorted(sorted_keys, by_creator(creator, second), "right")
        found = order[np.minimum(place, len(order) - 1)]
        is_near = (self.creator[found] == creator) & (self.second[found] > second)
        is_near &= self.second[found] - second < days * DAY
        return np.asarray(np.where(is_near, found, -1))


def draw_posts(
    population: Population,
    shocks: Shocks,
    campaigns: Campaigns,
    candidates: Candidates,
    bought: Ints,
    seed: int,
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
    widely = WIDE_SALES * population.sells_widely[creator]
    for_others = ~for_campaign & (rng.uniform(size=n) < chance(-2.6 - 0.7 * rep + widely))
    others = stream(seed, "other brands")
    for i in np.flatnonzero(for_others):
        brand[i] = OTHER_BRANDS[others.integers(len(OTHER_BRANDS))]
    talkative = 0.06 * np.exp(0.5 * conv)
    echo = chance(-2.2 - 0.6 * rep)
    draw = rng.uniform(size=n)
    kind = np.select(
        [draw < talkative, draw < 1.5 * talkative, draw < 1.5 * talkative + echo], [1, 2, 3], 0
    )
    kind[for_campaign] = 0
    text, is_varied = write_captions(rng, population, creator, topic, brand, seed)
    sponsored = for_campaign | for_others
    views, likes, comments, shares = _counters(
        rng, population, shocks, creator, second, topic, sponsored
    )
    links, domains = draw_links(rng, population, creator, topic, seed)
    return Posts(
        creator=creator,
        second=second,
        topic=topic,
        kind=kind.astype(np.int64),
        sponsored=sponsored,
        links=links,
        domains=domains,
        text=text,
        is_varied=is_varied,
        is_sympathy=np.zeros(n, dtype=bool),
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
            "domains": posts.domains,
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
    kept = (second < calendar.seconds) & population.is_present(creator, second)
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
    shocks: Shocks,
    creator: Ints,
    second: Ints,
    topic: Ints,
    sponsored: Flags,
) -> tuple[Ints, Ints, Ints, Ints]:
    n = len(creator)
    week = population.calendar.week(second)
    looked_at = VIEWS * shocks.attention(creator, second)
    reach = population.reach[creator, week] * np.exp(looked_at + rng.normal(0, VIEW_NOISE, n))
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
