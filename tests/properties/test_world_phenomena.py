"""Each phenomenon of the simulated market is seen in its tables, where its truth says it is, and only there."""

from __future__ import annotations

from functools import cache

import numpy as np
import pandas as pd
import pytest

from tests.simulated import creators, world
from training.world.phrases import PROMISES, THANKS

HOUR, DAY = pd.Timedelta(hours=1), pd.Timedelta(days=1)


@cache
def among_creators() -> pd.DataFrame:
    """Acts between creators, with the time of the first act back; NaT without one."""
    acts = world().tables["interactions"]
    known = creators().index
    acts = acts[acts["actor_id"].isin(known) & acts["target_id"].isin(known)]
    acts = acts[["occurred_at", "kind", "actor_id", "target_id", "parent_id"]]
    acts = acts[acts["parent_id"].isna()].sort_values("occurred_at")
    back = acts.rename(columns={"actor_id": "target_id", "target_id": "actor_id"})
    back = back[["occurred_at", "actor_id", "target_id"]].assign(back_at=back["occurred_at"])
    return pd.merge_asof(
        acts,
        back,
        on="occurred_at",
        by=["actor_id", "target_id"],
        direction="forward",
        allow_exact_matches=False,
    )


def last_reading() -> pd.DataFrame:
    """Posts with their counters after a week."""
    read = world().tables["post_metrics"].drop_duplicates("post_id", keep="last")
    posts = world().tables["posts"].merge(read, on="post_id")
    return posts[posts["observed_at"] - posts["published_at"] > 6 * DAY]


def test_the_log_rate_is_the_sum_of_what_is_said_to_act_on_it_and_of_nothing_else() -> None:
    """To the last digit: no room is left for rings, pods, bought followers, size or holidays."""
    effects = world().truth["effects"].dropna(subset="coefficient").set_index("name")["coefficient"]
    rows = world().truth["potential"].query("true_rate < .3").merge(creators(), on="creator_id")
    rows = rows.merge(world().truth["campaigns"], on=["campaign_id", "is_coming"])
    acting = effects[effects != 0]
    said = sum(coefficient * rows[name] for name, coefficient in acting.items())
    said += rows["brand_level"] + rows["own_level"] + rows["creator"] + rows["pair"]
    assert np.allclose(said, np.log(rows["true_rate"]), atol=1e-9)
    assert {"in_ring", "on_holiday", "pod", "fake_share", "log_followers"} == set(
        effects[effects == 0].index
    )
    assert rows["in_ring"].any()
    assert rows["on_holiday"].any()


def test_members_of_a_ring_return_a_visit_within_hours_and_others_do_not() -> None:
    acts = among_creators()
    ring = creators()["ring"]
    same = ring.reindex(acts["actor_id"]).to_numpy() == ring.reindex(acts["target_id"]).to_numpy()
    returned = (acts["back_at"] - acts["occurred_at"] < 6 * HOUR).to_numpy()
    # .6 of first visits are returned, nearly all of them within 6 hours; returns are not again.
    assert same.sum() > 1000
    assert 0.25 < returned[same].mean() < 0.6
    assert returned[~same].mean() < 0.02


def test_a_ring_is_a_closed_group_of_three_to_six_of_one_language() -> None:
    members = (
        creators()
        .dropna(subset="ring")
        .join(world().tables["creators"].set_index("creator_id")["language"])
    )
    assert members["in_ring"].all()
    assert not creators()[creators()["ring"].isna()]["in_ring"].any()
    rings = members.groupby("ring")
    assert rings.size().between(3, 6).all()
    assert (rings["language"].nunique() == 1).all()
    assert 0.04 < creators()["in_ring"].mean() < 0.12
    promised = world().tables["interactions"]
    words = [*PROMISES["en"], *PROMISES["fr"]]
    promised = promised[promised["text"].isin(words)]
    assert (
        members["ring"].reindex(promised["actor_id"]).to_numpy()
        == members["ring"].reindex(promised["target_id"]).to_numpy()
    ).all()


