"""Plans of many candidates beside greedy choice and beside HiGHS without our reductions.

``python -m tests.benchmarks.bench_plan --write tests/benchmarks/RESULTS.md``.
"""

from __future__ import annotations

import argparse
import math
import os
import platform
import statistics
import time
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pandas as pd
import scipy

from features.errors import UserError
from features.overlap import Overlap, audience_overlap
from serving.alternatives import near_misses, override_costs
from serving.budget import budget_curve, plan
from serving.limits import Group, Limits, Override
from serving.programme import Programme, programme_of
from serving.score import NEW_CREATOR
from serving.search import NODES, search
from tests.benchmarks.results import write_block
from tests.market import connect

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]

CANDIDATES, FEWER = 10_000, 1_000
SEEDS = range(3)
POSTS = (1.0, 3.0, 6.0)
BUDGETS = (100_000.0, 400_000.0)
FEWER_BUDGET = 50_000.0
DRAWS = 1_000
CURVE = 20
GAP = 1e-3
TOPICS, READERS, AUDIENCE = 8, 4_000, 300
"""Readers whom all creators of a topic, language and platform have in common; people of a median
audience, a third of them readers, the first readers oftenest."""


def offers(candidates: int, seed: int, *, spread: float = 0.8) -> pd.DataFrame:
    """Three packages each: dearer for the larger, more posts for less each; worth by its own luck.

    `spread` of the logarithm of conversions per unit of money: the smaller, the harder to choose.
    """
    rng = np.random.default_rng(seed)
    of = np.repeat(np.arange(candidates), len(POSTS))
    posts = np.tile(POSTS, candidates)
    fee = rng.lognormal(6, 1, candidates)
    rate = rng.lognormal(0, spread, candidates)
    noise = rng.lognormal(0, 0.1 * spread / 0.8, (2, len(of)))
    return pd.DataFrame(
        {
            "creator_id": [f"c{number:05d}" for number in of],
            "package": [f"{number:g} posts" for number in posts],
            "posts": posts,
            "cost": np.round(fee[of] * posts**0.85 * noise[0], 2),
            "conversions": fee[of] ** 0.95 * rate[of] / 20 * posts**0.75 * noise[1],
            "platform": rng.choice(["instagram", "tiktok", "youtube"], candidates)[of],
            "language": rng.choice(["fr", "en", "de"], candidates)[of],
            "tier": np.array(["micro", "mid", "macro"])[np.digitize(fee, [200, 1000])][of],
            "known_share": rng.uniform(0.2, 1, candidates)[of],
            "warnings": pd.Series(
                [(NEW_CREATOR,) if new else () for new in (rng.uniform(size=candidates) < 0.2)[of]]
            ),
            "sd_creator": 0.4,
            "sd_reach": 0.3,
        }
    )


def every_limit(packages: pd.DataFrame) -> Limits:
    """All limits at once, each of which binds or nearly so."""
    ratio = packages["conversions"] / packages["cost"]
    best = packages.assign(ratio=ratio).sort_values("ratio", ascending=False)
    names = best["creator_id"].unique().tolist()
    ids = packages["creator_id"].unique().tolist()

    def decided(creators: list[str]) -> tuple[Override, ...]:
        return tuple(Override(creator, "a person", "a reason") for creator in creators)

    return Limits(
        min_creators=10,
        max_creators=60,
        groups=(
            Group("platform", "instagram", 5, 30, 0.4),
            Group("platform", "tiktok", None, 20, 0.4),
            Group("platform", "youtube", 2, None, 0.5),
            Group("language", "fr", 8, None, None),
            Group("language", "en", None, 20, 0.4),
            Group("tier", "micro", 8, None, 0.5),
            Group("tier", "macro", None, 8, 0.3),
            Group("brand_set", "rivals", None, 2, None, tuple(names[:10])),
        ),
        most_cost=8_000.0,
        most_share=0.08,
        forced=decided(sorted(ids[100:103])),
        forbidden=decided(names[10:14]),
        exclusive=tuple(tuple(names[at : at + 3]) for at in range(20, 60, 4)),
        explore=0.05,
        known_below=0.3,
    )


