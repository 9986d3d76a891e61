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
import logging
import re
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass
from importlib import resources
from typing import ParamSpec, TypeVar

from fastapi import FastAPI
from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse, Response, StreamingResponse

from features.errors import Exit, UserError
from features.names import Language
from serving.limits import Limits
from serving.pages import render
from serving.plan_files import limits_toml, plan_csv
from serving.plan_page import plan_page
from serving.planner_clicks import Address
from serving.planner_guard import DOCUMENT_POLICY, Door, Guard
from serving.planner_page import (
    AROUND,
    being_computed,
    broken_comparison,
    comparison,
    curve_part,
    misses_part,
    planner_page,
)
from serving.planner_plans import Plans
from serving.planner_query import Asked, Problems, asked_of, language_of, read_address
from serving.planner_sheets import Sheets
from serving.planning import Choice
from serving.said import sentences

P = ParamSpec("P")
T = TypeVar("T")
Key = tuple[str, float, Limits]

STATIC = {
    "page.css": "text/css",
    "planner.css": "text/css",
    "planner.js": "text/javascript",
    "icon.svg": "image/svg+xml",
}
WRONG, CONFLICT, NOBODY = 422, 409, 499
AT_ONCE = 2
"""Plans made at the same time; of what takes longer, one."""
log = logging.getLogger("suasion.planner")


class Gone(Exception):
    """Who asked waits no longer."""


@dataclass(frozen=True)
class Planner:
    """What the page is made of.

    Attributes
    ----------
    plans : Plans
    base : Limits
        What holds where an address does not say otherwise.
    language : {'en', 'fr'}
        Of the page, where an address asks for none.
    sheets : Sheets, optional
        None where the page was started without a model.
    """

    plans: Plans
    base: Limits
    language: Language
    sheets: Sheets | None = None

    def start(self, at: Address) -> Address | None:
        """Where an address leads that names no budget: the campaign's beginning; else None."""
        told = dict(at.pairs)
        campaigns = self.plans.campaigns
        if set(told) - {"campaign"} or told.get("campaign", "") not in ("", *campaigns):
            return None
        campaign = campaigns[told.get("campaign") or next(iter(campaigns))]
        pairs = Asked.start(campaign, self.base).pairs()
        return Address(tuple(pairs), at.language, at.lang, at.who, at.why)

    def asked(self, at: Address) -> Asked:
        """The plan that an address asks for.

        Raises
        ------
        Problems
        """
        return asked_of(at.pairs, self.plans.campaigns, self.base, at.language)

    def key(self, asked: Asked) -> Key:
        """What a plan depends on."""
        return asked.campaign, asked.budget, asked.limits(self.base)

    def compared(self, at: Address, asked: Asked, choice: Choice) -> dict[str, object] | None:
        """The plan beside the one that is kept; None where none is."""
        if not at.against:
            return None
        words = sentences("planner", at.language)
        try:
            pairs = read_address(at.against)
            kept = asked_of(pairs, self.plans.campaigns, self.base, at.language)
            if kept.campaign != asked.campaign:
                return broken_comparison(at, words["other_campaign"].format(it=kept.campaign))
            other = self.plans.choice(*self.key(kept))
        except Problems as error:
            return broken_comparison(at, next(iter(error.told.values())))
        except UserError as error:
            return broken_comparison(at, str(error))
        return comparison(at, {"a": kept, "b": asked}, {"a": other, "b": choice})

    def page(self, at: Address, around: str) -> tuple[str, int, Key | None]:
        """The page, its status, and the plan that it shows."""
        campaigns, has_sheets = self.plans.campaigns, self.sheets is not None
        try:
            asked = self.asked(at)
        except Problems as error:
            return planner_page(at, campaigns, self.base, problems=error.told), WRONG, None
        key = self.key(asked)
        try:
            choice = self.plans.choice(*key)
        except UserError as error:
            return planner_page(at, campaigns, self.base, conflict=str(error)), _status(error), None
        page = planner_page(
            at,
            campaigns,
            self.base,
            choice=choice,
            compared=self.compared(at, asked, choice),
            has_sheets=has_sheets,
            around=around if choice.made.chosen else "",
        )
        return page, 200, key if choice.made.chosen else None

    def part(self, name: str, at: Address, key: Key) -> str:
        """One of the parts of the page that take longer."""
        choice = self.plans.choice(*key)
        if name == "curve":
            return curve_part(at, choice, self.plans.curve(*key))
        return misses_part(at, choice, self.plans.misses(*key), self.plans.overrides(*key))


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
            for name in ("curve", "misses"):
                yield await worked(request, long, part_or_reason, planner, name, at, key)
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

    for name in ("curve", "misses"):
        part_route(name)

    @app.get("/plan.csv")
    async def csv(request: Request) -> Response:
        asked = planner.asked(told(request))
        planned = await worked(request, long, planner.plans.planned, *planner.key(asked))
        return _file(plan_csv(planned), "text/csv", f"plan-{asked.campaign}.csv")

    @app.get("/report.html")
    async def report(request: Request) -> Response:
        at = told(request)
        asked = planner.asked(at)
        planned = await worked(request, long, planner.plans.planned, *planner.key(asked))
        unscored = planner.plans.campaigns[asked.campaign].unscored
        page = await run_in_threadpool(
            plan_page, planned, language=at.language, unscored=list(unscored)
        )
        return _file(page, "text/html", f"plan-{asked.campaign}.html")

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
        page = planner_page(at, planner.plans.campaigns, planner.base, conflict=str(error))
        return HTMLResponse(page, _status(error))

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


def _status(error: UserError) -> int:
    return CONFLICT if error.exit_status == Exit.PLAN else WRONG


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


def part_or_reason(planner: Planner, name: str, at: Address, key: Key) -> str:
    """A part of the page; where it cannot be made, why not, since the page has begun."""
    try:
        return planner.part(name, at, key)
    except UserError as error:
        log.warning("%s: %s", name, error)
        return ""


def _file(text: str, kind: str, name: str) -> Response:
    """A download; names are ids of the data, of which only plain signs reach the header."""
    plain = re.sub(r"[^A-Za-z0-9._-]", "_", name)
    return Response(
        text.encode(),
        media_type=kind,
        headers={
            "content-disposition": f'attachment; filename="{plain}"',
            "content-security-policy": DOCUMENT_POLICY,
        },
    )
