"""Outputs appear whole or not at all."""

from __future__ import annotations

import hashlib
import json
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from features.errors import Exit, UserError
from features.output import MANIFEST, sha256_of, whole_folder, write_manifest

ROOT = Path(__file__).parents[2]


def content(folder: Path) -> dict[str, str]:
    """Texts by path inside a folder."""
    return {
        path.relative_to(folder).as_posix(): path.read_text(encoding="utf-8")
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }


def is_whole(folder: Path) -> bool:
    """Whether every file that the manifest names is there as it names it."""
    files = json.loads((folder / MANIFEST).read_text(encoding="utf-8"))["files"]
    return all(
        (folder / name).is_file() and sha256_of(folder / name) == found
        for name, found in files.items()
    )


def test_a_new_folder_appears_with_all_its_files(tmp_path: Path) -> None:
    with whole_folder(tmp_path / "deep" / "out") as folder:
        (folder / "a.txt").write_text("a")
        (folder / "sub").mkdir()
        (folder / "sub" / "b.txt").write_text("b")
        assert not (tmp_path / "deep" / "out").exists()
    assert content(tmp_path) == {"deep/out/a.txt": "a", "deep/out/sub/b.txt": "b"}


def test_others_may_read_a_new_folder(tmp_path: Path) -> None:
    with whole_folder(tmp_path / "out") as folder:
        (folder / "a.txt").write_text("a")
    assert (tmp_path / "out").stat().st_mode & 0o777 == 0o755


def test_after_an_error_nothing_appears(tmp_path: Path) -> None:
    def write() -> None:
        with whole_folder(tmp_path / "out") as folder:
            (folder / "a.txt").write_text("a")
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        write()
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("kind", [ValueError, KeyboardInterrupt, SystemExit])
def test_after_an_error_an_existing_folder_is_untouched(
    tmp_path: Path, kind: type[BaseException]
) -> None:
    out = tmp_path / "out"
    out.mkdir()
    (out / MANIFEST).write_text("old manifest")
    (out / "a.txt").write_text("old")

    def write() -> None:
        with whole_folder(out) as folder:
            (folder / "a.txt").write_text("new")
            (folder / "b.txt").write_text("new")
            write_manifest(folder)
            raise kind

    with pytest.raises(kind):
        write()
    assert content(tmp_path) == {"out/a.txt": "old", f"out/{MANIFEST}": "old manifest"}


def test_an_existing_folder_keeps_what_is_not_written(tmp_path: Path) -> None:
    out = tmp_path / "out"
    (out / "sub").mkdir(parents=True)
    (out / "mine.txt").write_text("mine")
    (out / "sub" / "mine.txt").write_text("mine")
    (out / "a.txt").write_text("old")
    with whole_folder(out) as folder:
        (folder / "a.txt").write_text("new")
        (folder / "sub").mkdir()
        (folder / "sub" / "b.txt").write_text("new")
    assert content(tmp_path) == {
        "out/a.txt": "new",
        "out/mine.txt": "mine",
        "out/sub/b.txt": "new",
        "out/sub/mine.txt": "mine",
    }


def test_an_old_manifest_does_not_stay_beside_new_files(tmp_path: Path) -> None:
    out = tmp_path / "out"
    out.mkdir()
    (out / MANIFEST).write_text("old manifest")
    with whole_folder(out) as folder:
        (folder / "a.txt").write_text("new")
    assert content(out) == {"a.txt": "new"}


def test_an_empty_folder_is_filled(tmp_path: Path) -> None:
    (tmp_path / "out").mkdir()
    with whole_folder(tmp_path / "out") as folder:
        (folder / "a.txt").write_text("a")
    assert content(tmp_path) == {"out/a.txt": "a"}