def in_common(packages: pd.DataFrame, seed: int) -> tuple[Overlap, float]:
    """Who shares whose audience, found in as many acts as such creators have; seconds it took."""
    rng = np.random.default_rng(seed)
    who = packages.drop_duplicates("creator_id")
    n = len(who)
    told = [who[name].to_numpy(dtype=str) for name in ("language", "platform")]
    community = np.unique(np.char.add(*told), return_inverse=True)[1] * TOPICS
    community += rng.integers(0, TOPICS, n)
    size = np.minimum(rng.lognormal(np.log(AUDIENCE), 1, n), 10 * AUDIENCE).astype(np.int64) + 3
    of = np.repeat(np.arange(n), size)
    reads = rng.uniform(size=len(of)) < np.repeat(rng.beta(2, 4, n), size)
    reader = community[of] * READERS + (READERS * rng.uniform(size=len(of)) ** 2).astype(np.int64)
    account = np.where(reads, reader, community.max() * READERS + READERS + np.arange(len(of)))
    acts = pd.DataFrame(
        {
            "interaction_id": pd.Series(np.arange(len(of))).astype(str),
            "target_id": who["creator_id"].to_numpy()[of],
            "actor_id": "p" + pd.Series(account).astype(str),
            "occurred_at": pd.Timestamp("2024-05-01"),
            "kind": "like",
        }
    )
    with connect({"creators": who[["creator_id"]], "interactions": acts}) as connection:
        began = time.perf_counter()
        found = audience_overlap(connection, sorted(who["creator_id"]), datetime(2024, 6, 1))
    return found, time.perf_counter() - began


def greedy(programme: Programme) -> Ints | None:
    """Best by value per cost, first for the lower limits, while no upper one breaks."""
    order = np.argsort(-programme.value / programme.cost, kind="stable")
    matrix = programme.matrix.tocsc()
    sums, taken, bought = np.zeros(len(programme.rules)), set(), []
    for needed in (True, False):
        for column in order:
            creator = int(programme.creator[column])
            part = slice(matrix.indptr[column], matrix.indptr[column + 1])
            rows, entries = matrix.indices[part], matrix.data[part]
            if creator in taken or (sums[rows] + entries > programme.high[rows]).any():
                continue
            if needed and not (sums[rows] < programme.low[rows]).any():
                continue
            sums[rows] += entries
            taken.add(creator)
            bought.append(column)
    return np.sort(bought) if (sums >= programme.low).all() else None


def seconds(work: Callable[[], object]) -> float:
    began = time.perf_counter()
    work()
    return time.perf_counter() - began


def measured(
    name: str, spread: float, limits: Callable[[pd.DataFrame], Limits], *, shared: bool = False
) -> list[str]:
    """Lines of the table: one a budget."""
    lines = []
    common = {
        seed: in_common(offers(CANDIDATES, seed, spread=spread), seed) if shared else (None, 0.0)
        for seed in SEEDS
    }
    if shared:
        name += (
            f" (overlap found in {statistics.median(took for _, took in common.values()):.1f} s)"
        )
    for budget in BUDGETS:
        took: dict[float, list[float]] = {1e-2: [], 1e-3: []}
        gaps: dict[float, list[float]] = {1e-2: [], 1e-3: []}
        behind, chosen, plain = [], [], "-"
        for seed in SEEDS:
            packages = offers(CANDIDATES, seed, spread=spread)
            asked, overlap = limits(packages), common[seed][0]
            for gap in took:
                began = time.perf_counter()
                made = plan(packages, budget, asked, gap=gap, overlap=overlap)
                took[gap].append(time.perf_counter() - began)
                gaps[gap].append(made.gap)
            chosen.append(len(made.chosen))
            programme = programme_of(packages, budget, asked, overlap)
            ratio = greedy(programme)
            behind.append(
                math.nan if ratio is None else 1 - programme.worth(ratio) / made.objective
            )
            if not shared and seed == SEEDS[0] and budget == BUDGETS[0]:
                began = time.perf_counter()
                search(programme, np.arange(len(programme.value)), GAP)
                plain = f"{time.perf_counter() - began:.1f}"
        lost = [one for one in behind if not math.isnan(one)]
        told = f"{100 * statistics.mean(lost):.1f} %" if lost else "-"
        failed = len(behind) - len(lost)
        line = (
            f"| {name} | {budget:,.0f} | {statistics.median(chosen):.0f} | "
            f"{statistics.median(took[1e-2]):.2f} ({max(took[1e-2]):.2f}) | "
            f"{statistics.median(took[1e-3]):.2f} ({max(took[1e-3]):.2f}) | "
            f"{100 * max(gaps[1e-3]):.3f} % | {plain} | {told} | {failed} |"
        )
        print(line, flush=True)
        lines.append(line)
    return lines


