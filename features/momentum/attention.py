"""Attention: do people turn to the creator more than they used to, and who set it off."""

from __future__ import annotations

import numpy as np

from features.asof import Column, History, log
from features.feature import feature

THREE_ACTS = "three acts stand for what is not known yet, so that few move it little"


@feature(
    quality="momentum",
    facet="attention",
    unit="log ratio",
    says=("people turn to it more than they used to", "people turn to it less than they used to"),
    signals="M4 M5",
    moves_with_audience=THREE_ACTS,
)
def attention_change(h: History) -> Column:
    """Log of acts received from outside its rings (see closed_ring_share) in the last 28 days over
    a third of those in the 84 days before, three added to both; missing where the creator is in no
    interaction.
    """
    received = h.received.where("outside_rings")
    return log((received.count(days=28) + 3.0) / (received.count(days=84, ago=28) / 3.0 + 3.0))


@feature(
    quality="momentum",
    facet="attention",
    unit="log ratio",
    says=("is mentioned more than it used to be", "is mentioned less than it used to be"),
    signals="M3 M4",
    moves_with_audience=THREE_ACTS,
)
def mention_change(h: History) -> Column:
    """Log of mentions received from outside its rings in the last 28 days over a third of those in
    the 84 days before, three added to both; missing where the creator is in no interaction.
    """
    mentions = h.received.where("outside_rings").where("mention")
    return log((mentions.count(days=28) + 3.0) / (mentions.count(days=84, ago=28) / 3.0 + 3.0))


@feature(
    quality="momentum",
    facet="attention",
    unit="log ratio",
    says=(
        "more people pass its posts on than used to",
        "fewer people pass its posts on than used to",
    ),
    signals="M3 M4",
    moves_with_audience=THREE_ACTS,
)
def sharer_change(h: History) -> Column:
    """Log of distinct accounts outside its rings that reshared in the last 45 days over those in
    the 45 days before, three added to both; missing where the creator is in no interaction.
    """
    sharers = h.received.where("outside_rings").where("reshare")
    recent = sharers.distinct("actor", days=45)
    return log((recent + 3.0) / (sharers.distinct("actor", days=45, ago=45) + 3.0))


@feature(
    quality="momentum",
    facet="attention",
    unit="number",
    says=("draws more new people than it used to", "draws fewer new people than it used to"),
    signals="M4",
)
def newcomer_change(h: History) -> Column:
    """Share of comments of the last 28 days from accounts that had not commented in the 30 days
    before each, less that of the 56 days before; missing unless both have comments, and where the
    first comment is younger than 114 days.
    """
    change = h.comments.share("newcomer", days=28) - h.comments.share("newcomer", days=56, ago=28)
    known = np.ma.filled(h.comments.days_since_first(), 0.0) >= 28 + 56 + 30
    return np.ma.masked_where(~known, change)


@feature(
    quality="momentum",
    facet="shock",
    unit="log ratio",
    says=("had a sudden week of attention", "gets steady attention"),
    signals="M5",
    moves_with_audience=THREE_ACTS,
)
def attention_shock(h: History) -> Column:
    """Log of acts received from outside its rings in the busiest of the last eight weeks, counted
    back from as_of, over their mean, three added to both; missing where the creator is in no
    interaction.
    """
    received = h.received.where("outside_rings")
    weeks = [received.count(days=7, ago=7 * week) for week in range(8)]
    busiest = weeks[0]
    for week in weeks[1:]:
        busiest = np.ma.maximum(busiest, week)
    return log((busiest + 3.0) / (received.count(days=56) / 8.0 + 3.0))


@feature(
    quality="momentum",
    facet="shock",
    unit="log",
    says=("was just pointed to by leaders", "was pointed to by no leader lately"),
    signals="M5",
    sign="+",
)
def leader_attention(h: History) -> Column:
    """Log of one plus mentions and reshares in the last 28 days by leaders in no ring with the
    creator (see closed_ring_share): creators that at least three others outside their rings, and
    more than the creator's own, had turned to before; missing where it is in no interaction.
    """
    return log(h.peer_acts.where("by_leader").where("passes_on").count(days=28) + 1.0)
