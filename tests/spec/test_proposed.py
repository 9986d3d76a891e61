"""A campaign that is not in the data stands in the market as if it were."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from pathlib import Path

import pytest

from features.errors import UserError
from features.proposed import Proposed
from features.source import open_market
from features.tables import NEEDS, TABLES
from tests.tabular import FORMS, write

STARTS = datetime(2026, 3, 1)
TABLES_OF_DATA = {
    "creators": "creator_id\nc1\nc2",
    "posts": "post_id | creator_id | published_at\np1 | c1 | 2026-01-01",
    "campaigns": "campaign_id | brief | starts_at\nold | soap | 2026-01-01",
    "offers": "campaign_id | creator_id | fee\nold | c1 | 99",
}


@pytest.fixture
def proposed(tmp_path: Path) -> Proposed:
    # Signs of a pattern in its name, which DuckDB would take for one.
    file = tmp_path / "offers [new]*.csv"
    file.write_text("creator_id;fee;package\nc2;7;story\nc2;9;video\nc1;5;\n", encoding="utf-8")
    return Proposed("a  tea", STARTS, file, brand=" Leaf ", currency="EUR")


@pytest.mark.parametrize("form", FORMS)
def test_it_has_its_row_and_its_offers_and_the_others_stay(
    tmp_path: Path, proposed: Proposed, form: str
) -> None:
    data = write(tmp_path / "data", form, TABLES_OF_DATA)
    needs, uses = NEEDS["score"]
    with open_market(data, needs=needs, uses=uses, proposed=proposed) as market:
        campaigns = market.connection.execute(
            "SELECT campaign_id, brief, starts_at, brand, attribution_days, currency"
            " FROM campaigns ORDER BY campaign_id"
        ).fetchall()
        assert campaigns == [
            (proposed.campaign_id, "a  tea", STARTS, "Leaf", 30.0, "EUR"),
            ("old", "soap", datetime(2026, 1, 1), None, 30.0, None),
        ]
        offers = market.connection.execute("FROM offers")
        assert [column[0] for column in offers.description] == [
            column.name for column in TABLES["offers"].columns
        ]
        assert sorted(offers.fetchall(), key=str) == [
            (proposed.campaign_id, "c1", 5.0, None, 1.0, None),
            (proposed.campaign_id, "c2", 7.0, "story", 1.0, None),
            (proposed.campaign_id, "c2", 9.0, "video", 1.0, None),
        ]
        assert market.rows("offers") == 3


def test_its_id_follows_from_what_it_is_and_not_from_where_its_offers_lie(
    tmp_path: Path, proposed: Proposed
) -> None:
    assert replace(proposed, offers=tmp_path).campaign_id == proposed.campaign_id
    others = (
        {"brief": "tea"},
        {"starts_at": datetime(2026, 3, 2)},
        {"decided_at": datetime(2026, 2, 1)},
        {"brand": None},
        {"country": "Leaf", "brand": None},
    )
    ids = {replace(proposed, **other).campaign_id for other in others}  # type: ignore[arg-type]
    assert len(ids | {proposed.campaign_id}) == len(others) + 1


def test_a_file_that_is_neither_form_is_refused(tmp_path: Path, proposed: Proposed) -> None:
    (tmp_path / "offers.xlsx").write_bytes(b"PK")
    with pytest.raises(UserError, match=r"offers\.xlsx is named neither \.parquet nor \.csv"):
        replace(proposed, offers=tmp_path / "offers.xlsx").check()
