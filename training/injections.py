"""What a model says of creators whose tables were tampered with, beside the same untouched.

A sample of creators is copied, once for each injection and once untouched (`twins`), the features
of all copies are rebuilt from the tables, and the copies of one creator are compared.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

import duckdb
import numpy as np
import numpy.typing as npt
import pandas as pd
import pyarrow as pa

from features import streams
from features.build import build
from features.feature import catalogue
from features.levels import base_levels
from features.tables import TABLES
from features.text import TextSpace
from models.predictor import Predictor
from training.twins import (
    Tables,
    audience_alone,
    audience_times,
    followers_times,
    in_rings,
    posts_repeated,
    together,
    twins,
)

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

UNCHANGED = "unchanged"
FOLLOWERS_UP, FOLLOWERS_DOWN = "followers x10", "followers x0.1"
AUDIENCE_ALONE, AUDIENCE = "audience alone", "audience x10"
BOUGHT, RINGS, REPEATED = "bought followers", "rings", "repeated posts"
FRAUDS = (BOUGHT, RINGS, REPEATED)
BESIDE = {AUDIENCE: AUDIENCE_ALONE}
"""Injection -> the copy that it is compared with, where that is not the untouched one."""

TIMES = 10
BOUGHT_DAYS = 45
"""Days before the decision in which followers were bought: as many as there were."""
SMALLEST_RING, RING_SIZE = 3, 5
BRIEFS = 2
"""Latest campaigns for which each creator is asked about."""
LEAST_POSTS = 3

# Those who posted and have a reading of their audience, in an order that depends on ids alone.
_SAMPLED = """
SELECT creator_id FROM posts
WHERE published_at < $moment AND creator_id IN (
    SELECT creator_id FROM audience WHERE observed_at < $moment AND followers > 0)
