"""The engagement label by hand, and the model that is taught it."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

import numpy as np
import pandas as pd
from duckdb import DuckDBPyConnection
from scipy.stats import spearmanr

from features.feature import catalogue
from models.baselines import Sight, engagement_baseline
from tests.market import NO_WORDS, as_rows, connect
from training.engagement_model import engagement_labels, fit_engagement
from training.fit import Known

CAMPAIGNS = """
    campaign_id | brief | starts_at  | attribution_days
    tea         | tea   | 2024-05-01 | 30
    shoes       | shoes | 2024-05-01 | 7
"""
POSTS = """
    post_id | creator_id | published_at
    before  | ana        | 2024-04-30 23:59
    first   | ana        | 2024-05-01
    second  | ana        | 2024-05-09
    after   | ana        | 2024-05-31
    bobs    | bob        | 2024-05-02
"""
METRICS = """
    post_id | observed_at | views | likes | comments | shares
    before  | 2024-05-02  | 1000  | 999   | 0        | 0
    first   | 2024-05-02  | 100   | 5     | 3        | 2
    first   | 2024-05-20  | 200   | 30    | 4        |
    first   | 2024-06-09  | 900   | 800   | 4        |
    second  | 2024-05-20  | 50    | 1     | 0        | 0
    after   | 2024-06-01  | 1000  | 999   | 0        | 0
    bobs    | 2024-05-20  | 10    | 30    | 0        | 0
"""
ROWS = as_rows("""
    as_of      | creator_id | campaign_id
    2024-05-01 | ana        | tea
    2024-05-01 | ana        | shoes
    2024-05-01 | bob        | tea
    2024-05-01 | cat        | tea
""")


def labels(until: datetime) -> pd.DataFrame:
    connection = connect(
        {
            "creators": "creator_id\nana\nbob\ncat",
            "campaigns": CAMPAIGNS,
            "posts": POSTS,
            "post_metrics": METRICS,
        }
    )
    return engagement_labels(connection, ROWS, until)


def test_a_label_is_engagements_and_views_of_the_posts_of_the_window_as_last_read() -> None:
    found = labels(datetime(2024, 6, 9))
    # Ana for tea: (30 + 4) of 200 and 1 of 50; for shoes, of a week, the first alone. Bob: not more than views.
    assert found["position"].tolist() == [0, 1, 2]
    assert found["conversions"].tolist() == [35, 34, 10]
    assert found["exposed"].tolist() == [250, 200, 10]
    # Known when the window is over, and read.
    expected = pd.to_datetime(["2024-05-31", "2024-05-20", "2024-05-31"])
    assert found["known_at"].tolist() == expected.tolist()


def test_a_window_that_is_not_over_gives_no_label() -> None:
    assert labels(datetime(2024, 5, 30, 23))["position"].tolist() == [1]
    assert labels(datetime(2024, 5, 31))["position"].tolist() == [0, 1, 2]


def market(creators: int, campaigns: int) -> tuple[DuckDBPyConnection, Known, np.ndarray]:
    """Creators of different engagement, which their past shows; conversions are all alike."""
    rng = np.random.default_rng(0)
    level = rng.normal(0, 0.7, creators)
    starts = [datetime(2024, 1, 1) + timedelta(days=14 * k) for k in range(campaigns)]
    keys = [(f"c{i:02}", f"k{k}", starts[k]) for k in range(campaigns) for i in range(creators)]
    outcomes = pd.DataFrame(keys, columns=["creator_id", "campaign_id", "as_of"]).assign(
        exposed=1000, conversions=5, known_at=lambda o: o["as_of"] + timedelta(days=8)
    )
    names = [f"p{number}" for number in range(len(keys))]
    likes = rng.binomial(2000, 0.05 * np.exp(np.tile(level, campaigns)))
    connection = connect(
        {
            "creators": pd.DataFrame({"creator_id": [f"c{i:02}" for i in range(creators)]}),
            "campaigns": pd.DataFrame(
                {
                    "campaign_id": [f"k{k}" for k in range(campaigns)],
                    "brief": "tea",
                    "starts_at": starts,
                    "attribution_days": 7,
                }
            ),
            "posts": pd.DataFrame(
                {
                    "post_id": names,
                    "creator_id": outcomes["creator_id"],
                    "published_at": outcomes["as_of"] + timedelta(days=1),
                }
            ),
            "post_metrics": pd.DataFrame(
                {
                    "post_id": names,
                    "observed_at": outcomes["as_of"] + timedelta(days=5),
                    "views": 2000,
                    "likes": likes,
                }
            ),
        }
    )
    columns = [feature.name for feature in catalogue()]
    matrix = pd.DataFrame(np.nan, index=outcomes.index, columns=columns)
    matrix["relative_response"] = np.tile(level, campaigns) + rng.normal(0, 0.2, len(outcomes))
    base = np.full(len(outcomes), -5.0)
    return (
        connection,
        Known(datetime(2024, 7, 1), NO_WORDS, outcomes, matrix, base, base < 0, 0),
        level,
    )


def test_the_model_ranks_by_engagement_and_not_by_conversions() -> None:
    connection, known, level = market(40, 6)
    model = fit_engagement(connection, known)
    assert model is not None
    last = known.matrix.tail(40).reset_index(drop=True)
    sight = Sight(pd.DataFrame(), last, np.full(40, -5.0), pd.DataFrame())
    found = engagement_baseline(model).score(sight)
    assert spearmanr(found, level).statistic > 0.9
    # About 5 % of the views, whatever the level of conversions.
    assert 0.03 < np.median(found) < 0.08
    others = known.outcomes.assign(conversions=range(len(known.outcomes)))
    again = fit_engagement(connection, replace(known, outcomes=others))
    assert again is not None
    assert (engagement_baseline(again).score(sight) == found).all()


def test_too_few_labels_give_no_model() -> None:
    connection, known, _ = market(29, 1)
    assert fit_engagement(connection, known) is None
    connection, known, _ = market(40, 2)  # in two campaigns
    assert fit_engagement(connection, known) is None
