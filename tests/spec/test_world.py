"""The simulated market is a data folder like any other, the same for the same arguments."""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from features.phrases import CALL_TO_ACTION
from features.source import open_market
from features.tables import TABLES
from training.world import World, simulate, write_world
from training.world.calendar import START
from training.world.phrases import CALLS, ELSEWHERE, OPENERS, QUESTIONS, SENTENCES, SYMPATHY
from training.world.vocabulary import TOPICS

MONTHS = 5
END = START + pd.DateOffset(months=MONTHS)
PAST = {
    "posts": "published_at",
    "post_metrics": "observed_at",
    "interactions": "occurred_at",
    "audience": "observed_at",
    "outcomes": "measured_at",
    "credentials": "granted_at",
    "candidates": "considered_at",
}


@cache
def world() -> World:
    return simulate(creators=150, months=MONTHS, seed=3)


def test_the_contract_finds_nothing_to_quarantine(tmp_path: Path) -> None:
    write_world(world(), tmp_path)
    with open_market(tmp_path, needs=TABLES) as market:
        for name, report in market.tables.items():
            assert report.rows == len(world().tables[name]), name
            assert not report.quarantined, name
            assert not report.unknown_kinds, name
    written = {path.stem for path in (tmp_path / "truth").glob("*.parquet")}
    assert written == set(world().truth)


def test_the_same_arguments_give_the_same_market_and_another_seed_another() -> None:
    again = simulate(creators=150, months=MONTHS, seed=3)
    for frames, others in ((world().tables, again.tables), (world().truth, again.truth)):
        assert list(frames) == list(others)
        for name, frame in frames.items():
            pd.testing.assert_frame_equal(frame, others[name])
    other = simulate(creators=150, months=MONTHS, seed=4)
    assert (
        not world().tables["posts"]["text"].head(50).equals(other.tables["posts"]["text"].head(50))
    )


@pytest.mark.parametrize("table", PAST)
def test_nothing_is_dated_outside_the_world_or_finer_than_the_second(table: str) -> None:
    times = world().tables[table][PAST[table]].dropna()
    assert times.dtype == "datetime64[us]"
    assert times.max() < END
    assert (times == times.dt.floor("s")).all()
    if table != "credentials":
        assert times.min() >= START


def test_the_last_campaigns_are_still_to_come() -> None:
    tables = world().tables
    campaigns = tables["campaigns"].set_index("campaign_id")
    newest = max(tables[name][column].max() for name, column in PAST.items())
    coming = campaigns.index[campaigns["decided_at"] > newest]
    assert 2 <= len(coming) <= 3
    assert not tables["outcomes"]["campaign_id"].isin(coming).any()
    for name in ("candidates", "offers"):
        count = tables[name][tables[name]["campaign_id"].isin(coming)]["campaign_id"].nunique()
        assert count == len(coming), name
    assert not tables["candidates"].set_index("campaign_id").loc[coming, "picked"].any()


def test_an_outcome_is_read_once_its_window_of_attribution_is_over() -> None:
    outcomes = world().tables["outcomes"].merge(world().tables["campaigns"], on="campaign_id")
    window = pd.to_timedelta(outcomes["attribution_days"], unit="D")
    assert (outcomes["measured_at"] == outcomes["ends_at"] + window).all()
    assert (outcomes["decided_at"] < outcomes["starts_at"]).all()


def test_outcomes_are_what_the_truth_says_of_the_packages_bought() -> None:
    keys = ["campaign_id", "creator_id", "posts"]
    outcomes, potential = world().tables["outcomes"], world().truth["potential"]
    same = outcomes.merge(potential[potential["bought"]], on=keys, suffixes=("", "_true"))
    assert len(same) == len(outcomes) > 100
    for column in ("exposed", "conversions", "fee"):
        assert (same[column] == same[f"{column}_true"]).all(), column
    assert (potential["conversions"] <= potential["exposed"]).all()
    assert (outcomes["clicks"] >= outcomes["conversions"]).all()
    counted = world().truth["delays"].query("counted").groupby(keys[:2]).size()
    bought = potential[potential["bought"]].set_index(keys[:2])["conversions"]
    assert (counted == bought[bought > 0].reindex(counted.index)).all()


