"""How often what came lies in the ranges of creators and of plans, by how the spreads behind them are told.

Markets of other seeds than acceptance has. What is dear, to learn and to choose plans, is done once a market; spreads
choose nothing, so that every way of telling them is judged on the same rows and plans.

``python -m tests.benchmarks.bench_ranges --jobs 2 --write tests/benchmarks/RESULTS.md``.
"""

from __future__ import annotations

import argparse
import pickle
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, replace
from datetime import datetime
from functools import partial
from multiprocessing import get_context
from pathlib import Path
from typing import Any
from unittest.mock import patch

import numpy as np
import numpy.typing as npt
import pandas as pd

from features.asof import known_outcomes
from features.prepared import Prepared
from models import conformal, intervals
from models.baselines import Sight
from models.conformal import conformed
from models.intervals import Spreads, estimate_spreads
from models.joint import draw_conversions, interval_of_total
from models.predictor import Predictor
from serving.budget import plan
from tests.acceptance.plans import DRAWS, GAP, KEYS, LIMITS, coverage_of_plans, packages_of
from tests.acceptance.verdict import WINDOW_DAYS, opened
from tests.benchmarks.results import write_block
from training import fit
from training.ahead import in_window, look_ahead
from training.counterfactual import look_at_candidates
from training.evaluation import END_OF_TIME
from training.figures import pit_inside
from training.fit import learn, look_back
from training.money import BUDGET_SHARES
from training.world import simulate

Floats = npt.NDArray[np.float64]
Told = Mapping[str, Any]
Way = Callable[[Told], Spreads]
OF_ESTIMATE = (
    *("conversions", "expected", "campaign"),
    *("known_share", "log_reach_error", "is_known_brand"),
)


@dataclass(frozen=True)
class Rows:
    """Packages to be predicted with one spread or another.

    Attributes
    ----------
    rows : DataFrame, n lines
        `campaign_id`, `realised` conversions; of plans also `share`, `creator_id`, `package`.
    matrix : DataFrame, n lines
    base, posts : ndarray, shape (n,)
    is_known_brand : ndarray of bool, shape (n,)
    """

    rows: pd.DataFrame
    matrix: pd.DataFrame
    base: Floats
    posts: Floats
    is_known_brand: npt.NDArray[np.bool_]


@dataclass(frozen=True)
class Origin:
    """One origin: the model, what its spreads were told from, and what came afterwards.

    Attributes
    ----------
    told : dict
        As `conformed` takes it.
    ahead, chosen : Rows
        Outcomes of later campaigns, and the packages of their plans.
    """

    predictor: Predictor
    told: dict[str, Any]
    ahead: Rows
    chosen: Rows


def origins_of(seed: int, *, creators: int, months: int, windows: int) -> list[Origin]:
    """The origins of one simulated market, as acceptance sets them."""
    world = simulate(creators=creators, months=months, seed=seed)
    potential = world.truth["potential"]
    with opened(world, windows) as (ready, origins, candidates):
        outcomes = known_outcomes(ready.connection, END_OF_TIME)
        outcomes = outcomes[outcomes["exposed"] > 0]
        return [_at(ready, o, outcomes, candidates, potential) for o in origins]


def _at(
    ready: Prepared,
    origin: datetime,
    outcomes: pd.DataFrame,
    candidates: pd.DataFrame,
    potential: pd.DataFrame,
) -> Origin:
    known = look_back(ready, origin)
    told: dict[str, Any] = {}
    with patch.object(fit, "conformed", partial(_told, told)):
        predictor = learn(known).predictor
    ahead = look_ahead(ready, outcomes, known.space, origin, WINDOW_DAYS)
    offered = in_window(candidates, origin, WINDOW_DAYS)
    sight = Sight(*look_at_candidates(ready, offered, known.space), pd.DataFrame())
    print(f"{origin:%Y-%m-%d}: {len(known.outcomes)} outcomes known", flush=True)
    return Origin(
        predictor,
        told,
        Rows(
            ahead.rows.assign(realised=ahead.rows["conversions"]),
            ahead.matrix,
            ahead.base_log_odds,
            ahead.rows["posts"].to_numpy(np.float64),
            ahead.rows["is_known_brand"].to_numpy(dtype=bool),
        ),
        _chosen(predictor, sight, potential),
    )


