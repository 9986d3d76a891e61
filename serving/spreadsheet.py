"""Tables as CSV that a spreadsheet opens as text and numbers, and never as formulas.

Lists become text, times ISO text, and a text that a spreadsheet would take for a formula gets a
quote before it.
"""

from __future__ import annotations

from io import BytesIO

import pandas as pd
import pyarrow as pa
import pyarrow.csv

FORMULA = ("=", "+", "-", "@", "\t", "\r")
"""How a text begins that a spreadsheet would run."""


def plain(table: pd.DataFrame) -> pa.Table:
    """The table as text, numbers and flags; what is missing of a text is empty.

    Examples
    --------
    >>> told = plain(pd.DataFrame({"id": ["=1+1", None], "reasons": [["a", "b"], []]}))
    >>> told.to_pylist()
    [{'id': "'=1+1", 'reasons': 'a; b'}, {'id': '', 'reasons': ''}]
    """
    return pa.table({str(name): _plain(column) for name, column in table.items()})


def csv_of(table: pd.DataFrame) -> bytes:
    """A table as such a file, in UTF-8."""
    told = BytesIO()
    pyarrow.csv.write_csv(plain(table), told)
    return told.getvalue()


def _plain(column: pd.Series) -> pa.Array:
    if isinstance(column.dtype, pd.DatetimeTZDtype):
        column = column.dt.strftime("%Y-%m-%dT%H:%M:%SZ")
    if pd.api.types.is_numeric_dtype(column.dtype):
        return pa.Array.from_pandas(column)
    return pa.array([inert(value) for value in column], pa.string())


def inert(value: object) -> str:
    """A value as text that no spreadsheet takes for a formula; lists with ; between the items."""
    if isinstance(value, str):
        text = value
    elif hasattr(value, "__iter__"):
        text = "; ".join(map(str, value))
    else:
        text = "" if pd.isna(value) else str(value)  # type: ignore[call-overload]
    return f"'{text}" if text.startswith(FORMULA) else text
