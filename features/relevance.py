"""Relevance: does this creator speak of what the campaign is about, and do people respond then.

Similarity is the cosine of text vectors; from .35 a text is on the brief's topic. A text in another
language than the brief's is not comparable with it: the language in which it is written, where that
shows, else the one its creator declares; the brief's is declared with the campaign, else detected.
"""

from __future__ import annotations

from features.asof import Column, History, only
from features.feature import SMOOTHED_COUNTS, feature


@feature(
    quality="relevance",
    facet="topic",
    unit="share",
    says=(
        "devotes more of its posts to the campaign's topic than most",
        "devotes fewer of its posts to the campaign's topic than most",
    ),
    topic="share of its posts on the campaign's topic",
    says_fr=(
        "traite plus que la plupart le sujet de la campagne dans ses publications",
        "traite moins que la plupart le sujet de la campagne dans ses publications",
    ),
    topic_fr="part de ses publications sur le sujet de la campagne",
    signals="R1 R5",
    is_in_power=True,
)
def on_topic_share(h: History) -> Column:
    """Earlier posts on the brief's topic, of those with words;
    missing without comparable posts.
    """
    return h.topical_posts.share("on_topic")


@feature(
    quality="relevance",
    facet="topic",
    unit="share",
    says=(
        "has lately devoted more of its posts to the campaign's topic than most",
        "has lately devoted fewer of its posts to the campaign's topic than most",
    ),
    topic="share of its recent posts on the campaign's topic",
    says_fr=(
        "traite plus que la plupart le sujet de la campagne dans ses publications récentes",
        "traite moins que la plupart le sujet de la campagne dans ses publications récentes",
    ),
    topic_fr="part de ses publications récentes sur le sujet de la campagne",
    signals="R1 R3",
    is_in_power=True,
)
def on_topic_share_recent(h: History) -> Column:
    """Posts of the last 60 days on the brief's topic, of those with words;
    missing without comparable posts.
    """
    return h.topical_posts.share("on_topic", days=60)


@feature(
    quality="relevance",
    facet="topic",
    unit="per week",
    says=(
        "posts on the campaign's topic more often than most",
        "posts on the campaign's topic less often than most",
    ),
    topic="frequency of its posts on the campaign's topic",
    says_fr=(
        "publie sur le sujet de la campagne plus souvent que la plupart",
        "publie sur le sujet de la campagne moins souvent que la plupart",
    ),
    topic_fr="fréquence de ses publications sur le sujet de la campagne",
    signals="R2",
    is_in_power=True,
)
def on_topic_per_week(h: History) -> Column:
    """On-topic posts a week in the last 56 days; missing without any earlier comparable post."""
    return h.topical_posts.where("on_topic").count(days=56) / 8.0


@feature(
    quality="relevance",
    facet="topic",
    unit="score",
    says=(
        "publishes posts closer to the brief than most",
        "publishes posts further from the brief than most",
    ),
    topic="closeness of its posts to the brief",
    says_fr=(
        "publie des contenus plus proches du brief que la plupart",
        "publie des contenus plus éloignés du brief que la plupart",
    ),
    topic_fr="proximité de ses publications avec le brief",
    signals="R1",
    is_in_power=True,
)
def topic_similarity(h: History) -> Column:
    """Mean similarity of earlier posts with the brief (-1..1);
    missing without comparable posts.
    """
    return h.topical_posts.mean("similarity")


@feature(
    quality="relevance",
    facet="topic",
    unit="score",
    says=(
        "has at least one post closer to the brief than most have",
        "has no post as close to the brief as most have",
    ),
    topic="closeness to the brief of its best matching post",
    says_fr=(
        "a au moins une publication plus proche du brief que la plupart",
        "n’a pas de publication aussi proche du brief que la plupart",
    ),
    topic_fr="proximité avec le brief de sa publication la plus proche",
    signals="R1",
)
def best_match(h: History) -> Column:
    """Largest similarity of an earlier post with the brief (-1..1);
    missing without comparable posts.
    """
    return h.topical_posts.maximum("similarity")


@feature(
    quality="relevance",
    facet="topic",
    unit="days",
    says=(
        "last posted on the campaign's topic longer ago than most",
        "posted on the campaign's topic more recently than most",
    ),
    topic="time since its last post on the campaign's topic",
    says_fr=(
        "n’a pas publié sur le sujet de la campagne depuis plus longtemps que la plupart",
        "a publié sur le sujet de la campagne plus récemment que la plupart",
    ),
    topic_fr="temps écoulé depuis sa dernière publication sur le sujet de la campagne",
    signals="R3 M1",
    is_in_power=True,
)
def days_since_on_topic(h: History) -> Column:
    """Days since the last on-topic post; missing without one."""
    return h.topical_posts.where("on_topic").days_since_last()


