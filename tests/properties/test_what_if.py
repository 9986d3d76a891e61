"""What a creator could change: single changes, within its power, that the model itself confirms."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from models.explain import LEAST_EFFECT
from models.what_if import CHANGES, what_if
from tests.synthetic import market, predictor

BENT = pytest.mark.parametrize("bent", [0.0, 1.0], ids=["history", "trees"])


def told(bent: float, row: int) -> tuple[pd.DataFrame, pd.DataFrame, np.ndarray]:
    planted = market(bent=bent)
    matrix, base = planted.matrix.iloc[[row]], planted.base[[row]]
    return what_if(predictor(bent=bent), matrix, base), matrix, base


def test_trees_give_changes_within_the_creators_power_and_history_none() -> None:
    in_power = {f.name for f in predictor(bent=1.0).features if f.is_in_power}
    found = pd.concat([told(1.0, row)[0] for row in range(20)])
    assert set(found["feature"]) <= in_power
    assert len(found)
    # Response and track record are what others did, and are no one's to change by a decision.
    assert all(told(0.0, row)[0].empty for row in range(5))


def test_each_change_is_what_the_model_predicts_of_the_changed_row() -> None:
    model = predictor(bent=1.0)
    for row in range(20):
        found, matrix, base = told(1.0, row)
        for line in found.to_dict("records"):
            assert matrix[line["feature"]].item() == line["value"]
            changed = matrix.assign(**{line["feature"]: line["changed"]})
            after, before = (
                model.rate.log_odds(m[model.rate.columns], base)[0] for m in (changed, matrix)
            )
            assert np.log(line["odds"]) == pytest.approx(after - before, abs=1e-12)
            assert line["odds"] >= 1 + (LEAST_EFFECT - 0.5) / 100
            low, high = model.low[line["feature"]], model.high[line["feature"]]
            assert low <= line["changed"] <= high


def test_the_greatest_gain_comes_first_and_a_facet_speaks_once() -> None:
    for row in range(20):
        found = told(1.0, row)[0]
        assert len(found) <= CHANGES
        assert found["odds"].is_monotonic_decreasing
        assert found["facet"].is_unique


def test_what_is_unknown_is_not_changed() -> None:
    planted = market(bent=1.0)
    nothing = planted.matrix.iloc[[0]] * np.nan
    assert what_if(predictor(bent=1.0), nothing, planted.base[[0]]).empty
