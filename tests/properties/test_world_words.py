"""What is said in the simulated market: captions, comments, answers, complaints, titles and links."""

from __future__ import annotations

import numpy as np
import pandas as pd

from tests.simulated import creators, world
from training.world.phrases import FORMULAS
from training.world.vocabulary import TOPICS

DAY = pd.Timedelta(days=1)


def words(text: pd.Series) -> pd.Series:
    return text.str.lower().str.findall(r"[\w'#]+").map(set)


def nearest_earlier(posts: pd.DataFrame) -> pd.Series:
    """The highest share of words in common with an earlier, different caption of the same creator."""
    found: dict[str, float] = {}
    for _, own in posts.groupby("creator_id"):
        said = list(zip(own["post_id"], own["text"], words(own["text"]), strict=True))
        for i, (post, text, bag) in enumerate(said):
            common = [len(bag & b) / len(bag | b) for _, t, b in said[:i] if t != text]
            found[post] = max(common, default=0.0)
    return pd.Series(found)


def test_formulaic_posters_publish_one_caption_with_small_changes() -> None:
    marked = world().truth["posts"].set_index("post_id")
    formulaic = creators().index[creators()["is_formulaic"]]
    assert 0.03 < len(formulaic) / len(creators()) < 0.2
    assert creators().groupby("is_formulaic")["reputation"].mean().diff().iloc[-1] < -0.5
    others = creators().index[~creators()["is_formulaic"]][: len(formulaic)]
    posts = world().tables["posts"]
    near = nearest_earlier(posts[posts["creator_id"].isin([*formulaic, *others])])
    varied = marked["is_varied"].reindex(near.index)
    assert varied.sum() > 300
    assert set(marked[marked["is_varied"]]["creator_id"]) <= set(formulaic)
    assert (near[varied] > 0.6).mean() > 0.95
    assert (near[~varied] > 0.6).mean() < 0.2


def comments_and_answers() -> pd.DataFrame:
    """Comments to creators, with what the creator answered (null without an answer)."""
    acts = world().tables["interactions"]
    said = acts[(acts["kind"] == "comment") & acts["target_id"].isin(creators().index)]
    back = acts[acts["kind"] == "reply"][["parent_id", "actor_id", "text", "occurred_at"]]
    found = said.merge(
        back,
        left_on=["interaction_id", "target_id"],
        right_on=["parent_id", "actor_id"],
        how="left",
        suffixes=("", "_back"),
    )
    return found.assign(
        conversation=creators()["conversation"].reindex(found["target_id"]).to_numpy()
    )


CRITICS = "Disappointed|disagree|Bad advice|misleading|Déçue|Pas d'accord|Mauvais conseil|trompeur"


def test_critics_are_answered_by_those_who_converse() -> None:
    said = comments_and_answers()
    critic = said["text"].str.contains(CRITICS)
    talks = said["conversation"] > 0.7
    silent = said["conversation"] < -0.7
    answered = said["text_back"].notna()
    # logit: -1.7 + 1.3 × (±1.2) with a habit of .6: about .48 and .06.
    assert answered[critic & talks].mean() > 0.35
    assert answered[critic & silent].mean() < 0.15


def test_a_complaint_to_nobody_follows_a_critic_left_unanswered() -> None:
    posts = world().tables["posts"].merge(world().truth["posts"], on=["post_id", "creator_id"])
    complaints = posts[posts["is_sympathy"]]
    assert len(complaints) > 100
    assert not complaints["text"].str.contains("@|\\?").any()
    assert complaints["topic"].isna().all()
    assert not complaints["sponsored"].any()
    said = comments_and_answers()
    ignored = said[said["text_back"].isna() & said["text"].str.contains(CRITICS)]
    ignored = ignored[["target_id", "occurred_at"]]
    pairs = complaints.merge(ignored, left_on="creator_id", right_on="target_id")
    gap = pairs["published_at"] - pairs["occurred_at"]
    near = pairs[(gap > pd.Timedelta(0)) & (gap < 4 * DAY)]
    assert set(near["post_id"]) == set(complaints["post_id"])
    by_quality = complaints["creator_id"].map(creators()["conversation"])
    assert by_quality.mean() < creators()["conversation"].mean() - 0.5


