"""Who a creator is: profile, credentials, and readings of the size of its audience."""

from __future__ import annotations

from typing import TYPE_CHECKING

from features.streams.spec import StreamSpec, create, events_of

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

JUMP = 0.05
"""Excess of a week's growth of log followers over the creator's usual from which it is a jump."""

# A reading's growth since the one before it, a week's worth where they lie further apart, and how
# far that exceeds the median of the creator's earlier ones; and its growth a week since the last
# one at least a week before it, however often it was read in between.
_AUDIENCE = """
SELECT *, growth - quantile_cont(growth, .5) OVER (PARTITION BY creator_id ORDER BY known_at
    ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING) AS jump,
    ln((followers + 1) / (followers_before + 1))
        / (date_diff('microsecond', before, known_at) / (7 * 86400e6)) AS weekly_growth
FROM (
    SELECT creator_id, observed_at AS known_at, followers, following,
        ln((followers + 1) / (lag(followers) OVER readings + 1)) / greatest(1,
            date_diff('microsecond', lag(observed_at) OVER readings, observed_at) / (7 * 86400e6))
            AS growth
    FROM audience
    WINDOW readings AS (PARTITION BY creator_id ORDER BY observed_at)
) r
ASOF LEFT JOIN (
    SELECT creator_id AS creator, observed_at AS before, followers AS followers_before FROM audience
) b ON b.creator = r.creator_id AND r.known_at - INTERVAL 7 DAY >= b.before
"""

# Of a creator's texts with the brief of a row. (No vector may pass an outer join: DuckDB 2.0 reads
# arrays without a match from beyond their end.)
_SIMILARITIES = (
    "SELECT DISTINCT r.row_id, v.text_key, array_inner_product(v.vector, b.vector) AS similarity"
    " FROM build_rows r JOIN {table} t USING (creator_id)"
    " JOIN text_vectors v ON v.text_key = hash(t.{text})"
    " JOIN brief_vectors b ON b.campaign_id = r.campaign_id"
)

STREAMS: dict[str, StreamSpec] = {
    "audience": StreamSpec(
        events_of("stream_audience"),
        {"of_a_week": "weekly_growth IS NOT NULL"},
        {
            "followers": "followers",
            "log_followers": "ln(followers + 1)",
            "log_following": "ln(following + 1)",
            "follows_others": "(following > 0)::INT",
            "jump": f"CASE WHEN jump >= {JUMP} THEN jump WHEN jump IS NOT NULL THEN 0 END",
            "weekly_growth": "weekly_growth",
        },
    ),
    "credentials": StreamSpec(
        "SELECT r.row_id AS key, r.as_of,"
        " coalesce(c.granted_at, TIMESTAMP '1900-01-01') AS known_at, c.kind, s.similarity"
        " FROM build_rows r JOIN credentials c ON c.creator_id = r.creator_id"
        " AND (c.granted_at IS NULL OR c.granted_at < r.as_of)"
        f" LEFT JOIN ({_SIMILARITIES.format(table='credentials', text='title')}) s"
        " ON s.row_id = r.row_id AND s.text_key = hash(c.title)"
        " WHERE c.kind IN ('degree', 'book', 'blog', 'job', 'award', 'press',"
        " 'certification', 'recommendation')",
        {"recommendation": "kind = 'recommendation'"},
        {"kind": "kind", "similarity": "CASE WHEN kind <> 'recommendation' THEN similarity END"},
        by_brief=True,
    ),
    "profile": StreamSpec(
        "SELECT r.row_id AS key, r.as_of,"
        " coalesce(c.joined_at, TIMESTAMP '1900-01-01') AS known_at, c.*,"
        " s.similarity AS bio_similarity, r.creator_language, r.brief_language,"
        " k.country AS brief_country"
        " FROM build_rows r JOIN creators c USING (creator_id) JOIN campaigns k USING (campaign_id)"
        f" LEFT JOIN ({_SIMILARITIES.format(table='creators', text='bio')}) s"
        " ON s.row_id = r.row_id AND s.text_key = hash(c.bio)"
        " WHERE c.joined_at IS NULL OR c.joined_at < r.as_of",
        {},
        {
            "completeness": "((trim(coalesce(name, '')) <> '')::INT"
            " + (trim(coalesce(bio, '')) <> '')::INT"
            " + (trim(coalesce(handle, '')) <> '')::INT + (country IS NOT NULL)::INT) / 4",
            "same_language": "(creator_language = brief_language)::INT",
            "same_country": "(lower(country) = lower(brief_country))::INT",
            "bio_similarity": "CASE WHEN coalesce(creator_language = brief_language, TRUE)"
            " THEN bio_similarity END",
            "tenure_days": "CASE WHEN joined_at IS NOT NULL"
            " THEN date_diff('microsecond', joined_at, as_of) / 86400e6 END",
        },
        by_brief=True,
    ),
}


def prepare(connection: DuckDBPyConnection) -> None:
    """Make the tables of the streams of this module from clean tables."""
    create(connection, "stream_audience", _AUDIENCE)
