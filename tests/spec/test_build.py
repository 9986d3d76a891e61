"""Rows in, matrix out: one line a row, whatever the order, the batches and the company."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

import features.build
from features.build import build
from features.feature import catalogue
from tests.market import NO_WORDS, as_rows, prepare_market

POSTS = """
    post_id | creator_id | published_at
    1       | ana        | 2024-03-01
    2       | ana        | 2024-03-05
    3       | bea        | 2024-03-05
"""
ROWS = """
    creator_id | campaign_id | as_of
    bea        | tea         | 2024-03-06
    ana        | tea         | 2024-03-06
    ana        | run         | 2024-03-02
    dan        | tea         | 2024-03-06
    ana        | tea         | 2024-03-06
    ana        | run         | 2024-03-06
"""
DAYS_SINCE_POST = [1, 1, 1, np.nan, 1, 1]
TENURE_DAYS = [1, 5, 1, np.nan, 5, 5]


@pytest.mark.parametrize("batch", [1, 2, 50_000])
def test_lines_follow_the_rows_in_order_and_index_in_batches_of_any_size(
    batch: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(features.build, "BATCH_MOMENTS", batch)
    wanted = as_rows(ROWS).set_axis([5, 4, 3, 2, 1, 0])
    before = wanted.copy()
    found = build(prepare_market({"posts": POSTS}), wanted, NO_WORDS)
    pd.testing.assert_frame_equal(wanted, before)
    assert found.index.tolist() == [5, 4, 3, 2, 1, 0]
    assert found.columns.tolist() == [feature.name for feature in catalogue()]
    assert set(found.dtypes) == {np.dtype(np.float64)}
    np.testing.assert_array_equal(found["days_since_post"], DAYS_SINCE_POST)
    np.testing.assert_array_equal(found["tenure_days"], TENURE_DAYS)


@pytest.mark.parametrize("unit", ["s", "ms", "us", "ns"])
def test_moments_may_have_any_resolution_and_rows_any_further_column(unit: str) -> None:
    wanted = as_rows(ROWS).astype({"as_of": f"datetime64[{unit}]"}).assign(fee=1.0)
    found = build(prepare_market({"posts": POSTS}), wanted, NO_WORDS)
    np.testing.assert_array_equal(found["tenure_days"], TENURE_DAYS)


def test_no_rows_give_no_lines() -> None:
    found = build(prepare_market({"posts": POSTS}), as_rows(ROWS).iloc[:0], NO_WORDS)
    assert found.shape == (0, len(catalogue()))


def test_a_feature_is_asked_for_alone_as_with_all_others() -> None:
    connection = prepare_market({"posts": POSTS})
    wanted = as_rows(ROWS)
    whole = build(connection, wanted, NO_WORDS)
    tenure = [feature for feature in catalogue() if feature.name == "tenure_days"]
    pd.testing.assert_frame_equal(
        build(connection, wanted, NO_WORDS, tenure), whole[["tenure_days"]]
    )
