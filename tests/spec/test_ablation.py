"""The model without each quality and with each alone, where response carries over to campaigns."""

from __future__ import annotations

from datetime import datetime
from io import StringIO
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from rich.console import Console
from scipy.special import logit
from scipy.stats import spearmanr

from features import prepared
from features.build import build
from features.feature import QUALITIES, catalogue
from features.prepared import Prepared
from models.bundle import load_bundle, save_bundle
from models.linear import HISTORY
from serving.show_ablation import ablation_lines, ablation_markdown, show_ablation, told_of
from tests.functional.small_market import make_tables
from tests.market import prepare_market
from training.ablation import WHOLE, Ablation, ablate, variants
from training.fit import Known, learn, look_back

ORIGINS = [datetime(2024, 7, 1), datetime(2024, 7, 29)]
DAYS = 28
QUALITY = {feature.name: feature.quality for feature in catalogue(popularity=False)}


@pytest.fixture(scope="module")
def connection():
    return prepare_market(make_tables())


@pytest.fixture(scope="module")
def known(connection) -> Known:
    return look_back(Prepared(connection), ORIGINS[1])


@pytest.fixture(scope="module")
def candidates(connection) -> pd.DataFrame:
    """Every outcome as a candidate whose truth is known: its own rate, and a fee of 100."""
    outcomes = connection.sql(
        "SELECT campaign_id, creator_id, exposed, conversions, starts_at, starts_at AS as_of"
        " FROM outcomes JOIN campaigns USING (campaign_id) WHERE exposed > 0"
        " ORDER BY campaign_id, creator_id"
    ).df()
    rate = (outcomes["conversions"] + 0.5) / (outcomes["exposed"] + 1)
    return outcomes.assign(
        posts=1.0, fee=100.0, true_reach=outcomes["exposed"], true_rate=rate, revealed_rate=rate
    )


@pytest.fixture(scope="module")
def found(connection, candidates: pd.DataFrame) -> Ablation:
    return ablate(Prepared(connection), ORIGINS, DAYS, candidates=candidates)


def test_a_quality_is_removed_or_stands_alone_and_nothing_is_lost_between() -> None:
    told = variants()
    assert list(told) == [
        WHOLE,
        *(f"without {quality}" for quality in QUALITIES),
        *(f"{quality} alone" for quality in QUALITIES),
        "history alone",
    ]
    assert set(told["history alone"]) == set(HISTORY)
    for quality in QUALITIES:
        alone, rest = set(told[f"{quality} alone"]), set(told[f"without {quality}"])
        assert {QUALITY[name] for name in alone} == {quality}
        assert alone & rest == set()
        assert alone | rest == set(told[WHOLE]) == QUALITY.keys()


@pytest.mark.parametrize("variant", variants())
def test_what_is_removed_plays_no_part_and_the_rest_adds_up(
    variant: str, known: Known, tmp_path: Path
) -> None:
    features = variants()[variant]
    model = learn(known, features).predictor
    assert tuple(model.rate.columns) == features
    assert set(model.rate.linear.scaler.columns) <= set(features)
    assert set(HISTORY) & set(features) <= set(model.rate.linear.scaler.columns)
    posts = np.ones(len(known.matrix))
    scores = model.predict(known.matrix, known.base_log_odds, posts)
    contributions = model.contributions(known.matrix, known.base_log_odds)
    assert list(contributions) == list(features)
    for quality in QUALITIES:
        names = [name for name in features if QUALITY[name] == quality]
        assert np.abs(scores[quality] - contributions[names].sum(axis=1)).max() < 1e-12
    total = scores["base_log_odds"] + scores[list(QUALITIES)].sum(axis=1)
    assert np.abs(total - logit(scores["rate"])).max() < 1e-9
    # A value of a feature that was not offered moves nothing.
    others = [name for name in QUALITY if name not in features]
    moved = known.matrix.assign(**{name: known.matrix[name] + 3.0 for name in others})
    again = model.predict(moved, known.base_log_odds, posts)
    pd.testing.assert_series_equal(again["rate"], scores["rate"], check_exact=True)
    save_bundle(model, tmp_path)
    loaded = load_bundle(tmp_path)[0].predict(known.matrix, known.base_log_odds, posts)
    pd.testing.assert_frame_equal(loaded, scores, check_exact=True)


def test_no_choice_of_features_is_all_of_them(known: Known) -> None:
    whole, chosen = learn(known).predictor, learn(known, variants()[WHOLE]).predictor
    given = known.matrix[whole.rate.columns], known.base_log_odds
    assert (whole.rate.log_odds(*given) == chosen.rate.log_odds(*given)).all()


