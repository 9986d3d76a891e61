"""The planner page in a browser, as a person uses it: with a script, without, by keyboard, on a phone."""

from __future__ import annotations

import re
from pathlib import Path

import pandas as pd
import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, expect
from playwright.sync_api import Page as Tab

from tests.browser.conftest import Open
from tests.planner_process import planner

WCAG = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa"]
PHONE = {"width": 390, "height": 844}


@pytest.fixture(scope="module")
def asked(scores: pd.DataFrame) -> str:
    return f"/?campaign={scores['campaign_id'].min()}&budget=500"


def chosen(tab: Tab) -> list[str]:
    """Creators of the plan shown."""
    buttons = tab.locator("#result button[name=exclude]")
    expect(buttons.first).to_be_visible()
    return [button.get_attribute("value") or "" for button in buttons.all()]


def is_settled(tab: Tab, address: re.Pattern[str]) -> None:
    """Wait until the address says so, and the answer stands."""
    expect(tab).to_have_url(address)
    expect(tab.locator("#result[aria-busy=true]")).to_have_count(0)


def test_a_changed_budget_changes_the_plan_the_curve_and_the_address(tab: Open, asked: str) -> None:
    here = tab(asked)
    before = chosen(here)
    tile = here.locator(".tile .number").first.inner_text()
    expect(here.locator("#curve svg")).to_be_visible()
    here.get_by_label("Budget", exact=True).fill("900")
    is_settled(here, re.compile("budget=900"))
    expect(here.locator(".tile .number").first).not_to_have_text(tile)
    assert len(chosen(here)) > len(before)
    expect(here.locator("#status")).to_contain_text("of 900")
    expect(here.get_by_label("Budget", exact=True)).to_be_focused()
    # The curve follows: its middle line is the budget.
    expect(here.locator("#curve tbody tr").nth(3)).to_contain_text("900")
    expect(here.locator("#misses")).to_be_visible()
    here.reload()
    expect(here.get_by_label("Budget", exact=True)).to_have_value("900")


def test_exclude_force_and_undo_are_one_click_each_and_carry_who_and_why(
    tab: Open, asked: str
) -> None:
    here = tab(asked)
    best = chosen(here)[0]
    here.get_by_label("Who decides", exact=True).fill("Marie")
    here.get_by_label("Why (for the next click)").fill("a rival")
    here.locator(f"[id='exclude-{best}']").click()
    is_settled(here, re.compile(f"out.{best}.who=Marie&out.{best}.why=a"))
    assert best not in chosen(here)
    expect(here.locator("#misses")).to_contain_text("Marie: a rival")
    expect(here.get_by_label("Why (for the next click)")).to_have_value("")
    expect(here.get_by_label("Who decides", exact=True)).to_have_value("Marie")
    missed = here.locator("#misses button[name=force]").first
    forced = missed.get_attribute("value") or ""
    missed.click()
    is_settled(here, re.compile(f"in.{forced}.who=Marie"))
    assert forced in chosen(here)
    expect(here.locator("#result")).to_contain_text("in because a person wants it (Marie: chosen")
    here.locator(f"[id='undo-{best}']").click()
    expect(here.locator(f"[id='undo-{best}']")).to_have_count(0)
    is_settled(here, re.compile(f"^(?!.*out.{best})"))
    here.go_back()
    expect(here.locator(f"[id='undo-{best}']")).to_have_count(1)


def test_a_creator_named_in_the_form_is_excluded(tab: Open, asked: str) -> None:
    here = tab(asked)
    best = chosen(here)[0]
    here.get_by_label("Creator", exact=True).fill(best)
    here.locator("#persons button[value=exclude]").click()
    is_settled(here, re.compile(f"out.{best}.who=planner"))
    assert best not in chosen(here)


def test_two_plans_stand_side_by_side(tab: Open, asked: str) -> None:
    here = tab(asked)
    kept = set(chosen(here))
    here.locator("#keep").click()
    is_settled(here, re.compile("against="))
    expect(here.locator("#compared")).to_contain_text("Both plans are the same so far")
    here.get_by_label("Budget", exact=True).fill("900")
    is_settled(here, re.compile("budget=900"))
    new = set(chosen(here)) - kept
    assert new
    table = here.locator("#compared table")
    expect(table.locator("tbody tr").first).to_contain_text("500")
    expect(table.locator("tbody tr").first).to_contain_text("900")
    expect(here.locator("#compared")).to_contain_text("conversions more than A")
    for creator in new:
        expect(here.locator("#compared .parts")).to_contain_text(creator)
    here.locator("#swap").click()
    is_settled(here, re.compile("budget=500.*against=.*900"))
    expect(here.locator("#compared")).to_contain_text("conversions fewer than A")
    here.locator("#end").click()
    expect(here.locator("#compared table")).to_have_count(0)


@pytest.mark.parametrize(
    ("link", "head"), [("csv", '"campaign_id","creator_id"'), ("report", "<!doctype")]
)
def test_files_are_taken_along(tab: Open, asked: str, tmp_path: Path, link: str, head: str) -> None:
    here = tab(asked, accept_downloads=True)
    with here.expect_download() as waited:
        here.locator(f"#{link}").click()
    waited.value.save_as(tmp_path / "file")
    assert (tmp_path / "file").read_text(encoding="utf-8").startswith(head)


