"""Relevance beyond a creator's own posts on the topic: focus, talk, audience, language, platform.

Texts are compared as in `test_relevance`: hot drinks are one topic, running is another.
"""

from __future__ import annotations

from functools import partial

from tests.market import expect as expect_with
from tests.market import topics

SINGLE = 1e-6  # similarities are kept in single precision
SPACE = topics("tea coffee chocolat chocolate", "shoes run")
expect = partial(expect_with, space=SPACE, tolerance=SINGLE)

# The brief of `en` shows its language, that of `tea` declares it, that of `run` does neither.
CAMPAIGNS = """
    campaign_id | brief                            | starts_at  | language
    tea         | coffee                           | 2024-04-01 | EN-gb
    the         | tea                              | 2024-04-01 | fr-CA
    en          | Where did you learn all of this? | 2024-04-01 |
    run         | run                              | 2024-04-01 |
    mute        | 🍵                               | 2024-04-01 | en
"""
CREATORS = """
    creator_id | language | platform
    ana        | en       | tok
    bea        |          | tok
    cem        | fr       | gram
    dan        |          | gram
    eve        |          |
"""


def test_purity_breadth_and_focus_are_of_the_subjects_of_posts() -> None:
    # Drinks, drinks, running, (nothing,) drinks, and two words of drinks to one of running, which is
    # (2, 1)/sqrt(5): nearest to drinks, and at 2/sqrt(5) to the post before. Of five posts four are
    # on drinks, and 4*3 of 5*4 ordered pairs are of one subject. On 3 July the first of the last 180
    # days is 5 January.
    expect(
        """
        creator_id | as_of      | topic_purity | topic_breadth  | focus
        ana        | 2024-01-07 | 4/5          | 1 - 12/20      | (1+0+0+2/sqrt(5))/4
        ana        | 2024-01-06 |              | 1 - 6/12       | (1+0+0)/3
        ana        | 2024-01-02 |              |                |
        ana        | 2024-07-03 |              | 0              | (0+2/sqrt(5))/2
        ana        | 2024-09-01 |              |                |
        bea        | 2024-01-07 |              |                |
        dan        | 2024-01-07 |              |                |
        """,
        posts="""
            post_id | creator_id | published_at | text
            1       | ana        | 2024-01-01   | tea
            2       | ana        | 2024-01-02   | coffee
            3       | ana        | 2024-01-03   | run
            4       | ana        | 2024-01-04   | 🍵
            5       | ana        | 2024-01-05   | tea
            6       | ana        | 2024-01-06   | tea coffee shoes
            7       | bea        | 2024-01-05   | unheard
            8       | bea        | 2024-01-06   |
        """,
    )


def test_benefits_are_promised_by_posts_with_words_and_by_those_on_the_topic() -> None:
    # Of the four posts with words since 4 October two promise something, of the two on drinks one.
    # Among all earlier posts on drinks there is one more that does.
    expect(
        """
        creator_id | campaign_id | as_of      | benefit_share | topical_benefit
        ana        | tea         | 2024-04-01 | 2/4           | 2/3
        ana        | run         | 2024-04-01 | 2/4           | 1/2
        ana        | mute        | 2024-04-01 | 2/4           |
        bea        | tea         | 2024-04-01 | 0             |
        dan        | tea         | 2024-04-01 |               |
        """,
        campaigns=CAMPAIGNS,
        creators=CREATORS,
        posts="""
            post_id | creator_id | published_at | text
            1       | ana        | 2023-10-03   | Tips for coffee
            2       | ana        | 2024-01-01   | Learn to brew tea
            3       | ana        | 2024-01-02   | coffee
            4       | ana        | 2024-01-03   | 20% off all shoes
            5       | ana        | 2024-01-04   | run
            6       | ana        | 2024-01-05   |
            7       | bea        | 2024-01-05   | unheard
        """,
    )


def test_on_topic_talk_share_is_of_what_is_said_to_others_than_the_own_audience() -> None:
    # Ana's outward talk since 2 January: 2, 3 and 4, of which 4 has no known words. 1 is too old, 5
    # under her own post, 6 an answer, 7 a mention. Of bea there is nothing; cem speaks French.
    expect(
        """
        creator_id | campaign_id | as_of      | on_topic_talk_share
        ana        | tea         | 2024-04-01 | 1/2
        ana        | run         | 2024-04-01 | 1/2
        ana        | the         | 2024-04-01 |
        ana        | mute        | 2024-04-01 |
        bea        | tea         | 2024-04-01 |
        cem        | the         | 2024-04-01 | 1
        cem        | tea         | 2024-04-01 |
        """,
        campaigns=CAMPAIGNS,
        creators=CREATORS,
        posts="post_id | creator_id | published_at\n own | ana | 2024-01-01",
        interactions="""
            interaction_id | occurred_at | kind    | actor_id | target_id | post_id | parent_id | text
            1              | 2024-01-01  | comment | ana      | peer      |         |           | tea
            2              | 2024-01-02  | comment | ana      | peer      |         |           | coffee
            3              | 2024-03-02  | reply   | ana      | peer      |         |           | run
            4              | 2024-03-02  | comment | ana      | peer      |         |           | 🍵
            5              | 2024-03-03  | comment | ana      | peer      | own     |           | tea
            q              | 2024-03-04  | comment | fan      | ana       |         |           | tea
            6              | 2024-03-05  | reply   | ana      | fan       |         | q         | tea
            7              | 2024-03-05  | mention | ana      | peer      |         |           | tea
            8              | 2024-03-05  | comment | cem      | peer      |         |           | tea
        """,
    )


