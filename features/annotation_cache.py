"""Languages and polarities of texts read before, on disk: a text is read once on a machine.

Reading a text takes a third of a millisecond, and every command reads all of them. What is kept
says nothing of who wrote what: a hash of the text, its language and its polarity.
"""

from __future__ import annotations

import os
import shutil
import tempfile
import time
from collections.abc import Sequence
from contextlib import suppress
from functools import cache
from hashlib import blake2b
from importlib import metadata
from pathlib import Path

import duckdb
import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.parquet as pq

from features import excerpt, french_polarity, french_valence, language, polarity

FOLDER_VARIABLE = "SUASION_CACHE"
"""Environment variable that names the folder; empty for no cache."""

LEAST_TEXTS = 1_000
"""Texts not seen before from which they are kept: fewer take no time."""

MOST_BYTES = 4 << 30
KEPT_DAYS = 30
"""A file unused for so long is deleted, and the longest unused ones beyond `MOST_BYTES`."""

_READERS = (excerpt, language, polarity, french_polarity, french_valence)
_LIBRARIES = ("py3langid", "vaderSentiment")
_KEY_BYTES = 16
_SCHEMA = pa.schema({"key": pa.binary(), "language": pa.string(), "polarity": pa.float64()})

Read = tuple[list[str | None], npt.NDArray[np.float64]]


def languages_and_polarities(texts: Sequence[str]) -> Read:
    """Language and polarity of each text, as `detect_languages` and `polarity` give them.

    Kept in `suasion/` in the user's cache folder (``XDG_CACHE_HOME``, else ``~/.cache``), or in
    the one that `FOLDER_VARIABLE` names. A folder that cannot be used is done without; another
    version of the code or of its libraries reads anew.
    """
    folder = _folder() if len(texts) >= LEAST_TEXTS else None
    if folder is None:
        return _read(texts)
    keys = [blake2b(_bytes(text), digest_size=_KEY_BYTES).digest() for text in texts]
    languages, polarities, is_new = _look_up(folder, keys)
    new = np.flatnonzero(is_new).tolist()
    found, measured = _read([texts[i] for i in new])
    polarities[new] = measured
    for i, code in zip(new, found, strict=True):
        languages[i] = code
    if len(new) >= LEAST_TEXTS:
        _keep(folder, [keys[i] for i in new], found, measured)
    return languages, polarities


def _read(texts: Sequence[str]) -> Read:
    languages = language.detect_languages(texts)
    return languages, polarity.polarity(texts, languages)


def _bytes(text: str) -> bytes:
    return text.encode("utf-8", "surrogatepass")


def _folder() -> Path | None:
    """The folder of this version, made and swept where need be; None where there can be none."""
    base = os.environ.get(FOLDER_VARIABLE)
    if base == "":
        return None
    try:
        usual = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache")
        root = Path(base) if base else usual / "suasion"
        folder = root / f"texts-{_version()}"
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        _sweep(root, folder)
    except (OSError, RuntimeError):  # nowhere to write, or an account without a home
        return None
    return folder


@cache
def _version() -> str:
    """What the values depend on beside the text."""
    said = blake2b(digest_size=8)
    for module in _READERS:
        said.update(Path(str(module.__file__)).read_bytes())
    for library in _LIBRARIES:
        said.update(f"{library} {metadata.version(library)}".encode())
    return said.hexdigest()


def _sweep(root: Path, current: Path) -> None:
    for folder in root.glob("texts-*"):
        if folder != current and time.time() - folder.stat().st_mtime > KEPT_DAYS * 86400:
            shutil.rmtree(folder, ignore_errors=True)
    room = MOST_BYTES
    files = [(path.stat(), path) for path in current.glob("*")]
    for found, path in sorted(files, key=lambda file: -file[0].st_mtime):
        room -= found.st_size
        if room < 0 or time.time() - found.st_mtime > KEPT_DAYS * 86400:
            path.unlink(missing_ok=True)


def _look_up(
    folder: Path, keys: Sequence[bytes]
) -> tuple[list[str | None], npt.NDArray[np.float64], npt.NDArray[np.bool_]]:
    """Languages, polarities, and which keys are in no file."""
    languages: list[str | None] = [None] * len(keys)
    polarities = np.full(len(keys), np.nan)
    is_new = np.ones(len(keys), dtype=bool)
    found = _found(
        folder, pa.table({"place": range(len(keys)), "key": pa.array(keys, pa.binary())})
    )
    if found is not None:
        at = found["place"].to_numpy()
        is_new[at] = False
        polarities[at] = found["polarity"].to_numpy()
        for i, code in zip(at, found["language"].to_pylist(), strict=True):
            languages[i] = code
    return languages, polarities, is_new


def _found(folder: Path, asked: pa.Table) -> pa.Table | None:
    files = sorted(folder.glob("*.parquet"))
    if not files:
        return None
    try:
        with duckdb.connect() as connection:
            connection.register("asked", asked)
            found = connection.sql(
                "SELECT place, any_value(language) AS language, any_value(polarity) AS polarity"
                " FROM asked JOIN read_parquet(?) USING (key) GROUP BY place",
                params=[list(map(str, files))],
            ).to_arrow_table()
        for file in files:
            os.utime(file)
    except (
        duckdb.IOException,
        duckdb.InvalidInputException,
        OSError,
    ):  # cut off by a crash, or deleted meanwhile
        for file in files:
            if not _is_whole(file):
                file.unlink(missing_ok=True)
        return None
    return found


def _is_whole(file: Path) -> bool:
    try:
        return bool(pq.read_table(file).schema.equals(_SCHEMA))
    except (pa.ArrowException, OSError):
        return False


def _keep(
    folder: Path,
    keys: Sequence[bytes],
    languages: Sequence[str | None],
    polarities: npt.NDArray[np.float64],
) -> None:
    table = pa.table([pa.array(keys, pa.binary()), languages, polarities], schema=_SCHEMA)
    with suppress(OSError):
        handle, partial = tempfile.mkstemp(suffix=".partial", dir=folder)
        os.close(handle)
        pq.write_table(table, partial)
        os.replace(partial, partial.removesuffix(".partial") + ".parquet")
