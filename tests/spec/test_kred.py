"""Kred by hand: points for what others do because of you, levels for what you do."""

from __future__ import annotations

import numpy as np
import pytest

from models.baselines.kred import influence, level, outreach
from tests.spec.scenes import acts, crowd, scene


def test_outreach_levels_ask_for_the_points_that_kred_published() -> None:
    points = [0, 99, 100, 269, 270, 83_088, 83_089]
    assert level(points).tolist() == [0, 0, 1, 1, 2, 11, 12]


def test_influence_is_the_log_of_points_with_the_top_at_a_thousand() -> None:
    # Ana 3 x 10, Bob 1 x 10, Cat none.
    lines = [*crowd(3, "2024-05-09", "like", "ana"), ("2024-05-10", "mention", "fan0", "bob")]
    found = influence(scene(interactions=acts(*lines)))
    assert found.tolist() == pytest.approx([1000, 1 + 999 * np.log(11) / np.log(31), 1])


@pytest.mark.parametrize(
    ("followers", "read", "points"),
    [("10001", "2024-05-31", 50), ("10000", "2024-05-31", 10), ("10001", "2024-06-01", 10)],
)
def test_the_famous_give_50_points_once_they_are_known_to_be(
    followers: str, read: str, points: int
) -> None:
    lines = [("2024-05-10", "like", "cat", "ana"), *crowd(9, "2024-05-09", "like", "bob")]
    audience = f"creator_id | observed_at | followers\ncat | {read} | {followers}"
    found = influence(scene(interactions=acts(*lines), audience=audience))
    assert found[0] == pytest.approx(1 + 999 * np.log1p(points) / np.log(91))


def test_influence_counts_counters_where_nobody_is_known_to_have_reacted() -> None:
    found = influence(
        scene(
            posts="post_id | creator_id | published_at\np | ana | 2024-05-01\nq | bob | 2024-05-01",
            post_metrics="""
                post_id | observed_at | views | likes | comments | shares
                p       | 2024-05-02  | 100   | 6     | 2        | 1
                p       | 2024-05-03  | 100   | 7     | 2        | 1
                q       | 2024-05-02  | 100   | 1     |          |
            """,
        )
    )
    # 100 points and 10.
    assert found.tolist() == pytest.approx([1000, 1 + 999 * np.log(11) / np.log(101), 1])


def test_nothing_counted_is_unknown() -> None:
    assert np.isnan(influence(scene())).all()
    assert np.isnan(outreach(scene())).all()


def test_outreach_counts_what_a_creator_says_to_others_ever_and_not_its_likes() -> None:
    said = [(f"2020-01-{n:02}", "reply", "ana", "fan") for n in range(1, 11)]
    liked = [(f"2020-01-{n:02}", "like", "bob", "fan") for n in range(1, 11)]
    # 10 x 10 points: level 1.
    assert outreach(scene(interactions=acts(*said, *liked))).tolist() == [1, 0, 0]
