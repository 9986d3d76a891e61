"""On a market whose audiences overlap, planning with overlap reaches more people's conversions.

Both plans are made of true expected conversions at the same budget, so that nothing but overlap
differs; both are judged by the truth of who reads whom, which neither knew.
"""

from __future__ import annotations

from datetime import datetime

import numpy as np
import pandas as pd
import pytest

from features.overlap import Overlap, audience_overlap
from serving.budget import plan
from serving.limits import Limits
from tests.market import connect
from training.world import World, simulate
from training.world.readership import readership

END = datetime(2030, 1, 1)
BUDGET = 0.25  # of the cheapest packages of all on offer


@pytest.fixture(scope="module")
def world() -> World:
    return simulate(creators=300, months=9, seed=0, reads=0.6, readers=60)


@pytest.fixture(scope="module")
def reached(world: World) -> pd.DataFrame:
    """One line a campaign: true conversions, people counted once, of plans that know no overlap,
    what was seen of it when the campaign was decided, and what is seen in the end.
    """
    posts = world.tables["posts"].drop(columns="domains")
    names = ("creators", "interactions")
    connection = connect({**{name: world.tables[name] for name in names}, "posts": posts})
    everyone = sorted(world.tables["creators"]["creator_id"])
    truth = readership(world.truth["audiences"], everyone)
    place = {name: i for i, name in enumerate(everyone)}
    at_end = audience_overlap(connection, everyone, END, days=5000)
    decided = world.tables["campaigns"].set_index("campaign_id")["decided_at"]
    lines = []
    for campaign, on_offer in world.truth["potential"].groupby("campaign_id"):
        if int(str(campaign)[1:]) % 4 != 3:  # a quarter of them are enough
            continue
        packages = on_offer[["creator_id", "package", "posts"]].assign(
            cost=on_offer["fee"], conversions=on_offer["true_reach"] * on_offer["true_rate"]
        )
        budget = BUDGET * packages.groupby("creator_id")["cost"].min().sum()
        as_of = decided[campaign].to_pydatetime()
        seen = audience_overlap(connection, sorted(set(packages["creator_id"])), as_of)

        def truly(
            overlap: Overlap | None, packages: pd.DataFrame = packages, budget: float = budget
        ) -> float:
            made = plan(packages, budget, Limits(), overlap=overlap)
            chosen = packages.iloc[list(made.chosen)]
            conversions = np.zeros(len(everyone))
            at = chosen["creator_id"].map(place).to_numpy()
            conversions[at] = chosen["conversions"]
            return truth.distinct(conversions, at)

        lines.append({"none": truly(None), "seen": truly(seen), "all": truly(at_end)})
    return pd.DataFrame(lines)


def test_what_is_seen_of_overlap_when_a_campaign_is_decided_already_helps(
    reached: pd.DataFrame,
) -> None:
    assert len(reached) > 10
    assert reached["seen"].sum() > 1.005 * reached["none"].sum()
    # What is seen early is a part of what there is; it may mislead, but not by much.
    assert (reached["seen"] > 0.98 * reached["none"]).all()


def test_the_more_is_seen_of_overlap_the_better_and_seen_whole_it_does_no_harm(
    reached: pd.DataFrame,
) -> None:
    assert reached["all"].sum() >= reached["seen"].sum()
    # The truth expects, the acts were drawn: equal plans may come out in another order by a hair.
    assert (reached["all"] > (1 - 1e-3) * reached["none"]).all()
