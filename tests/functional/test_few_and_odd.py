"""Data that are few, odd or wrong, trained on and scored in one process: a message, or numbers that
mean something.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from features.errors import Exit, UserError
from features.prepared import Prepared, prepared
from features.source import open_market
from features.tables import NEEDS
from models.linear import HISTORY
from models.predictor import UNCHECKED, Predictor
from serving.request import Request, requested_rows
from serving.score import NEW_BRAND, NEW_CREATOR, score_batches
from tests.functional.small_market import write
from tests.tiny_market import Tables, tiny_tables
from training.fit import Fitted, fit, learn, look_back

FEW = {"campaigns": 5, "picked": 8, "creators": 10}
ENOUGH = {"campaigns": 10, "picked": 15, "creators": 16}
UNTIL = datetime(2025, 1, 1)
HUNGARIAN = "Hol vegyek friss kenyeret és lisztet a hétvégi sütéshez?"


def scored(ready: Prepared, predictor: Predictor, request: Request) -> pd.DataFrame:
    rows = requested_rows(ready.connection, request, predictor.trained_until)
    parts = [scores.to_pandas() for scores, _ in score_batches(ready, rows, predictor, "v")]
    return pd.concat(parts, ignore_index=True)


def trained_and_scored(
    tables: Tables, folder: Path, *, hold_out: bool = False, until: datetime = UNTIL
) -> tuple[Fitted, pd.DataFrame]:
    """Every creator for every campaign, by a model trained on them."""
    needs, uses = NEEDS["train"]
    with (
        open_market(write(tables, folder), needs=needs, uses=uses) as market,
        prepared(market) as ready,
    ):
        fitted = fit(ready, until, hold_out=hold_out)
        everything = Request(tuple(tables["campaigns"]["campaign_id"]), allow_past=True)
        return fitted, scored(ready, fitted.predictor, everything)


def assert_sound(scores: pd.DataFrame) -> None:
    """What every score of any data must be."""
    assert np.isfinite(scores.select_dtypes("number").to_numpy()).all()
    assert scores["rate"].between(0, 1, inclusive="neither").all()
    for name in ("exposed", "rate", "conversions"):
        assert (scores[f"{name}_low"] <= scores[name]).all()
        assert (scores[name] <= scores[f"{name}_high"]).all()
    assert (scores["rate_high"] <= 1).all()
    # Who was not reached does not convert.
    assert (scores["conversions_high"] <= np.ceil(scores["exposed_high"])).all()


def outcomes(**columns: object) -> Callable[[Tables], None]:
    def change(tables: Tables) -> None:
        tables["outcomes"] = tables["outcomes"].assign(**columns)

    return change


def campaigns(**columns: object) -> Callable[[Tables], None]:
    def change(tables: Tables) -> None:
        tables["campaigns"] = tables["campaigns"].assign(**columns)

    return change


def all_alike(tables: Tables) -> None:
    """Every creator posts, is seen and brings the same, to the same brand."""
    for name in ("posts", "audience"):
        table = tables[name]
        first = table[table["creator_id"] == "c00"]
        copies = [first.assign(creator_id=c) for c in tables["creators"]["creator_id"]]
        if name == "posts":
            copies = [c.assign(post_id=c["creator_id"] + c["post_id"]) for c in copies]
        tables[name] = pd.concat(copies)
    counters = tables["post_metrics"]
    first = counters[counters["post_id"].str.startswith("c00-")]
    tables["post_metrics"] = pd.concat(
        first.assign(post_id=c + first["post_id"]) for c in tables["creators"]["creator_id"]
    )
    outcomes(exposed=1000, conversions=10)(tables)
    campaigns(brand="only")(tables)


def one_conversion(tables: Tables) -> None:
    outcomes(conversions=(np.arange(len(tables["outcomes"])) == 7).astype(int))(tables)


def everybody_converts(tables: Tables) -> None:
    outcomes(conversions=tables["outcomes"]["exposed"])(tables)


def more_than_impressions(tables: Tables) -> None:
    more = 3 * tables["outcomes"]["exposed"]
    outcomes(exposed_unit="impressions", conversions=more)(tables)


def nothing_known(tables: Tables) -> None:
    """Creators are ids, and the only post is as old as can be: of the features hardly any is known."""
    tables["posts"] = tables["posts"].head(1).assign(text=None)
    tables["creators"] = tables["creators"][["creator_id"]]
    del tables["post_metrics"], tables["audience"]


def some_without_exposed(tables: Tables) -> None:
    unknown = np.arange(len(tables["outcomes"])) % 8 == 0
    outcomes(exposed=tables["outcomes"]["exposed"].where(~unknown))(tables)


# Name -> what is changed, and what the model is expected to say, at least, at most, of the rate.
ODD: dict[str, tuple[Callable[[Tables], None], float, float]] = {
    "as it is": (lambda tables: None, 1e-4, 0.1),
    "one conversion": (one_conversion, 1e-7, 1e-4),  # in some 10^5 people reached
    "everybody converts": (everybody_converts, 0.9, 1),
    "more conversions than impressions": (more_than_impressions, 0.9, 1),
    "exposed to a million million": (outcomes(exposed=10**12), 1e-13, 1e-8),
    "all alike": (all_alike, 0.009, 0.011),
    "nothing known": (nothing_known, 1e-4, 0.1),
    "no brand, no brief": (campaigns(brand=None, brief=""), 1e-4, 0.1),
    "some without exposed": (some_without_exposed, 1e-4, 0.1),
}


@pytest.mark.parametrize("odd", ODD)
def test_odd_data_give_sound_scores(odd: str, tmp_path: Path) -> None:
    tables = tiny_tables(**FEW)
    change, least, most = ODD[odd]
    change(tables)
    fitted, scores = trained_and_scored(tables, tmp_path)
    assert_sound(scores)
    assert scores["rate"].between(least, most).all()
    assert not fitted.predictor.is_checked
    assert all(any(text == UNCHECKED for text in row) for row in scores["warnings"])
    facts = fitted.facts
    assert facts["outcomes_without_exposed"] == (5 if odd == "some without exposed" else 0)
    assert facts["outcomes_above_exposed"] == (40 if odd.startswith("more") else 0)
    assert facts["outcomes_beyond_people"] == (40 if odd.startswith("exposed") else 0)


def test_one_creator_in_many_campaigns_is_scored(tmp_path: Path) -> None:
    tables = tiny_tables(campaigns=30, apart=7, picked=1, creators=1)
    fitted, scores = trained_and_scored(tables, tmp_path)
    assert_sound(scores)
    assert (fitted.facts["creators"], fitted.facts["campaigns"]) == (1, 30)


IMPOSSIBLE: dict[str, tuple[dict[str, int], Callable[[Tables], None], str]] = {
    "nobody converts": (FEW, outcomes(conversions=0), "none of the 40 outcomes in 5 campaigns"),
    "no exposed": (FEW, outcomes(exposed=np.nan), "40 more have matured without exposed"),
    "nobody reached": (FEW, outcomes(exposed=0, conversions=0), "40 more reached nobody"),
    # Decided on 1 March and 7 days long, with 400 days of attribution: 12 April of next year.
    "unmatured": (FEW, campaigns(attribution_days=400), "the first by 2025-04-12 00:00 UTC"),
    "one campaign": (
        {"campaigns": 1, "picked": 35, "creators": 35},
        lambda tables: None,
        "35 with exposed > 0 have matured, in 1 campaigns; at least 30 in 3",
    ),
    "few campaigns": (FEW, lambda tables: None, "40 in 5 campaigns"),
}


@pytest.mark.parametrize("why", IMPOSSIBLE)
def test_what_cannot_be_trained_on_ends_with_six_and_says_what_is_there(
    why: str, tmp_path: Path
) -> None:
    size, change, expected = IMPOSSIBLE[why]
    tables = tiny_tables(**size)
    change(tables)
    with pytest.raises(UserError) as found:
        trained_and_scored(tables, tmp_path, hold_out=True)
    assert found.value.exit_status == Exit.DATA
    assert expected in str(found.value)


@pytest.mark.parametrize("seed", range(3))
def test_a_few_campaigns_are_ranked_as_history_ranks_them(seed: int, tmp_path: Path) -> None:
    """Five campaigns, forty outcomes: base and history is all there is, and the base is shared."""
    tables = tiny_tables(seed=seed, **FEW)
    needs, uses = NEEDS["train"]
    with (
        open_market(write(tables, tmp_path), needs=needs, uses=uses) as market,
        prepared(market) as ready,
    ):
        known = look_back(ready, UNTIL, hold_out=False)
    assert len(known.outcomes) == 40
    model, history = learn(known).predictor, learn(known, HISTORY).predictor
    posts = np.ones(len(known.matrix))
    rates = model.predict(known.matrix, known.base_log_odds, posts)["rate"]
    alone = history.predict(known.matrix, known.base_log_odds, posts)["rate"]
    campaign = known.outcomes["campaign_id"]
    assert (rates.groupby(campaign).rank() == alone.groupby(campaign).rank()).all()
    # And a better past never counts against a creator, whatever forty outcomes happen to say.
    for name in HISTORY:
        better = known.matrix.assign(**{name: known.matrix[name].fillna(0) + 1})
        with_nothing = known.matrix.assign(**{name: known.matrix[name].fillna(0)})
        raised = model.predict(better, known.base_log_odds, posts)["rate"]
        assert (raised >= model.predict(with_nothing, known.base_log_odds, posts)["rate"]).all()


@pytest.fixture(scope="module")
def strange(tmp_path_factory: pytest.TempPathFactory) -> pd.DataFrame:
    """Campaigns to come of a known brand and of an unknown one, in Hungarian by text and by
    declaration, scored for creators with outcomes, without one, and of whom nothing is known.
    """
    tables = tiny_tables(**ENOUGH, coming=1)
    coming = tables["campaigns"].iloc[[-1]]
    late = pd.Timestamp("2024-12-20")
    assert coming["starts_at"].iloc[0] < late
    told = {
        "known": {},
        "brand": {"brand": "unheard of"},
        "shown": {"brief": HUNGARIAN},
        "declared": {"language": "hu-HU"},
    }
    more = [
        coming.assign(campaign_id=k, starts_at=late, ends_at=late, **v) for k, v in told.items()
    ]
    tables["campaigns"] = pd.concat([tables["campaigns"], *more], ignore_index=True)
    # A twin of c00 in all but outcomes, and somebody who is no more than an id.
    posts = tables["posts"]
    twin = posts[posts["creator_id"] == "c00"]
    counters = tables["post_metrics"]
    seen = counters[counters["post_id"].isin(twin["post_id"])]
    tables["posts"] = pd.concat(
        [posts, twin.assign(creator_id="twin", post_id="t" + twin["post_id"])]
    )
    tables["post_metrics"] = pd.concat([counters, seen.assign(post_id="t" + seen["post_id"])])
    people = tables["creators"]
    extra = [people.iloc[[0]].assign(creator_id="twin"), people.iloc[[0]].assign(creator_id="id")]
    tables["creators"] = pd.concat([people, *extra], ignore_index=True)
    needs, uses = NEEDS["train"]
    folder = write(tables, tmp_path_factory.mktemp("strange"))
    with (
        open_market(folder, needs=needs, uses=uses) as market,
        prepared(market) as ready,
    ):
        predictor = fit(ready, (late - pd.Timedelta(days=1)).to_pydatetime()).predictor
        scores = scored(ready, predictor, Request(tuple(told)))
    assert predictor.is_checked
    assert predictor.space.languages == ("en",)
    assert_sound(scores)
    return scores.set_index(["campaign_id", "creator_id"])


def test_a_brand_without_outcomes_is_warned_of_in_each_of_its_rows(strange: pd.DataFrame) -> None:
    warned = strange["warnings"].map(lambda row: NEW_BRAND in row)
    assert warned.groupby("campaign_id").all().to_dict() == {
        "known": False,
        "brand": True,
        "shown": False,
        "declared": False,
    }
    assert not warned.drop(index="brand").any()


def test_creators_without_outcomes_are_warned_of_and_less_is_sure_of_them(
    strange: pd.DataFrame,
) -> None:
    known = strange.loc["known"]
    warned = known["warnings"].map(lambda row: NEW_CREATOR in row)
    assert set(warned.index[warned]) == {"twin", "id"}
    assert "no recent data" in list(known.loc["id", "warnings"])
    shares, spreads = known["known_share"], known["sd_creator"]
    assert shares["c00"] > shares["twin"] > shares["id"]
    assert spreads["c00"] < spreads["twin"] < spreads["id"]
    width = np.log(known["rate_high"] / known["rate_low"])
    assert width["c00"] < width["twin"] < width["id"]


@pytest.mark.parametrize("campaign", ["shown", "declared"])
def test_a_language_that_training_had_none_of_is_warned_of_and_less_is_sure(
    strange: pd.DataFrame, campaign: str
) -> None:
    there, here = strange.loc["known"], strange.loc[campaign]
    assert all("language of brief not covered (hu)" in row for row in here["warnings"])
    assert not any(text.startswith("language") for row in there["warnings"] for text in row)
    others = [creator for creator in there.index if creator != "id"]
    assert (here.loc[others, "known_share"] < there.loc[others, "known_share"]).all()
    assert (here.loc[others, "sd_creator"] > there.loc[others, "sd_creator"]).all()
