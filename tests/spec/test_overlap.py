"""Acts as tables in, shared audiences and distinct reach out."""

from __future__ import annotations

from datetime import datetime

import numpy as np
import pytest

from features.overlap import (
    OWN_PEOPLE,
    Overlap,
    audience_overlap,
    distinct_exposed,
    marginal_share,
    shared_people,
)
from tests.market import connect

AS_OF = datetime(2024, 6, 1)
CREATORS = "creator_id\nana\nbob\ncat"
NAMES = ("ana", "bob", "cat")
Act = tuple[str, str, str, str]


def acts(*lines: Act) -> str:
    """Interactions of (moment, kind, actor, target)."""
    return "interaction_id | occurred_at | kind | actor_id | target_id\n" + "\n".join(
        f"i{i} | {moment} | {kind} | {actor} | {target}"
        for i, (moment, kind, actor, target) in enumerate(lines)
    )


def liked(target: str, *actors: str, day: str = "2024-05-01") -> list[Act]:
    return [(day, "like", actor, target) for actor in actors]


def overlap(*lines: Act, names: tuple[str, ...] = NAMES, **options: int) -> Overlap:
    connection = connect({"creators": CREATORS, "interactions": acts(*lines)})
    return audience_overlap(connection, names, AS_OF, **options)


def test_people_who_act_towards_two_creators_are_shared_by_them() -> None:
    found = overlap(
        *liked("ana", "p", "q", "r", "s"), *liked("bob", "r", "s", "t"), *liked("cat", "s", "u")
    )
    # ana and bob share r and s, both share s with cat.
    assert found.people.tolist() == [4, 3, 2]
    assert shared_people(found).toarray().tolist() == [[0, 2, 1], [2, 0, 1], [1, 1, 0]]
    # One cell of r for two of them, one of s for all three.
    assert sorted(zip(found.cells.sum(axis=0).tolist(), found.weight.tolist(), strict=True)) == [
        (2.0, 1.0),
        (3.0, 1.0),
    ]
    # Five more of its own each: of 9, 8 and 7 parts two, two and one are shared.
    assert found.own == pytest.approx([7 / 9, 6 / 8, 6 / 7])


def test_who_acts_often_counts_once_whatever_it_does() -> None:
    kinds = ("comment", "reply", "mention", "reshare", "like", "wave")
    found = overlap(
        *(("2024-05-01", kind, "p", "ana") for kind in kinds), *liked("bob", "p", "q", "q")
    )
    assert found.people.tolist() == [1, 2, 0]
    # An unknown kind of act is ignored, as everywhere.
    assert overlap(("2024-05-01", "wave", "p", "ana")).people.tolist() == [0, 0, 0]


def test_only_the_year_before_the_moment_counts() -> None:
    # 2024 is a leap year: 365 days before 1 June begin on 2 June 2023.
    found = overlap(
        *liked("ana", "early", day="2023-06-01 23:59:59"),
        *liked("ana", "first", day="2023-06-02 00:00:00"),
        *liked("ana", "last", day="2024-05-31 23:59:59"),
        *liked("ana", "at", "at too", day="2024-06-01 00:00:00"),
        *liked("bob", "first", "last", "at", "early"),
    )
    assert found.people[0] == 2
    assert shared_people(found).toarray()[0, 1] == 2


def test_creators_are_no_audience_of_each_other() -> None:
    # A ring of three that like each other would seem to share everything.
    found = overlap(
        *liked("ana", "bob", "cat", "ana"), *liked("bob", "ana", "cat"), *liked("cat", "ana", "bob")
    )
    assert not found.is_known.any()
    assert found.own.tolist() == [1, 1, 1]


def test_who_answers_a_creator_under_the_post_of_another_is_not_its_audience() -> None:
    posts = (
        "post_id | creator_id | published_at\nof ana | ana | 2024-04-01\nof bob | bob | 2024-04-01"
    )
    given = """
        interaction_id | occurred_at | kind    | actor_id | target_id | post_id
        i1             | 2024-05-01  | comment | p        | ana       | of ana
        i2             | 2024-05-01  | reply   | q        | ana       | of bob
        i3             | 2024-05-01  | comment | r        | ana       | elsewhere
        i4             | 2024-05-01  | mention | s        | ana       |
        """
    connection = connect({"creators": CREATORS, "posts": posts, "interactions": given})
    # p, s, and r, of whose post nothing is known.
    assert audience_overlap(connection, NAMES, AS_OF).people.tolist() == [3, 0, 0]


