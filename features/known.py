"""What was known at a moment, for training: mature outcomes, texts, and tables cut there."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

import pandas as pd

from features.streams.record import MATURES_AT

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

_KNOWN_OUTCOMES = """
SELECT o.creator_id, o.campaign_id, c.brand, coalesce(c.decided_at, c.starts_at) AS as_of,
    c.starts_at,
    max(o.known_at) AS known_at,
    arg_max({'exposed': o.exposed, 'conversions': o.conversions, 'posts': o.posts,
        'exposed_unit': o.exposed_unit, 'control_exposed': o.control_exposed,
        'control_conversions': o.control_conversions},
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
        `creator_id`, `campaign_id`, `brand` (missing where none is recorded), `as_of` (the
        campaign's decision), `starts_at`, `known_at` (just before the outcome was mature and read),
        `exposed`, `conversions` (at most exposed), `posts`, `exposed_unit` (people or impressions),
        `control_exposed` and `control_conversions` (at most control_exposed) of the same reading:
        both NaN where it held nobody out, or one of the two is lacking.
    """
    found = connection.sql(
        "SELECT * EXCLUDE (last), last.exposed AS exposed, last.conversions AS conversions,"
        " last.posts AS posts, last.exposed_unit AS exposed_unit,"
        " last.control_exposed AS control_exposed,"
        " last.control_conversions AS control_conversions"
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


def brands_with_outcomes(connection: DuckDBPyConnection, before: datetime) -> set[str]:
    """Brands with an outcome row, mature or not, in a campaign that started before a moment."""
    found = connection.sql(
        "SELECT DISTINCT brand FROM outcomes JOIN campaigns USING (campaign_id)"
        " WHERE starts_at < $before AND brand IS NOT NULL",
        params={"before": before},
    )
    return {str(brand) for (brand,) in found.fetchall()}


def unmeasured_outcomes(connection: DuckDBPyConnection, until: datetime) -> int:
    """Number of outcome rows mature at a moment without `exposed`: they train nothing."""
    ((count,),) = connection.sql(
        "SELECT count(*) FROM outcomes JOIN campaigns USING (campaign_id) WHERE exposed IS NULL"
        f" AND {MATURES_AT} <= $until AND coalesce(measured_at < $until, TRUE)",
        params={"until": until},
    ).fetchall()
    return int(count)


def unripe_outcomes(connection: DuckDBPyConnection, until: datetime) -> pd.Series:
    """From when on each outcome with people exposed is known that is not yet at a moment.

    Parameters
    ----------
    connection : DuckDBPyConnection
        Holds the clean tables; nothing later than `until` is forgotten yet.

    Returns
    -------
    Series of datetime64
        Naive UTC, ascending: the first moment at which training would know it.
    """
    found: pd.DataFrame = (
        connection.sql(
            f"SELECT min(greatest({MATURES_AT} - INTERVAL 1 MICROSECOND, measured_at,"
            " coalesce(decided_at, starts_at))) + INTERVAL 1 MICROSECOND AS known_from"
            " FROM outcomes JOIN campaigns USING (campaign_id) WHERE exposed > 0"
            " GROUP BY campaign_id, creator_id HAVING known_from > $until ORDER BY known_from",
            params={"until": until},
        )
        .to_arrow_table()
        .to_pandas()
    )
    return found["known_from"]


MOST_PEOPLE = 1e10
"""More people than live."""


def implausible_outcomes(connection: DuckDBPyConnection, until: datetime) -> tuple[int, int]:
    """Outcome rows mature at a moment that count more conversions than impressions, which count as
    many; and those that expose more than `MOST_PEOPLE`, which are taken as they are.
    """
    ((above, beyond),) = connection.sql(
        "SELECT count(*) FILTER (conversions > exposed),"
        f" count(*) FILTER (exposed > {MOST_PEOPLE} AND exposed_unit = 'people')"
        " FROM outcomes JOIN campaigns USING (campaign_id) WHERE exposed > 0"
        f" AND {MATURES_AT} <= $until AND coalesce(measured_at < $until, TRUE)",
        params={"until": until},
    ).fetchall()
    return int(above), int(beyond)


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
