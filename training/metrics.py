"""Every figure of an evaluation, by subset of rows, with a campaign bootstrap."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from models.intervals import COVERAGE
from training.clusters import (
    Statistic,
    drawn_weights,
    lead,
    mean,
    ratio,
    with_interval,
)
from training.figures import ndcg, pit_inside, poisson_deviance, recalibration
from training.rank_table import LEAST_OUTCOMES, MODEL
from training.tiers import TIER_NAMES, UNKNOWN_TIER

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]

CAMPAIGN_BASE = "campaign base"
HISTORY_RATE = "history as a rate"
RATES = {MODEL: "rate", "past rate": "past rate"} | {
    name: name for name in (HISTORY_RATE, CAMPAIGN_BASE)
}
"""Scores that are a rate -> their column: their counts can be compared with what came."""
LEAST_CAMPAIGNS = 5
"""Campaigns that a subset needs for figures of its own."""
COLUMNS = (
    *("metric", "subset", "score", "value", "low", "high"),
    *("ahead", "ahead_low", "ahead_high", "campaigns", "rows"),
)
_TAIL = (1 - COVERAGE) / 2


def subsets_of(rows: pd.DataFrame) -> dict[str, npt.NDArray[np.bool_]]:
    """Which rows belong to each subset; those of fewer than `LEAST_CAMPAIGNS` are left out, but
    for all rows.
    """
    cold = rows["is_cold"].to_numpy(dtype=bool)
    tier = rows["tier"].to_numpy()
    found = {
        "all": np.ones(len(rows), dtype=bool),
        "warm": ~cold,
        "cold": cold,
        "with history": rows["has_history"].to_numpy(dtype=bool),
        "unseen brand": rows["is_new_brand"].to_numpy(dtype=bool),
        **{name: tier == name for name in (*TIER_NAMES, UNKNOWN_TIER)},
    }
    campaign = rows["campaign_id"]
    return {
        name: member
        for name, member in found.items()
        if name == "all" or campaign[member].nunique() >= LEAST_CAMPAIGNS
    }


def metric_table(
    rows: pd.DataFrame, by_conversions: Mapping[str, str], *, seed: int = 0
) -> pd.DataFrame:
    """Deviance, D2, totals, calibration, NDCG, coverage and width, by subset and score.

    Parameters
    ----------
    rows : DataFrame, n lines
        What `evaluation.judged_rows` gives: predictions beside what came.
    by_conversions : mapping
        Name -> column of the scores that order creators by conversions, the model's first.

    Returns
    -------
    DataFrame
        `metric`, `subset`, `score`, `value` with `low` and `high` (95 %), `ahead`: by how much the
        model is better than this score, with `ahead_low` and `ahead_high`; NaN where better has no
        direction, or the score is the model; `campaigns` and `rows` judged. The metrics:
        ``deviance``
            mean Poisson deviance of conversions given the exposure, a row.
        ``d2``
            share of the campaign base's deviance that the score explains.
        ``conversions_ratio_at_true_reach``, ``conversions_ratio``, ``exposed_ratio``
            totals, predicted over observed.
        ``calibration_slope``, ``calibration_intercept``
            `figures.recalibration`.
        ``ndcg_5``, ``ndcg_10``
            mean over campaigns, gain: conversions.
        ``coverage_*``
            share of outcomes inside the 80 % interval as it is told, ends included.
        ``pit_coverage_*``
            share of the randomised PIT between .1 and .9: a count's interval holds whole numbers,
            so the former exceeds .8 where few are expected even if all is right.
        ``log_width_*``
            mean log of the upper over the lower end, half a conversion added to either of a count.
    """
    lines: list[dict[str, Any]] = []
    for subset, member in subsets_of(rows).items():
        kept = rows[member].reset_index(drop=True)
        cluster = pd.factorize(kept["campaign_id"])[0].astype(np.int64)
        weight = drawn_weights(int(cluster.max(initial=-1)) + 1, seed=seed)
        for metric, of, lower, judged in _statistics(kept, cluster, by_conversions):
            campaigns = kept["campaign_id"][judged].nunique()
            if subset != "all" and campaigns < LEAST_CAMPAIGNS:
                continue
            said = {"metric": metric, "subset": subset, "campaigns": campaigns}
            for score, statistic in of.items():
                line = {**said, "score": score, "rows": int(judged.sum())}
                line |= with_interval(statistic, weight)
                if lower is not None and score != MODEL:
                    line |= lead(of[MODEL], statistic, weight, lower_is_better=lower)
                lines.append(line)
    return pd.DataFrame(lines).reindex(columns=list(COLUMNS))


Measured = tuple[str, dict[str, Statistic], bool | None, npt.NDArray[np.bool_]]
"""Metric, its statistic by score, whether lower is better (None: neither), and the rows judged."""


def _statistics(
    rows: pd.DataFrame, cluster: Ints, by_conversions: Mapping[str, str]
) -> Iterator[Measured]:
    yield from _of_rates(rows, cluster)
    yield from _of_totals(rows, cluster)
    yield from _of_order(rows, cluster, by_conversions)
    yield from _of_intervals(rows, cluster)


def _column(rows: pd.DataFrame, name: str) -> Floats:
    return np.asarray(rows[name].to_numpy(dtype=np.float64))


def _of_rates(rows: pd.DataFrame, cluster: Ints) -> Iterator[Measured]:
    conversions, exposed = _column(rows, "conversions"), _column(rows, "exposed")
    rates = {name: _column(rows, column) for name, column in RATES.items() if column in rows}
    deviance = {n: poisson_deviance(conversions, rate * exposed) for n, rate in rates.items()}
    everyone = np.ones(len(rows), dtype=bool)
    yield "deviance", {n: mean(cluster, d) for n, d in deviance.items()}, True, everyone
    base = deviance[CAMPAIGN_BASE]
    explained = {n: ratio(cluster, base - d, base) for n, d in deviance.items()}
    yield "d2", explained, False, everyone
    weight = _column(rows, "evidence")
    fits = {n: recalibration(r, conversions, exposed, weight, cluster) for n, r in rates.items()}
    yield "calibration_slope", {n: slope for n, (slope, _) in fits.items()}, None, everyone
    yield "calibration_intercept", {n: level for n, (_, level) in fits.items()}, None, everyone
    totals = {n: ratio(cluster, rate * exposed, conversions) for n, rate in rates.items()}
    yield "conversions_ratio_at_true_reach", totals, None, everyone


def _of_totals(rows: pd.DataFrame, cluster: Ints) -> Iterator[Measured]:
    everyone = np.ones(len(rows), dtype=bool)
    for what in ("conversions", "exposed"):
        total = ratio(cluster, _column(rows, f"predicted_{what}"), _column(rows, what))
        yield f"{what}_ratio", {MODEL: total}, None, everyone


def _of_order(
    rows: pd.DataFrame, cluster: Ints, by_conversions: Mapping[str, str]
) -> Iterator[Measured]:
    judged = rows["origin"].astype(str) + " " + rows["campaign_id"]
    told = (judged.groupby(judged).transform("size") >= LEAST_OUTCOMES).to_numpy(dtype=bool)
    if not told.any():
        return
    group = pd.factorize(judged[told])[0].astype(np.int64)
    of_group = cluster[told][np.unique(group, return_index=True)[1]]
    # Campaigns too small to be ordered stay among those drawn, and add nothing.
    count = int(cluster.max()) + 1
    gain = _column(rows, "conversions")[told]
    for k in (5, 10):
        found = {}
        for name, column in by_conversions.items():
            figure = ndcg(_column(rows, column)[told], gain, group, k)
            known = ~np.isnan(figure)
            kept = np.where(known, figure, 0.0)
            total = np.bincount(of_group, kept, minlength=count).astype(np.float64)
            groups = np.bincount(of_group, known, minlength=count).astype(np.float64)
            found[name] = ratio(np.arange(count), total, groups)
        yield f"ndcg_{k}", found, False, told


def _of_intervals(rows: pd.DataFrame, cluster: Ints) -> Iterator[Measured]:
    everyone = np.ones(len(rows), dtype=bool)
    for what in ("conversions", "exposed", "rate"):
        low, high = _column(rows, f"{what}_low"), _column(rows, f"{what}_high")
        below, upto = _column(rows, f"{what}_below"), _column(rows, f"{what}_upto")
        actual = _column(rows, what if what != "rate" else "conversions")
        actual = actual / _column(rows, "exposed") if what == "rate" else actual
        inside = ((low <= actual) & (actual <= high)).astype(np.float64)
        half = 0.5 if what == "conversions" else 0.0
        widths = np.log((high + half) / (low + half))
        pit = pit_inside(below, upto, _TAIL, 1 - _TAIL)
        yield f"coverage_{what}", {MODEL: mean(cluster, inside)}, None, everyone
        yield f"pit_coverage_{what}", {MODEL: mean(cluster, pit)}, None, everyone
        yield f"log_width_{what}", {MODEL: mean(cluster, widths)}, None, everyone


def pit_histogram(rows: pd.DataFrame, bins: int = 10) -> pd.DataFrame:
    """Share of the randomised PIT of conversions, exposed and rate in each of `bins` equal parts.

    Returns
    -------
    DataFrame
        `outcome`, `low` and `high` of the part, `share`; even where predictive distributions are
        right, a hump where they are too wide, a valley where too narrow.
    """
    edges = np.linspace(0, 1, bins + 1)
    # The largest of a continuous PIT is 1, which belongs to the last part.
    upper = [*edges[1:-1], 1 + 1e-9]
    lines = []
    for what in ("conversions", "exposed", "rate"):
        below, upto = _column(rows, f"{what}_below"), _column(rows, f"{what}_upto")
        for low, high, end in zip(edges[:-1], upper, edges[1:], strict=True):
            share = float(pit_inside(below, upto, float(low), float(high)).mean())
            lines.append({"outcome": what, "low": low, "high": end, "share": share})
    return pd.DataFrame(lines)


def calibration_deciles(rows: pd.DataFrame, parts: int = 10, *, seed: int = 0) -> pd.DataFrame:
    """Predicted and observed rate in tenths of the rows by predicted rate.

    Returns
    -------
    DataFrame
        `part` (1 = lowest), `rows`, `campaigns`, `predicted` and `observed` (pooled, conversions
        per exposed person), `low` and `high` of the latter (95 %, campaign bootstrap).
    """
    rank = rows["rate"].rank(method="first").to_numpy() - 1
    part = np.floor(rank * parts / max(len(rows), 1)).astype(int)
    lines = []
    for number in np.unique(part):
        kept = rows[part == number]
        cluster = pd.factorize(kept["campaign_id"])[0].astype(np.int64)
        exposed = _column(kept, "exposed")
        observed = ratio(cluster, _column(kept, "conversions"), exposed)
        weight = drawn_weights(int(cluster.max()) + 1, seed=seed)
        told = with_interval(observed, weight)
        lines.append(
            {
                "part": int(number) + 1,
                "rows": len(kept),
                "campaigns": int(cluster.max()) + 1,
                "predicted": float((_column(kept, "rate") * exposed).sum() / exposed.sum()),
                "observed": told["value"],
                "low": told["low"],
                "high": told["high"],
            }
        )
    return pd.DataFrame(lines)
