"""Little tables of every form, opened beside two creators and two campaigns."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest

from features.source import Market, open_market
from features.tables import TABLES
from tests.tabular import FORMS, PARENTS, Open, write


@pytest.fixture(params=FORMS)
def form(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture
def opened(tmp_path: Path) -> Iterator[Open]:
    """Open tables beside two creators and two campaigns; any share of bad rows is allowed."""
    with ExitStack() as stack:

        def opened(
            tables: Mapping[str, str | pa.Table], form: str = "parquet", **options: Any
        ) -> Market:
            data = write(tmp_path / "data", form, {**PARENTS, **tables})
            return stack.enter_context(open_market(data, uses=TABLES, **{"max_bad": 1, **options}))

        yield opened
