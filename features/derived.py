"""Derived facts that streams are made of: SQL over the clean tables, once per set of tables.

A stream holds rows `(creator_id, known_at, ...)`; `at` is the time at which the row became known,
so that a window over it needs only `known_at < as_of`. A fact made of two events (a comment and its
answer) keeps both times and is judged at `as_of`. Everything here is independent by creator but for
the two small lookups of levels: of response by platform and week, and of campaigns.
"""

from __future__ import annotations

from collections import defaultdict
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

import pyarrow as pa

from features.text import CALL_TO_ACTION

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

ANSWER_DAYS = 7
"""A comment without an answer counts as unanswered once this many days are over (contract)."""

LEVEL_OVERDISPERSION = 1.0
"""phi in Var(rate) = p/n + phi p^2, for the weights of campaign levels and the shrinkage of track
records; negative-binomial k of .5 to 1 in the field is phi of 1 to 2, and the weights
are flat in it."""

LEVEL_DAYS = 56
LEVEL_POSTS = 10

# What posts of the eight weeks before a week got, as read before that week, by platform: a post is
# judged against it, so that a platform's drift is nobody's merit. Known when the week begins, hence
# at publication.
_RESPONSE_LEVELS = f"""
WITH weeks AS (
    SELECT DISTINCT coalesce(c.platform, '') AS platform, date_trunc('week', p.published_at) AS week
    FROM posts p JOIN creators c USING (creator_id)
),
known AS (
    SELECT w.platform, w.week, p.post_id, arg_max({{'views': r.views, 'likes': r.likes,
        'comments': r.comments, 'shares': r.shares}}, r.observed_at) AS last
    FROM weeks w
    JOIN posts p ON p.published_at < w.week AND p.published_at >= w.week - INTERVAL {LEVEL_DAYS} DAY
        AND p.kind IN ('original', 'reply', 'reshare', 'quote')
    JOIN creators c ON c.creator_id = p.creator_id AND coalesce(c.platform, '') = w.platform
    JOIN post_metrics r ON r.post_id = p.post_id AND r.observed_at < w.week
    GROUP BY ALL
)
SELECT platform, week,
    quantile_cont(ln((last.comments + last.shares + .5) / (last.views + 1)), .5) AS usual_response,
    quantile_cont(ln((last.comments + .5) / (last.views + 1)), .5) AS usual_comments,
    quantile_cont(ln((last.shares + .5) / (last.views + 1)), .5) AS usual_shares,
    quantile_cont(ln((last.likes + .5) / (last.views + 1)), .5) AS usual_likes
FROM known GROUP BY ALL HAVING count(last.views) >= {LEVEL_POSTS}
"""

_POSTS = rf"""
SELECT post_id, p.creator_id, published_at AS known_at, kind, text, links, domains, sponsored,
    u.usual_response, u.usual_comments, u.usual_shares, u.usual_likes,
    CASE WHEN trim(text) <> '' THEN length(text) END AS characters,
    length(text) - length(replace(text, '!', '')) AS exclamations,
    length(regexp_replace(text, '[^#]', '', 'g')) AS hashtags,
    contains(text, '?') AS asks,
    regexp_matches(lower(text), '{CALL_TO_ACTION}') AS calls,
    length(regexp_replace(text, '[^\p{{Lu}}]', '', 'g'))
        / nullif(length(regexp_replace(text, '[^\p{{Lu}}\p{{Ll}}]', '', 'g')), 0) AS capitals,
    date_diff('microsecond', lag(published_at) OVER creator_posts, published_at) / 86400e6
        AS gap_days
FROM posts p
LEFT JOIN creators c USING (creator_id)
LEFT JOIN response_levels u
    ON u.platform = coalesce(c.platform, '') AND u.week = date_trunc('week', p.published_at)
WHERE kind IN ('original', 'reply', 'reshare', 'quote')
WINDOW creator_posts AS (PARTITION BY p.creator_id ORDER BY published_at, post_id)
"""

_RECEIVED = """
SELECT i.interaction_id, i.kind, i.actor_id, i.target_id AS creator_id, i.post_id, i.parent_id,
    i.occurred_at AS known_at, i.text
FROM interactions i
WHERE i.target_id <> i.actor_id AND i.kind IN ('comment', 'reply', 'mention', 'reshare', 'like')
"""

