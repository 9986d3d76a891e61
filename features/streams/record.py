"""Matured outcomes of earlier campaigns, each against the level that its campaign had."""

from __future__ import annotations

from typing import TYPE_CHECKING

from features.streams.spec import StreamSpec, create

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

LEVEL_OVERDISPERSION = 1.0
"""phi in Var(rate) = p/n + phi p^2, for the weights of campaign levels and the shrinkage of track
records; negative-binomial k of .5 to 1 in the field is phi of 1 to 2, and the weights
are flat in it."""

EVIDENCE = 1.0
"""Expected conversions that a track record's prior is worth: 1 / phi of
`LEVEL_OVERDISPERSION`."""

MOST_EXPOSED = 1e15
"""More people than there are: exact decimals end before doubles do."""

MATURES_AT = (
    "(coalesce(ends_at, starts_at)"
    " + to_microseconds(CAST(least(attribution_days, 36500) * 86400e6 AS BIGINT)))"
)
"""When a campaign's outcomes are mature, over the columns of `campaigns`; a century is for ever."""

# `least` passes over a null; a held-out group of which one number is lacking tells nothing.
_CONTROLLED = "CASE WHEN o.control_exposed > 0 AND o.control_conversions IS NOT NULL"

# A window of strict "before" serves maturity, which is "not after": step one microsecond back. What
# is said to have matured before its campaign was decided is known once that was.
_OUTCOME_READINGS = f"""
SELECT o.campaign_id, o.creator_id, least(o.exposed, {MOST_EXPOSED}) AS exposed,
    least(o.conversions, o.exposed, {MOST_EXPOSED}) AS conversions,
    {_CONTROLLED} THEN least(o.control_exposed, {MOST_EXPOSED}) END AS control_exposed,
    {_CONTROLLED} THEN least(o.control_conversions, o.control_exposed, {MOST_EXPOSED}) END
        AS control_conversions,
    o.posts, o.measured_at, o.exposed_unit, c.starts_at,
    greatest({MATURES_AT} - INTERVAL 1 MICROSECOND, o.measured_at,
        coalesce(c.decided_at, c.starts_at)) AS known_at
FROM outcomes o JOIN campaigns c USING (campaign_id)
WHERE o.exposed IS NOT NULL
"""

# What was known of a campaign's creators at each moment at which a reading of it became known.
_OUTCOME_STATES = """
SELECT v.campaign_id, v.known_at, r.creator_id,
    arg_max({'n': r.exposed, 'y': r.conversions},
        coalesce(r.measured_at, TIMESTAMP '1900-01-01')) AS last
FROM (SELECT DISTINCT campaign_id, known_at FROM outcome_readings WHERE exposed > 0) v
JOIN outcome_readings r
    ON r.campaign_id = v.campaign_id AND r.known_at <= v.known_at AND r.exposed > 0
GROUP BY ALL
"""

# The level of a campaign is the logit of the mean rate of its outcomes, weighted by how much each
# tells: w = n / (1 + n p phi), flat once n p phi > 1, so that one famous creator is not the level.
# Where nobody converted it is as if half a person had.
_CAMPAIGN_LEVELS = f"""
WITH pooled AS (
    SELECT campaign_id, known_at,
        (sum(CAST(last.y AS DECIMAL(38, 6))) + .5)
            / (sum(CAST(last.n AS DECIMAL(38, 6))) + 1) AS p,
        max(last.y) > 0 AS converted, count(*) AS creators
    FROM outcome_states GROUP BY ALL
),
weighed AS (
    SELECT campaign_id, known_at, p, converted, creators, last.y / last.n AS rate,
        last.n / (1 + last.n * p * {LEVEL_OVERDISPERSION}) AS w
    FROM outcome_states JOIN pooled USING (campaign_id, known_at)
),
level AS (
    SELECT campaign_id, known_at, any_value(creators) AS creators,
        CAST(sum(CAST(w * rate AS DECIMAL(38, 15))) AS DOUBLE)
            / CAST(sum(CAST(w AS DECIMAL(38, 15))) AS DOUBLE) AS mean_rate,
        any_value(CASE WHEN converted THEN p / 100 ELSE p END) AS lowest
    FROM weighed GROUP BY campaign_id, known_at
)
SELECT campaign_id, known_at, creators, ln(rate / (1 - rate)) AS log_odds, rate
FROM (SELECT *, least(greatest(mean_rate, lowest, 1e-9), 1 - 1e-6) AS rate FROM level)
"""

_DEVIATION = (
    f"CASE WHEN last.n > 0 THEN ln((last.y + {EVIDENCE}) / (last.n * rate + {EVIDENCE})) END"
)

# How alike the briefs of the rows and other briefs are, where both have known words. (No vector may
# pass an outer join: DuckDB 2.0 reads arrays without a match from beyond their end.)
_CLOSENESS = """
SELECT b.campaign_id, v.campaign_id AS other_id,
    pow(greatest(array_inner_product(v.vector, b.vector), 0), 2) AS closeness
FROM brief_vectors b, brief_vectors v
WHERE b.campaign_id IN (SELECT campaign_id FROM build_rows)
"""

