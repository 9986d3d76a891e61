"""Two plans of a campaign side by side, and what differs, under the luck that both share."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from models.joint import draw_conversions, interval_of_total
from serving.limits import GROUPED_BY
from serving.plan_page import Report
from serving.planner_clicks import Address
from serving.planner_query import PERCENT, SIDES, Asked
from serving.planning import DRAWS, Choice, Floats
from serving.said import sentences


def comparison(
    at: Address, asked: Mapping[str, Asked], choices: Mapping[str, Choice]
) -> dict[str, Any]:
    """Two plans of a campaign side by side: "a" is the one kept, "b" the page's.

    The difference is drawn with the luck that both plans share.
    """
    words = sentences("planner", at.language)
    a, b = choices["a"], choices["b"]
    said = Report.to(b, at.language)
    money = said.in_currency(b.of.currency)
    lines: list[list[str]] = []
    for name, told_of in (
        ("budget", lambda one: money(one.budget)),
        ("compare_conversions", lambda one: said.count(one.total["conversions"])),
        ("compare_range", lambda one: said.between(one.total)),
        ("compare_spent", lambda one: money(one.total["cost"])),
        ("compare_creators", lambda one: said.count(one.total["creators"])),
        ("compare_each", lambda one: _each(one, money)),
    ):
        lines.append([words[name], told_of(a), told_of(b)])
    ours = {side: _limits_told(one, words) for side, one in asked.items()}
    shared = [line for line in ours["a"] if line in ours["b"]]
    own = {
        side: "; ".join(line for line in of if line not in shared) or words["no_limits"]
        for side, of in ours.items()
    }
    if ours["a"] != ours["b"]:
        lines.append([words["compare_limits"], own["a"], own["b"]])
    bought = {
        side: {
            line["creator_id"]: (line["package"], line["posts"])
            for line in of.chosen.to_dict("records")
        }
        for side, of in choices.items()
    }
    both = sorted(set(bought["a"]) & set(bought["b"]))
    same = [name for name in both if bought["a"][name] == bought["b"][name]]
    parts = {
        "only_a": sorted(set(bought["a"]) - set(bought["b"])),
        "only_b": sorted(set(bought["b"]) - set(bought["a"])),
        "other_package": [name for name in both if name not in same],
        "in_both": same,
    }
    return {
        "lines": lines,
        "difference": _difference(a, b, said, words) if asked["a"] != asked["b"] else "",
        "parts": [
            (words[name], ", ".join(of) or words["nobody_there"])
            for name, of in parts.items()
            if of or name != "other_package"
        ],
        "problem": "",
    }


def broken_comparison(at: Address, problem: str) -> dict[str, Any]:
    """In place of a comparison with a plan that cannot be made."""
    words = sentences("planner", at.language)
    return {"problem": words["compare_broken"].format(problem=problem.replace("\n", " "))}


def _difference(a: Choice, b: Choice, said: Report, words: Mapping[str, Any]) -> str:
    gained = _drawn(b, b.limits.seed) - _drawn(a, b.limits.seed)
    low, high = (float(end) for end in interval_of_total(gained[:, None]))
    number = b.total["conversions"] - a.total["conversions"]
    name, sign = ("compare_more", 1) if number >= 0 else ("compare_fewer", -1)
    ends = sorted((sign * low, sign * high))
    return str(
        words[name].format(
            number=said.count(abs(number)), low=_signed(said, ends[0]), high=_signed(said, ends[1])
        )
    )


def _drawn(one: Choice, seed: int) -> Floats:
    """Draws of what a plan brings, shape (draws,): two plans of one seed share their luck."""
    lines = one.of.packages.iloc[list(one.made.chosen)]
    drawn: Floats = (draw_conversions(lines, DRAWS, seed) * np.array(one.made.counted)).sum(axis=1)
    return drawn


def _signed(said: Report, number: float) -> str:
    return said.count(number).replace("-", "−")


def _each(one: Choice, money: Any) -> str:
    conversions = one.total["conversions"]
    return str(money(one.total["cost"] / conversions)) if conversions > 0 else "–"


def _limits_told(asked: Asked, words: Mapping[str, Any]) -> list[str]:
    """The limits of a plan, each in words; not its campaign and budget."""
    found = []
    for name, value in asked.pairs():
        if name in ("campaign", "budget"):
            continue
        head, _, rest = name.partition(".")
        if head in SIDES:
            creator, _, last = rest.rpartition(".")
            if last == "who":
                found.append(f"{creator}: {words[f'side_{head}']}")
        elif head in GROUPED_BY:
            found.append(f"{rest}: ≤ {value}")
        elif name == "caution":
            found.append(exceeded(float(value), words))
        else:
            found.append(f"{words[name]}: {value}")
    return found


def exceeded(quantile: float, words: Mapping[str, Any]) -> str:
    """A quantile in words: what so many of 100 campaigns exceed."""
    return str(words["caution_at"].format(share=f"{PERCENT * (1 - quantile):.4g}"))
