"""Where a table lies and how it is opened: Parquet, a folder of Parquet files, CSV, DuckDB.

Of the data only paths and table names enter SQL, quoted; columns are addressed by position.
"""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import unquote

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq

from features import delimited
from features.conversion import identifier, quoted
from features.errors import UserError
from features.tables import Table

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

SOURCE = "source"
"""The attached database that is the data, where the data is a DuckDB file."""

LOADED = "stage.main.loaded"
"""Where a table is copied that DuckDB cannot read twice in one order: CSV, and views."""


@dataclass(frozen=True)
class Raw:
    """A table as it was found, not yet read.

    Attributes
    ----------
    where, form : str
        What messages call it, and what it was opened as.
    paths : tuple of str
        Its files in reading order, relative to the data folder.
    relation : str
        SQL for after FROM; names the columns `c0`, `c1`, ... and keeps file order. After `load`.
    columns, types : tuple of str
        Names as found, stripped, and DuckDB types.
    load : callable, optional
        Copies the rows into `LOADED`.
    """

    where: str
    form: str
    paths: tuple[str, ...]
    relation: str
    columns: tuple[str, ...]
    types: tuple[str, ...]
    load: Callable[[DuckDBPyConnection], object] | None = None


# Faults of this program or of the machine, not of the data.
_NOT_THE_DATA = (
    duckdb.BinderException,
    duckdb.CatalogException,
    duckdb.InternalException,
    duckdb.OutOfMemoryException,
    duckdb.ParserException,
)


@contextmanager
def unreadable(where: str, form: str) -> Iterator[None]:
    """Turn what DuckDB says of unreadable data into a user error that repeats no value of it."""
    try:
        yield
    except _NOT_THE_DATA:
        raise
    except duckdb.Error as error:
        if "No space left" in str(error):
            raise
        raise _cannot_be_read(where, form, error) from error


def plain(path: Path, links: Path) -> Path:
    """`path`, or a link to it in the folder `links` where it holds signs of a pattern.

    DuckDB would read every file that matches the pattern, rather than the one of that name.
    """
    if not set(str(path)).intersection("*?[{\\"):
        return path
    links.mkdir(exist_ok=True)
    link = links / (sha256(os.fsencode(path)).hexdigest()[:32] + path.suffix)
    link.symlink_to(path)
    return link


def open_table(connection: DuckDBPyConnection, data: Path, table: Table, links: Path) -> Raw | None:
    """Open `table` in a data folder; None where it is absent, or an empty folder.

    Parameters
    ----------
    links : Path
        Folder for links to files, to be kept as long as the table is read.

    Raises
    ------
    UserError
        It is there twice, is neither Parquet nor CSV, is damaged, or lacks a required column.
    """
    entry = _entry(data, table)
    return None if entry is None else open_file(connection, entry, table, links)


def open_file(connection: DuckDBPyConnection, entry: Path, table: Table, links: Path) -> Raw:
    """Open a Parquet or CSV file, or a folder of Parquet files, as `table`; its name is free.

    Parameters and errors are those of `open_table`.
    """
    files = _parts(entry) if entry.is_dir() else [entry]
    paths = tuple(file.relative_to(entry.parent).as_posix() for file in files)
    for file, path in zip(files, paths, strict=True):
        if not os.access(file, os.R_OK):
            raise UserError(f"{path} may not be read. Give this account the right to read it.")
        if file.stat().st_size == 0:
            raise UserError(f"{path} is empty (0 bytes). Write it again, or remove it.")
    if entry.is_dir() or entry.suffix.lower() == ".parquet":
        return _open_parquet(connection, entry, files, paths, table, links)
    found = delimited.header(entry, table)
    _check_columns(table, entry.name, found.columns)
    return Raw(
        where=entry.name,
        form="CSV",
        paths=paths,
        relation=f"{LOADED} AS raw({_positions(found.columns)})",
        columns=found.columns,
        types=("VARCHAR",) * len(found.columns),
        load=lambda connection: delimited.load(connection, entry, found, LOADED),
    )


