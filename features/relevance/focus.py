"""Focus: how much else its posts are about, and whether they say what use a thing is."""

from __future__ import annotations

from features.asof import Column, History, only
from features.feature import feature


@feature(
    quality="relevance",
    facet="focus",
    unit="share",
    says=("keeps to one subject more than most", "keeps to one subject less than most"),
    topic="share of its posts on its main subject",
    says_fr=(
        "s’en tient à un seul sujet plus que la plupart",
        "s’en tient à un seul sujet moins que la plupart",
    ),
    topic_fr="part de ses publications sur son sujet principal",
    signals="R5",
    is_in_power=True,
)
def topic_purity(h: History) -> Column:
    """Posts on the creator's most frequent subject, of those with known words in 180 days, the
    subject of a post being the axis of the text space that it lies nearest to; missing with fewer
    than five such posts.
    """
    return only(h.themes.count(days=180) >= 5, h.themes.top_share("topic", days=180))


@feature(
    quality="relevance",
    facet="focus",
    unit="share",
    says=(
        "covers a wider range of subjects than most",
        "covers a narrower range of subjects than most",
    ),
    topic="variety of its subjects",
    says_fr=(
        "aborde des sujets plus variés que la plupart",
        "aborde des sujets moins variés que la plupart",
    ),
    topic_fr="variété de ses sujets",
    signals="R6",
    is_in_power=True,
)
def topic_breadth(h: History) -> Column:
    """Chance that two different posts of 180 days are on different subjects (as in topic_purity);
    missing with fewer than two posts with known words.
    """
    return h.themes.variety("topic", days=180)


@feature(
    quality="relevance",
    facet="focus",
    unit="score",
    says=(
        "stays with its subject from post to post more than most",
        "jumps from subject to subject more than most",
    ),
    topic="likeness of each post to the one before",
    says_fr=(
        "garde le même fil d’une publication à l’autre plus que la plupart",
        "passe d’un sujet à l’autre plus que la plupart",
    ),
    topic_fr="ressemblance de chaque publication avec la précédente",
    signals="R5 P17",
    is_in_power=True,
)
def focus(h: History) -> Column:
    """Mean similarity of a post with the creator's previous one, both with known words, over posts
    of 180 days (-1..1); missing without such a pair.
    """
    return h.themes.mean("nearness", days=180)


@feature(
    quality="relevance",
    facet="benefit",
    unit="share",
    says=(
        "promises its readers something of use more often than most",
        "promises its readers something of use less often than most",
    ),
    topic="share of its posts that promise something of use",
    says_fr=(
        "promet quelque chose d’utile à son public plus souvent que la plupart",
        "promet quelque chose d’utile à son public moins souvent que la plupart",
    ),
    topic_fr="part de ses publications qui promettent quelque chose d’utile",
    signals="R11 P18",
    is_in_power=True,
)
def benefit_share(h: History) -> Column:
    """Posts of 180 days that promise the reader knowledge, money or time, in English or French, of
    those with words; missing without words.
    """
    return h.posts.share("promises", days=180)


@feature(
    quality="relevance",
    facet="benefit",
    unit="share",
    says=(
        "promises something of use on the campaign's topic more often than most",
        "promises something of use on the campaign's topic less often than most",
    ),
    topic="share of its posts on the campaign's topic that promise something of use",
    says_fr=(
        "promet quelque chose d’utile sur le sujet de la campagne plus souvent que la plupart",
        "promet quelque chose d’utile sur le sujet de la campagne moins souvent que la plupart",
    ),
    topic_fr="part de ses publications utiles parmi celles sur le sujet de la campagne",
    signals="R11",
    is_in_power=True,
)
def topical_benefit(h: History) -> Column:
    """Earlier on-topic posts that promise the reader knowledge, money or time, in English or
    French, of all on-topic ones; missing without an on-topic post.
    """
    return h.topical_posts.where("on_topic").share("promises")
