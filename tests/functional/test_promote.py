"""`suasion promote`, `rollback` and `card`: one registry, from its first model to an overruled gate."""

from __future__ import annotations

import json
import sqlite3
import subprocess
from dataclasses import dataclass, field
from html.parser import HTMLParser
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from tests.functional.conftest import Run, run_suasion
from tests.functional.small_market import write

WHY = "the <old> one | is worse for us"


@dataclass
class Story:
    """What each command said, and the aliases after it."""

    folder: Path
    data: Path
    said: dict[str, subprocess.CompletedProcess[str]] = field(default_factory=dict)
    aliases: dict[str, dict[str, int]] = field(default_factory=dict)

    def run(self, step: str, *arguments: object) -> None:
        self.said[step] = run_suasion(*arguments, cwd=self.folder)
        with sqlite3.connect(self.folder / "mlruns" / "mlflow.db") as store:
            found = store.execute("SELECT alias, version FROM registered_model_aliases")
            self.aliases[step] = dict(found)
        store.close()

    def tags(self, version: int) -> dict[str, str]:
        with sqlite3.connect(self.folder / "mlruns" / "mlflow.db") as store:
            found = dict(
                store.execute(
                    "SELECT key, value FROM model_version_tags WHERE version = ?", (version,)
                )
            )
        store.close()
        return found

    def decisions(self) -> list[dict[str, object]]:
        found = (self.folder / "mlruns").rglob("gate.json")
        return [json.loads(path.read_text()) for path in found]


def contrary(outcomes: pd.DataFrame) -> pd.DataFrame:
    """Outcomes of which every second campaign is upside down: who converts best there converts worst."""
    rate = (outcomes["conversions"] + 0.5) / outcomes["exposed"]
    campaigns = outcomes["campaign_id"]
    best_first = rate.groupby(campaigns).rank(ascending=False, method="first").astype(int)
    rising = {name: np.sort(rates) for name, rates in rate.groupby(campaigns)}
    given = [rising[c][place - 1] for c, place in zip(campaigns, best_first, strict=True)]
    is_turned = campaigns.isin(sorted(rising)[::2])
    upside_down = (np.array(given) * outcomes["exposed"]).astype(int)
    return outcomes.assign(conversions=outcomes["conversions"].mask(is_turned, upside_down))


@pytest.fixture(scope="module")
def story(
    project: Path, tables: dict[str, pd.DataFrame], tmp_path_factory: pytest.TempPathFactory
) -> Story:
    folder, data = tmp_path_factory.mktemp("registry"), project / "data"
    bad = write({**tables, "outcomes": contrary(tables["outcomes"])}, folder / "contrary")
    told = Story(folder, data)
    told.run("first", "train", data, "--until", "2024-06-01")
    # A day later hardly anything more is known: no worse, whatever chance keeps of it.
    told.run("second", "train", data, "--until", "2024-06-02", "--out", "bundle")
    told.run("promoted", "promote", data)
    told.run("card", "card", "--out", "card")
    told.run("again", "promote", data)
    told.run("back", "rollback")
    told.run("back again", "rollback")
    told.run("older", "card", "--model", "suasion@2", "--out", "older")
    told.run("bare", "card", "--model", "suasion")
    told.run("of another command", "card", "--model", "older")
    told.run("third", "train", bad, "--until", "2024-07-01")
    told.run("refused", "promote", data)
    told.run("overruled", "promote", data, "--force", "--why", WHY)
    told.run("card of overruled", "card", "--out", "overruled")
    told.run("fourth", "train", data)
    told.run("too few", "promote", data)
    return told


def test_the_first_model_is_champion_and_a_later_one_only_challenger(story: Story) -> None:
    first, second = story.said["first"], story.said["second"]
    assert first.returncode == second.returncode == 0, first.stderr + second.stderr
    assert story.aliases["first"] == {"champion": 1}
    assert "there is no champion to compare it with" in first.stdout
    assert f"Next: suasion score {story.data} --out scores" in first.stdout
    assert story.aliases["second"] == {"champion": 1, "challenger": 2}
    assert f"Next: suasion promote {story.data}" in second.stdout


def test_a_challenger_that_passes_becomes_champion_and_the_old_one_previous(story: Story) -> None:
    done = story.said["promoted"]
    assert done.returncode == 0, done.stderr
    assert story.aliases["promoted"] == {"champion": 2, "challenger": 2, "previous": 1}
    for criterion in ("money", "deviance", "calibration", "cold start", "audit"):
        assert criterion in done.stdout
    assert "Version 2 of suasion is champion; version 1 is previous" in done.stdout
    assert story.tags(2)["gate"] == "passed"
    (decision,) = (d for d in story.decisions() if d["verdict"] == "passed")
    assert decision["since"] == "2024-06-02T00:00:00"
    # k15 to k26 are decided from 2 June on, 12 campaigns of 12 outcomes.
    assert (decision["campaigns"], decision["outcomes"]) == (12, 144)
    assert {line["passed"] for line in decision["criteria"]} == {True}
    assert decision["inputs"]["outcomes"]["rows"] == 27 * 12


def test_without_a_later_challenger_there_is_nothing_to_promote(story: Story) -> None:
    done = story.said["again"]
    assert done.returncode == 2
    assert "version 2 of suasion is champion already" in done.stderr


def test_rollback_returns_to_the_champion_before_once(story: Story) -> None:
    assert story.said["back"].returncode == 0, story.said["back"].stderr
    assert "Version 1 of suasion is champion again" in story.said["back"].stdout
    assert story.aliases["back"] == {"champion": 1, "challenger": 2}
    assert story.said["back again"].returncode == 2
    assert "nothing to roll back to" in story.said["back again"].stderr
    assert "suasion promote DATA" in story.said["back again"].stderr
    assert story.aliases["back again"] == {"champion": 1, "challenger": 2}


