"""What must hold in a simulated market, and of several together."""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd

from tests.acceptance.plans import (
    PER_COST,
    captured_by_plans,
    coverage_of_plans,
    rivals_of_plans,
)
from tests.acceptance.verdict import REVEALED, RIVALS, SETTING, Verdict, coverage_of
from training.audit_findings import POPULARITY as POPULARITY_GIVEN_TRUTH
from training.tiers import TIER_NAMES

LEAST_OF_TIER = 30
"""Campaigns with a creator of a tier from which its coverage is judged."""
LEAST_AGREEMENT = 0.3
"""Spearman correlation of a quality's SHAP with its true effect, at least."""
SHARE_OF_REVEALED, SPEARMAN_GAP, COVERAGE = 0.9, 0.12, 0.8


def claims(verdict: Verdict) -> dict[str, bool]:
    """What must hold in a market, and whether it does."""
    found = {
        f"judged on at least {verdict.least_campaigns} held-out campaigns": verdict.campaigns
        >= verdict.least_campaigns
    }
    # Of cold creators alone a few campaigns whose product sells make the pooled share: there each
    # campaign counts alike.
    for rival in RIVALS:
        for subset, metric in (("all", SETTING), ("warm", SETTING), ("cold", f"mean_{SETTING}")):
            ahead = verdict.line(rival, subset, metric)["ahead_low"]
            found[f"captures surely more than {rival} ({subset})"] = bool(ahead > 0)
    share = verdict.line("suasion")["value"] / verdict.line(REVEALED)["value"]
    found[f"captures {SHARE_OF_REVEALED:g} of what features could reveal"] = bool(
        share >= SHARE_OF_REVEALED
    )
    found[f"agrees with the true rate within {SPEARMAN_GAP:g} of what features could reveal"] = (
        verdict.revealed - verdict.spearman <= SPEARMAN_GAP
    )
    found["is less popularity than every popularity baseline"] = (
        abs(verdict.popularity) < verdict.least_popularity
    )
    # As the audit: no honest guess leans less against fame than what features could reveal does.
    least = min(verdict.revealed_popularity, 0.0) - POPULARITY_GIVEN_TRUTH
    found[
        f"leans with or against fame by {POPULARITY_GIVEN_TRUTH:g} at most beyond the revealed"
    ] = least <= verdict.popularity <= POPULARITY_GIVEN_TRUTH
    for line in verdict.qualities.to_dict("records"):
        found[f"{line['quality']} orders creators as the law does, and as no other quality"] = bool(
            line["own"] > LEAST_AGREEMENT and line["own"] > line["other"]
        )
    found["every effect of the law is told with its sign"] = bool((verdict.terms > 0).all())
    return found | claims_of_coverage(coverage_of(verdict.covered))


def claims_of_coverage(coverage: pd.DataFrame) -> dict[str, bool]:
    """What must hold of the intervals of creators, and whether it does."""
    return {
        f"80 % intervals may cover 80 % ({line['subset']})": line["low"] <= COVERAGE <= line["high"]
        for line in judged_coverage(coverage).to_dict("records")
    }


def judged_coverage(table: pd.DataFrame) -> pd.DataFrame:
    """Coverage in all, warm, cold, and of each tier with campaigns enough."""
    is_part = table["subset"].isin(("all", "warm", "cold"))
    is_tier = table["subset"].isin(TIER_NAMES) & (table["campaigns"] >= LEAST_OF_TIER)
    return table[is_part | is_tier]


def failures(verdict: Verdict) -> list[str]:
    """The claims that a market does not bear out."""
    return [claim for claim, holds in claims(verdict).items() if not holds]


def together(verdicts: Sequence[Verdict], which: str) -> pd.DataFrame:
    """The `plans` or `covered` of all markets; campaigns of two markets are two."""
    tables = ((v.seed, getattr(v, which)) for v in verdicts)
    return pd.concat(
        [table.assign(campaign_id=f"{seed}:" + table["campaign_id"]) for seed, table in tables],
        ignore_index=True,
    )


def claims_together(verdicts: Sequence[Verdict]) -> dict[str, bool]:
    """What must hold of all markets together, and whether it does."""
    found = claims_of_plans(together(verdicts, "plans"))
    if len(verdicts) > 1:
        coverage = claims_of_coverage(coverage_of(together(verdicts, "covered")))
        found |= {f"in all markets, {claim}": holds for claim, holds in coverage.items()}
    return found


def claims_of_plans(plans: pd.DataFrame) -> dict[str, bool]:
    """What must hold of the plans of all markets together, and whether it does."""
    told = captured_by_plans(plans).set_index(["share", "score"])
    found = {}
    for share in sorted(plans["share"].unique()):
        for rival in (PER_COST, *rivals_of_plans(plans)):
            ahead = told.loc[(share, rival), "ahead_low"]
            name = f"plans of {100 * share:g} % capture surely more than by {rival}"
            found[name] = bool(ahead > 0)
    for line in coverage_of_plans(plans).to_dict("records"):
        name = f"80 % intervals of plans may cover 80 % ({of_budget(line['share'])})"
        found[name] = line["low"] <= COVERAGE <= line["high"]
    return found


def of_budget(share: float | str) -> str:
    """How a budget is called."""
    return "all budgets" if isinstance(share, str) else f"{100 * share:g} %"
