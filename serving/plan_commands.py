"""`suasion plan`: a budget for a campaign, spent where it is expected to bring most."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from features.errors import UserError
from features.names import Language
from serving.terminal import Data, MaxBad, Workers, console, moment_of, opened, said_of, step

if TYPE_CHECKING:
    import pandas as pd
    from rich.console import Console

    from features.proposed import Proposed
    from features.source import Market
    from serving.provenance import Provenance

OF_CAMPAIGN = ("--scores",)
OF_BRIEF = (
    *("--model", "--starts", "--decided", "--offers", "--incremental"),
    *("--brand", "--brief-language", "--country", "--currency"),
)
EITHER = (
    "give --campaign ID --scores OUT for a campaign of the data, or --brief TEXT --starts DATE "
    "--offers FILE for one that is not in it yet"
)


def plan(
    data: Data,
    budget: Annotated[
        float, typer.Option("--budget", help="What may be spent, in the campaign's currency.")
    ],
    out: Annotated[Path, typer.Option("--out", help="Where the plan goes.", metavar="PLAN")],
    campaign: Annotated[
        str | None, typer.Option("--campaign", help="A campaign of the data.", metavar="ID")
    ] = None,
    scores: Annotated[
        Path | None,
        typer.Option("--scores", help="What suasion score wrote of it.", metavar="OUT"),
    ] = None,
    brief: Annotated[
        str | None,
        typer.Option(
            "--brief",
            help="In place of --campaign: what a campaign is about that is not in the data yet. It "
            "is scored on the way.",
            metavar="TEXT",
        ),
    ] = None,
    starts: Annotated[
        str | None,
        typer.Option(
            "--starts",
            help="When it starts, UTC: creators are looked at as known then.",
            metavar="DATE",
        ),
    ] = None,
    decided: Annotated[
        str | None,
        typer.Option(
            "--decided",
            help="When its creators are chosen, UTC, if before the start: they are looked at as "
            "known then.",
            metavar="DATE",
        ),
    ] = None,
    offers: Annotated[
        Path | None,
        typer.Option(
            "--offers",
            help="Who offers it what: Parquet or CSV with creator_id, fee, and where there are any "
            "package, posts, currency.",
            metavar="FILE",
        ),
    ] = None,
    model: Annotated[
        str | None,
        typer.Option(
            "--model",
            help="What it is scored by: a bundle folder, champion (the default), NAME@ALIAS or "
            "NAME@VERSION.",
            metavar="MODEL",
        ),
    ] = None,
    incremental: Annotated[
        bool, typer.Option("--incremental", help="Plan it for lift, not attributed conversions.")
    ] = False,
    brand: Annotated[
        str | None, typer.Option("--brand", help="Its brand, as in the data.", metavar="NAME")
    ] = None,
    brief_language: Annotated[
        str | None,
        typer.Option("--brief-language", help="Its language (BCP 47).", metavar="CODE"),
    ] = None,
    country: Annotated[
        str | None, typer.Option("--country", help="Its country (ISO 3166).", metavar="CODE")
    ] = None,
    currency: Annotated[
        str | None,
        typer.Option("--currency", help="Currency of budget and fees (ISO 4217).", metavar="CODE"),
    ] = None,
    limits: Annotated[
        Path | None,
        typer.Option("--limits", help="What the plan must keep to.", metavar="limits.toml"),
    ] = None,
    language: Annotated[
        Language, typer.Option("--language", help="Language of the report: English or French.")
    ] = "en",
    max_bad: MaxBad = 0.05,
    workers: Workers = None,
) -> None:
    """Plan a campaign's budget: whom to pay, what to expect, how sure, and what more brings."""
    from features.output import whole_folder, write_manifest
    from features.proposed import Proposed
    from serving.limits import Limits, read_limits
    from serving.offered import scores_of
    from serving.plan_files import plan_csv, plan_table
    from serving.plan_page import plan_page
    from serving.plannable import plannable
    from serving.planning import described, make_plan
    from serving.provenance import provenance_of
    from serving.show_plan import show_plan

    given = {
        "--scores": scores,
        **{"--model": model, "--starts": starts, "--decided": decided, "--offers": offers},
        **{"--incremental": incremental or None, "--brand": brand},
        **{"--brief-language": brief_language, "--country": country, "--currency": currency},
    }
    _check_given(campaign, brief, given)
    asked = read_limits(limits) if limits else Limits()
    here = console()
    settings = {
        "campaign": campaign,
        "budget": budget,
        "limits": asdict(asked),
        "language": language,
        "max_bad": max_bad,
    }
    proposed = None
    if brief is not None and starts is not None and offers is not None:
        proposed = Proposed(
            brief=brief,
            starts_at=moment_of(starts, "--starts"),
            offers=offers,
            brand=brand,
            language=brief_language,
            country=country,
            currency=currency,
            decided_at=moment_of(decided, "--decided") if decided else None,
        )
        proposed.check()
        settings |= _said_of_brief(proposed, incremental)
    with opened(data, "score" if proposed else "plan", max_bad, proposed) as market:
        if proposed is not None:
            campaign = proposed.campaign_id
            found, origin, scored_by = _scored(
                here, market, campaign, model or "champion", incremental, language, workers
            )
        else:
            assert campaign is not None
            assert scores is not None
            found, origin = scores_of(scores, campaign), provenance_of(scores)
            scored_by = {"version": str(found["model_version"].iloc[0])}
        with step(here, "Planning"), _in_words(language):
            of = plannable(market, campaign, found, origin, brief=brief)
            planned = make_plan(of, budget, asked)
        with whole_folder(out, "plan") as partial:
            market.write_quarantine(partial / "quarantine")
            plan_table(planned).to_parquet(partial / "plan.parquet", index=False)
            (partial / "plan.csv").write_bytes(plan_csv(planned))
            page = plan_page(planned, language=language)
            (partial / "report.html").write_text(page, encoding="utf-8")
            write_manifest(
                partial,
                command="plan",
                model=scored_by,
                settings=settings,
                plan=described(planned),
                unscored=list(of.unscored),
                changed_since_scored=list(of.changed),
                **said_of(market),
            )
    show_plan(here, planned, out)


