"""Manner: how it writes."""

from __future__ import annotations

from features.asof import Column, History
from features.feature import feature


@feature(
    quality="reputation",
    facet="manner",
    unit="per post",
    says=("uses more exclamation marks than most", "uses fewer exclamation marks than most"),
    topic="exclamation marks in its posts",
    says_fr=(
        "emploie plus de points d’exclamation que la plupart",
        "emploie moins de points d’exclamation que la plupart",
    ),
    topic_fr="points d’exclamation dans ses publications",
    signals="P8",
    is_in_power=True,
)
def exclamations(h: History) -> Column:
    """Mean exclamation marks per post with words in 180 days; missing without words."""
    return h.posts.mean("exclamations", days=180)


@feature(
    quality="reputation",
    facet="manner",
    unit="share",
    says=("writes in capitals more than most", "writes in capitals less than most"),
    topic="share of capitals in its posts",
    says_fr=("écrit en majuscules plus que la plupart", "écrit en majuscules moins que la plupart"),
    topic_fr="part de majuscules dans ses publications",
    signals="P8",
    is_in_power=True,
)
def capitals(h: History) -> Column:
    """Mean share of capitals among the letters that have a case, in posts of 180 days;
    missing without such.
    """
    return h.posts.mean("capitals", days=180)


@feature(
    quality="reputation",
    facet="manner",
    unit="per post",
    says=("uses more hashtags than most", "uses fewer hashtags than most"),
    topic="hashtags in its posts",
    says_fr=("emploie plus de hashtags que la plupart", "emploie moins de hashtags que la plupart"),
    topic_fr="hashtags dans ses publications",
    signals="P13",
    is_in_power=True,
)
def hashtags(h: History) -> Column:
    """Mean number of hashtags per post with words in 180 days; missing without words."""
    return h.posts.mean("hashtags", days=180)


@feature(
    quality="reputation",
    facet="manner",
    unit="score",
    says=("writes in a brighter mood than most", "writes in a less bright mood than most"),
    topic="mood of its posts",
    says_fr=(
        "écrit sur un ton plus positif que la plupart",
        "écrit sur un ton moins positif que la plupart",
    ),
    topic_fr="ton de ses publications",
    signals="P16 P20",
    is_in_power=True,
)
def positivity(h: History) -> Column:
    """Mean polarity (-1..1) of posts of 180 days; missing without one whose polarity is known."""
    return h.posts.mean("polarity", days=180)
