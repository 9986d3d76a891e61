"""The popularity audit: a bigger audience may buy reach, never influence. Does a model keep to it?

========================  ======================================================================
check                     fails when
========================  ======================================================================
follower swap             followers x10 or x0.1 in the tables move the rate
audience replication      ten accounts in the place of each of the audience move the rate
followers in features     held-out features of the rate tell more than half of log followers
bought followers, rings,  the rate or the conversions expected rise
repeated posts
placebo labels            labels dealt anew teach creators apart nearly as far as the real ones
conversions by audience   predicted over observed, in a tier, is surely beyond the band
share by audience         a tier's share of the conversions predicted surely misses that observed
popularity given truth    in a market whose truth is known, the rate goes with followers given it
rank with truth           there, it does not go with the truth itself
========================  ======================================================================

Where there is nothing to judge a check by, it is unknown, and fails nothing.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

import numpy as np
import numpy.typing as npt
import pandas as pd

from features.asof import known_outcomes, newest_moment
from features.errors import Exit, UserError
from features.levels import base_levels
from features.prepared import Prepared
from models.predictor import Predictor
from models.ranking import partial_spearman_by_campaign, spearman_by_campaign
from training.audit_findings import (
    Finding,
    of_frauds,
    of_placebo,
    of_replication,
    of_shares,
    of_size,
    of_swap,
    of_tiers,
    of_truth,
)
from training.enough import LEAST_CAMPAIGNS
from training.fit import Known
from training.injections import Injected, inject
from training.placebo import placebo_spreads, size_in_features, spread_within
from training.tiers import tier_of, tier_table

CREATORS = 40
"""Creators whose tables are tampered with."""
DEALS = 3
"""Times that labels are dealt anew."""
CANDIDATE_CAMPAIGNS = 12
"""Latest campaigns in which the rate is compared with the truth."""


@dataclass(frozen=True)
class Audit:
    """What an audit found.

    Attributes
    ----------
    findings : DataFrame
        One line a check: `check`; `value`, with its 95 % interval `low` and `high` where it has
        one; `bound`, what is allowed, in words; `passed` (NA where unknown); `says`, what it means
        for this model, in a sentence.
    tiers : DataFrame
        Outcomes after the training moment by audience (`tiers.tier_table`); may be empty.
    injections : DataFrame
        `injection`, `source` (creator) and the change of log `rate`, `exposed` and `conversions`.
    """

    findings: pd.DataFrame
    tiers: pd.DataFrame
    injections: pd.DataFrame

    @property
    def passed(self) -> bool:
        """Whether no check failed."""
        return bool(self.findings["passed"].fillna(True).all())

    @property
    def reasons(self) -> list[str]:
        """What each failed check says."""
        failed = self.findings[~self.findings["passed"].fillna(True).astype(bool)]
        return [
            f"{check}: {says}" for check, says in zip(failed["check"], failed["says"], strict=True)
        ]


@dataclass(frozen=True)
class _Seen:
    """Rows with their features and the levels of their campaigns."""

    rows: pd.DataFrame
    matrix: pd.DataFrame
    base_log_odds: npt.NDArray[np.float64]

    def where(self, chosen: pd.Series) -> _Seen:
        here = chosen.to_numpy(bool)
        rows, matrix = self.rows[here], self.matrix[here]
        return _Seen(
            rows.reset_index(drop=True), matrix.reset_index(drop=True), self.base_log_odds[here]
        )


def audit(
    market: Prepared,
    predictor: Predictor,
    *,
    until: datetime | None = None,
    since: datetime | None = None,
    candidates: pd.DataFrame | None = None,
    creators: int = CREATORS,
    seed: int = 0,
) -> Audit:
    """Audit a model for popularity.

    Parameters
    ----------
    market : Prepared
        The data; its tables are left as they are.
    predictor : Predictor
    until : datetime, optional
        Outcomes not mature then are not looked at, and creators are asked about as of then, naive
        UTC; the newest event or reading when not given.
    since : datetime, optional
        Campaigns decided earlier count as known to the model, as those before its training moment
        do; two models are compared on the same later campaigns by it.
    candidates : DataFrame, optional
        Candidates of whom all is known (`counterfactual.known_candidates`), for the truth.
    creators : int
        Creators whose tables are tampered with, at most.

    Raises
    ------
    UserError
        Exit 6 when the data hold no event at all.

    Examples
    --------
    >>> found = audit(ready, predictor)  # doctest: +SKIP
    >>> found.passed, found.reasons  # doctest: +SKIP
    """
    moment = until or newest_moment(market.connection)
    if moment is None:
        raise UserError("nothing to audit on: there is no post and no reading", Exit.DATA)
    outcomes = known_outcomes(market.connection, moment)
    outcomes = outcomes[outcomes["exposed"] > 0].reset_index(drop=True)
    seen = _look(market, outcomes, predictor)
    learned = seen.where(seen.rows["known_at"] < predictor.trained_until)
    later = max(predictor.trained_until, since or predictor.trained_until)
    ahead = seen.where(seen.rows["as_of"] >= later)
    injected = inject(market.connection, moment, predictor.space, creators=creators)
    tiers = tier_table(_judged(ahead, predictor), seed=seed)
    findings = [
        *of_swap(injected, predictor),
        *of_replication(injected, predictor, seed=seed),
        of_size(
            size_in_features(
                learned.matrix, predictor.rate.columns, learned.rows["creator_id"], seed=seed
            )
        ),
        *of_frauds(injected, predictor, seed=seed),
        _placebo(learned, predictor, seed),
        *of_tiers(tiers),
        of_shares(tiers),
        *_truth(market, predictor, later, moment, candidates, seed),
    ]
    table = pd.DataFrame([vars(finding) for finding in findings])
    return Audit(
        table.astype({"passed": "boolean", "value": float, "low": float, "high": float}),
        tiers,
        _changes(injected, predictor),
    )


def _look(market: Prepared, rows: pd.DataFrame, predictor: Predictor) -> _Seen:
    matrix = market.build(rows, predictor.space)
    base = base_levels(market.connection, rows, predictor.space)["base_log_odds"]
    return _Seen(rows, matrix, base.to_numpy(np.float64))


def _judged(ahead: _Seen, predictor: Predictor) -> pd.DataFrame:
    """Outcomes with their predictions and the tier of the audience known at the decision."""
    posts = ahead.rows["posts"].to_numpy(np.float64)
    predicted = predictor.predict(ahead.matrix, ahead.base_log_odds, posts)
    return ahead.rows.assign(
        tier=tier_of(ahead.matrix["log_followers"].to_numpy(np.float64)),
        rate=predicted["rate"].to_numpy(),
        predicted_conversions=predicted["conversions"].to_numpy(),
    )


def _placebo(learned: _Seen, predictor: Predictor, seed: int) -> Finding:
    """What labels dealt anew teach, beside what the model says of the same rows."""
    if learned.rows["campaign_id"].nunique() < LEAST_CAMPAIGNS:
        return of_placebo(np.nan, [])
    known = Known(
        predictor.trained_until,
        predictor.space,
        learned.rows,
        learned.matrix,
        learned.base_log_odds,
        np.ones(len(learned.rows), dtype=bool),
        0,
    )
    return of_placebo(
        spread_within(predictor, known), placebo_spreads(known, deals=DEALS, seed=seed)
    )


def _truth(
    market: Prepared,
    predictor: Predictor,
    since: datetime,
    moment: datetime,
    candidates: pd.DataFrame | None,
    seed: int,
) -> list[Finding]:
    """Agreement with the truth, and with followers given it, in campaigns not trained on."""
    if candidates is None or candidates["true_rate"].isna().all():
        return []
    later = (candidates["as_of"] >= since) & (candidates["as_of"] < moment)
    rows = candidates[later & candidates["true_rate"].notna()]
    order = rows[["as_of", "campaign_id"]].drop_duplicates().sort_values(["as_of", "campaign_id"])
    last = order["campaign_id"].tolist()[-CANDIDATE_CAMPAIGNS:]
    rows = rows[rows["campaign_id"].isin(last)].reset_index(drop=True)
    if rows.empty:
        return of_truth(None, seed=seed)
    seen = _look(market, rows, predictor)
    posts = rows["posts"].to_numpy(np.float64)
    rate = predictor.predict(seen.matrix, seen.base_log_odds, posts)["rate"].to_numpy(np.float64)
    followers = seen.matrix["log_followers"]
    size = followers.fillna(followers.median()).to_numpy(np.float64)
    truth = rows["true_rate"].to_numpy(np.float64)
    campaign = rows["campaign_id"]
    by_campaign = {
        "partial": partial_spearman_by_campaign(rate, size, truth, campaign),
        "spearman": spearman_by_campaign(rate, truth, campaign),
    }
    revealed = rows["revealed_rate"].to_numpy(np.float64)
    if not np.isnan(revealed).any():
        by_campaign["revealed"] = partial_spearman_by_campaign(revealed, size, truth, campaign)
    return of_truth(pd.DataFrame(by_campaign), seed=seed)


def _changes(injected: Injected | None, predictor: Predictor) -> pd.DataFrame:
    if injected is None:
        return pd.DataFrame(columns=["injection", "source", "rate", "exposed", "conversions"])
    parts = [
        injected.log_changes(predictor, kind).reset_index().assign(injection=kind)
        for kind in injected.kinds
    ]
    return pd.concat(parts, ignore_index=True)[
        ["injection", "source", "rate", "exposed", "conversions"]
    ]