def _check_given(campaign: str | None, brief: str | None, given: Mapping[str, object]) -> None:
    """Whether a campaign of the data or a brief is asked for, with what belongs to it.

    Raises
    ------
    UserError
        Exit 2: both or neither, an option that belongs to the other, or one that is lacking.
    """
    if campaign is not None and brief is not None:
        raise UserError(f"--campaign and --brief exclude each other: {EITHER}")
    if campaign is None and brief is None:
        raise UserError(f"nothing to plan: {EITHER}")
    which, needed, alien, other = (
        ("--campaign", OF_CAMPAIGN, OF_BRIEF, "--brief")
        if campaign is not None
        else ("--brief", ("--starts", "--offers"), OF_CAMPAIGN, "--campaign")
    )
    for option in alien:
        if given[option] is not None:
            raise UserError(f"{option} goes with {other}, not with {which}: leave it out")
    for option in needed:
        if given[option] is None:
            raise UserError(f"{which} needs {option}: {EITHER}")


def _said_of_brief(proposed: Proposed, incremental: bool) -> dict[str, Any]:
    """What the manifest says of it; the file of offers by its bytes, not by its place."""
    from features.output import sha256_of

    told = asdict(proposed)
    for name in ("starts_at", "decided_at"):
        told[name] = told[name] and told[name].isoformat()
    told["offers"] = {"name": proposed.offers.name, "sha256": sha256_of(proposed.offers)}
    return {
        "campaign": proposed.campaign_id,
        "brief": {("text" if name == "brief" else name): value for name, value in told.items()},
        "incremental": incremental,
    }


def _scored(
    here: Console,
    market: Market,
    campaign: str,
    model: str,
    incremental: bool,
    language: Language,
    workers: int | None,
) -> tuple[pd.DataFrame, Provenance, dict[str, str]]:
    """Scores of the offers to a brief, what they rest on, and by which model."""
    import pyarrow as pa

    from features.prepared import prepared
    from serving.provenance import Provenance
    from serving.registry import load_model
    from serving.request import Request, requested_rows
    from serving.score import SCHEMA, joined, learned_share, score_rows
    from serving.settings import project_root

    predictor, version = load_model(model, project_root())
    share = learned_share(predictor, version) if incremental else None
    trained = predictor.trained_until
    rows = requested_rows(
        market.connection, Request((campaign,), candidates="offers", allow_past=True), trained
    )
    moment = rows["as_of"].iloc[0]
    if moment < trained:
        raise UserError(
            f"the campaign is decided at {moment:%Y-%m-%d %H:%M} UTC, before the model's training "
            f"moment ({trained:%Y-%m-%d %H:%M}): the model knows what came after. Give a later "
            "--starts or --decided, or --model one that was trained with an earlier --until"
        )
    with (
        step(here, f"Scoring {len(rows):,} packages"),
        prepared(market, workers=workers, known_until=campaign) as ready,
    ):
        found = joined(score_rows(ready, rows, predictor, version, share, language)).scores
    # As they would come out of a file.
    frame: pd.DataFrame = pa.Table.from_pandas(
        found, schema=SCHEMA, preserve_index=False
    ).to_pandas()
    told = {"version": version, "trained_until": trained.isoformat()}
    return frame, Provenance.of(predictor, {}), told


@contextmanager
def _in_words(language: Language) -> Iterator[None]:
    """Tell limits that cannot be met in the language of the report."""
    from serving.conflict import Unmet

    try:
        yield
    except Unmet as error:
        raise UserError(error.told(language), error.exit_status) from error