def test_honest_return_takes_days() -> None:
    acts = among_creators()
    ring = creators()["in_ring"]
    outside = ~ring.reindex(acts["actor_id"]).to_numpy() & (acts["kind"] == "comment").to_numpy()
    wait = (acts["back_at"] - acts["occurred_at"])[outside]
    in_days = (wait > DAY) & (wait < 7 * DAY)
    # Of outbound words .35 are returned, 1 - e^-2 = .86 of these within 7 days, where there is a
    # recent post; the visits returned are among the comments, and not returned again.
    assert in_days.mean() > 0.12
    assert in_days.mean() > 4 * (wait < DAY).mean()


def test_sponsored_posts_of_the_last_month_cost_what_the_truth_says() -> None:
    posts = world().tables["posts"].query("sponsored")
    rows = world().truth["potential"].drop_duplicates(["campaign_id", "creator_id"])
    decided = world().tables["campaigns"].set_index("campaign_id")["decided_at"]
    rows = rows.assign(as_of=rows["campaign_id"].map(decided))
    pairs = rows.merge(posts[["creator_id", "published_at"]], on="creator_id")
    recent = pairs["published_at"].between(pairs["as_of"] - 30 * DAY, pairs["as_of"], "left")
    counted = pairs[recent].groupby(["campaign_id", "creator_id"]).size()
    counted = counted.reindex(pd.MultiIndex.from_frame(rows[["campaign_id", "creator_id"]]))
    assert (counted.fillna(0).to_numpy() == rows["sponsored_load"].to_numpy()).all()
    wearies = creators()["wearies"].reindex(rows["creator_id"]).to_numpy()
    assert ((wearies >= 0.03) & (wearies <= 0.08)).all()
    assert np.allclose(np.exp(rows["fatigue"]), (1 - wearies) ** rows["sponsored_load"])
    assert (rows["sponsored_load"] >= 3).mean() > 0.02


def test_some_creators_sell_much_to_brands_outside_the_market() -> None:
    posts = world().tables["posts"].query("sponsored")
    brands = world().tables["campaigns"]["brand"].unique()
    outside = ~posts["text"].str.contains("|".join(brands), regex=True)
    count = posts[outside].groupby("creator_id").size().reindex(creators().index).fillna(0)
    share = count / world().tables["posts"].groupby("creator_id").size()
    widely = creators()["sells_widely"]
    # exp(2) = 7.4 times the odds: from about .08 to .39.
    assert share[widely].median() > 3 * share[~widely].median() > 0


def test_on_holiday_a_creator_is_silent_and_then_comes_back() -> None:
    holidays = world().truth["holidays"]
    length = holidays["ends_at"] - holidays["begins_at"]
    assert length.between(7 * DAY, 21 * DAY).all()
    posts = world().tables["posts"]
    own = posts[~posts["text"].str.contains("Paid partnership|Collaboration commerciale")]
    acts = world().tables["interactions"]
    replies = acts[(acts["kind"] == "reply") & acts["actor_id"].isin(creators().index)]
    for said, who, when in (
        (own, "creator_id", "published_at"),
        (replies, "actor_id", "occurred_at"),
    ):
        pairs = said.merge(holidays, left_on=who, right_on="creator_id")
        is_during = pairs[when].between(pairs["begins_at"], pairs["ends_at"], "left")
        is_after = pairs[when].between(pairs["ends_at"], pairs["ends_at"] + 14 * DAY, "left")
        if who == "actor_id":
            # What answers an answer is thanks, and anybody's.
            is_during &= ~pairs["text"].isin([*THANKS["en"], *THANKS["fr"]])
        assert is_during.sum() == 0, who
        assert is_after.sum() > 100, who


