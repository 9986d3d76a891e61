"""Relevance features: rows of the tables in, the feature's value out.

Similarities are cosines in a space of two topics, hot drinks and running: a text of one topic has
similarity 1 with a brief of the same, 0 with the other; one word of each lies halfway, at
cos 45° = 1/sqrt(2).
"""

from __future__ import annotations

from functools import partial

from tests.market import expect as expect_with
from tests.market import topics

SINGLE = 1e-6  # similarities are kept in single precision
expect = partial(expect_with, space=topics("tea coffee", "shoes run"), tolerance=SINGLE)

CAMPAIGNS = """
    campaign_id | brief  | starts_at  | language | country
    tea         | coffee | 2024-04-01 | en       | GB
    thé         | tea    | 2024-04-01 | fr-CA    | FR
    run         | run    | 2024-04-01 |          |
    mute        | 🍵     | 2024-04-01 | en       |
"""
CREATORS = """
    creator_id | language | country | bio       | joined_at
    ana        | en-GB    | gb      | tea       |
    bea        |          |         |           |
    cem        | fr       | FR      | tea shoes | 2024-03-30
"""
# Ana on hot drinks: 1, 1/sqrt(2), 0; her post without words, with an unknown word and with an emoji
# are not comparable, and her last is of the very moment.
POSTS = """
    post_id | creator_id | published_at | text
    1       | ana        | 2024-01-31   | Tea!
    2       | ana        | 2024-02-01   | tea, shoes
    3       | ana        | 2024-03-22   | run shoes
    4       | ana        | 2024-03-23   |
    5       | ana        | 2024-03-24   | unheard
    6       | ana        | 2024-03-25   | 🍵
    7       | ana        | 2024-04-01   | tea
    8       | bea        | 2024-01-31   | run
    9       | cem        | 2024-03-22   | tea
"""


def test_on_topic_share_is_of_comparable_posts() -> None:
    # In French, unknown rather than zero; and of dan there is nothing.
    expect(
        """
        creator_id | campaign_id | as_of      | on_topic_share
        ana        | tea         | 2024-04-01 | 2/3
        ana        | run         | 2024-04-01 | 2/3
        ana        | thé         | 2024-04-01 |
        ana        | mute        | 2024-04-01 |
        bea        | tea         | 2024-04-01 | 0
        bea        | thé         | 2024-04-01 | 0
        cem        | tea         | 2024-04-01 |
        cem        | thé         | 2024-04-01 | 1
        dan        | tea         | 2024-04-01 |
        """,
        campaigns=CAMPAIGNS,
        creators=CREATORS,
        posts=POSTS,
    )


def test_on_topic_share_recent_looks_back_sixty_days() -> None:
    # 60 days before 1 April is 1 February: posts 2 and 3.
    expect(
        """
        creator_id | campaign_id | as_of      | on_topic_share_recent
        ana        | tea         | 2024-04-01 | 1/2
        ana        | thé         | 2024-04-01 |
        bea        | tea         | 2024-04-01 |
        """,
        campaigns=CAMPAIGNS,
        creators=CREATORS,
        posts=POSTS,
    )


def test_topic_similarity_is_the_mean_and_best_match_the_largest_similarity() -> None:
    expect(
        """
        creator_id | campaign_id | as_of      | topic_similarity | best_match
        ana        | tea         | 2024-04-01 | (1+sqrt(.5)+0)/3 | 1
        ana        | run         | 2024-03-22 | sqrt(.5)/2       | sqrt(.5)
        ana        | thé         | 2024-04-01 |                  |
        ana        | mute        | 2024-04-01 |                  |
        bea        | tea         | 2024-04-01 | 0                | 0
        dan        | tea         | 2024-04-01 |                  |
        """,
        campaigns=CAMPAIGNS,
        creators=CREATORS,
        posts=POSTS,
    )


def test_days_since_on_topic_is_missing_where_the_topic_never_came_up() -> None:
    # From 1 February to 1 April 2024 it is 60 days, from noon of 22 March (post 3) 9 and a half.
    expect(
        """
        creator_id | campaign_id | as_of            | days_since_on_topic
        ana        | tea         | 2024-04-01       | 60
        ana        | run         | 2024-03-31 12:00 | 9.5
        ana        | thé         | 2024-04-01       |
        bea        | tea         | 2024-04-01       |
        """,
        campaigns=CAMPAIGNS,
        creators=CREATORS,
        posts=POSTS,
    )


def test_on_topic_per_week_counts_the_posts_of_eight_weeks() -> None:
    # 56 days before 28 March is 1 February: post 2 is just inside, and a day later no more. Bea has
    # spoken, but not of drinks.
    expect(
        """
        creator_id | campaign_id | as_of      | on_topic_per_week
        ana        | tea         | 2024-03-28 | 1/8
        ana        | tea         | 2024-03-29 | 0
        ana        | run         | 2024-03-28 | 2/8
        ana        | thé         | 2024-03-28 |
        ana        | mute        | 2024-03-28 |
        bea        | tea         | 2024-04-01 | 0
        cem        | tea         | 2024-04-01 |
        """,
        campaigns=CAMPAIGNS,
        creators=CREATORS,
        posts=POSTS,
    )


