"""What a plan leaves aside: what each override costs, and who just missed, why, and at what fee.

All of it is told by planning again, not by prices alone: prices only say whom to look at first.
"""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np
import numpy.typing as npt
import pandas as pd
from scipy import sparse
from scipy.optimize import Bounds, LinearConstraint, milp

from features.overlap import Overlap
from models.solver import quiet
from serving.budget import Plan, plan
from serving.limits import Limits, Override
from serving.optimum import GAP, Solution, optimum
from serving.programme import EXACT, MONEY, Programme, Rule, programme_of
from serving.search import CUTS, NODES, one_each, scale_of, scaled_rows
from serving.shared_audience import Levels

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]

MISSES = 5
FEE_GAP = 1e-6
CENT = 100


def override_costs(
    packages: pd.DataFrame,
    budget: float,
    limits: Limits,
    made: Plan,
    *,
    draws: Floats | None = None,
    gap: float = GAP,
    overlap: Overlap | None = None,
) -> pd.DataFrame:
    """What each forced or forbidden creator costs: the plan without that override less the plan.

    Parameters
    ----------
    made : Plan
        The plan under all of the limits, made with the same draws and gap.

    Returns
    -------
    DataFrame
        One line an override: `creator_id`, `override` (forced or forbidden), `who`, `why`,
        `aim_with`, `aim_without` (see `Plan`) and `cost`, their difference. It is below 0 only
        within the gap, or with caution, where the plan is not proven best.
    """
    lines = []
    for name in ("forced", "forbidden"):
        overrides: tuple[Override, ...] = getattr(limits, name)
        for override in overrides:
            others = tuple(other for other in overrides if other is not override)
            freed = (
                replace(limits, forced=others)
                if name == "forced"
                else replace(limits, forbidden=others)
            )
            without = plan(packages, budget, freed, draws=draws, gap=gap, overlap=overlap)
            lines.append(
                {
                    "creator_id": override.creator,
                    "override": name,
                    "who": override.who,
                    "why": override.why,
                    "aim_with": made.aim,
                    "aim_without": without.aim,
                    "cost": without.aim - made.aim,
                }
            )
    columns = ["creator_id", "override", "who", "why", "aim_with", "aim_without", "cost"]
    return pd.DataFrame(lines, columns=columns)


def near_misses(
    packages: pd.DataFrame,
    budget: float,
    limits: Limits,
    made: Plan,
    *,
    count: int = MISSES,
    gap: float = GAP,
    overlap: Overlap | None = None,
) -> pd.DataFrame:
    """The creators that the relaxation leaves out by least, and what having each would mean.

    Parameters
    ----------
    made : Plan
        The plan under these limits. Caution is not looked at: what is told is about the objective.

    Returns
    -------
    DataFrame
        One line a creator, by loss: `creator_id`, `line` (of the package that comes nearest),
        `cost`, `loss` (of the objective if the package is taken and the rest planned anew; NaN
        where no plan has it; below 0 only within the gap), `displaces` (creators who leave then),
        `binding` (limits that weigh on it, the heaviest first) and `fee`: the largest cost, up to
        its own and rounded down to the cent, at which a plan with it is as good as the plan, as far
        as a search of so many nodes tells; NaN where none is.
    """
    programme = programme_of(packages, budget, limits, overlap)
    solution = optimum(programme, gap)
    lines: list[dict[str, object]] = []
    objective = made.objective
    if solution is not None:
        objective = max(objective, solution.value) if made.quantile is None else solution.value
        for column in _nearest(programme, solution, count):
            lines.append(_miss(programme, solution, column, objective, gap, limits))
    columns = ["creator_id", "line", "cost", "loss", "displaces", "binding", "fee"]
    found = pd.DataFrame(lines, columns=columns)
    return found.sort_values(["loss", "creator_id"], na_position="last", ignore_index=True)


def _nearest(programme: Programme, solution: Solution, count: int) -> list[int]:
    """A column each of the creators outside of the plan with the smallest losses."""
    taken = programme.creator[solution.chosen]
    open_ = ~np.isin(programme.creator, taken) & np.isfinite(solution.loss) & ~programme.reserve
    order = np.argsort(np.where(open_, solution.loss, np.inf), kind="stable")[: open_.sum()]
    first = np.unique(programme.creator[order], return_index=True)[1]
    return [int(column) for column in order[np.sort(first)][:count]]


def _miss(
    programme: Programme,
    solution: Solution,
    column: int,
    objective: float,
    gap: float,
    limits: Limits,
) -> dict[str, object]:
    with_it = optimum(_with(programme, column), gap)
    before = set(programme.creator[solution.chosen].tolist())
    after = before if with_it is None else set(programme.creator[with_it.chosen].tolist())
    entries = programme.matrix[:, [column]].toarray().ravel()
    weight = solution.prices * entries
    binding = [row for row in np.argsort(-weight, kind="stable") if weight[row] > 0]
    return {
        "creator_id": programme.ids[programme.creator[column]],
        "line": int(programme.package[column]),
        "cost": float(programme.cost[column]),
        "loss": math.nan if with_it is None else objective - with_it.value,
        "displaces": tuple(programme.ids[creator] for creator in sorted(before - after)),
        "binding": tuple(_named(programme.rules[row]) for row in binding),
        "fee": fee_that_brings_in(programme, solution, column, objective),
    }


