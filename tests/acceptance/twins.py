"""Twins of a creator: every row about it again under another name, and what a parable changes in them.

A change is a function of the twin's own tables. What twins do to others (their words under other people's posts)
counts for those others too: compare a twin with another twin, never with the creator it was copied from.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import TypeAlias

import numpy as np
import pandas as pd

from training.world.phrases import COMMENTS, PROMISES, REPLIES
from training.world.rings import COMES, COMES_HOURS, RETURNS, RETURNS_HOURS, SPREAD

Tables: TypeAlias = dict[str, pd.DataFrame]
Change: TypeAlias = Callable[[Tables, str, pd.Timestamp], Tables]
"""The twin's tables, its name and the moment of the decision in, its tables out."""

Act: TypeAlias = tuple[pd.Timestamp, str, str, str, str]
"""When, kind, actor, target, post."""

ABOUT_CREATOR = ("creators", "credentials", "posts", "audience")
"""Outcomes are left out: nobody measured a twin."""
DAY, HOUR = pd.Timedelta(days=1), pd.Timedelta(hours=1)


def twin(tables: Tables, source: str, name: str) -> Tables:
    """The rows about a creator under another name, outcomes aside; posts and acts get their own names."""
    found = {
        table: tables[table][tables[table]["creator_id"] == source].assign(creator_id=name)
        for table in ABOUT_CREATOR
    }
    posts = set(found["posts"]["post_id"])
    acts = tables["interactions"]
    own = (acts["actor_id"] == source) | (acts["target_id"] == source) | acts["post_id"].isin(posts)
    acts = acts[own]
    known = set(acts["interaction_id"])

    def renamed(values: pd.Series, among: set[str]) -> pd.Series:
        return values.where(~values.isin(among), f"{name}/" + values.astype("string"))

    found["interactions"] = acts.assign(
        interaction_id=renamed(acts["interaction_id"], known),
        parent_id=renamed(acts["parent_id"], known),
        post_id=renamed(acts["post_id"], posts),
        actor_id=acts["actor_id"].replace(source, name),
        target_id=acts["target_id"].replace(source, name),
    )
    read = tables["post_metrics"]
    read = read[read["post_id"].isin(posts)]
    found["post_metrics"] = read.assign(post_id=renamed(read["post_id"], posts))
    found["posts"] = found["posts"].assign(post_id=renamed(found["posts"]["post_id"], posts))
    return found


def together(*parts: Tables) -> Tables:
    """Tables one below the other."""
    return {
        name: pd.concat([part[name] for part in parts if name in part], ignore_index=True)
        for name in parts[0]
    }


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


def followers_times(factor: float, last_days: int | None = None) -> Change:
    """More followers, in all readings or in those of the last days, and nothing else."""

    def change(own: Tables, name: str, as_of: pd.Timestamp) -> Tables:
        read = own["audience"]
        since = pd.Timestamp.min if last_days is None else as_of - last_days * DAY
        more = np.where(read["observed_at"] >= since, factor, 1.0)
        followers = np.round(read["followers"] * more).astype("int64")
        return {**own, "audience": read.assign(followers=followers)}

    return change


def followers_growing(factor: float, last_days: int) -> Change:
    """More followers, a few more at each reading of the last days, and nothing else."""

    def change(own: Tables, name: str, as_of: pd.Timestamp) -> Tables:
        read = own["audience"]
        passed = 1 - (as_of - read["observed_at"]) / (last_days * DAY)
        followers = np.round(read["followers"] * factor ** passed.clip(lower=0)).astype("int64")
        return {**own, "audience": read.assign(followers=followers)}

    return change


def in_ring_with(partners: list[str], market: Tables) -> Change:
    """A ring as the market has them, over 120 days: visits after each post of either side, returned within hours.

    Counters of the twin's posts rise by what its partners did.
    """

    def change(own: Tables, name: str, as_of: pd.Timestamp) -> Tables:
        rng = np.random.default_rng(0)
        columns = ["published_at", "post_id", "creator_id"]
        there = market["posts"]["creator_id"].isin(partners)
        both = pd.concat([own["posts"][columns], market["posts"].loc[there, columns]])
        times = {who: part.sort_values("published_at") for who, part in both.groupby("creator_id")}
        rows: list[Act] = []

        def visit(after: pd.Timestamp, hours: float, visitor: str, host: str) -> pd.Timestamp:
            at = after + hours * float(np.exp(rng.normal(0, SPREAD))) * HOUR
            earlier = times[host].loc[times[host]["published_at"] < at, "post_id"]
            kind = str(rng.choice(["comment", "like", "reshare"], p=[0.45, 0.35, 0.2]))
            if len(earlier) and at < as_of:
                rows.append((at, kind, visitor, host, earlier.iloc[-1]))
            return at

        recent = both[both["published_at"].between(as_of - 120 * DAY, as_of)]
        for published, _, host in recent.itertuples(index=False):
            for visitor in partners if host == name else [name]:
                if rng.uniform() < COMES:
                    came = visit(published, COMES_HOURS, visitor, host)
                    if rng.uniform() < RETURNS:
                        visit(came, RETURNS_HOURS, host, visitor)
        acts = _acts(name, "ring", rows)
        words = [PROMISES["en"][i % len(PROMISES["en"])] for i in range(len(acts))]
        acts["text"] = pd.Series(words, dtype=object).where(acts["kind"] == "comment", None)
        read = own["post_metrics"]
        for kind, counter in (("comment", "comments"), ("like", "likes"), ("reshare", "shares")):
            done = acts[(acts["kind"] == kind) & (acts["target_id"] == name)]
            more = read["post_id"].map(done["post_id"].value_counts()).fillna(0).astype("int64")
            read = read.assign(**{counter: np.minimum(read[counter] + more, read["views"])})
        return {
            **own,
            "post_metrics": read,
            "interactions": pd.concat([own["interactions"], acts], ignore_index=True),
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
    answers = _acts(
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
        act = _acts(name, "word", [(at, "reshare", account, name, post)])
        return {**own, "interactions": pd.concat([own["interactions"], act], ignore_index=True)}

    return change


def unknown(own: Tables, name: str, as_of: pd.Timestamp) -> Tables:
    """An account of which there is its row in `creators`, and no more than the platform in it."""
    blank = own["creators"].assign(name=None, bio=None, handle=None, country=None, joined_at=pd.NaT)
    return {table: rows.head(0) for table, rows in own.items()} | {"creators": blank}


def _acts(name: str, part: str, rows: list[Act]) -> pd.DataFrame:
    columns = ["occurred_at", "kind", "actor_id", "target_id", "post_id"]
    found = pd.DataFrame(rows, columns=columns)
    times = pd.to_datetime(found["occurred_at"]).dt.floor("s").astype("datetime64[us]")
    ids = [f"{name}/{part}{i}" for i in range(len(found))]
    return found.assign(occurred_at=times, interaction_id=ids, parent_id=None, text=None)
