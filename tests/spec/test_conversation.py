"""Features of conversation and listening: who is answered, how soon, in which words, how deep."""

from __future__ import annotations

from tests.market import expect

# Settled on 1 April, of the 90 days before: 1 (answered after 10 hours), 2 (after exactly a day), 3
# (after two), 5 (after 12 hours, without words) and 6 (never); 4 is pending. After 1a the fan speaks
# again; after 2a the kid does, exactly 7 days later; after 3a mum does, under another post; 5a is
# not a week old.
TALK = """
    interaction_id | occurred_at      | kind    | actor_id | target_id | post_id | parent_id | text
    1              | 2024-01-10       | comment | fan      | ana       | p1      |           | Which green tea?
    1a             | 2024-01-10 10:00 | reply   | ana      | fan       | p1      | 1         | Green tea from Assam
    1b             | 2024-01-11       | reply   | fan      | ana       | p1      | 1a        | Fine
    2              | 2024-01-20       | comment | kid      | ana       | p1      |           | Lovely cup
    2a             | 2024-01-21       | reply   | ana      | kid       | p1      |           | Thanks
    2b             | 2024-01-28       | reply   | kid      | ana       | p1      |           | Hm
    3              | 2024-02-01       | comment | mum      | ana       | p1      |           | What a cup!
    3a             | 2024-02-03       | reply   | ana      | mum       | p1      | 3         | thanks
    3b             | 2024-02-04       | reply   | mum      | ana       | p2      |           | Another thing
    4              | 2024-03-30       | comment | pal      | ana       | p1      |           | Well?
    5              | 2024-03-31       | comment | kid      | ana       | p1      |           | Lovely cup
    5a             | 2024-03-31 12:00 | reply   | ana      | kid       | p1      | 5         |
    6              | 2024-03-01       | comment | eve      | ana       | p1      |           | Lovely cup
    7              | 2024-03-01       | comment | fan      | bea       | q1      |           | You?!
    7a             | 2024-03-02       | reply   | bea      | fan       | q1      | 7         | Merci
    8              | 2024-03-30       | comment | fan      | cem       | r1      |           | Hello
"""


def test_prompt_reply_share_counts_answers_within_a_day() -> None:
    expect(
        """
        creator_id | as_of      | prompt_reply_share
        ana        | 2024-04-01 | 3/5
        bea        | 2024-04-01 | 1
        cem        | 2024-04-01 |
        dan        | 2024-04-01 |
        """,
        interactions=TALK,
    )


def test_answered_people_share_counts_people_once() -> None:
    # Of fan, kid, mum and eve all but eve were answered; the kid twice.
    expect(
        """
        creator_id | as_of      | answered_people_share
        ana        | 2024-04-01 | 3/4
        bea        | 2024-04-01 | 1
        cem        | 2024-04-01 |
        dan        | 2024-04-01 |
        """,
        interactions=TALK,
    )


def test_second_turn_share_waits_a_week_after_each_answer() -> None:
    expect(
        """
        creator_id | as_of            | second_turn_share
        ana        | 2024-04-01       | 1/3
        ana        | 2024-01-17 10:00 | 1
        ana        | 2024-01-17 09:59 |
        bea        | 2024-04-01       | 0
        cem        | 2024-04-01       |
        """,
        interactions=TALK,
    )


def test_reply_variety_is_texts_of_answers_per_text_answered() -> None:
    # 1a, 2a and 3a are two texts, to three; the answer without words counts in neither.
    expect(
        """
        creator_id | as_of            | reply_variety
        ana        | 2024-04-01       | 2/3
        ana        | 2024-02-02       | 1
        bea        | 2024-04-01       | 1
        cem        | 2024-04-01       |
        dan        | 2024-04-01       |
        """,
        interactions=TALK,
    )


def test_reply_variety_is_one_where_equal_comments_get_different_answers() -> None:
    expect(
        """
        as_of      | reply_variety
        2024-04-01 | 1
        """,
        interactions="""
            interaction_id | occurred_at | kind    | actor_id | target_id | parent_id | text
            1              | 2024-03-01  | comment | fan      | ana       |           | Tea
            2              | 2024-03-01  | comment | kid      | ana       |           | tea
            1a             | 2024-03-02  | reply   | ana      | fan       | 1         | Green
            2a             | 2024-03-02  | reply   | ana      | kid       | 2         | Black
        """,
    )


def test_reply_length_is_the_median_of_log_characters() -> None:
    # 20, 6 and 6 characters.
    expect(
        """
        creator_id | as_of      | reply_length
        ana        | 2024-04-01 | log(6)
        ana        | 2024-01-15 | log(20)
        bea        | 2024-04-01 | log(5)
        cem        | 2024-04-01 |
        """,
        interactions=TALK,
    )


def test_reply_echo_looks_for_a_word_in_common() -> None:
    # Green and tea come back in 1a, nothing in 2a and 3a. Bea's comment has function words alone.
    expect(
        """
        creator_id | as_of      | reply_echo
        ana        | 2024-04-01 | 1/3
        ana        | 2024-01-10 10:00 |
        bea        | 2024-04-01 |
        cem        | 2024-04-01 |
        """,
        interactions=TALK,
    )


