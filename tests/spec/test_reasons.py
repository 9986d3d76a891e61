"""Reasons in words, and values as a person reads them."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from features.feature import Feature, Unit, catalogue
from features.names import LANGUAGES, Language
from models.explain import LEAST_EFFECT, REASONS, Reason, by_quality, reasons, strongest
from models.words import IDIOMS, Wording, format_value, read_reason
from serving.show import _best_reason

CATALOGUE = {one.name: one for one in catalogue()}


def declared(name: str, unit: Unit = "number", quality: str = "engagement") -> Feature:
    return Feature(
        name,
        quality,
        "facet",
        unit,
        (f"has much {name}", f"has little {name}"),
        "About.",
        lambda _: None,
        topic=f"its {name}",
        says_fr=(f"a beaucoup de {name}", f"a peu de {name}"),
        topic_fr=f"son {name}",
    )


def said(
    values: dict[str, float],
    effects: dict[str, float],
    typical: dict[str, float] | None = None,
    *,
    unit: Unit = "number",
    language: Language = "en",
) -> list[str]:
    features = [declared(name, unit) for name in values]
    levels = pd.Series(dict.fromkeys(values, 0.0) | (typical or {}))
    (row,) = reasons(pd.DataFrame([values]), pd.DataFrame([effects]), levels, features, language)
    return row


def told(name: str, value: float, typical: float, effect: float, language: Language) -> str:
    """The reason that a feature of the catalogue gives."""
    matrix, effects = pd.DataFrame({name: [value]}), pd.DataFrame({name: [effect]})
    ((reason,),) = reasons(matrix, effects, pd.Series({name: typical}), [CATALOGUE[name]], language)
    return reason


def test_a_high_value_that_helps_is_for() -> None:
    # exp(.3365) = 1.40
    assert said({"wit": 2.0}, {"wit": 0.3365}) == ["for: has much wit (2.00), odds ×1.40"]


def test_a_low_value_that_hurts_is_against() -> None:
    assert said({"wit": -1.0}, {"wit": -0.3365}) == ["against: has little wit (-1.00), odds ×0.71"]


def test_high_and_low_are_of_the_value_for_and_against_of_its_effect() -> None:
    assert said({"wit": 2.0}, {"wit": -0.3365}) == ["against: has much wit (2.00), odds ×0.71"]
    assert said({"wit": -1.0}, {"wit": 0.3365}) == ["for: has little wit (-1.00), odds ×1.40"]


@pytest.mark.parametrize(
    ("name", "value", "typical", "effect", "english", "french"),
    [
        # exp(.3365) = 1.40, exp(-.0726) = .93, exp(.0488) = 1.05, exp(-.5108) = .60
        (
            *("reply_share", 0.62, 0.4, 0.3365),
            "for: answers its commenters more often than most (62 %), odds ×1.40",
            "pour\u00a0: répond aux commentaires plus souvent que la plupart (62\u00a0%), chances ×1,40",
        ),
        (
            *("track_record", np.log(0.6), 0.0, -0.5108),
            "against: converted worse than others in past campaigns (×0.60), odds ×0.60",
            "contre\u00a0: a moins bien converti que les autres dans ses campagnes passées (×0,60), chances ×0,60",
        ),
        (
            *("response", np.log(0.012), np.log(0.01), 0.0488),
            "for: moves viewers to comment and share more than most (12 per 1,000 views), odds ×1.05",
            "pour\u00a0: incite plus à commenter et à partager que la plupart"
            " (12 pour 1\u202f000\u00a0vues), chances ×1,05",
        ),
        (
            *("tenure_days", 1234.0, 2000.0, -0.0726),
            "against: started posting more recently than most (1,234 days), odds ×0.93",
            "contre\u00a0: publie depuis moins longtemps que la plupart (1\u202f234\u00a0jours), chances ×0,93",
        ),
        (
            *("reply_share", np.nan, 0.4, -0.0726),
            "against: share of comments it answers (unknown), odds ×0.93",
            "contre\u00a0: part des commentaires qui reçoivent une réponse (valeur inconnue), chances ×0,93",
        ),
        (
            *("posts_per_week", 2.0, 2.0, 0.0488),
            "for: frequency of its posts (2.0 a week, about usual), odds ×1.05",
            "pour\u00a0: fréquence de ses publications (2,0 par semaine, niveau habituel), chances ×1,05",
        ),
        (
            *("topic_trend", -0.19, 0.0, 0.0488),
            "for: devotes a smaller share of its posts to the campaign's topic than it used to"
            " (-19 points), odds ×1.05",
            "pour\u00a0: consacre une plus petite part de ses publications qu’auparavant au sujet de la"
            " campagne (-19\u00a0points), chances ×1,05",
        ),
        # Yes or no is the value.
        (
            *("same_language", 1.0, 1.0, 0.0488),
            "for: speaks the campaign's language, odds ×1.05",
            "pour\u00a0: parle la langue de la campagne, chances ×1,05",
        ),
        (
            *("same_language", 0.0, 1.0, -0.0726),
            "against: speaks another language than the campaign's, odds ×0.93",
            "contre\u00a0: parle une autre langue que celle de la campagne, chances ×0,93",
        ),
    ],
)
def test_a_reason_reads_in_both_languages(
    name: str, value: float, typical: float, effect: float, english: str, french: str
) -> None:
    assert told(name, value, typical, effect, "en") == english
    assert told(name, value, typical, effect, "fr") == french


def test_high_and_low_are_against_the_training_median() -> None:
    found = said({"a": 5.0, "b": 5.0}, {"a": 0.3, "b": 0.2}, {"a": 4.9, "b": 5.1})
    assert [reason[: reason.index(" (")] for reason in found] == [
        "for: has much a",
        "for: has little b",
    ]


def test_what_would_be_shown_as_the_median_is_about_usual() -> None:
    # Shown with two decimals: 5.004 is 5.00, 5.006 is 5.01.
    values = {"a": 5.004, "b": 4.996, "c": 5.006}
    found = said(values, {"a": 0.3, "b": 0.2, "c": 0.1}, dict.fromkeys(values, 5.0))
    assert [reason.partition(", odds")[0] for reason in found] == [
        "for: its a (5.00, about usual)",
        "for: its b (5.00, about usual)",
        "for: has much c (5.01)",
    ]


@pytest.mark.parametrize(
    ("ratio", "typical", "words"),
    [
        # Above the median of ×0.90, yet not better than others: neither word is true.
        (0.95, 0.9, "its a (×0.95, about usual)"),
        (1.0, 0.9, "its a (×1.00, about usual)"),
        (1.01, 0.9, "has much a (×1.01)"),
        (0.89, 0.9, "has little a (×0.89)"),
        (1.05, 1.1, "its a (×1.05, about usual)"),
        (0.99, 1.1, "has little a (×0.99)"),
    ],
)
def test_between_the_median_and_what_is_even_it_is_about_usual(
    ratio: float, typical: float, words: str
) -> None:
    (found,) = said({"a": np.log(ratio)}, {"a": 0.3365}, {"a": np.log(typical)}, unit="log ratio")
    assert found == f"for: {words}, odds ×1.40"


def test_nothing_is_high_or_low_where_nothing_was_known_in_training() -> None:
    assert said({"a": 2.0}, {"a": 0.3365}, {"a": np.nan}) == ["for: its a (2.00), odds ×1.40"]


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("unit", ["number", "log ratio", "yes or no", "share"])
def test_a_missing_value_is_a_reason_only_as_unknown(language: Language, unit: Unit) -> None:
    found = said(
        {"wit": np.nan, "wisdom": 1.0}, {"wit": 2.0, "wisdom": 0.5}, unit=unit, language=language
    )
    unknown = IDIOMS[language].unknown
    assert [unknown in reason for reason in found] == [True, False]


def test_what_is_unknown_and_moves_nothing_is_no_reason() -> None:
    assert said({"wit": np.nan}, {"wit": 0.0}) == []


def test_the_strongest_come_first_whichever_side_they_take() -> None:
    found = said({"a": 1.0, "b": 1.0, "c": 1.0}, {"a": 0.1, "b": -0.5, "c": 0.3})
    assert [reason.split(" (")[0] for reason in found] == [
        "against: has much b",
        "for: has much c",
        "for: has much a",
    ]


def test_an_effect_that_is_not_shown_is_no_reason() -> None:
    # Shown to two decimals: 1.0149 is ×1.01, 1.0151 is ×1.02; .9851 is ×0.99, .9849 is ×0.98.
    assert LEAST_EFFECT == 2
    values = {"a": 1.0, "b": 1.0}
    assert said(values, {"a": np.log(1.0149), "b": np.log(0.9851)}) == []
    found = said(values, {"a": np.log(1.0151), "b": np.log(0.9849)})
    # log(.98) = -.0202 is further from 0 than log(1.02) = .0198.
    assert [reason[-10:] for reason in found] == ["odds ×0.98", "odds ×1.02"]


@pytest.mark.parametrize(("first", "second"), [(1.402, 1.398), (1.398, 1.402), (1.25, 0.8)])
def test_reasons_that_show_the_same_odds_keep_the_order_of_the_features(
    first: float, second: float
) -> None:
    # 1.398 and 1.402 are both ×1.40; ×1.25 is as strong as ×0.80.
    found = said({"a": 1.0, "b": 1.0}, {"a": np.log(first), "b": np.log(second)})
    assert [reason.split(" (")[0].split()[-1] for reason in found] == ["a", "b"]


def test_there_are_never_more_than_four() -> None:
    names = "abcdefg"
    found = said(dict.fromkeys(names, 1.0), {name: 1.0 + i for i, name in enumerate(names)})
    assert REASONS == 4
    assert [reason[len("for: has much ")] for reason in found] == ["g", "f", "e", "d"]


def test_each_row_has_its_own_reasons() -> None:
    matrix = pd.DataFrame({"a": [1.0, np.nan], "b": [1.0, 1.0]})
    effects = pd.DataFrame({"a": [0.5, 0.0], "b": [0.0, -0.5]})
    typical = pd.Series({"a": 0.0, "b": 0.0})
    found = reasons(matrix, effects, typical, [declared("a"), declared("b")])
    assert [len(row) for row in found] == [1, 1]
    assert found[1][0].startswith("against: has much b")


def test_an_effect_beyond_all_bounds_is_shown_all_the_same() -> None:
    found = said({"a": 1.0, "b": 1.0}, {"a": 1e3, "b": -1e3})
    # No odds are shown as ×0.00: they would seem to be none at all.
    assert found[1] == "against: has much b (1.00), odds ×0.01"
    assert found[0].startswith("for: has much a (1.00), odds ×10,686,474,")


def test_a_reason_holds_what_its_text_says() -> None:
    features = [declared("a", "share"), declared("b", quality="momentum")]
    matrix = pd.DataFrame({"a": [0.62], "b": [np.nan]})
    effects = pd.DataFrame({"a": [0.3365], "b": [-0.0726]})
    (row,) = strongest(matrix, effects, pd.Series({"a": 0.4, "b": 0.0}), features)
    assert row == [
        Reason("a", "engagement", "for", 0.62, 1.4, "for: has much a (62 %), odds ×1.40"),
        Reason("b", "momentum", "against", None, 0.93, "against: its b (unknown), odds ×0.93"),
    ]


def drawn(rows: int = 400) -> tuple[pd.DataFrame, pd.DataFrame, pd.Series, list[Feature]]:
    """Values as counts give them, ties and halves included, and effects, of the whole catalogue."""
    features = list(catalogue(popularity=False))
    names = [one.name for one in features]
    rng = np.random.default_rng(0)
    shape = rows, len(names)
    values = rng.integers(-8, 17, shape) / np.where(rng.uniform(size=shape) < 0.5, 8.0, 200.0)
    flags = [one.unit == "yes or no" for one in features]
    values = np.where(flags, values > 0, values)
    matrix = pd.DataFrame(values, columns=names).mask(rng.uniform(size=shape) < 0.1)
    effects = pd.DataFrame(rng.normal(0, 0.1, shape), columns=names)
    return matrix, effects, matrix.median(), features


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("by", [1e-9, -1e-9])
def test_what_computing_adds_in_the_last_digits_changes_no_reason(
    language: Language, by: float
) -> None:
    # Halves, such as 12.5 %, are among the values: 1 of 8 is common.
    matrix, effects, typical, features = drawn()
    before = reasons(matrix, effects, typical, features, language)
    assert sum(map(len, before)) > 1500
    assert reasons(matrix * (1 + by), effects * (1 + by), typical, features, language) == before


@pytest.mark.parametrize("one", catalogue(popularity=False), ids=lambda one: one.name)
@pytest.mark.parametrize("typical", [0.0, 0.37])
def test_words_change_only_where_the_figure_shown_does(one: Feature, typical: float) -> None:
    wording = Wording.of(one, typical)
    texts: dict[str, set[str]] = {}
    for value in np.linspace(-1, 1, 4001):
        texts.setdefault(format_value(one, value), set()).add(Wording.of(one, typical)(value))
        assert wording(value) in texts[format_value(one, value)]
    assert {len(found) for found in texts.values()} == {1}


def test_words_go_from_low_over_usual_to_high_and_never_back() -> None:
    for one in catalogue(popularity=False):
        if one.unit == "yes or no":
            continue
        wording, (high, low, topic) = Wording.of(one, 0.37), one.words()
        order = [low, topic, high]
        found = [
            order.index(wording(value).rpartition(" (")[0]) for value in np.linspace(-1, 2, 1501)
        ]
        assert found == sorted(found), one.name
        assert 1 in found, one.name


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_reason_of_the_catalogue_can_be_read_back(language: Language) -> None:
    matrix, effects, typical, features = drawn(100)
    for row in strongest(matrix, effects, typical, features, language):
        for reason in row:
            side, words = read_reason(reason.text)
            assert side == reason.side
            assert "×" not in words.rpartition(" (")[0]
            assert (reason.value is None) == (IDIOMS[language].unknown in reason.text)


def test_what_is_no_reason_is_not_read_as_one() -> None:
    with pytest.raises(ValueError, match="no reason in a known language"):
        read_reason("gegen: antwortet selten, odds ×0.80")


@pytest.mark.parametrize(
    ("language", "texts", "best"),
    [
        (
            "en",
            ["against: is seen less (×0.60), odds ×0.60", "for: is kind (2.0), odds ×1.40"],
            "is kind (2.0)",
        ),
        (
            "fr",
            [
                "contre\u00a0: est vu (×0,60), chances ×0,60",
                "pour\u00a0: est bon (2,0), chances ×1,40",
            ],
            "est bon (2,0)",
        ),
        ("en", ["against: is seen less (×0.60), odds ×0.60"], "against: is seen less (×0.60)"),
        ("fr", ["contre\u00a0: est vu (×0,6), chances ×0,60"], "contre\u00a0: est vu (×0,6)"),
        ("en", [], "nothing known sets it apart"),
        ("fr", [], "rien de connu ne fait la différence"),
    ],
)
def test_the_best_reason_is_the_first_for_else_the_first_against(
    language: Language, texts: list[str], best: str
) -> None:
    assert _best_reason(texts, language) == best


@pytest.mark.parametrize(
    ("unit", "value", "english", "french"),
    [
        ("share", 0.62, "62 %", "62\u00a0%"),
        ("share", 0.0, "0 %", "0\u00a0%"),
        # Halves go up, whatever computing left of them.
        ("share", 0.125, "13 %", "13\u00a0%"),
        ("share", 0.125 * (1 - 1e-9), "13 %", "13\u00a0%"),
        ("share change", 0.12, "+12 points", "+12\u00a0points"),
        ("share change", -0.01, "-1 point", "-1\u00a0point"),
        ("share change", -0.001, "0 points", "0\u00a0point"),
        ("log ratio", np.log(1.5), "×1.50", "×1,50"),
        ("log factor", np.log(0.25), "×0.25", "×0,25"),
        ("log factor", np.log(1234.0), "×1,234", "×1\u202f234"),
        ("log per view", np.log(0.012), "12 per 1,000 views", "12 pour 1\u202f000\u00a0vues"),
        ("log per view", np.log(0.0012), "1.20 per 1,000 views", "1,20 pour 1\u202f000\u00a0vues"),
        ("log per view", np.log(0.0004), "0.40 per 1,000 views", "0,40 pour 1\u202f000\u00a0vues"),
        ("log per view", np.log(0.15), "150 per 1,000 views", "150 pour 1\u202f000\u00a0vues"),
        ("log per like", np.log(0.05), "5.0 per 100 likes", "5,0 pour 100\u00a0likes"),
        ("per week", 2.25, "2.3 a week", "2,3 par semaine"),
        ("per post", 0.4, "0.4 per post", "0,4 par publication"),
        ("days", 3.4, "3.4 days", "3,4\u00a0jours"),
        ("days", 1.5, "1.5 days", "1,5\u00a0jour"),
        ("days", 9.96, "10 days", "10\u00a0jours"),
        ("days", 45.2, "45 days", "45\u00a0jours"),
        ("hours", 30.4, "30 h", "30\u00a0h"),
        ("hours", 2.5, "2.5 h", "2,5\u00a0h"),
        ("hours", 0.999, "1.0 h", "1,0\u00a0h"),
        ("hours", 0.5, "30 min", "30\u00a0min"),
        ("count", 12.0, "12", "12"),
        ("log", np.log(12_500), "12,500", "12\u202f500"),
        ("log words", np.log(40), "40 words", "40\u00a0mots"),
        ("log characters", 0.0, "1 character", "1\u00a0caractère"),
        ("log times", np.log(4), "3 times", "3\u00a0fois"),
        ("log creators", np.log(4.5), "3.5 creators", "3,5\u00a0créateurs"),
        ("levels", 1.45, "1.5 levels", "1,5\u00a0niveau"),
        ("score", 0.456, "0.46 out of 1", "0,46 sur 1"),
        ("score change", 0.1, "+0.10", "+0,10"),
        ("yes or no", 1.0, "yes", "oui"),
        ("yes or no", 0.0, "no", "non"),
        ("number", -1.5, "-1.50", "-1,50"),
        ("number", -0.001, "0.00", "0,00"),
    ],
)
def test_a_value_is_shown_in_its_unit(unit: Unit, value: float, english: str, french: str) -> None:
    assert format_value(declared("x", unit), value) == english
    assert format_value(declared("x", unit), value, "fr") == french


def test_every_unit_can_be_shown() -> None:
    # No unit of the catalogue falls through to the plain number.
    plain = [one.name for one in catalogue() if one.unit == "number"]
    assert plain == []


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
