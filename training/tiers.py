"""Is what a model expects of small and of large creators what they bring? Outcomes by audience."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import pandas as pd

from models.baselines.trade import TIERS
from training.bootstrap import DRAWS, interval

Floats = npt.NDArray[np.float64]

TIER_NAMES = ("nano", "micro", "mid", "macro", "mega")
"""Tiers of audiences, which begin at 0 and at `baselines.trade.TIERS`."""
UNKNOWN_TIER = "size unknown"
LEAST_CAMPAIGNS = 5
"""Campaigns without which a tier has no interval."""
LEAST_CONVERSIONS = 20


def tier_of(log_followers: Floats) -> npt.NDArray[np.str_]:
    """Tier of an audience from ``log(1 + followers)``; `UNKNOWN_TIER` where NaN.

    Examples
    --------
    >>> tier_of(np.log1p([9_999, 10_000, np.nan])).tolist()
    ['nano', 'micro', 'size unknown']
    """
    followers = np.round(np.expm1(log_followers), 6)
    tier = np.searchsorted(TIERS, np.nan_to_num(followers), side="right")
    return np.where(np.isnan(log_followers), UNKNOWN_TIER, np.array(TIER_NAMES)[tier])


def tier_table(judged: pd.DataFrame, *, seed: int = 0) -> pd.DataFrame:
    """Outcomes beside their predictions, by audience.

    Parameters
    ----------
    judged : DataFrame
        Outcomes of campaigns after the model's training moment: `campaign_id`, `tier`
        (`tier_of`; the unknown one is left out), `exposed`, `conversions`, `rate` and
        `predicted_conversions`.

    Returns
    -------
    DataFrame
        One line a tier with outcomes: `outcomes`, `campaigns`, `conversions`; `ratio`, predicted
        over observed conversions, with `low` and `high`; `rate_ratio`, the same at the observed
        exposure; `exposed_share`, `conversions_share` and `predicted_share`, the tier's part of
        all; and `lean`, predicted less observed share, with `lean_low` and `lean_high`. Intervals
        are 95 % ones of a bootstrap that draws campaigns; NaN with fewer than `LEAST_CAMPAIGNS`
        campaigns or `LEAST_CONVERSIONS` conversions in the tier.
    """
    names = list(TIER_NAMES)
    counted = judged.assign(at_true_reach=judged["rate"] * judged["exposed"])
    counted = counted[counted["tier"] != UNKNOWN_TIER]
    if counted.empty:
        return pd.DataFrame()
    campaign, ids = pd.factorize(counted["campaign_id"])
    where = (campaign, counted["tier"].map(names.index).to_numpy(np.int64))
    sums = {}
    for name in ("predicted_conversions", "conversions", "exposed", "at_true_reach"):
        sums[name] = np.zeros((len(ids), len(names)))
        np.add.at(sums[name], where, counted[name].to_numpy(np.float64))
    outcomes = np.zeros((len(ids), len(names)))
    np.add.at(outcomes, where, 1.0)
    drawn = np.random.default_rng(seed).multinomial(
        len(ids), np.full(len(ids), 1 / len(ids)), size=DRAWS
    )
    predicted, observed = sums["predicted_conversions"], sums["conversions"]
    of_all = np.ones((1, len(ids)))
    ratio, ratios = (_ratio(w @ predicted, w @ observed) for w in (of_all, drawn))
    lean, leans = (_shares(w @ predicted) - _shares(w @ observed) for w in (of_all, drawn))
    lines = []
    for i in np.flatnonzero(outcomes.sum(axis=0)):
        campaigns, seen = int((outcomes[:, i] > 0).sum()), observed[:, i].sum()
        enough = campaigns >= LEAST_CAMPAIGNS and seen >= LEAST_CONVERSIONS
        none = (np.nan, np.nan)
        low, high = _interval(ratios[:, i]) if enough else none
        lean_low, lean_high = _interval(leans[:, i]) if enough else none
        at_true_reach = sums["at_true_reach"][:, i].sum()
        lines.append(
            {
                "tier": names[i],
                "outcomes": int(outcomes[:, i].sum()),
                "campaigns": campaigns,
                "conversions": seen,
                "ratio": ratio[0, i],
                "low": low,
                "high": high,
                "rate_ratio": at_true_reach / seen if seen else np.nan,
                "exposed_share": sums["exposed"][:, i].sum() / sums["exposed"].sum(),
                "conversions_share": seen / max(observed.sum(), 1e-9),
                "predicted_share": predicted[:, i].sum() / predicted.sum(),
                "lean": lean[0, i],
                "lean_low": lean_low,
                "lean_high": lean_high,
            }
        )
    return pd.DataFrame(lines)


def _ratio(predicted: Floats, observed: Floats) -> Floats:
    return np.where(observed > 0, predicted / np.where(observed > 0, observed, 1.0), np.nan)


def _shares(amounts: Floats) -> Floats:
    total = amounts.sum(axis=1, keepdims=True)
    return np.where(total > 0, amounts / np.where(total > 0, total, 1.0), np.nan)


def _interval(draws: Floats) -> tuple[float, float]:
    """The interval over the draws in which the tier brought something at all."""
    return interval(draws[~np.isnan(draws)])
