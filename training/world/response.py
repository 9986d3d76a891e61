"""What campaigns bring: the law of the rate, reach and conversions.

    ln rate = campaign (brand part + own part)
            + .45 bend(z(fit)) + .40 conversation + .30 momentum now + .25 reputation
            + .10 engagement + .20 attention after a leader's word
            + creator (sd .55) + pair (sd .6) + what silence has cost
            + ln(1 - own weariness) for each sponsored post of the 30 days before the decision
    conversions ~ Poisson(exposed · rate)

`fit` is the square root of the share of talk on the brief's topics, standardised over all
creators; above its 90th percentile more of it is worth less again. Size, pods, rings, bought
followers and holidays are no term.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from training.world.calendar import DAY, by_creator
from training.world.campaigns import CAMPAIGN_SD, Campaigns, Candidates
from training.world.draws import Floats, Ints, stream
from training.world.offers import Offers
from training.world.population import CREATOR_SD, Population, silence_penalty
from training.world.posts import Posts
from training.world.shocks import VIEWS, Shocks

FIT, CONVERSATION, MOMENTUM, REPUTATION, ENGAGEMENT = 0.45, 0.40, 0.30, 0.25, 0.10
ATTENTION = 0.20
PAIR_SD = 0.6
BENT_SLOPE = -0.3
"""Slope of the effect of fit beyond its 90th percentile, where below it is 1."""
LARGEST_RATE = 0.3
LOAD_DAYS = 30

REACH_NOISE = 0.45
EXTRA_POSTS = 0.6
"""Exponent of posts in reach: three posts reach 1.9 times the people of one."""
CLICK_RATE = 0.012


@dataclass(frozen=True)
class Potential:
    """What every candidate would have brought, one row an offer.

    Attributes
    ----------
    followers, true_reach, true_rate, revealed_rate : ndarray
    fit, bent_fit, momentum, silence, attention, sponsored_load, fatigue, pair : ndarray
        What enters the law and differs from campaign to campaign.
    exposed, conversions, clicks : ndarray of int
        As drawn; counted within the window of attribution.
    """

    followers: Floats
    true_reach: Floats
    true_rate: Floats
    revealed_rate: Floats
    fit: Floats
    bent_fit: Floats
    momentum: Floats
    silence: Floats
    attention: Floats
    sponsored_load: Ints
    fatigue: Floats
    pair: Floats
    exposed: Ints
    conversions: Ints
    clicks: Ints


def bend(fit: Floats, turn: Floats) -> Floats:
    """Fit as it acts on the rate: straight up to the turn, sloping down beyond it."""
    return np.asarray(np.minimum(fit, turn) + BENT_SLOPE * np.maximum(fit - turn, 0))


def sponsored_load(posts: Posts, creator: Ints, second: Ints) -> Ints:
    """Sponsored posts of a creator in the 30 days before a second, row by row."""
    paid = np.sort(by_creator(posts.creator, posts.second)[posts.sponsored])
    until = np.searchsorted(paid, by_creator(creator, second))
    since = np.searchsorted(paid, by_creator(creator, np.maximum(second - LOAD_DAYS * DAY, 0)))
    return np.asarray(until - since)


def draw_potential(
    population: Population,
    shocks: Shocks,
    campaigns: Campaigns,
    candidates: Candidates,
    offers: Offers,
    posts: Posts,
    seed: int,
) -> Potential:
    """Draw the potential result of every candidate, picked or not."""
    rng = stream(seed, "packages")
    k, c = candidates.campaign, candidates.creator
    second = campaigns.decided_at[k]
    week = population.calendar.week(second)
    momentum = population.momentum[c, week]
    fit, bent = _fits(population, campaigns, k, c)
    silence = silence_penalty(population, c, second)
    attention = shocks.attention(c, second)
    load = sponsored_load(posts, c, second)
    fatigue = np.asarray(load * np.log(1 - population.wearies[c]), dtype=np.float64)
    known = (
        campaigns.brand_level[k]
        + FIT * bent
        + CONVERSATION * population.conversation[c]
        + MOMENTUM * momentum
        + REPUTATION * population.reputation[c]
        + ENGAGEMENT * population.engagement[c]
        + ATTENTION * attention
        + silence
        + fatigue
    )
    pair = rng.normal(0, PAIR_SD, len(k))
    rate = np.exp(known + campaigns.own_level[k] + population.creator[c] + pair)
    rate = np.minimum(rate, LARGEST_RATE)
    hidden = CAMPAIGN_SD**2 + CREATOR_SD**2 + PAIR_SD**2
    revealed = np.minimum(np.exp(known + hidden / 2), LARGEST_RATE)
    median_reach = population.reach[c, week] * np.exp(VIEWS * attention)
    people = median_reach * np.exp(rng.normal(0, REACH_NOISE, len(k)))

    # One post first, then what two more add: who brings much with one brings much with three.
    of, factor = offers.candidate, offers.posts**EXTRA_POSTS
    exposed = np.round(np.maximum(np.round(people)[of] * factor, 1)).astype(np.int64)
    single = offers.posts == 1
    once = exposed[single]
    first = np.minimum(rng.poisson(once * rate), once)
    added = exposed - once[of]
    more = np.minimum(rng.poisson(added * rate[of]), added)
    conversions = first[of] + more
    return Potential(
        followers=population.followers[c, week][of],
        true_reach=(median_reach * np.exp(REACH_NOISE**2 / 2))[of] * factor,
        true_rate=rate[of],
        revealed_rate=revealed[of],
        fit=fit[of],
        bent_fit=bent[of],
        momentum=momentum[of],
        silence=silence[of],
        attention=attention[of],
        sponsored_load=load[of],
        fatigue=fatigue[of],
        pair=pair[of],
        exposed=exposed,
        conversions=conversions,
        clicks=conversions + rng.binomial(exposed - conversions, CLICK_RATE),
    )


def _fits(population: Population, campaigns: Campaigns, k: Ints, c: Ints) -> tuple[Floats, Floats]:
    """Standardised fit of candidates, and as it acts."""
    share = np.sqrt(population.topics @ campaigns.topics.T)
    fit = (share - share.mean(axis=0)) / share.std(axis=0)
    turn = np.quantile(fit, 0.9, axis=0)
    own = fit[c, k]
    return np.asarray(own), bend(np.asarray(own), turn[k])
