"""One simulated market that several tests look at, and what its truth says of its creators."""

from __future__ import annotations

from functools import cache

import pandas as pd

from training.world import World, simulate


@cache
def world() -> World:
    return simulate(creators=500, months=9, seed=2)


@cache
def creators() -> pd.DataFrame:
    return world().truth["creators"].set_index("creator_id")
