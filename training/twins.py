"""Twins of creators: every row about them again under another name, and what is changed in them.

A change is a function of the twins' own tables: more followers, a larger audience, a ring, posts
that repeat each other. What twins do to others (their words under other people's posts) counts for
those others too: compare a twin with another twin, never with the creator it was copied from.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import TypeAlias

import numpy as np
import pandas as pd

from training.world.phrases import PROMISES
from training.world.rings import COMES, COMES_HOURS, RETURNS, RETURNS_HOURS, SPREAD

Tables: TypeAlias = dict[str, pd.DataFrame]
Change: TypeAlias = Callable[[Tables, str, pd.Timestamp], Tables]
"""The tables of one twin, its name and the moment of the decision in, its tables out."""

Act: TypeAlias = tuple[pd.Timestamp, str, str, str, str]
"""When, kind, actor, target, post."""

ABOUT_CREATOR = ("creators", "credentials", "posts", "audience")
"""Outcomes are left out: nobody measured a twin."""
COUNTERS = ("views", "likes", "comments", "shares")
DAY, HOUR = pd.Timedelta(days=1), pd.Timedelta(hours=1)
RING_DAYS = 120
"""Days before the decision in which a ring is at work, and posts are repeated."""


def twins(tables: Tables, names: Mapping[str, str], label: str) -> Tables:
    """The rows about creators under other names, outcomes aside.

    Parameters
    ----------
    tables : dict of DataFrame
        Tables of the contract.
    names : mapping
        Creator -> name of its twin. What creators named here did to each other, their twins do to
        each other.
    label : str
        Stands before the ids of the twins' posts and acts: ``label/id``.
    """
    found = {}
    for table in ABOUT_CREATOR:
        rows = tables[table]
        rows = rows[rows["creator_id"].isin(names)]
        found[table] = rows.assign(creator_id=rows["creator_id"].map(names).astype("string"))
    posts, acts = set(found["posts"]["post_id"]), tables["interactions"]
    own = acts["actor_id"].isin(names) | acts["target_id"].isin(names) | acts["post_id"].isin(posts)
    acts = acts[own]
    known = set(acts["interaction_id"])

    def relabelled(values: pd.Series, among: set[str]) -> pd.Series:
        return values.where(~values.isin(among), f"{label}/" + values.astype("string"))

    def renamed(values: pd.Series) -> pd.Series:
        return values.map(names).fillna(values)

    found["interactions"] = acts.assign(
        interaction_id=relabelled(acts["interaction_id"], known),
        parent_id=relabelled(acts["parent_id"], known),
        post_id=relabelled(acts["post_id"], posts),
        actor_id=renamed(acts["actor_id"]),
        target_id=renamed(acts["target_id"]),
    )
    read = tables["post_metrics"]
    read = read[read["post_id"].isin(posts)]
    found["post_metrics"] = read.assign(post_id=relabelled(read["post_id"], posts))
    found["posts"] = found["posts"].assign(post_id=relabelled(found["posts"]["post_id"], posts))
    return found


def twin(tables: Tables, source: str, name: str) -> Tables:
    """The rows about one creator under another name, outcomes aside."""
    return twins(tables, {source: name}, name)


def together(*parts: Tables) -> Tables:
    """Tables one below the other."""
    return {
        name: pd.concat([part[name] for part in parts if name in part], ignore_index=True)
        for name in parts[0]
    }


def followers_times(factor: float, last_days: int | None = None) -> Change:
    """More followers, in all readings or in those of the last days, and nothing else."""

    def change(own: Tables, name: str, as_of: pd.Timestamp) -> Tables:
        read = own["audience"]
        since = pd.Timestamp.min if last_days is None else as_of - last_days * DAY
        more = np.where(read["observed_at"] >= since, factor, 1.0)
        return {**own, "audience": read.assign(followers=read["followers"] * more)}

    return change


def followers_growing(factor: float, last_days: int) -> Change:
    """More followers, a few more at each reading of the last days, and nothing else."""

    def change(own: Tables, name: str, as_of: pd.Timestamp) -> Tables:
        read = own["audience"]
        passed = 1 - (as_of - read["observed_at"]).dt.total_seconds() / (last_days * 86_400)
        followers = (read["followers"] * factor ** passed.clip(lower=0)).round()
        return {**own, "audience": read.assign(followers=followers)}

    return change


def audience_alone(own: Tables, creators: set[str]) -> Tables:
    """The twins without what creators do to each other: only an audience is left around them.

    Parameters
    ----------
    creators : set of str
        All creators, twins included: they are nobody's audience, and no size multiplies them.
    """
    acts = own["interactions"]
    among = acts["actor_id"].isin(creators) & acts["target_id"].isin(creators)
    return {**own, "interactions": acts[~among]}


def audience_times(own: Tables, times: int, creators: set[str]) -> Tables:
    """`times` accounts in the place of each of the audience: they follow, see and do the same, and
    are answered as often. The tables are of an `audience_alone`.
    """
    acts, read = own["interactions"], own["post_metrics"]
    clones = []
    for i in range(1, times):
        clone = acts.assign(
            interaction_id=acts["interaction_id"] + f"~{i}", parent_id=acts["parent_id"] + f"~{i}"
        )
        for column in ("actor_id", "target_id"):
            clone[column] = acts[column].where(acts[column].isin(creators), acts[column] + f"~{i}")
        clones.append(clone)
    return {
        **own,
        "audience": own["audience"].assign(followers=own["audience"]["followers"] * times),
        "interactions": pd.concat([acts, *clones], ignore_index=True),
        "post_metrics": read.assign(**{name: read[name] * times for name in COUNTERS}),
    }


def posts_repeated(own: Tables, as_of: pd.Timestamp, share: float = 0.5) -> Tables:
    """Each post of the last `RING_DAYS` days again a day later, word for word.

    Parameters
    ----------
    share : float
        What a repetition draws of each counter of its post, views included.
    """
    posts, read = own["posts"], own["post_metrics"]
    recent = posts["published_at"].between(as_of - RING_DAYS * DAY, as_of - DAY, "left")
    again = posts[recent]
    of_again = read[read["post_id"].isin(again["post_id"]) & (read["observed_at"] + DAY < as_of)]
    again = again.assign(
        post_id=again["post_id"] + "/again", published_at=again["published_at"] + DAY
    )
    of_again = of_again.assign(
        post_id=of_again["post_id"] + "/again",
        observed_at=of_again["observed_at"] + DAY,
        **{name: of_again[name] * share for name in COUNTERS},
    )
    return {
        **own,
        "posts": pd.concat([posts, again], ignore_index=True),
        "post_metrics": pd.concat([read, of_again], ignore_index=True),
    }


def in_ring_with(partners: list[str], market: Tables) -> Change:
    """A ring as the market has them: visits after each post of either side, returned within hours.

    Counters of the twin's posts rise by what its partners did.
    """

    def change(own: Tables, name: str, as_of: pd.Timestamp) -> Tables:
        there = market["posts"][market["posts"]["creator_id"].isin(partners)]
        visitors = {name: partners, **{partner: [name] for partner in partners}}
        return promised(own, pd.concat([own["posts"], there]), visitors, as_of, name)

    return change


def in_rings(own: Tables, rings: Sequence[Sequence[str]], as_of: pd.Timestamp) -> Tables:
    """Closed groups of twins, each of whom visits every other, as in `in_ring_with`."""
    visitors = {host: [other for other in ring if other != host] for ring in rings for host in ring}
    posts = own["posts"]
    return promised(own, posts[posts["creator_id"].isin(visitors)], visitors, as_of, "rings")


def promised(
    own: Tables,
    posts: pd.DataFrame,
    visitors: Mapping[str, Sequence[str]],
    as_of: pd.Timestamp,
    label: str,
) -> Tables:
    """The tables with what is done by promise, and with what it adds to the counters.

    Parameters
    ----------
    posts : DataFrame
        Posts of all hosts.
    visitors : mapping
        Host -> who comes after each of its posts of the last `RING_DAYS` days, and may be visited
        in return.
    """
    rng = np.random.default_rng(0)
    rows: list[Act] = []
    ordered = {who: part.sort_values("published_at") for who, part in posts.groupby("creator_id")}
    times = {who: part["published_at"].to_numpy() for who, part in ordered.items()}
    named = {who: part["post_id"].to_numpy() for who, part in ordered.items()}

    def visit(after: pd.Timestamp, hours: float, visitor: str, host: str) -> pd.Timestamp:
        at = after + hours * float(np.exp(rng.normal(0, SPREAD))) * HOUR
        earlier = int(np.searchsorted(times[host], at.to_datetime64())) if host in times else 0
        kind = str(rng.choice(["comment", "like", "reshare"], p=[0.45, 0.35, 0.2]))
        if earlier and at < as_of:
            rows.append((at, kind, visitor, host, named[host][earlier - 1]))
        return at

    recent = posts[posts["published_at"].between(as_of - RING_DAYS * DAY, as_of)]
    for published, host in recent[["published_at", "creator_id"]].itertuples(index=False):
        for visitor in visitors[host]:
            if rng.uniform() < COMES:
                came = visit(published, COMES_HOURS, visitor, host)
                if rng.uniform() < RETURNS:
                    visit(came, RETURNS_HOURS, host, visitor)
    done = acts_of(label, "ring", rows)
    words = [PROMISES["en"][i % len(PROMISES["en"])] for i in range(len(done))]
    done["text"] = pd.Series(words, dtype=object).where(done["kind"] == "comment", None)
    return {
        **own,
        "post_metrics": _counted(own["post_metrics"], done),
        "interactions": pd.concat([own["interactions"], done], ignore_index=True),
    }


def _counted(read: pd.DataFrame, done: pd.DataFrame) -> pd.DataFrame:
    for kind, counter in (("comment", "comments"), ("like", "likes"), ("reshare", "shares")):
        of_kind = done.loc[done["kind"] == kind, "post_id"].value_counts()
        more = read[counter] + read["post_id"].map(of_kind).fillna(0)
        read = read.assign(**{counter: np.fmin(more, read["views"].fillna(np.inf))})
    return read


def acts_of(name: str, part: str, rows: list[Act]) -> pd.DataFrame:
    """Acts as rows of `interactions`, without words."""
    columns = ["occurred_at", "kind", "actor_id", "target_id", "post_id"]
    found = pd.DataFrame(rows, columns=columns)
    times = pd.to_datetime(found["occurred_at"]).dt.floor("s").astype("datetime64[us]")
    ids = [f"{name}/{part}{i}" for i in range(len(found))]
    return found.assign(occurred_at=times, interaction_id=ids, parent_id=None, text=None)
