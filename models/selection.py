"""How much of a model to keep: what later campaigns confirm beyond history, and no more.

Candidates are fitted on early campaigns and judged on later ones, with the base known at the
decision. History is the floor: the rest is added only where the paired gain over history, in error
and in rank together, would be luck about once in ten (`bench_placebo`). The question is put to a
quarter of the rest: where the whole gains, it gains almost half of that, and errs by a quarter. How
strongly the rest is held back is fixed: dozens of campaigns tell history from more, hardly one
strength from another. A search may choose it (`training.tune`).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt
import pandas as pd
from scipy.special import expit, ndtr, stdtrit

from models.calibration import AffineCalibration
from models.evidence import copies_share, effective_weights, without_extremes
from models.learner import DEFAULT, Learner
from models.ranking import spearman_by_campaign
from models.rate import Parts, RateModel, Rows, fit_rate, grow

Floats = npt.NDArray[np.float64]
Fold = tuple[npt.NDArray[np.int64], npt.NDArray[np.int64]]

TREES_KEPT = (100, 200, 400)
"""Numbers of trees: the first unless later campaigns speak against any, more where they speak for
it."""
SLOPES = tuple(float(slope) for slope in np.geomspace(0.5, 2.0, 15))
"""Slopes at which a candidate may be judged, as calibration will give it one."""
FOLDS = (0.6, 0.8)
"""Shares of the training campaigns, in time, after which each fold of later campaigns begins."""
LITTLE = 0.25
"""Share of the way from history to a candidate at which it is asked whether to go."""
SURE = 1.28
"""Standard errors that a gain by luck exceeds once in ten."""
SURER = 2.0
"""The same for more trees than the first: with little to gain, and asked again and again."""
LEAST_ROWS = 30
"""Rows without which a fold tells nothing."""
LEAST_CAMPAIGNS = 5
"""Campaigns without which a gain has no standard error."""
LEAST_OUTCOMES = 5
"""Rows that a campaign needs for its order to be judged."""


def select_rate(
    matrix: pd.DataFrame, labels: pd.DataFrame, *, seed: int = 0, learner: Learner = DEFAULT
) -> tuple[RateModel, pd.DataFrame]:
    """Choose linear part and trees on later campaigns, fit on all, calibrate on the later ones.

    Parameters
    ----------
    matrix, labels : DataFrame
        As for `fit_rate`; `labels` also with `known_at`, when each outcome was known.

    Returns
    -------
    model : RateModel
    later : DataFrame
        For the rows of later campaigns, predicted by models fitted before them: `row` (position in
        `labels`) and calibrated `log_odds`. Empty when the data are too few to hold campaigns out:
        then history alone is kept, uncalibrated.
    """
    folds = folds_in_time(labels)
    penalty, trees, _, seen = climb(matrix, labels, folds, seed=seed, learner=learner)
    model = fit_rate(matrix, labels, penalty=penalty, trees=trees, seed=seed, learner=learner)
    later = _predict_later(seen, folds, len(labels), trees)
    if later.empty:
        return model, later.assign(log_odds=pd.Series(dtype=float))[["row", "log_odds"]]
    rates, weights = _rates_and_weights(labels.iloc[later["row"].to_numpy()], later, model.phi)
    raw = later["raw"].to_numpy()
    calibration = AffineCalibration.fit(
        raw,
        later["base"].to_numpy(),
        rates,
        weights,
        campaign=pd.factorize(labels["campaign_id"].iloc[later["row"].to_numpy()])[0],
    )
    later["log_odds"] = calibration(raw)
    return replace(model, calibration=calibration), later[["row", "log_odds"]]


def climb(
    matrix: pd.DataFrame,
    labels: pd.DataFrame,
    folds: Sequence[Fold],
    *,
    seed: int,
    learner: Learner,
) -> tuple[float | None, int, list[RateModel], list[_Later]]:
    """What folds confirm: the penalty of the features beside history, None to leave them out, and
    the number of trees; the models of the folds, which have grown at least so many, and what these
    say of the later rows of their folds.

    Parameters are those of `select_rate`.
    """

    def fitted(early: npt.NDArray[np.int64]) -> tuple[RateModel, RateModel]:
        rows = Rows.of(matrix.iloc[early], labels.iloc[early])
        alone = rows.fit(penalty=None, trees=0, seed=seed, learner=learner)
        more = rows.fit(
            penalty=learner.penalty, trees=TREES_KEPT[0], seed=seed, learner=learner, may_grow=True
        )
        return alone, grow(more, TREES_KEPT[0], rounds=TREES_KEPT[-1])

    both = [fitted(early) for early, _ in folds]
    of_history, grown = [alone for alone, _ in both], [more for _, more in both]
    priors = priors_of(of_history)
    seen_alone = _seen(of_history, folds, matrix, labels, priors)
    seen = _seen(grown, folds, matrix, labels, priors)
    at_first = {trees: _judged(seen, _beyond(seen, trees)) for trees in (0, TREES_KEPT[0])}
    kept = 0 if at_first[TREES_KEPT[0]].is_worse(at_first[0]) else TREES_KEPT[0]
    both_told = zip(_beyond(seen_alone, 0), _beyond(seen, kept), strict=True)
    little = [alone + LITTLE * (more - alone) for alone, more in both_told]
    history = _judged(seen_alone, _beyond(seen_alone, 0))
    if at_first[kept].is_worse(history) or not _judged(seen, little).is_more_than_luck(history):
        return None, 0, of_history, seen_alone
    if kept:
        # More are asked of later campaigns only where the first have shown their worth.
        grown = [grow(model, TREES_KEPT[-1], rounds=TREES_KEPT[-1]) for model in grown]
        more = {trees: _judged(seen, _beyond(seen, trees)) for trees in TREES_KEPT[1:]}
        kept = _most_confirmed({kept: at_first[kept], **more})
    return learner.penalty, kept, grown, seen


def folds_in_time(labels: pd.DataFrame, shares: Sequence[float] = FOLDS) -> list[Fold]:
    """Rows known before a moment, and rows decided from it on until the next moment.

    Each row is late but once. A moment with too few rows before or after it gives no fold; where
    none gives one, everything after the first is one, if it suffices.
    """
    return _folds_after(labels, shares) or _folds_after(labels, shares[:1])


def _folds_after(labels: pd.DataFrame, shares: Sequence[float]) -> list[Fold]:
    cuts = [moment_after(labels, share) for share in shares]
    folds = []
    for cut, until in zip(cuts, [*cuts[1:], pd.Timestamp.max], strict=True):
        early = np.flatnonzero((labels["known_at"] < cut).to_numpy())
        late = np.flatnonzero(((labels["as_of"] >= cut) & (labels["as_of"] < until)).to_numpy())
        if min(len(early), len(late)) >= LEAST_ROWS:
            folds.append((early, late))
    return folds


def moment_after(labels: pd.DataFrame, share: float) -> pd.Timestamp:
    """When the first campaign after a share of them was decided."""
    starts = labels.groupby("campaign_id")["as_of"].min().sort_values(kind="stable")
    return pd.Timestamp(starts.iloc[min(int(share * len(starts)), len(starts) - 1)])


@dataclass(frozen=True)
class Judged:
    """A candidate in each later campaign: rank correlation, NaN where there are too few outcomes to
    order, and minus the mean log error.
    """

    ranks: Floats
    errors: Floats

    def is_more_than_luck(self, other: Judged) -> bool:
        """Whether its gains in error and in rank, each in standard deviations of its own, are
        together `SURE`.

        Either alone has little power: in campaigns of a dozen outcomes many are zero and ranks tie;
        and an error is mostly the outcome's own noise.
        """
        gains = np.zeros(len(self.errors))
        for one in (self.errors - other.errors, self.ranks - other.ranks):
            told = one[np.isfinite(one)]
            spread = float(told.std(ddof=1)) if len(told) >= LEAST_CAMPAIGNS else 0.0
            if spread > 1e-12:  # else the two are one, but for rounding
                gains += np.nan_to_num(one / spread)
        return gain(gains, np.zeros(len(gains)), standard_errors=-SURE) > 0

    def is_surely_better(self, other: Judged, standard_errors: float = SURE) -> bool:
        """Whether its gain in error alone is no luck, and ranks do not speak against it."""
        is_no_luck = gain(self.errors, other.errors, standard_errors=-standard_errors) > 0
        return is_no_luck and not _loses(self.ranks, other.ranks)

    def is_worse(self, other: Judged) -> bool:
        """Whether it loses by more than a standard error, in either."""
        return _loses(self.errors, other.errors) or _loses(self.ranks, other.ranks)


def _loses(candidate: Floats, first: Floats) -> bool:
    """Whether by more than a standard error; too few campaigns say nothing."""
    return -np.inf < gain(candidate, first, standard_errors=1) < 0


def _most_confirmed(by_trees: Mapping[int, Judged]) -> int:
    """The number of trees beyond which no larger one is surely better, going up from the least."""
    kept, *others = by_trees
    for more in others:
        if by_trees[more].is_surely_better(by_trees[kept], SURER):
            kept = more
    return kept


def judge(
    models: Sequence[RateModel],
    folds: Sequence[Fold],
    matrix: pd.DataFrame,
    labels: pd.DataFrame,
    trees: int,
    priors: Sequence[float],
) -> Judged:
    """Judge a candidate on the later campaigns of each fold, at the slope that suits it best.

    At a slope of its own: else to take a steeper one would count as a gain of something new.

    Parameters
    ----------
    priors : sequence of float
        One a fold, from `priors_of` history, for every candidate alike.
    """
    seen = _seen(models, folds, matrix, labels, priors)
    return _judged(seen, _beyond(seen, trees))


def priors_of(models: Sequence[RateModel]) -> list[float]:
    """1 / phi of history in each fold: the conversions at which a row's evidence saturates.

    A candidate is never judged by its own: what fits its training rows too well has the smaller
    phi, and would be let off with smaller errors.
    """
    return [1 / model.phi for model in models]


def _seen(
    models: Sequence[RateModel],
    folds: Sequence[Fold],
    matrix: pd.DataFrame,
    labels: pd.DataFrame,
    priors: Sequence[float],
) -> list[_Later]:
    return [
        _Later.of(model, matrix, labels, late, prior)
        for model, (_, late), prior in zip(models, folds, priors, strict=True)
    ]


def _beyond(seen: Sequence[_Later], trees: int) -> list[Floats]:
    """What models add to the base of the later rows of their folds."""
    return [later.parts.linear + later.parts.trees(trees) for later in seen]


def _judged(seen: Sequence[_Later], beyond: Sequence[Floats]) -> Judged:
    if not seen:
        return Judged(np.empty(0), np.empty(0))
    errors = [
        np.concatenate([later.errors(b, slope) for later, b in zip(seen, beyond, strict=True)])
        for slope in SLOPES
    ]
    least = min(errors, key=lambda found: float(found.mean()))
    ranks = [later.ranks(b) for later, b in zip(seen, beyond, strict=True)]
    return Judged(np.concatenate(ranks), -least)


@dataclass(frozen=True)
class _Later:
    """Later outcomes beside what a model says of them: `base` is the campaign's log-odds, `parts`
    what lies beyond; `prior` is of `priors_of`.
    """

    base: Floats
    parts: Parts
    exposed: Floats
    conversions: Floats
    campaign: npt.NDArray[np.int64]
    prior: float

    @classmethod
    def of(
        cls,
        model: RateModel,
        matrix: pd.DataFrame,
        labels: pd.DataFrame,
        late: npt.NDArray[np.int64],
        prior: float,
    ) -> _Later:
        labels = labels.iloc[late]
        return cls(
            model.base(labels["base_log_odds"].to_numpy(dtype=np.float64)),
            model.parts(matrix.iloc[late]),
            labels["exposed"].to_numpy(dtype=np.float64),
            labels["conversions"].to_numpy(dtype=np.float64),
            pd.factorize(labels["campaign_id"])[0].astype(np.int64),
            prior,
        )

    def ranks(self, beyond: Floats) -> Floats:
        """Rank correlation with the realised rate in each campaign; NaN in those of fewer than
        `LEAST_OUTCOMES` rows.
        """
        realised = self.conversions / self.exposed
        found = spearman_by_campaign(
            self.base + beyond, realised, self.campaign, least=LEAST_OUTCOMES
        )
        return found.reindex(range(int(self.campaign.max()) + 1)).to_numpy()

    def errors(self, beyond: Floats, slope: float) -> Floats:
        """Mean log error in each campaign around its own level.

        Of observed over expected, each as if `prior` conversions more were expected and seen: a
        count of zero is an error of what it tells, whatever the exposure.
        """
        expected = self.exposed * expit(self.base + slope * beyond)
        v = 1 / (1 + expected / self.prior)
        level = np.bincount(self.campaign, v * self.conversions) / np.bincount(
            self.campaign, v * expected
        )
        due = level[self.campaign] * expected + self.prior
        miss = np.abs(np.log((self.conversions + self.prior) / due))
        return np.asarray(np.bincount(self.campaign, miss) / np.bincount(self.campaign))


def gain(candidate: Floats, first: Floats, *, standard_errors: float = 0) -> float:
    """Mean paired gain where there is one, moved by so many of its standard errors; too few
    campaigns gain nothing.

    Of few campaigns the standard error is itself a guess: as many of Student's distribution; for
    1.28 of them 1.38 with ten campaigns, 1.53 with five.
    """
    gains = candidate - first
    gains = gains[np.isfinite(gains)]
    if len(gains) < LEAST_CAMPAIGNS:
        return -np.inf
    error = gains.std(ddof=1) / np.sqrt(len(gains))
    return float(gains.mean() + stdtrit(len(gains) - 1, ndtr(standard_errors)) * error)


def _predict_later(
    seen: Sequence[_Later], folds: Sequence[Fold], rows_of_all: int, trees: int
) -> pd.DataFrame:
    """Uncalibrated predictions of later rows, each by the last model fitted before its campaign."""
    raw, base = np.full((2, rows_of_all), np.nan)
    for later, (_, late) in zip(seen, folds, strict=True):
        base[late] = later.base
        raw[late] = later.base + later.parts.linear + later.parts.trees(trees)
    rows = np.flatnonzero(~np.isnan(raw))
    return pd.DataFrame({"row": rows, "raw": raw[rows], "base": base[rows]})


def _rates_and_weights(
    labels: pd.DataFrame, later: pd.DataFrame, phi: float
) -> tuple[Floats, Floats]:
    """Observed rates without their extremes, and effective weights, of the rows calibrated on."""
    exposed = labels["exposed"].to_numpy(dtype=np.float64)
    conversions = labels["conversions"].to_numpy(dtype=np.float64)
    expected = exposed * expit(later["raw"].to_numpy())
    # The level may be off by a factor: extremes are judged around the observed level, not the
    # expected one.
    expected = expected * (conversions.sum() + 0.5) / (expected.sum() + 0.5)
    kept = without_extremes(conversions, expected, phi) / exposed
    weight = copies_share(labels) * effective_weights(exposed, expected / exposed, phi)
    return np.clip(kept, 0, 1), weight
