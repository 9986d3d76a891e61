"""What values of any type become, and how a table's content is told apart."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from typing import Any

import pyarrow as pa
import pytest

from features.errors import Exit, UserError
from tests.tabular import Open, clean, posts_of_one

# Columns that cannot be converted at all --------------------------------------------------------


@pytest.mark.parametrize(
    ("column", "values", "found"),
    [
        ("published_at", ["soon", "later"], "VARCHAR such as 'soon'"),
        ("published_at", [1767225600, 1767225601], "BIGINT such as '1767225600'"),
        ("links", ["a", "b"], "VARCHAR such as 'a'"),
        ("links", [{"n": 1}, {"n": 2}], r"STRUCT\(n BIGINT\)\."),
        ("links", [True, False], "BOOLEAN such as 'true'"),
        ("sponsored", [2, 3], "BIGINT such as '2'"),
        ("domains", [1.5, 2.5], "DOUBLE such as '1.5'"),
        ("post_id", [0.5, 1.5], "DOUBLE such as '0.5'"),
        ("post_id", [b"x", b"y"], r"BLOB\."),
    ],
)
def test_a_column_of_which_nothing_can_be_read_stops_and_says_what_was_found(
    opened: Open, column: str, values: list[Any], found: str
) -> None:
    posts = posts_of_one(2, 0).drop_columns(
        [column] if column in ("post_id", "published_at") else []
    )
    posts = posts.drop_columns([column]) if column in posts.column_names else posts
    posts = posts.append_column(column, pa.array(values))
    with pytest.raises(UserError, match=f"posts .*{column} can be read. Found: {found}") as caught:
        opened({"posts": posts})
    assert caught.value.exit_status == Exit.INPUT
    assert "Expected: " in str(caught.value)


def test_what_a_person_wrote_is_not_shown_when_it_cannot_be_read(opened: Open) -> None:
    posts = (
        posts_of_one(2, 0).drop_columns(["text"]).append_column("text", pa.array([["secret"]] * 2))
    )
    with pytest.raises(UserError, match=r"Found: VARCHAR\[\]\. Expected: text") as caught:
        opened({"posts": posts})
    assert "secret" not in str(caught.value)


def test_a_column_that_holds_nothing_is_unknown_whatever_its_type(opened: Open) -> None:
    nothing: pa.Array = pa.array([None, None], pa.struct([("n", pa.int64())]))
    posts = posts_of_one(2, 0).drop_columns(["links"]).append_column("links", nothing)
    assert clean(opened({"posts": posts}), "posts", ["links"]) == [{"links": None}] * 2


# Conversion -------------------------------------------------------------------------------------


def _converted(opened: Open, column: str, values: pa.Array) -> list[str | None]:
    """What `values` become as a column of `posts` (those that cannot be read go to quarantine)."""
    n = len(values)
    posts = {
        "post_id": pa.array([f"p{i}" for i in range(n)]),
        "creator_id": pa.array(["c1"] * n),
        "published_at": pa.array(["2026-01-01"] * n),
        column: values,
    }
    market = opened({"posts": pa.table(posts)})
    order = "published_at, post_id" if column == "published_at" else "post_id"
    found = market.connection.execute(f"SELECT {column} FROM posts ORDER BY {order}").fetchall()
    return [None if value is None else str(value) for (value,) in found]


@pytest.mark.parametrize(
    ("values", "expected"),
    [
        (pa.array([9007199254740993, 7]), ["7", "9007199254740993"]),
        (pa.array([2**64 - 1], pa.uint64()), ["18446744073709551615"]),
        (pa.array([12.0, 2.0**53, 0.5]), ["12"]),
        (pa.array([12, 34]).cast(pa.decimal128(38, 0)), ["12", "34"]),
        (pa.array(["007", "1e3", " a b ", " ", ""]), [" a b ", "007", "1e3"]),
        (pa.array(["x", "y"]).dictionary_encode(), ["x", "y"]),
    ],
)
def test_ids_become_text_exactly_or_not_at_all(
    opened: Open, values: pa.Array, expected: list[str]
) -> None:
    posts = posts_of_one(len(values), 0).drop_columns(["post_id"]).append_column("post_id", values)
    market = opened({"posts": posts})
    assert sorted(str(row["post_id"]) for row in clean(market, "posts", ["post_id"])) == expected


@pytest.mark.parametrize(
    "value",
    [
        "2026-01-01T10:30:00Z",
        "2026-01-01 10:30:00",
        "2026-01-01T10:30",
        "2026-01-01 12:30:00+02",
        "2026-01-01T05:00:00.000000-05:30",
        "2026-01-01T10:30:00 UTC",
        "2026-01-01T10:30:00.0z",
    ],
)
def test_text_is_a_time_with_its_offset_and_utc_without(opened: Open, value: str) -> None:
    assert _converted(opened, "published_at", pa.array([value])) == ["2026-01-01 10:30:00"]


@pytest.mark.parametrize(
    "kind",
    [
        pa.timestamp("s"),
        pa.timestamp("ms"),
        pa.timestamp("us"),
        pa.timestamp("ns"),
        pa.timestamp("us", "UTC"),
        pa.timestamp("us", "America/New_York"),
        pa.timestamp("ns", "Asia/Tokyo"),
    ],
)
def test_a_timestamp_is_utc_with_and_without_zone(opened: Open, kind: pa.DataType) -> None:
    values = pa.array([dt.datetime(2026, 1, 1, 10, 30)], pa.timestamp("s")).cast(kind)
    assert _converted(opened, "published_at", values) == ["2026-01-01 10:30:00"]


def test_a_date_is_its_first_moment(opened: Open) -> None:
    values = pa.array([dt.date(2026, 1, 1)])
    assert _converted(opened, "published_at", values) == ["2026-01-01 00:00:00"]


@pytest.mark.parametrize(
    ("values", "expected"),
    [
        (pa.array([1.5, float("nan"), None, -0.0]), ["1.5", None, None, "0.0"]),
        (pa.array([1, 2**53]), ["1.0", "9007199254740992.0"]),
        (pa.array([" 1.5 ", "1e3", "NaN", "", "-0", ".5"]), "1.5 1000.0 None None 0.0 0.5"),
        (pa.array([Decimal("1.00"), Decimal("2.00")]), ["1.0", "2.0"]),
    ],
)
def test_counts_are_numbers_and_nan_is_unknown(
    opened: Open, values: pa.Array, expected: list[str | None] | str
) -> None:
    if isinstance(expected, str):
        expected = [None if word == "None" else word for word in expected.split()]
    assert _converted(opened, "links", values) == expected


@pytest.mark.parametrize(
    "values",
    [
        pa.array([True, False, None]),
        pa.array([1, 0, None]),
        pa.array([1.0, 0.0, float("nan")]),
        pa.array(["TRUE", "False", ""]),
        pa.array(["t", "F", " "]),
        pa.array(["yes", "NO", None]),
        pa.array(["1", "0", None]),
    ],
)
def test_flags_are_read_from_their_usual_spellings(opened: Open, values: pa.Array) -> None:
    assert _converted(opened, "sponsored", values) == ["True", "False", None]


@pytest.mark.parametrize(
    "value",
    [
        ["a.com", " b.org "],
        "a.com;b.org",
        "a.com | b.org",
        "a.com, b.org,",
        " a.com\tb.org\n",
        '["a.com", "b.org", null]',
        "['a.com', 'b.org']",
        "[a.com, b.org]",
    ],
)
def test_lists_are_read_from_their_usual_spellings(opened: Open, value: Any) -> None:
    assert _converted(opened, "domains", pa.array([value])) == ["['a.com', 'b.org']"]


def test_an_empty_list_is_not_an_unknown_one(opened: Open) -> None:
    values = pa.array([[], None], pa.list_(pa.string()))
    assert _converted(opened, "domains", values) == ["[]", None]
    assert _converted(opened, "domains", pa.array(["[]", ""])) == ["[]", None]


def test_words_are_stripped_and_kinds_lowered(opened: Open) -> None:
    creators = pa.table({"creator_id": ["c1"], "platform": [" TikTok\n"], "language": ["  "]})
    market = opened({"creators": creators, "credentials": "creator_id | kind\n c1 | BOOK"})
    assert clean(market, "creators", ["platform", "language"]) == [
        {"platform": "TikTok", "language": None}
    ]
    assert clean(market, "credentials", ["kind"]) == [{"kind": "book"}]


def test_an_empty_text_is_unknown_but_an_empty_brief_is_a_brief(opened: Open, form: str) -> None:
    market = opened(
        {
            "campaigns": pa.table(
                {"campaign_id": ["k1"], "brief": [""], "starts_at": ["2026-01-01"]}
            ),
            "creators": pa.table({"creator_id": ["c1"], "bio": [""]}),
        },
        form,
    )
    assert clean(market, "campaigns", ["brief"]) == [{"brief": ""}]
    assert clean(market, "creators", ["bio"]) == [{"bio": None}]


def test_a_missing_brief_breaks_a_rule_where_the_form_can_tell(opened: Open) -> None:
    campaigns = "campaign_id | brief | starts_at\n k1 | | 2026-01-01\n k2 | Tea | 2026-01-01"
    assert opened({"campaigns": campaigns}).tables["campaigns"].quarantined == {
        "brief is missing": 1
    }


# Texts ------------------------------------------------------------------------------------------

TEXTS = [
    "🦊👩‍👩‍👧 ünïcödé 中文 العربية \u202e\u200b",
    "\x00\x01\x1b[31mred\x7f\x9f",
    "<script>alert('x')</script>&amp;",
    '=HYPERLINK("http://example.org")',
    "'; DROP TABLE posts; --",
    "line one\nline two\r\nline three\rfour\ttab",
    ' "quoted", and; more | of it ',
    "NULL",
    "x" * 3_000_000,
]


def test_texts_survive_unchanged(opened: Open, form: str) -> None:
    posts = pa.table(
        {
            "post_id": [f"p{i}" for i in range(len(TEXTS))],
            "creator_id": ["c1"] * len(TEXTS),
            "published_at": ["2026-01-01"] * len(TEXTS),
            "text": TEXTS,
        }
    )
    market = opened({"posts": posts}, form)
    found = market.connection.execute("SELECT text FROM posts ORDER BY post_id").fetchall()
    assert [text for (text,) in found] == TEXTS


def test_texts_in_quarantine_survive_unchanged(opened: Open, form: str) -> None:
    posts = pa.table(
        {
            "post_id": [f"p{i}" for i in range(len(TEXTS) + 1)],
            "creator_id": ["c1"] * (len(TEXTS) + 1),
            "published_at": ["2026-01-01"] + ["1980-01-01"] * len(TEXTS),
            "text": ["fine", *TEXTS],
        }
    )
    quarantined = opened({"posts": posts}, form).quarantine("posts")
    assert quarantined is not None
    assert quarantined["text"].to_pylist() == TEXTS


# The hash of the content ------------------------------------------------------------------------


def _hash(opened: Open, posts: str) -> str:
    return opened({"posts": posts}).tables["posts"].sha256


def test_the_hash_does_not_depend_on_the_order_of_rows(opened: Open) -> None:
    header = "post_id | creator_id | published_at\n"
    one, two = "p1 | c1 | 2026-01-01\n", "p2 | c1 | 2026-01-02\n"
    assert _hash(opened, header + one + two) == _hash(opened, header + two + one)


def test_the_hash_tells_apart_what_differs_in_one_value(opened: Open) -> None:
    header = "post_id | creator_id | published_at | links | text\n"
    variants = [
        "p1 | c1 | 2026-01-01 |   |",
        "p1 | c2 | 2026-01-01 |   |",
        "p1 | c1 | 2026-01-02 |   |",
        "p1 | c1 | 2026-01-01 | 0 |",
        "p1 | c1 | 2026-01-01 | 1 |",
        "p1 | c1 | 2026-01-01 |   | -",
        "p1 | c1 | 2026-01-01 | 1 |\np2 | c1 | 2026-01-01 | 1 |",
    ]
    assert len({_hash(opened, header + variant) for variant in variants}) == len(variants)
