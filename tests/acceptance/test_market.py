"""A small part of the acceptance: one market, three windows. `make accept` judges three larger ones."""

from __future__ import annotations

from tests.acceptance.market import Verdict, document, failures, judge


def test_the_model_beats_past_rate_and_popularity_where_there_is_something_to_learn() -> None:
    verdict = judge(0, creators=500, months=10, windows=3)
    assert failures(verdict) == []
    # What features could reveal is a ceiling for what is learned from them, but for luck.
    assert verdict.share_of_revealed < 1.1


def test_a_claim_that_does_not_hold_is_named_in_the_document() -> None:
    fine = Verdict(
        seed=3,
        campaigns=60,
        captured=0.7,
        captured_by_past_rate=0.6,
        ahead_low=0.02,
        ahead_high=0.2,
        captured_by_revealed=0.8,
        spearman=0.5,
        share_of_revealed=0.7,
        popularity=-0.1,
        least_popularity_of_baselines=0.5,
        trees="0",
        seconds=1.0,
    )
    assert "Every claim held" in document([fine], "make accept")
    popular = Verdict(**{**vars(fine), "popularity": -0.6, "share_of_revealed": 0.5})
    page = document([fine, popular], "make accept")
    assert page.count("does not hold") == 2
    assert "Every claim held" not in page
