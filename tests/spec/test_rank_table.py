"""The table of rank correlations."""

from __future__ import annotations

import numpy as np
import pandas as pd

from training.rank_table import rank_table


def test_no_bound_of_a_correlation_is_beyond_one() -> None:
    actual = np.tile(np.arange(6.0), 10)
    said = actual.copy()
    said[:12] = np.random.default_rng(0).permutation(said[:12])  # wrong in two campaigns of ten
    rows = pd.DataFrame(
        {
            "origin": pd.Timestamp("2024-01-01"),
            "campaign_id": [f"k{i // 6}" for i in range(60)],
            "creator_id": [f"c{i % 17}" for i in range(60)],
            "is_cold": False,
            "has_history": True,
            "said": said,
        }
    )
    line = rank_table(rows, {"suasion": "said"}, actual, subsets=["all"]).iloc[0]
    assert -1 <= line["low"] < line["spearman"] < line["high"] == 1
