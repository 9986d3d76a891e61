"""`suasion planner` as a program meets it: headers, hosts, the token, addresses that are wrong, files."""

from __future__ import annotations

import csv
import socket
from collections.abc import Iterator
from pathlib import Path
from shutil import copytree
from urllib.parse import urlencode

import pandas as pd
import pytest

from serving.planner_guard import COOKIE, HEADERS
from tests.functional.conftest import Run
from tests.planner_process import Page, planner

TOKEN = "sesame-open-sesame"


@pytest.fixture(scope="module")
def page(project: Path, scores: pd.DataFrame) -> Iterator[Page]:
    with planner(project, "--model", "bundle") as running:
        yield running


@pytest.fixture(scope="module")
def locked(project: Path, scores: pd.DataFrame) -> Iterator[Page]:
    with planner(project, "--host", "0.0.0.0", "--token", TOKEN) as running:
        yield running


@pytest.fixture(scope="module")
def asked(scores: pd.DataFrame) -> str:
    return f"campaign={scores['campaign_id'].min()}&budget=500"


def test_the_first_page_begins_with_a_plan_of_the_first_campaign(page: Page, asked: str) -> None:
    first = page.ask("/")
    assert first.status == 303
    assert first.headers["location"].startswith(f"/?{asked.partition('&')[0]}&budget=")
    shown = page.ask(first.headers["location"])
    assert shown.status == 200
    for told in ("Conversions expected", "The plan", "What other budgets would bring", "Who just"):
        assert told in shown.text
    assert shown.text.rstrip().endswith("</html>")


@pytest.mark.parametrize(
    "path", ["/", "/plan?campaign=nowhere", "/nothing", "/planner.js", "/sheet", "/plan.csv"]
)
def test_every_answer_forbids_what_no_page_needs(page: Page, path: str) -> None:
    answer = page.ask(path)
    for name in HEADERS:
        assert name in answer.headers, name
    policy = answer.headers["content-security-policy"]
    assert "default-src 'none'" in policy
    assert "'unsafe" not in policy
    assert "server" not in answer.headers


def best_of(page: Page, asked: str) -> str:
    """The creator of whom a plan expects most."""
    found = csv.DictReader(page.ask(f"/plan.csv?{asked}").text.splitlines())
    return next(found)["creator_id"]


def test_reports_and_sheets_may_style_themselves_and_nothing_else(page: Page, asked: str) -> None:
    creator = best_of(page, asked)
    campaign = asked.partition("&")[0]
    for path in (f"/report.html?{asked}", f"/sheet?{campaign}&creator={creator}"):
        answer = page.ask(path)
        assert answer.status == 200
        policy = answer.headers["content-security-policy"]
        assert "script-src" not in policy
        assert "default-src 'none'" in policy
        assert "<script" not in answer.text


def test_files_are_the_bytes_of_the_command_under_the_limits_of_the_page(
    page: Page, asked: str, suasion: Run, tmp_path: Path
) -> None:
    best = best_of(page, asked)
    given = f"{asked}&max_creators=3&out.{best}.who=Paul&out.{best}.why=%3Da+rival"
    (tmp_path / "limits.toml").write_text(page.ask(f"/limits.toml?{given}").text, encoding="utf-8")
    campaign = asked.partition("&")[0].removeprefix("campaign=")
    done = suasion(
        *("plan", "data", "--campaign", campaign, "--budget", 500, "--scores", "scored"),
        *("--limits", tmp_path / "limits.toml", "--out", tmp_path / "plan", "--language", "fr"),
    )
    assert done.returncode == 0, done.stderr
    for name, path in (("plan.csv", "plan.csv"), ("report.html", "report.html")):
        answer = page.ask(f"/{path}?{given}&lang=fr")
        assert answer.headers["content-disposition"].startswith('attachment; filename="plan-')
        assert answer.text == (tmp_path / "plan" / name).read_bytes().decode()
    assert best not in page.ask(f"/plan.csv?{given}").text


