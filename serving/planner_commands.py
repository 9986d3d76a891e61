"""`suasion planner`: the page on which a person plans, on this machine."""

from __future__ import annotations

import socket
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from features.errors import UserError
from features.names import Language
from serving.terminal import Data, MaxBad, Workers, console, opened, step

if TYPE_CHECKING:
    from serving.limits import Limits
    from serving.planner_answers import Planner
    from serving.planner_guard import Door

BACKLOG = 128


def planner(
    data: Data,
    scores: Annotated[
        Path, typer.Option("--scores", help="What suasion score wrote.", metavar="OUT")
    ],
    host: Annotated[
        str, typer.Option("--host", help="Address to answer at; beyond loopback needs a token.")
    ] = "127.0.0.1",
    port: Annotated[
        int, typer.Option("--port", help="Port to answer at; 0 takes a free one.", min=0, max=65535)
    ] = 8000,
    model: Annotated[
        str | None,
        typer.Option(
            "--model",
            help="The model that made the scores, for the creators' sheets: a bundle folder, "
            "champion, NAME@ALIAS or NAME@VERSION. Default: no sheets.",
            metavar="MODEL",
        ),
    ] = None,
    limits: Annotated[
        Path | None,
        typer.Option("--limits", help="What plans begin with.", metavar="limits.toml"),
    ] = None,
    token: Annotated[
        str | None,
        typer.Option(
            "--token",
            help="What every visitor must know; better set in the environment than typed.",
            envvar="SUASION_PLANNER_TOKEN",
            metavar="TEXT",
        ),
    ] = None,
    language: Annotated[
        Language, typer.Option("--language", help="Language of the page: English or French.")
    ] = "en",
    max_bad: MaxBad = 0.05,
    workers: Workers = None,
) -> None:
    """Open the planner page: set a budget and limits, see the plan change, compare two plans."""
    from serving.limits import Limits, read_limits
    from serving.planner_guard import Door

    door = Door(host, token and token.strip())
    asked = read_limits(limits) if limits else Limits()
    with _bound(host, port) as listening:
        made = _made(data, scores, model, asked, language, max_bad, workers)
        _serve(made, door, listening)


def _bound(host: str, port: int) -> socket.socket:
    """The place where the page answers, taken before anything is read.

    Raises
    ------
    UserError
        Exit 2: no such address here, or a port that is taken or not allowed.
    """
    try:
        family, kind, protocol, _, place = socket.getaddrinfo(
            host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE
        )[0]
        listening = socket.socket(family, kind, protocol)
    except OSError as error:
        raise UserError(f"--host {host} is no address: {error.strerror}. Give one.") from error
    try:
        listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listening.bind(place)
        listening.listen(BACKLOG)
    except OSError as error:
        listening.close()
        raise UserError(
            f"{host}, port {port} cannot be used: {error.strerror}. Give another with --port, "
            "such as --port 8001, or --port 0 for any that is free"
        ) from error
    return listening


def _made(
    data: Path,
    scores: Path,
    model: str | None,
    limits: Limits,
    language: Language,
    max_bad: float,
    workers: int | None,
) -> Planner:
    """All that requests are answered from; the data are closed afterwards."""
    from features.prepared import prepared
    from serving.plannable import every_plannable
    from serving.planner_answers import Planner
    from serving.planner_plans import Plans
    from serving.planner_query import check_start
    from serving.planner_sheets import Sheets
    from serving.registry import load_model
    from serving.settings import project_root

    here, sheets = console(), None
    found = load_model(model, project_root()) if model is not None else None
    with opened(data, "planner" if found is None else "explain", max_bad) as market:
        with step(here, "Reading campaigns"):
            campaigns = every_plannable(market, scores)
        if found is not None:
            with step(here, "Reading what sheets tell"), prepared(market, workers=workers) as ready:
                sheets = Sheets.of(ready, campaigns, *found)
    for campaign in campaigns.values():
        check_start(campaign, limits)
    plans = Plans(campaigns)
    with step(here, "Planning"):
        plans.warm()
    return Planner(plans, limits, language, sheets)


def _serve(made: Planner, door: Door, listening: socket.socket) -> None:
    """Answer until Ctrl-C, which is how this ends."""
    import uvicorn

    from serving.planner import planner_app

    config = uvicorn.Config(
        planner_app(made, door),
        log_level="warning",
        access_log=False,
        server_header=False,
        date_header=False,
        lifespan="off",
        timeout_graceful_shutdown=2,
        limit_concurrency=64,
    )
    shown = f"[{door.host}]" if ":" in door.host else door.host
    place = f"http://{shown}:{listening.getsockname()[1]}/"
    server = uvicorn.Server(config)
    console().print(f"Planner: {place} (Ctrl-C stops it)", markup=False)
    with suppress(KeyboardInterrupt):
        server.run(sockets=[listening])
