"""`suasion score`: what is written, for whom, and what is refused."""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import time
from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow.parquet as pq
import pytest

from features.output import sha256_of
from models.bundle import save_bundle
from tests.functional.conftest import SUASION, Run
from tests.functional.small_market import write
from tests.synthetic import predictor

QUALITIES = ["engagement", "relevance", "reputation", "momentum"]
COLUMNS = [
    *("campaign_id", "creator_id", "package", "posts", "as_of", "model_version"),
    *("exposed", "exposed_low", "exposed_high", "rate", "rate_low", "rate_high"),
    *(
        "conversions",
        "conversions_low",
        "conversions_high",
        "sd_campaign",
        "sd_creator",
        "sd_reach",
    ),
    *("base_log_odds", *QUALITIES, "reasons", "known_share", "incremental", "warnings"),
]


def test_scores_hold_the_columns_of_the_contract_in_its_order(scores: pd.DataFrame) -> None:
    assert list(scores.columns) == COLUMNS
    assert scores["incremental"].eq(False).all()
    assert str(scores["as_of"].dt.tz) == "UTC"


def test_lift_is_told_on_request_by_the_share_that_held_out_groups_taught(
    suasion: Run, project: Path, scores: pd.DataFrame, tmp_path: Path
) -> None:
    done = suasion("score", "data", "--out", tmp_path / "o", "--incremental", "--csv")
    assert done.returncode == 0, done.stderr
    assert "Conversions are incremental." in done.stdout
    assert "most incremental conversions expected" in done.stdout
    found = pd.read_parquet(tmp_path / "o" / "scores.parquet")
    assert list(found.columns) == COLUMNS
    assert found["incremental"].all()
    assert pd.read_csv(tmp_path / "o" / "scores.csv")["incremental"].all()
    learned = json.loads((project / "bundle" / "model.json").read_text())["incremental"]
    # Two fifths of the conversions of this market come anyway.
    assert learned["share"] == pytest.approx(0.6, abs=0.1)
    for name in ("rate", "conversions"):
        assert np.allclose(found[name], learned["share"] * scores[name], rtol=1e-9)
    log_odds = np.log(found["rate"] / (1 - found["rate"]))
    total = found["base_log_odds"] + found[QUALITIES].sum(axis=1)
    assert np.abs(log_odds - total).max() < 1e-9
    manifest = json.loads((tmp_path / "o" / "manifest.json").read_text())
    assert manifest["conversions"] == "incremental"
    assert manifest["settings"]["incremental"] is True
    default = json.loads((project / "scored" / "manifest.json").read_text())
    assert default["conversions"] == "attributed"


def test_reasons_are_told_in_french_on_request_and_nothing_else_changes(
    suasion: Run, project: Path, scores: pd.DataFrame, tmp_path: Path
) -> None:
    done = suasion("score", "data", "--out", tmp_path / "o", "--language", "fr")
    assert done.returncode == 0, done.stderr
    found = pd.read_parquet(tmp_path / "o" / "scores.parquet")
    same = [name for name in COLUMNS if name not in ("reasons", "warnings")]
    pd.testing.assert_frame_equal(found[same], scores[same], check_exact=True)
    # Side by side, each reason tells the same in its language.
    pairs = [
        pair
        for french, english in zip(found["reasons"], scores["reasons"], strict=True)
        for pair in zip(french, english, strict=True)
    ]
    assert pairs
    for french, english in pairs:
        assert french.startswith(
            "pour\u00a0: " if english.startswith("for: ") else "contre\u00a0: "
        )
        odds = english.rpartition(", odds ×")[2].replace(".", ",")
        assert french.endswith(f", chances ×{odds}")
        assert ("(valeur inconnue)" in french) == ("(unknown)" in english)
    manifest = json.loads((tmp_path / "o" / "manifest.json").read_text())
    assert manifest["settings"]["language"] == "fr"
    refused = suasion("score", "data", "--out", tmp_path / "p", "--language", "de")
    assert refused.returncode == 2
    assert not (tmp_path / "p").exists()


