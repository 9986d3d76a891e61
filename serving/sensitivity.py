"""What becomes of a plan if things change: fees, a creator who drops out, what is counted."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace

import numpy as np
import pandas as pd

from features.errors import UserError
from models.incremental import IncrementalShare
from models.intervals import lognormal_interval
from models.joint import predictive_of
from serving.budget import Plan
from serving.limits import Limits, Override

Total = Callable[[pd.DataFrame, Sequence[int]], Mapping[str, float]]
Replan = Callable[[pd.DataFrame, float, Limits], Plan]

FEES = (0.8, 1.2)
"""Factors by which all fees move."""


def sensitivity(
    packages: pd.DataFrame,
    budget: float,
    limits: Limits,
    made: Plan,
    total: Total,
    replan: Replan,
    *,
    lift: IncrementalShare | None,
) -> pd.DataFrame:
    """Plans made anew with other fees and without the creator expected to bring most (who may have
    been forced), and the conversions of the plan counted the other way.

    Parameters
    ----------
    total : callable
        What lines of a table of packages bring together.
    replan : callable
        How a plan is made of packages, budget and limits: as the plan itself was.
    lift : IncrementalShare, optional
        What the model behind the scores learned of lift; None: it learned nothing.

    Returns
    -------
    DataFrame
        One line a change: `change` ("fees", "without", "incremental" or "attributed"), `about` (the
        factor, the creator, the share that is incremental), and what `total` tells. Left out is
        what no plan meets.
    """
    lines: list[dict[str, object]] = []

    def anew(change: str, about: object, table: pd.DataFrame, asked: Limits) -> None:
        try:
            other = replan(table, budget, asked)
        except UserError:
            return
        lines.append({"change": change, "about": about, **total(table, other.chosen)})

    for factor in FEES:
        anew("fees", factor, packages.assign(cost=factor * packages["cost"]), limits)
    best = packages.iloc[list(made.chosen)].sort_values("conversions").iloc[-1]["creator_id"]
    without = replace(
        limits,
        forced=tuple(override for override in limits.forced if override.creator != best),
        forbidden=(*limits.forbidden, Override(best, "", "drops out")),
    )
    anew("without", best, packages, without)
    if lift is not None:
        other_way = "attributed" if bool(packages["incremental"].iloc[0]) else "incremental"
        counted = recounted(packages, lift)
        if limits.value_per_conversion is not None and limits.caution is None:
            anew(other_way, lift.share, counted, limits)
        else:
            # All conversions change by one factor: the plan that brings most stays.
            told = total(counted, made.chosen)
            lines.append({"change": other_way, "about": lift.share, **told})
    return pd.DataFrame(lines)


def recounted(packages: pd.DataFrame, lift: IncrementalShare) -> pd.DataFrame:
    """Packages with their conversions counted the other way: as lift where they are attributed, as
    attributed where they are lift.

    What `suasion score` gives with and without `--incremental`: rates scale by the share, and the
    uncertainty of its log is part of the campaign's. The interval of a package's count is not told
    anew.
    """
    is_lift = bool(packages["incremental"].iloc[0])
    factor, sign = (1 / lift.share, -1) if is_lift else (lift.share, 1)
    squared = packages["sd_campaign"].to_numpy(np.float64) ** 2 + sign * lift.sd_log**2
    campaign = np.sqrt(np.maximum(squared, 0.0))
    mean = np.minimum(factor * packages["rate"].to_numpy(np.float64), 1.0)
    low, high = lognormal_interval(
        factor * predictive_of(packages).rate,
        np.hypot(campaign, packages["sd_creator"].to_numpy(np.float64)),
    )
    return packages.assign(
        rate=mean,
        rate_low=np.minimum(low, mean),
        rate_high=np.minimum(np.maximum(high, mean), 1.0),
        conversions=packages["exposed"] * mean,
        sd_campaign=campaign,
        incremental=not is_lift,
    )
