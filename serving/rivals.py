"""The same budget under the same limits, spent by what else a person might rank by.

What each choice is then expected to bring is told by our scores: they are the best that is known
before a campaign, and they judge their own plan too, so that the comparison says what the others
give up if the scores are right. Whether they are is told by `suasion evaluate`.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt
import pandas as pd

from features.asof import known_outcomes
from features.edges import prepare_edges
from features.streams import record
from features.vectors import without_vectors
from models.baselines import BASELINES, Sight
from models.baselines.klout import DAYS, klout
from models.baselines.scene import Scene
from serving.budget import plan
from serving.greedy import greedy
from serving.limits import Limits
from serving.programme import programme_of

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

Floats = npt.NDArray[np.float64]
Total = Callable[[Sequence[int]], Mapping[str, float]]

RIVALS = ("followers", "reach", "klout", "past_rate", "per_cost")
"""In the order in which they are told."""
MEASURES = ("klout", "past_rate")
"""Columns that `measured` adds to the packages."""


def measured(connection: DuckDBPyConnection, packages: pd.DataFrame) -> pd.DataFrame:
    """What others would have said of the creators at the moment of the scores.

    Parameters
    ----------
    connection : DuckDBPyConnection
        Holds the clean tables of all creators.
    packages : DataFrame
        As from `serving.offered.packages_of`.

    Returns
    -------
    DataFrame
        The packages, with `klout` (`models.baselines.klout`, among all creators known then) and
        `past_rate`: earlier conversions per person exposed, as known then, shrunk to the level that
        the scores expect of this campaign (`models.baselines.trade.past_rate`). Creators of whom it
        knows nothing get what `Baseline.score` gives them; all NaN where it knows nothing of any.
    """
    moment = packages["as_of"].max().tz_localize(None).to_pydatetime()
    record.prepare(connection)
    prepare_edges(connection)
    without_vectors(connection)
    scene = Scene.at(connection, moment, DAYS)
    of_creator = pd.Series(klout(scene), index=scene.creators["creator_id"], dtype=np.float64)
    past = known_outcomes(connection, moment)
    past = past.groupby("creator_id")[["conversions", "exposed"]].sum().astype(np.float64)
    names = packages["creator_id"]
    sight = Sight(
        packages[["campaign_id"]].reset_index(drop=True),
        past.reindex(names).add_prefix("past_").reset_index(drop=True),
        packages["base_log_odds"].to_numpy(np.float64),
        of_creator.reindex(names).rename("klout").to_frame().reset_index(drop=True),
    )
    scores = {
        "klout": _scored("klout", sight),
        # It has a number for everybody: the level of the campaign, where nothing is known.
        "past_rate": _scored("past rate", sight)
        if sight.matrix["past_exposed"].notna().any()
        else np.full(len(packages), np.nan),
    }
    return packages.assign(**scores)


def _scored(name: str, sight: Sight) -> Floats:
    baseline = BASELINES[name]
    return baseline.score(sight) if baseline.knows(sight) else np.full(len(sight.rows), np.nan)


def rivals(
    packages: pd.DataFrame,
    budget: float,
    limits: Limits,
    ours: Sequence[int],
    total: Total,
    *,
    gap: float,
) -> tuple[pd.DataFrame, tuple[str, ...]]:
    """Spend the budget for as much of each measure as it buys, and once by conversions per cost.

    Parameters
    ----------
    ours : sequence of int
        Lines of the plan that is compared.
    total : callable
        What chosen lines bring together.

    Returns
    -------
    found : DataFrame
        One line a way: `by` ("plan", then of `RIVALS` those to be had), and what `total` tells.
    left_out : tuple of str
        The others: a measure that is known of nobody on offer, or a list in order of conversions
        per cost that ends before the limits are met.
    """
    asked = expecting(limits)
    lines = [{"by": "plan", **total(ours)}]
    left_out = []
    for by in RIVALS:
        worth = _worth(packages, by)
        chosen: Sequence[int] | None = None
        if by == "per_cost":
            programme = programme_of(packages.assign(value=worth), budget, asked)
            columns = greedy(programme)
            chosen = None if columns is None else programme.package[columns].tolist()
        elif worth is not None and worth.max() > 0:
            chosen = plan(packages.assign(value=worth), budget, asked, gap=gap).chosen
        if chosen is None:
            left_out.append(by)
        else:
            lines.append({"by": by, **total(chosen)})
    return pd.DataFrame(lines), tuple(left_out)


def expecting(limits: Limits) -> Limits:
    """The limits without what is about conversions: caution, exploration, their value."""
    return replace(limits, caution=None, explore=0.0, value_per_conversion=None)


def _worth(packages: pd.DataFrame, by: str) -> Floats | None:
    """What each package counts for; None where the measure is not there."""
    column = {"reach": "exposed", "per_cost": "conversions"}.get(by, by)
    if column not in packages or packages[column].isna().all():
        return None
    worth = packages[column].to_numpy(np.float64)
    if by == "past_rate":
        worth = worth * packages["exposed"].to_numpy(np.float64)
    return np.asarray(np.nan_to_num(worth), dtype=np.float64)
