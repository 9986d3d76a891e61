"""Whom to pay: the packages that bring most within a budget and limits, and what more would bring.

Numbers come from scores and offers; nothing here moves a score. What a person forces or forbids is
a limit among others, whose cost `serving.alternatives` tells.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt
import pandas as pd

from features.overlap import Overlap
from serving.caution import cautious, quantile_of
from serving.conflict import refuse
from serving.limits import BRAND_SET, Limits
from serving.optimum import GAP, optimum
from serving.programme import EXACT, Programme, Rule, programme_of, worth

Floats = npt.NDArray[np.float64]


@dataclass(frozen=True)
class Plan:
    """The packages chosen, what they are expected to bring, and what is proven.

    Attributes
    ----------
    chosen : tuple of int
        Lines of the table of packages, by creator id.
    explored : tuple of int
        Those of them that the reserve for exploration pays.
    value, cost : float
        Expected worth (conversions, or margin) and cost of the chosen packages together.
    counted : tuple of float
        Of each chosen line, the share of what it is expected to bring that counts beside the
        others: people in common count once, with whoever brings most through them.
    objective : float
        What was maximised: the value, but of explored packages the drawn one.
    bound : float
        No plan under these limits has a larger objective.
    gap : float
        Share of the objective by which a better plan could exceed it; with caution, what the plan
        gives up in expectation is part of it.
    quantile, bold_quantile : float, optional
        With caution: the asked quantile of the total over the draws, and that of the plan that
        maximises the objective alone; the first is never the smaller.
    prices : tuple of (Rule, float)
        Limits that bind in the relaxation: worth that one unit more of each would add.
    unused : tuple of str
        Limits that speak of nobody on offer.
    """

    chosen: tuple[int, ...]
    explored: tuple[int, ...]
    value: float
    cost: float
    counted: tuple[float, ...]
    objective: float
    bound: float
    gap: float
    quantile: float | None
    bold_quantile: float | None
    prices: tuple[tuple[Rule, float], ...]
    unused: tuple[str, ...]

    @property
    def aim(self) -> float:
        """What the plan is judged by: the quantile with caution, else the objective."""
        return self.objective if self.quantile is None else self.quantile

    @property
    def price_of_money(self) -> float:
        """Worth that one unit more of budget would add in the relaxation."""
        return sum(price for rule, price in self.prices if rule.kind == "budget")


def plan(
    packages: pd.DataFrame,
    budget: float,
    limits: Limits,
    *,
    draws: Floats | None = None,
    gap: float = GAP,
    overlap: Overlap | None = None,
) -> Plan:
    """Choose packages, at most one a creator, of largest expected worth under a budget and limits.

    The plan does not depend on the order of the lines. Of packages alike in all that counts, the
    first by name is taken, and of creators alike in all that counts and named in no limit, the
    first by id; among other plans of equal worth the solver's choice on the sorted table stands.

    Parameters
    ----------
    packages : DataFrame
        As `serving.programme.programme_of` takes them.
    budget : float
        In the currency of `cost`.
    draws : ndarray, shape (draws, n), optional
        Joint draws of what each package brings (conversions, where a conversion's value is given;
        else in the unit of `value`): needed for caution.
    gap : float
        Share of the objective within which the optimum is proven, unless the search ran out of
        nodes; the plan says what was reached.
    overlap : Overlap, optional
        Who of the creators shares whose audience: people in common count once. Without it,
        audiences are added up.

    Raises
    ------
    UserError
        Exit 2 for packages or a budget that are wrong, exit 5 for limits that cannot be met
        together, a budget below the cheapest package among them.

    Examples
    --------
    >>> import pandas as pd
    >>> offers = pd.DataFrame(
    ...     {"creator_id": list("aab"), "cost": [4.0, 10.0, 6.0], "conversions": [6.0, 10.0, 7.0]}
    ... )
    >>> plan(offers, 10.0, Limits()).chosen
    (0, 2)
    """
    programme = programme_of(packages, budget, limits, overlap)
    found = _planned(packages, programme, limits, draws, gap)
    if found is None:
        refuse(programme, limits)
    return found


def budget_curve(
    packages: pd.DataFrame,
    budgets: Sequence[float],
    limits: Limits,
    *,
    draws: Floats | None = None,
    gap: float = GAP,
    overlap: Overlap | None = None,
) -> pd.DataFrame:
    """What each budget brings: shares in the limits are of that budget.

    A plan for a budget is allowed under any larger one, so where the solver's gap (or, with
    exploration, its draws) left a larger budget the worse plan, the smaller one's stands: the aim
    never falls.

    Returns
    -------
    DataFrame
        One line a budget, ascending: `budget`, `creators`, `cost`, `value`, `aim` (see `Plan`),
        `bound`, `marginal` (aim gained per unit of money since the budget before), `price` (what
        the next unit adds in the relaxation). NaN where no plan meets the limits.
    """
    lines: list[dict[str, float]] = []
    best: Plan | None = None
    before = math.nan
    for budget in sorted(set(budgets)):
        programme = programme_of(packages, budget, limits, overlap)
        found = _planned(packages, programme, limits, draws, gap)
        price = math.nan if found is None else found.price_of_money
        bound = math.nan if found is None else found.bound
        gained = math.nan
        if best is not None and (found is None or found.aim < best.aim):
            found = best
        if found is not None and best is not None:
            gained = (found.aim - best.aim) / (budget - before)
        lines.append(
            {
                "budget": budget,
                "creators": math.nan if found is None else len(found.chosen),
                "cost": math.nan if found is None else found.cost,
                "value": math.nan if found is None else found.value,
                "aim": math.nan if found is None else found.aim,
                "bound": bound,
                "marginal": gained,
                "price": price,
            }
        )
        best, before = found, budget
    return pd.DataFrame(lines)


def _planned(
    packages: pd.DataFrame,
    programme: Programme,
    limits: Limits,
    draws: Floats | None,
    gap: float,
) -> Plan | None:
    """The plan of a programme; None where its limits cannot be met, or pay for nobody."""
    if limits.caution is not None and (draws is None or draws.shape[1] != len(packages)):
        raise ValueError("caution needs joint draws with one column a package")
    solution = optimum(programme, gap)
    if solution is None or not np.isfinite(solution.loss).any():
        return None
    chosen, reached, bold = solution.chosen, None, None
    if limits.caution is not None and draws is not None:
        value = limits.value_per_conversion
        bold = quantile_of(programme, chosen, draws, limits.caution, value)
        chosen = cautious(
            programme, chosen, draws, limits.caution, value, lambda one: optimum(one, gap)
        )
        reached = quantile_of(programme, chosen, draws, limits.caution, value)
    lines = programme.package[chosen]
    objective = programme.worth(chosen)
    expected = replace(programme, value=worth(packages, limits)[programme.package])
    return Plan(
        chosen=tuple(lines.tolist()),
        explored=tuple(lines[programme.reserve[chosen]].tolist()),
        value=expected.worth(chosen),
        cost=math.fsum(programme.cost[chosen]),
        counted=tuple(expected.counted(chosen).tolist()),
        objective=objective,
        bound=solution.bound,
        gap=(solution.bound - objective) / max(abs(objective), EXACT),
        quantile=reached,
        bold_quantile=bold,
        prices=tuple(
            (programme.rules[row], float(solution.prices[row]))
            for row in np.flatnonzero(solution.prices)
        ),
        unused=_unused(programme, limits),
    )


def _unused(programme: Programme, limits: Limits) -> tuple[str, ...]:
    """Limits whose group or creators are on no package: perhaps a slip of the pen."""
    empty = np.flatnonzero(np.diff(programme.matrix.tocsr().indptr) == 0)
    about = ("min", "max", "group_share", "forbidden", "exclusive")
    rules = [programme.rules[row] for row in empty if programme.rules[row].kind in about]
    named = [f"{rule.kind} {rule.about}" for rule in rules]
    ids = set(programme.ids)
    for group in limits.groups:
        strangers = sorted(set(group.creators) - ids) if group.by == BRAND_SET else []
        if strangers and len(strangers) < len(group.creators):
            named.append(f"{group.by} {group.name}: {', '.join(strangers)}")
    return tuple(dict.fromkeys(named))
