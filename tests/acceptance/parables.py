"""The stage of the parables: one simulated market, one model trained on it, and the cast that it is asked about.

Two kinds of players. *Characters* live in the market from its first day, their qualities set rather than drawn, a
dozen of each so that luck evens out; the generator makes everything of theirs, so that what a parable says is true
of it by the law of docs/market.md. *Twins* are copies of ordinary creators with one thing changed (`changes`, `training.twins`). Neither
are candidates: the model has no outcome of theirs.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
import pandas as pd

from features import streams
from features.build import build
from features.levels import base_levels
from features.prepared import Prepared
from features.source import open_market
from features.tables import NEEDS
from tests.acceptance.changes import (
    open_to_rivals_and_critics,
    reshared_by,
    silent,
    unchanged,
    unknown,
)
from training.fit import fit
from training.twins import (
    Change,
    Tables,
    followers_growing,
    followers_times,
    in_ring_with,
    together,
    twin,
)
from training.world import World, write_world
from training.world.calendar import START, Calendar
from training.world.phrases import CALLS, QUESTIONS
from training.world.population import Population, draw_population
from training.world.simulation import unfold
from training.world.vocabulary import LANGUAGES, TOPICS

CREATORS, MONTHS, SEED = 400, 18, 0
"""Few creators for long: campaigns come by the week, and what is learned from is their outcomes."""
OF_EACH = 12
"""Players of each character: the mean of 12 has under a third of the noise of one."""
SOURCES = 12
"""Ordinary creators of whom there are twins."""
AS_OF = START + pd.DateOffset(months=MONTHS)
TRAINED = AS_OF - pd.Timedelta(days=1)
BRIEFS = {
    "baking": "Alderby looks for creators who know sourdough, rye flour and croissants. Show our new range in your own"
    " words, with yeast and a hot oven. Weigh the flour, warm the yeast, and let the bread prove twice.",
    "finance": "For our launch, Alderby wants honest stories about index funds and emergency savings. Speak of"
    " household bills and of what you pay in fees as you live them. We count orders within thirty days.",
}


@dataclass(frozen=True)
class Character:
    """Qualities of a player, in standard deviations; `topic` is what .8 of its talk is about."""

    followers: float
    conversation: float = 0.0
    reputation: float = 0.0
    engagement: float = 0.0
    is_formulaic: bool = False
    topic: str = "baking"


CHARACTERS = {
    "talkative": Character(5e4, conversation=1.5),
    "silent": Character(2e5, conversation=-1.5),
    "ridings": Character(2e4, conversation=1.5, reputation=1.5),
    "squirrel": Character(2e4, conversation=-1.0, reputation=-1.5, is_formulaic=True),
    "star": Character(5e6, conversation=-2.0, reputation=-1.5),
    "ordinary": Character(3e4),
    "ben": Character(3e3, conversation=0.6, engagement=1.5),
}


@dataclass(frozen=True)
class Stage:
    """What the model says of everybody.

    Attributes
    ----------
    scores : dict of DataFrame
        Brief -> predictions for a package of one post, one line a creator, index `creator_id`.
    features : DataFrame
        Of the baking brief, the same index.
    market : World
    sources : tuple of str
    """

    scores: dict[str, pd.DataFrame]
    features: pd.DataFrame
    market: World
    sources: tuple[str, ...]

    def log_rates(self, player: str, brief: str = "baking") -> pd.Series:
        """Log of the predicted rate of each player of a character, or of each twin of a kind."""
        scores = self.scores[brief]
        named = scores.index.str.startswith(f"{player}-")
        return np.log(scores.loc[named, "rate"])

    def paired(self, kind: str, column: str, brief: str = "baking") -> pd.DataFrame:
        """A prediction of each source's twin: `changed`, beside that of the twin `unchanged`."""
        found = self.scores[brief][column]
        return pd.DataFrame(
            {
                "changed": [found[f"{kind}-{source}"] for source in self.sources],
                "unchanged": [found[f"unchanged-{source}"] for source in self.sources],
            },
            index=list(self.sources),
        )

    def feature_changes(self, kind: str) -> pd.DataFrame:
        """Features of each source's twin less those of the twin `unchanged`."""
        changed = self.features.loc[[f"{kind}-{source}" for source in self.sources]]
        same = self.features.loc[[f"unchanged-{source}" for source in self.sources]]
        return pd.DataFrame(
            changed.to_numpy() - same.to_numpy(), index=list(self.sources), columns=changed.columns
        )

    def specialists(self, topic: str) -> pd.Index:
        """Ordinary English-speaking creators with three tenths of their talk on a topic."""
        truth = self.market.truth["creators"].set_index("creator_id")
        language = self.market.tables["creators"].set_index("creator_id")["language"]
        is_one = (
            (truth[f"topic_{topic}"] >= 0.3) & (language == "en") & truth["abandoned_at"].isna()
        )
        return truth.index[is_one & truth.index.str.startswith("c")]


