"""Pages say the same in every language."""

from __future__ import annotations

import re

import pytest

from features.names import LANGUAGES, Language
from models.predictor import UNCHECKED
from serving.said import sentences
from serving.score import NEW_BRAND, NEW_CREATOR, PAST_WARNING, STRANGE_LANGUAGE


def places(text: str) -> set[str]:
    return set(re.findall(r"{(\w+)}", text))


@pytest.mark.parametrize("page", ["sheet", "campaign", "plan", "planner", "conflict"])
@pytest.mark.parametrize("language", LANGUAGES)
def test_each_language_has_the_sentences_of_english_and_asks_for_the_same_values(
    language: Language, page: str
) -> None:
    english, told = sentences(page, "en"), sentences(page, language)
    assert list(told) == list(english)
    for name, text in english.items():
        if isinstance(text, str):
            assert places(told[name]) == places(text), name
            assert told[name].strip()


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_plan_for_margin_has_a_sentence_in_the_place_of_another(language: Language) -> None:
    words, english = sentences("plan", language), sentences("plan", "en")
    assert list(words["of_margin"]) == list(english["of_margin"])
    for name, text in words["of_margin"].items():
        assert places(text) == places(words[name]), name
        assert text != words[name]


@pytest.mark.parametrize("page", ["sheet", "campaign", "plan"])
@pytest.mark.parametrize("language", LANGUAGES)
def test_impressions_are_not_called_people(language: Language, page: str) -> None:
    people = {"en": "people reached", "fr": "personnes touchées"}[language]
    told = [text for text in sentences(page, language).values() if isinstance(text, str)]
    assert any(people in text.lower() for text in told)
    for unit in ("impressions", "mixed"):
        counted = [t for t in sentences(page, language, unit).values() if isinstance(t, str)]
        assert any("impressions" in text.lower() for text in counted)
        for text in counted:
            assert people not in text.lower(), text
            assert not places(text) & {"reached", "Reached", "one", "each"}


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_warning_of_the_job_has_a_name(language: Language) -> None:
    told = sentences("sheet", language)["warnings_told"]
    warnings = {UNCHECKED, PAST_WARNING, NEW_BRAND, NEW_CREATOR, STRANGE_LANGUAGE}
    warnings |= {
        "out of the training range",
        "no recent data",
        "no matured campaign to set the level",
    }
    assert set(told) == warnings
    assert all(told.values())
