"""What the simulated market says of itself is true: its effects can be recovered, its signals seen."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
import pandas as pd
import pytest

from features import streams
from features.asof import known_texts
from features.build import build
from features.source import open_market
from features.tables import NEEDS
from features.text import TextSpace
from models.incremental import learn_share
from models.lift import Arms, has_control
from models.ranking import spearman_by_campaign
from training.lift_table import lift_table
from training.world import World, simulate, write_world
from training.world.calendar import START, Calendar
from training.world.campaigns import draw_campaigns, draw_candidates
from training.world.delays import draw_delays
from training.world.population import draw_population

MONTHS = 8


@cache
def world() -> World:
    return simulate(creators=400, months=MONTHS, seed=0)


@cache
def potential() -> pd.DataFrame:
    """Candidates with one post, beside the qualities of their creators."""
    found = (
        world().truth["potential"].query("posts == 1").drop(columns="momentum_c", errors="ignore")
    )
    found = found.merge(world().truth["creators"], on="creator_id")
    decided = world().tables["campaigns"].set_index("campaign_id")["decided_at"]
    return found.assign(as_of=found["campaign_id"].map(decided))


def test_effects_are_recovered_from_the_true_rates() -> None:
    """Least squares of the log rate within campaigns, on what is said to act on it and on what is not.

    The creator's own part repeats over campaigns, so errors are those of 400 creators, not of 4,000
    rows: about .55 / sqrt(400) = .03 for a quality, and no more than 4 of them are allowed.
    """
    rows = potential().assign(
        log_followers=np.log(potential()["followers"] + 1), y=np.log(potential()["true_rate"])
    )
    effects = world().truth["effects"].dropna(subset="coefficient").set_index("name")["coefficient"]
    columns = [*effects.index, "y"]
    centred = rows[columns] - rows.groupby("campaign_id")[columns].transform("mean")
    x = centred[list(effects.index)].to_numpy()
    found, *_ = np.linalg.lstsq(x, centred["y"].to_numpy(), rcond=None)
    spread = x.std(axis=0)
    for name, estimate, sd in zip(effects.index, found, spread, strict=True):
        assert abs(estimate - effects[name]) * sd < 0.12, f"{name}: {estimate:.3f}"


def test_the_revealed_rate_is_what_is_left_when_the_noise_is_averaged_out() -> None:
    rows = potential()
    ratio = np.log(rows["true_rate"] / rows["revealed_rate"])
    level = world().truth["campaigns"].set_index("campaign_id")["own_level"]
    noise = ratio - rows["campaign_id"].map(level) - rows["creator"]
    # What remains is the noise of the pair, .6, less half the three variances: .57², .55² and .6².
    assert noise.mean() == pytest.approx(-(0.57**2 + 0.55**2 + 0.6**2) / 2, abs=0.03)
    assert noise.std() == pytest.approx(0.6, abs=0.03)


def test_conversions_follow_exposure_and_rate() -> None:
    rows = potential()
    expected = rows["exposed"] * rows["true_rate"]
    # Poisson given both: the standardised total is within 4 of 0.
    assert abs(rows["conversions"].sum() - expected.sum()) < 4 * np.sqrt(expected.sum())


def test_a_pod_and_bought_followers_are_seen_in_counters_but_not_in_the_rate() -> None:
    rows = potential()
    by_creator = rows.groupby("creator_id").first()
    last = world().tables["post_metrics"].drop_duplicates("post_id", keep="last")
    posts = world().tables["posts"].merge(last, on="post_id")
    liked = np.log((posts["likes"] + 0.5) / posts["views"]).groupby(posts["creator_id"]).median()
    liked = liked.reindex(by_creator.index)
    in_pod = by_creator["pod"] > 1
    assert liked[in_pod].mean() > liked[~in_pod].mean() + 0.2
    assert abs(rows["true_rate"].rank().corr(rows["fake_share"].rank())) < 0.12


def test_a_bought_audience_jumps_without_a_jump_of_views() -> None:
    buyers = world().truth["creators"].dropna(subset="bought_at").query("fake_share > .3")
    assert len(buyers) > 10
    audience = world().tables["audience"].set_index("creator_id")
    jumps = []
    for buyer in buyers.itertuples():
        read = audience.loc[buyer.creator_id].set_index("observed_at")["followers"]
        step = np.log(read).diff()
        jumps.append(step.max())
        near = abs(step.idxmax() - buyer.bought_at) <= pd.Timedelta(days=15)
        assert near, buyer.creator_id
    # A share of .3 bought makes 1 / .7 of what was there.
    assert min(jumps) > np.log(1 / 0.7) * 0.8


def test_the_logged_propensity_is_the_share_of_times_a_creator_is_picked() -> None:
    calendar = Calendar.of(3)
    population = draw_population(60, calendar, 0)
    campaigns = draw_campaigns(calendar, 0)
    draws = [draw_candidates(population, campaigns, seed) for seed in range(200)]
    picked = np.concatenate([d.picked[d.propensity == d.propensity] for d in draws])
    propensity = np.concatenate([d.propensity[d.propensity == d.propensity] for d in draws])
    band = pd.cut(propensity, np.quantile(propensity, [0, 0.1, 0.3, 0.5, 0.7, 0.9, 1]))
    table = pd.DataFrame({"p": propensity, "picked": picked}).groupby(band, observed=True).mean()
    assert np.allclose(table["p"], table["picked"], atol=0.01)
    lots = np.concatenate([d.randomised[d.picked] for d in draws]).mean()
    assert 0.08 < lots < 0.16


def test_a_delay_beyond_the_window_never_counts() -> None:
    row, hours = draw_delays(np.array([20_000, 0, 5]), seed=0)
    counted = np.bincount(row[hours <= 720], minlength=3)
    assert counted.tolist() == [20_000, 0, 5]
    # Φ(-ln(10) / 1.2) of the slow .6 take longer than 30 days: .6 × .0275 = .0165.
    assert (hours > 720).mean() == pytest.approx(0.0165, abs=0.004)


def test_parts_draw_from_streams_of_their_own() -> None:
    # A longer world has the same creators: what time draws does not move who they are.
    short, long = (draw_population(50, Calendar.of(months), 0) for months in (4, 9))
    assert (short.platform == long.platform).all()
    assert np.allclose(
        short.genuine[:, 0] / (1 - short.fake_share * np.isnan(short.bought_at)),
        long.genuine[:, 0] / (1 - long.fake_share * np.isnan(long.bought_at)),
    )


@cache
def observed() -> tuple[pd.DataFrame, pd.DataFrame]:
    """Candidates of the last two months, and their features as of the decision."""
    late = potential()[potential()["as_of"] >= START + pd.DateOffset(months=MONTHS - 2)]
    late = late.reset_index(drop=True)
    needs, uses = NEEDS["evaluate"]
    with TemporaryDirectory() as folder:
        write_world(world(), Path(folder))
        with open_market(Path(folder), needs=needs, uses=uses) as market:
            streams.prepare(market.connection)
            until = late["as_of"].min().to_pydatetime()
            space = TextSpace.fit(known_texts(market.connection, until))
            return late, build(market.connection, late, space)


@pytest.mark.parametrize(
    ("feature", "quality", "sign"),
    [
        ("relative_response", "engagement", 1),
        ("relative_shares", "engagement", 1),
        ("reply_share", "conversation", 1),
        ("question_reply_share", "conversation", 1),
        ("reply_hours", "conversation", -1),
        ("comments_per_like", "conversation", 1),
        ("question_share", "conversation", 1),
        ("call_share", "conversation", 1),
        ("outbound_share", "conversation", 1),
        ("credentials", "reputation", 1),
        ("caption_variety", "reputation", 1),
        ("exclamations", "reputation", -1),
        ("sponsored_share", "reputation", -1),
        ("profile_completeness", "reputation", 1),
        ("audience_growth", "momentum", 1),
        ("views_trend", "momentum", 1),
        ("response_trend", "momentum", 1),
        ("posts_per_week", "momentum", 1),
        ("on_topic_share", "fit", 1),
        ("topic_similarity", "fit", 1),
        ("best_match", "fit", 1),
    ],
)
def test_a_quality_shows_in_the_features(feature: str, quality: str, sign: int) -> None:
    rows, matrix = observed()
    known = matrix[feature].notna().to_numpy()
    found = spearman_by_campaign(
        matrix[feature][known].to_numpy(),
        rows[quality][known].to_numpy(dtype=np.float64),
        rows["campaign_id"][known],
    ).mean()
    assert sign * found > 0.2, f"{found:.2f}"


def test_others_mention_the_reputable_more() -> None:
    acts = world().tables["interactions"].query("kind == 'mention'")
    count = acts.groupby("target_id").size()
    creators = world().truth["creators"].set_index("creator_id")
    count = count.reindex(creators.index).fillna(0)
    assert count.rank().corr(creators["reputation"].rank()) > 0.4


@cache
def lifted() -> pd.DataFrame:
    """Outcomes of the simulated market with a control, and `true`: the lift that its law expects."""
    outcomes = world().tables["outcomes"]
    outcomes = outcomes[has_control(outcomes)]
    law = world().truth["potential"].query("bought")
    found = outcomes.merge(law, on=["campaign_id", "creator_id"], suffixes=("", "_law"))
    true = found["exposed"] * found["true_rate"] * found["incremental_share"]
    return found.assign(true=true, tier="nano")


def test_a_third_of_the_campaigns_hold_groups_out_and_these_convert_by_the_law() -> None:
    campaigns = world().truth["campaigns"]
    # 75 campaigns: a third, within three standard errors.
    assert campaigns["holds_out"].mean() == pytest.approx(1 / 3, abs=3 * np.sqrt(2 / 9 / 75))
    # Beta(6, 3): mean 2/3, spread sqrt(6·3 / (9²·10)) = .149.
    assert campaigns["incremental_share"].mean() == pytest.approx(
        2 / 3, abs=3 * 0.149 / np.sqrt(75)
    )
    outcomes = world().tables["outcomes"]
    controlled = outcomes["control_exposed"].notna()
    held_out = campaigns.set_index("campaign_id")["holds_out"][outcomes["campaign_id"]]
    assert (controlled.to_numpy() == held_out.to_numpy()).all()
    rows = lifted()
    size = rows["control_exposed"] / rows["exposed"]
    assert size[rows["exposed"] > 100].between(0.19, 0.61).all()
    expected = (rows["control_exposed"] * rows["true_rate"] * (1 - rows["incremental_share"])).sum()
    assert abs(rows["control_conversions"].sum() - expected) < 4 * np.sqrt(expected)


def test_intervals_hold_the_true_lift_in_80_of_100_cases() -> None:
    rows = lifted()
    expected = rows["exposed"] * rows["true_rate"]
    told = rows[expected >= 2]
    assert len(told) > 80
    low, high = Arms.of(told).interval()
    # Three standard errors of a share of 80 % among so many; where fewer are expected, counts are
    # so coarse that more are held.
    error = 3 * np.sqrt(0.16 / len(told))
    assert ((low <= told["true"]) & (told["true"] <= high)).mean() == pytest.approx(0.8, abs=error)
    low, high = Arms.of(rows).interval()
    assert ((low <= rows["true"]) & (rows["true"] <= high)).mean() > 0.8 - error


def test_the_table_of_lift_adds_up_and_holds_the_truth_of_campaigns() -> None:
    rows = lifted()
    found = lift_table(rows)
    campaigns = found[found["of"] == "campaign"].set_index("name")
    [everything] = found[found["of"] == "all"].to_dict("records")
    assert campaigns["incremental"].sum() == pytest.approx(everything["incremental"])
    assert campaigns["control_exposed"].sum() == rows["control_exposed"].sum()
    truth = rows.groupby("campaign_id")["true"].sum().reindex(campaigns.index)
    held = (campaigns["low"] <= truth) & (truth <= campaigns["high"])
    assert held.mean() == pytest.approx(0.8, abs=3 * np.sqrt(0.16 / len(held)))
    # 2.6 standard errors around what was found, twice the 80 %.
    reach = 2 * (everything["high"] - everything["low"]) / 2
    assert everything["incremental"] == pytest.approx(truth.sum(), abs=reach)


def test_the_share_of_the_simulated_market_is_recovered() -> None:
    told = world().tables["outcomes"].sort_values(["campaign_id", "creator_id"])
    found = learn_share(told)
    assert found is not None
    used = told.loc[has_control(told), "campaign_id"].unique()
    truth = np.log(world().truth["campaigns"].set_index("campaign_id")["incremental_share"])
    # Its mean over so many campaigns, within three standard errors. The spread of a log under
    # Beta(6, 3) is sqrt(1/36 + 1/49 + 1/64); what 21 noisy campaigns leave unknown comes to it.
    error = 3 * found.sd_log / np.sqrt(len(used))
    assert np.log(found.share) == pytest.approx(truth[used].mean(), abs=error)
    spread = np.sqrt(1 / 36 + 1 / 49 + 1 / 64)
    assert 0.8 * spread < found.sd_log < 3 * spread
