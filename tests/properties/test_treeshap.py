"""What is told of trees is their Shapley values, for every booster and row, or a refusal by name."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import lightgbm as lgb
import numpy as np
import numpy.typing as npt
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from models import treeshap
from models.pieces import LONGEST, is_too_deep
from models.trees import trees_of
from models.treeshap import TreeShap
from tests.boosters import UNKNOWN, Drawn, drawn, edited, shapley, written

Floats = npt.NDArray[np.float64]

ROOT = Path(__file__).parents[2]
SEEDS = st.integers(0, 10**6)
KINDS = st.sampled_from(sorted(UNKNOWN))


def of_lightgbm(booster: lgb.Booster, rows: Floats, **trees: int) -> Floats:
    """LightGBM's own, slow: features, and the mean last."""
    return np.asarray(booster.predict(rows, pred_contrib=True, **trees))


def gap(shap: TreeShap, rows: Floats, told: Floats) -> float:
    """Largest difference to what LightGBM told, mean included."""
    assert np.isfinite(told).all()
    return max(np.abs(shap(rows) - told[:, :-1]).max(), np.abs(shap.expected - told[:, -1]).max())


@settings(max_examples=40, deadline=None, derandomize=True)
@given(SEEDS, KINDS, st.integers(1, 5), st.integers(2, 9), st.integers(0, 1))
def test_contributions_are_shapley_values_of_the_game(
    seed: int, unknown: str, features: int, leaves: int, categorical: int
) -> None:
    of = drawn(
        seed,
        unknown=unknown,
        features=features,
        leaves=leaves,
        categorical=categorical,
        trees=3,
        rows=6,
    )
    shap = TreeShap.of(of.booster)
    for row, told in zip(of.rows, shap(of.rows), strict=True):
        by_definition = shapley(of.booster, row)
        assert shap.expected == pytest.approx(by_definition[0], abs=1e-12)
        assert told == pytest.approx(by_definition[1:], abs=1e-12)


@settings(max_examples=60, deadline=None, derandomize=True)
@given(
    SEEDS,
    KINDS,
    st.integers(1, 12),
    st.integers(2, 40),
    st.integers(0, 2),
    st.sampled_from([-1, 2, 4, 6, 12]),
    st.booleans(),
)
def test_contributions_are_those_of_lightgbm_and_add_up_to_the_raw_score(
    seed: int,
    unknown: str,
    features: int,
    leaves: int,
    categorical: int,
    max_depth: int,
    extra_trees: bool,
) -> None:
    of = drawn(
        seed,
        unknown=unknown,
        features=features,
        leaves=leaves,
        categorical=min(categorical, features),
        max_depth=max_depth,
        extra_trees=extra_trees,
    )
    shap = TreeShap.of(of.booster)
    assert gap(shap, of.rows, of_lightgbm(of.booster, of.rows)) < 1e-10
    raw = np.asarray(of.booster.predict(of.rows, raw_score=True))
    assert np.abs(shap.expected + shap(of.rows).sum(axis=1) - raw).max() < 1e-9


@settings(max_examples=25, deadline=None, derandomize=True)
@given(SEEDS, KINDS, st.lists(st.integers(0, 4), min_size=7, max_size=7))
def test_a_group_is_told_the_sum_of_its_features(
    seed: int, unknown: str, groups: list[int]
) -> None:
    of = drawn(seed, unknown=unknown, features=7, leaves=20, categorical=1)
    by_feature = TreeShap.of(of.booster)(of.rows)
    by_group = TreeShap.of(of.booster, groups)
    assert by_group(of.rows).shape == (len(of.rows), max(groups) + 1)
    sums = np.zeros((len(of.rows), max(groups) + 1))
    for feature, group in enumerate(groups):
        sums[:, group] += by_feature[:, feature]
    assert np.abs(by_group(of.rows) - sums).max() < 1e-10
    assert by_group.expected == TreeShap.of(of.booster).expected


