"""What a parable changes in a twin of a creator, beside what the audit injects (`training.twins`)."""

from __future__ import annotations

import re

import numpy as np
import pandas as pd

from training.twins import DAY, HOUR, Change, Tables, acts_of
from training.world.phrases import COMMENTS, REPLIES


def unchanged(own: Tables, name: str, as_of: pd.Timestamp) -> Tables:
    """A twin as it was found."""
    return own


def silent(last_days: int, until_days: int = 0) -> Change:
    """Nothing by the creator, nor under what it did not publish, in the days before the decision."""

    def change(own: Tables, name: str, as_of: pd.Timestamp) -> Tables:
        since, until = as_of - last_days * DAY, as_of - until_days * DAY
        posts, acts = own["posts"], own["interactions"]
        gone = posts["published_at"].between(since, until, "left")
        lost = set(posts.loc[gone, "post_id"])
        by_it = (acts["actor_id"] == name) & acts["occurred_at"].between(since, until, "left")
        under_it = acts["post_id"].isin(lost)
        answers_it = acts["parent_id"].isin(set(acts.loc[by_it, "interaction_id"]))
        return {
            **own,
            "posts": posts[~gone],
            "post_metrics": own["post_metrics"][~own["post_metrics"]["post_id"].isin(lost)],
            "interactions": acts[~by_it & ~under_it & ~answers_it],
        }

    return change


def open_to_rivals_and_critics(own: Tables, name: str, as_of: pd.Timestamp) -> Tables:
    """Links lead to six competitors, on a fifth more posts; each critic left unanswered is answered in three hours."""
    posts, acts = own["posts"].sort_values("published_at"), own["interactions"]
    place = np.arange(len(posts))
    linked = (posts["links"] > 0).to_numpy() | (place % 5 == 0)
    rivals = [[f"rival{i % 6}.example"] if yes else None for i, yes in enumerate(linked)]
    posts = posts.assign(
        links=linked.astype("int64"), domains=pd.Series(rivals, index=posts.index, dtype=object)
    )
    said = [re.escape(one.split("{a}")[0]) for by in COMMENTS["critic"].values() for one in by]
    answered = acts.loc[acts["actor_id"] == name, "parent_id"].dropna()
    open_still = acts[
        (acts["kind"] == "comment")
        & (acts["target_id"] == name)
        & (acts["occurred_at"] < as_of - DAY)
        & acts["text"].str.match("|".join(said)).fillna(False)
        & ~acts["interaction_id"].isin(answered)
    ]
    answers = acts_of(
        name,
        "answer",
        [
            (act.occurred_at + 3 * HOUR, "reply", name, act.actor_id, act.post_id)
            for act in open_still.itertuples()
        ],
    ).assign(parent_id=open_still["interaction_id"].to_numpy())
    replies = REPLIES["critic"]["en"]
    answers["text"] = [replies[i % len(replies)].format(a="that") for i in range(len(answers))]
    acts = pd.concat([acts, answers], ignore_index=True)
    return {**own, "posts": posts, "interactions": acts}


def reshared_by(account: str, days_ago: int) -> Change:
    """One reshare, of the last post before, some days before the decision."""

    def change(own: Tables, name: str, as_of: pd.Timestamp) -> Tables:
        at = as_of - days_ago * DAY
        posts = own["posts"].sort_values("published_at")
        post = posts[posts["published_at"] < at]["post_id"].iloc[-1]
        act = acts_of(name, "word", [(at, "reshare", account, name, post)])
        return {**own, "interactions": pd.concat([own["interactions"], act], ignore_index=True)}

    return change


def unknown(own: Tables, name: str, as_of: pd.Timestamp) -> Tables:
    """An account of which there is its row in `creators`, and no more than the platform in it."""
    blank = own["creators"].assign(name=None, bio=None, handle=None, country=None, joined_at=pd.NaT)
    return {table: rows.head(0) for table, rows in own.items()} | {"creators": blank}
