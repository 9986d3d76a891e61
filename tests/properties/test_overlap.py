"""What holds of distinct reach, whoever shares whom."""

from __future__ import annotations

from datetime import datetime, timedelta

import numpy as np
import pandas as pd
from hypothesis import given, settings
from hypothesis import strategies as st

from features.asof import forget_after
from features.overlap import Overlap, audience_overlap, distinct_exposed, marginal_share
from tests.market import connect
from tests.random_market import START, STEP, STEPS, random_market

AS_OF = datetime(2024, 6, 1)
EXACT = 1e-9

audiences = st.lists(st.frozensets(st.integers(0, 15)), min_size=2, max_size=6)
amounts = st.floats(0, 1e7, allow_subnormal=False)


def overlap(sets: list[frozenset[int]], kept: int) -> Overlap:
    names = [f"c{i}" for i in range(len(sets))]
    acts = pd.DataFrame(
        [(name, f"p{one}") for name, people in zip(names, sets, strict=True) for one in people],
        columns=["target_id", "actor_id"],
        dtype="str",
    )
    acts["interaction_id"] = [f"i{i}" for i in range(len(acts))]
    acts["occurred_at"], acts["kind"] = pd.Timestamp("2024-05-01"), "like"
    connection = connect({"creators": pd.DataFrame({"creator_id": names}), "interactions": acts})
    return audience_overlap(connection, names, AS_OF, kept=kept)


@settings(max_examples=80, deadline=None)
@given(st.data(), audiences, st.integers(1, 20))
def test_reach_lies_between_largest_and_sum_and_more_creators_add_less_and_less(
    data: st.DataObject, sets: list[frozenset[int]], kept: int
) -> None:
    found = overlap(sets, kept)
    n = len(sets)
    exposed = np.array(data.draw(st.lists(amounts, min_size=n, max_size=n)))
    larger = np.array(data.draw(st.lists(st.booleans(), min_size=n, max_size=n)))
    smaller = larger & np.array(data.draw(st.lists(st.booleans(), min_size=n, max_size=n)))
    one = data.draw(st.integers(0, n - 1))
    slack = EXACT * (1 + exposed.sum())
    few, many = (distinct_exposed(exposed, found, chosen) for chosen in (smaller, larger))
    # Nobody is counted twice, and nobody who is reached is forgotten.
    assert exposed[larger].max(initial=0) - slack <= many <= exposed[larger].sum() + slack
    # One more creator takes nobody away.
    assert few <= many + slack
    # A creator alone reaches whom it reaches.
    assert abs(distinct_exposed(exposed, found, np.array([one])) - exposed[one]) <= slack
    # Who comes later finds fewer who are new: the law of diminishing returns.
    others = np.arange(n) != one
    gains = [
        distinct_exposed(exposed, found, chosen | ~others)
        - distinct_exposed(exposed, found, chosen & others)
        for chosen in (smaller, larger)
    ]
    assert gains[1] <= gains[0] + slack
    shares = [marginal_share(exposed, found, chosen, one) for chosen in (smaller, larger)]
    assert 0 <= shares[1] <= shares[0] + EXACT <= 1 + EXACT or exposed[one] < slack


@settings(max_examples=40, deadline=None)
@given(audiences, st.integers(1, 20))
def test_an_audience_is_shared_in_parts_and_never_whole(
    sets: list[frozenset[int]], kept: int
) -> None:
    found = overlap(sets, kept)
    assert ((found.own > 0) & (found.own <= 1 + EXACT)).all()
    assert (found.cells.sum(axis=0) >= 2).all()
    assert (found.weight >= 1).all()  # each stands for itself at least
    assert found.is_known.tolist() == [bool(one) for one in sets]


@settings(max_examples=25, deadline=None)
@given(
    seed=st.integers(0, 10_000),
    step=st.integers(STEPS // 4, STEPS),
    beside=st.integers(-1, 1),
    kept=st.integers(1, 4),
)
def test_nothing_at_the_moment_or_after_it_counts_nor_does_the_order_of_rows(
    seed: int, step: int, beside: int, kept: int
) -> None:
    tables = random_market(seed)
    moment = START + STEP * step + timedelta(microseconds=beside)
    names = tables["creators"]["creator_id"].tolist()
    found = audience_overlap(connect(tables), names, moment, kept=kept)
    cut = connect(
        {**tables, "interactions": tables["interactions"].sample(frac=1, random_state=seed)}
    )
    forget_after(cut, moment)
    again = audience_overlap(cut, names, moment, kept=kept)
    assert again.people.tobytes() == found.people.tobytes()
    assert again.weight.tobytes() == found.weight.tobytes()
    assert (again.cells != found.cells).nnz == 0
