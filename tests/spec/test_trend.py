"""Features of trend and growth: response and audience now against the creator's own past."""

from __future__ import annotations

from tests.market import expect, topics


def test_response_acceleration_is_the_change_of_the_change() -> None:
    # 45 days before 15 May is 31 March, 90 is 15 February, 135 is 1 January. Comments + shares + .5
    # per 1000: 10, then 40, then 80: doubled at last, times four before.
    expect(
        """
        creator_id | as_of      | response_acceleration
        ana        | 2024-05-15 | log(80/40)-log(40/10)
        bea        | 2024-05-15 |
        """,
        posts="""
            post_id | creator_id | published_at
            0       | ana        | 2023-12-31
            1       | ana        | 2024-01-01
            2       | ana        | 2024-02-15
            3       | ana        | 2024-03-31
            4       | bea        | 2024-02-15
            5       | bea        | 2024-03-31
        """,
        post_metrics="""
            post_id | observed_at | views | comments | shares
            0       | 2024-05-01  | 999   | 500      | 499.5
            1       | 2024-05-01  | 999   | 5        | 4.5
            2       | 2024-05-01  | 999   | 20       | 19.5
            3       | 2024-05-01  | 999   | 40       | 39.5
            4       | 2024-05-01  | 999   | 40       | 39.5
            5       | 2024-05-01  | 999   | 40       | 39.5
        """,
    )


# Bea posts on the first ten days of January and of April, read with ten comments per thousand views
# in winter and twenty in spring, and no shares: what is usual for ana's posts of 24 January and of
# 24 April, hers having forty and a hundred and sixty.
USUAL_POSTS = "\n".join(
    f"b{month}-{day} | bea | 2024-{month:02}-{day:02}" for month in (1, 4) for day in range(1, 11)
)
USUAL_READINGS = "\n".join(
    f"b{month}-{day} | 2024-{month:02}-12 | 999 | {comments} | 0"
    for month, comments in ((1, 9.5), (4, 19.5))
    for day in range(1, 11)
)
LEVEL_POSTS = f"post_id | creator_id | published_at\n{USUAL_POSTS}\n a1 | ana | 2024-01-24\n a2 | ana | 2024-04-24"
LEVEL_READINGS = f"""
    post_id | observed_at | views | comments | shares
    {USUAL_READINGS}
    a1 | 2024-01-30 | 999 | 39.5 | 0
    a2 | 2024-04-30 | 999 | 159.5 | 0
"""
PLATFORM = "creator_id | platform\n ana | tok\n bea | tok"


def test_relative_response_trend_leaves_out_what_moved_everybody() -> None:
    # Times four, while the usual response doubled. Bea's posts have no level to be compared with in
    # January, the first ten being hers.
    expect(
        """
        creator_id | as_of      | relative_response_trend
        ana        | 2024-05-15 | log(160/40)-log(20/10)
        ana        | 2024-04-24 |
        bea        | 2024-05-15 |
        cem        | 2024-05-15 |
        """,
        creators=PLATFORM,
        posts=LEVEL_POSTS,
        post_metrics=LEVEL_READINGS,
    )


def test_comments_trend_leaves_out_what_moved_everybody() -> None:
    expect(
        """
        creator_id | as_of      | comments_trend
        ana        | 2024-05-15 | log(160/40)-log(20/10)
        ana        | 2024-04-24 |
        cem        | 2024-05-15 |
        """,
        creators=PLATFORM,
        posts=LEVEL_POSTS,
        post_metrics=LEVEL_READINGS,
    )


def test_tone_trend_compares_the_mean_polarity_of_comments() -> None:
    # 45 days before 1 April is 16 February. love and thank: .7717 (see test_criticism); 2 and 3 take
    # no side, 5 is in no known language.
    expect(
        """
        creator_id | as_of      | tone_trend
        ana        | 2024-04-01 | .7717/2-.7717/2
        ana        | 2024-03-10 | .7717-.7717/2
        bea        | 2024-04-01 |
        """,
        interactions="""
            interaction_id | occurred_at | kind    | actor_id | target_id | text
            1              | 2024-01-01  | comment | fan      | ana       | I love this tea, thank you
            2              | 2024-01-10  | comment | fan      | ana       | running shoes for the marathon
            3              | 2024-03-20  | comment | fan      | ana       | running shoes for the marathon
            4              | 2024-03-01  | comment | fan      | ana       | I love this tea, thank you
            5              | 2024-03-01  | comment | fan      | ana       | 茶
            6              | 2024-03-01  | comment | fan      | bea       | I love this tea, thank you
        """,
    )