@cache
def stage() -> Stage:
    """Simulate, train, and ask; once for all parables."""
    market = _market()
    sources = _sources(market)
    copies = [
        change(twin(market.tables, source, f"{kind}-{source}"), f"{kind}-{source}", AS_OF)
        for place, source in enumerate(sources)
        for kind, change in _changes(market, sources, place).items()
    ]
    full = together(market.tables, *copies)
    full["campaigns"] = pd.concat([full["campaigns"], _briefs()], ignore_index=True)
    scores, features = _trained_and_asked(full)
    return Stage(scores, features, market, sources)


def _market() -> World:
    """The market with its characters, of whom there is no outcome."""
    cast = [name for name in CHARACTERS for _ in range(OF_EACH)]
    drawn = draw_population(CREATORS + len(cast), Calendar.of(MONTHS), SEED)
    world = unfold(_with_characters(drawn, cast), SEED)
    chosen = ("outcomes", "candidates", "offers")
    tables = {
        name: frame[frame["creator_id"].str.startswith("c")] if name in chosen else frame
        for name, frame in world.tables.items()
    }
    return World(_as_stars_do(tables), world.truth)


def _with_characters(population: Population, cast: list[str]) -> Population:
    """The last creators take the qualities of the cast; luck and state stand at their means."""
    who = [CHARACTERS[name] for name in cast]
    rows = slice(len(population) - len(cast), None)
    topics = np.array(
        [
            [0.8 if topic == one.topic else 0.2 / (len(TOPICS) - 1) for topic in TOPICS]
            for one in who
        ]
    )
    followers = np.array([one.followers for one in who])[:, None]
    weeks = np.ones_like(population.momentum[rows])
    given: dict[str, object] = {
        "ids": [f"{name}-{i:03d}" for i, name in enumerate(cast)],
        "language": LANGUAGES.index("en"),
        "country": "GB",
        "platform": 0,
        "topics": topics,
        "fake_share": 0.05,
        "bought_at": np.nan,
        "abandoned_at": np.nan,
        "pod": 1.0,
        "engagement": [one.engagement for one in who],
        "conversation": [one.conversation for one in who],
        "reputation": [one.reputation for one in who],
        "creator": 0.0,
        "liveliness": 0.0,
        "posts_per_week": 1.5,
        "sells_widely": False,
        "is_formulaic": [one.is_formulaic for one in who],
        "momentum": 0.0,
        "genuine": 0.95 * followers * weeks,
        "followers": followers * weeks,
    }
    columns = {}
    for name, values in given.items():
        columns[name] = getattr(population, name).copy()
        columns[name][rows] = values
    return replace(population, **columns)


def _as_stars_do(tables: Tables) -> Tables:
    """Stars follow nobody, ask nothing, call to nothing, and link to themselves in every post."""
    posts, audience = tables["posts"], tables["audience"]
    of_star = posts["creator_id"].str.startswith("star-")
    asked = [s for name in (QUESTIONS, CALLS) for s in name["en"]]
    text = posts["text"].str.replace("|".join(map(re.escape, asked)), "", regex=True).str.strip()
    domains = posts["domains"].copy()
    domains[of_star] = [[f"{name}.example"] for name in posts.loc[of_star, "creator_id"]]
    return {
        **tables,
        "posts": posts.assign(
            text=posts["text"].where(~of_star, text),
            links=posts["links"].where(~of_star, 1),
            domains=domains,
        ),
        "audience": audience.assign(
            following=audience["following"].where(
                ~audience["creator_id"].str.startswith("star-"), 0
            )
        ),
    }


