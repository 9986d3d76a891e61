"""`suasion simulate` and `suasion demo`: someone who has no data yet sees the main job done."""

from __future__ import annotations

import json
from pathlib import Path

import pandas as pd
import pytest

from tests.functional.conftest import Run, run_suasion


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, str]:
    folder = tmp_path_factory.mktemp("demo")
    done = run_suasion("demo", "--creators", 150, "--months", 8, "--seed", 1, cwd=folder)
    assert done.returncode == 0, done.stderr
    return folder / "suasion-demo", done.stdout


def test_the_demo_tells_creators_the_comparison_the_plan_and_where_the_files_are(
    demo: tuple[Path, str],
) -> None:
    folder, said = demo
    for head in ("creator", "reach", "rate", "conversions (80 %)", "best reason"):
        assert head in said
    for score in ("suasion", "past rate", "followers", "what features could reveal"):
        assert score in said
    for made in ("data", "model", "scores", "plan"):
        assert f"suasion-demo/{made}" in said
        assert (folder / made / "manifest.json").is_file()
    assert (folder / "scores" / "scores.csv").is_file()
    assert "suasion-demo/plan/report.html" in said
    manifest = json.loads((folder / "plan" / "manifest.json").read_text())
    assert 0 < manifest["plan"]["total"]["cost"] <= manifest["plan"]["budget"]


def test_the_demo_scores_campaigns_that_are_still_to_come(demo: tuple[Path, str]) -> None:
    folder, _ = demo
    scores = pd.read_parquet(folder / "scores" / "scores.parquet")
    outcomes = pd.read_parquet(folder / "data" / "outcomes.parquet")
    assert len(scores) > 0
    assert not set(scores["campaign_id"]) & set(outcomes["campaign_id"])
    trained = json.loads((folder / "model" / "manifest.json").read_text())["trained_until"]
    assert (scores["as_of"].dt.tz_localize(None) >= pd.Timestamp(trained)).all()


def test_the_same_seed_gives_the_same_market_and_another_another(
    suasion: Run, demo: tuple[Path, str], tmp_path: Path
) -> None:
    digests = []
    for seed in (1, 2):
        done = suasion(
            *("simulate", tmp_path / f"m{seed}", "--creators", 150, "--months", 8, "--seed", seed)
        )
        assert done.returncode == 0, done.stderr
        digests.append(json.loads((tmp_path / f"m{seed}" / "manifest.json").read_text())["files"])
    of_demo = json.loads((demo[0] / "data" / "manifest.json").read_text())["files"]
    assert digests[0] == of_demo
    assert digests[1] != of_demo


def test_marginals_are_written_between_the_marks_of_the_document(
    suasion: Run, tmp_path: Path
) -> None:
    document = tmp_path / "market.md"
    document.write_text("before\n<!-- marginals: begin -->\nold\n<!-- marginals: end -->\nafter\n")
    done = suasion(
        *("simulate", tmp_path / "m", "--creators", 150, "--months", 6, "--marginals", document)
    )
    assert done.returncode == 0, done.stderr
    written = document.read_text()
    assert written.startswith("before\n")
    assert written.endswith("after\n")
    assert "old" not in written
    assert "| share of creators | nano |" in written
