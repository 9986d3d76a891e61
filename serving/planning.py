"""A campaign's plan as plain data: whom to pay, what to expect, how sure, what else could be."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields, replace
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from features.errors import UserError
from features.feature import QUALITIES
from models.joint import draw_conversions, interval_of_total
from serving.alternatives import near_misses, override_costs
from serving.budget import Plan, budget_curve, plan
from serving.limits import Limits, Override
from serving.optimum import GAP

Floats = npt.NDArray[np.float64]

DRAWS = 2000
CURVE = (0.25, 0.5, 0.75, 1.0, 1.25, 1.5, 2.0)
"""Budgets of the curve, as shares of the budget asked for."""
FEES = (0.8, 1.2)
"""Factors by which all fees move in the look at sensitivity."""
RIVALS = {"followers": "followers", "reach": "exposed"}
"""What else a person might rank by -> its column."""
CURVE_GAP = 1e-3


@dataclass(frozen=True)
class Choice:
    """A plan by itself: whom it pays and what they bring together.

    Attributes
    ----------
    packages : DataFrame
        All packages considered (`serving.offered.packages_of`).
    made : Plan
    draws : ndarray, shape (draws, n)
        Joint draws of their conversions.
    chosen : DataFrame
        The chosen lines of `packages`, most conversions first, with `paid_by` ("budget" or
        "exploration") and `override` (who forced it and why; None).
    total : mapping
        `cost`, `conversions` with `conversions_low` and `conversions_high` (80 %, of the joint
        draws), `exposed` (the plain sum), `margin` where a conversion's value is given.
    """

    campaign_id: str
    budget: float
    currency: str | None
    limits: Limits
    packages: pd.DataFrame
    made: Plan
    draws: Floats
    chosen: pd.DataFrame
    total: Mapping[str, float]

    @property
    def joint(self) -> Floats | None:
        """The draws where the plan looks at them, which is with caution."""
        return self.draws if self.limits.caution is not None else None


@dataclass(frozen=True)
class Planned(Choice):
    """A plan and all that its files and pages tell.

    Attributes
    ----------
    curve : DataFrame
        As `serving.budget.budget_curve`.
    misses, overrides : DataFrame
        As `serving.alternatives` gives them.
    rivals : DataFrame
        One line a way to spend the same budget under the same limits: `by`, `creators`, `cost`,
        `conversions` (as our scores expect them of its choice) and their interval.
    sensitivity : DataFrame
        One line a change: `change`, `creators`, `conversions` of the plan made anew.
    """

    curve: pd.DataFrame
    misses: pd.DataFrame
    overrides: pd.DataFrame
    rivals: pd.DataFrame
    sensitivity: pd.DataFrame


def make_plan(
    campaign_id: str,
    packages: pd.DataFrame,
    budget: float,
    limits: Limits,
    *,
    currency: str | None = None,
) -> Planned:
    """Plan a campaign's budget, and look around: at other budgets, choices and fees.

    Raises
    ------
    UserError
        Exit 2 for packages or a budget that are wrong, exit 5 for limits that cannot be met.
    """
    draws = draw_conversions(packages, DRAWS, limits.seed)
    choice = choose(campaign_id, packages, budget, limits, draws, currency=currency)
    made, lines = choice.made, list(choice.made.chosen)
    return Planned(
        **{field.name: getattr(choice, field.name) for field in fields(Choice)},
        curve=curve_of(choice),
        misses=near_misses(packages, budget, limits, made, gap=CURVE_GAP),
        overrides=override_costs(packages, budget, limits, made, draws=choice.joint, gap=CURVE_GAP),
        rivals=_rivals(packages, budget, limits, draws, lines),
        sensitivity=_sensitivity(packages, budget, limits, made),
    )


def choose(
    campaign_id: str,
    packages: pd.DataFrame,
    budget: float,
    limits: Limits,
    draws: Floats,
    *,
    currency: str | None = None,
    gap: float = GAP,
) -> Choice:
    """Plan a campaign's budget, without a look around.

    Parameters
    ----------
    draws : ndarray, shape (draws, n)
        Joint draws of the packages' conversions, from the seed of the limits.
    gap : float
        As `serving.budget.plan` takes it.

    Raises
    ------
    UserError
        As `make_plan`.
    """
    joint = draws if limits.caution is not None else None
    made = plan(packages, budget, limits, draws=joint, gap=gap)
    lines = list(made.chosen)
    forced = {override.creator: override for override in limits.forced}
    chosen = packages.iloc[lines].assign(
        paid_by=["exploration" if line in made.explored else "budget" for line in lines],
        override=pd.Series(
            [_told(forced.get(name)) for name in packages["creator_id"].iloc[lines]],
            index=packages.index[lines],
            dtype=object,
        ),
    )
    total = _total(packages, draws, lines)
    if limits.value_per_conversion is not None:
        total["margin"] = limits.value_per_conversion * total["conversions"] - total["cost"]
    return Choice(
        campaign_id=campaign_id,
        budget=budget,
        currency=currency,
        limits=limits,
        packages=packages,
        made=made,
        draws=draws,
        chosen=chosen.sort_values(
            ["conversions", "creator_id"], ascending=[False, True], ignore_index=True
        ),
        total=total,
    )


def curve_of(choice: Choice, gap: float = CURVE_GAP) -> pd.DataFrame:
    """What budgets around that of a plan would bring, as `serving.budget.budget_curve`."""
    budgets = [share * choice.budget for share in CURVE]
    return budget_curve(choice.packages, budgets, choice.limits, draws=choice.joint, gap=gap)


def _told(override: Override | None) -> str | None:
    return None if override is None else f"{override.who}: {override.why}"


def _total(packages: pd.DataFrame, draws: Floats, lines: Sequence[int]) -> dict[str, float]:
    chosen = packages.iloc[list(lines)]
    low, high = interval_of_total(draws[:, list(lines)])
    return {
        "creators": len(chosen),
        "cost": float(chosen["cost"].sum()),
        "conversions": float(chosen["conversions"].sum()),
        "conversions_low": float(low),
        "conversions_high": float(high),
        "exposed": float(chosen["exposed"].sum()),
    }


def _rivals(
    packages: pd.DataFrame, budget: float, limits: Limits, draws: Floats, ours: Sequence[int]
) -> pd.DataFrame:
    """The same budget and limits, spent for as much of another thing as it buys."""
    lines = [{"by": "plan", **_total(packages, draws, ours)}]
    for by, column in RIVALS.items():
        worth = packages[column].astype(float).fillna(0.0)
        if worth.max() > 0:
            plain = _expecting(limits)
            other = plan(packages.assign(value=worth), budget, plain, gap=CURVE_GAP)
            lines.append({"by": by, **_total(packages, draws, other.chosen)})
    return pd.DataFrame(lines)


def _expecting(limits: Limits) -> Limits:
    """The limits without what is about conversions: caution, exploration, their value."""
    return replace(limits, caution=None, explore=0.0, value_per_conversion=None)


def _sensitivity(packages: pd.DataFrame, budget: float, limits: Limits, made: Plan) -> pd.DataFrame:
    """Plans made anew with other fees, and without the creator expected to bring most."""
    plain = replace(limits, caution=None)
    lines = []
    for factor in FEES:
        moved = packages.assign(cost=factor * packages["cost"])
        lines.append((f"fees {factor - 1:+.0%}", moved, plain))
    best = packages.iloc[list(made.chosen)].sort_values("conversions").iloc[-1]["creator_id"]
    if best not in {override.creator for override in limits.forced}:
        without = replace(plain, forbidden=(*plain.forbidden, Override(best, "", "drops out")))
        lines.append((f"without {best}", packages, without))
    found = []
    for change, table, asked in lines:
        try:
            other = plan(table, budget, asked, gap=CURVE_GAP)
        except UserError:
            continue
        found.append(
            {
                "change": change,
                "creators": len(other.chosen),
                "conversions": float(table["conversions"].iloc[list(other.chosen)].sum()),
            }
        )
    return pd.DataFrame(found, columns=["change", "creators", "conversions"])


PLAN_COLUMNS = (
    *("campaign_id", "creator_id", "package", "posts", "platform", "language", "cost"),
    *("exposed", "rate", "conversions", "conversions_low", "conversions_high", "incremental"),
    *(*QUALITIES, "reasons", "warnings", "paid_by", "override", "model_version"),
)
"""Columns of `plan.parquet`, one line a chosen package."""


def described(planned: Planned) -> dict[str, Any]:
    """All that the manifest and the report tell beside the chosen packages."""
    made = planned.made
    return {
        "campaign_id": planned.campaign_id,
        "budget": planned.budget,
        "currency": planned.currency,
        "total": dict(planned.total),
        "proven": {"objective": made.objective, "bound": made.bound, "gap": made.gap},
        "price_of_money": made.price_of_money,
        "caution": planned.limits.caution,
        "quantile": made.quantile,
        "unused_limits": list(made.unused),
        "overrides": planned.overrides.to_dict("records"),
    }
