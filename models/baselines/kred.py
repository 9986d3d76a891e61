"""Kred: influence, points for what others do because of you; outreach, points for what you do.

The most open of the three: points and levels were published, but neither the size of the bonus for
actors with more than 10,000 followers (50 points is an assumption) nor the curve from points to
1..1000 (a logarithm is).
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from models.baselines.baseline import Floats
from models.baselines.scene import Scene

DAYS = 90
POINTS, POINTS_FROM_THE_FAMOUS = 10, 50
FAMOUS = 10_000
"""Followers from which an actor's reactions earn the bonus: more than these."""
TOP = 1000
LACKS = {
    "follows": "no table says who follows whom",
    "communities": "no table says to which an account that is no creator belongs: the global score",
    "event invitations": "no table carries them",
}


def influence(scene: Scene) -> Floats:
    """``1 + 999 log1p(P) / log1p(largest P)`` of all creators at one moment, 1..1000.

    P is 10 points for each reaction of the last `DAYS` days, 50 where its actor is known to have
    more than 10,000 followers. Where no account is known to have reacted to anybody, the counters
    of posts stand in, at 10 points. NaN for all where nothing was counted.
    """
    scene, size = scene.within(DAYS), len(scene.creators)
    if scene.reactions.empty:
        counts = scene.posts[["likes", "comments", "shares"]].sum(axis=1).to_numpy(np.float64)
        points = np.bincount(scene.posts["creator"], POINTS * counts, minlength=size)
    else:
        own = scene.reactions["own"].to_numpy()
        followers = np.append(scene.creators["followers"].to_numpy(np.float64), np.nan)
        earned = np.where(followers[own] > FAMOUS, POINTS_FROM_THE_FAMOUS, POINTS)
        points = np.bincount(scene.reactions["target"], earned, minlength=size)
    most = points.max(initial=0.0)
    if most <= 0:
        return np.full(size, np.nan)
    return np.asarray(1 + (TOP - 1) * np.log1p(points) / np.log1p(most))


def outreach(scene: Scene) -> Floats:
    """Outreach level: of 10 points for each comment, reply, mention and reshare of all time.

    It never falls. NaN for all where no interaction is known.
    """
    return level(POINTS * scene.creators["outward"].to_numpy(np.float64))


def level(points: npt.ArrayLike) -> Floats:
    """Outreach level of points: ``floor(log(1 + .7 Q / 100) / log 1.7)``, so that level n asks
    ``100 (1.7^n - 1) / .7`` points.

    Examples
    --------
    >>> level([99, 100, 270, 83_089]).tolist()
    [0.0, 1.0, 2.0, 12.0]
    """
    q = np.asarray(points, dtype=np.float64)
    return np.asarray(np.floor(np.log1p(0.7 * q / 100) / np.log(1.7) + 1e-9))
