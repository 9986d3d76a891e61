"""`suasion plan --brief`: a campaign that is not in the data, scored on the way."""

from __future__ import annotations

import json
from pathlib import Path

import pandas as pd
import pytest

from features.output import sha256_of
from tests.functional.conftest import Run
from tests.functional.small_market import write
from tests.functional.test_explain import Page

CAMPAIGN = "k29"
"""The last campaign, still to come, with a creator who offers two packages."""


@pytest.fixture(scope="module")
def brief(tables: dict[str, pd.DataFrame]) -> pd.Series:
    return tables["campaigns"].set_index("campaign_id").loc[CAMPAIGN]


@pytest.fixture(scope="module")
def of_campaign(tables: dict[str, pd.DataFrame]) -> pd.DataFrame:
    offers = tables["offers"]
    return offers[offers["campaign_id"] == CAMPAIGN].drop(columns="campaign_id")


@pytest.fixture(scope="module")
def without(tables: dict[str, pd.DataFrame], tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The data before anybody thought of the campaign."""
    known = {
        name: table[table["campaign_id"] != CAMPAIGN] if "campaign_id" in table else table
        for name, table in tables.items()
    }
    return write(known, tmp_path_factory.mktemp("without") / "data")


def asked(data: Path, brief: pd.Series, offers: Path, out: Path, budget: float) -> list[object]:
    given = ["plan", data, "--brief", brief["brief"], "--starts", brief["starts_at"].isoformat()]
    given += ["--brand", brief["brand"], "--offers", offers, "--model", "bundle"]
    return [*given, "--budget", budget, "--out", out]


@pytest.mark.parametrize("suffix", ["csv", "parquet"])
def test_a_brief_is_planned_as_the_same_campaign_in_the_data_is(
    suasion: Run,
    scores: pd.DataFrame,
    without: Path,
    brief: pd.Series,
    of_campaign: pd.DataFrame,
    tmp_path: Path,
    suffix: str,
) -> None:
    budget = float(of_campaign["fee"].sum()) / 2
    file = tmp_path / f"offers.{suffix}"
    of_campaign.to_csv(file, index=False) if suffix == "csv" else of_campaign.to_parquet(file)
    done = suasion(*asked(without, brief, file, tmp_path / "brief", budget))
    assert done.returncode == 0, done.stderr
    given = ("--campaign", CAMPAIGN, "--scores", "scored", "--budget", budget)
    done = suasion("plan", "data", *given, "--out", tmp_path / "known")
    assert done.returncode == 0, done.stderr
    planned, known = (
        pd.read_parquet(tmp_path / name / "plan.parquet").drop(columns="campaign_id")
        for name in ("brief", "known")
    )
    pd.testing.assert_frame_equal(planned, known)
    manifest = json.loads((tmp_path / "brief" / "manifest.json").read_text(encoding="utf-8"))
    told = manifest["settings"]["brief"]
    assert (told["text"], told["brand"]) == (brief["brief"], brief["brand"])
    assert told["offers"] == {"name": file.name, "sha256": sha256_of(file)}
    assert manifest["model"]["version"] == planned["model_version"].iloc[0]
    assert manifest["inputs"]["offers"]["rows"] == len(of_campaign)
    page = Page(tmp_path / "brief" / "report.html")
    assert f"Whom to pay for “{brief['brief']}”" in page.text
    assert "Klout" in page.text


def test_a_brief_is_planned_for_lift_where_it_is_asked_for(
    suasion: Run, without: Path, brief: pd.Series, of_campaign: pd.DataFrame, tmp_path: Path
) -> None:
    of_campaign.to_csv(tmp_path / "offers.csv", index=False)
    given = asked(without, brief, tmp_path / "offers.csv", tmp_path / "plan", 600.0)
    done = suasion(*given, "--incremental", "--language", "fr")
    assert done.returncode == 0, done.stderr
    assert pd.read_parquet(tmp_path / "plan" / "plan.parquet")["incremental"].all()
    manifest = json.loads((tmp_path / "plan" / "manifest.json").read_text(encoding="utf-8"))
    plan, attributed = manifest["plan"]["total"], manifest["plan"]["sensitivity"][-1]
    assert attributed["change"] == "attributed"
    assert attributed["conversions"] == pytest.approx(plan["conversions"] / attributed["about"])
    assert "tout ce qui est attribué compte" in Page(tmp_path / "plan" / "report.html").text


@pytest.mark.parametrize(
    ("change", "says"),
    [
        ({"--campaign": "k29"}, "--campaign and --brief exclude each other"),
        ({"--brief": None}, "nothing to plan: give --campaign ID --scores OUT"),
        ({"--brief": None, "--campaign": "k29"}, "--model goes with --brief, not with --campaign: leave it out"),
        ({"--scores": "scored"}, "--scores goes with --campaign, not with --brief: leave it out"),
        ({"--starts": None}, "--brief needs --starts"),
        ({"--offers": None}, "--brief needs --offers"),
        ({"--brief": "  "}, "--brief is empty"),
        ({"--starts": "soon"}, "--starts 'soon' is not a time"),
        ({"--starts": "1816-01-01"}, "--starts 1816-01-01 lies outside 1990..2100"),
        ({"--starts": "2024-01-05"}, "Give a later --starts or --decided, or --model one that"),
        ({"--offers": "nowhere.csv"}, "no file of offers at nowhere.csv"),
        ({"--model": "bundles/none"}, "no model bundle at bundles/none"),
    ],
)  # fmt: skip
def test_what_does_not_belong_together_or_lacks_is_told(
    suasion: Run,
    without: Path,
    brief: pd.Series,
    of_campaign: pd.DataFrame,
    tmp_path: Path,
    change: dict[str, str | None],
    says: str,
) -> None:
    of_campaign.to_csv(tmp_path / "offers.csv", index=False)
    given = asked(without, brief, tmp_path / "offers.csv", tmp_path / "plan", 600.0)
    refused(suasion, given, change, 2, says, tmp_path)


def refused(
    suasion: Run,
    given: list[object],
    change: dict[str, str | None],
    status: int,
    says: str,
    tmp_path: Path,
) -> None:
    for option, value in change.items():
        if option in given:
            at = given.index(option)
            given[at : at + 2] = [] if value is None else [option, value]
        else:
            given += [option, value]
    if "--campaign" in given and "--brief" not in given:
        at = given.index("--starts")
        given[at : at + 2] = []
    done = suasion(*given)
    assert done.returncode == status, done.stderr
    assert says in " ".join(done.stderr.split())
    assert not (tmp_path / "plan").exists()


OFFER = "creator_id,fee,package,posts,currency\n"


@pytest.mark.parametrize(
    ("offers", "status", "says"),
    [
        ("", 2, "offers.csv is empty (0 bytes)"),
        (OFFER, 2, "offers.csv holds no offer that can be used (0 rows read): give one line a package"),
        ("creator,fee\nc01,5\n", 2, "(offers.csv) lacks column creator_id. Found: creator, fee"),
        (OFFER + "c01,cheap,,,\n", 2, "no value of column fee can be read"),
        (OFFER + "c01,5,,,\nc02,-5,,,\n", 3, "offers.csv: 1 of 2 rows (50 %) broke a rule, and 5 % may: fee is negative (1 rows). For example row 2, creator_id c02. Repair them in offers.csv"),
        (OFFER + "c01,5,,,\nc02,,,,\n", 3, "fee is missing (1 rows)"),
        (OFFER + "c01,5,,,\nghost,5,,,\n", 3, "creator_id is not in creators (1 rows). For example row 2, creator_id ghost"),
        (OFFER + "c01,5,,,EUR\nc02,5,,,USD\n", 2, "are in several currencies: EUR (1 packages, such as that of creator c01), USD (1 packages, such as that of creator c02)"),
        (OFFER + "c01,50,,,\nc02,70,,,\n", 5, "le budget 20 : monter à 50"),
    ],
)  # fmt: skip
def test_wrong_offers_are_told_with_their_place(
    suasion: Run,
    without: Path,
    brief: pd.Series,
    tmp_path: Path,
    offers: str,
    status: int,
    says: str,
) -> None:
    (tmp_path / "offers.csv").write_text(offers, encoding="utf-8")
    given = asked(without, brief, tmp_path / "offers.csv", tmp_path / "plan", 20.0)
    refused(suasion, given, {"--language": "fr"}, status, says, tmp_path)


def test_some_wrong_offers_are_set_aside_and_told(
    suasion: Run, without: Path, brief: pd.Series, of_campaign: pd.DataFrame, tmp_path: Path
) -> None:
    lines = of_campaign.assign(fee=of_campaign["fee"].where(of_campaign["creator_id"] != "c00", -1))
    lines.to_csv(tmp_path / "offers.csv", index=False)
    given = asked(without, brief, tmp_path / "offers.csv", tmp_path / "plan", 600.0)
    done = suasion(*given, "--max-bad", 0.3)
    assert done.returncode == 0, done.stderr
    bad = int((lines["fee"] < 0).sum())
    assert f"quarantined: offers: {bad} rows: fee is negative" in done.stderr
    aside = pd.read_parquet(tmp_path / "plan" / "quarantine" / "offers.parquet")
    assert aside["creator_id"].tolist() == ["c00"] * bad
