"""How well scores order the creators of a campaign, and by how much the model leads each."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
import numpy.typing as npt
import pandas as pd

from training.bootstrap import two_way

LEAST_OUTCOMES = 5
"""Outcomes that a campaign needs for its order to be judged."""
MODEL = "suasion"


def rank_table(
    rows: pd.DataFrame,
    scores: Mapping[str, str],
    actual: npt.NDArray[np.float64],
    *,
    subsets: Sequence[str] = ("all", "warm", "cold", "with history"),
    reference: str = MODEL,
    seed: int = 0,
) -> pd.DataFrame:
    """Mean correlation of each score on each subset of rows, and the reference's lead over it.

    Parameters
    ----------
    rows : DataFrame, n lines
        `origin`, `campaign_id`, `creator_id`, `is_cold`, `has_history` and the columns of scores.
    scores : mapping
        Name -> column.
    actual : ndarray, shape (n,)
        What the scores are to order as.

    Returns
    -------
    DataFrame
        One line a subset and score: `Evaluation.ranking` says what it holds.
    """
    members = {
        "all": np.ones(len(rows), dtype=bool),
        "warm": ~rows["is_cold"].to_numpy(),
        "cold": rows["is_cold"].to_numpy(),
        "with history": rows["has_history"].to_numpy(),
    }
    lines = []
    for subset in subsets:
        belongs = members[subset]
        kept = rows[belongs]
        size = kept.groupby(["origin", "campaign_id"])["creator_id"].transform("size")
        position = np.flatnonzero(belongs)[(size >= LEAST_OUTCOMES).to_numpy()]
        if not len(position):
            continue
        kept = rows.iloc[position]
        judged = kept["origin"].astype(str) + " " + kept["campaign_id"]
        campaign = pd.factorize(judged)[0].astype(np.int64)
        creator = pd.factorize(kept["creator_id"])[0].astype(np.int64)
        values = {name: kept[column].to_numpy(dtype=np.float64) for name, column in scores.items()}
        found = two_way(values, actual[position], campaign, creator, seed=seed)
        for name, drawn in found.items():
            low, high = np.clip(drawn.interval(), -1.0, 1.0)
            ahead = found[reference] - drawn
            ahead_low, ahead_high = ahead.interval()
            lines.append(
                {
                    "rows": subset,
                    "score": name,
                    "campaigns": int(campaign.max()) + 1,
                    "creators": int(creator.max()) + 1,
                    "spearman": drawn.point,
                    "low": low,
                    "high": high,
                    "model_ahead": ahead.point,
                    "ahead_low": ahead_low,
                    "ahead_high": ahead_high,
                }
            )
    return pd.DataFrame(lines)