def test_reply_echo_overlooks_accents_capitals_and_function_words() -> None:
    # "hôtel" comes back as "HOTEL"; "you" and "vous" come back too, and say nothing.
    expect(
        """
        creator_id | as_of      | reply_echo
        ana        | 2024-04-01 | 1
        bea        | 2024-04-01 | 0
        """,
        interactions="""
            interaction_id | occurred_at | kind    | actor_id | target_id | parent_id | text
            1              | 2024-03-01  | comment | fan      | ana       |           | Quel bel hôtel !
            1a             | 2024-03-02  | reply   | ana      | fan       | 1         | HOTEL INDIEN
            2              | 2024-03-01  | comment | fan      | bea       |           | you make cakes, vous
            2a             | 2024-03-02  | reply   | bea      | fan       | 2         | and you, vous
        """,
    )


def test_outbound_breadth_is_distinct_people_per_word_outward() -> None:
    # Of the 90 days: 1, 2 and 3, two to bob. A like is no word, and 5 stands under her own post.
    expect(
        """
        creator_id | as_of      | outbound_breadth
        ana        | 2024-04-01 | 2/3
        bob        | 2024-04-01 |
        dan        | 2024-04-01 |
        """,
        posts="post_id | creator_id | published_at\n p1 | ana | 2024-01-01",
        interactions="""
            interaction_id | occurred_at | kind    | actor_id | target_id | post_id
            0              | 2024-01-01  | comment | ana      | eve       | x1
            1              | 2024-01-02  | comment | ana      | bob       | x1
            2              | 2024-02-01  | reply   | ana      | bob       | x2
            3              | 2024-02-02  | comment | ana      | kid       |
            4              | 2024-02-03  | like    | ana      | mum       | x1
            5              | 2024-02-04  | comment | ana      | mum       | p1
        """,
    )


def test_conversational_share_is_replies_and_quotes_of_all_posts() -> None:
    # 180 days before 1 April is 4 October; a story is of no known kind.
    expect(
        """
        creator_id | as_of      | conversational_share
        ana        | 2024-04-01 | 2/4
        bea        | 2024-04-01 |
        """,
        posts="""
            post_id | creator_id | published_at | kind
            0       | ana        | 2023-10-03   | reply
            1       | ana        | 2023-10-04   | reply
            2       | ana        | 2024-03-01   | quote
            3       | ana        | 2024-03-02   | original
            4       | ana        | 2024-03-03   | reshare
            5       | ana        | 2024-03-04   | story
        """,
    )


# Under ana's p1: 1 stands at depth 1, 2 at 2, ana's own 3 at 3 (not counted), 4 at 4; 5 answers what
# is not known (2); 6 names an act that comes later, 9 one of another post: both begin a thread. A
# word to oneself and a like are no talk. Of the six, 2 and 5 are between others.
THREAD_POSTS = """
    post_id | creator_id | published_at
    p1      | ana        | 2024-03-01
    p2      | ana        | 2024-03-01
    q1      | bea        | 2024-03-10
"""
THREAD = """
    interaction_id | occurred_at | kind    | actor_id | target_id | post_id | parent_id
    1              | 2024-03-02  | comment | fan      | ana       | p1      |
    2              | 2024-03-03  | reply   | kid      | fan       | p1      | 1
    3              | 2024-03-04  | reply   | ana      | kid       | p1      | 2
    4              | 2024-03-05  | reply   | kid      | ana       | p1      | 3
    5              | 2024-03-06  | reply   | mum      | kid       | p1      | nowhere
    6              | 2024-03-06  | comment | pal      | ana       | p1      | 7
    7              | 2024-03-07  | like    | pal      | ana       | p1      |
    8              | 2024-03-07  | comment | pal      | pal       | p1      | 1
    9              | 2024-03-08  | comment | pal      | ana       | p2      | 1
    10             | 2024-03-09  | comment | fan      | bea       | q1      |
"""


def test_thread_depth_follows_parents_under_the_same_post() -> None:
    # Bea's comment lies before its post, and is known once that is.
    expect(
        """
        creator_id | as_of            | thread_depth
        ana        | 2024-04-01       | (1+2+4+2+1+1)/6
        ana        | 2024-03-05       | (1+2)/2
        bea        | 2024-03-10       |
        bea        | 2024-03-10 00:01 | 1
        cem        | 2024-04-01       |
        """,
        posts=THREAD_POSTS,
        interactions=THREAD,
    )


def test_thread_depth_ends_at_ten() -> None:
    # Twelve acts, each answering the one before: 1 to 10, and twice 10.
    chain = "\n".join(
        f"{i} | 2024-03-{i + 1:02} | comment | f{i} | ana | p1 | {i - 1}" for i in range(1, 13)
    )
    expect(
        """
        as_of      | thread_depth
        2024-04-01 | (55+20)/12
        """,
        posts=THREAD_POSTS,
        interactions="interaction_id|occurred_at|kind|actor_id|target_id|post_id|parent_id\n"
        + chain,
    )


def test_acts_of_one_moment_that_name_each_other_are_two_threads() -> None:
    expect(
        """
        as_of      | thread_depth
        2024-04-01 | 1
        """,
        posts=THREAD_POSTS,
        interactions="""
            interaction_id | occurred_at | kind    | actor_id | target_id | post_id | parent_id
            1              | 2024-03-02  | comment | fan      | ana       | p1      | 2
            2              | 2024-03-02  | comment | kid      | ana       | p1      | 1
        """,
    )


def test_audience_talk_share_is_talk_between_two_others() -> None:
    expect(
        """
        creator_id | as_of            | audience_talk_share
        ana        | 2024-04-01       | 2/6
        bea        | 2024-03-10       |
        bea        | 2024-03-10 00:01 | 0
        cem        | 2024-04-01       |
        """,
        posts=THREAD_POSTS,
        interactions=THREAD,
    )
