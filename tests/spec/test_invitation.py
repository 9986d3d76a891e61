"""Features of invitation: what questions and calls to act bring, against the creator's other posts."""

from __future__ import annotations

from tests.market import expect

# Comments + .5 per view + 1: q1 10/1000, q2 40/1000 (median .02, by geometric mean), s1 5/1000; c1
# calls and asks nothing, 20/1000. w has no words, n was never read, o is older than a year. So of
# those that ask nothing (s1, c1) the median is sqrt(.005 * .02) = .01, and of those that call nobody
# (q1, q2, s1) it is .01.
POSTS = """
    post_id | creator_id | published_at | text               | links
    q1      | ana        | 2024-01-10   | Which tea?         |
    q2      | ana        | 2024-02-10   | And which cup?     | 1
    s1      | ana        | 2024-03-01   | A cup of tea       | 1
    c1      | ana        | 2024-03-02   | Link in bio        | 1
    c2      | ana        | 2024-03-03   | Sign up now        | 0
    c3      | ana        | 2024-03-04   | Sign up now        |
    w       | ana        | 2024-03-05   |                    | 1
    n       | ana        | 2024-03-06   | Nobody read this?  |
    o       | ana        | 2023-03-31   | Old?               |
    b1      | bea        | 2024-03-01   | Which tea?         |
    d1      | dan        | 2024-03-01   | Link in bio        |
"""
READINGS = """
    post_id | observed_at | views | comments
    q1      | 2024-03-20  | 999   | 9.5
    q2      | 2024-03-20  | 999   | 39.5
    s1      | 2024-03-20  | 999   | 4.5
    c1      | 2024-03-20  | 999   | 19.5
    w       | 2024-03-20  | 999   | 999
    o       | 2024-03-20  | 999   | 999
    b1      | 2024-03-20  | 999   | 999
    d1      | 2024-03-20  | 999   | 999
"""


def test_question_pull_compares_posts_that_ask_with_those_that_do_not() -> None:
    expect(
        """
        creator_id | as_of      | question_pull
        ana        | 2024-04-01 | log(.02/.01)
        bea        | 2024-04-01 |
        cem        | 2024-04-01 |
        """,
        posts=POSTS,
        post_metrics=READINGS,
    )


def test_call_pull_compares_posts_that_call_with_those_that_do_not() -> None:
    expect(
        """
        creator_id | as_of      | call_pull
        ana        | 2024-04-01 | log(.02/.01)
        bea        | 2024-04-01 |
        dan        | 2024-04-01 |
        """,
        posts=POSTS,
        post_metrics=READINGS,
    )


def test_call_link_share_is_of_calls_whose_links_were_counted() -> None:
    expect(
        """
        creator_id | as_of      | call_link_share
        ana        | 2024-04-01 | 1/2
        bea        | 2024-04-01 |
        dan        | 2024-04-01 |
        """,
        posts=POSTS,
    )