@feature(
    quality="relevance",
    facet="topical response",
    unit="log ratio",
    says=(
        "moves viewers more on the campaign's topic than on its others",
        "moves viewers less on the campaign's topic than on its others",
    ),
    topic="response on the campaign's topic against its others",
    says_fr=(
        "fait plus réagir sur le sujet de la campagne que sur les autres",
        "fait moins réagir sur le sujet de la campagne que sur les autres",
    ),
    topic_fr="réactions sur le sujet de la campagne par rapport aux autres",
    signals="R1 R7",
    sign="+",
    moves_with_audience=SMOOTHED_COUNTS,
)
def topical_response(h: History) -> Column:
    """Log response per view of earlier posts, weighted by their similarity with the brief, against
    the mean of all comparable posts, shrunk as by five posts; missing without a comparable read
    post that has anything in common with the brief.
    """
    weight = h.topical_posts.where("read").total("closeness")
    on_topic = h.topical_posts.weighted_mean("log_response", "closeness")
    return (on_topic - h.topical_posts.mean("log_response")) * weight / (weight + 5.0)


@feature(
    quality="relevance",
    facet="topical response",
    unit="log ratio",
    says=(
        "does better with posts on the campaign's topic than with its others",
        "does worse with posts on the campaign's topic than with its others",
    ),
    topic="success of its posts on the campaign's topic against its others",
    says_fr=(
        "réussit mieux ses publications sur le sujet de la campagne que les autres",
        "réussit moins bien ses publications sur le sujet de la campagne que les autres",
    ),
    topic_fr="réussite de ses publications sur le sujet de la campagne par rapport aux autres",
    signals="R1 R7",
    moves_with_audience=SMOOTHED_COUNTS,
)
def on_topic_lift(h: History) -> Column:
    """Median log response per view of earlier on-topic posts less that of all comparable posts,
    shrunk as by five posts; missing without a read on-topic post.
    """
    posts = h.topical_posts.where("read")
    on_topic = posts.where("on_topic")
    evidence = on_topic.count()
    lift = on_topic.median("log_response") - posts.median("log_response")
    return lift * evidence / (evidence + 5.0)


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


@feature(
    quality="relevance",
    facet="conversation",
    unit="share",
    says=(
        "talks with others about the campaign's topic more than most",
        "talks with others about the campaign's topic less than most",
    ),
    topic="share of its talk with others on the campaign's topic",
    says_fr=(
        "échange avec d’autres sur le sujet de la campagne plus que la plupart",
        "échange avec d’autres sur le sujet de la campagne moins que la plupart",
    ),
    topic_fr="part de ses échanges avec d’autres sur le sujet de la campagne",
    signals="R1 R12",
    is_in_power=True,
)
def on_topic_talk_share(h: History) -> Column:
    """Own comments and replies to others on the brief's topic, of those that can be compared with
    it, in 90 days; talk with its own audience and within a ring (see closed_ring_share) is left
    out; missing without such talk.
    """
    return h.topical_talk.share("on_topic", days=90)


@feature(
    quality="relevance",
    facet="mentions",
    unit="share",
    says=(
        "is mentioned on the campaign's topic more than most",
        "is mentioned on the campaign's topic less than most",
    ),
    topic="share of its mentions on the campaign's topic",
    says_fr=(
        "est mentionné à propos du sujet de la campagne plus que la plupart",
        "est mentionné à propos du sujet de la campagne moins que la plupart",
    ),
    topic_fr="part de ses mentions à propos du sujet de la campagne",
    signals="R4",
)
def on_topic_mention_share(h: History) -> Column:
    """Mentions by others in texts on the brief's topic, of those with words;
    missing without mentions.
    """
    return h.topical_mentions.share("on_topic")


@feature(
    quality="relevance",
    facet="mentions",
    unit="score",
    says=(
        "is mentioned in words closer to the brief than most",
        "is mentioned in words further from the brief than most",
    ),
    topic="closeness of its mentions to the brief",
    says_fr=(
        "est mentionné en des termes plus proches du brief que la plupart",
        "est mentionné en des termes plus éloignés du brief que la plupart",
    ),
    topic_fr="proximité de ses mentions avec le brief",
    signals="R4",
)
def mention_similarity(h: History) -> Column:
    """Mean similarity with the brief of texts in which others mention the creator (-1..1); missing
    without comparable mentions.
    """
    return h.topical_mentions.mean("similarity")


