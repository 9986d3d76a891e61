"""`suasion train` and `suasion evaluate`: what is learned, when it was known, where it goes."""

from __future__ import annotations

import filecmp
import json
import shutil
import sqlite3
from pathlib import Path

import pandas as pd
import pytest

from tests.functional.conftest import Run
from tests.functional.small_market import truncated, write


def _files(folder: Path) -> dict[str, bytes]:
    return {
        p.relative_to(folder).as_posix(): p.read_bytes() for p in folder.rglob("*") if p.is_file()
    }


def test_training_until_a_moment_is_the_same_on_tables_truncated_at_it(
    suasion: Run, project: Path, tables: dict[str, pd.DataFrame], tmp_path: Path
) -> None:
    past = write(truncated(tables, pd.Timestamp("2024-08-20")), tmp_path / "past")
    done = suasion(
        "train", past, "--until", "2024-08-20", "--out", tmp_path / "bundle", cwd=tmp_path
    )
    assert done.returncode == 0, done.stderr
    assert _files(tmp_path / "bundle") == _files(project / "bundle")


def test_a_later_moment_gives_another_bundle(suasion: Run, project: Path, tmp_path: Path) -> None:
    # Without this the test above could pass on a model that ignores its data.
    done = suasion("train", project / "data", "--out", tmp_path / "bundle", cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    assert not filecmp.cmp(
        tmp_path / "bundle" / "model.json", project / "bundle" / "model.json", shallow=False
    )
    until = json.loads((tmp_path / "bundle" / "manifest.json").read_text())["trained_until"]
    newest = pd.read_parquet(project / "data" / "post_metrics.parquet")["observed_at"].max()
    assert pd.Timestamp(until) == newest


def test_a_model_of_history_alone_is_called_that(
    suasion: Run, project: Path, tmp_path: Path
) -> None:
    # Of thirteen campaigns.
    at = ("--until", "2024-06-01", "--out", "bundle")
    done = suasion("train", project / "data", *at, cwd=tmp_path)
    facts = json.loads((tmp_path / "bundle" / "manifest.json").read_text())["facts"]
    assert facts["held_out_labels"] > 0
    assert (facts["features_beyond_history"], facts["trees"]) == (0, 0)
    said = " ".join(done.stdout.split())
    assert "Kept: history alone, because later campaigns confirm nothing beyond it." in said


def test_one_training_is_one_run_with_metrics_tables_and_a_registered_model(project: Path) -> None:
    store = sqlite3.connect(project / "mlruns" / "mlflow.db")
    names = {name for (name,) in store.execute("SELECT key FROM metrics")}
    assert {"labels", "trees", "tree_variance_share", "held_out_spearman", "sd_creator"} <= names
    assert store.execute("SELECT count(*) FROM runs").fetchone() == (1,)
    aliases = dict(store.execute("SELECT alias, version FROM registered_model_aliases"))
    assert aliases == {"champion": 1}
    store.close()
    written = {p.name for p in (project / "mlruns" / "artifacts").rglob("*")}
    assert {"features.json", "held_out_campaigns.json", "MLmodel", "model_code.py"} <= written
    manifest = json.loads((project / "bundle" / "manifest.json").read_text())
    assert manifest["conversions"] == "attributed"
    assert manifest["facts"]["controlled_outcomes"] > 0


def test_the_root_of_mlruns_is_the_folder_of_suasion_toml(
    suasion: Run, project: Path, tmp_path: Path
) -> None:
    (tmp_path / "suasion.toml").touch()
    deep = tmp_path / "notebooks" / "today"
    deep.mkdir(parents=True)
    done = suasion("train", project / "data", "--until", "2024-08-20", cwd=deep)
    assert done.returncode == 0, done.stderr
    assert (tmp_path / "mlruns" / "mlflow.db").is_file()
    assert not (deep / "mlruns").exists()


def test_too_little_data_says_what_is_there_and_what_is_needed(
    suasion: Run, tmp_path: Path, project: Path
) -> None:
    done = suasion("train", project / "data", "--until", "2024-02-20", "--out", tmp_path / "b")
    assert done.returncode == 6
    assert "0 with exposed > 0 have matured" in done.stderr
    assert not (tmp_path / "b").exists()


def test_evaluation_prints_the_model_beside_the_baselines_and_registers_nothing(
    suasion: Run, project: Path, tmp_path: Path
) -> None:
    done = suasion(
        *(
            "evaluate",
            project / "data",
            "--origins",
            "2024-07-15,2024-08-12",
            "--days",
            "20",
            "--out",
            "ev",
        ),
        cwd=tmp_path,
    )
    assert done.returncode == 0, done.stderr
    for name in ("suasion", "followers", "history", "engagement rate", "past rate × our reach"):
        assert name in done.stdout
    for name in ("funnel", "hand weights", "klout", "kred outreach", "peerindex topic"):
        assert name in done.stdout
    assert "klout: list memberships: no table carries lists" in done.stdout
    described = pd.read_parquet(tmp_path / "ev" / "baselines.parquet").set_index("score")
    assert {"followers", "klout", "kred", "peerindex"} <= set(described.index)
    assert described["source"].all()
    assert not (tmp_path / "mlruns").exists()
    ranking = pd.read_parquet(tmp_path / "ev" / "ranking.parquet").set_index(["rows", "score"])
    figures = pd.read_parquet(tmp_path / "ev" / "evaluation.parquet")
    ours = figures[figures["score"] == "suasion"]
    assert {"deviance", "ndcg_5", "pit_coverage_exposed", "spearman_rate"} <= set(ours["metric"])
    assert (ours.loc[ours["metric"] == "pit_coverage_rate", "value"].between(0, 1)).all()
    again = pd.read_csv(tmp_path / "ev" / "evaluation.csv")
    assert again["value"].to_numpy() == pytest.approx(figures["value"].to_numpy(), nan_ok=True)
    page = (tmp_path / "ev" / "evaluation.html").read_text(encoding="utf-8")
    assert page.count("<svg") == 4
    # The later campaigns of this market held groups out.
    assert "Lift of the outcomes that held groups out" in done.stdout
    assert "Conversions, predicted and observed, are attributed" in done.stdout
    assert "Qini coefficient" in done.stdout
    assert "Lift, where groups were held out" in page
    lift = pd.read_parquet(tmp_path / "ev" / "lift.parquet").set_index(["of", "name"])
    everything = lift.loc[("all", "all")]
    assert everything["low"] < everything["incremental"] < everything["high"]
    assert everything["share"] == pytest.approx(0.6, abs=0.1)
    assert {"suasion", "followers", "random"} <= set(
        pd.read_parquet(tmp_path / "ev" / "qini.parquet")["score"]
    )
    assert {"qini"} <= set(ours["metric"])
    assert "http" not in page
    assert "<script" not in page
    assert "prefers-color-scheme:dark" in page
    manifest = json.loads((tmp_path / "ev" / "manifest.json").read_text())
    assert {"evaluation.parquet", "evaluation.csv", "evaluation.html"} <= set(manifest["files"])
    best = ranking.loc[("all", "suasion")]
    assert best["spearman"] > ranking.loc[("all", "followers"), "spearman"]
    assert best["low"] < best["spearman"] < best["high"]
    rows = pd.read_parquet(tmp_path / "ev" / "rows.parquet")
    assert rows["as_of"].between("2024-07-15", "2024-09-01", inclusive="left").all()


def test_a_moment_long_after_all_data_is_cautioned_of(
    suasion: Run, project: Path, tmp_path: Path
) -> None:
    done = suasion("train", project / "data", "--until", "2030-01-01", cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    told = " ".join(done.stdout.split())
    assert "days after the newest event or reading" in told
    assert "check --until" in told
    usual = suasion("train", project / "data", cwd=tmp_path)
    assert "Caution: that is" not in usual.stdout


def test_an_evaluation_is_logged_where_runs_are_kept_already(
    suasion: Run, project: Path, tmp_path: Path
) -> None:
    shutil.copytree(project / "mlruns", tmp_path / "mlruns")
    store = sqlite3.connect(tmp_path / "mlruns" / "mlflow.db")
    before = store.execute("SELECT count(*) FROM runs").fetchone()
    with store:
        location = (tmp_path / "mlruns" / "artifacts").as_uri()
        store.execute("UPDATE experiments SET artifact_location = ?", (location,))
    done = suasion(
        *("evaluate", project / "data", "--origins", "2024-08-12", "--days", "20"), cwd=tmp_path
    )
    assert done.returncode == 0, done.stderr
    assert "Logged to MLflow" in done.stdout
    assert store.execute("SELECT count(*) FROM runs").fetchone() == (before[0] + 1,)
    names = {name for (name,) in store.execute("SELECT key FROM metrics")}
    assert {"d2", "pit_coverage_conversions", "spearman_rate"} <= names
    assert store.execute("SELECT count(*) FROM model_versions").fetchone() == (1,)
    store.close()
    written = {p.name for p in (tmp_path / "mlruns" / "artifacts").rglob("*")}
    assert {"evaluation.csv", "evaluation.html"} <= written


def test_an_ablation_judges_the_model_without_each_quality(
    suasion: Run, project: Path, tmp_path: Path
) -> None:
    asked = ("--origins", "2024-07-15", "--days", "48", "--ablate", "--out", "ab")
    done = suasion("evaluate", project / "data", *asked, cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    for variant in ("all qualities", "without engagement", "momentum alone", "history alone"):
        assert variant in done.stdout
    assert not (tmp_path / "mlruns").exists()
    table = pd.read_parquet(tmp_path / "ab" / "table.parquet")
    assert {"spearman", "gain", "log_rate_rmse"} <= set(table)
    assert set(table["variant"]) <= set(pd.read_parquet(tmp_path / "ab" / "rows.parquet"))


def test_an_origin_without_campaigns_is_named(suasion: Run, project: Path, tmp_path: Path) -> None:
    done = suasion("evaluate", project / "data", "--origins", "2025-06-01", cwd=tmp_path)
    assert done.returncode == 6
    assert "2025-06-01" in done.stderr


def test_a_bad_row_of_later_changes_no_byte_of_the_model(
    suasion: Run, project: Path, tables: dict[str, pd.DataFrame], tmp_path: Path
) -> None:
    posts = tables["posts"].copy()
    last = posts["published_at"].idxmax()
    posts.loc[last, "links"] = -1
    data = write({**tables, "posts": posts}, tmp_path / "data")
    done = suasion("train", data, "--until", "2024-08-20", "--out", "b", cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    assert "quarantined: posts: 1 rows" in done.stderr
    made = _files(tmp_path / "b")
    quarantine = {name for name in made if name.startswith("quarantine/")}
    assert quarantine == {"quarantine/posts.parquet", "quarantine/manifest.json"}
    assert {n: b for n, b in made.items() if n not in quarantine} == _files(project / "bundle")
    logged = {p.name for p in (tmp_path / "mlruns").rglob("*")}
    assert "posts.parquet" not in logged
