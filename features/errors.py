"""The one class of user errors, with the exit status that the command line gives each kind."""

from __future__ import annotations

from enum import IntEnum


class Exit(IntEnum):
    """What a command's exit status says; 0 is success."""

    INPUT = 2
    """Input or usage is wrong: nothing was done."""
    QUARANTINE = 3
    """More than the allowed share of a table's rows broke a rule."""
    GATE = 4
    """The gate refused a model."""
    PLAN = 5
    """The limits of a plan cannot be met together."""
    DATA = 6
    """Not enough data to train or to split."""
    BUNDLE = 7
    """A model bundle is damaged or was changed."""


class UserError(Exception):
    """Something a person can put right. Shown without a traceback.

    Parameters
    ----------
    message : str
        What is wrong, the value seen, what is allowed and the next step. Ids and counts, never
        a person's text.
    exit_status : Exit
        The status that the command ends with.

    Examples
    --------
    >>> error = UserError("no such folder: data. Give the folder that holds the tables.")
    >>> int(error.exit_status)
    2
    """

    def __init__(self, message: str, exit_status: Exit = Exit.INPUT) -> None:
        super().__init__(message)
        self.exit_status = exit_status


class Unfinished(UserError):
    """Work that stopped on the way: what is done is kept, and the same command goes on from it."""
