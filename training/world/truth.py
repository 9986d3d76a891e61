"""What nobody in the market knows: the tables of truth."""

from __future__ import annotations

import numpy as np
import pandas as pd

from training.world import response
from training.world.calendar import moments
from training.world.campaigns import ATTRIBUTION_DAYS, CAMPAIGN_SD, Campaigns, Candidates
from training.world.delays import draw_delays
from training.world.draws import Flags, Ints, texts
from training.world.holdout import Holdout
from training.world.language import TOPIC_NAMES
from training.world.offers import Offers
from training.world.population import CREATOR_SD, Population
from training.world.posts import Posts
from training.world.response import Potential
from training.world.shocks import Shocks

PACKAGE_NAMES = {1: "one post", 3: "three posts"}


def effects() -> pd.DataFrame:
    """The law of the rate: `name`, `quality`, `coefficient` in logs; spreads of noise by `sd`."""
    rows = [
        ("bent_fit", "relevance", response.FIT, None),
        ("conversation", "engagement", response.CONVERSATION, None),
        ("engagement", "engagement", response.ENGAGEMENT, None),
        ("reputation", "reputation", response.REPUTATION, None),
        ("momentum", "momentum", response.MOMENTUM, None),
        ("attention", "momentum", response.ATTENTION, None),
        ("silence", "momentum", 1.0, None),
        ("on_holiday", "momentum", 0.0, None),
        ("fatigue", "reputation", 1.0, None),
        ("log_followers", "popularity", 0.0, None),
        ("fake_share", "popularity", 0.0, None),
        ("pod", "popularity", 0.0, None),
        ("in_ring", "popularity", 0.0, None),
        ("campaign", "noise", None, CAMPAIGN_SD),
        ("creator", "noise", None, CREATOR_SD),
        ("pair", "noise", None, response.PAIR_SD),
    ]
    return pd.DataFrame(rows, columns=["name", "quality", "coefficient", "sd"]).astype(
        {"coefficient": "float64", "sd": "float64"}
    )


def truth_of_candidates(
    population: Population,
    campaigns: Campaigns,
    candidates: Candidates,
    offers: Offers,
    potential: Potential,
    holdout: Holdout,
) -> pd.DataFrame:
    """One row an offer: its result, picked or not, and what enters the law."""
    of = offers.candidate
    campaign, creator = candidates.campaign[of], candidates.creator[of]
    return pd.DataFrame(
        {
            "campaign_id": campaigns.ids[campaign],
            "creator_id": population.ids[creator],
            "package": pd.Series(offers.posts).map(PACKAGE_NAMES),
            "posts": offers.posts,
            "fee": offers.fee,
            "followers": potential.followers,
            "true_reach": potential.true_reach,
            "true_rate": potential.true_rate,
            "revealed_rate": potential.revealed_rate,
            "incremental_share": holdout.share,
            "fit": potential.fit,
            "bent_fit": potential.bent_fit,
            "momentum": potential.momentum,
            "attention": potential.attention,
            "silence": potential.silence,
            "on_holiday": population.holidays.cover(creator, campaigns.decided_at[campaign]),
            "sponsored_load": potential.sponsored_load,
            "fatigue": potential.fatigue,
            "pair": potential.pair,
            "exposed": potential.exposed,
            "conversions": potential.conversions,
            "picked": candidates.picked[of],
            "bought": offers.bought,
            "is_coming": campaigns.is_coming[campaign],
        }
    )


def truth_of_creators(population: Population, ring: Ints, leads: Flags) -> pd.DataFrame:
    """One row a creator: its qualities, and how it came by what it shows."""
    frame = pd.DataFrame(
        {
            "creator_id": population.ids,
            "engagement": population.engagement,
            "conversation": population.conversation,
            "reputation": population.reputation,
            "creator": population.creator,
            "genuine_at_start": population.genuine[:, 0],
            "fake_share": population.fake_share,
            "bought_at": moments(population.bought_at),
            "pod": population.pod,
            "ring": texts([f"ring{number}" if number >= 0 else None for number in ring]),
            "in_ring": ring >= 0,
            "leads": leads,
            "wearies": population.wearies,
            "sells_widely": population.sells_widely,
            "is_formulaic": population.is_formulaic,
            "foreign_share": population.foreign_share,
            "posts_per_week": population.posts_per_week,
            "abandoned_at": moments(population.abandoned_at),
        }
    )
    shares = pd.DataFrame(population.topics, columns=[f"topic_{name}" for name in TOPIC_NAMES])
    return pd.concat([frame, shares], axis=1)


def truth_of_campaigns(campaigns: Campaigns, holdout: Holdout) -> pd.DataFrame:
    """One row a campaign: the two parts of its level, its lift, its topics."""
    names = texts(list(TOPIC_NAMES))
    second = np.where(
        (campaigns.topics > 0).sum(axis=1) > 1, np.argsort(campaigns.topics, axis=1)[:, -2], -1
    )
    return pd.DataFrame(
        {
            "campaign_id": campaigns.ids,
            "brand_level": campaigns.brand_level,
            "own_level": campaigns.own_level,
            "incremental_share": holdout.of_campaign,
            "holds_out": holdout.holds_out,
            "topic": names[campaigns.topics.argmax(axis=1)],
            "second_topic": np.append(names, texts([None]))[second],
            "is_coming": campaigns.is_coming,
        }
    )


def truth_of_delays(
    population: Population,
    campaigns: Campaigns,
    candidates: Candidates,
    offers: Offers,
    potential: Potential,
    seed: int,
) -> pd.DataFrame:
    """One row a conversion of what was bought: its delay, and whether it counted."""
    bought = np.flatnonzero(offers.bought)
    row, hours = draw_delays(potential.conversions[bought], seed)
    of = offers.candidate[bought[row]]
    return pd.DataFrame(
        {
            "campaign_id": campaigns.ids[candidates.campaign[of]],
            "creator_id": population.ids[candidates.creator[of]],
            "hours": hours,
            "counted": hours <= 24 * ATTRIBUTION_DAYS,
        }
    )


def truth_of_posts(population: Population, posts: Posts) -> pd.DataFrame:
    """One row a post: what it is about (null where about life), and what it is made of."""
    return pd.DataFrame(
        {
            "post_id": posts.ids,
            "creator_id": population.ids[posts.creator],
            "topic": texts([*TOPIC_NAMES, None])[posts.topic],
            "is_varied": posts.is_varied,
            "is_sympathy": posts.is_sympathy,
        }
    )


def truth_of_holidays(population: Population) -> pd.DataFrame:
    """One row a pause."""
    holidays = population.holidays
    return pd.DataFrame(
        {
            "creator_id": population.ids[holidays.creator],
            "begins_at": moments(holidays.begins),
            "ends_at": moments(holidays.ends),
        }
    )


def truth_of_shocks(population: Population, shocks: Shocks) -> pd.DataFrame:
    """One row a leader's word about a creator."""
    return pd.DataFrame(
        {
            "leader_id": population.ids[shocks.leader],
            "creator_id": population.ids[shocks.creator],
            "occurred_at": moments(shocks.second),
            "strength": shocks.strength,
        }
    )
