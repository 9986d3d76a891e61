"""A plan as a table to keep: the lines of `plan.parquet` and the text of `plan.csv`."""

from __future__ import annotations

import json
from dataclasses import asdict

import pandas as pd

from serving.limits import Limits
from serving.planning import PLAN_COLUMNS, Choice
from serving.spreadsheet import csv_of

SIMPLE = (
    *("min_creators", "max_creators", "most_share", "most_cost", "caution"),
    "value_per_conversion",
)
"""Limits that are one value of the file."""


def plan_table(planned: Choice) -> pd.DataFrame:
    """One line a chosen package, columns `PLAN_COLUMNS`."""
    return planned.chosen[list(PLAN_COLUMNS)]


def plan_csv(planned: Choice) -> bytes:
    """The same as CSV, for a spreadsheet."""
    return csv_of(plan_table(planned))


def limits_toml(limits: Limits) -> str:
    """Limits as the file that `serving.limits.read_limits` reads them from."""
    lines = [
        f"{name} = {_value(getattr(limits, name))}"
        for name in SIMPLE
        if getattr(limits, name) is not None
    ]
    if limits.seed:
        lines.append(f"seed = {limits.seed}")
    lines += ["", "[explore]", f"share = {_value(limits.explore)}"]
    lines.append(f"known_below = {_value(limits.known_below)}")
    for group in limits.groups:
        lines += ["", f"[{group.by}.{_value(group.name)}]"]
        told = {"min": group.fewest, "max": group.most, "most_share": group.most_share}
        lines += [f"{name} = {_value(value)}" for name, value in told.items() if value is not None]
        if group.creators:
            lines.append(f"creators = {_value(list(group.creators))}")
    for side in ("forced", "forbidden"):
        for override in getattr(limits, side):
            lines += ["", f"[[{side}]]"]
            lines += [f"{name} = {_value(value)}" for name, value in asdict(override).items()]
    for rivals in limits.exclusive:
        lines += ["", "[[exclusive]]", f"creators = {_value(list(rivals))}"]
    return "\n".join(lines) + "\n"


def _value(value: object) -> str:
    """Numbers, texts and lists of texts are written in TOML as in JSON, but for one sign."""
    return json.dumps(value, ensure_ascii=False).replace("\x7f", "\\u007f")
