"""The simulated market: the tables of the contract, and beside them the truth that made them.

Left out, with room for it:

- conversions lost to overlap (audiences overlap, and the truth says by how much; but whoever is
  reached by two creators may convert with each);
- the share of conversions that tracking sees;
- readings of outcomes before they are mature.

Each is a term of `response` or a state of `population`.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import pandas as pd

from training.world.acts import interactions_table
from training.world.calendar import Calendar, moments
from training.world.campaigns import (
    ATTRIBUTION_DAYS,
    Campaigns,
    Candidates,
    draw_campaigns,
    draw_candidates,
)
from training.world.draws import texts
from training.world.holdout import Holdout, draw_holdout
from training.world.offers import Offers, draw_offers
from training.world.population import READERS, READS, Population, draw_population
from training.world.posts import audience_table, draw_posts, metrics_table, posts_table
from training.world.profiles import make_credentials, make_profiles
from training.world.readership import truth_of_audiences
from training.world.response import Potential, draw_potential
from training.world.rings import draw_rings
from training.world.shocks import draw_shocks, find_leaders, grown
from training.world.talk import draw_talk
from training.world.truth import (
    PACKAGE_NAMES,
    effects,
    truth_of_campaigns,
    truth_of_candidates,
    truth_of_creators,
    truth_of_delays,
    truth_of_holidays,
    truth_of_posts,
    truth_of_shocks,
)
from training.world.vocabulary import LANGUAGES

LEAST_CREATORS, LEAST_MONTHS = 20, 3


@dataclass(frozen=True)
class World:
    """A simulated market.

    Attributes
    ----------
    tables : dict of DataFrame
        Tables of the contract by name; times naive UTC, to the second.
    truth : dict of DataFrame
        `potential`: one row for every candidate of every campaign and package (`package`, `posts`):
        `fee`, `followers` at the decision, `true_reach` (mean people exposed), `true_rate`,
        `revealed_rate` (its expectation without the campaign's own part and the noise of creator
        and pair), `incremental_share` (the part of `true_rate` that would not have come without the
        creator), what enters the law (`fit`, `bent_fit`, `momentum`, `attention`, `silence`,
        `fatigue` by `sponsored_load`, the noise of the `pair`), `on_holiday`, `exposed` and
        `conversions` as drawn, `picked`, `bought` (the package taken), `is_coming`.
        `creators`: qualities, size, fakes, pods, rings, leaders, abandonment, what it does by
        habit. `campaigns`: the two parts of their level, `incremental_share`, `holds_out` (whether
        outcomes have a control), and topics. `effects`: the coefficients of
        the law, by name and quality. `delays`: hours from exposure to each conversion of the
        packages bought, and whether it counted. `posts`: topic, captions varied, complaints.
        `holidays` and `shocks`: each pause, each word of a leader. `audiences`: of what people
        each audience is drawn, and how often (`readership`).
    """

    tables: dict[str, pd.DataFrame]
    truth: dict[str, pd.DataFrame]


def simulate(
    *,
    creators: int = 2000,
    months: int = 18,
    seed: int = 0,
    reads: float = READS,
    readers: int = READERS,
) -> World:
    """Draw a market that begins on 2023-01-01; the same arguments give the same market.

    Parameters
    ----------
    creators, months : int
        At least `LEAST_CREATORS` and `LEAST_MONTHS`.
    reads : float
        Share of the acts of each audience that are by people whom creators of a topic and language
        have in common, in [0, 1]; the more, the more audiences overlap.
    readers : int
        How many these are, at least 1; the fewer, the more audiences overlap.

    Raises
    ------
    ValueError
        When the market would be too small to hold a campaign, or nobody could read in it.

    Examples
    --------
    >>> world = simulate(creators=40, months=4)
    >>> int(world.tables["campaigns"]["starts_at"].min().year)
    2023
    """
    if creators < LEAST_CREATORS or months < LEAST_MONTHS:
        raise ValueError(
            f"a market of {creators} creators and {months} months is too small: give at least "
            f"{LEAST_CREATORS} creators and {LEAST_MONTHS} months"
        )
    if not 0 <= reads <= 1 or readers < 1:
        raise ValueError(
            f"reads must be a share in [0, 1] and readers at least 1, not {reads} and {readers}"
        )
    population = draw_population(creators, Calendar.of(months), seed)
    return unfold(replace(population, reads=reads, readers=readers), seed)


def unfold(population: Population, seed: int) -> World:
    """The market in which given creators live: what they do, what happens to them, what they sell.

    Parameters
    ----------
    population : Population
        What `draw_population` gave, or a variation of it: nobody's qualities need be drawn.
    """
    shocks = draw_shocks(population, seed)
    population = grown(population, shocks)
    campaigns = draw_campaigns(population.calendar, seed)
    candidates = draw_candidates(population, campaigns, seed)
    offers = draw_offers(population, campaigns, candidates, seed)
    bought = offers.posts_bought(candidates)
    posts = draw_posts(population, shocks, campaigns, candidates, bought, seed)
    ring = draw_rings(population, seed)
    spoken, posts, met = draw_talk(population, shocks, ring, posts, seed)
    potential = draw_potential(population, shocks, campaigns, candidates, offers, posts, seed)
    holdout = draw_holdout(population, campaigns, candidates, offers, potential, seed)
    tables = {
        "creators": make_profiles(population, seed),
        "credentials": make_credentials(population, seed),
        "posts": posts_table(population, posts),
        "post_metrics": metrics_table(population, posts, seed),
        "interactions": interactions_table(spoken, posts),
        "audience": audience_table(population, seed),
        "campaigns": _campaigns_table(campaigns),
        "outcomes": _outcomes_table(population, campaigns, candidates, offers, potential, holdout),
        "candidates": _candidates_table(population, campaigns, candidates),
        "offers": _offers_table(population, campaigns, candidates, offers),
    }
    truth = {
        "potential": truth_of_candidates(
            population, campaigns, candidates, offers, potential, holdout
        ),
        "creators": truth_of_creators(population, ring, find_leaders(population)),
        "campaigns": truth_of_campaigns(campaigns, holdout),
        "effects": effects(),
        "delays": truth_of_delays(population, campaigns, candidates, offers, potential, seed),
        "posts": truth_of_posts(population, posts),
        "holidays": truth_of_holidays(population),
        "shocks": truth_of_shocks(population, shocks),
        "audiences": truth_of_audiences(population, met),
    }
    return World(tables, truth)


def write_world(world: World, folder: Path) -> None:
    """Write `folder/NAME.parquet` for each table, and `folder/truth/NAME.parquet`.

    The truth lies in a folder of its own, which the other commands do not read.
    """
    (folder / "truth").mkdir(parents=True, exist_ok=True)
    for place, frames in ((folder, world.tables), (folder / "truth", world.truth)):
        for name, frame in frames.items():
            frame.to_parquet(place / f"{name}.parquet", index=False, compression="zstd")


def _campaigns_table(campaigns: Campaigns) -> pd.DataFrame:
    return pd.DataFrame(
        {
            "campaign_id": campaigns.ids,
            "brand": campaigns.brand,
            "brief": campaigns.brief,
            "starts_at": moments(campaigns.starts_at),
            "ends_at": moments(campaigns.ends_at),
            "decided_at": moments(campaigns.decided_at),
            "language": texts(list(LANGUAGES))[campaigns.language],
            "country": campaigns.country,
            "attribution_days": ATTRIBUTION_DAYS,
            "currency": "EUR",
        }
    )


def _outcomes_table(
    population: Population,
    campaigns: Campaigns,
    candidates: Candidates,
    offers: Offers,
    potential: Potential,
    holdout: Holdout,
) -> pd.DataFrame:
    """What was bought and has matured, read at maturity."""
    row = np.flatnonzero(offers.bought)
    campaign = candidates.campaign[offers.candidate[row]]
    row = row[campaigns.matures_at[campaign] < population.calendar.seconds]
    of = offers.candidate[row]
    campaign = candidates.campaign[of]
    has_control = holdout.holds_out[campaign]
    return pd.DataFrame(
        {
            "campaign_id": campaigns.ids[campaign],
            "creator_id": population.ids[candidates.creator[of]],
            "exposed": potential.exposed[row],
            "exposed_unit": "people",
            "conversions": potential.conversions[row],
            "posts": offers.posts[row],
            "clicks": potential.clicks[row],
            "fee": offers.fee[row],
            "measured_at": moments(campaigns.matures_at[campaign]),
            "propensity": candidates.propensity[of],
            "randomised": candidates.randomised[of],
            "control_exposed": np.where(has_control, holdout.control_exposed[row], np.nan),
            "control_conversions": np.where(has_control, holdout.control_conversions[row], np.nan),
        }
    )


def _candidates_table(
    population: Population, campaigns: Campaigns, candidates: Candidates
) -> pd.DataFrame:
    return pd.DataFrame(
        {
            "campaign_id": campaigns.ids[candidates.campaign],
            "creator_id": population.ids[candidates.creator],
            "picked": candidates.picked,
            "considered_at": moments(campaigns.considered_at[candidates.campaign]),
            "propensity": candidates.propensity,
            "randomised": candidates.randomised,
        }
    )


def _offers_table(
    population: Population, campaigns: Campaigns, candidates: Candidates, offers: Offers
) -> pd.DataFrame:
    of = offers.candidate
    return pd.DataFrame(
        {
            "campaign_id": campaigns.ids[candidates.campaign[of]],
            "creator_id": population.ids[candidates.creator[of]],
            "fee": offers.fee,
            "package": pd.Series(offers.posts).map(PACKAGE_NAMES),
            "posts": offers.posts,
        }
    )