def test_a_wrong_number_is_told_at_its_field_and_put_right(tab: Open, asked: str) -> None:
    here = tab(asked, is_refused=True)
    budget = here.get_by_label("Budget", exact=True)
    budget.fill("-5")
    expect(here.locator("#budget-problem")).to_have_text("Give a number above 0.")
    expect(budget).to_have_attribute("aria-invalid", "true")
    expect(budget).to_have_attribute("aria-describedby", "budget-problem")
    expect(here.get_by_role("alert")).to_contain_text("Give a number above 0.")
    budget.fill("500")
    expect(here.locator("#budget-problem")).to_be_empty()
    assert chosen(here)


def test_limits_that_cannot_be_met_name_what_would_resolve_it(tab: Open, asked: str) -> None:
    here = tab(asked, is_refused=True)
    old = here.locator("#result .tile, #curve, #misses")
    expect(here.locator("#curve svg")).to_be_visible()
    expect(here.locator("#misses")).to_be_visible()
    here.get_by_label("At least so many creators").fill("400")
    expect(here.get_by_role("alert")).to_contain_text("min_creators 400: lower it to")
    expect(old).to_have_count(0)


def test_a_sheet_opens_from_the_plan(tab: Open, asked: str) -> None:
    here = tab(asked)
    best = chosen(here)[0]
    here.get_by_label(f"Sheet of {best}").click()
    expect(here.get_by_role("heading", level=1)).to_contain_text(best)
    here.go_back()
    assert chosen(here)[0] == best


def test_the_page_speaks_french(tab: Open, asked: str) -> None:
    here = tab(asked)
    here.get_by_role("link", name="Français").click()
    expect(here.locator("html")).to_have_attribute("lang", "fr")
    expect(here.get_by_role("heading", name="Le plan")).to_be_visible()
    here.get_by_label("Budget", exact=True).fill("900")
    is_settled(here, re.compile("budget=900.*lang=fr"))
    expect(here.locator("#status")).to_contain_text("conversions attendues")


def test_without_a_script_the_form_and_its_buttons_do_the_same(tab: Open, asked: str) -> None:
    here = tab(asked, java_script_enabled=False)
    best = chosen(here)[0]
    expect(here.locator("#curve svg")).to_be_visible()
    here.locator(f"[id='exclude-{best}']").click()
    expect(here).to_have_url(re.compile(f"out.{best}.who="))
    assert best not in chosen(here)
    here.get_by_label("Budget", exact=True).fill("900")
    here.get_by_role("button", name="Plan", exact=True).click()
    expect(here).to_have_url(re.compile(f"budget=900.*out.{best}.who="))
    here.locator("#misses button[name=force]").first.click()
    expect(here).to_have_url(re.compile(r"in\..*who="))
    here.locator("#persons > summary").click()
    here.locator(f"[id='undo-{best}']").click()
    expect(here).to_have_url(re.compile(f"^(?!.*out.{best})"))
    here.locator("#keep").click()
    expect(here.locator("#compared table")).to_be_visible()


def test_enter_in_a_field_plans_and_the_keyboard_reaches_the_plan(tab: Open, asked: str) -> None:
    here = tab(asked)
    here.keyboard.press("Tab")
    expect(here.get_by_text("Go to the plan")).to_be_focused()
    expect(here.get_by_text("Go to the plan")).to_be_in_viewport()
    here.get_by_label("Budget", exact=True).fill("800")
    here.get_by_label("Budget", exact=True).press("Enter")
    is_settled(here, re.compile("budget=800"))
    # Enter is the button Plan, not the first exclusion.
    assert "out." not in here.url


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("state", ["", "&against=campaign%3D{}%26budget%3D300", "&max_creators=x"])
@pytest.mark.parametrize("size", [None, PHONE])
def test_nothing_stands_in_the_way_of_a_person_who_cannot_see_or_use_a_mouse(
    tab: Open, asked: str, scheme: str, state: str, size: dict[str, int] | None
) -> None:
    campaign = asked.partition("=")[2].partition("&")[0]
    sized = {} if size is None else {"viewport": size}
    here = tab(asked + state.format(campaign), is_refused=True, color_scheme=scheme, **sized)
    best = here.locator("summary")
    for summary in best.all():
        if summary.evaluate("summary => !summary.parentElement.open"):
            summary.click()
    found = Axe().run(here, options={"runOnly": {"type": "tag", "values": WCAG}})
    assert found.violations_count == 0, found.generate_report()
    # Tables scroll within themselves, the page never sideways.
    assert here.evaluate("document.documentElement.scrollWidth <= window.innerWidth")


def test_the_answer_is_in_the_first_screen(tab: Open, asked: str) -> None:
    for size in ({"width": 1280, "height": 800}, PHONE):
        here = tab(asked, viewport=size)
        expect(here.locator(".tile .number").first).to_be_in_viewport()


def test_signing_in_opens_the_page(
    browser: Browser, project: Path, scores: pd.DataFrame, asked: str
) -> None:
    with (
        planner(project, "--token", "sesame-open-sesame") as locked,
        browser.new_context() as within,
    ):
        here = within.new_page()
        here.goto(locked.address.rstrip("/") + asked)
        here.get_by_label("Token").fill("wrong")
        here.get_by_role("button").click()
        expect(here.get_by_role("alert")).to_contain_text("This is not the token")
        here.get_by_label("Token").fill("sesame-open-sesame")
        here.get_by_role("button").click()
        expect(here).to_have_url(re.compile(re.escape(asked)))
        assert chosen(here)
