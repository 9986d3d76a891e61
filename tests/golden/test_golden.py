"""A golden file changes only when asked to."""

import shutil
import subprocess
import sys
from pathlib import Path


def test_a_golden_file_is_compared_and_written_only_with_the_switch(tmp_path: Path) -> None:
    shutil.copy(Path(__file__).with_name("conftest.py"), tmp_path)
    (tmp_path / "test_it.py").write_text("def test_it(golden):\n    golden('it.txt', 'new')\n")
    (tmp_path / "it.txt").write_text("old")

    def passes(*switch: str) -> bool:
        command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", ".", *switch]
        return subprocess.run(command, cwd=tmp_path, capture_output=True).returncode == 0

    assert not passes()
    assert (tmp_path / "it.txt").read_text() == "old"
    assert passes("--overwrite-golden")
    assert (tmp_path / "it.txt").read_text() == "new"
    assert passes()
