"""What is read of a text."""

from __future__ import annotations

import sys

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sklearn.feature_extraction.text import strip_accents_unicode

from features.excerpt import READ_CHARACTERS, excerpts, without_accents, words_of


def test_only_the_beginning_of_a_text_is_read() -> None:
    assert excerpts(["é" * 1_000_000]) == ["é" * READ_CHARACTERS]


@pytest.mark.parametrize(
    ("text", "expected"),
    [(None, ""), ("", ""), ("a\ud800b", "ab"), ("\x00", "\x00"), ("🍵 שלום", "🍵 שלום")],
)
def test_what_is_read_can_be_encoded(text: str | None, expected: str) -> None:
    assert excerpts([text]) == [expected]


@given(st.text(st.characters(codec=None, categories=None)))
def test_any_text_can_be_read(text: str) -> None:
    (read,) = excerpts([text])
    read.encode("utf-8")
    assert all(word == word.lower() for word in words_of(read))


@given(st.text())
def test_accents_are_taken_off_as_scikit_learn_does(text: str) -> None:
    assert without_accents(text) == strip_accents_unicode(text)


def test_every_character_loses_its_accents_as_in_scikit_learn() -> None:
    every = "".join(map(chr, range(0xD800))) + "".join(map(chr, range(0xE000, sys.maxunicode + 1)))
    assert without_accents(every) == strip_accents_unicode(every)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("J'aime le thé n°2", ["j'aime", "le", "thé", "n", "2"]),
        ("don’t -- snake_case", ["don’t", "snake", "case"]),
        ("🍵 !? _", []),
    ],
)
def test_words_are_runs_of_letters_and_digits(text: str, words: list[str]) -> None:
    assert words_of(text) == words
