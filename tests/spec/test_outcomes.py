"""When an outcome is known, which of its readings counts, and what it is judged against."""

from __future__ import annotations

from datetime import datetime

import pandas as pd

from features.asof import known_outcomes
from tests.market import expect, prepare_market

PAST = {
    "outcomes_known": lambda h: h.past.count(),
    "conversions": lambda h: h.past.total("conversions"),
    "exposed": lambda h: h.past.total("exposed"),
    "deviation": lambda h: h.past.mean("deviation"),
}


def known(tables: dict[str, str], until: str) -> list[tuple[str, str, float, float]]:
    """(campaign, creator, exposed, conversions) of the outcomes known at a moment, in order."""
    found = known_outcomes(prepare_market(tables), datetime.fromisoformat(until))
    columns = [found[name] for name in ("campaign_id", "creator_id", "exposed", "conversions")]
    return list(zip(*columns, strict=True))


# k1 lasts until 11 January and is attributed for 20 days, k2 for the 30 days of the contract from
# its start, k3 for none: they mature on 31 January, 14 February, 20 January.
CAMPAIGNS = """
    campaign_id | brief | starts_at  | ends_at    | attribution_days
    k1          | tea   | 2024-01-01 | 2024-01-11 | 20
    k2          | tea   | 2024-01-15 |            |
    k3          | tea   | 2024-01-20 |            | 0
"""


def test_an_outcome_is_known_at_the_very_moment_at_which_it_matures() -> None:
    tables = {
        "campaigns": CAMPAIGNS,
        "outcomes": """
            campaign_id | creator_id | exposed | conversions
            k1          | ana        | 100     | 1
            k2          | ana        | 100     | 2
        """,
    }
    expect(
        """
        as_of                      | outcomes_known | conversions
        2024-01-30 23:59:59.999999 |                |
        2024-01-31                 | 1              | 1
        2024-02-13 23:59:59.999999 | 1              | 1
        2024-02-14                 | 2              | 3
        """,
        asks=PAST,
        **tables,
    )
    assert known(tables, "2024-01-30 23:59:59.999999") == []
    assert known(tables, "2024-01-31") == [("k1", "ana", 100, 1)]
    assert known(tables, "2024-02-14") == [("k1", "ana", 100, 1), ("k2", "ana", 100, 2)]


def test_a_reading_is_known_strictly_after_it_was_taken_and_not_before_maturity() -> None:
    tables = {
        "campaigns": CAMPAIGNS,
        "outcomes": """
            campaign_id | creator_id | exposed | conversions | measured_at
            k1          | ana        | 100     | 1           | 2024-01-20
            k2          | ana        | 100     | 2           | 2024-02-20
        """,
    }
    expect(
        """
        as_of                      | outcomes_known | conversions
        2024-01-30                 |                |
        2024-01-31                 | 1              | 1
        2024-02-20                 | 1              | 1
        2024-02-20 00:00:00.000001 | 2              | 3
        """,
        asks=PAST,
        **tables,
    )
    assert known(tables, "2024-02-20") == [("k1", "ana", 100, 1)]
    assert len(known(tables, "2024-02-20 00:00:00.000001")) == 2


def test_of_several_readings_the_latest_known_one_counts_and_one_without_a_date_is_the_oldest() -> (
    None
):
    tables = {
        "campaigns": CAMPAIGNS,
        "outcomes": """
            campaign_id | creator_id | exposed | conversions | measured_at
            k1          | ana        | 100     | 9           | 2024-03-01
            k1          | ana        | 100     | 1           |
            k1          | ana        | 100     | 5           | 2024-02-01
        """,
    }
    expect(
        """
        as_of      | outcomes_known | conversions | exposed
        2024-02-01 | 1              | 1           | 100
        2024-02-02 | 1              | 5           | 100
        2024-03-02 | 1              | 9           | 100
        """,
        asks=PAST,
        **tables,
    )
    assert known(tables, "2024-02-01") == [("k1", "ana", 100, 1)]
    assert known(tables, "2024-02-02") == [("k1", "ana", 100, 5)]
    assert known(tables, "2024-03-02") == [("k1", "ana", 100, 9)]


def test_an_outcome_of_a_campaign_that_is_decided_later_is_not_known() -> None:
    # A campaign whose decision is dated after its end, and one that matures as it is decided.
    tables = {
        "campaigns": """
            campaign_id | brief | starts_at  | decided_at | attribution_days
            late        | tea   | 2024-01-01 | 2024-03-01 | 0
            now         | tea   | 2024-02-01 |            | 0
        """,
        "outcomes": """
            campaign_id | creator_id | exposed | conversions
            late        | ana        | 100     | 1
            now         | ana        | 100     | 2
        """,
    }
    expect(
        """
        as_of                      | conversions
        2024-02-01                 |
        2024-02-01 00:00:00.000001 | 2
        2024-03-01                 | 2
        2024-03-01 00:00:00.000001 | 3
        """,
        asks=PAST,
        **tables,
    )


