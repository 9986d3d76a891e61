"""`suasion features`: the data dictionary for people and for programs."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from features.feature import catalogue
from tests.functional.conftest import run_suasion


def test_the_dictionary_is_an_object_for_programs(tmp_path: Path) -> None:
    done = run_suasion("features", "--json", cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    told = json.loads(done.stdout)
    assert told.keys() == {"features", "uncarried"}
    assert [entry["name"] for entry in told["features"]] == [f.name for f in catalogue()]
    by_name = {entry["name"]: entry for entry in told["features"]}
    assert by_name["response_trend"]["windows"] == "45 days against the 180 before"
    assert by_name["response_trend"]["serves"] == "rate"
    assert by_name["response_trend"]["moves_with_audience"].startswith("counts start from")
    assert by_name["reply_share"]["sign"] == "+"
    low = "answers its commenters less often than most"
    assert by_name["reply_share"]["says_low"] == low
    french = "répond aux commentaires moins souvent que la plupart"
    assert by_name["reply_share"]["says_low_fr"] == french
    assert by_name["reply_share"]["signals"]["E1"].startswith("answers comments")
    assert by_name["reply_share"]["moves_with_audience"] is None
    assert by_name["silence"]["sign"] is None
    assert by_name["log_followers"]["serves"] == "reach, warnings, audit"
    assert {"P22": False, "P15": True}.items() <= {
        signal["signal"]: signal["in_part"] for signal in told["uncarried"]
    }.items()


@pytest.mark.parametrize("quality", ["momentum", "popularity"])
def test_one_quality_can_be_asked_for(tmp_path: Path, quality: str) -> None:
    done = run_suasion("features", "--quality", quality, cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    for feature in catalogue():
        assert (f"│ {feature.name} " in done.stdout) == (feature.quality == quality)
    told = json.loads(run_suasion("features", "--json", "--quality", quality, cwd=tmp_path).stdout)
    assert {entry["quality"] for entry in told["features"]} == {quality}


def test_an_unknown_quality_is_an_error_that_names_those_there_are(tmp_path: Path) -> None:
    done = run_suasion("features", "--quality", "fame", cwd=tmp_path)
    assert done.returncode == 2
    assert "momentum" in done.stderr


def test_the_page_is_whole_or_refused(tmp_path: Path) -> None:
    done = run_suasion("features", "--markdown", "page.md", cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    page = Path(__file__).parents[2] / "docs" / "features.md"
    assert (tmp_path / "page.md").read_bytes() == page.read_bytes()
    refused = run_suasion("features", "--markdown", "p.md", "--quality", "momentum", cwd=tmp_path)
    assert refused.returncode == 2
    assert not (tmp_path / "p.md").exists()
    nowhere = run_suasion("features", "--markdown", "nowhere/p.md", cwd=tmp_path)
    assert nowhere.returncode == 2
    assert "nowhere" in nowhere.stderr


def test_listing_features_loads_no_library_of_models() -> None:
    program = (
        "import sys; from serving.data_commands import list_features; list_features(as_json=True);"
        "print(sorted({'lightgbm', 'mlflow', 'shap'} & sys.modules.keys()),"
        " file=sys.stderr)"
    )
    done = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=True, timeout=300
    )
    assert done.stderr.strip().splitlines()[-1] == "[]"
