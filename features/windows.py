"""Windows computed: one column of numbers for each window that features ask for."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, TypeAlias

import numpy as np
import numpy.typing as npt

from features.streams import STREAMS
from features.streams.posts import POST_STATES
from features.streams.spec import StreamSpec
from features.window_queries import Window, queries

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

Column: TypeAlias = np.ma.MaskedArray[tuple[int], np.dtype[np.float64]]
"""One float64 a row, masked where unknown.

numpy.ma masks x/0 and log(x <= 0): nothing of nothing is null.
"""


def compute_windows(
    connection: DuckDBPyConnection, windows: Iterable[Window], *, rows: int
) -> dict[Window, Column]:
    """Compute windows for the rows in the connection's tables `moments` and `build_rows`.

    Parameters
    ----------
    connection : DuckDBPyConnection
        Holds the prepared streams (`streams.prepare`), `moments (moment_id, creator_id, as_of)`,
        `build_rows (row_id, moment_id, creator_id, campaign_id, as_of, creator_language,
        brief_language)` with `row_id` counting from 0, and the vectors of texts.
    rows : int
        Number of rows in `build_rows`.

    Returns
    -------
    dict
        For every window a column of `rows` float64, masked where nothing is known.
    """
    connection.execute(f"CREATE OR REPLACE TEMP TABLE post_states AS {POST_STATES}")
    moment_of_row = _fetch(connection, "SELECT moment_id FROM build_rows ORDER BY row_id")[
        "moment_id"
    ].astype(np.int64)
    moments = int(moment_of_row.max(initial=-1)) + 1
    seen = (
        "SELECT moment_id AS key FROM moments m JOIN first_touch f USING (creator_id)"
        " WHERE f.known_at < m.as_of"
    )
    touched = _marked(_fetch(connection, seen), moments)
    columns: dict[Window, Column] = {}
    by_stream: dict[str, list[Window]] = {}
    for window in windows:
        by_stream.setdefault(window.stream, []).append(window)
    for name, asked in by_stream.items():
        spec = STREAMS[name]
        keys = rows if spec.by_brief else moments
        computed, known = _compute_stream(connection, spec, asked, keys)
        if spec.zero_when_touched:
            known |= touched
        for window, values in computed.items():
            if window.measure in ("count", "distinct"):
                values[np.isnan(values) & known] = 0.0
            columns[window] = np.ma.masked_invalid(
                values if spec.by_brief else values[moment_of_row]
            )
    connection.execute("DROP TABLE post_states")
    return columns


def _compute_stream(
    connection: DuckDBPyConnection, spec: StreamSpec, windows: Sequence[Window], keys: int
) -> tuple[dict[Window, npt.NDArray[np.float64]], npt.NDArray[np.bool_]]:
    """Windows of one stream, one value a key, NaN where there is none; keys with an event."""
    columns: dict[Window, npt.NDArray[np.float64]] = {}
    known = np.zeros(keys, dtype=bool)
    for query, asked in queries(spec, windows):
        found = _fetch(connection, query)
        # The first query has all keys with an event, the others no further ones.
        known |= _marked(found, keys)
        for i, window in enumerate(asked):
            columns[window] = np.full(keys, np.nan)
            columns[window][found["key"].astype(np.int64)] = found[f"w{i}"]
    return columns, known


def _marked(found: dict[str, npt.NDArray[np.float64]], keys: int) -> npt.NDArray[np.bool_]:
    marked = np.zeros(keys, dtype=bool)
    marked[found["key"].astype(np.int64)] = True
    return marked


def _fetch(connection: DuckDBPyConnection, query: str) -> dict[str, npt.NDArray[np.float64]]:
    table = connection.sql(query).to_arrow_table()
    return {
        name: table[name].cast("float64").to_numpy(zero_copy_only=False).astype(np.float64)
        for name in table.column_names
    }
