"""Acceptance on simulated markets: does the model win where there is something to learn?

``python -m tests.acceptance.market --write docs/acceptance.md`` judges five markets of 2,000 creators and 24
months on the campaigns of their last year that have matured.
"""

from __future__ import annotations

import argparse
import sys
import time
from collections.abc import Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, field
from datetime import timedelta
from functools import partial
from multiprocessing import get_context
from pathlib import Path
from tempfile import TemporaryDirectory

import pandas as pd

from features.asof import newest_moment
from features.prepared import prepared
from features.source import open_market
from features.tables import NEEDS
from tests.acceptance.effects import recovered_qualities, recovered_terms, true_effects
from tests.acceptance.plans import (
    PER_COST,
    Plans,
    captured_by_plans,
    coverage_of_plans,
    rivals_of_plans,
)
from training.audit_findings import POPULARITY as POPULARITY_GIVEN_TRUTH
from training.counterfactual import known_candidates
from training.evaluation import Evaluation, evaluate
from training.money import MOST_CREATORS, TIGHT_SHARE
from training.tiers import TIER_NAMES
from training.world import World, simulate, write_world

WINDOW_DAYS = 58
MATURES_DAYS = 46
LEAST_CAMPAIGNS = 120
LEAST_OF_TIER = 30
"""Campaigns with a creator of a tier from which its coverage is judged."""
POPULARITY = ("followers", "reach alone", "engagement rate × followers")
RIVALS = ("past rate × reach", "engagement model × reach")
REVEALED = "all that features could reveal"
SETTING = f"captured_{100 * TIGHT_SHARE:g}_percent_predicted_reach"
LEAST_AGREEMENT = 0.3
"""Spearman correlation of a quality's SHAP with its true effect, at least."""
SHARE_OF_REVEALED, SPEARMAN_GAP, COVERAGE = 0.9, 0.12, 0.8


@dataclass(frozen=True)
class Verdict:
    """What one market showed.

    Attributes
    ----------
    campaigns : int
        Judged, each held out from the model that judged it.
    captured : DataFrame
        Of the model, its rivals and what features could reveal, one line a `metric` (pooled share
        of the oracle's conversions, or mean of the campaigns' shares), `subset` and `score`:
        `value`, and `ahead_low`, `ahead_high` of the model's lead (95 %).
    spearman, revealed : float
        With the true rate, of the model and of what features could reveal.
    popularity, revealed_popularity, least_popularity : float
        Partial rank correlation with followers given the true rate: the model's, that of what
        features could reveal, and the least of the baselines of popularity.
    coverage : DataFrame
        Of the 80 % interval of conversions (randomised PIT), one line a `subset`: `value`, `low`,
        `high`, `campaigns`.
    trees : str
        Kept at each origin.
    qualities, terms
        `effects.recovered_qualities` and `effects.recovered_terms` of all candidates.
    plans
        `plans.planned` of all campaigns judged.
    """

    seed: int
    campaigns: int
    captured: pd.DataFrame
    spearman: float
    revealed: float
    popularity: float
    revealed_popularity: float
    least_popularity: float
    coverage: pd.DataFrame
    trees: str
    qualities: pd.DataFrame
    terms: pd.Series
    plans: pd.DataFrame
    seconds: float
    least_campaigns: int = field(default=LEAST_CAMPAIGNS)

    def line(self, score: str, subset: str = "all", metric: str = SETTING) -> pd.Series:
        """One line of `captured`."""
        return self.captured.set_index(["metric", "subset", "score"]).loc[(metric, subset, score)]


def judge(
    seed: int, *, creators: int, months: int, windows: int, least_campaigns: int = LEAST_CAMPAIGNS
) -> Verdict:
    """Simulate a market and judge the model on its last matured campaigns."""
    began = time.perf_counter()
    world = simulate(creators=creators, months=months, seed=seed)
    plans = Plans(world.truth["potential"])
    with TemporaryDirectory() as scratch:
        data = Path(scratch)
        write_world(world, data)
        needs, uses = NEEDS["evaluate"]
        with open_market(data, needs=needs, uses=uses) as market:
            newest = newest_moment(market.connection)
            assert newest is not None
            last = newest.replace(hour=0, minute=0, second=0, microsecond=0)
            last -= timedelta(days=MATURES_DAYS)
            origins = [last - timedelta(days=WINDOW_DAYS * k) for k in range(windows, 0, -1)]
            candidates = known_candidates(market.connection, data)
            with prepared(market) as ready:
                found = evaluate(
                    ready, origins, WINDOW_DAYS, candidates=candidates, on_judged=plans.judge
                )
    seconds = time.perf_counter() - began
    return verdict(found, plans.table(), world, seed, seconds, least_campaigns)


