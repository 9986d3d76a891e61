"""The market's marginals beside the ranges published of real ones, measured on its tables."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd

from models.ranking import spearman_by_campaign
from training.world.simulation import World

TIERS = {
    "nano": (0.0, 1e4),
    "micro": (1e4, 1e5),
    "mid": (1e5, 5e5),
    "macro": (5e5, 1e6),
    "mega": (1e6, np.inf),
}
LEAST_CREATORS = 5
"""Creators of a tier without which its response and reach are not measured."""
BEGIN, END = "<!-- marginals: begin -->", "<!-- marginals: end -->"

# measure, tier -> lowest and highest published, and where it stands.
PUBLISHED: dict[tuple[str, str], tuple[float, float, str]] = {
    ("share of creators", "nano"): (0.70, 0.80, "vendors, .76"),
    ("share of creators", "micro"): (0.16, 0.23, "vendors, .19"),
    ("share of creators", "mid"): (0.02, 0.06, "vendors, .035"),
    ("share of creators", "macro"): (0.0, 0.02, "vendors, .006"),
    ("share of creators", "mega"): (0.0, 0.02, "vendors, .01"),
    ("engagement rate", "nano"): (0.022, 0.08, "vendors, Instagram"),
    ("engagement rate", "micro"): (0.022, 0.039, "vendors, Instagram"),
    ("engagement rate", "mid"): (0.015, 0.025, "vendors, Instagram"),
    ("engagement rate", "macro"): (0.010, 0.018, "vendors, Instagram"),
    ("engagement rate", "mega"): (0.007, 0.015, "vendors, Instagram"),
    ("reach per follower", "nano"): (0.09, 0.20, "vendors, Instagram, posts and stories"),
    ("reach per follower", "micro"): (0.05, 0.16, "vendors, Instagram, posts and stories"),
    ("reach per follower", "mid"): (0.04, 0.06, "vendors, Instagram, about .05"),
    ("reach per follower", "macro"): (0.025, 0.04, "vendors, Instagram, .032"),
    ("reach per follower", "mega"): (0.02, 0.04, "vendors, Instagram"),
    ("collaborations without a conversion", "all"): (
        *(0.25, 0.75),
        "unpublished; public rates and reach imply .42, a fifth of the rate .74",
    ),
    ("collaborations with fewer than 3", "all"): (0.45, 0.80, "unpublished; the same imply .72"),
    ("conversions by the top fifth", "all"): (0.77, 0.95, "80 by 20, drifting to 90 by 10"),
    ("conversions within 24 hours", "all"): (0.45, 0.60, "Criteo clicks, .50"),
    ("conversions after 14 days", "all"): (0.05, 0.13, "Criteo clicks, about .13"),
    ("Spearman of followers with rate", "all"): (-0.35, -0.02, "nano sell 5 times mega's share"),
    ("share of bought followers", "all"): (0.10, 0.25, "HypeAuditor, .22 suspicious"),
    ("incremental share of conversions", "all"): (
        *(0.4, 0.8),
        "vendors' lift tests, 20 to 60 % not incremental",
    ),
    ("slots filled by lot", "all"): (0.10, 0.15, "by design, .12"),
}


def marginals(world: World) -> pd.DataFrame:
    """What the market shows, beside what is published.

    Response and reach are medians over the Instagram creators of a tier, of medians over their
    posts at the last reading; concentration is over the creators that were ever bought.

    Returns
    -------
    DataFrame
        `measure`, `tier`, `measured` (NaN where too few creators), `low`, `high` (published) and
        `source`; one line a marginal, in the order of `PUBLISHED`.
    """
    measured = {**_by_tier(world), **_of_outcomes(world), **_of_truth(world)}
    rows = [
        (measure, tier, measured[measure, tier], low, high, source)
        for (measure, tier), (low, high, source) in PUBLISHED.items()
    ]
    return pd.DataFrame(rows, columns=["measure", "tier", "measured", "low", "high", "source"])


def write_marginals(table: pd.DataFrame, path: Path, *, command: str) -> None:
    """Replace what stands between the two markers of a Markdown file by a table of marginals.

    Parameters
    ----------
    table : DataFrame
        What `marginals` gave.
    command : str
        What wrote it, for who wants to write it again.

    Raises
    ------
    ValueError
        When the file lacks a marker.
    """
    text = path.read_text(encoding="utf-8")
    head, begin, rest = text.partition(BEGIN)
    _, end, tail = rest.partition(END)
    if not begin or not end:
        raise ValueError(f"{path} lacks the lines {BEGIN} and {END}: the table goes between them")
    lines = [
        f"Written by `{command}`, with this file as `--marginals`.",
        "",
        "| measure | tier | measured | published | inside | source |",
        "|---|---|---:|---:|---|---|",
        *(_line(*row) for row in table.itertuples(index=False, name=None)),
    ]
    path.write_text(f"{head}{BEGIN}\n{chr(10).join(lines)}\n{END}{tail}", encoding="utf-8")


def _line(measure: str, tier: str, measured: float, low: float, high: float, source: str) -> str:
    inside = ("yes" if low <= measured <= high else "no") if np.isfinite(measured) else "too few"
    value = f"{measured:.3f}" if np.isfinite(measured) else ""
    return f"| {measure} | {tier} | {value} | {low:g} to {high:g} | {inside} | {source} |"


def _by_tier(world: World) -> dict[tuple[str, str], float]:
    audience = world.tables["audience"]
    followers = audience.groupby("creator_id")["followers"].last()
    tier = pd.cut(followers, [low for low, _ in TIERS.values()] + [np.inf], right=False)
    tier = tier.cat.rename_categories(list(TIERS))
    last = world.tables["post_metrics"].drop_duplicates("post_id", keep="last")
    posts = world.tables["posts"][["post_id", "creator_id"]].merge(last, on="post_id")
    own = posts["creator_id"].map(followers)
    posts = posts.assign(
        response=(posts["likes"] + posts["comments"]) / own, reach=posts["views"] / own
    )
    by_creator = posts.groupby("creator_id")[["response", "reach"]].median()
    creators = world.tables["creators"].set_index("creator_id")
    by_creator = by_creator[creators["platform"].reindex(by_creator.index) == "instagram"]
    found: dict[tuple[str, str], float] = {}
    for name in TIERS:
        members = by_creator[tier.reindex(by_creator.index) == name]
        enough = len(members) >= LEAST_CREATORS
        found["share of creators", name] = float((tier == name).mean())
        found["engagement rate", name] = float(members["response"].median()) if enough else np.nan
        found["reach per follower", name] = float(members["reach"].median()) if enough else np.nan
    return found


def _of_outcomes(world: World) -> dict[tuple[str, str], float]:
    outcomes = world.tables["outcomes"]
    conversions = outcomes["conversions"]
    brought = outcomes.groupby("creator_id")["conversions"].sum().sort_values(ascending=False)
    top = brought.head(max(round(len(brought) / 5), 1)).sum()
    picked = world.tables["candidates"].query("picked")
    return {
        ("collaborations without a conversion", "all"): float((conversions == 0).mean()),
        ("collaborations with fewer than 3", "all"): float((conversions < 3).mean()),
        ("conversions by the top fifth", "all"): float(top / max(brought.sum(), 1)),
        ("slots filled by lot", "all"): float(picked["randomised"].mean()),
    }


def _of_truth(world: World) -> dict[tuple[str, str], float]:
    potential = world.truth["potential"].query("posts == 1")
    ranks = spearman_by_campaign(
        potential["followers"].to_numpy(dtype=np.float64),
        potential["true_rate"].to_numpy(dtype=np.float64),
        potential["campaign_id"],
    )
    hours = world.truth["delays"]["hours"]
    shares = world.truth["campaigns"]["incremental_share"]
    return {
        ("incremental share of conversions", "all"): float(shares.mean()),
        ("conversions within 24 hours", "all"): float((hours <= 24).mean()),
        ("conversions after 14 days", "all"): float((hours > 14 * 24).mean()),
        ("Spearman of followers with rate", "all"): float(ranks.mean()),
        ("share of bought followers", "all"): float(world.truth["creators"]["fake_share"].mean()),
    }
