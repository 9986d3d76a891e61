"""Features are the same bits however the tables are cut, whoever builds them, and when."""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from duckdb import DuckDBPyConnection
from hypothesis import given, settings
from hypothesis import strategies as st

from features import shards, workers
from features.build import build
from features.errors import Unfinished
from features.shards import Cut, cut
from features.streams import LOOKUPS, prepare
from features.text import TextSpace
from features.workers import build_parts
from tests.market import connect
from tests.random_market import CORPUS, START, STEP, STEPS, random_market

SPACE = TextSpace.fit(CORPUS)
ACCOUNTS = ("creator_id", "actor_id", "target_id")
IDS = ("../*?[x]", "", "shard=1", "é\0\n'\"", "%41", "c" * 300, "🍵", "NULL", "-1", "__HIVE__")


def market(seed: int, creators: int = 7) -> dict[str, pd.DataFrame]:
    """A random market whose creators have ids of any characters, posts and fans too."""
    tables = random_market(seed, creators=creators, posts=90, interactions=160, outcomes=24)
    renamed = {f"c{i}": IDS[i] for i in range(creators)}
    for table in tables.values():
        for column in table.columns:
            if column in ACCOUNTS:
                table[column] = table[column].replace(renamed)
            elif column.endswith("_id"):
                table[column] = [None if i is None else f"{i}'/../*" for i in table[column]]
    return tables


