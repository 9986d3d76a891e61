"""Retrain: forget what was not known, fit, and write the bundle with its manifest."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from features.asof import forget_after, newest_moment, unripe_outcomes
from features.embedding import Embedding
from features.errors import Exit, UserError
from features.fingerprint import content_hash
from features.prepared import prepared
from features.source import Market
from features.tables import TABLES
from models.bundle import save_bundle
from models.learner import DEFAULT
from training.enough import UNCHECKED
from training.fit import Fitted, learn, look_back, rows_of_rate
from training.tune import Tuned, tune


@dataclass(frozen=True)
class Trained:
    """A training run: what was fitted, when, and the version of the bundle that holds it.

    `tuned` is what the search found that came before it, where there was one.
    """

    fitted: Fitted
    until: datetime
    version: str
    tuned: Tuned | None = None


@dataclass(frozen=True)
class Search:
    """A search to be made: how many learners to try, and the folder where studies are kept."""

    trials: int
    folder: Path


def train(
    market: Market,
    folder: Path,
    until: datetime | None = None,
    *,
    embedding: Embedding | None = None,
    seed: int = 0,
    workers: int | None = None,
    search: Search | None = None,
    hold_out: bool = True,
) -> Trained:
    """Train on what was known at a moment, and write the bundle into a folder.

    Everything after the moment is deleted from the market's tables first, so that the bundle,
    manifest included, is the same byte for byte whether or not the data know more.

    Parameters
    ----------
    market : Market
        Opened for "train"; it forgets what comes after `until`.
    folder : Path
        An empty folder.
    until : datetime, optional
        Training moment, naive UTC; the newest event or reading in the data when not given.
    embedding : Embedding, optional
        Encodes texts in place of hashed words; the bundle gets a copy.
    workers : int, optional
        Processes that build features of a large market; no number of them changes the bundle.
    search : Search, optional
        Search for a better learner first; not without holding out.
    hold_out : bool
        False for uncalibrated history with default spreads, whatever there is.

    Raises
    ------
    UserError
        Exit 6 when too few outcomes have matured to train, or to hold campaigns out; with a search,
        too few to confirm on.
    """
    moment = until or newest_moment(market.connection)
    if moment is None:
        raise UserError(
            "not enough data to train: there is no post and no reading of any kind, and so no "
            "moment to train at; give one by --until",
            Exit.DATA,
        )
    unripe = unripe_outcomes(market.connection, moment)
    forget_after(market.connection, moment)
    with prepared(market, workers=workers, known_until=moment.isoformat()) as ready:
        known = look_back(
            ready, moment, embedding=embedding, seed=seed, hold_out=hold_out, unripe=unripe
        )
        tuned = None
        if search is not None:
            tuned = tune(*rows_of_rate(known), search.trials, seed=seed, folder=search.folder)
        fitted = learn(known, seed=seed, learner=DEFAULT if tuned is None else tuned.learner)
    settings = {"seed": seed, "hold_out": hold_out}
    if search is not None:
        settings["tune"] = search.trials
    version = save_bundle(
        fitted.predictor,
        folder,
        trained_until=moment.isoformat(),
        settings=settings,
        conversions="attributed",
        languages=list(fitted.predictor.space.languages),
        cautions=[] if fitted.predictor.is_checked else [UNCHECKED],
        inputs=_known_inputs(market),
        undated={
            name: dict(r.undated) for name, r in market.tables.items() if any(r.undated.values())
        },
        facts=_plain(fitted.facts),
        features=[_plain(line) for line in fitted.features.to_dict("records")],
        held_out=[_plain(line) for line in fitted.held_out.to_dict("records")],
        **({} if tuned is None else {"tuning": _plain(tuned.told())}),
    )
    return Trained(fitted, moment, version, tuned)


def _plain(line: Mapping[Any, Any]) -> dict[str, Any]:
    """A line as JSON holds it: null for NaN."""
    return {str(name): None if value != value else value for name, value in line.items()}


def _known_inputs(market: Market) -> dict[str, dict[str, object]]:
    """Rows and content of each table as known at the training moment."""
    inputs: dict[str, dict[str, object]] = {}
    for name, report in market.tables.items():
        if not report.present:
            continue
        ((rows,),) = market.connection.sql(f"SELECT count(*) FROM {name}").fetchall()
        inputs[name] = {"rows": rows, "sha256": content_hash(market.connection, TABLES[name], name)}
    return inputs
