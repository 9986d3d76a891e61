"""What each piece of the rate learner is worth: exchanged in turn, judged beside the truth.

``python -m tests.benchmarks.bench_learner --seeds 0,1,2 --tiktok-topics DATA --write
tests/benchmarks/RESULTS.md``.
"""

from __future__ import annotations

import argparse
import time
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pandas as pd
from scipy.special import expit

from models.ranking import spearman_by_campaign
from tests.benchmarks.learner_origins import (
    DAYS,
    DEVELOPMENT,
    DEVELOPMENT_DAYS,
    ORIGINS,
    Origin,
    recorded,
    simulated,
)
from tests.benchmarks.learner_variants import (
    MASKED,
    SELECTION,
    TREES,
    VARIANTS,
    WHOLE,
    Variant,
    effective_share,
    learned,
    without_conversation,
)
from tests.benchmarks.results import write_block
from training.money import TIGHT_SHARE, captured, share_of_oracle

Floats = npt.NDArray[np.float64]

Names = npt.NDArray[np.str_]

DRAWS = 1000
NAMES = [variant.name for variant in VARIANTS]
OTHERS = NAMES[1:]
UNHEARD = [WHOLE.name, *(variant.name for variant in MASKED), "history alone"]
"""Judged a second time as if nobody ever talked."""


