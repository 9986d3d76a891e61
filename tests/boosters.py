"""Boosters drawn from a seed, written by hand or edited, and the Shapley values of their game.

The game is played on LightGBM's own dump of a tree, which `models.trees` does not read.
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import lightgbm as lgb
import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]

UNKNOWN: dict[str, dict[str, Any]] = {
    "NaN": {},
    "Zero": {"zero_as_missing": True},
    "None": {"use_missing": False},
}
"""How LightGBM is told to treat unknown values, by its own names."""

SPLITS = """tree
version=v4
num_class=1
num_tree_per_iteration=1
label_index=0
max_feature_idx={last}
objective=regression
feature_names={names}
feature_infos={infos}

Tree=0
num_leaves={leaves}
num_cat=0
split_feature={feature}
split_gain={ones}
threshold={threshold}
decision_type={decision}
left_child={left}
right_child={right}
leaf_value={value}
leaf_weight={leaf_rows}
leaf_count={leaf_rows}
internal_value={zeros}
internal_weight={rows}
internal_count={rows}
is_linear=0
shrinkage=1


end of trees
"""


@dataclass(frozen=True)
class Drawn:
    """A booster, and rows of its inputs with what is odd at its thresholds among them."""

    booster: lgb.Booster
    rows: Floats


def drawn(
    seed: int,
    *,
    unknown: str = "NaN",
    features: int = 5,
    leaves: int = 8,
    trees: int = 6,
    categorical: int = 0,
    rows: int = 40,
    **settings: Any,
) -> Drawn:
    """A booster of random data, a fifth of it unknown and a fifth of it 0.

    Parameters
    ----------
    unknown : str
        Key of `UNKNOWN`.
    categorical : int
        How many of the features, the last, are categories.
    rows : int
        Rows to explain.
    """
    rng = np.random.default_rng(seed)
    x = rng.normal(size=(400, features))
    x[:, features - categorical :] = rng.integers(0, 70, (400, categorical))
    effect = rng.normal(size=features)
    y = x @ effect + 2 * np.abs(x[:, 0]) * (x[:, -1] > 0) + (x[:, -1] % 3 == 0)
    x[rng.uniform(size=x.shape) < 0.2] = 0.0
    x[rng.uniform(size=x.shape) < 0.2] = np.nan
    y = y + np.where(np.isnan(x[:, 0]), rng.normal(), 0)
    chosen = {
        "verbosity": -1,
        "num_threads": 1,
        "num_leaves": leaves,
        "min_data_in_leaf": 3,
        "min_data_per_group": 5,
        "max_cat_to_onehot": 2,
        "cat_smooth": 1,
        "seed": seed,
        **UNKNOWN[unknown],
        **settings,
    }
    of = list(range(features - categorical, features))
    booster = lgb.train(chosen, lgb.Dataset(x, y, categorical_feature=of), trees)
    return Drawn(booster, _odd_rows(rng, x, booster, rows))


def _odd_rows(rng: np.random.Generator, x: Floats, booster: lgb.Booster, rows: int) -> Floats:
    found = x[rng.integers(0, len(x), rows)].copy()
    cuts: dict[int, list[float]] = {}
    for tree in booster.dump_model()["tree_info"]:
        for split in _splits(tree["tree_structure"]):
            if split["decision_type"] == "<=":
                cuts.setdefault(split["split_feature"], []).append(split["threshold"])
    tiny = float(np.float32(1e-35))
    odd = [np.nan, np.inf, -np.inf, 0.0, -0.0, tiny, -tiny, tiny / 2, -tiny / 2, 2 * tiny]
    odd += [-1.0, -0.5, 0.5, 1.7, 69.0, 70.0, 1e6, 3e9, -3e9]
    for row, feature in itertools.product(range(rows), range(x.shape[1])):
        draw = rng.uniform()
        if draw < 0.25:
            found[row, feature] = rng.choice(odd)
        elif draw < 0.6 and feature in cuts:
            # The threshold, its neighbours, and what a float makes of it.
            at = float(rng.choice(cuts[feature]))
            with np.errstate(over="ignore"):  # 1e300 parts all numbers from NaN
                of_float = np.float32(at)
            near = [at, np.nextafter(at, np.inf), np.nextafter(at, -np.inf), of_float]
            found[row, feature] = float(rng.choice(near))
    return found


def _splits(node: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    if "split_index" not in node:
        return []
    return [node, *_splits(node["left_child"]), *_splits(node["right_child"])]


def written(
    feature: Sequence[int],
    left: Sequence[int],
    right: Sequence[int],
    value: Sequence[float],
    rows: Sequence[int],
    leaf_rows: Sequence[int],
    features: int,
) -> lgb.Booster:
    """One tree by hand, every threshold 0; a child is a split, or ``-1 - leaf``."""

    def words(values: Sequence[object]) -> str:
        return " ".join(map(str, values))

    splits = len(feature)
    text = SPLITS.format(
        last=features - 1,
        names=words([f"f{i}" for i in range(features)]),
        infos=words(["[-1:1]"] * features),
        leaves=splits + 1,
        feature=words(feature),
        ones=words([1] * splits),
        zeros=words([0] * splits),
        threshold=words([0.0] * splits),
        decision=words([2] * splits),
        left=words(left),
        right=words(right),
        value=words(value),
        rows=words(rows),
        leaf_rows=words(leaf_rows),
    )
    return lgb.Booster(model_str=text)


def edited(booster: lgb.Booster, name: str, tree: int, values: Sequence[object]) -> lgb.Booster:
    """The same booster with other values in a line of one of its trees."""
    lines = booster.model_to_string().splitlines()
    start = lines.index(f"Tree={tree}")
    line = next(i for i in range(start, len(lines)) if lines[i].startswith(f"{name}="))
    lines[line] = f"{name}={' '.join(map(str, values))}"
    # Without it LightGBM looks for the trees itself.
    kept = [line for line in lines if not line.startswith("tree_sizes=")]
    return lgb.Booster(model_str="\n".join(kept) + "\n")


def shapley(booster: lgb.Booster, row: Floats) -> Floats:
    """Shapley values by their definition, with the mean first, shape (1 + n_features,).

    The value of a coalition is the mean of a tree where the features outside it are unknown: each
    branch counts by the share of the training rows that went there.
    """
    n = booster.num_feature()
    found = np.zeros(1 + n)
    for tree in booster.dump_model()["tree_info"]:
        root = tree["tree_structure"]
        players = sorted({split["split_feature"] for split in _splits(root)})
        worth = {
            known: _mean(root, row, frozenset(known))
            for size in range(len(players) + 1)
            for known in itertools.combinations(players, size)
        }
        found[0] += worth[()]
        d = len(players)
        for player in players:
            for known in worth:
                if player not in known:
                    joined = tuple(sorted((*known, player)))
                    weight = math.factorial(len(known)) * math.factorial(d - len(known) - 1)
                    gain = worth[joined] - worth[known]
                    found[1 + player] += weight / math.factorial(d) * gain
    return found


def _mean(node: Mapping[str, Any], row: Floats, known: frozenset[int]) -> float:
    if "split_index" not in node:
        return float(node["leaf_value"])
    left, right = (_mean(node[side], row, known) for side in ("left_child", "right_child"))
    if node["split_feature"] in known:
        return left if _goes_left(node, float(row[node["split_feature"]])) else right
    rows = node["internal_count"]
    shares = (_rows(node[side]) / rows if rows else 0.5 for side in ("left_child", "right_child"))
    return sum(share * mean for share, mean in zip(shares, (left, right), strict=True))


def _rows(node: Mapping[str, Any]) -> int:
    return int(node.get("internal_count", node.get("leaf_count", 0)))


def _goes_left(node: Mapping[str, Any], value: float) -> bool:
    if abs(value) <= float(np.float32(1e-35)):
        value = 0.0
    if node["decision_type"] == "==":
        among = {int(category) for category in node["threshold"].split("||")}
        return math.isfinite(value) and value > -1 and math.trunc(value) in among
    if math.isnan(value) and node["missing_type"] != "NaN":
        value = 0.0
    is_missing = {"None": False, "Zero": value == 0, "NaN": math.isnan(value)}
    if is_missing[node["missing_type"]]:
        return bool(node["default_left"])
    return bool(value <= node["threshold"])
