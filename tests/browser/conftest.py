"""A browser of the machine, and the page that it looks at. What it may not do, it must not."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from urllib.parse import urlsplit

import pandas as pd
import pytest
from playwright.sync_api import Browser, expect, sync_playwright
from playwright.sync_api import Page as Tab

from tests.functional.conftest import project, scores, tables
from tests.planner_process import Page, planner

__all__ = ["project", "scores", "tables"]

NAMES = ("chromium", "chromium-browser", "google-chrome")
REMEDY = "no Chromium on the path, which the browser tests drive: apt-get install chromium"
REFUSED = "Failed to load resource: the server responded with a status of 4"
"""What a browser itself says of an answer that is no plan."""

WAIT = 90_000
"""Milliseconds: a machine that does other things besides is no reason to fail."""

Open = Callable[..., Tab]


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    found = next(filter(None, map(shutil.which, NAMES)), None)
    assert found is not None, REMEDY
    with sync_playwright() as playwright:
        # Chromium's own sandbox needs rights that a container does not give.
        launched = playwright.chromium.launch(executable_path=found, args=["--no-sandbox"])
        expect.set_options(timeout=WAIT)
        yield launched
        launched.close()


@pytest.fixture(scope="module")
def page(project: Path, scores: pd.DataFrame) -> Iterator[Page]:
    with planner(project, "--model", "bundle") as running:
        yield running


@pytest.fixture
def tab(browser: Browser, page: Page) -> Iterator[Open]:
    """Opens an address of the page; at the end nothing went elsewhere and the console is empty."""
    told: list[str] = []
    with ExitStack() as opened:

        def open_(path: str, **context: object) -> Tab:
            is_refused = bool(context.pop("is_refused", False))
            given = {"viewport": {"width": 1280, "height": 800}, **context}
            within = opened.enter_context(browser.new_context(**given))  # type: ignore[arg-type]
            within.set_default_timeout(WAIT)
            new = within.new_page()

            def heard(kind: str, text: str) -> None:
                if not (is_refused and text.startswith(REFUSED)):
                    told.append(f"{kind}: {text}")

            def asked(address: str) -> None:
                if urlsplit(address).netloc != page.host:
                    told.append(f"asked elsewhere: {address}")

            new.on("console", lambda message: heard(message.type, message.text))
            new.on("pageerror", lambda error: heard("error", str(error)))
            new.on("request", lambda request: asked(request.url))
            new.goto(page.address.rstrip("/") + path)
            return new

        yield open_
    assert told == []
