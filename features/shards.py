"""Clean tables cut by creator, out of core: a shard holds what its creators' streams need.

An interaction goes to the shards of its actor, its target and the owner of its post, where these
are creators. Of a lookup across creators a shard holds the lines of its own; campaigns, and lookups
of no creator, it holds whole.
"""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from hashlib import sha256
from importlib import metadata
from pathlib import Path
from typing import TYPE_CHECKING

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq

from features.conversion import quoted
from features.streams import LOOKUPS
from features.tables import TABLES, Table

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

SHARD_MEMORY = 512 << 20
"""Bytes that DuckDB may hold for one shard; it puts the rest into the shard's spill folder."""

_CUT_FILE = "cut.json"

# MD5 is the same whatever the version of DuckDB, unlike its own hash.
_SHARD_OF = """
CREATE OR REPLACE TEMP TABLE shard_of AS
SELECT creator_id, CAST(CAST('0x' || left(md5(creator_id), 8) AS UBIGINT) % {shards} AS INTEGER)
    AS shard
FROM creators
"""
_BY_CREATOR = "SELECT t.*, s.shard FROM {table} t JOIN shard_of s USING (creator_id)"
_OTHERWISE = {
    "post_metrics": "SELECT t.*, s.shard FROM post_metrics t"
    " JOIN posts p USING (post_id) JOIN shard_of s ON s.creator_id = p.creator_id",
    # list_distinct leaves out the nulls of accounts that are no creators.
    "interactions": "SELECT t.*, unnest(list_distinct([a.shard, b.shard, o.shard])) AS shard"
    " FROM interactions t LEFT JOIN shard_of a ON a.creator_id = t.actor_id"
    " LEFT JOIN shard_of b ON b.creator_id = t.target_id"
    " LEFT JOIN (SELECT post_id, shard FROM posts JOIN shard_of USING (creator_id)) o"
    " ON o.post_id = t.post_id",
}


@dataclass(frozen=True)
class Cut:
    """Tables cut into shards, in a folder.

    Attributes
    ----------
    fingerprint : str
        Names the content of the tables, the program that cut them and the number of shards.
    shards : int
        Shards count from 0; one without creators has no files.
    """

    folder: Path
    fingerprint: str
    shards: int

    def files(self, table: str, shard: int) -> list[Path]:
        """Parquet files with a shard's lines of a table that is cut; none where it has no line."""
        return sorted((self.folder / table / f"shard={shard}").glob("*.parquet"))

    def size(self, shard: int) -> int:
        """Bytes of a shard's files."""
        return sum(path.stat().st_size for table in TABLES for path in self.files(table, shard))


def cut(connection: DuckDBPyConnection, folder: Path, *, content: str, shards: int) -> Cut:
    """Cut the clean tables into shards; of an interrupted cut of the same tables, the rest.

    Each table appears under its name when it is whole, and `cut.json` last of all.

    Parameters
    ----------
    connection : DuckDBPyConnection
        Holds the clean tables and the lookups across creators (`streams.prepare_lookups`); is given
        the temporary table `shard_of` (creator_id, shard).
    folder : Path
        Where cuts are kept, each in a folder of its own.
    content : str
        Tells apart what the tables say, such as a hash of their content hashes.
    """
    fingerprint = sha256(f"{content} {shards} {program_hash()}".encode()).hexdigest()
    made = Cut(folder / f"cut-{fingerprint[:16]}", fingerprint, shards)
    connection.execute(_SHARD_OF.format(shards=shards))
    if _fingerprint_in(made.folder) == fingerprint:
        return made
    made.folder.mkdir(parents=True, exist_ok=True)
    for table in TABLES.values():
        query = _query(table)
        if query is None:
            _write(connection, made.folder / f"{table.name}.parquet", f"FROM {table.name}")
        else:
            _write(connection, made.folder / table.name, query, "PARTITION_BY (shard)")
    for lookup in LOOKUPS:
        whole = made.folder / f"{lookup}.parquet"
        if "creator_id" in connection.sql(f"FROM {lookup}").columns:
            query = _BY_CREATOR.format(table=lookup)
            _write(connection, made.folder / lookup, query, "PARTITION_BY (shard)")
            _write(connection, whole, f"FROM {lookup} LIMIT 0")  # its columns
        else:
            _write(connection, whole, f"FROM {lookup}")
    partial = made.folder / f".{_CUT_FILE}"
    partial.write_text(json.dumps({"fingerprint": fingerprint}) + "\n", encoding="utf-8")
    partial.replace(made.folder / _CUT_FILE)
    return made