def verdict(
    found: Evaluation,
    plans: pd.DataFrame,
    world: World,
    seed: int,
    seconds: float,
    least_campaigns: int,
) -> Verdict:
    """What of an evaluation the claims are about."""
    assert found.truth is not None
    assert found.candidates is not None
    candidates = found.candidates[found.candidates["is_known"]].reset_index(drop=True)
    effects = true_effects(candidates, world)
    truth, figures = found.truth.set_index("score"), found.figures
    told = figures["metric"].isin((SETTING, f"mean_{SETTING}"))
    told &= figures["score"].isin(("suasion", *RIVALS, REVEALED))
    return Verdict(
        seed=seed,
        campaigns=found.rows["campaign_id"].nunique(),
        captured=figures[told].reset_index(drop=True),
        spearman=truth.loc["suasion", "spearman"],
        revealed=truth.loc["revealed", "spearman"],
        popularity=truth.loc["suasion", "popularity"],
        revealed_popularity=truth.loc["revealed", "popularity"],
        least_popularity=truth.loc[list(POPULARITY), "popularity"].abs().min(),
        coverage=figures[figures["metric"] == "pit_coverage_conversions"].reset_index(drop=True),
        trees=", ".join(str(count) for count in found.origins["trees"]),
        qualities=recovered_qualities(candidates, effects),
        terms=recovered_terms(candidates, effects),
        plans=plans,
        seconds=seconds,
        least_campaigns=least_campaigns,
    )


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
    for line in judged_coverage(verdict).to_dict("records"):
        found[f"80 % intervals may cover 80 % ({line['subset']})"] = (
            line["low"] <= COVERAGE <= line["high"]
        )
    return found


def judged_coverage(verdict: Verdict) -> pd.DataFrame:
    """Coverage in all, warm, cold, and of each tier with campaigns enough."""
    table = verdict.coverage
    is_part = table["subset"].isin(("all", "warm", "cold"))
    is_tier = table["subset"].isin(TIER_NAMES) & (table["campaigns"] >= LEAST_OF_TIER)
    return table[is_part | is_tier]


def failures(verdict: Verdict) -> list[str]:
    """The claims that a market does not bear out."""
    return [claim for claim, holds in claims(verdict).items() if not holds]


def plans_together(verdicts: Sequence[Verdict]) -> pd.DataFrame:
    """The plans of all markets; campaigns of two markets are two."""
    return pd.concat(
        [v.plans.assign(campaign_id=f"{v.seed}:" + v.plans["campaign_id"]) for v in verdicts],
        ignore_index=True,
    )


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
        name = f"80 % intervals of plans may cover 80 % ({_of_budget(line['share'])})"
        found[name] = line["low"] <= COVERAGE <= line["high"]
    return found


