"""Data of any form in, the same clean tables out; what cannot be opened is said with a remedy."""

from __future__ import annotations

import datetime as dt
import gzip
import os
import subprocess
import sys
import tempfile
from collections.abc import Mapping
from pathlib import Path

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from features.errors import Exit, UserError
from features.source import Market, open_market
from features.tables import NEEDS, TABLES
from tests.tabular import FORMS, arrow, clean, rows, write, write_csv

CREATORS = """
    creator_id | platform
    c1         | blog
    c2         | video
"""
POSTS = """
    post_id | creator_id | published_at         | text
    p1      | c1         | 2026-01-01T10:00:00Z | first
    p2      | c2         | 2026-01-02T10:00:00Z | second
"""


@pytest.fixture(autouse=True)
def temporary(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Where markets put their files in these tests; empty when all is cleaned up."""
    folder = tmp_path / "temporary"
    folder.mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(folder))
    return folder


def opened(data: Path) -> Market:
    return open_market(data, uses=TABLES)


def refused(data: Path, needs: tuple[str, ...] = ()) -> str:
    with pytest.raises(UserError) as caught:
        open_market(data, needs=needs, uses=TABLES)
    assert caught.value.exit_status == Exit.INPUT
    return str(caught.value)


# What a market holds ----------------------------------------------------------------------------


def test_every_table_of_the_contract_is_there_with_its_columns_and_nothing_else(
    tmp_path: Path, form: str
) -> None:
    with opened(
        write(tmp_path / "data", form, {"creators": CREATORS, "extra": CREATORS})
    ) as market:
        found = market.connection.execute("SHOW ALL TABLES").fetchall()
        columns = {row[2]: list(zip(row[3], row[4], strict=True)) for row in found}
        assert columns == {
            table.name: [(c.name, c.sql_type) for c in table.columns] for table in TABLES.values()
        }
        databases = market.connection.execute("SHOW DATABASES").fetchall()
        assert len(databases) == 1
        assert [name for name in TABLES if market.has(name)] == ["creators"]
        assert market.rows("posts") == 0
        assert not market.tables["posts"].present


def test_a_folder_without_tables_is_a_market_without_rows(tmp_path: Path) -> None:
    (tmp_path / "data").mkdir()
    with opened(tmp_path / "data") as market:
        assert not any(map(market.has, TABLES))


def test_an_empty_table_is_present_and_holds_nothing(tmp_path: Path, form: str) -> None:
    with opened(write(tmp_path / "data", form, {"posts": POSTS.splitlines()[1]})) as market:
        assert market.tables["posts"].present
        assert not market.has("posts")


def test_only_tables_that_are_needed_or_used_are_read(tmp_path: Path) -> None:
    data = write(tmp_path / "data", "parquet", {"creators": CREATORS, "posts": POSTS})
    (data / "outcomes.parquet").write_bytes(b"junk")
    with open_market(data, needs=["creators"], uses=["audience"]) as market:
        assert market.has("creators")
        assert not market.tables["posts"].present


def test_rows_are_sorted_whatever_their_order_in_the_input(tmp_path: Path) -> None:
    posts = pa.table(
        {
            "post_id": [f"p{i * 7919 % 5000}" for i in range(5000)],
            "creator_id": [f"c{i % 7}" for i in range(5000)],
            "published_at": [dt.datetime(2026, 1, 1 + i % 3) for i in range(5000)],
        }
    )
    expected = sorted(
        posts.to_pylist(), key=lambda r: (r["creator_id"], r["published_at"], r["post_id"])
    )
    for name, given_rows in {
        "as is": posts,
        "backwards": posts.sort_by([("post_id", "descending")]),
    }.items():
        with opened(write(tmp_path / name, "parquet", {"posts": given_rows})) as market:
            found = market.connection.execute(
                "SELECT post_id, creator_id, published_at FROM posts"
            ).fetchall()
        assert found == [tuple(row.values()) for row in expected]


def test_a_closed_market_leaves_nothing_behind(tmp_path: Path, temporary: Path, form: str) -> None:
    market = opened(write(tmp_path / "data", form, {"creators": CREATORS}))
    assert list(temporary.iterdir())
    market.close()
    market.close()
    assert not list(temporary.iterdir())


def test_a_refused_input_leaves_nothing_behind(tmp_path: Path, temporary: Path) -> None:
    refused(write(tmp_path / "data", "parquet", {"creators": "handle\n x"}))
    assert not list(temporary.iterdir())


def test_every_command_names_tables_of_the_contract() -> None:
    for needs, uses in NEEDS.values():
        assert needs | uses <= TABLES.keys()
        assert not needs & uses


# Forms of data ----------------------------------------------------------------------------------

EXPECTED_POSTS = rows("""
    post_id | creator_id | published_at        | text
    p1      | c1         | 2026-01-01 10:00:00 | first
    p2      | c2         | 2026-01-02 10:00:00 | second
""")


def posts_of(data: Path) -> list[dict[str, str | None]]:
    with opened(data) as market:
        assert not market.tables["posts"].quarantined
        return clean(market, "posts", list(EXPECTED_POSTS[0]))


AWKWARD = "we [i]r*d? 'q' \"d\" {a,b} é漢 ;-- $x %20 text=1 ~"


def test_paths_may_hold_any_sign(tmp_path: Path, form: str) -> None:
    # Written elsewhere first: the tests' own writers stumble over such paths.
    write(tmp_path / "plain", form, {"posts": POSTS})
    (tmp_path / "plain").rename(tmp_path / AWKWARD)
    # What the name would match as a pattern must not be read instead, or too.
    for matched in (AWKWARD.replace("[i]", "i"), AWKWARD.replace("[i]", "i").replace("*", "x")):
        (tmp_path / matched).mkdir()
        pq.write_table(arrow("post_id\n other"), tmp_path / matched / "posts.parquet")
    data = tmp_path / AWKWARD
    assert posts_of(data / "market.duckdb" if form == "duckdb" else data) == EXPECTED_POSTS


def test_a_duckdb_file_with_unwritten_changes_is_read_whole_or_refused(tmp_path: Path) -> None:
    # Killed before it could write its changes into the file.
    code = (
        "import duckdb, os; connection = duckdb.connect('market.duckdb');"
        "connection.execute('CREATE TABLE creators AS SELECT 1 AS creator_id'); os._exit(0)"
    )
    data = tmp_path / "data"
    data.mkdir()
    subprocess.run([sys.executable, "-c", code], cwd=data, check=True)
    assert (data / "market.duckdb.wal").exists()
    with opened(data / "market.duckdb") as market:
        assert market.rows("creators") == 1
    why = data.rename(tmp_path / "why?")
    assert "market.duckdb.wal" in refused(why / "market.duckdb")


def test_a_folder_of_parquet_files_is_read_in_the_order_of_names(tmp_path: Path) -> None:
    folder = tmp_path / "posts"
    (folder / "b").mkdir(parents=True)
    first, second = arrow(POSTS).slice(0, 1), arrow(POSTS).slice(1, 1)
    # The same post in two files: the file that comes first by name wins.
    repeated = second.set_column(3, "text", pa.array(["too late"]))
    pq.write_table(repeated, folder / "c.parquet")
    pq.write_table(second, folder / "b" / "[x]*.snappy.parquet")
    pq.write_table(first, folder / "a.PARQUET")
    (folder / "_SUCCESS").touch()
    (folder / ".a.crc").touch()
    with opened(tmp_path) as market:
        assert clean(market, "posts", list(EXPECTED_POSTS[0])) == EXPECTED_POSTS
        report = market.tables["posts"]
        assert report.paths == ("posts/a.PARQUET", "posts/b/[x]*.snappy.parquet", "posts/c.parquet")
        assert report.quarantined == {"duplicate post_id": 1}


def test_a_folder_may_be_named_as_a_file(tmp_path: Path) -> None:
    (tmp_path / "posts.parquet").mkdir()
    pq.write_table(arrow(POSTS), tmp_path / "posts.parquet" / "part-0.parquet")
    assert posts_of(tmp_path) == EXPECTED_POSTS


def test_partitions_give_columns(tmp_path: Path) -> None:
    # The folder above the table is no partition of it.
    data = tmp_path / "text=above"
    for row in arrow(POSTS).to_pylist():
        folder = data / "posts" / f"creator_id={row['creator_id']}" / "text=a%20b%2Fc"
        folder.mkdir(parents=True)
        part = pa.Table.from_pylist([{k: row[k] for k in ("post_id", "published_at")}])
        pq.write_table(part, folder / "part.parquet")
    found = posts_of(data)
    assert [row["creator_id"] for row in found] == ["c1", "c2"]
    assert [row["text"] for row in found] == ["a b/c", "a b/c"]


def test_a_partition_without_a_value_is_null(tmp_path: Path) -> None:
    folder = tmp_path / "creators" / "country=__HIVE_DEFAULT_PARTITION__"
    folder.mkdir(parents=True)
    pq.write_table(arrow(CREATORS), folder / "part.parquet")
    with opened(tmp_path) as market:
        assert clean(market, "creators", ["country"]) == [{"country": None}] * 2


def test_files_of_a_folder_may_differ_in_columns_and_types(tmp_path: Path) -> None:
    (tmp_path / "creators").mkdir()
    pq.write_table(pa.table({"creator_id": [1]}), tmp_path / "creators" / "1.parquet")
    pq.write_table(
        pa.table({"bio": ["hello"], "creator_id": ["c2"]}), tmp_path / "creators" / "2.parquet"
    )
    with opened(tmp_path) as market:
        assert clean(market, "creators", ["creator_id", "bio"]) == rows("""
            creator_id | bio
            1          |
            c2         | hello
        """)


def test_rows_that_broke_a_rule_are_found_again_among_many_files(tmp_path: Path) -> None:
    (tmp_path / "creators").mkdir()
    for part in range(5):
        ids = [f"c{part}-{i}" for i in range(5000)]
        joined = ["1980-01-01" if i == 1000 * part else "2020-01-01" for i in range(5000)]
        table = pa.table({"creator_id": ids, "joined_at": joined})
        pq.write_table(table, tmp_path / "creators" / f"{part}.parquet", row_group_size=500)
    with opened(tmp_path) as market:
        quarantined = market.quarantine("creators")
        assert quarantined is not None
        assert quarantined["creator_id"].to_pylist() == [f"c{i}-{1000 * i}" for i in range(5)]


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
def test_the_delimiter_is_the_one_that_the_header_fits(tmp_path: Path, delimiter: str) -> None:
    texts = pa.array(["a,b;c\td|e," * 9, "second"])
    write_csv(tmp_path / "posts.csv", arrow(POSTS).set_column(3, "text", texts), delimiter)
    found = posts_of(tmp_path)
    assert [row["text"] for row in found] == texts.to_pylist()


@pytest.mark.parametrize(
    "content",
    [
        b"\xef\xbb\xbfpost_id,creator_id,published_at,text\np1,c1,2026-01-01T10:00Z,first\n"
        b"p2,c2,2026-01-02T10:00Z,second",
        b"post_id,creator_id,published_at,text\r\np1,c1,2026-01-01T10:00Z,first\r\n"
        b"p2,c2,2026-01-02T10:00Z,second\r\n",
        b'\n\n text , published_at,creator_id,post_id \n\n"first",2026-01-01T10:00Z,c1,p1\n\n\n'
        b"second,2026-01-02T10:00Z,c2,p2\n\n",
        b'"post_id","creator_id","published_at","text","odd\nname",\n'
        b"p1,c1,2026-01-01T10:00Z,first,,\np2,c2,2026-01-02T10:00Z,second,,1\n",
    ],
    ids=["byte order mark", "carriage returns", "blank lines and spaces", "odd names"],
)
def test_csv_is_read_as_programs_write_it(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "posts.csv").write_bytes(content)
    assert posts_of(tmp_path) == EXPECTED_POSTS


def test_csv_may_be_compressed(tmp_path: Path) -> None:
    write_csv(tmp_path / "plain.csv", arrow(POSTS))
    (tmp_path / "posts.csv.gz").write_bytes(gzip.compress((tmp_path / "plain.csv").read_bytes()))
    assert posts_of(tmp_path) == EXPECTED_POSTS


def test_csv_may_end_with_its_header(tmp_path: Path) -> None:
    (tmp_path / "posts.csv").write_text("post_id,creator_id,published_at")
    assert posts_of(tmp_path) == []


def test_csv_may_hold_a_quote_inside_an_unquoted_cell(tmp_path: Path) -> None:
    header = "post_id,creator_id,published_at,text\n"
    (tmp_path / "posts.csv").write_text(header + 'p1,c1,2026-01-01,a 5" screen\n')
    assert [row["text"] for row in posts_of(tmp_path)] == ['a 5" screen']


def test_long_ids_survive_csv(tmp_path: Path) -> None:
    (tmp_path / "creators.csv").write_text("creator_id\n900719925474099312345\n007\n1e5\n")
    with opened(tmp_path) as market:
        assert [row["creator_id"] for row in clean(market, "creators", ["creator_id"])] == [
            "007",
            "1e5",
            "900719925474099312345",
        ]


def test_views_of_a_duckdb_file_are_tables(tmp_path: Path) -> None:
    data = write(tmp_path, "duckdb", {"stored": POSTS})
    with duckdb.connect(str(data)) as connection:
        connection.execute("CREATE MACRO same(x) AS x")
        connection.execute(
            "CREATE VIEW Posts AS SELECT * REPLACE (same(post_id) AS post_id) FROM stored"
        )
        connection.execute("CREATE SCHEMA other")
        connection.execute("CREATE TABLE other.creators (creator_id VARCHAR)")
    assert posts_of(data) == EXPECTED_POSTS


def test_a_duckdb_file_is_not_changed(tmp_path: Path) -> None:
    data = write(tmp_path / "data", "duckdb", {"posts": POSTS})
    before = data.read_bytes()
    assert posts_of(data) == EXPECTED_POSTS
    assert data.read_bytes() == before
    assert os.listdir(data.parent) == [data.name]


def test_a_view_may_read_what_lies_beside_its_file(tmp_path: Path) -> None:
    data = write(tmp_path / "data", "duckdb", {})
    pq.write_table(arrow(POSTS), data.parent / "lake.parquet")
    with duckdb.connect(str(data)) as connection:
        connection.execute(f"CREATE VIEW posts AS FROM '{data.parent / 'lake.parquet'}'")
    assert posts_of(data) == EXPECTED_POSTS


def test_a_view_may_not_read_what_lies_elsewhere(tmp_path: Path) -> None:
    data = write(tmp_path / "data", "duckdb", {})
    secret = tmp_path / "secret.csv"
    secret.write_text("post_id,creator_id,published_at\np1,c1,2026-01-01\n")
    with duckdb.connect(str(data)) as connection:
        connection.execute(f"CREATE VIEW posts AS FROM '{secret}'")
    assert "posts in market.duckdb reads files outside" in refused(data)


# What cannot be opened --------------------------------------------------------------------------


def test_data_that_is_not_there_is_named(tmp_path: Path) -> None:
    message = refused(tmp_path / "nowhere")
    assert str(tmp_path / "nowhere") in message
    assert "does not exist" in message


def test_needed_tables_that_are_missing_are_all_named(tmp_path: Path, form: str) -> None:
    data = write(tmp_path / "data", form, {"creators": CREATORS})
    message = refused(data, needs=("outcomes", "creators", "posts"))
    assert "lacks table posts, outcomes. Found: creators. Expected: creators, posts" in message
    assert str(data) in message


def test_an_empty_folder_of_a_needed_table_is_no_table(tmp_path: Path) -> None:
    (tmp_path / "posts").mkdir()
    (tmp_path / "posts" / "_SUCCESS").touch()
    assert "lacks table posts" in refused(tmp_path, needs=("posts",))


def test_a_missing_column_is_named_with_those_found_and_expected(tmp_path: Path, form: str) -> None:
    posts = "id | creator_id | published_at\n p1 | c1 | 2026-01-01"
    message = refused(write(tmp_path / "data", form, {"posts": posts}))
    assert message.startswith("posts")
    assert "lacks column post_id. Found: id, creator_id, published_at. Expected: post_id" in message
    assert "text?" in message


def test_a_table_that_is_there_twice_is_refused(tmp_path: Path) -> None:
    write(tmp_path, "parquet", {"posts": POSTS})
    write(tmp_path, "csv", {"posts": POSTS})
    assert "more than once: posts.csv, posts.parquet" in refused(tmp_path)


@pytest.mark.parametrize("name", ["posts.json", "posts.xlsx", "posts.csv.bak", "posts"])
def test_a_table_of_another_format_is_refused(tmp_path: Path, name: str) -> None:
    (tmp_path / name).write_text("{}")
    assert f"{name} in {tmp_path} is neither Parquet nor CSV" in refused(tmp_path)


def test_a_folder_of_csv_files_is_refused(tmp_path: Path) -> None:
    write(tmp_path / "posts", "csv", {"part": POSTS})
    assert "posts/part.csv is not named .parquet" in refused(tmp_path)


def test_a_delta_table_is_refused_because_its_files_hold_deleted_rows(tmp_path: Path) -> None:
    write(tmp_path / "posts", "parquet", {"part": POSTS})
    (tmp_path / "posts" / "_delta_log").mkdir()
    (tmp_path / "posts" / "_delta_log" / "0.json").write_text("{}")
    assert "Delta table" in refused(tmp_path)


@pytest.mark.parametrize("name", ["posts.parquet", "posts.csv", "posts/part.parquet"])
def test_a_file_without_bytes_is_refused(tmp_path: Path, name: str) -> None:
    (tmp_path / name).parent.mkdir(exist_ok=True)
    (tmp_path / name).touch()
    assert f"{name} is empty (0 bytes)" in refused(tmp_path)


def _parquet_bytes() -> bytes:
    sink = pa.BufferOutputStream()
    posts = pa.concat_tables([arrow(POSTS)] * 1000)
    pq.write_table(posts, sink, use_dictionary=False, compression="snappy")
    return bytes(sink.getvalue())


def test_a_truncated_parquet_file_is_refused(tmp_path: Path) -> None:
    (tmp_path / "posts.parquet").write_bytes(_parquet_bytes()[:-10])
    assert "posts.parquet is not a whole Parquet file" in refused(tmp_path)


def test_a_parquet_file_damaged_in_the_middle_is_refused(tmp_path: Path) -> None:
    whole = _parquet_bytes()
    (tmp_path / "posts.parquet").write_bytes(whole[:60] + b"\xff" * 900 + whole[960:])
    assert "posts.parquet cannot be read as Parquet" in refused(tmp_path)


def test_csv_under_the_name_of_parquet_is_refused(tmp_path: Path) -> None:
    write_csv(tmp_path / "posts.parquet", arrow(POSTS))
    assert "a CSV file is named .csv" in refused(tmp_path)


@pytest.mark.parametrize(
    "content",
    [
        b"\x00\x01\x02" * 99,
        b"\xff\xfep\x00o\x00s\x00t\x00",
        b"PAR1\x15\x04\x80\xff",
        b"\x00,\x00\n",
    ],
    ids=["zeros", "UTF-16", "Parquet", "two zeros"],
)
def test_binary_under_the_name_of_csv_is_refused(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "posts.csv").write_bytes(content)
    assert "posts.csv is not CSV" in refused(tmp_path)


HEADER = "post_id,creator_id,published_at,text\n"
GOOD = "p1,c1,2026-01-01,fine\n"


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (HEADER + GOOD + "p2,c1\n" + GOOD, "line 3 has 2 cells where the header has 4"),
        (HEADER + GOOD + "p2,c1,2026-01-01,a secret, really\n", "line 3 has 5 cells"),
        (HEADER + 'p1,c1,2026-01-01,"two\nlines"\np2,c', "line 4 has 2 cells"),
        (HEADER + GOOD + 'p2,c1,2026-01-01,"a secret and then', "line 3 has a quote"),
        (HEADER + GOOD + 'p2,c1,2026-01-01,"a secret\n' + GOOD * 3, "line 3 has a quote"),
        ("\n \n", "no line with column names"),
    ],
    ids=["short row", "long row", "truncated", "open quote at the end", "open quote", "blank"],
)
def test_a_damaged_csv_file_is_refused_naming_the_line_and_no_text(
    tmp_path: Path, content: str, said: str
) -> None:
    (tmp_path / "posts.csv").write_text(content)
    message = refused(tmp_path)
    assert message.startswith("posts.csv")
    assert said in message
    assert "secret" not in message


def test_csv_that_is_not_utf_8_is_refused_naming_the_line(tmp_path: Path) -> None:
    latin = (HEADER + GOOD * 20_000 + "p2,c1,2026-01-01,caf\u00e9\n").encode("latin-1")
    (tmp_path / "posts.csv").write_bytes(latin)
    assert "posts.csv line 20002 is not text in UTF-8" in refused(tmp_path)


def test_truncated_gzip_is_refused(tmp_path: Path) -> None:
    content = (HEADER + GOOD * 1000).encode()
    (tmp_path / "posts.csv.gz").write_bytes(gzip.compress(content)[:-20])
    assert "posts.csv.gz cannot be read as CSV" in refused(tmp_path)


@pytest.mark.parametrize("name", ["post_id", " post_id", "POST_ID"])
def test_columns_of_one_name_are_refused(tmp_path: Path, name: str) -> None:
    table = arrow(POSTS).append_column(name, pa.array(["x", "y"]))
    for form in ("parquet", "csv"):
        message = refused(write(tmp_path / form, form, {"posts": table}))
        assert f"several columns of one name: post_id, {name.strip()}" in message


@pytest.mark.parametrize("content", [b"", b"hello" * 1000, _parquet_bytes()])
def test_a_file_that_is_not_duckdb_is_refused(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "market.db").write_bytes(content)
    assert "market.db cannot be opened as a DuckDB file" in refused(tmp_path / "market.db")


def test_a_view_that_fails_is_refused(tmp_path: Path) -> None:
    data = write(tmp_path, "duckdb", {"stored": CREATORS})
    with duckdb.connect(str(data)) as connection:
        connection.execute("CREATE VIEW creators AS SELECT error('a secret') AS creator_id")
        connection.execute("CREATE VIEW posts AS FROM stored")
        connection.execute("DROP TABLE stored")
    for name in ("creators", "posts"):
        with pytest.raises(UserError, match=f"{name} in .* cannot be read as a view") as caught:
            open_market(data, uses=[name])
        assert "secret" not in str(caught.value)


# One content, one market ------------------------------------------------------------------------

texts = st.text(st.characters(exclude_categories=["Cs"]), max_size=8)
ids = st.text(st.characters(exclude_categories=["Cs", "Z", "Cc"]), min_size=1, max_size=4)
times = st.datetimes(dt.datetime(1980, 1, 1), dt.datetime(2110, 1, 1))
counts = st.one_of(st.integers(-2, 2**60), st.floats(-1, 1e18, allow_subnormal=False))
posts_rows = st.fixed_dictionaries(
    {
        "post_id": st.none() | ids,
        "creator_id": st.sampled_from(["c1", "c2", "none"]),
        "published_at": st.none() | times,
        "kind": st.none() | st.sampled_from(["original", " Reply ", "poem", ""]),
        "text": st.none() | texts,
        "links": st.none() | counts.map(float),
        "domains": st.none() | st.lists(texts, max_size=3),
        "sponsored": st.none() | st.booleans(),
    }
)
SCHEMA = pa.schema(
    {
        "post_id": pa.string(),
        "creator_id": pa.string(),
        "published_at": pa.timestamp("us", "UTC"),
        "kind": pa.string(),
        "text": pa.string(),
        "links": pa.float64(),
        "domains": pa.list_(pa.string()),
        "sponsored": pa.bool_(),
    }
)


def _contents(place: Path, form: str, tables: Mapping[str, str | pa.Table]) -> tuple[object, ...]:
    with open_market(write(place, form, tables), uses=TABLES, max_bad=1) as market:
        found = market.connection.execute("FROM posts").fetchall()
        report = market.tables["posts"]
        return found, report.sha256, report.quarantined, report.unknown_kinds


@settings(max_examples=25, deadline=None)
@given(st.lists(posts_rows, max_size=6))
def test_parquet_csv_and_duckdb_of_the_same_rows_give_the_same_market(
    tmp_path_factory: pytest.TempPathFactory, posts: list[dict[str, object]]
) -> None:
    place = tmp_path_factory.mktemp("data")
    # A column with values of which none is a time, or a number, is refused: one good row is given.
    good = {"post_id": "good", "creator_id": "c1", "published_at": dt.datetime(2026, 1, 1)}
    table = pa.Table.from_pylist([{**dict.fromkeys(SCHEMA.names), **good}, *posts], SCHEMA)
    tables = {"creators": CREATORS, "posts": table}
    first, *others = [_contents(place / form, form, tables) for form in FORMS]
    for other in others:
        assert other == first