def test_without_interactions_nothing_is_known_and_reach_is_the_plain_sum() -> None:
    connection = connect({"creators": CREATORS})
    found = audience_overlap(connection, NAMES, AS_OF)
    assert not found.is_known.any()
    exposed = np.array([10.0, 20.0, 30.0])
    assert distinct_exposed(exposed, found, np.arange(3)) == 60
    assert marginal_share(exposed, found, np.array([0, 1]), 2) == 1


def test_who_is_unknown_shares_nothing_beside_those_who_are_known() -> None:
    found = overlap(*liked("ana", "p"), *liked("bob", "p"), names=("ana", "bob", "nobody"))
    assert found.is_known.tolist() == [True, True, False]
    assert found.own == pytest.approx([5 / 6, 5 / 6, 1])


def test_shared_people_are_reached_as_often_as_the_best_of_them_reaches_them() -> None:
    # ana has 5 people and bob 15, all of ana's among them: of 10 and 20 parts five are shared.
    few = [f"p{i}" for i in range(5)]
    found = overlap(*liked("ana", *few), *liked("bob", *few, *(f"q{i}" for i in range(10))))
    exposed = np.array([100.0, 400.0, 50.0])
    # ana reaches 10 people a part and bob 20: of the 50 + 100 shared, 50 are counted twice.
    assert distinct_exposed(exposed, found, np.array([0, 1])) == pytest.approx(450)
    assert distinct_exposed(exposed, found, np.array([True, True, True])) == pytest.approx(500)
    assert marginal_share(exposed, found, np.array([1]), 0) == pytest.approx(0.5)
    assert marginal_share(exposed, found, np.array([0]), 1) == pytest.approx(350 / 400)
    # Of one that is chosen, it is what would be lost.
    assert marginal_share(exposed, found, np.array([0, 1]), 0) == pytest.approx(0.5)
    assert marginal_share(np.zeros(3), found, np.array([1]), 0) == 1
    assert distinct_exposed(exposed, found, np.array([], dtype=np.int64)) == 0


def test_one_shared_commenter_does_not_make_two_audiences_one() -> None:
    found = overlap(*liked("ana", "p"), *liked("bob", "p"))
    exposed = np.full(3, 600.0)
    # One of 1 + OWN_PEOPLE parts.
    lost = 600 / (1 + OWN_PEOPLE)
    assert distinct_exposed(exposed, found, np.array([0, 1])) == pytest.approx(1200 - lost)


def test_the_order_in_which_creators_are_asked_for_is_the_order_of_the_answer() -> None:
    lines = [*liked("ana", "p", "q"), *liked("bob", "q"), *liked("cat", "q", "r", "s")]
    one, other = overlap(*lines), overlap(*lines[::-1], names=("cat", "ana", "bob"))
    assert one.people[[2, 0, 1]].tolist() == other.people.tolist()
    assert (
        shared_people(one).toarray()[np.ix_([2, 0, 1], [2, 0, 1])] == shared_people(other).toarray()
    ).all()


def test_wrong_input_is_told_with_what_was_seen() -> None:
    with pytest.raises(ValueError, match="1 of 3 are not"):
        overlap(names=("ana", "bob", "ana"))
    with pytest.raises(ValueError, match="at least 1, not 0 and 365"):
        overlap(kept=0)
    found = overlap(*liked("ana", "p"))
    with pytest.raises(ValueError, match="chosen names a creator twice"):
        distinct_exposed(np.ones(3), found, np.array([1, 1]))
    with pytest.raises(ValueError, match=r"shape \(3,\), not \(2,\)"):
        distinct_exposed(np.ones(3), found, np.array([True, False]))


def test_nobody_asked_for_reaches_nobody() -> None:
    found = overlap(*liked("ana", "p"), names=())
    assert len(found) == 0
    assert distinct_exposed(np.zeros(0), found, np.zeros(0, dtype=np.int64)) == 0