# How the creators of one platform did in a campaign, against all of that campaign's creators.
_PLATFORM_LEVELS = f"""
WITH deviations AS (
    SELECT c.platform, s.campaign_id, s.known_at, CAST({_DEVIATION} AS DECIMAL(38, 12)) AS deviation
    FROM outcome_states s
    JOIN campaign_levels l USING (campaign_id, known_at)
    JOIN creators c USING (creator_id)
),
everywhere AS (
    SELECT campaign_id, known_at, CAST(sum(deviation) AS DOUBLE) / count(*) AS deviation
    FROM deviations GROUP BY ALL
)
SELECT d.platform, campaign_id, known_at, count(*) AS creators,
    CAST(sum(d.deviation) AS DOUBLE) / count(*) - any_value(e.deviation) AS deviation
FROM deviations d JOIN everywhere e USING (campaign_id, known_at)
WHERE d.platform IS NOT NULL
GROUP BY ALL
"""

# The platform levels of other campaigns as known at a row's as_of, weighted by creators and by the
# closeness of their briefs: once for all rows of a campaign, moment and platform.
_PLATFORM_PAST = f"""
WITH asked AS (
    SELECT DISTINCT c.platform, r.campaign_id, r.as_of
    FROM build_rows r JOIN creators c USING (creator_id)
),
known AS (
    SELECT a.*, p.campaign_id AS past_id, max(p.known_at) AS known_at,
        arg_max({{'deviation': p.deviation, 'creators': p.creators}}, p.known_at) AS last
    FROM asked a JOIN platform_levels p
        ON p.platform = a.platform AND p.known_at < a.as_of AND p.campaign_id <> a.campaign_id
    GROUP BY ALL
),
weighed AS (
    SELECT k.*, last.creators * s.closeness AS w
    FROM known k
    JOIN ({_CLOSENESS}) s ON s.campaign_id = k.campaign_id AND s.other_id = k.past_id
),
summed AS (
    SELECT platform, campaign_id, as_of, max(known_at) AS known_at,
        CAST(sum(CAST(w AS DECIMAL(38, 12))) AS DOUBLE) AS evidence,
        CAST(sum(CAST(w * last.deviation AS DECIMAL(38, 12))) AS DOUBLE) AS deviations
    FROM weighed GROUP BY ALL
)
SELECT r.row_id AS key, r.as_of, s.known_at, s.evidence, s.deviations
FROM build_rows r JOIN creators c USING (creator_id)
JOIN summed s
    ON s.platform = c.platform AND s.campaign_id = r.campaign_id AND s.as_of = r.as_of
"""

# Matured outcomes of earlier campaigns, each against the level that its campaign had as known at
# as_of.
_PAST = """
SELECT s.key, s.as_of, s.known_at, s.campaign_id, s.last, l.rate
FROM (
    SELECT m.moment_id AS key, m.as_of, o.campaign_id, max(o.known_at) AS known_at,
        arg_max({'n': o.exposed, 'y': o.conversions, 'posts': o.posts},
            coalesce(o.measured_at, TIMESTAMP '1900-01-01')) AS last
    FROM moments m JOIN outcome_readings o ON o.creator_id = m.creator_id AND o.known_at < m.as_of
    GROUP BY ALL
) s
ASOF LEFT JOIN campaign_levels l ON s.campaign_id = l.campaign_id AND s.as_of > l.known_at
"""
STREAMS: dict[str, StreamSpec] = {
    "past": StreamSpec(
        _PAST,
        {"exposed": "last.n > 0"},
        {
            "deviation": _DEVIATION,
            "exposed": "last.n",
            "conversions": "last.y",
            "log_exposed_per_post": "CASE WHEN last.n > 0"
            " THEN ln(last.n / greatest(last.posts, 1)) END",
        },
    ),
    # The same beside a campaign: how close its brief is, and whether its brand is the same.
    "related_past": StreamSpec(
        "SELECT r.row_id AS key, p.as_of, p.known_at, p.last, p.rate,"
        " k.brand = c.brand AS same_brand, coalesce(s.closeness, 0) AS closeness"
        f" FROM ({_PAST}) p JOIN build_rows r ON r.moment_id = p.key"
        " JOIN campaigns c ON c.campaign_id = p.campaign_id"
        " JOIN campaigns k ON k.campaign_id = r.campaign_id"
        f" LEFT JOIN ({_CLOSENESS}) s"
        " ON s.campaign_id = r.campaign_id AND s.other_id = p.campaign_id",
        {"exposed": "last.n > 0", "same_brand": "same_brand AND last.n > 0"},
        {"deviation": _DEVIATION, "closeness": "closeness"},
        by_brief=True,
    ),
    # How creators on the same platform did in campaigns with similar briefs; one line a row.
    "platform_past": StreamSpec(
        _PLATFORM_PAST,
        {},
        {"evidence": "evidence", "deviation": "deviations / nullif(evidence, 0)"},
        by_brief=True,
    ),
}


def look_across(connection: DuckDBPyConnection) -> None:
    """Make the lookups of levels from the clean tables of all creators."""
    create(connection, "outcome_readings", _OUTCOME_READINGS)
    create(connection, "outcome_states", _OUTCOME_STATES)
    create(connection, "campaign_levels", _CAMPAIGN_LEVELS)
    create(connection, "platform_levels", _PLATFORM_LEVELS)


def prepare(connection: DuckDBPyConnection) -> None:
    """Make the tables of the streams of this module from clean tables and lookups."""
    create(connection, "outcome_readings", _OUTCOME_READINGS)
