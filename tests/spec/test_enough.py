"""What training needs: outcomes that have matured, and campaigns that can be held out."""

from __future__ import annotations

from datetime import datetime

import numpy as np
import pandas as pd
import pytest

from features.errors import Exit, UserError
from models.selection import select_rate
from tests.synthetic import market
from training.enough import require_hold_out, require_labels, windows

NOON = datetime(2024, 6, 1, 12)
NOTHING = pd.Series([], dtype="datetime64[us]")


def outcomes(campaigns: int, of_each: int, *, conversions: float = 1, exposed: float = 100):
    """Campaigns decided ten days apart from 1 January 2024 on, known fifteen days later."""
    campaign = np.repeat(np.arange(campaigns), of_each)
    as_of = pd.Timestamp("2024-01-01") + pd.to_timedelta(10 * campaign, unit="D")
    return pd.DataFrame(
        {
            "campaign_id": [f"k{k}" for k in campaign],
            "as_of": as_of,
            "known_at": as_of + pd.Timedelta(days=15),
            "exposed": float(exposed),
            "conversions": float(conversions),
        }
    )


def said(found: pytest.ExceptionInfo[UserError]) -> str:
    assert found.value.exit_status == Exit.DATA
    return str(found.value)


def test_windows_begin_after_three_and_four_fifths_of_the_campaigns() -> None:
    # Of ten campaigns the seventh is decided on 1 March (60 days later) and the ninth on 21 March.
    # On 1 March the first five are known (the fifth on 25 February), on 21 March seven.
    first, second = windows(outcomes(10, 8))
    assert (first.start, first.end) == (pd.Timestamp("2024-03-01"), pd.Timestamp("2024-03-21"))
    assert (first.before, first.within) == (5 * 8, 2 * 8)
    assert (second.start, second.before, second.within) == (first.end, 7 * 8, 2 * 8)
    assert not first.suffices
    assert not second.suffices


@pytest.mark.parametrize(("of_each", "is_enough"), [(14, False), (15, True)])
def test_a_window_suffices_from_thirty_outcomes_before_it_and_in_it(
    of_each: int, is_enough: bool
) -> None:
    # Two campaigns in each window: 2 * 15 = 30.
    labels = outcomes(10, of_each)
    assert any(window.suffices for window in windows(labels)) is is_enough
    if is_enough:
        require_hold_out(labels, NOON)
    else:
        with pytest.raises(UserError) as found:
            require_hold_out(labels, NOON)
        message = said(found)
        assert "140 in 10 campaigns" in message
        assert "before 2024-03-01 00:00 70 were known, and 28 are of campaigns" in message
        assert "--no-hold-out" in message


@pytest.mark.parametrize(("campaigns", "of_each"), [(3, 12), (5, 8), (9, 10), (10, 15), (8, 20)])
def test_where_a_window_suffices_campaigns_are_held_out_and_nowhere_else(
    campaigns: int, of_each: int
) -> None:
    # Two pieces of code look at the same windows: this one to tell, `models.selection` to use them.
    planted = market(campaigns=campaigns, creators=of_each)
    _, later = select_rate(planted.of_rate, planted.labels)
    tried = [window for window in windows(planted.labels) if window.suffices]
    assert len(later) == sum(window.within for window in tried)


def test_all_at_one_moment_leaves_nobody_to_hold_out() -> None:
    labels = outcomes(10, 20).assign(as_of=pd.Timestamp("2024-01-01"))
    with pytest.raises(UserError) as found:
        require_hold_out(labels, NOON)
    assert "before 2024-01-01 00:00 0 were known" in said(found)


def test_what_is_still_to_mature_is_told_with_the_moment_from_which_it_is_enough() -> None:
    # 25 are there, 5 are lacking: the fifth of those to come is known from 7 June on.
    unripe = pd.Series(pd.date_range("2024-06-03 00:00:00.000001", periods=9, freq="D"))
    with pytest.raises(UserError) as found:
        require_labels(outcomes(5, 5), NOON, without_exposed=0, unripe=unripe)
    message = said(found)
    assert "25 with exposed > 0 have matured, in 5 campaigns; at least 30 in 3" in message
    assert "9 are still to mature, the first by 2024-06-03 00:01 UTC" in message
    assert "as many as are needed by 2024-06-07 00:01" in message


def test_outcomes_that_tell_no_rate_are_counted_apart() -> None:
    some = pd.concat([outcomes(1, 40), outcomes(2, 3, exposed=0, conversions=0)])
    with pytest.raises(UserError) as found:
        require_labels(some, NOON, without_exposed=12, unripe=NOTHING)
    message = said(found)
    assert "40 with exposed > 0 have matured, in 1 campaigns" in message
    assert "12 more have matured without exposed" in message
    assert "6 more reached nobody" in message
    assert "none is still to mature" in message


def test_outcomes_without_any_conversion_tell_no_rate() -> None:
    with pytest.raises(UserError) as found:
        require_labels(outcomes(5, 8, conversions=0), NOON, without_exposed=0, unripe=NOTHING)
    assert "none of the 40 outcomes in 5 campaigns that have matured has a conversion" in said(
        found
    )
    one = outcomes(5, 8, conversions=0)
    one.loc[7, "conversions"] = 1
    require_labels(one, NOON, without_exposed=0, unripe=NOTHING)
