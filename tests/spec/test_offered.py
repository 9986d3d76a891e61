"""Offers of a campaign: in one currency, and beside what the scores rest on."""

from __future__ import annotations

import json
from pathlib import Path

import pandas as pd
import pytest

from features.errors import UserError
from features.output import write_manifest
from models.incremental import IncrementalShare
from serving.offered import currency_of
from serving.provenance import Provenance, provenance_of
from tests.market import connect


def currency(of_campaign: str, *of_offers: str) -> str | None:
    campaigns = (
        f"campaign_id | brief | starts_at | currency\ntea | tea | 2024-06-01 | {of_campaign}"
    )
    lines = [f"tea | c{i} | 10 | {told}" for i, told in enumerate(of_offers)]
    offers = "\n".join(["campaign_id | creator_id | fee | currency", *lines])
    return currency_of(connect({"campaigns": campaigns, "offers": offers}), "tea")


def test_fees_are_in_the_campaigns_currency_or_in_the_one_that_they_name() -> None:
    assert currency("eur", "", "") == "EUR"
    assert currency("EUR", "", "eur") == "EUR"
    assert currency("", "USD", "usd") == "USD"
    assert currency("", "", "") is None


@pytest.mark.parametrize(
    ("of_campaign", "of_offers", "says"),
    [
        ("EUR", ["", "", "USD"], "EUR (2 packages, such as that of creator c0), USD (1 packages, such as that of creator c2); the campaign's is EUR"),
        ("EUR", ["USD", "USD"], "USD (2 packages, such as that of creator c0); the campaign's is EUR"),
        ("", ["", "CHF"], "CHF (1 packages, such as that of creator c1), not told (1 packages, such as that of creator c0)"),
    ],
)  # fmt: skip
def test_several_currencies_are_refused_by_name(
    of_campaign: str, of_offers: list[str], says: str
) -> None:
    with pytest.raises(UserError) as refused:
        currency(of_campaign, *of_offers)
    assert says in str(refused.value)
    assert "Convert their fees to one" in str(refused.value)


def test_what_scores_rest_on_is_read_from_the_manifest_that_is_theirs(tmp_path: Path) -> None:
    told = Provenance("impressions", IncrementalShare(0.5, 0.2, 40, 6))
    scores = tmp_path / "scores.parquet"
    pd.DataFrame({"a": [1]}).to_parquet(scores)
    write_manifest(
        tmp_path, inputs={"posts": {"sha256": "1"}, "offers": {"sha256": "2"}}, **told.said()
    )
    for given in (tmp_path, scores):
        found = provenance_of(given)
        assert (found.exposed_unit, found.lift, found.is_told) == ("impressions", told.lift, True)
    assert found.changed({"posts": "1", "offers": "3", "outcomes": "4"}) == ["offers"]
    pd.DataFrame({"a": [2]}).to_parquet(scores)
    assert provenance_of(scores) == Provenance(is_told=False)


@pytest.mark.parametrize("content", [None, "{", "[]", '{"files": {}}'])
def test_scores_without_a_manifest_that_tells_are_taken_as_usual(
    tmp_path: Path, content: str | None
) -> None:
    scores = tmp_path / "scores.parquet"
    pd.DataFrame({"a": [1]}).to_parquet(scores)
    if content is not None:
        (tmp_path / "manifest.json").write_text(content, encoding="utf-8")
    assert provenance_of(scores) == Provenance("people", None, {}, is_told=False)


def test_an_older_manifest_tells_nothing(tmp_path: Path) -> None:
    scores = tmp_path / "scores.parquet"
    pd.DataFrame({"a": [1]}).to_parquet(scores)
    write_manifest(tmp_path, inputs={})
    assert "lift" not in json.loads((tmp_path / "manifest.json").read_text(encoding="utf-8"))
    assert not provenance_of(scores).is_told
