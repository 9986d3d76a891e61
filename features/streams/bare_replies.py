"""Which comment a reply answers that names none: a replay of each conversation."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pyarrow as pa

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

ANSWER_DAYS = 7
"""A comment without an answer counts as unanswered once this many days are over (contract)."""

ENTRIES_AT_ONCE = 100_000
"""Comments and replies that are held as Python numbers together."""

_LONGEST_WAIT = ANSWER_DAYS * 86_400_000_000

# A thread is what one person and one creator say under one post. Of those with a bare reply, in the
# order in which it was said; at one moment a comment comes before a reply.
_ENTRIES = """
WITH bare AS (
    SELECT interaction_id, actor_id AS creator_id, target_id AS commenter_id, post_id,
        occurred_at AS known_at
    FROM interactions
    WHERE kind = 'reply' AND parent_id IS NULL AND post_id IS NOT NULL AND actor_id <> target_id
),
threads AS MATERIALIZED (
    SELECT creator_id, commenter_id, post_id, row_number() OVER () AS thread
    FROM (SELECT DISTINCT creator_id, commenter_id, post_id FROM bare)
)
SELECT interaction_id, thread, TRUE AS is_reply, epoch_us(known_at) AS said_at, NULL AS named_at
FROM bare JOIN threads USING (creator_id, commenter_id, post_id)
UNION ALL
SELECT c.interaction_id, t.thread, FALSE, epoch_us(c.known_at), epoch_us(e.answered_at)
FROM stream_received c
JOIN threads t
    ON t.creator_id = c.creator_id AND t.commenter_id = c.actor_id AND t.post_id = c.post_id
LEFT JOIN explicit_answers e USING (interaction_id)
WHERE c.kind = 'comment'
ORDER BY thread, said_at, is_reply, interaction_id
"""


def match_bare_replies(connection: DuckDBPyConnection) -> pa.Table:
    """Answers given without `parent_id`: each takes the latest comment of its addressee on the same
    post that is at most `ANSWER_DAYS` old and not yet answered at that moment.

    What a reply passes over, answered by name or too old, no later reply can take either: the open
    comments of a thread are a stack, and the time is linear in comments and replies (a plain loop
    over numbers, .5 µs each; compiling it would cost more than it saves).

    Parameters
    ----------
    connection : DuckDBPyConnection
        Holds `interactions`, `stream_received` and `explicit_answers`.

    Returns
    -------
    pyarrow.Table
        `interaction_id` of the comment, `answered_at`, and `answer_id`, the reply; comments without
        such an answer are absent.
    """
    comments: list[str] = []
    answers: list[str] = []
    answered_at: list[int] = []
    current, waiting = 0, list[tuple[str, int, int | None]]()
    for batch in connection.sql(_ENTRIES).to_arrow_reader(ENTRIES_AT_ONCE):
        columns = (column.to_pylist() for column in batch.columns)
        for interaction, thread, is_reply, said_at, named_at in zip(*columns, strict=True):
            if thread != current:
                current = thread
                waiting.clear()
            if not is_reply:
                waiting.append((interaction, said_at, named_at))
                continue
            while waiting:
                comment, asked_at, answered_by_name_at = waiting.pop()
                if said_at - asked_at > _LONGEST_WAIT:
                    waiting.clear()
                elif answered_by_name_at is None or answered_by_name_at > said_at:
                    comments.append(comment)
                    answers.append(interaction)
                    answered_at.append(said_at)
                    break
    return pa.table(
        {
            "interaction_id": pa.array(comments, pa.string()),
            "answered_at": pa.array(answered_at, pa.timestamp("us")),
            "answer_id": pa.array(answers, pa.string()),
        }
    )
