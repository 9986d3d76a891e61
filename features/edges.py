"""Who acts towards whom, among all accounts at once: what the network baselines look at.

No shard holds it: authority in a network depends on everybody. Tables are asked for a moment at a
time and hold nothing at or after it. Accounts go by their number in the order of their ids, and
rows come sorted, so that sums over them are the same whatever the order of the tables.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING

import pandas as pd

from features.streams.spec import create
from features.text import ON_TOPIC, TextSpace
from features.vectors import read_texts

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

# A creator's number is its place among all accounts.
_ACCOUNTS = """
SELECT account_id, CAST(row_number() OVER (ORDER BY account_id) - 1 AS INTEGER) AS account
FROM (
    SELECT creator_id AS account_id FROM creators
    UNION SELECT actor_id FROM interactions UNION SELECT target_id FROM interactions
)
"""

# An act is about the post of its target under which it happened, once that is published; a mention,
# about what it says itself. `target` is null where that is no creator.
_EDGES = """
SELECT i.occurred_at, date_diff('day', TIMESTAMP '1970-01-01', i.occurred_at) AS day,
    a.account AS actor, t.account AS target, i.kind,
    CASE WHEN p.post_id IS NULL AND i.kind = 'mention' THEN TIMESTAMP '1900-01-01'
        ELSE p.published_at END AS worded_at,
    CASE WHEN p.post_id IS NULL AND i.kind = 'mention' THEN hash(i.text) ELSE hash(p.text) END
        AS text_key
FROM interactions i JOIN accounts a ON a.account_id = i.actor_id
LEFT JOIN (SELECT account_id, account FROM accounts JOIN creators ON account_id = creator_id) t
    ON t.account_id = i.target_id
LEFT JOIN posts p ON p.post_id = i.post_id AND p.creator_id = i.target_id
WHERE i.target_id <> i.actor_id AND i.kind IN ('comment', 'reply', 'mention', 'reshare', 'like')
ORDER BY i.occurred_at, i.interaction_id
"""

_WITHIN = "{time} >= $as_of - to_days($days) AND {time} < $as_of"

_CREATORS = """
SELECT c.creator_id, a.account, f.followers,
    CASE WHEN EXISTS (FROM credentials WHERE granted_at IS NULL OR granted_at < $as_of)
        THEN coalesce(r.recommendations, 0) END AS recommendations,
    CASE WHEN EXISTS (FROM edges WHERE occurred_at < $as_of)
        THEN coalesce(o.outward, 0) END AS outward
FROM creators c JOIN accounts a ON a.account_id = c.creator_id
LEFT JOIN (
    SELECT creator_id, arg_max(followers, observed_at) AS followers FROM audience
    WHERE observed_at < $as_of GROUP BY creator_id
) f USING (creator_id)
LEFT JOIN (
    SELECT creator_id, count(*) AS recommendations FROM credentials
    WHERE kind = 'recommendation' AND (granted_at IS NULL OR granted_at < $as_of)
    GROUP BY creator_id
) r USING (creator_id)
LEFT JOIN (
    SELECT actor, count(*) AS outward FROM edges
    WHERE occurred_at < $as_of AND kind <> 'like' GROUP BY actor
) o ON o.actor = a.account
WHERE c.joined_at IS NULL OR c.joined_at < $as_of
ORDER BY a.account
"""

# The first day of the window counts whole for what its actors did on it.
_REACTIONS = f"""
WITH acts AS (
    SELECT *, count(*) OVER (PARTITION BY actor, day) AS acts_of_day FROM edges
    WHERE occurred_at >= date_trunc('day', $as_of - to_days($days)) AND occurred_at < $as_of
)
SELECT a.actor, a.target, CAST(a.day AS INTEGER) AS day, a.kind,
    CAST(a.acts_of_day AS INTEGER) AS acts_of_day,
    date_diff('microsecond', a.occurred_at, $as_of) / 86400e6 AS age_days,
    coalesce(v.text_key, 0) AS text_key, coalesce(v.topic, 0) AS topic
FROM acts a LEFT JOIN (SELECT text_key, topic FROM text_vectors) v
    ON v.text_key = a.text_key AND a.worded_at < $as_of
WHERE a.target IS NOT NULL AND {_WITHIN.format(time="a.occurred_at")}
ORDER BY ALL
"""

_POSTS = f"""
SELECT a.account, date_diff('microsecond', p.published_at, $as_of) / 86400e6 AS age_days,
    coalesce(v.text_key, 0) AS text_key, coalesce(v.topic, 0) AS topic,
    m.last.likes AS likes, m.last.comments AS comments, m.last.shares AS shares
