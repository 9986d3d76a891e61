"""The gate on hand-made predictions: each criterion seen to pass and to refuse, alone."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

import numpy as np
import pandas as pd
import pytest

from training.contest import Contest
from training.gate import Decision, decide, poisson_deviance

CAMPAIGNS = 10
OBSERVED = np.array([10.0, 20.0, 30.0, 40.0, 50.0])
"""Conversions of the five outcomes of each campaign, of 1,000 people exposed each: 150 in all."""
NO_CANDIDATES = pd.DataFrame(
    {"campaign_id": [], "cost": [], "brings": [], "champion": [], "challenger": []}
)


@dataclass
class Audit:
    findings: pd.DataFrame


def contest(
    challenger: np.ndarray = OBSERVED,
    champion: np.ndarray = OBSERVED,
    *,
    challenger_reach: float = 1.0,
    champion_reach: float = 1.0,
    cold: bool = False,
    tier: str = "nano",
    candidates: pd.DataFrame = NO_CANDIDATES,
) -> Contest:
    """Every campaign the same: conversions given exposure that each side expects, times an error of reach."""
    rows = pd.concat(
        [
            pd.DataFrame(
                {
                    "campaign_id": f"k{number}",
                    "creator_id": list("abcde"),
                    "exposed": 1000,
                    "conversions": OBSERVED,
                    "is_cold": cold,
                    "tier": tier,
                    "champion_rate": champion / 1000,
                    "challenger_rate": challenger / 1000,
                    "champion_conversions": champion * champion_reach,
                    "challenger_conversions": challenger * challenger_reach,
                }
            )
            for number in range(CAMPAIGNS)
        ],
        ignore_index=True,
    )
    return Contest(datetime(2024, 7, 1), rows, candidates)


def line(decision: Decision, criterion: str) -> pd.Series:
    return decision.table.set_index("criterion").loc[criterion]


def refusals(decision: Decision) -> list[str]:
    return list(decision.table.loc[~decision.table["passed"], "criterion"])


def test_equals_pass_with_a_difference_of_nothing() -> None:
    decision = decide(contest())
    assert decision.passed
    assert not decision.reasons
    assert (decision.campaigns, decision.outcomes) == (10, 50)
    judged = decision.table.dropna(subset=["difference"])
    assert set(judged["criterion"]) == {"money", "deviance", "calibration", "calibration, nano"}
    assert (judged[["difference", "low", "high"]].abs() < 1e-12).all(axis=None)


def test_the_same_seed_gives_the_same_table() -> None:
    noisy = contest(OBSERVED * np.array([1.1, 0.8, 1.0, 1.2, 0.9]))
    pd.testing.assert_frame_equal(decide(noisy, seed=3).table, decide(noisy, seed=3).table)


# -- money: budget .1 x 40 = 4 buys one of ten candidates at 4 each -------------------------------


def known(challenger: list[float], campaigns: int = 5) -> pd.DataFrame:
    """Ten candidates a campaign that bring 10, 9, 0, 0, …; the champion picks the best."""
    brings = np.array([10.0, 9.0, *[0.0] * 8])
    return pd.concat(
        [
            pd.DataFrame(
                {
                    "campaign_id": f"k{number}",
                    "cost": 4.0,
                    "brings": brings,
                    "champion": brings,
                    "challenger": [*challenger, *[0.0] * 8],
                }
            )
            for number in range(campaigns)
        ],
        ignore_index=True,
    )


def test_money_refuses_a_challenger_that_captures_less() -> None:
    # It buys the second best: 9 of 10.
    decision = decide(contest(candidates=known([1.0, 2.0])))
    money = line(decision, "money")
    assert (money["champion"], money["challenger"]) == pytest.approx((1.0, 0.9))
    assert money["difference"] == pytest.approx(-0.1)
    assert refusals(decision) == ["money"]
    assert decision.reasons[0].startswith("money: captures 0.900 of the oracle's conversions")


def test_money_passes_a_challenger_that_picks_the_same() -> None:
    decision = decide(contest(candidates=known([2.0, 1.0])))
    assert line(decision, "money")["challenger"] == pytest.approx(1.0)
    assert decision.passed


def test_where_too_few_campaigns_are_known_rank_stands_in_for_money_and_says_so() -> None:
    decision = decide(contest(candidates=known([1.0, 2.0], campaigns=4)))
    assert "in its stead, rank of the conversions" in line(decision, "money")["says"]
    assert decision.passed
    # Two neighbours swapped: 1 - 6 x 2 / (5 x 24) = .9; the margin is .05.
    swapped = np.array([20.0, 10.0, 30.0, 40.0, 50.0])
    money = line(decide(contest(swapped)), "money")
    assert money["challenger"] == pytest.approx(0.9)
    assert not money["passed"]


# -- deviance -------------------------------------------------------------------------------------


def test_unit_deviance_by_hand() -> None:
    # 2 (0 - (0 - 2)) = 4; equal: 0; 2 (2 log 2 - 1) = .7726.
    found = poisson_deviance(np.array([0.0, 3.0, 2.0]), np.array([2.0, 3.0, 1.0]))
    assert found == pytest.approx([4.0, 0.0, 2 * (2 * np.log(2) - 1)])


def test_deviance_refuses_a_challenger_that_is_surely_worse() -> None:
    # Half of each rate, and twice the reach: total and order stay right, and so does the rest.
    decision = decide(contest(OBSERVED / 2, OBSERVED * 0.9, challenger_reach=2.0))
    # Of each y: 2 (y log 2 - y / 2), on average of y = 30.
    assert line(decision, "deviance")["challenger"] == pytest.approx(60 * (np.log(2) - 0.5))
    assert refusals(decision) == ["deviance"]


def test_a_challenger_that_is_worse_in_few_campaigns_is_not_surely_worse() -> None:
    # Better in half of the campaigns, worse by a little more in the other half.
    found = contest(OBSERVED * 0.99, OBSERVED * 0.97)
    half = found.rows["campaign_id"] < "k5"
    found.rows.loc[half, "challenger_rate"] *= 0.95 / 0.99
    deviance = line(decide(found), "deviance")
    assert deviance["difference"] > deviance["bound"]
    assert deviance["low"] < 0
    assert deviance["passed"]


# -- calibration ----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("reach", "passes"), [(1.2, True), (1.3, False), (0.82, True), (0.7, False)]
)
def test_calibration_refuses_outside_the_band(reach: float, passes: bool) -> None:
    decision = decide(contest(challenger_reach=reach))
    assert line(decision, "calibration")["challenger"] == pytest.approx(reach)
    assert refusals(decision) == ([] if passes else ["calibration"])


@pytest.mark.parametrize(("reach", "passes"), [(2.15, True), (2.3, False)])
def test_as_far_off_as_the_champion_and_a_tenth_is_allowed(reach: float, passes: bool) -> None:
    # The champion predicts half: 2 x 1.1 = 2.2 times off, upwards too.
    decision = decide(contest(challenger_reach=reach, champion_reach=0.5))
    assert line(decision, "calibration")["bound"] == pytest.approx(2.2)
    assert decision.passed == passes


def test_a_tier_is_judged_by_itself() -> None:
    # Micro 1.7 and nano 0.8 times what was observed: 1.16 in all.
    found = contest(candidates=known([2.0, 1.0]))
    found.rows["tier"] = np.where(found.rows["conversions"] >= 40, "nano", "micro")
    found.rows["challenger_conversions"] *= np.where(found.rows["tier"] == "micro", 1.7, 0.8)
    decision = decide(found)
    assert line(decision, "calibration")["challenger"] == pytest.approx((60 * 1.7 + 90 * 0.8) / 150)
    assert refusals(decision) == ["calibration, micro"]


def test_a_tier_of_few_campaigns_is_not_judged() -> None:
    found = contest()
    mega = found.rows["campaign_id"] < "k4"
    found.rows.loc[mega, "tier"] = "mega"
    found.rows.loc[mega, "challenger_conversions"] *= 1.6
    decision = decide(found)
    assert line(decision, "calibration, mega")["says"].startswith("not judged: 4 campaigns")
    assert decision.passed


# -- cold start, audit ----------------------------------------------------------------------------


def test_cold_start_refuses_a_worse_order_of_newcomers() -> None:
    # 1 - 6 x (1 + 1 + 1 + 1) / (5 x 24) = .8: .2 less than the champion, .1 is allowed.
    swapped = np.array([20.0, 10.0, 40.0, 30.0, 50.0])
    decision = decide(contest(swapped, cold=True))
    cold = line(decision, "cold start")
    assert (cold["challenger"], cold["bound"]) == pytest.approx((0.8, -0.1))
    assert "cold start" in refusals(decision)
    assert line(decide(contest(cold=True)), "cold start")["passed"]


def test_without_newcomers_cold_start_is_not_judged() -> None:
    swapped = np.array([20.0, 10.0, 40.0, 30.0, 50.0])
    cold = line(decide(contest(swapped)), "cold start")
    assert cold["says"] == "not judged: 0 campaigns with five such outcomes"
    assert cold["passed"]


def test_an_audit_that_failed_refuses_with_what_it_found() -> None:
    findings = pd.DataFrame(
        {"check": ["tiers", "copies"], "passed": [False, True], "says": ["leans to mega", "fine"]}
    )
    decision = decide(contest(), audit=Audit(findings))
    assert decision.reasons == ["audit: failed 1 of 2 checks: tiers: leans to mega"]
    good = Audit(findings.assign(passed=[True, None]))
    assert line(decide(contest(), audit=good), "audit")["says"] == "passed 1 check"
    assert decide(contest(), audit=good).passed


def test_what_the_champion_fails_as_well_refuses_nobody_but_is_told() -> None:
    findings = pd.DataFrame(
        {"check": ["tiers", "copies"], "passed": [False, False], "says": ["leans", "copied"]}
    )
    champions = Audit(findings.assign(passed=[False, True]))
    decision = decide(contest(), audit=Audit(findings), champions_audit=champions)
    assert decision.reasons == [
        "audit: failed 2 of 2 checks: copies: copied; and, as the champion does, tiers"
    ]
    both = decide(contest(), audit=Audit(findings), champions_audit=Audit(findings))
    assert both.passed
    assert line(both, "audit")["says"] == (
        "failed 2 of 2 checks, each as the champion does: tiers: leans; copies: copied"
    )


def test_a_challenger_trained_without_hold_out_is_refused_for_that_alone() -> None:
    decision = decide(contest(), is_checked=False)
    assert refusals(decision) == ["hold-out"]
    assert "no campaigns were held out in training" in decision.reasons[0]
    assert decide(contest(), is_checked=True).passed
