"""A market large enough to be cut gives the very files that it gives in one process."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest

from features import prepared as preparing
from features.prepared import prepared
from features.source import Market, open_market
from features.tables import NEEDS
from models.bundle import load_bundle
from serving.request import Request, requested_rows
from serving.score import score_batches, write_scores
from tests.functional.conftest import Run
from training.train import train

UNTIL = pd.Timestamp("2024-08-20").to_pydatetime()


@pytest.fixture(params=[(1, 5000), (2, 900)], ids=["one by one", "two workers"])
def workers(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> int:
    """Processes to build with, where every market is cut."""
    number, events_per_shard = request.param
    monkeypatch.setattr(preparing, "CUT_FROM", 1)
    monkeypatch.setattr(preparing, "EVENTS_PER_SHARD", events_per_shard)
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    return int(number)


def opened(project: Path, command: str) -> Market:
    needs, uses = NEEDS[command]
    return open_market(project / "data", needs=needs, uses=uses)


def test_the_bundle_is_the_same_byte_for_byte(project: Path, workers: int, tmp_path: Path) -> None:
    bundle = tmp_path / "bundle"
    bundle.mkdir()
    with opened(project, "train") as market:
        train(market, bundle, UNTIL, workers=workers)
    files = {path.name: path.read_bytes() for path in bundle.iterdir()}
    assert files == {path.name: path.read_bytes() for path in (project / "bundle").iterdir()}
    # Nothing of the work is left behind.
    assert [path for path in tmp_path.iterdir() if path.name.startswith("suasion")] == []


# pyarrow, when a column of times with zone becomes Arrow
@pytest.mark.filterwarnings("ignore:Series.values returning an ndarray that drops timezone")
def test_scores_are_the_same_byte_for_byte(
    project: Path, scores: pd.DataFrame, workers: int, tmp_path: Path
) -> None:
    predictor, version = load_bundle(project / "bundle")
    with opened(project, "score") as market:
        rows = requested_rows(market.connection, Request(), predictor.trained_until)
        with prepared(market, workers=workers) as ready:
            assert ready.cut is not None
            assert ready.cut.shards > 1
            write_scores(score_batches(ready, rows, predictor, version), tmp_path)
    expected = project / "scored" / "scores.parquet"
    assert (tmp_path / "scores.parquet").read_bytes() == expected.read_bytes()


def test_the_number_of_workers_can_be_given(suasion: Run, project: Path, tmp_path: Path) -> None:
    done = suasion("score", project / "data", "--out", tmp_path / "scored", "--workers", "3")
    assert done.returncode == 0, done.stderr
    refused = suasion("score", project / "data", "--out", tmp_path / "none", "--workers", "0")
    assert refused.returncode == 2
    assert "--workers" in refused.stderr