@pytest.mark.parametrize(
    ("query", "status", "says"),
    [
        ("campaign=nowhere&budget=5", 422, "No such campaign"),
        ("budget=-5", 422, "Give a number above 0"),
        ("budget=x", 422, "Give a number, such as"),
        ("max_creators=0", 422, "Give a number of at least 1"),
        ("in.nobody.who=M&in.nobody.why=y", 422, "offers this campaign no package"),
        ("shell=rm", 422, "shell is not known to this page"),
        ("budget=1", 409, "raise it to"),
        ("min_creators=500", 409, "lower it to"),
        ("act=force", 422, "This is needed"),
        ("lang=xx", 422, "lang in the address is none of en, fr"),
    ],
)
def test_what_is_wrong_is_a_sentence_on_the_page(
    page: Page, asked: str, query: str, status: int, says: str
) -> None:
    given = dict(pair.split("=") for pair in asked.split("&")) | dict(
        pair.split("=") for pair in query.split("&")
    )
    answer = page.ask(f"/?{urlencode(given)}")
    assert answer.status == status
    assert says in answer.text
    assert "Traceback" not in answer.text
    # What was typed stands in the form, for the person to put right.
    assert f'value="{given["budget"]}"' in answer.text


@pytest.mark.parametrize(
    "path",
    [
        "/../../etc/passwd",
        "/..%2f..%2fetc%2fpasswd",
        "/templates/planner.html",
        "/planner.css/../planner.html",
        "/sheet?campaign=../../etc/passwd&creator=x",
        "/sheet?campaign=k27&creator=../../../etc/passwd",
        "/docs",
        "/openapi.json",
    ],
)
def test_no_path_reaches_a_file(page: Page, path: str) -> None:
    answer = page.ask(path)
    assert answer.status == 404
    assert "root:" not in answer.text


def test_names_from_an_address_are_text_and_never_markup(page: Page, asked: str) -> None:
    mark = "<script>alert(1)</script>"
    for query in (
        {"campaign": mark, "budget": mark, "who": mark, mark: mark},
        {"campaign": asked.split("&")[0][9:], "budget": "5", "against": f"campaign={mark}"},
    ):
        answer = page.ask(f"/?{urlencode(query)}")
        assert mark not in answer.text


def test_a_plan_that_pays_nobody_is_told_and_has_no_files(page: Page, asked: str) -> None:
    shown = page.ask(f"/?{asked}&value=0.0001")
    assert shown.status == 200
    assert "No package is worth its fee" in shown.text
    assert "plan.csv" not in shown.text
    for file in ("plan.csv", "report.html"):
        answer = page.ask(f"/{file}?{asked}&value=0.0001")
        assert (answer.status, "No package is worth its fee" in answer.text) == (422, True)


def test_data_that_changed_since_they_were_scored_are_told(
    project: Path, scores: pd.DataFrame, asked: str, tmp_path: Path
) -> None:
    copytree(project / "data", tmp_path / "data")
    copytree(project / "scored", tmp_path / "scored")
    posts = tmp_path / "data" / "posts.parquet"
    table = pd.read_parquet(posts)
    table.iloc[:-1].to_parquet(posts, index=False)
    with planner(tmp_path) as changed:
        for path in (f"/?{asked}", f"/report.html?{asked}"):
            assert "no longer those that were scored (posts differ)" in changed.ask(path).text


def test_a_request_for_another_name_is_refused(page: Page) -> None:
    for host in ("evil.example.org", "evil.example.org:80", "", "127.0.0.1.example.org"):
        assert page.ask("/", headers={"Host": host}).status == 400
    port = page.host.partition(":")[2]
    assert page.ask("/planner.css", headers={"Host": f"localhost:{port}"}).status == 200


def test_a_foreign_page_may_link_here_and_nothing_more(page: Page) -> None:
    foreign = {"Sec-Fetch-Site": "cross-site"}
    assert page.ask("/planner.css", headers=foreign | {"Sec-Fetch-Mode": "no-cors"}).status == 403
    assert page.ask("/planner.css", headers=foreign | {"Sec-Fetch-Mode": "navigate"}).status == 200