FROM posts p JOIN accounts a ON a.account_id = p.creator_id
LEFT JOIN (SELECT text_key, topic FROM text_vectors) v ON v.text_key = hash(p.text)
LEFT JOIN (
    SELECT post_id,
        arg_max({{'likes': likes, 'comments': comments, 'shares': shares}}, observed_at) AS last
    FROM post_metrics WHERE observed_at < $as_of GROUP BY post_id
) m USING (post_id)
WHERE p.kind IN ('original', 'reply', 'reshare', 'quote')
    AND {_WITHIN.format(time="p.published_at")}
ORDER BY ALL
"""

_ON_TOPIC = f"""
SELECT v.text_key FROM text_vectors v, (
    SELECT vector FROM campaigns JOIN text_vectors ON text_key = hash(brief)
    WHERE campaign_id = $campaign
) b WHERE array_inner_product(v.vector, b.vector) >= {ON_TOPIC} ORDER BY ALL
"""


def prepare_edges(connection: DuckDBPyConnection) -> None:
    """Make the temporary tables `accounts` and `edges` from the clean tables of all creators."""
    create(connection, "accounts", _ACCOUNTS)
    create(connection, "edges", _EDGES)


def read_topics(
    connection: DuckDBPyConnection, first: datetime, last: datetime, days: float, space: TextSpace
) -> None:
    """Put the vectors of briefs, and of texts that moments look back on, into the connection.

    Parameters
    ----------
    first, last : datetime
        The moments lie between them.
    days : float
        How far each looks back.
    """
    begin = (first - timedelta(days=days)).isoformat()
    sources = (
        "SELECT hash(text) AS text_key, text FROM posts WHERE post_id IN (SELECT post_id FROM"
        f" interactions WHERE occurred_at >= '{begin}' AND occurred_at < '{last.isoformat()}')"
        f" OR published_at >= '{begin}' AND published_at < '{last.isoformat()}'",
        "SELECT hash(text) AS text_key, text FROM interactions WHERE kind = 'mention'"
        f" AND occurred_at >= '{begin}' AND occurred_at < '{last.isoformat()}'",
        "SELECT hash(brief) AS text_key, brief AS text FROM campaigns",
    )
    read_texts(connection, sources, space)


def creators_at(connection: DuckDBPyConnection, as_of: datetime) -> pd.DataFrame:
    """Every creator known at a moment, in the order of accounts.

    Returns
    -------
    DataFrame
        `creator_id`, `account`, `followers` (last reading; NaN without one), `recommendations`
        (count; NaN where no credential of anybody is known), `outward` (comments, replies, mentions
        and reshares by it, of all time; NaN where no interaction of anybody is known).
    """
    return _asked(connection, _CREATORS, as_of=as_of)


def reactions_at(connection: DuckDBPyConnection, as_of: datetime, days: int) -> pd.DataFrame:
    """Acts towards creators in the days before a moment, one line each, sorted.

    Memory grows with the acts of the window. `read_topics` comes before.

    Returns
    -------
    DataFrame
        `actor`, `target` (accounts), `day` (since 1970), `kind`, `acts_of_day` (all that the actor
        did on that day before the moment, towards anybody), `age_days` (> 0), `text_key` and
        `topic` (as in `vectors.vectorise`) of the post acted on or of the mention's own words; 0
        where these are unknown.
    """
    return _asked(connection, _REACTIONS, as_of=as_of, days=days)


def posts_at(connection: DuckDBPyConnection, as_of: datetime, days: int) -> pd.DataFrame:
    """Posts of the days before a moment with their last counters before it, one line each, sorted.

    Returns
    -------
    DataFrame
        `account`, `age_days` (> 0), `text_key`, `topic` (0 where unknown), `likes`, `comments`,
        `shares` (NaN where not read).
    """
    return _asked(connection, _POSTS, as_of=as_of, days=days)


def texts_on_topic(connection: DuckDBPyConnection, campaign_id: str) -> pd.Series | None:
    """Keys of the texts on the topic of a campaign's brief; None where the brief has no vector."""
    known = connection.execute(
        "SELECT count(*) FROM campaigns JOIN text_vectors ON text_key = hash(brief)"
        " WHERE campaign_id = $campaign",
        {"campaign": campaign_id},
    ).fetchall()
    if known == [(0,)]:
        return None
    keys: pd.Series = _asked(connection, _ON_TOPIC, campaign=campaign_id)["text_key"]
    return keys


def _asked(connection: DuckDBPyConnection, query: str, **params: object) -> pd.DataFrame:
    found: pd.DataFrame = connection.sql(query, params=params).to_arrow_table().to_pandas()
    return found
