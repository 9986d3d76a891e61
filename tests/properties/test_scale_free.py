"""A bigger audience is no influence: features of the rate do not rise with it.

Two markets that differ in nothing but the size of audiences give the same rate features. A feature
that cannot be exactly equal is declared here, with the reason and how far it may move.
"""

from __future__ import annotations

from datetime import datetime, timedelta

import numpy as np
import pandas as pd
import pytest

from features.build import build
from features.feature import catalogue
from features.text import TextSpace
from tests.market import prepare_market
from tests.random_market import BRIEFS, CORPUS, SAID, WRITTEN

START = datetime(2024, 1, 1)
DAYS = 160
CREATORS = [f"c{i}" for i in range(6)]
POPULAR = CREATORS[:3]
"""Those whose audience is replicated; the others of their platform must not move either."""
TIMES = 5

VIEWS, REACTIONS, FOLLOWERS, ACTS = 100_000, 2_000, 5_000, 100
"""The least of each: views of a post, each of its other counters, followers, and acts received in
the 28 days before a row, and in four weeks of the twelve before. `SMOOTHED` rests on them."""

MENTIONS, SHARERS, WEEK, PEERS = 20, 15, 30, 9
"""The least of mentions in the same periods, of distinct sharers in each of the last two times 45
days, and of acts a week in the last eight; the most acts of creators, who are no audience and do not
multiply, in any of these periods."""

EXACT = 1e-9

FOLLOWED = {
    # ln((10a + 1)/(10b + 1)) against ln((a + 1)/(b + 1)): each ln((a + .1)/(a + 1)) lies in -.9/a
    # .. 0.
    # A weekly growth, at most 0.9 / FOLLOWERS a week, times 90/7.
    "audience_growth": 90 / 7 * 0.9 / FOLLOWERS,
    "growth_divergence": 0.9 / FOLLOWERS,
    # A difference of two weekly growths, times 45/7.
    "audience_acceleration": 45 / 7 * 2 * 0.9 / FOLLOWERS,
    # The excess of one growth over the median of others.
    "follower_jump": 2 * 0.9 / FOLLOWERS,
}
"""How far a feature may move when followers are ten times as many: one is added to them in the log,
so that a creator without followers has one; growth is a ratio, and the level plays no part."""

# ln((kx + .5)/(kv + 1)) against ln((x + .5)/(v + 1)): the first counter moves it by less than .5/x,
# the second by less than 1/v, both upward or both downward by less than the larger.
RESPONSE = 0.5 / REACTIONS + 1 / VIEWS
SMOOTHED = {
    "response": RESPONSE,
    # A difference of two medians, each of which moves no further than the values do.
    "relative_response": 2 * RESPONSE,
    "relative_response_recent": 2 * RESPONSE,
    "relative_comments": 2 * RESPONSE,
    "relative_shares": 2 * RESPONSE,
    "relative_likes": 2 * RESPONSE,
    "comments_per_like": 0.5 / REACTIONS + 1 / REACTIONS,
    "response_spread": 2 * RESPONSE,
    "topical_response": 2 * RESPONSE,
    "on_topic_lift": 2 * RESPONSE,
    "sponsored_response": 2 * RESPONSE,
    # A difference of two medians of ln(kv + 1).
    "jump_backing": 2 / VIEWS,
    "response_trend": 2 * RESPONSE,
    "question_pull": 2 * RESPONSE,
    "call_pull": 2 * RESPONSE,
    "relative_response_trend": 4 * RESPONSE,
    "comments_trend": 4 * RESPONSE,
    "response_acceleration": 4 * RESPONSE,
    "views_trend": 2 / VIEWS,
    # No further than views_trend.
    "audience_acceleration": 2 / VIEWS,
    # ln(kx + 1) against ln(x + 1) + ln k, of likes and comments: by less than 1/x, downward.
    "growth_divergence": 1 / (2 * REACTIONS),
    # ln(ka + c + 3) against ln(a + c + 3) + ln k, c being of creators: by less than (c + 3)/a,
    # downward, above and below the line. Three acts stand for what is not known yet.
    "attention_change": (PEERS + 3) / ACTS,
    "mention_change": (PEERS + 3) / MENTIONS,
    "attention_shock": (PEERS + 3) / WEEK,
    "sharer_change": 3 / SHARERS,
}
"""How far a feature may move when an audience does everything five times: counters start from one
half or one, attention from three acts, so that little evidence moves a feature little."""


