"""Klout by hand: who reacts, how selectively, in proportion to content, and of what standing."""

from __future__ import annotations

import numpy as np
import pytest

from models.baselines.klout import MEAN, attention, klout
from tests.spec.scenes import acts, crowd, scene

ANA, BOB, CAT = 0, 1, 2


def test_a_hundred_reshares_of_a_hundred_people_beat_a_hundred_of_one() -> None:
    of_one = [
        (f"2024-05-{1 + n % 28:02} {n % 24:02}:{n % 60:02}", "reshare", "fan", "bob")
        for n in range(100)
    ]
    score = klout(scene(interactions=acts(*crowd(100, "2024-05-09", "reshare", "ana"), *of_one)))
    assert score[ANA] > score[BOB] > score[CAT]


def test_attention_is_the_log_of_selective_reactions() -> None:
    # On the 9th the fan did four things, of which a comment (2) and a reshare (3) for Ana count a quarter each; on
    # the 10th one like, whole: log(1 + 5/4 + 1).
    found = attention(
        scene(
            interactions=acts(
                ("2024-05-09 08:00", "comment", "fan", "ana"),
                ("2024-05-09 09:00", "reshare", "fan", "ana"),
                ("2024-05-09 10:00", "like", "fan", "stranger"),
                ("2024-05-09 11:00", "like", "fan", "bob"),
                ("2024-05-10 08:00", "like", "fan", "ana"),
            )
        ).reactions
    )
    assert found["target"].tolist() == [ANA, BOB]
    assert found["m"].tolist() == pytest.approx([np.log(1 + 5 / 4 + 1), np.log(1 + 1 / 4)])


def test_the_same_reactions_to_fewer_posts_count_more() -> None:
    posts = "post_id | creator_id | published_at\np0 | ana | 2024-05-01\n" + "\n".join(
        f"q{n} | bob | 2024-05-01" for n in range(10)
    )
    both = [*crowd(5, "2024-05-09", "comment", "ana"), *crowd(5, "2024-05-09", "comment", "bob")]
    score = klout(scene(interactions=acts(*both), posts=posts))
    assert score[ANA] > score[BOB]


def test_the_score_is_40_and_14_for_a_standard_deviation_of_the_one_term_known() -> None:
    # Of two different numbers each lies a standard deviation from their mean.
    audience = "creator_id | observed_at | followers\nana | 2024-05-01 | 2\nbob | 2024-05-01 | 19"
    found = klout(scene(creators="creator_id\nana\nbob", audience=audience))
    assert found.tolist() == pytest.approx([26, 54])


def test_who_is_reacted_to_by_the_influential_is_more_so() -> None:
    # Ana and Bob each have one comment by one creator: Ana by Dora, to whom twenty people react, Bob by Eve.
    lines = [
        ("2024-05-09 08:00", "comment", "dora", "ana"),
        ("2024-05-09 08:00", "comment", "eve", "bob"),
        *crowd(20, "2024-05-09", "comment", "dora"),
    ]
    score = klout(scene(creators="creator_id\nana\nbob\ndora\neve", interactions=acts(*lines)))
    assert score[0] > score[1]


def test_reactions_of_91_days_ago_are_forgotten() -> None:
    old = acts(*crowd(9, "2024-03-02", "comment", "ana"), ("2024-05-09", "like", "fan", "bob"))
    score = klout(scene(interactions=old))
    assert score[BOB] > score[ANA] == score[CAT]


def test_counters_stand_in_where_nobody_is_known_to_have_reacted() -> None:
    score = klout(
        scene(
            posts="post_id | creator_id | published_at\np | ana | 2024-05-01\nq | bob | 2024-05-01",
            post_metrics="""
                post_id | observed_at | views | likes | comments | shares
                p       | 2024-05-02  | 100   | 50    | 5        | 5
                q       | 2024-05-02  | 100   | 5     | 5        | 5
            """,
        )
    )
    assert score[ANA] > score[BOB] > score[CAT]


def test_where_nothing_is_known_no_score_is_said() -> None:
    assert np.isnan(klout(scene())).all()


def test_a_recommendation_counts_and_an_award_does_not() -> None:
    credentials = "creator_id | kind | title\nana | recommendation | x\nbob | award | y"
    score = klout(scene(credentials=credentials))
    assert score[ANA] > MEAN > score[BOB] == score[CAT]
