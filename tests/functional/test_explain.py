"""`suasion explain`: one creator's sheet, as a page and as numbers."""

from __future__ import annotations

import json
from html.parser import HTMLParser
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from features.feature import QUALITIES
from features.output import sha256_of
from tests.functional.conftest import Run


class Page(HTMLParser):
    """Tags, addresses and text of a page."""

    def __init__(self, path: Path) -> None:
        super().__init__()
        self.tags: set[str] = set()
        self.addresses: list[str] = []
        self.text = ""
        self.html = path.read_text(encoding="utf-8")
        self.feed(self.html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.add(tag)
        self.addresses += [str(v) for k, v in attrs if k in ("src", "href", "xlink:href")]

    def handle_data(self, data: str) -> None:
        self.text += data


@pytest.fixture(scope="module")
def row(scores: pd.DataFrame) -> pd.Series:
    """A row of the scores, whose sheet must tell the same."""
    return scores.sort_values(["campaign_id", "creator_id", "posts"], kind="stable").iloc[0]


@pytest.fixture(scope="module")
def sheet(row: pd.Series, project: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    from tests.functional.conftest import run_suasion

    out = tmp_path_factory.mktemp("sheets") / "sheet.html"
    asked = ("--campaign", row["campaign_id"], "--creator", row["creator_id"], "--out", out)
    done = run_suasion("explain", "data", *asked, "--contact", "<us> & co", cwd=project)
    assert done.returncode == 0, done.stderr
    assert str(out) in done.stdout.replace("\n", "")
    return out


def test_the_numbers_are_those_of_the_scores_and_add_up(sheet: Path, row: pd.Series) -> None:
    told = json.loads(sheet.with_suffix(".json").read_text(encoding="utf-8"))
    for name, value in told["prediction"].items():
        assert value == pytest.approx(row[name], rel=1e-12), name
    assert told["reasons"] == list(row["reasons"])
    assert told["warnings"] == list(row["warnings"])
    assert [line["quality"] for line in told["qualities"]] == list(QUALITIES)
    logit = np.log(row["rate"] / (1 - row["rate"]))
    for part in ("qualities", "facets", "features"):
        total = told["base_log_odds"] + sum(line["log_odds"] for line in told[part])
        assert total == pytest.approx(logit, abs=1e-9), part
    known = sum(line["value"] is not None for line in told["features"])
    assert known / len(told["features"]) == pytest.approx(told["known_share"])
    for change in told["what_if"]:
        assert change["rate"] > told["prediction"]["rate"]


def test_the_page_stands_alone_and_escapes_what_it_is_given(sheet: Path) -> None:
    page = Page(sheet)
    assert not page.tags & {"script", "link", "iframe"}
    assert all(address.startswith("#") for address in page.addresses)
    assert "@import" not in page.html
    assert "prefers-color-scheme:dark" in page.html
    assert "&lt;us&gt; &amp; co" in page.html
    assert '<svg role="img" aria-label="' in page.html
    told = json.loads(sheet.with_suffix(".json").read_text(encoding="utf-8"))
    for text in (told["creator_id"], told["campaign_id"], told["model_version"]):
        assert text in page.text
    assert "attributed" in page.text


def test_the_manifest_names_inputs_model_and_files(sheet: Path) -> None:
    manifest = json.loads(sheet.with_suffix(".manifest.json").read_text(encoding="utf-8"))
    assert manifest["command"] == "explain"
    assert manifest["inputs"]["outcomes"]["rows"] > 0
    for file in (sheet, sheet.with_suffix(".json")):
        assert manifest["files"][file.name] == sha256_of(file)
    assert not list(sheet.parent.glob(".*partial*"))


def test_the_french_sheet_is_french(suasion: Run, row: pd.Series, tmp_path: Path) -> None:
    out = tmp_path / "fiche.html"
    asked = ("--campaign", row["campaign_id"], "--creator", row["creator_id"], "--out", out)
    done = suasion("explain", "data", *asked, "--language", "fr")
    assert done.returncode == 0, done.stderr
    page = Page(out)
    assert '<html lang="fr">' in page.html
    for text in ("Pertinence", "Réputation", "Si quelque chose est faux ici", "chances ×"):
        assert text in page.text
    assert "odds" not in page.text
    told = json.loads(out.with_suffix(".json").read_text(encoding="utf-8"))
    assert all(reason.startswith(("pour", "contre")) for reason in told["reasons"])


def test_a_campaign_is_told_with_all_its_creators_and_pictures(
    suasion: Run, scores: pd.DataFrame, row: pd.Series, tmp_path: Path
) -> None:
    out = tmp_path / "campaign.html"
    done = suasion("explain", "data", "--campaign", row["campaign_id"], "--out", out)
    assert done.returncode == 0, done.stderr
    own = scores[scores["campaign_id"] == row["campaign_id"]]
    told = json.loads(out.with_suffix(".json").read_text(encoding="utf-8"))
    assert told["creators"] == own["creator_id"].nunique()
    expected = [line["conversions"] for line in told["rows"]]
    assert expected == pytest.approx(sorted(own["conversions"], reverse=True), rel=1e-12)
    one = own.drop_duplicates("creator_id")
    sizes = {line["name"]: line["effect"] for line in told["importance"]}
    for quality in QUALITIES:
        assert sizes[quality] == pytest.approx(one[quality].abs().mean(), rel=1e-9)
    page = Page(out)
    assert not page.tags & {"script", "link", "iframe"}
    # The only addresses are the picture's own: parts of it, and dots as a picture inside it.
    assert all(address.startswith(("#", "data:image/png")) for address in page.addresses)
    assert page.html.count('<svg role="img" aria-label="') == 2


@pytest.mark.parametrize(
    ("asked", "says"),
    [
        (("--campaign", "nowhere", "--creator", "c00"), "campaign nowhere is not in the campaigns"),
        (("--campaign", "{campaign}", "--creator", "nobody"), "creator nobody is not in the crea"),
        (
            ("--campaign", "{campaign}", "--creator", "c00", "--package", "gold"),
            "offers campaign {campaign} no package gold",
        ),
        (("--campaign", "{campaign}", "--creator", "c00", "--out", "sheet"), "name a page"),
        (("--campaign", "{campaign}", "--package", "gold"), "give --creator as well"),
    ],
)
def test_wrong_input_is_named_and_nothing_is_written(
    suasion: Run, row: pd.Series, tmp_path: Path, asked: tuple[str, ...], says: str
) -> None:
    given = [text.replace("{campaign}", row["campaign_id"]) for text in asked]
    out = () if "--out" in given else ("--out", tmp_path / "sheet.html")
    done = suasion("explain", "data", *given, *out)
    assert done.returncode == 2
    said = " ".join(done.stderr.split())
    assert says.replace("{campaign}", row["campaign_id"]) in said
    assert not list(tmp_path.iterdir())