def open_shard(cut: Cut, shard: int, spill: Path) -> DuckDBPyConnection:
    """A shard's clean tables and the lookups, in memory, with one thread.

    Parameters
    ----------
    spill : Path
        Folder for what is more than `SHARD_MEMORY`.
    """
    connection = duckdb.connect(
        config={
            "threads": 1,
            "memory_limit": f"{SHARD_MEMORY}B",
            "temp_directory": str(spill),
            "autoinstall_known_extensions": False,
            "autoload_known_extensions": False,
        }
    )
    connection.execute("SET enable_progress_bar = false")
    for table in TABLES.values():
        columns = ", ".join(f"{column.name} {column.sql_type}" for column in table.columns)
        connection.execute(f"CREATE TABLE {table.name} ({columns})")
        whole = cut.folder / f"{table.name}.parquet"
        for path in [whole] if _query(table) is None else cut.files(table.name, shard):
            _fill(connection, f"INSERT INTO {table.name} BY NAME FROM lines_read", path)
    for lookup in LOOKUPS:
        whole = cut.folder / f"{lookup}.parquet"
        _fill(connection, f"CREATE TEMP TABLE {lookup} AS FROM lines_read", whole)
        for path in cut.files(lookup, shard):
            _fill(connection, f"INSERT INTO {lookup} BY NAME FROM lines_read", path)
    return connection


def program_hash() -> str:
    """A hash of what decides on numbers besides the data: the code of this room, and DuckDB."""
    found = sha256(f"duckdb {duckdb.__version__} numpy {metadata.version('numpy')}".encode())
    room = Path(__file__).parent
    for path in sorted(room.rglob("*.py")):
        found.update(path.relative_to(room).as_posix().encode() + path.read_bytes())
    return found.hexdigest()


def _query(table: Table) -> str | None:
    """SQL of a table's lines with their shards; None for a table that every shard holds whole."""
    if table.name in _OTHERWISE:
        return _OTHERWISE[table.name]
    if any(column.name == "creator_id" for column in table.columns):
        return _BY_CREATOR.format(table=table.name)
    return None


def _fingerprint_in(folder: Path) -> str | None:
    try:
        found: str = json.loads((folder / _CUT_FILE).read_text(encoding="utf-8"))["fingerprint"]
    except FileNotFoundError:
        return None
    return found


def _write(connection: DuckDBPyConnection, target: Path, query: str, options: str = "") -> None:
    if target.exists():
        return
    partial = target.with_name(f".{target.name}.partial")
    if partial.is_dir():
        shutil.rmtree(partial)
    connection.execute(
        f"COPY ({query}) TO {quoted(str(partial))} (FORMAT parquet"
        f"{', ' if options else ''}{options})"
    )
    # Of a table without lines nothing is written.
    if options:
        partial.mkdir(exist_ok=True)
    partial.replace(target)


def _fill(connection: DuckDBPyConnection, statement: str, path: Path) -> None:
    """Run a statement over `lines_read`, the lines of a file, read a batch at a time."""
    with pq.ParquetFile(path) as file:
        lines = pa.RecordBatchReader.from_batches(file.schema_arrow, _batches(file))
        connection.register("lines_read", lines)
        connection.execute(statement)
        connection.unregister("lines_read")


def _batches(file: pq.ParquetFile) -> Iterator[pa.RecordBatch]:
    yield from file.iter_batches(batch_size=50_000)
