"""Levels of campaigns and what is expected of a coming one, by loops over plain rows."""

from __future__ import annotations

from datetime import datetime, timedelta
from math import log

import numpy as np
import pandas as pd
import pytest

from features.levels import BRAND_WEIGHT, GENERAL, HALF_LIFE_DAYS, base_levels
from features.text import TextSpace
from tests.market import prepare_market
from tests.oracle.plain_market import PlainMarket
from tests.oracle.plain_record import level
from tests.random_market import CORPUS, START, STEP, STEPS, random_market

SPACE = TextSpace.fit(CORPUS)
SEEDS = range(5)


def log_odds(rate: float) -> float:
    return log(rate / (1 - rate))


@pytest.mark.parametrize("seed", SEEDS)
def test_levels_are_what_a_loop_over_the_outcomes_gives(seed: int) -> None:
    tables = random_market(seed, outcomes=60)
    market = PlainMarket(tables)
    versions = prepare_market(tables).sql(
        "SELECT campaign_id, known_at, creators, log_odds FROM campaign_levels"
    )
    found = versions.fetchall()
    assert len(found) >= 10
    for campaign, known_at, creators, found_level in found:
        # A version holds from just after the moment at which its last reading became known.
        expected = level(market, campaign, known_at + timedelta(microseconds=1))
        assert expected["known_at"] == known_at
        assert expected["creators"] == creators
        assert found_level == pytest.approx(log_odds(expected["rate"]), rel=1e-9)


def plain_base(
    market: PlainMarket, vectors: dict[str, np.ndarray], campaign: str, as_of: datetime
) -> tuple[float, float, bool]:
    """(base_log_odds, evidence, is_known_brand) from the levels of the other campaigns as known at a moment."""
    brands = {line["campaign_id"]: line["brand"] for line in market.of("campaigns")}
    total = weighted = 0.0
    is_known = False
    for other in brands:
        known = level(market, other, as_of)
        if other == campaign or not known:
            continue
        weight = GENERAL
        if brands[campaign] is not None and brands[campaign] == brands[other]:
            weight += BRAND_WEIGHT
            is_known = True
        similarity = float(vectors[campaign] @ vectors[other])
        if not np.isnan(similarity):
            weight += max(similarity, 0.0) ** 2
        weight *= known["creators"] / (known["creators"] + 2)
        age_days = (as_of - known["known_at"]) / timedelta(days=1)
        weight *= 0.5 ** (age_days / HALF_LIFE_DAYS)
        total += weight
        weighted += weight * log_odds(known["rate"])
    return (weighted / total, total, is_known) if total else (np.nan, 0.0, False)


@pytest.mark.parametrize("seed", SEEDS)
def test_bases_are_what_a_loop_over_past_campaigns_gives(seed: int) -> None:
    tables = random_market(seed, campaigns=9, outcomes=60)
    market = PlainMarket(tables)
    campaigns = tables["campaigns"]
    briefs = SPACE.vectors(campaigns["brief"].tolist()).astype(np.float64)
    vectors = dict(zip(campaigns["campaign_id"], briefs, strict=True))
    rows = pd.DataFrame(
        [
            (campaign, START + STEP * steps)
            for campaign in campaigns["campaign_id"]
            for steps in (STEPS // 4, STEPS // 2, STEPS)
        ],
        columns=["campaign_id", "as_of"],
    ).astype({"as_of": "datetime64[us]"})
    found = base_levels(prepare_market(tables), rows, SPACE)
    expected = [
        plain_base(market, vectors, row.campaign_id, row.as_of.to_pydatetime())
        for row in rows.itertuples()
    ]
    np.testing.assert_allclose(found.astype(float), expected, rtol=1e-9, atol=1e-9)
    assert found["base_log_odds"].notna().sum() >= 10
