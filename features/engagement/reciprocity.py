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
    says=(
        "is paid back in likes and shares within hours more often than most",
        "is paid back in likes and shares within hours less often than most",
    ),
    topic="share of its likes, shares and comments returned within hours",
    says_fr=(
        "reçoit plus souvent que la plupart un like ou un partage en retour en quelques heures",
        "reçoit moins souvent que la plupart un like ou un partage en retour en quelques heures",
    ),
    topic_fr="part de ses likes, partages et commentaires rendus en quelques heures",
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
    says=(
        "owes its reactions to a closed circle of creators more than most",
        "owes its reactions to a closed circle of creators less than most",
    ),
    topic="share of reactions from a closed circle of creators",
    says_fr=(
        "doit plus que la plupart ses réactions à un cercle fermé de créateurs",
        "doit moins que la plupart ses réactions à un cercle fermé de créateurs",
    ),
    topic_fr="part des réactions venant d’un cercle fermé de créateurs",
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
    says=(
        "wins people by turning to them more often than most",
        "wins people by turning to them less often than most",
    ),
    topic="share of people who come after it turned to them",
    says_fr=(
        "attire les gens en allant vers eux plus souvent que la plupart",
        "attire les gens en allant vers eux moins souvent que la plupart",
    ),
    topic_fr="part des personnes qui viennent après un premier pas de sa part",
    signals="E22",
    sign="+",
)
def honest_return_share(h: History) -> Column:
    """Accounts that the creator turned to before they turned to it, first between 240 and 60 days
    ago, that came from one to 60 days later, answering nothing and under no post but the creator's,
    of all of these; missing without such.
    """
    return h.approaches.share("came", days=180, ago=60)
