"""What nobody in the market knows: the tables of truth."""

from __future__ import annotations

import numpy as np
import pandas as pd

from training.world import response
from training.world.calendar import moments
from training.world.campaigns import ATTRIBUTION_DAYS, CAMPAIGN_SD, Campaigns, Candidates
from training.world.draws import texts
from training.world.language import TOPIC_NAMES
from training.world.population import CREATOR_SD, Population
from training.world.response import Packages, draw_delays

PACKAGE_NAMES = {1: "one post", 3: "three posts"}


def make_truth(
    population: Population,
    campaigns: Campaigns,
    candidates: Candidates,
    packages: Packages,
    seed: int,
) -> dict[str, pd.DataFrame]:
    """The tables of truth by name."""
    return {
        "potential": _potential(population, campaigns, candidates, packages),
        "creators": _creators(population),
        "campaigns": _campaigns(campaigns),
        "effects": effects(),
        "delays": _delays(population, campaigns, candidates, packages, seed),
    }


def effects() -> pd.DataFrame:
    """The law of the rate: `name`, `quality`, `coefficient` in logs; spreads of noise by `sd`."""
    rows = [
        ("bent_fit", "relevance", response.FIT, None),
        ("conversation", "engagement", response.CONVERSATION, None),
        ("engagement", "engagement", response.ENGAGEMENT, None),
        ("reputation", "reputation", response.REPUTATION, None),
        ("momentum", "momentum", response.MOMENTUM, None),
        ("silence", "momentum", 1.0, None),
        ("log_followers", "popularity", 0.0, None),
        ("fake_share", "popularity", 0.0, None),
        ("pod", "popularity", 0.0, None),
        ("campaign", "noise", None, CAMPAIGN_SD),
        ("creator", "noise", None, CREATOR_SD),
        ("pair", "noise", None, response.PAIR_SD),
    ]
    return pd.DataFrame(rows, columns=["name", "quality", "coefficient", "sd"]).astype(
        {"coefficient": "float64", "sd": "float64"}
    )


def _potential(
    population: Population, campaigns: Campaigns, candidates: Candidates, packages: Packages
) -> pd.DataFrame:
    of = packages.candidate
    campaign = candidates.campaign[of]
    return pd.DataFrame(
        {
            "campaign_id": campaigns.ids[campaign],
            "creator_id": population.ids[candidates.creator[of]],
            "package": pd.Series(packages.posts).map(PACKAGE_NAMES),
            "posts": packages.posts,
            "fee": packages.fee,
            "followers": packages.followers,
            "true_reach": packages.true_reach,
            "true_rate": packages.true_rate,
            "revealed_rate": packages.revealed_rate,
            "fit": packages.fit,
            "bent_fit": packages.bent_fit,
            "momentum": packages.momentum,
            "silence": packages.silence,
            "exposed": packages.exposed,
            "conversions": packages.conversions,
            "picked": candidates.picked[of],
            "bought": packages.bought,
            "is_coming": campaigns.is_coming[campaign],
        }
    )


def _creators(population: Population) -> pd.DataFrame:
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
            "posts_per_week": population.posts_per_week,
            "abandoned_at": moments(population.abandoned_at),
        }
    )
    shares = pd.DataFrame(population.topics, columns=[f"topic_{name}" for name in TOPIC_NAMES])
    return pd.concat([frame, shares], axis=1)


def _campaigns(campaigns: Campaigns) -> pd.DataFrame:
    names = texts(list(TOPIC_NAMES))
    second = np.where(
        (campaigns.topics > 0).sum(axis=1) > 1, np.argsort(campaigns.topics, axis=1)[:, -2], -1
    )
    return pd.DataFrame(
        {
            "campaign_id": campaigns.ids,
            "brand_level": campaigns.brand_level,
            "own_level": campaigns.own_level,
            "topic": names[campaigns.topics.argmax(axis=1)],
            "second_topic": np.append(names, texts([None]))[second],
            "is_coming": campaigns.is_coming,
        }
    )


def _delays(
    population: Population,
    campaigns: Campaigns,
    candidates: Candidates,
    packages: Packages,
    seed: int,
) -> pd.DataFrame:
    bought = np.flatnonzero(packages.bought)
    row, hours = draw_delays(packages.conversions[bought], seed)
    of = packages.candidate[bought[row]]
    return pd.DataFrame(
        {
            "campaign_id": campaigns.ids[candidates.campaign[of]],
            "creator_id": population.ids[candidates.creator[of]],
            "hours": hours,
            "counted": hours <= 24 * ATTRIBUTION_DAYS,
        }
    )
