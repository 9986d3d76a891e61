"""`--embed`: an embedding model in a local folder compares texts, in training and ever after."""

from __future__ import annotations

import json
from pathlib import Path

import pandas as pd
import pytest

from tests.embedding_model import write_model
from tests.functional.conftest import Run, run_suasion
from tests.functional.small_market import truncated, write

UNTIL = "2024-08-20"


@pytest.fixture(scope="module")
def embedded(tmp_path_factory: pytest.TempPathFactory, tables: dict[str, pd.DataFrame]) -> Path:
    """A project whose model was trained with an embedding folder that is gone since."""
    folder = tmp_path_factory.mktemp("embedded")
    write(tables, folder / "data")
    model = write_model(folder / "words")
    done = run_suasion(
        "train", "data", "--until", UNTIL, "--embed", "words", "--out", "bundle", cwd=folder
    )
    assert done.returncode == 0, done.stderr
    for path in model.iterdir():
        path.unlink()
    return folder


def content(folder: Path) -> dict[str, bytes]:
    return {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in folder.rglob("*")
        if path.is_file()
    }


def test_the_bundle_holds_the_model_and_scoring_needs_nothing_else(embedded: Path) -> None:
    files = json.loads((embedded / "bundle" / "manifest.json").read_text())["files"]
    assert "embedding/model.safetensors" in files
    for number, model in enumerate((embedded / "bundle", "champion")):
        out = f"scores{number}"
        done = run_suasion("score", "data", "--model", model, "--out", out, cwd=embedded)
        assert done.returncode == 0, done.stderr
    of_bundle, of_champion = (
        pd.read_parquet(embedded / out / "scores.parquet") for out in ("scores0", "scores1")
    )
    pd.testing.assert_frame_equal(of_bundle, of_champion, check_exact=True)
    assert len(of_bundle) > 0


def test_the_bundle_is_the_same_byte_for_byte_on_tables_truncated_at_the_moment(
    embedded: Path, tables: dict[str, pd.DataFrame], suasion: Run, tmp_path: Path
) -> None:
    past = write(truncated(tables, pd.Timestamp(UNTIL)), tmp_path / "past")
    words = write_model(tmp_path / "elsewhere")
    arguments = ("train", past, "--until", UNTIL, "--embed", words, "--out", tmp_path / "bundle")
    done = suasion(*arguments, cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    assert content(tmp_path / "bundle") == content(embedded / "bundle")


def test_another_model_of_words_gives_another_bundle(embedded: Path, project: Path) -> None:
    # Without this the test above could pass on a program that ignores its --embed.
    versions = {
        json.loads((folder / "bundle" / "manifest.json").read_text())["model_version"]
        for folder in (embedded, project)
    }
    assert len(versions) == 2


def test_a_changed_embedding_file_is_named(embedded: Path, suasion: Run, tmp_path: Path) -> None:
    for name, written in content(embedded / "bundle").items():
        target = tmp_path / "bundle" / name
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(written + (b" " if name == "embedding/config.json" else b""))
    done = suasion("score", "data", "--model", tmp_path / "bundle", "--out", tmp_path / "scores")
    assert done.returncode == 7
    assert "embedding/config.json" in done.stderr


@pytest.mark.parametrize(
    "command", [("train",), ("evaluate", "--origins", UNTIL)], ids=lambda c: c[0]
)
def test_a_folder_without_a_model_ends_with_the_remedy(
    suasion: Run, tmp_path: Path, command: tuple[str, ...]
) -> None:
    for folder, said in ((tmp_path / "nowhere", "no folder"), (tmp_path, "model2vec")):
        done = suasion(*command, "data", "--embed", folder)
        assert done.returncode == 2
        assert said in done.stderr
        assert "Traceback" not in done.stderr


def test_evaluating_uses_the_model(embedded: Path, suasion: Run, tmp_path: Path) -> None:
    words = write_model(tmp_path / "words")
    arguments = ("evaluate", "data", "--origins", UNTIL, "--days", 60)
    for out, more in (("plain", ()), ("embedded", ("--embed", words))):
        done = suasion(*arguments, *more, "--out", tmp_path / out)
        assert done.returncode == 0, done.stderr
    plain, found = (
        pd.read_parquet(tmp_path / out / "ranking.parquet") for out in ("plain", "embedded")
    )
    assert len(plain) == len(found) > 0
    assert not plain.equals(found)
