"""Who shares whose audience: people who act towards several creators, and reach that counts once.

An audience is the accounts that acted towards a creator in a year, under its posts or in a mention,
told from a sample that all
creators draw alike: the accounts with the smallest hashes (bottom-k MinHash). Whoever is in the
sample of one is looked up in the audiences of all, and stands for 1 / p people of its kind, p being
the largest hash with which it would still be in a sample. Of audiences of at most `KEPT` people
nothing is estimated: the sample is the audience.

A creator whose post reaches `exposed` people reaches them by equal parts through each account of
its audience. Where several reach the same account, they reach the same people by as much as both
can: the most that can be counted twice, so that a plan never promises people who may not be there.

    distinct people of a set S = sum over creators in S of own · exposed
                               + sum over cells of weight · max over creators in S of exposed / size

A cell is all accounts that the same creators share. The sum is a weighted coverage: between the
largest and the sum of what is covered, monotone, and submodular in S (what one more creator adds
only falls the more are chosen), hence a greedy choice comes with its bound of 1 - 1/e, and a MILP
says it in linear terms.

People who never act are seen nowhere, and of those who act, acts towards both creators must have
been read: what is found is a lower bound of what audiences share.

Sources: Cohen and Kaplan (2009), leveraging discarded samples: tighter estimation of multiple-set
aggregates, SIGMETRICS (the sample, 1 / p by rank conditioning); Nemhauser, Wolsey and Fisher
(1978), an analysis of approximations for maximizing submodular set functions I, Mathematical
Programming 14.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt
import pandas as pd
from scipy import sparse

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

Floats = npt.NDArray[np.float64]
Flags = npt.NDArray[np.bool_]
Ints = npt.NDArray[np.int64]

KEPT = 512
"""Accounts of each audience in the sample: a share of a half is told to within .022."""
AUDIENCE_DAYS = 365
OWN_PEOPLE = 5
"""People of its own that each audience has beside those who were seen: few witnesses prove little,
and a creator with one commenter does not share its whole audience because that one reads others."""

_HASHES = 2.0**64

# Creators who act towards each other are peers, some of them by promise (rings), and no audience.
# Who answers a creator under the post of another is that one's audience.
# md5 is the same on every machine; accounts of one hash are taken for one.
_ENGAGED = """
SELECT DISTINCT a.creator, i.hash
FROM (
    SELECT target_id, md5_number_lower(actor_id) AS hash
    FROM interactions i
    LEFT JOIN posts p ON p.post_id = i.post_id AND p.published_at < $as_of
    WHERE i.kind IN ('comment', 'reply', 'mention', 'reshare', 'like')
        AND target_id <> actor_id AND coalesce(p.creator_id = target_id, TRUE)
        AND occurred_at < $as_of AND occurred_at >= $as_of - to_days($days)
        AND target_id IN (SELECT creator_id FROM asked_creators)
        AND actor_id NOT IN (SELECT creator_id FROM creators)
) i JOIN asked_creators a ON a.creator_id = i.target_id
"""

# The first hash that is not kept is the threshold of those that are.
_SAMPLED = """
WITH ranked AS (
    SELECT creator, hash,
        row_number() OVER (PARTITION BY creator ORDER BY hash) AS place,
        nth_value(hash, $kept + 1) OVER (PARTITION BY creator ORDER BY hash
            ROWS BETWEEN UNBOUNDED PRECEDING AND UNBOUNDED FOLLOWING) AS threshold
    FROM engaged
),
sampled AS (
    -- Nothing is left out of a small audience, and every hash would have been kept.
    SELECT hash, bool_or(threshold IS NULL) AS is_certain, max(threshold) AS threshold
    FROM ranked WHERE place <= $kept GROUP BY hash
)
SELECT e.hash, e.creator, CASE WHEN NOT s.is_certain THEN s.threshold END AS threshold
FROM engaged e JOIN sampled s USING (hash)
ORDER BY e.hash, e.creator
"""


@dataclass(frozen=True)
class Overlap:
    """Who shares whose audience among n creators.

    Attributes
    ----------
    creators : tuple of str
        Ids, in the order in which everything else goes by them.
    people : ndarray, shape (n,)
        Accounts that acted towards each: counted up to `KEPT`, estimated beyond; 0 where unknown.
    size : ndarray, shape (n,)
        The same with `OWN_PEOPLE`: by how many parts a creator reaches its people.
    cells : sparse matrix of 0 and 1, shape (n, m)
        Which creators share the accounts of each cell: two at least.
    weight : ndarray, shape (m,)
        Accounts in each cell, as counted or estimated.
    """

    creators: tuple[str, ...]
    people: Floats
    size: Floats
    cells: sparse.csr_array
    weight: Floats

    def __len__(self) -> int:
        return len(self.creators)

    @property
    def is_known(self) -> Flags:
        """Whether anybody was seen to act towards the creator: else no overlap of it is known, and
        its people count as its own.
        """
        return np.asarray(self.people > 0)

    @cached_property
    def own(self) -> Floats:
        """Share of each creator's people that it shares with no other, shape (n,), in (0, 1]."""
        return np.asarray(1 - (self.cells @ self.weight) / self.size)