def test_the_manifest_comes_last(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    out = tmp_path / "out"
    out.mkdir()
    (out / "mine.txt").write_text("mine")
    moved = []
    replace = Path.replace

    def noted(self: Path, target: Path) -> Path:
        moved.append(self.name)
        return replace(self, target)

    monkeypatch.setattr(Path, "replace", noted)
    with whole_folder(out) as folder:
        for name in ("a.txt", "z.txt"):
            (folder / name).write_text("new")
        write_manifest(folder)
    assert moved == ["a.txt", "z.txt", MANIFEST]


def test_a_file_in_the_place_of_the_folder_is_refused(tmp_path: Path) -> None:
    (tmp_path / "out").write_text("a file")
    with pytest.raises(UserError, match="is a file") as caught, whole_folder(tmp_path / "out"):
        pytest.fail("nothing must be computed for an output that cannot be written")
    assert caught.value.exit_status == Exit.INPUT == 2
    assert (tmp_path / "out").read_text() == "a file"


def test_a_file_above_the_folder_is_refused(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("a file")
    with (
        pytest.raises(UserError, match="cannot write") as caught,
        whole_folder(tmp_path / "file" / "out"),
    ):
        pytest.fail("nothing must be computed for an output that cannot be written")
    assert caught.value.exit_status == Exit.INPUT


def written(folder: Path) -> Path:
    (folder / "sub").mkdir(parents=True)
    (folder / "a.txt").write_text("abc")
    (folder / "sub" / "b.txt").write_text("ü", encoding="utf-8")
    write_manifest(folder, kind="scores", rows=2, name="Café")
    return folder / MANIFEST


def test_a_manifest_names_every_file_with_its_hash(tmp_path: Path) -> None:
    manifest = json.loads(written(tmp_path / "out").read_text(encoding="utf-8"))
    assert manifest["files"] == {
        # SHA-256 of "abc", from FIPS 180-2, appendix B.1.
        "a.txt": "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad",
        "sub/b.txt": hashlib.sha256(b"\xc3\xbc").hexdigest(),
    }
    assert manifest["program"]["name"] == "suasion"
    assert (manifest["kind"], manifest["rows"], manifest["name"]) == ("scores", 2, "Café")


def test_a_manifest_of_a_folder_inside_is_a_file_like_any(tmp_path: Path) -> None:
    written(tmp_path / "out" / "model")
    write_manifest(tmp_path / "out")
    manifest = json.loads((tmp_path / "out" / MANIFEST).read_text(encoding="utf-8"))
    assert sorted(manifest["files"]) == ["model/a.txt", f"model/{MANIFEST}", "model/sub/b.txt"]


def test_a_manifest_tells_neither_place_nor_time(tmp_path: Path) -> None:
    # The same run gives the same bytes on any machine, on any day.
    one, two = written(tmp_path / "one"), written(tmp_path / "two" / "deeper")
    assert one.read_bytes() == two.read_bytes()
    assert str(tmp_path) not in one.read_text(encoding="utf-8")


# Writes a folder and is killed just before its `last` look at, or change of, the file system.
WRITER = """
import os, signal, sys
from pathlib import Path
from features.output import whole_folder, write_manifest
out, last = Path(sys.argv[1]), int(sys.argv[2])
EVENTS = {"open", "os.rename", "os.remove", "os.mkdir", "os.rmdir", "os.chmod"}
seen = 0

def watch(event, args):
    global seen
    if event in EVENTS and str(out.parent) in str(args):
        seen += 1
        if seen == last:
            os.kill(os.getpid(), signal.SIGKILL)

sys.addaudithook(watch)
with whole_folder(out) as folder:
    for name in ("a.txt", "b.txt", "c.txt"):
        (folder / name).write_text("new " + name)
    write_manifest(folder)
"""


@pytest.mark.skipif(sys.platform == "win32", reason="there is no SIGKILL")
@pytest.mark.parametrize("exists", [False, True])
def test_a_killed_run_leaves_no_manifest_beside_files_of_another_run(
    tmp_path: Path, exists: bool
) -> None:
    states = []
    for last in range(1, 100):
        out = tmp_path / str(last) / "out"
        out.parent.mkdir()
        if exists:
            with whole_folder(out) as folder:
                for name in ("a.txt", "b.txt", "old.txt"):
                    (folder / name).write_text("old")
                write_manifest(folder)
        run = subprocess.run([sys.executable, "-c", WRITER, str(out), str(last)], cwd=ROOT)
        has_manifest = (out / MANIFEST).exists()
        if has_manifest:
            assert is_whole(out)
        elif not exists:
            assert not out.exists()
        if run.returncode == 0:
            assert (out / "c.txt").read_text() == "new c.txt"
            break
        assert run.returncode == -signal.SIGKILL
        states.append((has_manifest, (out / "c.txt").exists()))
    # The run was killed before, in and (into an existing folder) between the moves of its files.
    assert len(states) >= 10
    expected = {(True, False), (False, False), (False, True)} if exists else {(False, False)}
    assert expected <= set(states)


def test_a_folder_that_holds_something_of_another_kind_is_refused_and_left_alone(
    tmp_path: Path,
) -> None:
    bundle, data = tmp_path / "bundle", tmp_path / "data"
    with whole_folder(bundle, "model bundle") as folder:
        (folder / "model.json").write_text("{}")
        write_manifest(folder, kind="model bundle")
    data.mkdir()
    (data / "posts.csv").write_text("post_id")
    before = content(tmp_path)
    for out, what in ((bundle, "a model bundle"), (data, "a data table, posts.csv")):
        with pytest.raises(UserError, match=what) as caught, whole_folder(out, "score"):
            pass
        assert caught.value.exit_status is Exit.INPUT
    assert content(tmp_path) == before


def test_a_folder_of_the_same_kind_is_written_again(tmp_path: Path) -> None:
    for text in ("first", "second"):
        with whole_folder(tmp_path / "out", "score") as folder:
            (folder / "scores.csv").write_text(text)
            write_manifest(folder, command="score")
    assert (tmp_path / "out" / "scores.csv").read_text() == "second"