def random_audience() -> dict[str, pd.DataFrame]:
    """Six creators of one platform with large counters and lively conversations."""
    rng = np.random.default_rng(7)

    def moments(count: int) -> list[datetime]:
        return [START + timedelta(seconds=int(s)) for s in rng.integers(0, DAYS * 86_400, count)]

    posts = pd.DataFrame({"published_at": moments(480)})
    posts["post_id"] = [f"p{i}" for i in range(len(posts))]
    posts["creator_id"] = rng.choice(CREATORS, len(posts))
    posts["kind"] = rng.choice(["original", "reshare", "quote"], len(posts))
    posts["text"] = rng.choice(np.array((*WRITTEN, *WRITTEN[-2:]), dtype=object), len(posts))
    posts["links"] = rng.integers(0, 2, len(posts))
    posts["sponsored"] = rng.random(len(posts)) < 0.3
    posts["domains"] = [[["a.org"], ["b.org"], []][i % 3] for i in range(len(posts))]

    metrics = pd.concat(
        [
            pd.DataFrame(
                {
                    "post_id": posts["post_id"],
                    "observed_at": posts["published_at"] + timedelta(days=days),
                    "views": VIEWS + rng.integers(0, 10 * VIEWS, len(posts)),
                    **{
                        name: REACTIONS + rng.integers(0, 10 * REACTIONS, len(posts))
                        for name in ("likes", "comments", "shares")
                    },
                }
            )
            for days in (1, 6)
        ]
    )

    def said(count: int) -> list[str]:
        return rng.choice(np.array(SAID, dtype=object), count)  # type: ignore[return-value]

    acts = pd.DataFrame({"occurred_at": moments(6000)})
    acts["interaction_id"] = [f"i{i}" for i in range(len(acts))]
    acts["kind"] = rng.choice(
        ["comment", "like", "mention", "reshare"], len(acts), p=[0.4, 0.3, 0.2, 0.1]
    )
    acts["actor_id"] = [f"fan{int(i)}" for i in 300 * rng.random(len(acts)) ** 2]
    acts["post_id"] = rng.choice(posts["post_id"], len(acts))
    acts["target_id"] = acts["post_id"].map(posts.set_index("post_id")["creator_id"])
    acts["text"] = said(len(acts))
    acts["parent_id"] = None
    # Now and then one fan answers another.
    remarks = acts[acts["kind"] == "comment"].sample(500, random_state=2)
    among_fans = remarks.assign(
        interaction_id=remarks["interaction_id"] + "f",
        kind="reply",
        actor_id="fan300",
        target_id=remarks["actor_id"],
        occurred_at=remarks["occurred_at"] + pd.to_timedelta(rng.integers(1, 99, 500), "h"),
        parent_id=remarks["interaction_id"],
    )
    # A third of the comments is answered within some days, half of these without naming the
    # comment.
    answered = acts[(acts["kind"] == "comment") & (rng.random(len(acts)) < 0.33)]
    answers = answered.assign(
        interaction_id=answered["interaction_id"] + "a",
        kind="reply",
        actor_id=answered["target_id"],
        target_id=answered["actor_id"],
        occurred_at=answered["occurred_at"]
        + pd.to_timedelta(rng.integers(1, 240, len(answered)), "h"),
        parent_id=answered["interaction_id"].where(rng.random(len(answered)) < 0.5, None),
        # The first creators have but few words for all.
        text=[
            SAID[-1 - int(i)]
            for i in rng.random(len(answered))
            * answered["target_id"].map({c: 5 + 2 * i for i, c in enumerate(CREATORS)})
        ],
    )
    again = answers[rng.random(len(answers)) < 0.4]
    again = again.assign(
        interaction_id=again["interaction_id"] + "2",
        actor_id=again["target_id"],
        target_id=again["actor_id"],
        parent_id=again["interaction_id"],
        occurred_at=again["occurred_at"] + pd.to_timedelta(rng.integers(1, 300, len(again)), "h"),
    )
    # Now and then a creator speaks to people who are no audience of its own, and some come by.
    outward = acts.sample(400, random_state=1)
    outward = outward.assign(
        interaction_id=outward["interaction_id"] + "o",
        kind=rng.choice(["comment", "like", "mention"], 400),
        actor_id=outward["target_id"],
        target_id=[f"stranger{i}" for i in rng.integers(0, 60, 400)],
        post_id="elsewhere",
    )
    returned = outward[rng.random(400) < 0.5]
    returned = returned.assign(
        interaction_id=returned["interaction_id"] + "r",
        kind="like",
        actor_id=returned["target_id"],
        target_id=returned["actor_id"],
        post_id=None,
        occurred_at=returned["occurred_at"]
        + pd.to_timedelta(rng.choice([2, 99], len(returned)), "h"),
    )
    # Creators like and mention each other, without a word.
    among_creators = pd.DataFrame(
        [
            (START + timedelta(days=day, hours=i), kind, actor, target)
            for i, actor in enumerate(CREATORS)
            for j, target in enumerate(CREATORS)
            if actor != target
            for day, kind in ((30, "like"), (60, "like"), (139 + i, "mention"))
            if rng.random() < (0.9 if j < 2 else 0.5)
        ],
        columns=["occurred_at", "kind", "actor_id", "target_id"],
    )
    among_creators["interaction_id"] = [f"c{i}" for i in range(len(among_creators))]
    return {
        "creators": pd.DataFrame(
            {
                "creator_id": CREATORS,
                "platform": "tok",
                "bio": WRITTEN[4],
                "language": "en",
                "country": "GB",
                "joined_at": START,
            }
        ),
        "credentials": pd.DataFrame({"creator_id": CREATORS, "kind": "book", "title": WRITTEN[4]}),
        "posts": posts,
        "post_metrics": metrics,
        "interactions": pd.concat(
            [acts, among_fans, answers, again, outward, returned, among_creators]
        ),
        "audience": pd.DataFrame(
            {
                "creator_id": CREATORS * 13,
                "observed_at": np.repeat(
                    [START + timedelta(days=d) for d in range(1, DAYS, 13)], len(CREATORS)
                ),
                "followers": FOLLOWERS + rng.integers(0, 100_000, 13 * len(CREATORS)),
                "following": rng.integers(1, 1000, 13 * len(CREATORS)),
            }
        ),
        "campaigns": pd.DataFrame(
            {
                "campaign_id": ["k0", "k1", "k2", "k3", "k4"],
                "brand": "Acme",
                "brief": [*BRIEFS[:3], *BRIEFS[:2]],
                "starts_at": [START + timedelta(days=d) for d in (20, DAYS, DAYS, 30, 40)],
                "language": ["en", "en", "fr", "en", "en"],
                "country": "GB",
            }
        ),
        "outcomes": pd.DataFrame(
            [
                (campaign, creator, 900, (i * j) % 7)
                for i, campaign in enumerate(("k0", "k3", "k4"), 1)
                for j, creator in enumerate(CREATORS)
            ],
            columns=["campaign_id", "creator_id", "exposed", "conversions"],
        ),
    }


