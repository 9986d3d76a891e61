"""`suasion demo`: the main job in one command, on a market whose truth is known."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from serving.data_commands import simulate, validate
from serving.plan_commands import plan
from serving.score_commands import score
from serving.terminal import Seed, console, opened, step
from serving.train_commands import train


def demo(
    out: Annotated[
        Path, typer.Option("--out", help="Folder for everything the demo makes.")
    ] = Path("suasion-demo"),
    creators: Annotated[
        int, typer.Option("--creators", help="Creators in the market.", min=50)
    ] = 600,
    months: Annotated[int, typer.Option("--months", help="Months it lasts.", min=6)] = 12,
    seed: Seed = 0,
) -> None:
    """The main job in one command: simulate a market, validate, train, score, compare with
    popularity, and plan a campaign's budget.
    """
    from datetime import timedelta

    from features.asof import newest_moment
    from features.prepared import prepared
    from serving.show_evaluation import show_comparison
    from training.counterfactual import known_candidates
    from training.evaluation import evaluate as judge

    here, data = console(), out / "data"
    here.rule("1. A market whose truth is known")
    simulate(data, creators=creators, months=months, seed=seed)
    here.rule("2. Validate")
    validate(data, out=out / "validated")
    here.rule("3. Train")
    train(data, out=out / "model", name="demo", seed=seed)
    here.rule("4. Score the campaigns to come")
    score(data, out=out / "scores", model=str(out / "model"), csv=True)
    here.rule("5. What popularity would have said")
    with opened(data, "evaluate", 0.05) as market:
        newest = newest_moment(market.connection)
        assert newest is not None
        # The last campaigns that have matured: three windows of four weeks before the attribution
        # window.
        origins = [
            newest.replace(hour=0, minute=0, second=0, microsecond=0) - timedelta(days=d)
            for d in (140, 112, 84)
        ]
        with step(here, "Judging earlier decisions"), prepared(market) as ready:
            found = judge(
                ready,
                origins,
                28,
                candidates=known_candidates(market.connection, data),
                seed=seed,
            )
    show_comparison(here, found)
    here.rule("6. Spend a campaign's budget")
    campaign, budget = _to_plan(out / "scores", data)
    plan(data, campaign=campaign, budget=budget, scores=out / "scores", out=out / "plan")
    here.print(f"Data and truth: {data} · model: {out / 'model'} · scores: {out / 'scores'}")


def _to_plan(scores: Path, data: Path) -> tuple[str, float]:
    """The first campaign to come, and a tenth of what the cheapest packages of all cost together,
    in two digits.
    """
    import pandas as pd

    campaign = str(pd.read_parquet(scores / "scores.parquet")["campaign_id"].min())
    offers = pd.read_parquet(data / "offers.parquet", filters=[("campaign_id", "==", campaign)])
    return campaign, float(f"{offers.groupby('creator_id')['fee'].min().sum() / 10:.2g}")
