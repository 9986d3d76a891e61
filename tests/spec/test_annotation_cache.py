"""A text read once is not read again: same values, and never a failure for the cache's sake."""

from __future__ import annotations

import os
import time
from pathlib import Path

import numpy as np
import pytest

from features import annotation_cache, language, polarity
from features.annotation_cache import FOLDER_VARIABLE, KEPT_DAYS, languages_and_polarities

TEXTS = [
    "I love this bread, I really love it",
    "Je n'aime pas ce pain, c'est nul",
    "Selbstgebackenes Brot braucht Zeit und gutes Mehl",
    "tea \ud800",
    "",
    "x" * 20_000,
]


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv(FOLDER_VARIABLE, str(tmp_path / "cache"))
    monkeypatch.setattr(annotation_cache, "LEAST_TEXTS", 2)
    return tmp_path / "cache"


@pytest.fixture
def read(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The texts that were given to the readers since."""
    seen: list[str] = []
    detect = language.detect_languages

    def spy(texts: list[str]) -> list[str | None]:
        seen.extend(texts)
        return detect(texts)

    monkeypatch.setattr(language, "detect_languages", spy)
    return seen


def assert_right(texts: list[str]) -> None:
    languages, measured = languages_and_polarities(texts)
    expected = language.detect_languages(texts)
    assert languages == expected
    np.testing.assert_array_equal(measured, polarity.polarity(texts, expected))


def test_what_was_read_is_remembered_with_what_was_unknown_of_it(
    folder: Path, read: list[str]
) -> None:
    languages_and_polarities(TEXTS)
    assert read == TEXTS
    read.clear()
    languages, measured = languages_and_polarities(TEXTS[::-1])
    assert read == []
    assert languages == [None, None, None, "de", "fr", "en"]
    assert np.isnan(measured).tolist() == [True] * 4 + [False] * 2
    assert measured[5] > 0 > measured[4]


def test_only_new_texts_are_read(folder: Path, read: list[str]) -> None:
    languages_and_polarities(TEXTS[:3])
    read.clear()
    languages_and_polarities(TEXTS)
    assert read == TEXTS[3:]
    assert_right(TEXTS)


def test_few_texts_leave_no_file(folder: Path) -> None:
    languages_and_polarities(TEXTS[:1])
    assert not folder.exists()


@pytest.mark.parametrize("spoilt", [b"", b"PAR1 cut off"])
def test_a_file_cut_off_is_dropped_and_its_texts_read_anew(folder: Path, spoilt: bytes) -> None:
    languages_and_polarities(TEXTS)
    [file] = folder.glob("*/*.parquet")
    file.write_bytes(spoilt)
    assert_right(TEXTS)
    assert file not in folder.glob("*/*.parquet")
    assert_right(TEXTS)


def test_a_folder_that_cannot_be_made_is_done_without(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(annotation_cache, "LEAST_TEXTS", 2)
    (tmp_path / "file").write_text("in the way")
    for name in (str(tmp_path / "file" / "cache"), ""):
        monkeypatch.setenv(FOLDER_VARIABLE, name)
        assert_right(TEXTS)


def test_other_code_reads_anew(
    folder: Path, read: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    languages_and_polarities(TEXTS)
    monkeypatch.setattr(annotation_cache, "_version", lambda: "another")
    read.clear()
    languages_and_polarities(TEXTS)
    assert read == TEXTS


def test_what_was_long_unused_or_is_too_much_is_deleted(
    folder: Path, read: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    languages_and_polarities(TEXTS[:2])
    [old] = folder.glob("*/*.parquet")
    languages_and_polarities(TEXTS[2:])
    [new] = {*folder.glob("*/*.parquet")} - {old}
    long_ago = time.time() - (KEPT_DAYS + 1) * 86400
    os.utime(old, (long_ago, long_ago))
    languages_and_polarities(TEXTS[2:])
    assert [*folder.glob("*/*.parquet")] == [new]
    monkeypatch.setattr(annotation_cache, "MOST_BYTES", 10)
    read.clear()
    languages_and_polarities(TEXTS[2:])
    assert read == TEXTS[2:]
