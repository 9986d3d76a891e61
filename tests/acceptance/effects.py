"""Do the effects that a model tells agree with those of the law that made the market?

Each quality's SHAP value beside what the law gives that quality, creator by creator within a
campaign. What a creator converts beyond its qualities (the law's `creator`) shows in its track
record, hence counts as reputation.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import pandas as pd

from features.feature import QUALITIES
from models.ranking import spearman_by_campaign
from training.world import World

TERMS = {
    "fit": "bent_fit",
    "conversation": "conversation",
    "momentum": "momentum",
    "reputation": "reputation",
    "engagement": "engagement",
    "silence": "silence",
    "creator": "creator",
}
"""Terms of the law that differ between the creators of a campaign -> the column of their values."""
OF_QUALITY = {
    "engagement": ("conversation", "engagement"),
    "relevance": ("fit",),
    "reputation": ("reputation", "creator"),
    "momentum": ("momentum", "silence"),
}


def true_effects(candidates: pd.DataFrame, world: World) -> pd.DataFrame:
    """What the law adds to the log rate of each candidate, one column a term, shape (n, terms)."""
    keys = ["campaign_id", "creator_id"]
    law = world.truth["effects"].set_index("name")["coefficient"]
    of_pair = world.truth["potential"].drop_duplicates(keys)
    told = candidates[keys].merge(of_pair, on=keys, how="left")
    told = told.merge(world.truth["creators"], on="creator_id", how="left")
    # The spread of creators is drawn in logs as it acts.
    return pd.DataFrame(
        {
            term: told[column] * (law[column] if term != "creator" else 1.0)
            for term, column in TERMS.items()
        }
    )


def recovered_qualities(candidates: pd.DataFrame, effects: pd.DataFrame) -> pd.DataFrame:
    """How each quality's SHAP orders the creators of a campaign, beside the law.

    Returns
    -------
    DataFrame
        One line a quality: `own`, mean within-campaign Spearman correlation with what the law gives
        that quality; `other`, the largest with what it gives another; `told` and `true`, standard
        deviations within campaigns, in logs.
    """
    campaign = pd.factorize(candidates["campaign_id"])[0].astype(np.int64)
    true = {q: effects[list(terms)].sum(axis=1).to_numpy() for q, terms in OF_QUALITY.items()}
    lines = []
    for quality in QUALITIES:
        told = candidates[quality].to_numpy(np.float64)
        agreement = {q: spearman_by_campaign(told, true[q], campaign).mean() for q in QUALITIES}
        own = agreement.pop(quality)
        lines.append(
            {
                "quality": quality,
                "own": own,
                "other": max(agreement.values()),
                "told": _within(told, campaign).std(),
                "true": _within(true[quality], campaign).std(),
            }
        )
    return pd.DataFrame(lines)


def recovered_terms(candidates: pd.DataFrame, effects: pd.DataFrame) -> pd.Series:
    """Share of each term of the law that the whole prediction passes on: 1 is all of it, 0 nothing.

    Least squares of the told log-odds on all terms, both within campaigns.
    """
    campaign = pd.factorize(candidates["campaign_id"])[0].astype(np.int64)
    told = _within(candidates[list(QUALITIES)].sum(axis=1).to_numpy(np.float64), campaign)
    terms = np.column_stack([_within(effects[t].to_numpy(np.float64), campaign) for t in effects])
    return pd.Series(np.linalg.lstsq(terms, told, rcond=None)[0], index=list(effects))


def _within(
    values: npt.NDArray[np.float64], campaign: npt.NDArray[np.int64]
) -> npt.NDArray[np.float64]:
    mean = np.bincount(campaign, values) / np.bincount(campaign)
    return np.asarray(values - mean[campaign])
