"""The data dictionary for people: tables in the terminal, and a page of documentation."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import groupby

from rich.console import Console
from rich.markup import escape
from rich.table import Table

from features.dictionary import Entry, Uncarried
from features.signals import SIGNALS

WIDE = 110
"""Columns of a terminal from which unit and signals are shown too."""

_INTRODUCTION = """\
# Features

Written by `make dictionary` from the catalogue; a test compares the two.

Every feature is computed as of the moment of a decision, from what was known before it.
*Window* says how far back it looks, *unknown* when the value is missing: never zero, and a reason
only as "unknown". *High* and *low* are against the training median, on the other side of which
"most" are; *about* is said of a value that is about usual or unknown. *Stands for* names
[signals](#signals). *Sign* is the direction of its effect on the rate where published evidence says
so; all others are learned, shape and all. A share lies in 0..1; logarithms are natural.
"""

_SIZE = """\
Size serves reach, warnings, the baselines and the audit. It is never an input to the rate.
"""

_MOVING = """\
## Features that move with the size of an audience

A feature of the rate stays what it is when every audience is larger. These move a little;
`tests/properties/test_scale_free.py` bounds how far.
"""

_UNCARRIED = """\
## Signals that no table carries
"""

_SIGNALS = """\
## Signals

What influence is made of, and the features that measure it: E engagement, R relevance to the
campaign, P reputation, M momentum.
"""


def show_features(
    console: Console, described: Sequence[Entry], lacking: Sequence[Uncarried] = ()
) -> None:
    """The catalogue, a table a quality; a narrow terminal keeps names, windows and definitions."""
    is_wide = console.width >= WIDE
    for quality, of_quality in groupby(described, lambda entry: entry.quality):
        found = list(of_quality)
        table = Table(
            title=f"{quality.capitalize()}: {len(found)} features, for {found[0].serves}",
            title_justify="left",
        )
        table.add_column("feature", no_wrap=True)
        if is_wide:
            table.add_column("unit")
        table.add_column("window", max_width=16)
        table.add_column("what it is")
        if is_wide:
            table.add_column("stands for", max_width=10)
        for facet, of_facet in _by_facet(found):
            table.add_section()
            table.add_row(f"[bold]{escape(facet)}:[/]")
            for entry in of_facet:
                told = f"{entry.definition}; unknown {entry.missing}" + (
                    "" if entry.sign is None else f" ({entry.sign})"
                )
                unit = [entry.unit] if is_wide else []
                signals = [" ".join(entry.signals)] if is_wide else []
                table.add_row(entry.name, *unit, entry.windows, escape(told), *signals)
        console.print(table)
    if lacking:
        console.print("Signals that no table carries:")
    for signal in lacking:
        part = ", in part" if signal.in_part else ""
        console.print(f"  {signal.signal}{part}: {escape(signal.meaning)}: {escape(signal.reason)}")
    console.print(
        "(+) or (-): direction of the effect on the rate where published evidence says so. "
        "Everything about each feature: --json, or docs/features.md"
    )


def features_page(described: Sequence[Entry], lacking: Sequence[Uncarried]) -> str:
    """The page of documentation, in Markdown, ending with a line break."""
    parts = [_INTRODUCTION]
    for quality, of_quality in groupby(described, lambda entry: entry.quality):
        parts.append(f"## {quality.capitalize()}\n")
        found = list(of_quality)
        if found[0].serves != "rate":
            parts.append(_SIZE)
        for facet, of_facet in _by_facet(found):
            parts.append(f"### {quality.capitalize()}: {facet}\n")
            lines = (
                (
                    f"`{entry.name}`",
                    entry.unit,
                    entry.windows,
                    entry.definition,
                    entry.missing,
                    f"{entry.says_high}<br>*{entry.says_high_fr}*",
                    f"{entry.says_low}<br>*{entry.says_low_fr}*",
                    f"{entry.topic}<br>*{entry.topic_fr}*",
                    " ".join(entry.signals),
                    entry.sign or "",
                )
                for entry in of_facet
            )
            parts.append(
                _markdown(
                    (
                        "feature",
                        "unit",
                        "window",
                        "what it is",
                        "unknown",
                        "high: this creator …",
                        "low: this creator …",
                        "about",
                        "stands for",
                        "sign",
                    ),
                    lines,
                )
            )
    moving = [entry for entry in described if entry.moves_with_audience]
    parts += [
        _MOVING,
        _markdown(
            ("feature", "why"),
            ((f"`{entry.name}`", entry.moves_with_audience or "") for entry in moving),
        ),
        _UNCARRIED,
        _markdown(
            ("signal", "what it is", "why"),
            (
                (f"{s.signal}{', in part' if s.in_part else ''}", s.meaning, s.reason)
                for s in lacking
            ),
        ),
        _SIGNALS,
        _markdown(
            ("signal", "what it is", "measured by"),
            (
                (
                    code,
                    meaning,
                    ", ".join(f"`{entry.name}`" for entry in described if code in entry.signals),
                )
                for code, meaning in SIGNALS.items()
            ),
        ),
    ]
    return "\n".join(parts)


def _by_facet(found: Iterable[Entry]) -> list[tuple[str, list[Entry]]]:
    """Features by facet, facets in the order of their first feature."""
    facets: dict[str, list[Entry]] = {}
    for entry in found:
        facets.setdefault(entry.facet, []).append(entry)
    return list(facets.items())


def _markdown(heads: Sequence[str], lines: Iterable[Sequence[str]]) -> str:
    """A table in Markdown; a cell may hold any text."""
    cells = [[cell.replace("|", "\\|") for cell in line] for line in lines]
    rows = [list(heads), ["---"] * len(heads), *cells]
    return "\n".join(f"| {' | '.join(row)} |" for row in rows) + "\n"