def open_attached(connection: DuckDBPyConnection, data: Path, table: Table) -> Raw | None:
    """Open a table or view of schema main of the attached DuckDB file; None where it is absent.

    Raises
    ------
    UserError
        It cannot be read, or lacks a required column.
    """
    found = connection.execute(
        "SELECT table_name, table_type = 'VIEW' FROM information_schema.tables"
        " WHERE table_catalog = ? AND table_schema = 'main' AND lower(table_name) = ?",
        [SOURCE, table.name],
    ).fetchall()
    if not found:
        return None
    [(name, is_view)] = found
    where, form = f"{name} in {data.name}", "a view" if is_view else "a table"
    relation = f"{SOURCE}.main.{identifier(name)}"
    columns, types = _described(connection, relation, where, form)
    _check_columns(table, where, columns)
    copy = f"CREATE OR REPLACE TABLE {LOADED} AS FROM {relation} AS raw({_positions(columns)})"
    return Raw(
        where=where,
        form=form,
        paths=(data.name,),
        relation=f"{LOADED if is_view else relation} AS raw({_positions(columns)})",
        columns=columns,
        types=types,
        load=(lambda connection: connection.execute(copy)) if is_view else None,
    )


def _entry(data: Path, table: Table) -> Path | None:
    """The one file or folder of the data that is named for the table."""
    entries: list[Path] = []
    others: list[str] = []
    for entry in sorted(data.iterdir()):
        name, ending = entry.name[: len(table.name)], entry.name[len(table.name) :].lower()
        if name != table.name or not (ending == "" or ending.startswith(".")):
            continue
        if entry.is_dir() and not _parts(entry):
            continue
        endings = ("", ".parquet") if entry.is_dir() else (".parquet", ".csv", ".csv.gz")
        if ending in endings:
            entries.append(entry)
        else:
            others.append(_shown(entry))
    if len(entries) > 1:
        names = ", ".join(_shown(entry) for entry in entries)
        raise UserError(f"{table.name} is in {data} more than once: {names}. Keep one of them.")
    if others and not entries:
        raise UserError(
            f"{table.name}: {others[0]} in {data} is neither Parquet nor CSV. Write it as "
            f"{table.name}.parquet, {table.name}.csv or a folder {table.name}/ of Parquet files."
        )
    return entries[0] if entries else None


def _shown(entry: Path) -> str:
    return f"{entry.name}/" if entry.is_dir() else entry.name


def _parts(folder: Path) -> list[Path]:
    """Every file of a folder of Parquet files but the hidden ones, in the order of their names."""
    inner = {path: path.relative_to(folder).parts for path in folder.rglob("*") if path.is_file()}
    if any("_delta_log" in parts for parts in inner.values()):
        # Deleted rows are still in its files.
        raise UserError(f"{folder.name}/ is a Delta table. Export it to plain Parquet files.")
    seen = [path for path, parts in inner.items() if not any(part[0] in "._" for part in parts)]
    return sorted(seen, key=lambda path: inner[path])


def _open_parquet(
    connection: DuckDBPyConnection,
    entry: Path,
    files: Sequence[Path],
    paths: tuple[str, ...],
    table: Table,
    links: Path,
) -> Raw:
    where = _shown(entry)
    names: dict[str, None] = {}
    for file, path in zip(files, paths, strict=True):
        own = _parquet_columns(file, path)
        _check_distinct(path, own)
        names.update(dict.fromkeys(own))
    partitions = _partitions(files, entry)
    _check_columns(table, where, tuple(names | dict.fromkeys(partitions)))
    listed = _listed(str(plain(file, links)) for file in files)
    # By itself DuckDB would take partitions from the folders above the data, too.
    options = "union_by_name = true, hive_partitioning = false, filename = 'file of the row'"
    relation = f"read_parquet({listed}, {options})"
    columns, types = _described(connection, relation, where, "Parquet")
    # The last column is the row's file. A partition replaces a column of its name.
    kept = [i for i, name in enumerate(columns[:-1]) if name not in partitions]
    place = f"list_position({listed}, c{len(columns) - 1})"
    values = [f"c{i}" for i in kept]
    values += [f"({_listed(of_files)})[{place}]" for of_files in partitions.values()]
    selected = ", ".join(f"{value} AS c{i}" for i, value in enumerate(values))
    return Raw(
        where=where,
        form="Parquet",
        paths=paths,
        relation=f"(SELECT {selected} FROM {relation} AS file({_positions(columns)})) AS raw",
        columns=(*(columns[i] for i in kept), *partitions),
        types=(*(types[i] for i in kept), *("VARCHAR" for _ in partitions)),
    )


