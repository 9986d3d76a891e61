"""How a column as read becomes a column of the contract: SQL by kind of column and DuckDB type.

Every expression gives null, never an error, for a value that cannot be converted.
"""

from __future__ import annotations

import re
from typing import Literal, TypeAlias

from features.tables import Column

Family: TypeAlias = Literal["integer", "decimal", "float", "text", "flag", "time", "list", "other"]

_BLANKS = " \t\n\r\x0b\x0c\u00a0"

_NUMBER = r"[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?"

_NAIVE = r"\d{4}-\d{2}-\d{2}([T ]\d{2}:\d{2}(:\d{2}(\.\d{1,9})?)?)?"

_ZONED = r"\d{4}-\d{2}-\d{2}[T ]\d{2}:\d{2}(:\d{2}(\.\d{1,9})?)?( ?(Z|UTC)|[+-]\d{2}(:?\d{2})?)"

_FAMILIES: tuple[tuple[str, Family], ...] = (
    (r".*\[\d*\]", "list"),
    (r"U?(TINY|SMALL|BIG|HUGE)INT|U?INTEGER", "integer"),
    (r"DECIMAL\(.*", "decimal"),
    (r"FLOAT|DOUBLE", "float"),
    (r"VARCHAR|JSON|UUID|ENUM\(.*", "text"),
    (r"BOOLEAN", "flag"),
    (r"DATE|TIMESTAMP.*", "time"),
)


def quoted(text: str) -> str:
    """`text` as a SQL string literal."""
    return "'" + text.replace("'", "''") + "'"


def identifier(name: str) -> str:
    """`name` as a SQL identifier."""
    return '"' + name.replace('"', '""') + '"'


def family_of(sql_type: str) -> Family:
    """The group of DuckDB types, named as DESCRIBE does, that convert alike."""
    for pattern, family in _FAMILIES:
        if re.fullmatch(pattern, sql_type, re.DOTALL):
            return family
    return "other"


def given(column: Column, sql_type: str, value: str) -> str:
    """SQL that is true where `value` holds something: what is not given is missing, not wrong.

    Not given are null, NaN, and blank text; in a column of text itself only the empty one, and
    where it is required not even that.
    """
    family = family_of(sql_type)
    if family == "float":
        missing = f"isnan({value})"
    elif family != "text":
        missing = "false"
    elif column.kind == "text":
        # CSV cannot tell an empty text from none: they are one thing, whatever the format.
        missing = "false" if column.required else f"CAST({value} AS VARCHAR) = ''"
    elif column.kind in ("count", "amount", "share"):
        # Writers of CSV spell a missing number 'nan'.
        missing = f"lower({_stripped(value)}) IN ('', 'nan')"
    else:
        missing = f"NOT {_filled(value)}"
    return f"({value} IS NOT NULL AND NOT {missing})"


def converted(column: Column, sql_type: str, value: str) -> str:
    """SQL that turns `value` into the column's own type, null where that cannot be done.

    Parameters
    ----------
    column : Column
        What it is to become.
    sql_type : str
        DuckDB type of `value`.
    value : str
        SQL of the value as read.
    """
    family = family_of(sql_type)
    match column.kind:
        case "id":
            sql = _id(family, value)
        case "text":
            sql = _text(family, value, keep_empty=column.required)
        case "word":
            sql = f"nullif({_stripped(value)}, '')" if family == "text" else _id(family, value)
            sql = f"lower({sql})" if column.known else sql
        case "count" | "amount" | "share":
            sql = _number(family, value)
        case "flag":
            sql = _flag(family, value)
        case "time":
            sql = _time(family, sql_type, value)
        case "list":
            sql = _list(family, sql_type, value)
    return f"CAST({sql} AS {column.sql_type})"


def _stripped(value: str) -> str:
    return f"trim(CAST({value} AS VARCHAR), {quoted(_BLANKS)})"


def _filled(value: str) -> str:
    # Four times as fast as stripping, and asked of every id.
    return f"regexp_matches(CAST({value} AS VARCHAR), {quoted(f'[^{_BLANKS}]')})"


