"""Authenticity features of accounts and their followers: rows of the tables in, the value out."""

from __future__ import annotations

from tests.market import expect


def test_account_days_count_from_the_day_the_account_was_opened() -> None:
    expect(
        """
        creator_id | as_of            | account_days
        ana        | 2024-04-01 12:00 | 2.5
        ana        | 2024-03-30       |
        bea        | 2024-04-01       |
        dan        | 2024-04-01       |
        """,
        creators="""
            creator_id | joined_at
            ana        | 2024-03-30
            bea        |
        """,
        campaigns="""
            campaign_id | brief | starts_at
            tea         | tea   | 2024-04-01
        """,
    )


def test_follows_others_is_of_the_last_reading_that_says_so() -> None:
    expect(
        """
        creator_id | as_of      | follows_others
        ana        | 2024-01-02 | 1
        ana        | 2024-04-01 | 0
        bea        | 2024-04-01 |
        dan        | 2024-04-01 |
        """,
        audience="""
            creator_id | observed_at | followers | following
            ana        | 2024-01-01  | 9         | 1
            ana        | 2024-02-01  | 9         | 0
            ana        | 2024-03-01  | 9         |
            bea        | 2024-03-01  | 9         |
        """,
    )


# Followers + 1 stay at 100 in the first week, are four times as many two weeks later (log 2 a week),
# and twice as many within another day, which counts as it is.
JUMPS = """
    creator_id | observed_at | followers
    ana        | 2024-01-01  | 99
    ana        | 2024-01-08  | 99
    ana        | 2024-01-22  | 399
    ana        | 2024-01-23  | 799
    bea        | 2024-01-01  | 99
    bea        | 2024-01-08  | 999
    cem        | 2024-01-01  | 999
    cem        | 2024-01-08  | 999
    cem        | 2024-01-15  | 1049
"""


def test_follower_jump_is_growth_beyond_the_usual_growth_before_it() -> None:
    # log(2) - 0, then log(2) less the median of 0 and log(2). From 23 July on the last 180 days
    # begin after 22 January. Log(1.05) = .049 is no jump yet.
    expect(
        """
        creator_id | as_of            | follower_jump
        ana        | 2024-01-22       |
        ana        | 2024-01-22 12:00 | log(2)
        ana        | 2024-07-20       | log(2)
        ana        | 2024-07-21       | log(2)/2
        ana        | 2024-07-22       |
        bea        | 2024-04-01       |
        cem        | 2024-04-01       | 0
        dan        | 2024-04-01       |
        """,
        audience=JUMPS,
    )


def test_jump_backing_compares_views_of_posts_in_a_jump_with_the_usual() -> None:
    # Post 3 falls between the readings of 8 and 22 January, which are a jump once the latter is
    # read; 4, at the moment of that reading, falls into the next. The first two weeks have no usual
    # growth to exceed. log(views + 1) of all: 1, 1, 3 and 1 times log(10), of a jump 3, and then 3
    # and 1 with a median of 2.
    expect(
        """
        creator_id | as_of            | jump_backing
        ana        | 2024-01-22       |
        ana        | 2024-01-22 00:01 | 2*log(10) * 1/4
        ana        | 2024-04-01       | 1*log(10) * 2/5
        bea        | 2024-04-01       |
        """,
        audience=JUMPS,
        posts="""
            post_id | creator_id | published_at
            1       | ana        | 2024-01-02
            2       | ana        | 2024-01-03
            3       | ana        | 2024-01-10
            4       | ana        | 2024-01-22
            5       | bea        | 2024-01-02
        """,
        post_metrics="""
            post_id | observed_at | views
            1       | 2024-01-11  | 9
            2       | 2024-01-11  | 9
            3       | 2024-01-11  | 999
            4       | 2024-01-30  | 9
            5       | 2024-01-11  | 9
        """,
    )
