"""What share of the conversions that are attributed to creators would not have come without them.

Each campaign that held groups out has a share of its own, ``1 - control rate / treated rate``,
drawn from a Beta distribution that the campaigns of a market have in common (partial pooling,
empirical Bayes over a grid of that distribution's mean and concentration). Given all conversions of
a campaign and its control, how many fall to the control is binomial, whatever the level of rates:

    controls ~ Binomial(all, (1 − s) m / ((1 − s) m + n)),   n exposed, m held out

What is learned is what may be said of the next campaign: the geometric mean of its share, which
lies below the mean and so claims less, and the standard deviation of its log, in which the spread
of campaigns and what so few of them leave unknown are together.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd
from scipy.special import betaln, logsumexp, xlog1py, xlogy

from models.lift import Arms, has_control

Floats = npt.NDArray[np.float64]

LEAST_OUTCOMES = 30
LEAST_CAMPAIGNS = 5
LARGEST_SD = 0.7
"""Spread of the log beyond which nothing is claimed: 80 % within a factor of 2.5 either way."""
NEEDED = (
    f"control_exposed and control_conversions in at least {LEAST_OUTCOMES} matured outcomes of at "
    f"least {LEAST_CAMPAIGNS} campaigns, with conversions enough to tell the share within a "
    f"factor of {np.exp(LARGEST_SD * 1.2816):.1f}"
)
"""What it takes to learn a share, in words."""

_SHARES = (np.arange(200) + 0.5) / 200
_MEANS = (np.arange(40) + 0.5) / 40
_CONCENTRATIONS = np.geomspace(2, 200, 16)
"""Means are equally likely beforehand, and so are logs of concentrations: no lift is presumed, and
little data are drawn to a half."""


@dataclass(frozen=True)
class IncrementalShare:
    """The incremental share of a campaign to come.

    Attributes
    ----------
    share : float
        Geometric mean, in (0, 1].
    sd_log : float
        Standard deviation of its log.
    outcomes, campaigns : int
        With a control, that it was learned from.
    """

    share: float
    sd_log: float
    outcomes: int
    campaigns: int

    def log_odds_shift(self, log_odds: Floats) -> Floats:
        """What scaling a rate by the share adds to its log-odds, shape (n,); at most 0.

        ``logit(s p) - logit(p) = log s + log(1 - p) - log(1 - s p)``

        Examples
        --------
        >>> half = IncrementalShare(0.5, 0.2, 30, 5)
        >>> half.log_odds_shift(np.array([0.0])).round(4).tolist()  # 1/2 becomes 1/4: log(1/3)
        [-1.0986]
        """
        # log(1 - p) is -log(1 + e^z), and 1 - s p is (1 + (1 - s) e^z) / (1 + e^z).
        with np.errstate(divide="ignore"):
            rest = np.logaddexp(0, np.log1p(-self.share) + log_odds)
        return np.asarray(np.log(self.share) - rest)


def learn_share(outcomes: pd.DataFrame) -> IncrementalShare | None:
    """Learn the share from outcomes that held groups out; None where they are too few or tell too
    little.

    Parameters
    ----------
    outcomes : DataFrame
        What `features.asof.known_outcomes` gives, in its order.
    """
    kept = outcomes[has_control(outcomes)]
    campaign, ids = pd.factorize(kept["campaign_id"])
    if len(kept) < LEAST_OUTCOMES or len(ids) < LEAST_CAMPAIGNS:
        return None
    mean, sd = posterior_of_log(Arms.of(kept).pooled(campaign.astype(np.int64)))
    if sd > LARGEST_SD:
        return None
    return IncrementalShare(float(np.exp(mean)), sd, len(kept), len(ids))


def posterior_of_log(campaigns: Arms) -> tuple[float, float]:
    """Mean and standard deviation of the log of the share of another campaign, given some."""
    held_out = (1 - _SHARES) * campaigns.control_exposed[:, None]
    to_control = held_out / (held_out + campaigns.exposed[:, None])
    likelihood = xlogy(campaigns.control_conversions[:, None], to_control) + xlog1py(
        campaigns.conversions[:, None], -to_control
    )
    a = (_MEANS[:, None] * _CONCENTRATIONS).reshape(-1, 1)
    b = ((1 - _MEANS)[:, None] * _CONCENTRATIONS).reshape(-1, 1)
    density = xlogy(a - 1, _SHARES) + xlog1py(b - 1, -_SHARES) - betaln(a, b)
    density -= logsumexp(density, axis=1, keepdims=True)
    top = likelihood.max(axis=1, keepdims=True)
    with np.errstate(divide="ignore"):  # a distribution that a campaign rules out
        evidence = (np.log(np.exp(likelihood - top) @ np.exp(density).T) + top).sum(axis=0)
    weight = np.exp(evidence - logsumexp(evidence))
    of_next = weight @ np.exp(density)
    mean = float(of_next @ np.log(_SHARES))
    return mean, float(np.sqrt(of_next @ (np.log(_SHARES) - mean) ** 2))