def _id(family: Family, value: str) -> str:
    match family:
        case "integer":
            return f"CAST({value} AS VARCHAR)"
        case "decimal":
            whole = f"regexp_extract(CAST({value} AS VARCHAR), '^(-?\\d+)(\\.0*)?$', 1)"
            return f"nullif({whole}, '')"
        case "float":
            # From 2^53 on neighbouring integers share one double: the id that was meant is lost.
            exact = f"{value} = trunc({value}) AND abs({value}) < 9007199254740992"
            return f"CASE WHEN {exact} THEN CAST(TRY_CAST({value} AS BIGINT) AS VARCHAR) END"
        case "text":
            return f"CASE WHEN {_filled(value)} THEN CAST({value} AS VARCHAR) END"
    return "NULL"


def _text(family: Family, value: str, keep_empty: bool) -> str:
    if family in ("time", "list", "other"):
        return "NULL"
    if family == "float":
        return f"CASE WHEN NOT isnan({value}) THEN CAST({value} AS VARCHAR) END"
    text = f"CAST({value} AS VARCHAR)"
    return text if keep_empty else f"nullif({text}, '')"


def _number(family: Family, value: str) -> str:
    if family not in ("integer", "decimal", "float", "text"):
        return "NULL"
    number = f"CAST({value} AS DOUBLE)"
    if family == "text":
        text = _stripped(value)
        # A bare cast would take '1_000' and 'inf'.
        number = (
            f"CASE WHEN regexp_full_match({text}, '{_NUMBER}') THEN TRY_CAST({text} AS DOUBLE) END"
        )
    # Minus zero is zero, or equal tables would differ in their hashes.
    return f"CASE WHEN {number} = 0 THEN 0.0 WHEN isfinite({number}) THEN {number} END"


def _flag(family: Family, value: str) -> str:
    if family == "flag":
        return value
    if family == "text":
        text = f"lower({_stripped(value)})"
        yes, no = "'true', 't', 'yes', '1', '1.0'", "'false', 'f', 'no', '0', '0.0'"
        return f"CASE WHEN {text} IN ({yes}) THEN true WHEN {text} IN ({no}) THEN false END"
    if family in ("integer", "decimal", "float"):
        return f"CASE WHEN {value} = 1 THEN true WHEN {value} = 0 THEN false END"
    return "NULL"


def _time(family: Family, sql_type: str, value: str) -> str:
    # By way of microseconds since 1970, which 'infinity' has none of: a cast of a time with zone
    # would follow the time zone of the session.
    if family == "text":
        text = f"upper({_stripped(value)})"
        naive = f"TRY_CAST({text} AS TIMESTAMP)"
        # A cast to TIMESTAMP would drop the offset; one to TIMESTAMPTZ applies it.
        zoned = f"make_timestamp(epoch_us(TRY_CAST({text} AS TIMESTAMPTZ)))"
        return (
            f"CASE WHEN regexp_full_match({text}, '{_NAIVE}') THEN {naive}"
            f" WHEN regexp_full_match({text}, '{_ZONED}') THEN {zoned} END"
        )
    if family != "time":
        return "NULL"
    if sql_type.endswith("_NS"):
        return f"make_timestamp(epoch_ns({value}) // 1000)"
    return f"make_timestamp(epoch_us({value}))"


def _list(family: Family, sql_type: str, value: str) -> str:
    if family == "list":
        if family_of(sql_type[: sql_type.rindex("[")]) not in ("text", "integer", "decimal"):
            return "NULL"
        words = f"CAST({value} AS VARCHAR[])"
    elif family == "text":
        text = _stripped(value)
        words = (
            f"CASE WHEN {text} = '' THEN NULL"
            f" WHEN {text} LIKE '[%' AND json_valid({text})"
            f" THEN json_extract_string({text}, '$[*]')"
            f" WHEN {text} LIKE '[%]' THEN TRY_CAST({text} AS VARCHAR[])"
            f" ELSE string_split_regex({text}, '[;|,\\s]+') END"
        )
    else:
        return "NULL"
    words = f"list_transform({words}, lambda word: trim(word, {quoted(_BLANKS)}))"
    return f"list_filter({words}, lambda word: word <> '')"