def document(verdicts: Sequence[Verdict], command: str) -> str:
    """The verdicts as a page."""
    plans = plans_together(verdicts)
    of_plans = claims_of_plans(plans)
    failed = [f"- seed {v.seed}: does not hold: {claim}" for v in verdicts for claim in failures(v)]
    failed += [f"- does not hold: {claim}" for claim, holds in of_plans.items() if not holds]
    told = sum(len(claims(v)) for v in verdicts) + len(of_plans)
    return "\n".join(
        [
            "# Acceptance on simulated markets",
            "",
            f"Written by `{command}`. Each line is one market whose truth is known, judged on held-out campaigns by",
            "models trained before them.",
            "",
            "## Money",
            "",
            f"*Captured*: share of the conversions of the best choice under a budget of {100 * TIGHT_SHARE:.0f} % of what all"
            f" candidates cost and at",
            f"most {MOST_CREATORS} creators, our reach predicted; in brackets by how much the model is ahead, 95 %. *Pooled*: total"
            " over total, mostly",
            "of the campaigns whose product sells. *Mean*: each campaign's share counts alike. *Cold*: choosing among creators",
            "without an earlier outcome only.",
            "",
            *_money(verdicts),
            "",
            "## The true rate",
            "",
            "Spearman correlation with the true rate within campaigns, among all candidates. *Popularity*: partial rank",
            "correlation with followers given the true rate, beside that of what features could reveal and the least of the",
            "popularity baselines.",
            "",
            *_truth(verdicts),
            "",
            "## Coverage of the 80 % intervals of conversions",
            "",
            "By randomised PIT, in brackets the 95 % campaign-cluster interval; tiers with fewer than"
            f" {LEAST_OF_TIER} campaigns are left out.",
            "",
            *_coverage(verdicts),
            "",
            "## Effects",
            "",
            "Each quality's SHAP value beside what the law of the market gives that quality, over all candidates: mean Spearman",
            "correlation within campaigns; in brackets the largest with what it gives another quality, and how far both vary",
            "(standard deviation in logs, told of true). A creator's own way of converting counts as reputation: it shows in the",
            "track record alone.",
            "",
            *_effects(verdicts),
            "",
            "Share of each term of the law that the whole prediction passes on, by least squares within campaigns: 1 is all of it.",
            "",
            *_terms(verdicts),
            "",
            "## Plans",
            "",
            f"Whole packages, one a creator at most and {MOST_CREATORS} creators, chosen by `serving.budget.plan` for a share of"
            " what the cheapest packages",
            "of all candidates cost together: share of the conversions of the best plan that the plan captures, pooled over all"
            " markets; for the",
            "others by how much the plan is ahead, 95 % over campaigns. *Score per cost*: our expectations, sorted by conversions"
            " per cost, taken while",
            "they fit.",
            "",
            *_plans(plans),
            "",
            "How often the conversions that came lie within the plan's 80 % interval, 95 % over campaigns, and what came of what"
            " was expected.",
            "",
            *_kept(verdicts, plans),
            "",
            "## Claims",
            "",
            *(failed or ["Every claim held in every market."]),
            *([f"\n{told - len(failed)} of {told} claims held."] if failed else []),
            "",
        ]
    )


def _money(verdicts: Sequence[Verdict]) -> list[str]:
    heads = [
        *("seed", "measure", "candidates", "suasion", *RIVALS, REVEALED),
        f"suasion of {REVEALED.removeprefix('all that ')}",
    ]
    lines = []
    for v in verdicts:
        for metric, name in ((SETTING, "pooled"), (f"mean_{SETTING}", "mean")):
            for subset in ("all", "warm", "cold"):
                ours, best = (v.line(score, subset, metric) for score in ("suasion", REVEALED))
                others = [_rival(v.line(rival, subset, metric)) for rival in RIVALS]
                share = ours["value"] / best["value"]
                cells = [str(v.seed), name, subset, f"{ours['value']:.3f}", *others]
                lines.append([*cells, f"{best['value']:.3f}", f"{share:.2f}"])
    return _table(heads, lines)


def _rival(line: pd.Series) -> str:
    return f"{line['value']:.3f} ({line['ahead_low']:+.3f} … {line['ahead_high']:+.3f})"


def _truth(verdicts: Sequence[Verdict]) -> list[str]:
    heads = [
        *("seed", "campaigns", "suasion", REVEALED, "gap", "popularity", "of the revealed"),
        *("least of baselines", "trees", "seconds"),
    ]
    lines = [
        [
            str(v.seed),
            str(v.campaigns),
            f"{v.spearman:.3f}",
            f"{v.revealed:.3f}",
            f"{v.revealed - v.spearman:.3f}",
            f"{v.popularity:+.3f}",
            f"{v.revealed_popularity:+.3f}",
            f"{v.least_popularity:.3f}",
            v.trees,
            f"{v.seconds:.0f}",
        ]
        for v in verdicts
    ]
    return _table(heads, lines)


def _effects(verdicts: Sequence[Verdict]) -> list[str]:
    lines = []
    for v in verdicts:
        cells = [
            f"{line['own']:.2f} ({line['other']:.2f}; {line['told']:.2f} of {line['true']:.2f})"
            for line in v.qualities.to_dict("records")
        ]
        lines.append([str(v.seed), *cells])
    return _table(["seed", *verdicts[0].qualities["quality"]], lines)


