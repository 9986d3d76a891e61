"""Klout: how many people react, how much, and how influential they are, on a scale of 1 to 100.

After what Klout said in public (2011 to 2015): rolling 90 days, reactions in proportion to content,
selective people count more, a hundred people more than one person a hundred times, and PeopleRank.
Weights of kinds and terms were never published: these are assumptions in their spirit.
"""

from __future__ import annotations

import numpy as np
import pandas as pd

from models.baselines.baseline import Floats
from models.baselines.scene import Scene

DAYS = 90
KIND_WEIGHTS = {"reshare": 3.0, "mention": 3.0, "comment": 2.0, "reply": 2.0, "like": 1.0}
TERM_WEIGHTS = {
    "true_reach": 0.35,
    "amplification": 0.25,
    "network": 0.10,
    "followers": 0.15,
    "recommendations": 0.05,
}
LACKS = {
    "list memberships": "no table carries lists",
    "Wikipedia inlinks": "no table carries them",
    "spam and inactive accounts": "no table tells them from others",
    "scores of accounts that are no creators": "only their acts are known: they count as the mean",
}
ROUNDS = 3
MEAN, SPREAD = 40.0, 14.0
"""Mean score, and score for a standard deviation: 63 is then the top 5 %, as in 2015."""


def klout(scene: Scene) -> Floats:
    """Scores of all creators at one moment.

    ``m(a, c) = log1p(sum of tau / acts of a on that day)`` over the reactions of account a to
    creator c; True Reach counts the accounts, Amplification is ``sum m w / posts`` and Network
    ``sum m w / sum m``, where w is the reacting account's own score / 100, iterated `ROUNDS` times
    from 1. ``40 + 14 z`` of the weighted sum of standardised terms, cut at 1 and 100.

    Where no account is known to have reacted to anybody, the counters of posts stand in: each
    reaction as another person's, and no Network.

    Returns
    -------
    ndarray, shape (n_creators,)
        NaN for all where neither followers nor reactions of anybody are known.
    """
    scene, size = scene.within(DAYS), len(scene.creators)
    content = np.maximum(np.bincount(scene.posts["creator"], minlength=size), 1)
    terms = {
        "followers": np.log1p(scene.creators["followers"].to_numpy(np.float64)),
        "recommendations": np.log1p(scene.creators["recommendations"].to_numpy(np.float64)),
    }
    if scene.reactions.empty:
        return _scaled(terms | _anonymous(scene, content))
    pairs = attention(scene.reactions)
    target, m = pairs["target"].to_numpy(), pairs["m"].to_numpy()
    own = pairs["own"].to_numpy()
    terms["true_reach"] = np.log1p(np.bincount(target, minlength=size).astype(np.float64))
    given = np.bincount(target, m, minlength=size)
    w, score = np.ones(len(m)), np.full(size, MEAN)
    for _ in range(ROUNDS):
        weighed = np.bincount(target, m * w, minlength=size)
        terms["amplification"] = np.log1p(weighed / content)
        terms["network"] = np.where(given > 0, weighed / np.where(given > 0, given, 1), np.nan)
        score = _scaled(terms)
        w = np.where(own >= 0, score[own], MEAN) / 100
    return score


def attention(reactions: pd.DataFrame) -> pd.DataFrame:
    """`actor`, `own`, `target` and ``m(a, c)`` of every pair, sorted by actor and target."""
    tau = reactions["kind"].map(KIND_WEIGHTS) / reactions["acts_of_day"]
    keys = ["actor", "own", "target"]
    pairs = reactions[keys].drop_duplicates().reset_index(drop=True)
    # Reactions come sorted by actor and target: pairs are numbered in that order, and the sum of
    # each is taken in the order of its reactions.
    pair = reactions.groupby(keys, sort=False).ngroup().to_numpy()
    return pairs.assign(m=np.log1p(np.bincount(pair, tau)))


def _anonymous(scene: Scene, content: np.ndarray) -> dict[str, Floats]:
    """True Reach and Amplification from counters; nothing where none was read."""
    counts = scene.posts[["shares", "comments", "likes"]].astype(np.float64)
    if not counts.notna().any(axis=None):
        return {}
    counts, size = counts.fillna(0), len(scene.creators)
    kinds = {"shares": "reshare", "comments": "comment", "likes": "like"}
    m = sum(counts[column] * np.log1p(KIND_WEIGHTS[kind]) for column, kind in kinds.items())
    people = np.bincount(scene.posts["creator"], counts.sum(axis=1), minlength=size)
    given = np.bincount(scene.posts["creator"], np.asarray(m), minlength=size)
    return {"true_reach": np.log1p(people), "amplification": np.log1p(given / content)}


def _scaled(terms: dict[str, Floats]) -> Floats:
    """The weighted sum of standardised terms, on Klout's scale."""
    known = {name: values for name, values in terms.items() if not np.isnan(values).all()}
    if not known:
        return np.full(len(next(iter(terms.values()))), np.nan)
    total = sum(TERM_WEIGHTS[name] for name in known)
    raw = sum(TERM_WEIGHTS[name] / total * _standardised(values) for name, values in known.items())
    return np.asarray(np.clip(MEAN + SPREAD * _standardised(np.asarray(raw)), 1, 100))


def _standardised(values: Floats) -> Floats:
    """Distance from the mean in standard deviations, the unknown at the median of the known."""
    values = np.where(np.isnan(values), np.nanmedian(values), values)
    spread = values.std()
    return (values - values.mean()) / spread if spread > 1e-12 else np.zeros(len(values))
