"""The wheel holds the four rooms and the command; a room has one owner in the environment."""

import subprocess
import sys
import zipfile
from collections.abc import Iterator
from configparser import ConfigParser
from importlib.metadata import packages_distributions
from importlib.util import find_spec
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
ROOMS = ("features", "models", "serving", "training")


def files_of(room: str) -> set[str]:
    """The files of a room in the working tree, without what Python and numba leave there."""
    found = (path for path in (ROOT / room).rglob("*") if path.is_file())
    return {path.relative_to(ROOT).as_posix() for path in found if "__pycache__" not in path.parts}


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Iterator[zipfile.ZipFile]:
    folder = tmp_path_factory.mktemp("wheel")
    build = [sys.executable, "-m", "hatchling", "build", "--target", "wheel", "--directory", folder]
    subprocess.run(build, cwd=ROOT, check=True, capture_output=True)
    (path,) = folder.glob("suasion-*-py3-none-any.whl")
    with zipfile.ZipFile(path) as archive:
        yield archive


def test_the_wheel_holds_the_four_rooms_whole_and_nothing_else(wheel: zipfile.ZipFile) -> None:
    packed = {name for name in wheel.namelist() if ".dist-info/" not in name}
    assert packed == set().union(*map(files_of, ROOMS))


def test_the_wheel_installs_the_command_and_cannot_be_uploaded(wheel: zipfile.ZipFile) -> None:
    (info,) = {name.split("/")[0] for name in wheel.namelist() if ".dist-info/" in name}
    entries = ConfigParser()
    entries.read_string(wheel.read(f"{info}/entry_points.txt").decode())
    assert {part: dict(entries[part]) for part in entries.sections()} == {
        "console_scripts": {"suasion": "serving.cli:main"}
    }
    assert "Classifier: Private :: Do Not Upload" in wheel.read(f"{info}/METADATA").decode()


def test_the_rooms_import_from_the_wheel_without_the_sources(
    wheel: zipfile.ZipFile, tmp_path: Path
) -> None:
    wheel.extractall(tmp_path)
    program = f"import {', '.join(ROOMS)}; print(*(m.__file__ for m in ({', '.join(ROOMS)})))"
    run = subprocess.run(
        [sys.executable, "-c", program], cwd=tmp_path, check=True, capture_output=True, text=True
    )
    assert run.stdout.split() == [str(tmp_path / room / "__init__.py") for room in ROOMS]


@pytest.mark.parametrize("room", ROOMS)
def test_a_room_has_one_owner_in_the_environment(room: str) -> None:
    # An editable install lists no files, so it owns nothing here; any other owner is a clash.
    assert set(packages_distributions().get(room, [])) <= {"suasion"}
    spec = find_spec(room)
    assert spec is not None
    assert list(spec.submodule_search_locations or []) == [str(ROOT / room)]
