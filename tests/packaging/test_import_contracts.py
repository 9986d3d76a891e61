"""Each import contract holds, and is seen to fail when a module breaks it."""

import re
import shutil
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
SETTINGS = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["importlinter"]
CONTRACTS = {contract["id"]: contract["name"] for contract in SETTINGS["contracts"]}

# Contract, file, and the import in it that must not pass.
VIOLATIONS = [
    ("downward", "features/__init__.py", "import models"),
    ("downward", "models/__init__.py", "import training"),
    ("downward", "training/__init__.py", "def later():\n    import serving"),
    ("scoring", "serving/score.py", "import training"),
    ("scoring", "serving/registry.py", "from serving import detour"),
    ("scoring", "serving/model_code.py", "def later():\n    from serving import detour"),
    ("features", "features/__init__.py", "import lightgbm"),
    ("features", "features/__init__.py", "import mlflow"),
    ("models", "models/__init__.py", "from mlflow import pyfunc"),
    ("tracking", "training/__init__.py", "import mlflow"),
]


@pytest.fixture
def house(tmp_path: Path) -> Path:
    """Copy the rooms, with one module more that leads from serving to training."""
    for room in SETTINGS["root_packages"]:
        shutil.copytree(ROOT / room, tmp_path / room, ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copy(ROOT / "pyproject.toml", tmp_path)
    (tmp_path / "serving" / "detour.py").write_text("import training\n")
    return tmp_path


def verdicts(house: Path) -> dict[str, str]:
    """What import-linter says of each contract: KEPT or BROKEN."""
    lint = "from importlinter.cli import lint_imports_command as lint; lint()"
    run = subprocess.run(
        [sys.executable, "-c", lint, "--no-cache", "--no-logo"],
        cwd=house,
        capture_output=True,
        text=True,
        env={"COLUMNS": "200"},
    )
    said = dict(re.findall(r"^(.+?) (KEPT|BROKEN)\b", run.stdout, re.M))
    assert said.keys() == set(CONTRACTS.values()), run.stdout + run.stderr
    assert run.returncode == ("BROKEN" in said.values())
    return said


def test_every_contract_holds(house: Path) -> None:
    assert set(verdicts(house).values()) == {"KEPT"}


def test_every_contract_has_a_violation_to_see() -> None:
    assert {contract for contract, _, _ in VIOLATIONS} == CONTRACTS.keys()


@pytest.mark.parametrize(("contract", "file", "violation"), VIOLATIONS)
def test_a_broken_contract_is_named(house: Path, contract: str, file: str, violation: str) -> None:
    with (house / file).open("a") as module:
        module.write(f"\n{violation}\n")
    assert verdicts(house)[CONTRACTS[contract]] == "BROKEN"
