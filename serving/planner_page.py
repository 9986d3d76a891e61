"""What the planner page shows: the form as it was sent, its plan, and two plans compared."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import pandas as pd
from markupsafe import Markup

from features.names import Language
from models.words import format_number
from serving.charts import amounts
from serving.limits import BRAND_SET, GROUPED_BY, Limits
from serving.pages import render
from serving.plan_page import Report
from serving.plannable import Plannable
from serving.planner_clicks import Address
from serving.planner_comparison import exceeded
from serving.planner_query import PERCENT, SIDES, address, named
from serving.planning import Choice
from serving.said import sentences

NUMBERS = ("max_creators", "min_creators", "most_share", "most_cost", "explore", "value")
"""Fields of numbers below the budget, in the order shown."""
CAUTION = ("0.4", "0.3", "0.2", "0.1", "0.05")
"""Quantiles that the form offers."""
QUICK = 1e-3
"""A gap above which the page says that files are more exact."""
AROUND = "<!-- around -->"
"""Where in the page the parts come that take longer."""
PARTS = ("curve", "misses")


def planner_page(
    at: Address,
    campaigns: Mapping[str, Plannable],
    base: Limits,
    *,
    problems: Mapping[str, str] | None = None,
    conflict: str = "",
    choice: Choice | None = None,
    compared: Mapping[str, Any] | None = None,
    has_sheets: bool = False,
    around: str = "",
) -> str:
    """The page, as text of UTF-8.

    Parameters
    ----------
    at : Address
        What was asked, shown as it was sent.
    problems : mapping, optional
        Field -> what is wrong with it, "" for the whole.
    conflict : str
        Why the limits cannot be met.
    choice : Choice, optional
        The plan.
    compared : mapping, optional
        As `serving.planner_comparison.comparison` gives it.
    around : str
        In place of the curve and of who just missed: `AROUND`, or `being_computed`.
    """
    problems = problems or {}
    words = sentences("planner", at.language)
    told = Report.to(choice, at.language).words if choice else sentences("plan", at.language)
    values = dict(at.pairs)
    campaign = campaigns.get(values.get("campaign", ""))
    result = None
    if choice is not None:
        result = _result(choice, at, words)
    first = next(iter(problems.values()), conflict.partition("\n")[0])
    status = result["summary"] if result else words["summary_problem"].format(problem=first)
    heading = words["heading_none"]
    if campaign is not None:
        heading = words["heading"].format(campaign=campaign.campaign_id)
    return render(
        "planner.html",
        language=at.language,
        words=words,
        told=told,
        heading=heading,
        currency=campaign.currency if campaign else None,
        about=_about(campaign, at),
        at=at,
        values=values,
        problems=problems,
        fields=NUMBERS,
        wrong_limits=any(_is_limit(name) for name in problems),
        wrong_persons=any(_is_decided(name) for name in problems),
        limits_set=_number_set(sum(_is_limit(name) for name in values), words),
        persons_set=_number_set(len(_decisions(at, words)), words),
        labels={name: words[name] for name in ("campaign", "budget", "caution", *NUMBERS)},
        campaigns=[(one.campaign_id, _named(one, words)) for one in campaigns.values()],
        cautions=_cautions(values.get("caution", ""), words, at.language),
        groups=_groups(campaign, values, words),
        decisions=_decisions(at, words),
        creators=sorted(campaign.creators) if campaign else [],
        also=_also(campaign, base, words),
        status=status,
        conflict=conflict.splitlines(),
        result=result,
        compared=compared,
        has_sheets=has_sheets,
        switch=address([*_but_lang(at), ("lang", words["switch_lang"])]),
        around=Markup(around),
    )


def being_computed(language: Language) -> str:
    """In place of the parts of the page that a script asks for later."""
    words = sentences("planner", language)
    return render("planner_around.html", words=words, parts=PARTS)


def curve_part(at: Address, choice: Choice, curve: pd.DataFrame) -> str:
    """The part of the page about other budgets."""
    words, said = sentences("planner", at.language), Report.to(choice, at.language)
    told = said.words
    known = curve.dropna(subset=["aim"])
    picture = ""
    if len(known) > 1:
        picture = amounts(
            [(line["budget"], line["aim"]) for line in known.to_dict("records")],
            (choice.budget, choice.made.aim),
            told["curve_picture"],
            told["budget"],
            told["aim_axis"],
            said.count,
        )
    rows = [
        (cells, address([*_with(at, budget=f"{budget:.12g}")]))
        for cells, budget in zip(said.curve(curve, choice), curve["budget"], strict=True)
    ]
    return render(
        "planner_curve.html",
        words=words,
        told=told,
        picture=Markup(picture),
        rows=rows,
    )


def misses_part(at: Address, choice: Choice, misses: pd.DataFrame, overrides: pd.DataFrame) -> str:
    """The part of the page about who just missed, and what decisions cost."""
    said = Report.to(choice, at.language)
    return render(
        "planner_misses.html",
        words=sentences("planner", at.language),
        told=said.words,
        misses=said.misses(misses, choice),
        overrides=said.overrides(overrides),
    )


def _result(choice: Choice, at: Address, words: Mapping[str, Any]) -> dict[str, Any]:
    """The plan in words and rows."""
    said = Report.to(choice, at.language)
    money, total = said.in_currency(choice.of.currency), choice.total
    rows = choice.chosen.to_dict("records")
    gap = f"{format_number(PERCENT * max(choice.made.gap, 0.0), 2, at.language)} %"
    found = {
        "rows": [
            said.row(line, choice) | {"id": line["creator_id"], "sheet": _sheet(line, at)}
            for line in rows
        ],
        "summary": words["summary"].format(
            creators=said.count(total["creators"]),
            conversions=said.count(total["conversions"]),
            low=said.count(total["conversions_low"]),
            high=said.count(total["conversions_high"]),
            cost=money(total["cost"]),
            budget=money(choice.budget),
        ),
        "tiles": said.tiles(choice),
        "cautions": said.cautions(choice),
        "proven": words["proven"].format(gap=gap),
        "is_quick": choice.made.gap > QUICK,
        "method": said.method(choice),
        "counted": "",
        "files": at.plan() + ("&" + address([("lang", at.lang)]) if at.lang else ""),
    }
    if rows:
        counted = said.words["incremental" if rows[0]["incremental"] else "attributed"]
        found["counted"] = " ".join([counted, *said.taken_off(choice)])
    return found


def _is_limit(field: str) -> bool:
    """Whether a field stands among the limits of the form."""
    return field in ("caution", *NUMBERS) or field.partition(".")[0] in GROUPED_BY


def _is_decided(field: str) -> bool:
    """Whether a field stands among the decisions of the form."""
    return field in ("creator", "who", "why") or field.partition(".")[0] in SIDES


def _number_set(number: int, words: Mapping[str, Any]) -> str:
    return words["number_set"].format(number=number) if number else ""


def _sheet(line: Mapping[Any, Any], at: Address) -> str:
    """The address of a chosen package's sheet."""
    pairs = [("campaign", line["campaign_id"]), ("creator", line["creator_id"])]
    if line["package"] is not None:
        pairs.append(("package", line["package"]))
    return address([*pairs, ("lang", at.language)])