def _sources(market: World) -> tuple[str, ...]:
    """English-speaking creators in no ring or pod, active, lately neither away nor spoken of by a leader."""
    truth = market.truth["creators"].set_index("creator_id")
    language = market.tables["creators"].set_index("creator_id")["language"]
    plain = (
        (language == "en")
        & truth["abandoned_at"].isna()
        & truth["bought_at"].isna()
        & ~truth["in_ring"]
        & ~truth["leads"]
        & ~truth["is_formulaic"]
        & (truth["pod"] == 1)
        & (truth["fake_share"] < 0.2)
        & truth.index.str.startswith("c")
    )
    posts = market.tables["posts"]
    recent = posts[posts["published_at"] >= AS_OF - pd.Timedelta(days=28)]
    plain &= recent["creator_id"].value_counts().reindex(truth.index).fillna(0) >= 3
    away, spoken_of = market.truth["holidays"], market.truth["shocks"]
    since = AS_OF - pd.Timedelta(days=120)
    plain &= ~truth.index.isin(away.loc[away["ends_at"] > since, "creator_id"])
    plain &= ~truth.index.isin(spoken_of.loc[spoken_of["occurred_at"] > since, "creator_id"])
    return tuple(truth.index[plain][:SOURCES])


def _changes(market: World, sources: tuple[str, ...], place: int) -> dict[str, Change]:
    """What is changed in the twins of one source; each has a ring of its own, or its partners would lead many."""
    truth = market.truth["creators"].set_index("creator_id")
    language = market.tables["creators"].set_index("creator_id")["language"]
    there = truth.index[(language == "en") & truth["abandoned_at"].isna()]
    others = there[there.str.startswith("c") & ~there.isin(sources)]
    leader = str(others[truth.loc[others, "leads"]][0])
    partners = others[~truth.loc[others, "leads"]][5 * place : 5 * place + 5]
    return {
        "unchanged": unchanged,
        "abandoned": silent(60),
        "holiday": silent(8, until_days=1),
        "bought": followers_times(2.0, last_days=45),
        "bought bit by bit": followers_growing(2.0, last_days=45),
        "celebrity": followers_times(20.0),
        "ring": in_ring_with(list(partners), market.tables),
        "open": open_to_rivals_and_critics,
        "doubled": followers_times(2.0),
        "led": reshared_by(leader, 5),
        "led long ago": reshared_by(leader, 200),
        "unknown": unknown,
    }


def _briefs() -> pd.DataFrame:
    starts = AS_OF + pd.Timedelta(days=3)
    return pd.DataFrame(
        {
            "campaign_id": list(BRIEFS),
            "brand": "Alderby",
            "brief": list(BRIEFS.values()),
            "starts_at": starts,
            "ends_at": starts + pd.Timedelta(days=14),
            "decided_at": AS_OF,
            "language": "en",
            "country": None,
            "attribution_days": 30,
            "currency": "EUR",
        }
    ).astype(dict.fromkeys(("starts_at", "ends_at", "decided_at"), "datetime64[us]"))


def _trained_and_asked(tables: Tables) -> tuple[dict[str, pd.DataFrame], pd.DataFrame]:
    """Every creator for every brief: predictions by brief, and features of the first brief."""
    with TemporaryDirectory() as folder:
        write_world(World(tables, {}), Path(folder))
        needs, uses = NEEDS["train"]
        with open_market(Path(folder), needs=needs, uses=uses) as market:
            streams.prepare(market.connection)
            predictor = fit(Prepared(market.connection), TRAINED.to_pydatetime()).predictor
            rows = pd.DataFrame({"creator_id": tables["creators"]["creator_id"]})
            rows = rows.merge(pd.DataFrame({"campaign_id": list(BRIEFS)}), how="cross")
            rows = rows.assign(as_of=AS_OF)
            matrix = build(market.connection, rows, predictor.space)
            base = base_levels(market.connection, rows, predictor.space)
            predicted = predictor.predict(
                matrix, base["base_log_odds"].to_numpy(np.float64), np.ones(len(rows))
            )
    scores, features = {}, []
    for brief in BRIEFS:
        of_brief = (rows["campaign_id"] == brief).to_numpy()
        names = pd.Index(rows.loc[of_brief, "creator_id"])
        scores[brief] = predicted[of_brief].set_axis(names)
        features.append(matrix[of_brief].set_axis(names))
    return scores, features[0]
