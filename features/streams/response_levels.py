"""What posts of a platform usually got in the weeks before: the lookup that posts are judged by.

A post is judged against the posts of the eight weeks before its week, as read before that week, so
that a platform's drift is nobody's merit. Known when the week begins, hence at publication.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from features.streams.spec import create

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

LEVEL_DAYS = 56
LEVEL_POSTS = 10

POSTS_AT_ONCE = 2_000_000
"""Posts of which medians are held in memory together; a week of one platform is never split."""

_MONDAY = "TIMESTAMP '1900-01-01'"


def _week(moment: str) -> str:
    """SQL of the whole weeks from a Monday long ago to a moment."""
    return f"date_diff('microsecond', {_MONDAY}, {moment}) // {7 * 86_400_000_000}"


# A reading is what is known of its post from the Monday after it to the next reading: so a post has
# one line for each of its eight Mondays at most, and no Monday is joined to all posts before it.
_KNOWN_RESPONSES = f"""
WITH readings AS (
    SELECT coalesce(c.platform, '') AS platform, p.published_at, r.observed_at,
        lead(r.observed_at) OVER (PARTITION BY r.post_id ORDER BY r.observed_at) AS next_at,
        r.views IS NOT NULL AS is_viewed,
        ln((r.comments + r.shares + .5) / (r.views + 1)) AS response,
        ln((r.comments + .5) / (r.views + 1)) AS comments,
        ln((r.shares + .5) / (r.views + 1)) AS shares,
        ln((r.likes + .5) / (r.views + 1)) AS likes
    FROM post_metrics r
    JOIN posts p ON p.post_id = r.post_id AND p.kind IN ('original', 'reply', 'reshare', 'quote')
    JOIN creators c ON c.creator_id = p.creator_id
),
weeks AS (
    SELECT * EXCLUDE (published_at, observed_at, next_at),
        {_week("greatest(published_at, observed_at)")} + 1 AS first_week,
        least({_week(f"published_at + INTERVAL {LEVEL_DAYS} DAY")}, {_week("next_at")}) AS last_week
    FROM readings
)
SELECT * FROM weeks WHERE last_week >= first_week ORDER BY first_week
"""

_POSTS_BY_WEEK = """
SELECT week, count(*)
FROM (SELECT unnest(range(first_week, last_week + 1)) AS week FROM known_responses)
GROUP BY week ORDER BY week
"""

_LEVELS = f"""
INSERT INTO response_levels
WITH judged AS (
    SELECT DISTINCT coalesce(c.platform, '') AS platform, {_week("p.published_at")} AS week
    FROM posts p JOIN creators c USING (creator_id)
),
known AS (
    SELECT * EXCLUDE (first_week, last_week),
        unnest(range(greatest(first_week, $first), least(last_week, $last) + 1)) AS week
    FROM known_responses WHERE first_week <= $last AND last_week >= $first
)
SELECT platform, {_MONDAY} + to_days(CAST(7 * week AS INTEGER)),
    quantile_cont(response, .5), quantile_cont(comments, .5), quantile_cont(shares, .5),
    quantile_cont(likes, .5)
FROM known JOIN judged USING (platform, week)
GROUP BY platform, week HAVING count_if(is_viewed) >= {LEVEL_POSTS}
"""


def make_response_levels(connection: DuckDBPyConnection) -> None:
    """Make `response_levels`: by platform and week, medians of the log responses of earlier posts.

    No line where fewer than `LEVEL_POSTS` posts have been read; null where a counter is unknown.
    """
    levels = ("usual_response", "usual_comments", "usual_shares", "usual_likes")
    connection.execute(
        "CREATE OR REPLACE TEMP TABLE response_levels (platform VARCHAR, week TIMESTAMP,"
        f" {', '.join(f'{level} DOUBLE' for level in levels)})"
    )
    create(connection, "known_responses", _KNOWN_RESPONSES)
    for first, last in _spans(connection.sql(_POSTS_BY_WEEK).fetchall()):
        connection.execute(_LEVELS, {"first": first, "last": last})
    connection.execute("DROP TABLE known_responses")


def _spans(posts_by_week: list[tuple[int, int]]) -> list[tuple[int, int]]:
    """First and last week of spans that hold `POSTS_AT_ONCE` each, or are one week."""
    spans: list[tuple[int, int]] = []
    held = 0
    for week, posts in posts_by_week:
        held += posts
        if spans and held <= POSTS_AT_ONCE:
            spans[-1] = spans[-1][0], week
        else:
            spans.append((week, week))
            held = posts
    return spans