GROUP BY creator_id HAVING count(*) >= $least
ORDER BY md5(creator_id), creator_id LIMIT $creators
"""

_OWN_POSTS = "SELECT post_id FROM posts JOIN sampled USING (creator_id)"
_ARE_CREATORS = (
    "actor_id IN (SELECT creator_id FROM creators)"
    " AND target_id IN (SELECT creator_id FROM creators)"
)
_ABOUT = {
    "creators": "TRUE",
    "credentials": "creator_id IN (FROM sampled) AND (granted_at IS NULL OR granted_at < $moment)",
    "posts": "creator_id IN (FROM sampled) AND published_at < $moment",
    "post_metrics": f"post_id IN ({_OWN_POSTS}) AND observed_at < $moment",
    # Who is heard among creators depends on what all of them do to each other.
    "interactions": f"occurred_at < $moment AND (actor_id IN (FROM sampled) OR target_id IN"
    f" (FROM sampled) OR post_id IN ({_OWN_POSTS}) OR {_ARE_CREATORS})",
    "audience": "creator_id IN (FROM sampled) AND observed_at < $moment",
    "campaigns": "coalesce(decided_at, starts_at) < $moment",
    "outcomes": "coalesce(measured_at < $moment, TRUE)",
}


@dataclass(frozen=True)
class Injected:
    """Copies of creators, asked about for the latest campaigns at one moment.

    Attributes
    ----------
    rows : DataFrame
        `creator_id` of the copy, `source`, `injection`, `campaign_id` and `as_of`; every injection
        has the same sources and campaigns in the same order.
    matrix : DataFrame
        Features of each row, rebuilt from the tables.
    base_log_odds : ndarray
    ringed : frozenset of str
        Sources that had enough others of their language for a ring.
    hidden : mapping
        Injection that the tables cannot show -> why.
    """

    rows: pd.DataFrame
    matrix: pd.DataFrame
    base_log_odds: npt.NDArray[np.float64]
    ringed: frozenset[str]
    hidden: Mapping[str, str]

    @property
    def kinds(self) -> list[str]:
        """The injections, without what they are compared with."""
        beside = {UNCHANGED, *BESIDE.values()}
        return [kind for kind in self.rows["injection"].unique() if kind not in beside]

    def log_changes(
        self, predictor: Predictor, injection: str, *, declared: bool = True
    ) -> pd.DataFrame:
        """Log of each prediction over that of the copy beside it (`BESIDE`), mostly untouched.

        Parameters
        ----------
        declared : bool
            False: features that say why they move with the size of an audience
            (`Feature.moves_with_audience`) keep the values of the other copy.

        Returns
        -------
        DataFrame
            `rate`, `exposed` and `conversions`, means over the campaigns; index: source.
        """
        same = (self.rows["injection"] == BESIDE.get(injection, UNCHANGED)).to_numpy()
        there = (self.rows["injection"] == injection).to_numpy()
        before, after = self.matrix[same], self.matrix[there].copy()
        if not declared:
            moving = [f.name for f in catalogue(popularity=False) if f.moves_with_audience]
            after[moving] = before[moving].to_numpy()
        said = [
            predictor.predict(matrix, self.base_log_odds[at], np.ones(len(matrix)))
            for matrix, at in ((before, same), (after, there))
        ]
        names = ["rate", "exposed", "conversions"]
        change = np.log(said[1][names].to_numpy() / said[0][names].to_numpy())
        table = pd.DataFrame(change, columns=names, index=self.rows.loc[there, "source"])
        found = table.groupby(level=0).mean()
        return found[found.index.isin(self.ringed)] if injection == RINGS else found


def inject(
    connection: DuckDBPyConnection, moment: datetime, space: TextSpace, *, creators: int
) -> Injected | None:
    """Copy a sample of creators once for each injection, and rebuild the features of all copies.

    Parameters
    ----------
    connection : DuckDBPyConnection
        Holds the clean tables; it is left as it was found.
    moment : datetime
        When everybody is asked about, naive UTC: nothing at or after it is looked at.
    space : TextSpace
    creators : int
        Creators in the sample, at most.

    Returns
    -------
    Injected or None
        None where no creator has posts and followers, or no campaign was decided.
    """
    tables = _sample(connection, moment, creators)
    decided = tables["campaigns"].assign(
        as_of=tables["campaigns"]["decided_at"].fillna(tables["campaigns"]["starts_at"])
    )
    briefs = decided.sort_values(["as_of", "campaign_id"])["campaign_id"].tolist()[-BRIEFS:]
    sources = sorted(set(tables["posts"]["creator_id"]))
    if not briefs or not sources:
        return None
    as_of = pd.Timestamp(moment)
    rings = _rings(tables["creators"], sources)
    copies = _copies(tables, sources, rings, as_of)
    asked = [(f"{s}~{kind}", s, kind, k) for kind in copies for s in sources for k in briefs]
    rows = pd.DataFrame(asked, columns=["creator_id", "source", "injection", "campaign_id"])
    rows = rows.assign(as_of=as_of.as_unit("us"))
    with _market(together(tables, *copies.values())) as market:
        streams.prepare(market)
        matrix = build(market, rows, space)
        base = base_levels(market, rows, space)["base_log_odds"].to_numpy(np.float64)
    ringed = frozenset(s for ring in rings for s in ring)
    return Injected(rows, matrix, base, ringed, _hidden(tables, as_of))


def _hidden(tables: Tables, as_of: pd.Timestamp) -> dict[str, str]:
    """What could not be seen of an injection, for want of a table in which it would stand."""
    found = {}
    if (tables["audience"]["observed_at"] < as_of - pd.Timedelta(days=BOUGHT_DAYS)).all():
        found[BOUGHT] = f"no reading of followers in the last {BOUGHT_DAYS} days"
    if tables["interactions"].empty:
        found[RINGS] = "there are no interactions"
    return found


def _copies(
    tables: Tables, sources: list[str], rings: list[list[str]], as_of: pd.Timestamp
) -> dict[str, Tables]:
    """The tables of all copies, by injection."""

    def named(kind: str) -> dict[str, str]:
        return {source: f"{source}~{kind}" for source in sources}

    def copied(kind: str) -> Tables:
        return twins(tables, named(kind), kind)

    creators = set(tables["creators"]["creator_id"])
    alone, audience = (
        audience_alone(copied(kind), creators | set(named(kind).values()))
        for kind in (AUDIENCE_ALONE, AUDIENCE)
    )
    everybody = creators | set(named(AUDIENCE).values())
    of_ring = named(RINGS)
    return {
        UNCHANGED: copied(UNCHANGED),
        FOLLOWERS_UP: followers_times(TIMES)(copied(FOLLOWERS_UP), "", as_of),
        FOLLOWERS_DOWN: followers_times(1 / TIMES)(copied(FOLLOWERS_DOWN), "", as_of),
        AUDIENCE_ALONE: alone,
        AUDIENCE: audience_times(audience, TIMES, everybody),
        BOUGHT: followers_times(2.0, last_days=BOUGHT_DAYS)(copied(BOUGHT), "", as_of),
        RINGS: in_rings(copied(RINGS), [[of_ring[s] for s in ring] for ring in rings], as_of),
        REPEATED: posts_repeated(copied(REPEATED), as_of),
    }


def _rings(creators: pd.DataFrame, sources: list[str]) -> list[list[str]]:
    """Groups of `RING_SIZE` sources of one language; the last of a language may be smaller."""
    language = creators.set_index("creator_id")["language"].reindex(sources).fillna("")
    rings = []
    for spoken in sorted(set(language)):
        members = language.index[language == spoken].tolist()
        rings += [members[at : at + RING_SIZE] for at in range(0, len(members), RING_SIZE)]
    return [ring for ring in rings if len(ring) >= SMALLEST_RING]


def _sample(connection: DuckDBPyConnection, moment: datetime, creators: int) -> Tables:
    """All that is known at a moment of some creators, of campaigns, and of creators together."""
    wanted = {"moment": moment, "creators": creators, "least": LEAST_POSTS}
    chosen = connection.sql(_SAMPLED, params=wanted).to_arrow_table()
    connection.register("sampled_creators", chosen)
    connection.execute("CREATE OR REPLACE TEMP TABLE sampled AS FROM sampled_creators")
    connection.unregister("sampled_creators")
    found = {}
    for table, about in _ABOUT.items():
        asked = {"moment": moment} if "$moment" in about else {}
        query = f"SELECT * FROM {table} WHERE {about} ORDER BY ALL"
        found[table] = connection.sql(query, params=asked).to_arrow_table().to_pandas()
    connection.execute("DROP TABLE sampled")
    return found


def _market(tables: Tables) -> DuckDBPyConnection:
    """Tables of the contract in memory, absent ones empty."""
    connection = duckdb.connect()
    connection.execute("SET enable_progress_bar = false")
    for table in TABLES.values():
        columns = ", ".join(f"{c.name} {c.sql_type}" for c in table.columns)
        connection.execute(f"CREATE TABLE {table.name} ({columns})")
        if table.name in tables:
            rows = pa.Table.from_pandas(tables[table.name], preserve_index=False)
            connection.register("given", rows)
            values = ", ".join(f"CAST({c.name} AS {c.sql_type})" for c in table.columns)
            connection.execute(f"INSERT INTO {table.name} SELECT {values} FROM given")
            connection.unregister("given")
    return connection
