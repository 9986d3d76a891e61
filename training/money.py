"""Money: what a budget spent by a score brings, as a share of what the best choice would have
brought.

Creators of a campaign are chosen whole, exactly, by what each score expects of them, under a budget
and a largest number; then what they truly bring is counted. A ratio sort would judge the sort, not
the score.
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import numpy.typing as npt
import pandas as pd
from scipy.optimize import Bounds, LinearConstraint, milp

from models.solver import quiet

Floats = npt.NDArray[np.float64]

TIGHT_SHARE = 0.10
"""Budget of the tight setting: share of what all candidates of a campaign would cost together."""
MOST_CREATORS = 8
BUDGET_SHARES = (0.05, TIGHT_SHARE, 0.2)
HANDLING = 100.0
"""Cost of one collaboration beside its fee, in the campaign's currency."""


def best_choice(
    value: Floats, cost: Floats, budget: float, most: int = MOST_CREATORS
) -> npt.NDArray[np.bool_]:
    """Choose the candidates of largest total value within a budget and a number.

    Parameters
    ----------
    value : ndarray, shape (n,)
        What each is expected to bring; none below zero is chosen.
    cost : ndarray, shape (n,)
        Positive.

    Returns
    -------
    ndarray of bool, shape (n,)
        The exact optimum of the 0/1 programme (HiGHS).
    """
    scale = float(np.max(np.abs(value), initial=0.0))
    if scale <= 0 or not len(value):
        return np.zeros(len(value), dtype=bool)
    unit = float(cost.mean())
    rows = np.vstack([cost / unit, np.ones(len(value))])
    limits = LinearConstraint(rows, ub=[budget / unit, most])
    with quiet():
        found = milp(
            -value / scale,
            constraints=limits,
            bounds=Bounds(0, 1),
            integrality=np.ones(len(value)),
            options={"presolve": False, "mip_rel_gap": 0.0},  # small: presolving costs more
        )
    if found.x is None:
        raise ArithmeticError(
            f"the choice of {len(value)} candidates was not solved: {found.message}"
        )
    return np.asarray(found.x > 0.5)


def captured(
    candidates: pd.DataFrame, scores: Mapping[str, str], *, share: float, most: int = MOST_CREATORS
) -> pd.DataFrame:
    """Conversions that each score captures in each campaign, beside the oracle's.

    Parameters
    ----------
    candidates : DataFrame
        One line a candidate: `campaign_id`, `cost`, `brings` (conversions, true or realised) and
        the columns that `scores` names.
    scores : mapping
        Name -> column of expected conversions.
    share : float
        Budget as a share of the cost of all candidates of the campaign.

    Returns
    -------
    DataFrame
        One line a campaign: conversions by score, and `oracle`.
    """
    lines = []
    for campaign, rows in candidates.groupby("campaign_id", sort=True):
        cost, brings = rows["cost"].to_numpy(np.float64), rows["brings"].to_numpy(np.float64)
        budget = share * float(cost.sum())
        line: dict[str, object] = {"campaign_id": campaign}
        for name, values in {
            "oracle": brings,
            **{n: rows[c].to_numpy(np.float64) for n, c in scores.items()},
        }.items():
            line[name] = float(brings[best_choice(values, cost, budget, most)].sum())
        lines.append(line)
    return pd.DataFrame(lines)


def share_of_oracle(
    by_campaign: pd.DataFrame, *, reference: str = "suasion", draws: int = 1000, seed: int = 0
) -> pd.DataFrame:
    """Summarise `captured`: pooled ratio and mean of ratios, with a campaign bootstrap.

    The pooled ratio is what a budget brings, mostly that of a few campaigns whose product sells; in
    the mean of ratios each campaign counts alike.

    Returns
    -------
    DataFrame
        One line a score: `pooled` (total over total) with `low` and `high` (95 %), and
        `suasion_ahead`, `ahead_low`, `ahead_high`: the paired difference, by which the reference
        leads. `mean` (of the campaigns' ratios), `mean_low`, `mean_high`, `mean_ahead`,
        `mean_ahead_low` and `mean_ahead_high` are the same of the ratios.
    """
    kept = by_campaign[by_campaign["oracle"] > 0].drop(columns="campaign_id")
    oracle = kept["oracle"].to_numpy()
    rng = np.random.default_rng(seed)
    drawn = rng.multinomial(len(kept), np.full(len(kept), 1 / len(kept)), draws)
    ratios = kept.div(oracle, axis=0)

    def pooled(name: str) -> tuple[float, Floats]:
        values = kept[name].to_numpy()
        return float(values.sum() / oracle.sum()), drawn @ values / (drawn @ oracle)

    def mean(name: str) -> tuple[float, Floats]:
        values = ratios[name].to_numpy()
        return float(values.mean()), drawn @ values / len(kept)

    lines = []
    for name in map(str, kept):
        line: dict[str, object] = {"score": name, "campaigns": len(kept)}
        for of, prefix, ahead in ((pooled, "", "suasion_ahead"), (mean, "mean_", "mean_ahead")):
            (value, around), (ours, our_draws) = of(name), of(reference)
            line[of.__name__] = value
            line[f"{prefix}low"], line[f"{prefix}high"] = np.quantile(around, [0.025, 0.975])
            line[ahead] = ours - value
            line[f"{prefix}ahead_low"], line[f"{prefix}ahead_high"] = np.quantile(
                our_draws - around, [0.025, 0.975]
            )
        lines.append(line)
    return pd.DataFrame(lines)