@settings(max_examples=15, deadline=None, derandomize=True)
@given(SEEDS, st.permutations(range(5)))
def test_contributions_follow_a_feature_wherever_it_stands(seed: int, order: list[int]) -> None:
    # Symmetry: a name gives no feature an advantage.
    of = drawn(seed, features=5, leaves=12, trees=1)
    tree = trees_of(of.booster)[1][0]
    moved = edited(of.booster, "split_feature", 0, [order[f] for f in tree.feature])
    rows = np.empty_like(of.rows)
    rows[:, order] = of.rows
    assert (
        np.abs(TreeShap.of(moved)(rows)[:, order] - TreeShap.of(of.booster)(of.rows)).max() < 1e-12
    )


def test_two_conditions_that_must_both_hold_share_what_they_bring() -> None:
    # f0 <= 0 for half of 8 rows, of these f1 <= 0 for half: only then 1. Unknown both 1/4, either
    # known to hold 1/2, both 1: each is worth (1/4 + 1/2) / 2. If f0 does not hold, nothing does:
    # f0 takes the whole 1/4 when first and 1/2 when second; f1 1/4 when first and 0 when second,
    # which is 3/8 taken and 1/8 given. If f1 alone does not hold, the other way round.
    booster = written([0, 1], [1, -1], [-2, -3], [1.0, 0.0, 0.0], [8, 4], [2, 4, 2], features=3)
    shap = TreeShap.of(booster)
    assert shap.expected == 0.25
    rows = np.array([[-1.0, -1, 5], [1, -1, 5], [-1, 1, 5]])
    expected = [[0.375, 0.375, 0], [-0.375, 0.125, 0], [0.125, -0.375, 0]]
    assert shap(rows) == pytest.approx(np.array(expected), abs=1e-15)


def test_unknown_counts_as_0_where_a_tree_learned_of_nothing_unknown() -> None:
    # At a threshold of 0, 0 goes left.
    booster = written([0], [-1], [-2], [3.0, 1.0], [4], [2, 2], features=1)
    assert TreeShap.of(booster)(np.array([[np.nan], [0.0], [0.1]])).tolist() == [[1], [1], [-1]]


def test_a_feature_of_no_split_contributes_nothing_at_all() -> None:
    of = drawn(3, features=6, leaves=12, trees=2)
    used = {int(f) for tree in trees_of(of.booster)[1] for f in tree.feature}
    unused = sorted(set(range(6)) - used)
    assert unused
    assert (TreeShap.of(of.booster)(of.rows)[:, unused] == 0).all()
    assert (TreeShap.of(of.booster)(of.rows)[:, sorted(used)] != 0).any(axis=0).all()


def test_trees_without_a_split_are_all_mean() -> None:
    booster = drawn(0, min_data_in_leaf=10**6).booster
    shap = TreeShap.of(booster)
    rows = np.array([[1.0, np.nan, 0, 2, 3]])
    assert (shap(rows) == 0).all()
    assert shap.expected == np.asarray(booster.predict(rows, raw_score=True))[0] != 0


@pytest.mark.parametrize("unreached", [[0, 1, 2, 1], [2, 0, 2, 0], [0, 0, 0, 4]], ids=str)
def test_branches_that_no_training_row_reached_are_part_of_the_game(unreached: list[int]) -> None:
    # LightGBM divides by their share, which is 0.
    above = unreached[0] + unreached[1], unreached[2] + unreached[3]
    booster = written(
        [0, 1, 2],
        [1, -1, -3],
        [2, -2, -4],
        [1.0, -2.0, 4.0, 8.0],
        [4, *above],
        unreached,
        features=3,
    )
    rows = np.array(np.meshgrid(*[[-1.0, 1.0]] * 3)).reshape(3, 8).T.copy()
    assert np.isnan(np.asarray(booster.predict(rows, pred_contrib=True))).any()
    shap = TreeShap.of(booster)
    for row, told in zip(rows, shap(rows), strict=True):
        assert told == pytest.approx(shapley(booster, row)[1:], abs=1e-14)
    raw = np.asarray(booster.predict(rows, raw_score=True))
    assert shap.expected + shap(rows).sum(axis=1) == pytest.approx(raw, abs=1e-14)