def all_rows(tables: Mapping[str, pd.DataFrame]) -> pd.DataFrame:
    """Each creator beside each campaign, at two moments, in no order."""
    rows = pd.DataFrame(
        [
            (creator, campaign, START + STEP * step)
            for creator in tables["creators"]["creator_id"]
            for campaign in tables["campaigns"]["campaign_id"]
            for step in (STEPS // 2, STEPS)
        ],
        columns=["creator_id", "campaign_id", "as_of"],
    ).astype({"as_of": "datetime64[us]"})
    return rows.sample(frac=1, random_state=0)


def whole(connection: DuckDBPyConnection, rows: pd.DataFrame) -> np.ndarray:
    return build(connection, rows, SPACE).to_numpy()


def in_shards(made: Cut, connection: DuckDBPyConnection, rows: pd.DataFrame, n: int) -> np.ndarray:
    parts = build_parts(connection, made, rows, SPACE, workers=n)
    matrix = np.full(parts.shape, 1e300)
    for position, lines in parts.lines():
        matrix[position] = lines
    return matrix


def bits(matrix: np.ndarray) -> Any:
    return np.where(np.isnan(matrix), np.nan, matrix).view(np.int64)


@given(seed=st.integers(0, 10_000), shards=st.sampled_from([1, 2, 3, 50]))
@settings(max_examples=5, deadline=None, derandomize=True)
def test_no_number_of_shards_changes_a_bit(
    tmp_path_factory: pytest.TempPathFactory, seed: int, shards: int
) -> None:
    tables = market(seed)
    rows = all_rows(tables)
    connection = connect(tables)
    prepare(connection)
    expected = whole(connection, rows)
    made = cut(connection, tmp_path_factory.mktemp("cut"), content="", shards=shards)
    np.testing.assert_array_equal(bits(in_shards(made, connection, rows, 1)), bits(expected))
    assert np.isfinite(expected).any(axis=0).mean() > 0.8


@pytest.mark.parametrize("table", ["interactions", "post_metrics", "posts", "outcomes"])
def test_a_line_that_went_to_no_shard_would_show(
    table: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    tables = market(0)
    rows = all_rows(tables)
    connection = connect(tables)
    prepare(connection)
    query = shards._query(shards.TABLES[table])
    monkeypatch.setitem(
        shards._OTHERWISE, table, f"FROM ({query}) WHERE hash({tables[table].columns[0]}) % 2 = 0"
    )
    made = cut(connection, tmp_path, content="", shards=3)
    found = in_shards(made, connection, rows, 1)
    assert (bits(found) != bits(whole(connection, rows))).any()


@pytest.mark.parametrize("lookup", LOOKUPS)
def test_a_lookup_that_came_to_no_shard_would_show(lookup: str, tmp_path: Path) -> None:
    tables = market(0)
    rows = all_rows(tables)
    connection = connect(tables)
    prepare(connection)
    expected = whole(connection, rows)
    connection.execute(f"DELETE FROM {lookup}")
    made = cut(connection, tmp_path, content="", shards=3)
    assert (bits(in_shards(made, connection, rows, 1)) != bits(expected)).any()


def test_workers_change_no_bit_and_an_interrupted_build_goes_on(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    tables = market(1)
    rows = all_rows(tables)
    connection = connect(tables)
    prepare(connection)
    expected = bits(whole(connection, rows))
    made = cut(connection, tmp_path, content="", shards=5)
    built: list[int] = []
    honest = workers._build_one

    def interrupted(cut: Cut, space: TextSpace, number: int, *rest: Any) -> None:
        if len(built) == 2:
            raise KeyboardInterrupt
        honest(cut, space, number, *rest)
        built.append(number)

    monkeypatch.setattr(workers, "_build_one", interrupted)
    with pytest.raises(KeyboardInterrupt):
        in_shards(made, connection, rows, 1)
    monkeypatch.undo()
    [folder] = made.folder.glob("parts-*")
    before = {path.name: path.stat().st_mtime_ns for path in folder.glob("*.parquet")}
    assert set(before) == {f"{number}.parquet" for number in built}
    np.testing.assert_array_equal(
        in_shards(made, connection, rows, 2), in_shards(made, connection, rows, 1)
    )
    np.testing.assert_array_equal(bits(in_shards(made, connection, rows, 2)), expected)
    after = {path.name: path.stat().st_mtime_ns for path in folder.glob("*.parquet")}
    assert before.items() < after.items()
    # Other rows are other work.
    few = rows.iloc[:9]
    np.testing.assert_array_equal(
        bits(in_shards(made, connection, few, 1)), bits(whole(connection, few))
    )


def _die(*arguments: Any) -> None:
    os._exit(9)


def test_a_worker_that_is_killed_is_told_and_does_not_hang(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    tables = market(2)
    connection = connect(tables)
    prepare(connection)
    made = cut(connection, tmp_path, content="", shards=4)
    monkeypatch.setattr(workers, "_work", _die)
    with pytest.raises(Unfinished, match=r"want of memory: 0 of \d parts are done.*--workers"):
        in_shards(made, connection, all_rows(tables), 2)
    monkeypatch.undo()
    in_shards(made, connection, all_rows(tables), 2)


def test_a_shard_that_does_not_fit_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    tables = market(2)
    connection = connect(tables)
    prepare(connection)
    made = cut(connection, tmp_path, content="", shards=1)
    monkeypatch.setattr(shards, "SHARD_MEMORY", 1 << 20)
    with pytest.raises(Unfinished, match="0 of 1 parts are done"):
        in_shards(made, connection, all_rows(tables), 1)


def test_an_interrupted_cut_goes_on_and_other_tables_are_another_cut(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    tables = market(3)
    rows = all_rows(tables)
    connection = connect(tables)
    prepare(connection)
    honest = shards._write

    def interrupted(connection: DuckDBPyConnection, target: Path, *rest: Any) -> None:
        if target.name == "interactions":
            partial = target.with_name(".interactions.partial")
            (partial / "shard=0").mkdir(parents=True)
            (partial / "shard=0" / "half.parquet").touch()
            raise KeyboardInterrupt
        honest(connection, target, *rest)

    monkeypatch.setattr(shards, "_write", interrupted)
    with pytest.raises(KeyboardInterrupt):
        cut(connection, tmp_path, content="a", shards=3)
    monkeypatch.undo()
    [folder] = tmp_path.iterdir()
    begun = {path: path.stat().st_mtime_ns for path in (folder / "posts").rglob("*.parquet")}
    assert begun
    assert not (folder / "cut.json").exists()
    made = cut(connection, tmp_path, content="a", shards=3)
    assert made.folder == folder
    assert begun == {path: path.stat().st_mtime_ns for path in begun}
    np.testing.assert_array_equal(
        bits(in_shards(made, connection, rows, 1)), bits(whole(connection, rows))
    )
    others = {
        cut(connection, tmp_path, content=c, shards=n).folder for c, n in [("b", 3), ("a", 2)]
    }
    assert len(others | {folder}) == 3


def test_a_creator_that_is_not_in_the_table_is_refused(tmp_path: Path) -> None:
    tables = market(0)
    connection = connect(tables)
    prepare(connection)
    made = cut(connection, tmp_path, content="", shards=2)
    with pytest.raises(ValueError, match="1 rows are of creators"):
        build_parts(
            connection, made, all_rows(tables).head(1).assign(creator_id="f0"), SPACE, workers=1
        )
