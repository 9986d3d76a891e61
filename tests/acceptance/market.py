"""Acceptance on simulated markets: does the model win where there is something to learn?

``python -m tests.acceptance.market --write docs/acceptance.md`` judges five markets of 2,000 creators and 24
months on the campaigns of their last year that have matured.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from concurrent.futures import ProcessPoolExecutor
from functools import partial
from multiprocessing import get_context
from pathlib import Path

import pandas as pd

from tests.acceptance.claims import (
    LEAST_OF_TIER,
    claims,
    claims_together,
    failures,
    judged_coverage,
    of_budget,
    together,
)
from tests.acceptance.plans import (
    PER_COST,
    captured_by_plans,
    coverage_of_plans,
    rivals_of_plans,
)
from tests.acceptance.verdict import (
    REVEALED,
    RIVALS,
    SETTING,
    WINDOW_DAYS,
    Verdict,
    coverage_of,
    kept,
)
from training.money import MOST_CREATORS, TIGHT_SHARE
from training.tiers import TIER_NAMES


def document(verdicts: Sequence[Verdict], command: str) -> str:
    """The verdicts as a page."""
    plans = together(verdicts, "plans")
    of_all = claims_together(verdicts)
    failed = [f"- seed {v.seed}: does not hold: {claim}" for v in verdicts for claim in failures(v)]
    failed += [f"- does not hold: {claim}" for claim, holds in of_all.items() if not holds]
    told = sum(len(claims(v)) for v in verdicts) + len(of_all)
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
            f" {LEAST_OF_TIER} campaigns are left out. The last line is of all markets together.",
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
    of_all = ("all", together(verdicts, "covered"))
    lines = []
    for seed, covered in [*((str(v.seed), v.covered) for v in verdicts), of_all]:
        table = judged_coverage(coverage_of(covered))
        told = {line["subset"]: line for line in table.to_dict("records")}
        cells = [
            f"{line['value']:.3f} ({line['low']:.3f} … {line['high']:.3f})"
            if (line := told.get(subset))
            else ""
            for subset in subsets
        ]
        lines.append([seed, *cells])
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
    return _table(["chosen by", *map(of_budget, shares)], lines)


def _kept(verdicts: Sequence[Verdict], plans: pd.DataFrame) -> list[str]:
    lines = []
    for name, found in [*((str(v.seed), v.plans) for v in verdicts), ("all", plans)]:
        for line in coverage_of_plans(found).to_dict("records"):
            lines.append(
                [
                    *(name, of_budget(line["share"]), str(line["campaigns"])),
                    f"{line['value']:.3f} ({line['low']:.3f} … {line['high']:.3f})",
                    *(f"{line['below']:.3f}", f"{line['above']:.3f}", f"{line['came']:.2f}"),
                ]
            )
    heads = ["seed", "budget", "campaigns", "inside", "below", "above", "came of expected"]
    return _table(heads, lines)


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
    parser.add_argument(
        "--keep", type=Path, help="folder for each market's verdict, which is not judged again"
    )
    parser.add_argument("--write", type=Path)
    asked = parser.parse_args()
    seeds = [int(seed) for seed in asked.seeds.split(",")]
    one = partial(
        kept, asked.keep, creators=asked.creators, months=asked.months, windows=asked.windows
    )
    verdicts = []
    with ProcessPoolExecutor(asked.jobs, mp_context=get_context("spawn")) as pool:
        for verdict in pool.map(one, seeds):
            verdicts.append(verdict)
            print(
                document([verdict], f"tests.acceptance.market --seeds {verdict.seed}"), flush=True
            )
    if asked.write:
        usual = parser.parse_args(["--write", str(asked.write)])
        usual.jobs, usual.keep = asked.jobs, asked.keep  # change no figure
        command = "make accept" if asked == usual else f"tests.acceptance.market {sys.argv[1:]}"
        asked.write.write_text(document(verdicts, command), encoding="utf-8")
    held = all(claims_together(verdicts).values())
    return int(not held or any(failures(verdict) for verdict in verdicts))


if __name__ == "__main__":
    sys.exit(main())
