"""Favours by promise, honest return, and creators among each other."""

from __future__ import annotations

from tests.market import expect

POSTS = """
    post_id | creator_id | published_at
    p1      | ana        | 2023-10-01
    z1      | zoe        | 2023-10-01
"""

# Favours outward: 1 is returned under ana's post within the hour; 2 after exactly six hours, 3 only
# by an answer, 4 under another's post, 5 at the very moment. 6 is no favour, 8 stands under her own
# post. 7 is four hours old at midnight.
FAVOURS = """
    interaction_id | occurred_at      | kind    | actor_id | target_id | post_id | parent_id
    1              | 2024-03-01 10:00 | like    | ana      | bob       | x1      |
    1r             | 2024-03-01 11:00 | reshare | bob      | ana       | p1      |
    2              | 2024-03-02 10:00 | comment | ana      | bob       | x1      |
    2r             | 2024-03-02 16:00 | like    | bob      | ana       | p1      |
    3              | 2024-03-03 10:00 | reshare | ana      | cat       | x2      |
    3r             | 2024-03-03 11:00 | comment | cat      | ana       |         | 3
    4              | 2024-03-04 10:00 | like    | ana      | cat       | x3      |
    4r             | 2024-03-04 11:00 | like    | cat      | ana       | z1      |
    5              | 2024-03-05 10:00 | like    | ana      | dog       |         |
    5r             | 2024-03-05 10:00 | like    | dog      | ana       |         |
    6              | 2024-03-06 10:00 | mention | ana      | bob       |         |
    6r             | 2024-03-06 11:00 | like    | bob      | ana       |         |
    7              | 2024-03-31 20:00 | like    | ana      | bob       | x1      |
    7r             | 2024-03-31 21:00 | like    | bob      | ana       |         |
    8              | 2024-03-07 10:00 | comment | ana      | fan       | p1      |
    8r             | 2024-03-07 11:00 | like    | fan      | ana       | p1      |
"""


def test_tit_for_tat_share_is_of_favours_six_hours_old() -> None:
    expect(
        """
        creator_id | as_of            | tit_for_tat_share
        ana        | 2024-04-01 00:00 | 1/5
        ana        | 2024-04-01 02:00 | 2/6
        ana        | 2024-03-01 15:59 |
        ana        | 2024-03-01 16:00 | 1
        dan        | 2024-04-01       |
        """,
        posts=POSTS,
        interactions=FAVOURS,
    )


# On 1 June the approaches are those of 5 October 2023 to 2 April 2024. Bob comes after four days;
# cat only on the same day, dog exactly 60 days later, gnu only to answer elsewhere. Eve had turned
# to ana before, fox was met too late.
APPROACHES = """
    interaction_id | occurred_at      | kind    | actor_id | target_id | post_id | parent_id
    1              | 2024-01-01       | comment | ana      | bob       | x1      |
    1r             | 2024-01-05       | comment | bob      | ana       | p1      |
    2              | 2024-01-01       | like    | ana      | cat       | x2      |
    2r             | 2024-01-01 12:00 | like    | cat      | ana       | p1      |
    3              | 2024-01-01       | mention | ana      | dog       |         |
    3r             | 2024-03-01       | like    | dog      | ana       | p1      |
    4              | 2023-12-01       | like    | eve      | ana       | p1      |
    4a             | 2024-01-01       | comment | ana      | eve       | x3      |
    4r             | 2024-01-05       | like    | eve      | ana       | p1      |
    5              | 2024-05-01       | comment | ana      | fox       | x4      |
    5r             | 2024-05-05       | like    | fox      | ana       |         |
    6              | 2024-01-01       | comment | ana      | gnu       | x5      |
    6r             | 2024-01-05       | comment | gnu      | ana       | x5      | 6
"""


def test_honest_return_share_is_of_people_met_two_months_ago() -> None:
    # On 1 March, 60 days after 1 January, nobody is: the approach must lie before. An instant later
    # all four are; the dog's like of that day is too late. To eve ana came, but under no post of hers.
    expect(
        """
        creator_id | as_of                      | honest_return_share
        ana        | 2024-06-01                 | 1/4
        ana        | 2024-03-01                 |
        ana        | 2024-03-01 00:00:00.000001 | 1/4
        eve        | 2024-06-01                 | 0
        zoe        | 2024-06-01                 |
        """,
        posts=POSTS,
        interactions=APPROACHES,
    )


CREATORS = """
    creator_id
    ana
    bob
    cat
    dan
    lia
"""

