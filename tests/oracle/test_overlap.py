"""The sample of audiences beside plain arithmetic of whole sets."""

from __future__ import annotations

from datetime import datetime
from functools import cache

import numpy as np
import pandas as pd
import pytest

from features.overlap import KEPT, OWN_PEOPLE, Overlap, audience_overlap, distinct_exposed
from features.overlap import shared_people as shared_by_two
from tests.market import connect

AS_OF = datetime(2024, 6, 1)


@cache
def audiences(creators: int, seed: int = 0) -> tuple[frozenset[str], ...]:
    """Audiences of 3 to 6,000 of 20,000 accounts, the first of which read the most."""
    rng = np.random.default_rng(seed)
    weight = 1 / np.arange(10, 20_010)
    size = np.exp(rng.uniform(np.log(3), np.log(6000), creators)).astype(int)
    return tuple(
        frozenset(
            f"p{i}" for i in rng.choice(len(weight), n, replace=False, p=weight / weight.sum())
        )
        for n in size
    )


def overlap(sets: tuple[frozenset[str], ...], kept: int) -> Overlap:
    names = [f"c{i}" for i in range(len(sets))]
    pairs = [(name, actor) for name, actors in zip(names, sets, strict=True) for actor in actors]
    acts = pd.DataFrame(pairs, columns=["target_id", "actor_id"])
    acts["interaction_id"] = [f"i{i}" for i in range(len(acts))]
    acts["occurred_at"], acts["kind"] = pd.Timestamp("2024-05-01"), "like"
    connection = connect({"creators": pd.DataFrame({"creator_id": names}), "interactions": acts})
    return audience_overlap(connection, names, AS_OF, kept=kept)


def plain_distinct(
    exposed: np.ndarray, sets: tuple[frozenset[str], ...], chosen: list[int]
) -> float:
    """Every account as often as the best of the chosen reaches it; five more of each one's own."""
    part = {c: exposed[c] / (len(sets[c]) + OWN_PEOPLE) for c in chosen}
    people = set().union(*(sets[c] for c in chosen))
    shared = sum(max(part[c] for c in chosen if person in sets[c]) for person in people)
    return shared + sum(OWN_PEOPLE * part[c] for c in chosen)


def plain_shared(sets: tuple[frozenset[str], ...]) -> np.ndarray:
    return np.array(
        [[len(a & b) if a is not b else 0 for b in sets] for a in sets], dtype=np.float64
    )


def test_a_sample_of_everybody_is_plain_arithmetic_of_sets() -> None:
    sets = audiences(12)
    found = overlap(sets, kept=6000)
    assert found.people.tolist() == [len(one) for one in sets]
    assert (shared_by_two(found).toarray() == plain_shared(sets)).all()
    rng = np.random.default_rng(1)
    for _ in range(20):
        exposed = np.exp(rng.uniform(0, 12, 12))
        chosen = rng.choice(12, rng.integers(1, 13), replace=False)
        assert distinct_exposed(exposed, found, chosen) == pytest.approx(
            plain_distinct(exposed, sets, chosen.tolist())
        )


def test_a_sample_tells_sizes_and_shared_people_without_leaning() -> None:
    sets = audiences(60, seed=2)
    found = overlap(sets, kept=KEPT)
    size = np.array([len(one) for one in sets], dtype=np.float64)
    # Those that fit into the sample are counted.
    small = size <= KEPT
    assert 10 < small.sum() < 50
    assert found.people[small].tolist() == size[small].tolist()
    # The others err by at most 1 / sqrt(510) = .044 of their size, whoever else is sampled beside
    # them; the worst of some 30 by less than four of them.
    error = (found.people / size - 1)[~small]
    assert np.abs(error).max() < 4 * 0.0443
    told, true = shared_by_two(found).toarray(), plain_shared(sets)
    one, other = np.triu_indices(60, 1)
    told, true = told[one, other], true[one, other]
    # Sampled with .08 at the least, n shared people err by at most sqrt(n / .08).
    assert (np.abs(told - true) <= 5 * np.sqrt(np.maximum(true, 1) / 0.08)).all()
    assert np.corrcoef(told, true)[0, 1] > 0.99
    assert told.sum() == pytest.approx(true.sum(), rel=0.05)


def test_a_sample_tells_the_people_reached_by_many_within_a_few_percent() -> None:
    sets = audiences(60, seed=3)
    found = overlap(sets, kept=KEPT)
    rng = np.random.default_rng(4)
    ratio, saved = [], []
    for _ in range(30):
        chosen = rng.choice(60, 12, replace=False)
        # What is reached grows with the audience, as everywhere.
        exposed = np.array([len(one) for one in sets]) * np.exp(rng.normal(1, 0.5, 60))
        true = plain_distinct(exposed, sets, chosen.tolist())
        ratio.append(distinct_exposed(exposed, found, chosen) / true)
        saved.append(1 - true / exposed[chosen].sum())
    assert np.mean(saved) > 0.15  # there is something to tell
    assert np.abs(np.array(ratio) - 1).max() < 0.06
    assert np.mean(ratio) == pytest.approx(1, abs=0.02)
