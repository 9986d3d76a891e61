"""What a creator published, each post with its latest reading and what its text says of itself."""

from __future__ import annotations

from typing import TYPE_CHECKING

from features.phrases import BENEFIT, CALL_TO_ACTION
from features.streams.people import JUMP
from features.streams.response_levels import make_response_levels
from features.streams.spec import StreamSpec, create

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

REPEAT_DAYS = 180
"""A post repeats one of the same creator that is at most this old and says nearly the same."""

# A post against the creator's last one before it with the same key of near-duplicates, in any band.
_POST_REPEATS = f"""
SELECT post_id, coalesce(bool_or(published_at - before <= INTERVAL {REPEAT_DAYS} DAY), FALSE)
    AS repeats
FROM (
    SELECT post_id, published_at, lag(published_at) OVER (
        PARTITION BY creator_id, band_key ORDER BY published_at, post_id) AS before
    FROM (
        SELECT p.post_id, p.creator_id, p.published_at, unnest(w.band_keys) AS band_key
        FROM posts p JOIN post_words w USING (post_id)
        WHERE p.kind IN ('original', 'reply', 'reshare', 'quote')
    )
)
GROUP BY post_id
"""

# With the text's own marks, and the jump of followers at the reading that follows the post.
_POSTS = rf"""
SELECT post_id, p.creator_id, published_at AS known_at, kind, text, links, domains, sponsored,
    CASE WHEN trim(text) <> '' THEN hash(text) END AS text_key,
    w.language, w.polarity, w.words, w.distinct_words, d.repeats,
    a.known_at AS jump_known_at, a.jump,
    u.usual_response, u.usual_comments, u.usual_shares, u.usual_likes,
    CASE WHEN trim(text) <> '' THEN length(text) END AS characters,
    length(text) - length(replace(text, '!', '')) AS exclamations,
    length(regexp_replace(text, '[^#]', '', 'g')) AS hashtags,
    contains(text, '?') AS asks,
    regexp_matches(lower(text), '{CALL_TO_ACTION}') AS calls,
    regexp_matches(lower(text), '{BENEFIT}') AS promises,
    kind <> 'original' OR coalesce(regexp_matches(text, '(^|[^\w])@\w'), FALSE) AS cites,
    length(regexp_replace(text, '[^\p{{Lu}}]', '', 'g'))
        / nullif(length(regexp_replace(text, '[^\p{{Lu}}\p{{Ll}}]', '', 'g')), 0) AS capitals,
    date_diff('microsecond', lag(published_at) OVER creator_posts, published_at) / 86400e6
        AS gap_days
FROM posts p
LEFT JOIN creators c USING (creator_id)
LEFT JOIN response_levels u
    ON u.platform = coalesce(c.platform, '') AND u.week = date_trunc('week', p.published_at)
LEFT JOIN post_words w USING (post_id)
LEFT JOIN post_repeats d USING (post_id)
ASOF LEFT JOIN stream_audience a ON a.creator_id = p.creator_id AND p.published_at < a.known_at
WHERE kind IN ('original', 'reply', 'reshare', 'quote')
WINDOW creator_posts AS (PARTITION BY p.creator_id ORDER BY published_at, post_id)
"""

# A reading with the time from which it is no longer the last one.
_POST_READINGS = """
SELECT *, lead(observed_at, 1, TIMESTAMP '9999-12-31')
    OVER (PARTITION BY post_id ORDER BY observed_at) AS outdated_at
FROM post_metrics
"""

POST_STATES = """
SELECT m.moment_id, m.as_of, p.*, r.views, r.likes, r.comments, r.shares
FROM moments m
JOIN stream_posts p ON p.creator_id = m.creator_id AND p.known_at < m.as_of
LEFT JOIN post_readings r
    ON r.post_id = p.post_id AND r.observed_at < m.as_of AND r.outdated_at >= m.as_of
"""
"""Every post of a moment's creator before `as_of`, with its latest reading before `as_of`."""


