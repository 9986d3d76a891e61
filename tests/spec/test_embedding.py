"""A local embedding model in place of hashed words, on a tiny model of our own making."""

from __future__ import annotations

import sys
from pathlib import Path

import numpy as np
import pytest

from features.embedding import Embedding
from features.errors import Exit, UserError
from features.text import DIMENSIONS, TextSpace
from tests.embedding_model import AXES, write_model

TEXTS = [
    *("a cup of green tea", "brew the black tea", "une tasse de thé vert", "infuser le thé noir"),
    *("running in the hills", "marathon training", "courir un marathon", "chaussures pour courir"),
    *(
        "the bread dough in the oven",
        "flour and butter",
        "la farine et le beurre",
        "pain dans le four",
    ),
]


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_model(tmp_path_factory.mktemp("model"))


@pytest.fixture(scope="module")
def space(folder: Path) -> TextSpace:
    return TextSpace.fit(TEXTS, embedding=Embedding.open(folder))


def similarity(space: TextSpace, one: str, other: str) -> float:
    first, second = space.vectors([one, other]).astype(np.float64)
    return float(first @ second)


def test_texts_of_one_meaning_are_close_in_different_languages(space: TextSpace) -> None:
    assert similarity(space, "green tea", "thé vert") > 0.8
    assert similarity(space, "green tea", "courir") < 0.35
    assert np.isnan(TextSpace.fit(TEXTS).vectors(["infuser"])).all()  # as words alone: unknown


def test_vectors_have_length_one_and_the_shape_of_any_space(space: TextSpace) -> None:
    vectors = space.vectors(TEXTS)
    assert vectors.shape == (len(TEXTS), DIMENSIONS)
    assert vectors.dtype == np.float32
    np.testing.assert_allclose(np.linalg.norm(vectors, axis=1), 1, rtol=1e-6)
    assert not vectors[:, AXES:].any()  # no more directions than the model has


@pytest.mark.parametrize("text", [None, "", " ", "🍵", "\x00\x07", "\ud800", "zeppelin"], ids=repr)
def test_a_text_without_a_known_token_is_unknown(space: TextSpace, text: str | None) -> None:
    assert np.isnan(space.vectors([text, "tea"])).all(axis=1).tolist() == [True, False]


def test_what_all_texts_have_in_common_tells_nothing(folder: Path) -> None:
    # The centre of two texts that point to opposite sides of it: 0.5 (u + v), u and v of length 1.
    embedding = Embedding.open(folder)
    raw = embedding.encode(["tea", "marathon"]).toarray()
    np.testing.assert_allclose(np.linalg.norm(raw, axis=1), 1, rtol=1e-6)
    fitted = embedding.fit(["tea", "marathon", "zeppelin"])
    np.testing.assert_allclose(fitted.centre, raw.mean(axis=0), rtol=1e-5, atol=1e-7)
    np.testing.assert_allclose(
        fitted.encode(["tea"]).toarray()[0], (raw[0] - raw[1]) / 2, rtol=1e-5, atol=1e-6
    )


def test_a_vector_does_not_depend_on_its_company(space: TextSpace) -> None:
    texts = [*TEXTS, None] * 50
    together = space.vectors(texts)
    alone = np.concatenate([space.vectors([text]) for text in [*TEXTS, None]])
    np.testing.assert_array_equal(together, np.tile(alone, (50, 1)))
    assert space.vectors([]).shape == (0, DIMENSIONS)


@pytest.mark.parametrize("texts", [[], ["", "zeppelin"], ["tea"]], ids=["none", "unknown", "one"])
def test_texts_that_tell_nothing_give_a_space_in_which_all_is_unknown(
    folder: Path, texts: list[str]
) -> None:
    fitted = TextSpace.fit(texts, embedding=Embedding.open(folder))
    assert np.isnan(fitted.vectors(["tea", "run", None])).all()


def test_a_saved_space_needs_the_first_folder_no_more(space: TextSpace, tmp_path: Path) -> None:
    model = write_model(tmp_path / "model")
    fitted = TextSpace.fit(TEXTS, embedding=Embedding.open(model))
    (tmp_path / "bundle").mkdir()
    fitted.save(tmp_path / "bundle")
    for path in model.iterdir():
        path.unlink()
    loaded = TextSpace.load(tmp_path / "bundle")
    np.testing.assert_array_equal(loaded.vectors([*TEXTS, None]), space.vectors([*TEXTS, None]))
    (tmp_path / "again").mkdir()
    loaded.save(tmp_path / "again")
    assert content(tmp_path / "again") == content(tmp_path / "bundle")
    assert content(tmp_path / "bundle").keys() == {
        *("embedding/config.json", "embedding/model.safetensors", "embedding/tokenizer.json"),
        *("embedding_centre.npy", "text.json", "text_components.npy"),
    }


def content(folder: Path) -> dict[str, bytes]:
    return {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in folder.rglob("*")
        if path.is_file()
    }


def refusal(folder: Path) -> str:
    with pytest.raises(UserError) as caught:
        Embedding.open(folder)
    assert caught.value.exit_status == Exit.INPUT
    assert str(folder) in str(caught.value)
    return str(caught.value)


def test_a_folder_that_is_not_there_is_named(tmp_path: Path) -> None:
    assert "no folder" in refusal(tmp_path / "nowhere")


@pytest.mark.parametrize("name", ["config.json", "model.safetensors", "tokenizer.json"])
def test_a_folder_without_a_model_says_what_is_needed(tmp_path: Path, name: str) -> None:
    (write_model(tmp_path) / name).unlink()
    assert name in refusal(tmp_path)


@pytest.mark.parametrize("name", ["config.json", "model.safetensors", "tokenizer.json"])
def test_a_model_that_cannot_be_read_is_named(tmp_path: Path, name: str) -> None:
    (write_model(tmp_path) / name).write_bytes(b"\x00 no model")
    assert "cannot be read" in refusal(tmp_path)


def test_without_the_extra_the_remedy_is_named(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "model2vec", None)
    with pytest.raises(UserError, match=r"'\.\[embed\]'") as caught:
        Embedding.open(folder)
    assert caught.value.exit_status == Exit.INPUT
