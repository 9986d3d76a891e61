"""What the trade ranks by today, from the same matrix: size, engagement, funnels, past results."""

from __future__ import annotations

import numpy as np
import pandas as pd
from scipy.special import expit

from models.baselines.baseline import Baseline, Floats, Sight

UNKNOWN_LEVEL = -7.0
"""Log-odds of about one conversion in a thousand people reached, as the trade reports."""

TIERS = (10_000, 100_000, 500_000, 1_000_000)
"""Followers from which a creator is micro, mid, macro and mega. What follows by tier are benchmarks
of Instagram: for other platforms none are published tier by tier."""
REACH_RATES = (0.145, 0.145, 0.05, 0.032, 0.03)
"""People who see a post, per follower, nano to mega: middles of the ranges that Instagram
benchmarks give (9-20 %, 13-16 %, about 5 %, 3.2 %, 2-4 %)."""
CLICK_RATE = 0.0125
"""Clicks per person reached by a story link without a strong call: the middle of .5-2 %."""
CONVERSION_RATES = (0.024, 0.022, 0.0185, 0.014, 0.009)
"""Conversions per click, nano to mega: as benchmarks give them, of 1.2-2.5 % the middle."""

HAND_WEIGHTS = {"topic_similarity": 0.40, "engagement rate": 0.35}


def followers(sight: Sight) -> Floats:
    """Log of followers: Klout in one line (R2 of .94 with it)."""
    return _column(sight.matrix["log_followers"])


def history(sight: Sight) -> Floats:
    """The creator's own history: median of log((comments + shares + .5) / (views + 1)) of posts."""
    return _column(sight.matrix["response"])


def engagement_rate(sight: Sight) -> Floats:
    """Log of (likes + comments) / followers, the trade's engagement rate."""
    return _column(sight.matrix["log_engagement"] - sight.matrix["log_followers"])


def engagement_per_fee(sight: Sight) -> Floats:
    """Log of engagement rate x followers / fee: the inverse of the cost per engagement.

    Without any fee of the campaign, engagement rate x followers; a creator whose fee alone is
    missing is unknown.
    """
    engagement = _column(sight.matrix["log_engagement"])
    if "fee" not in sight.rows:
        return engagement
    fee = sight.rows["fee"].where(sight.rows["fee"] > 0).reset_index(drop=True)
    campaign = sight.rows["campaign_id"].reset_index(drop=True)
    any_fee = fee.notna().groupby(campaign).transform("any")
    return engagement - np.where(any_fee, np.log(_column(fee)), 0.0)


def funnel(sight: Sight) -> Floats:
    """Conversions that the buyers' equation gives: followers x reach rate x click rate x
    conversion rate, by tier of followers.
    """
    count, tier = _tier(sight.matrix)
    seen = count * np.array(REACH_RATES)[tier]
    return np.asarray(seen * CLICK_RATE * np.array(CONVERSION_RATES)[tier])


def funnel_rate(sight: Sight) -> Floats:
    """What the same equation says per person reached: click rate x conversion rate of the tier."""
    count, tier = _tier(sight.matrix)
    return np.where(np.isnan(count), np.nan, CLICK_RATE * np.array(CONVERSION_RATES)[tier])


def hand_weights(sight: Sight) -> Floats:
    """.40 niche fit + .35 engagement rate, each as its share of rank (0..1) in the campaign.

    Niche fit is the mean similarity of earlier posts with the brief; an unknown one of the two is
    taken for the middle.
    """
    parts = pd.DataFrame(
        {
            "topic_similarity": sight.matrix["topic_similarity"].to_numpy(),
            "engagement rate": engagement_rate(sight),
            "campaign": sight.rows["campaign_id"].to_numpy(),
        }
    )
    names = list(HAND_WEIGHTS)
    ranks = parts.groupby("campaign")[names].rank(pct=True)
    unknown = ranks.isna().all(axis=1).to_numpy()
    total = sum(ranks[name].fillna(0.5).to_numpy() * HAND_WEIGHTS[name] for name in names)
    return np.where(unknown, np.nan, total / sum(HAND_WEIGHTS.values()))


def past_rate(sight: Sight) -> Floats:
    """Past conversions per exposed person, Gamma-shrunk: (conversions + 1) / (exposed + 1 / level).

    The prior is one expected conversion at the campaign's expected level; no past gives the level
    itself.
    """
    base = sight.base_log_odds
    known = base[~np.isnan(base)]
    general = float(np.median(known)) if len(known) else UNKNOWN_LEVEL
    level = expit(np.where(np.isnan(base), general, base))
    conversions = sight.matrix["past_conversions"].fillna(0).to_numpy()
    exposed = sight.matrix["past_exposed"].fillna(0).to_numpy()
    return np.asarray((conversions + 1) / (exposed + 1 / level))


def _tier(matrix: pd.DataFrame) -> tuple[Floats, np.ndarray]:
    """Followers, and the number of each row's tier."""
    count = np.expm1(_column(matrix["log_followers"]))
    return count, np.searchsorted(TIERS, np.nan_to_num(count), side="right")


def _column(column: pd.Series) -> Floats:
    return np.asarray(column.to_numpy(dtype=np.float64))


TRADE_BASELINES = (
    Baseline(
        "followers",
        "fame",
        "Klout in one line: log followers explain it with R2 .94 (Golliher 2011)",
        "creator",
        followers,
    ),
    Baseline("history", "response per view of the creator's own posts", "ours", "person", history),
    Baseline(
        "engagement rate",
        "an engaged audience",
        "(likes + comments) / followers: GRIN's definition",
        "person",
        engagement_rate,
    ),
    Baseline(
        "engagement per fee",
        "cheap engagement; where no fee of a campaign is known, engagement alone",
        "cost per engagement from the person's own history: Traackr's CPME",
        "creator",
        engagement_per_fee,
        asks={"fee": "fees"},
    ),
    Baseline(
        "funnel",
        "conversions",
        "followers x reach rate x click rate x conversion rate, as agencies' calculators multiply",
        "creator",
        funnel,
    ),
    Baseline(
        "funnel rate",
        "conversions per person reached",
        "click rate x conversion rate of the same calculators",
        "person",
        funnel_rate,
    ),
    Baseline(
        "hand weights",
        "conversions",
        ".40 niche fit + .35 engagement rate + .25 brand safety: influencer-roi-scorer's weights",
        "person",
        hand_weights,
        {"brand safety": "no table tells what a brand holds to be unsafe"},
    ),
    Baseline(
        "past rate",
        "conversions per person reached",
        "past conversions per person reached, Gamma-shrunk",
        "person",
        past_rate,
    ),
)
