"""HiGHS without its prints: a programme in whole choices, solved without a word on the screen."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from threading import Lock

_lock = Lock()
_kept: list[int] = []
"""Standard output while it is closed, once for each thread that solves."""


@contextmanager
def quiet() -> Iterator[None]:
    """Close standard output to the solver, which prints a line when it repairs a solution.

    Standard output belongs to all threads: the first one in closes it, the last one out opens it.
    """
    with _lock:
        if not _kept:
            sys.stdout.flush()
        _kept.append(_kept[0] if _kept else os.dup(1))
        if len(_kept) == 1:
            with open(os.devnull, "wb") as nowhere:
                os.dup2(nowhere.fileno(), 1)
    try:
        yield
    finally:
        with _lock:
            kept = _kept.pop()
            if not _kept:
                os.dup2(kept, 1)
                os.close(kept)
