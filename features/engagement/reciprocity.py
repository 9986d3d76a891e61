"""Reciprocity: favours by promise told from the honest return of people who were met.

Shares are of the creator's own acts or of acts of other creators: neither grows with an audience.
"""

from __future__ import annotations

from features.asof import Column, History
from features.feature import feature


@feature(
    quality="engagement",
    facet="reciprocity",
    unit="share",
    says=("is paid back in kind within hours", "is not paid back within hours"),
    signals="E21",
    sign="-",
)
def tit_for_tat_share(h: History) -> Column:
    """Comments, reshares and likes outward in 180 days that were returned within 6 hours by one of
    the same kinds, answering nothing and under no post but the creator's, of those 6 hours old;
    missing without such acts.
    """
    return h.favours.where("settled").share("returned", days=180)


@feature(
    quality="engagement",
    facet="reciprocity",
    unit="share",
    says=("is liked and shared within a closed ring", "belongs to no closed ring"),
    signals="E21",
    sign="-",
)
def closed_ring_share(h: History) -> Column:
    """Comments, reshares and likes from other creators in 180 days that came from within a ring, of
    all of these: before as_of, each of the two had returned such an act of the other within 6
    hours, answering nothing and under no post of anybody else; missing without such acts.
    """
    return h.peer_acts.where("favour").share("in_ring", days=180)


@feature(
    quality="engagement",
    facet="reciprocity",
    unit="share",
    says=("wins people by turning to them", "turns to people who never come"),
    signals="E22",
    sign="+",
)
def honest_return_share(h: History) -> Column:
    """Accounts that the creator turned to before they turned to it, first between 240 and 60 days
    ago, that came from one to 60 days later, answering nothing and under no post but the creator's,
    of all of these; missing without such.
    """
    return h.approaches.share("came", days=180, ago=60)
