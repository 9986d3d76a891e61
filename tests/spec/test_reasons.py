"""Reasons in words, and values as a person reads them."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from features.feature import Feature, Unit
from models.explain import LEAST_EFFECT, REASONS, by_quality, format_value, reasons


def declared(name: str, unit: Unit = "number", quality: str = "engagement") -> Feature:
    return Feature(
        name,
        quality,
        "facet",
        unit,
        (f"has much {name}", f"has little {name}"),
        "About.",
        lambda _: None,
    )


def said(
    values: dict[str, float], effects: dict[str, float], typical: dict[str, float] | None = None
) -> list[str]:
    features = [declared(name) for name in values]
    levels = pd.Series(dict.fromkeys(values, 0.0) | (typical or {}))
    (row,) = reasons(pd.DataFrame([values]), pd.DataFrame([effects]), levels, features)
    return row


def test_a_high_value_that_helps_is_for() -> None:
    # exp(.3365) = 1.40
    assert said({"wit": 2.0}, {"wit": 0.3365}) == ["for: has much wit (2.00), odds ×1.40"]


def test_a_low_value_that_hurts_is_against() -> None:
    assert said({"wit": -1.0}, {"wit": -0.3365}) == ["against: has little wit (-1.00), odds ×0.71"]


def test_high_and_low_are_of_the_value_for_and_against_of_its_effect() -> None:
    assert said({"wit": 2.0}, {"wit": -0.3365}) == ["against: has much wit (2.00), odds ×0.71"]
    assert said({"wit": -1.0}, {"wit": 0.3365}) == ["for: has little wit (-1.00), odds ×1.40"]


def test_high_is_from_the_training_median_on() -> None:
    found = said({"a": 5.0, "b": 5.0}, {"a": 0.3, "b": 0.2}, {"a": 5.0, "b": 5.1})
    assert [reason[: reason.index(" (")] for reason in found] == [
        "for: has much a",
        "for: has little b",
    ]


def test_a_missing_value_is_never_a_reason() -> None:
    assert said({"wit": np.nan, "wisdom": 1.0}, {"wit": 2.0, "wisdom": 0.5}) == [
        "for: has much wisdom (1.00), odds ×1.65"
    ]


def test_the_strongest_come_first_whichever_side_they_take() -> None:
    found = said({"a": 1.0, "b": 1.0, "c": 1.0}, {"a": 0.1, "b": -0.5, "c": 0.3})
    assert [reason.split(" (")[0] for reason in found] == [
        "against: has much b",
        "for: has much c",
        "for: has much a",
    ]


def test_an_effect_below_the_threshold_is_no_reason() -> None:
    just_below = LEAST_EFFECT - 1e-9
    assert said({"a": 1.0, "b": 1.0}, {"a": just_below, "b": -just_below}) == []
    assert len(said({"a": 1.0, "b": 1.0}, {"a": LEAST_EFFECT, "b": -LEAST_EFFECT})) == 2


def test_there_are_never_more_than_four() -> None:
    names = "abcdefg"
    found = said(dict.fromkeys(names, 1.0), {name: 1.0 + i for i, name in enumerate(names)})
    assert REASONS == 4
    assert [reason[len("for: has much ")] for reason in found] == ["g", "f", "e", "d"]


def test_each_row_has_its_own_reasons() -> None:
    matrix = pd.DataFrame({"a": [1.0, np.nan], "b": [1.0, 1.0]})
    effects = pd.DataFrame({"a": [0.5, 0.5], "b": [0.0, -0.5]})
    typical = pd.Series({"a": 0.0, "b": 0.0})
    found = reasons(matrix, effects, typical, [declared("a"), declared("b")])
    assert [len(row) for row in found] == [1, 1]
    assert found[1][0].startswith("against: has much b")


@pytest.mark.parametrize(
    ("unit", "value", "text"),
    [
        ("share", 0.62, "62 %"),
        ("share", 0.0, "0 %"),
        ("log ratio", np.log(1.5), "×1.50"),
        ("log ratio", np.log(0.25), "×0.25"),
        ("log per view", np.log(0.012), "12 per 1,000 views"),
        ("log per view", np.log(0.0004), "0.4 per 1,000 views"),
        ("log per view", np.log(0.15), "150 per 1,000 views"),
        ("per week", 2.25, "2.2 a week"),
        ("days", 3.4, "3.4 days"),
        ("days", 45.2, "45 days"),
        ("hours", 30.4, "30 h"),
        ("count", 12.0, "12"),
        ("log", np.log(12_500), "12,500"),
        ("score", 0.456, "0.46"),
        ("number", -1.5, "-1.50"),
    ],
)
def test_a_value_is_shown_in_its_unit(unit: Unit, value: float, text: str) -> None:
    assert format_value(declared("x", unit), value) == text


def test_contributions_are_summed_by_quality() -> None:
    features = [
        declared("a", quality="engagement"),
        declared("b", quality="momentum"),
        declared("c", quality="engagement"),
    ]
    contributions = pd.DataFrame({"a": [1.0], "b": [0.5], "c": [-0.25]}, index=["row"])
    found = by_quality(contributions, features)
    assert found.loc["row"].to_dict() == {
        "engagement": 0.75,
        "relevance": 0.0,
        "reputation": 0.0,
        "momentum": 0.5,
    }
