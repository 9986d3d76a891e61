"""Features of criticism: critics, the answers to them, and complaints in place of an answer."""

from __future__ import annotations

from tests.market import expect

# Of ana's 180 days: 1 to 4 are critical, 5 is not, 6 is in no known language, 7 has no words. 1 is
# answered kindly after 10 hours, 2 neutrally after 20, 3 not at all; 4 is pending. 0 is too old on
# 1 April. Dan's critic was "answered" before the word fell; a word to oneself is none.
CRITICS = """
    interaction_id | occurred_at      | kind    | actor_id | target_id | post_id | parent_id | text
    0              | 2023-10-03       | comment | fan      | ana       | p1      |           | This tea is awful, I hate it
    1              | 2024-01-01       | comment | fan      | ana       | p1      |           | This tea is awful, I hate it
    1a             | 2024-01-01 10:00 | reply   | ana      | fan       | p1      | 1         | I love this tea, thank you
    2              | 2024-02-01       | comment | kid      | ana       | p1      |           | Terrible shoes, what a shame
    2a             | 2024-02-01 20:00 | reply   | ana      | kid       | p1      |           | running shoes for the marathon
    3              | 2024-03-01       | comment | mum      | ana       | p1      |           | Quelle honte, c'est nul
    4              | 2024-03-28       | comment | kid      | ana       | p1      |           | This tea is awful, I hate it
    5              | 2024-03-02       | comment | pal      | ana       | p1      |           | I love this tea, thank you
    6              | 2024-03-03       | comment | pal      | ana       | p1      |           | 茶
    7              | 2024-03-04       | comment | pal      | ana       | p1      |           |
    8              | 2024-03-01       | comment | ana      | ana       | p1      |           | This tea is awful, I hate it
    9              | 2024-03-01       | comment | fan      | bea       | q1      |           | I love this tea, thank you
    10             | 2024-03-01       | comment | fan      | cem       | r1      |           | 茶
    11             | 2024-03-05       | comment | fan      | dan       | s1      |           | This tea is awful, I hate it
    11a            | 2024-03-04       | reply   | dan      | fan       | s1      | 11        | I love this tea, thank you
"""


def test_critic_share_is_of_comments_whose_polarity_is_known() -> None:
    expect(
        """
        creator_id | as_of      | critic_share
        ana        | 2024-04-01 | 4/5
        bea        | 2024-04-01 | 0
        cem        | 2024-04-01 |
        dan        | 2024-04-01 | 1
        eve        | 2024-04-01 |
        """,
        interactions=CRITICS,
    )


def test_critic_reply_share_leaves_pending_critics_out() -> None:
    # At the very moment of the answer to 1 nothing but 0, unanswered for a week, is settled.
    expect(
        """
        creator_id | as_of            | critic_reply_share
        ana        | 2024-04-01       | 2/3
        ana        | 2024-01-01 10:00 | 0
        bea        | 2024-04-01       |
        cem        | 2024-04-01       |
        dan        | 2024-04-01       | 0
        eve        | 2024-04-01       |
        """,
        interactions=CRITICS,
    )


def test_critic_reply_hours_is_the_median_wait_of_critics() -> None:
    expect(
        """
        creator_id | as_of            | critic_reply_hours
        ana        | 2024-04-01       | 15
        ana        | 2024-02-01       | 10
        ana        | 2024-01-01 10:00 |
        dan        | 2024-04-01       |
        """,
        interactions=CRITICS,
    )


def test_critic_reply_tone_is_the_mean_polarity_of_the_answers() -> None:
    # VADER: love is 3.2 and thank 1.5, hence 4.7 / sqrt(4.7² + 15) = .7717 in four digits; 2a takes
    # no side.
    expect(
        """
        creator_id | as_of            | critic_reply_tone
        ana        | 2024-04-01       | .7717/2
        ana        | 2024-02-01       | .7717
        ana        | 2024-01-01 10:00 |
        bea        | 2024-04-01       |
        """,
        interactions=CRITICS,
    )


def test_sympathy_share_is_of_critics_left_unanswered() -> None:
    # Unanswered are 1 to 5: a complaint follows 1, and 2 after exactly three days. After 3 somebody
    # is addressed, after 4 it is a reply, after 5 it is a second too late. 6 was answered, and 7 is
    # pending.
    critic = "comment | fan | ana | This tea is awful, I hate it"
    expect(
        """
        creator_id | as_of            | sympathy_share
        ana        | 2024-04-01       | 2/5
        ana        | 2024-01-08       | 1
        ana        | 2024-01-07 23:59 |
        bea        | 2024-04-01       |
        """,
        posts="""
            post_id | creator_id | published_at        | kind     | text
            a       | ana        | 2024-01-03          | original | Some people... you know who you are
            b       | ana        | 2024-01-23          | original | What a horrible week, I hate it
            c       | ana        | 2024-02-02          | original | Some people, @fan, are haters
            d       | ana        | 2024-02-11          | reply    | What a horrible week, I hate it
            e       | ana        | 2024-02-23 00:00:01 | original | Some people...
            f       | ana        | 2024-03-02          | original | Some people...
            g       | ana        | 2024-03-30          | original | Some people...
        """,
        interactions=f"""
            interaction_id | occurred_at | kind | actor_id | target_id | text | parent_id
            1              | 2024-01-01  | {critic} |
            2              | 2024-01-20  | {critic} |
            3              | 2024-02-01  | {critic} |
            4              | 2024-02-10  | {critic} |
            5              | 2024-02-20  | {critic} |
            6              | 2024-03-01  | {critic} |
            6a             | 2024-03-03  | reply | ana | fan | Sorry | 6
            7              | 2024-03-29  | {critic} |
        """,
    )
