"""Campaigns and who is considered for them: brands, briefs, moments, candidates, the choice.

A choice of K creators: most slots go to the popular (sampling with inclusion probabilities that
rise with followers and engagement rate), a few by lot among those left over. Both probabilities are
exact, so the logged propensity is honest:

    propensity = popular + (1 - popular) · lots / (candidates - popular slots)
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from training.world.calendar import DAY, Calendar
from training.world.draws import Flags, Floats, Ints, Texts, stream, texts
from training.world.language import TOPIC_NAMES, filled_with_things
from training.world.names import BRANDS
from training.world.phrases import BRIEFS
from training.world.population import COUNTRIES, Population
from training.world.vocabulary import LANGUAGES, TOPICS

PER_WEEK = 2.5
FIRST_DAY = 42
"""Days before the first decision, so that creators have a past."""
COMING = 3
RUNS_DAYS, ATTRIBUTION_DAYS = 14, 30
CANDIDATES, SLOTS, LOT_SHARE = 60, 12, 0.12
BY_FOLLOWERS, BY_ENGAGEMENT = 0.6, 0.6
"""Log-odds of being picked by one standard deviation, among the candidates, of log followers and of
log engagement rate."""
BASE_RATE, BRAND_SD, CAMPAIGN_SD = 1.2e-3, 0.7, 0.57
"""The level of a campaign: conversions per person reached, and its two spreads in logs
(.7² + .57² = .9²)."""


@dataclass(frozen=True)
class Campaigns:
    """Campaigns in the order of their decision; arrays of length k, times in seconds.

    Attributes
    ----------
    topics : ndarray, shape (k, n_topics)
        What the brief is about; rows add up to 1.
    brand_level, own_level : ndarray
        The two parts of the log rate that a campaign brings.
    is_coming : ndarray of bool
        Decided after the end of the world.
    """

    ids: Texts
    brand: Texts
    brief: Texts
    language: Ints
    country: Texts
    topics: Floats
    brand_level: Floats
    own_level: Floats
    considered_at: Ints
    decided_at: Ints
    starts_at: Ints
    ends_at: Ints
    is_coming: Flags

    def __len__(self) -> int:
        return len(self.ids)

    @property
    def matures_at(self) -> Ints:
        """When every conversion that counts has been counted."""
        return np.asarray(self.ends_at + ATTRIBUTION_DAYS * DAY)


@dataclass(frozen=True)
class Candidates:
    """Creators considered, one row a campaign and creator.

    Attributes
    ----------
    campaign, creator : ndarray of int
        Positions.
    picked, randomised : ndarray of bool
        Chosen; chosen by lot.
    propensity : ndarray
        Probability of being picked; NaN where the choice is still to come.
    """

    campaign: Ints
    creator: Ints
    picked: Flags
    randomised: Flags
    propensity: Floats


def draw_campaigns(calendar: Calendar, seed: int) -> Campaigns:
    """Draw brands and their campaigns, evenly spread with some jitter; the last are to come."""
    rng = stream(seed, "campaigns")
    past = max(int(PER_WEEK * (calendar.days - FIRST_DAY) / 7), 1)
    spread = np.sort(np.arange(past) + rng.uniform(size=past)) / past
    decided = FIRST_DAY * DAY + spread * (calendar.seconds - FIRST_DAY * DAY)
    decided = np.minimum(np.floor(decided), calendar.seconds - 3600)
    later = calendar.seconds + DAY * np.sort(rng.uniform(0.5, 6, COMING))
    decided_at = np.concatenate([decided, later]).astype(np.int64)
    k = len(decided_at)

    names = [(code, name) for code in LANGUAGES for name in BRANDS[code]]
    code_of = texts([code for code, _ in names])
    favoured = np.stack([rng.permutation(len(TOPIC_NAMES))[:2] for _ in names])
    homes = texts([str(rng.choice(COUNTRIES[c][0], p=COUNTRIES[c][1])) for c, _ in names])
    level = rng.normal(0, BRAND_SD, len(names))
    activity = rng.dirichlet(np.full(len(names), 2.0))
    brand = rng.choice(len(names), k, p=activity)

    main = np.where(rng.uniform(size=k) < 0.7, favoured[brand, 0], favoured[brand, 1])
    second = np.where(main == favoured[brand, 0], favoured[brand, 1], favoured[brand, 0])
    has_two = rng.uniform(size=k) < 0.4
    topics = np.zeros((k, len(TOPIC_NAMES)))
    topics[np.arange(k), main] = np.where(has_two, 0.65, 1.0)
    topics[np.arange(k), second] += np.where(has_two, 0.35, 0.0)
    briefs = [
        _brief(rng, str(code_of[b]), names[b][1], int(one), int(two) if both else None)
        for b, one, two, both in zip(brand, main, second, has_two, strict=True)
    ]
    starts_at = decided_at + rng.integers(2 * DAY, 6 * DAY, k)
    considered = np.minimum(
        decided_at - rng.integers(DAY, 5 * DAY, k), calendar.seconds - rng.integers(1, DAY, k)
    )
    return Campaigns(
        ids=texts([f"k{i:04d}" for i in range(k)]),
        brand=texts([names[b][1] for b in brand]),
        brief=texts(briefs),
        language=np.array([LANGUAGES.index(str(code_of[b])) for b in brand], dtype=np.int64),
        country=homes[brand],
        topics=topics,
        brand_level=np.log(BASE_RATE) + level[brand],
        own_level=rng.normal(0, CAMPAIGN_SD, k),
        considered_at=considered.astype(np.int64),
        decided_at=decided_at,
        starts_at=starts_at,
        ends_at=starts_at + RUNS_DAYS * DAY,
        is_coming=decided_at >= calendar.seconds,
    )


def draw_candidates(population: Population, campaigns: Campaigns, seed: int) -> Candidates:
    """Draw who is considered for each campaign, and who is picked."""
    rng = stream(seed, "candidates")
    week = population.calendar.week(campaigns.decided_at)
    log_followers = np.log(population.followers)
    log_engagement = np.log(population.reach * population.response) - log_followers
    parts = []
    for k in range(len(campaigns)):
        creator = _considered(rng, population, campaigns, k)
        size = log_followers[creator, week[k]]
        engaged = log_engagement[creator, week[k]]
        score = BY_FOLLOWERS * _standard(size) + BY_ENGAGEMENT * _standard(engaged)
        slots = min(SLOTS + int(rng.integers(-2, 3)), len(creator) // 2)
        lots = min(int(LOT_SHARE * slots + rng.uniform()), slots - 1)
        popular = _inclusion(score, slots - lots)
        by_popularity = _sample(rng, popular)
        rest = np.flatnonzero(~by_popularity)
        by_lot = np.zeros(len(creator), dtype=bool)
        by_lot[rng.choice(rest, lots, replace=False)] = True
        propensity = popular + (1 - popular) * lots / len(rest)
        parts.append((np.full(len(creator), k), creator, by_popularity, by_lot, propensity))
    campaign, creator, by_popularity, by_lot, propensity = map(
        np.concatenate, zip(*parts, strict=True)
    )
    coming = campaigns.is_coming[campaign]
    return Candidates(
        campaign=campaign.astype(np.int64),
        creator=creator.astype(np.int64),
        picked=(by_popularity | by_lot) & ~coming,
        randomised=by_lot & ~coming,
        propensity=np.where(coming, np.nan, propensity),
    )


def _considered(
    rng: np.random.Generator, population: Population, campaigns: Campaigns, k: int
) -> Ints:
    """About `CANDIDATES` creators: of the language, rather at home and on topic, of any size."""
    fit = population.topics @ campaigns.topics[k]
    weight = np.log(1 + 3 * fit)
    weight += np.where(population.country == campaigns.country[k], 0.7, 0.0)
    weight += np.where(population.language == campaigns.language[k], 0.0, -4.0)
    keys = weight + rng.gumbel(size=len(population))
    count = min(CANDIDATES + int(rng.integers(-6, 7)), max(len(population) // 2, 4))
    return np.sort(np.argsort(-keys)[:count])


def _standard(values: Floats) -> Floats:
    return np.asarray((values - values.mean()) / max(float(values.std()), 1e-9))


def _inclusion(score: Floats, slots: int) -> Floats:
    """Probabilities that rise with the score and add up to the number of slots."""
    low, high = -30.0, 30.0
    for _ in range(60):
        middle = (low + high) / 2
        total = float((1 / (1 + np.exp(-score - middle))).sum())
        low, high = (middle, high) if total < slots else (low, middle)
    found = 1 / (1 + np.exp(-score - (low + high) / 2))
    return np.asarray(found * (slots / found.sum()))


def _sample(rng: np.random.Generator, inclusion: Floats) -> Flags:
    """Systematic sampling in random order: each in with just its probability, the number fixed."""
    order = rng.permutation(len(inclusion))
    edges = np.concatenate([[0.0], np.cumsum(inclusion[order])])
    ticks = np.floor(edges - rng.uniform() + 1e-9)
    found = np.zeros(len(inclusion), dtype=bool)
    found[order] = np.diff(ticks) > 0
    return found


def _brief(rng: np.random.Generator, code: str, brand: str, topic: int, second: int | None) -> str:
    lines = TOPICS[TOPIC_NAMES[topic]][code].lines
    line = lines[rng.integers(len(lines))]
    said = filled_with_things(rng, BRIEFS[code], code, topic, brand=brand, line=line)
    if second is None:
        return said
    more = TOPICS[TOPIC_NAMES[second]][code].lines
    return f"{said} {more[rng.integers(len(more))]}"
