"""A campaign's plan as plain data: whom to pay, what to expect, how sure, what else could be."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields
from functools import partial
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from features.feature import QUALITIES
from features.overlap import Overlap
from models.joint import draw_conversions, interval_of_total
from serving.alternatives import near_misses, override_costs
from serving.budget import Plan, budget_curve, plan
from serving.conflict import worthless
from serving.limits import Limits, Override
from serving.optimum import GAP
from serving.plannable import Plannable
from serving.rivals import rivals
from serving.sensitivity import sensitivity
from serving.shared_audience import counted_shares

Floats = npt.NDArray[np.float64]

DRAWS = 2000
CURVE = (0.25, 0.5, 0.75, 1.0, 1.25, 1.5, 2.0)
"""Budgets of the curve, as shares of the budget asked for."""
CURVE_GAP = 1e-3


@dataclass(frozen=True)
class Choice:
    """A plan by itself: whom it pays and what they bring together.

    Attributes
    ----------
    of : Plannable
        The campaign, with all packages considered.
    made : Plan
    joint : ndarray, shape (draws, n), optional
        Joint draws of the conversions of all packages, where the plan looks at them: with caution.
    chosen : DataFrame
        The chosen lines of the packages, most conversions first, with `paid_by` ("budget" or
        "exploration"), `override` (who forced it and why; None) and `counted_share`: how much of
        its conversions counts in the total, people in common being counted once.
    total : mapping
        `cost`; `conversions`, people in common counted once, with `conversions_low` and
        `conversions_high` (80 %, of the joint draws, of each creator the share that counts);
        `conversions_added_up` (the plain sum: the difference is what was taken off), `exposed` (the
        plain sum), `audiences_seen` (creators towards whom anybody was seen to act: of others no
        overlap is known), `margin` where a conversion's value is given.
    """

    of: Plannable
    budget: float
    limits: Limits
    made: Plan
    joint: Floats | None
    chosen: pd.DataFrame
    total: Mapping[str, float]


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
        As `serving.rivals.rivals`, with the figures of `total`.
    left_out : tuple of str
        Rivals that are not to be had.
    sensitivity : DataFrame
        As `serving.sensitivity.sensitivity`, with the figures of `total`.
    """

    curve: pd.DataFrame
    misses: pd.DataFrame
    overrides: pd.DataFrame
    rivals: pd.DataFrame
    left_out: tuple[str, ...]
    sensitivity: pd.DataFrame


def make_plan(of: Plannable, budget: float, limits: Limits) -> Planned:
    """Plan a campaign's budget, and look around: at other budgets, choices and fees.

    Raises
    ------
    UserError
        Exit 2 for packages or a budget that are wrong; exit 5 for limits that cannot be met, and
        where no package is worth its fee.
    """
    choice = choose(of, budget, limits)
    if not choice.made.chosen:
        raise worthless(limits)

    def total_of(table: pd.DataFrame, taken: Sequence[int]) -> dict[str, float]:
        return total(table.iloc[list(taken)], limits, of.overlap)

    packages, lines = of.packages, list(choice.made.chosen)
    others, left_out = rivals(
        packages, budget, limits, lines, partial(total_of, packages), gap=CURVE_GAP
    )
    return Planned(
        **{field.name: getattr(choice, field.name) for field in fields(Choice)},
        curve=curve_of(choice),
        misses=misses_of(choice),
        overrides=overrides_of(choice),
        rivals=others,
        left_out=left_out,
        sensitivity=sensitivity(
            packages,
            budget,
            limits,
            choice.made,
            total_of,
            partial(plan, draws=choice.joint, gap=CURVE_GAP, overlap=of.overlap),
            lift=of.origin.lift,
        ),
    )


