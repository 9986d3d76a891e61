"""What a person allows a plan to be: limits, read from `limits.toml`.

The budget itself is no limit of the file: it is given beside it. Shares are of the budget, not of
what a plan spends: so every limit is a sum over packages, and more budget never forbids a plan.
"""

from __future__ import annotations

import math
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from features.errors import UserError

GROUPED_BY = ("platform", "language", "tier")
"""Columns of the packages by whose values a group may be named; a `brand_set` lists creators."""
BRAND_SET = "brand_set"
KNOWN_BELOW = 0.5


@dataclass(frozen=True)
class Group:
    """Limits on the packages of one platform, language, tier or set of creators.

    Attributes
    ----------
    by, name : str
        "platform" and "instagram", or "brand_set" and the name that the file gives the set.
    fewest, most : int, optional
        Number of creators chosen from the group.
    most_share : float, optional
        Share of the budget (0..1) that the group's packages may cost together.
    creators : tuple of str
        The creators of a `brand_set`; empty for the others.
    """

    by: str
    name: str
    fewest: int | None = None
    most: int | None = None
    most_share: float | None = None
    creators: tuple[str, ...] = ()


@dataclass(frozen=True)
class Override:
    """A creator that a person wants in or out, whatever the score says; it never moves a score."""

    creator: str
    who: str
    why: str


@dataclass(frozen=True)
class Limits:
    """What a plan must keep to; the default asks nothing.

    Attributes
    ----------
    min_creators, max_creators : int, optional
    groups : tuple of Group
    most_cost : float, optional
        No package above this cost, in the campaign's currency.
    most_share : float, optional
        No package above this share (0..1] of the budget: concentration.
    forced, forbidden : tuple of Override
    exclusive : tuple of tuple of str
        Sets of creators of whom at most one is chosen.
    caution : float, optional
        Quantile (0..0.5) of the total over joint draws that the plan looks at; None is the expected
        value.
    explore : float
        Share (0..1) of the budget kept for creators with little evidence.
    known_below : float
        A creator has little evidence without an earlier outcome, or where less than this share of
        its features is known.
    value_per_conversion : float, optional
        What a conversion is worth, in the campaign's currency: the plan then maximises the margin,
        worth of the conversions less cost. None maximises conversions.
    seed : int
        Of the draws by which exploration chooses.
    """

    min_creators: int | None = None
    max_creators: int | None = None
    groups: tuple[Group, ...] = ()
    most_cost: float | None = None
    most_share: float | None = None
    forced: tuple[Override, ...] = ()
    forbidden: tuple[Override, ...] = ()
    exclusive: tuple[tuple[str, ...], ...] = ()
    caution: float | None = None
    explore: float = 0.0
    known_below: float = KNOWN_BELOW
    value_per_conversion: float | None = None
    seed: int = 0


def read_limits(path: Path) -> Limits:
    """Read a file of limits.

    Raises
    ------
    UserError
        Exit 2, naming file, key, value and remedy: a file that is not there or no TOML, a key that
        is not known, a value that is not allowed.

    Examples
    --------
    ``limits.toml``::

        max_creators = 20
        most_share = 0.25
        caution = 0.2
        [platform.instagram]
        max = 10
        [brand_set.rivals]
        creators = ["c1", "c2"]
        max = 1
        [[forced]]
        creator = "c7"
        who = "Marie"
        why = "promised in May"
        [[exclusive]]
        creators = ["c3", "c4"]
        [explore]
        share = 0.1
    """
    try:
        told = tomllib.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise UserError(f"no such file of limits: {path}. Give the path of a TOML file.") from None
    except OSError as error:
        raise UserError(f"{path} cannot be read: {error.strerror}. Give a TOML file.") from None
    except UnicodeDecodeError:
        raise UserError(f"{path} is not UTF-8 text. Save the limits as UTF-8.") from None
    except tomllib.TOMLDecodeError as error:
        raise UserError(f"{path} is no TOML: {error}. Put that line right.") from None
    return limits_of(told, str(path))


def limits_of(told: Mapping[str, Any], source: str) -> Limits:
    """Limits of a mapping as TOML gives it; `source` names it in messages.

    Raises
    ------
    UserError
        As `read_limits`.
    """
    top = _Table(told, source)
    explore = top.table("explore")
    limits = Limits(
        min_creators=top.count("min_creators"),
        max_creators=top.count("max_creators", 1),
        groups=tuple(
            _group(by, name, of)
            for by in (*GROUPED_BY, BRAND_SET)
            for name, of in sorted(top.table(by).tables())
        ),
        most_cost=top.amount("most_cost"),
        most_share=top.share("most_share"),
        forced=_overrides(top, "forced"),
        forbidden=_overrides(top, "forbidden"),
        exclusive=tuple(of.creators(2) for of in _only(top.listed("exclusive"), "creators")),
        caution=_caution(top),
        explore=explore.share("share") or 0.0,
        known_below=_or(explore.share("known_below"), KNOWN_BELOW),
        value_per_conversion=top.amount("value_per_conversion"),
        seed=top.count("seed") or 0,
    )
    explore.done()
    top.done()
    _order(top, "min_creators", limits.min_creators, "max_creators", limits.max_creators)
    return limits