def test_who_converses_takes_up_what_was_said_and_others_have_a_formula() -> None:
    said = comments_and_answers().dropna(subset=["text_back"])
    formula = said["text_back"].isin([*FORMULAS["en"], *FORMULAS["fr"]])
    things = {t.lower() for talk in TOPICS.values() for one in talk.values() for t in one.things}

    def named(text: str) -> set[str]:
        return {thing for thing in things if thing in text.lower()}

    sample = said[~formula & ~said["actor_id"].isin(creators().index)].head(800)
    shares = [
        bool(named(a) & named(b)) for a, b in zip(sample["text"], sample["text_back"], strict=True)
    ]
    assert np.mean(shares) > 0.95
    by_creator = formula.groupby(said["target_id"]).mean()
    conversation = creators()["conversation"].reindex(by_creator.index)
    assert by_creator.rank().corr(conversation.rank()) < -0.5


def test_commenters_talk_to_each_other_under_posts_of_those_who_converse() -> None:
    acts = world().tables["interactions"]
    owner = world().tables["posts"].set_index("post_id")["creator_id"]
    talk = acts[(acts["kind"] == "reply") & acts["post_id"].notna()]
    under = owner.reindex(talk["post_id"]).to_numpy()
    talk = talk[(talk["actor_id"] != under) & (talk["target_id"] != under)]
    # A share of the comments received, so that those who draw more comments are not ahead by that.
    count = owner.reindex(talk["post_id"]).value_counts()
    received = acts[acts["kind"] == "comment"].groupby("target_id").size()
    share = (count / received).reindex(creators().index).fillna(0)
    assert share.rank().corr(creators()["conversation"].rank()) > 0.4


def test_a_commenter_speaks_one_language_and_abroad_more_speak_another() -> None:
    acts = world().tables["interactions"]
    said = acts[(acts["kind"] == "comment") & acts["actor_id"].str.startswith("f")]
    said = said.assign(french=said["text"].str.contains(FRENCH))
    by_fan = said.groupby("actor_id")["french"].agg(["nunique", "size"])
    assert (by_fan["size"] > 3).sum() > 100
    assert (by_fan["nunique"] == 1).all()
    language = world().tables["creators"].set_index("creator_id")["language"]
    foreign = said["french"] != (language.reindex(said["target_id"]) == "fr").to_numpy()
    share = foreign.groupby(said["target_id"]).mean()
    mixed = creators()["foreign_share"].reindex(share.index) > 0.1
    assert share[mixed].mean() > 3 * share[~mixed].mean() > 0


FRENCH = (
    "Tout ce qu'il|J'adore|Ça a marché|Tes posts|Enfin quelqu'un|Comment fais-tu|Est-ce que|Où as-tu|Un conseil|"
    "Déçue|Pas d'accord|Mauvais conseil|On dirait"
)


def test_credentials_of_the_reputable_are_on_their_topics() -> None:
    credentials = world().tables["credentials"].set_index("creator_id")
    topic = credentials["title"].str.extract("(" + "|".join(TOPICS) + ")")[0]
    shares = creators()[[f"topic_{name}" for name in TOPICS]]
    main = shares.to_numpy().argsort(axis=1)[:, -3:]
    main = pd.Series([{list(TOPICS)[i] for i in row} for row in main], index=shares.index)
    on_topic = pd.Series(
        [t in main[c] for c, t in topic.items()], index=topic.index, dtype=np.float64
    )
    reputation = creators()["reputation"].reindex(on_topic.index)
    assert on_topic[reputation > 0.7].mean() > on_topic[reputation < -0.3].mean() + 0.1


def test_links_lead_to_oneself_where_reputation_is_low() -> None:
    posts = world().tables["posts"].dropna(subset="domains")
    assert (posts["domains"].map(len) == posts["links"]).all()
    assert (world().tables["posts"]["links"] > 0).sum() == len(posts)
    handle = world().tables["creators"].set_index("creator_id")["handle"]
    own = handle.str.removeprefix("@").str.replace("_", "-") + ".example"
    mine = [
        own[creator] in domains
        for creator, domains in zip(posts["creator_id"], posts["domains"], strict=True)
    ]
    share = pd.Series(mine, index=posts["creator_id"]).groupby(level=0).mean()
    assert share.rank().corr(creators()["reputation"].reindex(share.index).rank()) < -0.4