ROWS = pd.DataFrame(
    [
        (creator, campaign, START + timedelta(days=days))
        for creator in CREATORS
        for campaign in ("k1", "k2")
        for days in (152, DAYS)
    ],
    columns=["creator_id", "campaign_id", "as_of"],
)


def features_of(tables: dict[str, pd.DataFrame]) -> pd.DataFrame:
    return build(prepare_market(tables), ROWS, TextSpace.fit(CORPUS))


def moved(before: pd.DataFrame, after: pd.DataFrame, allowed: dict[str, float]) -> dict[str, float]:
    """Features that moved further than allowed, or became known or unknown, and how far."""
    far = (after - before).abs().fillna(np.inf).where(before.notna() | after.notna(), 0.0).max()
    return {name: far[name] for name in far.index if far[name] > allowed.get(name, EXACT)}


def with_followers_times(tables: dict[str, pd.DataFrame], times: int) -> dict[str, pd.DataFrame]:
    """Every reading of every audience `times` as large."""
    audience = tables["audience"]
    larger = audience.assign(
        followers=audience["followers"] * times, following=audience["following"] * times
    )
    return tables | {"audience": larger}


def with_audience_times(tables: dict[str, pd.DataFrame], times: int) -> dict[str, pd.DataFrame]:
    """`times` people do what one did in the audience of the popular, and are answered as often."""
    acts, metrics, posts = tables["interactions"], tables["post_metrics"], tables["posts"]
    of_popular = posts.loc[posts["creator_id"].isin(POPULAR), "post_id"]
    by_audience = ~acts["actor_id"].isin(CREATORS) & (
        acts["target_id"].isin(POPULAR)
        | ~acts["target_id"].isin(CREATORS) & acts["post_id"].isin(of_popular)
    )
    answers = acts["actor_id"].isin(POPULAR) & (acts["kind"] == "reply")
    clones = []
    for i in range(1, times):
        clone = acts[by_audience | answers].copy()
        for column in ("interaction_id", "parent_id"):
            clone[column] = clone[column] + f"~{i}"
        for column in ("actor_id", "target_id"):
            is_fan = ~clone[column].isin(CREATORS)
            clone[column] = clone[column].where(~is_fan, clone[column] + f"~{i}")
        clones.append(clone)
    counters = ["views", "likes", "comments", "shares"]
    larger = metrics[counters].where(
        ~metrics["post_id"].isin(of_popular), metrics[counters] * times
    )
    return tables | {
        "interactions": pd.concat([acts, *clones]),
        "post_metrics": metrics.assign(**larger),
    }


