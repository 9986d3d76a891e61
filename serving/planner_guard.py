"""Who may ask the planner page, and what its answers forbid a browser.

A page on loopback is reached by whatever runs in the person's browser: the name that a request is
for is checked, so that no foreign name can be pointed here (DNS rebinding), and requests that a
foreign page makes on its own are refused. Beyond loopback every request carries a token.
"""

from __future__ import annotations

import hmac
import ipaddress
import socket
from dataclasses import dataclass
from functools import cache
from hashlib import sha256
from http.cookies import CookieError, SimpleCookie
from urllib.parse import parse_qs, urlsplit

from starlette.datastructures import Headers, MutableHeaders
from starlette.requests import Request
from starlette.responses import PlainTextResponse, RedirectResponse, Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from features.errors import UserError
from features.names import Language
from serving.pages import render
from serving.said import sentences

COOKIE = "suasion_planner"
SIGN_IN = "/sign-in"
OPEN_PATHS = ("/page.css", "/planner.css", "/icon.svg", SIGN_IN)
"""What the sign-in page itself needs: it tells nothing of the data."""
LEAST_TOKEN = 16
LARGEST_FORM = 8192

PAGE_POLICY = (
    "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self'; connect-src 'self'; "
    "form-action 'self'; frame-ancestors 'none'; base-uri 'none'"
)
DOCUMENT_POLICY = (
    "default-src 'none'; style-src 'unsafe-inline'; img-src data:; "
    "form-action 'none'; frame-ancestors 'none'; base-uri 'none'"
)
"""Of reports and sheets: one file each, with their style inside and no script."""
HEADERS = {
    "content-security-policy": PAGE_POLICY,
    "x-content-type-options": "nosniff",
    "x-frame-options": "DENY",
    "referrer-policy": "no-referrer",
    "cache-control": "no-store",
    "permissions-policy": "camera=(), geolocation=(), microphone=(), payment=(), usb=()",
    "cross-origin-opener-policy": "same-origin",
    "cross-origin-resource-policy": "same-origin",
}
"""What every answer carries; a policy of its own stands."""


@dataclass(frozen=True)
class Door:
    """Where the page is bound, and what it takes to come in.

    Attributes
    ----------
    host : str
        The address or name that the server is bound to.
    token : str, optional
        None lets everybody in who reaches the page, which is for loopback alone.

    Raises
    ------
    UserError
        Exit 2: beyond loopback without a token, or a token that could be guessed.
    """

    host: str
    token: str | None = None

    def __post_init__(self) -> None:
        if self.token is None and not is_loopback(self.host):
            raise UserError(
                f"--host {self.host} lets other machines reach the page: give --token (or set "
                f"SUASION_PLANNER_TOKEN), {LEAST_TOKEN} characters or more, or stay on "
                "--host 127.0.0.1"
            )
        if self.token is not None and (len(self.token) < LEAST_TOKEN or not self.token.isascii()):
            raise UserError(
                f"--token has {len(self.token)} characters: give {LEAST_TOKEN} or more, all of "
                'ASCII, such as python -c "import secrets; print(secrets.token_urlsafe())" prints'
            )

    def names(self, name: str) -> bool:
        """Whether a request for this name is for us."""
        if is_loopback(name) or name.lower() == self.host.lower():
            return True
        if not _is_everywhere(self.host):
            return False
        # A foreign page is reached by its name: an address as such is never rebound.
        return _address(name) is not None or name.lower() in _own_names()

    def lets_in(self, headers: Headers) -> bool:
        """Whether a request carries the token, if one is asked for."""
        if self.token is None:
            return True
        kind, _, given = headers.get("authorization", "").partition(" ")
        if kind.lower() == "bearer":
            return _same(given.strip(), self.token)
        try:
            cookie = SimpleCookie(headers.get("cookie", "")).get(COOKIE)
        except CookieError:
            return False
        return cookie is not None and _same(cookie.value, self.pass_of(self.token))

    @staticmethod
    def pass_of(token: str) -> str:
        """What the cookie holds: it follows from the token, which does not follow from it."""
        return hmac.new(token.encode(), b"suasion planner", sha256).hexdigest()


