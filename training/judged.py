"""Rows after an origin with all that is said of them: predictions, baselines, what came."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd
from scipy.special import expit

from models.baselines import Baseline
from models.evidence import effective_weights
from models.intervals import COVERAGE
from models.predictor import Predictor
from training.figures import pit_inside
from training.metrics import CAMPAIGN_BASE, HISTORY_RATE
from training.origin import Seen
from training.tiers import tier_of

OUR_REACH = " × our reach"
PAST_TIMES_REACH = f"past rate{OUR_REACH}"
ENGAGEMENT_TIMES_REACH = f"engagement model{OUR_REACH}"

_CENTRAL = (0.5 - COVERAGE / 2, 0.5 + COVERAGE / 2)
_PREDICTED = [f"{of}_{end}" for of in ("exposed", "rate", "conversions") for end in ("low", "high")]


def judged_rows(seen: Seen, baselines: Mapping[str, Baseline]) -> pd.DataFrame:
    """The outcomes after an origin, one line each, beside every prediction of them.

    Returns
    -------
    DataFrame
        `rows` of `seen.ahead`, and: `rate`, `predicted_exposed` and `predicted_conversions` with
        their intervals; one column a baseline, and those times our reach; `campaign base` and
        `history as a rate`, conversions per exposed person; `tier` of the audience; `evidence`,
        what the realised rate is worth (`evidence.effective_weights`); and `*_below` and `*_upto`,
        the predictive probability of less than what came and of at most that, of conversions, of
        exposed, and of `rate`, that is of conversions at the realised exposure.
    """
    predictor, matrix = seen.fitted.predictor, seen.ahead.matrix
    rows, base = seen.ahead.rows, seen.ahead.base_log_odds
    posts = rows["posts"].to_numpy(dtype=np.float64)
    known = rows["is_known_brand"].to_numpy(dtype=bool)
    predicted = predictor.predict(matrix, base, posts, is_known_brand=known)
    exposed = rows["exposed"].to_numpy(dtype=np.float64)
    level = predictor.rate.base(base)
    found = rows.assign(
        rate=predicted["rate"],
        predicted_exposed=predicted["exposed"],
        predicted_conversions=predicted["conversions"],
        **{name: predicted[name] for name in _PREDICTED},
        **_cumulative(predictor, rows, matrix, base),
        tier=tier_of(matrix["log_followers"].to_numpy(dtype=np.float64)),
        evidence=effective_weights(exposed, predicted["rate"].to_numpy(), predictor.rate.phi),
        **{name: baseline.score(seen.ahead) for name, baseline in baselines.items()},
        **{CAMPAIGN_BASE: expit(level), HISTORY_RATE: seen.history_rate(matrix, level)},
    )
    for product in (PAST_TIMES_REACH, ENGAGEMENT_TIMES_REACH):
        if (name := product.removesuffix(OUR_REACH)) in found:
            found[product] = found[name] * found["predicted_exposed"]
    return found


def _cumulative(
    predictor: Predictor, rows: pd.DataFrame, matrix: pd.DataFrame, base: npt.NDArray[np.float64]
) -> dict[str, npt.NDArray[np.float64]]:
    told = predictor.predictive(
        matrix,
        base,
        rows["posts"].to_numpy(dtype=np.float64),
        is_known_brand=rows["is_known_brand"].to_numpy(dtype=bool),
    )
    exposed = rows["exposed"].to_numpy(dtype=np.float64)
    conversions = rows["conversions"].to_numpy(dtype=np.float64)
    of_exposed = told.exposed_cdf(exposed)
    below, upto = told.conversions_cdfs(conversions)
    rate_below, rate_upto = told.conversions_cdfs(conversions, exposed)
    return {
        "conversions_below": below,
        "conversions_upto": upto,
        "exposed_below": of_exposed,
        "exposed_upto": of_exposed,
        "rate_below": rate_below,
        "rate_upto": rate_upto,
    }


def origin_facts(seen: Seen, found: pd.DataFrame) -> dict[str, Any]:
    """One line of `Evaluation.origins`, from its judged rows."""
    fitted, predictor = seen.fitted, seen.fitted.predictor
    inside = pit_inside(
        found["conversions_below"].to_numpy(), found["conversions_upto"].to_numpy(), *_CENTRAL
    )
    return {
        "origin": predictor.trained_until,
        "labels": fitted.facts["labels"],
        "judged": len(found),
        "campaigns": found["campaign_id"].nunique(),
        "trees": fitted.facts["trees"],
        "tree_variance_share": predictor.tree_share(seen.ahead.matrix, seen.ahead.base_log_odds),
        "exposed_ratio": found["predicted_exposed"].sum() / found["exposed"].sum(),
        "conversions_ratio_at_true_reach": (found["rate"] * found["exposed"]).sum()
        / max(found["conversions"].sum(), 1),
        "conversions_ratio": found["predicted_conversions"].sum()
        / max(found["conversions"].sum(), 1),
        "is_checked": predictor.is_checked,
        "coverage_80": float(inside.mean()),
        "log_rate_rmse": float(np.sqrt(np.mean(log_rate_error(found) ** 2))),
    }


def log_rate_error(found: pd.DataFrame) -> npt.NDArray[np.float64]:
    """Log of the realised over the predicted `rate`, half a conversion added to the former."""
    observed = (found["conversions"] + 0.5) / (found["exposed"] + 1)
    return np.asarray(np.log(observed.to_numpy() / found["rate"].to_numpy()))
