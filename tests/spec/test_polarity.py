"""Praise and blame in English and French; another language is unknown, not neutral."""

from __future__ import annotations

from math import sqrt
from time import process_time

import numpy as np
import pytest

from features.french_valence import VALENCE
from features.polarity import polarity

PRAISE = [
    ("en", "I love this"),
    ("en", "not bad at all"),
    ("en", "Exactly what I needed, thank you"),
    ("fr", "J'adore"),
    ("fr", "Contente que le levain te plaise"),
    ("fr", "Enfin quelqu'un d'honnête, merci"),
    ("fr", "pas mal du tout"),
    ("fr", "ce n'est pas du tout une mauvaise idée"),
    ("fr", "aucun problème avec ce four"),
    ("fr", "à recommander sans hésiter"),
    ("fr", "j'aime plus que tout"),
    ("fr", "Pas cher, et délicieux"),
]
BLAME = [
    ("en", "not good"),
    ("en", "I don't like it"),
    ("en", "Bad advice, it was terrible for me"),
    ("fr", "pas bon"),
    ("fr", "C'est pas terrible"),
    ("fr", "Je n'aime pas"),
    ("fr", "j'aime pas trop"),
    ("fr", "je n'aime vraiment pas"),
    ("fr", "Je ne le recommande à personne, quelle arnaque"),
    ("fr", "je n'aime plus"),
    ("fr", "il n'y a rien de bon ici"),
    ("fr", "Je n'ai jamais été aussi déçu"),
    ("fr", "Déçue, ce que tu dis est faux"),
    ("fr", "DECUE ET DEGOUTEE"),
    ("fr", "Super nul"),
    ("fr", "C'était de l'argent perdu"),
]
NEUTRAL = [
    ("en", "The dough rested overnight"),
    ("fr", "La pâte a reposé toute la nuit"),
    ("fr", "Un gâteau salé, des frais de port"),  # not "sale", "fraîche"
    ("en", "12 🍞"),
]


def one(language: str | None, text: str | None) -> float:
    return float(polarity([text], [language])[0])


@pytest.mark.parametrize(("language", "text"), PRAISE)
def test_praise_is_above_zero(language: str, text: str) -> None:
    assert 0 < one(language, text) <= 1


@pytest.mark.parametrize(("language", "text"), BLAME)
def test_blame_is_below_zero(language: str, text: str) -> None:
    assert -1 <= one(language, text) < 0


@pytest.mark.parametrize(("language", "text"), NEUTRAL)
def test_a_text_that_takes_no_side_is_neutral(language: str, text: str) -> None:
    assert one(language, text) == 0


@pytest.mark.parametrize(
    ("language", "text"),
    [
        pytest.param("de", "Das ist sehr gut", id="another language"),
        pytest.param(None, "super", id="unknown language"),
        pytest.param("en", None, id="missing"),
        pytest.param("fr", "", id="empty"),
    ],
)
def test_what_cannot_be_judged_is_unknown(language: str | None, text: str | None) -> None:
    assert np.isnan(one(language, text))


# Valences: adore 3, nul -3, bon 1; an adverb adds .293, a negation takes times -.74.
@pytest.mark.parametrize(
    ("text", "total"),
    [
        ("j'adore", 3),
        ("j'adore, c'est bon", 3 + 1),
        ("très bon", 1 + 0.293),
        ("pas bon", -0.74),
        ("pas très bon", -0.74 * 1.293),
        ("vraiment nul", -3 - 0.293),
        ("Pas de pluie. Bon pain", 1),  # the clause is over
        ("pas cuit assez longtemps au four bon", 1),  # five words away
        ("pas mal, nul", 1.5 - 3),
    ],
)
def test_french_valences_add_up_as_vader_s_do(text: str, total: float) -> None:
    assert one("fr", text) == pytest.approx(total / sqrt(total**2 + 15), rel=1e-12)


def test_accents_and_capitals_do_not_matter_in_french() -> None:
    assert one("fr", "GENIAL") == one("fr", "génial") == one("fr", "ge\u0301nial") > 0


def test_adjectives_and_verbs_are_known_in_their_forms() -> None:
    for forms, valence in [
        ("decu decue decus decues", -2),
        ("delicieux delicieuse delicieuses", 3),
        ("heureux heureuse heureuses", 2),
        ("mauvais mauvaise mauvaises", -2),
        ("adore adores adorons adorez adorent adorer adorait adorerais", 3),
    ]:
        assert {VALENCE[form] for form in forms.split()} == {valence}


def test_every_form_is_lower_case_without_accents_and_within_the_scale() -> None:
    assert all(form.isascii() and form.isalpha() and form.islower() for form in VALENCE)
    assert all(0 < abs(valence) <= 4 for valence in VALENCE.values())


@pytest.mark.parametrize("language", ["en", "fr"])
def test_any_signs_give_a_value(language: str) -> None:
    for text in [
        "\x00\x07",
        "\ud800 bon good",
        "😍😍",
        "אהבה",
        "=1+1",
        "<b>bon</b> good",
        "'" * 99,
    ]:
        assert -1 <= one(language, text) <= 1


@pytest.mark.parametrize("language", ["en", "fr"])
def test_a_text_of_a_megabyte_takes_no_longer_than_its_beginning(language: str) -> None:
    one(language, "warm up")
    began = process_time()
    assert one(language, "bon et good, " * 80_000) > 0.9
    assert process_time() - began < 0.5
