"""Qini: how much of the lift is gathered by asking first those whom a score puts first.

Outcomes with a control, in the order of a score, joined one after the other: after each,

    gain = TY − CY · T / C

with TY conversions of T exposed, CY conversions of C held out so far (H2O's Qini). The curve runs
over the share of all exposed people. Its coefficient is the area between it and the straight line
of a random order, over the whole gain: 0 is chance. A score that puts lift first is above it, one
that merely puts conversions first need not be.
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import numpy.typing as npt
import pandas as pd
from numba import njit

from models.lift import Arms
from training.bootstrap import interval
from training.clusters import drawn_weights
from training.rank_table import MODEL

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]

RANDOM = "random"
LEAST_CAMPAIGNS = 5
"""Campaigns with a control without which there is no Qini."""


def qini_curve(score: Floats, arms: Arms) -> tuple[Floats, Floats]:
    """Share of the exposed people, and gain, after each group of equal scores; both begin at 0.

    Examples
    --------
    >>> ten, five = np.array([10.0, 10]), np.array([5.0, 5])
    >>> arms = Arms(ten, np.array([4.0, 2]), five, np.array([1.0, 1]))
    >>> share, gain = qini_curve(np.array([2.0, 1]), arms)
    >>> share.tolist(), gain.tolist()
    ([0.0, 0.5, 1.0], [0.0, 2.0, 2.0])
    """
    order, last = _order(score)
    sums = np.cumsum(_columns(arms)[order], axis=0)[last]
    exposed, conversions, held_out, converted = sums.T
    gain = conversions - converted * exposed / held_out
    return np.append(0.0, exposed / exposed[-1]), np.append(0.0, gain)


def qini(
    score: Floats, arms: Arms, campaign: Ints | None = None, weight: Floats | None = None
) -> Floats:
    """The coefficient, under each draw's weights of campaigns; NaN where nothing is gained in all.

    Parameters
    ----------
    score : ndarray, shape (n,)
        Higher comes first; equal scores come together.
    arms : Arms
        One group an outcome, shape (n,).
    campaign : ndarray of int, shape (n,), optional
        Codes counting from 0; one campaign when not given.
    weight : ndarray, shape (draws, campaigns), optional
        How often each campaign counts; once, in one draw, when not given.

    Returns
    -------
    ndarray, shape (draws,)
    """
    order, last = _order(score)
    group = np.zeros(len(score), dtype=np.int64) if campaign is None else campaign
    drawn = np.ones((1, int(group.max()) + 1)) if weight is None else weight
    return np.asarray(_coefficients(_columns(arms)[order], last, group[order], drawn))


def qini_table(
    rows: pd.DataFrame, scores: Mapping[str, str], *, seed: int = 0
) -> tuple[pd.DataFrame, pd.DataFrame] | None:
    """The coefficient of each score, and the curves; None with too few campaigns.

    Parameters
    ----------
    rows : DataFrame, n lines
        Judged outcomes with a control: `campaign_id`, the columns of `lift.Arms` and of the scores.
    scores : mapping
        Name -> column, the model's among them.

    Returns
    -------
    figures : DataFrame
        Columns of `metrics.metric_table`, metric "qini"; the last line is a random order, 0 by
        definition. Intervals are 95 % ones of a bootstrap that draws campaigns, `ahead` on the same
        draws.
    curves : DataFrame
        `score`, `exposed_share` (0..1) and `incremental`, conversions.
    """
    code, ids = pd.factorize(rows["campaign_id"])
    campaign = code.astype(np.int64)
    arms = Arms.of(rows)
    if len(ids) < LEAST_CAMPAIGNS:
        return None
    weight = drawn_weights(len(ids), seed=seed)
    values = {name: rows[column].to_numpy(dtype=np.float64) for name, column in scores.items()}
    values[RANDOM] = np.zeros(len(rows))
    points = {name: float(qini(value, arms)[0]) for name, value in values.items()}
    drawn = {name: qini(value, arms, campaign, weight) for name, value in values.items()}
    lines, curves = [], []
    for name, value in values.items():
        low, high = _interval(drawn[name])
        line: dict[str, object] = {"metric": "qini", "subset": "all", "score": name}
        line |= {"value": points[name], "low": low, "high": high}
        if name != MODEL:
            ahead_low, ahead_high = _interval(drawn[MODEL] - drawn[name])
            line |= {"ahead": points[MODEL] - points[name]}
            line |= {"ahead_low": ahead_low, "ahead_high": ahead_high}
        lines.append(line | {"campaigns": len(ids), "rows": len(rows)})
        share, gain = qini_curve(value, arms)
        curves.append(pd.DataFrame({"score": name, "exposed_share": share, "incremental": gain}))
    return pd.DataFrame(lines), pd.concat(curves, ignore_index=True)


def _columns(arms: Arms) -> Floats:
    found = (arms.exposed, arms.conversions, arms.control_exposed, arms.control_conversions)
    return np.stack(found, axis=1)


def _order(score: Floats) -> tuple[Ints, npt.NDArray[np.bool_]]:
    """Rows by falling score, and whether each is the last of its equals."""
    order = np.argsort(-score, kind="stable")
    return order, np.append(np.diff(score[order]) != 0, True)


def _interval(draws: Floats) -> tuple[float, float]:
    known = draws[~np.isnan(draws)]
    return interval(known) if len(known) else (np.nan, np.nan)


@njit(cache=True)
def _coefficients(
    columns: Floats, last: npt.NDArray[np.bool_], group: Ints, weight: Floats
) -> Floats:
    """Area between curve and straight line over the whole gain, by draw.

    `columns` has shape (n, 4): exposed, conversions, held out, their conversions, in the order of
    the score; `last` and `group` shape (n,); `weight` shape (draws, groups).
    """
    found = np.full(weight.shape[0], np.nan)
    for draw in range(weight.shape[0]):
        t, ty, c, cy = 0.0, 0.0, 0.0, 0.0
        area, before, gain = 0.0, 0.0, 0.0
        at = 0.0
        for i in range(len(group)):
            w = weight[draw, group[i]]
            t += w * columns[i, 0]
            ty += w * columns[i, 1]
            c += w * columns[i, 2]
            cy += w * columns[i, 3]
            if last[i] and t > at:
                gain = ty - cy * t / c
                area += (t - at) * (gain + before) / 2
                at, before = t, gain
        if gain > 0:
            found[draw] = area / (t * gain) - 0.5
    return found