def audience_overlap(
    connection: DuckDBPyConnection,
    creators: Sequence[str],
    as_of: datetime,
    *,
    days: int = AUDIENCE_DAYS,
    kept: int = KEPT,
) -> Overlap:
    """Who shares whose audience, as known at a moment.

    Parameters
    ----------
    connection : DuckDBPyConnection
        Holds the clean tables `interactions`, `posts` and `creators`, of all creators.
    creators : sequence of str
        Different ids; whoever is not in the tables is unknown.
    as_of : datetime
        Naive UTC; what happened at it or later does not count.
    days : int
        How far it looks back.
    kept : int
        Accounts of each audience in the sample, at least 1.

    Raises
    ------
    ValueError
        When a creator is named twice, or nothing would be kept or looked back on.
    """
    if len(set(creators)) < len(creators):
        twice = pd.Series(list(creators)).duplicated().sum()
        raise ValueError(f"creators must be named once each: {twice} of {len(creators)} are not")
    if kept < 1 or days < 1:
        raise ValueError(f"kept and days must be at least 1, not {kept} and {days}")
    asked = pd.DataFrame({"creator_id": list(creators), "creator": np.arange(len(creators))})
    connection.register("asked_given", asked.astype({"creator_id": "str"}))
    connection.execute(
        "CREATE OR REPLACE TEMP TABLE asked_creators AS"
        " SELECT CAST(creator_id AS VARCHAR) AS creator_id, CAST(creator AS BIGINT) AS creator"
        " FROM asked_given"
    )
    connection.unregister("asked_given")
    connection.execute(
        f"CREATE OR REPLACE TEMP TABLE engaged AS {_ENGAGED}", {"as_of": as_of, "days": days}
    )
    found = connection.sql(_SAMPLED, params={"kept": kept}).to_arrow_table().to_pandas()
    connection.execute("DROP TABLE engaged; DROP TABLE asked_creators")
    threshold = found["threshold"].astype(np.float64).fillna(_HASHES)
    return _cells(
        tuple(creators),
        account=found["hash"].to_numpy(dtype=np.uint64),
        creator=found["creator"].to_numpy(dtype=np.int64),
        stands_for=_HASHES / threshold.to_numpy(),
    )


def _cells(
    creators: tuple[str, ...],
    *,
    account: npt.NDArray[np.uint64],
    creator: Ints,
    stands_for: Floats,
) -> Overlap:
    """Accounts of the sample by who shares them; all arrays one line a membership, sorted."""
    n = len(creators)
    changes = np.flatnonzero(account[1:] != account[:-1]) + 1
    starts = np.append(np.zeros(min(len(account), 1), dtype=np.int64), changes)
    ends = np.append(changes, np.full(min(len(account), 1), len(account)))
    several = ends - starts > 1
    members: dict[bytes, int] = {}
    weight: list[float] = []
    for start, end in zip(starts[several].tolist(), ends[several].tolist(), strict=True):
        cell = members.setdefault(creator[start:end].tobytes(), len(weight))
        if cell == len(weight):
            weight.append(0.0)
        weight[cell] += float(stands_for[start])
    lists = [np.frombuffer(key, dtype=np.int64) for key in members]
    column = np.repeat(np.arange(len(lists)), [len(one) for one in lists])
    row = np.concatenate([np.zeros(0, dtype=np.int64), *lists])
    people = np.bincount(creator, weights=stands_for, minlength=n).astype(np.float64)
    return Overlap(
        creators=creators,
        people=people,
        size=people + OWN_PEOPLE,
        cells=sparse.csr_array((np.ones(len(row)), (row, column)), shape=(n, len(lists))),
        weight=np.array(weight),
    )


