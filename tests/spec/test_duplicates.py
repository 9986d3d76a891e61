"""Which of the rows with one key stays."""

from __future__ import annotations

import pytest

from features.tables import TABLES
from tests.tabular import Open, clean, rows


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
