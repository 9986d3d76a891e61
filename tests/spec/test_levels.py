"""The level of a campaign: what its outcomes say once known, and what to expect of a coming one."""

from __future__ import annotations

from math import log

import pytest

from features.levels import base_levels
from tests.market import NO_WORDS, as_rows, prepare_market, topics


def levels(outcomes: str, campaigns: str = "k") -> list[tuple[str, str, float]]:
    """(campaign, moment after which it holds, log-odds) of every version of a level."""
    header = "campaign_id | brief | starts_at | attribution_days"
    lines = "\n".join(f"{campaign} | tea | 2024-01-01 | 30" for campaign in campaigns.split())
    connection = prepare_market({"campaigns": f"{header}\n{lines}", "outcomes": outcomes})
    return connection.sql(
        "SELECT campaign_id, strftime(known_at, '%m-%d %H:%M'), log_odds FROM campaign_levels"
        " ORDER BY ALL"
    ).fetchall()


MATURE = "01-30 23:59"


def test_a_level_weighs_creators_by_what_they_tell_not_by_their_size() -> None:
    # p = (10 + .5) / (209 + 1) = .05, so w = n / (1 + .05 n): 180/10 = 18, 20/2 = 10, 9/1.45 =
    # 180/29. Mean rate (18 * .05 + 10 * .05 + 180/29 * 0) / (28 + 180/29) = 1.4 * 29/992 =
    # 40.6/992.
    found = levels("""
        campaign_id | creator_id | exposed | conversions
        k           | ana        | 180     | 9
        k           | bea        | 20      | 1
        k           | cem        | 9       | 0
        k           | dan        | 0       | 0
        k           | eve        |         | 5
    """)
    assert found == [("k", MATURE, pytest.approx(log(40.6 / (992 - 40.6))))]


def test_a_level_has_a_version_for_every_reading() -> None:
    # .03 of ana's; then with bea's .01 on as many .02; then ana's .05 and bea's .01: .03 again.
    found = levels("""
        campaign_id | creator_id | exposed | conversions | measured_at
        k           | ana        | 1000    | 30          |
        k           | bea        | 1000    | 10          | 2024-02-10
        k           | ana        | 1000    | 50          | 2024-02-20
    """)
    assert found == [
        ("k", MATURE, pytest.approx(log(0.03 / 0.97))),
        ("k", "02-10 00:00", pytest.approx(log(0.02 / 0.98))),
        ("k", "02-20 00:00", pytest.approx(log(0.03 / 0.97))),
    ]


def test_a_level_without_conversions_or_with_nothing_else_is_finite() -> None:
    # Nothing of 99: half a conversion, .5/100. All of 99: a millionth below 1.
    found = levels(
        """
        campaign_id | creator_id | exposed | conversions
        all         | ana        | 99      | 99
        none        | ana        | 99      | 0
        """,
        "all none",
    )
    assert found == [
        ("all", MATURE, pytest.approx(log((1 - 1e-6) / 1e-6))),
        ("none", MATURE, pytest.approx(log(0.005 / (1 - 0.005)))),
    ]


def test_outcomes_of_nobody_make_no_level() -> None:
    assert levels("campaign_id | creator_id | exposed | conversions\n k | ana | 0 | 0") == []


# One creator each, so evidence is 1 / (1 + 2). Levels .02, .03 and .04; "same" matures 180 days
# before 29 July 2024, "alike" and "other" on that day.
CAMPAIGNS = """
    campaign_id | brand | brief  | starts_at  | attribution_days
    same        | Acme  | run    | 2024-01-01 | 30
    alike       |       | coffee | 2024-06-29 | 30
    other       | Zeta  | run    | 2024-06-29 | 30
    next        | Acme  | tea    | 2024-07-29 | 30
    mute        |       | ...    | 2024-07-29 | 30
"""
OUTCOMES = """
    campaign_id | creator_id | exposed | conversions
    same        | ana        | 1000    | 20
    alike       | ana        | 1000    | 30
    other       | ana        | 1000    | 40
    next        | ana        | 1000    | 500
"""
DRINKS_AND_RUNNING = topics("tea coffee", "run")
SAME, ALIKE, OTHER, NEXT = (log(p / (1 - p)) for p in (0.02, 0.03, 0.04, 0.5))


def bases(table: str, space=DRINKS_AND_RUNNING) -> list[tuple[float, float]]:
    """(base_log_odds, evidence) of the rows."""
    connection = prepare_market({"campaigns": CAMPAIGNS, "outcomes": OUTCOMES})
    found = base_levels(connection, as_rows(table), space)[["base_log_odds", "evidence"]]
    return list(found.itertuples(index=False, name=None))