# Bob returns ana's like after an hour, and ana his on 2 March: a ring. Cat is late by nothing but the
# last instant of six hours, dan returns a like with a mention, lia with an answer, the fan is no
# creator.
RING = """
    interaction_id | occurred_at      | kind    | actor_id | target_id | parent_id
    1              | 2024-03-01 10:00 | like    | ana      | bob       |
    1r             | 2024-03-01 11:00 | like    | bob      | ana       |
    2              | 2024-03-02 10:00 | reshare | bob      | ana       |
    2r             | 2024-03-02 12:00 | comment | ana      | bob       |
    3              | 2024-03-03 10:00 | like    | ana      | cat       |
    3r             | 2024-03-03 16:00 | like    | cat      | ana       |
    4              | 2024-03-04 10:00 | like    | cat      | ana       |
    4r             | 2024-03-04 11:00 | like    | ana      | cat       |
    5              | 2024-03-05 10:00 | like    | ana      | dan       |
    5r             | 2024-03-05 11:00 | mention | dan      | ana       |
    6              | 2024-03-06 10:00 | like    | dan      | ana       |
    6r             | 2024-03-06 11:00 | like    | ana      | dan       |
    7              | 2024-03-07 10:00 | like    | ana      | lia       |
    7r             | 2024-03-07 11:00 | like    | lia      | ana       | 7
    8              | 2024-03-08 10:00 | like    | lia      | ana       |
    8r             | 2024-03-08 11:00 | like    | ana      | lia       |
    9              | 2024-03-09 10:00 | like    | ana      | fan       |
    9r             | 2024-03-09 11:00 | like    | fan      | ana       |
    10             | 2024-03-10 10:00 | like    | fan      | ana       |
    10r            | 2024-03-10 11:00 | like    | ana      | fan       |
"""


def test_closed_ring_share_knows_a_ring_once_both_have_returned_a_favour_within_hours() -> None:
    # Ana's favours from creators are two of bob, two of cat, one of dan and two of lia.
    expect(
        """
        creator_id | as_of                      | closed_ring_share
        ana        | 2024-04-01                 | 2/7
        ana        | 2024-03-02 12:00           | 0
        ana        | 2024-03-02 12:00:00.000001 | 1
        bob        | 2024-04-01                 | 1
        cat        | 2024-04-01                 | 0
        fan        | 2024-04-01                 |
        """,
        creators=CREATORS,
        interactions=RING,
    )


def test_words_within_a_ring_reach_nobody_outside_it() -> None:
    # 1 and 2r are said to bob, 3 to a stranger; the ring closes with 2r.
    expect(
        """
        creator_id | as_of                      | talk | outbound_share | outbound_breadth
        ana        | 2024-03-02 11:00           | 1    | 1              | 1
        ana        | 2024-03-02 11:00:00.000001 | 2    | 0/1            |
        ana        | 2024-04-01                 | 3    | 1/2            | 1
        """,
        asks={"talk": lambda h: h.acts.where("talk").count()},
        creators=CREATORS,
        posts="""
            post_id | creator_id | published_at
            p1      | ana        | 2024-03-02 11:00
            q1      | bob        | 2024-02-01
        """,
        interactions="""
            interaction_id | occurred_at      | kind    | actor_id | target_id | post_id
            1              | 2024-03-01 10:00 | comment | ana      | bob       | q1
            1r             | 2024-03-01 11:00 | like    | bob      | ana       |
            2              | 2024-03-02 10:00 | like    | bob      | ana       |
            2r             | 2024-03-02 11:00 | comment | ana      | bob       | q1
            3              | 2024-03-03 10:00 | comment | ana      | kid       | x1
        """,
    )


# Bob, cat and dan turned to lia by 3 January, and to bea by 5 February; ana knew nobody before.
LEADERS = """
    interaction_id | occurred_at | kind    | actor_id | target_id
    1              | 2024-01-01  | like    | bob      | lia
    2              | 2024-01-02  | comment | cat      | lia
    3              | 2024-01-03  | mention | dan      | lia
    4              | 2024-02-03  | like    | bob      | bea
    5              | 2024-02-04  | like    | cat      | bea
    6              | 2024-02-05  | like    | dan      | bea
    7              | 2024-01-03  | mention | lia      | ana
    8              | 2024-03-20  | mention | lia      | ana
    9              | 2024-03-21  | like    | lia      | ana
    10             | 2024-03-22  | mention | bob      | ana
    11             | 2024-03-23  | mention | lia      | bea
    12             | 2024-03-24  | mention | fan      | ana
"""
WITH_BEA = CREATORS + "    bea\n"


