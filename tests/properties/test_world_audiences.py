"""Audiences of the simulated market: drawn by the law that its truth states, and found again."""

from __future__ import annotations

from datetime import datetime
from functools import cache

import numpy as np
import pandas as pd
import pytest

from features.overlap import Overlap, audience_overlap, distinct_exposed, shared_people
from tests.market import connect
from training.world import World, simulate
from training.world.readership import Readership, readership

CREATORS, MONTHS, SEEDS = 300, 9, (0, 1)
SMALL_SAMPLE = 64
END = datetime(2030, 1, 1)


@cache
def world(seed: int) -> World:
    """A market whose audiences overlap so far that it can be measured."""
    return simulate(creators=CREATORS, months=MONTHS, seed=seed, reads=0.6, readers=60)


def found(of: World, kept: int) -> Overlap:
    names = ("creators", "interactions")
    posts = of.tables["posts"].drop(columns="domains")
    connection = connect({**{name: of.tables[name] for name in names}, "posts": posts})
    return audience_overlap(connection, ids(of), END, days=5000, kept=kept)


@cache
def told(seed: int, kept: int) -> Overlap:
    return found(world(seed), kept)


def ids(of: World) -> list[str]:
    return [str(name) for name in of.tables["creators"]["creator_id"]]


@cache
def truth(seed: int) -> Readership:
    return readership(world(seed).truth["audiences"], ids(world(seed)))


def choices(seed: int) -> list[tuple[np.ndarray, np.ndarray]]:
    """For each campaign, what its candidates reach, and twelve of them."""
    place = {name: i for i, name in enumerate(ids(world(seed)))}
    rng = np.random.default_rng(seed)
    drawn = []
    for _, rows in world(seed).truth["potential"].query("posts == 1").groupby("campaign_id"):
        candidates = rows["creator_id"].map(place).to_numpy()
        exposed = np.zeros(CREATORS)
        exposed[candidates] = rows["true_reach"]
        drawn.append((exposed, rng.choice(candidates, min(12, len(candidates)), replace=False)))
    return drawn


def sums(seed: int, kept: int) -> tuple[np.ndarray, np.ndarray]:
    """Share of the summed reach that is distinct, of each campaign's twelve: found, and true."""
    shares = np.array(
        [
            (
                distinct_exposed(exposed, told(seed, kept), chosen) / exposed[chosen].sum(),
                truth(seed).distinct(exposed, chosen) / exposed[chosen].sum(),
            )
            for exposed, chosen in choices(seed)
        ]
    )
    return shares[:, 0], shares[:, 1]


def test_a_truth_by_hand_is_what_the_law_says() -> None:
    rows = [
        # Every act is by one of four readers, u^1.5 · 4 cut to whole numbers: 0 with
        # (1/4)^(2/3) = .397.
        ("a", "readers", "baking en", 1, 1.0, 4.0),
        ("b", "readers", "baking en", 1, 1.0, 4.0),
        ("c", "readers", "baking fr", 1, 1.0, 4.0),
        # Two acts of four equally likely helpers, each with a half: 4 (1 - (7/8)²) = .9375.
        ("c", "helpers", None, 2, 0.5, 4.0),
    ]
    columns = ["creator_id", "kind", "community", "acts", "chance", "accounts"]
    stated = readership(pd.DataFrame(rows, columns=columns), ["a", "b", "c", "nobody"])
    assert stated.people == pytest.approx([1, 1, 1.9375, 0])
    edges = (np.arange(5) / 4) ** (2 / 3)
    p = np.diff(edges)
    assert stated.shared[0, 1] == pytest.approx((p**2).sum())
    assert stated.shared[2].tolist() == [0, 0, 0, 0]
    # a reaches 10 through its account, b 4: 14 less the 4 that both have with probability p².
    exposed = np.array([10.0, 4.0, 0.0, 0.0])
    assert stated.distinct(exposed, np.array([0, 1])) == pytest.approx(14 - 4 * (p**2).sum())
    assert stated.distinct(exposed, np.array([1])) == pytest.approx(4)


