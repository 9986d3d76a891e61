"""What is found where there is nothing to find: labels dealt anew, and size sought in the features.

A model taught labels that were permuted within their campaigns knows nothing of creators: whatever
order it still gives them comes from chance and from its own construction.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import lightgbm as lgb
import numpy as np
import numpy.typing as npt
import pandas as pd
from sklearn.linear_model import Ridge

from models.linear import Scaler
from models.predictor import Predictor
from training.fit import Known, learn

Floats = npt.NDArray[np.float64]

FOLDS = 5
PENALTY = 100.0
TREES = {
    "objective": "l2",
    "learning_rate": 0.05,
    "num_leaves": 8,
    "min_data_in_leaf": 20,
    "feature_fraction": 0.5,
    "num_threads": 1,
    "deterministic": True,
    "force_row_wise": True,
    "verbosity": -1,
}
ROUNDS = 100


def dealt_anew(known: Known, *, seed: int = 0) -> Known:
    """What was known, with the outcomes of each campaign dealt to its creators at random.

    `exposed`, its unit and `conversions` move together, so that a label stays a rate with its
    evidence; features, packages and levels of campaigns stay where they are.
    """
    rng = np.random.default_rng(seed)
    outcomes = known.outcomes
    dealt = np.arange(len(outcomes))
    for place in outcomes.groupby("campaign_id").indices.values():
        dealt[place] = rng.permutation(place)
    moved = ["exposed", "exposed_unit", "conversions"]
    labels = {name: outcomes[name].to_numpy()[dealt] for name in moved}
    return replace(known, outcomes=outcomes.assign(**labels))


def spread_within(predictor: Predictor, known: Known) -> float:
    """Standard deviation of predicted log rates around the mean of their campaign."""
    posts = known.outcomes["posts"].to_numpy(np.float64)
    rate = predictor.predict(known.matrix, known.base_log_odds, posts)["rate"]
    log_rate = np.log(rate.to_numpy(np.float64))
    campaign = pd.factorize(known.outcomes["campaign_id"])[0]
    mean = np.bincount(campaign, log_rate) / np.bincount(campaign)
    return float(np.std(log_rate - mean[campaign]))


def placebo_spreads(known: Known, *, deals: int, seed: int = 0) -> list[float]:
    """`spread_within` of models that learn the same features from labels dealt anew."""
    return [
        spread_within(learn(dealt_anew(known, seed=seed + deal), seed=seed).predictor, known)
        for deal in range(deals)
    ]


def size_in_features(
    matrix: pd.DataFrame, columns: Sequence[str], creator: pd.Series, *, seed: int = 0
) -> dict[str, float]:
    """Held-out share of the variance of log followers that features of the rate explain.

    Parameters
    ----------
    matrix : DataFrame, n lines
        Features, `log_followers` among them; rows where it is unknown are left out.
    columns : sequence of str
        Features of the rate.
    creator : Series, shape (n,)
        No creator is in two of the `FOLDS`: none is recognised by what it posts.

    Returns
    -------
    dict
        Learner, `ridge` or `trees`, -> R2, below 0 where the mean is better; empty with fewer than
        `FOLDS` creators whose followers are known.
    """
    known = matrix["log_followers"].notna().to_numpy()
    size = matrix.loc[known, "log_followers"].to_numpy(np.float64)
    names, ids = pd.factorize(creator[known], sort=True)
    if len(ids) < FOLDS or np.var(size) <= 0:
        return {}
    fold = np.random.default_rng(seed).permutation(len(ids))[names] % FOLDS
    values = matrix.loc[known, list(columns)].reset_index(drop=True)
    found = {"ridge": np.empty(len(size)), "trees": np.empty(len(size))}
    for held_out in range(FOLDS):
        here, there = fold == held_out, fold != held_out
        scale = Scaler.fit(values[there])
        linear = Ridge(alpha=PENALTY).fit(scale(values[there]), size[there])
        found["ridge"][here] = linear.predict(scale(values[here]))
        data = lgb.Dataset(values[there].to_numpy(np.float64), label=size[there])
        trees = lgb.train({**TREES, "seed": seed}, data, num_boost_round=ROUNDS)
        found["trees"][here] = trees.predict(values[here].to_numpy(np.float64))
    total = np.sum((size - size.mean()) ** 2)
    return {name: float(1 - np.sum((size - said) ** 2) / total) for name, said in found.items()}