def test_leader_attention_is_of_those_whom_three_creators_turned_to() -> None:
    # Of ana's 28 days since 4 March, 8 counts: a like does not pass on, and nobody turned to bob.
    # When 7 was said, dan's word for lia (3) was of the same moment, not before. Bea has as many
    # peers as lia.
    expect(
        """
        creator_id | as_of      | leader_attention
        ana        | 2024-04-01 | log(1+1)
        ana        | 2024-01-20 | 0
        bea        | 2024-04-01 | 0
        fan        | 2024-04-01 | 0
        zoe        | 2024-04-01 |
        """,
        creators=WITH_BEA,
        interactions=LEADERS,
    )


# Three turned to lia, of whom bob closes a ring with her on 21 March; eve turns to her on 23 March. On
# 27 March a ring closes around lia and ana.
RING_OF_A_LEADER = """
    interaction_id | occurred_at      | kind    | actor_id | target_id
    1              | 2024-01-01 10:00 | like    | bob      | lia
    1r             | 2024-01-01 11:00 | like    | lia      | bob
    2              | 2024-01-02       | comment | cat      | lia
    3              | 2024-01-03       | mention | dan      | lia
    4              | 2024-03-20       | mention | lia      | ana
    5              | 2024-03-21 10:00 | like    | lia      | bob
    5r             | 2024-03-21 11:00 | like    | bob      | lia
    6              | 2024-03-22       | mention | lia      | ana
    7              | 2024-03-23       | mention | eve      | lia
    8              | 2024-03-24       | mention | lia      | ana
    9              | 2024-03-26 10:00 | like    | ana      | lia
    9r             | 2024-03-26 11:00 | like    | lia      | ana
    10             | 2024-03-27 10:00 | like    | lia      | ana
    10r            | 2024-03-27 11:00 | like    | ana      | lia
"""


def test_a_ring_makes_no_leader() -> None:
    # Her words 4 and 8 have three outside her rings behind them, 6 has two. Once ana is in a ring
    # with her, none is a leader's.
    expect(
        """
        creator_id | as_of            | leader_attention | responder_authority
        ana        | 2024-03-25       | log(1+2)         | (log(4)+log(3)+log(4))/3
        ana        | 2024-03-27 11:00 | log(1+2)         | (log(4)+log(3)+log(4)+2*log(5))/5
        ana        | 2024-04-01       | 0                | (log(4)+log(3)+log(4)+2*log(5))/5
        """,
        creators=CREATORS + "    eve\n",
        interactions=RING_OF_A_LEADER,
        tolerance=1e-8,
    )


def test_responder_authority_is_the_mean_log_of_peers_before_each_act() -> None:
    # Ana: 7 by lia with two peers, 8 and 9 with three, 10 by bob with none. Lia: by bob, cat and dan,
    # whom nobody had turned to.
    expect(
        """
        creator_id | as_of      | responder_authority
        ana        | 2024-04-01 | (log(3)+log(4)+log(4)+0)/4
        ana        | 2024-01-20 | log(3)
        lia        | 2024-04-01 | 0
        fan        | 2024-04-01 |
        """,
        creators=WITH_BEA,
        interactions=LEADERS,
        tolerance=1e-8,
    )


def test_peer_citation_share_is_mentions_and_reshares_of_creators() -> None:
    # Of ana's acts outward: a reshare of a creator, a mention of somebody else, a like. Her answer
    # under her own post is not outward; bob's only act is.
    expect(
        """
        creator_id | as_of      | peer_citation_share
        ana        | 2024-04-01 | 1/3
        bob        | 2024-04-01 | 1
        cat        | 2024-04-01 |
        """,
        creators=CREATORS,
        posts=POSTS,
        interactions="""
            interaction_id | occurred_at | kind    | actor_id | target_id | post_id
            1              | 2024-03-01  | reshare | ana      | bob       | x1
            2              | 2024-03-02  | mention | ana      | fan       |
            3              | 2024-03-03  | like    | ana      | bob       | x2
            4              | 2024-03-04  | reply   | ana      | fan       | p1
            5              | 2024-03-05  | mention | bob      | ana       |
        """,
    )


def test_without_profiles_nobody_is_a_peer() -> None:
    # Whom the tables do not know as a creator does not count as one.
    expect(
        """
        creator_id | as_of      | closed_ring_share | responder_authority | leader_attention | peer_citation_share
        ana        | 2024-04-01 |                   |                     | 0                | 0
        """,
        interactions=RING,
    )
