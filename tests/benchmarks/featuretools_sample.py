"""featuretools with cutoff times on a sample: ``python featuretools_sample.py FOLDER``.

Runs in an environment of its own, so it imports nothing of ours. Reads `events.parquet` and
`moments.parquet` in the folder, writes `found.parquet`: a line a moment, a column a window.
"""

from __future__ import annotations

import json
import sys
import time
import warnings
from pathlib import Path

import featuretools as ft
import pandas as pd

warnings.filterwarnings("ignore")
LENGTHS = (7, 28, 90, 365, None)
PRIMITIVES = ("count", "num_unique", "sum", "mean", "median")


def main() -> None:
    folder = Path(sys.argv[1])
    moments = pd.read_parquet(folder / "moments.parquet").rename(columns={"as_of": "time"})
    entities = ft.EntitySet("sample")
    entities.add_dataframe(
        dataframe_name="creators",
        dataframe=moments[["creator_id"]].drop_duplicates(),
        index="creator_id",
    )
    entities.add_dataframe(
        dataframe_name="events",
        dataframe=pd.read_parquet(folder / "events.parquet").reset_index(names="event"),
        index="event",
        time_index="known_at",
        logical_types={"actor_id": "Categorical", "kind": "Categorical"},
    )
    entities.add_relationship("creators", "creator_id", "events", "creator_id")
    began = time.perf_counter()
    parts = []
    for days in LENGTHS:
        matrix, _ = ft.dfs(
            entityset=entities,
            target_dataframe_name="creators",
            agg_primitives=list(PRIMITIVES),
            trans_primitives=[],
            ignore_columns={"events": ["kind"]},
            cutoff_time=moments,
            training_window=None if days is None else f"{days} days",
            include_cutoff_time=False,
        )
        parts.append(matrix.add_suffix(f" {days}").reset_index(drop=True))
    wall_s = time.perf_counter() - began
    found = pd.concat(parts, axis="columns").astype(float)
    found.to_parquet(folder / "found.parquet")
    print(json.dumps({"wall_s": wall_s, "version": ft.__version__}))


if __name__ == "__main__":
    main()
