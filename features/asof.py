"""The only door to the past: windows over event streams, all ending strictly before `as_of`.

A feature asks a `History` for windows. The catalogue runs twice: once on a history that only notes
what is asked (`windows_of`), once on the computed columns. In between, the windows of one stream
become one DuckDB query: rows to build x events of that creator before `as_of`, grouped once.

Two kinds of rows are looked back from: a *moment* (creator, as_of), and a *row* (creator, campaign,
as_of), for what depends on the campaign's brief.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from datetime import datetime
from typing import TYPE_CHECKING, TypeAlias, cast

import numpy as np
import numpy.typing as npt
import pandas as pd

from features.streams import STREAMS
from features.streams.posts import POST_STATES
from features.streams.record import MATURES_AT
from features.streams.spec import StreamSpec

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

Column: TypeAlias = np.ma.MaskedArray[tuple[int], np.dtype[np.float64]]
"""One float64 a row, masked where unknown.

numpy.ma masks x/0 and log(x <= 0): nothing of nothing is null.
"""


def log(column: Column) -> Column:
    """Natural logarithm, masked where the column is not positive."""
    return cast("Column", np.ma.log(column))


def only(where: npt.NDArray[np.bool_], column: Column) -> Column:
    """The column where a condition holds; masked where it does not, or is unknown."""
    return cast("Column", np.ma.masked_where(~np.ma.filled(where, False), column))


@dataclass(frozen=True)
class Window:
    """An aggregate of one stream's events in `[as_of - ago - days, as_of - ago)`.

    With `days` None it looks back forever.
    """

    stream: str
    measure: str
    value: str = "known_at"
    weight: str | None = None
    where: tuple[str, ...] = ()
    days: float | None = None
    ago: float = 0.0

    def sql(self) -> str:
        """The aggregate as a SQL expression over the stream's joined columns.

        Sums and means are taken in exact decimals, so that the order of rows never shows.
        """
        spec = STREAMS[self.stream]
        value = (
            "known_at"
            if self.value == "known_at"
            else spec.values.get(self.value) or spec.flags[self.value]
        )
        conditions = [spec.flags[name] for name in self.where]
        if self.ago:
            conditions.append(f"known_at < as_of - {_interval(self.ago)}")
        if self.days is not None:
            conditions.append(f"known_at >= as_of - {_interval(self.ago + self.days)}")
        if self.measure in ("spread", "latest", "weighted_mean"):
            conditions.append(f"({value}) IS NOT NULL")
        only = f" FILTER (WHERE {' AND '.join(f'({c})' for c in conditions)})" if conditions else ""
        match self.measure:
            case "count":
                return f"count(*){only}"
            case "distinct":
                return f"count(DISTINCT {value}){only}"
            case "share":
                return f"avg(CAST(CAST(({value}) AS INT) AS DECIMAL(38, 12))){only}"
            case "mean":
                return f"avg(CAST({value} AS DECIMAL(38, 12))){only}"
            case "sum":
                return f"CAST(sum(CAST({value} AS DECIMAL(38, 12))){only} AS DOUBLE)"
            case "median":
                return f"quantile_cont({value}, .5){only}"
            case "spread":
                return f"quantile_cont({value}, .75){only} - quantile_cont({value}, .25){only}"
            case "top_share":
                counts = f"map_values(histogram({value}){only})"
                return f"list_max({counts}) / list_sum({counts})"
            case "repeat_share":
                counts = f"map_values(histogram({value}){only})"
                return f"len(list_filter({counts}, lambda n: n > 1)) / nullif(len({counts}), 0)"
            case "variety":
                counts = f"map_values(histogram({value}){only})"
                pairs = f"list_sum(list_transform({counts}, lambda n: n * (n - 1)))"
                total = f"list_sum({counts})"
                return f"1 - {pairs} / nullif({total} * ({total} - 1), 0)"
            case "max":
                return f"max({value}){only}"
            case "latest":
                return f"arg_max({value}, known_at){only}"
            case "weighted_mean":
                weight = spec.values[self.weight or ""]
                return (
                    f"CAST(sum(CAST(({value}) * ({weight}) AS DECIMAL(38, 12))){only} AS DOUBLE)"
                    f" / nullif(CAST(sum(CAST({weight} AS DECIMAL(38, 12))){only} AS DOUBLE), 0)"
                )
            case "days_since_last":
                return f"date_diff('microsecond', max(known_at){only}, as_of) / 86400e6"
            case "days_since_first":
                return f"date_diff('microsecond', min(known_at){only}, as_of) / 86400e6"
            case other:
                raise ValueError(f"no measure is called {other}")


def _interval(days: float) -> str:
    return f"to_microseconds({round(days * 86_400_000_000)})"


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


def compute_windows(
    connection: DuckDBPyConnection, windows: Iterable[Window], *, rows: int
) -> dict[Window, Column]:
    """Compute windows for the rows in the connection's tables `moments` and `build_rows`.

    Parameters
    ----------
    connection : DuckDBPyConnection
        Holds the prepared streams (`streams.prepare`), `moments (moment_id, creator_id, as_of)`,
        `build_rows (row_id, moment_id, creator_id, campaign_id, as_of, creator_language,
        brief_language)` with `row_id` counting from 0, and the vectors of texts.
    rows : int
        Number of rows in `build_rows`.

    Returns
    -------
    dict
        For every window a column of `rows` float64, masked where nothing is known.
    """
    connection.execute(f"CREATE OR REPLACE TEMP TABLE post_states AS {POST_STATES}")
    moment_of_row = _fetch(connection, "SELECT moment_id FROM build_rows ORDER BY row_id")[
        "moment_id"
    ]
    moment_of_row = moment_of_row.astype(np.int64)
    moments = int(moment_of_row.max(initial=-1)) + 1
    touched = np.zeros(moments, dtype=bool)
    seen = (
        "SELECT moment_id FROM moments m JOIN first_touch f USING (creator_id)"
        " WHERE f.known_at < m.as_of"
    )
    touched[_fetch(connection, seen)["moment_id"].astype(np.int64)] = True
    columns: dict[Window, Column] = {}
    by_stream: dict[str, list[Window]] = {}
    for window in windows:
        by_stream.setdefault(window.stream, []).append(window)
    for name, asked in by_stream.items():
        spec = STREAMS[name]
        found = _fetch(connection, _query(spec, asked))
        key = found["key"].astype(np.int64)
        for i, window in enumerate(asked):
            values = np.full(rows if spec.by_brief else moments, np.nan)
            values[key] = found[f"w{i}"]
            if not spec.by_brief:
                if spec.zero_when_touched and window.measure in ("count", "distinct"):
                    values[np.isnan(values) & touched] = 0.0
                values = values[moment_of_row]
            columns[window] = np.ma.masked_invalid(values)
    connection.execute("DROP TABLE post_states")
    return columns


def _query(spec: StreamSpec, windows: list[Window]) -> str:
    measures = ", ".join(f"{window.sql()} AS w{i}" for i, window in enumerate(windows))
    return f"SELECT key, {measures} FROM ({spec.joined}) GROUP BY key, as_of"


def _fetch(connection: DuckDBPyConnection, query: str) -> dict[str, npt.NDArray[np.float64]]:
    table = connection.sql(query).to_arrow_table()
    return {
        name: table[name].cast("float64").to_numpy(zero_copy_only=False).astype(np.float64)
        for name in table.column_names
    }


_KNOWN_OUTCOMES = """
SELECT o.creator_id, o.campaign_id, coalesce(c.decided_at, c.starts_at) AS as_of, c.starts_at,
    max(o.known_at) AS known_at,
    arg_max({'exposed': o.exposed, 'conversions': o.conversions, 'posts': o.posts,
        'exposed_unit': o.exposed_unit},
        coalesce(o.measured_at, TIMESTAMP '1900-01-01')) AS last
