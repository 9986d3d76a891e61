"""What a person waits for on the planner page: a changed budget, a changed limit, the parts that follow.

``python -m tests.benchmarks.bench_planner --write tests/benchmarks/RESULTS.md``.
"""

from __future__ import annotations

import argparse
import http.client
import os
import platform
import statistics
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from urllib.parse import urlencode

import numpy as np
import pandas as pd
import scipy
import uvicorn

from features.feature import QUALITIES
from serving.limits import Limits
from serving.plannable import Plannable
from serving.planner import planner_app
from serving.planner_answers import Planner
from serving.planner_guard import Door
from serving.planner_plans import Plans
from tests.benchmarks.bench_plan import offers
from tests.benchmarks.results import write_block

CANDIDATES = 1_000
SEEDS = range(3)
BUDGETS = (18_000, 20_000, 22_000, 30_000, 40_000, 50_000, 60_000, 45_000)
FEW = {"max_creators": "20", "most_share": "20"}


def campaign(seed: int) -> Plannable:
    """One package a creator, with all that scores tell of it."""
    rng = np.random.default_rng(seed)
    table = offers(CANDIDATES, seed)
    table = table[table["posts"] == 1].reset_index(drop=True)
    rate = np.full(len(table), 0.01)
    expected = table["conversions"].to_numpy()
    table = table.assign(
        campaign_id="k1",
        as_of=pd.Timestamp("2024-01-01", tz="UTC"),
        model_version="bench",
        exposed=expected / rate,
        exposed_low=0.6 * expected / rate,
        exposed_high=1.6 * expected / rate,
        rate=rate,
        rate_low=0.5 * rate,
        rate_high=1.8 * rate,
        conversions_low=np.floor(0.3 * expected),
        conversions_high=np.ceil(2 * expected),
        sd_campaign=0.3,
        incremental=False,
        followers=10_000.0,
        reasons=pd.Series([["for: answers its commenters more often than most"]] * len(table)),
        warnings=[list(found) for found in table["warnings"]],
        **{quality: rng.normal(0, 0.2, len(table)) for quality in QUALITIES},
    )
    return Plannable("k1", "Bench", "EUR", datetime(2024, 1, 5), table, ())


def every_limit(of: Plannable) -> dict[str, str]:
    """Twenty limits, all that the form has among them."""
    ratio = of.packages.assign(ratio=of.packages["conversions"] / of.packages["cost"])
    best = ratio.sort_values("ratio", ascending=False)["creator_id"].tolist()
    limits = {
        **{"min_creators": "10", "max_creators": "60", "most_share": "8", "most_cost": "8000"},
        **{"explore": "5", "platform.instagram": "30", "platform.tiktok": "20"},
        **{"platform.youtube": "30", "language.fr": "30", "language.en": "20", "language.de": "30"},
        **{"tier.micro": "40", "tier.mid": "30", "tier.macro": "8"},
    }
    for side, creators in (("in", best[200:203]), ("out", best[:3])):
        for creator in creators:
            limits |= {f"{side}.{creator}.who": "a person", f"{side}.{creator}.why": "a reason"}
    return limits


@contextmanager
def served(of: Plannable) -> Iterator[int]:
    """The page on a free port of this machine."""
    plans = Plans({of.campaign_id: of})
    plans.warm()
    app = planner_app(Planner(plans, Limits(), "en"), Door("127.0.0.1"))
    server = uvicorn.Server(uvicorn.Config(app, port=0, log_level="warning", lifespan="off"))
    thread = threading.Thread(target=server.run)
    thread.start()
    while not server.started:
        time.sleep(0.01)
    try:
        yield server.servers[0].sockets[0].getsockname()[1]
    finally:
        server.should_exit = True
        thread.join()


def seconds(port: int, path: str, asked: dict[str, str]) -> float:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=600)
    began = time.perf_counter()
    connection.request("GET", f"{path}?{urlencode(asked)}")
    answer = connection.getresponse()
    answer.read()
    took = time.perf_counter() - began
    connection.close()
    if answer.status != 200:
        raise RuntimeError(f"{path} answered {answer.status}: {asked}")
    return took


def measured() -> list[str]:
    """Lines of the table: one a thing to wait for and a set of limits."""
    took: dict[str, list[float]] = {}
    for seed in SEEDS:
        of = campaign(seed)
        sets = {"2 limits": FEW, "20 limits": every_limit(of), "caution": FEW | {"caution": "0.2"}}
        with served(of) as port:
            for name, limits in sets.items():
                first = {"campaign": "k1", "budget": "25000", **limits}
                seconds(port, "/plan", first)  # the page is open before a budget changes
                budgets = BUDGETS if name != "caution" else BUDGETS[:3]
                for budget in budgets:
                    asked = first | {"budget": str(budget)}
                    took.setdefault(f"a changed budget, {name}", []).append(
                        seconds(port, "/plan", asked)
                    )
                asked = first | {"budget": str(budgets[-1])}
                took.setdefault(f"the same again, {name}", []).append(seconds(port, "/plan", asked))
                if name != "caution":
                    for part in ("curve", "misses"):
                        took.setdefault(f"{part}, {name}", []).append(
                            seconds(port, f"/{part}", asked)
                        )
    lines = []
    for what, of_it in sorted(took.items()):
        line = f"| {what} | {statistics.median(of_it):.3f} | {max(of_it):.3f} |"
        print(line, flush=True)
        lines.append(line)
    return lines


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--write", type=Path)
    asked = parser.parse_args()
    text = "\n".join(
        [
            "## The planner page",
            "",
            "Written by `python -m tests.benchmarks.bench_planner --write tests/benchmarks/RESULTS.md`: "
            f"{CANDIDATES:,} candidates with one package each, {len(SEEDS)} drawn markets, budgets from "
            f"{min(BUDGETS):,} to {max(BUDGETS):,}; wall seconds from the request to the last byte, over HTTP on "
            f"loopback, proven within 1 %. {os.cpu_count()} cores, {platform.machine()}, Python "
            f"{platform.python_version()}, SciPy {scipy.__version__}.",
            "",
            "| what | median, s | worst, s |",
            "|---|---:|---:|",
            *measured(),
        ]
    )  # fmt: skip
    print(text)
    if asked.write:
        write_block(asked.write, "planner", text)


if __name__ == "__main__":
    main()
