"""Which package's sheet the planner page opens."""

from __future__ import annotations

from unittest.mock import patch

import numpy as np
import pandas as pd
import pytest

from serving import planner_sheets
from serving.planner_sheets import Sheets
from serving.score import Scored
from tests.synthetic import market, predictor


def opened(packages: dict[str | None, float], named: str | None) -> object:
    """The package told of, of those with so many posts."""
    rows = pd.DataFrame(
        {
            "campaign_id": "tea",
            "creator_id": "ana",
            "package": pd.Series(list(packages), dtype="str"),
            "posts": list(packages.values()),
        }
    )
    matrix = market().matrix.head(len(rows)).reset_index(drop=True)
    sheets = Sheets(Scored(rows, matrix, np.full(len(rows), -5.0)), predictor(), None)
    with (
        patch.object(planner_sheets, "describe", lambda one, *_: one.scores["package"].iloc[0]),
        patch.object(planner_sheets, "sheet_page", lambda told, *_, **__: told),
    ):
        return sheets.sheet("tea", "ana", named, "en")


def test_a_package_is_found_by_its_name() -> None:
    assert opened({"story": 1, "three posts": 3}, "three posts") == "three posts"


def test_no_name_asks_for_the_package_without_one_however_many_posts_it_has() -> None:
    assert pd.isna(opened({"story": 1, None: 3}, None))


def test_no_name_asks_for_the_fewest_posts_where_all_have_names() -> None:
    assert opened({"three posts": 3, "story": 1}, None) == "story"


def test_a_package_that_nobody_offers_has_no_sheet() -> None:
    with pytest.raises(KeyError, match="ten posts"):
        opened({"story": 1, None: 3}, "ten posts")
