"""Features of presence: does the creator go on, at its own pace, on the brief's topic."""

from __future__ import annotations

from tests.market import expect, topics

DRINKS = topics("green tea cup", "running shoes")
CAMPAIGNS = """
    campaign_id | brief     | starts_at  | language
    k1          | green tea | 2024-06-01 | en
    k2          | green tea | 2024-06-01 | fr
"""


def test_topical_silence_is_the_wait_against_the_gaps_between_posts_on_the_topic() -> None:
    # On the topic ana posted on 1, 5 and 13 January, every 6 days in the mean; shoes are another
    # topic. Cem's two posts lie an hour apart, which counts as a quarter of a day.
    expect(
        """
        creator_id | campaign_id | as_of      | topical_silence
        ana        | k1          | 2024-01-25 | log(12/6)
        ana        | k1          | 2024-01-06 | log(1/4)
        ana        | k1          | 2024-01-05 |
        ana        | k2          | 2024-01-25 |
        bea        | k1          | 2024-01-25 |
        cem        | k1          | 2024-01-25 | log(24/.25)
        """,
        space=DRINKS,
        creators="creator_id | language\n ana | en\n bea |\n cem |",
        campaigns=CAMPAIGNS,
        posts="""
            post_id | creator_id | published_at     | text
            1       | ana        | 2024-01-01       | green tea
            2       | ana        | 2024-01-05       | tea
            3       | ana        | 2024-01-06       | running
            4       | ana        | 2024-01-13       | tea
            5       | ana        | 2024-01-24       | shoes
            6       | bea        | 2024-01-01       | tea
            7       | bea        | 2024-01-02       | shoes
            8       | cem        | 2023-12-31 23:00 | tea
            9       | cem        | 2024-01-01       | tea
        """,
    )


# Ana's gaps are 1, 2, .1 and 8 days.
GAPS = """
    post_id | creator_id | published_at
    1       | ana        | 2024-01-07 21:36
    2       | ana        | 2024-01-08 21:36
    3       | ana        | 2024-01-10 21:36
    4       | ana        | 2024-01-11
    5       | ana        | 2024-01-19
    6       | bea        | 2024-01-19
    7       | cem        | 2023-06-01
    8       | cem        | 2023-06-02
"""


def test_cadence_spread_is_the_interquartile_range_of_log_gaps() -> None:
    # Logs of .25 (for .1), 1, 2 and 8 are -2, 0, 1 and 3 times log 2: quartiles at -.5 and 1.5.
    expect(
        """
        creator_id | as_of      | cadence_spread
        ana        | 2024-04-01 | 2*log(2)
        bea        | 2024-04-01 |
        cem        | 2024-04-01 |
        """,
        posts=GAPS,
    )


def test_longest_pause_is_the_longest_gap_against_the_median_one() -> None:
    # The median of logs, of 1 and 2 days, is that of sqrt(2) days.
    expect(
        """
        creator_id | as_of      | longest_pause
        ana        | 2024-04-01 | log(8/sqrt(2))
        ana        | 2024-01-09 | 0
        bea        | 2024-04-01 |
        cem        | 2024-04-01 |
        """,
        posts=GAPS,
    )


def test_weeks_active_counts_weeks_back_from_the_moment() -> None:
    # Twelve weeks before 1 April is 8 January: that moment lies in the twelfth, 25 March in the
    # first, with the 31st.
    expect(
        """
        creator_id | as_of      | weeks_active
        ana        | 2024-04-01 | 2/12
        bea        | 2024-04-01 | 0
        cem        | 2024-04-01 |
        """,
        posts="""
            post_id | creator_id | published_at
            0       | ana        | 2024-01-07
            1       | ana        | 2024-01-08
            2       | ana        | 2024-03-25
            3       | ana        | 2024-03-31
            4       | bea        | 2023-01-01
            5       | cem        | 2024-04-01
        """,
    )


def test_reply_effort_trend_compares_comments_that_had_their_week() -> None:
    # On 1 April the recent comments are those since 9 February that came before 25 March: 4 answered
    # within a week, 5 after exactly one, 6 never. Before, since 11 November: 2 answered, 3 not. 1 is
    # too old and 7 too young.
    expect(
        """
        creator_id | as_of      | reply_effort_trend
        ana        | 2024-04-01 | 1/3-1/2
        bea        | 2024-04-01 |
        dan        | 2024-04-01 |
        """,
        interactions="""
            interaction_id | occurred_at | kind    | actor_id | target_id | parent_id
            1              | 2023-11-10  | comment | fan      | ana       |
            2              | 2023-11-11  | comment | fan      | ana       |
            2a             | 2023-11-12  | reply   | ana      | fan       | 2
            3              | 2024-02-08  | comment | fan      | ana       |
            4              | 2024-02-09  | comment | fan      | ana       |
            4a             | 2024-02-15  | reply   | ana      | fan       | 4
            5              | 2024-03-01  | comment | fan      | ana       |
            5a             | 2024-03-08  | reply   | ana      | fan       | 5
            6              | 2024-03-24  | comment | fan      | ana       |
            7              | 2024-03-25  | comment | fan      | ana       |
            7a             | 2024-03-25  | reply   | ana      | fan       | 7
            8              | 2024-03-01  | comment | fan      | bea       |
        """,
    )