def page() -> list[str]:
    """What a person waits for at fewer candidates."""
    took: dict[str, list[float]] = {}
    for seed in SEEDS:
        packages = offers(FEWER, seed)
        few, asked = Limits(max_creators=20, most_share=0.2), every_limit(packages)
        shocks = np.random.default_rng(seed).lognormal(0, 0.5, (DRAWS, len(packages)))
        drawn = packages["conversions"].to_numpy() * shocks
        for name, limits in (("few limits", few), ("every limit", asked)):
            for what, work in tasks(packages, limits, drawn).items():
                took.setdefault(f"{what}, {name}", []).append(seconds(work))
    return [
        f"| {what} | {statistics.median(of):.2f} | {max(of):.2f} |" for what, of in took.items()
    ]


def tasks(packages: pd.DataFrame, limits: Limits, drawn: Floats) -> dict[str, Callable[[], object]]:
    """What the page asks for, by name."""
    made = plan(packages, FEWER_BUDGET, limits, gap=GAP)
    grid = np.linspace(FEWER_BUDGET / 2, FEWER_BUDGET * 2, CURVE).tolist()
    bad_year = replace(limits, caution=0.2)
    return {
        "plan": lambda: plan(packages, FEWER_BUDGET, limits, gap=GAP),
        f"curve of {CURVE} budgets": lambda: budget_curve(packages, grid, limits, gap=GAP),
        "5 near misses": lambda: near_misses(packages, FEWER_BUDGET, limits, made, gap=GAP),
        "costs of overrides": lambda: override_costs(packages, FEWER_BUDGET, limits, made, gap=GAP),
        f"caution over {DRAWS:,} draws": lambda: plan(
            packages, FEWER_BUDGET, bad_year, draws=drawn, gap=GAP
        ),
    }


def _refused(packages: pd.DataFrame, budget: float, limits: Limits) -> None:
    try:
        plan(packages, budget, limits)
    except UserError:
        return
    raise RuntimeError("limits were to conflict")


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--write", type=Path)
    asked = parser.parse_args()
    lines = [
        *measured("no limits but the budget", 0.8, lambda _: Limits()),
        *measured("every limit", 0.8, lambda of: replace(every_limit(of), explore=0.0)),
        *measured(
            "the same, worth nearly by cost", 0.1, lambda of: replace(every_limit(of), explore=0.0)
        ),
        *measured("every limit and exploration", 0.8, every_limit),
        *measured(
            "no limits but the budget, shared audiences", 0.8, lambda _: Limits(), shared=True
        ),
        *measured("every limit and exploration, shared audiences", 0.8, every_limit, shared=True),
    ]
    refused = []
    for seed in SEEDS:
        packages = offers(CANDIDATES, seed)
        began = time.perf_counter()
        _refused(packages, 1_000.0, every_limit(packages))
        refused.append(time.perf_counter() - began)
    text = "\n".join(
        [
            "## Plans",
            "",
            "Written by `python -m tests.benchmarks.bench_plan --write tests/benchmarks/RESULTS.md`: "
            f"{CANDIDATES:,} candidates with {len(POSTS)} packages each, {len(SEEDS)} drawn markets; wall "
            "seconds from the table of packages to the plan, median (worst), proven within 1 % and within "
            "0.1 % (beside: the worst gap proven then). HiGHS alone: the same programme without reductions, "
            f"first market within 0.1 %, its solving alone, at most {NODES:,} nodes. Greedy: by value per cost, first for "
            "the lower limits; what it misses of the plan's value, mean where it met the limits at all, and "
            f"in how many markets it did not. {os.cpu_count()} cores, {platform.machine()}, Python "
            f"{platform.python_version()}, SciPy {scipy.__version__}. Shared audiences: people in common count "
            "once, as found in some 5 million acts towards the candidates.",
            "",
            "| market | budget | creators | 1 %, s | 0.1 %, s | gap proven | HiGHS alone, s | "
            "greedy misses | greedy fails |",
            "|---|---:|---:|---:|---:|---:|---:|---:|---:|",
            *lines,
            "",
            f"Limits that cannot be met, {CANDIDATES:,} candidates (budget 1,000, every limit): "
            f"{statistics.median(refused):.1f} s to the smallest conflict and its remedies, at worst "
            f"{max(refused):.1f} s.",
            "",
            f"{FEWER:,} candidates with {len(POSTS)} packages each, budget {FEWER_BUDGET:,.0f}, within 0.1 %:",
            "",
            "| what | median, s | worst, s |",
            "|---|---:|---:|",
            *page(),
        ]
    )  # fmt: skip
    print(text)
    if asked.write:
        write_block(asked.write, "plan", text)


if __name__ == "__main__":
    main()