READINGS = """
    post_id | observed_at | views | comments | shares
    1       | 2024-02-02  | 14    | 1        | 0
    2       | 2024-02-02  | 14    | 0        | 1
    3       | 2024-03-25  | 499   | 0        | 0
    8       | 2024-03-25  | 499   | 0        | 0
"""


def test_topical_response_compares_weighted_with_plain_mean() -> None:
    # Per view posts 1 and 2 got 1/10, post 3 got 1/1000: the plain mean is log(.1) - log(100)/3.
    # Closeness to drinks is 1, sqrt(.5), 0: the weighted mean is log(.1). To running it is 0,
    # sqrt(.5), 1: log(.1) - log(100)/(1 + sqrt(.5)). Both are shrunk by the sum of closeness over
    # that sum and 5. Bea's post is of another topic: nothing is known of her response on this one.
    expect(
        """
        creator_id | campaign_id | as_of      | topical_response
        ana        | tea         | 2024-04-01 | log(100)/3 * (1+sqrt(.5))/(6+sqrt(.5))
        ana        | run         | 2024-04-01 | log(100)*(1/3-1/(1+sqrt(.5))) * (1+sqrt(.5))/(6+sqrt(.5))
        ana        | thé         | 2024-04-01 |
        bea        | tea         | 2024-04-01 |
        cem        | thé         | 2024-04-01 |
        """,
        campaigns=CAMPAIGNS,
        creators=CREATORS,
        posts=f"{POSTS} unread | ana | 2024-02-10 | tea",
        post_metrics=READINGS,
    )


def test_on_topic_lift_compares_medians_and_is_shrunk_by_the_posts_on_the_topic() -> None:
    # Per view posts 1 and 2 got 1/10, post 3 1/1000: the median of all is 1/10. Of running are posts
    # 2 and 3, with a median of 1/100, and 2/(2+5) of the difference counts.
    expect(
        """
        creator_id | campaign_id | as_of      | on_topic_lift
        ana        | tea         | 2024-04-01 | 0
        ana        | run         | 2024-04-01 | -log(10) * 2/7
        ana        | thé         | 2024-04-01 |
        bea        | tea         | 2024-04-01 |
        bea        | run         | 2024-04-01 | 0
        """,
        campaigns=CAMPAIGNS,
        creators=CREATORS,
        posts=f"{POSTS} unread | ana | 2024-02-10 | tea",
        post_metrics=READINGS,
    )


# Of ana's mentions by others two have known words; a comment is no mention, nor is her own word.
MENTIONS = """
    interaction_id | occurred_at | kind    | actor_id | target_id | text
    1              | 2024-03-01  | mention | fan      | ana       | coffee
    2              | 2024-03-02  | mention | fan      | ana       | shoes
    3              | 2024-03-03  | mention | fan      | ana       |
    4              | 2024-03-04  | comment | fan      | ana       | coffee
    5              | 2024-03-05  | mention | ana      | ana       | coffee
    6              | 2024-04-01  | mention | fan      | ana       | coffee
    7              | 2024-03-06  | comment | fan      | bea       | coffee
"""


def test_on_topic_mention_share_is_of_mentions_by_others_with_words() -> None:
    expect(
        """
        creator_id | campaign_id | as_of      | on_topic_mention_share | mention_similarity
        ana        | tea         | 2024-04-01 | 1/2                    | 1/2
        ana        | tea         | 2024-03-02 | 1                      | 1
        ana        | thé         | 2024-04-01 |                        |
        bea        | tea         | 2024-04-01 |                        |
        """,
        campaigns=CAMPAIGNS,
        creators=CREATORS,
        interactions=MENTIONS,
    )


def test_bio_similarity_is_missing_without_a_comparable_text() -> None:
    # Cem joined on 30 March.
    expect(
        """
        creator_id | campaign_id | as_of      | bio_similarity
        ana        | tea         | 2024-04-01 | 1
        ana        | run         | 2024-04-01 | 0
        ana        | thé         | 2024-04-01 |
        bea        | tea         | 2024-04-01 |
        cem        | thé         | 2024-04-01 | sqrt(.5)
        cem        | thé         | 2024-03-30 |
        dan        | tea         | 2024-04-01 |
        """,
        campaigns=CAMPAIGNS,
        creators=CREATORS,
    )


def test_same_language_compares_without_the_region() -> None:
    expect(
        """
        creator_id | campaign_id | as_of      | same_language
        ana        | tea         | 2024-04-01 | 1
        ana        | thé         | 2024-04-01 | 0
        ana        | run         | 2024-04-01 |
        bea        | tea         | 2024-04-01 |
        cem        | thé         | 2024-04-01 | 1
        dan        | tea         | 2024-04-01 |
        """,
        campaigns=CAMPAIGNS,
        creators=CREATORS,
    )


def test_same_country_is_missing_unless_both_are_known() -> None:
    expect(
        """
        creator_id | campaign_id | as_of      | same_country
        ana        | tea         | 2024-04-01 | 1
        ana        | thé         | 2024-04-01 | 0
        ana        | mute        | 2024-04-01 |
        bea        | tea         | 2024-04-01 |
        dan        | tea         | 2024-04-01 |
        """,
        campaigns=CAMPAIGNS,
        creators=CREATORS,
    )
