"""Answers, replayed one interaction after the other."""

from __future__ import annotations

import pytest

from features.streams import bare_replies
from tests.market import prepare_market
from tests.oracle.plain_conversation import answers
from tests.oracle.plain_market import lines
from tests.random_market import random_market


@pytest.mark.parametrize("seed", range(12))
def test_answers_are_what_a_replay_of_the_conversation_gives(
    seed: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(bare_replies, "ENTRIES_AT_ONCE", 7)  # threads go on from batch to batch
    tables = random_market(seed, interactions=300, posts=4, readings=0, outcomes=0)
    found = prepare_market(tables).sql(
        "SELECT interaction_id, answered_at, answer_id FROM stream_comments"
        " WHERE answered_at IS NOT NULL"
    )
    expected = answers(lines(tables["interactions"]))
    assert {comment: answer for comment, *answer in found.fetchall()} == {
        comment: [answer.at, answer.by_id] for comment, answer in expected.items()
    }
    assert len(expected) > 20