def choose(
    of: Plannable,
    budget: float,
    limits: Limits,
    *,
    gap: float = GAP,
    joint: Floats | None = None,
) -> Choice:
    """Plan a campaign's budget, without a look around; it may pay nobody.

    Parameters
    ----------
    gap : float
        As `serving.budget.plan` takes it.
    joint : ndarray, shape (draws, n), optional
        `draw_conversions` of the packages, `DRAWS` times from the seed of the limits: drawn here
        where caution needs it and it is not given.

    Raises
    ------
    UserError
        As `make_plan`.
    """
    if limits.caution is None:
        joint = None
    elif joint is None:
        joint = draw_conversions(of.packages, DRAWS, limits.seed)
    made = plan(of.packages, budget, limits, draws=joint, gap=gap, overlap=of.overlap)
    lines = list(made.chosen)
    forced = {override.creator: override for override in limits.forced}
    chosen = of.packages.iloc[lines].assign(
        paid_by=["exploration" if line in made.explored else "budget" for line in lines],
        override=pd.Series(
            [_told(forced.get(name)) for name in of.packages["creator_id"].iloc[lines]],
            index=of.packages.index[lines],
            dtype=object,
        ),
        counted_share=made.counted,
    )
    return Choice(
        of=of,
        budget=budget,
        limits=limits,
        made=made,
        joint=joint,
        chosen=chosen.sort_values(
            ["conversions", "creator_id"], ascending=[False, True], ignore_index=True
        ),
        total=total(of.packages.iloc[lines], limits, of.overlap),
    )


def curve_of(choice: Choice, gap: float = CURVE_GAP) -> pd.DataFrame:
    """What budgets around that of a plan would bring, as `serving.budget.budget_curve`."""
    return budget_curve(
        choice.of.packages,
        [share * choice.budget for share in CURVE],
        choice.limits,
        draws=choice.joint,
        gap=gap,
        overlap=choice.of.overlap,
    )


def misses_of(choice: Choice, gap: float = CURVE_GAP) -> pd.DataFrame:
    """Who just missed, as `serving.alternatives.near_misses`."""
    of = choice.of
    return near_misses(
        of.packages, choice.budget, choice.limits, choice.made, gap=gap, overlap=of.overlap
    )


def overrides_of(choice: Choice, gap: float = CURVE_GAP) -> pd.DataFrame:
    """What a person's decisions cost, as `serving.alternatives.override_costs`."""
    return override_costs(
        choice.of.packages,
        choice.budget,
        choice.limits,
        choice.made,
        draws=choice.joint,
        gap=gap,
        overlap=choice.of.overlap,
    )


def total(chosen: pd.DataFrame, limits: Limits, overlap: Overlap | None) -> dict[str, float]:
    """What packages bring together, as in `Choice.total`."""
    conversions = chosen["conversions"].to_numpy(np.float64)
    counted = counted_shares(chosen["creator_id"].tolist(), conversions, overlap)
    # A package's draws follow from the seed and its ids: what else is on offer need not be drawn.
    low, high = interval_of_total(draw_conversions(chosen, DRAWS, limits.seed) * counted)
    seen = set() if overlap is None else set(np.array(overlap.creators)[overlap.is_known])
    found = {
        "creators": len(chosen),
        "cost": float(chosen["cost"].sum()),
        "conversions": float((counted * chosen["conversions"]).sum()),
        "conversions_low": float(low),
        "conversions_high": float(high),
        "conversions_added_up": float(chosen["conversions"].sum()),
        "exposed": float(chosen["exposed"].sum()),
        "audiences_seen": int(chosen["creator_id"].isin(seen).sum()),
    }
    if limits.value_per_conversion is not None:
        found["margin"] = limits.value_per_conversion * found["conversions"] - found["cost"]
    return found


def _told(override: Override | None) -> str | None:
    return None if override is None else f"{override.who}: {override.why}"


PLAN_COLUMNS = (
    *("campaign_id", "creator_id", "package", "posts", "platform", "language", "cost"),
    *("exposed", "rate", "conversions", "conversions_low", "conversions_high"),
    *("counted_share", "incremental"),
    *(*QUALITIES, "reasons", "warnings", "paid_by", "override", "model_version"),
)
"""Columns of `plan.parquet`, one line a chosen package."""


def described(planned: Planned) -> dict[str, Any]:
    """All that the manifest and the report tell beside the chosen packages."""
    made = planned.made
    return {
        "campaign_id": planned.of.campaign_id,
        "budget": planned.budget,
        "currency": planned.of.currency,
        "total": dict(planned.total),
        "proven": {"objective": made.objective, "bound": made.bound, "gap": made.gap},
        "price_of_money": made.price_of_money,
        "caution": planned.limits.caution,
        "quantile": made.quantile,
        "unused_limits": list(made.unused),
        "overrides": planned.overrides.to_dict("records"),
        "rivals": planned.rivals.to_dict("records"),
        "rivals_left_out": list(planned.left_out),
        "sensitivity": planned.sensitivity.to_dict("records"),
    }
