"""Runs the installed command as a person would, in a folder of its own."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pandas as pd
import pytest

from tests.functional.small_market import make_tables, write

SUASION = Path(sys.executable).with_name("suasion")
Run = Callable[..., "subprocess.CompletedProcess[str]"]


def run_suasion(*arguments: object, cwd: Path) -> subprocess.CompletedProcess[str]:
    environment = {key: value for key, value in os.environ.items() if not key.startswith("MLFLOW")}
    return subprocess.run(
        [SUASION, *map(str, arguments)],
        cwd=cwd,
        env=environment,
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )


@pytest.fixture(scope="session")
def tables() -> dict[str, pd.DataFrame]:
    return make_tables()


@pytest.fixture(scope="session")
def project(tmp_path_factory: pytest.TempPathFactory, tables: dict[str, pd.DataFrame]) -> Path:
    """A project folder with `data/`, a registry with one model, and its bundle in `bundle/`."""
    folder = tmp_path_factory.mktemp("project")
    write(tables, folder / "data")
    done = run_suasion("train", "data", "--until", "2024-08-20", "--out", "bundle", cwd=folder)
    assert done.returncode == 0, done.stderr
    return folder


@pytest.fixture(scope="session")
def scores(project: Path) -> pd.DataFrame:
    """The campaigns still to be decided, scored by the registered champion."""
    done = run_suasion("score", "data", "--out", "scored", "--csv", "--contributions", cwd=project)
    assert done.returncode == 0, done.stderr
    return pd.read_parquet(project / "scored" / "scores.parquet")


@pytest.fixture
def suasion(project: Path) -> Run:
    def run(*arguments: object, cwd: Path = project) -> subprocess.CompletedProcess[str]:
        return run_suasion(*arguments, cwd=cwd)

    return run
