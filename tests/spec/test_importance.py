"""Importance by quality, facet and feature, with its interval and its stability over retrains."""

from __future__ import annotations

import pandas as pd
import pytest

from features.feature import Feature
from training.importance import agreement_of_retrains, importance_table


def declared(name: str, quality: str, facet: str) -> Feature:
    return Feature(name, quality, facet, "number", ("much", "little"), "About.", lambda _: None)


FEATURES = (
    declared("a", "engagement", "response"),
    declared("b", "engagement", "community"),
    declared("c", "momentum", "presence"),
)
CONTRIBUTIONS = pd.DataFrame(
    {
        "a": [0.4, -0.4, 0.2, 0.2],
        "b": [-0.1, 0.1, 0.1, 0.3],
        "c": [0.0, 0.2, 0.2, 0.0],
    }
)
CAMPAIGN = pd.Series(["k1", "k1", "k2", "k2"])
ORIGIN = pd.Series(["2024-01-01", "2024-01-01", "2024-02-01", "2024-02-01"])


def test_a_quality_counts_by_the_sum_of_its_features_and_each_feature_by_itself() -> None:
    found = importance_table(CONTRIBUTIONS, CAMPAIGN, ORIGIN, FEATURES).set_index(["level", "name"])
    # a + b: .3, -.3, .3, .5; the mean of .3, .3, .3 and .5 is .35; c: .1.
    assert found.loc[("quality", "engagement"), "value"] == pytest.approx(0.35)
    assert found.loc[("quality", "momentum"), "value"] == pytest.approx(0.1)
    assert found.loc[("quality", "reputation"), "value"] == 0
    assert found.loc[("feature", "a"), "value"] == pytest.approx(0.3)
    assert found.loc[("facet", "response"), "value"] == pytest.approx(0.3)
    assert found.loc[("facet", "response"), "quality"] == "engagement"
    # Of .3, .15 and .1.
    assert found.loc[("feature", "a"), "share"] == pytest.approx(0.3 / 0.55)


def test_least_and_most_are_of_the_models_of_the_origins() -> None:
    found = importance_table(CONTRIBUTIONS, CAMPAIGN, ORIGIN, FEATURES).set_index(["level", "name"])
    a = found.loc[("feature", "a")]
    assert (a["least"], a["most"]) == pytest.approx((0.2, 0.4))
    # Two campaigns: a draw has one of them twice, or both.
    assert (a["low"], a["high"]) == pytest.approx((0.2, 0.4))


def test_retrains_agree_by_the_order_of_their_features() -> None:
    # First a .4, b .1, c .1; then a .2, b .2, c .1: ranks 3, 1.5, 1.5 and 2.5, 2.5, 1. Their
    # deviations from 2 are 1, -.5, -.5 and .5, .5, -1: product .75 over sqrt(1.5 * 1.5).
    assert agreement_of_retrains(CONTRIBUTIONS, ORIGIN) == pytest.approx(0.5)
    one = pd.Series(["2024-01-01"] * 4)
    assert pd.isna(agreement_of_retrains(CONTRIBUTIONS, one))
