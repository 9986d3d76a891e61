"""What is judged after an origin: outcomes of later campaigns, as known at their decisions."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import pairwise
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt
import pandas as pd

from features.asof import brands_with_outcomes, creators_with_outcomes
from features.errors import Exit, UserError
from features.levels import base_levels
from features.prepared import Prepared
from features.text import TextSpace

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection


def windows(origins: Sequence[datetime], days: float) -> list[tuple[datetime, float]]:
    """Each origin once, in order, with the days that are judged after it: none past the next one,
    so that no campaign is judged twice.
    """
    ordered = sorted(set(origins))
    gaps = [(later - origin) / timedelta(days=1) for origin, later in pairwise(ordered)]
    return list(zip(ordered, [*(min(days, gap) for gap in gaps), days], strict=True))


def in_window(rows: pd.DataFrame, origin: datetime, days: float) -> pd.DataFrame:
    """Rows of campaigns that are decided within some days of an origin, not before it."""
    decided = rows["as_of"]
    return rows[(decided >= origin) & (decided < origin + timedelta(days=days))].reset_index(
        drop=True
    )


def agreed_fees(connection: DuckDBPyConnection, rows: pd.DataFrame) -> pd.Series:
    """The fee of each row's outcome, as last read, in the order of rows; NaN where not recorded.

    It was agreed at the decision, whenever it was written down.
    """
    fees = (
        connection.sql(
            "SELECT campaign_id, creator_id,"
            " arg_max(fee, coalesce(measured_at, TIMESTAMP '1900-01-01')) AS fee"
            " FROM outcomes WHERE fee IS NOT NULL GROUP BY ALL"
        )
        .to_arrow_table()
        .to_pandas()
    )
    keys = rows[["campaign_id", "creator_id"]]
    found = keys.merge(fees, on=["campaign_id", "creator_id"], how="left")["fee"]
    return found.astype(np.float64).set_axis(rows.index)


@dataclass(frozen=True)
class Ahead:
    """Outcomes of the campaigns after an origin, with all that a prediction of them may use.

    Attributes
    ----------
    rows : DataFrame
        Outcomes, with `origin`, `is_cold`, `is_new_brand`, `has_history` and `fee`;
        `is_known_brand` is of the decision, not of the origin.
    matrix : DataFrame
        Features as of each campaign's decision.
    base_log_odds : ndarray
        Level of each row's campaign as expected at its decision.
    """

    rows: pd.DataFrame
    matrix: pd.DataFrame
    base_log_odds: npt.NDArray[np.float64]


def look_ahead(
    market: Prepared,
    outcomes: pd.DataFrame,
    space: TextSpace,
    origin: datetime,
    days: float,
) -> Ahead:
    """Build what is judged after an origin, with the texts as fitted at it.

    Raises
    ------
    UserError
        Exit 6 when no campaign with outcomes is decided in the window.
    """
    rows = in_window(outcomes, origin, days)
    if rows.empty:
        raise UserError(
            f"no campaign with outcomes is decided within {days:g} days of {origin:%Y-%m-%d}: "
            "leave this origin out, or give more --days (a window ends at the next origin)",
            Exit.DATA,
        )
    matrix = market.build(rows, space)
    levels = base_levels(market.connection, rows, space)
    rows = rows.assign(
        origin=origin,
        is_known_brand=levels["is_known_brand"],
        is_cold=~rows["creator_id"].isin(creators_with_outcomes(market.connection, origin)),
        is_new_brand=_is_new_brand(market.connection, rows, origin),
        has_history=matrix["response"].notna(),
        fee=agreed_fees(market.connection, rows),
    )
    return Ahead(rows, matrix, levels["base_log_odds"].to_numpy(dtype=np.float64))


def _is_new_brand(
    connection: DuckDBPyConnection, rows: pd.DataFrame, origin: datetime
) -> npt.NDArray[np.bool_]:
    """Whether the campaign's brand has no earlier outcome; never where it is not recorded."""
    brands = dict(connection.sql("SELECT campaign_id, brand FROM campaigns").fetchall())
    brand = rows["campaign_id"].map(brands)
    seen = brand.isin(brands_with_outcomes(connection, origin))
    return np.asarray((brand.notna() & ~seen).to_numpy(dtype=bool))