@pytest.mark.parametrize("trees", [1, 4, 6, 100])
def test_the_first_trees_can_be_explained_alone(trees: int) -> None:
    of = drawn(5, leaves=10)
    told = of_lightgbm(of.booster, of.rows, num_iteration=trees)
    assert gap(TreeShap.of(of.booster, trees=trees), of.rows, told) < 1e-10


def test_a_booster_that_stopped_early_is_explained_as_it_predicts() -> None:
    of = drawn(5, leaves=10)
    of.booster.best_iteration = 2
    assert gap(TreeShap.of(of.booster), of.rows, of_lightgbm(of.booster, of.rows)) < 1e-10
    assert gap(TreeShap.of(of.booster, trees=6), of.rows, of_lightgbm(of.booster, of.rows)) > 1e-3


def deep() -> Drawn:
    """Some trees too deep for tables, between others that are not."""
    return drawn(
        2,
        features=20,
        leaves=80,
        trees=12,
        min_data_in_leaf=1,
        feature_fraction=0.7,
        extra_trees=True,
    )


def test_trees_too_deep_for_tables_are_explained_by_lightgbm() -> None:
    of = deep()
    are = [is_too_deep(tree) for tree in trees_of(of.booster)[1]]
    assert 0 < sum(are) < len(are)
    shap = TreeShap.of(of.booster)
    assert len(shap.asked) > 1
    assert gap(shap, of.rows, of_lightgbm(of.booster, of.rows)) < 1e-10
    groups = np.arange(20) % 3
    sums = np.stack([shap(of.rows)[:, groups == group].sum(axis=1) for group in range(3)], axis=1)
    assert np.abs(TreeShap.of(of.booster, groups)(of.rows) - sums).max() < 1e-10


