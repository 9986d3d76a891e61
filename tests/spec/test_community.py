"""Features of community and survival: who comes, who comes back, and until when."""

from __future__ import annotations

from tests.market import expect


def test_repeat_commenter_share_is_of_people_not_of_comments() -> None:
    # 180 days before 1 April is 4 October: fan came three times, kid once, mum once of twice.
    expect(
        """
        creator_id | as_of      | repeat_commenter_share
        ana        | 2024-04-01 | 1/3
        bea        | 2024-04-01 |
        """,
        interactions="""
            interaction_id | occurred_at | kind    | actor_id | target_id
            1              | 2023-10-04  | comment | fan      | ana
            2              | 2024-02-01  | comment | fan      | ana
            3              | 2024-02-02  | comment | fan      | ana
            4              | 2024-02-03  | comment | kid      | ana
            5              | 2024-02-04  | like    | kid      | ana
            6              | 2023-10-03  | comment | mum      | ana
            7              | 2024-02-04  | comment | mum      | ana
            8              | 2024-02-04  | like    | kid      | bea
        """,
    )


def test_returning_commenter_share_looks_for_an_earlier_comment() -> None:
    # The 90 days begin on 2 January 2024, the 180 before on 6 July 2023. Of fan, kid and mum the fan
    # was there in them, and mum only before. Bea has no comment in them.
    expect(
        """
        creator_id | as_of      | returning_commenter_share
        ana        | 2024-04-01 | 1/3
        bea        | 2024-04-01 |
        cem        | 2024-04-01 |
        dan        | 2024-04-01 |
        """,
        interactions="""
            interaction_id | occurred_at | kind    | actor_id | target_id
            1              | 2023-10-01  | comment | fan      | ana
            2              | 2024-01-02  | comment | fan      | ana
            3              | 2024-02-01  | comment | fan      | ana
            4              | 2024-02-02  | comment | kid      | ana
            5              | 2024-02-03  | comment | kid      | ana
            6              | 2023-07-05  | comment | mum      | ana
            7              | 2024-03-01  | comment | mum      | ana
            8              | 2024-01-01  | comment | pal      | ana
            9              | 2024-01-02  | comment | pal      | bea
            10             | 2024-03-02  | comment | pal      | bea
            11             | 2024-01-01  | comment | pal      | cem
        """,
    )


def test_sharer_breadth_is_distinct_accounts_per_reshare() -> None:
    expect(
        """
        creator_id | as_of      | sharer_breadth
        ana        | 2024-04-01 | 2/3
        bea        | 2024-04-01 |
        """,
        interactions="""
            interaction_id | occurred_at | kind    | actor_id | target_id
            0              | 2023-10-03  | reshare | pal      | ana
            1              | 2023-10-04  | reshare | fan      | ana
            2              | 2024-02-01  | reshare | fan      | ana
            3              | 2024-02-02  | reshare | kid      | ana
            4              | 2024-02-02  | like    | mum      | ana
            5              | 2024-02-02  | like    | mum      | bea
        """,
    )


# With fan on two days both ways (on a third only the fan spoke); with kid both ways, on one day;
# mum only speaks, pal is only spoken to; a like is no word.
DAYS = """
    interaction_id | occurred_at      | kind    | actor_id | target_id
    1              | 2024-03-01 10:00 | comment | fan      | ana
    2              | 2024-03-01 23:00 | reply   | ana      | fan
    3              | 2024-03-05 06:00 | comment | ana      | fan
    4              | 2024-03-05 12:00 | reply   | fan      | ana
    5              | 2024-03-07       | comment | fan      | ana
    6              | 2024-03-01 10:00 | comment | kid      | ana
    7              | 2024-03-01 11:00 | reply   | ana      | kid
    8              | 2024-03-02 11:00 | reply   | ana      | kid
    9              | 2024-03-03 11:00 | reply   | kid      | ana
    10             | 2024-03-20       | comment | mum      | ana
    11             | 2024-03-21       | comment | ana      | pal
    12             | 2024-03-21       | like    | pal      | ana
    13             | 2024-03-21       | comment | fan      | bea
"""


def test_two_way_partners_spoke_both_ways_on_two_days() -> None:
    # On 5 March at noon the fan's answer is not known yet.
    expect(
        """
        creator_id | as_of            | two_way_partners
        ana        | 2024-04-01       | 1/3
        ana        | 2024-03-05 12:00 | 0
        ana        | 2024-03-05 12:01 | 1/2
        bea        | 2024-04-01       | 0
        mum        | 2024-04-01       |
        dan        | 2024-04-01       |
        """,
        interactions=DAYS,
    )


# Of what others did under p1 within its week: after 2, 10 and 50 hours. Not counted: ana's own word,
# what came before the post or 7 days after it, and p2, which is not a week old.
SURVIVAL_POSTS = """
    post_id | creator_id | published_at
    p1      | ana        | 2024-03-01
    p2      | ana        | 2024-03-30
"""
SURVIVAL = """
    interaction_id | occurred_at      | kind    | actor_id | target_id | post_id
    1              | 2024-03-01 02:00 | like    | fan      | ana       | p1
    2              | 2024-03-01 10:00 | reply   | kid      | fan       | p1
    3              | 2024-03-03 02:00 | reshare | fan      | ana       | p1
    4              | 2024-03-08       | like    | mum      | ana       | p1
    5              | 2024-03-01 01:00 | reply   | ana      | kid       | p1
    6              | 2024-02-29 23:00 | like    | pal      | ana       | p1
    7              | 2024-03-30 01:00 | like    | pal      | ana       | p2
"""


def test_response_half_life_is_the_median_hour_of_acts_of_the_first_week() -> None:
    expect(
        """
        creator_id | as_of            | response_half_life
        ana        | 2024-04-01       | 10
        ana        | 2024-03-08       | 10
        ana        | 2024-03-07 23:59 |
        dan        | 2024-04-01       |
        """,
        posts=SURVIVAL_POSTS,
        interactions=SURVIVAL,
    )


def test_late_response_share_is_what_came_after_two_days() -> None:
    expect(
        """
        creator_id | as_of            | late_response_share
        ana        | 2024-04-01       | 1/3
        ana        | 2024-03-07 23:59 |
        dan        | 2024-04-01       |
        """,
        posts=SURVIVAL_POSTS,
        interactions=SURVIVAL,
    )