POST_FLAGS = {
    "read": "views IS NOT NULL",
    "compared": "usual_response + comments + shares + views IS NOT NULL",
    "worded": "characters IS NOT NULL",
    "original": "kind = 'original'",
    "conversational": "kind IN ('reply', 'quote')",
    "asks": "CASE WHEN characters IS NOT NULL THEN asks END",
    "calls": "CASE WHEN characters IS NOT NULL THEN calls END",
    "promises": "CASE WHEN characters IS NOT NULL THEN promises END",
    "linked": "links > 0",
    "sponsored": "sponsored",
    "asks_nothing": "CASE WHEN characters IS NOT NULL THEN NOT asks END",
    "calls_nobody": "CASE WHEN characters IS NOT NULL THEN NOT calls END",
    "unsponsored": "NOT sponsored",
    "curated": "kind IN ('reshare', 'quote')",
    "repeats": "repeats",
    "promotes": "CASE WHEN characters IS NOT NULL OR links IS NOT NULL OR sponsored IS NOT NULL"
    " THEN (coalesce(calls, FALSE) OR coalesce(links > 0, FALSE) OR coalesce(sponsored, FALSE))"
    " AND NOT coalesce(asks, FALSE) AND NOT cites END",
    "in_jump": f"CASE WHEN jump_known_at < as_of THEN jump >= {JUMP} END",
}
POST_VALUES = {
    "log_response": "ln((comments + shares + .5) / (views + 1))",
    "relative_response": "ln((comments + shares + .5) / (views + 1)) - usual_response",
    "relative_comments": "ln((comments + .5) / (views + 1)) - usual_comments",
    "relative_shares": "ln((shares + .5) / (views + 1)) - usual_shares",
    "relative_likes": "ln((likes + .5) / (views + 1)) - usual_likes",
    "log_comments_per_like": "ln((comments + .5) / (likes + 1))",
    "log_comments": "ln((comments + .5) / (views + 1))",
    "log_reactions": "ln(comments + shares + .5)",
    "log_views": "ln(views + 1)",
    "log_engagement": "ln(likes + comments + 1)",
    "gap_days": "gap_days",
    # greatest() passes over null: the first post has no gap.
    "log_gap_days": "CASE WHEN gap_days IS NOT NULL THEN ln(greatest(gap_days, .25)) END",
    # The last seven days before as_of are week 1.
    "week_back": "ceil(date_diff('microsecond', known_at, as_of) / 604800e6)",
    "exclamations": "CASE WHEN characters IS NOT NULL THEN exclamations END",
    "hashtags": "CASE WHEN characters IS NOT NULL THEN hashtags END",
    "log_characters": "ln(characters)",
    "capitals": "capitals",
    "log_words": "ln(nullif(words, 0))",
    "word_variety": "distinct_words / nullif(words, 0)",
    "polarity": "polarity",
    "text": "CASE WHEN characters IS NOT NULL THEN lower(trim(text)) END",
}

STREAMS: dict[str, StreamSpec] = {
    # The creator's posts, each with its latest reading before as_of (materialised per batch).
    "posts": StreamSpec("SELECT moment_id AS key, * FROM post_states", POST_FLAGS, POST_VALUES),
    # The outside domains that the posts lead to, one line each.
    "links": StreamSpec(
        "SELECT moment_id AS key, as_of, known_at, unnest(domains) AS domain FROM post_states",
        {},
        {"domain": "lower(domain)"},
    ),
}


def look_across(connection: DuckDBPyConnection) -> None:
    """Make the lookup of usual responses from the clean tables of all creators."""
    make_response_levels(connection)


def prepare(connection: DuckDBPyConnection) -> None:
    """Make the tables of the streams of this module from clean tables, annotations, lookups, and
    the audience.
    """
    create(connection, "post_repeats", _POST_REPEATS)
    create(connection, "stream_posts", _POSTS)
    create(connection, "post_readings", _POST_READINGS)
