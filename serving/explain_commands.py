"""`suasion explain`: the sheet of one creator for one campaign, or the page of the campaign."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from features.errors import UserError
from features.names import Language
from serving.terminal import Data, MaxBad, Model, Workers, console, moment_of, opened, said_of, step

if TYPE_CHECKING:
    import pandas as pd


def explain(
    data: Data,
    campaign: Annotated[str, typer.Option("--campaign", help="The campaign.", metavar="ID")],
    creator: Annotated[
        str | None,
        typer.Option(
            "--creator",
            help="The creator whose sheet it is. Default: the campaign's creators side by side.",
            metavar="ID",
        ),
    ] = None,
    out: Annotated[
        Path,
        typer.Option(
            "--out", help="The page; its JSON and manifest get its name.", metavar="SHEET.html"
        ),
    ] = Path("sheet.html"),
    model: Model = "champion",
    package: Annotated[
        str | None,
        typer.Option(
            "--package",
            help="Which of the creator's packages. Default: that of the fewest posts.",
            metavar="NAME",
        ),
    ] = None,
    language: Annotated[
        Language, typer.Option("--language", help="Language of the sheet: English or French.")
    ] = "en",
    contact: Annotated[
        str | None,
        typer.Option("--contact", help="To whom a creator who contests it writes.", metavar="TEXT"),
    ] = None,
    as_of: Annotated[
        str | None,
        typer.Option("--as-of", help="Moment of the sheet, UTC. Default: the campaign's decision."),
    ] = None,
    allow_past: Annotated[
        bool,
        typer.Option("--allow-past", help="Explain a moment before the model's training too."),
    ] = False,
    incremental: Annotated[
        bool, typer.Option("--incremental", help="Tell lift in place of attributed conversions.")
    ] = False,
    max_bad: MaxBad = 0.05,
    workers: Workers = None,
) -> None:
    """Write the sheet of one creator: the prediction, why, what is unknown, how to contest it.

    Without a creator, the page of the campaign: its creators, and what tells them apart.
    """
    from features.output import write_files
    from features.prepared import prepared
    from serving.campaign import describe_campaign
    from serving.campaign_page import campaign_page
    from serving.registry import load_model
    from serving.request import Request, requested_rows
    from serving.score import joined, learned_share, score_rows
    from serving.settings import project_root
    from serving.sheet import describe
    from serving.sheet_page import sheet_page

    if out.suffix.lower() not in (".html", ".htm"):
        raise UserError(f"--out is {out}: name a page, such as sheet.html")
    for option, given in (("--package", package), ("--contact", contact)):
        if creator is None and given is not None:
            raise UserError(f"{option} is of one creator's sheet: give --creator as well")
    moment = moment_of(as_of, "--as-of") if as_of else None
    here = console()
    predictor, version = load_model(model, project_root())
    share = learned_share(predictor, version) if incremental else None
    with opened(data, "explain", max_bad) as market:
        request = Request((campaign,), moment, "all" if creator else None, allow_past)
        rows = requested_rows(market.connection, request, predictor.trained_until)
        if creator is not None:
            rows = _row_of(rows, campaign, creator, package)
        with step(here, "Explaining"), prepared(market, workers=workers) as ready:
            found = joined(score_rows(ready, rows, predictor, version, share, language))
        if creator is not None:
            content = describe(found, predictor, share)
            page = sheet_page(content, predictor.features, language=language, contact=contact)
        else:
            content = describe_campaign(found, predictor)
            page = campaign_page(content, found, predictor, language=language)
        settings = {
            "campaign": campaign,
            "creator": creator,
            "package": content.get("package"),
            "as_of": moment.isoformat() if moment else None,
            "allow_past": allow_past,
            "incremental": incremental,
            "language": language,
            "max_bad": max_bad,
        }
        text = json.dumps(content, indent=2, ensure_ascii=False, allow_nan=False) + "\n"
        write_files(
            {out: page, out.with_suffix(".json"): text},
            manifest=out.with_suffix(".manifest.json"),
            command="explain",
            model={"version": version, "trained_until": predictor.trained_until.isoformat()},
            settings=settings,
            **said_of(market),
        )
    told = f"Sheet of {creator} for {campaign}" if creator else f"Creators of {campaign}"
    here.print(f"{told}: {out}, the numbers: {out.with_suffix('.json')}", markup=False)


def _row_of(rows: pd.DataFrame, campaign: str, creator: str, package: str | None) -> pd.DataFrame:
    """The one row asked for.

    Raises
    ------
    UserError
        Exit 2 for a creator that is not in the data, and for a package that it does not offer.
    """
    own = rows[rows["creator_id"] == creator]
    if own.empty:
        raise UserError(
            f"creator {creator} is not in the creators table ({rows['creator_id'].nunique()} "
            f"creators, such as {rows['creator_id'].iloc[0]}): check the id given"
        )
    if package is not None:
        offered = [name for name in own["package"] if isinstance(name, str)]
        own = own[own["package"] == package]
        if own.empty:
            there = f"it offers {', '.join(offered)}" if offered else "it offers none"
            raise UserError(
                f"creator {creator} offers campaign {campaign} no package {package}: {there}"
            )
    return own.sort_values(["posts", "package"], kind="stable").head(1).reset_index(drop=True)
