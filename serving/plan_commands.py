"""`suasion plan`: a budget for a campaign, spent where it is expected to bring most."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path
from typing import Annotated

import typer

from features.names import Language
from serving.terminal import Data, MaxBad, console, opened, said_of, step


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
    from features.output import whole_folder, write_manifest
    from serving.limits import Limits, read_limits
    from serving.plan_files import plan_csv, plan_table
    from serving.plan_page import plan_page
    from serving.plannable import plannable
    from serving.planning import described, make_plan
    from serving.show_plan import show_plan

    asked = read_limits(limits) if limits else Limits()
    here = console()
    with opened(data, "plan", max_bad) as market:
        of = plannable(market.connection, campaign, scores)
        unscored = list(of.unscored)
        with step(here, "Planning"):
            planned = make_plan(campaign, of.packages, budget, asked, currency=of.currency)
        with whole_folder(out, "plan") as partial:
            plan_table(planned).to_parquet(partial / "plan.parquet", index=False)
            (partial / "plan.csv").write_text(plan_csv(planned), encoding="utf-8", newline="")
            page = plan_page(planned, language=language, unscored=unscored)
            (partial / "report.html").write_text(page, encoding="utf-8")
            write_manifest(
                partial,
                command="plan",
                model={"version": of.model_version},
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
