"""The catalogue of features: its order, its wording, and a spec test for each of them."""

from __future__ import annotations

import ast
from pathlib import Path
from typing import get_args

import pytest

from features.asof import windows_of
from features.feature import QUALITIES, Unit, catalogue, feature
from features.streams import STREAMS
from features.window_queries import queries

KEYS = {"creator_id", "campaign_id", "as_of"}


def specified(source: str) -> set[str]:
    """Columns of the tables that calls of `expect` in a module compare, but for the rows' keys."""
    calls = [
        node.args[0].value
        for node in ast.walk(ast.parse(source))
        if isinstance(node, ast.Call)
        and isinstance(node.func, ast.Name)
        and node.func.id == "expect"
        and isinstance(node.args[0], ast.Constant)
    ]
    headers = [table.strip().splitlines()[0] for table in calls]
    return {column.strip() for header in headers for column in header.split("|")} - KEYS


def test_every_feature_has_a_spec_test() -> None:
    modules = Path(__file__).parent.glob("test_*.py")
    tables = [specified(module.read_text("utf-8")) for module in modules]
    missing = {one.name for one in catalogue()} - set().union(*tables)
    assert not missing, f"give each a table in {Path(__file__).parent}: {sorted(missing)}"


def test_only_a_column_of_a_table_that_is_compared_is_a_spec_test() -> None:
    source = 'note = "as_of | b"\nexpect("""\n  as_of | a\n  2024-01-01 | 1\n""", x="""c | d""")\n'
    assert specified(source) == {"a"}


def test_the_order_is_that_of_the_qualities() -> None:
    qualities = [one.quality for one in catalogue()]
    assert sorted(qualities, key=[*QUALITIES, "popularity"].index) == qualities
    assert list(dict.fromkeys(qualities)) == [*QUALITIES, "popularity"]


def test_rate_and_size_features_are_told_apart() -> None:
    rate, size = catalogue(popularity=False), catalogue(popularity=True)
    assert (*rate, *size) == catalogue()
    assert {one.quality for one in size} == {"popularity"}


@pytest.mark.parametrize("declared", catalogue(), ids=lambda one: one.name)
def test_a_feature_says_what_it_is_in_words(declared) -> None:
    assert declared.unit in get_args(Unit)
    assert len(set(declared.says)) == 2
    assert all(words and words[0].islower() and not words.endswith(".") for words in declared.says)
    assert declared.about.endswith(".")
    assert not declared.about.startswith("The same") or "missing" in declared.about


def test_features_ask_only_for_streams_flags_and_values_that_exist() -> None:
    for window in windows_of(one.compute for one in catalogue()):
        spec = STREAMS[window.stream]
        assert set(window.where) <= spec.flags.keys()
        assert queries(STREAMS[window.stream], [window])


def test_no_rate_feature_looks_at_the_level_of_an_audience() -> None:
    for one in catalogue(popularity=False):
        readings = [w for w in windows_of([one.compute]) if w.stream == "audience"]
        # What remains are growth, which takes readings of two moments at least, changes from one
        # reading to the next, and whether a creator follows anybody at all.
        levels = [w for w in readings if w.value in ("log_followers", "log_following")]
        assert {w.measure for w in levels} <= {"latest"}, one.name
        assert len({w.ago for w in levels}) != 1, one.name
        others = {(w.measure, w.value) for w in readings if w not in levels}
        assert others <= {
            *(("count", "known_at"), ("latest", "follows_others")),
            *(("max", "jump"), ("low", "weekly_growth")),
        }


def test_a_feature_without_a_definition_is_refused() -> None:
    declare = feature(quality="momentum", facet="f", unit="number", says=("a", "b"))
    with pytest.raises(ValueError, match="needs a docstring"):
        declare(lambda history: history.posts.count())


def test_a_name_is_taken_only_once() -> None:
    def tenure_days(history):
        """Another feature of a name that is taken."""

    declare = feature(quality="momentum", facet="f", unit="days", says=("a", "b"))
    with pytest.raises(ValueError, match="two features are called tenure_days"):
        declare(tenure_days)