def test_topic_trend_compares_shares_of_posts_on_the_topic() -> None:
    # 60 days before 1 April is 1 February: one of two then, one of three before.
    expect(
        """
        creator_id | campaign_id | as_of      | topic_trend
        ana        | k1          | 2024-04-01 | 1/2-1/3
        bea        | k1          | 2024-04-01 |
        """,
        space=topics("green tea cup", "running shoes"),
        campaigns="campaign_id | brief | starts_at\n k1 | green tea | 2024-06-01",
        posts="""
            post_id | creator_id | published_at | text
            1       | ana        | 2024-01-01   | tea
            2       | ana        | 2024-01-02   | shoes
            3       | ana        | 2024-01-31   | running shoes
            4       | ana        | 2024-02-01   | cup
            5       | ana        | 2024-03-01   | shoes
            6       | bea        | 2024-03-01   | tea
        """,
    )


# 45 days before 1 April is 16 February, 90 is 2 January.
AUDIENCE = """
    creator_id | observed_at      | followers
    ana        | 2023-12-01       | 999
    ana        | 2024-01-02       | 1999
    ana        | 2024-02-16       | 7999
    bea        | 2024-01-02       | 1999
    bea        | 2024-02-16       | 7999
    cem        | 2023-12-01       | 999
    cem        | 2024-02-16       | 7999
"""


# Followers + 1 double each week until 16 February and are four times as many each week from then on.
# Ana's views grew hundredfold, bea's doubled, cem's fell; dan's posts are all of one period.
WEEKS = "\n".join(
    ["creator_id | observed_at | followers"]
    + [
        f"{who} | 2024-{day} | {2**n - 1}"
        for who in ("ana", "bea", "cem", "dan")
        for day, n in zip(
            ("01-19", "01-26", "02-02", "02-09", "02-16", "02-23", "03-01"),
            (0, 1, 2, 3, 5, 7, 9),
            strict=True,
        )
    ]
)


def test_audience_acceleration_counts_no_further_than_views_rose() -> None:
    # 45/7 of log(4) - log(2) is 6.43 log(2), less than log(100), more than log(2).
    expect(
        """
        creator_id | as_of      | audience_acceleration
        ana        | 2024-04-01 | 45/7*log(2)
        bea        | 2024-04-01 | log(2)
        cem        | 2024-04-01 | 0
        dan        | 2024-04-01 |
        ana        | 2024-03-01 |
        """,
        audience=WEEKS,
        posts="""
            post_id | creator_id | published_at
            1       | ana        | 2024-02-01
            2       | ana        | 2024-03-01
            3       | bea        | 2024-02-01
            4       | bea        | 2024-03-01
            5       | cem        | 2024-02-01
            6       | cem        | 2024-03-01
            7       | dan        | 2024-03-01
        """,
        post_metrics="""
            post_id | observed_at | views
            1       | 2024-03-20  | 9
            2       | 2024-03-20  | 999
            3       | 2024-03-20  | 9
            4       | 2024-03-20  | 19
            5       | 2024-03-20  | 99
            6       | 2024-03-20  | 9
            7       | 2024-03-20  | 9
        """,
    )


def test_followers_that_grow_ever_slower_are_so_whatever_views_do() -> None:
    # Times four a week, then twice.
    expect(
        """
        creator_id | as_of      | audience_acceleration
        ana        | 2024-04-01 | -45/7*log(2)
        """,
        audience="""
            creator_id | observed_at | followers
            ana        | 2024-01-19  | 0
            ana        | 2024-01-26  | 3
            ana        | 2024-02-02  | 15
            ana        | 2024-02-09  | 63
            ana        | 2024-02-16  | 127
            ana        | 2024-02-23  | 255
            ana        | 2024-03-01  | 511
        """,
        posts="""
            post_id | creator_id | published_at
            1       | ana        | 2024-02-01
            2       | ana        | 2024-03-01
        """,
        post_metrics="""
            post_id | observed_at | views
            1       | 2024-03-20  | 9
            2       | 2024-03-20  | 99
        """,
    )


def test_growth_divergence_is_growth_of_followers_less_growth_of_response() -> None:
    # Ana's followers grew to eight times as many, likes and comments a post from 10 to 20; cem's
    # posts are all of one period.
    expect(
        """
        creator_id | as_of      | growth_divergence
        ana        | 2024-04-01 | log(8)-log(20/10)
        bea        | 2024-04-01 |
        cem        | 2024-04-01 |
        dan        | 2024-04-01 |
        """,
        audience=AUDIENCE,
        posts="""
            post_id | creator_id | published_at
            1       | ana        | 2024-01-01
            2       | ana        | 2024-01-02
            3       | bea        | 2024-01-01
            4       | bea        | 2024-01-02
            5       | cem        | 2024-01-02
        """,
        post_metrics="""
            post_id | observed_at | likes | comments
            1       | 2024-03-01  | 5     | 4
            2       | 2024-03-01  | 15    | 4
            3       | 2024-03-01  | 5     | 4
            4       | 2024-03-01  | 15    | 4
            5       | 2024-03-01  | 15    | 4
        """,
    )
