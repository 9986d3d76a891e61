"""What posts ask, promise or complain of, as DuckDB reads the patterns."""

from __future__ import annotations

import duckdb
import pytest

from features.phrases import BENEFIT, CALL_TO_ACTION, SYMPATHY

PATTERNS = {"call": CALL_TO_ACTION, "benefit": BENEFIT, "sympathy": SYMPATHY}

SAID = [
    ("Link in bio, use my code TEA10", {"call"}),
    ("Abonnez-vous pour la suite", {"call"}),
    ("Five tips I wish I had known", {"benefit"}),
    ("How to fold a fitted sheet", {"benefit"}),
    ("What I learned: learning takes time", {"benefit"}),
    ("This saves you an hour every Sunday", {"benefit"}),
    ("Now 20% off", {"benefit"}),
    ("Free shipping this week", {"benefit"}),
    ("Mes astuces pour un levain actif", {"benefit"}),
    ("Comment bien choisir ses chaussures", {"benefit"}),
    ("Apprendre à coudre, étape par étape", {"benefit"}),
    ("Économisez du beurre", {"benefit"}),
    ("Une réduction avec mon code promo", {"benefit", "call"}),
    ("La livraison est GRATUITE", {"benefit"}),
    ("Some people will never change.", {"sympathy"}),
    ("You know who you are.", {"sympathy"}),
    ("So tired of all the haters", {"sympathy"}),
    ("I can't take it anymore", {"sympathy"}),
    ("I can’t take this any more", {"sympathy"}),
    ("After everything I've given", {"sympathy"}),
    ("Feeling hurt\nand that's all", {"sympathy"}),
    ("Certaines personnes ne changeront jamais", {"sympathy"}),
    ("Vous vous reconnaîtrez.", {"sympathy"}),
    ("Fatiguée des critiques, vraiment", {"sympathy"}),
    ("Écœuré de toute cette méchanceté", {"sympathy"}),
    ("Trop de haine ici", {"sympathy"}),
    ("Je n’en peux plus", {"sympathy"}),
    # Named: no vague status.
    ("@ben you know who you are", set()),
    ("Certaines personnes, dont @ben, exagèrent", set()),
    # Words in another sense.
    ("A gluten-free sugar-free cake", set()),
    ("I saved the dough for tomorrow", set()),
    ("Comment fais-tu avec le levain ?", set()),
    ("Tired of this weather, happy with the bread", set()),
    ("Fatiguée mais heureuse", set()),
    ("The dough rested overnight", set()),
    ("La pâte a reposé toute la nuit", set()),
    ("", set()),
    ("🍵 \x07", set()),
]


@pytest.mark.parametrize(("text", "expected"), SAID)
def test_a_text_holds_the_phrases_of_its_kind_and_no_other(text: str, expected: set[str]) -> None:
    connection = duckdb.connect()
    found = {
        name
        for name, pattern in PATTERNS.items()
        if connection.execute(f"SELECT regexp_matches(lower(?), '{pattern}')", [text]).fetchone()
        == (True,)
    }
    assert found == expected


@pytest.mark.parametrize("pattern", PATTERNS.values(), ids=PATTERNS)
def test_patterns_can_stand_in_a_string_of_sql(pattern: str) -> None:
    assert "'" not in pattern
    assert pattern == pattern.lower()
