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
    says=("draws more reactions than it used to", "draws fewer reactions than it used to"),
    topic="change in the reactions it draws",
    says_fr=("suscite plus de réactions qu’auparavant", "suscite moins de réactions qu’auparavant"),
    topic_fr="évolution des réactions reçues",
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
    topic="change in its mentions",
    says_fr=("est plus mentionné qu’auparavant", "est moins mentionné qu’auparavant"),
    topic_fr="évolution des mentions reçues",
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
        "has its posts passed on by more people than before",
        "has its posts passed on by fewer people than before",
    ),
    topic="change in the number of people who pass its posts on",
    says_fr=(
        "voit ses publications relayées par plus de personnes qu’auparavant",
        "voit ses publications relayées par moins de personnes qu’auparavant",
    ),
    topic_fr="évolution du nombre de personnes qui relaient ses publications",
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
    unit="share change",
    says=(
        "draws a larger share of new people than it used to",
        "draws a smaller share of new people than it used to",
    ),
    topic="change in the share of new people who comment",
    says_fr=(
        "attire une plus grande part de nouvelles personnes qu’auparavant",
        "attire une plus petite part de nouvelles personnes qu’auparavant",
    ),
    topic_fr="évolution de la part de nouvelles personnes qui commentent",
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
    unit="log factor",
    says=("had a sharper burst of attention than most", "gets steadier attention than most"),
    topic="busiest week of attention against its usual one",
    says_fr=(
        "a eu un pic d’attention plus marqué que la plupart",
        "reçoit une attention plus régulière que la plupart",
    ),
    topic_fr="pic d’attention par rapport à une semaine ordinaire",
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
    unit="log times",
    says=(
        "was lately mentioned or shared by opinion leaders more than most",
        "was lately mentioned or shared by opinion leaders less than most",
    ),
    topic="recent mentions and shares by opinion leaders",
    says_fr=(
        "a récemment été mentionné ou relayé par des leaders d’opinion plus que la plupart",
        "a récemment été mentionné ou relayé par des leaders d’opinion moins que la plupart",
    ),
    topic_fr="mentions et partages récents par des leaders d’opinion",
    signals="M5",
    sign="+",
)
def leader_attention(h: History) -> Column:
    """Log of one plus mentions and reshares in the last 28 days by leaders in no ring with the
    creator (see closed_ring_share): creators that at least three others outside their rings, and
    more than the creator's own, had turned to before; missing where it is in no interaction.
    """
    return log(h.peer_acts.where("by_leader").where("passes_on").count(days=28) + 1.0)
