"""The data dictionary: windows in words, the meaning of missing, and the page that is generated."""

from __future__ import annotations

from io import StringIO
from pathlib import Path

import pytest
from rich.console import Console

from features.asof import Window
from features.dictionary import entries, uncarried, windows_in_words
from features.feature import Feature, catalogue
from serving.show_features import features_page, show_features

PAGE = Path(__file__).parents[2] / "docs" / "features.md"


def posts(days: float | None = None, ago: float = 0, measure: str = "count") -> Window:
    return Window("posts", measure, days=days, ago=ago)


def readings(measure: str, days: float | None = None, ago: float = 0) -> Window:
    return Window("audience", measure, days=days, ago=ago)


@pytest.mark.parametrize(
    ("windows", "words"),
    [
        ([posts(90)], "90 days"),
        ([posts(1)], "1 day"),
        ([posts(0.25)], "6 hours"),
        ([posts()], "all earlier"),
        ([posts(), posts(90), posts(90)], "all earlier, 90 days"),
        ([posts(45), posts(180, ago=45)], "45 days against the 180 before"),
        ([posts(180, ago=45), posts(45)], "45 days against the 180 before"),
        ([posts(28), posts(None, ago=28)], "28 days against all before"),
        ([posts(30, ago=60)], "30 days until 60 days before"),
        ([posts(None, ago=60)], "all until 60 days before"),
        ([posts(measure="days_since_last")], "all earlier"),
        ([posts(45), posts(45, ago=45), posts(45, ago=90)], "3 times 45 days"),
        ([posts(7), posts(7, ago=7), posts(56, ago=14)], "7 days against the 7 and the 56 before"),
        (
            [posts(45, ago=7), posts(90, ago=52)],
            "45 days against the 90 before, until 7 days before",
        ),
        ([posts(measure="latest")], "last reading"),
        (
            [readings("latest"), readings("latest", ago=90), readings("count", days=90)],
            "last reading against that 90 days before",
        ),
        (
            [readings("latest"), readings("latest", ago=90), posts(90), posts(180, ago=90)],
            "last reading against that 90 days before, 90 days against the 180 before",
        ),
        (
            [readings("latest"), readings("latest", ago=45), readings("latest", ago=90)],
            "last reading against those 45 and 90 days before",
        ),
        ([readings("latest"), posts(28)], "last reading, 28 days"),
        ([Window("profile", "max"), posts(28)], "the profile, 28 days"),
    ],
)
def test_windows_are_told_in_words(windows: list[Window], words: str) -> None:
    assert windows_in_words(windows) == words


def declared(about: str) -> Feature:
    return Feature(
        "answers",
        "engagement",
        "conversation",
        "share",
        ("answers", "does not"),
        about,
        lambda h: h.comments.share("answered", days=90),
        signals="E1 E2",
    )


@pytest.mark.parametrize(
    ("about", "definition", "missing"),
    [
        ("Answers; missing without comments.", "Answers", "without comments"),
        (
            "Answers. Missing without comments, or e.g. replies.",
            "Answers",
            "without comments, or e.g. replies",
        ),
        ("Of what is not missing; missing if none.", "Of what is not missing", "if none"),
        ("Answers, always known.", "Answers, always known", ""),
    ],
)
def test_the_meaning_of_missing_is_told_apart(about: str, definition: str, missing: str) -> None:
    (entry,) = entries([declared(about)])
    assert (entry.definition, entry.missing) == (definition, missing)
    assert entry.windows == "90 days"
    assert list(entry.signals) == ["E1", "E2"]


def test_every_feature_says_when_it_is_unknown() -> None:
    assert [entry.name for entry in entries(catalogue()) if not entry.missing] == []


def test_the_page_is_what_the_catalogue_says_now() -> None:
    page = features_page(entries(catalogue()), uncarried())
    assert PAGE.read_text(encoding="utf-8") == page, "run `make dictionary`"


def test_a_bar_in_a_definition_breaks_no_table() -> None:
    page = features_page(entries([declared("Share | of all; missing if none.")]), [])
    assert "| Share \\| of all |" in page


@pytest.mark.parametrize("width", [80, 130])
def test_no_terminal_cuts_a_name_or_a_word(width: int) -> None:
    console = Console(width=width, file=StringIO())
    described = entries(catalogue())
    show_features(console, described, uncarried())
    shown = console.file.getvalue()
    assert max(map(len, shown.splitlines())) <= width
    words = set(shown.replace(";", " ").split())
    for entry in described:
        assert f"│ {entry.name} " in shown
        assert set(f"{entry.windows} {entry.definition}".replace(";", " ").split()) <= words
