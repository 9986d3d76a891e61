"""Plans as the planner page asks for them: made on request, remembered, each part by itself."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from functools import lru_cache

import pandas as pd

from models.joint import draw_conversions
from serving.limits import Limits
from serving.optimum import GAP
from serving.plannable import Plannable
from serving.planning import (
    DRAWS,
    Choice,
    Floats,
    Planned,
    choose,
    curve_of,
    make_plan,
    misses_of,
    overrides_of,
)

QUICK_GAP = 1e-2
"""What is proven where exactness takes longer than a person waits."""
EXACT_UP_TO = 400
"""Packages up to which a page's plan is as exact as that of `suasion plan`."""
REMEMBERED = 128
DRAWN = 4
"""Campaigns whose draws are remembered: each is `DRAWS` numbers a package."""
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
        self._draws = lru_cache(DRAWN)(self._drawn)

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
        joint = None if limits.caution is None else self._draws(campaign, limits.seed)
        of = self.campaigns[campaign]
        return choose(of, budget, limits, gap=self.gap(campaign), joint=joint)

    def _curve(self, campaign: str, budget: float, limits: Limits) -> pd.DataFrame:
        return curve_of(self.choice(campaign, budget, limits), QUICK_GAP)

    def _misses(self, campaign: str, budget: float, limits: Limits) -> pd.DataFrame:
        return misses_of(self.choice(campaign, budget, limits), self.gap(campaign))

    def _overrides(self, campaign: str, budget: float, limits: Limits) -> pd.DataFrame:
        return overrides_of(self.choice(campaign, budget, limits), self.gap(campaign))

    def _planned(self, campaign: str, budget: float, limits: Limits) -> Planned:
        """The plan of `suasion plan`, with all that its files tell."""
        return make_plan(self.campaigns[campaign], budget, limits)

    def warm(self) -> None:
        """Plan once, so that the first visitor does not wait for what is loaded on first use."""
        campaign, of = next(iter(self.campaigns.items()))
        self.choice(campaign, of.budget, replace(Limits(), max_creators=1))
