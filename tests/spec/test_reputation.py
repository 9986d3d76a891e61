"""Reputation features: rows of the tables in, the feature's value out."""

from __future__ import annotations

from tests.market import expect

# Each campaign's two creators were exposed to as many people, so its rate is the plain mean of
# theirs: .02 in k1 and k2. Ana converted 30 where 20 were expected, then 8: log(31/21) and
# log(9/21). k1 matures on 31 January, k2 on 1 April, just in time; k3 reached nobody; of k4 nothing
# was read in time, of k5 the exposure is unknown.
CAMPAIGNS = """
    campaign_id | brief | starts_at  | ends_at
    k1          | tea   | 2024-01-01 |
    k2          | tea   | 2024-01-01 | 2024-03-02
    k3          | tea   | 2024-01-01 |
    k4          | tea   | 2024-01-01 |
    k5          | tea   | 2024-01-01 |
"""
OUTCOMES = """
    campaign_id | creator_id | exposed | conversions | measured_at
    k1          | ana        | 1000    | 30          |
    k1          | bea        | 1000    | 10          |
    k2          | ana        | 1000    | 8           |
    k2          | bea        | 1000    | 32          |
    k3          | ana        | 0       | 0           |
    k3          | cem        | 0       | 0           |
    k4          | ana        | 1000    | 10          | 2024-04-01
    k5          | ana        |         | 10          |
"""


def test_track_record_is_the_shrunk_mean_deviation_from_the_campaigns_rate() -> None:
    # Shrunk by 2/3 after two campaigns, by 1/2 after one; nothing is known where nobody was
    # exposed.
    expect(
        """
        creator_id | as_of      | track_record
        ana        | 2024-04-02 | (log(31/21)+log(9/21)+log(11/11))/3 * 3/4
        ana        | 2024-04-01 | (log(31/21)+log(9/21))/2 * 2/3
        ana        | 2024-03-31 | log(31/21) * 1/2
        ana        | 2024-01-30 |
        cem        | 2024-04-01 |
        dan        | 2024-04-01 |
        """,
        campaigns=CAMPAIGNS,
        outcomes=OUTCOMES,
    )


def test_track_record_recent_is_of_outcomes_of_the_last_120_days() -> None:
    # k1 became known as 31 January began; 120 days later is 30 May.
    expect(
        """
        creator_id | as_of            | track_record_recent
        ana        | 2024-04-01       | (log(31/21)+log(9/21))/2 * 2/3
        ana        | 2024-05-29       | (log(31/21)+log(9/21)+log(11/11))/3 * 3/4
        ana        | 2024-05-30       | (log(9/21)+log(11/11))/2 * 2/3
        ana        | 2024-08-30       |
        cem        | 2024-04-01       |
        """,
        campaigns=CAMPAIGNS,
        outcomes=OUTCOMES,
    )


def test_campaigns_done_counts_matured_outcomes_with_a_known_exposure() -> None:
    expect(
        """
        creator_id | as_of      | campaigns_done
        ana        | 2024-04-01 | 3
        ana        | 2024-03-31 | 2
        ana        | 2024-01-30 |
        dan        | 2024-04-01 |
        """,
        campaigns=CAMPAIGNS,
        outcomes=OUTCOMES,
    )


def test_credentials_count_those_granted_before_and_those_without_a_date() -> None:
    expect(
        """
        creator_id | as_of      | credentials
        ana        | 2024-04-01 | 3
        bea        | 2024-04-01 |
        cem        | 2024-04-01 |
        dan        | 2024-04-01 |
        """,
        credentials="""
            creator_id | kind           | granted_at
            ana        | degree         |
            ana        | book           | 2024-03-31
            ana        | recommendation | 2020-01-01
            ana        | award          | 2024-04-01
            ana        | knighthood     | 2020-01-01
            bea        | award          | 2024-04-01
            cem        | knighthood     | 2020-01-01
        """,
    )


# Since 4 October (180 days before 1 April) ana published eight posts, five of them with words.
POSTS = """
    post_id | creator_id | published_at | kind     | text       | links | sponsored
    0       | ana        | 2023-10-03   | original | OLD!!! #a  | 1     | true
    1       | ana        | 2023-10-04   | original | Good day!  | 2     | true
    9       | ana        | 2024-01-01   |          |            |       | true
    2       | ana        | 2024-01-02   | quote    | 42!        | 0     | false
    3       | ana        | 2024-01-03   | reshare  | #Tea #time |       |
    4       | ana        | 2024-01-04   | reply    | ÉTÉ là     | 0     | true
    5       | ana        | 2024-01-05   |          | 42!        | 1     | false
    6       | ana        | 2024-01-06   |          |            | 0     | false
    7       | ana        | 2024-01-07   |          |            |       |
    8       | ana        | 2024-01-08   | story    | BYE!!!!!   | 9     | true
    q       | bea        | 2024-01-08   |          |            |       |
"""