def test_a_path_of_as_many_features_as_tables_hold_needs_no_lightgbm() -> None:
    # A chain: each split sends half of the rows to a leaf and the others on, to another feature.
    n = LONGEST
    rows = [2 ** (n - i) for i in range(n)]
    chain = [*range(1, n), -1]
    booster = written(
        range(n),
        chain,
        range(-2, -2 - n, -1),
        range(n + 1),
        rows,
        [1, *(r // 2 for r in rows)],
        features=n,
    )
    shap = TreeShap.of(booster)
    assert shap.asked == ()
    x = np.random.default_rng(0).normal(-1, 1, (50, n))
    assert gap(shap, x, of_lightgbm(booster, x)) < 1e-12


def test_a_model_too_large_for_tables_is_explained_by_lightgbm(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    of = drawn(7, leaves=12)
    in_tables = TreeShap.of(of.booster)
    monkeypatch.setattr(treeshap, "LARGEST", 10)
    asked = TreeShap.of(of.booster)
    assert (len(asked.table), asked.asked) == (0, ((0, 6),))
    assert np.abs(asked(of.rows) - in_tables(of.rows)).max() < 1e-12
    assert asked.expected == pytest.approx(in_tables.expected, abs=1e-12)


@pytest.mark.parametrize("of", [drawn(2, leaves=20, rows=5000), deep()], ids=["tables", "asked"])
def test_a_row_is_told_the_same_whatever_rows_are_beside_it(of: Drawn) -> None:
    # To the last digit, however they lie in memory; blocks end within and at these numbers.
    shap = TreeShap.of(of.booster)
    together = shap(of.rows)
    assert (shap(np.asfortranarray(of.rows)) == together).all()
    for n in (0, 1, 2, 255, 256, 257, 4096, 4097):
        assert (shap(of.rows[:n]) == together[:n]).all()
    for i in range(0, len(of.rows), len(of.rows) // 20):
        assert (shap(of.rows[i : i + 1]) == together[i]).all()


def test_what_is_not_supported_is_refused_by_name() -> None:
    with pytest.raises(ValueError, match="linear leaves"):
        TreeShap.of(drawn(0, linear_tree=True).booster)
    rng = np.random.default_rng(0)
    data = rng.normal(size=(90, 2)), np.arange(90) % 3
    several = lgb.train(
        {"objective": "multiclass", "num_class": 3, "verbosity": -1}, lgb.Dataset(*data), 1
    )
    with pytest.raises(ValueError, match="3 classes"):
        TreeShap.of(several)
    with pytest.raises(ValueError, match="random forest"):
        TreeShap.of(drawn(0, boosting="rf", bagging_freq=1, bagging_fraction=0.5).booster)
    uncounted = written([0], [-1], [-2], [1.0, 2.0], [0], [0, 0], features=1)
    with pytest.raises(ValueError, match="tree 0 holds no counts"):
        TreeShap.of(uncounted)
    with pytest.raises(ValueError, match="trees is 0"):
        TreeShap.of(drawn(0).booster, trees=0)


def test_a_deep_tree_with_a_branch_that_no_row_reached_is_refused_by_name() -> None:
    of = deep()
    trees = trees_of(of.booster)[1]
    number = [is_too_deep(tree) for tree in trees].index(True)
    counts = [0, *trees[number].leaf_rows[1:].astype(int)]
    with pytest.raises(ValueError, match=f"tree {number} is too deep .* no training row"):
        TreeShap.of(edited(of.booster, "leaf_count", number, counts))


@pytest.mark.parametrize(
    "groups", [[0, 1], [0, 1, 2, 3, -1], [0.0, 1, 2, 3, 4], [[0, 1, 2, 3, 4]]], ids=str
)
def test_groups_that_do_not_fit_are_refused(groups: list[int]) -> None:
    with pytest.raises(ValueError, match="a number from 0 for each of the 5 features"):
        TreeShap.of(drawn(0).booster, groups)


@pytest.mark.parametrize("shape", [(5,), (2, 4), (2, 6)])
def test_inputs_of_another_shape_are_refused(shape: tuple[int, ...]) -> None:
    with pytest.raises(ValueError, match=r"give \(n, 5\)"):
        TreeShap.of(drawn(0).booster)(np.zeros(shape))


SAYS = """
from tests.boosters import drawn
from models import steps
from models.treeshap import TreeShap
of = drawn(0)
told = TreeShap.of(of.booster)(of.rows)
for stats in (steps.fill.stats, steps.walk.stats):
    print("found" if stats.cache_hits else "compiled")
print(told.tobytes().hex())
"""


def said(**environment: str) -> list[str]:
    """How a process of its own came by what is compiled, and contributions."""
    run = subprocess.run(
        [sys.executable, "-c", SAYS],
        capture_output=True,
        text=True,
        check=True,
        cwd=ROOT,
        env={**os.environ, "PYTHONPATH": str(ROOT), **environment},
    )
    return run.stdout.splitlines()


def test_the_next_process_need_not_compile_again(tmp_path: Path) -> None:
    first, again = (said(NUMBA_CACHE_DIR=str(tmp_path)) for _ in range(2))
    assert (first[:2], again[:2]) == (["compiled"] * 2, ["found"] * 2)
    assert first[2] == again[2]


def test_no_folder_to_write_to_is_no_obstacle(tmp_path: Path) -> None:
    # numba refuses to keep what it compiles when none of its folders can be made.
    (tmp_path / "file").touch()
    nowhere = {
        "NUMBA_CACHE_DIR": str(tmp_path / "file" / "folder"),
        "NUMBA_CACHE_LOCATOR_CLASSES": "UserProvidedCacheLocator",
    }
    of = drawn(0)
    told = TreeShap.of(of.booster)(of.rows).tobytes().hex()
    assert said(**nowhere) == ["compiled", "compiled", told]
