"""Tests leave nothing in the user's folders; what one reads of a text the next need not read again."""

from __future__ import annotations

import os
import shutil
import tempfile

import pytest

from features.annotation_cache import FOLDER_VARIABLE

_made = pytest.StashKey[str]()


def pytest_configure(config: pytest.Config) -> None:
    """One cache for all, before workers start and inherit it."""
    if not hasattr(config, "workerinput"):
        config.stash[_made] = tempfile.mkdtemp(prefix="suasion-tests-")
        os.environ[FOLDER_VARIABLE] = config.stash[_made]


def pytest_unconfigure(config: pytest.Config) -> None:
    if _made in config.stash:
        shutil.rmtree(config.stash[_made], ignore_errors=True)
