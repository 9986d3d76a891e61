"""`suasion validate`, `--help`, and errors that every command shares."""

from __future__ import annotations

import json
from pathlib import Path

import pandas as pd
import pytest

from tests.functional.conftest import Run
from tests.functional.small_market import write

COMMANDS = (
    *("validate", "train", "promote", "rollback", "card"),
    *("score", "explain", "plan", "evaluate", "audit", "features"),
)


def test_good_data_suffices_and_the_manifest_counts_it(
    suasion: Run, project: Path, tables: dict[str, pd.DataFrame], tmp_path: Path
) -> None:
    done = suasion("validate", project / "data", cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    assert done.stdout.count("suffices") == 4
    manifest = json.loads((tmp_path / "suasion-out" / "manifest.json").read_text())
    assert {name: told["rows"] for name, told in manifest["inputs"].items()} == {
        name: len(table) for name, table in tables.items()
    }
    assert manifest["quarantined"] == {}


def test_a_bad_row_is_quarantined_with_its_rule_and_the_run_goes_on(
    suasion: Run, tables: dict[str, pd.DataFrame], tmp_path: Path
) -> None:
    outcomes = tables["outcomes"].copy()
    outcomes.loc[3, "conversions"] = -1
    data = write({**tables, "outcomes": outcomes}, tmp_path / "data")
    done = suasion("validate", data, "--out", tmp_path / "out")
    assert done.returncode == 0, done.stderr
    bad = pd.read_parquet(tmp_path / "out" / "quarantine" / "outcomes.parquet")
    assert len(bad) == 1
    assert "negative" in bad["rules"].iloc[0][0]
    assert list((tmp_path / "data").iterdir()), "the data themselves are left alone"
    trained = suasion("train", data, "--until", "2024-08-20", "--out", tmp_path / "b", cwd=tmp_path)
    assert trained.returncode == 0, trained.stderr
    assert "quarantined: outcomes: 1 rows" in trained.stderr
    assert (tmp_path / "b" / "quarantine" / "outcomes.parquet").is_file()


def test_too_many_bad_rows_stop_with_the_table_the_rule_and_an_example(
    suasion: Run, tables: dict[str, pd.DataFrame], tmp_path: Path
) -> None:
    outcomes = tables["outcomes"].assign(exposed=-5)
    data = write({**tables, "outcomes": outcomes}, tmp_path / "data")
    for command in (
        ("validate", data, "--out", tmp_path / "v"),
        ("train", data, "--out", tmp_path / "b"),
    ):
        done = suasion(*command)
        assert done.returncode == 3, done.stderr
        assert "outcomes" in done.stderr
        assert "k00" in done.stderr
    assert (tmp_path / "v" / "quarantine" / "outcomes.parquet").is_file()
    assert not (tmp_path / "b").exists()


@pytest.mark.parametrize("command", ["validate", "train", "score", "evaluate"])
def test_a_folder_that_is_not_there_is_an_input_error(
    suasion: Run, tmp_path: Path, command: str, project: Path
) -> None:
    more = {
        "score": ("--out", tmp_path / "o", "--model", project / "bundle"),
        "evaluate": ("--origins", "2024-07-01"),
    }.get(command, ())
    done = suasion(command, tmp_path / "nowhere", *more, cwd=tmp_path)
    assert done.returncode == 2
    assert "nowhere" in done.stderr
    assert "Traceback" not in done.stderr
    assert not (tmp_path / "o").exists()
    assert not (tmp_path / "suasion-out").exists()


def test_a_needed_table_that_is_missing_is_named(
    suasion: Run, tables: dict[str, pd.DataFrame], tmp_path: Path
) -> None:
    data = write(
        {name: table for name, table in tables.items() if name != "outcomes"}, tmp_path / "data"
    )
    done = suasion("train", data, "--out", tmp_path / "b")
    assert done.returncode == 2
    assert "outcomes" in done.stderr


def test_csv_trains_and_scores_like_parquet(
    suasion: Run,
    project: Path,
    tables: dict[str, pd.DataFrame],
    scores: pd.DataFrame,
    tmp_path: Path,
) -> None:
    data = write(tables, tmp_path / "data", suffix="csv")
    done = suasion("score", data, "--out", tmp_path / "o", "--model", project / "bundle")
    assert done.returncode == 0, done.stderr
    pd.testing.assert_frame_equal(pd.read_parquet(tmp_path / "o" / "scores.parquet"), scores)


def test_help_names_every_command_and_each_has_its_own(suasion: Run) -> None:
    overview = suasion("--help").stdout
    for command in COMMANDS:
        assert command in overview
        assert "Usage: suasion " + command in suasion(command, "--help").stdout


def test_the_readme_names_every_command_and_option(suasion: Run) -> None:
    readme = (Path(__file__).parents[2] / "README.md").read_text(encoding="utf-8")
    for command in COMMANDS:
        assert f"suasion {command}" in readme
    for option in (
        "--until",
        "--as-of",
        "--candidates",
        "--allow-past",
        "--origins",
        "--max-bad",
        "--quality",
        "--markdown",
    ):
        assert option in readme


def test_wrong_usage_exits_with_two(suasion: Run) -> None:
    assert suasion("score", "data").returncode == 2
    assert suasion("train", "data", "--untl", "2024-01-01").returncode == 2
    assert suasion("evaluate", "data", "--origins", "soon").returncode == 2
