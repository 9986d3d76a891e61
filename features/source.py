"""A folder of Parquet or CSV tables, or a DuckDB file in; clean typed tables in DuckDB out."""

from __future__ import annotations

import shutil
from collections.abc import Collection, Mapping, Sequence
from contextlib import ExitStack, closing
from pathlib import Path
from tempfile import TemporaryDirectory
from types import TracebackType
from typing import TYPE_CHECKING

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq

from features import quarantine, reading, validation
from features.conversion import quoted
from features.errors import Exit, UserError
from features.proposed import OFFERS_OF_ONE, Proposed
from features.reading import Raw
from features.tables import TABLES, Table
from features.validation import TableReport

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

READING_MEMORY = 2 << 30
"""Bytes that DuckDB may hold while it reads; it puts the rest into the temporary folder."""

_CLEAN_FILE = "market.duckdb"


class Market:
    """Clean tables of the contract in a temporary DuckDB database, which `close` deletes.

    Attributes
    ----------
    connection : DuckDBPyConnection
        Holds every table of the contract, absent ones empty, each with all its columns in contract
        order (absent ones null, or the default), its rows sorted by `Table.order`; nothing else.
    tables : mapping
        Table name -> what was found; every table of the contract.
    over_limit : list of str
        One message for each table with too many bad rows, where `open_market` was tolerant.
    """

    def __init__(
        self,
        connection: DuckDBPyConnection,
        tables: dict[str, TableReport],
        over_limit: list[str],
        folder: TemporaryDirectory[str],
    ) -> None:
        self.connection = connection
        self.tables = tables
        self.over_limit = over_limit
        self._folder = folder

    def has(self, table: str) -> bool:
        """Whether the table was opened and holds at least one clean row."""
        return self.tables[table].rows > 0

    def rows(self, table: str) -> int:
        """Number of clean rows."""
        return self.tables[table].rows

    def quarantine(self, table: str) -> pa.Table | None:
        """Rows that broke a rule, as read, in file order, with `rules`; None where none did."""
        path = _quarantine_path(Path(self._folder.name), table)
        return pq.read_table(path, partitioning=None) if path.exists() else None

    def write_quarantine(self, folder: Path) -> list[Path]:
        """Write `folder/<table>.parquet` for each table with such rows; give the paths written."""
        written: list[Path] = []
        for table in TABLES:
            path = _quarantine_path(Path(self._folder.name), table)
            if path.exists():
                folder.mkdir(parents=True, exist_ok=True)
                written.append(Path(shutil.copyfile(path, folder / f"{table}.parquet")))
        return written

    def close(self) -> None:
        """Close the connection and delete the tables. May be called twice."""
        self.connection.close()
        self._folder.cleanup()

    def __enter__(self) -> Market:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()


def open_market(
    data: Path,
    *,
    needs: Collection[str] = (),
    uses: Collection[str] = (),
    max_bad: float = 0.05,
    tolerant: bool = False,
    proposed: Proposed | None = None,
) -> Market:
    """Read, check and clean the tables in `needs` and `uses`.

    Parameters
    ----------
    data : Path
        A folder that holds each table as `NAME.parquet`, as a folder `NAME/` of Parquet files, as
        `NAME.csv` or as `NAME.csv.gz`; or a DuckDB file with tables or views in schema main, which
        is opened read-only.
    needs, uses : collection of str
        Tables that must be there, and tables that are read where they are (see `tables.NEEDS`).
    max_bad : float
        Share of a table's rows (0..1) that may break a rule; duplicates do not count.
    tolerant : bool
        Keep what is over that limit in `Market.over_limit` instead of raising.
    proposed : Proposed, optional
        A campaign to put beside those of the data. Its file of offers is read in place of the table
        `offers`, and checked as that is.

    Returns
    -------
    Market
        To be closed, or used in `with`. It lies in the system's temporary folder (`TMPDIR`).

    Raises
    ------
    UserError
        `Exit.INPUT`: the data, a needed table or a required column is missing, or cannot be read.
        `Exit.QUARANTINE`: more than `max_bad` of a table's rows broke a rule.

    Examples
    --------
    >>> needs, uses = NEEDS["score"]
    >>> with open_market(Path("data"), needs=needs, uses=uses) as market:  # doctest: +SKIP
    ...     market.connection.sql("FROM posts WHERE kind = 'original'")
    """
    data = data.absolute()
    if not 0 <= max_bad <= 1:
        raise UserError(f"--max-bad is {max_bad}: give a share between 0 and 1, such as 0.05.")
    if not data.exists():
        raise UserError(f"{data} does not exist. Give the folder or DuckDB file of the tables.")
    wanted = [TABLES[name] for name in sorted({*needs, *uses}, key=list(TABLES).index)]
    with ExitStack() as undo:
        folder = TemporaryDirectory(prefix="suasion-", ignore_cleanup_errors=True)
        undo.callback(folder.cleanup)
        place = Path(folder.name)
        with closing(_reader(place)) as reader:
            if data.is_file():
                _attach(reader, place, data)
            of_data = [t for t in wanted if proposed is None or t.name != "offers"]
            found = _open(reader, data, of_data, place / "links")
            _require(data, needs, [*found, *(["offers"] if proposed else [])])
            if proposed is not None:
                found["offers"] = _given(reader, proposed.offers, place)
            tables, over_limit = _read(reader, found, place, max_bad, tolerant, proposed)
        connection = _connect(place, str(place / _CLEAN_FILE))
        if proposed is not None:
            proposed.enter(connection)
        undo.pop_all()
    return Market(connection, tables, over_limit, folder)


