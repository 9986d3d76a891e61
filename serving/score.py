"""The batch job: which creators for which campaigns at which moment in, `scores.parquet` out."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt
import pandas as pd
import pyarrow as pa
import pyarrow.csv
import pyarrow.parquet as pq

from features.errors import Exit, UserError
from features.feature import QUALITIES
from features.levels import base_levels
from features.names import Language
from features.precedent import without_precedent
from features.prepared import Prepared
from models.incremental import NEEDED, IncrementalShare
from models.predictor import Predictor

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

BATCH_ROWS = 20_000
"""Rows scored at a time: bounds memory, whatever the number of rows."""

PAST_WARNING = "scored for a moment before the model was trained"
NEW_BRAND = "brand without earlier outcomes"
NEW_CREATOR = "creator without earlier outcomes"
STRANGE_LANGUAGE = "language of brief not covered"

_NUMBERS = (
    *("exposed", "exposed_low", "exposed_high", "rate", "rate_low", "rate_high"),
    *(
        "conversions",
        "conversions_low",
        "conversions_high",
        "sd_campaign",
        "sd_creator",
        "sd_reach",
    ),
    *("base_log_odds", *QUALITIES),
)
KEYS = ("campaign_id", "creator_id", "package", "posts", "as_of", "model_version")
SCHEMA = pa.schema(
    [
        ("campaign_id", pa.string()),
        ("creator_id", pa.string()),
        ("package", pa.string()),
        ("posts", pa.float64()),
        ("as_of", pa.timestamp("us", tz="UTC")),
        ("model_version", pa.string()),
        *((name, pa.float64()) for name in _NUMBERS),
        ("reasons", pa.list_(pa.string())),
        ("known_share", pa.float64()),
        ("incremental", pa.bool_()),
        ("warnings", pa.list_(pa.string())),
    ]
)


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


def learned_share(predictor: Predictor, version: str) -> IncrementalShare:
    """The incremental share of a model.

    Raises
    ------
    UserError
        Exit 6 when training learned none.
    """
    if predictor.incremental is None:
        raise UserError(
            f"model {version} learned no incremental share, so its conversions are attributed only."
            f" It takes {NEEDED}: add such outcomes and train again, or score without "
            "--incremental",
            Exit.DATA,
        )
    return predictor.incremental


@dataclass(frozen=True)
class Scored:
    """Rows as they were scored.

    Attributes
    ----------
    scores : DataFrame, n lines
        The columns of `scores.parquet`.
    matrix : DataFrame, shape (n, n_features)
        What they were scored by, NaN where unknown.
    base_log_odds : ndarray, shape (n,)
        Level of each row's campaign before calibration; NaN where unknown.
    """

    scores: pd.DataFrame
    matrix: pd.DataFrame
    base_log_odds: npt.NDArray[np.float64]


def joined(parts: Iterable[Scored]) -> Scored:
    """Batches of rows as one."""
    scores, matrices, levels = zip(
        *((part.scores, part.matrix, part.base_log_odds) for part in parts), strict=True
    )
    return Scored(
        pd.concat(scores, ignore_index=True),
        pd.concat(matrices, ignore_index=True),
        np.concatenate(levels),
    )


def score_rows(
    market: Prepared,
    rows: pd.DataFrame,
    predictor: Predictor,
    version: str,
    incremental: IncrementalShare | None = None,
    language: Language = "en",
) -> Iterator[Scored]:
    """Score rows, a batch at a time.

    Parameters
    ----------
    market : Prepared
        The data.
    rows : DataFrame
        As from `requested_rows`.
    incremental : IncrementalShare, optional
        Tell lift (`Predictor.predict`); not given, conversions are attributed.
    language : {'en', 'fr'}
        Of the reasons.

    Yields
    ------
    Scored
        In the order of `rows`.
    """
    for part, matrix in market.batches(rows, predictor.space, BATCH_ROWS):
        levels = base_levels(market.connection, part, predictor.space)
        base = levels["base_log_odds"].to_numpy(dtype=np.float64)
        posts = part["posts"].to_numpy(dtype=np.float64)
        predicted = predictor.predict(
            matrix,
            base,
            posts,
            is_known_brand=levels["is_known_brand"].to_numpy(dtype=bool),
            incremental=incremental,
            language=language,
        )
        context = _of_context(market, part, predictor)
        predicted["warnings"] = [
            [*about, *found] for about, found in zip(context, predicted["warnings"], strict=True)
        ]
        keys = part.assign(model_version=version)[list(KEYS)]
        yield Scored(pd.concat([keys, predicted], axis=1)[SCHEMA.names], matrix, base)


def score_batches(
    market: Prepared,
    rows: pd.DataFrame,
    predictor: Predictor,
    version: str,
    incremental: IncrementalShare | None = None,
    language: Language = "en",
) -> Iterator[tuple[pa.Table, pa.Table]]:
    """The columns of `scores.parquet` and of `contributions.parquet`, a batch at a time.

    Parameters are those of `score_rows`.
    """
    for found in score_rows(market, rows, predictor, version, incremental, language):
        shares = predictor.contributions(found.matrix, found.base_log_odds)
        shares = pd.concat([found.scores[list(KEYS)], shares], axis=1)
        yield (
            pa.Table.from_pandas(found.scores, schema=SCHEMA, preserve_index=False),
            pa.Table.from_pandas(
                shares, schema=_contributions_schema(predictor), preserve_index=False
            ),
        )


def _of_context(market: Prepared, rows: pd.DataFrame, predictor: Predictor) -> list[list[str]]:
    """Warnings about each row's moment, brand, creator and brief."""
    lacks = without_precedent(market.connection, rows, predictor.space.languages)
    language = lacks["strange_language"]
    said = {
        PAST_WARNING: rows["as_of"] < predictor.trained_until,
        NEW_BRAND: lacks["is_new_brand"],
        NEW_CREATOR: lacks["is_new_creator"],
    }
    told = [[text for text, holds in said.items() if holds.iloc[i]] for i in range(len(rows))]
    for row, code in zip(told, language, strict=True):
        if code:
            row.append(f"{STRANGE_LANGUAGE} ({code})")
    return told