def test_caption_variety_is_distinct_texts_of_posts_with_words() -> None:
    # Five posts with words; two say the same.
    expect(
        """
        creator_id | as_of      | caption_variety
        ana        | 2024-04-01 | 4/5
        bea        | 2024-04-01 |
        dan        | 2024-04-01 |
        """,
        posts=POSTS,
    )


def test_original_share_is_of_all_posts_and_a_post_is_original_by_default() -> None:
    # Posts 1, 5, 6, 7, 9 of 1 to 7 and 9.
    expect(
        """
        creator_id | as_of      | original_share
        ana        | 2024-04-01 | 5/8
        bea        | 2024-04-01 | 1
        dan        | 2024-04-01 |
        """,
        posts=POSTS,
    )


def test_link_share_is_of_posts_of_which_links_were_counted() -> None:
    # Posts 1 and 5 of 1, 2, 4, 5, 6.
    expect(
        """
        creator_id | as_of      | link_share
        ana        | 2024-04-01 | 2/5
        bea        | 2024-04-01 |
        dan        | 2024-04-01 |
        """,
        posts=POSTS,
    )


def test_sponsored_share_is_of_posts_of_ninety_days_of_which_it_is_known() -> None:
    # Since 2 January: post 4 of 2, 4, 5, 6.
    expect(
        """
        creator_id | as_of      | sponsored_share
        ana        | 2024-04-01 | 1/4
        bea        | 2024-04-01 |
        dan        | 2024-04-01 |
        """,
        posts=POSTS,
    )


def test_exclamations_and_hashtags_are_means_per_post_with_words() -> None:
    # Posts 1 to 5: one mark in three of them, two hashes in one.
    expect(
        """
        creator_id | as_of      | exclamations | hashtags
        ana        | 2024-04-01 | 3/5          | 2/5
        bea        | 2024-04-01 |              |
        dan        | 2024-04-01 |              |
        """,
        posts=POSTS,
    )


def test_capitals_is_the_mean_share_of_letters_that_have_a_case_in_any_alphabet() -> None:
    # Good day: 1 of 7; #Tea #time: 1 of 7; ÉTÉ là: 3 of 5; 42 has no letters. Дума: 1 of 4; Chinese
    # knows no capitals.
    expect(
        """
        creator_id | as_of      | capitals
        ana        | 2024-04-01 | (1/7+1/7+3/5)/3
        bea        | 2024-04-01 |
        dan        | 2024-04-01 |
        """,
        posts=POSTS,
    )
    expect(
        """
        creator_id | as_of      | capitals
        rus        | 2024-04-01 | 1/4
        zho        | 2024-04-01 |
        """,
        posts="""
            post_id | creator_id | published_at | text
            1       | rus        | 2024-03-01   | Дума
            2       | zho        | 2024-03-01   | 你好
        """,
    )


def test_profile_completeness_is_of_name_handle_bio_and_country() -> None:
    # Bea joined on 1 April, and is not yet known then; of dan there is no profile.
    expect(
        """
        creator_id | as_of            | profile_completeness
        ana        | 2024-04-01       | 3/4
        bea        | 2024-04-01       |
        bea        | 2024-04-01 00:01 | 1/4
        cem        | 2024-04-01       | 0
        dan        | 2024-04-01       |
        """,
        creators="""
            creator_id | name | handle | bio  | country | joined_at
            ana        | Ana  | @ana   | Tea. |         |
            bea        | Bea  |        |      |         | 2024-04-01
            cem        |      |        |      |         | 2024-03-31
        """,
        campaigns="""
            campaign_id | brief | starts_at
            tea         | tea   | 2024-04-01
        """,
    )


def test_tenure_days_counts_from_the_first_known_post() -> None:
    expect(
        """
        creator_id | as_of            | tenure_days
        ana        | 2024-01-02 12:00 | 91.5
        bea        | 2024-01-08       |
        bea        | 2024-01-09       | 1
        dan        | 2024-04-01       |
        """,
        posts=POSTS,
    )
