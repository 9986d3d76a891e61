"""Whether limits can be met together, and the cheapest way.

Only numbers and amounts matter here, not what packages are worth: of creators alike in every limit
but money, the cheapest serve as well as any, and a plan needs no more of them than all lower limits
ask for together. So a small programme answers for a large one, exactly.
"""

from __future__ import annotations

import math
from collections import defaultdict
from dataclasses import replace

import numpy as np
import numpy.typing as npt

from serving.programme import Programme
from serving.search import search

Ints = npt.NDArray[np.int64]


def a_choice(programme: Programme) -> Ints | None:
    """Columns of a cheap choice that meets all limits; None where none does."""
    if not (programme.low > 0).any():
        return np.empty(0, dtype=np.int64)
    kept = enough(programme)
    small = programme.columns(kept)
    found, _ = search(replace(small, value=-small.cost), np.arange(len(kept)), 1.0)
    return None if found is None else kept[found]


def enough(programme: Programme) -> Ints:
    """Columns among which a choice meets some of the limits, if any choice does, and as cheaply."""
    need = math.ceil(programme.low[programme.low > 0].sum())
    matrix = programme.matrix.tocsc()
    told = [
        matrix.indices[a:b].tobytes()
        for a, b in zip(matrix.indptr[:-1], matrix.indptr[1:], strict=True)
    ]
    # Of a creator, one column for each way to count; the cheapest comes first.
    order = np.lexsort((programme.cost, programme.creator))
    ways: dict[int, dict[bytes, int]] = defaultdict(dict)
    for column in order.tolist():
        ways[int(programme.creator[column])].setdefault(told[column], column)
    alike: dict[tuple[bytes, ...], list[dict[bytes, int]]] = defaultdict(list)
    for of in ways.values():
        alike[tuple(sorted(of))].append(of)
    kept: set[int] = set()
    for key, creators in alike.items():
        for way in key:
            columns = [of[way] for of in creators]
            by_cost = np.argsort(programme.cost[columns], kind="stable")[:need]
            kept.update(columns[place] for place in by_cost.tolist())
    return np.array(sorted(kept), dtype=np.int64)
