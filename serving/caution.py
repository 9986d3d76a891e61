"""A plan for a bad year: a lower quantile of the total over joint draws, in place of its mean.

The planner plays against the draws. It starts with the plan of largest expected value; each turn
gives more weight to the draws in which the last plan fared worst (its lower tail) and plans anew
for the weighted draws, which is a programme as before. Of all plans seen, the one with the best
quantile is kept.

What is guaranteed: on the draws given, the plan's quantile is never below that of the first plan,
and it meets all limits. What is not: that no other plan has a better quantile, for a quantile is no
concave function of the choice; and nothing is said of draws not given.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import replace

import numpy as np
import numpy.typing as npt

from serving.optimum import Solution
from serving.programme import Programme

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]

TURNS = 12


def cautious(
    programme: Programme,
    first: Ints,
    draws: Floats,
    quantile: float,
    value_per_conversion: float | None,
    optimise: Callable[[Programme], Solution | None],
) -> Ints:
    """Columns of the plan with the best quantile among those that the play comes by.

    Parameters
    ----------
    first : ndarray of int
        Columns of the plan to start from.
    draws : ndarray, shape (draws, packages)
        What each package brings, jointly.
    quantile : float
        0 to 0.5.

    Notes
    -----
    Packages paid from the reserve for exploration keep their drawn value in the plans made on the
    way: they are there to learn from. In the quantile they count as any other. Of people in common,
    each creator keeps in every draw the share that it keeps of what is expected.
    """
    count = len(draws)
    tail = max(1, math.ceil(quantile * count))
    weights = np.full(count, 1 / count)
    chosen = best = first
    reached = quantile_of(programme, first, draws, quantile, value_per_conversion)
    seen = {first.tobytes()}
    for turn in range(TURNS):
        totals = _totals(programme, chosen, draws, value_per_conversion)
        worst = np.zeros(count)
        worst[np.argsort(totals, kind="stable")[:tail]] = 1 / tail
        step = 2 / (turn + 3)
        weights = (1 - step) * weights + step * worst
        weighted = _weighted(draws, weights)[programme.package]
        if value_per_conversion is not None:
            weighted = value_per_conversion * weighted - programme.cost
        value = np.where(programme.reserve, programme.value, weighted)
        solution = optimise(replace(programme, value=value))
        if solution is None:
            break
        chosen = solution.chosen
        if chosen.tobytes() in seen:
            continue
        seen.add(chosen.tobytes())
        here = quantile_of(programme, chosen, draws, quantile, value_per_conversion)
        if here > reached:
            best, reached = chosen, here
    return best


def quantile_of(
    programme: Programme,
    chosen: Ints,
    draws: Floats,
    quantile: float,
    value_per_conversion: float | None,
) -> float:
    """Quantile over the draws of what the chosen columns are worth together."""
    return float(np.quantile(_totals(programme, chosen, draws, value_per_conversion), quantile))


def _totals(
    programme: Programme, chosen: Ints, draws: Floats, value_per_conversion: float | None
) -> Floats:
    totals = (draws[:, programme.package[chosen]] * programme.counted(chosen)).sum(axis=1)
    if value_per_conversion is None:
        return np.asarray(totals, dtype=np.float64)
    return np.asarray(value_per_conversion * totals - math.fsum(programme.cost[chosen]))


def _weighted(draws: Floats, weights: Floats) -> Floats:
    """Weighted sum of the draws, column by column: the same number wherever a column stands."""
    total = np.zeros(draws.shape[1])
    for weight, draw in zip(weights, draws, strict=True):
        total += weight * draw
    return total
