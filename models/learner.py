"""How the rate is learned: the settings that a search may change, and what they are without one."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any

from models.linear import RIDGE

DEEPEST = 6
"""Largest depth of a tree: what leaves of more conditions contribute is too dear to explain."""


@dataclass(frozen=True)
class Learner:
    """Settings of the trees, by LightGBM's names, and of the linear part.

    Attributes
    ----------
    ridge, penalty : float
        Ridge penalties, in rows, of the history and of the features beside it (`LinearPart.fit`).

    Raises
    ------
    ValueError
        When `max_depth` is not within 1..`DEEPEST`.
    """

    learning_rate: float = 0.03
    num_leaves: int = 6
    max_depth: int = 4
    min_data_in_leaf: int = 60
    lambda_l2: float = 20.0
    bagging_fraction: float = 0.7
    feature_fraction: float = 0.5
    extra_trees: bool = True
    ridge: float = RIDGE
    penalty: float = 1000.0

    def __post_init__(self) -> None:
        # LightGBM takes 0 and less for no limit.
        if not 1 <= self.max_depth <= DEEPEST:
            raise ValueError(f"max_depth is {self.max_depth}: allowed is 1..{DEEPEST}")

    @property
    def trees(self) -> dict[str, Any]:
        """Those of LightGBM."""
        settings = asdict(self)
        del settings["ridge"], settings["penalty"]
        return settings


DEFAULT = Learner()