def _terms(verdicts: Sequence[Verdict]) -> list[str]:
    lines = [[str(v.seed), *(f"{share:.2f}" for share in v.terms)] for v in verdicts]
    return _table(["seed", *verdicts[0].terms.index], lines)


def _coverage(verdicts: Sequence[Verdict]) -> list[str]:
    subsets = ["all", "warm", "cold", *TIER_NAMES]
    lines = []
    for v in verdicts:
        told = {line["subset"]: line for line in judged_coverage(v).to_dict("records")}
        cells = [
            f"{line['value']:.3f} ({line['low']:.3f} … {line['high']:.3f})"
            if (line := told.get(subset))
            else ""
            for subset in subsets
        ]
        lines.append([str(v.seed), *cells])
    return _table(["seed", *subsets], lines)


def _plans(plans: pd.DataFrame) -> list[str]:
    told = captured_by_plans(plans).set_index(["score", "share"])
    shares = sorted(plans["share"].unique())
    lines = []
    for score in ("suasion", REVEALED, PER_COST, *rivals_of_plans(plans)):
        cells = []
        for share in shares:
            line = told.loc[(score, share)]
            ahead = f" ({line['ahead_low']:+.3f} … {line['ahead_high']:+.3f})"
            cells.append(f"{line['pooled']:.3f}{'' if score == 'suasion' else ahead}")
        lines.append([score, *cells])
    return _table(["chosen by", *map(_of_budget, shares)], lines)


def _kept(verdicts: Sequence[Verdict], plans: pd.DataFrame) -> list[str]:
    lines = []
    for name, found in [*((str(v.seed), v.plans) for v in verdicts), ("all", plans)]:
        for line in coverage_of_plans(found).to_dict("records"):
            lines.append(
                [
                    *(name, _of_budget(line["share"]), str(line["campaigns"])),
                    f"{line['value']:.3f} ({line['low']:.3f} … {line['high']:.3f})",
                    *(f"{line['below']:.3f}", f"{line['above']:.3f}", f"{line['came']:.2f}"),
                ]
            )
    heads = ["seed", "budget", "campaigns", "inside", "below", "above", "came of expected"]
    return _table(heads, lines)


def _of_budget(share: float | str) -> str:
    return "all budgets" if isinstance(share, str) else f"{100 * share:g} %"


def _table(heads: Sequence[str], lines: Sequence[Sequence[str]]) -> list[str]:
    told = [f"| {' | '.join(cells)} |" for cells in (heads, *lines)]
    return [told[0], "|" + "---|" * len(heads), *told[1:]]


def main() -> int:
    parser = argparse.ArgumentParser()
    parser.add_argument("--seeds", default="0,1,2,3,4")
    parser.add_argument("--creators", type=int, default=2000)
    parser.add_argument("--months", type=int, default=24)
    parser.add_argument("--windows", type=int, default=6, help=f"of {WINDOW_DAYS} days, held out")
    parser.add_argument("--jobs", type=int, default=1, help="markets at a time")
    parser.add_argument("--keep", type=Path, help="folder for the plans of each market")
    parser.add_argument("--write", type=Path)
    asked = parser.parse_args()
    seeds = [int(seed) for seed in asked.seeds.split(",")]
    one = partial(judge, creators=asked.creators, months=asked.months, windows=asked.windows)
    verdicts = []
    with ProcessPoolExecutor(asked.jobs, mp_context=get_context("spawn")) as pool:
        for verdict in pool.map(one, seeds):
            verdicts.append(verdict)
            if asked.keep:
                verdict.plans.to_parquet(asked.keep / f"plans_{verdict.seed}.parquet")
            print(
                document([verdict], f"tests.acceptance.market --seeds {verdict.seed}"), flush=True
            )
    if asked.write:
        usual = parser.parse_args(["--write", str(asked.write)])
        usual.jobs, usual.keep = asked.jobs, asked.keep  # change no figure
        command = "make accept" if asked == usual else f"tests.acceptance.market {sys.argv[1:]}"
        asked.write.write_text(document(verdicts, command), encoding="utf-8")
    held = all(claims_of_plans(plans_together(verdicts)).values())
    return int(not held or any(failures(verdict) for verdict in verdicts))


if __name__ == "__main__":
    sys.exit(main())
