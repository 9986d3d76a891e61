"""When the world is: it begins on 2023-01-01 and counts in whole seconds from there."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd

from training.world.draws import Floats, Ints

START = pd.Timestamp("2023-01-01")
DAY = 86_400
WEEK = 7 * DAY
COMING_WEEKS = 4
"""Weeks beyond the end for which the state of creators is drawn, for campaigns still to come."""


@dataclass(frozen=True)
class Calendar:
    """The span of a world.

    Attributes
    ----------
    seconds : int
        From its first moment to its end; nothing that happened is at or after it.
    """

    seconds: int

    @classmethod
    def of(cls, months: int) -> Calendar:
        """The span of whole months."""
        return cls(int((START + pd.DateOffset(months=months) - START).total_seconds()))

    @property
    def days(self) -> float:
        """Length in days."""
        return self.seconds / DAY

    @property
    def weeks(self) -> int:
        """Weeks for which states are drawn, some of them beyond the end."""
        return -(-self.seconds // WEEK) + COMING_WEEKS

    def week(self, second: Ints) -> Ints:
        """The week in which a second falls, the first and last standing for what is outside."""
        return np.clip(second // WEEK, 0, self.weeks - 1)


def by_creator(creator: Ints, second: Ints) -> Ints:
    """One number a row that sorts by creator, then by time.

    A world lasts less than 2^40 seconds.
    """
    return np.asarray((creator << 40) + second)


def moments(second: Ints | Floats) -> npt.NDArray[np.datetime64]:
    """Seconds of the world as naive UTC times, to the second; NaN is no time."""
    start = np.datetime64(START.to_pydatetime(), "us")
    values = np.asarray(second, dtype=np.float64)
    known = np.isfinite(values)
    whole = np.where(known, values, 0).astype(np.int64)
    found = start + whole * np.timedelta64(1_000_000, "us")
    found[~known] = np.datetime64("NaT")
    return np.asarray(found, dtype="datetime64[us]")
