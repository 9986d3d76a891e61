"""Momentum features: rows of the tables in, the feature's value out."""

from __future__ import annotations

from tests.market import expect

# Ana's gaps are 10, 2 and 4 days: median 4. Bea posted once, cem every hour.
POSTS = """
    post_id | creator_id | published_at
    1       | ana        | 2024-03-01
    2       | ana        | 2024-03-11
    3       | ana        | 2024-03-13
    4       | ana        | 2024-03-17
    5       | bea        | 2024-03-17
    6       | cem        | 2024-03-31 22:00
    7       | cem        | 2024-03-31 23:00
"""


def test_silence_is_the_wait_against_the_creators_own_median_gap() -> None:
    # Ana: 15 days over 4. Cem: an hour of each counts as a quarter of a day; after 5 days, 5 over a
    # quarter.
    expect(
        """
        creator_id | as_of      | silence
        ana        | 2024-04-01 | log(15/4)
        bea        | 2024-04-01 |
        cem        | 2024-04-01 | 0
        cem        | 2024-04-05 23:00 | log(5/.25)
        dan        | 2024-04-01 |
        """,
        posts=POSTS,
    )


def test_days_since_post_counts_from_the_last_post_before_the_moment() -> None:
    expect(
        """
        creator_id | as_of            | days_since_post
        ana        | 2024-04-01       | 15
        ana        | 2024-03-17       | 4
        ana        | 2024-03-17 12:00 | .5
        dan        | 2024-04-01       |
        """,
        posts=POSTS,
    )


def test_posts_per_week_is_zero_for_a_creator_that_fell_silent_and_missing_without_posts() -> None:
    # 28 days before 8 April is 11 March: three posts in four weeks.
    expect(
        """
        creator_id | as_of      | posts_per_week
        ana        | 2024-04-08 | 3/4
        ana        | 2024-04-09 | 2/4
        ana        | 2024-06-01 | 0
        ana        | 2024-03-01 |
        dan        | 2024-04-01 |
        """,
        posts=POSTS,
    )


def test_cadence_change_compares_four_weeks_with_the_twelve_before() -> None:
    # On 8 April the four weeks began on 11 March, and the twelve before on 18 December: ana has three
    # posts and one, eve one and two. On 1 September none of ana's lies in either.
    expect(
        """
        creator_id | as_of      | cadence_change
        ana        | 2024-04-08 | log((3+1)/(1/3+1))
        ana        | 2024-09-01 | 0
        eve        | 2024-04-08 | log((1+1)/(2/3+1))
        dan        | 2024-04-01 |
        """,
        posts=POSTS
        + """
            7 | eve | 2023-12-17
            8 | eve | 2023-12-17 12:00
            9 | eve | 2023-12-18
            10 | eve | 2024-03-10
            11 | eve | 2024-03-11
        """,
    )


# 45 days before 15 May is 31 March (3, 6, 7), and 180 days before that 3 October (1, 2, 8; 0 is too
# old). Views + 1 were 1000, 100, 100000 before and 10, 1, 1000 after: medians 1000 and 10. Response
# per view .5/1000 = .0005, 20/100 = .2, .5/100000 before and .5/10 = .05, .5/1, .5/1000 after:
# medians .0005 and .05.
TREND_POSTS = """
    post_id | creator_id | published_at
    0       | ana        | 2023-10-02
    1       | ana        | 2023-10-03
    8       | ana        | 2024-01-01
    2       | ana        | 2024-03-30
    3       | ana        | 2024-03-31
    6       | ana        | 2024-04-01
    7       | ana        | 2024-04-02
    4       | bea        | 2024-04-10
    5       | cem        | 2024-03-01
"""
TREND_READINGS = """
    post_id | observed_at | views | comments | shares
    0       | 2023-11-01  | 999999 | 0       | 0
    1       | 2023-11-01  | 999   | 0        | 0
    8       | 2024-02-01  | 99999 | 0        | 0
    2       | 2024-04-10  | 99    | 9        | 10.5
    3       | 2024-04-10  | 9     | 0        | 0
    6       | 2024-04-10  | 0     | 0        | 0
    7       | 2024-04-10  | 999   | 0        | 0
    4       | 2024-04-20  | 9     | 0        | 0
    5       | 2024-04-20  | 9     | 0        | 0
"""


def test_response_trend_needs_read_posts_of_both_periods() -> None:
    expect(
        """
        creator_id | as_of      | response_trend
        ana        | 2024-05-15 | log(.05/.0005)
        bea        | 2024-05-15 |
        cem        | 2024-05-15 |
        dan        | 2024-05-15 |
        """,
        posts=TREND_POSTS,
        post_metrics=TREND_READINGS,
    )


