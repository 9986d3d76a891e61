"""A market in DuckDB from little tables, and what the program makes of it.

The tests of `features` stand on this: `connect` gives clean tables, `prepare_market` the streams as
well, `expect` compares features with a table of values derived by hand.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence

import duckdb
import numpy as np
import pandas as pd
import pyarrow as pa
import pytest
from duckdb import DuckDBPyConnection

from features.asof import Column, History, Window
from features.build import ROW_KEYS, build
from features.feature import Feature, catalogue
from features.hashed_words import HashedWords, hashed
from features.streams import prepare
from features.tables import TABLES
from features.tables import Column as ContractColumn
from features.text import DIMENSIONS, TextSpace
from tests.tabular import arrow, rows

Tables = Mapping[str, str | pd.DataFrame]
Question = Callable[[History], Column]

DEFAULT_KEYS = {"creator_id": "ana", "campaign_id": "tea"}
"""Keys of the rows of `expect` that do not name them."""

_EMPTY_TABLES = "".join(
    f"CREATE TABLE {table.name} ({', '.join(f'{c.name} {c.sql_type}' for c in table.columns)});"
    for table in TABLES.values()
)


def connect(tables: Tables, *, threads: int = 1) -> DuckDBPyConnection:
    """Clean tables of the contract in memory.

    Absent tables are empty, absent columns null or, as null, at their default.
    """
    connection = duckdb.connect(config={"threads": threads})
    connection.execute(_EMPTY_TABLES)
    for name, given in tables.items():
        table = arrow(given) if isinstance(given, str) else pa.Table.from_pandas(given)
        connection.register("given", table)
        values = [
            _value(column, column.name in table.column_names) for column in TABLES[name].columns
        ]
        connection.execute(f"INSERT INTO {name} SELECT {', '.join(values)} FROM given")
        connection.unregister("given")
    return connection


def _value(column: ContractColumn, is_given: bool) -> str:
    value = f"CAST({column.name if is_given else 'NULL'} AS {column.sql_type})"
    return value if column.default is None else f"coalesce({value}, '{column.default}')"


def prepare_market(tables: Tables, *, threads: int = 1) -> DuckDBPyConnection:
    """As `connect`, with the derived streams."""
    connection = connect(tables, threads=threads)
    prepare(connection)
    return connection


def as_rows(table: str) -> pd.DataFrame:
    """Rows to build, from an ASCII table of `as_of` and the keys that differ from the default."""
    frame = pd.DataFrame(rows(table)).astype(object)
    for key, default in DEFAULT_KEYS.items():
        frame[key] = frame[key].astype(str) if key in frame else default
    frame["as_of"] = pd.to_datetime(frame["as_of"], format="ISO8601").astype("datetime64[us]")
    return frame


def topics(*words_of_a_topic: str) -> TextSpace:
    """A space in which every topic, words separated by spaces, is an axis, all of equal weight.

    A text of n words of one topic has similarity 1 with that topic; one with a different word of
    each of two topics lies halfway, at cos 45° = .7071.
    """
    axes = {
        int(hashed([word]).indices[0]): axis
        for axis, words in enumerate(words_of_a_topic)
        for word in words.split()
    }
    columns = np.array(sorted(axes), dtype=np.int64)
    components = np.zeros((len(columns), DIMENSIONS))
    components[np.arange(len(columns)), [axes[column] for column in columns]] = 1.0
    return TextSpace(HashedWords(columns, np.ones(len(columns))), components)


NO_WORDS = topics()
"""The space of a market without texts: every similarity is unknown."""


def expect(
    table: str,
    *,
    asks: Mapping[str, Question] | None = None,
    space: TextSpace = NO_WORDS,
    tolerance: float = 1e-9,
    **tables: str | pd.DataFrame,
) -> None:
    """Compare features with the values that an ASCII table derives by hand.

    Parameters
    ----------
    table : str
        One line a row: `as_of`, `creator_id` and `campaign_id` where they differ from
        `DEFAULT_KEYS`, and a column for each feature that is to be compared: a number, an
        expression such as `log(12.5/1001)`, or nothing where the feature is unknown.
    asks : mapping of str to Question, optional
        What further columns of the table ask of a history.
    tables : str or DataFrame
        The market.
    """
    wanted = as_rows(table)
    questions = {feature.name: feature.compute for feature in catalogue()} | dict(asks or {})
    named = [column for column in wanted.columns if column not in ROW_KEYS]
    found = columns_of(prepare_market(tables), wanted, [questions[name] for name in named], space)
    for i, name in enumerate(named):
        expected = pytest.approx(
            [_number(cell) for cell in wanted[name]], rel=tolerance, abs=tolerance, nan_ok=True
        )
        values = found[i].tolist()
        assert values == expected, f"{name} is {values}, expected {expected}"


def _number(cell: str | None) -> float:
    if cell is None or cell != cell:
        return math.nan
    return float(eval(cell, {"__builtins__": {}}, {"log": math.log, "sqrt": math.sqrt}))


def columns_of(
    connection: DuckDBPyConnection,
    wanted: pd.DataFrame,
    asked: Sequence[Question | Window],
    space: TextSpace = NO_WORDS,
) -> pd.DataFrame:
    """The columns of functions of a history, or of windows, numbered in the order of `asked`."""

    def function(question: Question | Window) -> Question:
        if isinstance(question, Window):
            return lambda history: history.answer(question)
        return question

    features = [
        Feature(str(i), "engagement", "test", "number", ("", ""), "test", function(question))
        for i, question in enumerate(asked)
    ]
    found = build(connection, wanted, space, features)
    return found.set_axis(list(range(len(features))), axis="columns")