def test_lift_without_a_learned_share_is_refused_with_what_it_takes(
    suasion: Run, tmp_path: Path
) -> None:
    (tmp_path / "bundle").mkdir()
    save_bundle(predictor(), tmp_path / "bundle")
    asked = ("--model", tmp_path / "bundle", "--incremental")
    done = suasion("score", "data", "--out", tmp_path / "o", *asked)
    assert done.returncode == 6
    assert "control_exposed and control_conversions in at least 30 matured" in done.stderr
    assert not (tmp_path / "o").exists()


def test_default_campaigns_are_those_decided_from_the_training_moment_on(
    scores: pd.DataFrame, tables: dict[str, pd.DataFrame]
) -> None:
    campaigns = tables["campaigns"]
    coming = campaigns[campaigns["starts_at"] >= pd.Timestamp("2024-08-20")]
    assert set(scores["campaign_id"]) == set(coming["campaign_id"])


def test_default_candidates_are_the_offers_and_each_package_has_a_row(
    scores: pd.DataFrame, tables: dict[str, pd.DataFrame]
) -> None:
    keys = ["campaign_id", "creator_id", "package"]
    offers = tables["offers"]
    offers = offers[offers["campaign_id"].isin(scores["campaign_id"])]
    assert sorted(map(tuple, scores[keys].values)) == sorted(map(tuple, offers[keys].values))
    several = scores[scores["creator_id"].eq("c00") & scores["campaign_id"].eq("k29")]
    three = several.set_index("package").loc["three posts"]
    assert three["posts"] == 3


def test_qualities_add_up_to_the_log_odds_of_the_rate(scores: pd.DataFrame, project: Path) -> None:
    log_odds = np.log(scores["rate"] / (1 - scores["rate"]))
    total = scores["base_log_odds"] + scores[QUALITIES].sum(axis=1)
    assert np.abs(log_odds - total).max() < 1e-9
    by_feature = pd.read_parquet(project / "scored" / "contributions.parquet")
    features = by_feature.drop(columns=COLUMNS[:6])
    assert np.abs(features.sum(axis=1) - scores[QUALITIES].sum(axis=1)).max() < 1e-9


def test_every_point_lies_in_its_interval(scores: pd.DataFrame) -> None:
    for name in ("exposed", "rate", "conversions"):
        assert (scores[f"{name}_low"] <= scores[name]).all()
        assert (scores[name] <= scores[f"{name}_high"]).all()
    assert scores["rate"].between(0, 1).all()
    assert np.allclose(scores["conversions"], scores["exposed"] * scores["rate"])


def test_the_model_finds_who_persuades(
    scores: pd.DataFrame, tables: dict[str, pd.DataFrame]
) -> None:
    # In this market a creator's response per view carries over to campaigns (slope .8 on the same quality).
    last = tables["post_metrics"].drop_duplicates("post_id", keep="last")
    rate = np.log((last["comments"] + 0.5) / last["views"])
    quality = rate.groupby(last["post_id"].str[:3]).mean()
    found = scores.assign(quality=scores["creator_id"].map(quality))
    by_campaign = found.groupby("campaign_id")[["rate", "quality"]].corr("spearman")
    assert by_campaign.xs("quality", level=1)["rate"].mean() > 0.5


def test_ten_times_the_followers_change_neither_rate_nor_a_reach_that_views_tell(
    suasion: Run,
    project: Path,
    scores: pd.DataFrame,
    tables: dict[str, pd.DataFrame],
    tmp_path: Path,
) -> None:
    audience = tables["audience"].assign(followers=lambda a: a["followers"] * 10)
    famous = write({**tables, "audience": audience}, tmp_path / "famous")
    done = suasion("score", famous, "--out", tmp_path / "out", "--model", project / "bundle")
    assert done.returncode == 0, done.stderr
    found = pd.read_parquet(tmp_path / "out" / "scores.parquet")
    # Growth of the audience stays as it was but for the one added inside its logarithm.
    assert np.allclose(found["rate"], scores["rate"], rtol=5e-3)
    assert np.allclose(found["exposed"], scores["exposed"])


