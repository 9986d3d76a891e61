"""Engagement features: rows of the tables in, the feature's value out."""

from __future__ import annotations

import pytest

from tests.market import expect

# p1: 9.5/100, p2: .5/10, p3: 99.5/1000; p4 was never read. Sorted: p2 < p1 < p3. Eve's post was
# read without its shares.
POSTS = """
    post_id | creator_id | published_at
    p1      | ana        | 2024-01-10
    p2      | ana        | 2024-02-10
    p3      | ana        | 2024-03-10
    p4      | ana        | 2024-03-20
    q1      | bea        | 2024-03-20
    e1      | eve        | 2024-03-20
"""
READINGS = """
    post_id | observed_at | views | likes | comments | shares
    p1      | 2024-01-20  | 99    | 19    | 4        | 5
    p2      | 2024-02-20  | 9     | 1     | 0        | 0
    p3      | 2024-03-20  | 999   | 100   | 50       | 49
    e1      | 2024-03-25  | 999   | 100   | 50       |
"""


def test_response_is_the_median_of_the_log_response_per_view() -> None:
    expect(
        """
        creator_id | as_of      | response
        ana        | 2024-04-01 | log(9.5/100)
        ana        | 2024-02-15 | log(9.5/100)
        bea        | 2024-04-01 |
        cem        | 2024-04-01 |
        eve        | 2024-04-01 |
        """,
        posts=POSTS,
        post_metrics=READINGS,
    )


def test_response_spread_is_the_interquartile_range_of_the_log_response() -> None:
    # Of three values a < b < c the quartiles lie at (a + b) / 2 and (b + c) / 2: they span (c - a)
    # / 2.
    expect(
        """
        creator_id | as_of      | response_spread
        ana        | 2024-04-01 | log(.0995/.05)/2
        ana        | 2024-02-15 | 0
        bea        | 2024-04-01 |
        """,
        posts=POSTS,
        post_metrics=READINGS,
    )


def test_comments_per_like_needs_no_views() -> None:
    # p1: 4.5/20 = .225, p2: .5/2 = .25, p3: 50.5/101 = .5
    expect(
        """
        creator_id | as_of      | comments_per_like
        ana        | 2024-04-01 | log(.25)
        bea        | 2024-04-01 |
        eve        | 2024-04-01 | log(.5)
        """,
        posts=POSTS,
        post_metrics=READINGS,
    )


# Ten posts of bea, read on 12 March: views 999, comments 0..9, shares 10..19, likes 20..29. The
# middle two have comments 4 and 5, and the median of logs is the log of their geometric mean:
# comments sqrt(4.5 * 5.5) / 1000, shares sqrt(14.5 * 15.5) / 1000, likes sqrt(24.5 * 25.5) / 1000,
# comments + shares = 2i + 10: sqrt(18.5 * 20.5) / 1000. Ana's posts of Wednesday 20 March and the
# day after are compared with what was read before Monday 18 March; p1 is the median one.
CREATORS = """
    creator_id | platform
    ana        | tok
    bea        | tok
    cem        | gram
"""
TEN_POSTS = "\n".join(f"    b{i} | bea | 2024-03-{i + 1:02} | quote" for i in range(10))
TEN_READINGS = "\n".join(
    f"    b{i} | 2024-03-12 | 999 | {20 + i} | {i} | {10 + i}" for i in range(10)
)
LEVEL_POSTS = f"""
    post_id | creator_id | published_at | kind
    p1      | ana        | 2024-03-20   | original
    p3      | ana        | 2024-03-21   | original
    p4      | ana        | 2024-03-21   | original
    p2      | ana        | 2024-03-25   | original
    q1      | cem        | 2024-03-20   | original
{TEN_POSTS}
"""
LEVEL_READINGS = f"""
    post_id | observed_at | views | likes | comments | shares
    p1      | 2024-03-24  | 499   | 40    | 20       | 30
    p3      | 2024-03-24  | 499   | 1     | 1        | 1
    p4      | 2024-03-24  | 499   | 400   | 300      | 300
    q1      | 2024-03-24  | 499   | 40    | 20       | 30
{TEN_READINGS}
"""


def test_relative_response_is_against_the_platforms_of_the_eight_weeks_before() -> None:
    expect(
        """
        creator_id | as_of      | relative_response
        ana        | 2024-04-01 | 3/4 * (log(50.5/500) - log(sqrt(18.5*20.5)/1000))
        cem        | 2024-04-01 |
        """,
        creators=CREATORS,
        posts=LEVEL_POSTS,
        post_metrics=LEVEL_READINGS,
    )