def approx(log_odds: float, evidence: float) -> tuple[object, object]:
    return pytest.approx(log_odds, nan_ok=True), pytest.approx(evidence)


def test_a_base_weighs_past_campaigns_by_brand_brief_and_age() -> None:
    # "same" has the brand: (.05 + 4) / 2 for its 180 days; "alike" the topic: .05 + 1; "other":
    # .05. All times 1/3 for their evidence.
    weights = [4.05 / 2, 1.05, 0.05]
    mean = (weights[0] * SAME + weights[1] * ALIKE + weights[2] * OTHER) / sum(weights)
    assert bases("campaign_id | as_of\n next | 2024-07-29") == [approx(mean, sum(weights) / 3)]


def test_a_base_without_brand_and_words_weighs_all_campaigns_alike_but_for_age() -> None:
    weights = [0.05 / 2, 0.05, 0.05]
    mean = (weights[0] * SAME + weights[1] * ALIKE + weights[2] * OTHER) / sum(weights)
    expected = [approx(mean, sum(weights) / 3)]
    assert bases("campaign_id | as_of\n mute | 2024-07-29") == expected
    assert bases("campaign_id | as_of\n mute | 2024-07-29", NO_WORDS) == expected


def test_a_base_knows_levels_only_once_they_are_mature_and_never_its_own() -> None:
    # A microsecond before they mature "alike" and "other" are unknown; "same" a day before it does.
    # When "next" itself has matured, it knows the three others as before, 30 days older.
    found = bases("""
        campaign_id | as_of
        next        | 2024-07-28 23:59:59.999999
        next        | 2024-01-31
        next        | 2024-01-30
        same        | 2024-01-31
        next        | 2024-08-28
    """)
    assert found[0] == approx(SAME, 4.05 / 2 / 3)
    assert found[1] == approx(SAME, 4.05 / 3)
    assert found[2] == approx(float("nan"), 0)
    assert found[3] == approx(float("nan"), 0)
    weights = [4.05 / 2, 1.05, 0.05]
    mean = (weights[0] * SAME + weights[1] * ALIKE + weights[2] * OTHER) / sum(weights)
    assert found[4] == approx(mean, sum(weights) / 3 / 2 ** (30 / 180))


def test_a_level_holds_until_the_moment_after_the_next_reading() -> None:
    # .02 from maturity on, .04 once read again on 1 March, which is known only after that moment.
    connection = prepare_market(
        {
            "campaigns": CAMPAIGNS,
            "outcomes": """
                campaign_id | creator_id | exposed | conversions | measured_at
                same        | ana        | 1000    | 20          |
                same        | ana        | 1000    | 40          | 2024-03-01
            """,
        }
    )
    moments = as_rows("""
        campaign_id | as_of
        next        | 2024-03-01
        next        | 2024-03-01 00:00:00.000001
    """)
    found = base_levels(connection, moments, NO_WORDS)["base_log_odds"]
    assert found.tolist() == [pytest.approx(SAME), pytest.approx(OTHER)]


def test_bases_keep_the_order_and_the_index_of_the_rows() -> None:
    wanted = as_rows("""
        campaign_id | as_of
        next        | 2024-07-29
        same        | 2024-01-31
        next        | 2024-07-29
    """).set_axis([7, 3, 5])
    connection = prepare_market({"campaigns": CAMPAIGNS, "outcomes": OUTCOMES})
    found = base_levels(connection, wanted, DRINKS_AND_RUNNING)
    assert found.index.tolist() == [7, 3, 5]
    assert found["base_log_odds"].isna().tolist() == [False, True, False]


def test_a_brand_is_known_from_another_campaign_of_it_once_that_is_mature() -> None:
    # "same" is of "next"'s brand and mature from 31 January on; no brand is never known.
    connection = prepare_market({"campaigns": CAMPAIGNS, "outcomes": OUTCOMES})
    wanted = as_rows("""
        campaign_id | as_of
        next        | 2024-01-30
        next        | 2024-01-31
        same        | 2024-07-29
        other       | 2024-09-29
        mute        | 2024-07-29
    """)
    found = base_levels(connection, wanted, NO_WORDS)["is_known_brand"]
    assert found.tolist() == [False, True, False, False, False]


def test_a_market_without_outcomes_has_no_base() -> None:
    connection = prepare_market({"campaigns": CAMPAIGNS})
    found = base_levels(connection, as_rows("campaign_id | as_of\n next | 2024-07-29"), NO_WORDS)
    assert found["base_log_odds"].isna().all()
    assert found["evidence"].tolist() == [0]
