"""Two models on the same later campaigns: what each would have said at every decision."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

import numpy as np
import pandas as pd

from features.asof import known_outcomes, newest_moment
from features.errors import Exit, UserError
from features.prepared import Prepared
from models.baselines import Sight
from models.predictor import Predictor
from training.ahead import look_ahead
from training.counterfactual import look_at_candidates, score_candidates
from training.tiers import tier_of

SIDES = ("champion", "challenger")
LEAST_CAMPAIGNS = 8
"""Campaigns that neither model knew, below which nothing is judged."""
FOR_EVER = timedelta(days=36500)


@dataclass(frozen=True)
class Contest:
    """What two models say of the campaigns that neither knew, and what came of them.

    Attributes
    ----------
    since : datetime
        The later of the two training moments; every campaign was decided at or after it.
    rows : DataFrame
        One line an outcome: `campaign_id`, `creator_id`, `exposed`, `conversions`, `is_cold` (no
        outcome in a campaign that started before `since`), `tier` of the audience
        (`tiers.tier_of`), and of each side `SIDE_rate` and `SIDE_conversions` (reach × rate).
    candidates : DataFrame
        One line a candidate of the campaigns in which fee and outcome of each are known:
        `campaign_id`, `cost`, `brings`, and of each side the conversions expected, `champion` and
        `challenger`. May be empty.
    """

    since: datetime
    rows: pd.DataFrame
    candidates: pd.DataFrame


def hold_contest(
    market: Prepared,
    champion: Predictor,
    challenger: Predictor,
    candidates: pd.DataFrame | None = None,
) -> Contest:
    """Let two models predict, as of each decision, the mature campaigns that neither knew.

    Parameters
    ----------
    candidates : DataFrame, optional
        Candidates of whom all is known (`counterfactual.known_candidates`).

    Raises
    ------
    UserError
        Exit 6 when fewer than `LEAST_CAMPAIGNS` mature campaigns were decided since both.
    """
    since = max(champion.trained_until, challenger.trained_until)
    outcomes = _mature(market)
    judged = outcomes[outcomes["as_of"] >= since].reset_index(drop=True)
    if judged["campaign_id"].nunique() < LEAST_CAMPAIGNS:
        raise _too_few(outcomes, judged, since, champion.trained_until)
    said, offered = [], []
    for side, predictor in zip(SIDES, (champion, challenger), strict=True):
        ahead = look_ahead(market, judged, predictor.space, since, FOR_EVER.days)
        posts = ahead.rows["posts"].to_numpy(dtype=np.float64)
        predicted = predictor.predict(ahead.matrix, ahead.base_log_odds, posts)
        said.append(
            pd.DataFrame(
                {
                    f"{side}_rate": predicted["rate"],
                    f"{side}_conversions": predicted["conversions"],
                }
            )
        )
        if candidates is not None:
            of_judged = candidates["campaign_id"].isin(judged["campaign_id"])
            offered.append(_expected(market, candidates[of_judged], predictor, side))
    # Neither outcomes nor followers depend on the model: the last look serves both.
    kept = ahead.rows[["campaign_id", "creator_id", "exposed", "conversions", "is_cold"]]
    rows = pd.concat(
        [kept.assign(tier=tier_of(ahead.matrix["log_followers"].to_numpy(np.float64))), *said],
        axis=1,
    )
    if not offered:
        return Contest(since, rows, _NO_CANDIDATES)
    both = offered[0].assign(challenger=offered[1]["challenger"])
    return Contest(since, rows, both)


_NO_CANDIDATES = pd.DataFrame(
    {"campaign_id": [], **{name: np.empty(0) for name in ("cost", "brings", *SIDES)}}
)


def _mature(market: Prepared) -> pd.DataFrame:
    """Outcomes with people exposed that are mature at the newest moment in the data."""
    newest = newest_moment(market.connection)
    if newest is None:
        raise UserError(
            "no campaign to judge on: there is no post and no reading of any kind", Exit.DATA
        )
    outcomes = known_outcomes(market.connection, newest)
    return outcomes[outcomes["exposed"] > 0]


def _expected(
    market: Prepared, candidates: pd.DataFrame, predictor: Predictor, side: str
) -> pd.DataFrame:
    """Candidates with their cost, what they bring, and the conversions that a model expects."""
    if candidates.empty:
        return _NO_CANDIDATES[["campaign_id", "cost", "brings", side]]
    seen = look_at_candidates(market, candidates.reset_index(drop=True), predictor.space)
    rows = seen[0]
    sight = Sight(*seen, pd.DataFrame(index=rows.index))
    scored = score_candidates(rows, sight, predictor, {})
    return scored[["campaign_id", "cost", "brings"]].assign(
        **{side: scored["suasion"] * scored["our reach"]}
    )


def _too_few(
    outcomes: pd.DataFrame, judged: pd.DataFrame, since: datetime, champion_until: datetime
) -> UserError:
    there = judged["campaign_id"].nunique()
    decided = outcomes.drop_duplicates("campaign_id")["as_of"].sort_values(ascending=False)
    early = decided.iloc[LEAST_CAMPAIGNS - 1] if len(decided) >= LEAST_CAMPAIGNS else None
    if early is None:
        remedy = "judge again when more campaigns have matured"
    elif early < champion_until:
        remedy = (
            f"the champion itself was trained until {champion_until:%Y-%m-%d}: judge again when "
            "more campaigns have matured"
        )
    else:
        remedy = (
            f"`suasion train --until EARLIER`, here {early:%Y-%m-%d} or before, makes room to judge"
        )
    return UserError(
        f"not enough to judge on: {there} campaigns with mature outcomes were decided since "
        f"{since:%Y-%m-%d %H:%M} UTC, up to which one of the two models was trained; at least "
        f"{LEAST_CAMPAIGNS} are needed. {remedy[0].upper() if remedy[0] != '`' else '`'}"
        f"{remedy[1:]}; `--force --why TEXT` promotes without a judgement",
        Exit.DATA,
    )
