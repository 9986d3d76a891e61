"""What a person opens in a spreadsheet: text stays text."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest

from serving.spreadsheet import csv_of, plain


@pytest.mark.parametrize("begins", ["=", "+", "-", "@", "\t", "\r"])
def test_no_text_of_any_column_begins_as_a_formula_does(begins: str) -> None:
    evil = f"{begins}HYPERLINK(1)"
    table = pd.DataFrame({"any": [evil, "fine"], "reasons": [[evil, "b"], ["a", evil]]})
    assert plain(table).to_pylist() == [
        {"any": f"'{evil}", "reasons": f"'{evil}; b"},
        {"any": "fine", "reasons": f"a; {evil}"},
    ]


def test_numbers_flags_times_and_what_is_missing_stay_readable(tmp_path: Path) -> None:
    table = pd.DataFrame(
        {
            "cost": [-1.5, None],
            "incremental": [True, False],
            "as_of": pd.to_datetime(["2024-05-06T12:00:00Z", "2024-05-07T00:00:00Z"]),
            "override": [None, 'says "no", twice'],
        }
    )
    (tmp_path / "t.csv").write_bytes(csv_of(table))
    assert (tmp_path / "t.csv").read_text(encoding="utf-8").splitlines() == [
        '"cost","incremental","as_of","override"',
        '-1.5,true,"2024-05-06T12:00:00Z",""',
        ',false,"2024-05-07T00:00:00Z","says ""no"", twice"',
    ]
