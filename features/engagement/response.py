"""Response: what viewers do about the creator's posts, and for how long.

Per view, never per follower.
"""

from __future__ import annotations

from features.asof import Column, History
from features.feature import SMOOTHED_COUNTS, feature


@feature(
    quality="engagement",
    facet="response",
    unit="log per view",
    says=(
        "moves viewers to comment and share more than most",
        "moves viewers to comment and share less than most",
    ),
    topic="comments and shares on its posts",
    says_fr=(
        "incite plus à commenter et à partager que la plupart",
        "incite moins à commenter et à partager que la plupart",
    ),
    topic_fr="commentaires et partages de ses publications",
    signals="E20",
    sign="+",
    moves_with_audience=SMOOTHED_COUNTS,
)
def response(h: History) -> Column:
    """Median over earlier posts of log((comments + shares + .5) / (views + 1));
    missing without read posts.
    """
    return h.posts.median("log_response")


@feature(
    quality="engagement",
    facet="response",
    unit="log ratio",
    says=(
        "moves viewers to comment and share more than others on its platform",
        "moves viewers to comment and share less than others on its platform",
    ),
    topic="comments and shares against others on its platform",
    says_fr=(
        "incite plus à commenter et à partager que les autres sur sa plateforme",
        "incite moins à commenter et à partager que les autres sur sa plateforme",
    ),
    topic_fr="commentaires et partages par rapport aux autres sur sa plateforme",
    signals="E20",
    sign="+",
    moves_with_audience=SMOOTHED_COUNTS,
)
def relative_response(h: History) -> Column:
    """Median over earlier posts of the log response per view less what posts of its platform got in
    the eight weeks before each, as if one usual post more had been seen: times n / (n + 1) after n
    posts; missing without posts that can be compared.
    """
    posts = h.posts.where("compared").count()
    return h.posts.median("relative_response") * posts / (posts + 1)


@feature(
    quality="engagement",
    facet="response",
    unit="log ratio",
    says=(
        "has lately moved viewers to comment and share more than others on its platform",
        "has lately moved viewers to comment and share less than others on its platform",
    ),
    topic="recent comments and shares against others on its platform",
    says_fr=(
        "incite depuis peu plus que les autres sur sa plateforme à commenter et à partager",
        "incite depuis peu moins que les autres sur sa plateforme à commenter et à partager",
    ),
    topic_fr="commentaires et partages récents par rapport aux autres sur sa plateforme",
    signals="E20",
    sign="+",
    moves_with_audience=SMOOTHED_COUNTS,
)
def relative_response_recent(h: History) -> Column:
    """As relative_response, over posts of the last 60 days; missing without posts that can be
    compared.
    """
    posts = h.posts.where("compared").count(days=60)
    return h.posts.median("relative_response", days=60) * posts / (posts + 1)


@feature(
    quality="engagement",
    facet="response",
    unit="log ratio",
    says=(
        "gets more comments per view than others on its platform",
        "gets fewer comments per view than others on its platform",
    ),
    topic="comments per view against others on its platform",
    says_fr=(
        "obtient plus de commentaires par vue que les autres sur sa plateforme",
        "obtient moins de commentaires par vue que les autres sur sa plateforme",
    ),
    topic_fr="commentaires par vue par rapport aux autres sur sa plateforme",
    signals="E7 E20",
    sign="+",
    moves_with_audience=SMOOTHED_COUNTS,
)
def relative_comments(h: History) -> Column:
    """Median over earlier posts of log((comments + .5) / (views + 1)) less what posts of its
    platform got in the eight weeks before each; missing without posts that can be compared.
    """
    return h.posts.median("relative_comments")


