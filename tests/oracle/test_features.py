"""Every feature from plain windows, and most a third time by their definitions."""

from __future__ import annotations

import numpy as np
import pytest

from features.asof import windows_of
from features.feature import Feature, catalogue
from tests.oracle import (  # noqa: F401  (each module adds its definitions)
    definitions_of_engagement,
    definitions_of_momentum,
    definitions_of_relevance,
    definitions_of_reputation,
)
from tests.oracle.computed import TOLERANCE, computed
from tests.oracle.definitions import DEFINITIONS
from tests.oracle.odd_markets import MARKETS, TABLES

NAMES = {feature.name for feature in catalogue()}

HELD_IN = {
    "posts": {"posts", "topical_posts", "links", "themes", "own_voice"},
    "interactions": {
        *("received", "comments", "acts", "threads", "exchanges", "favours", "approaches"),
        *(
            "audience_voice",
            "peer_acts",
            "topical_mentions",
            "topical_comments",
            "topical_talk",
            "opinions",
        ),
    },
    "audience": {"audience"},
    "credentials": {"credentials"},
    "creators": {"profile", "peer_acts", "platform_past"},
    "outcomes": {"past", "related_past", "platform_past"},
    "campaigns": {
        *("topical_posts", "own_voice", "topical_mentions", "topical_talk", "profile"),
        *("past", "related_past", "platform_past", "topical_comments", "audience_voice"),
    },
    "post_metrics": set(),
}
"""Table -> the streams that know nothing without it."""


@pytest.mark.parametrize("name", MARKETS)
def test_features_are_their_functions_of_plain_windows(name: str) -> None:
    found = computed(name)
    for feature in catalogue():
        np.testing.assert_allclose(
            found.features[feature.name],
            found.plain_feature(feature),
            rtol=TOLERANCE,
            atol=TOLERANCE,
            err_msg=feature.name,
        )


@pytest.mark.parametrize("name", MARKETS)
def test_features_are_what_their_definitions_say(name: str) -> None:
    found = computed(name)
    for feature, definition in DEFINITIONS.items():
        expected = [definition(found.market, row) for row in found.rows]
        np.testing.assert_allclose(
            found.features[feature],
            np.array(expected, dtype=np.float64),
            rtol=TOLERANCE,
            atol=TOLERANCE,
            err_msg=feature,
        )


def test_definitions_are_of_features_and_of_most_of_them() -> None:
    assert DEFINITIONS.keys() <= NAMES
    assert len(DEFINITIONS) > len(NAMES) / 2


def test_every_feature_differs_between_rows_that_know_it() -> None:
    """A feature that is one number everywhere would be compared with nothing."""
    drawn = [name for name in MARKETS if not name.startswith("without")]
    values = {
        feature: {round(v, 9) for name in drawn for v in computed(name).features[feature]} - {None}
        for feature in NAMES
    }
    known = {feature: {v for v in found if v == v} for feature, found in values.items()}
    assert {feature for feature, found in known.items() if len(found) < 2} == set()


def streams_of(feature: Feature) -> set[str]:
    return {window.stream for window in windows_of([feature.compute])}


@pytest.mark.parametrize("table", TABLES)
def test_an_absent_table_leaves_its_features_unknown(table: str) -> None:
    found = computed(f"without {table}").features
    lost = [f.name for f in catalogue() if streams_of(f) <= HELD_IN[table]]
    assert lost or table == "post_metrics"
    # A creator that others turned to is known to have been in no stream of peers.
    lost = [name for name in lost if name != "leader_attention" or table == "interactions"]
    assert [name for name in lost if not np.isnan(found[name]).all()] == []