@pytest.mark.parametrize("dest", ["iframe", "frame", "object", "embed"])
def test_no_foreign_page_may_frame_it(page: Page, asked: str, dest: str) -> None:
    framed = {"Sec-Fetch-Site": "cross-site", "Sec-Fetch-Mode": "navigate", "Sec-Fetch-Dest": dest}
    for path in (f"/?{asked}", f"/report.html?{asked}"):
        assert page.ask(path, headers=framed).status == 403, path


@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE"])
def test_nothing_can_be_changed(page: Page, method: str) -> None:
    assert page.ask("/", method=method, body="").status == 405


def test_the_token_is_asked_of_every_request(locked: Page, asked: str) -> None:
    for path in ("/", f"/plan?{asked}", f"/plan.csv?{asked}", "/planner.js", "/nothing"):
        answer = locked.ask(path)
        assert answer.status == 401, path
        assert "k2" not in answer.text.replace(f"?{asked}", "").replace(
            asked.replace("&", "&amp;"), ""
        )
    bearer = {"Authorization": f"Bearer {TOKEN}"}
    assert locked.ask(f"/plan?{asked}", headers=bearer).status == 200
    assert locked.ask(f"/plan?{asked}", headers={"Authorization": "Bearer x"}).status == 401


def test_signing_in_leads_on_to_what_was_asked(locked: Page, asked: str) -> None:
    own = {"Origin": f"http://{locked.host}"}
    form = {"token": TOKEN, "query": asked}
    answer = locked.ask("/sign-in", method="POST", body=urlencode(form), headers=own)
    assert (answer.status, answer.headers["location"]) == (303, f"/?{asked}")
    cookie = answer.headers["set-cookie"]
    assert cookie.startswith(f"{COOKIE}=")
    assert {"HttpOnly", "SameSite=strict", "Path=/"} <= set(cookie.split("; "))
    assert TOKEN not in cookie
    carried = {"Cookie": cookie.split(";")[0]}
    assert locked.ask(f"/plan?{asked}", headers=carried).status == 200
    # Whatever the form says, the way leads to the page itself.
    form["query"] = "//evil.example.org"
    answer = locked.ask("/sign-in", method="POST", body=urlencode(form), headers=own)
    assert answer.headers["location"].startswith("/?")


def test_signing_in_takes_the_token_and_a_form_of_ours(locked: Page) -> None:
    own = {"Origin": f"http://{locked.host}"}
    wrong = locked.ask("/sign-in", method="POST", body="token=wrong", headers=own)
    assert wrong.status == 401
    assert "This is not the token" in wrong.text
    assert "set-cookie" not in wrong.headers
    for origin in ({}, {"Origin": "http://evil.example.org"}, {"Origin": "null"}):
        answer = locked.ask("/sign-in", method="POST", body=f"token={TOKEN}", headers=origin)
        assert answer.status == 403
    large = "token=" + "x" * 10_000
    assert locked.ask("/sign-in", method="POST", body=large, headers=own).status == 413


def test_beyond_loopback_without_a_token_nothing_starts(suasion: Run) -> None:
    done = suasion("planner", "data", "--scores", "scored", "--host", "0.0.0.0")
    assert done.returncode == 2
    assert "give --token" in done.stderr


def test_a_port_in_use_is_named_with_the_remedy(suasion: Run) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        done = suasion("planner", "data", "--scores", "scored", "--port", taken.getsockname()[1])
    assert done.returncode == 2
    assert "cannot be used" in done.stderr
    assert "--port" in done.stderr


def test_what_the_page_cannot_be_made_of_is_named(suasion: Run, project: Path) -> None:
    done = suasion("planner", "data", "--scores", "nothing", "--port", 0)
    assert (done.returncode, "no scores at nothing" in done.stderr) == (2, True)


def test_ctrl_c_ends_it_without_a_word(project: Path, scores: pd.DataFrame) -> None:
    with planner(project) as running:
        assert running.ask("/planner.css").status == 200
        assert running.stop() == 0
        assert running.process.stdout is not None
        assert running.process.stdout.read() == ""
