"""What a creator could change: the same prediction with one feature moved, all else as it is."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import pandas as pd

from models.explain import LEAST_EFFECT
from models.predictor import Predictor

Floats = npt.NDArray[np.float64]

CHANGES = 5


def what_if(predictor: Predictor, matrix: pd.DataFrame, base_log_odds: Floats) -> pd.DataFrame:
    """The changes within a creator's own power that would raise its rate most.

    A feature moves by one interquartile range of training, up or down, but not beyond what was seen
    in training: what nobody did, the model cannot judge. Features that are unknown stay unknown.
    Of the features of a facet, which mostly move together, the best one speaks.

    Parameters
    ----------
    matrix : DataFrame, shape (1, n_features)
        Features of one creator, NaN where unknown.
    base_log_odds : ndarray, shape (1,)

    Returns
    -------
    DataFrame
        At most `CHANGES` lines, the greatest gain first: `feature`, `facet`, `value` now and
        `changed`, `odds` (the factor on the odds of converting) and `rate` then. The model's
        expectation, not a promise: features that go together in life move alone here.
    """
    names = [f.name for f in predictor.features if f.is_in_power]
    now = matrix[predictor.rate.columns].iloc[0].astype(np.float64)
    width = pd.Series(predictor.rate.scaler.width, index=predictor.rate.columns)
    tried = []
    for name in names:
        for step in (-width[name], width[name]):
            to = float(np.clip(now[name] + step, predictor.low[name], predictor.high[name]))
            if np.isfinite(to) and abs(to - now[name]) > 1e-9:
                tried.append({"feature": name, "value": now[name], "changed": to})
    columns = ["feature", "facet", "value", "changed", "odds", "rate"]
    if not tried:
        return pd.DataFrame(columns=columns)
    trials = pd.DataFrame(tried)
    values = np.tile(now.to_numpy(), (len(trials) + 1, 1))
    place = now.index.get_indexer(pd.Index(trials["feature"]))
    values[np.arange(1, len(values)), place] = trials["changed"]
    changed = pd.DataFrame(values, columns=now.index)
    base = np.repeat(np.asarray(base_log_odds, dtype=np.float64), len(changed))
    log_odds = predictor.rate.log_odds(changed, base)
    facets = {f.name: (f.quality, f.facet) for f in predictor.features}
    found = trials.assign(gain=log_odds[1:] - log_odds[0])
    found["odds"] = np.exp(found["gain"])
    found["rate"] = 1 / (1 + np.exp(-log_odds[1:]))
    found["facet"] = found["feature"].map(facets)
    # As reasons: what lies below is nothing to tell.
    found = found[np.rint(100 * found["odds"]) >= 100 + LEAST_EFFECT]
    found = found.sort_values("gain", ascending=False, kind="stable")
    found = found.drop_duplicates("facet").head(CHANGES).reset_index(drop=True)
    found["facet"] = [facet for _, facet in found["facet"]]
    return pd.DataFrame(found[columns])
