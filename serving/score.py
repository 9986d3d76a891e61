"""The batch job: rows of creators and campaigns in, `scores.parquet` out."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
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
from serving.spreadsheet import plain

if TYPE_CHECKING:
    pass

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
        As from `serving.request.requested_rows`.
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
                told = plain(scores.to_pandas())
                if text is None:
                    text = pyarrow.csv.CSVWriter(folder / "scores.csv", told.schema)
                text.write_table(told)
            written += scores.num_rows
            on_rows(written)
    finally:
        for writer in writers.values():
            writer.close()
        if text is not None:
            text.close()
    return written
