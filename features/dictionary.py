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

Span = tuple[float | None, float]
"""Length of a window and how long before the decision it ends, in days; None is for ever."""


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
    topic : str
        What it is about, where a value is about usual or unknown.
    says_high_fr, says_low_fr, topic_fr : str
        The same in French, completing "ce créateur ...".
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
    topic: str
    says_high_fr: str
    says_low_fr: str
    topic_fr: str
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
        topic=feature.topic,
        says_high_fr=feature.says_fr[0],
        says_low_fr=feature.says_fr[1],
        topic_fr=feature.topic_fr,
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
    readings = sorted({w.ago for w in dated if w.measure == "latest"})
    read = {w.stream for w in dated if w.measure == "latest"}
    # A count of readings between two of them only makes sure that there is one.
    spans = dict.fromkeys(
        (w.days, w.ago)
        for w in dated
        if not (w.stream in read and w.measure in ("latest", "count"))
    )
    words = undated + ([_readings(readings)] if readings else [])
    words += [_chain(chain) for chain in _chains(list(spans))]
    return ", ".join(dict.fromkeys(words))


def _readings(agos: Sequence[float]) -> str:
    earlier = [f"{ago:g}" for ago in agos if ago]
    if not earlier:
        return "last reading"
    which = "that" if len(earlier) == 1 else "those"
    return f"last reading against {which} {' and '.join(earlier)} days before"


def _chains(spans: Sequence[Span]) -> list[list[Span]]:
    """Spans of time, each followed by the one that ends where it begins."""
    by_end = {ago: (days, ago) for days, ago in spans if ago}
    chains: list[list[Span]] = []
    followed: set[Span] = set()
    for span in sorted(spans, key=lambda span: span[1]):
        if span in followed:
            continue
        chain = [span]
        while (days := chain[-1][0]) is not None and (after := by_end.get(chain[-1][1] + days)):
            chain.append(after)
        followed.update(chain)
        chains.append(chain)
    return sorted(chains, key=lambda chain: min(map(spans.index, chain)))


def _chain(chain: Sequence[Span]) -> str:
    (days, ago), *before = chain
    until = f" until {_days(ago)} before" if ago else ""
    if days is None:
        return f"all{until}" if ago else "all earlier"
    if len(before) > 1 and {length for length, _ in before} == {days}:
        return f"{len(chain)} times {_days(days)}{until}"
    lengths = ["all" if length is None else f"the {length:g}" for length, _ in before]
    against = f" against {' and '.join(lengths)} before" if before else ""
    if against and until:
        return f"{_days(days)}{against},{until}"
    return f"{_days(days)}{against}{until}"


def _days(days: float) -> str:
    if days < 1:
        return f"{24 * days:g} hours"
    return f"{days:g} day{'' if days == 1 else 's'}"
