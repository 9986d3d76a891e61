"""What would have been without the creator: incremental shares, and groups that are held out.

    share of a campaign ~ Beta(6, 3)
    logit share of a creator in it = logit share of the campaign + own part (sd .3)
    control conversions ~ Poisson(held out · rate · (1 − share))

Campaigns differ in how many buy anyway: mean 2/3, as field tests say that 20 to 60 % of what is
attributed would have come without. Audiences differ too, in how many of them are customers already;
that part is the creator's own, whatever the campaign. A third of the campaigns hold a group out
beside each creator that they buy, of .2 to .6 times as many people as were exposed: people who
would have been reached and were not, so that nothing else of the market moves.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy.special import expit, logit

from training.world.campaigns import Campaigns, Candidates
from training.world.draws import Flags, Floats, Ints, stream
from training.world.offers import Offers
from training.world.population import Population
from training.world.response import Potential

SHARE = (6.0, 3.0)
"""Parameters of the Beta distribution of campaigns' shares."""
OWN_SD = 0.3
HOLDS_OUT = 1 / 3
SIZE = (0.2, 0.6)
"""Least and largest size of a held-out group, as a part of the people exposed."""


@dataclass(frozen=True)
class Holdout:
    """Shares of campaigns and of offers, and the groups held out.

    Attributes
    ----------
    of_campaign : ndarray, shape (campaigns,)
        Incremental share, 0..1.
    holds_out : ndarray of bool, shape (campaigns,)
    share : ndarray, shape (offers,)
        Part of each offer's rate that is incremental.
    control_exposed, control_conversions : ndarray of int, shape (offers,)
        Drawn for every offer; to be looked at where the campaign holds out.
    """

    of_campaign: Floats
    holds_out: Flags
    share: Floats
    control_exposed: Ints
    control_conversions: Ints


def draw_holdout(
    population: Population,
    campaigns: Campaigns,
    candidates: Candidates,
    offers: Offers,
    potential: Potential,
    seed: int,
) -> Holdout:
    """Draw from a stream of its own: what the other parts draw stays as it is."""
    rng = stream(seed, "holdout")
    of_campaign = rng.beta(*SHARE, len(campaigns))
    holds_out = rng.uniform(size=len(campaigns)) < HOLDS_OUT
    size = rng.uniform(*SIZE, len(campaigns))
    own = rng.normal(0, OWN_SD, len(population))
    campaign = candidates.campaign[offers.candidate]
    creator = candidates.creator[offers.candidate]
    share = expit(logit(of_campaign)[campaign] + own[creator])
    held_out = np.maximum(np.round(potential.exposed * size[campaign]), 1).astype(np.int64)
    converted = rng.poisson(held_out * potential.true_rate * (1 - share))
    return Holdout(of_campaign, holds_out, share, held_out, np.minimum(converted, held_out))