def _connect(place: Path, database: str) -> DuckDBPyConnection:
    # Nothing in the data may make the program fetch code from elsewhere.
    offline = {"autoinstall_known_extensions": False, "autoload_known_extensions": False}
    connection = duckdb.connect(
        database, config={"temp_directory": str(place / "spill"), **offline}
    )
    # It would be drawn into logs and between our own lines.
    connection.execute("SET enable_progress_bar = false")
    return connection


def _reader(place: Path) -> DuckDBPyConnection:
    """A connection of its own for reading, so that the market's shows nothing but clean tables."""
    reader = _connect(place, ":memory:")
    [(own,)] = reader.execute(
        "SELECT parse_formatted_bytes(current_setting('memory_limit'))"
    ).fetchall()
    reader.execute(f"SET memory_limit = '{min(int(own), READING_MEMORY)}B'")
    # The statistics of Parquet files leave NaN out, and DuckDB would conclude that there is none.
    reader.execute("SET disabled_optimizers = 'statistics_propagation'")
    reader.execute(f"ATTACH {quoted(str(place / _CLEAN_FILE))} AS {validation.CLEAN}")
    reader.execute(f"ATTACH {quoted(str(place / 'stage.duckdb'))} AS stage")
    return reader


def _attach(reader: DuckDBPyConnection, place: Path, data: Path) -> None:
    if "?" in str(data.resolve()) and data.with_name(f"{data.name}.wal").exists():
        # DuckDB looks for this file elsewhere then, and would silently leave out what it holds.
        raise UserError(
            f"{data} has changes that are not written into it yet ({data.name}.wal), and a path "
            f"with '?', of which DuckDB cannot read both. Rename the folder or file."
        )
    try:
        path = quoted(str(reading.plain(data, place / "links")))
        reader.execute(f"ATTACH {path} AS {reading.SOURCE} (READ_ONLY, TYPE duckdb)")
    except duckdb.Error as error:
        why = "it is none, or was written by a newer version"
        if "lock" in str(error).lower():
            why = "another program is writing to it"
        raise UserError(
            f"{data} cannot be opened as a DuckDB file: {why}. Give a folder that holds the "
            f"tables, or a DuckDB file that nobody writes to."
        ) from error
    # A view is SQL that came with the data: it may read what lies beside the file, nothing else.
    allowed = ", ".join(quoted(str(folder)) for folder in (place, data.parent))
    reader.execute(f"SET allowed_directories = [{allowed}]")
    reader.execute("SET enable_external_access = false")
    reader.execute("SET lock_configuration = true")


def _open(
    reader: DuckDBPyConnection, data: Path, wanted: Sequence[Table], links: Path
) -> dict[str, Raw]:
    """Open every table before the first is read, so that what is missing is said at once."""
    found: dict[str, Raw] = {}
    for table in wanted:
        if data.is_file():
            raw = reading.open_attached(reader, data, table)
        else:
            raw = reading.open_table(reader, data, table, links)
        if raw is not None:
            found[table.name] = raw
    return found


def _given(reader: DuckDBPyConnection, file: Path, place: Path) -> Raw:
    """Open a file of offers; a copy, as beside a DuckDB file nothing else may be read."""
    (place / "given").mkdir()
    copy = Path(shutil.copyfile(file, place / "given" / file.name))
    return reading.open_file(reader, copy, OFFERS_OF_ONE, place / "links")


def _require(data: Path, needs: Collection[str], found: Collection[str]) -> None:
    missing = [name for name in TABLES if name in needs and name not in found]
    if not missing:
        return
    form = "tables or views of schema main"
    if data.is_dir():
        form = "NAME.parquet, a folder NAME/ of Parquet files, or NAME.csv"
    expected = ", ".join(name for name in TABLES if name in needs)
    raise UserError(
        f"{data} lacks table {', '.join(missing)}. Found: {', '.join(found) or 'none'}. Expected: "
        f"{expected}, as {form}. Add what is missing, or name the data that hold it."
    )


def _read(
    reader: DuckDBPyConnection,
    found: Mapping[str, Raw],
    place: Path,
    max_bad: float,
    tolerant: bool,
    proposed: Proposed | None,
) -> tuple[dict[str, TableReport], list[str]]:
    reports: dict[str, TableReport] = {}
    over_limit: list[str] = []
    own = {} if proposed is None else {"offers": OFFERS_OF_ONE}
    contract = [own.get(table.name, table) for table in TABLES.values()]
    # Parents first: orphans are judged against clean parents.
    for table in sorted(contract, key=lambda table: len(table.parents) > 0):
        report = validation.create(reader, table)
        if (raw := found.get(table.name)) is not None:
            report = validation.check(reader, table, raw, found)
            file = raw.where if table.name in own else None
            message = quarantine.over_limit(reader, table, report, max_bad, file)
            if message and not tolerant:
                raise UserError(message, Exit.QUARANTINE)
            if message:
                over_limit.append(message)
            if table.name in own and not report.rows:
                raise UserError(
                    f"{raw.where} holds no offer that can be used ({report.rows_read} rows read): "
                    "give one line a package, with creator_id and fee"
                )
            if report.quarantined:
                quarantine.write(reader, raw, _quarantine_path(place, table.name))
        reports[table.name] = report
    return {name: reports[name] for name in TABLES}, over_limit


def _quarantine_path(place: Path, table: str) -> Path:
    return place / f"quarantine-{table}.parquet"
