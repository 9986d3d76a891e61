"""What an address asks for: read, checked, written again."""

from __future__ import annotations

import tomllib
from dataclasses import replace
from datetime import datetime

import pandas as pd
import pytest
from hypothesis import given, settings

from features.errors import UserError
from serving.limits import GROUPED_BY, Group, Limits, Override, limits_of
from serving.plan_files import limits_toml
from serving.plannable import Plannable
from serving.planner_clicks import Address
from serving.planner_query import (
    MOST_DECISIONS,
    MOST_FIELDS,
    Asked,
    Problems,
    address,
    asked_of,
    check_start,
    read_address,
)
from tests.plans import limits as some_limits

NONE = (None, None, None)


@pytest.fixture
def campaigns() -> dict[str, Plannable]:
    packages = pd.DataFrame(
        [("a", 10.0, "video", "fr", "nano"), ("b.who", 20.0, "image", None, "micro")],
        columns=["creator_id", "cost", "platform", "language", "tier"],
    )
    return {"k1": Plannable("k1", None, "EUR", datetime(2024, 1, 1), packages, ())}


def limits_in(text: str, campaigns: dict[str, Plannable], base: Limits | None = None) -> Limits:
    base = base or Limits()
    return asked_of(read_address(text), campaigns, base, "en").limits(base)


def problems_of(
    text: str, campaigns: dict[str, Plannable], base: Limits | None = None
) -> dict[str, str]:
    with pytest.raises(Problems) as refused:
        limits_in(text, campaigns, base)
    return refused.value.told


def test_an_address_means_the_limits_of_a_file(campaigns: dict[str, Plannable]) -> None:
    text = (
        "campaign=k1&budget=30&min_creators=1&max_creators=2&most_share=25&most_cost=15&caution=0.2"
        "&explore=10&value=2.5&platform.video=1&tier.nano=0&in.a.who=Marie&in.a.why=met+in+May"
        "&out.b.who.who=Paul&out.b.who.why=a+rival"
    )
    assert limits_in(text, campaigns) == limits_of(
        {
            "min_creators": 1,
            "max_creators": 2,
            "most_share": 0.25,
            "most_cost": 15.0,
            "caution": 0.2,
            "explore": {"share": 0.1},
            "value_per_conversion": 2.5,
            "platform": {"video": {"max": 1}},
            "tier": {"nano": {"max": 0}},
            "forced": [{"creator": "a", "who": "Marie", "why": "met in May"}],
            # Its id ends as fields do.
            "forbidden": [{"creator": "b.who", "who": "Paul", "why": "a rival"}],
        },
        "here",
    )
    asked = asked_of(read_address(text), campaigns, Limits(), "en")
    assert read_address(address(asked.pairs())) == read_address(text)


def test_blanks_ask_for_nothing_and_digits_may_be_grouped(campaigns: dict[str, Plannable]) -> None:
    asked = asked_of(
        read_address("campaign=k1&budget=20+000&max_creators=&most_share=12,5"),
        campaigns,
        Limits(),
        "fr",
    )
    assert (asked.budget, asked.max_creators, asked.most_share) == (20_000.0, None, 12.5)


@pytest.mark.parametrize(
    ("text", "field", "says"),
    [
        ("budget=30", "campaign", "needed"),
        ("campaign=k1", "budget", "needed"),
        ("campaign=../../etc/passwd&budget=30", "campaign", "No such campaign"),
        ("campaign=k1' OR 1=1 --&budget=30", "campaign", "No such campaign"),
        ("campaign=k1&budget=-5", "budget", "above 0"),
        ("campaign=k1&budget=nan", "budget", "number"),
        ("campaign=k1&budget=inf", "budget", "number"),
        ("campaign=k1&budget=20,000", "budget", "number"),
        ("campaign=k1&budget=1e13", "budget", "at most"),
        ("campaign=k1&budget=30&max_creators=0", "max_creators", "at least 1"),
        ("campaign=k1&budget=30&max_creators=2.5", "max_creators", "whole number"),
        ("campaign=k1&budget=30&max_creators=1&min_creators=2", "max_creators", "below the least"),
        ("campaign=k1&budget=30&most_share=101", "most_share", "at most 100"),
        ("campaign=k1&budget=30&caution=0.6", "caution", "at most 0.5"),
        ("campaign=k1&budget=30&tier.nano=-1", "tier.nano", "at least 0"),
        ("campaign=k1&budget=30&tier.huge=1", "", "tier.huge is on no package"),
        ("campaign=k1&budget=30&in.z.who=M&in.z.why=y", "", "z offers this campaign no package"),
        ("campaign=k1&budget=30&in.a.who=M", "in.a.why", "needed"),
        ("campaign=k1&budget=30&in.a.who=M&in.a.why=y&out.a.who=M&out.a.why=y", "", "wanted in and out"),
        (f"campaign=k1&budget=30&in.a.who=M&in.a.why={'y' * 201}", "in.a.why", "at most 200"),
        ("campaign=k1&budget=30&seed=3", "seed", "seed is not known"),
        ("campaign=k1&budget=30&forced=a", "forced", "not known"),
        ("campaign=k1&budget=30&platform=video", "platform", "not known"),
        ("campaign=k1&budget=30&in.a=x", "in.a", "not known"),
        ("campaign=k1&budget=30&budget=40", "", "Given twice in the address: budget"),
    ],
)  # fmt: skip
def test_what_is_wrong_is_told_at_its_field(
    campaigns: dict[str, Plannable], text: str, field: str, says: str
) -> None:
    assert says in problems_of(text, campaigns)[field]


