"""Plans of tables small enough to plan by hand: choices, refusals, exploration, caution."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from features.errors import Exit, UserError
from serving.alternatives import near_misses, override_costs
from serving.budget import budget_curve, plan
from serving.limits import Group, Limits
from serving.programme import thompson
from serving.score import NEW_CREATOR
from tests.plans import a_person


@pytest.fixture
def offers() -> pd.DataFrame:
    # Per unit of cost: a 1.5 then 1.0, b 1.2, c 1.0.
    return pd.DataFrame(
        [
            ("a", "story", 4.0, 6.0, "instagram"),
            ("a", "video", 10.0, 10.0, "tiktok"),
            ("b", "story", 5.0, 6.0, "instagram"),
            ("c", "story", 3.0, 3.0, "tiktok"),
        ],
        columns=["creator_id", "package", "cost", "conversions", "platform"],
    )


def refusal(offers: pd.DataFrame, budget: float, limits: Limits) -> str:
    with pytest.raises(UserError) as refused:
        plan(offers, budget, limits)
    assert refused.value.exit_status == Exit.PLAN
    return str(refused.value)


def test_whole_packages_of_most_worth_are_chosen(offers: pd.DataFrame) -> None:
    # 10: a story + b (12 for 9) beats a video (10) and a story + c (9).
    found = plan(offers, 10.0, Limits())
    assert (found.chosen, found.value, found.cost) == ((0, 2), 12.0, 9.0)
    assert found.gap < 1e-4


def test_a_conversion_of_given_value_makes_the_margin_count(offers: pd.DataFrame) -> None:
    # At 0.9 each: a story 1.4, a video -1, b 0.4, c -0.3. At 0.5 nobody is worth the fee.
    found = plan(offers, 30.0, Limits(value_per_conversion=0.9))
    assert found.chosen == (0, 2)
    assert found.value == pytest.approx(1.8)
    assert plan(offers, 30.0, Limits(value_per_conversion=0.5)).chosen == ()


def test_the_column_value_is_maximised_where_there_is_one(offers: pd.DataFrame) -> None:
    assert plan(offers.assign(value=[0.0, 0.0, 0.0, 1.0]), 10.0, Limits()).chosen == (3,)


def test_equal_packages_and_creators_go_to_the_first_by_name() -> None:
    twins = pd.DataFrame(
        [("z", "p", 5.0, 5.0), ("b", "q", 5.0, 5.0), ("b", "p", 5.0, 5.0), ("k", "p", 5.0, 5.0)],
        columns=["creator_id", "package", "cost", "conversions"],
    )
    assert plan(twins, 9.0, Limits()).chosen == (2,)
    assert plan(twins, 11.0, Limits()).chosen == (2, 3)


def test_what_brings_nothing_is_not_paid_for(offers: pd.DataFrame) -> None:
    assert plan(offers.assign(conversions=0.0), 30.0, Limits()).chosen == ()


def test_a_budget_below_the_cheapest_package_says_what_to_raise_it_to(offers: pd.DataFrame) -> None:
    said = refusal(offers, 2.5, Limits())
    assert "- the budget 2.50: raise it to 3." in said
    assert (
        "- a plan pays at least one creator: offer a package that the other limits allow." in said
    )


def test_a_budget_below_a_forced_package_names_both(offers: pd.DataFrame) -> None:
    # b costs 5; nothing else is at odds, though c would do.
    said = refusal(offers, 4.0, Limits(max_creators=2, forced=(a_person("b"),)))
    assert said.splitlines() == [
        "2 limits cannot be met together; changing any one of them resolves it:",
        "- the budget 4: raise it to 5.",
        "- b is forced by Marie: no longer force b.",
    ]


def test_forced_and_forbidden_at_once_are_named(offers: pd.DataFrame) -> None:
    said = refusal(offers, 30.0, Limits(forced=(a_person("b"),), forbidden=(a_person("b"),)))
    assert "- b is forced by Marie: no longer force b." in said
    assert "- b is forbidden by Marie: no longer forbid b." in said
    assert "budget" not in said


def test_a_forced_creator_without_a_package_is_named_alone(offers: pd.DataFrame) -> None:
    said = refusal(offers, 30.0, Limits(forced=(a_person("x"),), max_creators=2))
    assert said == (
        "a limit cannot be met:\n"
        "- x is forced by Marie: offer a package of x, or no longer force it."
    )


def test_each_remedy_is_the_least_change(offers: pd.DataFrame) -> None:
    # Three creators cost at least 4 + 5 + 3 = 12, the dearest of them 5.
    said = refusal(offers, 10.0, Limits(min_creators=3))
    assert "- the budget 10: raise it to 12." in said
    assert "- min_creators 3: lower it to 2." in said
    said = refusal(offers, 20.0, Limits(min_creators=3, most_cost=4.5))
    assert "- most_cost 4.50 for a package: raise it to 5." in said
    # 5 of 20.
    said = refusal(offers, 20.0, Limits(min_creators=3, most_share=0.2))
    assert "- most_share 0.2 of the budget for a creator: raise it to 0.25, which is 5." in said
    # a and b on Instagram cost 9 of 20.
    asked = Limits(groups=(Group("platform", "instagram", 2, None, 0.4),))
    said = refusal(offers, 20.0, asked)
    assert (
        "- platform instagram: most_share 0.4 of the budget: raise it to 0.45, which is 9." in said
    )
    assert "- platform instagram: min 2: lower it to 1." in said


def test_limits_that_speak_of_nobody_are_told(offers: pd.DataFrame) -> None:
    asked = Limits(
        groups=(
            Group("platform", "youtube", most=1),
            Group("brand_set", "rivals", most=1, creators=("a", "x")),
        ),
        forbidden=(a_person("y"),),
    )
    assert plan(offers, 10.0, asked).unused == (
        "max platform youtube",
        "forbidden y",
        "brand_set rivals: x",
    )


@pytest.mark.parametrize(
    ("change", "budget", "said"),
    [
        ({}, 0.0, "the budget is 0.0: give an amount above 0"),
        ({}, float("nan"), "the budget is nan"),
        ({"cost": [4.0, None, 5.0, 3.0]}, 9.0, "the package of creator a has no cost: give its fee"),
        ({"cost": [4.0, 1.0, -5.0, -3.0]}, 9.0, "creator b has a cost of -5.0: give an amount from 0 (2 packages in all)"),
        ({"conversions": [1.0, 1.0, 1.0, None]}, 9.0, "creator c has no expected value: score"),
        ({"creator_id": ["a", None, "b", "c"]}, 9.0, "has no creator_id"),
    ],
)  # fmt: skip
def test_wrong_packages_are_named(
    offers: pd.DataFrame, change: dict[str, list[object]], budget: float, said: str
) -> None:
    with pytest.raises(UserError) as refused:
        plan(offers.assign(**change), budget, Limits())
    assert refused.value.exit_status == Exit.INPUT
    assert said in str(refused.value)


def test_a_limit_on_a_column_that_is_not_there_is_named(offers: pd.DataFrame) -> None:
    for limits, said in (
        (Limits(groups=(Group("tier", "micro", most=1),)), "no column tier"),
        (Limits(explore=0.1), "no column known_share, which exploration needs"),
    ):
        with pytest.raises(UserError, match=said):
            plan(offers, 9.0, limits)
    with pytest.raises(UserError, match="no package is on offer"):
        plan(offers.iloc[:0], 9.0, Limits())


def test_the_reserve_pays_only_for_creators_with_little_evidence() -> None:
    # 8 of 10 for the known, 2 for the new: k1 + k2 (8) and n (2); without a reserve k1 + k2 and n's
    # 0.1 of expectation less than k3.
    offers = pd.DataFrame(
        [("k1", 4.0, 9.0), ("k2", 4.0, 8.0), ("k3", 2.0, 3.0), ("n1", 2.0, 0.1), ("n2", 2.0, 0.1)],
        columns=["creator_id", "cost", "conversions"],
    ).assign(known_share=[1.0, 1.0, 1.0, 1.0, 0.4], sd_creator=0.5, sd_reach=0.0)
    offers["warnings"] = [(), (), (), (NEW_CREATOR,), ()]
    assert plan(offers, 10.0, Limits()).chosen == (0, 1, 2)
    found = {}
    for seed in range(20):
        limits = Limits(explore=0.2, seed=seed)
        made = plan(offers, 10.0, limits)
        drawn = thompson(offers, offers["conversions"].to_numpy(), limits)
        better = 3 if drawn[3] > drawn[4] else 4
        assert made.chosen == (0, 1, better)
        assert made.explored == (better,)
        assert made.value == pytest.approx(17.1)
        assert made.objective == pytest.approx(17 + drawn[better])
        found[better] = True
    # The draws differ by seed, and both new creators get their turn.
    assert found.keys() == {3, 4}


def test_a_draw_depends_on_seed_and_creator_alone() -> None:
    many = pd.DataFrame({"creator_id": [f"c{k}" for k in range(4000)]})
    many = many.assign(sd_creator=0.3, sd_reach=0.4)
    value = np.ones(len(many))
    drawn = thompson(many, value, Limits(seed=3))
    alone = thompson(many.iloc[[17]], value[:1], Limits(seed=3))
    assert alone[0] == drawn[17]
    assert not np.isclose(thompson(many, value, Limits(seed=4)), drawn).any()
    # exp(N(-s²/2, s)) with s = .5: mean 1, its standard error sqrt(e^.25 - 1) / sqrt(4000) = .0084.
    assert abs(drawn.mean() - 1) < 4 * 0.0084
    assert abs(np.log(drawn).std() - 0.5) < 0.03


def test_caution_prefers_the_sure_to_the_better_gamble() -> None:
    # One creator can be paid. The gamble brings 30 or 0 in turn (mean 15), the sure one 10.
    offers = pd.DataFrame(
        {"creator_id": ["gamble", "sure"], "cost": 1.0, "conversions": [15.0, 10.0]}
    )
    draws = np.array([[30.0, 10.0], [0.0, 10.0]] * 50)
    assert plan(offers, 1.0, Limits()).chosen == (0,)
    found = plan(offers, 1.0, Limits(caution=0.2), draws=draws)
    assert (found.chosen, found.quantile, found.bold_quantile) == ((1,), 10.0, 0.0)
    with pytest.raises(ValueError, match="caution needs joint draws"):
        plan(offers, 1.0, Limits(caution=0.2))


def test_overrides_are_told_with_what_they_cost(offers: pd.DataFrame) -> None:
    # Without c forced 12; with it a story + c = 9. Forbidding nobody on offer costs nothing.
    limits = Limits(forced=(a_person("c"),), forbidden=(a_person("x"),))
    told = override_costs(offers, 10.0, limits, plan(offers, 10.0, limits))
    assert told[["creator_id", "override", "who", "aim_with", "aim_without", "cost"]].to_numpy().tolist() == [
        ["c", "forced", "Marie", 9.0, 12.0, 3.0],
        ["x", "forbidden", "Marie", 9.0, 9.0, 0.0],
    ]  # fmt: skip


def test_a_near_miss_is_told_with_its_loss_and_the_fee_that_brings_it_in(
    offers: pd.DataFrame,
) -> None:
    # a story + b bring 11 and leave 1 of 10, the most that c may cost beside both. At its 3, b goes:
    # 9.
    offers.loc[2, "conversions"] = 5.0
    (miss,) = near_misses(offers, 10.0, Limits(), plan(offers, 10.0, Limits())).itertuples()
    assert (miss.creator_id, miss.line, miss.cost, miss.loss) == ("c", 3, 3.0, 2.0)
    assert miss.displaces == ("b",)
    assert miss.binding == ("budget",)
    assert miss.fee == 1.0


def test_the_curve_tells_what_the_next_unit_of_money_brings(offers: pd.DataFrame) -> None:
    # 2: nobody; 4: a story (6); 9: a story + b (12); 12: all three stories (15); 20: a video for its story.
    curve = budget_curve(offers, [20.0, 2.0, 4.0, 9.0, 12.0, 12.0], Limits())
    assert curve["budget"].tolist() == [2.0, 4.0, 9.0, 12.0, 20.0]
    assert curve["aim"].fillna(-1).tolist() == [-1, 6.0, 12.0, 15.0, 19.0]
    assert curve["marginal"].fillna(-1).tolist() == [-1, -1, 6 / 5, 3 / 3, 4 / 8]