# Talk goes outward unless it is under the creator's own post, names an act that the creator
# received, or is with somebody who turned to the creator under that post before: all that grows
# with the audience.
_ACTS = """
WITH turned AS (
    SELECT creator_id, actor_id, post_id, min(known_at) AS since
    FROM received WHERE post_id IS NOT NULL GROUP BY ALL
)
SELECT i.interaction_id, i.kind, i.actor_id AS creator_id, i.target_id, i.post_id, i.parent_id,
    i.occurred_at AS known_at, i.text,
    p.post_id IS NULL AND r.interaction_id IS NULL AND t.since IS NULL AS is_outward
FROM interactions i
LEFT JOIN posts p
    ON p.post_id = i.post_id AND p.creator_id = i.actor_id AND p.published_at <= i.occurred_at
LEFT JOIN received r
    ON r.interaction_id = i.parent_id AND r.creator_id = i.actor_id AND r.known_at <= i.occurred_at
LEFT JOIN turned t
    ON t.creator_id = i.actor_id AND t.actor_id = i.target_id AND t.post_id = i.post_id
    AND t.since <= i.occurred_at
WHERE i.target_id <> i.actor_id AND i.kind IN ('comment', 'reply', 'mention', 'reshare', 'like')
"""

# The first explicit answer of the person addressed; answers without a parent are matched in Python
# below.
_EXPLICIT_ANSWERS = """
SELECT c.interaction_id, min(r.occurred_at) AS answered_at
FROM received c
JOIN interactions r ON r.parent_id = c.interaction_id AND r.actor_id = c.creator_id
WHERE c.kind = 'comment' AND r.kind = 'reply' AND r.occurred_at >= c.known_at
GROUP BY c.interaction_id
"""

_CONVERSATIONS_WITH_BARE_REPLIES = """
WITH bare AS (
    SELECT interaction_id, actor_id AS creator_id, target_id AS commenter_id, post_id,
        occurred_at AS known_at
    FROM interactions
    WHERE kind = 'reply' AND parent_id IS NULL AND post_id IS NOT NULL AND actor_id <> target_id
)
SELECT creator_id, commenter_id, post_id, known_at, TRUE AS is_reply, interaction_id,
    NULL AS answered_at
FROM bare
UNION ALL
SELECT c.creator_id, c.actor_id, c.post_id, c.known_at, FALSE, c.interaction_id, e.answered_at
FROM received c
LEFT JOIN explicit_answers e USING (interaction_id)
WHERE c.kind = 'comment'
    AND (c.creator_id, c.actor_id, c.post_id)
        IN (SELECT (creator_id, commenter_id, post_id) FROM bare)
ORDER BY creator_id, commenter_id, post_id, known_at, is_reply, interaction_id
"""

_COMMENTS = f"""
SELECT r.*, least(e.answered_at, b.answered_at) AS answered_at,
    r.known_at + INTERVAL {ANSWER_DAYS} DAY AS due_at, contains(r.text, '?') AS asks
FROM received r
LEFT JOIN explicit_answers e USING (interaction_id)
LEFT JOIN bare_answers b USING (interaction_id)
WHERE r.kind = 'comment'
"""

MOST_EXPOSED = 1e15
"""More people than there are: exact decimals end before doubles do."""

MATURES_AT = (
    "(coalesce(ends_at, starts_at)"
    " + to_microseconds(CAST(least(attribution_days, 36500) * 86400e6 AS BIGINT)))"
)
"""When a campaign's outcomes are mature, over the columns of `campaigns`; a century is for ever."""

# A window of strict "before" serves maturity, which is "not after": step one microsecond back. What
# is said to have matured before its campaign was decided is known once that was.
_OUTCOME_READINGS = f"""
SELECT o.campaign_id, o.creator_id, least(o.exposed, {MOST_EXPOSED}) AS exposed,
    least(o.conversions, o.exposed, {MOST_EXPOSED}) AS conversions,
    o.posts, o.measured_at, o.exposed_unit, c.starts_at,
    greatest({MATURES_AT} - INTERVAL 1 MICROSECOND, o.measured_at,
        coalesce(c.decided_at, c.starts_at)) AS known_at
FROM outcomes o JOIN campaigns c USING (campaign_id)
WHERE o.exposed IS NOT NULL
"""

