"""Are there outcomes enough to train on, and to hold later campaigns out; if not, what is there."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

import pandas as pd

from features.errors import Exit, UserError
from models.selection import FOLDS, LEAST_ROWS

LEAST_CAMPAIGNS = 3

UNCHECKED = (
    "no campaigns were held out in training: uncalibrated history with default spreads, of which "
    "neither the level nor the intervals were checked on any campaign"
)
"""What is said of a model trained without a hold-out, wherever it is described."""


@dataclass(frozen=True)
class Window:
    """Later campaigns that may be held out.

    Attributes
    ----------
    start, end : Timestamp
        Those decided from `start` on, before `end`.
    before, within : int
        Labels known before `start`, and of the campaigns held out.
    """

    start: pd.Timestamp
    end: pd.Timestamp
    before: int
    within: int

    @property
    def suffices(self) -> bool:
        """Whether a model can be fitted before it and judged on it."""
        return min(self.before, self.within) >= LEAST_ROWS


def windows(labels: pd.DataFrame) -> list[Window]:
    """The windows of later campaigns that training looks at (`models.selection`), enough or not.

    Parameters
    ----------
    labels : DataFrame
        `campaign_id`, `as_of` and `known_at` of each label.
    """
    starts = labels.groupby("campaign_id")["as_of"].min().sort_values(kind="stable")
    cuts = [starts.iloc[int(share * len(starts))] for share in FOLDS]
    found = []
    for start, end in zip(cuts, [*cuts[1:], pd.Timestamp.max], strict=True):
        within = (labels["as_of"] >= start) & (labels["as_of"] < end)
        before = labels["known_at"] < start
        found.append(Window(start, end, int(before.sum()), int(within.sum())))
    return found


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
        message += f". {without_exposed} more have matured without exposed, and train nothing"
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
        As for `windows`.

    Raises
    ------
    UserError
        Exit 6, with what each window has and needs.
    """
    tried = windows(labels)
    if any(window.suffices for window in tried):
        return
    shares = " or ".join(f"{share:.0%}" for share in FOLDS)
    found = "; ".join(
        f"before {_minute(w.start)} {w.before} were known, and {w.within} are of campaigns decided "
        + ("from then on" if w.end == pd.Timestamp.max else f"from then to {_minute(w.end)}")
        for w in tried
    )
    raise UserError(
        f"not enough outcomes to hold later campaigns out at {until:%Y-%m-%d %H:%M} UTC: there are "
        f"{len(labels)} in {labels['campaign_id'].nunique()} campaigns. After {shares} of the "
        f"campaigns, in the order of their decisions, at least {LEAST_ROWS} outcomes must have "
        f"been known, and {LEAST_ROWS} be of the campaigns decided next. Here {found}. Add "
        "outcomes, choose a later moment, or give --no-hold-out: uncalibrated history with default "
        "spreads, of which neither level nor intervals are checked",
        Exit.DATA,
    )
