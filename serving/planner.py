"""The planner page as an application: each address is answered from what was read at the start.

| address      | answers                                                        |
|--------------|----------------------------------------------------------------|
| /            | the page; a click leads on to the address that it means        |
| /plan        | the page without what takes longer, for the page's own script  |
| /curve       | the part about other budgets                                   |
| /misses      | the part about who just missed                                 |
| /plan.csv    | the plan, the bytes of `suasion plan`                          |
| /report.html | its report                                                     |
| /limits.toml | its limits                                                     |
| /sheet       | a creator's sheet                                              |

Nothing of an address reaches a file or the database: campaigns, creators and groups are looked up
among those that were read.
"""

from __future__ import annotations

import asyncio
import re
from collections.abc import AsyncIterator, Callable
from contextlib import suppress
from importlib import resources
from typing import ParamSpec, TypeVar

from fastapi import FastAPI
from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse, Response, StreamingResponse

from features.errors import UserError
from features.names import Language
from serving.pages import render
from serving.plan_files import limits_toml, plan_csv
from serving.planner_answers import WRONG, Planner, status_of, told_in
from serving.planner_clicks import Address
from serving.planner_guard import DOCUMENT_POLICY, Door, Guard
from serving.planner_page import AROUND, PARTS, being_computed, planner_page
from serving.planner_query import Problems, language_of, read_address
from serving.said import sentences

P = ParamSpec("P")
T = TypeVar("T")

STATIC = {
    "page.css": "text/css",
    "planner.css": "text/css",
    "planner.js": "text/javascript",
    "icon.svg": "image/svg+xml",
}
NOBODY = 499
"""Status of an answer that nobody waits for."""
AT_ONCE = 2
"""Plans made at the same time; of what takes longer, one."""


class Gone(Exception):
    """Who asked waits no longer."""


def planner_app(planner: Planner, door: Door) -> Guard:
    """The page as an ASGI application, behind its guard."""
    app = FastAPI(openapi_url=None, docs_url=None, redoc_url=None)
    quick, long = asyncio.Semaphore(AT_ONCE), asyncio.Semaphore(1)
    language = planner.language

    async def worked(
        request: Request, gate: asyncio.Semaphore, work: Callable[P, T], *of: P.args, **by: P.kwargs
    ) -> T:
        async with gate:
            if await request.is_disconnected():
                raise Gone
            return await run_in_threadpool(work, *of, **by)

    def told(request: Request) -> Address:
        at = Address.of(read_address(request.url.query), language)
        at.check()
        return at

    async def shown(request: Request, path: str) -> Response:
        at = told(request)
        onward = at.after_clicks() or planner.start(at)
        if onward is not None:
            return RedirectResponse(f"{path}?{onward.text()}", 303)
        around = AROUND if path == "/" else being_computed(at.language)
        page, status, key = await worked(request, quick, planner.page, at, around)
        if path != "/" or key is None:
            return HTMLResponse(page, status)

        async def streamed() -> AsyncIterator[str]:
            before, _, after = page.partition(AROUND)
            yield before
            with suppress(Gone):
                for name in PARTS:
                    yield await worked(request, long, planner.part_or_nothing, name, at, key)
                yield after

        return StreamingResponse(streamed(), status, media_type="text/html")

    @app.get("/")
    async def whole(request: Request) -> Response:
        return await shown(request, "/")

    @app.get("/plan")
    async def plan_only(request: Request) -> Response:
        return await shown(request, "/plan")

    def part_route(name: str) -> None:
        @app.get(f"/{name}")
        async def part(request: Request) -> Response:
            at = told(request)
            key = planner.key(planner.asked(at))
            await worked(request, quick, planner.plans.choice, *key)
            return HTMLResponse(await worked(request, long, planner.part, name, at, key))

    for name in PARTS:
        part_route(name)

    @app.get("/plan.csv")
    async def csv(request: Request) -> Response:
        at = told(request)
        planned = await worked(request, long, planner.planned, at)
        return _file(plan_csv(planned), "text/csv", f"plan-{planned.of.campaign_id}.csv")

    @app.get("/report.html")
    async def report(request: Request) -> Response:
        at = told(request)
        page = await worked(request, long, planner.report, at)
        return _file(page, "text/html", f"plan-{dict(at.pairs)['campaign']}.html")

    @app.get("/limits.toml")
    async def limits(request: Request) -> Response:
        asked = planner.asked(told(request))
        text = limits_toml(asked.limits(planner.base))
        return _file(text, "application/toml", f"limits-{asked.campaign}.toml")

    @app.get("/sheet")
    async def sheet(request: Request) -> Response:
        pairs = read_address(request.url.query)
        of = dict(pairs)
        if planner.sheets is None or set(of) - {"campaign", "creator", "package", "lang"}:
            raise HTTPException(404)
        try:
            page = await worked(
                request,
                long,
                planner.sheets.sheet,
                of.get("campaign", ""),
                of.get("creator", ""),
                of.get("package"),
                language_of(pairs, language),
            )
        except KeyError:
            return _gone("no_sheet", 404, language)
        return HTMLResponse(page, headers={"content-security-policy": DOCUMENT_POLICY})

    for file, kind in STATIC.items():
        _static(app, file, kind)

    @app.exception_handler(Problems)
    async def problems(request: Request, error: Problems) -> Response:
        try:
            at = Address.of(read_address(request.url.query), language)
        except Problems:
            at = Address((), language)
        campaigns = planner.plans.campaigns
        return HTMLResponse(planner_page(at, campaigns, planner.base, problems=error.told), WRONG)

    @app.exception_handler(UserError)
    async def user_error(request: Request, error: UserError) -> Response:
        at = Address.of(read_address(request.url.query), language)
        page = planner_page(
            at, planner.plans.campaigns, planner.base, conflict=told_in(error, at.language)
        )
        return HTMLResponse(page, status_of(error))

    @app.exception_handler(Gone)
    async def gone(request: Request, error: Gone) -> Response:
        return Response(status_code=NOBODY)

    @app.exception_handler(HTTPException)
    async def not_found(request: Request, error: HTTPException) -> Response:
        return _gone("not_found", error.status_code, language)

    @app.exception_handler(Exception)
    async def failed(request: Request, error: Exception) -> Response:
        return _gone("failed", 500, language)

    return Guard(app, door, language)


def _gone(sentence: str, status: int, language: Language) -> Response:
    """A page that says why there is none."""
    words = sentences("planner", language)
    page = render(
        "planner_gone.html",
        language=language,
        words=words,
        heading=words["heading_none"],
        said=words[sentence],
    )
    return HTMLResponse(page, status)


def _static(app: FastAPI, name: str, kind: str) -> None:
    """One of our own files, read once."""
    content = (resources.files("serving") / "templates" / name).read_bytes()

    @app.get(f"/{name}")
    async def file() -> Response:
        return Response(content, media_type=kind)


def _file(text: str | bytes, kind: str, name: str) -> Response:
    """A download; names are ids of the data, of which only plain signs reach the header."""
    plain = re.sub(r"[^A-Za-z0-9._-]", "_", name)
    return Response(
        text,
        media_type=kind,
        headers={
            "content-disposition": f'attachment; filename="{plain}"',
            "content-security-policy": DOCUMENT_POLICY,
        },
    )
