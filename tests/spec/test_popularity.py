"""Popularity features: rows of the tables in, the feature's value out."""

from __future__ import annotations

from tests.market import expect

AUDIENCE = """
    creator_id | observed_at      | followers | following
    ana        | 2024-01-01       | 99        | 9
    ana        | 2024-03-01       | 999       |
    ana        | 2024-04-01       | 9999      | 99
    bea        | 2024-04-01       | 0         |
"""


def test_log_followers_and_following_are_of_the_last_reading_that_has_them() -> None:
    expect(
        """
        creator_id | as_of            | log_followers | log_following
        ana        | 2024-01-01       |               |
        ana        | 2024-03-15       | log(1000)     | log(10)
        ana        | 2024-04-01       | log(1000)     | log(10)
        ana        | 2024-04-01 00:01 | log(10000)    | log(100)
        bea        | 2024-05-01       | 0             |
        cem        | 2024-05-01       |               |
        """,
        audience=AUDIENCE,
    )


# Views + 1 at the last reading: 1, 1000, 100, 1000000, of which the last three since 1 February, 60
# days before 1 April. Of their powers of ten, 0, 2, 3, 6, the median is 2.5; the quartiles lie at
# 1.5 and 3.75. Bea's post was never read.
POSTS = """
    post_id | creator_id | published_at
    p1      | ana        | 2024-01-31
    p2      | ana        | 2024-02-01
    p3      | ana        | 2024-03-01
    p4      | ana        | 2024-03-02
    q1      | bea        | 2024-03-01
"""
READINGS = """
    post_id | observed_at | views  | likes | comments
    p1      | 2024-02-01  | 0      | 3     | 1
    p2      | 2024-02-02  | 1      | 0     | 0
    p2      | 2024-03-02  | 999    | 50    | 49
    p3      | 2024-03-02  | 99     | 6     |
    p4      | 2024-03-03  | 999999 | 9000  | 999
"""


def test_log_views_are_medians_over_earlier_posts() -> None:
    expect(
        """
        creator_id | as_of      | log_views   | log_views_recent | log_views_spread
        ana        | 2024-04-01 | 2.5*log(10) | log(1000)        | 2.25*log(10)
        bea        | 2024-04-01 |             |                  |
        cem        | 2024-04-01 |             |                  |
        """,
        posts=POSTS,
        post_metrics=READINGS,
    )


def test_log_views_recent_looks_back_sixty_days() -> None:
    # p3 and p4, after 1 May neither.
    expect(
        """
        as_of      | log_views   | log_views_recent
        2024-04-02 | 2.5*log(10) | log(100)/2+log(1000000)/2
        2024-06-01 | 2.5*log(10) |
        """,
        posts=POSTS,
        post_metrics=READINGS,
    )


def test_log_engagement_is_of_posts_with_both_counters() -> None:
    # p1: 3 + 1, p2: 50 + 49, p4: 9000 + 999; the comments of p3 are unknown.
    expect(
        """
        creator_id | as_of      | log_engagement
        ana        | 2024-04-01 | log(100)
        bea        | 2024-04-01 |
        """,
        posts=POSTS,
        post_metrics=READINGS,
    )


# Matured on 31 January: ana exposed 3000 by 3 posts, 500 by 1, 90000 by 1, and none; that of May is
# not mature.
CAMPAIGNS = """
    campaign_id | brief | starts_at
    k1          | tea   | 2024-01-01
    k2          | tea   | 2024-01-01
    k3          | tea   | 2024-01-01
    k4          | tea   | 2024-05-01
    k5          | tea   | 2024-01-01
"""
OUTCOMES = """
    campaign_id | creator_id | exposed | conversions | posts
    k1          | ana        | 3000    | 30          | 3
    k2          | ana        | 500     | 7           | 1
    k3          | ana        | 0       | 0           | 1
    k4          | ana        | 800     | 8           | 1
    k5          | ana        | 90000   | 100         |
    k1          | bea        |         | 5           | 1
"""


def test_log_exposed_is_per_post_of_outcomes_that_reached_anybody() -> None:
    expect(
        """
        creator_id | as_of      | log_exposed
        ana        | 2024-04-01 | log(1000)
        bea        | 2024-04-01 |
        cem        | 2024-04-01 |
        """,
        campaigns=CAMPAIGNS,
        outcomes=OUTCOMES,
    )


def test_past_totals_are_of_matured_outcomes() -> None:
    expect(
        """
        creator_id | as_of      | past_conversions | past_exposed
        ana        | 2024-04-01 | 137              | 93500
        bea        | 2024-04-01 |                  |
        ana        | 2024-01-15 |                  |
        """,
        campaigns=CAMPAIGNS,
        outcomes=OUTCOMES,
    )


def test_follow_ratio_and_floor_are_of_the_last_reading() -> None:
    # More than 100 followers are on the safe side of the floor.
    expect(
        """
        creator_id | as_of      | follow_ratio | audience_floor
        ana        | 2024-01-01 |              |
        ana        | 2024-01-02 | log(10)      | 0
        ana        | 2024-03-15 | log(100)     | 1
        bea        | 2024-05-01 |              | 0
        cem        | 2024-05-01 |              |
        """,
        audience=AUDIENCE,
    )


def test_response_and_views_per_follower_are_medians_of_ninety_days_over_the_last_reading() -> None:
    # Since 2 January; 1000 is the last reading of followers, plus one.
    expect(
        """
        creator_id | as_of      | response_per_follower | views_per_follower
        ana        | 2024-04-01 | log(9.5/1000)         | log(100/1000)
        ana        | 2024-07-01 |                       |
        bea        | 2024-04-01 |                       |
        """,
        audience=AUDIENCE.replace("2024-04-01 ", "2024-09-01 "),
        posts="""
            post_id | creator_id | published_at
            1       | ana        | 2024-01-01
            2       | ana        | 2024-01-02
            3       | bea        | 2024-01-02
        """,
        post_metrics="""
            post_id | observed_at | views | comments | shares
            1       | 2024-01-03  | 9     | 0        | 0
            2       | 2024-01-03  | 99    | 4        | 5
            3       | 2024-01-03  | 99    | 4        | 5
        """,
    )


def test_active_follower_share_counts_accounts_of_ninety_days_and_at_most_all_followers() -> None:
    # Two accounts acted towards ana since 2 January, who has 999 followers; towards dan, who has
    # one, two. Eve has none.
    expect(
        """
        creator_id | as_of      | active_follower_share
        ana        | 2024-04-01 | 2/999
        dan        | 2024-04-01 | 1
        eve        | 2024-04-01 |
        bea        | 2024-04-01 |
        cem        | 2024-04-01 |
        """,
        audience="""
            creator_id | observed_at | followers
            ana        | 2024-03-01  | 999
            dan        | 2024-03-01  | 1
            eve        | 2024-03-01  | 0
            bea        | 2024-03-01  | 9
        """,
        interactions="""
            interaction_id | occurred_at | kind    | actor_id | target_id
            1              | 2024-01-01  | like    | early    | ana
            2              | 2024-01-02  | like    | fan      | ana
            3              | 2024-01-03  | comment | fan      | ana
            4              | 2024-01-03  | comment | other    | ana
            5              | 2024-01-03  | like    | fan      | dan
            6              | 2024-01-03  | like    | other    | dan
            7              | 2024-01-03  | like    | fan      | eve
            8              | 2024-01-03  | like    | fan      | cem
        """,
    )
