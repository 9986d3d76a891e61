"""Folders for work that may be interrupted: what a killed run leaves, the next one takes up.

A run's folder names the work and the process. Renaming it claims it, so no two runs share one.
"""

from __future__ import annotations

import os
import shutil
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from features.errors import Unfinished, UserError
from features.output import is_running

KEPT_DAYS = 7
"""Age at which what a killed run left is deleted, whoever's work it was."""

_PREFIX = "suasion-work-"
_held: set[Path] = set()


@contextmanager
def resumable_folder(work: str) -> Iterator[Path]:
    """A folder in the system's temporary one (`TMPDIR`), with what an interrupted run left there.

    It is deleted when the block ends; kept when it ends by an interruption or a failure that the
    same command may go on from, which is any but a user's error that is not `Unfinished`.

    Parameters
    ----------
    work : str
        Letters and digits that name the work: two runs of one name do the same.
    """
    own = Path(tempfile.mkdtemp(prefix=f"{_PREFIX}{work}-{os.getpid()}-"))
    for left in sorted(own.parent.glob(f"{_PREFIX}*")):
        if left != own and _is_left(left, own):
            if left.name.startswith(f"{_PREFIX}{work}-"):
                with suppress(OSError):  # somebody else was faster
                    own.rmdir()
                    left.replace(own)
                    break
            elif time.time() - left.stat().st_mtime > KEPT_DAYS * 86400:
                shutil.rmtree(left, ignore_errors=True)
    own.mkdir(mode=0o700, exist_ok=True)
    _held.add(own)
    try:
        yield own
    except BaseException as error:
        if isinstance(error, UserError) and not isinstance(error, Unfinished):
            shutil.rmtree(own, ignore_errors=True)
        raise
    else:
        shutil.rmtree(own, ignore_errors=True)
    finally:
        _held.discard(own)


def _is_left(folder: Path, own: Path) -> bool:
    """Whether a run of this account made the folder and works in it no more."""
    try:
        is_ours = folder.stat().st_uid == own.stat().st_uid
    except OSError:
        return False
    process = folder.name.rsplit("-", 2)[-2]
    if not is_ours or not process.isdigit():
        return False
    # Processes are numbered anew after a restart: our own number may be that of a killed run.
    return folder not in _held if int(process) == os.getpid() else not is_running(int(process))
