"""`suasion plan`: a budget for a campaign, spent where it is expected to bring most."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from features.names import Language
from serving.terminal import Data, MaxBad, console, opened, said_of, step

if TYPE_CHECKING:
    import pandas as pd


def plan(
    data: Data,
    campaign: Annotated[str, typer.Option("--campaign", help="The campaign.", metavar="ID")],
    budget: Annotated[
        float, typer.Option("--budget", help="What may be spent, in the campaign's currency.")
    ],
    scores: Annotated[
        Path, typer.Option("--scores", help="What suasion score wrote.", metavar="OUT")
    ],
    out: Annotated[Path, typer.Option("--out", help="Where the plan goes.", metavar="PLAN")],
    limits: Annotated[
        Path | None,
        typer.Option("--limits", help="What the plan must keep to.", metavar="limits.toml"),
    ] = None,
    language: Annotated[
        Language, typer.Option("--language", help="Language of the report: English or French.")
    ] = "en",
    max_bad: MaxBad = 0.05,
) -> None:
    """Plan a campaign's budget: whom to pay, what to expect, how sure, and what more brings."""
    import numpy as np

    from features.output import whole_folder, write_manifest
    from serving.limits import Limits, read_limits
    from serving.offered import packages_of, scores_of
    from serving.plan_page import plan_page
    from serving.planning import PLAN_COLUMNS, described, make_plan
    from serving.shared_audience import overlap_of
    from serving.show_plan import show_plan
    from training.tiers import tier_of

    asked = read_limits(limits) if limits else Limits()
    here = console()
    with opened(data, "plan", max_bad) as market:
        found = scores_of(scores, campaign)
        packages, unscored = packages_of(market.connection, campaign, found)
        packages["tier"] = tier_of(np.log1p(packages["followers"].to_numpy(np.float64)))
        currency = _currency(market.connection, campaign)
        with step(here, "Planning"):
            overlap = overlap_of(market.connection, packages)
            planned = make_plan(
                campaign, packages, budget, asked, currency=currency, overlap=overlap
            )
        table = _table(planned.chosen, PLAN_COLUMNS)
        with whole_folder(out, "plan") as partial:
            table.to_parquet(partial / "plan.parquet", index=False)
            _as_text(table).to_csv(partial / "plan.csv", index=False)
            page = plan_page(planned, language=language, unscored=unscored)
            (partial / "report.html").write_text(page, encoding="utf-8")
            write_manifest(
                partial,
                command="plan",
                model={"version": str(packages["model_version"].iloc[0])},
                settings={
                    "campaign": campaign,
                    "budget": budget,
                    "limits": asdict(asked),
                    "language": language,
                    "max_bad": max_bad,
                },
                plan=described(planned),
                unscored=unscored,
                **said_of(market),
            )
    show_plan(here, planned, out, unscored)


def _currency(connection: object, campaign: str) -> str | None:
    rows = connection.execute(  # type: ignore[attr-defined]
        "SELECT currency FROM campaigns WHERE campaign_id = $1", [campaign]
    ).fetchall()
    return str(rows[0][0]).upper() if rows and rows[0][0] else None


def _table(chosen: pd.DataFrame, columns: tuple[str, ...]) -> pd.DataFrame:
    return chosen[list(columns)]


def _as_text(table: pd.DataFrame) -> pd.DataFrame:
    """Lists as text, for CSV."""
    lists = ["reasons", "warnings"]
    return table.assign(**{name: ["; ".join(told) for told in table[name]] for name in lists})
