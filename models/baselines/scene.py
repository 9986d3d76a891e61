"""What a network score looks at: all creators at one moment, and who reacted to them."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt
import pandas as pd

from features.edges import creators_at, posts_at, reactions_at

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

Ints = npt.NDArray[np.int64]


@dataclass(frozen=True)
class Scene:
    """All creators known at a moment, with what happened before it.

    Attributes
    ----------
    creators : DataFrame
        As `edges.creators_at` gives them; their position is what the others name them by.
    reactions : DataFrame
        As `edges.reactions_at` gives them, sorted by actor and target, with `target` the position
        of a creator and `own` that of the actor, -1 where it is no creator.
    posts : DataFrame
        As `edges.posts_at` gives them, with the position `creator` of who wrote them.
    """

    creators: pd.DataFrame
    reactions: pd.DataFrame
    posts: pd.DataFrame

    @classmethod
    def at(cls, connection: DuckDBPyConnection, as_of: datetime, days: int) -> Scene:
        """Look back from a moment; `edges.prepare_edges` and `edges.read_topics` come before."""
        creators = creators_at(connection, as_of)
        return cls.of(
            creators, reactions_at(connection, as_of, days), posts_at(connection, as_of, days)
        )

    @classmethod
    def of(cls, creators: pd.DataFrame, reactions: pd.DataFrame, posts: pd.DataFrame) -> Scene:
        """Put positions for accounts; what concerns a creator not yet known is left out."""
        account = creators["account"].to_numpy(np.int64)
        reactions = reactions.assign(
            own=_place(account, reactions["actor"]), target=_place(account, reactions["target"])
        )
        posts = posts.assign(creator=_place(account, posts["account"]))
        return cls(
            creators,
            reactions[reactions["target"] >= 0].reset_index(drop=True),
            posts[posts["creator"] >= 0].reset_index(drop=True),
        )

    def within(self, days: float) -> Scene:
        """Only what happened in the last days."""
        reactions, posts = self.reactions, self.posts
        return replace(
            self,
            reactions=reactions[reactions["age_days"] <= days].reset_index(drop=True),
            posts=posts[posts["age_days"] <= days].reset_index(drop=True),
        )

    def about(self, texts: pd.Series) -> Scene:
        """Only what is about some texts."""
        reactions, posts = self.reactions, self.posts
        return replace(
            self,
            reactions=reactions[reactions["text_key"].isin(texts)].reset_index(drop=True),
            posts=posts[posts["text_key"].isin(texts)].reset_index(drop=True),
        )


def _place(account: Ints, wanted: pd.Series) -> Ints:
    """Position of accounts among the sorted accounts of creators, -1 for others."""
    sought = wanted.to_numpy(np.int64)
    if not len(account):
        return np.full(len(sought), -1, dtype=np.int64)
    place = np.minimum(np.searchsorted(account, sought), len(account) - 1)
    return np.where(account[place] == sought, place, -1)
