"""The law: features at `as_of` are the same whether or not the tables hold what came later.

Markets are drawn from a seed (`tests.random_market`): hypothesis looks for the seed, the size and
the moment. Texts are compared in a space fitted once, so that only what a feature looks up can
leak; fitted parts have a test of their own in training.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from types import ModuleType

import numpy as np
import pandas as pd
import pytest
from duckdb import DuckDBPyConnection
from hypothesis import given, settings
from hypothesis import strategies as st

import features.levels
import features.window_queries
import features.windows
from features import vectors
from features.asof import forget_after, known_outcomes, known_texts
from features.build import build
from features.levels import base_levels
from features.streams import STREAMS, peers, people, posts, prepare, record, response_levels
from features.text import TextSpace
from tests.market import connect, prepare_market
from tests.random_market import CORPUS, START, STEP, STEPS, random_market

SPACE = TextSpace.fit(CORPUS)
INSTANT = timedelta(microseconds=1)

seeds = st.integers(0, 2**32 - 1)
sizes = st.fixed_dictionaries(
    {},
    optional={
        "posts": st.integers(0, 90),
        "readings": st.integers(0, 250),
        "interactions": st.integers(0, 150),
        "campaigns": st.integers(1, 8),
        "outcomes": st.integers(0, 20),
        "audience": st.integers(0, 30),
    },
)
# Moments of the grid on which all times of the markets lie, and those just beside them.
moments = st.builds(
    lambda steps, beside: START + STEP * steps + INSTANT * beside,
    st.integers(STEPS // 4, STEPS),
    st.integers(-1, 1),
)


def rows_until(tables: dict[str, pd.DataFrame], until: datetime) -> pd.DataFrame:
    """Every creator beside every brief: at the campaign's decision, at `until`, and before that."""
    campaigns = tables["campaigns"]
    decided = campaigns["decided_at"].fillna(campaigns["starts_at"])
    return pd.DataFrame(
        [
            (creator, campaign, as_of)
            for creator in [*tables["creators"]["creator_id"], "nobody"]
            for campaign, decision in zip(campaigns["campaign_id"], decided, strict=True)
            for as_of in (decision, until, until - timedelta(days=9.5))
            if as_of <= until
        ],
        columns=["creator_id", "campaign_id", "as_of"],
    ).astype({"as_of": "datetime64[us]"})


def truncated_market(tables: dict[str, pd.DataFrame], until: datetime) -> DuckDBPyConnection:
    """The market as it was at a moment, and the briefs that are decided on only now."""
    connection = connect(tables)
    connection.execute("CREATE TEMP TABLE briefs AS FROM campaigns")
    forget_after(connection, until)
    connection.execute(
        "INSERT INTO campaigns FROM briefs"
        " WHERE campaign_id NOT IN (SELECT campaign_id FROM campaigns)"
    )
    prepare(connection)
    return connection


def assert_identical(found: pd.DataFrame, expected: pd.DataFrame) -> None:
    """Bit for bit, all unknown values being one."""
    assert found.columns.equals(expected.columns)
    differ = _bits(found) != _bits(expected)
    assert not differ.any(), f"differ: {found.columns[differ.any(axis=0)].tolist()}"


def _bits(frame: pd.DataFrame) -> np.ndarray:
    values = frame.to_numpy(dtype=np.float64, copy=True)
    values[np.isnan(values)] = np.nan
    return values.view(np.int64)


def assert_law(tables: dict[str, pd.DataFrame], until: datetime) -> None:
    rows = rows_until(tables, until)
    whole, truncated = prepare_market(tables), truncated_market(tables, until)
    assert_identical(build(truncated, rows, SPACE), build(whole, rows, SPACE))
    assert_identical(base_levels(truncated, rows, SPACE), base_levels(whole, rows, SPACE))
    # The same door, seen from training.
    pd.testing.assert_frame_equal(
        known_outcomes(truncated, until), known_outcomes(whole, until), check_exact=True
    )
    assert known_texts(truncated, until) == known_texts(whole, until)


