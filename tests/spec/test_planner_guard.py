"""Who gets in: hosts and tokens."""

from __future__ import annotations

import pytest
from starlette.datastructures import Headers

from features.errors import Exit, UserError
from serving.planner_guard import COOKIE, Door, is_loopback

TOKEN = "sesame-open-sesame"


@pytest.mark.parametrize(
    ("host", "is_own"),
    [
        ("127.0.0.1", True),
        ("127.8.9.1", True),
        ("::1", True),
        ("localhost", True),
        ("0.0.0.0", False),
        ("::", False),
        ("192.168.1.5", False),
        ("localhost.example.org", False),
        ("", False),
    ],
)
def test_only_this_machine_is_loopback(host: str, is_own: bool) -> None:
    assert is_loopback(host) is is_own


@pytest.mark.parametrize("host", ["0.0.0.0", "::", "192.168.1.5", "planner.example.org"])
def test_beyond_loopback_takes_a_token(host: str) -> None:
    with pytest.raises(UserError, match="give --token") as refused:
        Door(host)
    assert refused.value.exit_status == Exit.INPUT
    assert Door(host, TOKEN).token == TOKEN


@pytest.mark.parametrize("token", ["", "short", "fifteen letters", "é" * 20])
def test_a_token_that_can_be_guessed_or_not_be_sent_is_refused(token: str) -> None:
    with pytest.raises(UserError, match="--token has"):
        Door("127.0.0.1", token)


@pytest.mark.parametrize(
    ("bound", "asked", "is_ours"),
    [
        ("127.0.0.1", "127.0.0.1", True),
        ("127.0.0.1", "localhost", True),
        ("127.0.0.1", "evil.example.org", False),
        ("127.0.0.1", "192.168.1.5", False),
        ("planner.lan", "Planner.LAN", True),
        ("planner.lan", "other.lan", False),
        # Bound everywhere, an address is fine: only a name can be pointed elsewhere.
        ("0.0.0.0", "192.168.1.5", True),
        ("0.0.0.0", "evil.example.org", False),
        ("0.0.0.0", "", False),
    ],
)
def test_a_request_is_for_a_name_of_ours(bound: str, asked: str, is_ours: bool) -> None:
    assert Door(bound, TOKEN).names(asked) is is_ours


@pytest.mark.parametrize(
    ("headers", "is_in"),
    [
        ({}, False),
        ({"authorization": f"Bearer {TOKEN}"}, True),
        ({"authorization": f"bearer  {TOKEN}"}, True),
        ({"authorization": f"Bearer {TOKEN}x"}, False),
        ({"authorization": f"Basic {TOKEN}"}, False),
        ({"authorization": "Bearer é"}, False),
        ({"cookie": f"{COOKIE}={Door.pass_of(TOKEN)}"}, True),
        # The cookie is not the token, and the token no cookie.
        ({"cookie": f"{COOKIE}={TOKEN}"}, False),
        ({"authorization": f"Bearer {Door.pass_of(TOKEN)}"}, False),
        ({"cookie": "other=1"}, False),
        ({"cookie": "\x00bad"}, False),
    ],
)
def test_the_token_lets_in_by_header_or_cookie(headers: dict[str, str], is_in: bool) -> None:
    raw = [(name.encode(), value.encode("utf-8")) for name, value in headers.items()]
    assert Door("0.0.0.0", TOKEN).lets_in(Headers(raw=raw)) is is_in


def test_without_a_token_whoever_reaches_the_page_is_in() -> None:
    assert Door("127.0.0.1").lets_in(Headers())