def test_features_are_built_once_an_origin_whatever_the_variants(
    connection, monkeypatch: pytest.MonkeyPatch
) -> None:
    built = []

    def counted(*arguments: object) -> pd.DataFrame:
        built.append(arguments)
        return build(*arguments)

    monkeypatch.setattr(prepared, "build", counted)
    ablate(Prepared(connection), ORIGINS[:1], DAYS)
    assert len(built) == 2, "once for the outcomes known, once for those ahead"


def test_every_variant_orders_the_same_rows_and_says_how_well(found: Ablation) -> None:
    rows = found.rows
    table = found.table.set_index(["rows", "variant"])
    for variant in variants():
        ranks = [
            spearmanr(group[variant], group["conversions"] / group["exposed"]).statistic
            if group[variant].nunique() > 1
            else 0.0
            for _, group in rows.groupby(["origin", "campaign_id"])
            if len(group) >= 5
        ]
        line = table.loc[("all", variant)]
        assert line["spearman"] == pytest.approx(np.mean(ranks))
        assert line["gain"] == pytest.approx(
            line["spearman"] - table.loc[("all", WHOLE), "spearman"]
        )
        assert line["gain_low"] <= line["gain_high"]
        seen = np.log((rows["conversions"] + 0.5) / (rows["exposed"] + 1) / rows[variant])
        assert line["log_rate_rmse"] == pytest.approx(np.sqrt((seen**2).mean()))
    assert (table.loc[("all", WHOLE), ["gain", "gain_low", "gain_high"]] == 0).all()
    # Response is what carries over in this market: without any history there is no order.
    assert table.loc[("all", "relevance alone"), "gain_high"] < 0


def test_the_truth_and_the_money_are_those_of_each_variant(
    connection, candidates: pd.DataFrame, found: Ablation
) -> None:
    line = found.table.set_index(["rows", "variant"]).loc[("all", WHOLE)]
    rated = found.rows.merge(candidates[["campaign_id", "creator_id", "true_rate"]])
    ranks = [
        spearmanr(group[WHOLE], group["true_rate"]).statistic
        for _, group in rated.groupby("campaign_id")
        if len(group) >= 5
    ]
    assert line["true_spearman"] == pytest.approx(np.mean(ranks))
    assert 0 < line["captured"] <= 1
    assert (line[["captured_gain", "captured_gain_low", "captured_gain_high"]] == 0).all()
    flat = found.table.set_index(["rows", "variant"]).loc[("all", "relevance alone")]
    assert flat["captured_gain"] == pytest.approx(flat["captured"] - line["captured"])


def test_what_is_kept_is_told_by_origin(found: Ablation) -> None:
    told = found.origins
    assert len(told) == len(ORIGINS) * len(variants())
    assert (told["used"] <= told["offered"]).all()
    history = told[told["variant"] == "history alone"]
    assert (history["offered"] == len(HISTORY)).all()
    assert (history["used"] == len(HISTORY)).all()


@pytest.mark.parametrize("width", [80, 130])
def test_the_table_keeps_the_names_of_variants(found: Ablation, width: int) -> None:
    console = Console(width=width, file=StringIO())
    show_ablation(console, found, None)
    shown = console.file.getvalue()
    assert max(map(len, shown.splitlines())) <= width
    assert all(f"│ {variant} " in shown for variant in variants())


def test_what_is_not_known_has_no_column(found: Ablation) -> None:
    (whole, *others) = ablation_lines(found)
    assert {"true rate", "captured"} <= whole.keys()
    assert all(line.keys() == whole.keys() for line in others)
    assert "(" not in whole["Spearman"], "the whole has no difference to itself"
    unknown = found.table.drop(columns=[c for c in found.table if c.startswith("captured")])
    realised = Ablation(unknown.assign(true_spearman=np.nan), found.origins, found.rows)
    heads = ablation_lines(realised)[0]
    assert not {"true rate", "captured"} & heads.keys()
    page = ablation_markdown(realised)
    assert page.count("\n|") == 1 + len(variants())
    assert "Captured" not in page
    warm = Ablation(found.table[found.table["rows"] != "cold"], found.origins, found.rows)
    heads = ablation_lines(warm, is_wide=False)[0]
    assert not {"cold", "log error"} & heads.keys()
    assert not any(word in told_of(warm, heads) for word in ("Cold:", "Log error"))
