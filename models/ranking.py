"""Rank agreement inside campaigns: they differ in level, and creators are chosen within one."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import pandas as pd

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]


def spearman_by_campaign(
    predicted: Floats, actual: Floats, campaign: pd.Series | Ints, *, least: int = 5
) -> pd.Series:
    """Spearman correlation within each campaign of at least `least` rows.

    Parameters
    ----------
    predicted, actual : ndarray, shape (n,)
        Ties share their mean rank; a constant side has no order and scores 0.

    Returns
    -------
    Series
        One correlation a campaign, indexed by campaign.
    """
    frame = pd.DataFrame({"campaign": np.asarray(campaign), "p": predicted, "a": actual})
    frame = frame[frame.groupby("campaign")["a"].transform("size") >= least]
    grouped = frame.groupby("campaign")
    ranks = grouped[["p", "a"]].rank()
    centred = ranks - ranks.groupby(frame["campaign"]).transform("mean")
    products = pd.DataFrame(
        {"pa": centred["p"] * centred["a"], "pp": centred["p"] ** 2, "aa": centred["a"] ** 2}
    )
    sums = products.groupby(frame["campaign"]).sum()
    scale = np.sqrt((sums["pp"] * sums["aa"]).to_numpy())
    found: pd.Series = sums["pa"] / np.where(scale > 1e-9, scale, np.nan)
    return found.fillna(0.0).rename("spearman")


def partial_spearman_by_campaign(
    predicted: Floats, actual: Floats, given: Floats, campaign: pd.Series | Ints, *, least: int = 5
) -> pd.Series:
    """Rank correlation of two values within each campaign, a third held still.

    ``(r_ab - r_ac r_bc) / sqrt((1 - r_ac^2) (1 - r_bc^2))``, each r a Spearman correlation.

    Returns
    -------
    Series
        One a campaign; NaN where one of the two is the third in other words.
    """
    both = spearman_by_campaign(predicted, actual, campaign, least=least)
    first = spearman_by_campaign(predicted, given, campaign, least=least)
    second = spearman_by_campaign(actual, given, campaign, least=least)
    spread = pd.Series(np.sqrt((1 - first**2) * (1 - second**2)))
    partial: pd.Series = (both - first * second) / spread.where(spread > 1e-9)
    return partial.rename("partial")