FROM outcome_readings o JOIN campaigns c USING (campaign_id)
WHERE o.known_at < $until
GROUP BY ALL
"""


def known_outcomes(connection: DuckDBPyConnection, until: datetime) -> pd.DataFrame:
    """The latest reading of every outcome that is mature at a moment.

    Sorted by decision, campaign and creator.

    Parameters
    ----------
    connection : DuckDBPyConnection
        Holds the clean tables and the prepared streams.
    until : datetime
        Naive UTC.

    Returns
    -------
    DataFrame
        `creator_id`, `campaign_id`, `as_of` (the campaign's decision), `starts_at`, `known_at`
        (just before the outcome was mature and read), `exposed`, `conversions` (at most exposed),
        `posts` and `exposed_unit` (people or impressions).
    """
    found = connection.sql(
        "SELECT * EXCLUDE (last), last.exposed AS exposed, last.conversions AS conversions,"
        " last.posts AS posts, last.exposed_unit AS exposed_unit"
        f" FROM ({_KNOWN_OUTCOMES}) ORDER BY as_of, campaign_id, creator_id",
        params={"until": until},
    )
    outcomes: pd.DataFrame = found.to_arrow_table().to_pandas()
    return outcomes


def creators_with_outcomes(connection: DuckDBPyConnection, before: datetime) -> set[str]:
    """Creators with an outcome row, mature or not, in a campaign that started before a moment."""
    found = connection.sql(
        "SELECT DISTINCT creator_id FROM outcomes JOIN campaigns USING (campaign_id)"
        " WHERE starts_at < $before",
        params={"before": before},
    )
    return {str(creator) for (creator,) in found.fetchall()}


def unmeasured_outcomes(connection: DuckDBPyConnection, until: datetime) -> int:
    """Number of outcome rows mature at a moment without `exposed`: they train nothing."""
    ((count,),) = connection.sql(
        "SELECT count(*) FROM outcomes JOIN campaigns USING (campaign_id) WHERE exposed IS NULL"
        f" AND {MATURES_AT} <= $until AND coalesce(measured_at < $until, TRUE)",
        params={"until": until},
    ).fetchall()
    return int(count)


def known_texts(connection: DuckDBPyConnection, until: datetime) -> list[str]:
    """Texts of posts and briefs from before a moment, in an order independent of storage."""
    found = connection.sql(
        "SELECT text FROM ("
        "SELECT 'post' AS source, post_id AS id, text FROM posts WHERE published_at < $until"
        " UNION ALL SELECT 'brief', campaign_id, brief FROM campaigns"
        " WHERE coalesce(decided_at, starts_at) < $until"
        ") WHERE trim(text) <> '' ORDER BY source, id",
        params={"until": until},
    )
    return [str(text) for (text,) in found.fetchall()]


def newest_moment(connection: DuckDBPyConnection) -> datetime | None:
    """The newest event or reading in the data; None where there is none.

    A campaign's dates may lie ahead, and do not count.
    """
    moments = " UNION ALL ".join(
        f"SELECT max({column}) AS moment FROM {table}" for table, column in _DATED.items()
    )
    ((newest,),) = connection.sql(f"SELECT max(moment) FROM ({moments})").fetchall()
    return newest  # type: ignore[no-any-return]


_DATED = {
    "posts": "published_at",
    "post_metrics": "observed_at",
    "interactions": "occurred_at",
    "audience": "observed_at",
    "outcomes": "measured_at",
}


def forget_after(connection: DuckDBPyConnection, until: datetime) -> None:
    """Delete from the clean tables what was not known at a moment: the contract's "truncated at T".

    Events and readings at or after it, outcomes not mature at it, and campaigns decided at or after
    it, with what refers to them.
    """
    decided = "SELECT campaign_id FROM campaigns WHERE coalesce(decided_at, starts_at) < $until"
    mature = f"SELECT campaign_id FROM campaigns WHERE {MATURES_AT} <= $until"
    for table, column in {
        **_DATED,
        "credentials": "granted_at",
        "candidates": "considered_at",
    }.items():
        connection.execute(f"DELETE FROM {table} WHERE {column} >= $until", {"until": until})
    connection.execute(
        f"DELETE FROM outcomes WHERE campaign_id NOT IN ({mature})", {"until": until}
    )
    for table in ("outcomes", "candidates", "offers", "campaigns"):
        connection.execute(
            f"DELETE FROM {table} WHERE campaign_id NOT IN ({decided})", {"until": until}
        )
