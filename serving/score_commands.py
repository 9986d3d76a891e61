"""`suasion score`: what each creator would bring to the campaigns to come."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from features.names import Language
from serving.terminal import Data, MaxBad, Model, Workers, console, moment_of, opened, said_of, step


def score(
    data: Data,
    out: Annotated[Path, typer.Option("--out", help="Folder for the scores.", metavar="OUT")],
    model: Model = "champion",
    campaign: Annotated[
        list[str] | None,
        typer.Option(
            "--campaign",
            help="Campaign to score; may be given again. Default: those still to be decided.",
            metavar="ID",
        ),
    ] = None,
    as_of: Annotated[
        str | None,
        typer.Option(
            "--as-of",
            help="Moment to score at, UTC. Default: each campaign's own decision.",
            metavar="TIME",
        ),
    ] = None,
    candidates: Annotated[
        str | None,
        typer.Option(
            "--candidates",
            help="offers, outcomes, all, or a Parquet or CSV file with campaign_id and creator_id. "
            "Default: the campaign's offers where it has any, else all creators.",
            metavar="WHICH",
        ),
    ] = None,
    allow_past: Annotated[
        bool,
        typer.Option("--allow-past", help="Score moments before the model's training moment too."),
    ] = False,
    csv: Annotated[bool, typer.Option("--csv", help="Write scores.csv too.")] = False,
    contributions: Annotated[
        bool,
        typer.Option("--contributions", help="Write contributions.parquet too: SHAP by feature."),
    ] = False,
    incremental: Annotated[
        bool,
        typer.Option(
            "--incremental",
            help="Tell lift: the conversions that would not come without the creator, by the share "
            "that the model learned from held-out groups. Default: attributed conversions.",
        ),
    ] = False,
    language: Annotated[
        Language,
        typer.Option("--language", help="Language of the reasons: English or French."),
    ] = "en",
    max_bad: MaxBad = 0.05,
    workers: Workers = None,
) -> None:
    """Score creators for campaigns: reach, rate and conversions, four qualities, reasons."""
    from features.output import whole_folder, write_manifest
    from features.prepared import prepared
    from serving.provenance import Provenance
    from serving.registry import load_model
    from serving.request import Request, requested_rows
    from serving.score import learned_share, score_batches, write_scores
    from serving.settings import project_root
    from serving.show import show_scores
    from serving.show_lift import counted_as

    moment = moment_of(as_of, "--as-of") if as_of else None
    request = Request(tuple(dict.fromkeys(campaign or ())), moment, candidates, allow_past)
    here = console()
    predictor, version = load_model(model, project_root())
    share = learned_share(predictor, version) if incremental else None
    with opened(data, "score", max_bad) as market:
        rows = requested_rows(market.connection, request, predictor.trained_until)
        with whole_folder(out, "score") as folder:
            market.write_quarantine(folder / "quarantine")
            with (
                step(here, f"Scoring {len(rows):,} rows"),
                prepared(market, workers=workers) as ready,
            ):
                batches = score_batches(ready, rows, predictor, version, share, language)
                write_scores(batches, folder, csv=csv, contributions=contributions)
            settings = {
                "campaigns": list(request.campaigns),
                "as_of": moment.isoformat() if moment else None,
                "candidates": candidates,
                "allow_past": allow_past,
                "incremental": incremental,
                "language": language,
                "max_bad": max_bad,
            }
            write_manifest(
                folder,
                command="score",
                model={"version": version, "trained_until": predictor.trained_until.isoformat()},
                settings=settings,
                conversions=counted_as(incremental),
                **Provenance.of(predictor, {}).said(),
                rows=len(rows),
                **said_of(market),
            )
    show_scores(here, out, language)
