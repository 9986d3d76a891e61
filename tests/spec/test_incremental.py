"""The incremental share of a market: learned where it can be, and not claimed where it cannot."""

from __future__ import annotations

from datetime import datetime

import numpy as np
import pandas as pd
import pytest

from features.asof import known_outcomes
from features.errors import Exit, UserError
from models.incremental import (
    LEAST_CAMPAIGNS,
    LEAST_OUTCOMES,
    IncrementalShare,
    learn_share,
    posterior_of_log,
)
from models.lift import Arms
from serving.score import learned_share
from serving.show_lift import share_told
from tests.functional.small_market import make_tables, truncated
from tests.market import prepare_market
from tests.synthetic import predictor


def outcomes(campaigns: int, each: int, *, anyway: float = 0.4, many: float = 50) -> pd.DataFrame:
    """Outcomes of campaigns that hold out as many as they expose; of `many`, a part comes anyway."""
    n = campaigns * each
    return pd.DataFrame(
        {
            "campaign_id": [f"k{i % campaigns}" for i in range(n)],
            "exposed": np.full(n, 10_000.0),
            "conversions": np.full(n, float(many)),
            "control_exposed": np.full(n, 10_000.0),
            "control_conversions": np.full(n, float(many * anyway)),
        }
    )


def test_campaigns_that_agree_tell_their_share() -> None:
    found = learn_share(outcomes(10, 5))
    assert found is not None
    # 2,500 conversions beside 1,000: 60 %, and the log of a share known to within 3 %.
    assert found.share == pytest.approx(0.6, abs=0.02)
    assert found.sd_log < 0.12
    assert (found.outcomes, found.campaigns) == (50, 10)


def test_campaigns_that_differ_widen_it() -> None:
    half = [outcomes(5, 6, anyway=anyway) for anyway in (0.3, 0.7)]
    half[1]["campaign_id"] += "b"
    found, same = learn_share(pd.concat(half)), learn_share(outcomes(10, 6, anyway=0.5))
    assert found is not None
    assert same is not None
    # Shares of .7 and .3: their geometric mean is .458, and their logs lie .42 from its log.
    assert found.share == pytest.approx(0.458, abs=0.05)
    assert found.sd_log > 0.35 > 0.15 > same.sd_log


@pytest.mark.parametrize(
    ("given", "why"),
    [
        (outcomes(LEAST_CAMPAIGNS, LEAST_OUTCOMES // LEAST_CAMPAIGNS).iloc[1:], "outcomes"),
        (outcomes(LEAST_CAMPAIGNS - 1, LEAST_OUTCOMES), "campaigns"),
        (outcomes(10, 5, anyway=1.0), "no lift to tell"),
        (outcomes(10, 5, many=0), "no conversions"),
        (outcomes(10, 5).assign(control_exposed=0.0), "nobody held out"),
        (outcomes(10, 5).assign(control_conversions=np.nan), "unknown"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_nothing_is_claimed_without_enough_to_tell(given: pd.DataFrame, why: str) -> None:
    assert learn_share(given) is None
    assert learn_share(outcomes(LEAST_CAMPAIGNS, LEAST_OUTCOMES // LEAST_CAMPAIGNS)) is not None


def test_few_conversions_are_drawn_to_a_half_with_a_wide_spread() -> None:
    # One conversion in all says little: the mean of the prior, within a factor of e^.9.
    mean, sd = posterior_of_log(Arms(*np.array([[1e4, 1, 1e4, 0]]).T))
    assert 0.3 < np.exp(mean) < 0.6
    assert sd > 0.7


def test_the_share_of_truncated_tables_is_that_of_the_whole() -> None:
    until = datetime(2024, 8, 20)
    tables = make_tables()
    past = truncated(tables, pd.Timestamp(until))
    whole, cut = (
        learn_share(known_outcomes(prepare_market(given), until)) for given in (tables, past)
    )
    assert whole == cut
    assert whole is not None
    # And later outcomes would change it, if they were let in.
    later = learn_share(known_outcomes(prepare_market(tables), datetime(2025, 1, 1)))
    assert later != whole


def test_scaling_a_rate_is_a_shift_of_its_log_odds() -> None:
    share = IncrementalShare(0.6, 0.2, 30, 5)
    log_odds = np.array([-30.0, -7, 0, 3])
    shifted = 1 / (1 + np.exp(-log_odds - share.log_odds_shift(log_odds)))
    assert shifted == pytest.approx(0.6 / (1 + np.exp(-log_odds)), rel=1e-12)
    whole = IncrementalShare(1.0, 0.2, 30, 5)
    assert whole.log_odds_shift(log_odds).tolist() == [0, 0, 0, 0]


def test_asking_lift_of_a_model_without_a_share_says_what_it_takes() -> None:
    with pytest.raises(UserError, match="control_exposed and control_conversions") as caught:
        learned_share(predictor(), "abc")
    assert caught.value.exit_status == Exit.DATA == 6
    assert f"{LEAST_OUTCOMES} matured outcomes of at least {LEAST_CAMPAIGNS}" in str(caught.value)


def test_training_says_what_conversions_are() -> None:
    facts = {"controlled_outcomes": 386, "controlled_campaigns": 32}
    none = share_told(facts | {"incremental_share": None, "sd_incremental_share": None})
    assert "attributed, not incremental: 386 outcomes of 32 campaigns" in none
    some = share_told(facts | {"incremental_share": 0.5, "sd_incremental_share": 0.25})
    # .5 e^(-1.2816 · .25) = .363 and .689.
    assert "50 % are incremental (36 to 69 %" in some
