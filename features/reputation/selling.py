"""Selling: how much of what it posts is sold."""

from __future__ import annotations

import numpy as np

from features.asof import Column, History, only
from features.feature import SMOOTHED_COUNTS, feature


@feature(
    quality="reputation",
    facet="selling",
    unit="share",
    says=("posts mere promotion more often than most", "posts mere promotion less often than most"),
    topic="share of its posts that only promote",
    says_fr=(
        "fait de la pure promotion plus souvent que la plupart",
        "fait de la pure promotion moins souvent que la plupart",
    ),
    topic_fr="part de ses publications purement promotionnelles",
    signals="P7",
    is_in_power=True,
)
def self_promotion_share(h: History) -> Column:
    """Posts of 180 days that call to act, link to the outside or are sponsored, and neither ask a
    question nor mention, quote, pass on or answer anybody, of those of which text, links or
    sponsorship is known; missing without such posts.
    """
    return h.posts.share("promotes", days=180)


@feature(
    quality="reputation",
    facet="selling",
    unit="share",
    says=("is paid to post more often than most", "is paid to post less often than most"),
    topic="share of its posts that are paid for",
    says_fr=(
        "publie des contenus sponsorisés plus souvent que la plupart",
        "publie des contenus sponsorisés moins souvent que la plupart",
    ),
    topic_fr="part de ses publications sponsorisées",
    signals="P20",
    is_in_power=True,
)
def sponsored_share(h: History) -> Column:
    """Sponsored posts in 90 days, of those where it is known; missing if none."""
    return h.posts.share("sponsored", days=90)


@feature(
    quality="reputation",
    facet="selling",
    unit="count",
    says=(
        "was paid for more posts than most in the last 30 days",
        "was paid for fewer posts than most in the last 30 days",
    ),
    topic="posts it was paid for in the last 30 days",
    says_fr=(
        "a publié plus de contenus sponsorisés que la plupart ces 30 derniers jours",
        "a publié moins de contenus sponsorisés que la plupart ces 30 derniers jours",
    ),
    topic_fr="publications sponsorisées ces 30 derniers jours",
    signals="P12 P20",
    is_in_power=True,
)
def sponsored_load(h: History) -> Column:
    """Sponsored posts in 30 days; missing where it is known of no earlier post whether it was."""
    is_known = ~np.ma.getmaskarray(h.posts.share("sponsored"))
    return only(is_known, h.posts.where("sponsored").count(days=30))


@feature(
    quality="reputation",
    facet="selling",
    unit="log ratio",
    says=(
        "moves viewers more with paid posts than with its others",
        "moves viewers less with paid posts than with its others",
    ),
    topic="response to its paid posts against its others",
    says_fr=(
        "fait plus réagir avec ses publications sponsorisées qu’avec les autres",
        "fait moins réagir avec ses publications sponsorisées qu’avec les autres",
    ),
    topic_fr="réactions à ses publications sponsorisées par rapport aux autres",
    signals="E20 P20",
    moves_with_audience=SMOOTHED_COUNTS,
)
def sponsored_response(h: History) -> Column:
    """Median log response per view of earlier sponsored posts less that of posts not sponsored,
    shrunk as by five sponsored posts; missing without read posts of both kinds.
    """
    paid = h.posts.where("read").where("sponsored")
    unpaid = h.posts.where("read").where("unsponsored")
    evidence = paid.count()
    lift = paid.median("log_response") - unpaid.median("log_response")
    return lift * evidence / (evidence + 5.0)
