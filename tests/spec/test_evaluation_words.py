"""What is said of an evaluation of few campaigns."""

from __future__ import annotations

import pytest

from serving.show_evaluation import caution


@pytest.mark.parametrize(
    ("campaigns", "begins"), [(1, "Only a single campaign:"), (7, "Only 7 campaigns:")]
)
def test_intervals_of_few_campaigns_are_cautioned_of(campaigns: int, begins: str) -> None:
    assert caution(campaigns).startswith(begins)
    assert "At least 8 should be judged" in caution(campaigns)


def test_enough_campaigns_need_no_caution() -> None:
    assert not caution(8)