def test_relative_counters_are_each_compared_with_their_own_level() -> None:
    expect(
        """
        as_of      | relative_comments                         | relative_shares
        2024-04-01 | log(20.5/500) - log(sqrt(4.5*5.5)/1000)   | log(30.5/500) - log(sqrt(14.5*15.5)/1000)
        2024-03-24 |                                           |
        """,
        creators=CREATORS,
        posts=LEVEL_POSTS,
        post_metrics=LEVEL_READINGS,
    )
    expect(
        """
        as_of      | relative_likes
        2024-04-01 | log(40.5/500) - log(sqrt(24.5*25.5)/1000)
        2024-03-24 |
        """,
        creators=CREATORS,
        posts=LEVEL_POSTS,
        post_metrics=LEVEL_READINGS,
    )


def test_relative_response_recent_looks_back_sixty_days() -> None:
    # 60 days before 19 May is 20 March: p1, p3 and p4; a day later the median of p3 and p4 is left.
    expect(
        """
        as_of      | relative_response_recent
        2024-05-19 | 3/4 * (log(50.5/500) - log(sqrt(18.5*20.5)/1000))
        2024-05-20 | 2/3 * (log(sqrt(2.5*600.5)/500) - log(sqrt(18.5*20.5)/1000))
        2024-05-25 |
        """,
        creators=CREATORS,
        posts=LEVEL_POSTS,
        post_metrics=LEVEL_READINGS,
    )


@pytest.mark.parametrize(
    ("old", "new"),
    [
        pytest.param("b9 | 2024-03-12", "b9 | 2024-03-18", id="read only when the week had begun"),
        pytest.param("b9 | bea | 2024-03-10", "b9 | bea | 2024-03-18", id="published in that week"),
        pytest.param("b9 | bea | 2024-03-10", "b9 | bea | 2024-01-21", id="older than eight weeks"),
        pytest.param("b9 | bea | 2024-03-10", "b9 | cem | 2024-03-10", id="on another platform"),
        pytest.param("2024-03-10 | quote", "2024-03-10 | story", id="of an unknown kind"),
    ],
)
def test_nine_posts_make_no_level(old: str, new: str) -> None:
    assert old in LEVEL_POSTS + LEVEL_READINGS
    expect(
        """
        as_of      | relative_response
        2024-04-01 |
        """,
        creators=CREATORS,
        posts=LEVEL_POSTS.replace(old, new),
        post_metrics=LEVEL_READINGS.replace(old, new),
    )


# Of ana's comments of the 90 days since 2 January: 1, 3 and 7 were answered, 2 and 5 waited a week in
# vain, 4 is pending; 0 is too old. Bea's only comment is pending; cem only acts; dan is in no
# interaction.
CONVERSATION = """
    interaction_id | occurred_at      | kind    | actor_id | target_id | parent_id | text
    0              | 2024-01-01       | comment | gran     | ana       |           | why?
    0a             | 2024-01-01 01:00 | reply   | ana      | gran      | 0         | well
    1              | 2024-01-02       | comment | pal      | ana       |           | where is it?
    1a             | 2024-01-02 06:00 | reply   | ana      | pal       | 1         | here
    2              | 2024-02-02       | comment | fan      | ana       |           | when is it?
    3              | 2024-02-03       | comment | kid      | ana       |           | nice
    3a             | 2024-02-03 10:00 | reply   | ana      | kid       | 3         | thanks
    7              | 2024-02-05       | comment | kid      | ana       |           | lovely
    7a             | 2024-02-07 02:00 | reply   | ana      | kid       | 7         | thanks
    5              | 2024-03-25       | comment | mum      | ana       |           |
    4              | 2024-03-26       | comment | mum      | ana       |           | really?
    6              | 2024-03-30       | comment | fan      | bea       |           | well?
    8              | 2024-03-30       | comment | cem      | fan       |           | well?
"""


def test_reply_share_leaves_pending_comments_out() -> None:
    expect(
        """
        creator_id | as_of      | reply_share
        ana        | 2024-04-01 | 3/5
        bea        | 2024-04-01 |
        bea        | 2024-04-06 | 0
        cem        | 2024-04-01 |
        dan        | 2024-04-01 |
        """,
        interactions=CONVERSATION,
    )


