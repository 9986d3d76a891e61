"""PeerIndex: authority in topics, from a network of reactions; audience; activity.

After what PeerIndex said: a resonance network for each topic, 120 days, normalised among those in
the topic, not moved by bursts, activity damped by fatigue. Weights of the components were never
published: .6, .25 and .15 are assumptions.
"""

from __future__ import annotations

import numpy as np
import pandas as pd
from scipy.stats import rankdata

from models.baselines.baseline import Floats
from models.baselines.scene import Ints, Scene

DAYS = 120
COMPONENT_WEIGHTS = {"authority": 0.60, "audience": 0.25, "activity": 0.15}
DAMPING = 0.85
MOST_ROUNDS = 200
SETTLED = 1e-8
DIGITS = 6
"""Ranks are rounded to these, in units of the mean, so that those who are alike tie."""
FATIGUE = 0.9
"""Quantile of the posts on a topic beyond which more of them count no more."""
LACKS = {
    "realness": "no table tells people from bots",
    "spam and inactive accounts": "no table tells them from others",
    "followers among those who react": "no table says who follows whom: all who react count",
    "speed of spotting content": "no table says when content was first seen",
}


def peerindex(scene: Scene) -> Floats:
    """.60 authority + .25 audience + .15 activity of all creators at one moment, 0..100.

    The topic of a post is the axis of the text space that it lies nearest to. Authority is the mean
    over topics of the share of rank (0..100) among those active in it, weighted by the share of the
    creator's reactions; audience that of the number of accounts that reacted; activity that of
    posts on a topic over its median, capped at the `FATIGUE` quantile. Components of which nothing
    is known have weight 0.
    """
    by_topic, mass = authority_by_topic(scene, scene.reactions["topic"], scene.posts["topic"])
    size = len(scene.creators)
    components = {"activity": _activity(scene)}
    if mass.sum() > 0:
        creator, share = by_topic["creator"], by_topic["share"]
        weighed = np.bincount(creator, mass * share, minlength=size)
        total = np.bincount(creator, mass, minlength=size)
        components["authority"] = 100 * weighed / np.where(total > 0, total, 1)
        components["audience"] = _percentile(_audience(scene))
    total_weight = sum(COMPONENT_WEIGHTS[name] for name in components)
    parts = [COMPONENT_WEIGHTS[name] * values for name, values in sorted(components.items())]
    return np.asarray(sum(parts) / total_weight)


def authority(scene: Scene, texts: pd.Series | None) -> Floats:
    """Authority in one topic, 0..100: that of a brief, which some texts are on.

    Who neither wrote nor was reacted to on the topic has none. NaN for all where the topic is not
    known or nobody was reacted to on it.
    """
    size = len(scene.creators)
    if texts is None:
        return np.full(size, np.nan)
    scene = scene.about(texts)
    one = [pd.Series(0, index=table.index) for table in (scene.reactions, scene.posts)]
    found, mass = authority_by_topic(scene, *one)
    if mass.sum() <= 0:
        return np.full(size, np.nan)
    return np.asarray(100 * np.bincount(found["creator"], found["share"], minlength=size))


def authority_by_topic(
    scene: Scene, of_reactions: pd.Series, of_posts: pd.Series
) -> tuple[pd.DataFrame, Floats]:
    """Share of rank (0..1] by personalised PageRank of each creator active in each topic.

    Where no account is known to have reacted to anybody, the counters of posts stand in: each
    reaction as another person's, of whom PageRank gives each the same.

    Returns
    -------
    found : DataFrame
        `topic`, `creator` (position), `share`.
    mass : ndarray, shape (len(found),)
        Reactions to the creator on the topic, a pair's counted once a day.
    """
    reactions, posts = scene.reactions, scene.posts
    keys = ["topic", "creator"]
    active = pd.concat(
        [
            pd.DataFrame({"topic": of_posts, "creator": posts["creator"], "mass": 0.0}),
            pd.DataFrame({"topic": of_reactions, "creator": reactions["target"], "mass": 0.0}),
        ]
    )
    if reactions.empty:
        counted = posts[["likes", "comments", "shares"]].sum(axis=1).astype(np.float64)
        mass = active.assign(mass=counted).groupby(keys)["mass"].sum()
        rank = mass
    else:
        # Capped at one a day: a burst moves nothing.
        days = pd.DataFrame(
            {
                "topic": of_reactions,
                "actor": reactions["actor"],
                "own": reactions["own"],
                "creator": reactions["target"],
                "day": reactions["day"],
            }
        ).drop_duplicates()
        edges = days.groupby(["topic", "actor", "own", "creator"]).size().rename("days")
        ranked = pagerank(edges.reset_index())
        everyone = active.groupby(keys)["mass"].sum()
        mass = edges.groupby(keys).sum().reindex(everyone.index, fill_value=0)
        rank = ranked.reindex(everyone.index, fill_value=0.0)
    found = rank.rename("rank").reset_index()
    found["share"] = found.groupby("topic")["rank"].rank(pct=True)
    return found[["topic", "creator", "share"]], mass.to_numpy(np.float64)


