"""When creators pause: one to three weeks in most half-years, which cost them nothing.

On holiday a creator publishes nothing of its own, answers nobody and speaks under nobody's posts;
what was agreed for a campaign appears all the same. Neither the audience nor the rate minds, unlike
when an account is abandoned.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from training.world.calendar import DAY, WEEK, Calendar, by_creator
from training.world.draws import Flags, Floats, Ints, stream

SEASON_WEEKS = 26
TAKES_ONE = 0.75
SHORTEST_DAYS, LONGEST_DAYS = 7, 21


@dataclass(frozen=True)
class Holidays:
    """Pauses that do not overlap, in the order of creator and time; seconds of the world.

    Attributes
    ----------
    creator, begins, ends : ndarray of int
        A pause covers its first second and not its last.
    """

    creator: Ints
    begins: Ints
    ends: Ints

    def cover(self, creator: Ints, second: Ints) -> Flags:
        """Whether a creator pauses at a second, row by row."""
        if not len(self.creator):
            return np.zeros(len(creator), dtype=bool)
        begun = by_creator(self.creator, self.begins)
        place = np.searchsorted(begun, by_creator(creator, second), "right") - 1
        last = np.maximum(place, 0)
        return np.asarray(
            (place >= 0) & (self.creator[last] == creator) & (second < self.ends[last])
        )


def draw_holidays(calendar: Calendar, abandoned_at: Floats, seed: int) -> Holidays:
    """At most one pause in each half-year; none that an abandoned account would not return from.

    Parameters
    ----------
    abandoned_at : ndarray, shape (n,)
        NaN where never.
    """
    rng = stream(seed, "holidays")
    n = len(abandoned_at)
    seasons = -(-calendar.weeks // SEASON_WEEKS)
    begins = rng.integers(0, SEASON_WEEKS * WEEK - LONGEST_DAYS * DAY, (n, seasons))
    begins += np.arange(seasons) * SEASON_WEEKS * WEEK
    ends = begins + rng.integers(SHORTEST_DAYS * DAY, LONGEST_DAYS * DAY + 1, (n, seasons))
    taken = rng.uniform(size=(n, seasons)) < TAKES_ONE
    taken &= (begins < calendar.seconds) & ~(ends > abandoned_at[:, None])
    creator = np.broadcast_to(np.arange(n)[:, None], taken.shape)
    return Holidays(creator[taken], begins[taken], ends[taken])