def test_question_reply_share_is_among_comments_that_ask() -> None:
    # Comments 1 (answered) and 2 (not) ask; 4 asks and is pending.
    expect(
        """
        creator_id | as_of      | question_reply_share
        ana        | 2024-04-01 | 1/2
        bea        | 2024-04-01 |
        dan        | 2024-04-01 |
        """,
        interactions=CONVERSATION,
    )


def test_reply_hours_is_the_median_wait_of_answered_comments() -> None:
    # 6, 10 and 50 hours; as the answer of 3 February is given, it is not yet known: 1 and 6.
    expect(
        """
        creator_id | as_of            | reply_hours
        ana        | 2024-04-01       | 10
        ana        | 2024-02-03 10:00 | 3.5
        bea        | 2024-04-01       |
        dan        | 2024-04-01       |
        """,
        interactions=CONVERSATION,
    )


def test_commenter_breadth_is_distinct_commenters_per_comment() -> None:
    # Six comments of ana's 90 days are by pal, fan, kid and mum.
    expect(
        """
        creator_id | as_of      | commenter_breadth
        ana        | 2024-04-01 | 4/6
        bea        | 2024-04-01 | 1
        cem        | 2024-04-01 |
        dan        | 2024-04-01 |
        """,
        interactions=CONVERSATION,
    )


# Since 2 January ana spoke twice elsewhere (1, 2) and posted once: 2 / 3. Not counted: her answers
# under her own post (3) and to a comment that she received elsewhere (4), a like (5), a word to
# herself (6), an old comment (0). Bea only answers her own audience; cem only posts; dan's only act
# is a like; eve is in no interaction at all.
ACTS = """
    interaction_id | occurred_at | kind    | actor_id | target_id | post_id | parent_id
    0              | 2024-01-01  | comment | ana      | fan       |         |
    1              | 2024-01-02  | comment | ana      | fan       | x1      |
    2              | 2024-02-02  | reply   | ana      | kid       |         |
    3              | 2024-02-03  | reply   | ana      | kid       | p1      |
    c4             | 2024-02-04  | comment | mum      | ana       | x1      |
    4              | 2024-02-05  | reply   | ana      | mum       | x1      | c4
    5              | 2024-02-06  | like    | ana      | fan       | x1      |
    6              | 2024-02-07  | comment | ana      | ana       | x1      |
    7              | 2024-02-08  | reply   | bea      | kid       | q1      |
    8              | 2024-02-09  | mention | fan      | cem       |         |
    9              | 2024-02-10  | like    | dan      | fan       |         |
"""


def test_outbound_share_counts_talk_outside_its_own_audience() -> None:
    expect(
        """
        creator_id | as_of      | outbound_share
        ana        | 2024-04-01 | 2/3
        bea        | 2024-04-01 | 0
        cem        | 2024-04-01 | 0
        dan        | 2024-04-01 |
        eve        | 2024-04-01 |
        """,
        posts="""
            post_id | creator_id | published_at
            p0      | ana        | 2024-01-01
            p1      | ana        | 2024-01-02
            q1      | bea        | 2024-01-20
            r1      | cem        | 2024-03-20
            s1      | eve        | 2024-03-20
        """,
        interactions=ACTS,
    )


def test_without_interactions_conversation_is_unknown_not_zero() -> None:
    expect(
        """
        as_of      | reply_share | question_reply_share | reply_hours | outbound_share | commenter_breadth
        2024-04-01 |             |                      |             |                |
        """,
        posts=POSTS,
    )


# Since 4 October (180 days): three of ana's posts have words, of which two ask and one calls to
# act.
WORDS = """
    post_id | creator_id | published_at | text
    0       | ana        | 2023-10-03   | Why? Sign up!
    1       | ana        | 2023-10-04   | What do you think?
    2       | ana        | 2024-02-01   | Ready? Link in bio
    3       | ana        | 2024-02-02   | Home again
    4       | ana        | 2024-02-03   |
    5       | bea        | 2024-02-03   |
    6       | cem        | 2024-02-03   | Réservez votre table
"""


def test_question_share_is_of_posts_with_words() -> None:
    expect(
        """
        creator_id | as_of      | question_share
        ana        | 2024-04-01 | 2/3
        bea        | 2024-04-01 |
        cem        | 2024-04-01 | 0
        dan        | 2024-04-01 |
        """,
        posts=WORDS,
    )


def test_call_share_is_of_posts_with_words_in_english_or_french() -> None:
    expect(
        """
        creator_id | as_of      | call_share
        ana        | 2024-04-01 | 1/3
        bea        | 2024-04-01 |
        cem        | 2024-04-01 | 1
        """,
        posts=WORDS,
    )