def _about(campaign: Plannable | None, at: Address) -> str:
    if campaign is None:
        return ""
    as_of = campaign.packages["as_of"].max()
    about = sentences("planner", at.language)["about"]
    return str(
        about.format(
            told=_named(campaign, sentences("planner", at.language)),
            as_of=f"{as_of:%Y-%m-%d %H:%M}",
            model=campaign.model_version,
        )
    )


def _named(campaign: Plannable, words: Mapping[str, Any]) -> str:
    name = "campaign_told" if campaign.brand else "campaign_unbranded"
    return str(
        words[name].format(
            campaign=campaign.campaign_id,
            brand=campaign.brand,
            starts=f"{campaign.starts_at:%Y-%m-%d}",
        )
    )


def _cautions(value: str, words: Mapping[str, Any], language: Language) -> list[tuple[str, str]]:
    """What may be maximised: the quantile, as the form sends it, and its name."""
    found = [("", words["caution_expected"])]
    others = CAUTION if value in ("", *CAUTION) else (*CAUTION, value)
    for quantile in others:
        try:
            found.append((quantile, exceeded(float(quantile), words)))
        except ValueError:
            found.append((quantile, quantile))
    return found


def _groups(
    campaign: Plannable | None, values: Mapping[str, str], words: Mapping[str, Any]
) -> list[dict[str, Any]]:
    """Fields of platforms, languages and tiers."""
    if campaign is None:
        return []
    return [
        {
            "name": words[by],
            "fields": [(f"{by}.{name}", name) for name in named(campaign, by)],
            "is_set": any(f"{by}.{name}" in values for name in named(campaign, by)),
        }
        for by in GROUPED_BY
        if named(campaign, by)
    ]


def _decisions(at: Address, words: Mapping[str, Any]) -> list[dict[str, str]]:
    """Creators that a person wants in or out, each with its fields."""
    values = dict(at.pairs)
    names: dict[tuple[str, str], None] = {}
    for name in values:
        side, _, rest = name.partition(".")
        creator, dot, last = rest.rpartition(".")
        if side in SIDES and dot and last in ("who", "why"):
            names[creator, side] = None
    return [
        {
            "creator": creator,
            "side": words[f"side_{side}"],
            "at": f"{side}.{creator}",
            "who": values.get(f"{side}.{creator}.who", ""),
            "why": values.get(f"{side}.{creator}.why", ""),
        }
        for creator, side in sorted(names)
    ]


def _also(campaign: Plannable | None, base: Limits, words: Mapping[str, Any]) -> list[str]:
    """What holds beside the form: of the file of limits."""
    sets = sum(group.by == BRAND_SET for group in base.groups)
    groups = sum(
        group.by != BRAND_SET and (group.fewest is not None or group.most_share is not None)
        for group in base.groups
    )
    counts = {"sets": sets, "exclusive": len(base.exclusive), "groups": groups}
    parts = [words[f"also_{name}"].format(number=n) for name, n in counts.items() if n]
    told = [words["also"].format(what=", ".join(parts))] if parts else []
    if campaign is not None:
        named_there = {one.creator for one in (*base.forced, *base.forbidden)}
        strangers = sorted(named_there - campaign.creators)
        if strangers:
            told.append(words["left_out"].format(creators=", ".join(strangers)))
    return told


def _but_lang(at: Address) -> Sequence[tuple[str, str]]:
    return [pair for pair in at.whole() if pair[0] != "lang"]


def _with(at: Address, **changed: str) -> list[tuple[str, str]]:
    return [(name, changed.get(name, value)) for name, value in at.whole()]