def _parquet_columns(file: Path, path: str) -> list[str]:
    if file.suffix.lower() != ".parquet":
        raise UserError(
            f"{path} is not named .parquet, and a table's folder holds Parquet files only. Write "
            f"it as Parquet, or move it elsewhere."
        )
    try:
        with file.open("rb") as source:
            return [str(name).strip() for name in pq.ParquetFile(source).schema_arrow.names]
    except (pa.ArrowException, OSError) as error:
        raise UserError(
            f"{path} is not a whole Parquet file: it is truncated, damaged or something else. "
            f"Write it again (a CSV file is named .csv)."
        ) from error


def _partitions(files: Sequence[Path], entry: Path) -> dict[str, list[str | None]]:
    """Columns that folders named `key=value` stand for, each with its value for every file."""
    columns: dict[str, list[str | None]] = {}
    for i, file in enumerate(files):
        for folder in file.relative_to(entry).parts[:-1]:
            key, is_partition, value = folder.partition("=")
            if is_partition:
                values = columns.setdefault(key, [None] * len(files))
                values[i] = None if value == "__HIVE_DEFAULT_PARTITION__" else unquote(value)
    return columns


def _listed(values: Iterable[str | None]) -> str:
    """Values as a SQL list of text."""
    items = ", ".join("NULL" if value is None else quoted(value) for value in values)
    return f"CAST([{items}] AS VARCHAR[])"


def _described(
    connection: DuckDBPyConnection, relation: str, where: str, form: str
) -> tuple[tuple[str, ...], tuple[str, ...]]:
    try:
        rows = connection.execute(f"DESCRIBE SELECT * FROM {relation}").fetchall()
    except duckdb.Error as error:
        raise _cannot_be_read(where, form, error) from error
    return tuple(row[0].strip() for row in rows), tuple(row[1] for row in rows)


def _cannot_be_read(where: str, form: str, error: duckdb.Error) -> UserError:
    if isinstance(error, duckdb.PermissionException):
        return UserError(
            f"{where} reads files outside the folder of the DuckDB file, which is not allowed. Put "
            f"the rows themselves into the DuckDB file."
        )
    return UserError(
        f"{where} cannot be read as {form} ({type(error).__name__}): it is damaged, or its parts "
        f"do not fit together. Write it again."
    )


def _positions(columns: Sequence[str]) -> str:
    return ", ".join(f"c{i}" for i in range(len(columns)))


def _check_distinct(where: str, columns: Sequence[str]) -> None:
    # SQL cannot tell names apart that differ only in the case of ASCII letters.
    counts = Counter(name.encode().lower() for name in columns if name)
    alike = [name for name in columns if counts[name.encode().lower()] > 1]
    if alike:
        raise UserError(
            f"{where} has several columns of one name: {', '.join(alike)}. Keep one, or rename."
        )


def _check_columns(table: Table, where: str, columns: tuple[str, ...]) -> None:
    _check_distinct(where, columns)
    missing = [c.name for c in table.columns if c.required and c.name not in columns]
    if missing:
        expected = ", ".join(c.name if c.required else f"{c.name}?" for c in table.columns)
        raise UserError(
            f"{table.name} ({where}) lacks column {', '.join(missing)}. Found: "
            f"{', '.join(columns) or 'no column'}. Expected: {expected} (? where it may be "
            f"missing). Add the column, or rename the one that holds it."
        )
