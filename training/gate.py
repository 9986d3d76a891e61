"""May the challenger replace the champion, and why not: one line a criterion.

===================  ==============================================  ==============================
criterion            figure                                          refuses when
===================  ==============================================  ==============================
money                share of the oracle's conversions captured      challenger < champion - margin
                     under the tight budget; where not every
                     candidate is known, rank of conversions
deviance             mean Poisson deviance of conversions, given     the whole interval of the
                     the people exposed                              difference > margin
calibration          total conversions, predicted over observed;     outside the band, and a tenth
                     of all, and of each tier of audience            further off than the champion
cold start           rank of the rate among creators without an      challenger < champion - margin
                     earlier outcome
audit                findings of the audit, where there is one       one failed, not the champion's
hold-out             whether the challenger was trained with one     it was not
===================  ==============================================  ==============================

Ranks are mean within-campaign Spearman correlations with what was realised. What has too few
campaigns is not judged, which is said, and refuses nothing.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

import numpy as np
import numpy.typing as npt
import pandas as pd

from models.ranking import spearman_by_campaign
from training.bootstrap import interval
from training.contest import SIDES, Contest
from training.enough import UNCHECKED
from training.money import TIGHT_SHARE, captured, share_of_oracle
from training.tiers import TIER_NAMES, UNKNOWN_TIER

Floats = npt.NDArray[np.float64]

DRAWS = 1000
LEAST_OF_A_PART = 5
"""Campaigns below which a part is not judged: money, a tier, cold start."""
LEAST_COUNT = 30.0
"""Conversions, predicted or observed, below which the calibration of a tier is not judged."""
MONEY_MARGIN = 0.05
RANK_MARGIN = 0.05
DEVIANCE_MARGIN = 0.01
"""As a share of the champion's."""
COLD_MARGIN = 0.10
HOLD_OUT = "hold-out"
BAND, TIER_BAND = 1.25, 1.5
"""Total predicted over observed, or its inverse, that counts as calibrated."""
FURTHER = 1.1
"""Factor by which the challenger may be further off than the champion: both share the luck of the
campaigns judged on."""


class Audited(Protocol):
    """The result of an audit."""

    @property
    def findings(self) -> pd.DataFrame:
        """`check`, `passed` (NA where unknown) and `says`, one line a check."""


@dataclass(frozen=True)
class Decision:
    """What the gate found.

    Attributes
    ----------
    table : DataFrame
        One line a criterion: `criterion`, figures of `champion` and `challenger`, `difference`
        (challenger less champion) with its 95 % campaign bootstrap `low`, `high`, the `bound` that
        the module's table names, `passed`, and `says`. Figures are NaN where not judged.
    campaigns, outcomes : int
        Judged on.
    """

    table: pd.DataFrame
    campaigns: int
    outcomes: int

    @property
    def passed(self) -> bool:
        """Whether the challenger may replace the champion."""
        return bool(self.table["passed"].all())

    @property
    def reasons(self) -> list[str]:
        """Why not: one sentence a criterion that failed."""
        failed = self.table[~self.table["passed"]]
        return [f"{line.criterion}: {line.says}" for line in failed.itertuples()]


def decide(
    contest: Contest,
    *,
    audit: Audited | None = None,
    champions_audit: Audited | None = None,
    is_checked: bool = True,
    seed: int = 0,
) -> Decision:
    """Judge the challenger against the champion.

    Parameters
    ----------
    contest : Contest
        What both said of the same campaigns.
    audit : Audited, optional
        The audit of the challenger.
    champions_audit : Audited, optional
        That of the champion: a check that it fails as well refuses nobody.
    is_checked : bool
        Whether campaigns were held out when the challenger was trained.
    """
    rows = contest.rows
    lines = [
        _money(contest, seed),
        _deviance(rows, seed),
        *_calibration(rows, seed),
        _cold_start(rows, seed),
        _audit(audit, champions_audit),
    ]
    if not is_checked:
        nothing = (np.nan, np.nan)
        lines.append(_line(HOLD_OUT, np.nan, np.nan, nothing, np.nan, False, UNCHECKED))
    return Decision(pd.DataFrame(lines), rows["campaign_id"].nunique(), len(rows))