def _named(rule: Rule) -> str:
    return f"{rule.kind} {rule.about}".strip()


def _with(programme: Programme, column: int) -> Programme:
    """The programme with one limit more: this column is taken."""
    row = sparse.csr_array(([1.0], ([0], [column])), shape=(1, len(programme.value)))
    return replace(
        programme,
        matrix=sparse.vstack([programme.matrix, row]).tocsr(),
        low=np.append(programme.low, 1.0),
        high=np.append(programme.high, np.inf),
        rules=(*programme.rules, Rule("taken")),
    )


def fee_that_brings_in(
    programme: Programme, solution: Solution, column: int, objective: float
) -> float:
    """Largest cost of a column at which some plan with it reaches the objective; NaN without one.

    The fee f is a variable of the programme: maximise f, where f adds to every sum of costs in
    which the column counts, and the others' value makes up for what the column lacks.

    A plan with the column at fee f, and with another column k, is worth at most
    bound - loss - loss_k + (cost - f) x (what a unit of money is worth to the column). So once a
    fee is found, only columns whose loss leaves the objective within reach there can raise it.
    """
    entries = programme.matrix[:, [column]].toarray().ravel()
    sums_cost = np.array([rule.kind in MONEY for rule in programme.rules])
    worth_of_money = float(solution.prices[sums_cost & (entries > 0)].sum()) + float(
        programme.is_margin
    )
    others = programme.creator != programme.creator[column]
    cost, loss = float(programme.cost[column]), float(solution.loss[column])
    spare = solution.relaxed_bound - objective - loss
    room = spare + 2 * loss + EXACT * abs(objective)
    while True:
        kept = np.flatnonzero(others & (solution.loss <= room))
        fee = _largest_fee(programme, column, kept, objective, entries, sums_cost)
        lowest = 0.0 if math.isnan(fee) else fee
        reach = spare + worth_of_money * (cost - lowest) + EXACT * abs(objective)
        if reach <= room:
            return fee
        room = reach


def _largest_fee(
    programme: Programme,
    column: int,
    kept: Ints,
    objective: float,
    entries: Floats,
    sums_cost: npt.NDArray[np.bool_],
) -> float:
    """The largest fee with the others among the kept columns; NaN without one.

    What people in common take from the choice is learned as in `serving.search`: too little is
    taken at first, so the fee only falls until the choice is worth what is asked.
    """
    inner, is_margin = programme.columns(kept), programme.is_margin
    factor, rows = scaled_rows(inner)
    money = scale_of(float(programme.high[0]))
    unit = scale_of(abs(objective))
    cost = float(programme.cost[column])
    paid = np.where(sums_cost & (entries > 0), factor / money, 0.0)
    fixed = np.where(sums_cost, 0.0, entries)
    low, high = factor * (inner.low - fixed), factor * (inner.high - fixed)
    own = float(programme.value[column]) + (cost if is_margin else 0.0)
    value = np.append(inner.value * unit, -unit / money if is_margin else 0.0)
    creators = one_each(inner)
    limits = [(sparse.hstack([rows, sparse.csr_array(paid[:, None])]), low, high)]
    if creators.shape[0]:
        wide = sparse.hstack([creators, sparse.csr_array((creators.shape[0], 1))])
        limits.append((wide, np.full(creators.shape[0], -np.inf), np.ones(creators.shape[0])))
    n, levels = len(kept), Levels()
    both = np.append(kept, column)
    amount = programme.amount[both]
    for _ in range(CUTS):
        cells = len(levels.cells)
        constraints = [
            LinearConstraint(sparse.hstack([row, sparse.csr_array((row.shape[0], cells))]), *ends)
            for row, *ends in limits
        ]
        of_columns, of_losses = levels.rows(amount)
        alone = of_columns[:, [n]].toarray().ravel()
        nothing = sparse.csr_array((len(alone), 1))
        told = sparse.hstack([unit * of_columns[:, :n], nothing, -of_losses])
        if cells:
            constraints.append(LinearConstraint(told, ub=unit * (levels.level - alone)))
        less = np.append(value, np.full(cells, -1.0))
        constraints.append(LinearConstraint(less[None, :], lb=(objective - own) * unit))
        with quiet():
            found = milp(
                np.concatenate([np.zeros(n), [-1.0], np.zeros(cells)]),
                constraints=constraints,
                bounds=Bounds(
                    0, np.concatenate([np.ones(n), [cost * money], np.full(cells, np.inf)])
                ),
                integrality=np.concatenate([np.ones(n), np.zeros(1 + cells)]),
                options={"mip_rel_gap": FEE_GAP, "node_limit": NODES},
            )
        if found.x is None:
            return math.nan
        taken = np.append(found.x[:n] > 0.5, True).astype(np.float64)
        least = EXACT * abs(objective)
        if levels.learn(amount, taken, found.x[n + 1 :] / unit, least) <= least:
            return math.floor(max(float(found.x[n]) / money, 0.0) * CENT) / CENT
    return math.nan
