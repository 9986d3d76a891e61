"""What answers a comment, when that is known, and when a comment counts as unanswered."""

from __future__ import annotations

import pytest

from tests.market import expect, prepare_market

HEADER = "interaction_id | occurred_at | kind | actor_id | target_id | post_id | parent_id"


def answers(interactions: str) -> dict[str, str | None]:
    """Comment -> when it was answered, of comments in the order of their ids."""
    connection = prepare_market({"interactions": HEADER + interactions})
    found = connection.sql(
        "SELECT interaction_id, CAST(answered_at AS VARCHAR) FROM stream_comments ORDER BY ALL"
    )
    return dict(found.fetchall())


def test_the_first_reply_that_names_a_comment_answers_it() -> None:
    assert answers("""
        c1 | 2024-03-01 | comment | fan | ana | p1 |
        r2 | 2024-03-05 | reply   | ana | fan | p1 | c1
        r1 | 2024-03-03 | reply   | ana | fan | p1 | c1
        c2 | 2024-03-01 | comment | fan | ana | p1 |
    """) == {"c1": "2024-03-03 00:00:00", "c2": None}


def test_a_named_comment_is_answered_however_late_and_without_a_post() -> None:
    assert answers("""
        c1 | 2024-03-01 | comment | fan | ana |    |
        r1 | 2025-03-01 | reply   | ana | fan |    | c1
    """) == {"c1": "2025-03-01 00:00:00"}


@pytest.mark.parametrize(
    "interaction",
    [
        pytest.param("r | 2024-03-02 | reply   | bea | fan | p1 | c", id="by somebody else"),
        pytest.param("r | 2024-03-02 | comment | ana | fan | p1 | c", id="of another kind"),
        pytest.param("r | 2024-02-28 | reply   | ana | fan | p1 | c", id="before the comment"),
        pytest.param(
            "r | 2024-03-02 | reply   | ana | fan | p1 | x", id="naming what is not there"
        ),
        pytest.param("r | 2024-02-28 | reply   | ana | fan | p1 |", id="bare, before the comment"),
        pytest.param("r | 2024-03-02 | reply   | ana | fan | p2 |", id="bare, under another post"),
        pytest.param("r | 2024-03-02 | reply   | ana | fan |    |", id="bare, without a post"),
        pytest.param("r | 2024-03-02 | reply   | ana | kid | p1 |", id="bare, to somebody else"),
        pytest.param("r | 2024-03-02 | reply   | bea | fan | p1 |", id="bare, by somebody else"),
        pytest.param("r | 2024-03-02 | mention | ana | fan | p1 |", id="bare, of another kind"),
        pytest.param("r | 2024-03-08 00:00:00.000001 | reply | ana | fan | p1 |", id="bare, late"),
    ],
)
def test_this_is_no_answer(interaction: str) -> None:
    found = answers(f"""
        c | 2024-03-01 | comment | fan | ana | p1 |
        {interaction}
    """)
    assert found["c"] is None


def test_a_reply_without_parent_answers_within_exactly_seven_days() -> None:
    assert answers("""
        c | 2024-03-01 | comment | fan | ana | p1 |
        r | 2024-03-08 | reply   | ana | fan | p1 |
    """) == {"c": "2024-03-08 00:00:00"}


def test_a_reply_without_parent_answers_the_latest_unanswered_comment_of_that_person() -> None:
    # The first reply takes c2, the second what is left, the third finds nothing unanswered.
    assert answers("""
        c1 | 2024-03-01 | comment | fan | ana | p1 |
        c2 | 2024-03-02 | comment | fan | ana | p1 |
        c3 | 2024-03-02 | comment | kid | ana | p1 |
        r1 | 2024-03-03 | reply   | ana | fan | p1 |
        r2 | 2024-03-04 | reply   | ana | fan | p1 |
        r3 | 2024-03-05 | reply   | ana | fan | p1 |
    """) == {"c1": "2024-03-04 00:00:00", "c2": "2024-03-03 00:00:00", "c3": None}


def test_a_comment_named_before_is_passed_over_and_one_named_later_is_not() -> None:
    # r1 names c2, so the bare r2 takes c1. Of kid's, the bare r3 takes c4 before r4 names it.
    assert answers("""
        c1 | 2024-03-01 | comment | fan | ana | p1 |
        c2 | 2024-03-02 | comment | fan | ana | p1 |
        r1 | 2024-03-03 | reply   | ana | fan | p1 | c2
        r2 | 2024-03-04 | reply   | ana | fan | p1 |
        c3 | 2024-03-01 | comment | kid | ana | p1 |
        c4 | 2024-03-02 | comment | kid | ana | p1 |
        r3 | 2024-03-03 | reply   | ana | kid | p1 |
        r4 | 2024-03-04 | reply   | ana | kid | p1 | c4
    """) == {
        "c1": "2024-03-04 00:00:00",
        "c2": "2024-03-03 00:00:00",
        "c3": None,
        "c4": "2024-03-03 00:00:00",
    }


def test_a_comment_too_old_for_the_reply_leaves_the_reply_without_one() -> None:
    assert answers("""
        c1 | 2024-03-01 | comment | fan | ana | p1 |
        r1 | 2024-03-09 | reply   | ana | fan | p1 |
        c2 | 2024-03-10 | comment | fan | ana | p1 |
    """) == {"c1": None, "c2": None}


def test_words_to_oneself_are_no_comment() -> None:
    assert answers("\n c | 2024-03-01 | comment | ana | ana | p1 |\n") == {}


COUNTS = {
    "comments": lambda h: h.comments.count(),
    "answered": lambda h: h.comments.where("answered").count(),
    "settled": lambda h: h.comments.where("settled").count(),
    "reply_hours": lambda h: h.comments.median("hours_to_answer"),
}


@pytest.mark.parametrize("parent", ["c", ""])
def test_an_answer_is_known_only_when_it_was_given(parent: str) -> None:
    expect(
        """
        as_of                      | comments | answered | settled | reply_hours
        2024-03-01                 |          |          |         |
        2024-03-03                 | 1        | 0        | 0       |
        2024-03-03 00:00:00.000001 | 1        | 1        | 1       | 48
        """,
        asks=COUNTS,
        interactions=f"""{HEADER}
            c | 2024-03-01 | comment | fan | ana | p1 |
            r | 2024-03-03 | reply   | ana | fan | p1 | {parent}
        """,
    )


def test_a_comment_is_neither_answered_nor_unanswered_until_its_week_is_over() -> None:
    expect(
        """
        as_of                      | comments | answered | settled | reply_hours
        2024-03-07 23:59:59.999999 | 1        | 0        | 0       |
        2024-03-08                 | 1        | 0        | 1       |
        2024-03-20                 | 1        | 0        | 1       |
        2024-03-21                 | 1        | 1        | 1       | 456
        """,
        asks=COUNTS,
        interactions=f"""{HEADER}
            c | 2024-03-01 | comment | fan | ana | p1 |
            r | 2024-03-20 | reply   | ana | fan | p1 | c
        """,
    )