def _money(contest: Contest, seed: int) -> dict[str, object]:
    name = "money"
    by_campaign = captured(
        contest.candidates.assign(campaign_id=contest.candidates["campaign_id"].astype(str)),
        {side: side for side in SIDES},
        share=TIGHT_SHARE,
    )
    if by_campaign.empty or (by_campaign["oracle"] > 0).sum() < LEAST_OF_A_PART:
        rows = contest.rows
        why = "fee and outcome of every candidate are known in too few campaigns; in its stead, "
        return _rank(
            name, rows, "conversions", rows["conversions"], RANK_MARGIN, seed, f"{why}rank of "
        )
    shares = share_of_oracle(by_campaign, reference="challenger", draws=DRAWS, seed=seed)
    line = shares[shares["score"] == "champion"].to_dict("records")[0]
    champion, ahead = float(line["pooled"]), float(line["suasion_ahead"])
    passed = ahead >= -MONEY_MARGIN
    says = (
        f"captures {champion + ahead:.3f} of the oracle's conversions, the champion "
        f"{champion:.3f}, with {TIGHT_SHARE:.0%} of what all candidates cost, in "
        f"{line['campaigns']} campaigns; {MONEY_MARGIN:g} less is allowed"
    )
    ends = float(line["ahead_low"]), float(line["ahead_high"])
    return _line(name, champion, champion + ahead, ends, -MONEY_MARGIN, passed, says)


def _deviance(rows: pd.DataFrame, seed: int) -> dict[str, object]:
    observed = rows["conversions"].to_numpy(np.float64)
    exposed = rows["exposed"].to_numpy(np.float64)
    parts = {
        side: poisson_deviance(observed, rows[f"{side}_rate"].to_numpy(np.float64) * exposed)
        for side in SIDES
    }
    sums = pd.DataFrame({**parts, "rows": 1.0}).groupby(rows["campaign_id"].to_numpy()).sum()
    drawn = _drawn(len(sums), seed)
    size = drawn @ sums["rows"].to_numpy()
    low, high = interval(drawn @ (sums["challenger"] - sums["champion"]).to_numpy() / size)
    champion, challenger = (float(parts[side].mean()) for side in SIDES)
    bound = DEVIANCE_MARGIN * champion
    says = (
        f"{challenger:.3f} an outcome, the champion {champion:.3f}; the difference lies between "
        f"{low:+.3f} and {high:+.3f}, and must not lie above {bound:.3f} as a whole"
    )
    return _line("deviance", champion, challenger, (low, high), bound, low <= bound, says)


def poisson_deviance(observed: Floats, expected: Floats) -> Floats:
    """Unit deviance ``2 (y log(y / mu) - (y - mu))``, its first part 0 where nothing is observed.

    Parameters
    ----------
    observed : ndarray, shape (n,)
        Counts.
    expected : ndarray, shape (n,)
        Positive.
    """
    ratio = np.where(observed > 0, observed, expected) / expected
    return 2 * (observed * np.log(ratio) - (observed - expected))


def _calibration(rows: pd.DataFrame, seed: int) -> list[dict[str, object]]:
    lines = [_total("calibration", rows, BAND, seed)]
    for tier in (*TIER_NAMES, UNKNOWN_TIER):
        of_tier = rows[rows["tier"] == tier]
        if of_tier.empty:
            continue
        name = f"calibration, {tier}"
        count = max(of_tier["conversions"].sum(), of_tier["challenger_conversions"].sum())
        campaigns = of_tier["campaign_id"].nunique()
        if campaigns < LEAST_OF_A_PART or count < LEAST_COUNT:
            lines.append(_unjudged(name, f"{campaigns} campaigns, {count:.0f} conversions"))
        else:
            lines.append(_total(name, of_tier, TIER_BAND, seed))
    return lines