@feature(
    quality="relevance",
    facet="audience",
    unit="share",
    says=(
        "has an audience that talks of the campaign's topic more than most",
        "has an audience that talks of the campaign's topic less than most",
    ),
    topic="share of comments on the campaign's topic",
    says_fr=(
        "a un public qui parle du sujet de la campagne plus que la plupart",
        "a un public qui parle du sujet de la campagne moins que la plupart",
    ),
    topic_fr="part des commentaires sur le sujet de la campagne",
    signals="R8 R13",
)
def audience_on_topic_share(h: History) -> Column:
    """Comments received in 90 days that are on the brief's topic, of those that can be compared
    with it; missing without such comments.
    """
    return h.topical_comments.share("on_topic", days=90)


@feature(
    quality="relevance",
    facet="audience",
    unit="share",
    says=(
        "has an audience that writes in the campaign's language more than most",
        "has an audience that writes in the campaign's language less than most",
    ),
    topic="share of comments in the campaign's language",
    says_fr=(
        "a un public qui écrit dans la langue de la campagne plus que la plupart",
        "a un public qui écrit dans la langue de la campagne moins que la plupart",
    ),
    topic_fr="part des commentaires dans la langue de la campagne",
    signals="R8",
)
def audience_language_match(h: History) -> Column:
    """Comments received in 90 days in the brief's language, of those whose language shows; missing
    without such comments or where the brief's language is unknown.
    """
    return h.audience_voice.share("in_brief_language", days=90)


@feature(
    quality="relevance",
    facet="profile",
    unit="score",
    says=(
        "has a profile closer to the brief than most",
        "has a profile further from the brief than most",
    ),
    topic="closeness of its profile to the brief",
    says_fr=(
        "a un profil plus proche du brief que la plupart",
        "a un profil plus éloigné du brief que la plupart",
    ),
    topic_fr="proximité de son profil avec le brief",
    signals="R1 R7",
    is_in_power=True,
)
def bio_similarity(h: History) -> Column:
    """Similarity of the profile text with the brief (-1..1);
    missing without a comparable text.
    """
    return h.profile.maximum("bio_similarity")


@feature(
    quality="relevance",
    facet="market",
    unit="yes or no",
    says=("speaks the campaign's language", "speaks another language than the campaign's"),
    topic="language it speaks",
    says_fr=("parle la langue de la campagne", "parle une autre langue que celle de la campagne"),
    topic_fr="langue parlée",
    signals="R7 R8",
)
def same_language(h: History) -> Column:
    """1 where creator and campaign share a language, else 0; missing unless both are known."""
    return h.profile.maximum("same_language")


@feature(
    quality="relevance",
    facet="market",
    unit="yes or no",
    says=(
        "is at home in the campaign's country",
        "is at home in another country than the campaign's",
    ),
    topic="country it is at home in",
    says_fr=(
        "est établi dans le pays de la campagne",
        "est établi dans un autre pays que celui de la campagne",
    ),
    topic_fr="pays de résidence",
    signals="R7 R8",
)
def same_country(h: History) -> Column:
    """1 where creator and campaign share a country, else 0; missing unless both are known."""
    return h.profile.maximum("same_country")


@feature(
    quality="relevance",
    facet="market",
    unit="share",
    says=(
        "posts in the campaign's language more than most",
        "posts in the campaign's language less than most",
    ),
    topic="share of its posts in the campaign's language",
    says_fr=(
        "publie dans la langue de la campagne plus que la plupart",
        "publie dans la langue de la campagne moins que la plupart",
    ),
    topic_fr="part de ses publications dans la langue de la campagne",
    signals="R8",
    is_in_power=True,
)
def post_language_match(h: History) -> Column:
    """Posts of 180 days in the brief's language, of those whose language shows; missing without
    such posts or where the brief's language is unknown.
    """
    return h.own_voice.share("in_brief_language", days=180)


@feature(
    quality="relevance",
    facet="market",
    unit="log ratio",
    says=(
        "is on a platform that does better than others with such campaigns",
        "is on a platform that does worse than others with such campaigns",
    ),
    topic="results of its platform with such campaigns",
    says_fr=(
        "publie sur une plateforme qui réussit mieux que les autres avec de telles campagnes",
        "publie sur une plateforme qui réussit moins bien que les autres avec de telles campagnes",
    ),
    topic_fr="résultats de sa plateforme avec de telles campagnes",
    signals="R10",
    sign="+",
)
def platform_record(h: History) -> Column:
    """How creators on the same platform did in other campaigns: the mean of their log((conversions
    + 1) / (expected + 1)), as in track_record, less that of all creators of the campaign; over
    campaigns with outcomes matured by then, weighted by the number of its creators on the platform
    and the squared similarity of its brief with this one (zero where negative); shrunk as by a
    weight of ten. Missing without the platform or such outcomes.
    """
    evidence = h.platform_past.maximum("evidence")
    return h.platform_past.maximum("deviation") * evidence / (evidence + 10.0)
