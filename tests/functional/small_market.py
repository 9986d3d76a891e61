"""A small market in the contract's tables, with an effect to learn: response of posts carries over to campaigns."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd

START = pd.Timestamp("2024-01-01")
WEEKS = 40
CREATORS = 60
TOPICS = {
    "baking": ["bread", "flour", "oven", "sourdough", "cake", "dough"],
    "running": ["marathon", "shoes", "trail", "training", "race", "stride"],
    "gardening": ["seeds", "compost", "tomatoes", "soil", "pruning", "roses"],
}


def make_tables(seed: int = 0) -> dict[str, pd.DataFrame]:
    """All ten tables: 60 creators over 40 weeks, 30 campaigns of which the last three are still to come."""
    rng = np.random.default_rng(seed)
    ids = [f"c{i:02d}" for i in range(CREATORS)]
    topics = list(TOPICS)
    topic = rng.choice(topics, CREATORS)
    persuasion = rng.normal(0, 0.7, CREATORS)
    log_size = rng.normal(9, 1.2, CREATORS)
    creators = pd.DataFrame(
        {
            "creator_id": ids,
            "platform": "video",
            "handle": [f"@{i}" for i in ids],
            "bio": [f"all about {t}" for t in topic],
            "language": "en",
            "country": rng.choice(["FR", "US"], CREATORS),
        }
    )
    posts, metrics = [], []
    for i, creator in enumerate(ids):
        times = START + pd.to_timedelta(np.sort(rng.uniform(0, WEEKS * 7, 30)), unit="D")
        for j, time in enumerate(times.floor("s")):
            post = f"{creator}-p{j:02d}"
            words = " ".join(rng.choice(TOPICS[topic[i]], 4))
            ask = " what do you think?" if rng.random() < 0.3 else ""
            posts.append((post, creator, time, "original", words + ask, float(rng.integers(0, 2))))
            views = int(np.exp(log_size[i] - 1 + rng.normal(0, 0.6))) + 50
            rate = np.exp(-5 + 0.8 * persuasion[i] + rng.normal(0, 0.4))
            for days, part in ((1, 0.5), (4, 1.0)):
                seen = int(views * part)
                counts = rng.poisson(seen * rate * np.array([12.0, 1.0, 0.6]))
                metrics.append((post, time + pd.Timedelta(days=days), seen, *counts))
    weeks = np.arange(0, WEEKS * 7, 14)
    audience = [
        (c, START + pd.Timedelta(days=int(d)), int(np.exp(log_size[i] + 0.001 * d)), 100 + i)
        for i, c in enumerate(ids)
        for d in weeks
    ]
    interactions = []
    for creator in ids:
        for k in range(25):
            time = START + pd.Timedelta(days=float(rng.uniform(0, WEEKS * 7)))
            key = f"{creator}-i{k:02d}"
            interactions.append(
                (key, time, "comment", f"fan{rng.integers(0, 300)}", creator, None, None, "how?")
            )
            if rng.random() < 0.5:
                interactions.append(
                    (
                        f"{key}r",
                        time + pd.Timedelta(hours=5),
                        "reply",
                        creator,
                        "fan",
                        None,
                        key,
                        "so",
                    )
                )
    campaigns, outcomes, offers, candidates = [], [], [], []
    for k in range(30):
        subject = topics[k % 3]
        start = START + pd.Timedelta(days=40 + 8 * k)
        campaign = f"k{k:02d}"
        campaigns.append(
            (campaign, f"brand {k % 5}", f"buy {' '.join(TOPICS[subject][:3])}", start)
        )
        level = rng.normal(-6, 0.4)
        for i in sorted(rng.choice(CREATORS, 12, replace=False)):
            fit = 0.5 if topic[i] == subject else 0.0
            exposed = int(np.exp(log_size[i] - 0.5 + rng.normal(0, 0.5))) + 100
            made = rng.poisson(exposed * np.exp(level + persuasion[i] + fit + rng.normal(0, 0.3)))
            offers.append((campaign, ids[i], 100.0 + i, "one post", 1.0))
            candidates.append((campaign, ids[i], True, start - pd.Timedelta(days=3)))
            if k < 27:
                outcomes.append((campaign, ids[i], exposed, min(int(made), exposed)))
    offers.append(("k29", ids[0], 900.0, "three posts", 3.0))
    frame = pd.DataFrame
    return {
        "creators": creators,
        "credentials": frame(
            [(ids[0], "book", "=1+1", None)], columns=["creator_id", "kind", "title", "granted_at"]
        ),
        "posts": frame(
            posts, columns=["post_id", "creator_id", "published_at", "kind", "text", "links"]
        ),
        "post_metrics": frame(
            metrics, columns=["post_id", "observed_at", "views", "likes", "comments", "shares"]
        ),
        "interactions": frame(
            interactions,
            columns=[
                "interaction_id",
                "occurred_at",
                "kind",
                "actor_id",
                "target_id",
                "post_id",
                "parent_id",
                "text",
            ],
        ),
        "audience": frame(
            audience, columns=["creator_id", "observed_at", "followers", "following"]
        ),
        "campaigns": frame(
            campaigns, columns=["campaign_id", "brand", "brief", "starts_at"]
        ).assign(ends_at=lambda c: c["starts_at"] + pd.Timedelta(days=7), attribution_days=7),
        "outcomes": frame(
            outcomes, columns=["campaign_id", "creator_id", "exposed", "conversions"]
        ).pipe(_with_control),
        "offers": frame(offers, columns=["campaign_id", "creator_id", "fee", "package", "posts"]),
        "candidates": frame(
            candidates, columns=["campaign_id", "creator_id", "picked", "considered_at"]
        ),
    }


def _with_control(outcomes: pd.DataFrame) -> pd.DataFrame:
    """Campaigns from the eleventh on hold out as many people as they expose; two fifths of the conversions come anyway."""
    rng = np.random.default_rng(1)
    held_out = outcomes["campaign_id"].str[1:].astype(int) >= 10
    anyway = np.minimum(rng.poisson(0.4 * outcomes["conversions"]), outcomes["exposed"])
    return outcomes.assign(
        control_exposed=outcomes["exposed"].where(held_out),
        control_conversions=pd.Series(anyway, outcomes.index).where(held_out),
    )


def truncated(tables: dict[str, pd.DataFrame], until: pd.Timestamp) -> dict[str, pd.DataFrame]:
    """The contract's "truncated at T", written out a second time: events, readings, outcomes, campaigns."""
    campaigns = tables["campaigns"]
    decided = campaigns[campaigns["starts_at"] < until]
    over = campaigns["ends_at"] + pd.to_timedelta(campaigns["attribution_days"], unit="D") <= until
    mature = set(campaigns.loc[over, "campaign_id"])
    kept = {
        **tables,
        "posts": tables["posts"][tables["posts"]["published_at"] < until],
        "post_metrics": tables["post_metrics"][tables["post_metrics"]["observed_at"] < until],
        "interactions": tables["interactions"][tables["interactions"]["occurred_at"] < until],
        "audience": tables["audience"][tables["audience"]["observed_at"] < until],
        "campaigns": decided,
        "outcomes": tables["outcomes"][tables["outcomes"]["campaign_id"].isin(mature)],
        "candidates": tables["candidates"][tables["candidates"]["considered_at"] < until],
        "offers": tables["offers"],
    }
    for name in ("candidates", "offers"):
        kept[name] = kept[name][kept[name]["campaign_id"].isin(decided["campaign_id"])]
    return kept


def write(tables: dict[str, pd.DataFrame], folder: Path, suffix: str = "parquet") -> Path:
    """Write tables into a data folder."""
    folder.mkdir(parents=True, exist_ok=True)
    for name, table in tables.items():
        if suffix == "csv":
            table.to_csv(folder / f"{name}.csv", index=False)
        else:
            table.to_parquet(folder / f"{name}.parquet", index=False)
    return folder
