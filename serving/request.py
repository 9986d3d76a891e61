"""What to score: which creators for which campaigns at which moment, as a request names them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

import pandas as pd
import pyarrow as pa
import pyarrow.csv
import pyarrow.parquet as pq

from features.errors import UserError

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection


@dataclass(frozen=True)
class Request:
    """What to score.

    Attributes
    ----------
    campaigns : tuple of str
        Campaigns named; none means those of the candidates' file, else those not decided before the
        model's training moment.
    as_of : datetime, optional
        The moment (naive UTC) instead of each campaign's own decision.
    candidates : str, optional
        "offers", "outcomes", "all" or the path of a Parquet or CSV file with `campaign_id` and
        `creator_id`; by default the campaign's offers where it has any, else all creators.
    allow_past : bool
        Whether moments before the model's training moment may be scored.
    """

    campaigns: tuple[str, ...] = ()
    as_of: datetime | None = None
    candidates: str | None = None
    allow_past: bool = False


def requested_rows(
    connection: DuckDBPyConnection, request: Request, trained_until: datetime
) -> pd.DataFrame:
    """Resolve a request to rows: `campaign_id`, `creator_id`, `package`, `posts`, `as_of` (UTC).

    Raises
    ------
    UserError
        Exit 2 for a campaign or creator that is not in the data, for no campaign to score, for
        candidates that are not there, and for a moment before the training moment without
        `allow_past`.
    """
    named = (
        None if request.candidates in (None, "offers", "outcomes", "all") else request.candidates
    )
    listed = _read_candidates(connection, Path(named)) if named else None
    campaigns = _campaigns(connection, request, listed, trained_until)
    connection.register("asked_campaigns", pa.Table.from_pandas(campaigns, preserve_index=False))
    if listed is not None:
        connection.register("listed", pa.Table.from_pandas(listed, preserve_index=False))
    packages = (
        "SELECT DISTINCT campaign_id, creator_id, package, posts FROM offers"
        " JOIN asked_campaigns USING (campaign_id)"
    )
    everyone = "SELECT a.campaign_id, c.creator_id FROM asked_campaigns a, creators c"
    pairs = {
        None: f"SELECT campaign_id, creator_id FROM ({packages}) UNION {everyone}"
        " WHERE a.campaign_id NOT IN (SELECT campaign_id FROM offers)",
        "offers": f"SELECT campaign_id, creator_id FROM ({packages})",
        "outcomes": "SELECT campaign_id, creator_id FROM outcomes",
        "all": everyone,
    }.get(request.candidates, "SELECT campaign_id, creator_id FROM listed")
    rows: pd.DataFrame = (
        connection.sql(
            "SELECT DISTINCT p.campaign_id, p.creator_id, k.package,"
            " coalesce(k.posts, 1.0) AS posts, a.as_of"
            f" FROM ({pairs}) p JOIN asked_campaigns a USING (campaign_id)"
            f" LEFT JOIN ({packages}) k USING (campaign_id, creator_id)"
            " ORDER BY p.campaign_id, p.creator_id, k.package, posts"
        )
        .to_arrow_table()
        .to_pandas()
    )
    connection.unregister("asked_campaigns")
    without = sorted(set(campaigns["campaign_id"]) - set(rows["campaign_id"]))
    is_named = bool(request.campaigns) or listed is not None
    if without and (is_named or rows.empty):
        raise UserError(
            f"no candidates for campaign {without[0]}"
            + (f" and {len(without) - 1} more" if len(without) > 1 else "")
            + f" with --candidates {request.candidates or 'offers'}: "
            "use --candidates all, or a file"
        )
    return rows


def _campaigns(
    connection: DuckDBPyConnection,
    request: Request,
    listed: pd.DataFrame | None,
    trained_until: datetime,
) -> pd.DataFrame:
    known: pd.DataFrame = (
        connection.sql(
            "SELECT campaign_id, coalesce(decided_at, starts_at) AS as_of"
            " FROM campaigns ORDER BY ALL"
        )
        .to_arrow_table()
        .to_pandas()
    )
    if request.as_of is not None:
        known["as_of"] = pd.Series(request.as_of, index=known.index, dtype=known["as_of"].dtype)
    wanted = list(request.campaigns) or (
        None if listed is None else sorted(set(listed["campaign_id"]))
    )
    is_past = known["as_of"] < trained_until
    trained = f"{trained_until:%Y-%m-%d %H:%M} UTC"
    if wanted is None:
        chosen = known if request.allow_past and request.as_of is not None else known[~is_past]
        if chosen.empty:
            raise UserError(
                f"no campaign is decided at or after {trained}, when the model was trained: "
                "name one with --campaign ID (with --allow-past when it was decided before)"
            )
        return chosen
    unknown = sorted(set(wanted) - set(known["campaign_id"]))
    if unknown:
        raise UserError(
            f"campaign {unknown[0]} is not in the campaigns table ({len(known)} campaigns"
            + (f", such as {known['campaign_id'].iloc[0]}" if len(known) else "")
            + "): check the id given"
        )
    chosen = known[known["campaign_id"].isin(wanted)]
    past = chosen[chosen["as_of"] < trained_until]
    if len(past) and not request.allow_past:
        first = past.iloc[0]
        raise UserError(
            f"campaign {first['campaign_id']} would be scored as of "
            f"{first['as_of']:%Y-%m-%d %H:%M} UTC, before the model's training moment ({trained}): "
            "the model knows what came after. Train with an earlier --until, or add "
            "--allow-past to score all the same"
        )
    return chosen


def _read_candidates(connection: DuckDBPyConnection, path: Path) -> pd.DataFrame:
    """The pairs of a candidates' file; every id must be known."""
    if not path.is_file():
        raise UserError(
            f"no candidates file at {path}: give a file, or one of offers, outcomes, all"
        )
    try:
        if path.suffix == ".parquet":
            table = pq.ParquetFile(path).read()
        else:
            types = {name: pa.string() for name in ("campaign_id", "creator_id")}
            options = pyarrow.csv.ConvertOptions(column_types=types)
            table = pyarrow.csv.read_csv(path, convert_options=options)
    except (pa.ArrowInvalid, OSError) as error:
        raise UserError(f"{path} can be read neither as Parquet nor as CSV: {error}") from error
    for name in ("campaign_id", "creator_id"):
        if table.column_names.count(name) != 1:
            raise UserError(
                f"{path} needs one column {name}; it has {', '.join(table.column_names)}"
            )
    as_text = pa.schema([("campaign_id", pa.string()), ("creator_id", pa.string())])
    try:
        pairs: pd.DataFrame = table.select(as_text.names).cast(as_text).to_pandas()
    except (pa.ArrowInvalid, pa.ArrowNotImplementedError) as error:
        raise UserError(f"{path}: campaign_id and creator_id must be texts or numbers") from error
    if pairs.empty:
        raise UserError(f"{path} holds no row: nothing to score")
    for name, parent in (("campaign_id", "campaigns"), ("creator_id", "creators")):
        known = {value for (value,) in connection.sql(f"SELECT {name} FROM {parent}").fetchall()}
        strange = pairs.loc[~pairs[name].isin(known), name]
        if len(strange):
            raise UserError(
                f"{path}: {len(strange)} rows name a {name} that is not in {parent}, "
                f"such as {strange.iloc[0]}: correct them"
            )
    return pairs.drop_duplicates()
