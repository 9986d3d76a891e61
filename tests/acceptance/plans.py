"""Do plans bring what others would not, and what they promise? Plans of held-out campaigns, by models
trained before them, beside what their creators would truly have brought.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
import numpy.typing as npt
import pandas as pd

from models.baselines import Baseline, Sight
from models.joint import draw_conversions, interval_of_total
from models.predictor import Predictor
from serving.budget import plan
from serving.limits import Limits
from training.counterfactual import expected_conversions
from training.money import BUDGET_SHARES, HANDLING, MOST_CREATORS, share_of_oracle
from training.origin import Seen

KEYS = ["campaign_id", "creator_id"]
LIMITS = Limits(max_creators=MOST_CREATORS)
GAP = 1e-3
DRAWS = 2000
PER_COST = "score per cost"
REVEALED = "all that features could reveal"
INTERVAL = ("realised", "expected", "low", "high")


def packages_of(
    predictor: Predictor, offered: Sight, potential: pd.DataFrame
) -> tuple[pd.DataFrame, npt.NDArray[np.int64]]:
    """Every package of the candidates offered: what the model expects of it, as of the decision, and what it would
    bring.

    Returns
    -------
    packages : DataFrame
        Columns of `scores.parquet`, `cost` (fee and handling), `brings` (mean conversions, true), `realised`
        (drawn) and `revealed_rate`.
    row : ndarray of int
        Of the candidate of each package in `offered`.
    """
    rows = offered.rows[KEYS].assign(row=np.arange(len(offered.rows)))
    found = potential.merge(rows, on=KEYS).sort_values([*KEYS, "posts"], ignore_index=True)
    row = found["row"].to_numpy()
    predicted = predictor.predict(
        offered.matrix.take(row).reset_index(drop=True),
        offered.base_log_odds[row],
        found["posts"].to_numpy(np.float64),
        is_known_brand=offered.rows["is_known_brand"].to_numpy(dtype=bool)[row],
    )
    true = pd.DataFrame(
        {
            "cost": found["fee"] + HANDLING,
            "brings": found["true_rate"] * found["true_reach"],
            "realised": found["conversions"],
            "revealed_rate": found["revealed_rate"],
        }
    )
    return pd.concat([found[[*KEYS, "package", "posts"]], predicted, true], axis="columns"), row


def packages_seen(
    seen: Seen, baselines: Mapping[str, Baseline], potential: pd.DataFrame
) -> pd.DataFrame:
    """`packages_of` what was seen at an origin, and one column an other score."""
    assert seen.offered is not None
    packages, row = packages_of(seen.fitted.predictor, seen.offered, potential)
    scored = packages.assign(
        **{
            "our reach": packages["exposed"],
            "suasion": packages["rate"],
            "log_followers": seen.offered.matrix["log_followers"].to_numpy()[row],
        },
        **{
            name: np.asarray(baseline.score(seen.offered))[row]
            for name, baseline in baselines.items()
        },
    )
    others = expected_conversions(scored, baselines)
    others.pop("suasion")
    return packages.assign(**others)


def planned(packages: pd.DataFrame, others: Sequence[str]) -> pd.DataFrame:
    """Plans of each campaign at each budget, a share of what the cheapest packages of all cost together.

    Returns
    -------
    DataFrame
        One line a campaign and `share`: what the choices by `suasion`, `oracle`, `PER_COST` and each other score
        would bring on average; and of our plan `realised` conversions beside those `expected` and their 80 %
        interval, `low` and `high`.
    """
    lines = []
    for campaign, of in packages.groupby("campaign_id", sort=True):
        of = of.reset_index(drop=True)
        brings = of["brings"].to_numpy(np.float64)
        whole = float(of.groupby("creator_id")["cost"].min().sum())
        for share in BUDGET_SHARES:
            budget = share * whole
            if budget < of["cost"].min():
                continue
            ours = list(plan(of, budget, LIMITS, gap=GAP).chosen)
            low, high = interval_of_total(draw_conversions(of.iloc[ours], DRAWS))
            line = {
                "campaign_id": campaign,
                "share": share,
                "suasion": brings[ours].sum(),
                PER_COST: brings[by_cost(of, budget)].sum(),
                "realised": of["realised"].iloc[ours].sum(),
                "expected": of["conversions"].iloc[ours].sum(),
                "low": low,
                "high": high,
            }
            for name in ("brings", *others):
                chosen = plan(of.assign(value=of[name].fillna(0.0)), budget, LIMITS, gap=GAP).chosen
                line["oracle" if name == "brings" else name] = brings[list(chosen)].sum()
            lines.append(line)
    return pd.DataFrame(lines)


def by_cost(packages: pd.DataFrame, budget: float) -> list[int]:
    """The choice of who sorts by expected conversions per cost and takes what still fits."""
    order = (
        (packages["conversions"] / packages["cost"])
        .sort_values(ascending=False, kind="stable")
        .index
    )
    chosen: list[int] = []
    creators: set[str] = set()
    left = budget
    for line in order:
        creator, cost = packages.at[line, "creator_id"], packages.at[line, "cost"]
        if cost <= left and creator not in creators and len(chosen) < MOST_CREATORS:
            chosen.append(int(line))
            creators.add(creator)
            left -= cost
    return chosen


class Plans:
    """Gathers the plans of an evaluation, origin by origin (`evaluate(on_judged=)`)."""

    def __init__(self, potential: pd.DataFrame) -> None:
        self.potential = potential
        self.found: list[pd.DataFrame] = []

    def judge(self, seen: Seen, baselines: Mapping[str, Baseline]) -> None:
        """Plan the campaigns after an origin."""
        if seen.offered is not None:
            packages = packages_seen(seen, baselines, self.potential)
            others = packages.columns[packages.columns.get_loc("revealed_rate") + 1 :]
            self.found.append(planned(packages, list(others)))

    def table(self) -> pd.DataFrame:
        """`planned` of all."""
        return pd.concat(self.found, ignore_index=True)


def rivals_of_plans(plans: pd.DataFrame) -> list[str]:
    """What others choose by: every other score, but not the truth nor what features could reveal of it."""
    known = ("campaign_id", "share", *INTERVAL, "suasion", "oracle", PER_COST, REVEALED)
    return [str(name) for name in plans.columns if name not in known]


def captured_by_plans(plans: pd.DataFrame) -> pd.DataFrame:
    """Share of the oracle's conversions at each budget, and by how much the plan is ahead (95 %, campaigns drawn).

    Returns
    -------
    DataFrame
        `money.share_of_oracle` with `share`.
    """
    scores = plans.columns.difference(["campaign_id", "share", *INTERVAL], sort=False)
    return pd.concat(
        [
            share_of_oracle(of[["campaign_id", *scores]]).assign(share=share)
            for share, of in plans.groupby("share")
        ],
        ignore_index=True,
    )


def coverage_of_plans(plans: pd.DataFrame, draws: int = 2000) -> pd.DataFrame:
    """How often what came lies in the plan's 80 % interval, with 95 % over campaigns drawn anew.

    Returns
    -------
    DataFrame
        One line a budget and one for all: `share`, `campaigns`, `value`, `low`, `high`; `below` and `above` (shares that
        lay outside), `came` (realised over expected, of all plans together).
    """
    is_in = plans["realised"].between(plans["low"], plans["high"])
    told = plans.assign(
        is_in=is_in, below=plans["realised"] < plans["low"], above=plans["realised"] > plans["high"]
    )
    rng = np.random.default_rng(0)
    lines = []
    for share, of in [("all", told), *told.groupby("share")]:
        each = of.groupby("campaign_id")["is_in"].agg(["sum", "size"])
        drawn = rng.multinomial(len(each), np.full(len(each), 1 / len(each)), draws)
        around = (drawn @ each["sum"].to_numpy()) / (drawn @ each["size"].to_numpy())
        low, high = np.quantile(around, [0.025, 0.975])
        lines.append(
            {
                "share": share,
                "campaigns": len(each),
                "value": of["is_in"].mean(),
                "low": low,
                "high": high,
                "below": of["below"].mean(),
                "above": of["above"].mean(),
                "came": of["realised"].sum() / of["expected"].sum(),
            }
        )
    return pd.DataFrame(lines)
