"""Markets looked back on by the program and by the plain streams, each once a test run."""

from __future__ import annotations

import zlib
from dataclasses import dataclass
from datetime import timedelta
from functools import cache
from random import Random

import numpy as np
import numpy.typing as npt
import pandas as pd

from features.asof import Column, History, Window, windows_of
from features.feature import Feature, catalogue
from features.text import TextSpace
from tests.market import columns_of, prepare_market, topics
from tests.oracle.odd_markets import MARKETS, Tables
from tests.oracle.plain_market import PlainMarket, Row
from tests.oracle.plain_windows import plain
from tests.random_market import CORPUS, START

SPACES = (
    TextSpace.fit(CORPUS),
    topics("green tea cup vert bio", "running shoes marathon chaussures", "week love awful"),
)
"""A fitted space, in which texts may point away from each other, and one of plain topics."""

TOLERANCE = 2e-6
"""Vectors are in single precision."""


@dataclass(frozen=True)
class Computed:
    """One market, rows to build, and what the program says of them."""

    market: PlainMarket
    rows: list[Row]
    windows: dict[Window, npt.NDArray[np.float64]]
    features: dict[str, npt.NDArray[np.float64]]

    def plain_window(self, window: Window) -> npt.NDArray[np.float64]:
        def looked_back() -> npt.NDArray[np.float64]:
            return np.array([plain(self.market, window, row) for row in self.rows], np.float64)

        found: npt.NDArray[np.float64] = self.market.keep(window, looked_back)
        return found

    def plain_feature(self, feature: Feature) -> npt.NDArray[np.float64]:
        """The feature's own function over plain windows."""

        def answer(window: Window) -> Column:
            return np.ma.masked_invalid(self.plain_window(window))

        found = feature.compute(History(answer))
        return np.ma.masked_invalid(found).filled(np.nan).astype(np.float64)


def rows_of(tables: Tables, random: Random) -> list[Row]:
    """Creators at moments on which events lie, just beside them, and after all; any campaign."""
    moments = sorted({m.to_pydatetime() for m in pd.to_datetime(_moments(tables)) if m > START})
    accounts = list(tables["creators"]["creator_id"]) if "creators" in tables else ["c0", "c1"]
    campaigns = list(tables["campaigns"]["campaign_id"]) if "campaigns" in tables else []
    chosen = [random.choice(moments[len(moments) // 6 :]) for _ in range(4)]
    beside = [timedelta(microseconds=shift) for shift in (0, 0, -1, 1)]
    late = moments[-1] + timedelta(days=20)
    as_of = [*(m + b for m, b in zip(chosen, beside, strict=True)), late]
    return [
        Row(account, random.choice([*campaigns, "k0"]), moment)
        for account in [*accounts[:9], "f0", "nobody"]
        for moment in as_of
    ]


def _moments(tables: Tables) -> list[object]:
    dated = {"posts": "published_at", "interactions": "occurred_at", "outcomes": "measured_at"}
    return [m for name, column in dated.items() if name in tables for m in tables[name][column]]


@cache
def computed(name: str, extra: tuple[Window, ...] = ()) -> Computed:
    """A market by its name, with the windows of the catalogue and `extra` ones."""
    tables = MARKETS[name]()
    seed = zlib.crc32(name.encode())
    space = SPACES[seed % 2]
    rows = rows_of(tables, Random(seed))
    frame = pd.DataFrame(rows, columns=["creator_id", "campaign_id", "as_of"])
    features = catalogue()
    windows = list(dict.fromkeys([*windows_of(f.compute for f in features), *extra]))
    found = columns_of(
        prepare_market(tables),
        frame.astype({"as_of": "datetime64[us]"}),
        [*windows, *(f.compute for f in features)],
        space,
    ).to_numpy()
    return Computed(
        PlainMarket(tables, space),
        rows,
        {window: found[:, i] for i, window in enumerate(windows)},
        {f.name: found[:, len(windows) + i] for i, f in enumerate(features)},
    )