def assert_law_of_some_markets(until: datetime = START + STEP * (STEPS // 2)) -> None:
    for seed in range(6):
        assert_law(random_market(seed), until)


@given(seed=seeds, size=sizes, until=moments)
@settings(max_examples=12, deadline=None, derandomize=True)
def test_what_came_later_changes_nothing(seed: int, size: dict[str, int], until: datetime) -> None:
    assert_law(random_market(seed, **size), until)


def test_the_markets_give_every_feature_a_value() -> None:
    # A law over features that are always unknown would hold of anything.
    known = pd.DataFrame()
    for seed in range(3):
        tables = random_market(seed)
        rows = rows_until(tables, START + STEP * STEPS)
        known[seed] = build(prepare_market(tables), rows, SPACE).nunique()
    assert known[known.max(axis=1) < 2].index.tolist() == []


# Where the past ends, and what it would be to overlook it. Each is seen to break the law.
LEAKS: dict[str, tuple[ModuleType | str, str, str, str]] = {
    "posts": (features.windows, "POST_STATES", "p.known_at < m.as_of", "TRUE"),
    "counters": (features.windows, "POST_STATES", "r.observed_at < m.as_of", "TRUE"),
    "audience": ("audience", "joined", "s.known_at < m.as_of", "TRUE"),
    "usual growth": (people, "_AUDIENCE", "AND 1 PRECEDING", "AND UNBOUNDED FOLLOWING"),
    "repeated posts": (posts, "_POST_REPEATS", "lag(", "lead("),
    "the post before": (vectors, "_THEMES", "lag(", "lead("),
    "opinions": ("opinions", "joined", "s.known_at < m.as_of", "TRUE"),
    "comments beside a brief": ("topical_comments", "joined", "s.known_at < r.as_of", "TRUE"),
    "language of comments": ("audience_voice", "joined", "s.known_at < r.as_of", "TRUE"),
    "talk beside a brief": ("topical_talk", "joined", "s.known_at < r.as_of", "TRUE"),
    "acts": ("acts", "joined", "s.known_at < m.as_of", "TRUE"),
    "acts received": ("received", "joined", "s.known_at < m.as_of", "TRUE"),
    "comments": ("comments", "joined", "s.known_at < m.as_of", "TRUE"),
    "mentions": ("topical_mentions", "joined", "s.known_at < r.as_of", "TRUE"),
    "acts under posts": ("threads", "joined", "s.known_at < m.as_of", "TRUE"),
    "exchanges": ("exchanges", "joined", "s.known_at < m.as_of", "TRUE"),
    "acts of peers": ("peer_acts", "joined", "s.known_at < m.as_of", "TRUE"),
    "authority": (
        peers,
        "_PEER_AUTHORITY",
        "theirs.known_at < i.occurred_at",
        "theirs.known_at > i.occurred_at",
    ),
    "outcomes": ("past", "joined", "o.known_at < m.as_of", "TRUE"),
    "outcomes beside a brief": ("related_past", "joined", "o.known_at < m.as_of", "TRUE"),
    "records of platforms": ("platform_past", "joined", "p.known_at < a.as_of", "TRUE"),
    "states of campaigns": (record, "_OUTCOME_STATES", "r.known_at <= v.known_at", "TRUE"),
    "levels of campaigns": ("past", "joined", "s.as_of >", "s.as_of + INTERVAL 1 YEAR >"),
    "credentials": ("credentials", "joined", "c.granted_at < r.as_of", "TRUE"),
    "maturity": (
        record,
        "_OUTCOME_READINGS",
        "least(attribution_days, 36500) * 86400e6",
        "0",
    ),
    "readings of outcomes": (record, "_OUTCOME_READINGS", " o.measured_at,\n", "\n"),
    "decisions": (record, "_OUTCOME_READINGS", "c.decided_at", "NULL"),
    "usual response": (
        response_levels,
        "_KNOWN_RESPONSES",
        "greatest(published_at, observed_at)",
        "published_at",
    ),
    "bases": (features.levels, "_BASES", "p.known_at < w.as_of", "TRUE"),
}


def leak(
    patch: pytest.MonkeyPatch, where: ModuleType | str, name: str, past: str, leaking: str
) -> None:
    """Replace a condition of a module's SQL, or of a stream's."""
    sql = getattr(where if isinstance(where, ModuleType) else STREAMS[where], name)
    assert past in sql
    if isinstance(where, ModuleType):
        patch.setattr(where, name, sql.replace(past, leaking))
    else:
        patch.setitem(STREAMS, where, replace(STREAMS[where], **{name: sql.replace(past, leaking)}))


@pytest.mark.parametrize("name", LEAKS)
def test_a_leak_breaks_the_law(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    leak(monkeypatch, *LEAKS[name])
    with pytest.raises(AssertionError, match=r"differ|DataFrame"):
        assert_law_of_some_markets()


# Facts of two events, judged at as_of: what it would be to take the second for known at once, and a
# feature that shows it. Favours and approaches have no other leak: they count once they are settled.
EARLY: dict[str, tuple[str, dict[str, str], str]] = {
    "answers": (
        "comments",
        {"answered": "answered_at IS NOT NULL", "settled": "TRUE"},
        "reply_share",
    ),
    "sympathy": (
        "comments",
        {"unanswered": "TRUE", "pitied": "pitied_at IS NOT NULL"},
        "sympathy_share",
    ),
    "second turns": (
        "comments",
        {"heard_out": "TRUE", "spoke_again": "again_at IS NOT NULL"},
        "second_turn_share",
    ),
    "favours": (
        "favours",
        {"settled": "TRUE", "returned": "returned_at IS NOT NULL"},
        "tit_for_tat",
    ),
    "visits": ("approaches", {"came": "came_at IS NOT NULL"}, "honest_return_share"),
    "rings": ("peer_acts", {"in_ring": "closed_at IS NOT NULL"}, "closed_ring_share"),
    "words in rings": ("acts", {"outward": "is_outward AND closed_at IS NULL"}, "outbound"),
}


@pytest.mark.parametrize("name", EARLY)
def test_a_fact_that_is_known_before_its_second_event_breaks_the_law(
    name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    stream, early, feature = EARLY[name]
    spec = STREAMS[stream]
    assert early.keys() <= spec.flags.keys()
    monkeypatch.setitem(STREAMS, stream, replace(spec, flags=spec.flags | early))
    with pytest.raises(AssertionError, match=feature):
        # Late enough for what is looked back on after two months.
        assert_law_of_some_markets(START + STEP * (STEPS * 4 // 5))


def test_a_jump_of_followers_that_is_known_before_it_is_read_breaks_the_law(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    of_posts = STREAMS["posts"]
    early = {"in_jump": f"jump >= {people.JUMP}"}
    monkeypatch.setitem(STREAMS, "posts", replace(of_posts, flags=of_posts.flags | early))
    with pytest.raises(AssertionError, match="jump_backing"):
        # Late enough for what is looked back on after two months.
        assert_law_of_some_markets(START + STEP * (STEPS * 4 // 5))


def shuffled(tables: dict[str, pd.DataFrame], seed: int) -> dict[str, pd.DataFrame]:
    return {name: table.sample(frac=1, random_state=seed) for name, table in tables.items()}


def assert_order_is_nothing(tables: dict[str, pd.DataFrame], seed: int) -> None:
    rows = rows_until(tables, START + STEP * STEPS)
    expected = prepare_market(tables)
    found = connect(shuffled(tables, seed), threads=4)
    # Lets several threads share even the smallest table.
    found.execute("PRAGMA verify_parallelism")
    prepare(found)
    order = np.random.default_rng(seed).permutation(len(rows))
    for compute in (build, base_levels):
        of_rows = compute(expected, rows, SPACE)
        assert_identical(compute(found, rows.iloc[order], SPACE), of_rows.iloc[order])


@given(seed=seeds, size=sizes)
@settings(max_examples=5, deadline=None, derandomize=True)
def test_neither_the_order_of_rows_nor_the_number_of_threads_changes_a_bit(
    seed: int, size: dict[str, int]
) -> None:
    assert_order_is_nothing(random_market(seed, **size), seed)


def test_sums_in_floating_point_would_show_the_order_of_rows(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(features.window_queries, "EXACT", "DOUBLE")
    with pytest.raises(AssertionError, match="differ"):
        assert_order_is_nothing(random_market(2), 2)
