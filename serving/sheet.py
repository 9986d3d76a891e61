"""The sheet of one creator for one campaign: all that a prediction rests on, as plain data."""

from __future__ import annotations

from typing import Any

import numpy as np
from scipy.special import expit

from models.explain import by_facet
from models.incremental import IncrementalShare
from models.predictor import Predictor
from models.what_if import what_if
from serving.score import Scored

PREDICTED = (
    *("exposed", "exposed_low", "exposed_high", "rate", "rate_low", "rate_high"),
    *("conversions", "conversions_low", "conversions_high"),
)


def describe(
    scored: Scored,
    predictor: Predictor,
    incremental: IncrementalShare | None = None,
) -> dict[str, Any]:
    """All that the sheet of one scored row tells: effects in log-odds, unknown values None.

    Returns
    -------
    dict
        `campaign_id`, `creator_id`, `package`, `posts`, `as_of`, `model_version`, `trained_until`;
        `prediction` (as in `scores.parquet`), `usual_rate` (of the campaign's usual creator),
        `incremental`, `exposed_unit` (people, impressions or mixed), `known_share`,
        `warnings`, `reasons`; `base_log_odds`, `qualities` and
        `facets` (each with `log_odds`, `known` and `all`); `features`, one a measure with `value`,
        `typical` and `log_odds`; `what_if`, the changes within the creator's power. ``base_log_odds
        + log_odds of the features`` is ``logit(rate)`` to 1e-9.
    """
    row, matrix = scored.scores.iloc[0].to_dict(), scored.matrix
    contributions = predictor.contributions(matrix, scored.base_log_odds)
    columns = predictor.rate.columns
    values = dict(zip(columns, matrix[columns].to_numpy(np.float64)[0], strict=True))
    effects = dict(zip(columns, contributions.to_numpy()[0], strict=True))
    typical = dict(zip(columns, predictor.typical[columns].to_numpy(np.float64), strict=True))
    facets = by_facet(contributions, predictor.features)
    pairs = [(str(quality), str(facet)) for quality, facet in facets.columns.to_numpy()]
    of_facet: dict[tuple[str, str], list[str]] = {pair: [] for pair in pairs}
    for feature in predictor.features:
        of_facet[feature.quality, feature.facet].append(feature.name)
    told_facets: list[dict[str, Any]] = [
        {
            "quality": quality,
            "facet": facet,
            "log_odds": float(facets.to_numpy()[0, place]),
            "known": sum(not np.isnan(values[name]) for name in of_facet[quality, facet]),
            "all": len(of_facet[quality, facet]),
        }
        for place, (quality, facet) in enumerate(of_facet)
    ]
    share = 1.0 if incremental is None else incremental.share
    changes = what_if(predictor, matrix, scored.base_log_odds)
    return {
        "campaign_id": row["campaign_id"],
        "creator_id": row["creator_id"],
        "package": row["package"] if isinstance(row["package"], str) else None,
        "posts": float(row["posts"]),
        "as_of": f"{row['as_of']:%Y-%m-%d %H:%M}",
        "model_version": row["model_version"],
        "trained_until": f"{predictor.trained_until:%Y-%m-%d %H:%M}",
        "prediction": {name: float(row[name]) for name in PREDICTED},
        "usual_rate": float(expit(row["base_log_odds"])),
        "incremental": bool(row["incremental"]),
        "exposed_unit": predictor.exposed_unit,
        "known_share": float(row["known_share"]),
        "warnings": list(row["warnings"]),
        "reasons": list(row["reasons"]),
        "base_log_odds": float(row["base_log_odds"]),
        "qualities": [
            {
                "quality": quality,
                "log_odds": float(row[quality]),
                "known": sum(f["known"] for f in told_facets if f["quality"] == quality),
                "all": sum(f["all"] for f in told_facets if f["quality"] == quality),
            }
            for quality in dict.fromkeys(f["quality"] for f in told_facets)
        ],
        "facets": told_facets,
        "features": [
            {
                "feature": feature.name,
                "quality": feature.quality,
                "facet": feature.facet,
                "unit": feature.unit,
                "value": _number(values[feature.name]),
                "typical": _number(typical[feature.name]),
                "log_odds": float(effects[feature.name]),
                "about": feature.about,
            }
            for feature in predictor.features
        ],
        "what_if": [
            {str(key): value for key, value in change.items()}
            for change in changes.assign(rate=share * changes["rate"]).to_dict("records")
        ],
    }


def _number(value: float) -> float | None:
    return None if np.isnan(value) else float(value)