def _group(by: str, name: str, of: _Table) -> Group:
    group = Group(
        by=by,
        name=name,
        fewest=of.count("min"),
        most=of.count("max"),
        most_share=of.share("most_share"),
        creators=of.creators(1) if by == BRAND_SET else (),
    )
    of.done()
    _order(of, "min", group.fewest, "max", group.most)
    if group.fewest is None and group.most is None and group.most_share is None:
        raise of.wrong("", "limits nothing", "give min, max or most_share, or remove it")
    return group


def _overrides(top: _Table, key: str) -> tuple[Override, ...]:
    found = tuple(
        Override(of.text("creator"), of.text("who"), of.text("why"))
        for of in _only(top.listed(key), "creator", "who", "why")
    )
    names = [override.creator for override in found]
    for name in names:
        if names.count(name) > 1:
            raise top.wrong(key, f"names creator {name} twice", "name it once")
    return found


def _only(tables: list[_Table], *keys: str) -> list[_Table]:
    for table in tables:
        for key in keys:
            table.seen.add(key)
        table.done()
    return tables


def _caution(top: _Table) -> float | None:
    value = top.get("caution")
    if value is None or value == "expected":
        return None
    if not _is_number(value) or not 0 < value <= 0.5:
        raise top.wrong("caution", f"is {value!r}", 'give "expected" or a quantile, as 0.2')
    return float(value)


def _order(table: _Table, low_key: str, low: int | None, high_key: str, high: int | None) -> None:
    if low is not None and high is not None and low > high:
        remedy = f"lower {low_key} or raise {high_key}"
        raise table.wrong(low_key, f"is {low}, above {high_key} {high}", remedy)


def _or(value: float | None, default: float) -> float:
    return default if value is None else value


def _is_number(value: object) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool) and math.isfinite(value)


class _Table:
    """A table of the file: knows where it stands, and which of its keys were asked for."""

    def __init__(self, told: Mapping[str, Any], source: str, at: str = "") -> None:
        self.told, self.source, self.at = told, source, at
        self.seen: set[str] = set()

    def wrong(self, key: str, what: str, remedy: str) -> UserError:
        where = ".".join(part for part in (self.at, key) if part)
        return UserError(f"{self.source}: {where} {what}: {remedy}.")

    def get(self, key: str) -> Any:
        self.seen.add(key)
        return self.told.get(key)

    def done(self) -> None:
        for key in self.told:
            if key not in self.seen:
                known = ", ".join(sorted(self.seen))
                raise self.wrong(key, "is no limit that is known", f"known here: {known}")

    def count(self, key: str, least: int = 0) -> int | None:
        value = self.get(key)
        if value is None:
            return None
        if not isinstance(value, int) or isinstance(value, bool) or value < least:
            raise self.wrong(key, f"is {value!r}", f"give a whole number from {least}")
        return value

    def amount(self, key: str) -> float | None:
        value = self.get(key)
        if value is None:
            return None
        if not _is_number(value) or value <= 0:
            remedy = "give a number above 0, in the campaign's currency"
            raise self.wrong(key, f"is {value!r}", remedy)
        return float(value)

    def share(self, key: str) -> float | None:
        value = self.get(key)
        if value is None:
            return None
        if not _is_number(value) or not 0 <= value <= 1:
            raise self.wrong(key, f"is {value!r}", "give a share from 0 to 1, as 0.25")
        return float(value)

    def text(self, key: str) -> str:
        value = self.get(key)
        if not isinstance(value, str) or not value.strip():
            what = "is missing" if value is None else f"is {value!r}"
            raise self.wrong(key, what, "give a text in quotes")
        return value

    def creators(self, least: int) -> tuple[str, ...]:
        value = self.get("creators")
        if (
            not isinstance(value, list)
            or not all(isinstance(name, str) and name for name in value)
            or len(set(value)) != len(value)
            or len(value) < least
        ):
            what = "is missing" if value is None else "is no list of different ids"
            remedy = f'give at least {least} creator id{"s" * (least > 1)}, as ["c1", "c2"]'
            raise self.wrong("creators", what, remedy)
        return tuple(value)

    def table(self, key: str) -> _Table:
        value = self.get(key)
        if value is None:
            value = {}
        if not isinstance(value, dict):
            raise self.wrong(key, f"is {value!r}", f"write it as a table [{key}]")
        return _Table(value, self.source, ".".join(p for p in (self.at, key) if p))

    def tables(self) -> list[tuple[str, _Table]]:
        return [(name, self.table(name)) for name in self.told]

    def listed(self, key: str) -> list[_Table]:
        value = self.get(key)
        if value is None:
            return []
        if not isinstance(value, list) or not all(isinstance(one, dict) for one in value):
            raise self.wrong(key, "is no list of tables", f"write each as [[{key}]]")
        return [_Table(one, self.source, f"{key}[{number}]") for number, one in enumerate(value, 1)]