def pagerank(edges: pd.DataFrame) -> pd.Series:
    """Personalised PageRank of creators in each topic, by (topic, creator).

    An account passes on what it has to those it reacts to, by days; what is passed on to nobody,
    and ``1 - DAMPING`` of all, returns to all in the topic alike. In units of the mean of the
    topic, rounded, so that those who are alike tie.

    Parameters
    ----------
    edges : DataFrame
        `topic`, `actor` (account), `own` (its position among creators, -1 for none), `creator`
        (position) and `days`, one line a pair and topic, sorted.
    """
    # Creators are named by position, everybody else by account, below zero.
    source = np.where(edges["own"] >= 0, edges["own"], -1 - edges["actor"])
    topic = edges["topic"].to_numpy()
    topics, names = np.append(topic, topic), np.append(source, edges["creator"])
    order = np.lexsort((names, topics))
    fresh = np.ones(len(order), dtype=bool)
    fresh[1:] = (np.diff(topics[order]) != 0) | (np.diff(names[order]) != 0)
    node = np.empty(len(order), dtype=np.int64)
    node[order] = np.cumsum(fresh) - 1
    topics, names = topics[order][fresh], names[order][fresh]
    block = np.cumsum(np.diff(topics, prepend=topics[:1]) != 0)
    rank = _settled(node[: len(edges)], node[len(edges) :], edges["days"].to_numpy(), block)
    index = pd.MultiIndex.from_arrays([topics, names], names=["topic", "creator"])
    return pd.Series(np.round(rank, DIGITS), index=index)[names >= 0]


def _settled(giver: Ints, taker: Ints, weight: Floats, block: Ints) -> Floats:
    """PageRank of the nodes of separate blocks, in units of the mean of each, shape (n_nodes,)."""
    size = len(block)
    passed = weight / np.bincount(giver, weight, minlength=size)[giver]
    idle = np.flatnonzero(np.bincount(giver, minlength=size) == 0)
    members = np.bincount(block).astype(np.float64)
    rank = np.ones(size)
    for _ in range(MOST_ROUNDS):
        returned = np.bincount(block[idle], rank[idle], minlength=len(members)) / members
        handed = np.bincount(taker, rank[giver] * passed, minlength=size)
        fresh = (1 - DAMPING) + DAMPING * (handed + returned[block])
        moved = float(np.abs(fresh - rank).max(initial=0.0))
        rank = fresh
        if moved < SETTLED:
            break
    return rank


def _audience(scene: Scene) -> Floats:
    """Accounts that reacted to each creator, else what the counters of its posts count."""
    size = len(scene.creators)
    if scene.reactions.empty:
        counted = scene.posts[["likes", "comments", "shares"]].sum(axis=1).to_numpy(np.float64)
        return np.asarray(np.bincount(scene.posts["creator"], counted, minlength=size))
    pairs = scene.reactions[["actor", "target"]].drop_duplicates()
    return np.bincount(pairs["target"], minlength=size).astype(np.float64)


def _activity(scene: Scene) -> Floats:
    """Share of rank (0..100) of posts over the topic's median, weighted by the creator's topics."""
    posts = scene.posts.groupby(["topic", "creator"]).size().rename("posts").reset_index()
    of_topic = posts.groupby("topic")["posts"]
    capped = np.minimum(posts["posts"], of_topic.transform("quantile", FATIGUE))
    relative = capped / of_topic.transform("median")
    creator: Ints = posts["creator"].to_numpy(np.int64)
    size = len(scene.creators)
    count = posts["posts"].to_numpy(np.float64)
    weighed = np.bincount(creator, count * relative.to_numpy(np.float64), minlength=size)
    total = np.bincount(creator, count, minlength=size)
    return _percentile(weighed / np.where(total > 0, total, 1))


def _percentile(values: Floats) -> Floats:
    """Share of rank, 0..100, ties at their mean."""
    return np.asarray(100 * rankdata(values) / max(len(values), 1))
