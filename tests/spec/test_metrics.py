"""Tiers, subsets and the table of figures."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from training.metrics import calibration_deciles, metric_table, pit_histogram, subsets_of
from training.tiers import tier_of


def _rows(campaigns: int = 12, each: int = 8) -> pd.DataFrame:
    rng = np.random.default_rng(0)
    n = campaigns * each
    exposed = rng.integers(1000, 9000, n).astype(float)
    rate = np.exp(rng.normal(-5, 0.5, n))
    conversions = rng.poisson(rate * exposed).astype(float)
    upto = rng.uniform(0.2, 0.8, n)
    edges = {
        f"{of}_{end}": upto
        for of in ("conversions", "exposed", "rate")
        for end in ("below", "upto")
    }
    ends = {
        "conversions_low": 0.0,
        "conversions_high": 1e9,
        "exposed_low": 10.0,
        "exposed_high": 1e3,
        "rate_low": 1e-9,
        "rate_high": 1.0,
    }
    return pd.DataFrame(
        {
            "campaign_id": np.repeat([f"c{i}" for i in range(campaigns)], each),
            "creator_id": np.arange(n).astype(str),
            "origin": pd.Timestamp("2024-01-01"),
            "is_cold": np.arange(n) % 2 == 0,
            "has_history": True,
            "is_new_brand": np.arange(n) < 3 * each,
            "tier": "nano",
            "exposed": exposed,
            "conversions": conversions,
            "evidence": exposed,
            "rate": rate,
            "past rate": np.full(n, rate.mean()),
            "history as a rate": rate,
            "campaign base": np.full(n, rate.mean()),
            "predicted_exposed": 2 * exposed,
            "predicted_conversions": 2 * exposed * rate,
            **edges,
        }
    ).assign(**ends)  # fmt: skip


def test_tiers_begin_at_their_first_number_of_followers() -> None:
    followers = np.array([0, 9_999, 10_000, 100_000, 499_999, 500_000, 1_000_000, np.nan])
    assert tier_of(np.log1p(followers)).tolist() == [
        *("nano", "nano", "micro", "mid", "mid", "macro", "mega", "size unknown")
    ]


def test_a_subset_of_few_campaigns_has_no_figures() -> None:
    # The unseen brand has three campaigns.
    assert list(subsets_of(_rows())) == ["all", "warm", "cold", "with history", "nano"]


def test_figures_of_known_rows() -> None:
    rows = _rows()
    told = metric_table(rows, {"suasion": "predicted_conversions", "flat": "past rate"})
    found = told.set_index(["metric", "subset", "score"])
    # Reach is predicted at twice what came of it.
    assert found.loc[("exposed_ratio", "all", "suasion"), "value"] == pytest.approx(2)
    assert found.loc[("exposed_ratio", "all", "suasion"), ["low", "high"]].tolist() == [2, 2]
    assert found.loc[("d2", "all", "campaign base"), "value"] == 0
    assert found.loc[("d2", "all", "suasion"), "value"] > 0.3
    assert found.loc[("deviance", "all", "campaign base"), "ahead_low"] > 0
    assert found.loc[("pit_coverage_conversions", "cold", "suasion"), "value"] == 1
    assert found.loc[("log_width_exposed", "all", "suasion"), "value"] == pytest.approx(np.log(100))
    inside = rows["exposed"].between(10, 1000).mean()
    assert found.loc[("coverage_exposed", "all", "suasion"), "value"] == pytest.approx(inside)
    assert found.loc[("ndcg_5", "all", "flat"), "ahead"] > 0
    assert found.loc[("calibration_slope", "all", "suasion"), "value"] == pytest.approx(1, abs=0.15)


def test_the_parts_of_the_histogram_add_up_and_deciles_hold_all_rows() -> None:
    rows = _rows()
    assert pit_histogram(rows).groupby("outcome")["share"].sum().tolist() == pytest.approx(
        [1, 1, 1]
    )
    deciles = calibration_deciles(rows)
    assert deciles["rows"].sum() == len(rows)
    assert deciles["predicted"].is_monotonic_increasing
