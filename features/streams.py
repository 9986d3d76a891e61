"""The event streams a feature may look back on: how each joins to rows, its flags and values.

`derived.prepare` computes the tables behind them; `asof` compiles windows over them.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from features.text import ON_TOPIC

EVIDENCE = 1.0
"""Expected conversions that a track record's prior is worth: 1 / phi of
`derived.LEVEL_OVERDISPERSION`."""


@dataclass(frozen=True)
class StreamSpec:
    """How a stream is joined to the rows that look back on it.

    Attributes
    ----------
    joined : str
        SQL giving `key, as_of, known_at, ...`, one line per row and event with `known_at < as_of`.
    flags, values : mapping
        Names a feature may use, and their SQL over the joined columns; a flag is null where
        unknown.
    by_brief : bool
        True when `key` is a row, False when it is a moment.
    zero_when_touched : bool
        True when a creator seen in any interaction, but in none of this stream, has a count of
        zero.
    """

    joined: str
    flags: Mapping[str, str]
    values: Mapping[str, str]
    by_brief: bool = False
    zero_when_touched: bool = False


POST_STATES = """
WITH known AS (
    SELECT m.moment_id, m.as_of, p.*
    FROM moments m JOIN stream_posts p ON p.creator_id = m.creator_id AND p.known_at < m.as_of
),
readings AS (
    SELECT k.moment_id, k.post_id, arg_max({'views': r.views, 'likes': r.likes,
        'comments': r.comments, 'shares': r.shares}, r.observed_at) AS last
    FROM known k JOIN post_metrics r ON r.post_id = k.post_id AND r.observed_at < k.as_of
    GROUP BY k.moment_id, k.post_id
)
SELECT known.*, last.views AS views, last.likes AS likes, last.comments AS comments,
    last.shares AS shares
FROM known LEFT JOIN readings USING (moment_id, post_id)
"""
"""Every post of a moment's creator before `as_of`, with its latest reading before `as_of`."""


_POST_FLAGS = {
    "read": "views IS NOT NULL",
    "worded": "characters IS NOT NULL",
    "original": "kind = 'original'",
    "conversational": "kind IN ('reply', 'quote')",
    "asks": "CASE WHEN characters IS NOT NULL THEN asks END",
    "calls": "CASE WHEN characters IS NOT NULL THEN calls END",
    "linked": "links > 0",
    "sponsored": "sponsored",
}
_POST_VALUES = {
    "log_response": "ln((comments + shares + .5) / (views + 1))",
    "relative_response": "ln((comments + shares + .5) / (views + 1)) - usual_response",
    "relative_comments": "ln((comments + .5) / (views + 1)) - usual_comments",
    "relative_shares": "ln((shares + .5) / (views + 1)) - usual_shares",
    "relative_likes": "ln((likes + .5) / (views + 1)) - usual_likes",
    "log_comments_per_like": "ln((comments + .5) / (likes + 1))",
    "log_views": "ln(views + 1)",
    "log_engagement": "ln(likes + comments + 1)",
    "gap_days": "gap_days",
    "exclamations": "CASE WHEN characters IS NOT NULL THEN exclamations END",
    "hashtags": "CASE WHEN characters IS NOT NULL THEN hashtags END",
    "log_characters": "ln(characters)",
    "capitals": "capitals",
    "text": "CASE WHEN characters IS NOT NULL THEN lower(trim(text)) END",
}


def _events(table: str) -> str:
    return (
        f"SELECT m.moment_id AS key, m.as_of, s.* FROM moments m JOIN {table} s"
        " ON s.creator_id = m.creator_id AND s.known_at < m.as_of"
    )


