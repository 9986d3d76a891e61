"""The document of benchmark results: each benchmark rewrites its own block and leaves the others."""

from __future__ import annotations

import re
from pathlib import Path

HEAD = "# Benchmarks\n"


def write_block(path: Path, name: str, text: str) -> None:
    """Put a text between the marks of a name; a block that is not there yet comes last."""
    begin, end = f"<!-- {name} -->", f"<!-- end of {name} -->"
    block = f"{begin}\n{text.strip()}\n{end}\n"
    found = path.read_text(encoding="utf-8") if path.exists() else HEAD
    pattern = re.compile(f"{re.escape(begin)}.*?{re.escape(end)}\n", re.DOTALL)
    if pattern.search(found):
        written = pattern.sub(lambda _: block, found, count=1)
    else:
        written = f"{found.rstrip()}\n\n{block}"
    path.write_text(written, encoding="utf-8")
