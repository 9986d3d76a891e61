"""What campaigns bring: the law of the rate, reach, fees, conversions and their delays.

    ln rate = campaign (brand part + own part)
            + .45 bend(z(fit)) + .40 conversation + .30 momentum now + .25 reputation
            + .10 engagement
            + creator (sd .55) + pair (sd .6) + what silence has cost
    conversions ~ Poisson(exposed · rate)

`fit` is the square root of the share of talk on the brief's topics, standardised over all
creators; above its 90th percentile more of it is worth less again. Size, pods and bought followers
are no term.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from training.world.campaigns import ATTRIBUTION_DAYS, CAMPAIGN_SD, Campaigns, Candidates
from training.world.draws import Flags, Floats, Ints, stream
from training.world.population import CREATOR_SD, Population, silence_penalty

FIT, CONVERSATION, MOMENTUM, REPUTATION, ENGAGEMENT = 0.45, 0.40, 0.30, 0.25, 0.10
PAIR_SD = 0.6
BENT_SLOPE = -0.3
"""Slope of the effect of fit beyond its 90th percentile, where below it is 1."""
LARGEST_RATE = 0.3

REACH_NOISE = 0.45
EXTRA_POSTS = 0.6
"""Exponent of posts in reach: three posts reach 1.9 times the people of one."""
PACKAGE_OF_THREE = 2.6
SELLS_THREE, BUYS_THREE = 0.35, 0.3
CLICK_RATE = 0.012

FAST_SHARE, FAST_HOURS = 0.4, 6.0
SLOW_MEDIAN_DAYS, SLOW_SIGMA = 3.0, 1.2


@dataclass(frozen=True)
class Packages:
    """What every candidate could be bought for and would have brought, one row a package.

    Attributes
    ----------
    candidate : ndarray of int
        Position among the candidates.
    posts : ndarray of int
    fee, followers, true_reach, true_rate, revealed_rate : ndarray
    fit, bent_fit, momentum, silence : ndarray
        What enters the law and differs from campaign to campaign.
    exposed, conversions, clicks : ndarray of int
        As drawn; counted within the window of attribution.
    bought : ndarray of bool
        The package that was taken of a candidate that was picked.
    """

    candidate: Ints
    posts: Ints
    fee: Floats
    followers: Floats
    true_reach: Floats
    true_rate: Floats
    revealed_rate: Floats
    fit: Floats
    bent_fit: Floats
    momentum: Floats
    silence: Floats
    exposed: Ints
    conversions: Ints
    clicks: Ints
    bought: Flags


def bend(fit: Floats, turn: Floats) -> Floats:
    """Fit as it acts on the rate: straight up to the turn, sloping down beyond it."""
    return np.asarray(np.minimum(fit, turn) + BENT_SLOPE * np.maximum(fit - turn, 0))


def draw_packages(
    population: Population, campaigns: Campaigns, candidates: Candidates, seed: int
) -> Packages:
    """Draw the potential result of every candidate, picked or not."""
    rng = stream(seed, "packages")
    k, c = candidates.campaign, candidates.creator
    second = campaigns.decided_at[k]
    week = population.calendar.week(second)
    momentum = population.momentum[c, week]
    fit, bent = _fits(population, campaigns, k, c)
    silence = silence_penalty(population, c, second)
    known = (
        campaigns.brand_level[k]
        + FIT * bent
        + CONVERSATION * population.conversation[c]
        + MOMENTUM * momentum
        + REPUTATION * population.reputation[c]
        + ENGAGEMENT * population.engagement[c]
        + silence
    )
    pair = rng.normal(0, PAIR_SD, len(k))
    rate = np.exp(known + campaigns.own_level[k] + population.creator[c] + pair)
    hidden = CAMPAIGN_SD**2 + CREATOR_SD**2 + PAIR_SD**2
    revealed = np.exp(known + hidden / 2)
    median_reach = population.reach[c, week]
    luck = rng.normal(0, REACH_NOISE, len(k))
    log_size = np.log(population.followers[c, week] / 1e4)
    taste = rng.normal(size=len(k))
    price = 60 * np.exp(0.85 * log_size + 0.15 * population.engagement[c] + 0.5 * taste)
    sells_three = rng.uniform(size=len(k)) < SELLS_THREE
    takes_three = sells_three & (rng.uniform(size=len(k)) < BUYS_THREE)

    # One post first, then what two more add: who brings much with one brings much with three.
    candidate = np.concatenate([np.arange(len(k)), np.flatnonzero(sells_three)])
    posts = np.where(np.arange(len(candidate)) < len(k), 1, 3)
    factor = posts**EXTRA_POSTS
    true_rate = np.minimum(rate, LARGEST_RATE)
    mean_reach = median_reach * np.exp(REACH_NOISE**2 / 2)
    people = np.maximum(np.round(median_reach * np.exp(luck))[candidate] * factor, 1)
    exposed = np.round(people).astype(np.int64)
    once = exposed[: len(k)]
    conversions = np.minimum(rng.poisson(once * true_rate), once)
    added = exposed[len(k) :] - once[sells_three]
    more = np.minimum(rng.poisson(added * true_rate[sells_three]), added)
    conversions = np.concatenate([conversions, conversions[sells_three] + more])
    clicks = conversions + rng.binomial(exposed - conversions, CLICK_RATE)
    order = np.lexsort([posts, candidate])
    candidate, posts = candidate[order], posts[order]
    return Packages(
        candidate=candidate,
        posts=posts,
        fee=np.round(price[candidate] * np.where(posts == 3, PACKAGE_OF_THREE, 1.0), 2),
        followers=population.followers[c, week][candidate],
        true_reach=mean_reach[candidate] * factor[order],
        true_rate=true_rate[candidate],
        revealed_rate=np.minimum(revealed, LARGEST_RATE)[candidate],
        fit=fit[candidate],
        bent_fit=bent[candidate],
        momentum=momentum[candidate],
        silence=silence[candidate],
        exposed=exposed[order],
        conversions=conversions[order],
        clicks=clicks[order],
        bought=candidates.picked[candidate] & ((posts == 3) == takes_three[candidate]),
    )


def draw_delays(conversions: Ints, seed: int) -> tuple[Ints, Floats]:
    """Hours from exposure to each conversion: of those counted, and of those that came too late.

    Parameters
    ----------
    conversions : ndarray of int
        Counted within the window, one number a row.

    Returns
    -------
    row : ndarray of int
        Position in `conversions`, sorted.
    hours : ndarray
        At most the window for as many as were counted; the others never entered the tables.
    """
    rng = stream(seed, "delays")
    window = 24.0 * ATTRIBUTION_DAYS
    row = np.repeat(np.arange(len(conversions)), conversions)
    hours = _delays(rng, len(row))
    while (over := np.flatnonzero(hours > window)).size:
        hours[over] = _delays(rng, len(over))
    # For each counted one a late one as often as the process makes them.
    anew = _delays(rng, len(row))
    late = np.flatnonzero(anew > window)
    row, hours = np.concatenate([row, row[late]]), np.concatenate([hours, anew[late]])
    order = np.argsort(row, kind="stable")
    return row[order], hours[order]


def _delays(rng: np.random.Generator, n: int) -> Floats:
    fast = rng.exponential(FAST_HOURS, n)
    slow = 24 * SLOW_MEDIAN_DAYS * np.exp(rng.normal(0, SLOW_SIGMA, n))
    return np.asarray(np.where(rng.uniform(size=n) < FAST_SHARE, fast, slow))


def _fits(population: Population, campaigns: Campaigns, k: Ints, c: Ints) -> tuple[Floats, Floats]:
    """Standardised fit of candidates, and as it acts."""
    share = np.sqrt(population.topics @ campaigns.topics.T)
    fit = (share - share.mean(axis=0)) / share.std(axis=0)
    turn = np.quantile(fit, 0.9, axis=0)
    own = fit[c, k]
    return np.asarray(own), bend(np.asarray(own), turn[k])
