"""The network baselines are point in time, and the same bits whatever the order of rows."""

from __future__ import annotations

from datetime import datetime, timedelta

import numpy as np
import pandas as pd
import pytest
from duckdb import DuckDBPyConnection
from hypothesis import given, settings
from hypothesis import strategies as st

import features.edges
from features.asof import forget_after
from features.edges import prepare_edges
from features.text import TextSpace
from models.baselines import network_scores
from tests.market import connect
from tests.random_market import CORPUS, START, STEP, STEPS, random_market

SPACE = TextSpace.fit(CORPUS)
moments = st.builds(
    lambda steps, beside: START + STEP * steps + timedelta(microseconds=beside),
    st.integers(STEPS // 4, STEPS),
    st.integers(-1, 1),
)


def rows_until(tables: dict[str, pd.DataFrame], until: datetime) -> pd.DataFrame:
    return pd.DataFrame(
        [
            (creator, campaign, as_of)
            for creator in [*tables["creators"]["creator_id"], "nobody"]
            for campaign in tables["campaigns"]["campaign_id"]
            for as_of in (until, until - timedelta(days=9.5), until - timedelta(days=30.2))
        ],
        columns=["creator_id", "campaign_id", "as_of"],
    ).astype({"as_of": "datetime64[us]"})


def scores(connection: DuckDBPyConnection, rows: pd.DataFrame) -> pd.DataFrame:
    prepare_edges(connection)
    return network_scores(connection, rows, SPACE)


def truncated(tables: dict[str, pd.DataFrame], until: datetime) -> DuckDBPyConnection:
    """As known at a moment, with the briefs that are decided on only now."""
    connection = connect(tables)
    connection.execute("CREATE TEMP TABLE briefs AS FROM campaigns")
    forget_after(connection, until)
    connection.execute("DELETE FROM campaigns; INSERT INTO campaigns FROM briefs")
    return connection


def assert_same(found: pd.DataFrame, expected: pd.DataFrame) -> None:
    differ = (found != expected) & ~(found.isna() & expected.isna())
    assert not differ.any(axis=None), f"differ: {found.columns[differ.any(axis=0)].tolist()}"


def assert_law(seed: int, until: datetime, interactions: int = 400) -> None:
    tables = random_market(seed, interactions=interactions)
    rows = rows_until(tables, until)
    assert_same(scores(truncated(tables, until), rows), scores(connect(tables), rows))


@given(seed=st.integers(0, 2**32 - 1), until=moments, interactions=st.sampled_from([0, 400, 400]))
@settings(max_examples=8, deadline=None, derandomize=True)
def test_what_came_later_changes_nothing(seed: int, until: datetime, interactions: int) -> None:
    assert_law(seed, until, interactions)


def test_the_markets_give_every_score_several_values() -> None:
    tables = random_market(0, interactions=400)
    found = scores(connect(tables), rows_until(tables, START + STEP * STEPS))
    assert (found.nunique() >= 2).all()
    assert found.isna().any().all()  # who is no creator has none


# Where the past ends, and what it would be to overlook it. Each is seen to break the law.
LEAKS = {
    "acts": ("_REACTIONS", "AND occurred_at < $as_of", ""),
    "posts of acts": ("_REACTIONS", "AND a.worded_at < $as_of", ""),
    "posts": ("_POSTS", "AND p.published_at < $as_of", ""),
    "counters": ("_POSTS", "WHERE observed_at < $as_of", ""),
    "followers": ("_CREATORS", "WHERE observed_at < $as_of", ""),
    "recommendations": ("_CREATORS", "AND (granted_at IS NULL OR granted_at < $as_of)", ""),
    "acts of one's own": ("_CREATORS", "WHERE occurred_at < $as_of AND kind", "WHERE kind"),
}


def assert_law_of_some_markets(interactions: int) -> None:
    for seed in range(6):
        assert_law(seed, START + STEP * (STEPS // 2), interactions)


@pytest.mark.parametrize("name", LEAKS)
def test_a_leak_breaks_the_law(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    query, past, leaking = LEAKS[name]
    sql = getattr(features.edges, query)
    assert past in sql
    monkeypatch.setattr(features.edges, query, sql.replace(past, leaking))
    with pytest.raises(AssertionError, match="differ"):
        # Counters stand in where no act is known.
        assert_law_of_some_markets(0 if name == "counters" else 400)


@given(seed=st.integers(0, 2**32 - 1))
@settings(max_examples=4, deadline=None, derandomize=True)
def test_neither_the_order_of_rows_nor_the_number_of_threads_changes_a_bit(seed: int) -> None:
    tables = random_market(seed, interactions=400)
    rows = rows_until(tables, START + STEP * STEPS)
    expected = scores(connect(tables), rows)
    shuffled = {name: table.sample(frac=1, random_state=1) for name, table in tables.items()}
    found = connect(shuffled, threads=4)
    found.execute("PRAGMA verify_parallelism")
    order = np.random.default_rng(seed).permutation(len(rows))
    assert_same(scores(found, rows.iloc[order]), expected.iloc[order])
