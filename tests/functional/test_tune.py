"""`suasion train --tune`: the bundle says what was found, whatever the data say of later."""

from __future__ import annotations

import json
import sqlite3
from pathlib import Path

import pandas as pd

from tests.functional.conftest import run_suasion
from tests.functional.small_market import truncated, write

UNTIL = "2024-09-20"


def content(folder: Path) -> dict[str, bytes]:
    return {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in folder.rglob("*")
        if path.is_file()
    }


def test_a_tuned_bundle_is_the_same_on_tables_truncated_at_the_moment(
    tables: dict[str, pd.DataFrame], tmp_path: Path
) -> None:
    past = truncated(tables, pd.Timestamp(UNTIL))
    for name, known in (("whole", tables), ("past", past)):
        write(known, tmp_path / name / "data")
        done = run_suasion(
            *("train", "data", "--until", UNTIL, "--tune", 3, "--out", "bundle"),
            cwd=tmp_path / name,
        )
        assert done.returncode == 0, done.stderr
        assert "Tried 3 learners" in done.stdout
    whole = content(tmp_path / "whole" / "bundle")
    assert whole == content(tmp_path / "past" / "bundle")
    manifest = json.loads(whole["manifest.json"])
    assert manifest["settings"] == {"seed": 0, "hold_out": True, "tune": 3}
    tuning = manifest["tuning"]
    assert tuning["trials"] == 3
    assert 1 <= tuning["best"]["max_depth"] <= 6

    store = sqlite3.connect(tmp_path / "whole" / "mlruns" / "mlflow.db")
    ((parent,),) = store.execute(
        "SELECT run_uuid FROM runs WHERE name LIKE 'suasion until %'"
    ).fetchall()
    below = store.execute(
        "SELECT run_uuid FROM tags WHERE key = 'mlflow.parentRunId' AND value = ?", (parent,)
    ).fetchall()
    told = dict(
        store.execute(
            "SELECT run_uuid, value FROM metrics WHERE key = 'sure_gain' AND run_uuid != ?",
            (parent,),
        )
    )
    store.close()
    assert {run for (run,) in below} == set(told)
    assert len(told) == 3
    with sqlite3.connect(next((tmp_path / "whole" / "mlruns" / "tuning").glob("*.db"))) as study:
        kept = [value for (value,) in study.execute("SELECT value FROM trial_values")]
    assert sorted(kept) == sorted(told.values())
