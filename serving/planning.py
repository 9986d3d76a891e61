"""A campaign's plan as plain data: whom to pay, what to expect, how sure, what else could be."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from textwrap import shorten
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
from serving.provenance import Provenance
from serving.rivals import rivals
from serving.sensitivity import sensitivity
from serving.shared_audience import counted_shares

Floats = npt.NDArray[np.float64]

DRAWS = 2000
CURVE = (0.25, 0.5, 0.75, 1.0, 1.25, 1.5, 2.0)
"""Budgets of the curve, as shares of the budget asked for."""
CURVE_GAP = 1e-3
NAMED_BY = 70
"""Signs of a brief that a campaign is called by."""


@dataclass(frozen=True)
class Planned:
    """A plan and all that its files and pages tell.

    Attributes
    ----------
    packages : DataFrame
        All packages considered (`serving.offered.packages_of`).
    made : Plan
    chosen : DataFrame
        The chosen lines of `packages`, most conversions first, with `paid_by` ("budget" or
        "exploration"), `override` (who forced it and why; None) and `counted_share`: how much of
        its conversions counts in the total, people in common being counted once.
    total : mapping
        `cost`; `conversions`, people in common counted once, with `conversions_low` and
        `conversions_high` (80 %, of the joint draws, of each creator the share that counts);
        `conversions_added_up` (the plain sum: the difference is what was taken off), `exposed` (the
        plain sum), `audiences_seen` (creators towards whom anybody was seen to act: of others no
        overlap is known), `margin` where a conversion's value is given.
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
    brief : str, optional
        What the campaign is about, where it goes by that and not by its id.
    origin : Provenance
        What the scores rest on.
    """

    campaign_id: str
    budget: float
    currency: str | None
    limits: Limits
    packages: pd.DataFrame
    made: Plan
    chosen: pd.DataFrame
    total: Mapping[str, float]
    curve: pd.DataFrame
    misses: pd.DataFrame
    overrides: pd.DataFrame
    rivals: pd.DataFrame
    left_out: tuple[str, ...]
    sensitivity: pd.DataFrame
    brief: str | None
    origin: Provenance

    @property
    def name(self) -> str:
        """What the campaign is called: the beginning of its brief, or its id."""
        if self.brief is None:
            return self.campaign_id
        return f"“{shorten(self.brief, NAMED_BY, placeholder='…')}”"


def make_plan(
    campaign_id: str,
    packages: pd.DataFrame,
    budget: float,
    limits: Limits,
    *,
    currency: str | None = None,
    overlap: Overlap | None = None,
    brief: str | None = None,
    origin: Provenance | None = None,
) -> Planned:
    """Plan a campaign's budget, and look around: at other budgets, choices and fees.

    Parameters
    ----------
    packages : DataFrame
        As from `serving.offered.packages_of`; with what `serving.rivals.measured` adds, the plan is
        compared with that too.
    overlap : Overlap, optional
        Who of the creators shares whose audience (`serving.shared_audience.overlap_of`); without
        it, audiences are added up.
    brief : str, optional
        What the campaign is about, where it goes by that and not by its id.
    origin : Provenance, optional
        What the scores rest on, where it is told.

    Raises
    ------
    UserError
        Exit 2 for packages or a budget that are wrong; exit 5 for limits that cannot be met, and
        where no package is worth its fee.
    """
    origin = origin or Provenance(is_told=False)
    joint = None
    if limits.caution is not None:
        joint = draw_conversions(packages, DRAWS, limits.seed)
    made = plan(packages, budget, limits, draws=joint, overlap=overlap)
    if not made.chosen:
        raise worthless(limits)
    lines = list(made.chosen)
    forced = {override.creator: override for override in limits.forced}
    chosen = packages.iloc[lines].assign(
        paid_by=["exploration" if line in made.explored else "budget" for line in lines],
        override=pd.Series(
            [_told(forced.get(name)) for name in packages["creator_id"].iloc[lines]],
            index=packages.index[lines],
            dtype=object,
        ),
        counted_share=made.counted,
    )

    def total_of(table: pd.DataFrame, taken: Sequence[int]) -> dict[str, float]:
        return _total(table.iloc[list(taken)], limits, overlap)

    total = total_of(packages, lines)
    others, left_out = rivals(
        packages, budget, limits, lines, partial(total_of, packages), gap=CURVE_GAP
    )
    return Planned(
        campaign_id=campaign_id,
        budget=budget,
        currency=currency,
        limits=limits,
        packages=packages,
        made=made,
        chosen=chosen.sort_values(
            ["conversions", "creator_id"], ascending=[False, True], ignore_index=True
        ),
        total=total,
        curve=budget_curve(
            packages,
            [share * budget for share in CURVE],
            limits,
            draws=joint,
            gap=CURVE_GAP,
            overlap=overlap,
        ),
        misses=near_misses(packages, budget, limits, made, gap=CURVE_GAP, overlap=overlap),
        overrides=override_costs(
            packages, budget, limits, made, draws=joint, gap=CURVE_GAP, overlap=overlap
        ),
        rivals=others,
        left_out=left_out,
        sensitivity=sensitivity(
            packages,
            budget,
            limits,
            made,
            total_of,
            partial(plan, draws=joint, gap=CURVE_GAP, overlap=overlap),
            lift=origin.lift,
        ),
        brief=brief,
        origin=origin,
    )


def _told(override: Override | None) -> str | None:
    return None if override is None else f"{override.who}: {override.why}"


def _total(chosen: pd.DataFrame, limits: Limits, overlap: Overlap | None) -> dict[str, float]:
    conversions = chosen["conversions"].to_numpy(np.float64)
    counted = counted_shares(chosen["creator_id"].tolist(), conversions, overlap)
    # A package's draws follow from the seed and its ids: what else is on offer need not be drawn.
    low, high = interval_of_total(draw_conversions(chosen, DRAWS, limits.seed) * counted)
    seen = set() if overlap is None else set(np.array(overlap.creators)[overlap.is_known])
    total = {
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
        total["margin"] = limits.value_per_conversion * total["conversions"] - total["cost"]
    return total


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
        "rivals": planned.rivals.to_dict("records"),
        "rivals_left_out": list(planned.left_out),
        "sensitivity": planned.sensitivity.to_dict("records"),
    }
