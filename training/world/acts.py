"""What one account does towards another, before it is a row of `interactions`."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, fields, replace
from typing import TypeAlias

import numpy as np
import pandas as pd

from training.world.calendar import DAY, moments
from training.world.draws import Flags, Ints, Texts, texts
from training.world.language import Bank
from training.world.population import HALF_LIFE_DAYS, Population
from training.world.posts import Posts

COMMENT, REPLY, MENTION, RESHARE, LIKE = range(5)
KINDS = ("comment", "reply", "mention", "reshare", "like")
PRAISE, QUESTION, CRITIC = range(3)
TONES = ("praise", "question", "critic")
BankOf: TypeAlias = Callable[[str, int], Bank]


@dataclass(frozen=True)
class Acts:
    """Acts of one account towards another; arrays of length n.

    Attributes
    ----------
    actor, target : ndarray of object
        Names of accounts.
    creator : ndarray of int
        The creator acted towards, or who answers, or under whose post others talk.
    post, parent : ndarray of int
        Position of the post, and among the acts of which these are answers; -1 where there is none.
    tone, topic, language : ndarray of int
    wording : ndarray of int
        Which text of its bank it is; the same number in two banks is about the same thing.
    text : ndarray of object
        None where nothing is said.
    """

    kind: Ints
    second: Ints
    actor: Texts
    target: Texts
    creator: Ints
    post: Ints
    parent: Ints
    tone: Ints
    topic: Ints
    language: Ints
    wording: Ints
    text: Texts

    def __len__(self) -> int:
        return len(self.kind)

    def where(self, kept: Flags | Ints) -> Acts:
        """The acts of a mask or of positions; parents are taken as they are."""
        return Acts(**{field.name: getattr(self, field.name)[kept] for field in fields(Acts)})


def acts(
    *,
    kind: int | Ints,
    second: Ints,
    actor: Texts,
    target: Texts,
    creator: Ints,
    topic: Ints,
    post: Ints | None = None,
    parent: Ints | None = None,
    tone: Ints | None = None,
    language: Ints | None = None,
    wording: Ints | None = None,
    text: Texts | None = None,
) -> Acts:
    """Acts of which some things are not to be said: no post, no parent, praise, no words."""
    n = len(second)

    def known(values: Ints | None, otherwise: int) -> Ints:
        return np.full(n, otherwise) if values is None else values

    return Acts(
        kind=np.broadcast_to(np.asarray(kind), n).astype(np.int64),
        second=second,
        actor=actor,
        target=target,
        creator=creator,
        post=known(post, -1),
        parent=known(parent, -1),
        tone=known(tone, PRAISE),
        topic=topic,
        language=known(language, 0),
        wording=known(wording, 0),
        text=texts([None] * n) if text is None else text,
    )


def joined(*parts: Acts) -> Acts:
    """Acts one after the other; parents are taken as they are."""
    return Acts(
        **{
            field.name: np.concatenate([getattr(part, field.name) for part in parts])
            for field in fields(Acts)
        }
    )


def after_post(rng: np.random.Generator, population: Population, posts: Posts, post: Ints) -> Ints:
    """When somebody reacts: along the life of a post, a minute after it at the soonest."""
    half_life = HALF_LIFE_DAYS[population.platform[posts.creator[post]]]
    days = rng.exponential(half_life / np.log(2))
    return np.asarray(posts.second[post] + 60 + (days * DAY).astype(np.int64))


def worded(rng: np.random.Generator, spoken: Acts, bank_of: BankOf, seed: int) -> Acts:
    """The acts with words of their tone, language and topic, a wording drawn for each."""
    text, wording = spoken.text.copy(), spoken.wording.copy()
    for tone, name in enumerate(TONES):
        rows, bank = np.flatnonzero(spoken.tone == tone), bank_of(name, seed)
        wording[rows] = rng.integers(0, bank.size, len(rows))
        text[rows] = bank.at(spoken.language[rows], spoken.topic[rows], wording[rows])
    return replace(spoken, text=text, wording=wording)


def only_comments_speak(spoken: Acts) -> Acts:
    """The acts without words where they are not comments."""
    text = spoken.text.copy()
    text[spoken.kind != COMMENT] = None
    return replace(spoken, text=text)


def in_order(spoken: Acts) -> Acts:
    """The acts in the order of time, parents pointing to their new places."""
    order = np.argsort(spoken.second, kind="stable")
    rank = np.empty(len(order), dtype=np.int64)
    rank[order] = np.arange(len(order))
    parent = np.where(spoken.parent >= 0, rank[spoken.parent], -1)
    return replace(spoken, parent=parent).where(order)


def act_ids(spoken: Acts) -> Texts:
    """Names of acts that are in the order of time."""
    return texts([f"i{i:07d}" for i in range(len(spoken))])


def interactions_table(spoken: Acts, posts: Posts) -> pd.DataFrame:
    """The table `interactions`, of acts in the order of time."""
    names = np.append(act_ids(spoken), texts([None]))
    post_names = np.append(posts.ids, texts([None]))
    return pd.DataFrame(
        {
            "interaction_id": names[:-1],
            "occurred_at": moments(spoken.second),
            "kind": texts(list(KINDS))[spoken.kind],
            "actor_id": spoken.actor,
            "target_id": spoken.target,
            "post_id": post_names[spoken.post],
            "parent_id": names[spoken.parent],
            "text": spoken.text,
        }
    )
