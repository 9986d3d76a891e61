"""What the address of the planner page asks for: read, checked, and written again.

A plan is a function of its address alone. So a page can be shared, kept and gone back to, no
request changes anything, and there is no state that a forged request could change.

| in the address         | is                                                              |
|------------------------|-----------------------------------------------------------------|
| campaign, budget       | what is planned                                                 |
| min_creators, ...      | limits as in limits.toml; most_share and explore in percent     |
| platform.NAME          | at most so many creators of a platform; so language., tier.     |
| in.ID.who, in.ID.why   | a creator that a person wants in; so out.                       |
| who, why               | what the next decision will say                                 |
| against                | the address of another plan to compare this one with            |
| lang                   | language of the page                                            |
| exclude, force, undo, creator with act, compare | a click: it leads to an address without it |
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from typing import Annotated, Any, Self
from urllib.parse import parse_qsl, urlencode

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, ValidationError

from features.errors import UserError
from features.names import LANGUAGES, Language
from serving.limits import GROUPED_BY, Group, Limits, Override
from serving.plannable import Plannable
from serving.said import sentences

Pairs = Sequence[tuple[str, str]]

MOST_FIELDS = 1000
MOST_DECISIONS = 100
LONGEST = 200
PERCENT = 100
SIDES = {"in": "forced", "out": "forbidden"}
"""Where a creator stands in the address -> in the limits."""


def _plain(value: object) -> object:
    """Digits may be grouped by spaces, and a comma may stand before one or two decimals."""
    if not isinstance(value, str):
        return value
    together = re.sub(r"(?<=\d)[\s\u00a0\u202f](?=\d{3}(\D|$))", "", value)
    return re.sub(r"^(\d+),(\d{1,2})$", r"\1.\2", together)


Amount = Annotated[float, Field(gt=0, le=1e12, allow_inf_nan=False), BeforeValidator(_plain)]
Count = Annotated[int, Field(ge=0, le=1_000_000), BeforeValidator(_plain)]
Share = Annotated[float, Field(ge=0, le=PERCENT, allow_inf_nan=False), BeforeValidator(_plain)]
Line = Annotated[str, Field(max_length=LONGEST, min_length=1)]


class Decision(BaseModel):
    """Who wants a creator in or out, and why."""

    model_config = ConfigDict(extra="forbid", frozen=True, str_strip_whitespace=True)

    who: Line
    why: Line


class Asked(BaseModel):
    """A plan as its address asks for it."""

    model_config = ConfigDict(extra="forbid", frozen=True, str_strip_whitespace=True)

    campaign: str
    budget: Amount
    min_creators: Count | None = None
    max_creators: Annotated[Count, Field(ge=1)] | None = None
    most_share: Annotated[Share, Field(gt=0)] | None = None
    most_cost: Amount | None = None
    caution: Annotated[float, Field(gt=0, le=0.5)] | None = None
    explore: Share | None = None
    value: Amount | None = None
    platform: dict[str, Count] = {}
    language: dict[str, Count] = {}
    tier: dict[str, Count] = {}
    forced: dict[str, Decision] = {}
    forbidden: dict[str, Decision] = {}

    def limits(self, base: Limits) -> Limits:
        """The limits that hold: these, and what no address can say of those that began."""
        return replace(
            base,
            min_creators=self.min_creators,
            max_creators=self.max_creators,
            most_share=None if self.most_share is None else self.most_share / PERCENT,
            most_cost=self.most_cost,
            caution=self.caution,
            explore=(self.explore or 0.0) / PERCENT,
            value_per_conversion=self.value,
            groups=self._groups(base),
            forced=_overrides(self.forced),
            forbidden=_overrides(self.forbidden),
        )

    def _groups(self, base: Limits) -> tuple[Group, ...]:
        most = {(by, name): count for by in GROUPED_BY for name, count in getattr(self, by).items()}
        held = [
            replace(group, most=most.pop((group.by, group.name), None))
            if group.by in GROUPED_BY
            else group
            for group in base.groups
        ]
        held += [Group(by, name, most=count) for (by, name), count in most.items()]
        order = [*GROUPED_BY, *{group.by for group in held} - set(GROUPED_BY)]
        return tuple(
            group
            for group in sorted(held, key=lambda group: (order.index(group.by), group.name))
            if (group.fewest, group.most, group.most_share) != (None, None, None)
        )

    @classmethod
    def start(cls, campaign: Plannable, base: Limits) -> Self:
        """What a campaign's page begins with: the limits given, as far as an address can say."""
        groups: dict[str, dict[str, int]] = {by: {} for by in GROUPED_BY}
        for group in base.groups:
            is_here = group.by in GROUPED_BY and group.name in named(campaign, group.by)
            if is_here and group.most is not None:
                groups[group.by][group.name] = group.most
        return cls(
            campaign=campaign.campaign_id,
            budget=campaign.budget,
            min_creators=base.min_creators,
            max_creators=base.max_creators,
            most_share=None if base.most_share is None else base.most_share * PERCENT,
            most_cost=base.most_cost,
            caution=base.caution,
            explore=base.explore * PERCENT or None,
            value=base.value_per_conversion,
            forced=_decisions(base.forced, campaign.creators),
            forbidden=_decisions(base.forbidden, campaign.creators),
            **groups,
        )

    def pairs(self) -> list[tuple[str, str]]:
        """What an address says, in one order, blanks left out."""
        found: list[tuple[str, str]] = []
        for name, value in self:
            if value is None or value == {}:
                continue
            if name in GROUPED_BY:
                found += [(f"{name}.{key}", f"{count}") for key, count in sorted(value.items())]
            elif name in SIDES.values():
                side = next(side for side, of in SIDES.items() if of == name)
                for key, decision in sorted(value.items()):
                    found.append((f"{side}.{key}.who", decision.who))
                    found.append((f"{side}.{key}.why", decision.why))
            else:
                found.append((name, f"{value:.12g}" if isinstance(value, float) else str(value)))
        return found


