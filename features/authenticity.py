"""Authenticity, the other half of reputation: is this a person with something to say, or a display?

What is original and what repeats, what is sold, the manner of writing, who stands behind the
account, and whether its audience came by itself.
"""

from __future__ import annotations

import numpy as np

from features.asof import Column, History, only
from features.feature import SMOOTHED_COUNTS, feature


@feature(
    quality="reputation",
    facet="content",
    unit="share",
    says=("says new things", "repeats its captions"),
    signals="P14",
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
    says=("says the same again and again", "does not repeat itself"),
    signals="P14",
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
    says=("varies its words", "repeats its words within a post"),
    signals="P14",
)
def lexical_variety(h: History) -> Column:
    """Mean over posts of 180 days of different words per word; missing without words."""
    return h.posts.mean("word_variety", days=180)


@feature(
    quality="reputation",
    facet="content",
    unit="log",
    says=("writes at length", "writes a word or two"),
    signals="P18 P20",
)
def text_substance(h: History) -> Column:
    """Median over posts of 180 days of the log of the number of words; missing without words."""
    return h.posts.median("log_words", days=180)


@feature(
    quality="reputation",
    facet="content",
    unit="log ratio",
    says=("varies the length of its texts", "writes texts of one length"),
    signals="P17 P16",
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
    says=("makes its own content", "passes on other people's content"),
    signals="P19",
    sign="+",
)
def original_share(h: History) -> Column:
    """Original posts of all posts in 180 days; missing without posts."""
    return h.posts.share("original", days=180)


@feature(
    quality="reputation",
    facet="content",
    unit="share",
    says=("passes on what others made", "passes on nothing of others"),
    signals="P4 P5 P19",
)
def curated_share(h: History) -> Column:
    """Reshares and quotes of others, of all posts in 180 days; missing without posts."""
    return h.posts.share("curated", days=180)


@feature(
    quality="reputation",
    facet="content",
    unit="share",
    says=("links to outside sources", "never links to outside sources"),
    signals="P5 P6 P9",
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
    says=("links to many different sites", "always links to the same site"),
    signals="P3 P4 P6",
)
def domain_variety(h: History) -> Column:
    """Chance that two different outside links of posts of 180 days lead to different domains;
    missing with fewer than two links whose domain is known.
    """
    return h.links.variety("domain", days=180)


@feature(
    quality="reputation",
    facet="selling",
    unit="share",
    says=("promotes and nothing else", "does more than promote"),
    signals="P7",
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
    says=("is often paid to post", "is seldom paid to post"),
    signals="P20",
)
def sponsored_share(h: History) -> Column:
    """Sponsored posts in 90 days, of those where it is known; missing if none."""
    return h.posts.share("sponsored", days=90)


@feature(
    quality="reputation",
    facet="selling",
    unit="count",
    says=("was paid for many posts lately", "was paid for no post lately"),
    signals="P12 P20",
)
def sponsored_load(h: History) -> Column:
    """Sponsored posts in 30 days; missing where it is known of no earlier post whether it was."""
    is_known = ~np.ma.getmaskarray(h.posts.share("sponsored"))
    return only(is_known, h.posts.where("sponsored").count(days=30))


@feature(
    quality="reputation",
    facet="selling",
    unit="log ratio",
    says=("is answered as well when it is paid", "is answered less when it is paid"),
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


@feature(
    quality="reputation",
    facet="manner",
    unit="number",
    says=("shouts with exclamation marks", "writes without exclamation marks"),
    signals="P8",
)
def exclamations(h: History) -> Column:
    """Mean exclamation marks per post with words in 180 days; missing without words."""
    return h.posts.mean("exclamations", days=180)


@feature(
    quality="reputation",
    facet="manner",
    unit="share",
    says=("writes in capitals", "hardly writes in capitals"),
    signals="P8",
)
def capitals(h: History) -> Column:
    """Mean share of capitals among the letters that have a case, in posts of 180 days;
    missing without such.
    """
    return h.posts.mean("capitals", days=180)


@feature(
    quality="reputation",
    facet="manner",
    unit="number",
    says=("loads posts with hashtags", "uses few hashtags"),
    signals="P13",
)
def hashtags(h: History) -> Column:
    """Mean number of hashtags per post with words in 180 days; missing without words."""
    return h.posts.mean("hashtags", days=180)


@feature(
    quality="reputation",
    facet="manner",
    unit="score",
    says=("writes in a bright mood", "writes in a dark mood"),
    signals="P16 P20",
)
def positivity(h: History) -> Column:
    """Mean polarity (-1..1) of posts of 180 days; missing without one whose polarity is known."""
    return h.posts.mean("polarity", days=180)


@feature(
    quality="reputation",
    facet="identity",
    unit="share",
    says=("shows who it is", "hides who it is"),
    signals="P15",
)
def profile_completeness(h: History) -> Column:
    """Name, handle, profile text and country given, of the four;
    missing where the profile is unknown.
    """
    return h.profile.maximum("completeness")


@feature(
    quality="reputation",
    facet="identity",
    unit="days",
    says=("has been at it for long", "is new"),
    signals="P25",
)
def tenure_days(h: History) -> Column:
    """Days since the first known post; missing without posts."""
    return h.posts.days_since_first()


@feature(
    quality="reputation",
    facet="identity",
    unit="days",
    says=("opened its account long ago", "opened its account lately"),
    signals="P25 P13",
)
def account_days(h: History) -> Column:
    """Days since the account was opened; missing where that is unknown."""
    return h.profile.maximum("tenure_days")


@feature(
    quality="reputation",
    facet="audience",
    unit="share",
    says=("follows others", "follows nobody"),
    signals="P10",
)
def follows_others(h: History) -> Column:
    """1 where the creator follows anybody at the last reading that says so, else 0; missing without
    such a reading.
    """
    return h.audience.latest("follows_others")


@feature(
    quality="reputation",
    facet="audience",
    unit="log ratio",
    says=("gained followers in a sudden jump", "gained followers evenly"),
    signals="P12",
    sign="-",
    moves_with_audience="one is added to followers; the level plays no other part",
)
def follower_jump(h: History) -> Column:
    """Largest excess of the growth of log followers at a reading of 180 days over the median of the
    creator's growths before it, 0 below .05, growth being since the reading before and per week
    where they lie further than a week apart; missing with fewer than three readings.
    """
    return h.audience.maximum("jump", days=180)


@feature(
    quality="reputation",
    facet="audience",
    unit="log ratio",
    says=(
        "is seen more while its followers jump",
        "gains followers in jumps without being seen more",
    ),
    signals="P12 M7",
    moves_with_audience=SMOOTHED_COUNTS,
)
def jump_backing(h: History) -> Column:
    """Median log views of posts of 180 days published while followers jumped (the reading that
    follows them has an excess growth, as in follower_jump, of .05 or more) less that of all posts
    of 180 days, shrunk as by three posts; missing without read posts in a jump.
    """
    jumped = h.posts.where("read").where("in_jump")
    evidence = jumped.count(days=180)
    lift = jumped.median("log_views", days=180) - h.posts.median("log_views", days=180)
    return lift * evidence / (evidence + 3.0)