def _told(kept: dict[str, Any], spreads: Spreads, **told: Any) -> Spreads:
    kept.update(told)
    return conformed(spreads, **told)


def _chosen(predictor: Predictor, sight: Sight, potential: pd.DataFrame) -> Rows:
    packages, row = packages_of(predictor, sight, potential)
    lines = []
    for _, of in packages.groupby("campaign_id", sort=True):
        whole = float(of.groupby("creator_id")["cost"].min().sum())
        for share in BUDGET_SHARES:
            if share * whole >= of["cost"].min():
                ours = plan(of.reset_index(drop=True), share * whole, LIMITS, gap=GAP).chosen
                lines.append(of.iloc[list(ours)].assign(share=share))
    chosen = pd.concat(lines)
    row = row[chosen.index]
    return Rows(
        chosen[[*KEYS, "package", "share", "realised"]].reset_index(drop=True),
        sight.matrix.take(row).reset_index(drop=True),
        sight.base_log_odds[row],
        chosen["posts"].to_numpy(np.float64),
        sight.rows["is_known_brand"].to_numpy(dtype=bool)[row],
    )


def kept_origins(seed: int, folder: Path | None, **size: int) -> list[Origin]:
    """`origins_of`, from a folder where they were kept."""
    path = folder / f"ranges-{size['creators']}-{size['months']}-{seed}.pickle" if folder else None
    if path and path.exists():
        found: list[Origin] = pickle.loads(path.read_bytes())
        return found
    found = origins_of(seed, **size)
    if path:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(pickle.dumps(found))
    return found


def rows_in(origin: Origin, spreads: Spreads) -> pd.DataFrame:
    """One line a later outcome: `campaign_id`, and the share `inside` the 80 % interval (of the randomised PIT)."""
    of = origin.ahead
    told = replace(origin.predictor, spreads=spreads).predictive(
        of.matrix, of.base, of.posts, is_known_brand=of.is_known_brand
    )
    below, upto = told.conversions_cdfs(of.rows["realised"].to_numpy(np.float64))
    inside = pit_inside(below, upto, 0.1, 0.9)
    return pd.DataFrame({"campaign_id": of.rows["campaign_id"], "inside": inside})


def plans_in(origin: Origin, spreads: Spreads) -> pd.DataFrame:
    """One line a plan, as `coverage_of_plans` takes it."""
    of = origin.chosen
    packages = replace(origin.predictor, spreads=spreads).predict(
        of.matrix, of.base, of.posts, is_known_brand=of.is_known_brand
    )
    packages = pd.concat([of.rows, packages], axis="columns")
    lines = []
    for (campaign, share), ours in packages.groupby(["campaign_id", "share"], sort=True):
        low, high = interval_of_total(draw_conversions(ours, DRAWS))
        came, due = ours["realised"].sum(), ours["conversions"].sum()
        lines.append((campaign, share, came, due, low, high))
    return pd.DataFrame(
        lines, columns=["campaign_id", "share", "realised", "expected", "low", "high"]
    )


def patched(module: Any, **pieces: Any) -> Way:
    """Spreads told as the product does, but for pieces of a module."""

    def told_so(told: Told) -> Spreads:
        with patch.multiple(module, **pieces):
            return _product(told)

    return told_so


def _estimated(told: Told) -> Spreads:
    return estimate_spreads(**{name: told[name] for name in OF_ESTIMATE})


def _product(told: Told) -> Spreads:
    return conformed(_estimated(told), **told)


WAYS: dict[str, Way] = {
    "as training tells them": _product,
    "a prior of .5 worth five campaigns": patched(
        intervals, CAMPAIGN_SPREAD=0.5, CAMPAIGN_PRIOR=5.0
    ),
    "a prior of .75 worth twenty": patched(intervals, CAMPAIGN_PRIOR=20.0),
    "without Student's share": patched(conformal, one_more=lambda witnesses: 1.0),
    "as estimated, nothing conformed": _estimated,
}