@feature(
    quality="engagement",
    facet="response",
    unit="log ratio",
    says=(
        "gets more shares per view than others on its platform",
        "gets fewer shares per view than others on its platform",
    ),
    topic="shares per view against others on its platform",
    says_fr=(
        "obtient plus de partages par vue que les autres sur sa plateforme",
        "obtient moins de partages par vue que les autres sur sa plateforme",
    ),
    topic_fr="partages par vue par rapport aux autres sur sa plateforme",
    signals="E18 E20",
    moves_with_audience=SMOOTHED_COUNTS,
)
def relative_shares(h: History) -> Column:
    """Median over earlier posts of log((shares + .5) / (views + 1)) less what posts of its platform
    got in the eight weeks before each; missing without posts that can be compared.
    """
    return h.posts.median("relative_shares")


@feature(
    quality="engagement",
    facet="response",
    unit="log ratio",
    says=(
        "gets more likes per view than others on its platform",
        "gets fewer likes per view than others on its platform",
    ),
    topic="likes per view against others on its platform",
    says_fr=(
        "obtient plus de likes par vue que les autres sur sa plateforme",
        "obtient moins de likes par vue que les autres sur sa plateforme",
    ),
    topic_fr="likes par vue par rapport aux autres sur sa plateforme",
    signals="E7",
    moves_with_audience=SMOOTHED_COUNTS,
)
def relative_likes(h: History) -> Column:
    """Median over earlier posts of log((likes + .5) / (views + 1)) less what posts of its platform
    got in the eight weeks before each; missing without posts that can be compared.
    """
    return h.posts.median("relative_likes")


@feature(
    quality="engagement",
    facet="response",
    unit="log per like",
    says=("gets more comments per like than most", "gets fewer comments per like than most"),
    topic="comments per like",
    says_fr=(
        "obtient plus de commentaires par like que la plupart",
        "obtient moins de commentaires par like que la plupart",
    ),
    topic_fr="commentaires par like",
    signals="E7",
    moves_with_audience=SMOOTHED_COUNTS,
)
def comments_per_like(h: History) -> Column:
    """Median over earlier posts of log((comments + .5) / (likes + 1));
    missing without read posts.
    """
    return h.posts.median("log_comments_per_like")


@feature(
    quality="engagement",
    facet="response",
    unit="log factor",
    says=(
        "gets a more uneven response from post to post than most",
        "gets a steadier response from post to post than most",
    ),
    topic="unevenness of the response from post to post",
    says_fr=(
        "suscite des réactions plus inégales que la plupart d’une publication à l’autre",
        "suscite des réactions plus régulières que la plupart d’une publication à l’autre",
    ),
    topic_fr="écarts de réactions d’une publication à l’autre",
    signals="M6",
    moves_with_audience=SMOOTHED_COUNTS,
)
def response_spread(h: History) -> Column:
    """Interquartile range over earlier posts of the log response per view;
    missing without read posts.
    """
    return h.posts.spread("log_response")


@feature(
    quality="engagement",
    facet="survival",
    unit="hours",
    says=(
        "draws reactions to a post for longer than most",
        "draws reactions to a post for less long than most",
    ),
    topic="time for which its posts draw reactions",
    says_fr=(
        "fait réagir à ses publications plus longtemps que la plupart",
        "fait réagir à ses publications moins longtemps que la plupart",
    ),
    topic_fr="durée pendant laquelle ses publications font réagir",
    signals="E18",
)
def response_half_life(h: History) -> Column:
    """Median hours from a post to what others did under it within a week, in 180 days, of posts a
    week old; missing without such acts.
    """
    return h.threads.where("by_others").where("in_first_week").median("hours", days=180)


@feature(
    quality="engagement",
    facet="survival",
    unit="share",
    says=(
        "draws reactions days after a post more than most",
        "draws reactions days after a post less than most",
    ),
    topic="share of reactions that come after two days",
    says_fr=(
        "fait réagir plusieurs jours après une publication plus que la plupart",
        "fait réagir plusieurs jours après une publication moins que la plupart",
    ),
    topic_fr="part des réactions venues après deux jours",
    signals="E18",
)
def late_response_share(h: History) -> Column:
    """Of the same acts, those that came 48 hours or more after the post; missing without
    such acts.
    """
    return h.threads.where("by_others").where("in_first_week").share("late", days=180)
