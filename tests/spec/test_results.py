"""Blocks of the document of benchmark results."""

from __future__ import annotations

from pathlib import Path

from tests.benchmarks.results import write_block


def test_a_benchmark_rewrites_its_block_and_leaves_the_others(tmp_path: Path) -> None:
    path = tmp_path / "RESULTS.md"
    write_block(path, "a", "first\n")
    write_block(path, "b", r"a \1 backslash")
    write_block(path, "a", "second\n\nline")
    assert path.read_text() == (
        "# Benchmarks\n\n<!-- a -->\nsecond\n\nline\n<!-- end of a -->\n\n"
        "<!-- b -->\na \\1 backslash\n<!-- end of b -->\n"
    )