def test_the_manifest_tells_inputs_model_and_hashes_of_what_was_written(
    scores: pd.DataFrame, project: Path, tables: dict[str, pd.DataFrame]
) -> None:
    manifest = json.loads((project / "scored" / "manifest.json").read_text())
    assert manifest["inputs"]["posts"]["rows"] == len(tables["posts"])
    assert manifest["model"]["version"] == scores["model_version"].iloc[0]
    assert set(manifest["files"]) == {"scores.parquet", "scores.csv", "contributions.parquet"}
    for name, digest in manifest["files"].items():
        assert sha256_of(project / "scored" / name) == digest


def test_the_same_run_gives_the_same_bytes(
    suasion: Run, project: Path, scores: pd.DataFrame, tmp_path: Path
) -> None:
    done = suasion("score", "data", "--out", tmp_path / "again", "--model", "suasion@champion")
    assert done.returncode == 0, done.stderr
    again = tmp_path / "again" / "scores.parquet"
    assert again.read_bytes() == (project / "scored" / "scores.parquet").read_bytes()


def test_csv_holds_nothing_that_a_spreadsheet_would_run(
    suasion: Run, project: Path, tables: dict[str, pd.DataFrame], tmp_path: Path
) -> None:
    evil = '=HYPERLINK("x")'
    offers = tables["offers"].assign(package=evil).drop_duplicates(["campaign_id", "creator_id"])
    data = write({**tables, "offers": offers}, tmp_path / "data")
    done = suasion("score", data, "--out", tmp_path / "out", "--csv", "--model", project / "bundle")
    assert done.returncode == 0, done.stderr
    assert set(pd.read_parquet(tmp_path / "out" / "scores.parquet")["package"]) == {evil}
    assert set(pd.read_csv(tmp_path / "out" / "scores.csv")["package"]) == {"'" + evil}


@pytest.mark.parametrize("suffix", ["csv", "parquet"])
def test_candidates_may_come_from_a_file(suasion: Run, tmp_path: Path, suffix: str) -> None:
    pairs = pd.DataFrame({"campaign_id": ["k28", "k29"], "creator_id": ["c05", "c06"]})
    path = tmp_path / f"who.{suffix}"
    pairs.to_csv(path, index=False) if suffix == "csv" else pairs.to_parquet(path)
    done = suasion("score", "data", "--out", tmp_path / "out", "--candidates", path)
    assert done.returncode == 0, done.stderr
    found = pd.read_parquet(tmp_path / "out" / "scores.parquet")
    assert set(zip(found["campaign_id"], found["creator_id"], strict=True)) == {
        ("k28", "c05"),
        ("k29", "c06"),
    }


def test_candidates_all_scores_every_creator(
    suasion: Run, tables: dict[str, pd.DataFrame], tmp_path: Path
) -> None:
    done = suasion(
        "score", "data", "--out", tmp_path / "o", "--candidates", "all", "--campaign", "k28"
    )
    assert done.returncode == 0, done.stderr
    found = pd.read_parquet(tmp_path / "o" / "scores.parquet")
    assert set(found["creator_id"]) == set(tables["creators"]["creator_id"])


def test_a_past_moment_needs_allow_past_and_then_warns(suasion: Run, tmp_path: Path) -> None:
    refused = suasion("score", "data", "--out", tmp_path / "o", "--campaign", "k05")
    assert refused.returncode == 2
    assert "--allow-past" in refused.stderr
    assert not (tmp_path / "o").exists()
    done = suasion("score", "data", "--out", tmp_path / "o", "--campaign", "k05", "--allow-past")
    assert done.returncode == 0, done.stderr
    found = pd.read_parquet(tmp_path / "o" / "scores.parquet")
    assert found["warnings"].map(lambda w: "before the model was trained" in w[0]).all()
    later = suasion(
        "score", "data", "--out", tmp_path / "p", "--campaign", "k05", "--as-of", "2024-09-01"
    )
    assert later.returncode == 0, later.stderr
    assert (
        pd.read_parquet(tmp_path / "p" / "scores.parquet")["as_of"]
        == pd.Timestamp("2024-09-01", tz="UTC")
    ).all()


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (("--campaign", "nowhere"), "campaign nowhere is not in the campaigns table"),
        (("--model", "no/such/bundle"), "no model bundle at"),
        (("--model", "rival@champion"), "no model is registered as rival@champion"),
        (("--as-of", "yesterday"), "--as-of 'yesterday' is not a time"),
        (("--candidates", "nobody.csv"), "no candidates file"),
        (("--campaign", "k29", "--candidates", "outcomes"), "no candidates for campaign k29"),
    ],
)
def test_what_cannot_be_scored_is_refused_with_the_remedy(
    suasion: Run, tmp_path: Path, arguments: tuple[str, ...], says: str
) -> None:
    done = suasion("score", "data", "--out", tmp_path / "o", *arguments)
    assert done.returncode == 2, done.stdout + done.stderr
    assert says in done.stderr
    assert "Traceback" not in done.stderr
    assert not (tmp_path / "o").exists()


