"""Who takes up interrupted work, and when it is deleted."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from pathlib import Path

import pytest

from features.errors import Unfinished, UserError
from features.scratch import KEPT_DAYS, resumable_folder


@pytest.fixture(autouse=True)
def place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    return tmp_path


def _half_done(folder: Path, error: BaseException) -> None:
    (folder / "half").touch()
    raise error


def dead() -> int:
    """The number of a process that has ended."""
    with subprocess.Popen([sys.executable, "-c", ""]) as process:
        pass
    return process.pid


def left(place: Path, work: str, process: int) -> Path:
    folder = place / f"suasion-work-{work}-{process}-abc"
    folder.mkdir()
    (folder / "half").write_text("done so far")
    return folder


def test_finished_work_leaves_nothing(place: Path) -> None:
    with resumable_folder("w") as folder:
        (folder / "file").touch()
    assert list(place.iterdir()) == []


def test_what_a_killed_run_left_is_taken_up(place: Path) -> None:
    left(place, "w", dead())
    with resumable_folder("w") as folder:
        assert (folder / "half").read_text() == "done so far"
    assert list(place.iterdir()) == []


@pytest.mark.parametrize("work", ["v", "w"])
def test_other_work_and_work_under_way_is_let_be(place: Path, work: str) -> None:
    other = left(place, work, dead() if work == "v" else os.getppid())
    with resumable_folder("w") as folder:
        assert list(folder.iterdir()) == []
    assert list(place.iterdir()) == [other]


def test_two_runs_in_one_process_do_not_share(place: Path) -> None:
    with resumable_folder("w") as one, resumable_folder("w") as two:
        assert one != two
        assert one.is_dir()


@pytest.mark.parametrize("error", [KeyboardInterrupt(), Unfinished("killed"), MemoryError()])
def test_what_can_go_on_is_kept_and_goes_on(place: Path, error: BaseException) -> None:
    with pytest.raises(type(error)), resumable_folder("w") as folder:
        _half_done(folder, error)
    with resumable_folder("w") as folder:
        assert (folder / "half").exists()


def test_what_a_person_has_to_put_right_is_not_kept(place: Path) -> None:
    with pytest.raises(UserError), resumable_folder("w"):
        raise UserError("too few outcomes")
    assert list(place.iterdir()) == []


def test_what_nobody_takes_up_is_deleted_in_time(place: Path) -> None:
    old, young = left(place, "v", dead()), left(place, "u", dead())
    then = time.time() - (KEPT_DAYS + 1) * 86400
    os.utime(old, (then, then))
    with resumable_folder("w"):
        pass
    assert list(place.iterdir()) == [young]
