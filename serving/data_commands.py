"""Commands about data: validate, simulate, and what features there are."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Literal

import typer

from features.errors import Exit, UserError
from serving.terminal import Data, MaxBad, Seed, console, said_of, step


def validate(
    data: Data,
    out: Annotated[
        Path, typer.Option("--out", help="Folder for quarantined rows and the manifest.")
    ] = Path("suasion-out"),
    max_bad: MaxBad = 0.05,
) -> None:
    """Check a data folder: what is there, what is wrong, and for which commands it suffices."""
    from features.output import whole_folder, write_manifest
    from features.source import open_market
    from features.tables import NEEDS
    from serving.show import show_validation

    needs, uses = NEEDS["validate"]
    with open_market(data, needs=needs, uses=uses, max_bad=max_bad, tolerant=True) as market:
        with whole_folder(out, "validate") as folder:
            market.write_quarantine(folder / "quarantine")
            write_manifest(
                folder, command="validate", settings={"max_bad": max_bad}, **said_of(market)
            )
        show_validation(console(), market, out)
        if market.over_limit:
            raise UserError("\n".join(market.over_limit), Exit.QUARANTINE)


def simulate(
    out: Annotated[
        Path, typer.Argument(help="Folder for the market's tables and its truth.", metavar="OUT")
    ],
    creators: Annotated[
        int, typer.Option("--creators", help="Creators in the market.", min=50)
    ] = 2000,
    months: Annotated[int, typer.Option("--months", help="Months it lasts.", min=3)] = 18,
    seed: Seed = 0,
    marginals: Annotated[
        Path | None,
        typer.Option(
            "--marginals", help="Document whose table of marginals is rewritten.", metavar="FILE"
        ),
    ] = None,
) -> None:
    """Simulate a market in the contract's tables, its truth known: to try things on, and to prove
    claims on.
    """
    from features.output import whole_folder, write_manifest
    from serving.show import show_marginals
    from training.world import marginals as measure
    from training.world import simulate as make
    from training.world import write_marginals, write_world

    here = console()
    with step(here, f"Simulating {creators:,} creators over {months} months"):
        world = make(creators=creators, months=months, seed=seed)
        with whole_folder(out, "simulate") as folder:
            write_world(world, folder)
            settings = {"creators": creators, "months": months, "seed": seed}
            rows = {name: len(table) for name, table in world.tables.items()}
            write_manifest(folder, command="simulate", settings=settings, rows=rows)
    here.print(f"{sum(rows.values()):,} rows in {len(rows)} tables, and the truth: {out}")
    if marginals is not None:
        table = measure(world)
        write_marginals(
            table,
            marginals,
            command=f"suasion simulate OUT --creators {creators} --months {months} --seed {seed}",
        )
        show_marginals(here, table)


def list_features(
    quality: Annotated[
        Literal["engagement", "relevance", "reputation", "momentum", "popularity"] | None,
        typer.Option("--quality", help="Only the features of one quality."),
    ] = None,
    as_json: Annotated[
        bool, typer.Option("--json", help="Print an object with features and uncarried signals.")
    ] = False,
    markdown: Annotated[
        Path | None,
        typer.Option("--markdown", help="Write the page of documentation instead.", metavar="FILE"),
    ] = None,
) -> None:
    """List what is known of a creator: every feature, its window, what it means and stands for."""
    import json
    from dataclasses import asdict

    from features.dictionary import entries, uncarried
    from features.feature import catalogue
    from serving.show_features import features_page, show_features

    if markdown is not None and (quality is not None or as_json):
        raise UserError("--markdown writes the whole dictionary: leave out --quality and --json")
    described = entries([f for f in catalogue() if quality in (None, f.quality)])
    lacking = uncarried()
    if markdown is not None:
        try:
            markdown.write_text(features_page(described, lacking), encoding="utf-8")
        except OSError as error:
            raise UserError(f"cannot write {markdown}: {error.strerror}") from error
    elif as_json:
        found = {
            "features": [asdict(entry) for entry in described],
            "uncarried": [asdict(signal) for signal in lacking],
        }
        typer.echo(json.dumps(found, indent=2, ensure_ascii=False))
    else:
        show_features(console(), described, lacking if quality is None else ())
