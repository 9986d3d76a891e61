"""What else a person might rank by: known when the scores were made, and spent under the same limits."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from scipy.special import logit

from serving.greedy import greedy
from serving.limits import Group, Limits
from serving.programme import programme_of
from serving.rivals import expecting, measured, rivals
from tests.market import connect
from tests.plans import a_person

MOMENT = pd.Timestamp("2024-06-01", tz="UTC")


def packages(*creators: str, level: float = 0.01) -> pd.DataFrame:
    """A package each, scored at `MOMENT` for a campaign of that usual rate."""
    return pd.DataFrame({"creator_id": list(creators)}).assign(
        campaign_id="tea", as_of=MOMENT, base_log_odds=logit(level)
    )


CREATORS = "creator_id\nana\nbob\ncat"
CAMPAIGNS = """
campaign_id | brief | starts_at  | ends_at    | attribution_days
tea         | tea   | 2024-06-01 | 2024-06-08 | 30
old         | soap  | 2024-01-01 | 2024-01-08 | 30
late        | soap  | 2024-05-01 | 2024-05-08 | 30
"""


def test_the_past_rate_is_what_was_known_then_shrunk_to_the_level_of_the_campaign() -> None:
    # One conversion at the level is the prior: 1 / .01 = 100 people. ana (30 + 1) / (1,000 + 100). What
    # matures on 7 June is not known on the 1st, and bob has the prior alone.
    outcomes = """
    campaign_id | creator_id | exposed | conversions
    old         | ana        | 1000    | 30
    late        | ana        | 1000    | 900
    late        | bob        | 1000    | 900
    """
    market = connect({"creators": CREATORS, "campaigns": CAMPAIGNS, "outcomes": outcomes})
    found = measured(market, packages("ana", "bob", "ana"))
    assert found["past_rate"].tolist() == pytest.approx([31 / 1100, 0.01, 31 / 1100])
    assert found["klout"].isna().all()


def test_without_a_past_of_anybody_on_offer_there_is_no_past_rate() -> None:
    outcomes = "campaign_id | creator_id | exposed | conversions\nold | cat | 1000 | 30"
    market = connect({"creators": CREATORS, "campaigns": CAMPAIGNS, "outcomes": outcomes})
    assert measured(market, packages("ana", "bob"))["past_rate"].isna().all()


def test_klout_looks_at_what_was_known_then() -> None:
    audience = """
    creator_id | observed_at | followers
    ana        | 2024-05-01  | 100
    bob        | 2024-05-01  | 200
    cat        | 2024-05-01  | 300
    ana        | 2024-06-01  | 999999
    """
    market = connect({"creators": CREATORS, "campaigns": CAMPAIGNS, "audience": audience})
    found = measured(market, packages("ana", "bob", "cat"))["klout"]
    assert found.is_monotonic_increasing
    # Known of followers alone: 40 + 14 z of their logs.
    logs = np.log1p([100, 200, 300])
    assert found.tolist() == pytest.approx((40 + 14 * (logs - logs.mean()) / logs.std()).tolist())


@pytest.fixture
def offers() -> pd.DataFrame:
    # Conversions per cost: a 3, b 2, c 1.
    return pd.DataFrame(
        {
            "creator_id": list("abc"),
            "platform": ["tiktok", "tiktok", "instagram"],
            "cost": [2.0, 5.0, 10.0],
            "conversions": [6.0, 10.0, 10.0],
            "exposed": [10.0, 20.0, 400.0],
            "followers": [1.0, np.nan, 5.0],
            "klout": [50.0, 10.0, 20.0],
            "past_rate": [0.5, 0.4, 0.01],
        }
    )


def chosen(offers: pd.DataFrame, budget: float, limits: Limits) -> dict[str, set[str]]:
    """Who is chosen by each."""
    seen: list[set[str]] = []

    def total(lines: object) -> dict[str, float]:
        seen.append(set(offers["creator_id"].iloc[list(lines)]))  # type: ignore[call-overload]
        return {"conversions": 0.0}

    found, _ = rivals(offers, budget, limits, [], total, gap=1e-9)
    return dict(zip(found["by"], seen, strict=True))


def test_each_buys_as_much_of_its_own_as_the_budget_allows(offers: pd.DataFrame) -> None:
    # 10 buys a and b, or c. Followers 1 or 5, reach 30 or 400, Klout 60 or 20; earlier conversions
    # .5 x 10 + .4 x 20 = 13 or 4; per cost a, then b.
    assert chosen(offers, 10.0, Limits()) == {
        "plan": set(),
        "followers": {"c"},
        "reach": {"c"},
        "klout": {"a", "b"},
        "past_rate": {"a", "b"},
        "per_cost": {"a", "b"},
    }


def test_all_are_held_to_the_same_limits(offers: pd.DataFrame) -> None:
    found = chosen(offers, 20.0, Limits(max_creators=2, forbidden=(a_person("a"),)))
    del found["plan"]
    # Nobody counted who follows b.
    assert found.pop("followers") == {"c"}
    assert all(who == {"b", "c"} for who in found.values())


def test_what_is_not_known_of_anybody_is_left_out(offers: pd.DataFrame) -> None:
    blind = offers.assign(klout=np.nan, followers=np.nan).drop(columns="past_rate")
    found, left = rivals(blind, 10.0, Limits(), [0], lambda lines: {}, gap=1e-9)
    assert found["by"].tolist() == ["plan", "reach", "per_cost"]
    assert left == ("followers", "klout", "past_rate")


def test_the_list_is_gone_down_while_limits_hold(offers: pd.DataFrame) -> None:
    def taken(budget: float, limits: Limits) -> list[str] | None:
        programme = programme_of(offers, budget, limits)
        columns = greedy(programme)
        return None if columns is None else [programme.ids[programme.creator[c]] for c in columns]

    assert taken(12.0, Limits()) == ["a", "b"]  # though a and c cost 12 and bring as much
    assert taken(12.0, Limits(forced=(a_person("c"),))) == ["a", "c"]
    assert taken(17.0, Limits(groups=(Group("platform", "instagram", fewest=1),))) == [
        "a",
        "b",
        "c",
    ]
    # c must be in and costs 10; the list gives b the first place of the two asked for.
    assert taken(9.0, Limits(forced=(a_person("c"),))) is None


def test_caution_exploration_and_margin_are_ours_alone() -> None:
    ours = Limits(max_creators=3, caution=0.2, explore=0.1, value_per_conversion=5.0)
    assert expecting(ours) == Limits(max_creators=3)
