"""What packages bring together: joint draws of their conversions, and the interval of a total.

    ln mean count = ln median + sd_campaign·Z_campaign + sd_creator·Z_creator + sd_reach·Z_reach
    count ~ Poisson(mean count), nobody converting who was not reached

`Z_campaign` is one number a draw for all packages of a campaign, `Z_creator` and `Z_reach` one for
all packages of a creator in it; all are standard normal and independent. Each package alone is thus
distributed as `intervals` says, and its central 80 % is the interval that a prediction shows. The
shocks have a median of 1 and no mean of 1: the intervals lie around medians. The mean of a skewed
draw exceeds its median by far and was checked on no campaign, so that draws tell quantiles, and
the expectation is the prediction's own.

Every number drawn follows from the seed and from the ids that it belongs to, and from nothing else:
what stands beside a package, and in which order, changes none of its draws, so that two plans are
compared under the same luck.
"""

from __future__ import annotations

from hashlib import blake2b

import numpy as np
import numpy.typing as npt
import pandas as pd

from models.intervals import COVERAGE, Predictive, Z

Floats = npt.NDArray[np.float64]

KEYS = ("campaign_id", "creator_id", "package")
NEEDED = (
    *KEYS,
    "exposed",
    "exposed_low",
    "exposed_high",
    "rate",
    "rate_low",
    "rate_high",
    "sd_campaign",
    "sd_creator",
    "sd_reach",
)
"""Columns of `scores.parquet` of which packages are drawn."""

MOST = 1e15
"""Mean count beyond which it makes no difference: counts are whole numbers up to there."""


def predictive_of(packages: pd.DataFrame) -> Predictive:
    """The predictive distributions behind scores: medians, which scores do not carry, and spreads.

    An interval was drawn around its median, ``median · exp(±Z sd)``, and then one of its bounds was
    moved to the mean where the mean lay outside: the other one still tells the median.

    | low < mean | the median is                                                         |
    |------------|-----------------------------------------------------------------------|
    | yes        | low · exp(Z sd): at most the upper bound was moved                    |
    | no         | high / exp(Z sd), or low · exp(Z sd) where a rate of 1 cut it shorter |

    Parameters
    ----------
    packages : DataFrame, n lines
        Columns `NEEDED`.

    Raises
    ------
    ValueError
        When a column is missing, or a number is unknown, negative or infinite.
    """
    absent = [name for name in NEEDED if name not in packages.columns]
    if absent:
        raise ValueError(
            f"packages lack the columns {', '.join(absent)}: give the lines of scores.parquet"
        )
    numbers = packages[list(NEEDED[len(KEYS) :])].astype(np.float64)
    for name in numbers:
        wrong = ~(np.isfinite(numbers[name]) & (numbers[name] >= 0))
        if wrong.any():
            raise ValueError(
                f"{name} must be a finite number of at least 0, but is "
                f"{numbers[name][wrong].iloc[0]} in {int(wrong.sum())} of {len(packages)} packages"
            )
    column = {str(name): numbers[name].to_numpy() for name in numbers}
    sd_rate = np.hypot(column["sd_campaign"], column["sd_creator"])
    return Predictive(
        exposed=_median(column, "exposed", column["sd_reach"]),
        rate=_median(column, "rate", sd_rate),
        sd_exposed=column["sd_reach"],
        sd_rate=sd_rate,
    )


def _median(column: dict[str, Floats], name: str, sd: Floats) -> Floats:
    mean, low, high = (column[f"{name}{which}"] for which in ("", "_low", "_high"))
    width = np.exp(Z * sd)
    return np.where(low < mean, low * width, np.maximum(high / width, low * width))