def judged(origins: Mapping[int, Sequence[Origin]], way: Way) -> dict[str, Any]:
    """What a way of telling spreads holds, over all markets."""
    rows, plans, spreads = [], [], []
    for seed, of_market in origins.items():
        for origin in of_market:
            told = way(origin.told)
            spreads.append((told.campaign, told.creator))
            for found, of in ((rows, rows_in(origin, told)), (plans, plans_in(origin, told))):
                found.append(of.assign(campaign_id=f"{seed}:" + of["campaign_id"], seed=seed))
    of_rows, of_plans = pd.concat(rows, ignore_index=True), pd.concat(plans, ignore_index=True)
    is_in = of_plans["realised"].between(of_plans["low"], of_plans["high"])
    campaign, creator = np.transpose(spreads)
    return {
        "plans": coverage_of_plans(of_plans).set_index("share").loc["all"],
        "plans_by_market": is_in.groupby(of_plans["seed"]).mean(),
        "rows": of_rows["inside"].mean(),
        "rows_by_market": of_rows.groupby("seed")["inside"].mean(),
        "campaign": campaign,
        "creator": creator,
    }


def table(origins: Mapping[int, Sequence[Origin]], ways: Mapping[str, Way]) -> Iterator[str]:
    """A line a way: plans and rows covered, together and by market, and the spreads."""
    yield "| spreads | plans' totals | of each market | rows | of each market | campaign's spread | creator's |"
    yield "|---|---|---|---|---|---|---|"
    for name, way in ways.items():
        found = judged(origins, way)
        plans = found["plans"]
        cells = [
            f"{name} | {plans['value']:.3f} ({plans['low']:.3f} … {plans['high']:.3f})",
            ", ".join(f"{share:.3f}" for share in found["plans_by_market"]),
            f"{found['rows']:.3f}",
            ", ".join(f"{share:.3f}" for share in found["rows_by_market"]),
            *(
                f"{spread.mean():.2f} ± {spread.std():.2f}"
                for spread in (found["campaign"], found["creator"])
            ),
        ]
        yield f"| {' | '.join(cells)} |"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seeds", default="10,11,12,13")
    parser.add_argument("--creators", type=int, default=2000)
    parser.add_argument("--months", type=int, default=24)
    parser.add_argument("--windows", type=int, default=6, help=f"of {WINDOW_DAYS} days, held out")
    parser.add_argument("--jobs", type=int, default=1, help="markets at a time")
    parser.add_argument("--keep", type=Path, help="folder for what is learned of each market")
    parser.add_argument("--write", type=Path)
    asked = parser.parse_args()
    seeds = [int(seed) for seed in asked.seeds.split(",")]
    size = {"creators": asked.creators, "months": asked.months, "windows": asked.windows}
    one = partial(kept_origins, folder=asked.keep, **size)
    with ProcessPoolExecutor(asked.jobs, mp_context=get_context("spawn")) as pool:
        origins = dict(zip(seeds, pool.map(one, seeds), strict=True))
    lines = list(table(origins, WAYS))
    print("\n".join(lines))
    campaigns = int(judged(origins, _product)["plans"]["campaigns"])
    if asked.write:
        intro = (
            f"## Ranges\n\nWritten by `python -m tests.benchmarks.bench_ranges --seeds {asked.seeds} "
            f"--creators {asked.creators} --write tests/benchmarks/RESULTS.md`: "
            f"markets of {asked.creators:,} creators and {asked.months} months, seeds {asked.seeds} (acceptance has "
            f"others), {campaigns} campaigns after {asked.windows} origins each. How often the conversions that came "
            "lie within the 80 % interval of a plan (5, 10 and 20 % of what all cost; in brackets the 95 % interval "
            "over campaigns) and of a creator paid; spreads of logs are means and standard deviations over origins.\n"
        )
        write_block(asked.write, "ranges", "\n".join([intro, *lines]))


if __name__ == "__main__":
    main()
