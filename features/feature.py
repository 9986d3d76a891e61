"""A feature: one decorated function of a creator's history; and the catalogue, in fixed order.

A feature function takes a `History` and returns a `Column`, one number a row, masked where nothing
is known. It never sees a clock: the windows it asks for end at the row's `as_of` by construction.
From the declaration follow the column order of the matrix, the grouping of its SHAP values, the
data dictionary and the wording of reasons.
"""

from __future__ import annotations

import importlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal, get_args

from features.names import Language

if TYPE_CHECKING:
    from features.asof import Column, History

Quality = Literal["engagement", "relevance", "reputation", "momentum"]
QUALITIES: tuple[Quality, ...] = get_args(Quality)
Unit = Literal[
    "share",
    "share change",
    "yes or no",
    "number",
    "levels",
    "log ratio",
    "log factor",
    "log per view",
    "log per like",
    "per week",
    "per post",
    "days",
    "hours",
    "count",
    "log times",
    "log creators",
    "score",
    "score change",
    "log",
    "log words",
    "log characters",
]
"""What one unit of a value is. A "log ratio" is against others or the creator's own past, so that 0
is even, as it is for a change; a "log factor" is a factor that is only high or low among creators.
"log times" and "log creators" are logs of one more than the number; a "score" lies in -1..1."""
EVEN: Mapping[str, float] = {
    "log ratio": 0.0,
    "share change": 0.0,
    "score change": 0.0,
    "yes or no": 0.5,
}
"""Units in which one value divides high from low for everybody, such as 0 "more" from "less than
before"; in all others high and low are only against what is typical."""

Sign = Literal["+", "-"]

SMOOTHED_COUNTS = "counts start from one half or one, so that little evidence moves it little"
"""Why a ratio of counters moves with the audience, by less than one part in the counts."""

_MODULES = (
    "engagement.community",
    "engagement.conversation",
    "engagement.criticism",
    "engagement.invitation",
    "engagement.reciprocity",
    "engagement.response",
    "relevance.topic",
    "relevance.focus",
    "relevance.talk",
    "relevance.market",
    "reputation.track_record",
    "reputation.standing",
    "reputation.content",
    "reputation.selling",
    "reputation.manner",
    "reputation.identity",
    "momentum",
    "popularity",
)


@dataclass(frozen=True)
class Feature:
    """One column of the feature matrix.

    Attributes
    ----------
    name : str
        The column's name, that of the function.
    quality : str
        One of `QUALITIES`, or "popularity": size, which serves reach and the audit and never the
        rate.
    facet : str
        The part of the quality that a person would name, such as "conversation".
    unit : str
        What one unit of the value is; a "share" lies in 0..1.
    says, says_fr : tuple of two str
        What a high and what a low value say of the creator, completing "this creator ..." and "ce
        créateur ...". High and low are against the training median: "more than most" is true of
        any value above it, where "answers its commenters" is not.
    topic, topic_fr : str
        What it is about, for a value that is neither or unknown: "share of comments it answers".
    about : str
        Definition, window and meaning of missing, from the docstring of the function.
    signals : str
        What it stands for in the mission: codes of `features.signals`, separated by spaces.
    sign : {'+', '-'}, optional
        Direction of its effect on the rate, only where published evidence says so.
    moves_with_audience : str
        Why and how little it moves with the size of an audience, where it cannot be scale-free;
        empty for all others.
    is_in_power : bool
        Whether the creator can change it by what it does from now on: how it answers, posts and
        sells; not how others respond, nor what is past.
    """

    name: str
    quality: str
    facet: str
    unit: Unit
    says: tuple[str, str]
    about: str
    compute: Callable[[History], Column]
    signals: str = ""
    sign: Sign | None = None
    moves_with_audience: str = ""
    is_in_power: bool = False
    topic: str = ""
    says_fr: tuple[str, str] = ("", "")
    topic_fr: str = ""

    @property
    def is_popularity(self) -> bool:
        """Whether it is size: for reach and the audit, never for the rate."""
        return self.quality == "popularity"

    def words(self, language: Language = "en") -> tuple[str, str, str]:
        """What a high and what a low value say, and what it is about."""
        if language == "fr":
            return (*self.says_fr, self.topic_fr)
        return (*self.says, self.topic)


_registered: dict[str, Feature] = {}


def feature(
    *,
    quality: Quality | Literal["popularity"],
    facet: str,
    unit: Unit,
    says: tuple[str, str],
    topic: str,
    says_fr: tuple[str, str],
    topic_fr: str,
    signals: str = "",
    sign: Sign | None = None,
    moves_with_audience: str = "",
    is_in_power: bool = False,
) -> Callable[[Callable[[History], Column]], Feature]:
    """Declare a function of a history as a feature of the catalogue.

    Raises
    ------
    ValueError
        When the name is taken or the docstring, which becomes the data dictionary's entry, is
        missing.
    """

    def declare(compute: Callable[[History], Column]) -> Feature:
        about = " ".join((compute.__doc__ or "").split())
        if not about:
            raise ValueError(f"feature {compute.__name__} needs a docstring: it is its definition")
        declared = Feature(
            compute.__name__,
            quality,
            facet,
            unit,
            says,
            about,
            compute,
            signals,
            sign,
            moves_with_audience,
            is_in_power,
            topic,
            says_fr,
            topic_fr,
        )
        known = _registered.setdefault(declared.name, declared)
        if known is not declared and known.compute.__module__ != compute.__module__:
            raise ValueError(f"two features are called {declared.name}")
        _registered[declared.name] = declared
        return declared

    return declare


def catalogue(*, popularity: bool | None = None) -> tuple[Feature, ...]:
    """All features in the fixed order of the matrix: by quality, then by file, as written in it.

    Parameters
    ----------
    popularity : bool, optional
        True for size features only, False for the features of the rate only.
    """
    for module in _MODULES:
        importlib.import_module(f"features.{module}")
    order = (*QUALITIES, "popularity")
    return tuple(
        f
        for quality in order
        for f in _registered.values()
        if f.quality == quality and popularity in (None, f.is_popularity)
    )
