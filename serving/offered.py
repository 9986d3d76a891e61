"""Packages on offer with what is expected of them: offers of a campaign beside its scores."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.dataset as ds
import pyarrow.parquet as pq
from duckdb import DuckDBPyConnection

from features.errors import UserError
from serving.score import SCHEMA
from training.tiers import tier_of

KEYS = ("creator_id", "package", "posts")


def scores_of(scores: Path, campaign: str) -> pd.DataFrame:
    """The rows of a campaign in `scores.parquet`.

    Parameters
    ----------
    scores : Path
        The file, or the folder that `suasion score --out` wrote.

    Raises
    ------
    UserError
        Exit 2: no such file, no file of scores, no row of this campaign.
    """
    path = scores / "scores.parquet" if scores.is_dir() else scores
    remedy = f"run suasion score DATA --campaign {campaign} --out OUT, and give --scores OUT"
    if not path.is_file():
        raise UserError(f"no scores at {path}: {remedy}")
    try:
        absent = set(SCHEMA.names) - set(pq.read_schema(path).names)
    except (OSError, pa.ArrowException) as error:
        raise UserError(f"{path} is no file of scores ({error}): {remedy}") from error
    if absent:
        raise UserError(f"{path} is no file of scores, it lacks {min(absent)}: {remedy}")
    rows = _frame(pq.read_table(path, filters=ds.field("campaign_id") == campaign))
    if rows.empty:
        held = pq.read_table(path, columns=["campaign_id"])["campaign_id"].unique().to_pylist()
        such = f" ({len(held)} campaigns, such as {held[0]})" if held else ""
        raise UserError(f"{path} holds no score of campaign {campaign}{such}: {remedy}")
    return rows


def packages_of(
    connection: DuckDBPyConnection, campaign: str, scores: pd.DataFrame
) -> tuple[pd.DataFrame, list[str]]:
    """What a campaign is offered, each package with its score.

    Returns
    -------
    packages : DataFrame
        One line a package: the columns of `scores.parquet`, `cost` (the fee, in the campaign's
        currency), `platform` and `language` of the creator (missing where unknown), `followers` as
        last read before the scores' moment (NaN where unknown).
    unscored : list of str
        Creators with an offer for which no score of theirs stands: left out of any plan.

    Raises
    ------
    UserError
        Exit 2: a campaign that is not in the data, that nobody offers, or all of whose offers lack
        a score.
    """
    known = _query(connection, "SELECT campaign_id FROM campaigns ORDER BY ALL")["campaign_id"]
    if campaign not in set(known):
        such = f", such as {known.iloc[0]}" if len(known) else ""
        raise UserError(
            f"campaign {campaign} is not in the campaigns table ({len(known)} campaigns{such}): "
            "check the id given"
        )
    offers = _query(
        connection,
        "SELECT creator_id, package, posts, fee AS cost FROM offers WHERE campaign_id = $1"
        " ORDER BY ALL",
        campaign,
    )
    if offers.empty:
        raise UserError(f"no creator offers campaign {campaign} a package: add rows to offers")
    offers["package"] = offers["package"].astype(object).where(offers["package"].notna(), None)
    found = offers.merge(scores, on=list(KEYS), how="left", validate="one_to_one")
    has_score = found["conversions"].notna()
    unscored = sorted(set(found.loc[~has_score, "creator_id"]))
    if not has_score.any():
        raise UserError(
            f"none of the {len(offers):,} packages offered to campaign {campaign} is scored: score "
            f"its offers with suasion score DATA --campaign {campaign} --out OUT"
        )
    found = found[has_score].reset_index(drop=True)
    moment = found["as_of"].max()
    about = _query(
        connection,
        "SELECT creator_id, platform, language, (SELECT arg_max(followers, observed_at)"
        " FROM audience a WHERE a.creator_id = c.creator_id AND a.observed_at < $1) AS followers"
        " FROM creators c",
        moment.tz_localize(None).to_pydatetime(),
    )
    return found.merge(about, on="creator_id", how="left"), unscored


def tiered(packages: pd.DataFrame) -> pd.DataFrame:
    """The packages with `tier`, that of the creator's audience."""
    followers = packages["followers"].to_numpy(np.float64)
    return packages.assign(tier=tier_of(np.log1p(followers)))


def currency_of(connection: DuckDBPyConnection, campaign: str) -> str | None:
    """The currency of a campaign's fees; None where nothing tells it.

    Raises
    ------
    UserError
        Exit 2 where they are in several, or some say theirs and nothing tells that of the others.
    """
    told = _query(
        connection,
        "SELECT upper(coalesce(o.currency, c.currency)) AS currency, count(*) AS packages,"
        " min(o.creator_id) AS creator_id, any_value(upper(c.currency)) AS of_campaign"
        " FROM offers o JOIN campaigns c USING (campaign_id) WHERE campaign_id = $1"
        " GROUP BY 1 ORDER BY 1 NULLS LAST",
        campaign,
    )
    named = told["currency"].astype(object).where(told["currency"].notna(), None)
    of_campaign = told["of_campaign"].iloc[0] if len(told) else None
    found = set(named) | ({of_campaign} if isinstance(of_campaign, str) else set())
    if len(found) > 1:
        each = ", ".join(
            f"{currency or 'not told'} ({count:,} packages, such as that of creator {creator})"
            for currency, count, creator in zip(
                named, told["packages"], told["creator_id"], strict=True
            )
        )
        budget = f"; the campaign's is {of_campaign}" if isinstance(of_campaign, str) else ""
        raise UserError(
            f"the offers to campaign {campaign} are in several currencies: {each}{budget}. Convert "
            "their fees to one, and name it for all"
        )
    return next(iter(found), None)


def _query(connection: DuckDBPyConnection, sql: str, *values: object) -> pd.DataFrame:
    return _frame(connection.sql(sql, params=list(values)).to_arrow_table())


def _frame(table: pa.Table) -> pd.DataFrame:
    found: pd.DataFrame = table.to_pandas()
    return found
