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
    says=("posts move viewers to comment and share", "posts leave viewers passive"),
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
    says=("moves viewers to act more than is usual", "moves viewers to act less than is usual"),
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
    says=("moved viewers more than is usual lately", "moved viewers less than is usual lately"),
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
    says=("viewers comment more than is usual", "viewers comment less than is usual"),
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
    says=("viewers pass posts on more than is usual", "viewers pass posts on less than is usual"),
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
    says=("viewers like posts more than is usual", "viewers like posts less than is usual"),
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
    unit="log ratio",
    says=("people talk rather than just like", "people like but do not talk"),
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
    unit="log ratio",
    says=("response varies from post to post", "response is steady from post to post"),
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
    says=("posts draw people for long", "posts are forgotten within hours"),
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
    says=("posts are still passed around after days", "posts live for a day or two"),
    signals="E18",
)
def late_response_share(h: History) -> Column:
    """Of the same acts, those that came 48 hours or more after the post; missing without
    such acts.
    """
    return h.threads.where("by_others").where("in_first_week").share("late", days=180)