@pytest.mark.parametrize("seed", SEEDS)
def test_audiences_are_as_large_and_shared_as_the_truth_expects(seed: int) -> None:
    # Everybody is in a sample of 512: these are counts, and each errs by less than its root.
    counted = told(seed, 512)
    assert counted.people.max() <= 512
    people = truth(seed).people
    assert (np.abs(counted.people - people) <= 5 * np.sqrt(people + 1)).all()
    assert counted.people.sum() == pytest.approx(people.sum(), rel=0.01)
    one, other = np.triu_indices(CREATORS, 1)
    shared, expected = shared_people(counted).toarray()[one, other], truth(seed).shared[one, other]
    # The law knows all ways to share: who speaks another language shares nobody.
    assert (shared[expected == 0] == 0).all()
    assert expected[expected > 0].mean() > 4
    # One reader makes up to hundreds of pairs, which do not err apart: 3 % of the sum.
    assert shared.sum() == pytest.approx(expected.sum(), rel=0.03)


@pytest.mark.parametrize("kept", [512, SMALL_SAMPLE])
@pytest.mark.parametrize("seed", SEEDS)
def test_shared_audiences_are_found_in_the_order_and_size_of_the_truth(
    seed: int, kept: int
) -> None:
    one, other = np.triu_indices(CREATORS, 1)
    expected = truth(seed).shared[one, other]
    estimate = shared_people(told(seed, kept)).toarray()[one, other]
    pairs = pd.DataFrame({"estimate": estimate, "expected": expected})[expected > 0]
    # Within a language, where someone is shared at all; a count of 6 errs by 2.4 of itself, which
    # no estimate can tell apart.
    assert pairs["estimate"].corr(pairs["expected"], method="spearman") > 0.85
    # Calibrated: in each fifth of the pairs by what is expected, as many are found on average.
    fifths = pairs.groupby(pd.qcut(pairs["expected"], 5), observed=True).mean()
    assert fifths["estimate"].to_numpy() == pytest.approx(fifths["expected"].to_numpy(), rel=0.08)


@pytest.mark.parametrize("kept", [512, SMALL_SAMPLE])
@pytest.mark.parametrize("seed", SEEDS)
def test_distinct_reach_of_campaigns_is_found_and_leans_to_the_plain_sum(
    seed: int, kept: int
) -> None:
    estimate, expected = sums(seed, kept)
    assert 1 - expected.mean() > 0.1  # there is something to find
    assert pd.Series(estimate).corr(pd.Series(expected), method="spearman") > 0.9
    # Five people of its own that each audience is given beside some 70: the overlap found is a few
    # percent less than there is, and never more than it by much.
    saved = (1 - estimate.mean()) / (1 - expected.mean())
    assert 0.88 < saved < 1.0
    assert np.abs(estimate - expected).max() < 0.05


def test_as_simulated_by_default_audiences_hardly_overlap() -> None:
    # `docs/market.md` says so: a plan on that market gains next to nothing by counting once.
    plain = simulate(creators=CREATORS, months=MONTHS, seed=0)
    stated = readership(plain.truth["audiences"], ids(plain))
    one, other = np.triu_indices(CREATORS, 1)
    expected = stated.shared[one, other]
    assert 0.04 < expected[expected > 0].mean() < 0.09
    counted = found(plain, 512)
    shared = shared_people(counted).toarray()[one, other]
    # Some 1,600 are shared in all: one standard error is 2 to 3 %.
    assert shared.sum() == pytest.approx(expected.sum(), rel=0.1)


def test_a_market_without_readers_shares_nobody_and_one_of_readers_only_everybody() -> None:
    options = {"creators": 40, "months": 4, "seed": 1}
    alone = simulate(**options, reads=0.0)
    assert shared_people(found(alone, 512)).nnz == 0
    assert readership(alone.truth["audiences"], ids(alone)).shared.max() == 0
    together = readership(simulate(**options, reads=1.0, readers=1).truth["audiences"], ids(alone))
    assert together.shared.max() > 5
    with pytest.raises(ValueError, match=r"not 1.5 and 400"):
        simulate(**options, reads=1.5)