def is_loopback(host: str) -> bool:
    """Whether a name or address is this machine's own, reached by nobody else."""
    found = _address(host)
    return host.lower() == "localhost" if found is None else found.is_loopback


def _address(host: str) -> ipaddress.IPv4Address | ipaddress.IPv6Address | None:
    try:
        return ipaddress.ip_address(host)
    except ValueError:
        return None


def _is_everywhere(host: str) -> bool:
    found = _address(host)
    return found is not None and found.is_unspecified


def _same(given: str, known: str) -> bool:
    """Compare in a time that does not tell how much of it is right."""
    return hmac.compare_digest(given.encode("utf-8", "replace"), known.encode())


class Guard:
    """Stands before the application: hosts, origins, the token, and the headers of every answer."""

    def __init__(self, app: ASGIApp, door: Door, language: Language) -> None:
        self.app, self.door, self.language = app, door, language

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """One request."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return

        async def guarded(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                for name, value in HEADERS.items():
                    headers.setdefault(name, value)
            await send(message)

        answer = await self._refusal(Request(scope, receive))
        await (answer or self.app)(scope, receive, guarded)

    async def _refusal(self, request: Request) -> Response | None:
        """An answer in place of the application's; None lets the request through."""
        words, headers = sentences("planner", self.language), request.headers
        hosts = [value for name, value in request.scope["headers"] if name == b"host"]
        if len(hosts) != 1 or not self.door.names(_name(headers.get("host", ""))):
            return PlainTextResponse(words["wrong_host"], 400)
        site, mode = headers.get("sec-fetch-site", "none"), headers.get("sec-fetch-mode", "")
        dest = headers.get("sec-fetch-dest", "document")
        is_link = mode == "navigate" and dest == "document"
        if site not in ("none", "same-origin") and not is_link:
            return PlainTextResponse(words["wrong_origin"], 403)
        if request.url.path == SIGN_IN and request.method == "POST":
            return await self._sign_in(request)
        if request.url.path in OPEN_PATHS or self.door.lets_in(headers):
            return None
        return self._asks(401, request.url.query)

    def _asks(self, status: int, query: str, problem: str = "") -> Response:
        words = sentences("planner", self.language)
        page = render(
            "planner_sign_in.html",
            language=self.language,
            words=words,
            heading=words["sign_in"],
            action=SIGN_IN,
            query=query,
            problem=problem,
        )
        return Response(
            page,
            status,
            # Else browsers keep the origin of the form to themselves.
            {"www-authenticate": "Bearer", "referrer-policy": "same-origin"},
            media_type="text/html; charset=utf-8",
        )

    async def _sign_in(self, request: Request) -> Response:
        """The one request that changes something: the cookie of who knows the token."""
        words = sentences("planner", self.language)
        origin = request.headers.get("origin")
        if origin is None or _netloc(origin) != request.headers["host"]:
            return PlainTextResponse(words["wrong_origin"], 403)
        body = b""
        async for part in request.stream():
            body += part
            if len(body) > LARGEST_FORM:
                return PlainTextResponse(words["too_large"], 413)
        try:
            form = parse_qs(body.decode("utf-8"), max_num_fields=8)
        except ValueError:
            return PlainTextResponse(words["error_many"], 400)
        given, query = form.get("token", [""])[0].strip(), form.get("query", [""])[0]
        if self.door.token is not None and not _same(given, self.door.token):
            return self._asks(401, query, words["wrong_token"])
        # The path is ours, whatever the form says: there is nowhere else to be sent to.
        answer = RedirectResponse("/?" + query if query else "/", 303)
        if self.door.token is not None:
            answer.set_cookie(
                COOKIE, self.door.pass_of(self.door.token), httponly=True, samesite="strict"
            )
        return answer


@cache
def _own_names() -> tuple[str, str]:
    """What this machine is called; asked for once, for it may take the network."""
    return socket.gethostname().lower(), socket.getfqdn().lower()


def _netloc(origin: str) -> str | None:
    try:
        return urlsplit(origin).netloc
    except ValueError:
        return None


def _name(host: str) -> str:
    """The name in a Host header, without its port."""
    if host.startswith("["):
        return host[1:].partition("]")[0]
    return host.partition(":")[0]
