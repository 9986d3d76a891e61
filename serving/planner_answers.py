"""What an address of the planner page is answered with: pages, their parts, and files."""

from __future__ import annotations

import logging
from dataclasses import dataclass, replace

from features.errors import Exit, UserError
from features.names import Language
from serving.conflict import Unmet
from serving.limits import Limits
from serving.plan_page import plan_page
from serving.planner_clicks import Address
from serving.planner_comparison import broken_comparison, comparison
from serving.planner_page import curve_part, misses_part, planner_page
from serving.planner_plans import Plans
from serving.planner_query import Asked, Problems, asked_of, read_address
from serving.planner_sheets import Sheets
from serving.planning import Choice, Planned
from serving.said import sentences

Key = tuple[str, float, Limits]
"""What a plan depends on: campaign, budget, limits."""
WRONG, CONFLICT = 422, 409
"""Statuses of an address that asks for no plan, and of limits that cannot be met."""

log = logging.getLogger("suasion.planner")


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
        return replace(at, pairs=tuple(pairs), clicks={})

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
            return broken_comparison(at, told_in(error, at.language))
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
            return (
                planner_page(at, campaigns, self.base, conflict=told_in(error, at.language)),
                status_of(error),
                None,
            )
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

    def planned(self, at: Address) -> Planned:
        """The plan as its files tell it.

        Raises
        ------
        Problems, UserError
            An address that asks for no plan, limits that cannot be met, a plan that pays nobody.
        """
        key = self.key(self.asked(at))
        if not self.plans.choice(*key).made.chosen:
            raise UserError(sentences("planner", at.language)["nobody"])
        return self.plans.planned(*key)

    def report(self, at: Address) -> str:
        """The report of a plan; errors are those of `planned`."""
        return plan_page(self.planned(at), language=at.language)

    def part(self, name: str, at: Address, key: Key) -> str:
        """One of the parts of the page that take longer.

        Raises
        ------
        UserError
            A decision without which the limits cannot be met has no cost to tell.
        """
        choice = self.plans.choice(*key)
        if name == "curve":
            return curve_part(at, choice, self.plans.curve(*key))
        return misses_part(at, choice, self.plans.misses(*key), self.plans.overrides(*key))

    def part_or_nothing(self, name: str, at: Address, key: Key) -> str:
        """The same for a page that has begun: nothing where there is nothing to tell."""
        try:
            return self.part(name, at, key)
        except UserError as error:
            log.warning("%s: %s", name, error)
            return ""


def told_in(error: UserError, language: Language) -> str:
    """An error in a language: what limits cannot be met is told in each, the rest in English."""
    return error.told(language) if isinstance(error, Unmet) else str(error)


def status_of(error: UserError) -> int:
    """The status of a page that tells an error."""
    return CONFLICT if error.exit_status == Exit.PLAN else WRONG
