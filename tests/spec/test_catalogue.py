"""The catalogue of features: its order, its wording, and a spec test for each of them."""

from __future__ import annotations

import ast
import re
from collections import Counter
from pathlib import Path
from typing import get_args

import pytest

from features.asof import windows_of
from features.feature import EVEN, QUALITIES, Feature, Unit, catalogue, feature
from features.names import FACETS_FR, LANGUAGES, facet_name, quality_name
from features.streams import STREAMS
from features.window_queries import queries

WORDS = {"says": ("a", "b"), "topic": "c", "says_fr": ("d", "e"), "topic_fr": "f"}
JARGON = re.compile(
    r"\b(logs?|logarithms?|medians?|means?|quantiles?|quartiles?|percentiles?|ratios?|scores?|index"
    r"|variance|deviation|distribution|features?|models?|shap|cosine|vectors?|similarity|polarity"
    r"|logarithmes?|médianes?|moyennes?|écart-type|cotes?|indices?|modèles?|variables?|similarité"
    r"|polarité|engagement|kpi)\b"
)
FAME = re.compile(
    r"\b(fam(e|ous)|popular|popularity|celebrit(y|ies)|stars?|followers?|fans?|subscribers?"
    r"|célèbres?|célébrité|populaires?|popularité|vedettes?|connue?s?|réputée?s?|abonnée?s?"
    r"|abonnements?|notoriété)\b"
)
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
    for language in LANGUAGES:
        words = declared.words(language)
        assert len(set(words)) == 3
        assert all(said and said[0].islower() and said[-1].isalnum() for said in words)
    assert declared.about.endswith(".")
    assert not declared.about.startswith("The same") or "missing" in declared.about


def words_of(declared: Feature) -> str:
    return " ".join(words for one in LANGUAGES for words in declared.words(one)).lower()


@pytest.mark.parametrize("declared", catalogue(popularity=False), ids=lambda one: one.name)
def test_words_about_the_rate_are_neither_jargon_nor_fame(declared) -> None:
    assert not JARGON.search(words_of(declared))
    assert not FAME.search(words_of(declared))


def test_fame_would_be_found() -> None:
    of_size = {one.name: one for one in catalogue(popularity=True)}["follow_ratio"]
    for language in LANGUAGES:
        assert FAME.search(" ".join(of_size.words(language)))


def test_no_two_features_say_the_same() -> None:
    # The odds of two reasons in the same words could not be told apart.
    for language in LANGUAGES:
        said = [words for one in catalogue() for words in one.words(language)]
        assert [words for words, count in Counter(said).items() if count > 1] == []


@pytest.mark.parametrize("declared", catalogue(), ids=lambda one: one.name)
def test_french_is_set_as_french_is(declared) -> None:
    for words in declared.words("fr"):
        assert "'" not in words
        assert not re.search("[:;?!%»]", words)


def test_words_compare_with_others_or_the_past_only_where_zero_is_even() -> None:
    # "More than it used to", said of any value above the median, is false of one below 0.
    compares = re.compile(r"used to|than (before|others|usual|(on|with) its others)")
    comparing = [one for one in catalogue() if compares.search(" ".join(one.says))]
    assert len(comparing) > 20
    assert [one.name for one in comparing if one.unit not in EVEN] == []


def test_qualities_and_facets_have_names_in_every_language() -> None:
    for one in catalogue():
        for language in LANGUAGES:
            assert quality_name(one.quality, language)
            assert facet_name(one.facet, language)
    assert quality_name("momentum", "fr") == "dynamique"
    assert facet_name("track record", "fr") == "résultats passés"
    assert (quality_name("momentum"), facet_name("track record")) == ("momentum", "track record")
    assert FACETS_FR.keys() == {one.facet for one in catalogue()}


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
    declare = feature(quality="momentum", facet="f", unit="number", **WORDS)
    with pytest.raises(ValueError, match="needs a docstring"):
        declare(lambda history: history.posts.count())


def test_a_name_is_taken_only_once() -> None:
    def tenure_days(history):
        """Another feature of a name that is taken."""

    declare = feature(quality="momentum", facet="f", unit="days", **WORDS)
    with pytest.raises(ValueError, match="two features are called tenure_days"):
        declare(tenure_days)
