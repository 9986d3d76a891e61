"""Five campaigns and forty outcomes, through the commands: refused, trained when told, never promoted
unnoticed.
"""

from __future__ import annotations

import json
import subprocess
from pathlib import Path

import pytest

from tests.functional.conftest import run_suasion
from tests.functional.small_market import write
from tests.tiny_market import tiny_tables

Said = dict[str, "subprocess.CompletedProcess[str]"]


@pytest.fixture(scope="module")
def small(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Said]:
    folder = tmp_path_factory.mktemp("small")
    write(tiny_tables(), folder / "data")
    commands = {
        "refused": ("train", "data", "--out", "refused"),
        "champion": ("train", "data", "--no-hold-out", "--until", "2024-08-01"),
        "challenger": ("train", "data", "--no-hold-out", "--out", "bundle"),
        "promoted": ("promote", "data"),
        "card": ("card", "--model", "bundle", "--out", "card"),
        "early": ("evaluate", "data", "--origins", "2024-05-01", "--days", "30"),
        "judged": ("evaluate", "data", "--origins", "2024-06-01", "--days", "30"),
    }
    return folder, {step: run_suasion(*command, cwd=folder) for step, command in commands.items()}


def test_training_without_the_option_says_what_is_there_and_what_is_needed(
    small: tuple[Path, Said],
) -> None:
    folder, said = small
    assert said["refused"].returncode == 6
    # Of five campaigns the fourth and the fifth are decided later, 8 outcomes each; those before are
    # known 14 days after their starts, which lie 25 days apart.
    message = said["refused"].stderr
    assert "40 in 5 campaigns" in message
    assert "at 2024-05-15 00:00, 24 were known, and 16 are of campaigns" in message
    assert "--no-hold-out" in message
    assert not (folder / "refused").exists()


def test_a_model_without_hold_out_says_so_wherever_it_is_described(
    small: tuple[Path, Said],
) -> None:
    folder, said = small
    assert said["challenger"].returncode == 0, said["challenger"].stderr
    manifest = json.loads((folder / "bundle" / "manifest.json").read_text())
    assert manifest["settings"]["hold_out"] is False
    card = (folder / "card" / "model_card.md").read_text()
    for text in (said["challenger"].stdout, *manifest["cautions"], card):
        plain = " ".join(text.split())
        assert "o campaigns were held out in training: uncalibrated history" in plain
        assert "neither the level nor the intervals were checked" in plain
    assert "Kept: history alone.\n" in said["challenger"].stdout


def test_the_gate_refuses_a_model_without_hold_out(small: tuple[Path, Said]) -> None:
    said = small[1]["promoted"]
    assert said.returncode == 4
    assert "hold-out: no campaigns were held out" in said.stderr
    # Nor is there a campaign to judge it on.
    assert "0 campaigns with mature outcomes were decided since" in said.stderr


def test_an_evaluation_names_the_origin_of_too_few_to_train_or_to_hold_out(
    small: tuple[Path, Said],
) -> None:
    early, judged = small[1]["early"], small[1]["judged"]
    assert early.returncode == 6
    assert "origin 2024-05-01 00:00: not enough outcomes to train" in early.stderr
    assert judged.returncode == 0, judged.stderr
    plain = " ".join(judged.stdout.split())
    assert "hence uncalibrated history with default spreads: 2024-06-01." in plain
