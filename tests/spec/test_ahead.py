"""What is judged after an origin: campaigns decided then, none twice, none decided before."""

from __future__ import annotations

from datetime import datetime

import pandas as pd

from training.ahead import in_window, windows

FIRST, SECOND, THIRD = datetime(2024, 6, 1), datetime(2024, 6, 15), datetime(2024, 8, 1)


def test_windows_end_at_the_next_origin() -> None:
    asked = [THIRD, FIRST, SECOND, FIRST]
    assert windows(asked, 28) == [(FIRST, 14), (SECOND, 28), (THIRD, 28)]
    assert windows([FIRST], 7) == [(FIRST, 7)]


def test_a_campaign_decided_before_the_origin_is_not_judged_though_it_starts_after() -> None:
    campaigns = pd.DataFrame(
        {
            "campaign_id": ["decided before", "at it", "in time", "starts late", "too late"],
            "as_of": pd.to_datetime(
                ["2024-05-30", "2024-06-01", "2024-06-08", "2024-06-14", "2024-06-15"]
            ),
            "starts_at": pd.to_datetime(
                ["2024-06-02", "2024-06-03", "2024-06-09", "2024-06-20", "2024-06-16"]
            ),
        }
    )
    judged = in_window(campaigns, FIRST, 14)
    assert list(judged["campaign_id"]) == ["at it", "in time", "starts late"]
    assert list(judged.index) == [0, 1, 2]