RATE = [feature.name for feature in catalogue(popularity=False)]
SIZE = [feature.name for feature in catalogue(popularity=True)]


@pytest.fixture(scope="module")
def market() -> dict[str, pd.DataFrame]:
    return random_audience()


@pytest.fixture(scope="module")
def before(market: dict[str, pd.DataFrame]) -> pd.DataFrame:
    return features_of(market)


@pytest.fixture(scope="module")
def ten_times_followed(market: dict[str, pd.DataFrame]) -> pd.DataFrame:
    return features_of(with_followers_times(market, 10))


@pytest.fixture(scope="module")
def five_times_answered(market: dict[str, pd.DataFrame]) -> pd.DataFrame:
    return features_of(with_audience_times(market, TIMES))


def test_the_market_gives_every_feature_a_value(before: pd.DataFrame) -> None:
    assert before.columns[before.isna().all()].tolist() == []


def test_the_market_is_as_large_as_the_tolerances_say(market: dict[str, pd.DataFrame]) -> None:
    acts = market["interactions"]
    for row in ROWS.itertuples():
        age = (row.as_of - acts["occurred_at"]) / timedelta(days=1)
        received = (acts["target_id"] == row.creator_id) & (age > 0)
        by_creators = acts["actor_id"].isin(CREATORS)
        assert (received & by_creators & (age <= 112)).sum() <= PEERS
        by_others = received & ~by_creators
        for kinds, least in ((set(acts["kind"]), ACTS), ({"mention"}, MENTIONS)):
            of_kind = age[by_others & acts["kind"].isin(kinds)]
            assert (of_kind <= 28).sum() >= least
            assert ((of_kind > 28) & (of_kind <= 112)).sum() / 3 >= least
        assert (by_others & (age <= 56)).sum() / 8 >= WEEK
        for first in (0, 45):
            sharing = by_others & (acts["kind"] == "reshare") & age.between(first, first + 45)
            assert acts.loc[sharing, "actor_id"].nunique() >= SHARERS
        assert not (received & by_creators & (acts["kind"] == "reshare")).any()


def test_ten_times_the_followers_are_no_influence(
    before: pd.DataFrame, ten_times_followed: pd.DataFrame
) -> None:
    assert moved(before[RATE], ten_times_followed[RATE], FOLLOWED) == {}


def test_ten_times_the_followers_are_size(
    before: pd.DataFrame, ten_times_followed: pd.DataFrame
) -> None:
    # That the test above can fail: of the features of size it finds those that look at followers.
    found = moved(before[SIZE], ten_times_followed[SIZE], FOLLOWED)
    assert found.keys() == {
        *("log_followers", "log_following", "follow_ratio"),
        *("response_per_follower", "views_per_follower", "active_follower_share"),
    }
    assert found["log_followers"] == pytest.approx(np.log(10), rel=1e-3)


def test_five_people_in_the_place_of_one_are_no_influence(
    before: pd.DataFrame, five_times_answered: pd.DataFrame
) -> None:
    assert moved(before[RATE], five_times_answered[RATE], SMOOTHED) == {}


def test_five_people_in_the_place_of_one_are_size(
    before: pd.DataFrame, five_times_answered: pd.DataFrame
) -> None:
    found = moved(before[SIZE], five_times_answered[SIZE], SMOOTHED)
    assert {"log_views", "log_views_recent", "log_engagement"} <= found.keys()
    assert found["log_views"] == pytest.approx(np.log(TIMES), rel=1e-3)


@pytest.mark.parametrize("allowed", [FOLLOWED, SMOOTHED])
def test_only_features_of_the_rate_are_declared_and_only_where_they_move(
    allowed: dict[str, float],
    before: pd.DataFrame,
    ten_times_followed: pd.DataFrame,
    five_times_answered: pd.DataFrame,
) -> None:
    after = ten_times_followed if allowed is FOLLOWED else five_times_answered
    assert allowed.keys() == moved(before[RATE], after[RATE], {}).keys()


def test_what_is_declared_here_has_its_reason_in_the_catalogue_and_nothing_else_has() -> None:
    with_reason = {f.name for f in catalogue() if f.moves_with_audience}
    assert with_reason == FOLLOWED.keys() | SMOOTHED.keys()
