"""Authenticity features: rows of the tables in, the feature's value out."""

from __future__ import annotations

import pandas as pd

from tests.market import expect

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


def test_curated_share_is_of_all_posts() -> None:
    # The quote and the reshare of the eight posts.
    expect(
        """
        creator_id | as_of      | curated_share
        ana        | 2024-04-01 | 2/8
        bea        | 2024-04-01 | 0
        dan        | 2024-04-01 |
        """,
        posts=POSTS,
    )


def test_near_duplicate_share_is_of_posts_that_repeat_one_of_the_180_days_before_them() -> None:
    # Since 4 October: 2, whose like is too old; 3, which says the same as 2; 4, which is new. One
    # word is too short to compare. Bea says it for the first time.
    said = "three days in the old town and one by the sea"
    expect(
        """
        creator_id | as_of      | near_duplicate_share
        ana        | 2024-04-01 | 1/3
        ana        | 2024-01-10 | 0
        bea        | 2024-04-01 | 0
        cem        | 2024-04-01 |
        dan        | 2024-04-01 |
        """,
        posts=f"""
            post_id | creator_id | published_at | text
            1       | ana        | 2023-07-01   | {said}
            2       | ana        | 2024-01-01   | {said}
            3       | ana        | 2024-01-10   | {said.upper()}!!
            4       | ana        | 2024-01-20   | what a good cup of coffee they make here
            5       | ana        | 2024-01-21   | tea
            6       | bea        | 2024-01-21   | {said}
            7       | cem        | 2024-01-21   | tea
        """,
    )


def test_words_are_counted_and_told_apart_in_posts_with_words() -> None:
    # Of 2, 4 and 4 words all, all and two are different.
    expect(
        """
        creator_id | as_of      | lexical_variety | text_substance
        ana        | 2024-04-01 | (1+1+1/2)/3     | log(4)
        bea        | 2024-04-01 |                 |
        dan        | 2024-04-01 |                 |
        """,
        posts="""
            post_id | creator_id | published_at | text
            0       | ana        | 2023-10-03   | old
            1       | ana        | 2024-01-01   | tea cup
            2       | ana        | 2024-01-02   | a cup of tea
            3       | ana        | 2024-01-03   | Tea, tea, tea! Cup.
            4       | ana        | 2024-01-04   | 🍵 !!
            5       | ana        | 2024-01-05   |
            6       | bea        | 2024-01-05   |
        """,
    )


def test_voice_spread_is_between_the_quartiles_of_the_lengths_of_four_texts_or_more() -> None:
    # 1, 10, 100 and 1000 characters: of their powers of ten 0, 1, 2, 3 the quartiles are .75, 2.25.
    expect(
        """
        creator_id | as_of      | voice_spread
        ana        | 2024-04-01 | 1.5*log(10)
        ana        | 2024-01-04 |
        bea        | 2024-04-01 |
        """,
        posts="post_id | creator_id | published_at | text\n"
        + "\n".join(f"{i} | ana | 2024-01-0{i + 1} | {'a' * 10**i}" for i in range(4))
        + "\nb | bea | 2024-01-01 | ",
    )


def test_domain_variety_is_of_pairs_of_links() -> None:
    # Of the links a, b, a, a three are the same: 3*2 of 4*3 ordered pairs. A single link says
    # nothing.
    expect(
        """
        creator_id | as_of      | domain_variety
        ana        | 2024-04-01 | 1 - 6/12
        ana        | 2024-03-02 | 1
        bea        | 2024-04-01 |
        cem        | 2024-04-01 |
        dan        | 2024-04-01 |
        """,
        posts=pd.DataFrame(
            [
                ("0", "ana", "2023-10-03", ["z.org"]),
                ("1", "ana", "2024-03-01", ["a.org", "b.org"]),
                ("2", "ana", "2024-03-02", ["a.org"]),
                ("3", "ana", "2024-03-03", ["A.org"]),
                ("4", "ana", "2024-03-03", None),
                ("5", "bea", "2024-03-03", ["a.org"]),
                ("6", "cem", "2024-03-03", []),
            ],
            columns=["post_id", "creator_id", "published_at", "domains"],
        ),
    )


