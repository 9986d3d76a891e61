"""One market judged: what models trained on its past say of its last matured campaigns, beside the truth."""

from __future__ import annotations

import pickle
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
import pandas as pd
from duckdb import DuckDBPyConnection

from features.asof import newest_moment
from features.prepared import Prepared, prepared
from features.source import open_market
from features.tables import NEEDS
from tests.acceptance.effects import recovered_qualities, recovered_terms, true_effects
from tests.acceptance.plans import Plans
from training.clusters import drawn_weights, mean, with_interval
from training.counterfactual import known_candidates
from training.evaluation import Evaluation, evaluate
from training.figures import pit_inside
from training.metrics import subsets_of
from training.money import TIGHT_SHARE
from training.world import World, simulate, write_world

WINDOW_DAYS = 58
MATURES_DAYS = 52
"""After its decision a campaign starts within 6 days, runs 14 and counts what comes in 30; and the rest of a day."""
LEAST_CAMPAIGNS = 120
POPULARITY = ("followers", "reach alone", "engagement rate × followers")
RIVALS = ("past rate × reach", "engagement model × reach")
REVEALED = "all that features could reveal"
SETTING = f"captured_{100 * TIGHT_SHARE:g}_percent_predicted_reach"
OF_SUBSETS = ["campaign_id", "is_cold", "tier", "has_history", "is_new_brand"]


@dataclass(frozen=True)
class Verdict:
    """What one market showed.

    Attributes
    ----------
    campaigns : int
        Judged, each held out from the model that judged it.
    captured : DataFrame
        Of the model, its rivals and what features could reveal, one line a `metric` (pooled share
        of the oracle's conversions, or mean of the campaigns' shares), `subset` and `score`:
        `value`, and `ahead_low`, `ahead_high` of the model's lead (95 %).
    spearman, revealed : float
        With the true rate, of the model and of what features could reveal.
    popularity, revealed_popularity, least_popularity : float
        Partial rank correlation with followers given the true rate: the model's, that of what
        features could reveal, and the least of the baselines of popularity.
    trees : str
        Kept at each origin.
    qualities, terms
        `effects.recovered_qualities` and `effects.recovered_terms` of all candidates.
    plans
        `plans.planned` of all campaigns judged.
    covered : DataFrame
        One line an outcome judged: `inside`, the part of its randomised PIT within the 80 % interval
        of conversions, beside what tells its campaign and its subsets.
    """

    seed: int
    campaigns: int
    captured: pd.DataFrame
    spearman: float
    revealed: float
    popularity: float
    revealed_popularity: float
    least_popularity: float
    trees: str
    qualities: pd.DataFrame
    terms: pd.Series
    plans: pd.DataFrame
    covered: pd.DataFrame
    seconds: float
    least_campaigns: int = field(default=LEAST_CAMPAIGNS)

    def line(self, score: str, subset: str = "all", metric: str = SETTING) -> pd.Series:
        """One line of `captured`."""
        return self.captured.set_index(["metric", "subset", "score"]).loc[(metric, subset, score)]


def judge(
    seed: int, *, creators: int, months: int, windows: int, least_campaigns: int = LEAST_CAMPAIGNS
) -> Verdict:
    """Simulate a market and judge the model on its last matured campaigns."""
    began = time.perf_counter()
    world = simulate(creators=creators, months=months, seed=seed)
    plans = Plans(world.truth["potential"])
    with opened(world, windows) as (ready, origins, candidates):
        found = evaluate(ready, origins, WINDOW_DAYS, candidates=candidates, on_judged=plans.judge)
    seconds = time.perf_counter() - began
    return verdict(found, plans.table(), world, seed, seconds, least_campaigns)


@contextmanager
def opened(world: World, windows: int) -> Iterator[tuple[Prepared, list[datetime], pd.DataFrame]]:
    """A market written down, read and made ready; its `last_origins`; its candidates and their truth."""
    with TemporaryDirectory() as scratch:
        data = Path(scratch)
        write_world(world, data)
        needs, uses = NEEDS["evaluate"]
        with open_market(data, needs=needs, uses=uses) as market:
            origins = last_origins(market.connection, windows)
            candidates = known_candidates(market.connection, data)
            with prepared(market) as ready:
                yield ready, origins, candidates


def last_origins(connection: DuckDBPyConnection, windows: int) -> list[datetime]:
    """The starts of the last windows whose campaigns have matured."""
    newest = newest_moment(connection)
    assert newest is not None
    last = newest.replace(hour=0, minute=0, second=0, microsecond=0) - timedelta(days=MATURES_DAYS)
    return [last - timedelta(days=WINDOW_DAYS * k) for k in range(windows, 0, -1)]


def kept(folder: Path | None, seed: int, **size: int) -> Verdict:
    """`judge`, but a verdict kept in a folder is taken from there."""
    path = folder / f"verdict_{seed}.pickle" if folder else None
    if path and path.exists():
        found: Verdict = pickle.loads(path.read_bytes())
        return found
    if path:
        path.parent.mkdir(parents=True, exist_ok=True)  # before what takes half an hour
    found = judge(seed, **size)
    if path:
        path.write_bytes(pickle.dumps(found))
    return found


def verdict(
    found: Evaluation,
    plans: pd.DataFrame,
    world: World,
    seed: int,
    seconds: float,
    least_campaigns: int,
) -> Verdict:
    """What of an evaluation the claims are about."""
    assert found.truth is not None
    assert found.candidates is not None
    candidates = found.candidates[found.candidates["is_known"]].reset_index(drop=True)
    effects = true_effects(candidates, world)
    truth, figures = found.truth.set_index("score"), found.figures
    told = figures["metric"].isin((SETTING, f"mean_{SETTING}"))
    told &= figures["score"].isin(("suasion", *RIVALS, REVEALED))
    return Verdict(
        seed=seed,
        campaigns=found.rows["campaign_id"].nunique(),
        captured=figures[told].reset_index(drop=True),
        spearman=truth.loc["suasion", "spearman"],
        revealed=truth.loc["revealed", "spearman"],
        popularity=truth.loc["suasion", "popularity"],
        revealed_popularity=truth.loc["revealed", "popularity"],
        least_popularity=truth.loc[list(POPULARITY), "popularity"].abs().min(),
        trees=", ".join(str(count) for count in found.origins["trees"]),
        qualities=recovered_qualities(candidates, effects),
        terms=recovered_terms(candidates, effects),
        plans=plans,
        covered=covered(found.rows),
        seconds=seconds,
        least_campaigns=least_campaigns,
    )


def covered(rows: pd.DataFrame) -> pd.DataFrame:
    """`Verdict.covered` of `judged.judged_rows`."""
    below, upto = (rows[f"conversions_{end}"].to_numpy(np.float64) for end in ("below", "upto"))
    return rows[OF_SUBSETS].assign(inside=pit_inside(below, upto, 0.1, 0.9))


def coverage_of(covered: pd.DataFrame) -> pd.DataFrame:
    """Share of outcomes within their 80 % intervals, one line a `subset`: `value`, `low` and `high` (95 % over
    campaigns drawn anew), `campaigns`.
    """
    lines = []
    for subset, member in subsets_of(covered).items():
        rows = covered[member]
        cluster, campaigns = pd.factorize(rows["campaign_id"])
        share = mean(cluster.astype(np.int64), rows["inside"].to_numpy(np.float64))
        found = with_interval(share, drawn_weights(len(campaigns), seed=0))
        lines.append({"subset": subset, "campaigns": len(campaigns), **found})
    return pd.DataFrame(lines)
