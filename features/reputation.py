"""Reputation: what a creator's word is worth: past campaigns, credentials, originality, manner."""

from __future__ import annotations

from features.asof import Column, History
from features.feature import feature


@feature(
    quality="reputation",
    facet="track record",
    unit="log ratio",
    says=(
        "converted better than others in past campaigns",
        "converted worse than others in past campaigns",
    ),
    signals="P23",
    sign="+",
)
def track_record(h: History) -> Column:
    """Mean over matured outcomes of log((conversions + 1) / (expected + 1)), expected being exposed
    times the rate of that campaign, shrunk as by one campaign; missing without matured outcomes.
    """
    campaigns = h.past.where("exposed").count()
    return h.past.mean("deviation") * campaigns / (campaigns + 1.0)


@feature(
    quality="reputation",
    facet="track record",
    unit="log ratio",
    says=("converted better than others lately", "converted worse than others lately"),
    signals="P23 M3",
    sign="+",
)
def track_record_recent(h: History) -> Column:
    """Mean over outcomes that matured in the last 120 days of log((conversions + 1) / (expected +
    1)), shrunk as by one campaign; missing without one.
    """
    campaigns = h.past.where("exposed").count(days=120)
    return h.past.mean("deviation", days=120) * campaigns / (campaigns + 1.0)


@feature(
    quality="reputation",
    facet="track record",
    unit="count",
    says=("has a long record of campaigns", "has a short record of campaigns"),
    signals="P23 P25",
)
def campaigns_done(h: History) -> Column:
    """Campaigns with a matured outcome; missing without one."""
    return h.past.count()


@feature(
    quality="reputation",
    facet="credentials",
    unit="count",
    says=("has credentials", "has no credentials"),
    signals="P1 P2 P23",
    sign="+",
)
def credentials(h: History) -> Column:
    """Degrees, books, awards and the like, recommendations included;
    missing where none is recorded.
    """
    return h.credentials.count()


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
    says=("is often paid to post", "is seldom paid to post"),
    signals="P20",
)
def sponsored_share(h: History) -> Column:
    """Sponsored posts in 90 days, of those where it is known; missing if none."""
    return h.posts.share("sponsored", days=90)


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
    facet="peers",
    unit="log",
    says=("is answered by creators whom others turn to", "is answered by creators nobody turns to"),
    signals="P21",
    sign="+",
)
def responder_authority(h: History) -> Column:
    """Mean over acts of other creators towards it in 180 days of log(1 + creators that had turned
    to the actor before); missing without such acts.
    """
    return h.peer_acts.mean("log_authority", days=180)


@feature(
    quality="reputation",
    facet="peers",
    unit="share",
    says=("points to its peers", "never points to its peers"),
    signals="P3 P4",
)
def peer_citation_share(h: History) -> Column:
    """Mentions and reshares of other creators, of all its acts outward in 180 days (talk under own
    posts and with those who turned to it does not count); missing without such acts.
    """
    outward = h.acts.where("outward")
    return outward.where("cites").where("to_peer").count(days=180) / outward.count(days=180)
