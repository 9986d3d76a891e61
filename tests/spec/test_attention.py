"""Features of attention: who turns to the creator now, against before."""

from __future__ import annotations

from tests.market import expect


def test_mention_change_compares_four_weeks_with_the_twelve_before() -> None:
    # The 28 days before 1 April began on 4 March, the 84 before on 11 December.
    expect(
        """
        creator_id | as_of      | mention_change
        ana        | 2024-04-01 | log((2+3)/(1/3+3))
        bea        | 2024-04-01 | 0
        dan        | 2024-04-01 |
        """,
        interactions="""
            interaction_id | occurred_at | kind    | actor_id | target_id
            0              | 2023-12-10  | mention | fan      | ana
            1              | 2023-12-11  | mention | fan      | ana
            2              | 2024-03-04  | mention | fan      | ana
            3              | 2024-03-31  | mention | bea      | ana
            4              | 2024-03-31  | like    | fan      | ana
        """,
    )


def test_acts_within_a_ring_are_no_attention() -> None:
    # Ana and bob return each other's favours within an hour, the second by 4 March 11:00. Of what she gets in
    # March, his likes, mention and reshare do not count then, a fan's mention and reshare do.
    expect(
        """
        creator_id | as_of            | attention_change | mention_change | sharer_change | attention_shock
        ana        | 2024-03-04 10:00 | log(4/3)         | 0              | 0             | log(4/(1/8+3))
        ana        | 2024-03-10       | log(5/3)         | log(4/3)       | log(4/3)      | log(5/(2/8+3))
        """,
        creators="creator_id\n ana\n bob",
        interactions="""
            interaction_id | occurred_at      | kind    | actor_id | target_id
            1              | 2024-03-03 09:00 | like    | ana      | bob
            1r             | 2024-03-03 10:00 | like    | bob      | ana
            2              | 2024-03-04 10:00 | reshare | bob      | ana
            2r             | 2024-03-04 11:00 | like    | ana      | bob
            3              | 2024-03-05       | mention | bob      | ana
            4              | 2024-03-06       | mention | fan      | ana
            5              | 2024-03-07       | reshare | fan      | ana
        """,
    )


def test_sharer_change_counts_accounts_once_in_each_period() -> None:
    # 45 days before 1 April is 16 February, 90 is 2 January: fan and kid, after fan alone.
    expect(
        """
        creator_id | as_of      | sharer_change
        ana        | 2024-04-01 | log((2+3)/(1+3))
        bea        | 2024-04-01 | 0
        dan        | 2024-04-01 |
        """,
        interactions="""
            interaction_id | occurred_at | kind    | actor_id | target_id
            0              | 2024-01-01  | reshare | mum      | ana
            1              | 2024-01-02  | reshare | fan      | ana
            2              | 2024-02-15  | reshare | fan      | ana
            3              | 2024-02-16  | reshare | fan      | ana
            4              | 2024-03-01  | reshare | kid      | ana
            5              | 2024-03-02  | reshare | kid      | ana
            6              | 2024-03-02  | like    | bea      | ana
        """,
    )


def test_newcomer_change_knows_who_came_before_only_after_a_while() -> None:
    # Since 4 March: 4 and 5 are of people unseen for 30 days, 6 is not. In the 56 days before, since
    # 8 January: 2 is (40 days after 1), 3 is not. 114 days before 1 April is 9 December: cem's first
    # comment is a day too young.
    expect(
        """
        creator_id | as_of      | newcomer_change
        ana        | 2024-04-01 | 2/3-1/2
        bea        | 2024-04-01 | 1-1
        cem        | 2024-04-01 |
        eve        | 2024-04-01 |
        dan        | 2024-04-01 |
        """,
        interactions="""
            interaction_id | occurred_at | kind    | actor_id | target_id
            1              | 2023-12-01  | comment | fan      | ana
            2              | 2024-01-10  | comment | fan      | ana
            3              | 2024-02-09  | comment | fan      | ana
            4              | 2024-03-11  | comment | fan      | ana
            5              | 2024-03-12  | comment | kid      | ana
            6              | 2024-03-13  | comment | kid      | ana
            7              | 2023-12-09  | comment | fan      | bea
            8              | 2024-02-01  | comment | kid      | bea
            9              | 2024-03-11  | comment | mum      | bea
            10             | 2023-12-10  | comment | fan      | cem
            11             | 2024-02-01  | comment | kid      | cem
            12             | 2024-03-11  | comment | mum      | cem
            13             | 2023-12-01  | comment | fan      | eve
            14             | 2024-03-11  | comment | mum      | eve
        """,
    )


def test_attention_shock_is_the_busiest_week_against_the_mean_one() -> None:
    # Weeks back from 1 April begin on 25 March, 18 March, ... and 5 February: five acts in the first,
    # one in the last, six in all.
    expect(
        """
        creator_id | as_of      | attention_shock
        ana        | 2024-04-01 | log((5+3)/(6/8+3))
        bea        | 2024-04-01 | 0
        dan        | 2024-04-01 |
        """,
        interactions="""
            interaction_id | occurred_at | kind    | actor_id | target_id
            0              | 2024-02-04  | like    | fan      | ana
            1              | 2024-02-05  | like    | fan      | ana
            2              | 2024-03-25  | like    | fan      | ana
            3              | 2024-03-26  | comment | fan      | ana
            4              | 2024-03-27  | mention | fan      | ana
            5              | 2024-03-28  | reshare | fan      | ana
            6              | 2024-03-31  | like    | bea      | ana
        """,
    )
