"""Outputs appear whole or not at all: the one place that writes folders, each with a manifest."""

from __future__ import annotations

import glob
import hashlib
import json
import os
import shutil
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from importlib import metadata
from pathlib import Path
from typing import Any

from features.errors import UserError
from features.tables import TABLES

MANIFEST = "manifest.json"


@contextmanager
def whole_folder(out: Path, kind: str | None = None) -> Iterator[Path]:
    """Give a folder to write into; its files become `out` when the block ends without an error.

    A new `out` appears in one rename. Into an `out` that exists the files are moved one by one,
    each in one rename, after its old manifest was removed and before the new one comes last: a
    folder with a manifest is whole. What the old manifest names is replaced; other files stay.

    Parameters
    ----------
    kind : str, optional
        The `kind` or `command` that the new manifest will name.

    Raises
    ------
    UserError
        When `out` is a file, cannot be written, or holds something of another kind: tables of the
        contract, a model bundle, scores.
    """
    out = out.resolve()
    if out.exists() and not out.is_dir():
        raise UserError(f"{out} is a file, a folder is needed to write into: choose another --out")
    if kind is not None:
        _refuse_another_kind(out, kind)
    try:
        out.parent.mkdir(parents=True, exist_ok=True)
        _sweep(out)
        partial = Path(tempfile.mkdtemp(prefix=f"{_prefix(out)}{os.getpid()}-", dir=out.parent))
    except OSError as error:
        raise UserError(f"cannot write {out}: {error.strerror}; choose another --out") from error
    try:
        yield partial
        try:
            _publish(partial, out)
        except OSError as error:
            raise UserError(
                f"cannot write {out}: {error.strerror}; choose another --out"
            ) from error
    finally:
        shutil.rmtree(partial, ignore_errors=True)


def _refuse_another_kind(out: Path, kind: str) -> None:
    found = _manifest(out / MANIFEST)
    there = found.get("kind") or found.get("command")
    if there == kind:
        return
    tables = (f"{name}{ending}" for name in TABLES for ending in ("", ".parquet", ".csv"))
    what = f"what `suasion {there}` wrote" if there else ""
    what = "a model bundle" if there == "model bundle" else what
    what = what or next((f"a data table, {name}" for name in tables if (out / name).exists()), "")
    if what:
        raise UserError(f"{out} holds {what}: writing there would spoil it; choose another --out")


def _prefix(out: Path) -> str:
    return f".{out.name}.partial-"


def _sweep(out: Path) -> None:
    """Remove what runs that were killed had left beside `out`; those still running are let be."""
    for left in out.parent.glob(f"{glob.escape(_prefix(out))}*"):
        process = left.name.removeprefix(_prefix(out)).partition("-")[0]
        if process.isdigit() and not is_running(int(process)):
            shutil.rmtree(left, ignore_errors=True)


def is_running(process: int) -> bool:
    """Whether a process of that number runs, whoever started it."""
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    except OSError:
        return True  # somebody else's
    return True


def _publish(partial: Path, out: Path) -> None:
    files = sorted(path for path in partial.rglob("*") if path.is_file())
    for path in files:
        with path.open("rb") as written:
            os.fsync(written.fileno())
    partial.chmod(0o755)
    if not out.exists() or not any(out.iterdir()):
        partial.rename(out)
        return
    stale = _named_in(out / MANIFEST) - {path.relative_to(partial).as_posix() for path in files}
    (out / MANIFEST).unlink(missing_ok=True)
    for name in stale:
        (out / name).unlink(missing_ok=True)
    for path in sorted(files, key=lambda path: path == partial / MANIFEST):
        target = out / path.relative_to(partial)
        target.parent.mkdir(parents=True, exist_ok=True)
        path.replace(target)


def _named_in(manifest: Path) -> set[str]:
    """Files that an earlier run wrote, by its manifest; none where that cannot be read."""
    files = _manifest(manifest).get("files")
    if not isinstance(files, dict):
        return set()
    inside = manifest.parent.resolve()
    return {name for name in files if (inside / name).resolve().is_relative_to(inside)}


def _manifest(path: Path) -> dict[str, Any]:
    """What a manifest says; nothing where it cannot be read."""
    try:
        found = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    return found if isinstance(found, dict) else {}


def write_manifest(folder: Path, **content: Any) -> dict[str, Any]:
    """Write `manifest.json` into a folder: the content given, the program, and each file's hash.

    Returns
    -------
    dict
        What was written. It holds no time and no path of the machine, so that the same run on the
        same data gives the same bytes.
    """
    files = sorted(
        path for path in folder.rglob("*") if path.is_file() and path != folder / MANIFEST
    )
    manifest = {
        "program": program(),
        **content,
        "files": {path.relative_to(folder).as_posix(): sha256_of(path) for path in files},
    }
    text = json.dumps(manifest, indent=2, ensure_ascii=False, allow_nan=False) + "\n"
    (folder / MANIFEST).write_text(text, encoding="utf-8")
    return manifest


def write_files(texts: Mapping[Path, str], *, manifest: Path, **content: Any) -> None:
    """Write files of text, each whole or not at all, and their manifest last.

    Parameters
    ----------
    texts : mapping
        Path -> what becomes of it; one that exists is replaced.
    manifest : Path
        The manifest: `content`, the program, and the hash of each file by its name.

    Raises
    ------
    UserError
        When a path is a folder or cannot be written.
    """
    hashes = {path.name: hashlib.sha256(text.encode()).hexdigest() for path, text in texts.items()}
    told = {"program": program(), **content, "files": hashes}
    last = json.dumps(told, indent=2, ensure_ascii=False, allow_nan=False) + "\n"
    manifest.unlink(missing_ok=True)
    for path, text in {**texts, manifest: last}.items():
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            _write_whole(path, text)
        except OSError as error:
            raise UserError(
                f"cannot write {path}: {error.strerror}; choose another --out"
            ) from error


def _write_whole(path: Path, text: str) -> None:
    handle, name = tempfile.mkstemp(prefix=f".{path.name}.partial-", dir=path.parent)
    partial = Path(name)
    try:
        with os.fdopen(handle, "w", encoding="utf-8") as file:
            file.write(text)
            file.flush()
            os.fsync(file.fileno())
        partial.chmod(0o644)
        partial.replace(path)
    finally:
        partial.unlink(missing_ok=True)


def program() -> Mapping[str, str]:
    """Name and version of the program."""
    return {"name": "suasion", "version": metadata.version("suasion")}


def sha256_of(path: Path) -> str:
    """SHA-256 of a file's bytes, in hexadecimal."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
