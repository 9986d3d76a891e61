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


@feature(
    quality="reputation",
    facet="identity",
    unit="share",
    says=("has a fuller profile than most", "has a less complete profile than most"),
    topic="share of its profile that is filled in",
    says_fr=("a un profil plus complet que la plupart", "a un profil moins complet que la plupart"),
    topic_fr="part du profil renseignée",
    signals="P15",
    is_in_power=True,
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
    says=("has been posting for longer than most", "started posting more recently than most"),
    topic="time since its first post",
    says_fr=(
        "publie depuis plus longtemps que la plupart",
        "publie depuis moins longtemps que la plupart",
    ),
    topic_fr="temps écoulé depuis sa première publication",
    signals="P25",
)
def tenure_days(h: History) -> Column:
    """Days since the first known post; missing without posts."""
    return h.posts.days_since_first()


@feature(
    quality="reputation",
    facet="identity",
    unit="days",
    says=("opened its account earlier than most", "opened its account later than most"),
    topic="age of its account",
    says_fr=(
        "a ouvert son compte plus tôt que la plupart",
        "a ouvert son compte plus tard que la plupart",
    ),
    topic_fr="ancienneté de son compte",
    signals="P25 P13",
)
def account_days(h: History) -> Column:
    """Days since the account was opened; missing where that is unknown."""
    return h.profile.maximum("tenure_days")


@feature(
    quality="reputation",
    facet="audience",
    unit="yes or no",
    says=("follows other accounts", "follows nobody"),
    topic="accounts it follows",
    says_fr=("suit d’autres comptes", "ne suit personne"),
    topic_fr="comptes suivis",
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
    unit="log factor",
    says=(
        "saw its audience jump more suddenly than most",
        "saw its audience grow more evenly than most",
    ),
    topic="largest sudden jump of its audience",
    says_fr=(
        "a vu son audience bondir plus soudainement que la plupart",
        "a vu son audience évoluer plus régulièrement que la plupart",
    ),
    topic_fr="plus forte hausse soudaine de son audience",
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
        "is seen more than usual while its audience jumps",
        "is seen less than usual while its audience jumps",
    ),
    topic="views while its audience jumps",
    says_fr=(
        "est plus vu que d’habitude quand son audience bondit",
        "est moins vu que d’habitude quand son audience bondit",
    ),
    topic_fr="vues au moment où son audience bondit",
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