def _total(name: str, rows: pd.DataFrame, band: float, seed: int) -> dict[str, object]:
    """Total conversions predicted over observed; nothing observed counts as one."""
    columns = ["conversions", *(f"{side}_conversions" for side in SIDES)]
    sums = rows.groupby("campaign_id")[columns].sum().to_numpy(np.float64)
    drawn = _drawn(len(sums), seed) @ sums
    total = sums.sum(axis=0)
    champion, challenger = (float(v) for v in total[1:] / max(total[0], 1.0))
    ends = interval((drawn[:, 2] - drawn[:, 1]) / np.maximum(drawn[:, 0], 1.0))
    off, champion_off = (max(v, 1 / v) for v in (challenger, champion))
    allowed = max(band, champion_off * FURTHER)
    says = (
        f"predicts {challenger:.2f} times what was observed, the champion {champion:.2f}; allowed "
        f"are {1 / allowed:.2f} to {allowed:.2f}"
    )
    if allowed > band:
        says += ", a tenth further off than the champion"
    bound = allowed if challenger >= 1 else 1 / allowed
    return _line(name, champion, challenger, ends, bound, off <= allowed, says)


def _cold_start(rows: pd.DataFrame, seed: int) -> dict[str, object]:
    cold = rows[rows["is_cold"]]
    realised = cold["conversions"] / cold["exposed"]
    return _rank("cold start", cold, "rate", realised, COLD_MARGIN, seed, "rank of ")


def _rank(
    name: str,
    rows: pd.DataFrame,
    value: str,
    actual: pd.Series,
    margin: float,
    seed: int,
    start: str,
) -> dict[str, object]:
    """Mean within-campaign Spearman correlation, campaigns of five outcomes or more."""
    by_campaign = [
        spearman_by_campaign(
            rows[f"{side}_{value}"].to_numpy(np.float64),
            actual.to_numpy(np.float64),
            rows["campaign_id"],
        ).to_numpy()
        for side in SIDES
    ]
    campaigns = len(by_campaign[0])
    if campaigns < LEAST_OF_A_PART:
        return _unjudged(name, f"{campaigns} campaigns with five such outcomes")
    champion, challenger = (float(found.mean()) for found in by_campaign)
    ends = interval(_drawn(campaigns, seed) @ (by_campaign[1] - by_campaign[0]) / campaigns)
    says = (
        f"{start}the {value} agrees with what was realised by {challenger:+.3f}, the champion's "
        f"by {champion:+.3f}, in {campaigns} campaigns; {margin:g} less is allowed"
    )
    passed = challenger - champion >= -margin
    return _line(name, champion, challenger, ends, -margin, passed, says)


def _audit(audit: Audited | None, champions: Audited | None) -> dict[str, object]:
    if audit is None:
        return _unjudged("audit", "no audit was made")
    failed = _failed(audit)
    known = {} if champions is None else _failed(champions)
    new = {check: said for check, said in failed.items() if check not in known}
    shared = {check: said for check, said in failed.items() if check in known}
    judged = int(audit.findings["passed"].notna().sum())
    says = f"passed {judged} check{'s' * (judged != 1)}"
    if failed:
        says = f"failed {len(failed)} of {judged} checks"
        says += ", each as the champion does: " if not new else ": "
        says += "; ".join(f"{check}: {said}" for check, said in (new or shared).items())
    if new and shared:
        says += f"; and, as the champion does, {', '.join(shared)}"
    nothing = (np.nan, np.nan)
    return _line("audit", np.nan, np.nan, nothing, np.nan, not new, says)


def _failed(audit: Audited) -> dict[str, str]:
    """Check -> what the audit says of it, where it failed; what is unknown did not."""
    findings = audit.findings
    failed = findings[~findings["passed"].fillna(True).astype(bool)]
    return dict(zip(failed["check"], failed["says"], strict=True))


def _unjudged(name: str, why: str) -> dict[str, object]:
    nothing = (np.nan, np.nan)
    return _line(name, np.nan, np.nan, nothing, np.nan, True, f"not judged: {why}")


def _line(
    criterion: str,
    champion: float,
    challenger: float,
    ends: tuple[float, float],
    bound: float,
    passed: bool,
    says: str,
) -> dict[str, object]:
    return {
        "criterion": criterion,
        "champion": champion,
        "challenger": challenger,
        "difference": challenger - champion,
        "low": ends[0],
        "high": ends[1],
        "bound": bound,
        "passed": bool(passed),
        "says": says,
    }


def _drawn(campaigns: int, seed: int) -> Floats:
    """How often each campaign is drawn, shape (draws, campaigns)."""
    chances = np.full(campaigns, 1 / campaigns)
    drawn = np.random.default_rng(seed).multinomial(campaigns, chances, DRAWS)
    return drawn.astype(np.float64)
