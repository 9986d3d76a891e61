"""Every window that a feature asks for, and random ones, a second time by loops over plain rows."""

from __future__ import annotations

from random import Random

import numpy as np
import pytest

from features.asof import Window, windows_of
from features.feature import catalogue
from features.streams import STREAMS
from tests.oracle.computed import TOLERANCE, Computed, computed
from tests.oracle.odd_markets import MARKETS
from tests.oracle.plain_windows import PLAIN_STREAMS, names_of

DRAWN = "drawn with seed 1"
MEASURES = (
    *("count", "distinct", "share", "mean", "sum", "median", "low", "spread", "max"),
    *("latest", "top_share", "repeat_share", "variety", "weighted_mean"),
    *("days_since_last", "days_since_first"),
)
IDS = {
    *("text", "actor", "target", "account", "domain", "topic", "kind"),
    *("answer_text", "answered_text"),
}
"""Values that can be told apart and not counted with."""
WEIGHTS = {"exclamations", "hashtags", "exposed", "depth", "followers", "week_back"}
"""Values that are never negative, and known exactly."""
TEXT_HASHES = {"answer_text", "answered_text"}


def windows(stream: str, random: Random) -> list[Window]:
    """A window of a stream of each measure that it has values for, over any flags and days."""
    spec = STREAMS[stream]
    numbers = sorted(spec.values.keys() - IDS)
    discrete = sorted(spec.values.keys() & (IDS | WEIGHTS))
    # Of a name that is also a value, a window takes the value.
    flags = sorted(spec.flags.keys() - spec.values.keys())
    weights = sorted(spec.values.keys() & WEIGHTS)
    found = []
    for measure in MEASURES:
        values: list[str] = numbers
        if measure in ("count", "days_since_last", "days_since_first"):
            values = ["known_at"]
        elif measure == "share":
            values = flags
        elif measure in ("distinct", "top_share", "repeat_share", "variety"):
            # Not of computed numbers: equal ones may differ in the last bit.
            values = discrete
        # Of posts of one moment none is the latest: only readings have moments of their own.
        is_asked = measure != "latest" or stream == "audience"
        weight = random.choice(weights) if measure == "weighted_mean" and weights else None
        if not values or not is_asked or (measure == "weighted_mean" and weight is None):
            continue
        where = random.sample(sorted(spec.flags), min(random.choice([0, 1, 2]), len(spec.flags)))
        days = random.choice([None, 0.5, 14, 28, 60, 90])
        # What is near the brief is looked back on for 90 days only.
        ago = random.choice([0.0, 0.0, 7.0, 30.5])
        found.append(
            Window(stream, measure, random.choice(values), weight, tuple(where), days, ago)
        )
    return found


def random_windows(seed: int) -> tuple[Window, ...]:
    random = Random(seed)
    return tuple(dict.fromkeys(w for name in STREAMS for w in windows(name, random)))


def compare(found: Computed, asked: list[Window]) -> None:
    for window in asked:
        np.testing.assert_allclose(
            found.windows[window],
            found.plain_window(window),
            rtol=TOLERANCE,
            atol=TOLERANCE,
            err_msg=str(window),
        )


@pytest.mark.parametrize("name", MARKETS)
def test_windows_of_the_catalogue_are_what_loops_over_the_rows_give(name: str) -> None:
    compare(computed(name), windows_of(f.compute for f in catalogue()))


@pytest.mark.parametrize("seed", range(2))
def test_any_window_is_what_a_loop_over_the_rows_gives(seed: int) -> None:
    asked = random_windows(seed)
    compare(computed(DRAWN, asked), list(asked))


def test_every_window_of_the_catalogue_is_known_of_somebody() -> None:
    known = {
        window
        for name in MARKETS
        if not name.startswith("without")
        for window, values in computed(name).windows.items()
        if not np.isnan(values).all()
    }
    asked = windows_of(f.compute for f in catalogue())
    assert [window for window in asked if window not in known] == []


def test_every_measure_is_drawn() -> None:
    assert {window.measure for window in random_windows(0)} == set(MEASURES)


def test_every_stream_flag_and_value_has_a_plain_counterpart() -> None:
    """What joins the catalogue must be computed a second way: see the message for where."""
    found = computed(DRAWN)
    for name, spec in STREAMS.items():
        assert name in PLAIN_STREAMS, (
            f"stream {name} has no plain counterpart: write one in the tests/oracle/plain_*.py of"
            " its subject and add it to the STREAMS there"
        )
        events = [e for row in found.rows for e in found.market.events(PLAIN_STREAMS, name, row)]
        assert events, f"no event of {name} in the market {DRAWN}: let tests/random_market.py draw"
        place = PLAIN_STREAMS[name].__module__.replace(".", "/")
        wanted = {*spec.values, *(names_of(name).get(flag, flag) for flag in spec.flags)}
        lacking = wanted - events[0].keys()
        assert not lacking, f"{place}.py does not give {sorted(lacking)} of {name}"
