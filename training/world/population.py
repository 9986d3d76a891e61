"""The creators: size, qualities, topics, and how their state moves from week to week.

    log size l = ln(followers / 10,000)          followers ~ Pareto(.62) on 1e3..1e7
    conversation = -.2 l + noise, standardised   the only way in which size touches the rate
    momentum     = AR(1) by week, phi = .9, sd 1
    reach        = genuine · level · e^(slope·lg + .45 z + .2 momentum)        people a post reaches
    response     = views · level · e^(.15 lg + .40 engagement + .25 conversation - .15 z)

`lg` is the log size of the genuine audience and `z` one liveliness of it for both: behind a bought
audience are neither eyes nor hands, so that reach and response per follower fall with it.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from training.world.calendar import WEEK, Calendar
from training.world.draws import Flags, Floats, Ints, Texts, chance, stream, texts
from training.world.holidays import Holidays, draw_holidays
from training.world.vocabulary import LANGUAGES, TOPICS

PARETO, SMALLEST, LARGEST = 0.62, 1e3, 1e7
TOPIC_CONCENTRATION = 0.35
FRENCH_SHARE = 0.3
COUNTRIES = {
    "en": (("US", "GB", "CA", "IE"), (0.45, 0.35, 0.15, 0.05)),
    "fr": (("FR", "BE", "CA", "CH"), (0.7, 0.14, 0.1, 0.06)),
}
MIXED_COUNTRIES = ("CA", "BE", "CH")
FOREIGN_IN_MIXED, FOREIGN_ELSEWHERE = 0.2, 0.03
PLATFORMS = ("instagram", "tiktok", "youtube")
PLATFORM_SHARES = (0.6, 0.25, 0.15)
REACH_LEVEL = np.array([0.15, 0.20, 0.12])
REACH_SLOPE = np.array([-0.30, -0.50, -0.25])
"""Elasticity of the share reached on genuine size: on an algorithmic feed followers buy less."""
REACH_MOST = np.array([0.9, 3.0, 0.9])
RESPONSE_LEVEL = np.array([0.25, 0.38, 0.17])
"""Likes per view at 10,000 genuine followers: .0375 of them where a share of .15 is reached."""
RESPONSE_SLOPE = 0.15
HALF_LIFE_DAYS = np.array([1.5, 7.0, 7.0])
"""Days in which a post gathers half of what it will ever gather."""

PHI = 0.9
MOMENTUM_IN_REACH = 0.2
GROWTH, GROWTH_BY_MOMENTUM, GROWTH_NOISE = 0.001, 0.012, 0.003
"""Log growth of the genuine audience a week."""
SHRINKING = 0.004
"""Log loss of audience a week once the account is abandoned."""

AFFECTED_SHARE, POD_SHARE, ABANDONED_SHARE = 0.40, 0.12, 0.08
CREATOR_SD = 0.55
WEARIES_LEAST, WEARIES_MOST = 0.03, 0.08
SELLS_WIDELY_SHARE = 0.12
READS, READERS = 0.12, 400
"""Share of the acts towards a creator that are by readers whom it shares; how many those of one
topic and language are."""
MEAN_LOG_SIZE = np.log(SMALLEST / 1e4) + 1 / PARETO


@dataclass(frozen=True)
class Population:
    """Creators of a world, arrays of length n, or (n, weeks) where a state moves.

    Attributes
    ----------
    language, platform : ndarray of int
        Index into `LANGUAGES`, `PLATFORMS`.
    topics : ndarray, shape (n, n_topics)
        Share of what is said on each topic.
    fake_share : ndarray
        Share of followers that is bought once all are.
    bought_at, abandoned_at : ndarray
        Second of the world; NaN where never, or where bought before the world began.
    pod : ndarray
        Factor on likes and comments by a ring of helpers; 1 without one.
    engagement, conversation, reputation, creator : ndarray
        Qualities N(0, 1), and what the creator alone adds to the log rate.
    momentum, genuine, followers : ndarray, shape (n, weeks)
        State in each week.
    liveliness : ndarray
        `z` of reach and response.
    posts_per_week : ndarray
        Own cadence at momentum 0.
    wearies : ndarray
        Share of the rate that each sponsored post of the last 30 days costs.
    sells_widely, is_formulaic : ndarray of bool
        Much paid work for other brands; one caption over and over with small changes.
    holidays : Holidays
    reads : float
        Share of the acts of an audience that are by `readers`, of whom there are so many for each
        topic and language: what audiences share.
    """

    calendar: Calendar
    ids: Texts
    language: Ints
    country: Texts
    platform: Ints
    topics: Floats
    fake_share: Floats
    bought_at: Floats
    abandoned_at: Floats
    pod: Floats
    engagement: Floats
    conversation: Floats
    reputation: Floats
    creator: Floats
    liveliness: Floats
    posts_per_week: Floats
    wearies: Floats
    sells_widely: Flags
    is_formulaic: Flags
    holidays: Holidays
    momentum: Floats
    genuine: Floats
    followers: Floats
    reads: float = READS
    readers: int = READERS

    def __len__(self) -> int:
        return len(self.ids)

    @property
    def log_size(self) -> Floats:
        """`lg` in each week, shape (n, weeks)."""
        return np.asarray(np.log(self.genuine / 1e4))

    @property
    def reach(self) -> Floats:
        """Median people that one post reaches in each week, shape (n, weeks)."""
        slope = REACH_SLOPE[self.platform][:, None] * self.log_size
        share = REACH_LEVEL[self.platform][:, None] * np.exp(
            slope + 0.45 * self.liveliness[:, None]
        )
        share = np.clip(share, 0.005, REACH_MOST[self.platform][:, None])
        return np.asarray(self.genuine * share * np.exp(MOMENTUM_IN_REACH * self.momentum))

    @property
    def response(self) -> Floats:
        """Median likes per view in each week, pods included, shape (n, weeks)."""
        own = 0.40 * self.engagement + 0.25 * self.conversation - 0.15 * self.liveliness
        log = np.log(RESPONSE_LEVEL[self.platform] * self.pod) + own
        moving = RESPONSE_SLOPE * self.log_size + 0.25 * self.momentum
        return np.asarray(np.minimum(np.exp(log[:, None] + moving), 0.7))

    def is_active(self, creator: Ints, second: Ints) -> Flags:
        """Whether the account was not abandoned yet."""
        return np.asarray(~(self.abandoned_at[creator] <= second))

    def is_present(self, creator: Ints, second: Ints) -> Flags:
        """Whether the creator is there to speak: neither gone nor on holiday."""
        return self.is_active(creator, second) & ~self.holidays.cover(creator, second)

    @property
    def foreign_share(self) -> Floats:
        """Share of its fans who speak the other language."""
        mixed = np.isin(self.country.astype(str), MIXED_COUNTRIES)
        return np.where(mixed, FOREIGN_IN_MIXED, FOREIGN_ELSEWHERE)


def draw_population(n: int, calendar: Calendar, seed: int) -> Population:
    """Draw the creators of a world."""
    rng = stream(seed, "population")
    weeks = calendar.weeks
    reach_of_tail = 1 - (SMALLEST / LARGEST) ** PARETO
    size = SMALLEST * (1 - rng.uniform(size=n) * reach_of_tail) ** (-1 / PARETO)
    log_size = np.log(size / 1e4)
    raw = -0.2 * (log_size - MEAN_LOG_SIZE) + rng.normal(0, 0.95, n)
    language = (rng.uniform(size=n) < FRENCH_SHARE).astype(np.int64)
    platform = rng.choice(len(PLATFORMS), n, p=PLATFORM_SHARES)
    country = texts([""] * n)
    for i, code in enumerate(LANGUAGES):
        names, shares = COUNTRIES[code]
        country[language == i] = rng.choice(names, int((language == i).sum()), p=shares)

    affected = rng.uniform(size=n) < AFFECTED_SHARE
    fake_share = np.where(affected, rng.beta(3, 5, n), rng.beta(2, 20, n))
    buys_here = affected & (rng.uniform(size=n) < 0.5)
    bought_at = np.where(buys_here, rng.uniform(0.1, 0.9, n) * calendar.seconds, np.nan)
    leaves = rng.uniform(size=n) < ABANDONED_SHARE * min(1.0, calendar.days / 547)
    abandoned_at = np.where(leaves, rng.uniform(0.15, 1.0, n) * calendar.seconds, np.nan)
    momentum = _momentum(rng, n, weeks)
    genuine = _genuine(rng, size, fake_share, buys_here, momentum, abandoned_at)
    fake = _fake(genuine, fake_share, bought_at)
    topics = rng.dirichlet(np.full(len(TOPICS), TOPIC_CONCENTRATION), n)
    pod = np.where(rng.uniform(size=n) < POD_SHARE, rng.uniform(1.3, 2.2, n), 1.0)
    engagement, reputation = rng.normal(size=n), rng.normal(size=n)
    ways = stream(seed, "ways")
    return Population(
        calendar=calendar,
        ids=texts([f"c{i:05d}" for i in range(n)]),
        language=language,
        country=country,
        platform=platform,
        topics=topics,
        fake_share=fake_share,
        bought_at=bought_at,
        abandoned_at=abandoned_at,
        pod=pod,
        engagement=engagement,
        conversation=raw,
        reputation=reputation,
        creator=rng.normal(0, CREATOR_SD, n),
        liveliness=rng.normal(size=n),
        posts_per_week=np.exp(rng.normal(np.log(1.1), 0.45, n)),
        wearies=ways.uniform(WEARIES_LEAST, WEARIES_MOST, n),
        sells_widely=ways.uniform(size=n) < SELLS_WIDELY_SHARE,
        is_formulaic=ways.uniform(size=n) < chance(-2.9 - 1.1 * reputation),
        holidays=draw_holidays(calendar, abandoned_at, seed),
        momentum=momentum,
        genuine=genuine,
        followers=np.floor(genuine + fake),
    )


def silence_penalty(population: Population, creator: Ints, second: Ints) -> Floats:
    """Log of what an abandoned account has lost: 5 % a day beyond four times its own cadence."""
    gap_days = 7 / population.posts_per_week[creator]
    silent_days = (second - population.abandoned_at[creator]) / (WEEK / 7)
    lost = np.log(0.95) * np.maximum(np.nan_to_num(silent_days, nan=0.0) - 4 * gap_days, 0)
    return np.asarray(np.maximum(lost, -4.0))


def posting_chance(population: Population) -> Floats:
    """Expected posts of each creator in each week, shape (n, weeks), abandonment aside."""
    swing = np.exp(0.35 * population.momentum - 0.35**2 / 2)
    return np.asarray(population.posts_per_week[:, None] * swing)


def following(population: Population, seed: int) -> Floats:
    """Accounts that each creator follows; some of those who only broadcast follow nobody."""
    rng = stream(seed, "following")
    n = len(population)
    count = np.floor(np.exp(5.6 + 0.3 * population.conversation + rng.normal(0, 0.8, n)))
    nobody = rng.uniform(size=n) < 0.3 * chance(-2.0 - 1.5 * population.conversation)
    return np.asarray(np.where(nobody, 0.0, count))


def _momentum(rng: np.random.Generator, n: int, weeks: int) -> Floats:
    shocks = rng.normal(size=(n, weeks))
    found = np.empty((n, weeks))
    found[:, 0] = shocks[:, 0]
    for week in range(1, weeks):
        found[:, week] = PHI * found[:, week - 1] + np.sqrt(1 - PHI**2) * shocks[:, week]
    return found


def _genuine(
    rng: np.random.Generator,
    size: Floats,
    fake_share: Floats,
    buys_here: Flags,
    momentum: Floats,
    abandoned_at: Floats,
) -> Floats:
    n, weeks = momentum.shape
    growth = GROWTH + GROWTH_BY_MOMENTUM * momentum + rng.normal(0, GROWTH_NOISE, (n, weeks))
    gone = abandoned_at[:, None] <= np.arange(weeks) * WEEK
    growth = np.where(gone, -SHRINKING, growth)
    growth[:, 0] = 0.0
    start = np.where(buys_here, size, size * (1 - fake_share))
    return np.asarray(start[:, None] * np.exp(np.cumsum(growth, axis=1)))


def _fake(genuine: Floats, fake_share: Floats, bought_at: Floats) -> Floats:
    """Bought followers in each week: so many that they are `fake_share` of all when bought."""
    n, weeks = genuine.shape
    week = np.clip(np.nan_to_num(bought_at, nan=0.0) // WEEK, 0, weeks - 1).astype(np.int64)
    bought = genuine[np.arange(n), week] * fake_share / (1 - fake_share)
    return np.asarray(np.where(np.arange(weeks) >= week[:, None], bought[:, None], 0.0))