def test_a_version_is_found_by_its_number_and_what_is_no_model_is_said_to_be_none(
    story: Story,
) -> None:
    assert story.said["older"].returncode == 0, story.said["older"].stderr
    assert "suasion version 2" in (story.folder / "older" / "model_card.md").read_text("utf-8")
    assert story.said["bare"].returncode == 2
    assert "such as suasion@champion" in story.said["bare"].stderr
    assert story.said["of another command"].returncode == 2
    assert "older is no model bundle, `suasion card` wrote it" in (
        story.said["of another command"].stderr.replace("\n", " ")
    )


def test_the_gate_refuses_what_learned_the_contrary_and_prints_each_reason(story: Story) -> None:
    assert story.aliases["third"] == {"champion": 1, "challenger": 3}
    done = story.said["refused"]
    assert done.returncode == 4
    assert "the gate refuses version 3 of suasion; version 1 stays champion" in done.stderr
    assert "money: " in done.stderr
    assert story.aliases["refused"] == {"champion": 1, "challenger": 3}


def test_force_promotes_and_records_why_with_the_reasons_that_failed(story: Story) -> None:
    done = story.said["overruled"]
    assert done.returncode == 0, done.stderr
    assert "the gate overruled" in done.stdout
    assert story.aliases["overruled"] == {"champion": 3, "challenger": 3, "previous": 1}
    tags = story.tags(3)
    assert tags["gate"] == "overruled"
    assert tags["gate_overruled_because"] == WHY
    assert "money: " in tags["gate_failed"]
    (decision,) = (d for d in story.decisions() if d["verdict"] == "overruled")
    assert decision["why"] == WHY
    assert not all(line["passed"] for line in decision["criteria"])


def test_too_few_campaigns_say_what_is_there_and_what_makes_room(story: Story) -> None:
    assert story.said["fourth"].returncode == 0, story.said["fourth"].stderr
    done = story.said["too few"]
    assert done.returncode == 6
    assert "0 campaigns with mature outcomes" in done.stderr
    assert "at least 8 are needed" in done.stderr
    # The eighth campaign from the last, k19, starts on day 192.
    assert "`suasion train --until EARLIER`, here 2024-07-11 or before" in done.stderr
    assert "--force --why TEXT" in done.stderr
    assert story.aliases["too few"] == {"champion": 3, "challenger": 4, "previous": 1}


def test_force_without_why_is_refused(suasion: Run, project: Path) -> None:
    for options in (("--force",), ("--force", "--why", " ")):
        done = suasion("promote", "data", *options)
        assert done.returncode == 2
        assert "--force and --why TEXT go together" in done.stderr


class Page(HTMLParser):
    """Tags, addresses asked for, and text of a page."""

    def __init__(self) -> None:
        super().__init__()
        self.tags: set[str] = set()
        self.addresses: list[str] = []
        self.text = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.add(tag)
        self.addresses += [str(v) for k, v in attrs if k in ("src", "href")]

    def handle_data(self, data: str) -> None:
        self.text += data


def test_the_card_names_data_figures_and_limits_and_the_page_stands_alone(story: Story) -> None:
    assert story.said["card"].returncode == 0, story.said["card"].stderr
    folder = story.folder / "card"
    assert {p.name for p in folder.iterdir()} == {
        "model_card.md",
        "model_card.html",
        "manifest.json",
    }
    page = Page()
    page.feed(html := (folder / "model_card.html").read_text(encoding="utf-8"))
    assert not page.tags & {"script", "link", "img", "iframe"}
    assert not page.addresses
    assert "url(" not in html
    assert "@import" not in html
    assert "prefers-color-scheme: dark" in html
    manifest = json.loads((story.folder / "bundle" / "manifest.json").read_text())
    for text in (page.text, (folder / "model_card.md").read_text(encoding="utf-8")):
        assert manifest["model_version"] in text
        assert "suasion version 2; aliases: challenger, champion" in text
        for table, told in manifest["inputs"].items():
            assert table in text
            assert told["sha256"] in text
        for name in (
            "Intended use",
            "Out of scope",
            "Limits",
            "How to retrain",
            "attributed, not incremental",
        ):
            assert name in text
        assert f"{manifest['facts']['held_out_spearman']:+.3f}" in text
        assert f"{manifest['facts']['calibration_slope']:.3f}" in text
        strongest = max(manifest["features"], key=lambda line: abs(line["coefficient"]))
        assert strongest["feature"] in text
        assert "on 144 outcomes of 12 campaigns" in text


def test_the_card_says_why_the_gate_was_overruled_and_escapes_it(story: Story) -> None:
    html = (story.folder / "overruled" / "model_card.html").read_text(encoding="utf-8")
    assert "the &lt;old&gt; one | is worse for us" in html
    assert "was overruled" in html
    markdown = (story.folder / "overruled" / "model_card.md").read_text(encoding="utf-8")
    assert r"the \<old\> one \| is worse for us" in markdown


def test_a_card_of_a_bundle_needs_no_registry(suasion: Run, project: Path, tmp_path: Path) -> None:
    done = suasion("card", "--model", project / "bundle", cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    assert not (tmp_path / "mlruns").exists()
    text = (tmp_path / "suasion-card" / "model_card.md").read_text(encoding="utf-8")
    assert "not read from a registry" in text
    assert "2024-08-20T00:00:00 UTC" in text
