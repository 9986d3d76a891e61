"""A market of a handful of campaigns, to be made fewer, odder or wrong by tests."""

from __future__ import annotations

import numpy as np
import pandas as pd

START = pd.Timestamp("2024-01-01")
WORDS = {
    "baking": "Here is how to bake the best bread with flour and dough",
    "running": "Where did you run with those shoes, and was the trail good",
}
Tables = dict[str, pd.DataFrame]


def tiny_tables(
    *,
    seed: int = 0,
    campaigns: int = 5,
    picked: int = 8,
    creators: int = 10,
    apart: int = 25,
    coming: int = 1,
) -> Tables:
    """Creators, posts with counters, audiences, campaigns and outcomes, in English.

    Parameters
    ----------
    campaigns, picked : int
        Campaigns with outcomes, `apart` days between their starts from 1 March 2024 on, and outcomes
        of each. A campaign lasts 7 days and its outcomes mature 7 days later.
    coming : int
        Campaigns after these, without outcomes.
    """
    rng = np.random.default_rng(seed)
    ids = [f"c{i:02}" for i in range(creators)]
    topics = list(WORDS)
    topic = [topics[i % 2] for i in range(creators)]
    talent, size = rng.normal(0, 0.7, creators), rng.normal(8, 1, creators)
    days = 60 + apart * (campaigns + coming) + 30
    posts, metrics = [], []
    for i, creator in enumerate(ids):
        for j, day in enumerate(np.sort(rng.uniform(0, days, days // 12))):
            time = (START + pd.Timedelta(days=day)).floor("s")
            post, views = f"{creator}-{j}", 50 + int(np.exp(size[i] + rng.normal(0, 0.5)))
            posts.append((post, creator, time, f"{WORDS[topic[i]]} {rng.integers(0, 9)}"))
            seen = rng.poisson(views * np.exp(-5 + talent[i]) * np.array([12.0, 1.0, 0.6]))
            metrics.append((post, time + pd.Timedelta(days=2), views, *seen))
    told, outcomes = [], []
    for k in range(campaigns + coming):
        start = START + pd.Timedelta(days=60 + apart * k)
        told.append((f"k{k}", f"brand {k % 2}", WORDS[topics[k % 2]], start))
        level = rng.normal(-5, 0.3)
        for i in sorted(rng.choice(creators, min(picked, creators), replace=False)):
            exposed = 100 + int(np.exp(size[i] + rng.normal(0, 0.4)))
            made = rng.poisson(exposed * np.exp(level + talent[i]))
            if k < campaigns:
                outcomes.append((f"k{k}", ids[i], exposed, min(int(made), exposed)))
    audience = [
        (c, START + pd.Timedelta(days=day), int(np.exp(size[i] + 1)) + day)
        for i, c in enumerate(ids)
        for day in range(0, days, 20)
    ]
    frame = pd.DataFrame
    return {
        "creators": frame({"creator_id": ids, "platform": "video", "language": "en"}),
        "posts": frame(posts, columns=["post_id", "creator_id", "published_at", "text"]),
        "post_metrics": frame(
            metrics, columns=["post_id", "observed_at", "views", "likes", "comments", "shares"]
        ),
        "audience": frame(audience, columns=["creator_id", "observed_at", "followers"]),
        "campaigns": frame(told, columns=["campaign_id", "brand", "brief", "starts_at"]).assign(
            ends_at=lambda c: c["starts_at"] + pd.Timedelta(days=7), attribution_days=7
        ),
        "outcomes": frame(
            outcomes, columns=["campaign_id", "creator_id", "exposed", "conversions"]
        ),
    }
