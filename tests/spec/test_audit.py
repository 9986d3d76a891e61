"""Each check of the popularity audit, seen to hold for an honest model and to fail for one made to fail."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from features.asof import known_outcomes
from features.prepared import Prepared
from models.predictor import Floats, Predictor
from models.ranking import partial_spearman_by_campaign, spearman_by_campaign
from tests.functional.small_market import make_tables
from tests.market import prepare_market
from training.audit import Audit, audit
from training.audit_findings import of_frauds, of_placebo, of_shares, of_size, of_tiers, of_truth
from training.fit import Known, learn, look_back
from training.injections import inject
from training.placebo import dealt_anew, placebo_spreads, size_in_features, spread_within
from training.tiers import tier_table
from training.twins import audience_alone, audience_times, posts_repeated, twins

TRAINED, AS_OF = pd.Timestamp("2024-07-01"), pd.Timestamp("2024-09-30")


class ReadsFollowers(Predictor):
    """A model whose rate rises with the followers of the last reading."""

    def predict(self, matrix: pd.DataFrame, base_log_odds: Floats, posts: Floats) -> pd.DataFrame:
        said = super().predict(matrix, base_log_odds, posts)
        more = np.exp(0.1 * matrix["log_followers"].fillna(0) - 1)
        return said.assign(rate=said["rate"] * more, conversions=said["conversions"] * more)


@pytest.fixture(scope="module")
def market() -> Prepared:
    return Prepared(prepare_market(make_tables()))


@pytest.fixture(scope="module")
def known(market: Prepared) -> Known:
    return look_back(market, TRAINED.to_pydatetime())


@pytest.fixture(scope="module")
def honest(known: Known) -> Predictor:
    return learn(known).predictor


def audited(market: Prepared, model: Predictor) -> Audit:
    return audit(market, model, until=AS_OF.to_pydatetime(), creators=12)


@pytest.fixture(scope="module")
def of_honest(market: Prepared, honest: Predictor) -> Audit:
    return audited(market, honest)


@pytest.fixture(scope="module")
def of_popular(market: Prepared, honest: Predictor) -> Audit:
    return audited(market, ReadsFollowers(**vars(honest)))


SWAPS = ["followers x10", "followers x0.1", "audience x10, exactly"]


@pytest.mark.parametrize("check", SWAPS)
def test_size_moves_the_rate_of_a_model_that_reads_followers_and_of_no_other(
    check: str, of_honest: Audit, of_popular: Audit
) -> None:
    assert of_honest.findings.set_index("check").loc[check, "passed"]
    assert not of_popular.findings.set_index("check").loc[check, "passed"]


def test_a_tenth_in_the_log_of_ten_times_the_followers_is_found(of_popular: Audit) -> None:
    # .1 ln 10 = .23, but for the one that is added to followers, and the growth of followers.
    value = of_popular.findings.set_index("check").loc["followers x10", "value"]
    assert value == pytest.approx(0.1 * np.log(10), abs=0.02)


def test_bought_followers_raise_the_rate_of_a_model_that_reads_them(of_popular: Audit) -> None:
    line = of_popular.findings.set_index("check").loc["bought followers, rate"]
    assert not line["passed"]
    assert not of_popular.passed
    assert any(reason.startswith("bought followers, rate: ") for reason in of_popular.reasons)


def test_a_finding_has_a_bound_and_a_sentence_and_what_is_unknown_fails_nothing(
    of_honest: Audit,
) -> None:
    found = of_honest.findings
    assert list(found) == ["check", "value", "low", "high", "bound", "passed", "says"]
    assert found["check"].is_unique
    assert found[["bound", "says"]].map(len).min().min() > 0
    assert len(of_honest.reasons) == (found["passed"] == False).sum()  # noqa: E712
    only_unknown = Audit(
        found.assign(passed=pd.NA).astype({"passed": "boolean"}), of_honest.tiers, found
    )
    assert only_unknown.passed
    assert set(of_honest.injections["injection"]) >= {"followers x10", "rings", "repeated posts"}


def test_the_market_is_left_as_it_was(market: Prepared, of_honest: Audit) -> None:
    rows = market.connection.sql("SELECT count(*) FROM creators").fetchall()
    assert rows == [(len(make_tables()["creators"]),)]


def test_a_model_of_labels_dealt_anew_tells_no_more_than_chance(
    known: Known, honest: Predictor
) -> None:
    placebo = placebo_spreads(known, deals=2)
    assert of_placebo(spread_within(honest, known), placebo).passed
    by_chance = learn(dealt_anew(known, seed=9)).predictor
    assert not of_placebo(spread_within(by_chance, known), placebo).passed
    assert of_placebo(np.nan, []).passed is None


def test_labels_are_dealt_within_campaigns_and_stay_whole(known: Known) -> None:
    columns = ["campaign_id", "exposed", "conversions"]
    dealt = dealt_anew(known, seed=1).outcomes
    assert not dealt["conversions"].equals(known.outcomes["conversions"])
    assert dealt["creator_id"].equals(known.outcomes["creator_id"])
    same = [o[columns].sort_values(columns).reset_index(drop=True) for o in (dealt, known.outcomes)]
    pd.testing.assert_frame_equal(*same)


def test_followers_are_found_in_features_that_hold_them(known: Known) -> None:
    creator = known.outcomes["creator_id"]
    told = known.matrix.assign(days_since_post=known.matrix["log_followers"])
    hidden = size_in_features(told, ["response", "days_since_post"], creator)
    assert not of_size(hidden).passed
    by_chance = told.assign(days_since_post=np.random.default_rng(0).normal(size=len(told)))
    assert of_size(size_in_features(by_chance, ["days_since_post"], creator)).passed
    assert of_size({"ridge": -0.1, "trees": 0.2}).passed
    assert of_size({}).passed is None


def judged(campaigns: int, small: float, large: float) -> pd.DataFrame:
    """In each campaign a small creator of whom 10 of 10, and a large one of whom 30 come of 1,000 and 9,000."""
    lines = [
        {"tier": tier, "exposed": exposed, "conversions": came}
        | {"rate": share * came / exposed, "predicted_conversions": share * came}
        for tier, exposed, came, share in (("nano", 1e3, 10.0, small), ("mega", 9e3, 30.0, large))
    ]
    return pd.concat(
        [pd.DataFrame(lines).assign(campaign_id=f"k{i}") for i in range(campaigns)],
        ignore_index=True,
    )


def test_tiers_hold_totals_and_shares() -> None:
    found = tier_table(judged(6, 1.0, 2.0)).set_index("tier")
    assert found.index.tolist() == ["nano", "mega"]
    assert found["ratio"].tolist() == [1.0, 2.0]
    assert found["exposed_share"].tolist() == [0.1, 0.9]
    assert found["conversions_share"].tolist() == [0.25, 0.75]
    # 10 and 60 of 70 predicted.
    assert found["lean"].tolist() == pytest.approx([1 / 7 - 1 / 4, 6 / 7 - 3 / 4])


def test_a_tier_that_is_surely_overrated_fails() -> None:
    tiers = tier_table(judged(6, 1.0, 2.0))
    assert [finding.passed for finding in of_tiers(tiers)] == [True, False]
    assert not of_shares(tiers).passed
    fair = tier_table(judged(6, 1.2, 1.2))
    assert [finding.passed for finding in of_tiers(fair)] == [True, True]
    assert of_shares(fair).passed


def test_few_campaigns_tell_nothing_of_a_tier() -> None:
    few = tier_table(judged(4, 1.0, 9.0))
    assert [finding.passed for finding in of_tiers(few)] == [None, None]
    assert of_shares(few).passed is None
    assert of_tiers(pd.DataFrame())[0].passed is None


def test_popularity_is_found_beside_the_truth() -> None:
    rng = np.random.default_rng(0)
    campaign = np.repeat(np.arange(8), 30)
    truth, followers, noise = rng.normal(size=(3, 240))

    def findings(rate: np.ndarray) -> list[bool | None]:
        partial = partial_spearman_by_campaign(rate, followers, truth, campaign)
        rank = spearman_by_campaign(rate, truth, campaign)
        table = pd.DataFrame({"partial": partial, "spearman": rank})
        return [finding.passed for finding in of_truth(table)]

    assert findings(truth + 0.5 * noise) == [True, True]
    assert findings(truth + followers) == [False, True]
    assert findings(noise) == [True, False]
    assert [finding.passed for finding in of_truth(None)] == [None, None]


def test_a_rate_may_lean_against_fame_as_far_as_what_features_could_reveal() -> None:
    table = pd.DataFrame({"partial": [-0.14, -0.12, -0.13], "spearman": [0.5] * 3})
    assert of_truth(table)[0].passed is False
    assert of_truth(table.assign(revealed=-0.1))[0].passed is True
    # Towards fame it may not, whatever features could reveal.
    assert of_truth(-table.assign(revealed=-0.1))[0].passed is False


def test_what_is_injected_is_in_the_tables() -> None:
    tables = make_tables()
    tables["interactions"].loc[0, "actor_id"] = "c01"
    creators = {*tables["creators"]["creator_id"], "c00~x", "c01~x"}
    own = twins(tables, {"c00": "c00~x", "c01": "c01~x"}, "x")
    assert own["interactions"]["actor_id"].isin(["c01~x"]).any()
    assert not own["interactions"][["actor_id", "target_id"]].isin(["c00", "c01"]).any().any()
    alone = audience_alone(own, creators)
    acts = len(alone["interactions"])
    assert acts < len(own["interactions"])
    larger = audience_times(alone, 3, creators)
    assert len(larger["interactions"]) == 3 * acts
    assert larger["interactions"]["interaction_id"].is_unique
    fans = [set(t["interactions"]["actor_id"]) - creators for t in (alone, larger)]
    assert len(fans[1]) == 3 * len(fans[0])
    again = posts_repeated(own, AS_OF)["posts"]
    assert again["text"].value_counts().loc[lambda n: n > 1].size > 0
    repeated = again[again["post_id"].str.endswith("/again")]
    assert repeated["published_at"].max() < AS_OF


def test_a_fraud_that_no_table_can_show_is_unknown() -> None:
    tables = make_tables()
    early = tables["audience"]["observed_at"] < AS_OF - pd.Timedelta(days=60)
    tables |= {
        "audience": tables["audience"][early],
        "interactions": tables["interactions"].head(0),
    }
    connection = prepare_market(tables)
    model = learn(look_back(Prepared(connection), TRAINED.to_pydatetime())).predictor
    found = inject(connection, AS_OF.to_pydatetime(), model.space, creators=6)
    told = {finding.check: finding.passed for finding in of_frauds(found, model)}
    assert told["bought followers, conversions"] is None
    assert told["rings, rate"] is None
    assert told["repeated posts, rate"] is not None


class Deaf(Predictor):
    """A model that says the same of everybody."""

    def predict(self, matrix: pd.DataFrame, base_log_odds: Floats, posts: Floats) -> pd.DataFrame:
        said = super().predict(matrix, base_log_odds, posts)
        return said.assign(rate=0.01, exposed=1000.0, conversions=10.0)


def test_who_takes_no_notice_of_a_fraud_is_not_fooled_by_it(
    market: Prepared, honest: Predictor
) -> None:
    told = audited(market, Deaf(**vars(honest))).findings.set_index("check")
    for kind in ("bought followers", "repeated posts"):
        assert told.loc[f"{kind}, conversions", "value"] == 0
        assert told.loc[f"{kind}, conversions", "passed"]


def test_two_models_are_audited_on_the_same_later_campaigns(
    market: Prepared, honest: Predictor
) -> None:
    until = AS_OF.to_pydatetime()
    decided = known_outcomes(market.connection, until)["as_of"]
    later = sorted(decided[decided >= TRAINED])
    since = later[len(later) // 2]
    both, recent = (
        audit(market, honest, until=until, since=moment, creators=12).tiers["outcomes"].sum()
        for moment in (TRAINED.to_pydatetime(), since)
    )
    assert both == len(later)
    assert recent == sum(moment >= since for moment in later) < both
