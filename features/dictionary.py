"""The data dictionary: the catalogue as plain values, with nothing in it that is said twice."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from features.asof import Window, windows_of
from features.feature import Feature
from features.signals import SIGNALS, UNCARRIED, UNCARRIED_PARTS

_MISSING = re.compile(r"[;,.]?\s*\b[Mm]issing\s+(?P<when>(?:(?!\b[Mm]issing\b).)*)\.$")
_UNDATED = {"profile": "the profile"}
"""Streams that carry no dates: a window over one has no length to speak of."""


@dataclass(frozen=True)
class Entry:
    """One feature, as the dictionary tells of it.

    Attributes
    ----------
    windows : str
        How far back it looks from the decision, in words.
    missing : str
        When it is unknown, completing "missing ...".
    says_high, says_low : str
        What a high and a low value say, completing "this creator ...".
    signals : mapping
        Codes of what it stands for, and their wording.
    sign : {'+', '-'}, optional
        Direction of its effect on the rate, only where published evidence says so.
    serves : str
        What it is an input to.
    moves_with_audience : str, optional
        For a feature of the rate that cannot be wholly free of the size of an audience, why.
    """

    name: str
    quality: str
    facet: str
    unit: str
    windows: str
    definition: str
    missing: str
    says_high: str
    says_low: str
    signals: Mapping[str, str]
    sign: str | None
    serves: str
    moves_with_audience: str | None


@dataclass(frozen=True)
class Uncarried:
    """A signal, or a part of one, that no table of the contract can carry, and why.

    Attributes
    ----------
    in_part : bool
        True where features measure the rest of it.
    """

    signal: str
    meaning: str
    reason: str
    in_part: bool


def entries(features: Sequence[Feature]) -> list[Entry]:
    """Describe features, in their order."""
    return [_entry(feature) for feature in features]


def uncarried() -> list[Uncarried]:
    """Describe the signals that no table carries, whole ones first."""
    return [
        Uncarried(code, SIGNALS[code], reason, in_part)
        for in_part, found in ((False, UNCARRIED), (True, UNCARRIED_PARTS))
        for code, reason in found.items()
    ]


def _entry(feature: Feature) -> Entry:
    found = _MISSING.search(feature.about)
    definition = feature.about[: found.start()] if found else feature.about.removesuffix(".")
    return Entry(
        name=feature.name,
        quality=feature.quality,
        facet=feature.facet,
        unit=feature.unit,
        windows=windows_in_words(windows_of([feature.compute])),
        definition=definition,
        missing=found["when"] if found else "",
        says_high=feature.says[0],
        says_low=feature.says[1],
        signals={code: SIGNALS[code] for code in feature.signals.split()},
        sign=feature.sign,
        serves="reach, warnings, audit" if feature.is_popularity else "rate",
        moves_with_audience=feature.moves_with_audience or None,
    )


def windows_in_words(windows: Sequence[Window]) -> str:
    """How far back windows look, in words, in the order in which they are asked for.

    Examples
    --------
    >>> late, early = Window("posts", "count", days=28), Window("posts", "count", days=84, ago=28)
    >>> windows_in_words([late, early])
    '28 days against the 84 before'
    """
    undated = [_UNDATED[w.stream] for w in windows if w.stream in _UNDATED]
    dated = [w for w in windows if w.stream not in _UNDATED]
    readings = {w.ago: None for w in dated if w.measure == "latest"}
    spans = {(w.days, w.ago): None for w in dated if w.measure != "latest"}
    words: dict[str, None] = dict.fromkeys(undated)
    if readings:
        words[
            "last reading" + "".join(f" against that {_days(a)} before" for a in readings if a)
        ] = None
        # What is counted between two readings only makes sure that there is one.
        spans = {span: None for span in spans if span[0] not in readings or span[1]}
    earlier = {ago: days for days, ago in spans if ago and (ago, 0.0) in spans}
    for days, ago in spans:
        if ago in earlier:
            continue
        if not ago and days in earlier:
            before = earlier[days]
            against = "all" if before is None else f"the {before:g}"
            words[f"{_days(days)} against {against} before"] = None
        elif days is None:
            words[f"all until {_days(ago)} before" if ago else "all earlier"] = None
        else:
            words[_days(days) + (f" until {_days(ago)} before" if ago else "")] = None
    return ", ".join(words)


def _days(days: float) -> str:
    if days < 1:
        return f"{24 * days:g} hours"
    return f"{days:g} day{'' if days == 1 else 's'}"