def test_self_promotion_share_is_of_posts_that_promote_and_do_nothing_else() -> None:
    # A call, a link and a paid post promote; whoever asks, names somebody, quotes or passes on
    # besides does more. An address is no name. Of the last nothing is known.
    expect(
        """
        creator_id | as_of      | self_promotion_share
        ana        | 2024-04-01 | 4/9
        bea        | 2024-04-01 |
        dan        | 2024-04-01 |
        """,
        posts="""
            post_id | creator_id | published_at | kind    | text                    | links | sponsored
            0       | ana        | 2023-10-03   |         | buy my book             |       |
            1       | ana        | 2024-01-01   |         | buy my book             |       |
            2       | ana        | 2024-01-02   |         |                         | 1     |
            3       | ana        | 2024-01-03   |         | tea                     | 0     | true
            4       | ana        | 2024-01-04   |         | buy it from me@book.org |       |
            5       | ana        | 2024-01-05   |         | buy my book, will you?  |       |
            6       | ana        | 2024-01-06   |         | buy the book of @bea    |       |
            7       | ana        | 2024-01-07   | reshare |                         |       | true
            8       | ana        | 2024-01-08   | quote   | buy this book           |       |
            9       | ana        | 2024-01-09   |         | a cup of tea            | 0     | false
            10      | bea        | 2024-01-09   |         |                         |       |
        """,
    )


def test_sponsored_load_counts_thirty_days_where_sponsorship_is_known() -> None:
    # 30 days before 1 February is 2 January: post 4, while 9 is of 1 January.
    expect(
        """
        creator_id | as_of      | sponsored_load
        ana        | 2024-02-01 | 1
        ana        | 2024-01-31 | 2
        ana        | 2024-04-01 | 0
        bea        | 2024-04-01 |
        dan        | 2024-04-01 |
        """,
        posts=POSTS,
    )


def test_sponsored_response_compares_medians_and_is_shrunk_by_the_paid_posts() -> None:
    # Per view the paid post got 1/1000, the others 1/10; one of 1 + 5 counts. Of post 4 it is not
    # known, 5 was not read.
    expect(
        """
        creator_id | as_of      | sponsored_response
        ana        | 2024-04-01 | -log(100) * 1/6
        ana        | 2024-01-02 |
        bea        | 2024-04-01 |
        """,
        posts="""
            post_id | creator_id | published_at | sponsored
            1       | ana        | 2024-01-01   | false
            2       | ana        | 2024-01-02   | true
            3       | ana        | 2024-01-03   | false
            4       | ana        | 2024-01-04   |
            5       | ana        | 2024-01-05   | true
            6       | bea        | 2024-01-05   | true
        """,
        post_metrics="""
            post_id | observed_at | views | comments | shares
            1       | 2024-01-06  | 14    | 1        | 0
            2       | 2024-01-06  | 499   | 0        | 0
            3       | 2024-01-06  | 14    | 0        | 1
            4       | 2024-01-06  | 1     | 9        | 9
            6       | 2024-01-06  | 499   | 0        | 0
        """,
    )


def test_positivity_is_the_mean_polarity_of_posts() -> None:
    # VADER's compound of "good" (1.9) and "bad" (-2.5), as in `test_reputation`.
    expect(
        """
        creator_id | as_of      | positivity
        ana        | 2024-04-01 | (.4404-.5423)/2
        bea        | 2024-04-01 |
        dan        | 2024-04-01 |
        """,
        posts="""
            post_id | creator_id | published_at | text
            0       | ana        | 2023-10-03   | this is a good book
            1       | ana        | 2024-01-01   | this is a good book
            2       | ana        | 2024-01-02   | this is a bad book
            3       | ana        | 2024-01-03   | 🍵
            4       | bea        | 2024-01-03   |
        """,
    )