def test_views_trend_needs_read_posts_of_both_periods() -> None:
    expect(
        """
        creator_id | as_of      | views_trend
        ana        | 2024-05-15 | log(10/1000)
        bea        | 2024-05-15 |
        cem        | 2024-05-15 |
        dan        | 2024-05-15 |
        """,
        posts=TREND_POSTS,
        post_metrics=TREND_READINGS,
    )


def test_attention_change_is_zero_attention_where_the_creator_is_in_some_interaction() -> None:
    # On 1 April the 28 days began on 4 March: of ana's acts received three lie in them and three in
    # the 84 days before. Bea only acts, hence received nothing; dan is in no interaction.
    expect(
        """
        creator_id | as_of      | attention_change
        ana        | 2024-04-01 | log((3+3)/(3/3+3))
        bea        | 2024-04-01 | 0
        dan        | 2024-04-01 |
        """,
        interactions="""
            interaction_id | occurred_at | kind    | actor_id | target_id
            0              | 2023-12-10  | like    | fan      | ana
            00             | 2023-12-10  | like    | fan      | ana
            1              | 2023-12-11  | like    | fan      | ana
            2              | 2024-02-01  | mention | fan      | ana
            3              | 2024-03-03  | comment | fan      | ana
            4              | 2024-03-04  | reshare | fan      | ana
            44             | 2024-03-04  | comment | fan      | ana
            5              | 2024-03-31  | reply   | bea      | ana
            6              | 2024-04-01  | like    | fan      | ana
            7              | 2024-03-31  | wave    | fan      | ana
            8              | 2024-03-31  | like    | ana      | ana
        """,
    )


def test_attention_change_is_unknown_without_interactions() -> None:
    expect(
        """
        as_of      | attention_change
        2024-04-01 |
        """,
        posts=POSTS,
    )


def test_audience_growth_is_that_of_the_slower_weeks() -> None:
    # Growths a week of ana: log(2), log(2), log(8) and log(4), of which the lower quartile is log(2);
    # of bea 0, 0 and log(100), of cem -log(2), -log(2) and -log(2).
    expect(
        """
        creator_id | as_of      | audience_growth
        ana        | 2024-04-01 | 90/7*log(2)
        bea        | 2024-04-01 | 0
        cem        | 2024-04-01 | -90/7*log(2)
        dan        | 2024-04-01 |
        """,
        audience="""
            creator_id | observed_at | followers
            ana        | 2024-03-01  | 0
            ana        | 2024-03-08  | 1
            ana        | 2024-03-15  | 3
            ana        | 2024-03-22  | 31
            ana        | 2024-03-29  | 127
            bea        | 2024-03-01  | 9
            bea        | 2024-03-08  | 9
            bea        | 2024-03-15  | 9
            bea        | 2024-03-22  | 999
            cem        | 2024-03-01  | 7
            cem        | 2024-03-08  | 3
            cem        | 2024-03-15  | 1
            cem        | 2024-03-22  | 0
        """,
    )


def test_audience_growth_is_a_week_s_however_often_followers_are_read() -> None:
    # Ana doubles every four weeks and is read as often, bea every week. Of bea's reading of 2 March none
    # is a week before, and 8 March is less than a week after.
    expect(
        """
        creator_id | as_of      | audience_growth
        ana        | 2024-04-01 | 90/28*log(2)
        bea        | 2024-04-01 | 90/7*log(2)
        """,
        audience="""
            creator_id | observed_at      | followers
            ana        | 2024-01-05       | 1
            ana        | 2024-02-02       | 3
            ana        | 2024-03-01       | 7
            ana        | 2024-03-29       | 15
            bea        | 2024-03-01       | 0
            bea        | 2024-03-02       | 8
            bea        | 2024-03-08       | 1
            bea        | 2024-03-15       | 3
            bea        | 2024-03-22       | 7
        """,
    )


def test_audience_growth_needs_three_growths_in_ninety_days() -> None:
    # 90 days before 1 April is 2 January, in the window to the very moment.
    expect(
        """
        creator_id | as_of      | audience_growth
        ana        | 2024-04-01 | 90/7*log(2)
        ana        | 2024-04-02 |
        ana        | 2024-01-16 |
        ana        | 2024-01-17 | 90/7*log(2)
        """,
        audience="""
            creator_id | observed_at | followers
            ana        | 2023-12-26  | 0
            ana        | 2024-01-02  | 1
            ana        | 2024-01-09  | 3
            ana        | 2024-01-16  | 7
        """,
    )
