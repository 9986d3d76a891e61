"""`suasion plan`: whom to pay, as files and as a report."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pandas as pd
import pytest

from features.output import sha256_of
from features.overlap import audience_overlap, distinct_exposed
from tests.functional.conftest import Run
from tests.functional.test_explain import Page
from tests.market import connect


@pytest.fixture(scope="module")
def offers(tables: dict[str, pd.DataFrame], scores: pd.DataFrame) -> pd.DataFrame:
    """The offers to the first campaign that is scored, with what is expected of each."""
    campaign = scores["campaign_id"].min()
    of_campaign = tables["offers"][tables["offers"]["campaign_id"] == campaign]
    assert len(of_campaign) > 2
    return of_campaign


def asked(offers: pd.DataFrame, out: Path, budget: float) -> tuple[object, ...]:
    campaign = offers["campaign_id"].iloc[0]
    given = ("plan", "data", "--campaign", campaign, "--budget", budget)
    return (*given, "--scores", "scored", "--out", out)


def test_the_plan_keeps_to_its_budget_and_tells_what_it_brings(
    suasion: Run,
    tables: dict[str, pd.DataFrame],
    offers: pd.DataFrame,
    scores: pd.DataFrame,
    tmp_path: Path,
) -> None:
    budget = float(offers["fee"].sum()) / 2
    done = suasion(*asked(offers, tmp_path / "plan", budget))
    assert done.returncode == 0, done.stderr
    plan = pd.read_parquet(tmp_path / "plan" / "plan.parquet")
    assert 0 < len(plan) < len(offers)
    assert plan["creator_id"].is_unique
    fees = offers.set_index(["creator_id", "package"])["fee"]
    told = plan.set_index(["creator_id", "package"])["cost"]
    assert told.to_dict() == fees[told.index].to_dict()
    assert plan["cost"].sum() <= budget
    keys = ["campaign_id", "creator_id", "package", "posts"]
    scored = plan[keys].merge(scores, on=keys, validate="one_to_one")
    assert plan["conversions"].tolist() == scored["conversions"].tolist()
    manifest = json.loads((tmp_path / "plan" / "manifest.json").read_text(encoding="utf-8"))
    total = manifest["plan"]["total"]
    # The lines add up to the plain sum; the total counts once whom several of them reach.
    assert total["conversions_added_up"] == pytest.approx(plan["conversions"].sum())
    assert total["conversions"] == pytest.approx(
        (plan["conversions"] * plan["counted_share"]).sum()
    )
    assert total["conversions"] < total["conversions_added_up"]
    told_off = total["conversions_added_up"] - total["conversions"]
    assert f"{told_off:,.1f} conversions were taken off because audiences overlap" in done.stdout
    low, high = (manifest["plan"]["total"][f"conversions_{end}"] for end in ("low", "high"))
    assert low <= manifest["plan"]["total"]["conversions"] <= high
    # No single swap of a chosen package for one that still fits brings more, counted by the people
    # who acted towards the creators.
    every = offers.merge(scores, on=["campaign_id", "creator_id", "package"])
    names = sorted(every["creator_id"].unique())
    acted = connect({name: tables[name] for name in ("creators", "posts", "interactions")})
    shared = audience_overlap(acted, names, every["as_of"].max().to_pydatetime())

    def together(lines: pd.DataFrame) -> float:
        brought = lines.set_index("creator_id")["conversions"].reindex(names).fillna(0.0)
        return distinct_exposed(brought.to_numpy(), shared, brought.to_numpy() > 0)

    assert total["conversions"] == pytest.approx(together(plan))
    left = budget - plan["cost"].sum()
    slack = 1e-4 * total["conversions"]  # the gap within which the optimum is proven
    free = every[~every["creator_id"].isin(plan["creator_id"])]
    for place, line in enumerate(plan.to_dict("records")):
        others = plan.drop(index=place)
        for _, other in free[free["fee"] <= left + line["cost"]].iterrows():
            swapped = pd.concat([others, other.to_frame().T.infer_objects()])
            assert together(swapped) <= total["conversions"] + slack
    for file in ("plan.parquet", "plan.csv", "report.html"):
        assert manifest["files"][file] == sha256_of(tmp_path / "plan" / file)
    assert len(pd.read_csv(tmp_path / "plan" / "plan.csv")) == len(plan)
    assert manifest["changed_since_scored"] == []
    told = {line["by"]: line["conversions"] for line in manifest["plan"]["rivals"]}
    assert {"followers", "reach", "klout", "past_rate", "per_cost"} <= told.keys()
    assert max(told.values()) <= told["plan"] * (1 + 1e-4)
    # Two fifths of the conversions of the market come anyway.
    assert manifest["plan"]["sensitivity"][-1]["about"] == pytest.approx(0.6, abs=0.1)


def test_the_same_input_gives_the_same_bytes_and_the_report_stands_alone(
    suasion: Run, offers: pd.DataFrame, tmp_path: Path
) -> None:
    for name in ("one", "two"):
        done = suasion(*asked(offers, tmp_path / name, float(offers["fee"].sum()) / 3))
        assert done.returncode == 0, done.stderr
    for file in ("plan.parquet", "plan.csv", "report.html"):
        assert sha256_of(tmp_path / "one" / file) == sha256_of(tmp_path / "two" / file)
    page = Page(tmp_path / "one" / "report.html")
    assert not page.tags & {"script", "link", "iframe"}
    assert all(address.startswith("#") for address in page.addresses)
    assert len(page.html) < 1_000_000
    for heading in ("The plan", "What other budgets would bring", "Cautions"):
        assert heading in page.text


def test_who_is_forced_is_in_who_is_forbidden_out_and_both_are_told_with_their_cost(
    suasion: Run, offers: pd.DataFrame, tmp_path: Path
) -> None:
    budget = float(offers["fee"].sum())
    free = suasion(*asked(offers, tmp_path / "free", budget))
    assert free.returncode == 0, free.stderr
    best, *_, worst = pd.read_parquet(tmp_path / "free" / "plan.parquet")["creator_id"]
    (tmp_path / "limits.toml").write_text(
        f'max_creators = 1\n[[forced]]\ncreator = "{worst}"\nwho = "Marie"\nwhy = "<promised>"\n'
        f'[[forbidden]]\ncreator = "{best}"\nwho = "Paul"\nwhy = "a rival"\n',
        encoding="utf-8",
    )
    given = (*asked(offers, tmp_path / "plan", budget), "--limits", tmp_path / "limits.toml")
    done = suasion(*given, "--language", "fr")
    assert done.returncode == 0, done.stderr
    plan = pd.read_parquet(tmp_path / "plan" / "plan.parquet")
    assert plan["creator_id"].tolist() == [worst]
    assert plan["override"].tolist() == ["Marie: <promised>"]
    manifest = json.loads((tmp_path / "plan" / "manifest.json").read_text(encoding="utf-8"))
    costs = {line["override"]: line["cost"] for line in manifest["plan"]["overrides"]}
    assert costs["forced"] > 0
    page = Page(tmp_path / "plan" / "report.html")
    assert '<html lang="fr">' in page.html
    assert "Marie: &lt;promised&gt;" in page.html


@pytest.mark.parametrize(
    ("change", "status", "says"),
    [
        ({"--budget": "0.01"}, 5, "raise it to"),
        ({"--budget": "-5"}, 2, "budget"),
        ({"--campaign": "nowhere"}, 2, "holds no score of campaign nowhere"),
        ({"--scores": "nothing"}, 2, "no scores at nothing"),
        ({"--limits": "no.toml"}, 2, "no such file of limits"),
    ],
)
def test_wrong_input_is_named_and_nothing_is_written(
    suasion: Run,
    offers: pd.DataFrame,
    tmp_path: Path,
    change: dict[str, str],
    status: int,
    says: str,
) -> None:
    given = list(map(str, asked(offers, tmp_path / "plan", 100.0)))
    for option, value in change.items():
        if option in given:
            given[given.index(option) + 1] = value
        else:
            given += [option, value]
    done = suasion(*given)
    assert done.returncode == status, done.stderr
    assert says in " ".join(done.stderr.split())
    assert not list(tmp_path.iterdir())


def with_offers(project: Path, folder: Path, offers: pd.DataFrame) -> Path:
    """The data with other offers."""
    shutil.copytree(project / "data", folder)
    offers.to_parquet(folder / "offers.parquet", index=False)
    return folder


LIMITS = "limits.toml"
"""Its content stands in the place of its path."""


@pytest.mark.parametrize(
    ("wrong", "change", "status", "says"),
    [
        ({"fee": -1.0}, {}, 3, "offers: 1 of 2 rows (50 %) broke a rule, and 5 % may: fee is negative (1 rows). For example row 1, campaign_id {campaign}"),
        ({"fee": None}, {}, 3, "fee is missing (1 rows)"),
        ({"creator_id": "ghost"}, {}, 3, "creator_id is not in creators (1 rows). For example row 1, campaign_id {campaign}, creator_id ghost"),
        ({"currency": "USD"}, {}, 2, "are in several currencies: USD (1 packages, such as that of creator"),
        ({"campaign_id": "k28"}, {"--campaign": "k29"}, 2, "no creator offers campaign k29 a package: add rows to offers"),
        ({}, {LIMITS: "min_creators = 3\nmax_creators = 2"}, 2, "limits.toml: min_creators is 3, above max_creators 2: lower min_creators or raise max_creators"),
        ({}, {LIMITS: "min_creators = 3"}, 5, "min_creators 3 : descendre à 2"),
        ({}, {LIMITS: "value_per_conversion = 0.0001"}, 5, "aucune offre ne vaut son tarif avec value_per_conversion 0,0001"),
        ({}, {"--budget": "0.5"}, 5, "le budget 0,50 : monter à"),
        ({}, {"--budget": "nan"}, 2, "the budget is nan: give an amount above 0"),
        ({}, {"--scores": "bundle"}, 2, "no scores at bundle/scores.parquet: run suasion score DATA --campaign {campaign}"),
        ({}, {"--scores": "data/posts.parquet"}, 2, "data/posts.parquet is no file of scores, it lacks"),
        ({}, {"--model": "bundle"}, 2, "--model goes with --brief, not with --campaign: leave it out"),
        ({}, {"--scores": None}, 2, "--campaign needs --scores"),
    ],
)  # fmt: skip
def test_each_wrong_input_is_told_with_its_place_and_remedy(
    suasion: Run,
    project: Path,
    offers: pd.DataFrame,
    tmp_path: Path,
    wrong: dict[str, object],
    change: dict[str, str | None],
    status: int,
    says: str,
) -> None:
    two = offers.head(2).astype({"fee": object}).reset_index(drop=True)
    for column, value in wrong.items():
        two[column] = [value, two[column].iloc[1] if column in two else None]
    two["fee"] = two["fee"].astype(float)
    data = with_offers(project, tmp_path / "data", two)
    given = list(map(str, asked(offers, tmp_path / "plan", float(offers["fee"].sum()))))
    given[1] = str(data)
    given += ["--language", "fr"]
    for option, value in change.items():
        if option == LIMITS:
            (tmp_path / LIMITS).write_text(str(value), encoding="utf-8")
            given += ["--limits", str(tmp_path / LIMITS)]
        elif value is None:
            del given[given.index(option) : given.index(option) + 2]
        elif option in given:
            given[given.index(option) + 1] = value
        else:
            given += [option, value]
    done = suasion(*given)
    assert done.returncode == status, done.stderr
    says = says.replace("{campaign}", offers["campaign_id"].iloc[0])
    assert says in " ".join(done.stderr.split())
    assert not (tmp_path / "plan").exists()


def test_data_that_changed_since_they_were_scored_are_told(
    suasion: Run,
    project: Path,
    tables: dict[str, pd.DataFrame],
    offers: pd.DataFrame,
    tmp_path: Path,
) -> None:
    dearer = tables["offers"].assign(fee=tables["offers"]["fee"] + 1)
    data = with_offers(project, tmp_path / "data", dearer)
    given = list(asked(offers, tmp_path / "plan", float(offers["fee"].sum())))
    done = suasion(given[0], data, *given[2:])
    assert done.returncode == 0, done.stderr
    assert "no longer those that were scored (offers differ): score again" in done.stdout
    assert "(offers differ)" in Page(tmp_path / "plan" / "report.html").text
    manifest = json.loads((tmp_path / "plan" / "manifest.json").read_text(encoding="utf-8"))
    assert manifest["changed_since_scored"] == ["offers"]


def test_offers_without_a_score_are_left_out_and_told(
    suasion: Run, offers: pd.DataFrame, scores: pd.DataFrame, project: Path, tmp_path: Path
) -> None:
    shutil.copytree(project / "scored", tmp_path / "scored")
    lost = offers["creator_id"].iloc[0]
    kept = scores[scores["creator_id"] != lost]
    kept.to_parquet(tmp_path / "scored" / "scores.parquet", index=False)
    given = list(asked(offers, tmp_path / "plan", float(offers["fee"].sum())))
    given[given.index("scored")] = tmp_path / "scored"
    done = suasion(*given)
    assert done.returncode == 0, done.stderr
    assert f"left out, not scored: {lost}" in done.stdout
    assert lost in Page(tmp_path / "plan" / "report.html").text