def test_an_outcome_without_exposure_is_no_outcome_and_one_of_nobody_tells_no_rate() -> None:
    expect(
        """
        creator_id | as_of      | outcomes_known | exposed | conversions | deviation
        ana        | 2024-04-01 | 1              | 0       | 0           |
        bea        | 2024-04-01 |                |         |             |
        """,
        asks=PAST,
        campaigns=CAMPAIGNS,
        outcomes="""
            campaign_id | creator_id | exposed | conversions
            k1          | ana        | 0       | 3
            k1          | bea        |         | 3
        """,
    )


def test_conversions_count_at_most_once_a_person_exposed() -> None:
    # Impressions may convert more often than once; a rate above 1 has no log-odds.
    expect(
        """
        as_of      | exposed | conversions
        2024-04-01 | 100     | 100
        """,
        asks=PAST,
        campaigns=CAMPAIGNS,
        outcomes="""
            campaign_id | creator_id | exposed | conversions | exposed_unit
            k1          | ana        | 100     | 120         | impressions
        """,
    )


def test_a_deviation_is_from_the_campaigns_level_as_known_at_the_moment() -> None:
    # At first ana's rate of .03 is all that is known of k1: 31 / (1000 * .03 + 1) = 1. With bea's
    # .01 on as many people the level is .02: 31/21. Once ana's is read again at .05 it is .03:
    # 51/31.
    expect(
        """
        as_of      | deviation
        2024-02-01 | 0
        2024-03-01 | 0
        2024-03-02 | log(31/21)
        2024-03-11 | log(51/31)
        """,
        asks=PAST,
        campaigns=CAMPAIGNS,
        outcomes="""
            campaign_id | creator_id | exposed | conversions | measured_at
            k1          | ana        | 1000    | 30          |
            k1          | bea        | 1000    | 10          | 2024-03-01
            k1          | ana        | 1000    | 50          | 2024-03-10
        """,
    )


def test_a_control_is_that_of_the_reading_that_counts_and_of_both_numbers_or_none() -> None:
    # Ana's latest reading says nothing of a held-out group: that of an older one is not carried on.
    # Of bea nobody was held out, of cem it is not said what they did; dan's converted oftener than
    # they are many, which impressions may.
    tables = {
        "campaigns": CAMPAIGNS,
        "outcomes": """
            campaign_id | creator_id | exposed | conversions | measured_at | exposed_unit | control_exposed | control_conversions
            k1          | ana        | 100     | 1           | 2024-02-01  |              | 50              | 2
            k1          | ana        | 100     | 5           | 2024-03-01  |              |                 |
            k1          | bea        | 100     | 5           |             |              | 0               | 0
            k1          | cem        | 100     | 5           |             |              | 50              |
            k1          | dan        | 100     | 5           |             | impressions  | 50              | 60
        """,
    }
    market = prepare_market(tables)
    controls = ["control_exposed", "control_conversions"]
    early, late = (
        known_outcomes(market, datetime(2024, month, 2)).set_index("creator_id")[controls]
        for month in (2, 3)
    )
    assert early.loc["ana"].tolist() == [50, 2]
    assert late.loc[["ana", "bea", "cem"]].isna().all(axis=None)
    assert late.loc["dan"].tolist() == [50, 50]


def test_known_outcomes_are_sorted_and_dated() -> None:
    found = known_outcomes(
        prepare_market(
            {
                "campaigns": """
                    campaign_id | brief | starts_at  | decided_at
                    b           | tea   | 2024-01-02 | 2024-01-01
                    a           | tea   | 2024-01-01 |
                    c           | tea   | 2024-01-02 | 2023-12-31
                """,
                "outcomes": """
                    campaign_id | creator_id | exposed | conversions | posts
                    a           | bea        | 10      | 1           | 2
                    a           | ana        | 10      | 1           |
                    b           | ana        | 10      | 1           | 3
                    c           | ana        | 10      | 1           |
                """,
            }
        ),
        datetime(2024, 4, 1),
    )
    assert found[["campaign_id", "creator_id"]].to_numpy().tolist() == [
        ["c", "ana"],
        ["a", "ana"],
        ["a", "bea"],
        ["b", "ana"],
    ]
    assert found["posts"].tolist() == [1, 1, 2, 3]
    assert found["as_of"].tolist() == [
        pd.Timestamp(day) for day in ("2023-12-31", "2024-01-01", "2024-01-01", "2024-01-01")
    ]
    # They mature 30 days after the start; known_at is the moment just before.
    just_before = pd.Timedelta(microseconds=1)
    assert (found["known_at"] + just_before).tolist() == [
        pd.Timestamp(day) for day in ("2024-02-01", "2024-01-31", "2024-01-31", "2024-02-01")
    ]
