"""Texts as vectors: what is similar, what is unknown, and what is kept."""

from __future__ import annotations

from math import log
from pathlib import Path

import numpy as np
import pytest

import features.text
from features.text import DIMENSIONS, TextSpace

TEXTS = [
    "Green tea in the morning",
    "Black tea and biscuits in the afternoon",
    "A cup of green tea with friends",
    "How to brew green tea in a cup",
    "New running shoes for the marathon",
    "Running in the hills, shoes full of mud",
    "My marathon plan: running every morning",
    "Thé vert et biscuits, l'après-midi 🍵",
    "Un thé vert au marathon",
]


@pytest.fixture(scope="module")
def space() -> TextSpace:
    return TextSpace.fit(TEXTS)


def similarity(space: TextSpace, one: str, other: str) -> float:
    first, second = space.vectors([one, other]).astype(np.float64)
    return float(first @ second)


def test_texts_on_one_matter_are_closer_than_texts_on_different_ones(space: TextSpace) -> None:
    tea, brew, run = "a cup of green tea", "brew tea in the morning", "marathon shoes"
    assert similarity(space, tea, brew) > similarity(space, tea, run)
    assert similarity(space, "running shoes", run) > similarity(space, "running shoes", tea)


def test_vectors_have_length_one_and_say_nothing_of_length_or_repetition(space: TextSpace) -> None:
    vectors = space.vectors(TEXTS)
    assert vectors.shape == (len(TEXTS), DIMENSIONS)
    assert vectors.dtype == np.float32
    np.testing.assert_allclose(np.linalg.norm(vectors, axis=1), 1, rtol=1e-6)
    assert similarity(space, "tea tea tea", "tea") == pytest.approx(1, abs=1e-6)


def test_case_accents_and_signs_do_not_matter(space: TextSpace) -> None:
    assert similarity(space, "THE VERT!", "thé, vert 🍵") == pytest.approx(1, abs=1e-6)


@pytest.mark.parametrize(
    "text",
    [
        pytest.param(None, id="missing"),
        pytest.param("", id="empty"),
        pytest.param(" \n\t", id="blank"),
        pytest.param("🍵 🏃", id="emoji"),
        pytest.param("\x00\x07 .!?", id="control characters"),
        pytest.param("zeppelin", id="a word never seen"),
        pytest.param("afternoon", id="a word seen in one text only"),
    ],
)
def test_a_text_without_a_known_word_is_unknown(space: TextSpace, text: str | None) -> None:
    assert np.isnan(space.vectors([text, "tea"])).all(axis=1).tolist() == [True, False]


def test_a_vector_does_not_depend_on_its_company(space: TextSpace) -> None:
    together = space.vectors([*TEXTS, None])
    alone = np.concatenate([space.vectors([text]) for text in [*TEXTS, None]])
    np.testing.assert_array_equal(together, alone)
    assert space.vectors([]).shape == (0, DIMENSIONS)


def test_fitting_twice_gives_the_same_space(space: TextSpace) -> None:
    again = TextSpace.fit(list(TEXTS))
    np.testing.assert_array_equal(again.encoder.columns, space.encoder.columns)
    np.testing.assert_array_equal(again.encoder.weights, space.encoder.weights)
    np.testing.assert_array_equal(again.components, space.components)


def test_words_of_many_texts_weigh_less() -> None:
    # Of three texts with words "tea" is in three, "cup" in two, "sun" in one, which is too few.
    fitted = TextSpace.fit(["tea cup", "tea", "tea cup sun", "", "🍵"])
    assert sorted(fitted.encoder.weights) == pytest.approx([log(4 / 4) + 1, log(4 / 3) + 1])


@pytest.mark.parametrize(
    "texts",
    [
        pytest.param([], id="no text"),
        pytest.param(["", "🍵"], id="no words"),
        pytest.param(["tea"], id="one text"),
        pytest.param(["tea", "run"], id="nothing in common"),
        pytest.param(["tea", "tea tea"], id="one word"),
    ],
)
def test_texts_that_tell_nothing_give_a_space_in_which_all_is_unknown(texts: list[str]) -> None:
    fitted = TextSpace.fit(texts)
    assert np.isnan(fitted.vectors(["tea", "run", None])).all()


def test_texts_that_all_say_the_same_can_be_fitted() -> None:
    fitted = TextSpace.fit(["tea time"] * 5)
    assert similarity(fitted, "tea", "time") == pytest.approx(1)


def test_of_too_many_texts_an_evenly_spaced_sample_is_fitted(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(features.text, "FIT_TEXTS", 3)
    # Places 0, 2 and 4 of five: "sun" is left out.
    fitted = TextSpace.fit(["tea cup", "sun", "tea cup", "sun", "tea cup"])
    assert len(fitted.encoder.columns) == 2
    assert np.isnan(fitted.vectors(["sun"])).all()


def test_a_saved_space_gives_identical_vectors(space: TextSpace, tmp_path: Path) -> None:
    space.save(tmp_path)
    loaded = TextSpace.load(tmp_path)
    np.testing.assert_array_equal(loaded.vectors([*TEXTS, None]), space.vectors([*TEXTS, None]))


def test_saving_twice_gives_identical_files_without_pickle(
    space: TextSpace, tmp_path: Path
) -> None:
    for name in ("one", "two"):
        (tmp_path / name).mkdir()
    space.save(tmp_path / "one")
    TextSpace.load(tmp_path / "one").save(tmp_path / "two")
    files = {path.name: path.read_bytes() for path in (tmp_path / "one").iterdir()}
    assert files == {path.name: path.read_bytes() for path in (tmp_path / "two").iterdir()}
    assert files.keys() == {
        "text.json",
        "text_columns.npy",
        "text_components.npy",
        "text_weights.npy",
    }
    for path in (tmp_path / "one").glob("*.npy"):
        np.load(path, allow_pickle=False)


def test_an_empty_space_is_saved_and_loaded(tmp_path: Path) -> None:
    TextSpace.fit([]).save(tmp_path)
    assert np.isnan(TextSpace.load(tmp_path).vectors(["tea"])).all()
