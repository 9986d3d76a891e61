"""Which rows are clean, which go to quarantine and why: rows in, clean rows and rules out."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack
from decimal import Decimal
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest

from features.errors import Exit, UserError
from features.source import Market, open_market
from features.tables import TABLES
from tests.tabular import FORMS, clean, rows, write

Open = Callable[..., Market]

PARENTS = {
    "creators": """
        creator_id
        c1
        c2
    """,
    "campaigns": """
        campaign_id | brief | starts_at
        k1          | Tea   | 2026-03-01
        k2          | Bread | 2026-04-01
    """,
}


@pytest.fixture(params=FORMS)
def form(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture
def opened(tmp_path: Path) -> Iterator[Open]:
    """Open tables beside two creators and two campaigns; any share of bad rows is allowed."""
    with ExitStack() as stack:

        def opened(
            tables: Mapping[str, str | pa.Table], form: str = "parquet", **options: Any
        ) -> Market:
            data = write(tmp_path / "data", form, {**PARENTS, **tables})
            return stack.enter_context(open_market(data, uses=TABLES, **{"max_bad": 1, **options}))

        yield opened


# Rules ------------------------------------------------------------------------------------------

BROKEN_ROWS = [
    ("posts", "post_id is missing", "post_id", None),
    ("posts", "creator_id is missing", "creator_id", " "),
    ("posts", "creator_id is not in creators", "creator_id", "nobody"),
    ("posts", "published_at is missing", "published_at", None),
    ("posts", "published_at cannot be read", "published_at", "yesterday"),
    ("posts", "published_at cannot be read", "published_at", "2026-02-30"),
    ("posts", "published_at outside 1990..2100", "published_at", "1989-12-31T23:59:59"),
    ("posts", "published_at outside 1990..2100", "published_at", "2101-01-01"),
    ("posts", "links is negative", "links", "-1"),
    ("posts", "links cannot be read", "links", "many"),
    ("posts", "links cannot be read", "links", "1_000"),
    ("posts", "links cannot be read", "links", "inf"),
    ("posts", "sponsored cannot be read", "sponsored", "perhaps"),
    ("outcomes", "campaign_id is not in campaigns", "campaign_id", "none"),
    ("outcomes", "creator_id is not in creators", "creator_id", "nobody"),
    ("outcomes", "conversions is missing", "conversions", None),
    ("outcomes", "conversions is negative", "conversions", "-0.5"),
    ("outcomes", "conversions exceed exposed (people)", "conversions", "101"),
    (
        "outcomes",
        "control_conversions exceed control_exposed (people)",
        "control_conversions",
        "51",
    ),
    ("outcomes", "exposed_unit is not people or impressions", "exposed_unit", "eyes"),
    ("outcomes", "propensity outside 0..1", "propensity", "1.01"),
    ("outcomes", "propensity outside 0..1", "propensity", "-0.01"),
    ("outcomes", "fee is negative", "fee", "-1"),
    ("candidates", "picked is missing", "picked", None),
    ("candidates", "campaign_id is not in campaigns", "campaign_id", "none"),
    ("offers", "fee is missing", "fee", None),
    ("offers", "creator_id is not in creators", "creator_id", "nobody"),
    ("audience", "followers is missing", "followers", None),
    ("audience", "creator_id is not in creators", "creator_id", "nobody"),
    ("credentials", "kind is missing", "kind", None),
    ("credentials", "creator_id is not in creators", "creator_id", "nobody"),
    ("post_metrics", "views is negative", "views", "-1"),
    ("post_metrics", "observed_at is missing", "observed_at", None),
    ("interactions", "actor_id is missing", "actor_id", None),
    ("interactions", "occurred_at cannot be read", "occurred_at", "12"),
]

GOOD_ROWS = {
    "posts": """
        post_id | creator_id | published_at | links | sponsored
        p1      | c1         | 2026-01-01   | 1     | true
    """,
    "outcomes": """
        campaign_id | creator_id | exposed | exposed_unit | conversions | propensity | fee \
            | control_exposed | control_conversions
        k1          | c1         | 100     | people       | 5           | 0.5        | 9   \
            | 50              | 2
    """,
    "candidates": """
        campaign_id | creator_id | picked
        k1          | c1         | true
    """,
    "offers": """
        campaign_id | creator_id | fee
        k1          | c1         | 100
    """,
    "audience": """
        creator_id | observed_at | followers
        c1         | 2026-01-01  | 100
    """,
    "credentials": """
        creator_id | kind
        c1         | book
    """,
    "post_metrics": """
        post_id | observed_at | views
        p1      | 2026-01-01  | 10
    """,
    "interactions": """
        interaction_id | occurred_at | kind    | actor_id | target_id
        i1             | 2026-01-01  | comment | a        | c1
    """,
}


def _with_a_broken_row(table: str, column: str, value: str | None) -> pa.Table:
    good = rows(GOOD_ROWS[table])[0]
    # Another key, so that the broken row could not be a duplicate even if it were good.
    other = {"post_id": "p2", "interaction_id": "i2", "creator_id": "c2"}
    broken = {name: other.get(name, cell) for name, cell in good.items()}
    schema = pa.schema([(name, pa.string()) for name in good])
    return pa.Table.from_pylist([good, {**broken, column: value}], schema)


@pytest.mark.parametrize(("table", "rule", "column", "value"), BROKEN_ROWS)
def test_a_row_that_breaks_a_rule_goes_to_quarantine_with_that_rule(
    opened: Open, table: str, rule: str, column: str, value: str | None
) -> None:
    given = _with_a_broken_row(table, column, value)
    market = opened({table: given})
    report = market.tables[table]
    assert (report.rows_read, report.rows, report.bad_rows) == (2, 1, 1)
    assert report.quarantined == {rule: 1}
    quarantined = market.quarantine(table)
    assert quarantined is not None
    assert quarantined.to_pylist() == [{**given.to_pylist()[1], "rules": [rule]}]


@pytest.mark.parametrize("table", GOOD_ROWS)
def test_a_good_row_breaks_no_rule(opened: Open, form: str, table: str) -> None:
    market = opened({table: GOOD_ROWS[table]}, form)
    assert market.rows(table) == 1
    assert market.quarantine(table) is None


def test_every_rule_that_a_row_broke_is_listed(opened: Open, form: str) -> None:
    market = opened(
        {
            "outcomes": """
                campaign_id | creator_id | exposed | conversions | propensity | measured_at
                k1          | c1         | 10      | 1           |            |
                            | nobody     | 10      | 11          | 2          | never
                k1          | c2         | -1      | 1           |            | 2026-05-01
            """
        },
        form,
    )
    quarantined = market.quarantine("outcomes")
    assert quarantined is not None
    assert quarantined["rules"].to_pylist() == [
        [
            "campaign_id is missing",
            "measured_at cannot be read",
            "propensity outside 0..1",
            "conversions exceed exposed (people)",
            "creator_id is not in creators",
        ],
        ["exposed is negative", "conversions exceed exposed (people)"],
    ]
    assert market.tables["outcomes"].quarantined_rows == 2


def test_the_quarantine_keeps_columns_and_values_as_they_were_read(opened: Open) -> None:
    when = dt.datetime(1980, 1, 1, tzinfo=dt.UTC)
    given = pa.table(
        {
            " post_id ": [2**62 + 1, 2**62 + 2],
            "creator_id": ["c1", "c1"],
            "published_at": pa.array([when.replace(year=2020), when], pa.timestamp("ns", "UTC")),
            "rules": [{"of": "house"}, {"of": "thumb"}],
            "Mood": [0.1, 0.2],
        }
    )
    market = opened({"posts": given})
    quarantined = market.quarantine("posts")
    assert quarantined is not None
    assert quarantined.to_pylist() == [
        {
            "post_id": 2**62 + 2,
            "creator_id": "c1",
            "published_at": when,
            "rules": {"of": "thumb"},
            "Mood": 0.2,
            "rules_": ["published_at outside 1990..2100"],
        }
    ]
    assert market.tables["posts"].ignored_columns == ("rules", "Mood")


def test_impressions_may_convert_more_than_once(opened: Open) -> None:
    market = opened(
        {
            "outcomes": """
                campaign_id | creator_id | exposed | exposed_unit | conversions
                k1          | c1         | 10      | Impressions  | 11
            """
        }
    )
    assert clean(market, "outcomes", ["exposed_unit", "conversions"]) == rows("""
        exposed_unit | conversions
        impressions  | 11
    """)


def test_an_outcome_without_exposed_is_clean(opened: Open) -> None:
    market = opened(
        {
            "outcomes": """
                campaign_id | creator_id | conversions
                k1          | c1         | 11
            """
        }
    )
    assert market.rows("outcomes") == 1


def test_revenue_may_be_negative_and_counts_may_be_fractional(opened: Open) -> None:
    market = opened(
        {
            "outcomes": """
                campaign_id | creator_id | conversions | revenue
                k1          | c1         | 0.25        | -3.5
            """
        }
    )
    assert clean(market, "outcomes", ["conversions", "revenue"]) == rows("""
        conversions | revenue
        0.25        | -3.5
    """)


# Orphans ----------------------------------------------------------------------------------------


def test_orphans_are_judged_against_clean_parents(opened: Open, form: str) -> None:
    market = opened(
        {
            "creators": """
                creator_id | joined_at
                c1         | 2020-01-01
                c2         | 1066-10-14
            """,
            "posts": """
                post_id | creator_id | published_at
                p1      | c1         | 2026-01-01
                p2      | c2         | 2026-01-01
            """,
        },
        form,
    )
    assert market.tables["posts"].quarantined == {"creator_id is not in creators": 1}


def test_without_the_parent_table_there_are_no_orphans(tmp_path: Path) -> None:
    write(tmp_path, "parquet", {"posts": GOOD_ROWS["posts"]})
    with open_market(tmp_path, uses=TABLES) as market:
        assert market.rows("posts") == 1


def test_a_parent_that_is_not_asked_for_makes_no_orphans(tmp_path: Path) -> None:
    offers = """
        campaign_id | creator_id | fee
        k1          | nobody     | 1
    """
    write(tmp_path, "parquet", {**PARENTS, "offers": offers})
    with open_market(tmp_path, needs=("campaigns", "offers")) as market:
        assert market.rows("offers") == 1


def test_accounts_and_posts_of_interactions_and_readings_may_be_unknown(opened: Open) -> None:
    market = opened(
        {
            "interactions": """
                interaction_id | occurred_at | kind  | actor_id | target_id | post_id
                i1             | 2026-01-01  | reply | nobody   | no one    | none
            """,
            "posts": GOOD_ROWS["posts"],
            "post_metrics": """
                post_id | observed_at | views
                none    | 2026-01-01  | 10
            """,
        }
    )
    assert (market.rows("interactions"), market.rows("post_metrics")) == (1, 1)


# Duplicates -------------------------------------------------------------------------------------


def test_the_first_of_several_events_with_one_key_stays(opened: Open, form: str) -> None:
    market = opened(
        {
            "posts": """
                post_id | creator_id | published_at | links
                p2      | c1         | 2026-01-02   | 1
                p1      | c1         | 2026-01-01   | 1
                p2      | c1         | 2026-01-01   | 2
                p2      | c1         | 2026-01-01   | 3
            """
        },
        form,
    )
    assert clean(market, "posts", ["post_id", "links"]) == rows("""
        post_id | links
        p1      | 1
        p2      | 1
    """)
    report = market.tables["posts"]
    assert report.quarantined == {"duplicate post_id": 2}
    assert (report.quarantined_rows, report.bad_rows) == (2, 0)


@pytest.mark.parametrize(
    ("table", "text"),
    [
        ("creators", "creator_id | bio\n c1 | old\n c2 | \n c1 | new"),
        (
            "campaigns",
            "campaign_id | brief | starts_at\n k1 | old | 2026-01-01\n k1 | new | 2026-01-01",
        ),
    ],
)
def test_the_last_row_of_a_creator_or_campaign_stays(
    opened: Open, form: str, table: str, text: str
) -> None:
    market = opened({table: text}, form)
    column = "bio" if table == "creators" else "brief"
    assert clean(market, table, [column])[0] == {column: "new"}
    assert market.tables[table].quarantined == {f"duplicate {TABLES[table].key[0]}": 1}


def test_readings_are_keyed_with_their_time_and_no_time_is_one_value(opened: Open) -> None:
    market = opened(
        {
            "outcomes": """
                campaign_id | creator_id | conversions | measured_at
                k1          | c1         | 1           | 2026-05-01T02:00+02:00
                k1          | c1         | 2           | 2026-05-02
                k1          | c1         | 3           |
                k1          | c1         | 4           |
                k1          | c1         | 5           | 2026-05-01
            """
        }
    )
    assert clean(market, "outcomes", ["conversions", "measured_at"]) == rows("""
        conversions | measured_at
        1           | 2026-05-01 00:00:00
        2           | 2026-05-02 00:00:00
        3           |
    """)
    assert market.tables["outcomes"].quarantined == {
        "duplicate (campaign_id, creator_id, measured_at)": 2
    }


def test_a_creator_may_offer_several_packages_but_no_package_twice(opened: Open) -> None:
    market = opened(
        {
            "offers": """
                campaign_id | creator_id | fee | package
                k1          | c1         | 1   | story
                k1          | c1         | 2   | reel
                k1          | c1         | 3   | story
                k1          | c1         | 4   |
                k1          | c1         | 5   |
            """
        }
    )
    assert clean(market, "offers", ["package", "fee"]) == rows("""
        package | fee
        reel    | 2
        story   | 1
                | 4
    """)


def test_a_row_that_is_bad_for_another_reason_makes_no_duplicate(opened: Open, form: str) -> None:
    market = opened(
        {
            "posts": """
                post_id | creator_id | published_at | links
                p1      | c1         | 2026-01-01   | -1
                p1      | nobody     | 2026-01-01   | 2
                p1      | c1         | 2026-01-01   | 3
            """
        },
        form,
    )
    assert [row["links"] for row in clean(market, "posts", ["links"])] == ["3"]
    assert "duplicate post_id" not in market.tables["posts"].quarantined


def test_candidates_and_credentials_may_repeat(opened: Open) -> None:
    market = opened(
        {
            "candidates": "campaign_id|creator_id|picked\nk1|c1|yes\nk1|c1|yes",
            "credentials": "creator_id|kind\nc1|book\nc1|book",
        }
    )
    assert (market.rows("candidates"), market.rows("credentials")) == (2, 2)


# Unknown kinds, undated rows, defaults ----------------------------------------------------------


def test_rows_of_an_unknown_kind_stay_and_are_counted(opened: Open, form: str) -> None:
    market = opened(
        {
            "interactions": """
                interaction_id | occurred_at | kind    | actor_id | target_id
                i1             | 2026-01-01  | Comment | a        | c1
                i2             | 2026-01-01  | wave    | a        | c1
                i3             | 2026-01-01  | WAVE    | a        | c1
                i4             | 2026-01-01  | bow     | a        | c1
            """,
            "posts": """
                post_id | creator_id | published_at | kind
                p1      | c1         | 2026-01-01   | poem
                p2      | c1         | 2026-01-01   |
            """,
            "credentials": "creator_id | kind\n c1 | knighthood",
        },
        form,
    )
    assert market.tables["interactions"].unknown_kinds == {"wave": 2, "bow": 1}
    assert market.tables["posts"].unknown_kinds == {"poem": 1}
    assert market.tables["credentials"].unknown_kinds == {"knighthood": 1}
    assert market.rows("interactions") == 4
    assert all(not report.quarantined for report in market.tables.values())


def test_only_the_most_frequent_unknown_kinds_are_named(opened: Open) -> None:
    kinds = [f"kind {i:02}" for i in range(23)] + ["kind 22"]
    market = opened({"credentials": pa.table({"creator_id": ["c1"] * 24, "kind": kinds})})
    unknown = market.tables["credentials"].unknown_kinds
    assert len(unknown) == 21
    # 24 rows; kind 22 twice, kinds 00..18 once each; kinds 19, 20 and 21 are left.
    assert (unknown["kind 22"], unknown["kind 00"], unknown["(others)"]) == (2, 1, 3)


def test_rows_without_a_date_that_count_as_known_are_counted(opened: Open) -> None:
    market = opened(
        {
            "creators": "creator_id | joined_at\n c1 | 2020-01-01\n c2 |",
            "credentials": "creator_id | kind\n c1 | book\n c2 | blog",
        }
    )
    assert market.tables["creators"].undated == {"joined_at": 1}
    assert market.tables["credentials"].undated == {"granted_at": 2}


def test_null_and_a_missing_column_become_the_default_of_the_contract(opened: Open) -> None:
    market = opened(
        {
            "posts": """
                post_id | creator_id | published_at | kind
                p1      | c1         | 2026-01-01   |
            """,
            "outcomes": "campaign_id | creator_id | conversions\n k1 | c1 | 1",
            "offers": "campaign_id | creator_id | fee | posts\n k1 | c1 | 1 |",
        }
    )
    assert clean(market, "posts", ["kind"]) == [{"kind": "original"}]
    assert clean(market, "outcomes", ["exposed_unit", "posts"]) == [
        {"exposed_unit": "people", "posts": "1"}
    ]
    assert clean(market, "offers", ["posts"]) == [{"posts": "1"}]
    assert clean(market, "campaigns", ["attribution_days"])[0] == {"attribution_days": "30"}


# Too many bad rows ------------------------------------------------------------------------------


def _posts(n: int, bad: int) -> pa.Table:
    return pa.table(
        {
            "post_id": [f"p{i}" for i in range(n)],
            "creator_id": ["c1"] * n,
            "published_at": ["2026-01-01"] * n,
            "links": [-1.0 if i < bad else 1.0 for i in range(n)],
            "text": ["a secret"] * n,
        }
    )


def test_as_many_bad_rows_as_allowed_pass(opened: Open) -> None:
    assert opened({"posts": _posts(20, 1)}, max_bad=0.05).rows("posts") == 19


def test_more_bad_rows_than_allowed_stop_with_table_rule_count_and_key(
    opened: Open, form: str
) -> None:
    with pytest.raises(UserError) as caught:
        opened({"posts": _posts(20, 2)}, form, max_bad=0.05)
    assert caught.value.exit_status == Exit.QUARANTINE
    message = str(caught.value)
    for part in (
        "posts",
        "2 of 20 rows (10 %) broke a rule, and 5 % may",
        "links is negative (2 rows)",
        "post_id p0",
    ):
        assert part in message
    assert "--max-bad" in message
    assert "secret" not in message


def test_a_bad_row_without_an_id_is_named_by_its_place(opened: Open) -> None:
    given = "post_id | creator_id | published_at\n p1 | c1 | 2026-01-01\n | c1 | 2026-01-01"
    with pytest.raises(UserError, match=r"For example row 2, creator_id c1\."):
        opened({"posts": given}, max_bad=0)


def test_duplicates_do_not_count_towards_the_share(opened: Open) -> None:
    posts = _posts(1, 0)
    market = opened({"posts": pa.concat_tables([posts] * 5)}, max_bad=0)
    assert market.tables["posts"].quarantined == {"duplicate post_id": 4}


def test_a_tolerant_reading_keeps_the_message_and_checks_the_other_tables(opened: Open) -> None:
    market = opened(
        {"posts": _posts(20, 2), "offers": "campaign_id | creator_id | fee\n k1 | nobody | 1"},
        max_bad=0.05,
        tolerant=True,
    )
    assert [message.split(":")[0] for message in market.over_limit] == ["posts", "offers"]
    assert market.rows("posts") == 18
    assert market.tables["offers"].quarantined == {"creator_id is not in creators": 1}


def test_the_quarantine_is_written_for_the_tables_that_have_one(
    opened: Open, tmp_path: Path
) -> None:
    market = opened({"posts": _posts(20, 2)})
    written = market.write_quarantine(tmp_path / "quarantine")
    assert written == [tmp_path / "quarantine" / "posts.parquet"]
    quarantined = pa.parquet.read_table(written[0])
    assert quarantined["post_id"].to_pylist() == ["p0", "p1"]
    assert quarantined.equals(market.quarantine("posts"))


@pytest.mark.parametrize("max_bad", [-0.1, 1.1, float("nan")])
def test_the_allowed_share_is_a_share(tmp_path: Path, max_bad: float) -> None:
    with pytest.raises(UserError, match="between 0 and 1"):
        open_market(tmp_path, max_bad=max_bad)


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
    posts = _posts(2, 0).drop_columns([column] if column in ("post_id", "published_at") else [])
    posts = posts.drop_columns([column]) if column in posts.column_names else posts
    posts = posts.append_column(column, pa.array(values))
    with pytest.raises(UserError, match=f"posts .*{column} can be read. Found: {found}") as caught:
        opened({"posts": posts})
    assert caught.value.exit_status == Exit.INPUT
    assert "Expected: " in str(caught.value)


def test_what_a_person_wrote_is_not_shown_when_it_cannot_be_read(opened: Open) -> None:
    posts = _posts(2, 0).drop_columns(["text"]).append_column("text", pa.array([["secret"]] * 2))
    with pytest.raises(UserError, match=r"Found: VARCHAR\[\]\. Expected: text") as caught:
        opened({"posts": posts})
    assert "secret" not in str(caught.value)


def test_a_column_that_holds_nothing_is_unknown_whatever_its_type(opened: Open) -> None:
    nothing: pa.Array = pa.array([None, None], pa.struct([("n", pa.int64())]))
    posts = _posts(2, 0).drop_columns(["links"]).append_column("links", nothing)
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
    posts = _posts(len(values), 0).drop_columns(["post_id"]).append_column("post_id", values)
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