def _contributions_schema(predictor: Predictor) -> pa.Schema:
    keys = [SCHEMA.field(name) for name in KEYS]
    return pa.schema([*keys, *(pa.field(name, pa.float64()) for name in predictor.rate.columns)])


def write_scores(
    batches: Iterator[tuple[pa.Table, pa.Table]],
    folder: Path,
    *,
    csv: bool = False,
    contributions: bool = False,
    on_rows: Callable[[int], None] = lambda rows: None,
) -> int:
    """Write `scores.parquet`, on request CSV and contributions too; give the number of rows."""
    writers: dict[str, pq.ParquetWriter] = {}
    text = None
    written = 0
    try:
        for scores, shares in batches:
            tables = (
                {"scores": scores, "contributions": shares} if contributions else {"scores": scores}
            )
            for name, table in tables.items():
                if name not in writers:
                    writers[name] = pq.ParquetWriter(folder / f"{name}.parquet", table.schema)
                writers[name].write_table(table)
            if csv:
                plain = pa.Table.from_pandas(
                    for_spreadsheet(scores.to_pandas()), preserve_index=False
                )
                if text is None:
                    text = pyarrow.csv.CSVWriter(folder / "scores.csv", plain.schema)
                text.write_table(plain)
            written += scores.num_rows
            on_rows(written)
    finally:
        for writer in writers.values():
            writer.close()
        if text is not None:
            text.close()
    return written


def for_spreadsheet(scores: pd.DataFrame) -> pd.DataFrame:
    """Lists as text, times as ISO text, and no text that a spreadsheet would take for a formula."""
    plain = scores.copy()
    plain["as_of"] = plain["as_of"].dt.strftime("%Y-%m-%dT%H:%M:%SZ")
    for name in ("reasons", "warnings"):
        plain[name] = ["; ".join(items) for items in plain[name]]
    for name in ("campaign_id", "creator_id", "package", "reasons", "warnings"):
        plain[name] = [inert(value) for value in plain[name]]
    return plain


def inert(value: object) -> str:
    """A value as text that no spreadsheet takes for a formula."""
    text = "" if value is None or value != value else str(value)
    return f"'{text}" if text.startswith(("=", "+", "-", "@", "\t", "\r")) else text