def draw_conversions(packages: pd.DataFrame, draws: int, seed: int = 0) -> Floats:
    """Joint draws of the conversions of packages.

    Parameters
    ----------
    packages : DataFrame, n lines
        Lines of `scores.parquet` (columns `NEEDED`), of one campaign or of several; `package` is
        missing where a creator offers one.
    draws : int
        Of each package; memory is 8 bytes for each of ``draws * n``.
    seed : int
        Any whole number.

    Returns
    -------
    ndarray, shape (draws, n)
        Whole numbers, in the order of the lines. Packages with the same three ids share every
        number that is drawn.

    Raises
    ------
    ValueError
        When `draws` is not positive, or as from `predictive_of`.

    Examples
    --------
    >>> one = {"exposed": 1000.0, "exposed_low": 600.0, "exposed_high": 1500.0, "rate": 0.02,
    ...        "rate_low": 0.01, "rate_high": 0.03, "sd_campaign": 0.3, "sd_creator": 0.3,
    ...        "sd_reach": 0.4}
    >>> packages = pd.DataFrame([
    ...     {"campaign_id": "k", "creator_id": name, "package": None, **one} for name in "ab"
    ... ])
    >>> found = draw_conversions(packages, 500, seed=1)
    >>> found.shape
    (500, 2)
    >>> bool((draw_conversions(packages[::-1], 500, seed=1)[:, ::-1] == found).all())
    True
    """
    if draws < 1:
        raise ValueError(f"draws must be at least 1, not {draws}")
    told = predictive_of(packages)
    sd = {
        name: packages[f"sd_{name}"].to_numpy(np.float64)
        for name in ("campaign", "creator", "reach")
    }
    found = np.empty((len(packages), draws))
    campaigns: dict[str | None, Floats] = {}
    creators: dict[tuple[str | None, str | None], tuple[Floats, Floats]] = {}
    for i, (campaign, creator, package) in enumerate(_ids(packages)):
        if campaign not in campaigns:
            campaigns[campaign] = _generator(seed, campaign).standard_normal(draws)
        if (campaign, creator) not in creators:
            own = _generator(seed, campaign, creator)
            creators[campaign, creator] = own.standard_normal(draws), own.standard_normal(draws)
        of_creator, of_reach = creators[campaign, creator]
        exposed = told.exposed[i] * np.exp(sd["reach"][i] * of_reach)
        rate = told.rate[i] * np.exp(
            sd["campaign"][i] * campaigns[campaign] + sd["creator"][i] * of_creator
        )
        mean = np.minimum(exposed * rate, MOST)
        count = _generator(seed, campaign, creator, ("package", package)).poisson(mean)
        found[i] = np.minimum(count, np.ceil(exposed))
    return found.T


def interval_of_total(draws_of_chosen: Floats, level: float = COVERAGE) -> tuple[float, float]:
    """Central interval of what chosen packages bring together.

    Parameters
    ----------
    draws_of_chosen : ndarray, shape (draws, k)
        Columns of `draw_conversions`, or amounts made of them; the total of none is 0.
    level : float
        Share of the draws within, in (0, 1).

    Returns
    -------
    low, high : float
        Each the smallest total that enough draws do not exceed: a whole number where the draws are.

    Raises
    ------
    ValueError
        When there is no draw, or `level` lies outside (0, 1).

    Examples
    --------
    >>> interval_of_total(np.arange(10.0)[:, None])  # of 0..9, a tenth lies below 1 and above 8
    (0.0, 8.0)
    """
    if not 0 < level < 1:
        raise ValueError(f"level must lie between 0 and 1, not {level}")
    if draws_of_chosen.ndim != 2 or not len(draws_of_chosen):
        raise ValueError(f"draws must be of shape (draws, k), not {draws_of_chosen.shape}")
    outside = (1 - level) / 2
    # A hair below the lower share: .1 as 1 - .8 halved comes out larger, and would skip a draw.
    low, high = np.quantile(
        draws_of_chosen.sum(axis=1), [outside - 1e-12, 1 - outside - 1e-12], method="inverted_cdf"
    )
    return float(low), float(high)


def _ids(packages: pd.DataFrame) -> list[tuple[str | None, ...]]:
    columns = (packages[name] for name in KEYS)
    texts = ([None if pd.isna(one) else str(one) for one in column] for column in columns)
    return list(zip(*texts, strict=True))


def _generator(seed: int, *ids: object) -> np.random.Generator:
    """The generator of what belongs to ids; no two lists of ids are told alike."""
    said = blake2b(repr((int(seed), *ids)).encode(), digest_size=16).digest()
    return np.random.Generator(np.random.Philox(key=int.from_bytes(said, "big")))
