"""One origin of an evaluation: what was learned at it, and what is seen of campaigns after it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime

import pandas as pd

from features.asof import creators_with_outcomes
from features.embedding import Embedding
from features.errors import UserError
from features.prepared import Prepared
from models.baselines import BASELINES, Baseline, Sight, engagement_baseline, network_scores
from training.ahead import in_window, look_ahead
from training.counterfactual import look_at_candidates
from training.engagement_model import fit_engagement
from training.fit import Fitted, learn, look_back
from training.history_rate import HistoryRate


@dataclass(frozen=True)
class Seen:
    """What was learned at an origin, and what is judged after it.

    Attributes
    ----------
    fitted : Fitted
    history_rate : HistoryRate
    engagement : Baseline, optional
        None where too few rows have the label (`engagement_model.fit_engagement`).
    ahead : Sight
        Outcomes of the campaigns after it.
    offered : Sight, optional
        Candidates of these of whom all is known, or whose choice was logged; `is_known_brand` as in
        `ahead`.
    """

    fitted: Fitted
    history_rate: HistoryRate
    engagement: Baseline | None
    ahead: Sight
    offered: Sight | None


@contextmanager
def at_origin(origin: datetime) -> Iterator[None]:
    """A user's error within names the origin."""
    try:
        yield
    except UserError as error:
        message = f"origin {origin:%Y-%m-%d %H:%M}: {error}"
        raise UserError(message, error.exit_status) from error


def look(
    market: Prepared,
    outcomes: pd.DataFrame,
    origin: datetime,
    days: float,
    candidates: pd.DataFrame | None,
    embedding: Embedding | None,
    seed: int,
) -> Seen:
    """Train at an origin on what was known, and look at what is judged, as of each decision.

    `edges.prepare_edges` comes before. Parameters are those of `evaluation.evaluate`; `outcomes`
    are all that are ever known.
    """
    with at_origin(origin):
        known = look_back(market, origin, embedding=embedding, seed=seed, hold_out=None)
        ahead = look_ahead(market, outcomes, known.space, origin, days)
    fitted = learn(known, seed=seed)
    engagement = fit_engagement(market.connection, known, seed=seed)
    rows = [ahead.rows]
    if candidates is not None and len(chosen := in_window(candidates, origin, days)):
        earlier = creators_with_outcomes(market.connection, origin)
        rows.append(chosen.assign(is_cold=~chosen["creator_id"].isin(earlier)))
    # The network of a moment serves all its rows.
    network = network_scores(market.connection, pd.concat(rows, ignore_index=True), known.space)
    of_ahead = network.iloc[: len(ahead.rows)]
    sights = [Sight(ahead.rows, ahead.matrix, ahead.base_log_odds, of_ahead)]
    for offered in rows[1:]:
        of_offered = network.iloc[len(ahead.rows) :].reset_index(drop=True)
        sights.append(Sight(*look_at_candidates(market, offered, known.space), of_offered))
    return Seen(
        fitted,
        HistoryRate.fit(known, fitted.predictor.rate),
        None if engagement is None else engagement_baseline(engagement),
        sights[0],
        sights[1] if len(sights) > 1 else None,
    )


def speaking(seen: Seen, everywhere: Sequence[Seen]) -> dict[str, Baseline]:
    """The baselines that know something, and the engagement model where every origin has one.

    What was learned at some origins only would be judged on other campaigns than the rest.
    """
    found = {
        name: baseline
        for name, baseline in BASELINES.items()
        if any(baseline.knows(other.ahead) for other in everywhere)
    }
    if seen.engagement is not None and all(other.engagement for other in everywhere):
        found[seen.engagement.name] = seen.engagement
    return found
