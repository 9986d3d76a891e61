"""What each quality is worth: removed in turn, and alone, on the simulated market and on real data.

``python -m tests.benchmarks.bench_ablation --tiktok-topics DATA --write tests/benchmarks/RESULTS.md``.
`suasion evaluate --ablate` does the same on any data.
"""

from __future__ import annotations

import argparse
import time
from datetime import datetime, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory

from features import streams
from features.prepared import Prepared
from features.source import open_market
from features.tables import NEEDS
from serving.show_ablation import ablation_markdown
from tests.benchmarks.results import write_block
from training.ablation import ablate
from training.counterfactual import known_candidates
from training.world import simulate, write_world

CREATORS, MONTHS, SEED = 2000, 18, 0
SIMULATED = [datetime(2023, 12, 1) + timedelta(days=28 * i) for i in range(6)]
"""Four weeks each, up to the last campaigns of 18 months that have matured."""
DEVELOPMENT = [datetime(2020, 6, 15) + timedelta(days=14 * i) for i in range(8)]
"""Every second Monday up to 2020-09-21, a week each: what comes later is a test set, kept unseen."""


def measure(data: Path, origins: list[datetime], days: float) -> str:
    """The table of one data folder, and the time it took."""
    began = time.perf_counter()
    needs, uses = NEEDS["evaluate"]
    with open_market(data, needs=needs, uses=uses, max_bad=0.05) as market:
        streams.prepare(market.connection)
        candidates = known_candidates(market.connection, data)
        found = ablate(Prepared(market.connection), origins, days, candidates=candidates, seed=SEED)
    table = ablation_markdown(found)
    return (
        f"{table}\n{days:g} days after each origin; {time.perf_counter() - began:.0f} s in all.\n"
    )


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--tiktok-topics", type=Path, help="folder of these data, if there")
    parser.add_argument("--write", type=Path)
    asked = parser.parse_args()
    parts = [
        "## Ablation",
        "Written by `python -m tests.benchmarks.bench_ablation --tiktok-topics DATA --write "
        "tests/benchmarks/RESULTS.md`.",
        f"### Simulated market: {CREATORS:,} creators, {MONTHS} months, seed {SEED}",
    ]
    with TemporaryDirectory() as scratch:
        write_world(simulate(creators=CREATORS, months=MONTHS, seed=SEED), Path(scratch))
        parts.append(measure(Path(scratch), SIMULATED, 28))
    if asked.tiktok_topics is not None:
        parts += [
            "### tiktok_topics",
            "A campaign is a hashtag in a week, a conversion a share or a comment, never a sale; "
            "there are posts and counters, and no conversations.",
            measure(asked.tiktok_topics, DEVELOPMENT, 7),
        ]
    text = "\n\n".join(part.strip() for part in parts)
    print(text)
    if asked.write:
        write_block(asked.write, "ablation", text)


if __name__ == "__main__":
    main()
