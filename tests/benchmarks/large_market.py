"""A market of any size without texts, drawn by hashing inside DuckDB: the same for the same sizes."""

from __future__ import annotations

from pathlib import Path

import duckdb
import pandas as pd
from duckdb import DuckDBPyConnection

from features.tables import TABLES

SHARES = {"posts": 0.10, "post_metrics": 0.25, "interactions": 0.60, "audience": 0.05}
"""What of the events is what."""
DAYS = 730
CAMPAIGNS = 200
ROWS_PER_CREATOR = 2

# Cubes of uniform draws: the first of 100,000 creators has 2 % of the posts, half have a fifth.
_U = "(hash({0}) / 18446744073709551616.0)"
_CREATOR = "'c' || CAST(floor(pow(" + _U + ", 3) * {1}) AS BIGINT)"
_MOMENT = "TIMESTAMP '2023-01-02' + to_microseconds(CAST(" + _U + f" * {DAYS} * 86400e6 AS BIGINT))"


def _u(seed: str, index: str = "i") -> str:
    return _U.format(f"{index} || '{seed}'")


def _moment(seed: str, index: str = "i") -> str:
    return _MOMENT.format(f"{index} || '{seed}'")


def write_market(database: Path, *, events: int, creators: int) -> None:
    """Write clean tables of the contract into a new DuckDB file; half of the replies are bare."""
    size = {table: round(events * share) for table, share in SHARES.items()}
    # An act falls on a post and turns to whoever published it; each fifth answers the act before.
    act = (
        f"SELECT n, i, CAST(floor({_u('p')} * {size['posts']}) AS BIGINT) AS post, {_moment('t')} AS t,"
        f" CASE WHEN {_u('a')} < .1 THEN {_CREATOR.format('i', creators)}"
        f" ELSE 'fan' || CAST(floor({_u('f')} * {events // 20}) AS BIGINT) END AS other"
        f" FROM (SELECT n, n - (n % 5 = 4)::INT AS i FROM range({size['interactions']}) r(n))"
    )
    queries = {
        "creators": f"SELECT 'c' || i AS creator_id, ['tok', 'gram', 'tube'][1 + i % 3] AS platform,"
        f" '@' || i AS handle, ['en', 'fr'][1 + i % 2] AS language FROM range({creators}) r(i)",
        "credentials": f"SELECT 'c' || (i * 7) AS creator_id, 'book' AS kind, {_moment('c')}"
        f" AS granted_at FROM range({creators // 10}) r(i)",
        "posts": f"SELECT 'p' || i AS post_id, {_CREATOR.format('i', creators)} AS creator_id,"
        f" {_moment('d')} AS published_at, CASE WHEN i % 9 = 0 THEN 'reshare' ELSE 'original' END"
        f" AS kind, i % 3 AS links, i % 11 = 0 AS sponsored FROM range({size['posts']}) r(i)",
        "post_metrics": "SELECT 'p' || p AS post_id, t + INTERVAL 1 DAY * (1 + 6 * k) AS observed_at,"
        f" floor(exp(4 + 6 * u)) AS views, floor(exp(1 + 5 * u)) AS likes,"
        f" floor(20 * u * {_u('n')}) AS comments, floor(9 * u * {_u('s')}) AS shares FROM ("
        f"SELECT i, i % {size['posts']} AS p, i // {size['posts']} AS k, {_moment('d', 'p')} AS t,"
        f" {_u('v', 'p')} AS u FROM range({size['post_metrics']}) r(i))",
        "interactions": "SELECT 'i' || n AS interaction_id,"
        " CASE WHEN answers THEN t + to_microseconds(CAST(u * 3 * 86400e6 AS BIGINT)) ELSE t END"
        " AS occurred_at,"
        " CASE WHEN answers THEN 'reply' ELSE"
        " ['comment', 'comment', 'comment', 'comment', 'like', 'like', 'mention', 'reshare']"
        "[CASE WHEN n % 5 = 3 THEN 1 ELSE 1 + CAST(floor(u * 8) AS INT) END] END AS kind,"
        " CASE WHEN answers THEN owner ELSE other END AS actor_id,"
        " CASE WHEN answers THEN other ELSE owner END AS target_id, 'p' || post AS post_id,"
        " CASE WHEN answers AND n % 2 = 0 THEN 'i' || i END AS parent_id FROM ("
        f"SELECT *, n % 5 = 4 AS answers, {_u('u', 'n')} AS u,"
        f" {_CREATOR.format('post', creators)} AS owner FROM ({act}))",
        "audience": f"SELECT {_CREATOR.format('i', creators)} AS creator_id, {_moment('o')}"
        f" AS observed_at, floor(exp(5 + 8 * {_u('w')})) AS followers"
        f" FROM range({size['audience']}) r(i)",
        "campaigns": "SELECT 'k' || i AS campaign_id, 'brand ' || (i % 20) AS brand, '' AS brief,"
        f" TIMESTAMP '2023-06-01' + to_days(CAST(i * {DAYS - 200} // {CAMPAIGNS} AS INT))"
        f" AS starts_at FROM range({CAMPAIGNS}) r(i)",
        "outcomes": "SELECT 'k' || CAST(floor(u * 200) AS INT) AS campaign_id, 'c' || (i % "
        f"{creators}) AS creator_id, floor(1000 * u) AS exposed, floor(9 * u) AS conversions FROM"
        f" (SELECT i, {_u('k')} AS u FROM range({creators * ROWS_PER_CREATOR}) r(i))",
    }
    with duckdb.connect(str(database)) as connection:
        connection.execute("SET memory_limit = '4GB'")
        connection.execute("SET preserve_insertion_order = false")
        for table in TABLES.values():
            query = queries.get(table.name)
            found = () if query is None else connection.sql(query).columns
            values = ", ".join(
                f"CAST({c.name if c.name in found else 'NULL'} AS {c.sql_type}) AS {c.name}"
                if c.default is None or c.name in found
                else f"CAST('{c.default}' AS {c.sql_type}) AS {c.name}"
                for c in table.columns
            )
            source = "(SELECT NULL) WHERE FALSE" if query is None else f"({query})"
            order = f" ORDER BY {', '.join(table.order)}" if query is not None else ""
            connection.execute(f"CREATE TABLE {table.name} AS SELECT {values} FROM {source}{order}")


def rows_of(connection: DuckDBPyConnection) -> pd.DataFrame:
    """Rows to build: every outcome's creator and campaign, as of the campaign's start."""
    found: pd.DataFrame = (
        connection.sql(
            "SELECT DISTINCT creator_id, campaign_id, starts_at AS as_of FROM outcomes"
            " JOIN campaigns USING (campaign_id) ORDER BY ALL"
        )
        .to_arrow_table()
        .to_pandas()
    )
    return found
