"""What a baseline is: a score of rows, with what it claims, where it is from, and what it lacks."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Literal

import numpy as np
import numpy.typing as npt
import pandas as pd

Floats = npt.NDArray[np.float64]


@dataclass(frozen=True)
class Sight:
    """What a baseline may look at, one line a row everywhere: what was known at its decision.

    Attributes
    ----------
    rows : DataFrame
        `campaign_id`, and `fee` where it is known.
    matrix : DataFrame
        Features of the whole catalogue, NaN where unknown.
    base_log_odds : ndarray
        Expected level of each row's campaign, NaN where unknown.
    network : DataFrame
        What `network_scores` gives.
    """

    rows: pd.DataFrame
    matrix: pd.DataFrame
    base_log_odds: Floats
    network: pd.DataFrame


@dataclass(frozen=True)
class Baseline:
    """A score that others would rank by.

    Attributes
    ----------
    claims : str
        What it is said to measure.
    source : str
        Where its formula is from.
    of : {"person", "creator"}
        What its number is per: per person reached, so that it is multiplied by a reach to spend
        money by, or per creator, so that it stands by itself.
    compute : callable
        One number a row, NaN where unknown.
    lacks : mapping
        Terms of its formula that have weight 0, and why.
    asks : mapping
        Columns of rows that may be unknown -> the term that each is; unknown in all rows, it has
        weight 0.
    """

    name: str
    claims: str
    source: str
    of: Literal["person", "creator"]
    compute: Callable[[Sight], Floats]
    lacks: Mapping[str, str] = field(default_factory=dict)
    asks: Mapping[str, str] = field(default_factory=dict)

    def lacks_in(self, rows: pd.DataFrame) -> dict[str, str]:
        """Terms that have weight 0 in these rows, and why."""
        unknown = {
            term: "no row tells them"
            for column, term in self.asks.items()
            if column not in rows or rows[column].isna().all()
        }
        return {**self.lacks, **unknown}

    def knows(self, sight: Sight) -> bool:
        """Whether it knows anything of any row."""
        return bool(np.isfinite(np.asarray(self.compute(sight), dtype=np.float64)).any())

    def score(self, sight: Sight) -> Floats:
        """One number a row, shape (n,), higher is better; the unknown at the median of the known.

        Examples
        --------
        >>> matrix = pd.DataFrame({"log_followers": [3.0, np.nan, 5.0]})
        >>> sight = Sight(pd.DataFrame(), matrix, np.zeros(3), pd.DataFrame())
        >>> fame = Baseline(
        ...     "fame", "fame", "", "creator", lambda s: s.matrix["log_followers"].to_numpy()
        ... )
        >>> fame.score(sight).tolist()
        [3.0, 4.0, 5.0]
        """
        values = np.asarray(self.compute(sight), dtype=np.float64)
        known = ~np.isnan(values)
        return np.where(known, values, np.median(values[known]) if known.any() else 0.0)
