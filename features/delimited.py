"""CSV files: which delimiter, which columns, and every cell as text into a DuckDB table.

UTF-8 with or without byte order mark, quotes `"`, any line ends, quoted line breaks; gzip by name.
An empty cell is null.
"""

from __future__ import annotations

import csv
import gzip
import sys
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from io import RawIOBase, TextIOWrapper
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO, cast

import duckdb
import pyarrow as pa
import pyarrow.csv as pacsv

from features.errors import UserError
from features.tables import Table

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

DELIMITERS = (",", ";", "\t", "|")

BLOCKS = (8 << 20, 128 << 20, 1 << 30)
"""Bytes parsed at once; a row longer than a block needs the next larger one."""


@dataclass(frozen=True)
class Header:
    """Column names (stripped), their delimiter, and how many rows of the file end with them."""

    columns: tuple[str, ...]
    delimiter: str
    rows: int


def header(path: Path, table: Table) -> Header:
    """Read the header, by the delimiter under which it names the most columns of `table`.

    Sniffing would judge by the cells, and texts are full of commas.

    Raises
    ------
    UserError
        The file is no text in UTF-8, has no header, or is damaged.
    """
    known = {column.name for column in table.columns}
    headers = [_header(path, delimiter) for delimiter in DELIMITERS]
    best = max(headers, key=lambda found: len(known.intersection(found.columns)))
    if any("\0" in name for name in best.columns):
        raise _not_text(path)
    return best


def load(connection: DuckDBPyConnection, path: Path, found: Header, into: str) -> None:
    """Create the DuckDB table `into` with text columns `c0`, `c1`, ..., rows in file order.

    Raises
    ------
    UserError
        A row has more or fewer cells than the header, a quote is not closed, or the file is not in
        UTF-8, truncated or damaged.
    """
    schema = pa.schema([(f"c{i}", pa.string()) for i in range(len(found.columns))])
    for block in BLOCKS:
        failures: list[Exception] = []
        with _open(path) as file:
            stream = _Stream(file)
            batches = _noting(failures, _batches(stream, found, schema, block))
            connection.register("rows", pa.RecordBatchReader.from_batches(schema, batches))
            try:
                connection.execute(f"CREATE OR REPLACE TABLE {into} AS FROM rows")
            except duckdb.Error:
                if not failures:
                    raise
            finally:
                connection.unregister("rows")
        match failures:
            case [pa.ArrowInvalid() as error] if "straddling" in str(error) and block < BLOCKS[-1]:
                continue
            case [pa.ArrowInvalid() as error]:
                raise _fault(path, found) or _damaged(path) from error
            case [error]:
                raise _damaged(path) from error
        # The parser takes a quote that is never closed as text up to the end of the file.
        if stream.quotes % 2 and (fault := _fault(path, found)):
            raise fault
        return


class _Stream(RawIOBase):
    """The bytes of a file and a line end, with the number of quotes among those already read."""

    def __init__(self, file: BinaryIO) -> None:
        self._file = file
        self._ended = False
        self.quotes = 0

    def readable(self) -> bool:
        return True

    def read(self, size: int = -1, /) -> bytes:
        data = self._file.read(size)
        if len(data) < size and not self._ended:
            # The parser takes a header without a line end for a row that is cut off.
            self._ended = True
            data += b"\n"
        self.quotes += data.count(b'"')
        return data


def _open(path: Path) -> BinaryIO:
    if path.name.lower().endswith(".gz"):
        return cast(BinaryIO, gzip.open(path, "rb"))
    return path.open("rb")


def _header(path: Path, delimiter: str) -> Header:
    rows = 0
    try:
        with TextIOWrapper(_open(path), encoding="utf-8-sig", newline="") as text:
            for row in csv.reader(text, delimiter=delimiter):
                rows += 1
                names = tuple(name.strip() for name in row)
                if any(names):
                    return Header(names, delimiter, rows)
    except (UnicodeDecodeError, csv.Error) as error:
        raise _not_text(path) from error
    except (OSError, EOFError, zlib.error) as error:
        raise _damaged(path) from error
    raise UserError(f"{path.name} has no line with column names. Write it again, or remove it.")


def _batches(
    file: RawIOBase, found: Header, schema: pa.Schema, block: int
) -> Iterator[pa.RecordBatch]:
    yield from pacsv.open_csv(
        pa.PythonFile(file, mode="r"),
        read_options=pacsv.ReadOptions(
            block_size=block, column_names=schema.names, skip_rows_after_names=found.rows
        ),
        parse_options=pacsv.ParseOptions(delimiter=found.delimiter, newlines_in_values=True),
        convert_options=pacsv.ConvertOptions(
            column_types=schema,
            null_values=[""],
            strings_can_be_null=True,
            quoted_strings_can_be_null=True,
        ),
    )


def _noting(
    failures: list[Exception], batches: Iterator[pa.RecordBatch]
) -> Iterator[pa.RecordBatch]:
    """Pass batches on to DuckDB, which reports what went wrong here in its own words only."""
    try:
        yield from batches
    except (pa.ArrowInvalid, OSError, EOFError, zlib.error) as error:
        failures.append(error)
        raise


def _fault(path: Path, found: Header) -> UserError | None:
    """Read again, slowly, for the line that is at fault. Its text is not repeated."""
    line = 0
    limit = csv.field_size_limit(sys.maxsize)
    try:
        with TextIOWrapper(_open(path), encoding="utf-8-sig", newline="") as text:
            reader = csv.reader(text, delimiter=found.delimiter, strict=True)
            for row in reader:
                if row and len(row) != len(found.columns):
                    return UserError(
                        f"{path.name} line {line + 1} has {len(row)} cells where the header has "
                        f"{len(found.columns)} (delimiter {found.delimiter!r}): truncated? Write "
                        f"the file again, with a quoted cell where one holds the delimiter."
                    )
                line = reader.line_num
    except UnicodeDecodeError as error:
        return UserError(
            f"{path.name} line {_line_not_utf8(path)} is not text in UTF-8 ({error.reason}). Save "
            f"it as CSV in UTF-8, or as Parquet."
        )
    except csv.Error:
        return UserError(
            f"{path.name} line {line + 1} has a quote that is not closed where it should be: "
            f"truncated? Write the file again, with quotes doubled inside quoted cells."
        )
    finally:
        csv.field_size_limit(limit)
    return None


def _line_not_utf8(path: Path) -> int:
    with _open(path) as file:
        for number, line in enumerate(file, 1):
            try:
                line.decode()
            except UnicodeDecodeError:
                return number
    return 0


def _not_text(path: Path) -> UserError:
    return UserError(
        f"{path.name} is not CSV: it does not begin with a line of column names in UTF-8. Save it "
        f"as CSV in UTF-8, or as Parquet."
    )


def _damaged(path: Path) -> UserError:
    return UserError(f"{path.name} cannot be read as CSV: truncated or damaged. Write it again.")
