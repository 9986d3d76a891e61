"""Golden files: texts that a person has read and agreed to, beside the tests that compare them."""

from collections.abc import Callable
from pathlib import Path

import pytest


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption(
        "--overwrite-golden",
        action="store_true",
        help="write what the tests produce into the golden files, to be read in the diff",
    )


@pytest.fixture
def golden(request: pytest.FixtureRequest) -> Callable[[str, str], None]:
    """Compare a text with the golden file of that name; only --overwrite-golden writes it."""

    def compare(name: str, text: str) -> None:
        path = Path(request.path).parent / name
        # The option exists only where this folder is named on the command line.
        if request.config.getoption("--overwrite-golden", default=False):
            path.write_text(text, encoding="utf-8", newline="\n")
        assert path.exists(), f"{path} is missing: run pytest {path.parent} --overwrite-golden"
        assert text == path.read_text(encoding="utf-8")

    return compare
