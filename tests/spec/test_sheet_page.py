"""The page of one creator, of content small enough to read the picture."""

from __future__ import annotations

import re

import numpy as np

from serving.said import sentences
from serving.sheet_page import _Sheet


def drawn(*facets: tuple[str, float]) -> list[str]:
    """Names on the picture of one quality with these parts (name, factor of the odds)."""
    content = {
        "base_log_odds": -5.0,
        "qualities": [
            {"quality": "engagement", "log_odds": float(sum(np.log(f) for _, f in facets))}
        ],
        "facets": [
            {"quality": "engagement", "facet": facet, "log_odds": float(np.log(factor))}
            for facet, factor in facets
        ],
    }
    picture = _Sheet.of(sentences("sheet", "en"), "en", ()).picture(content)
    words = re.findall(r"<text[^>]*>([^<]*)</text>", picture)
    return [word.strip() for word in words]


def test_parts_without_effect_are_not_drawn() -> None:
    told = drawn(("response", 1.2), ("conversation", 1.004), ("community", 0.996))
    assert "response" in told
    assert not {"conversation", "community", "all else"} & set(told)
    assert "×1.00" not in told


def test_small_parts_that_move_something_together_are_all_else() -> None:
    # 1.004 five times over is 1.02.
    names = ("response", "conversation", "community", "invitation", "answers")
    told = drawn(*((name, 1.004) for name in names))
    assert not set(names) & set(told)
    assert "all else" in told
    assert "×1.02" in told