def test_more_fields_than_a_form_has_are_not_read() -> None:
    with pytest.raises(Problems, match="more than this page can read"):
        read_address("&".join(f"f{number}=1" for number in range(MOST_FIELDS + 1)))


def test_what_no_address_can_say_of_a_file_holds(campaigns: dict[str, Plannable]) -> None:
    base = Limits(
        groups=(
            Group("brand_set", "rivals", most=1, creators=("a", "b.who")),
            Group("platform", "video", fewest=1, most=2),
        ),
        exclusive=(("a", "b.who"),),
        seed=3,
        max_creators=5,
        forced=(Override("a", "Marie", "met"), Override("elsewhere", "Marie", "met")),
    )
    start = Asked.start(campaigns["k1"], base)
    assert start.max_creators == 5
    assert start.platform == {"video": 2}
    # Who is not on offer here is no field of the form.
    assert list(start.forced) == ["a"]
    told = limits_in("campaign=k1&budget=30", campaigns, base)
    # The form may take back what it shows: the number of creators, the most of videos.
    assert told.max_creators is None
    assert told.groups == (Group("platform", "video", fewest=1), base.groups[0])
    assert (told.exclusive, told.seed, told.forced) == (base.exclusive, 3, ())
    below = problems_of("campaign=k1&budget=30&platform.video=0", campaigns, base)
    assert "at least 1" in below["platform.video"]


@given(some_limits)
@settings(max_examples=100, deadline=None)
def test_limits_written_as_a_file_are_read_as_they_were(asked: Limits) -> None:
    # A file holds no group without a limit, and its groups in one order.
    order = [*GROUPED_BY, "brand_set"]
    held = [group for group in asked.groups if (group.fewest, group.most, group.most_share) != NONE]
    asked = replace(asked, groups=tuple(sorted(held, key=lambda group: order.index(group.by))))
    assert limits_of(tomllib.loads(limits_toml(asked)), "here") == asked


def test_texts_of_a_person_break_no_file() -> None:
    why = 'a "quote", a \\ and\na line\x7f é ≥'
    asked = Limits(
        forced=(Override("c[1]", "M\tP", why),), groups=(Group("tier", 'a"b.c', most=1),)
    )
    assert limits_of(tomllib.loads(limits_toml(asked)), "here") == asked


def clicked(text: str) -> str | None:
    found = Address.of(read_address(text), "en").after_clicks()
    return None if found is None else found.text()


def test_clicks_lead_to_addresses_without_them() -> None:
    told = "campaign=k1&budget=30"
    assert clicked(told) is None
    decided = f"{told}&out.a.who=Marie&out.a.why=a+rival"
    # Who decides stays in the form; why belongs to one decision.
    assert clicked(f"{told}&who=Marie&why=a+rival&exclude=a") == f"{decided}&who=Marie"
    assert clicked(f"{told}&who=Marie&why=a+rival&creator=a&act=exclude") == f"{decided}&who=Marie"
    by_default = "who=planner+page&in.a.why=chosen+on+the+page"
    assert clicked(f"{decided}&force=a") == f"{told}&in.a.{by_default}"
    assert clicked(f"{decided}&undo=a") == told
    other = "campaign%3Dk1%26budget%3D20"
    assert clicked(f"{told}&compare=keep") == f"{told}&against=campaign%3Dk1%26budget%3D30"
    swapped = "campaign=k1&budget=20&against=campaign%3Dk1%26budget%3D30"
    assert clicked(f"{told}&against={other}&compare=swap") == swapped
    assert clicked(f"{told}&against={other}&compare=end") == told


@pytest.mark.parametrize("text", ["lang=xx", "act=kill&creator=a", "compare=all"])
def test_a_choice_that_there_is_not_is_refused(text: str) -> None:
    with pytest.raises(Problems, match="is none of"):
        Address.of(read_address(text), "en").check()


def test_signs_beyond_the_first_plane_come_back_from_the_file() -> None:
    asked = replace(Limits(), forced=(Override("a", "Marie \U0001f600", "sa\x7fid"),))
    assert limits_of(tomllib.loads(limits_toml(asked)), "here") == asked


@pytest.mark.parametrize(
    ("base", "says"),
    [
        (Limits(most_share=0.0), "most_share"),
        (Limits(most_cost=1e13), "most_cost"),
        (
            Limits(forbidden=tuple(Override(f"c{i}", "x", "y") for i in range(MOST_DECISIONS + 1))),
            "more than 100",
        ),
    ],
)
def test_limits_that_no_address_can_begin_with_are_refused_at_the_start(
    base: Limits, says: str
) -> None:
    packages = pd.DataFrame({"creator_id": [f"c{i}" for i in range(200)], "cost": 1.0})
    packages = packages.assign(platform="video", language="fr", tier="nano")
    of = Plannable("k1", None, "EUR", datetime(2024, 1, 1), packages, ())
    check_start(of, Limits())
    with pytest.raises(UserError, match=says):
        check_start(of, base)
