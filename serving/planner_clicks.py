"""Clicks on the planner page: each leads to the address of another plan."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Self

from features.names import LANGUAGES, Language
from serving.planner_query import (
    LONGEST,
    SIDES,
    Pairs,
    Problems,
    address,
    language_of,
    read_address,
)
from serving.said import sentences

OWN = ("lang", "who", "why", "against")
"""What an address says beside the plan."""
CLICKS = ("exclude", "force", "undo", "creator", "act", "compare")
ACTS = {"force": "in", "exclude": "out"}
"""What is done with a creator -> where it then stands in the address."""
COMPARE = ("keep", "swap", "end")


@dataclass(frozen=True)
class Address:
    """An address, taken apart.

    Attributes
    ----------
    pairs : tuple of (str, str)
        What says which plan it is.
    language : {'en', 'fr'}
        Of the page, with what the address says of it in `lang`, "" for nothing.
    who, why : str
        What the next decision will say; empty where the form was left so.
    against : str
        The address of the plan to compare with, else empty.
    clicks : mapping
        What was clicked.
    """

    pairs: tuple[tuple[str, str], ...]
    language: Language
    lang: str = ""
    who: str = ""
    why: str = ""
    against: str = ""
    clicks: Mapping[str, str] = field(default_factory=dict)

    @classmethod
    def of(cls, pairs: Pairs, default: Language) -> Self:
        """The parts of an address."""
        told = dict(pairs)
        return cls(
            tuple((name, value) for name, value in pairs if name not in (*OWN, *CLICKS)),
            language_of(pairs, default),
            **{name: told.get(name, "") for name in OWN},
            clicks={name: told[name] for name in CLICKS if name in told},
        )

    def check(self) -> None:
        """Look at what is no plan's.

        Raises
        ------
        Problems
            A language that no page has, a click that is not known, or words that are too long.
        """
        words = sentences("planner", self.language)
        problems = {
            name: words["error_long"].format(limit=LONGEST)
            for name in ("who", "why")
            if len(getattr(self, name)) > LONGEST
        }
        told = {"lang": self.lang, **self.clicks}
        for name, allowed in (("lang", LANGUAGES), ("act", tuple(ACTS)), ("compare", COMPARE)):
            if told.get(name, "") not in ("", *allowed):
                problems[""] = words["error_choice"].format(name=name, known=", ".join(allowed))
        if problems:
            raise Problems(problems)

    def whole(self) -> list[tuple[str, str]]:
        """All of it but the clicks."""
        others = {name: getattr(self, name) for name in OWN}
        return [*self.pairs, *((name, value) for name, value in others.items() if value)]

    def text(self) -> str:
        """As an address."""
        return address(self.whole())

    def plan(self) -> str:
        """The address of the plan alone: as another is compared with it, and as files are."""
        return address(self.pairs)

    def after_clicks(self) -> Self | None:
        """Where the clicks lead; None where nothing was clicked.

        Raises
        ------
        Problems
            A creator without an act, or an act without a creator.
        """
        if not self.clicks:
            return None
        if "compare" in self.clicks:
            return self._compared(self.clicks["compare"])
        words = sentences("planner", self.language)
        for act, side in ACTS.items():
            creator = self.clicks.get(act)
            if self.clicks.get("act") == act:
                creator = self.clicks.get("creator")
                if not creator:
                    raise Problems({"creator": words["error_missing"]})
            if creator:
                return self._decided(creator, side)
        if "undo" in self.clicks:
            return replace(self, pairs=self._without(self.clicks["undo"]), clicks={})
        return replace(self, clicks={})  # a creator was typed, and nothing said of it

    def _without(self, creator: str) -> tuple[tuple[str, str], ...]:
        names = {f"{side}.{creator}.{of}" for side in SIDES for of in ("who", "why")}
        return tuple((name, value) for name, value in self.pairs if name not in names)

    def _decided(self, creator: str, side: str) -> Self:
        words = sentences("planner", self.language)
        decision = (
            (f"{side}.{creator}.who", self.who or words["who_by_default"]),
            (f"{side}.{creator}.why", self.why or words["why_by_default"]),
        )
        return replace(self, pairs=(*self._without(creator), *decision), why="", clicks={})

    def _compared(self, how: str) -> Self:
        if how == "keep":
            return replace(self, against=self.plan(), clicks={})
        if how == "swap" and self.against:
            other = tuple(read_address(self.against))
            return replace(self, pairs=other, against=self.plan(), clicks={})
        return replace(self, against="", clicks={})
