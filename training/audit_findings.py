"""From measurements to findings: what is allowed, whether it holds, and what that means."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd

from models.predictor import Predictor
from training.bootstrap import DRAWS, interval
from training.injections import (
    AUDIENCE,
    FOLLOWERS_DOWN,
    FOLLOWERS_UP,
    FRAUDS,
    REPEATED,
    RINGS,
    Injected,
)

EXACT = 1e-9
"""In logs of the rate: rounding, and no more."""
SWAPPED = 0.02
"""In logs. One is added to followers in the log, so that a creator without any has one: growth of
few followers moves by less than one in their number."""
REPLICATED, SHIFTED = 0.10, 0.05
"""In logs. Counts start from one half, one or three, so that little evidence moves a feature
little; ten times the evidence lets it speak. That moves a creator either way, by less than a tenth
for half of them, and must move them together by less than a twentieth."""
MOST_SIZE = 0.5
"""Audience replication proves that features do not contain size. In the world it goes with what
they do contain (the large post more, and are answered less): a quarter of its variance is usual.
Above a half they are followers in other words, and the rate could be learned back into a rank by
size."""
UNNOTICED = 0.01
"""In logs: one percent, less than any reader of a plan would notice."""
FLAT = 1 / 3
"""Spread of the placebo's log rates over the model's: chance alone is at one."""
BAND = (2 / 3, 3 / 2)
"""Predicted over observed conversions of a tier."""
LEAN = 0.10
"""Share of all conversions by which a tier may be over- or underrated."""
POPULARITY = 0.05
"""Mean partial rank correlation with followers given the true rate, either way; below zero as much
again as that of all that features could reveal, since an honest guess leans to what goes with the
truth, and fame goes against it."""
LEAST_RANK = 0.25
"""Mean rank correlation with the true rate: a model that says the same of all is not popular
either."""
FEWEST = 5
"""Creators without whom an injection tells nothing."""

Floats = npt.NDArray[np.float64]

_WHAT = {
    RINGS: "closed rings of creators that visit each other",
    REPEATED: "posts published again, word for word",
}


@dataclass(frozen=True)
class Finding:
    """One line of `Audit.findings`."""

    check: str
    value: float
    low: float
    high: float
    bound: str
    passed: bool | None
    says: str

    @classmethod
    def unknown(cls, check: str, bound: str, why: str) -> Finding:
        """A check that there is nothing to judge by."""
        return cls(check, np.nan, np.nan, np.nan, bound, None, f"unknown: {why}")


def _enough(injected: Injected | None) -> bool:
    return injected is not None and injected.rows["source"].nunique() >= FEWEST


TOO_FEW = f"fewer than {FEWEST} creators have posts and a reading of their followers"


def of_swap(injected: Injected | None, predictor: Predictor) -> list[Finding]:
    """Followers ten times as many, and a tenth: the largest change of the log rate."""
    bound = f"<= {EXACT:g}, and <= {SWAPPED} with growth"
    found = []
    for kind in (FOLLOWERS_UP, FOLLOWERS_DOWN):
        if injected is None or not _enough(injected):
            found.append(Finding.unknown(kind, bound, TOO_FEW))
            continue
        plain = _largest(injected.log_changes(predictor, kind, declared=False)["rate"])
        value = _largest(injected.log_changes(predictor, kind)["rate"])
        passed = plain <= EXACT and value <= SWAPPED
        says = f"the rate moves by {value:.2%} at most, by {plain:.0e} but for growth of followers"
        if not passed:
            says += ": it reads the size of the audience"
        found.append(Finding(kind, value, np.nan, np.nan, bound, passed, says))
    return found


def of_replication(
    injected: Injected | None, predictor: Predictor, *, seed: int = 0
) -> list[Finding]:
    """Ten in the place of each of the audience: the change outside and with smoothed counts."""
    outside, with_all, together = (
        f"{AUDIENCE}, {part}" for part in ("exactly", "each", "together")
    )
    bounds = (f"<= {EXACT:g}", f"<= {REPLICATED}", f"within +-{SHIFTED}")
    if injected is None or not _enough(injected):
        checks = zip((outside, with_all, together), bounds, strict=True)
        return [Finding.unknown(check, bound, TOO_FEW) for check, bound in checks]
    plain = _largest(injected.log_changes(predictor, AUDIENCE, declared=False)["rate"])
    change = injected.log_changes(predictor, AUDIENCE)["rate"].to_numpy(np.float64)
    typical, shift = float(np.median(np.abs(change))), float(np.median(change))
    low, high = median_interval(np.abs(change), seed=seed)
    shift_low, shift_high = median_interval(change, seed=seed)
    return [
        Finding(
            outside,
            plain,
            np.nan,
            np.nan,
            bounds[0],
            plain <= EXACT,
            f"features that declare no smoothed count move the rate by {plain:.0e} at most",
        ),
        Finding(
            with_all,
            typical,
            low,
            high,
            bounds[1],
            typical <= REPLICATED,
            f"with the evidence of ten times the counts the rate of half the creators moves by"
            f" less than {typical:.1%}",
        ),
        Finding(
            together,
            shift,
            shift_low,
            shift_high,
            bounds[2],
            not _outside(shift_low, shift_high, -SHIFTED, SHIFTED),
            f"the middle creator's rate moves by {shift:+.1%}",
        ),
    ]


def of_size(explained: Mapping[str, float]) -> Finding:
    """Held-out R2 of log followers from the features of the rate."""
    check, bound = "followers in features", f"R2 <= {MOST_SIZE}"
    if not explained:
        return Finding.unknown(check, bound, "too few creators with known followers")
    value = max(explained.values())
    each = ", ".join(f"{name} {r2:.2f}" for name, r2 in explained.items())
    says = (
        f"features of the rate tell {max(value, 0):.0%} of the variance of log followers ({each})"
    )
    return Finding(check, value, np.nan, np.nan, bound, value <= MOST_SIZE, says)


def of_frauds(injected: Injected | None, predictor: Predictor, *, seed: int = 0) -> list[Finding]:
    """Injected frauds: neither the rate nor the conversions expected may rise."""
    found = []
    for kind in FRAUDS:
        allowed = {"rate": UNNOTICED, "conversions": EXACT}
        for name, most in allowed.items():
            check, bound = f"{kind}, {name}", f"<= {most:g}"
            change = None if injected is None else injected.log_changes(predictor, kind)[name]
            why = TOO_FEW if injected is None else injected.hidden.get(kind)
            if change is None or why or len(change) < FEWEST:
                found.append(Finding.unknown(check, bound, why or TOO_FEW))
                continue
            value = float(change.median())
            low, high = median_interval(change.to_numpy(np.float64), seed=seed)
            what = "the rate" if name == "rate" else "conversions expected"
            says = f"{_WHAT.get(kind, kind)}: {what} {np.expm1(value):+.1%} in the middle"
            found.append(Finding(check, value, low, high, bound, value <= most, says))
    return found


def of_placebo(real: float, placebo: Sequence[float]) -> Finding:
    """Spread of log rates that labels dealt anew teach, over that of the model."""
    check, bound = "placebo labels", f"<= {FLAT:.2f} of the model's spread"
    if not placebo:
        return Finding.unknown(check, bound, "too few campaigns had matured when it was trained")
    ratios = [spread / real if real > 0 else np.inf for spread in placebo]
    value = float(np.mean(ratios))
    says = (
        f"labels dealt anew set creators apart by {np.mean(placebo):.2f} in logs, the model by"
        f" {real:.2f}"
    )
    return Finding(check, value, min(ratios), max(ratios), bound, value <= FLAT, says)


def of_tiers(tiers: pd.DataFrame) -> list[Finding]:
    """Predicted over observed conversions of each tier of audiences."""
    bound = f"{BAND[0]:.2f}-{BAND[1]:.2f}"
    if tiers.empty:
        why = "no outcome after the training moment has matured"
        return [Finding.unknown("conversions by audience", bound, why)]
    found = []
    for line in tiers.to_dict("records"):
        check = f"conversions, {line['tier']}"
        if np.isnan(line["low"]):
            why = f"{line['campaigns']} campaigns with {line['conversions']:.0f} conversions"
            found.append(Finding.unknown(check, bound, why))
            continue
        says = (
            f"{line['ratio']:.2f} of the conversions of {line['campaigns']} later campaigns were"
            f" predicted ({line['rate_ratio']:.2f} at the exposure that came)"
        )
        passed = not _outside(line["low"], line["high"], *BAND)
        found.append(Finding(check, line["ratio"], line["low"], line["high"], bound, passed, says))
    return found


def of_shares(tiers: pd.DataFrame) -> Finding:
    """The tier whose share of the conversions predicted misses that observed most."""
    check, bound = "share by audience", f"within +-{LEAN}"
    lines = [line for line in tiers.to_dict("records") if not np.isnan(line["lean_low"])]
    if not lines:
        why = "no tier has enough outcomes after the training moment"
        return Finding.unknown(check, bound, why)
    surely = [max(line["lean_low"] - LEAN, -LEAN - line["lean_high"], 0) for line in lines]
    worst = max(range(len(lines)), key=lambda i: (surely[i], abs(lines[i]["lean"])))
    line = lines[worst]
    says = (
        f"{line['tier']} followers: {line['exposed_share']:.0%} of exposure brought"
        f" {line['conversions_share']:.0%} of conversions, {line['predicted_share']:.0%} predicted"
    )
    passed = surely[worst] == 0
    return Finding(check, line["lean"], line["lean_low"], line["lean_high"], bound, passed, says)


def of_truth(by_campaign: pd.DataFrame | None, *, seed: int = 0) -> list[Finding]:
    """Means over campaigns of `partial` (with followers given the truth) and `spearman`.

    Parameters
    ----------
    by_campaign : DataFrame, optional
        One line a campaign; `revealed`, where it is there, is `partial` of all that features could
        reveal. None where no campaign whose truth is known came after the training moment.
    """
    least = -POPULARITY
    if by_campaign is not None and "revealed" in by_campaign:
        least += min(float(by_campaign["revealed"].mean()), 0.0)
    checks = {
        "popularity given truth": f"{least:.2f} .. {POPULARITY}",
        "rank with truth": f">= {LEAST_RANK}",
    }
    if by_campaign is None:
        why = "no campaign whose truth is known came after the training moment"
        return [Finding.unknown(check, bound, why) for check, bound in checks.items()]
    partial, rank = (by_campaign[name].dropna().to_numpy() for name in ("partial", "spearman"))
    means = [float(values.mean()) if len(values) else np.nan for values in (partial, rank)]
    spans = [_mean_interval(values, seed=seed) for values in (partial, rank)]
    says = f"given the true rate, the rate goes with followers by {means[0]:+.2f}"
    if "revealed" in by_campaign:
        says += f" (all that features could reveal: {by_campaign['revealed'].mean():+.2f})"
    held = (
        not _outside(*spans[0], least, POPULARITY),
        not means[1] < LEAST_RANK,
    )
    told = (says, f"the rate goes with the true one by {means[1]:+.2f} in {len(rank)} campaigns")
    return [
        Finding(check, means[i], *spans[i], bound, held[i], told[i])
        for i, (check, bound) in enumerate(checks.items())
    ]


def median_interval(values: Floats, *, seed: int = 0) -> tuple[float, float]:
    """Bootstrap interval of a median over creators."""
    drawn = np.random.default_rng(seed).integers(0, len(values), (DRAWS, len(values)))
    return interval(np.median(values[drawn], axis=1))


def _mean_interval(values: Floats, *, seed: int) -> tuple[float, float]:
    if len(values) < 2:
        return np.nan, np.nan
    drawn = np.random.default_rng(seed).integers(0, len(values), (DRAWS, len(values)))
    return interval(values[drawn].mean(axis=1))


def _largest(change: Iterable[float]) -> float:
    return float(np.abs(np.asarray(change, dtype=np.float64)).max())


def _outside(low: float, high: float, least: float, most: float) -> bool:
    """Whether an interval lies wholly outside what is allowed; an unknown one does not."""
    return bool(low > most or high < least)