def judged(
    origins: Sequence[Origin], variants: Sequence[Variant]
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """All rows judged, with the log-odds of every variant in a column of its name; and the same
    with no stream of conversation known in what is judged, for those that are so judged.
    """
    heard, unheard = [], []
    for origin in origins:
        silent = without_conversation(origin.rows_matrix)
        full, without = {}, {}
        for variant in variants:
            matrices = {"full": origin.rows_matrix}
            if variant.name in UNHEARD:
                matrices["silent"] = silent
            found = learned(origin, variant, matrices)
            full[variant.name] = found["full"].to_numpy()
            if "silent" in found:
                without[variant.name] = found["silent"].to_numpy()
        heard.append(origin.rows.assign(**full))
        unheard.append(origin.rows.assign(**without))
        print(f"{len(origin.labels)} labels, {len(origin.rows)} rows judged", flush=True)
    return pd.concat(heard, ignore_index=True), pd.concat(unheard, ignore_index=True)


def ranked(rows: pd.DataFrame, names: Sequence[str]) -> pd.DataFrame:
    """Rank correlation with the actual rate, one line a campaign, one column a variant."""
    actual, campaign = rows["actual"].to_numpy(np.float64), rows["campaign_id"]
    return pd.DataFrame(
        {n: spearman_by_campaign(rows[n].to_numpy(np.float64), actual, campaign) for n in names}
    )


def squared_errors(rows: pd.DataFrame, names: Sequence[str]) -> tuple[pd.DataFrame, Floats]:
    """Sum over each campaign of the squared log error of the rate around its mean there, one
    column a variant; and the number of rows of each campaign.
    """
    campaign = rows["campaign_id"]
    found = {}
    for name in names:
        error = np.log(expit(rows[name])) - np.log(rows["actual"])
        around = error - error.groupby(campaign).transform("mean")
        found[name] = (around**2).groupby(campaign).sum()
    return pd.DataFrame(found), campaign.groupby(campaign).size().to_numpy(np.float64)


def market_of(campaigns: pd.Index | pd.Series) -> Names:
    """Name of the market of each campaign, as `learner_origins` writes it before the campaign's."""
    return np.array([str(campaign).rsplit(" ", 1)[0] for campaign in campaigns])


def paired(values: pd.DataFrame, size: Floats | None = None, *, seed: int = 0) -> pd.DataFrame:
    """Mean of each column and its difference to the default's, with a campaign bootstrap.

    Parameters
    ----------
    values : DataFrame
        One line a campaign, which is its index, one column a variant, `WHOLE` among them.
    size : ndarray, optional
        Rows of each campaign, where values are sums of squares: then of the root of their mean.

    Returns
    -------
    DataFrame
        One line a variant: `value`, `gain`, `low`, `high` (95 % of the gain), and `everywhere`:
        whether no market's gain has the other sign.
    """
    count = len(values)
    drawn = np.random.default_rng(seed).multinomial(count, np.full(count, 1 / count), DRAWS)

    def mean(times: npt.NDArray[np.int64]) -> Floats:
        if size is None:
            return np.asarray(times @ values.to_numpy() / times.sum(axis=-1, keepdims=True))
        total = (times @ size)[..., None]
        return np.asarray(np.sqrt(times @ values.to_numpy() / total))

    whole = values.columns.get_loc(WHOLE.name)
    once, often = mean(np.ones((1, count), dtype=np.int64))[0], mean(drawn)
    low, high = np.quantile(often - often[:, [whole]], [0.025, 0.975], axis=0)
    market = market_of(values.index)
    by_market = mean(np.stack([(market == m).astype(np.int64) for m in np.unique(market)]))
    gain = once - once[whole]
    return pd.DataFrame(
        {
            "value": once,
            "gain": gain,
            "low": low,
            "high": high,
            "everywhere": _agree(by_market - by_market[:, [whole]], gain),
        },
        index=values.columns,
    )


def _agree(by_market: Floats, gain: Floats) -> npt.NDArray[np.bool_]:
    return np.asarray((by_market * gain >= 0).all(axis=0))


def money(rows: pd.DataFrame, names: Sequence[str]) -> pd.DataFrame:
    """As `paired`: the share of the oracle's conversions that a tight budget captures."""
    expected = rows.assign(**{name: expit(rows[name]) * rows["reach"] for name in names})
    by_campaign = captured(expected, {name: name for name in names}, share=TIGHT_SHARE)
    shares = share_of_oracle(by_campaign, reference=WHOLE.name, draws=DRAWS).set_index("score")
    shares = shares.loc[list(names)]
    sums = by_campaign.groupby(market_of(by_campaign["campaign_id"])).sum(numeric_only=True)
    by_market = sums[list(names)].div(sums["oracle"], axis=0)
    gain = -shares["suasion_ahead"]
    return pd.DataFrame(
        {
            "value": shares["pooled"],
            "gain": gain,
            "low": -shares["ahead_high"],
            "high": -shares["ahead_low"],
            "everywhere": _agree(
                by_market.sub(by_market[WHOLE.name], axis=0).to_numpy(), gain.to_numpy()
            ),
        }
    )


def measures(
    rows: pd.DataFrame, names: Sequence[str], *, is_simulated: bool
) -> dict[str, pd.DataFrame]:
    """Tables of `paired` by what they measure."""
    cold = rows[rows["is_cold"]]
    found = {
        "Spearman": paired(ranked(rows, names)),
        "cold": paired(ranked(cold, names)),
    }
    if is_simulated:
        found["captured"] = money(rows, names)
        found["log error"] = paired(*squared_errors(rows, names))
    return found


def table(found: dict[str, pd.DataFrame], names: Sequence[str]) -> str:
    """One line a variant."""
    lines = ["| variant | " + " | ".join(found) + " |", "|---|" + "---:|" * len(found)]
    lines += [
        f"| {name} | " + " | ".join(cell(m.loc[name], of) for of, m in found.items()) + " |"
        for name in names
    ]
    return "\n".join(lines)


def cell(line: pd.Series, of: str) -> str:
    value = f"{line['value']:.3f}" if of in ("captured", "log error") else f"{line['value']:+.3f}"
    if line[["gain", "low", "high"]].abs().lt(0.0005).all():
        return value
    return f"{value} ({line['gain']:+.3f}, {line['low']:+.3f} … {line['high']:+.3f})"


def verdicts(found: dict[str, pd.DataFrame]) -> str:
    """Which variants surely differ from the default, by the interval of each measure."""
    sentences, moved = [], pd.Index([])
    for of, measured in found.items():
        rises, falls = measured.index[measured["low"] > 0], measured.index[measured["high"] < 0]
        better, worse = (falls, rises) if of == "log error" else (rises, falls)
        sentences.append(
            f"{of}: surely better than the default {_listed(better, measured)}; surely worse "
            f"{_listed(worse, measured)}."
        )
        moved = moved.union(rises).union(falls)
    same = next(iter(found.values())).index.difference(moved, sort=False)
    sentences.append(f"No measure surely moved: {_listed(same, None)}.")
    return "\n".join(f"- {sentence}" for sentence in sentences)


def _listed(names: pd.Index, measured: pd.DataFrame | None) -> str:
    return ", ".join(f"*{n}*{_unless_everywhere(n, measured)}" for n in names) or "none"


def _unless_everywhere(name: str, measured: pd.DataFrame | None) -> str:
    told = measured is None or measured.loc[name, "everywhere"]
    return "" if told else " (not in every market)"


def shares_of_weights(origins: Sequence[Origin]) -> str:
    """What selection weights leave of the number of labels."""
    told = []
    for variant in SELECTION:
        assert variant.weights is not None
        shares = [effective_share(variant.weights(origin)) for origin in origins]
        told.append(f"{100 * np.mean(shares):.0f} % by *{variant.name}*")
    return f"Effective sample size, of the labels, mean over origins: {', '.join(told)}."


def of_markets(creators: int, months: int, seeds: Sequence[int], kept: Path | None) -> list[str]:
    """The part of simulated markets."""
    origins = [o for seed in seeds for o in simulated(creators, months, seed, kept)]
    rows, unheard = judged(origins, VARIANTS)
    found = measures(rows, NAMES, is_simulated=True)
    labels = [len(origin.labels) for origin in origins]
    silent = measures(unheard, UNHEARD, is_simulated=True)
    return [
        f"### Simulated markets: {creators:,} creators, {months} months, seeds "
        + ", ".join(map(str, seeds)),
        table(found, NAMES),
        f"{rows['campaign_id'].nunique()} campaigns with {len(rows):,} candidates, of whom "
        f"{int(rows['is_cold'].sum()):,} are cold (no outcome known at the decision), after "
        f"{ORIGINS} origins a market, {DAYS:g} days each, with {min(labels):,} to {max(labels):,} "
        "labels. Spearman: mean within campaigns, with the true rate, "
        "of all candidates. Captured: share of the best choice's conversions that the rate times "
        "the true reach finds with 10 % of what all candidates cost. Log error: root mean square, "
        f"of the rate, within campaigns. {shares_of_weights(origins)}",
        verdicts({of: m.loc[OTHERS] for of, m in found.items()}),
        "The same where no stream of conversation is known in what is judged:",
        table(silent, UNHEARD),
    ]


def of_data(data: Path, kept: Path | None) -> list[str]:
    """The part of real data, in which nobody talks and nobody's candidates are known."""
    variants = [variant for variant in VARIANTS if variant not in SELECTION]
    rows, _ = judged(recorded(data, kept), variants)
    names = [variant.name for variant in variants]
    found = measures(rows, names, is_simulated=False)
    return [
        "### tiktok_topics",
        table(found, names),
        f"{rows['campaign_id'].nunique()} campaigns, {len(rows):,} outcomes; Spearman with the "
        f"realised rate; {len(DEVELOPMENT)} origins, {DEVELOPMENT[0]:%Y-%m-%d} to "
        f"{DEVELOPMENT[-1]:%Y-%m-%d}, {DEVELOPMENT_DAYS:g} days each. Candidates were not recorded: "
        "no selection weights.",
        verdicts({of: m.drop(index=WHOLE.name) for of, m in found.items()}),
    ]


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--seeds", default="0", help="of the simulated markets: 0,1,2")
    parser.add_argument("--creators", type=int, default=2000)
    parser.add_argument("--months", type=int, default=24)
    parser.add_argument("--tiktok-topics", type=Path, help="folder of these data, if there")
    parser.add_argument("--kept", type=Path, help="folder that keeps what was built")
    parser.add_argument("--write", type=Path)
    asked = parser.parse_args()
    began = time.perf_counter()
    seeds = [int(seed) for seed in asked.seeds.split(",")]
    parts = [
        "## Pieces of the learner",
        f"Written by `python -m tests.benchmarks.bench_learner --seeds {asked.seeds} "
        f"{'--tiktok-topics DATA ' if asked.tiktok_topics else ''}"
        "--write tests/benchmarks/RESULTS.md`. Each variant is one change from the default, which is "
        f"always history, the other features by a ridge, and {TREES} trees, calibrated on later "
        "campaigns; only *as the product chooses* keeps what later campaigns confirm. In brackets: "
        "the paired difference to the default and its 95 % campaign-bootstrap interval. One in "
        "twenty such intervals misses 0 by chance, and campaigns after one origin share its models: "
        "*surely* is said of these campaigns.",
        *of_markets(asked.creators, asked.months, seeds, asked.kept),
    ]
    if asked.tiktok_topics:
        parts += of_data(asked.tiktok_topics, asked.kept)
    before = ", what was built kept from before" if asked.kept else ""
    parts.append(f"{time.perf_counter() - began:.0f} s in all{before}.")
    text = "\n\n".join(parts)
    print(text)
    if asked.write:
        write_block(asked.write, "learner", text)


if __name__ == "__main__":
    main()
