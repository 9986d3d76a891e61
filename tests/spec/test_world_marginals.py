"""The simulated market looks like real ones: marginals within the published ranges."""

from __future__ import annotations

from functools import cache
from pathlib import Path

import pandas as pd
import pytest

from training.world import World, marginals, simulate, write_marginals
from training.world.published import BEGIN, END, PUBLISHED

TOLERANCE = 0.25
"""Share of a bound by which a market of half a year and 1,500 creators may miss it: the upper tiers
hold few creators, and a heavy-tailed share moves by as much from seed to seed."""


@cache
def world() -> World:
    return simulate(creators=1500, months=6, seed=1)


@cache
def measured() -> pd.DataFrame:
    return marginals(world()).set_index(["measure", "tier"])


WELL_FILLED = [key for key in PUBLISHED if key[1] not in ("macro", "mega")]


def is_near(found: pd.Series) -> bool:
    low = found["low"] - TOLERANCE * abs(found["low"])
    high = found["high"] + TOLERANCE * abs(found["high"])
    return bool(low <= found["measured"] <= high)


@pytest.mark.parametrize(("measure", "tier"), WELL_FILLED)
def test_marginal_lies_in_the_published_range(measure: str, tier: str) -> None:
    assert is_near(measured().loc[(measure, tier)])


def test_so_do_the_upper_tiers_where_there_are_enough_creators() -> None:
    upper = measured().drop(index=WELL_FILLED).dropna(subset="measured")
    assert len(upper) >= 4
    assert [key for key, found in upper.iterrows() if not is_near(found)] == []


def test_response_and_reach_fall_with_every_tier() -> None:
    for measure in ("engagement rate", "reach per follower"):
        by_tier = measured().loc[measure]["measured"]
        assert by_tier["nano"] > by_tier["micro"] > by_tier["mid"], measure


def test_the_table_goes_between_the_markers_and_touches_nothing_else(tmp_path: Path) -> None:
    path = tmp_path / "market.md"
    path.write_text(f"before\n{BEGIN}\nold\n{END}\nafter\n", encoding="utf-8")
    write_marginals(measured().reset_index(), path, command="suasion simulate OUT")
    text = path.read_text(encoding="utf-8")
    assert text.startswith(f"before\n{BEGIN}\nWritten by `suasion simulate OUT`, with")
    assert text.endswith(f"{END}\nafter\n")
    assert "old" not in text
    assert text.count("\n| ") == len(PUBLISHED) + 1
    write_marginals(measured().reset_index(), path, command="suasion simulate OUT")
    assert path.read_text(encoding="utf-8") == text


def test_a_file_without_the_markers_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "market.md"
    path.write_text("no markers\n", encoding="utf-8")
    with pytest.raises(ValueError, match="lacks the lines"):
        write_marginals(measured().reset_index(), path, command="suasion simulate OUT")