def _overrides(decisions: Mapping[str, Decision]) -> tuple[Override, ...]:
    return tuple(Override(name, one.who, one.why) for name, one in sorted(decisions.items()))


def _decisions(overrides: Iterable[Override], known: frozenset[str]) -> dict[str, Decision]:
    return {
        one.creator: Decision(who=one.who[:LONGEST], why=one.why[:LONGEST])
        for one in overrides
        if one.creator in known
    }


def check_start(campaign: Plannable, base: Limits) -> None:
    """Whether an address can say what a campaign's page begins with.

    Raises
    ------
    UserError
        Exit 2: a limit of the file that the page's form cannot hold.
    """
    try:
        begun = Asked.start(campaign, base)
    except ValidationError as error:
        problem = error.errors()[0]
        raise UserError(
            f"{'.'.join(map(str, problem['loc']))} of the limits cannot begin a plan of the page "
            f"({problem['msg']}): change it, or plan with suasion plan --limits"
        ) from error
    if len(begun.forced) + len(begun.forbidden) > MOST_DECISIONS:
        raise UserError(
            f"the limits force and forbid more than {MOST_DECISIONS} creators of campaign "
            f"{campaign.campaign_id}, more than an address holds: plan with suasion plan --limits"
        )


def named(campaign: Plannable, by: str) -> list[str]:
    """The platforms, languages or tiers among a campaign's packages."""
    return sorted(map(str, campaign.packages[by].dropna().unique()))


class Problems(Exception):
    """An address that asks for no plan: field -> what is wrong with it, "" for the whole."""

    def __init__(self, told: Mapping[str, str]) -> None:
        super().__init__("; ".join(told.values()))
        self.told = dict(told)


def read_address(text: str) -> list[tuple[str, str]]:
    """The pairs of an address after its question mark, blanks left out.

    Raises
    ------
    Problems
        More fields than any form of ours has, or one that is given twice.
    """
    words = sentences("planner", "en")
    try:
        pairs = parse_qsl(text, max_num_fields=MOST_FIELDS)
    except ValueError:
        raise Problems({"": words["error_many"]}) from None
    found = [(name, value.strip()) for name, value in pairs if value.strip()]
    names = [name for name, _ in found]
    twice = [name for name in dict.fromkeys(names) if names.count(name) > 1]
    if twice:
        raise Problems({"": words["error_twice"].format(names=", ".join(twice[:3]))})
    return found