def distinct_exposed(exposed: Floats, overlap: Overlap, chosen: Flags | Ints) -> float:
    """People whom the chosen creators reach together, each counted once.

    Parameters
    ----------
    exposed : ndarray, shape (n,)
        People whom each creator reaches, at least 0; or what comes of them in proportion, such as
        conversions: then whoever is reached by several counts as with the best of them.
    overlap : Overlap
        Of the n creators.
    chosen : ndarray
        Mask of shape (n,), or positions, each once.

    Returns
    -------
    float
        Between the largest of the chosen and their sum; 0 where none is chosen.

    Examples
    --------
    Of ten people who act towards each of two creators five act towards both, and five more are
    counted to each: 5 of 15 parts are shared.

    >>> both = sparse.csr_array(np.array([[1.0], [1.0]]))
    >>> ten = np.array([10.0, 10.0])
    >>> shared = Overlap(("a", "b"), ten, ten + OWN_PEOPLE, both, np.array([5.0]))
    >>> round(distinct_exposed(np.array([300.0, 600.0]), shared, np.array([0, 1])), 6)
    800.0
    """
    position = _positions(overlap, chosen)
    reached = np.asarray(exposed, dtype=np.float64)[position]
    shared = overlap.cells[position]
    part = np.repeat(reached / overlap.size[position], np.diff(shared.indptr))
    cells, place = np.unique(shared.indices, return_inverse=True)
    once = np.zeros(len(cells))
    np.maximum.at(once, place, part)
    return float(reached @ overlap.own[position] + once @ overlap.weight[cells])


def marginal_share(
    exposed: Floats, overlap: Overlap, chosen: Flags | Ints, candidate: int
) -> float:
    """Share of a candidate's people whom the chosen creators do not reach, in [0, 1].

    Parameters
    ----------
    exposed, overlap, chosen
        As for `distinct_exposed`.
    candidate : int
        Position; of one that is chosen, the share that is lost without it. 1 where it reaches
        nobody.

    Examples
    --------
    >>> both = sparse.csr_array(np.array([[1.0], [1.0]]))
    >>> ten = np.array([10.0, 10.0])
    >>> shared = Overlap(("a", "b"), ten, ten + OWN_PEOPLE, both, np.array([5.0]))
    >>> round(marginal_share(np.array([300.0, 600.0]), shared, np.array([1]), 0), 6)
    0.666667
    """
    if exposed[candidate] <= 0:
        return 1.0
    others = _positions(overlap, chosen)
    others = others[others != candidate]
    more = distinct_exposed(exposed, overlap, np.append(others, candidate))
    gain = more - distinct_exposed(exposed, overlap, others)
    return float(np.clip(gain / exposed[candidate], 0.0, 1.0))


def shared_people(overlap: Overlap) -> sparse.csr_array:
    """Accounts that each two creators share, symmetric, shape (n, n); the diagonal is left empty.

    Divided by `people` of a row it is the containment of that audience in the other one; divided by
    the people of both less itself, their Jaccard similarity.
    """
    weighted = overlap.cells * overlap.weight[None, :]
    found = sparse.csr_array(weighted @ overlap.cells.T)
    found.setdiag(0)
    found.eliminate_zeros()
    return found


def _positions(overlap: Overlap, chosen: Flags | Ints) -> Ints:
    given = np.asarray(chosen)
    if given.dtype == np.bool_:
        if given.shape != (len(overlap),):
            raise ValueError(f"a mask must be of shape ({len(overlap)},), not {given.shape}")
        return np.flatnonzero(given).astype(np.int64)
    if len(np.unique(given)) < len(given):
        raise ValueError("chosen names a creator twice")
    return given.astype(np.int64)
