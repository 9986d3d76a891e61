"""Campaigns that can be planned: what each is offered, with what is expected of it."""

from __future__ import annotations

import logging
import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from textwrap import shorten

import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq

from features.errors import UserError
from features.overlap import Overlap
from features.source import Market
from features.tables import NEEDS
from serving.offered import currency_of, packages_of, scores_of, tiered
from serving.provenance import Provenance, provenance_of
from serving.rivals import measured
from serving.shared_audience import overlap_of

log = logging.getLogger("suasion.planner")

NAMED_BY = 70
"""Signs of a brief that a campaign is called by."""
ROUND = (1, 2, 5)
PART = 3
"""The budget to begin with is about this part of what all creators cost."""


@dataclass(frozen=True)
class Plannable:
    """A campaign with all that a plan of it needs.

    Attributes
    ----------
    brand, currency : str, optional
        None where the data do not tell.
    starts_at : datetime
        UTC, naive.
    packages : DataFrame
        As `serving.offered.packages_of`, with `tier` and what `serving.rivals.measured` adds.
    unscored : tuple of str
        Creators on offer without a score.
    overlap : Overlap, optional
        Who of the creators shares whose audience; without it, audiences are added up.
    origin : Provenance
        What the scores rest on.
    changed : tuple of str
        Tables that are not as they were when they were scored.
    brief : str, optional
        What the campaign is about, where it goes by that and not by its id.
    """

    campaign_id: str
    brand: str | None
    currency: str | None
    starts_at: datetime
    packages: pd.DataFrame
    unscored: tuple[str, ...]
    overlap: Overlap | None = None
    origin: Provenance = field(default_factory=lambda: Provenance(is_told=False))
    changed: tuple[str, ...] = ()
    brief: str | None = None

    @property
    def name(self) -> str:
        """What the campaign is called: the beginning of its brief, or its id."""
        if self.brief is None:
            return self.campaign_id
        return f"“{shorten(self.brief, NAMED_BY, placeholder='…')}”"

    @property
    def creators(self) -> frozenset[str]:
        """Those who offer a package that has a score."""
        return frozenset(self.packages["creator_id"])

    @property
    def model_version(self) -> str:
        """The model that scored it."""
        return str(self.packages["model_version"].iloc[0])

    @property
    def budget(self) -> float:
        """A budget to begin with: round, and enough for some."""
        cheapest = self.packages.groupby("creator_id")["cost"].min()
        return rounded(max(float(cheapest.sum()) / PART, float(cheapest.min())))


def rounded(amount: float) -> float:
    """The next round amount: 1, 2 or 5 with zeros.

    Examples
    --------
    >>> [rounded(amount) for amount in (0.0, 3.0, 5.0, 1_234.0)]
    [1.0, 5.0, 5.0, 2000.0]
    """
    if amount <= 0:
        return 1.0
    unit = 10.0 ** math.floor(math.log10(amount))
    return next((step * unit for step in ROUND if step * unit >= amount), 10 * unit)


def plannable(
    market: Market,
    campaign: str,
    scores: pd.DataFrame,
    origin: Provenance,
    *,
    brief: str | None = None,
) -> Plannable:
    """A campaign of the data, with its scores.

    Raises
    ------
    UserError
        As `serving.offered.packages_of` and `currency_of`.
    """
    connection = market.connection
    packages, unscored = packages_of(connection, campaign, scores)
    needs, uses = NEEDS["plan"]
    read = {name: of for name, of in market.tables.items() if name in needs | uses}
    inputs = {name: of.sha256 for name, of in read.items() if of.present}
    brand, starts_at = connection.execute(
        "SELECT brand, starts_at FROM campaigns WHERE campaign_id = $1", [campaign]
    ).fetchall()[0]
    return Plannable(
        campaign_id=campaign,
        brand=str(brand) if brand else None,
        currency=currency_of(connection, campaign),
        starts_at=starts_at,
        packages=measured(connection, tiered(packages)),
        unscored=tuple(unscored),
        overlap=overlap_of(connection, packages),
        origin=origin,
        changed=tuple(origin.changed(inputs)),
        brief=brief,
    )


def every_plannable(market: Market, scores: Path) -> Mapping[str, Plannable]:
    """All campaigns that have scores and are offered packages, by id.

    Raises
    ------
    UserError
        Exit 2: no file of scores, or no campaign with both.
    """
    path = scores / "scores.parquet" if scores.is_dir() else scores
    rows = market.connection.sql("SELECT campaign_id FROM offers").fetchall()
    offered = {name for (name,) in rows}
    scored: set[str] = set()
    if path.is_file():
        try:
            column = pq.read_table(path, columns=["campaign_id"])["campaign_id"]
        except (OSError, pa.ArrowException) as error:
            raise UserError(
                f"{path} is no file of scores ({error}): give what suasion score --out wrote"
            ) from error
        scored = set(column.unique().to_pylist())
    else:
        raise UserError(
            f"no scores at {path}: run suasion score DATA --out OUT, and give --scores OUT"
        )
    found, origin = {}, provenance_of(scores)
    for campaign in sorted(scored & offered):
        try:
            found[campaign] = plannable(market, campaign, scores_of(scores, campaign), origin)
        except UserError as error:
            if len(scored & offered) == 1:
                raise
            log.warning("%s is left out: %s", campaign, error)
    if not found:
        raise UserError(
            f"no campaign has both scores in {path} ({len(scored)} campaigns) and offers in the "
            f"data ({len(offered)} campaigns): score one that is offered packages, with "
            "suasion score DATA --campaign ID --out OUT"
        )
    return found
