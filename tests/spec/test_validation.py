"""Which rows are clean, which go to quarantine and why: rows in, clean rows and rules out."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import pyarrow as pa
import pytest

from features.source import open_market
from features.tables import TABLES
from tests.tabular import PARENTS, Open, clean, rows, write

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
