"""What the ablation of the learner stands on: of each origin what is learned from and what is judged.

To build it is the dear part and the same for every variant, so it is done once and may be kept.
"""

from __future__ import annotations

import pickle
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
import numpy.typing as npt
import pandas as pd

from features import streams
from features.asof import known_outcomes, newest_moment
from features.build import build
from features.feature import Feature, catalogue
from features.prepared import Prepared
from features.source import open_market
from features.tables import NEEDS
from features.text import TextSpace
from training.ahead import in_window, look_ahead
from training.counterfactual import known_candidates, look_at_candidates, with_value
from training.fit import look_back, rows_of_rate
from training.world import simulate, write_world

Floats = npt.NDArray[np.float64]

ORIGINS, DAYS = 6, 56.0
"""Of a simulated market: windows up to the last campaigns that have matured."""
MATURING_DAYS = 52
DEVELOPMENT = [datetime(2020, 6, 15) + timedelta(days=14 * i) for i in range(8)]
"""Every second Monday up to 2020-09-21: what comes later is a test set, kept unseen."""
DEVELOPMENT_DAYS = 14.0
END_OF_TIME = datetime(2100, 1, 1)
TASTE = ("log_followers", "log_engagement", "earlier_outcomes")
"""What a picker may have looked at."""


@dataclass(frozen=True)
class Origin:
    """One moment of training, and what came after it.

    Attributes
    ----------
    matrix, labels : DataFrame
        What the rate is learned from (`select_rate`).
    considered : DataFrame
        Candidates of the campaigns decided before: `campaign_id`, `creator_id`, `picked`,
        `propensity` and `TASTE` as of the decision; empty where none were recorded.
    rows : DataFrame
        What is judged, with `campaign_id` and `actual` (rate), `is_cold`, and in a simulated market
        `cost`, `brings`, `reach`.
    rows_matrix : DataFrame
    rows_base : ndarray
    """

    matrix: pd.DataFrame
    labels: pd.DataFrame
    considered: pd.DataFrame
    rows: pd.DataFrame
    rows_matrix: pd.DataFrame
    rows_base: Floats


def simulated(creators: int, months: int, seed: int, kept: Path | None = None) -> list[Origin]:
    """The origins of a simulated market, judged on all candidates and their true rates."""
    path = kept / f"market-{creators}-{months}-{seed}.pickle" if kept else None
    if path is None or not path.exists():
        with TemporaryDirectory() as scratch:
            write_world(simulate(creators=creators, months=months, seed=seed), Path(scratch))
            found = list(_of_market(Path(scratch), f"seed {seed}"))
        return _keep(found, path)
    return _kept(path)


def recorded(data: Path, kept: Path | None = None) -> list[Origin]:
    """The origins of real data, judged on later outcomes and their realised rates."""
    path = kept / "recorded.pickle" if kept else None
    if path is None or not path.exists():
        return _keep(list(_of_data(data)), path)
    return _kept(path)


def _keep(found: list[Origin], path: Path | None) -> list[Origin]:
    if path:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(pickle.dumps(found))
    return found


def _kept(path: Path) -> list[Origin]:
    found: list[Origin] = pickle.loads(path.read_bytes())
    return found


def _of_market(data: Path, name: str) -> Iterator[Origin]:
    needs, uses = NEEDS["evaluate"]
    with open_market(data, needs=needs, uses=uses) as market:
        newest = newest_moment(market.connection)
        assert newest is not None
        last = newest.replace(hour=0, minute=0, second=0, microsecond=0)
        last -= timedelta(days=MATURING_DAYS)
        candidates = known_candidates(market.connection, data)
        # In this process whatever the size: what a picker looked at is no feature of the catalogue.
        streams.prepare(market.connection)
        ready = Prepared(market.connection)
        tastes: pd.DataFrame | None = None
        for k in range(ORIGINS, 0, -1):
            origin = last - timedelta(days=DAYS * k)
            known = look_back(ready, origin)
            chosen = with_value(in_window(candidates, origin, DAYS))
            _, matrix, base = look_at_candidates(ready, chosen, known.space)
            if tastes is None:
                tastes = considered(ready, last, known.space)
            yield Origin(
                *rows_of_rate(known),
                tastes[tastes["as_of"] < origin].reset_index(drop=True),
                _rows(name, chosen, matrix).assign(actual=chosen["true_rate"]),
                matrix,
                base,
            )


def _of_data(data: Path) -> Iterator[Origin]:
    needs, uses = NEEDS["evaluate"]
    with open_market(data, needs=needs, uses=uses, max_bad=0.05) as market:
        streams.prepare(market.connection)
        ready = Prepared(market.connection)
        outcomes = known_outcomes(market.connection, END_OF_TIME)
        outcomes = outcomes[outcomes["exposed"] > 0]
        for origin in DEVELOPMENT:
            # On the first of them too little was known to hold campaigns out: see `select_rate`.
            known = look_back(ready, origin, hold_out=False)
            ahead = look_ahead(ready, outcomes, known.space, origin, DEVELOPMENT_DAYS)
            rows = _rows("recorded", ahead.rows, ahead.matrix)
            yield Origin(
                *rows_of_rate(known),
                pd.DataFrame(columns=["campaign_id", "creator_id", "picked", "propensity", *TASTE]),
                rows.assign(actual=rows["conversions"] / rows["exposed"]),
                ahead.matrix,
                ahead.base_log_odds,
            )


def _rows(name: str, rows: pd.DataFrame, matrix: pd.DataFrame) -> pd.DataFrame:
    return rows.assign(
        campaign_id=name + " " + rows["campaign_id"].astype(str),
        is_cold=matrix["track_record"].isna().to_numpy(),
    )


def considered(market: Prepared, until: datetime, space: TextSpace) -> pd.DataFrame:
    """Candidates of the campaigns decided before a moment, each with `TASTE` as of the decision."""
    rows: pd.DataFrame = (
        market.connection.sql(
            "SELECT campaign_id, creator_id, coalesce(decided_at, starts_at) AS as_of,"
            " bool_or(picked) AS picked, max(propensity) AS propensity"
            " FROM candidates JOIN campaigns USING (campaign_id)"
            " WHERE coalesce(decided_at, starts_at) < $until"
            " AND coalesce(considered_at < $until, TRUE)"
            " GROUP BY ALL ORDER BY ALL",
            params={"until": until},
        )
        .to_arrow_table()
        .to_pandas()
    )
    size = [feature for feature in catalogue() if feature.name in TASTE]
    earlier = Feature(
        "earlier_outcomes",
        "popularity",
        "past",
        "count",
        ("was picked often", "was picked seldom"),
        "Number of matured outcomes.",
        lambda h: h.past.count(),
    )
    return pd.concat([rows, build(market.connection, rows, space, [*size, earlier])], axis=1)
