"""Who a creator is: profile, credentials, and readings of the size of its audience."""

from __future__ import annotations

from features.streams.spec import StreamSpec

STREAMS: dict[str, StreamSpec] = {
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