# Comments received in the 90 days before 1 April, but for the first, ana's own word, and a mention.
COMMENTS = """
    interaction_id | occurred_at | kind    | actor_id | target_id | text
    1              | 2024-01-01  | comment | fan      | ana       | coffee
    2              | 2024-01-02  | comment | fan      | ana       | Where did you learn this?
    3              | 2024-03-02  | comment | fan      | ana       | Where did you learn all of this?
    4              | 2024-03-03  | comment | fan      | ana       | Où as-tu appris à faire ce chocolat ?
    5              | 2024-03-04  | comment | fan      | ana       | coffee
    6              | 2024-03-04  | comment | other    | ana       | shoes
    7              | 2024-03-05  | comment | fan      | ana       | 🍵
    8              | 2024-03-05  | comment | ana      | ana       | coffee
    9              | 2024-03-05  | mention | fan      | ana       | coffee
    10             | 2024-03-05  | comment | fan      | bea       |
"""


def test_audience_on_topic_share_is_of_comments_that_can_be_compared() -> None:
    # With an English brief 5 and 6, which are taken to be in ana's language; with a French one 4;
    # where the language of a brief is unknown, all three.
    expect(
        """
        creator_id | campaign_id | as_of      | audience_on_topic_share
        ana        | tea         | 2024-04-01 | 1/2
        ana        | the         | 2024-04-01 | 1
        ana        | run         | 2024-04-01 | 1/3
        ana        | mute        | 2024-04-01 |
        ana        | tea         | 2024-07-01 |
        bea        | tea         | 2024-04-01 |
        dan        | tea         | 2024-04-01 |
        """,
        campaigns=CAMPAIGNS,
        creators=CREATORS,
        interactions=COMMENTS,
    )


def test_audience_language_match_is_of_comments_whose_language_shows() -> None:
    # 2 and 3 are English, 4 is French; a word or an emoji has no language.
    expect(
        """
        creator_id | campaign_id | as_of      | audience_language_match
        ana        | tea         | 2024-04-01 | 2/3
        ana        | the         | 2024-04-01 | 1/3
        ana        | en          | 2024-04-01 | 2/3
        ana        | run         | 2024-04-01 |
        ana        | tea         | 2024-04-02 | 1/2
        bea        | tea         | 2024-04-01 |
        """,
        campaigns=CAMPAIGNS,
        creators=CREATORS,
        interactions=COMMENTS,
    )


POSTS = """
    post_id | creator_id | published_at | text
    1       | ana        | 2023-10-03   | Où as-tu appris à faire ce chocolat ?
    2       | ana        | 2023-10-05   | Où as-tu appris à faire ce chocolat ?
    3       | ana        | 2024-01-05   | Where did you learn this?
    4       | ana        | 2024-01-06   | Where did you learn all of this?
    5       | ana        | 2024-01-07   | chocolate
    6       | ana        | 2024-01-08   | run
    7       | bea        | 2024-01-07   | coffee
    8       | cem        | 2024-01-07   |
"""


def test_post_language_match_is_of_posts_whose_language_shows() -> None:
    # 180 days before 1 April is 4 October.
    expect(
        """
        creator_id | campaign_id | as_of      | post_language_match
        ana        | tea         | 2024-04-01 | 2/3
        ana        | the         | 2024-04-01 | 1/3
        ana        | en          | 2024-04-01 | 2/3
        ana        | run         | 2024-04-01 |
        bea        | tea         | 2024-04-01 |
        cem        | tea         | 2024-04-01 |
        """,
        campaigns=CAMPAIGNS,
        creators=CREATORS,
        posts=POSTS,
    )


def test_a_post_is_compared_in_the_language_it_is_written_in() -> None:
    # Ana declares English: 5 and 6 are taken to be English, 1 and 2 are French for all that she says.
    # Where the language of a brief is unknown, all four are compared.
    expect(
        """
        creator_id | campaign_id | as_of      | on_topic_share
        ana        | tea         | 2024-04-01 | 1/2
        ana        | the         | 2024-04-01 | 1
        ana        | run         | 2024-04-01 | 1/4
        bea        | tea         | 2024-04-01 | 1
        bea        | the         | 2024-04-01 | 1
        """,
        campaigns=CAMPAIGNS,
        creators=CREATORS,
        posts=POSTS,
    )


def test_platform_record_compares_the_platforms_of_similar_campaigns() -> None:
    # All were exposed to as many people, so that campaign's rate is the plain mean, .02: where 20
    # were expected, tok brought 30 twice and gram 10 twice. The deviations are log(31/21) and
    # log(11/21), their mean lies halfway, and half of log(31/11) is what tells the platforms apart.
    # Two creators of a brief as similar as can be weigh 2 of 12. The outcomes mature on 31 January.
    expect(
        """
        creator_id | campaign_id | as_of      | platform_record
        ana        | tea         | 2024-04-01 | log(31/11)/2 * 2/12
        bea        | tea         | 2024-04-01 | log(31/11)/2 * 2/12
        cem        | tea         | 2024-04-01 | -log(31/11)/2 * 2/12
        ana        | tea         | 2024-01-30 |
        ana        | run         | 2024-04-01 |
        ana        | mute        | 2024-04-01 |
        ana        | old         | 2024-04-01 |
        eve        | tea         | 2024-04-01 |
        """,
        campaigns=f"{CAMPAIGNS} old | tea | 2024-01-01 | ",
        creators=CREATORS,
        outcomes="""
            campaign_id | creator_id | exposed | conversions
            old         | ana        | 1000    | 30
            old         | bea        | 1000    | 30
            old         | cem        | 1000    | 10
            old         | dan        | 1000    | 10
        """,
    )