def test_no_campaign_ahead_names_the_option(
    suasion: Run, project: Path, tmp_path: Path, tables: dict[str, pd.DataFrame]
) -> None:
    campaigns = tables["campaigns"]
    past = campaigns[campaigns["starts_at"] < pd.Timestamp("2024-08-20")]
    kept = {
        name: table[table["campaign_id"].isin(past["campaign_id"])]
        if "campaign_id" in table
        else table
        for name, table in tables.items()
    }
    done = suasion(
        "score",
        write(kept, tmp_path / "data"),
        "--out",
        tmp_path / "o",
        "--model",
        project / "bundle",
    )
    assert done.returncode == 2
    assert "--campaign" in done.stderr


def test_a_changed_bundle_is_refused_and_the_file_named(
    suasion: Run, project: Path, tmp_path: Path
) -> None:
    shutil.copytree(project / "bundle", tmp_path / "bundle")
    model = tmp_path / "bundle" / "model.json"
    model.write_text(model.read_text().replace('"trees": 0', '"trees": 1') + " ")
    done = suasion("score", "data", "--out", tmp_path / "o", "--model", tmp_path / "bundle")
    assert done.returncode == 7
    assert "model.json" in done.stderr


def test_killed_at_any_moment_it_leaves_no_half_written_output(
    project: Path, tmp_path: Path
) -> None:
    out = tmp_path / "out"
    command = [SUASION, "score", "data", "--out", out, "--model", "bundle", "--candidates", "all"]
    whole = 0
    for wait in np.linspace(0.2, 4.0, 8):
        shutil.rmtree(out, ignore_errors=True)
        process = subprocess.Popen(
            command,
            cwd=project,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
        )
        time.sleep(wait)
        os.killpg(process.pid, signal.SIGKILL) if process.poll() is None else None
        process.wait()
        if not out.exists():
            continue
        manifest = json.loads((out / "manifest.json").read_text())
        assert sha256_of(out / "scores.parquet") == manifest["files"]["scores.parquet"]
        assert pq.read_table(out / "scores.parquet").num_rows == manifest["rows"]
        whole += 1
    assert whole < 8, "no run was killed before it was done: shorten the waits"


def test_a_second_run_leaves_nothing_of_the_first(suasion: Run, tmp_path: Path) -> None:
    out = tmp_path / "o"
    (out).mkdir()
    (out / "mine.txt").write_text("keep")
    first = suasion("score", "data", "--out", out, "--campaign", "k28", "--csv")
    assert first.returncode == 0, first.stderr
    again = suasion("score", "data", "--out", out, "--campaign", "k29")
    assert again.returncode == 0, again.stderr
    assert {p.name for p in out.iterdir()} == {"scores.parquet", "manifest.json", "mine.txt"}


@pytest.mark.parametrize(
    ("content", "says"),
    [
        ("campaign_id,creator_id\n", "holds no row"),
        ("campaign_id\nk28\n", "needs one column creator_id"),
        ("campaign_id,creator_id,creator_id\nk28,c01,c02\n", "needs one column creator_id"),
        ("campaign_id,creator_id\nk28,nobody\n", "such as nobody"),
    ],
)
def test_a_candidates_file_that_names_nobody_is_refused(
    suasion: Run, project: Path, tmp_path: Path, content: str, says: str
) -> None:
    path = tmp_path / "who.csv"
    path.write_text(content)
    done = suasion(
        *("score", "data", "--out", tmp_path / "o", "--candidates", path),
        *("--model", project / "bundle"),
    )
    assert done.returncode == 2, done.stderr
    assert says in done.stderr
    assert not (tmp_path / "o").exists()
