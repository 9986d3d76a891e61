"""Reputation features: rows of the tables in, the feature's value out."""

from __future__ import annotations

from tests.market import expect, topics

TOPICS = topics("tea coffee", "shoes run")
SINGLE = 1e-6  # similarities are kept in single precision

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


# In each campaign the creators were exposed to as many people and 20 conversions were expected of
# each: ana brought 30, 8 and 20, which is log(31/21), log(9/21) and log(21/21). The briefs are as
# near to drinks as 1, sqrt(.5) and 0, to running as 0, sqrt(.5) and 1.
RELATED = """
    campaign_id | brand | brief     | starts_at  | ends_at
    k1          | Acme  | tea       | 2024-01-01 |
    k2          | Zeta  | tea shoes | 2024-01-01 |
    k3          |       | run       | 2024-01-01 | 2024-03-02
    tea         | Acme  | coffee    | 2024-04-01 |
    run         | Mill  | shoes     | 2024-04-01 |
    mute        |       | 🍵        | 2024-04-01 |
"""
RELATED_OUTCOMES = """
    campaign_id | creator_id | exposed | conversions
    k1          | ana        | 1000    | 30
    k1          | bea        | 1000    | 10
    k2          | ana        | 1000    | 8
    k2          | bea        | 1000    | 32
    k3          | ana        | 1000    | 20
    k3          | cem        | 1000    | 20
    k1          | eve        | 0       | 0
"""


def test_topical_track_record_weighs_outcomes_by_the_likeness_of_briefs() -> None:
    # Squared, sqrt(.5) weighs a half. The third outcome matures on 1 April.
    expect(
        """
        creator_id | campaign_id | as_of      | topical_track_record
        ana        | tea         | 2024-03-31 | (log(31/21)+.5*log(9/21))/1.5 * 1.5/2.5
        ana        | tea         | 2024-04-01 | (log(31/21)+.5*log(9/21))/1.5 * 1.5/2.5
        ana        | run         | 2024-03-31 | .5*log(9/21)/.5 * .5/1.5
        ana        | run         | 2024-04-01 | .5*log(9/21)/1.5 * 1.5/2.5
        ana        | mute        | 2024-04-01 |
        ana        | tea         | 2024-01-30 |
        cem        | tea         | 2024-04-01 |
        dan        | tea         | 2024-04-01 |
        eve        | tea         | 2024-04-01 |
        """,
        space=TOPICS,
        tolerance=SINGLE,
        campaigns=RELATED,
        outcomes=RELATED_OUTCOMES,
    )


def test_brand_track_record_is_of_campaigns_of_the_same_brand() -> None:
    expect(
        """
        creator_id | campaign_id | as_of      | brand_track_record
        ana        | tea         | 2024-04-01 | log(31/21) * 1/2
        bea        | tea         | 2024-04-01 | log(11/21) * 1/2
        ana        | run         | 2024-04-01 |
        ana        | mute        | 2024-04-01 |
        eve        | tea         | 2024-04-01 |
        """,
        campaigns=RELATED,
        outcomes=RELATED_OUTCOMES,
    )


def test_track_record_spread_is_between_the_quartiles_of_three_outcomes_or_more() -> None:
    # In order log(9/21), 0, log(31/21): the quartiles lie halfway between neighbours.
    expect(
        """
        creator_id | as_of      | track_record_spread
        ana        | 2024-04-01 | (log(31/21)-log(9/21))/2
        ana        | 2024-03-31 |
        bea        | 2024-04-01 |
        dan        | 2024-04-01 |
        """,
        campaigns=RELATED,
        outcomes=RELATED_OUTCOMES,
    )


# The words of a recommendation are no title; eve's award was not yet given.
CREDENTIALS = """
    creator_id | kind           | title            | granted_at
    ana        | degree         | Master of shoes  |
    ana        | book           | Of tea and shoes | 2024-03-31
    ana        | book           |                  |
    ana        | recommendation | coffee           |
    ana        | award          | tea              | 2024-04-01
    bea        | award          |                  |
    cem        | knighthood     | tea              |
    eve        | award          | tea              | 2024-04-01
"""


