"""The only door to the past: windows over event streams, all ending strictly before `as_of`.

A feature asks a `History` for windows. The catalogue runs twice: once on a history that only notes
what is asked (`windows_of`), once on the computed columns. In between, the windows of one stream
become a few DuckDB queries over rows to build x events of that creator before `as_of`.

Two kinds of rows are looked back from: a *moment* (creator, as_of), and a *row* (creator, campaign,
as_of), for what depends on the campaign's brief.

Behind the door: `window_queries` writes the SQL of windows, `windows` computes them, `known` gives
training what was known at a moment.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from typing import cast

import numpy as np
import numpy.typing as npt

from features.known import (
    brands_with_outcomes,
    creators_with_outcomes,
    forget_after,
    implausible_outcomes,
    known_outcomes,
    known_texts,
    newest_moment,
    unmeasured_outcomes,
    unripe_outcomes,
)
from features.window_queries import Window
from features.windows import Column, compute_windows

__all__ = [
    "Column",
    "History",
    "Stream",
    "Window",
    "brands_with_outcomes",
    "compute_windows",
    "creators_with_outcomes",
    "forget_after",
    "implausible_outcomes",
    "known_outcomes",
    "known_texts",
    "log",
    "newest_moment",
    "only",
    "unmeasured_outcomes",
    "unripe_outcomes",
    "windows_of",
]


def log(column: Column) -> Column:
    """Natural logarithm, masked where the column is not positive."""
    return cast("Column", np.ma.log(column))


def only(where: npt.NDArray[np.bool_], column: Column) -> Column:
    """The column where a condition holds; masked where it does not, or is unknown."""
    return cast("Column", np.ma.masked_where(~np.ma.filled(where, False), column))


class History:
    """What a feature sees of one creator's past: streams that end strictly before the `as_of`.

    Parameters
    ----------
    answer : callable
        Gives the column of a window.
    """

    def __init__(self, answer: Callable[[Window], Column]) -> None:
        self.answer = answer
        self.posts = Stream(self, "posts")
        self.topical_posts = Stream(self, "topical_posts")
        self.comments = Stream(self, "comments")
        self.received = Stream(self, "received")
        self.links = Stream(self, "links")
        self.themes = Stream(self, "themes")
        self.own_voice = Stream(self, "own_voice")
        self.topical_mentions = Stream(self, "topical_mentions")
        self.topical_comments = Stream(self, "topical_comments")
        self.audience_voice = Stream(self, "audience_voice")
        self.topical_talk = Stream(self, "topical_talk")
        self.opinions = Stream(self, "opinions")
        self.acts = Stream(self, "acts")
        self.threads = Stream(self, "threads")
        self.exchanges = Stream(self, "exchanges")
        self.favours = Stream(self, "favours")
        self.approaches = Stream(self, "approaches")
        self.peer_acts = Stream(self, "peer_acts")
        self.past = Stream(self, "past")
        self.related_past = Stream(self, "related_past")
        self.platform_past = Stream(self, "platform_past")
        self.audience = Stream(self, "audience")
        self.credentials = Stream(self, "credentials")
        self.profile = Stream(self, "profile")


@dataclass(frozen=True)
class Stream:
    """A stream of events, narrowed by flags; each method asks for one window, a `Column`.

    A value is masked where nothing is known: no event of the kind, or a table that is absent. A
    count is zero where the creator is known to the stream but nothing fell in the window.
    """

    history: History
    name: str
    flags: tuple[str, ...] = ()

    def where(self, flag: str) -> Stream:
        """Only the events of which the flag holds."""
        return replace(self, flags=(*self.flags, flag))

    def count(self, *, days: float | None = None, ago: float = 0) -> Column:
        """Number of events."""
        return self._ask("count", days=days, ago=ago)

    def distinct(self, value: str, *, days: float | None = None, ago: float = 0) -> Column:
        """Number of distinct values."""
        return self._ask("distinct", value, days=days, ago=ago)

    def share(self, flag: str, *, days: float | None = None, ago: float = 0) -> Column:
        """Share (0..1) of the events of which the flag holds, among those where it is known."""
        return self._ask("share", flag, days=days, ago=ago)

    def mean(self, value: str, *, days: float | None = None, ago: float = 0) -> Column:
        """Mean of a value over the events that have it."""
        return self._ask("mean", value, days=days, ago=ago)

    def total(self, value: str, *, days: float | None = None, ago: float = 0) -> Column:
        """Sum of a value over the events that have it."""
        return self._ask("sum", value, days=days, ago=ago)

    def median(self, value: str, *, days: float | None = None, ago: float = 0) -> Column:
        """Median of a value over the events that have it."""
        return self._ask("median", value, days=days, ago=ago)

    def low(self, value: str, *, days: float | None = None, ago: float = 0) -> Column:
        """Lower quartile of a value: three in four events have as much."""
        return self._ask("low", value, days=days, ago=ago)

    def spread(self, value: str, *, days: float | None = None, ago: float = 0) -> Column:
        """Interquartile range of a value."""
        return self._ask("spread", value, days=days, ago=ago)

    def maximum(self, value: str, *, days: float | None = None, ago: float = 0) -> Column:
        """Largest value."""
        return self._ask("max", value, days=days, ago=ago)

    def top_share(self, value: str, *, days: float | None = None, ago: float = 0) -> Column:
        """Share (0..1) of the events that have the most frequent value, of those that have one."""
        return self._ask("top_share", value, days=days, ago=ago)

    def repeat_share(self, value: str, *, days: float | None = None, ago: float = 0) -> Column:
        """Share (0..1) of the distinct values that occur more than once."""
        return self._ask("repeat_share", value, days=days, ago=ago)

    def variety(self, value: str, *, days: float | None = None, ago: float = 0) -> Column:
        """Chance (0..1) that two different events have different values, of those that have one;
        masked with fewer than two.
        """
        return self._ask("variety", value, days=days, ago=ago)

    def latest(self, value: str, *, ago: float = 0) -> Column:
        """The value of the last event that has one, `ago` days before `as_of`."""
        return self._ask("latest", value, ago=ago)

    def weighted_mean(self, value: str, weight: str, *, days: float | None = None) -> Column:
        """Mean of a value, each event weighted by another of its values."""
        return self._ask("weighted_mean", value, weight=weight, days=days)

    def days_since_last(self) -> Column:
        """Days from the last event to `as_of`."""
        return self._ask("days_since_last")

    def days_since_first(self) -> Column:
        """Days from the first event to `as_of`."""
        return self._ask("days_since_first")

    def _ask(
        self,
        measure: str,
        value: str = "known_at",
        *,
        weight: str | None = None,
        days: float | None = None,
        ago: float = 0,
    ) -> Column:
        window = Window(self.name, measure, value, weight, self.flags, days, float(ago))
        return self.history.answer(window)


def windows_of(functions: Iterable[Callable[[History], Column]]) -> list[Window]:
    """The distinct windows that functions of a history ask for, in the order in which they ask."""
    asked: dict[Window, None] = {}

    def note(window: Window) -> Column:
        asked.setdefault(window)
        return np.ma.masked_invalid(np.empty(0))

    recorder = History(note)
    for function in functions:
        function(recorder)
    return list(asked)
