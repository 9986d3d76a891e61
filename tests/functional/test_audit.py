"""`suasion audit` as a person runs it."""

from __future__ import annotations

import json
from pathlib import Path

import pandas as pd

from tests.functional.conftest import Run


def test_an_audit_prints_every_check_and_its_exit_status_is_its_verdict(
    suasion: Run, project: Path, tmp_path: Path
) -> None:
    asked = ("--model", project / "bundle", "--until", "2024-09-30", "--out", "a")
    done = suasion("audit", project / "data", *asked, cwd=tmp_path)
    found = json.loads((tmp_path / "a" / "audit.json").read_text())
    assert done.returncode == (0 if found["passed"] else 4), done.stderr
    assert max(map(len, done.stdout.splitlines())) <= 80
    for finding in found["findings"]:
        assert finding["check"] in done.stdout
    for reason in found["reasons"]:
        assert reason in done.stderr
    table = pd.read_parquet(tmp_path / "a" / "audit.parquet").set_index("check")
    assert table.loc["followers x10", "passed"]
    manifest = json.loads((tmp_path / "a" / "manifest.json").read_text())
    assert manifest["passed"] == found["passed"]
    assert {"audit.json", "audit.parquet", "injections.parquet"} <= set(manifest["files"])


def test_an_audit_of_no_model_says_what_to_give(
    suasion: Run, project: Path, tmp_path: Path
) -> None:
    done = suasion("audit", project / "data", "--model", "nowhere/bundle", cwd=tmp_path)
    assert done.returncode == 2
    assert "suasion train --out" in done.stderr
