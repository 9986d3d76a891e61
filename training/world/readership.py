"""The truth of who shares whose audience, from the law by which people act (`people`).

Each act of the audience is by a fan of the creator's own, by a helper of its pod, or by one of the
readers of the topic in the creator's language, whom all creators of that topic and language have
in common. After n acts on a topic, a reader who is drawn with probability p has acted towards the
creator with probability

    q = 1 - (1 - p)^n

independently of other creators, so that two creators share the sum of q q' readers in expectation.
Nothing is drawn here.

Distinct reach has its truth in the same law: each creator reaches its people by equal parts through
each account of its audience, and an account of several as much as the best of them does. With the
chosen in order of exposed per account, the best first,

    expected distinct people = sum over creators of exposed per account
                               · (own accounts + sum over readers of q · product of earlier (1 - q))
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from training.world.acts import Acts
from training.world.draws import Floats, Ints, texts
from training.world.language import TOPIC_NAMES
from training.world.people import FAN_POWER, HELPERS, HELPS, READER_POWER, fans_of
from training.world.population import Population
from training.world.vocabulary import LANGUAGES


def truth_of_audiences(population: Population, met: Acts) -> pd.DataFrame:
    """One row a creator and kind of people (for readers: and topic) that acted or could have.

    Parameters
    ----------
    met : Acts
        Acts of which `people` drew the actor, beside others' (of creators), which are left out.

    Returns
    -------
    DataFrame
        `creator_id`; `kind` (fans, helpers, readers); `community` of the readers, the same for all
        who share them, null for the others; `acts` drawn in the whole market that could have been
        theirs; `chance` that one is; `accounts` among whom it then falls.
    """
    of_audience = met.where(~np.isin(met.actor.astype(str), population.ids.astype(str)))
    n, topics = len(population), len(TOPIC_NAMES) + 1
    drawn = np.bincount(of_audience.creator * topics + of_audience.topic, minlength=n * topics)
    drawn = drawn.reshape(n, topics)
    helps = np.where(population.pod > 1, HELPS, 0.0)
    in_pod = np.flatnonzero(helps)
    reader_of, topic = np.nonzero(drawn)
    names = texts(
        [
            f"{[*TOPIC_NAMES, 'life'][t]} {LANGUAGES[language]}"
            for t, language in zip(
                topic.tolist(), population.language[reader_of].tolist(), strict=True
            )
        ]
    )
    everyone = np.arange(n)
    reads = np.minimum(population.reads, 1 - helps)
    of_all = drawn.sum(axis=1)
    parts = [
        ("fans", None, everyone, of_all, 1 - reads - helps, fans_of(population)),
        ("helpers", None, in_pod, of_all[in_pod], HELPS, float(HELPERS)),
        (
            "readers",
            names,
            reader_of,
            drawn[reader_of, topic],
            reads[reader_of],
            float(population.readers),
        ),
    ]
    frames = [
        pd.DataFrame(
            {
                "creator_id": population.ids[creator],
                "kind": kind,
                "community": texts([None] * len(creator)) if community is None else community,
                "acts": acts,
                "chance": chance,
                "accounts": accounts,
            }
        )
        for kind, community, creator, acts, chance, accounts in parts
    ]
    found = pd.concat([frame for frame in frames if len(frame)], ignore_index=True)
    return found.sort_values(["creator_id", "kind", "community"], ignore_index=True)


@dataclass(frozen=True)
class Readership:
    """Whom to expect in the audiences of n creators.

    Attributes
    ----------
    own : ndarray, shape (n,)
        Expected fans and helpers who acted.
    reads : ndarray, shape (n, all readers)
        Probability that a reader acted towards the creator.
    """

    own: Floats
    reads: Floats

    @property
    def people(self) -> Floats:
        """Expected size of each audience, shape (n,)."""
        return np.asarray(self.own + self.reads.sum(axis=1))

    @property
    def shared(self) -> Floats:
        """Expected people that each two creators share, shape (n, n); 0 on the diagonal."""
        found = self.reads @ self.reads.T
        np.fill_diagonal(found, 0.0)
        return np.asarray(found)

    def distinct(self, exposed: Floats, chosen: Ints) -> float:
        """Expected people reached by the chosen (positions) together, each counted once."""
        part = exposed[chosen] / self.people[chosen]
        best_first = chosen[np.argsort(-part, kind="stable")]
        reads = self.reads[best_first]
        missed = np.cumprod(np.vstack([np.ones(reads.shape[1]), 1 - reads[:-1]]), axis=0)
        accounts = self.own[best_first] + (reads * missed).sum(axis=1)
        return float(accounts @ np.sort(part)[::-1])


def readership(audiences: pd.DataFrame, creators: Sequence[str]) -> Readership:
    """What the truth says of the audiences of some creators.

    Parameters
    ----------
    audiences : DataFrame
        As from `truth_of_audiences`; of creators that it does not name, nobody acted.
    creators : sequence of str
        Ids, in whose order the result is.
    """
    place = {name: i for i, name in enumerate(creators)}
    known = audiences[audiences["creator_id"].isin(place)]
    is_reader = known["kind"] == "readers"
    communities = sorted(known.loc[is_reader, "community"].unique())
    own = np.zeros(len(creators))
    readers = float(known.loc[is_reader, "accounts"].max()) if is_reader.any() else 1.0
    reads = np.zeros((len(creators), len(communities), int(readers)))
    of_readers = _first_oftenest(readers, READER_POWER)
    for row in known.to_dict("records"):
        i, acts = place[row["creator_id"]], row["acts"]
        if row["kind"] == "readers":
            seen = 1 - (1 - row["chance"] * of_readers) ** acts
            reads[i, communities.index(row["community"])] = seen
        else:
            power = FAN_POWER if row["kind"] == "fans" else 1.0
            often = _first_oftenest(row["accounts"], power)
            own[i] += (1 - (1 - row["chance"] * often) ** acts).sum()
    return Readership(own, reads.reshape(len(creators), -1))


def _first_oftenest(accounts: float, power: float) -> Floats:
    """Probability of each account: of its number being ``floor(accounts · uniform ^ power)``."""
    edges = np.minimum(np.arange(np.ceil(accounts) + 1) / accounts, 1.0)
    return np.asarray(np.diff(edges ** (1 / power)))