def test_every_candidate_has_an_offer_and_a_potential_result() -> None:
    keys = ["campaign_id", "creator_id"]
    candidates = world().tables["candidates"].set_index(keys).index
    assert candidates.is_unique
    offers = world().tables["offers"].set_index([*keys, "package"])
    potential = world().truth["potential"].set_index([*keys, "package"])
    assert set(offers.index.droplevel("package")) == set(candidates)
    pd.testing.assert_series_equal(offers["fee"], potential["fee"])
    three = potential.query("posts == 3").droplevel("package")
    one = potential.query("posts == 1").droplevel("package").reindex(three.index)
    # Three posts cost 2.6 times as much, reach less than thrice, and never bring less.
    assert np.allclose(three["fee"] / one["fee"], 2.6, rtol=1e-2)
    assert (three["true_reach"] < 3 * one["true_reach"]).all()
    assert (three["conversions"] >= one["conversions"]).all()


def test_an_answer_comes_after_what_it_answers_and_from_whom_it_was_said_to() -> None:
    acts = world().tables["interactions"]
    answers = acts.dropna(subset="parent_id").merge(
        acts, left_on="parent_id", right_on="interaction_id", suffixes=("", "_of")
    )
    assert len(answers) > 500
    assert (answers["kind"] == "reply").all()
    assert (answers["occurred_at"] > answers["occurred_at_of"]).all()
    assert (answers["target_id"] == answers["actor_id_of"]).all()
    # Either who was spoken to answers, or somebody else under the same post, never the speaker.
    by_another = answers["actor_id"] != answers["target_id_of"]
    assert 0.005 < by_another.mean() < 0.25
    assert (answers["post_id"] == answers["post_id_of"]).all()
    assert (answers[by_another]["kind_of"] == "comment").all()
    assert (acts["actor_id"] != acts["target_id"]).all()


def test_reactions_come_after_the_post_and_are_no_more_than_its_counters() -> None:
    tables = world().tables
    posts = tables["posts"].set_index("post_id")
    acts = tables["interactions"].dropna(subset="post_id")
    assert (
        acts["occurred_at"].to_numpy() > posts["published_at"][acts["post_id"]].to_numpy()
    ).all()
    readings = tables["post_metrics"]
    assert (
        readings.groupby("post_id")[["views", "likes", "comments", "shares"]].diff().min() >= 0
    ).all()
    for counter in ("likes", "comments", "shares"):
        assert (readings[counter] <= readings["views"]).all(), counter


def test_an_abandoned_account_falls_silent() -> None:
    left = world().truth["creators"].dropna(subset="abandoned_at").set_index("creator_id")
    posts = world().tables["posts"]
    posts = posts[posts["creator_id"].isin(left.index)]
    assert len(posts) > 0
    assert (
        posts["published_at"].to_numpy() < left["abandoned_at"][posts["creator_id"]].to_numpy()
    ).all()


@pytest.mark.parametrize("language", ["en", "fr"])
def test_calls_to_action_are_known_as_such_and_nothing_else_is(language: str) -> None:
    said = [*OPENERS[language], *QUESTIONS[language], *SENTENCES[language], *ELSEWHERE[language]]
    said += SYMPATHY[language]
    for talk in TOPICS.values():
        said += [*talk[language].lines, *talk[language].things]
    assert [s for s in said if re.search(CALL_TO_ACTION, s.lower())] == []
    assert [s for s in CALLS[language] if not re.search(CALL_TO_ACTION, s.lower())] == []


@pytest.mark.parametrize("language", ["en", "fr"])
def test_only_questions_hold_a_question_mark(language: str) -> None:
    assert all("?" in s for s in QUESTIONS[language])
    said = [*OPENERS[language], *CALLS[language], *SENTENCES[language], *ELSEWHERE[language]]
    said += SYMPATHY[language]
    assert not any("?" in s for s in said)


def test_topics_have_as_many_things_in_every_language_and_share_few() -> None:
    for name, talk in TOPICS.items():
        assert len(talk["en"].things) == len(talk["fr"].things) == 16, name
        assert len(set(talk["en"].things)) == len(set(talk["fr"].things)) == 16, name


def test_too_small_a_market_is_refused() -> None:
    with pytest.raises(ValueError, match="at least 20 creators and 3 months"):
        simulate(creators=5, months=12)
