"""Content: what is original in its posts, and what repeats."""

from __future__ import annotations

from features.asof import Column, History, only
from features.feature import feature


@feature(
    quality="reputation",
    facet="content",
    unit="share",
    says=("says new things in its posts more than most", "repeats its captions more than most"),
    topic="variety of its captions",
    says_fr=(
        "renouvelle ses textes plus que la plupart",
        "réutilise ses textes plus que la plupart",
    ),
    topic_fr="variété de ses textes",
    signals="P14",
    is_in_power=True,
)
def caption_variety(h: History) -> Column:
    """Distinct texts per post with words in 180 days; missing without words."""
    return h.posts.where("worded").distinct("text", days=180) / h.posts.where("worded").count(
        days=180
    )


@feature(
    quality="reputation",
    facet="content",
    unit="share",
    says=("repeats itself more than most", "repeats itself less than most"),
    topic="share of its posts that repeat an earlier one",
    says_fr=("se répète plus que la plupart", "se répète moins que la plupart"),
    topic_fr="part de ses publications qui en répètent une autre",
    signals="P14",
    is_in_power=True,
)
def near_duplicate_share(h: History) -> Column:
    """Posts of 180 days that say nearly the same as an earlier post of the creator, at most 180
    days before it, of those with two words or more; missing without such posts.
    """
    return h.posts.share("repeats", days=180)


@feature(
    quality="reputation",
    facet="content",
    unit="share",
    says=("varies its words more than most", "repeats its words within a post more than most"),
    topic="variety of its words",
    says_fr=(
        "emploie des mots plus variés que la plupart",
        "emploie des mots moins variés que la plupart",
    ),
    topic_fr="variété de son vocabulaire",
    signals="P14",
    is_in_power=True,
)
def lexical_variety(h: History) -> Column:
    """Mean over posts of 180 days of different words per word; missing without words."""
    return h.posts.mean("word_variety", days=180)


@feature(
    quality="reputation",
    facet="content",
    unit="log words",
    says=("writes longer texts than most", "writes shorter texts than most"),
    topic="length of its texts",
    says_fr=(
        "écrit des textes plus longs que la plupart",
        "écrit des textes plus courts que la plupart",
    ),
    topic_fr="longueur de ses textes",
    signals="P18 P20",
    is_in_power=True,
)
def text_substance(h: History) -> Column:
    """Median over posts of 180 days of the log of the number of words; missing without words."""
    return h.posts.median("log_words", days=180)


@feature(
    quality="reputation",
    facet="content",
    unit="log factor",
    says=(
        "varies the length of its texts more than most",
        "varies the length of its texts less than most",
    ),
    topic="variation in the length of its texts",
    says_fr=(
        "varie la longueur de ses textes plus que la plupart",
        "varie la longueur de ses textes moins que la plupart",
    ),
    topic_fr="variation de la longueur de ses textes",
    signals="P17 P16",
    is_in_power=True,
)
def voice_spread(h: History) -> Column:
    """Interquartile range over posts of 180 days of the log of the number of characters; missing
    with fewer than four posts with words.
    """
    texts = h.posts.where("worded").count(days=180)
    return only(texts >= 4, h.posts.spread("log_characters", days=180))


@feature(
    quality="reputation",
    facet="content",
    unit="share",
    says=(
        "makes more of its content itself than most",
        "makes less of its content itself than most",
    ),
    topic="share of its posts that are its own",
    says_fr=(
        "publie plus de contenus originaux que la plupart",
        "publie moins de contenus originaux que la plupart",
    ),
    topic_fr="part de contenus originaux",
    signals="P19",
    sign="+",
    is_in_power=True,
)
def original_share(h: History) -> Column:
    """Original posts of all posts in 180 days; missing without posts."""
    return h.posts.share("original", days=180)


@feature(
    quality="reputation",
    facet="content",
    unit="share",
    says=(
        "passes on other people's content more than most",
        "passes on other people's content less than most",
    ),
    topic="share of its posts that pass on other people's content",
    says_fr=(
        "relaie les contenus des autres plus que la plupart",
        "relaie les contenus des autres moins que la plupart",
    ),
    topic_fr="part de ses publications qui relaient les contenus des autres",
    signals="P4 P5 P19",
    is_in_power=True,
)
def curated_share(h: History) -> Column:
    """Reshares and quotes of others, of all posts in 180 days; missing without posts."""
    return h.posts.share("curated", days=180)


@feature(
    quality="reputation",
    facet="content",
    unit="share",
    says=(
        "links to outside sources more often than most",
        "links to outside sources less often than most",
    ),
    topic="share of its posts with an outside link",
    says_fr=(
        "renvoie vers des sources extérieures plus souvent que la plupart",
        "renvoie vers des sources extérieures moins souvent que la plupart",
    ),
    topic_fr="part de ses publications avec un lien extérieur",
    signals="P5 P6 P9",
    is_in_power=True,
)
def link_share(h: History) -> Column:
    """Posts with an outside link in 180 days, of those where links were counted;
    missing if none.
    """
    return h.posts.share("linked", days=180)


@feature(
    quality="reputation",
    facet="content",
    unit="share",
    says=(
        "links to a wider range of sites than most",
        "links to a narrower range of sites than most",
    ),
    topic="variety of the sites it links to",
    says_fr=(
        "renvoie vers des sites plus variés que la plupart",
        "renvoie vers des sites moins variés que la plupart",
    ),
    topic_fr="variété des sites vers lesquels mènent ses liens",
    signals="P3 P4 P6",
    is_in_power=True,
)
def domain_variety(h: History) -> Column:
    """Chance that two different outside links of posts of 180 days lead to different domains;
    missing with fewer than two links whose domain is known.
    """
    return h.links.variety("domain", days=180)
