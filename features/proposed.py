"""A campaign that is not in the data yet: its brief, when it starts, and who offers what.

It is put beside the campaigns of the data as if it stood there: whatever looks at the market then
sees it as any other that has not begun.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

from features.errors import UserError
from features.tables import TABLES, Table

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

FIRST, AFTER = datetime(1990, 1, 1), datetime(2101, 1, 1)


@dataclass(frozen=True)
class Proposed:
    """A campaign to be.

    Attributes
    ----------
    brief : str
        What it is about, in words.
    starts_at : datetime
        Naive UTC.
    decided_at : datetime, optional
        When creators are chosen; they are looked at as known then, else as known at the start.
    offers : Path
        A Parquet or CSV file with the contract's table `offers`, of this campaign alone and so
        without `campaign_id`.
    brand, language, country, currency : str, optional
        As in the contract's table `campaigns`.
    """

    brief: str
    starts_at: datetime
    offers: Path
    brand: str | None = None
    language: str | None = None
    country: str | None = None
    currency: str | None = None
    decided_at: datetime | None = None

    @property
    def campaign_id(self) -> str:
        """An id that follows from what the campaign is, and from nothing else."""
        told = json.dumps([self.brief, *map(str, self._times()), *self._words().values()])
        return f"brief-{hashlib.sha256(told.encode()).hexdigest()[:12]}"

    def _times(self) -> tuple[datetime, datetime | None]:
        return self.starts_at, self.decided_at

    def _words(self) -> dict[str, str | None]:
        names = ("brand", "language", "country", "currency")
        return {name: (getattr(self, name) or "").strip() or None for name in names}

    def check(self) -> None:
        """Look at what can be wrong before any data are read.

        Raises
        ------
        UserError
            Exit 2: a brief without words, a time outside of 1990..2100, no file of offers.
        """
        if not self.brief.strip():
            raise UserError("--brief is empty: say in words what the campaign is about")
        for option, moment in zip(("--starts", "--decided"), self._times(), strict=True):
            if moment is not None and not FIRST <= moment < AFTER:
                raise UserError(f"{option} {moment:%Y-%m-%d} lies outside 1990..2100")
        if not self.offers.is_file():
            raise UserError(
                f"no file of offers at {self.offers}: give a Parquet or CSV file with creator_id "
                "and fee, and where there are any package and posts"
            )
        if not self.offers.name.lower().endswith((".parquet", ".csv", ".csv.gz")):
            raise UserError(
                f"{self.offers} is named neither .parquet nor .csv: write the offers as one of them"
            )

    def enter(self, connection: DuckDBPyConnection) -> None:
        """Put the campaign into clean tables of which `offers` is `OFFERS_OF_ONE`."""
        columns = {
            "campaign_id": self.campaign_id,
            "brief": self.brief,
            "starts_at": self.starts_at,
            "decided_at": self.decided_at,
            "attribution_days": _default_days(),
            **self._words(),
        }
        places = ", ".join("?" for _ in columns)
        connection.execute(
            f"INSERT INTO campaigns ({', '.join(columns)}) VALUES ({places})",
            list(columns.values()),
        )
        names = ", ".join(c.name for c in TABLES["offers"].columns)
        # A table, not a view: it is asked from other connections too.
        connection.execute(
            f"CREATE TABLE offers_of_all AS SELECT {names} FROM"
            " (SELECT CAST(? AS VARCHAR) AS campaign_id, * FROM offers)",
            [self.campaign_id],
        )
        connection.execute("DROP TABLE offers")
        connection.execute("ALTER TABLE offers_of_all RENAME TO offers")


def _default_days() -> float | str | None:
    return next(c.default for c in TABLES["campaigns"].columns if c.name == "attribution_days")


def _of_one(offers: Table) -> Table:
    """The table of offers, of one campaign."""
    return replace(
        offers,
        columns=tuple(column for column in offers.columns if column.name != "campaign_id"),
        key=tuple(name for name in offers.key if name != "campaign_id"),
        order=tuple(name for name in offers.order if name != "campaign_id"),
        parents=_without_campaign(offers.parents),
    )


def _without_campaign(parents: Mapping[str, str]) -> Mapping[str, str]:
    return {column: parent for column, parent in parents.items() if column != "campaign_id"}


OFFERS_OF_ONE = _of_one(TABLES["offers"])
"""The contract's table `offers` without `campaign_id`."""