STREAMS: dict[str, StreamSpec] = {
    # The creator's posts, each with its latest reading before as_of (materialised per batch).
    "posts": StreamSpec("SELECT moment_id AS key, * FROM post_states", _POST_FLAGS, _POST_VALUES),
    # The same beside the brief; a text in another language than the brief is unknown, not off
    # topic.
    "topical_posts": StreamSpec(
        "SELECT r.row_id AS key, s.*, array_inner_product(p.vector, b.vector) AS similarity"
        " FROM build_rows r JOIN post_states s USING (moment_id)"
        " JOIN post_vectors p USING (post_id)"
        " JOIN brief_vectors b USING (campaign_id) WHERE NOT r.other_language",
        {**_POST_FLAGS, "on_topic": f"similarity >= {ON_TOPIC}"},
        {**_POST_VALUES, "similarity": "similarity", "closeness": "greatest(similarity, 0.0)"},
        by_brief=True,
    ),
    "comments": StreamSpec(
        _events("stream_comments"),
        {
            "answered": "coalesce(answered_at < as_of, FALSE)",
            "settled": "coalesce(answered_at < as_of, FALSE) OR due_at <= as_of",
            "asks": "asks",
        },
        {
            "actor": "actor_id",
            "hours_to_answer": "CASE WHEN answered_at < as_of"
            " THEN date_diff('microsecond', known_at, answered_at) / 3600e6 END",
        },
        zero_when_touched=True,
    ),
    "received": StreamSpec(
        _events("stream_received"),
        {kind: f"kind = '{kind}'" for kind in ("comment", "reply", "mention", "reshare", "like")},
        {"actor": "actor_id"},
        zero_when_touched=True,
    ),
    "topical_mentions": StreamSpec(
        "SELECT r.row_id AS key, r.as_of, s.known_at,"
        " array_inner_product(v.vector, b.vector) AS similarity FROM build_rows r"
        " JOIN stream_received s ON s.creator_id = r.creator_id AND s.known_at < r.as_of"
        " JOIN mention_vectors v USING (interaction_id) JOIN brief_vectors b USING (campaign_id)"
        " WHERE s.kind = 'mention' AND NOT r.other_language",
        {"on_topic": f"similarity >= {ON_TOPIC}"},
        {"similarity": "similarity"},
        by_brief=True,
    ),
    "acts": StreamSpec(
        _events("stream_acts"),
        {
            "talk": "kind IN ('comment', 'reply')",
            "outward": "is_outward",
            "reshare": "kind = 'reshare'",
        },
        {"target": "target_id"},
        zero_when_touched=True,
    ),
    # Matured outcomes of earlier campaigns, each against the level that its campaign had as known
    # at as_of.
    "past": StreamSpec(
        "SELECT s.key, s.as_of, s.known_at, s.last, l.rate FROM ("
        " SELECT m.moment_id AS key, m.as_of, o.campaign_id, max(o.known_at) AS known_at,"
        " arg_max({'n': o.exposed, 'y': o.conversions, 'posts': o.posts},"
        " coalesce(o.measured_at, TIMESTAMP '1900-01-01')) AS last"
        " FROM moments m"
        " JOIN outcome_readings o ON o.creator_id = m.creator_id AND o.known_at < m.as_of"
        " GROUP BY ALL) s"
        " ASOF LEFT JOIN campaign_levels l"
        " ON s.campaign_id = l.campaign_id AND s.as_of > l.known_at",
        {"exposed": "last.n > 0"},
        {
            "deviation": "CASE WHEN last.n > 0"
            f" THEN ln((last.y + {EVIDENCE}) / (last.n * rate + {EVIDENCE})) END",
            "exposed": "last.n",
            "conversions": "last.y",
            "log_exposed_per_post": "CASE WHEN last.n > 0"
            " THEN ln(last.n / greatest(last.posts, 1)) END",
        },
    ),
    "audience": StreamSpec(
        "SELECT m.moment_id AS key, m.as_of, a.observed_at AS known_at, a.followers, a.following"
        " FROM moments m"
        " JOIN audience a ON a.creator_id = m.creator_id AND a.observed_at < m.as_of",
        {},
        {"log_followers": "ln(followers + 1)", "log_following": "ln(following + 1)"},
    ),
    "credentials": StreamSpec(
        "SELECT r.row_id AS key, r.as_of,"
        " coalesce(c.granted_at, TIMESTAMP '1900-01-01') AS known_at, c.kind"
        " FROM build_rows r JOIN credentials c ON c.creator_id = r.creator_id"
        " AND (c.granted_at IS NULL OR c.granted_at < r.as_of)"
        " WHERE c.kind IN ('degree', 'book', 'blog', 'job', 'award', 'press',"
        " 'certification', 'recommendation')",
        {"recommendation": "kind = 'recommendation'"},
        {},
        by_brief=True,
    ),
    "profile": StreamSpec(
        "SELECT r.row_id AS key, r.as_of,"
        " coalesce(c.joined_at, TIMESTAMP '1900-01-01') AS known_at, c.*,"
        " f.bio_similarity, r.other_language,"
        " k.language AS brief_language, k.country AS brief_country"
        " FROM build_rows r JOIN creators c USING (creator_id) JOIN campaigns k USING (campaign_id)"
        " LEFT JOIN (SELECT row_id, array_inner_product(v.vector, b.vector) AS bio_similarity"
        " FROM build_rows JOIN bio_vectors v USING (creator_id)"
        " JOIN brief_vectors b USING (campaign_id)) f USING (row_id)"
        " WHERE c.joined_at IS NULL OR c.joined_at < r.as_of",
        {},
        {
            "completeness": "((trim(coalesce(name, '')) <> '')::INT"
            " + (trim(coalesce(bio, '')) <> '')::INT"
            " + (trim(coalesce(handle, '')) <> '')::INT + (country IS NOT NULL)::INT) / 4",
            "same_language": "CASE WHEN language IS NOT NULL AND brief_language IS NOT NULL"
            " THEN (NOT other_language)::INT END",
            "same_country": "(lower(country) = lower(brief_country))::INT",
            "bio_similarity": "CASE WHEN NOT other_language THEN bio_similarity END",
            "tenure_days": "CASE WHEN joined_at IS NOT NULL"
            " THEN date_diff('microsecond', joined_at, as_of) / 86400e6 END",
        },
        by_brief=True,
    ),
}