def test_a_leaders_word_brings_views_mentions_and_followers_for_two_weeks() -> None:
    shocks = world().truth["shocks"].reset_index(names="shock")
    assert len(shocks) > 60
    assert creators()["leads"].reindex(shocks["leader_id"]).all()
    acts = world().tables["interactions"]
    words = acts.merge(
        shocks,
        left_on=["actor_id", "target_id", "occurred_at"],
        right_on=["leader_id", "creator_id", "occurred_at"],
    )
    assert set(words["kind"]) == {"mention", "reshare"}
    assert len(words) == len(shocks)

    def per_shock(table: pd.DataFrame, who: str, when: str) -> pd.DataFrame:
        pairs = table.rename(columns={who: "creator_id", when: "when"}).merge(
            shocks, on="creator_id"
        )
        return pairs.assign(age=(pairs["when"] - pairs["occurred_at"]) / DAY)

    views = per_shock(last_reading(), "creator_id", "published_at")
    views["log"] = np.log(views["views"])
    usual = views[views["age"].between(-90, 0)].groupby("shock")["log"].median()
    after = views[views["age"].between(0, 14, "right")].groupby("shock")["log"].mean()
    later = views[views["age"].between(21, 60)].groupby("shock")["log"].mean()
    # .8 times the mean over two weeks of e^(-t/7), (1 - e^-2)/2 = .43, strength 1: +.35.
    assert (after - usual).mean() == pytest.approx(0.35, abs=0.12)
    assert abs((later - usual).mean()) < 0.15

    mentions = (
        acts.query("kind == 'mention'").drop(columns="occurred_at").assign(when=acts["occurred_at"])
    )
    mentions = per_shock(mentions, "target_id", "when")
    shortly = mentions["age"].between(0, 14, "right").sum()
    before = mentions["age"].between(-14, 0, "left").sum()
    # 3 more, of which 1 - e^-2 = .86 within two weeks, to .7 in an ordinary fortnight.
    assert shortly > 3 * before

    audience = per_shock(world().tables["audience"], "creator_id", "observed_at")
    audience["log"] = np.log(audience["followers"])

    def level(low: float, high: float) -> pd.Series:
        return audience[audience["age"].between(low, high)].groupby("shock")["log"].mean()

    # 7.5 % for strength 1, of what is not bought; ordinary growth is a tenth of a percent a week.
    grew, usually = level(21, 28) - level(-7, 0), level(-7, 0) - level(-35, -28)
    assert (grew - usually).median() == pytest.approx(0.06, abs=0.03)


def test_attention_fades_and_is_none_without_a_word_in_the_last_three_weeks() -> None:
    rows = world().truth["potential"].drop_duplicates(["campaign_id", "creator_id"])
    decided = world().tables["campaigns"].set_index("campaign_id")["decided_at"]
    rows = rows.assign(as_of=rows["campaign_id"].map(decided))
    pairs = rows.merge(world().truth["shocks"], on="creator_id")
    age = (pairs["as_of"] - pairs["occurred_at"]) / DAY
    left = np.where((age > 0) & (age < 21), pairs["strength"] * np.exp(-age / 7), 0)
    expected = pairs.assign(left=left).groupby(["campaign_id", "creator_id"])["left"].sum()
    expected = expected.reindex(pd.MultiIndex.from_frame(rows[["campaign_id", "creator_id"]]))
    assert np.allclose(expected.fillna(0), rows["attention"])
    assert (rows["attention"] > 0.3).sum() > 20


def test_leaders_are_those_whom_many_creators_cite() -> None:
    acts = among_creators()
    cited = acts[acts["kind"].isin(["mention", "reshare"])]
    ring = creators()["ring"]
    within = ring.reindex(cited["actor_id"]).notna().to_numpy() & (
        ring.reindex(cited["actor_id"]).to_numpy() == ring.reindex(cited["target_id"]).to_numpy()
    )
    by = cited[~within].groupby("target_id")["actor_id"].nunique()
    by = by.reindex(creators().index).fillna(0)
    leads = creators()["leads"]
    assert leads.sum() >= 4
    assert by[leads].min() > by[~leads].max()
