"""What a model sees in a campaign: its creators side by side, and what tells them apart."""

from __future__ import annotations

from collections import Counter
from typing import Any

import numpy as np
import pandas as pd

from features.feature import QUALITIES
from models.explain import by_facet
from models.predictor import Predictor
from serving.score import Scored
from serving.sheet import PREDICTED

KEYS = ("creator_id", "package", "posts")


def one_a_creator(scored: Scored) -> Scored:
    """Each creator's first row: what the rate is told by is the same for all its packages."""
    first = ~scored.scores["creator_id"].duplicated().to_numpy()
    return Scored(
        scored.scores[first].reset_index(drop=True),
        scored.matrix[first].reset_index(drop=True),
        scored.base_log_odds[first],
    )


def describe_campaign(scored: Scored, predictor: Predictor) -> dict[str, Any]:
    """All that the page of a campaign tells, as plain data.

    Parameters
    ----------
    scored : Scored
        Every row of one campaign.

    Returns
    -------
    dict
        `campaign_id`, `as_of`, `model_version`, `trained_until`, `incremental`, `exposed_unit`;
        `rows`, one a creator and package, most conversions first, with the prediction, the four
        qualities in log-odds, `reasons` and `warnings`; `warnings`, how many rows carry each
        (without what stands in its brackets); `importance`, one
        line a quality, facet and feature (`level`) with the mean absolute effect on ``logit(rate)``
        over creators, and `known`, of how many it is known (features only).
    """
    rows = scored.scores.sort_values(
        ["conversions", "creator_id", "posts"], ascending=[False, True, True], kind="stable"
    )
    first = rows.iloc[0]
    said = [warning.partition(" (")[0] for told in rows["warnings"] for warning in told]
    one = one_a_creator(scored)
    effects = predictor.contributions(one.matrix, one.base_log_odds)
    facets = by_facet(effects, predictor.features)
    known = one.matrix[predictor.rate.columns].notna().sum()
    importance = [
        *({"level": "quality", "name": q, "effect": _size(one.scores[q])} for q in QUALITIES),
        *(
            {"level": "facet", "quality": q, "name": facet, "effect": _size(facets[q, facet])}
            for q, facet in facets.columns.to_numpy()
        ),
        *(
            {
                "level": "feature",
                "quality": feature.quality,
                "name": feature.name,
                "effect": _size(effects[feature.name]),
                "known": int(known[feature.name]),
            }
            for feature in predictor.features
        ),
    ]
    return {
        "campaign_id": first["campaign_id"],
        "as_of": f"{first['as_of']:%Y-%m-%d %H:%M}",
        "model_version": first["model_version"],
        "trained_until": f"{predictor.trained_until:%Y-%m-%d %H:%M}",
        "incremental": bool(first["incremental"]),
        "exposed_unit": predictor.exposed_unit,
        "creators": len(one.scores),
        "rows": [
            {
                "creator_id": line["creator_id"],
                "package": line["package"] if isinstance(line["package"], str) else None,
                "posts": float(line["posts"]),
                **{name: float(line[name]) for name in (*PREDICTED, *QUALITIES)},
                "reasons": list(line["reasons"]),
                "warnings": list(line["warnings"]),
            }
            for line in rows.to_dict("records")
        ],
        "warnings": dict(Counter(said).most_common()),
        "importance": importance,
    }


def strongest_features(content: dict[str, Any], most: int) -> list[str]:
    """Names of the features with the largest mean effect in the campaign, none without one."""
    lines = [line for line in content["importance"] if line["level"] == "feature"]
    lines.sort(key=lambda line: -line["effect"])
    return [line["name"] for line in lines[:most] if line["effect"] > 0]


def _size(effects: pd.Series) -> float:
    return float(np.abs(effects.to_numpy(np.float64)).mean())