# The level of a campaign is the logit of the mean rate of its outcomes, weighted by how much each
# tells: w = n / (1 + n p phi), flat once n p phi > 1, so that one famous creator is not the level.
# One version for each moment at which a reading of the campaign became known.
_CAMPAIGN_LEVELS = f"""
WITH versions AS (SELECT DISTINCT campaign_id, known_at FROM outcome_readings WHERE exposed > 0),
states AS (
    SELECT v.campaign_id, v.known_at, r.creator_id,
        arg_max({{'n': r.exposed, 'y': r.conversions}},
                coalesce(r.measured_at, TIMESTAMP '1900-01-01')) AS last
    FROM versions v
    JOIN outcome_readings r
        ON r.campaign_id = v.campaign_id AND r.known_at <= v.known_at AND r.exposed > 0
    GROUP BY ALL
),
pooled AS (
    SELECT campaign_id, known_at,
        (sum(CAST(last.y AS DECIMAL(38, 6))) + .5)
            / (sum(CAST(last.n AS DECIMAL(38, 6))) + 1) AS p,
        count(*) AS creators
    FROM states GROUP BY ALL
),
weighed AS (
    SELECT campaign_id, known_at, p, creators, last.y / last.n AS rate,
        last.n / (1 + last.n * p * {LEVEL_OVERDISPERSION}) AS w
    FROM states JOIN pooled USING (campaign_id, known_at)
),
level AS (
    SELECT campaign_id, known_at, any_value(creators) AS creators,
        CAST(sum(CAST(w * rate AS DECIMAL(38, 15))) AS DOUBLE)
            / CAST(sum(CAST(w AS DECIMAL(38, 15))) AS DOUBLE) AS mean_rate,
        any_value(p) AS p
    FROM weighed GROUP BY campaign_id, known_at
)
SELECT campaign_id, known_at, creators, ln(rate / (1 - rate)) AS log_odds, rate
FROM (SELECT *, least(greatest(mean_rate, p / 100, 1e-9), 1 - 1e-6) AS rate FROM level)
"""


def prepare(connection: DuckDBPyConnection) -> None:
    """Compute the derived streams of the connection's tables, as temporary tables named `stream_*`.

    Numbers come out the same whatever the order of rows or the number of threads: sums of
    non-integers are taken in exact decimals.
    """
    create = "CREATE OR REPLACE TEMP TABLE {} AS {}".format
    connection.execute(create("response_levels", _RESPONSE_LEVELS))
    connection.execute(create("stream_posts", _POSTS))
    connection.execute(create("received", _RECEIVED))
    connection.execute(create("explicit_answers", _EXPLICIT_ANSWERS))
    connection.register("bare_answers_found", _match_bare_replies(connection))
    connection.execute(create("bare_answers", "SELECT * FROM bare_answers_found"))
    connection.unregister("bare_answers_found")
    connection.execute(create("stream_comments", _COMMENTS))
    connection.execute(create("stream_received", "SELECT * FROM received"))
    connection.execute(create("stream_acts", _ACTS))
    connection.execute(
        create(
            "first_touch",
            "SELECT creator_id, min(known_at) AS known_at FROM ("
            "SELECT creator_id, known_at FROM stream_received"
            " UNION ALL SELECT creator_id, known_at FROM stream_acts) GROUP BY creator_id",
        )
    )
    connection.execute(create("outcome_readings", _OUTCOME_READINGS))
    connection.execute(create("campaign_levels", _CAMPAIGN_LEVELS))


def _match_bare_replies(connection: DuckDBPyConnection) -> pa.Table:
    """Answers given without `parent_id`: each takes the latest comment of its addressee on the same
    post that is at most `ANSWER_DAYS` old and not yet answered at that moment.
    """
    events = connection.sql(_CONVERSATIONS_WITH_BARE_REPLIES).to_arrow_table().to_pylist()
    open_comments: dict[tuple[str, str, str], list[dict[str, Any]]] = defaultdict(list)
    answered: dict[str, datetime] = {}
    for event in events:
        thread = open_comments[event["creator_id"], event["commenter_id"], event["post_id"]]
        if not event["is_reply"]:
            thread.append(event)
            continue
        for comment in reversed(thread):
            waited = event["known_at"] - comment["known_at"]
            explicit = comment["answered_at"]
            if waited <= timedelta(days=ANSWER_DAYS) and (
                explicit is None or explicit > event["known_at"]
            ):
                thread.remove(comment)
                answered[comment["interaction_id"]] = event["known_at"]
                break
    return pa.table(
        {
            "interaction_id": pa.array(list(answered), pa.string()),
            "answered_at": pa.array(list(answered.values()), pa.timestamp("us")),
        }
    )
