"""The checklist of signals: each is measured, or listed with the reason why it cannot be."""

from __future__ import annotations

from features.feature import catalogue
from features.signals import SIGNALS, UNCARRIED, UNCARRIED_PARTS

NAMED = {feature.name: set(feature.signals.split()) for feature in catalogue()}
MEASURED = set().union(*NAMED.values())


def test_the_checklist_is_whole() -> None:
    # Of the documents that say what influence is: 23 signals of engagement, 13 of relevance, 26 of
    # reputation, 8 of momentum.
    counts = {"E": 23, "R": 13, "P": 26, "M": 8}
    assert list(SIGNALS) == [f"{q}{i + 1}" for q, count in counts.items() for i in range(count)]


def test_every_signal_is_measured_or_has_a_reason() -> None:
    neither = [code for code in SIGNALS if code not in MEASURED | UNCARRIED.keys()]
    assert neither == [], "measure each, or say in features/signals.py why no table carries it"


def test_no_signal_is_both_measured_and_said_to_be_beyond_the_tables() -> None:
    assert MEASURED & UNCARRIED.keys() == set()
    assert UNCARRIED.keys() & UNCARRIED_PARTS.keys() == set()


def test_every_feature_stands_for_signals_that_exist() -> None:
    assert {name: codes - SIGNALS.keys() for name, codes in NAMED.items() if not codes} == {}
    assert MEASURED - SIGNALS.keys() == set()
    assert UNCARRIED_PARTS.keys() - SIGNALS.keys() == set()