def address(pairs: Pairs) -> str:
    """Pairs as an address."""
    return urlencode(list(pairs))


def asked_of(
    pairs: Pairs, campaigns: Mapping[str, Plannable], base: Limits, language: Language
) -> Asked:
    """What the pairs ask for, of campaigns and creators that are known.

    Parameters
    ----------
    base : Limits
        What was given when the page was started: no address goes below its least numbers.

    Raises
    ------
    Problems
        In the words of the language, at each field that is wrong.
    """
    words = sentences("planner", language)
    told: dict[str, str] = {}
    tree = _tree(pairs)
    try:
        asked = Asked.model_validate(tree)
    except ValidationError as error:
        for problem in error.errors():
            told.setdefault(_field(problem["loc"]), _sentence(problem, words))
        raise Problems(told) from None
    if asked.campaign not in campaigns:
        known = f"{len(campaigns)}"
        raise Problems({"campaign": words["error_campaign"].format(known=known)})
    campaign = campaigns[asked.campaign]
    for by in GROUPED_BY:
        for name in sorted(set(getattr(asked, by)) - set(named(campaign, by))):
            told[""] = words["error_group"].format(name=f"{by}.{name}")
    both = set(asked.forced) & set(asked.forbidden)
    for name in sorted({*asked.forced, *asked.forbidden} - campaign.creators):
        told[""] = words["error_creator"].format(creator=name)
    for name in sorted(both):
        told[""] = words["error_both"].format(creator=name)
    if len(asked.forced) + len(asked.forbidden) > MOST_DECISIONS:
        told[""] = words["error_decisions"].format(most=MOST_DECISIONS)
    low, high = asked.min_creators, asked.max_creators
    if low is not None and high is not None and low > high:
        told["max_creators"] = words["error_order"].format(low=low)
    for group in base.groups:
        most = getattr(asked, group.by).get(group.name) if group.by in GROUPED_BY else None
        if most is not None and group.fewest is not None and most < group.fewest:
            told[f"{group.by}.{group.name}"] = words["error_least_of_file"].format(low=group.fewest)
    if told:
        raise Problems(told)
    return asked


def _tree(pairs: Pairs) -> dict[str, Any]:
    """Pairs as pydantic takes them: dotted names as tables."""
    tree: dict[str, Any] = {}
    for name, value in pairs:
        head, dot, rest = name.partition(".")
        key, _, last = rest.rpartition(".")
        if dot and head in GROUPED_BY and rest:
            tree.setdefault(head, {})[rest] = value
        elif dot and head in SIDES and key:
            tree.setdefault(SIDES[head], {}).setdefault(key, {})[last] = value
        elif head in (*GROUPED_BY, *SIDES.values()):
            tree[f"{name} "] = value  # no name of a field: refused as unknown
        else:
            tree[name] = value
    return tree


def _field(place: tuple[int | str, ...]) -> str:
    """A place in the tree as a name in the address."""
    head, *rest = map(str, place)
    sides = {of: side for side, of in SIDES.items()}
    return ".".join([sides.get(head, head), *rest]).strip()


def _sentence(problem: Mapping[str, Any], words: Mapping[str, Any]) -> str:
    """What pydantic found, in the words of the page."""
    kind, about = problem["type"], problem.get("ctx", {})
    if kind == "extra_forbidden":
        return str(words["error_unknown"].format(name=_field(problem["loc"])[:LONGEST]))
    for name, limit in (
        ("error_above", about.get("gt")),
        ("error_least", about.get("ge")),
        ("error_most", about.get("le")),
        ("error_long", about.get("max_length")),
    ):
        if limit is not None:
            return str(words[name].format(limit=f"{limit:,g}" if limit < 1e9 else f"{limit:g}"))
    if kind.startswith("int"):
        return str(words["error_count"])
    return str(words["error_missing" if kind == "missing" else "error_number"])


def language_of(pairs: Pairs, default: Language) -> Language:
    """The language that an address asks for; the default where it asks for none that is known."""
    wanted = dict(pairs).get("lang")
    return next((language for language in LANGUAGES if language == wanted), default)
