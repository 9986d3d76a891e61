"""Reasons and values in words: English and French."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Literal

from features.feature import EVEN, Feature, Unit
from features.names import Language

Side = Literal["for", "against"]

NBSP = "\u00a0"
NARROW = "\u202f"
"""No-break spaces of French typography: before : and %, and between thousands."""
LARGEST_LOG = 50.0
"""Log beyond which no ratio is shown: it only keeps exp from overflowing."""


@dataclass(frozen=True)
class Idiom:
    """How a language says what every reason has.

    Attributes
    ----------
    side : mapping
        The mark that a reason for or against starts with.
    odds : str
        Of somebody acting: rate against 1 - rate.
    usual, unknown : str
        In place of high and low; in place of the value.
    nothing : str
        Where there is no reason.
    units : mapping
        One, and several, of the word of a figure.
    """

    side: Mapping[Side, str]
    odds: str
    usual: str
    unknown: str
    nothing: str
    yes: str
    no: str
    units: Mapping[str, tuple[str, str]]


IDIOMS: Mapping[Language, Idiom] = {
    "en": Idiom(
        side={"for": "for: ", "against": "against: "},
        odds="odds",
        usual="about usual",
        unknown="unknown",
        nothing="nothing known sets it apart",
        yes="yes",
        no="no",
        units={
            "percent": (" %", " %"),
            "point": (" point", " points"),
            "view": (" per 1,000 views", " per 1,000 views"),
            "like": (" per 100 likes", " per 100 likes"),
            "week": (" a week", " a week"),
            "post": (" per post", " per post"),
            "day": (" day", " days"),
            "hour": (" h", " h"),
            "minute": (" min", " min"),
            "level": (" level", " levels"),
            "time": (" time", " times"),
            "creator": (" creator", " creators"),
            "word": (" word", " words"),
            "character": (" character", " characters"),
            "most": (" out of 1", " out of 1"),
        },
    ),
    "fr": Idiom(
        side={"for": f"pour{NBSP}: ", "against": f"contre{NBSP}: "},
        odds="chances",
        usual="niveau habituel",
        unknown="valeur inconnue",
        nothing="rien de connu ne fait la différence",
        yes="oui",
        no="non",
        units={
            "percent": (f"{NBSP}%", f"{NBSP}%"),
            "point": (f"{NBSP}point", f"{NBSP}points"),
            "view": (f" pour 1{NARROW}000{NBSP}vues", f" pour 1{NARROW}000{NBSP}vues"),
            "like": (f" pour 100{NBSP}likes", f" pour 100{NBSP}likes"),
            "week": (" par semaine", " par semaine"),
            "post": (" par publication", " par publication"),
            "day": (f"{NBSP}jour", f"{NBSP}jours"),
            "hour": (f"{NBSP}h", f"{NBSP}h"),
            "minute": (f"{NBSP}min", f"{NBSP}min"),
            "level": (f"{NBSP}niveau", f"{NBSP}niveaux"),
            "time": (f"{NBSP}fois", f"{NBSP}fois"),
            "creator": (f"{NBSP}créateur", f"{NBSP}créateurs"),
            "word": (f"{NBSP}mot", f"{NBSP}mots"),
            "character": (f"{NBSP}caractère", f"{NBSP}caractères"),
            "most": (" sur 1", " sur 1"),
        },
    ),
}

_TO_FRENCH = str.maketrans({",": NARROW, ".": ","})
_UP = 1 + 1e-8
"""Halves are common among shares of few, such as 1 of 8: they go away from zero, and what computing
adds or takes in the last digits does not decide it."""


Figure = tuple[int, int, str]
"""A number as it is shown: how many steps of the last decimal, how many decimals, the word for its
unit."""


def figure_of(unit: Unit, value: float) -> Figure:
    """What is shown of a known value: different values may show the same."""
    match unit:
        case "share":
            return _rounded(100 * value, 0, "percent")
        case "log ratio" | "log factor":
            return _finer_below_ten(_exp(value), 2, "ratio")
        case "share change":
            return _rounded(100 * value, 0, "point")
        case "score":
            return _rounded(value, 2, "most")
        case "score change":
            return _rounded(value, 2, "change")
        case "log per view":
            return _finer_below_ten(1000 * _exp(value), 2, "view")
        case "log per like":
            return _finer_below_ten(100 * _exp(value), 1, "like")
        case "per week":
            return _rounded(value, 1, "week")
        case "per post":
            return _rounded(value, 1, "post")
        case "days":
            return _finer_below_ten(value, 1, "day")
        case "hours":
            minutes = _rounded(60 * value, 0, "minute")
            return minutes if minutes[0] < 60 else _finer_below_ten(value, 1, "hour")
        case "levels":
            return _rounded(value, 1, "level")
        case "yes or no":
            return int(value >= EVEN["yes or no"]), 0, "yes or no"
        case "log words":
            return _rounded(_exp(value), 0, "word")
        case "log characters":
            return _rounded(_exp(value), 0, "character")
        case "log times":
            return _rounded(_exp(value) - 1, 0, "time")
        case "log creators":
            return _rounded(_exp(value) - 1, 1, "creator")
        case "count":
            return _rounded(value, 0)
        case "log":
            return _rounded(_exp(value), 0)
        case _:
            return _rounded(value, 2)


def _rounded(value: float, decimals: int, word: str = "") -> Figure:
    steps = int(abs(value) * 10**decimals * _UP + 0.5)
    return steps if value > 0 else -steps, decimals, word


def _finer_below_ten(value: float, decimals: int, word: str) -> Figure:
    """Whole from what is shown as 10 on: 9.96 days are 10 days, not 10.0."""
    fine = _rounded(value, decimals, word)
    return fine if abs(fine[0]) < 10 ** (decimals + 1) else _rounded(value, 0, word)


def _exp(value: float) -> float:
    return math.exp(min(value, LARGEST_LOG))


@lru_cache(maxsize=100_000)
def show(figure: Figure, language: Language = "en") -> str:
    """A figure with its unit and the marks of a language.

    Examples
    --------
    >>> show((62, 0, "percent")), show((140, 2, "ratio")), show((12_345, 0, ""))
    ('62 %', '×1.40', '12,345')
    """
    steps, decimals, word = figure
    idiom = IDIOMS[language]
    if word == "yes or no":
        return idiom.yes if steps else idiom.no
    sign = "+" if word in ("point", "change") and steps > 0 else ""
    text = f"{sign}{steps / 10**decimals:,.{decimals}f}"
    if language == "fr":
        text = text.translate(_TO_FRENCH)
    if word == "ratio":
        return f"×{text}"
    if word in ("", "change"):
        return text
    one, several = idiom.units[word]
    # Less than two are one in French; in English only a whole one is.
    is_one = abs(steps) < 2 * 10**decimals if language == "fr" else abs(steps) == 1 and not decimals
    return text + (one if is_one else several)


def format_number(value: float, decimals: int, language: Language = "en") -> str:
    """A number without unit, with so many decimals."""
    return show(_rounded(value, decimals), language)


def format_value(feature: Feature, value: float, language: Language = "en") -> str:
    """A known value of a feature as a person reads it, with its unit."""
    return show(figure_of(feature.unit, value), language)


@dataclass(frozen=True)
class Wording:
    """How a feature is spoken of where one value is typical.

    A value is high or low against the typical. Where the words themselves compare, as "more than it
    used to" does, they must be true too: whatever lies between the typical and what is even, ends
    included, is "about usual". So is what would be shown as the same figure as either: which of the
    two words it got would hang on digits that nobody sees.

    Attributes
    ----------
    feature : Feature
    language : str
    low_end, high_end : float
        Between them a value is about usual; NaN where nothing is typical.
    shown_ends : tuple of Figure
        The same as they are shown.
    said : dict
        What was said before, by figure: it depends on nothing else.
    """

    feature: Feature
    language: Language
    low_end: float
    high_end: float
    shown_ends: tuple[Figure, ...]
    said: dict[Figure | None, str] = field(default_factory=dict, repr=False, compare=False)

    @classmethod
    def of(cls, feature: Feature, typical: float, language: Language = "en") -> Wording:
        """Of a feature with a training median, NaN where it was never known."""
        even = EVEN.get(feature.unit, typical)
        is_flag = feature.unit == "yes or no"
        ends = sorted((even, even if is_flag or math.isnan(typical) else typical))
        shown = () if math.isnan(ends[0]) else tuple(figure_of(feature.unit, e) for e in ends)
        return cls(feature, language, ends[0], ends[1], shown)

    def __call__(self, value: float) -> str:
        """What a value, NaN where unknown, says of the creator."""
        figure = None if value != value else figure_of(self.feature.unit, value)
        if figure not in self.said:
            self.said[figure] = self._say(figure, value)
        return self.said[figure]

    def _say(self, figure: Figure | None, value: float) -> str:
        idiom = IDIOMS[self.language]
        high, low, topic = self.feature.words(self.language)
        if figure is None:
            return f"{topic} ({idiom.unknown})"
        if self.feature.unit == "yes or no":
            return high if figure[0] else low
        shown = show(figure, self.language)
        if math.isnan(self.low_end):
            return f"{topic} ({shown})"
        if figure not in self.shown_ends:
            if value > self.high_end:
                return f"{high} ({shown})"
            if value < self.low_end:
                return f"{low} ({shown})"
        return f"{topic} ({shown}, {idiom.usual})"


@lru_cache(maxsize=10_000)
def in_odds(hundredths: int, language: Language = "en") -> tuple[str, str]:
    """How a reason begins and ends that moves the odds by so many hundredths.

    Examples
    --------
    >>> in_odds(140)
    ('for: ', ', odds ×1.40')
    """
    idiom = IDIOMS[language]
    side = idiom.side["for" if hundredths > 100 else "against"]
    return side, f", {idiom.odds} {show((hundredths, 2, 'ratio'), language)}"


def read_reason(text: str) -> tuple[Side, str]:
    """The side and what is said of a reason in any language, without the odds.

    Examples
    --------
    >>> read_reason("against: answers its commenters less often than most (2 %), odds ×0.80")
    ('against', 'answers its commenters less often than most (2 %)')
    """
    for idiom in IDIOMS.values():
        for side, mark in idiom.side.items():
            if text.startswith(mark):
                said, _, _ = text.removeprefix(mark).rpartition(f", {idiom.odds} ×")
                return side, said
    raise ValueError(f"no reason in a known language: {text!r}")
