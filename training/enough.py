"""Are there outcomes enough to train on, and to hold later campaigns out; if not, what is there."""

from __future__ import annotations

from datetime import datetime

import pandas as pd

from features.errors import Exit, UserError
from models.selection import FOLDS, LEAST_ROWS, folds_in_time, moment_after

LEAST_CAMPAIGNS = 3

UNCHECKED = (
    "no campaigns were held out in training: uncalibrated history with default spreads, of which "
    "neither the level nor the intervals were checked on any campaign"
)
"""What is said of a model trained without a hold-out, wherever it is described."""


def require_labels(
    outcomes: pd.DataFrame, until: datetime, *, without_exposed: int, unripe: pd.Series
) -> None:
    """Stop where too few outcomes have matured to learn a rate from.

    Parameters
    ----------
    outcomes : DataFrame
        Matured ones (`asof.known_outcomes`).
    without_exposed : int
        Matured outcomes that train nothing.
    unripe : Series
        From when on the others are known (`asof.unripe_outcomes`).

    Raises
    ------
    UserError
        Exit 6 when fewer than `LEAST_ROWS` with people exposed in `LEAST_CAMPAIGNS` campaigns have
        matured, or not one of them has a conversion.
    """
    labels = outcomes[outcomes["exposed"] > 0]
    campaigns = labels["campaign_id"].nunique()
    if len(labels) >= LEAST_ROWS and campaigns >= LEAST_CAMPAIGNS:
        if labels["conversions"].sum() > 0:
            return
        raise UserError(
            f"no rate to learn at {until:%Y-%m-%d %H:%M} UTC: none of the {len(labels)} outcomes "
            f"in {campaigns} campaigns that have matured has a conversion; at least one is needed. "
            "Check the column conversions of outcomes, or train when some have come",
            Exit.DATA,
        )
    message = (
        f"not enough outcomes to train at {until:%Y-%m-%d %H:%M} UTC: {len(labels)} with "
        f"exposed > 0 have matured, in {campaigns} campaigns; at least {LEAST_ROWS} in "
        f"{LEAST_CAMPAIGNS} are needed"
    )
    if without_exposed:
        message += (
            f". {without_exposed} more have matured without exposed, and train nothing until it is "
            "filled in"
        )
    if nobody := len(outcomes) - len(labels):
        message += f". {nobody} more reached nobody (exposed 0), and tell no rate"
    message += ". An outcome matures attribution_days after its campaign ends: "
    raise UserError(message + _remedy(unripe, LEAST_ROWS - len(labels)), Exit.DATA)


def _remedy(unripe: pd.Series, lacking: int) -> str:
    if unripe.empty:
        return "none is still to mature, so outcomes must be added"
    several = len(unripe) > 1
    told = f"{len(unripe)} {'are' if several else 'is'} still to mature, the first by "
    told += f"{_minute(unripe.iloc[0])} UTC"
    if 1 < lacking <= len(unripe):
        told += f", as many as are needed by {_minute(unripe.iloc[lacking - 1])}"
    elif lacking > len(unripe):
        told += ", and even all of them are too few"
    return f"{told}. Choose that moment (--until, or an origin), or add outcomes"


def _minute(moment: pd.Timestamp) -> str:
    """The moment, rounded up to what an option can name."""
    return f"{moment.ceil('min'):%Y-%m-%d %H:%M}"


def require_hold_out(labels: pd.DataFrame, until: datetime) -> None:
    """Stop where no later campaigns can be held out.

    Parameters
    ----------
    labels : DataFrame
        `campaign_id`, `as_of` and `known_at` of each label.

    Raises
    ------
    UserError
        Exit 6, with what there is and what is needed.
    """
    if folds_in_time(labels):
        return
    start = moment_after(labels, FOLDS[0])
    known, held = int((labels["known_at"] < start).sum()), int((labels["as_of"] >= start).sum())
    raise UserError(
        f"not enough outcomes to hold later campaigns out at {until:%Y-%m-%d %H:%M} UTC: there are "
        f"{len(labels)} in {labels['campaign_id'].nunique()} campaigns. When {FOLDS[0]:.0%} of the "
        f"campaigns were decided, at least {LEAST_ROWS} outcomes must have been known, and "
        f"{LEAST_ROWS} be of the campaigns decided later. Here, at {_minute(start)}, {known} were "
        f"known, and {held} are of campaigns decided from then on. Add outcomes, choose a later "
        "moment by which more will have matured, or give --no-hold-out: uncalibrated history with "
        "default spreads, of which neither level nor intervals are checked",
        Exit.DATA,
    )
