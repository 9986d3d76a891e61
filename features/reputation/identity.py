"""Identity: who stands behind the account, and whether its audience came by itself."""

from __future__ import annotations

from features.asof import Column, History
from features.feature import SMOOTHED_COUNTS, feature


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