def test_topical_credentials_is_the_likeness_of_the_best_title() -> None:
    expect(
        """
        creator_id | campaign_id | as_of            | topical_credentials
        ana        | tea         | 2024-04-01       | sqrt(.5)
        ana        | tea         | 2024-03-31       | 0
        ana        | tea         | 2024-04-01 00:01 | 1
        ana        | run         | 2024-04-01       | 1
        ana        | mute        | 2024-04-01       |
        bea        | tea         | 2024-04-01       |
        cem        | tea         | 2024-04-01       |
        eve        | tea         | 2024-04-01       |
        """,
        space=TOPICS,
        tolerance=SINGLE,
        campaigns=RELATED,
        credentials=CREDENTIALS,
    )


def test_credential_kinds_and_recommendations_are_counts_among_known_credentials() -> None:
    expect(
        """
        creator_id | as_of      | credential_kinds | recommendations
        ana        | 2024-04-01 | 3                | 1
        bea        | 2024-04-01 | 1                | 0
        cem        | 2024-04-01 |                  |
        dan        | 2024-04-01 |                  |
        eve        | 2024-04-01 |                  |
        """,
        credentials=CREDENTIALS,
    )


# VADER gives "good" 1.9 and "bad" -2.5; a text with the sum s is of polarity s / sqrt(s^2 + 15), to
# four digits .4404 and -.5423. Of texts in German or without a language nothing is known.
OPINIONS = """
    interaction_id | occurred_at | kind    | actor_id | target_id | text
    1              | 2023-10-03  | mention | fan      | ana       | this is a bad book
    2              | 2023-10-05  | mention | fan      | ana       | this is a good book
    3              | 2024-03-02  | mention | fan      | ana       | this is a bad book
    4              | 2024-03-02  | mention | fan      | ana       | this is a book about the sea
    5              | 2024-03-02  | mention | fan      | ana       | Das ist ein gutes Buch für alle
    6              | 2024-03-02  | mention | fan      | ana       | 🍵
    7              | 2024-01-01  | comment | fan      | ana       | this is a good book
    8              | 2024-03-02  | comment | fan      | ana       | this is a good book
    9              | 2024-03-02  | comment | ana      | ana       | this is a bad book
    10             | 2024-03-02  | mention | fan      | bea       | this is a bad book
    11             | 2024-03-02  | comment | fan      | bea       | this is a bad book
    12             | 2024-03-02  | like    | fan      | cem       |
"""


def test_polarity_is_the_mean_over_texts_whose_polarity_is_known() -> None:
    # Mentions of 180 days, since 4 October: 2, 3, 4, and before 15 January 1 and 2; comments of 90 days, since 2 January: 8.
    expect(
        """
        creator_id | as_of      | mention_polarity | comment_polarity
        ana        | 2024-04-01 | (.4404-.5423)/3  | .4404
        ana        | 2024-01-15 | (.4404-.5423)/2  | .4404
        bea        | 2024-04-01 | -.5423           | -.5423
        cem        | 2024-04-01 |                  |
        dan        | 2024-04-01 |                  |
        """,
        interactions=OPINIONS,
    )


def test_opinion_disagreement_is_the_deviation_of_three_opinions_or_more() -> None:
    # Since 4 October: good (2, 7, 8), bad (3) and neither (4). With g and b of the two words, the
    # mean is (3g+b)/5 and the mean square (3g^2+b^2)/5.
    expect(
        """
        creator_id | as_of      | opinion_disagreement
        ana        | 2024-04-01 | sqrt((3*.4404**2+.5423**2)/5 - ((3*.4404-.5423)/5)**2)
        ana        | 2024-01-01 |
        bea        | 2024-04-01 |
        dan        | 2024-04-01 |
        """,
        interactions=OPINIONS,
    )
