"""What training needs: outcomes that have matured, and campaigns that can be held out."""

from __future__ import annotations

from datetime import datetime

import numpy as np
import pandas as pd
import pytest

from features.errors import Exit, UserError
from models.selection import folds_in_time
from training.enough import require_hold_out, require_labels

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


@pytest.mark.parametrize(("of_each", "is_enough"), [(7, False), (8, True)])
def test_to_hold_out_takes_thirty_outcomes_before_the_last_campaigns_and_thirty_of_them(
    of_each: int, is_enough: bool
) -> None:
    # Of ten campaigns the seventh is decided on 1 March: four are later, 4 * 8 = 32. The first five
    # were known by then (the fifth on 25 February).
    labels = outcomes(10, of_each)
    if is_enough:
        require_hold_out(labels, NOON)
    else:
        with pytest.raises(UserError) as found:
            require_hold_out(labels, NOON)
        message = said(found)
        assert "70 in 10 campaigns" in message
        assert "at 2024-03-01 00:00, 35 were known, and 28 are of campaigns" in message
        assert "--no-hold-out" in message


def test_few_campaigns_are_held_out_together_and_more_in_two_steps() -> None:
    # Eight a campaign: neither the seventh and eighth (16) nor the last two suffice by themselves.
    [(early, late)] = folds_in_time(outcomes(10, 8))
    assert (len(early), late.tolist()) == (5 * 8, list(range(6 * 8, 10 * 8)))
    first, second = folds_in_time(outcomes(10, 15))
    assert (len(first[0]), len(first[1])) == (5 * 15, 2 * 15)
    assert (len(second[0]), len(second[1])) == (7 * 15, 2 * 15)


def test_all_at_one_moment_leaves_nobody_to_hold_out() -> None:
    labels = outcomes(10, 20).assign(as_of=pd.Timestamp("2024-01-01"))
    with pytest.raises(UserError) as found:
        require_hold_out(labels, NOON)
    assert "at 2024-01-01 00:00, 0 were known" in said(found)


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
