"""Plans as the planner page asks for them: made on request, remembered, each part by itself."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from functools import lru_cache

import pandas as pd

from models.joint import draw_conversions
from serving.alternatives import near_misses, override_costs
from serving.limits import Limits
from serving.optimum import GAP
from serving.plannable import Plannable
from serving.planning import DRAWS, Choice, Floats, Planned, choose, curve_of, make_plan

QUICK_GAP = 1e-2
"""What is proven where exactness takes longer than a person waits."""
EXACT_UP_TO = 400
"""Packages up to which a page's plan is as exact as that of `suasion plan`."""
REMEMBERED = 128
FILES = 8
"""Plans remembered for the page, and with all that their files tell."""


class Plans:
    """The plans of some campaigns; safe to ask from several threads.

    Parameters
    ----------
    campaigns : mapping
        Id -> campaign.
    """

    def __init__(self, campaigns: Mapping[str, Plannable]) -> None:
        self.campaigns = campaigns
        self.choice = lru_cache(REMEMBERED)(self._choice)
        self.curve = lru_cache(REMEMBERED)(self._curve)
        self.misses = lru_cache(REMEMBERED)(self._misses)
        self.overrides = lru_cache(REMEMBERED)(self._overrides)
        self.planned = lru_cache(FILES)(self._planned)
        self._draws = lru_cache(len(campaigns))(self._drawn)

    def gap(self, campaign: str) -> float:
        """Share of the objective within which plans of the page are proven."""
        return GAP if len(self.campaigns[campaign].packages) <= EXACT_UP_TO else QUICK_GAP

    def _drawn(self, campaign: str, seed: int) -> Floats:
        return draw_conversions(self.campaigns[campaign].packages, DRAWS, seed)

    def _choice(self, campaign: str, budget: float, limits: Limits) -> Choice:
        """The plan alone.

        Raises
        ------
        UserError
            As `serving.planning.choose`.
        """
        of = self.campaigns[campaign]
        return choose(
            campaign,
            of.packages,
            budget,
            limits,
            self._draws(campaign, limits.seed),
            currency=of.currency,
            gap=self.gap(campaign),
        )

    def _curve(self, campaign: str, budget: float, limits: Limits) -> pd.DataFrame:
        return curve_of(self.choice(campaign, budget, limits), QUICK_GAP)

    def _misses(self, campaign: str, budget: float, limits: Limits) -> pd.DataFrame:
        made = self.choice(campaign, budget, limits).made
        packages = self.campaigns[campaign].packages
        return near_misses(packages, budget, limits, made, gap=self.gap(campaign))

    def _overrides(self, campaign: str, budget: float, limits: Limits) -> pd.DataFrame:
        choice = self.choice(campaign, budget, limits)
        return override_costs(
            choice.packages,
            budget,
            limits,
            choice.made,
            draws=choice.joint,
            gap=self.gap(campaign),
        )

    def _planned(self, campaign: str, budget: float, limits: Limits) -> Planned:
        """The plan of `suasion plan`, with all that its files tell."""
        of = self.campaigns[campaign]
        return make_plan(campaign, of.packages, budget, limits, currency=of.currency)

    def warm(self) -> None:
        """Plan once, so that the first visitor does not wait for what is loaded on first use."""
        campaign, of = next(iter(self.campaigns.items()))
        self.choice(campaign, of.budget, replace(Limits(), max_creators=1))
