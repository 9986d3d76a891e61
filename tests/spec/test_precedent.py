"""What earlier data cover: brands and creators with outcomes, languages of texts."""

from __future__ import annotations

from datetime import datetime

import pandas as pd

from features.known import implausible_outcomes, unripe_outcomes
from features.precedent import known_languages, without_precedent
from tests.market import as_rows, connect, prepare_market

ENGLISH = "Where did you learn to bake this?"
FRENCH = "Où as-tu appris à faire ça ?"
HUNGARIAN = "Hol vegyek friss kenyeret és lisztet a hétvégi sütéshez?"

# Outcomes mature thirty days after the start, on 31 January and on 1 May.
CAMPAIGNS = f"""
    campaign_id | brand | brief       | starts_at  | language
    past        | Acme  | {ENGLISH}   | 2024-01-01 |
    late        | Late  | tea         | 2024-04-01 |
    next        | Acme  | {ENGLISH}   | 2024-04-01 |
    new         | Zeta  | {FRENCH}    | 2024-04-01 |
    none        |       | tea         | 2024-04-01 | hu-HU
    third       | Acme  | {HUNGARIAN} | 2024-04-01 |
"""
OUTCOMES = """
    campaign_id | creator_id | exposed | conversions
    past        | ana        | 100     | 1
    past        | bea        |         | 1
    past        | cem        | 0       | 0
    late        | dan        | 100     | 1
"""


def lacking(table: str, languages: tuple[str, ...] = ("en", "fr")) -> list[tuple[object, ...]]:
    connection = prepare_market({"campaigns": CAMPAIGNS, "outcomes": OUTCOMES})
    found = without_precedent(connection, as_rows(table), languages)
    return [tuple(line) for line in found.astype(object).itertuples(index=False)]


def test_a_brand_or_a_creator_is_new_without_an_outcome_matured_before() -> None:
    # Of bea nobody knows the exposed, cem reached nobody, dan's outcome matures later. A brand that
    # is not recorded is no new one.
    assert lacking("""
        campaign_id | creator_id | as_of
        next        | ana        | 2024-04-01
        next        | bea        | 2024-04-01
        new         | ana        | 2024-04-01
        none        | cem        | 2024-04-01
        next        | dan        | 2024-04-01
        next        | dan        | 2024-05-02
        next        | ana        | 2024-01-31
        late        | dan        | 2024-05-02
    """) == [
        (False, False, ""),
        (False, True, ""),
        (True, False, ""),
        (False, True, "hu"),
        (False, True, ""),
        (False, False, ""),
        (False, False, ""),
        # Its own outcome makes no precedent of its brand.
        (True, False, ""),
    ]
    assert lacking("campaign_id | creator_id | as_of\n next | ana | 2024-01-30") == [
        (True, True, "")
    ]


def test_a_language_shown_or_declared_by_a_brief_is_strange_where_training_had_none_of_it() -> None:
    table = """
        campaign_id | creator_id | as_of
        third       | ana        | 2024-04-01
        none        | ana        | 2024-04-01
        late        | ana        | 2024-04-01
        new         | ana        | 2024-04-01
    """
    of_language = [line[2] for line in lacking(table)]
    assert of_language == ["hu", "hu", "", ""]
    assert [line[2] for line in lacking(table, ("en",))] == ["hu", "hu", "", "fr"]
    # A bundle that does not know what it was trained on warns of nothing.
    assert [line[2] for line in lacking(table, ())] == [""] * 4


def test_languages_of_briefs_learned_from_and_of_a_hundredth_of_the_texts_are_known() -> None:
    connection = connect({"campaigns": CAMPAIGNS})
    assert known_languages(connection, [], {"past", "none"}) == ("en", "hu")
    # Two French of 200 are a hundredth, of 201 less; one text alone covers nothing.
    english = [f"{ENGLISH} {i}" for i in range(198)]
    assert known_languages(connection, [*english, FRENCH, FRENCH], set()) == ("en", "fr")
    assert known_languages(connection, [*english, ENGLISH, FRENCH, FRENCH], set()) == ("en",)
    assert known_languages(connection, [FRENCH, "tea", "🍵"], set()) == ()


def test_outcomes_to_come_are_dated_by_the_moment_from_which_training_knows_them() -> None:
    # "past" is known from 31 January on; read again on 1 March nothing changes of that. "late"
    # matures on 1 May, but is read on the 9th.
    connection = connect(
        {
            "campaigns": CAMPAIGNS,
            "outcomes": """
                campaign_id | creator_id | exposed | conversions | measured_at
                past        | ana        | 100     | 1           |
                past        | ana        | 100     | 2           | 2024-03-01
                late        | dan        | 100     | 1           | 2024-05-09
                next        | ana        | 100     | 1           |
                next        | bea        |         | 1           |
            """,
        }
    )
    found = unripe_outcomes(connection, datetime(2024, 2, 1))
    assert found.tolist() == [
        pd.Timestamp("2024-05-01"),
        pd.Timestamp("2024-05-09 00:00:00.000001"),
    ]
    assert len(unripe_outcomes(connection, datetime(2024, 1, 30))) == 3
    assert unripe_outcomes(connection, datetime(2024, 6, 1)).empty


def test_more_conversions_than_impressions_and_more_people_than_live_are_counted() -> None:
    connection = connect(
        {
            "campaigns": CAMPAIGNS,
            "outcomes": """
                campaign_id | creator_id | exposed | exposed_unit | conversions
                past        | ana        | 100     | impressions  | 101
                past        | bea        | 1e12    | impressions  | 1
                past        | cem        | 1e12    | people       | 1
                late        | dan        | 1e12    | people       | 1
            """,
        }
    )
    assert implausible_outcomes(connection, datetime(2024, 4, 1)) == (1, 1)
