"""The streams that features look back on: events, when they are known, what missing means."""

from __future__ import annotations

from functools import partial

import numpy as np
import pandas as pd
import pytest

from features.asof import Window
from features.streams import STREAMS
from features.window_queries import queries
from tests.market import as_rows, columns_of, expect, prepare_market, topics

DRINKS = topics("tea coffee")
BRIEF = """
    campaign_id | brief | starts_at  | language
    tea         | tea   | 2024-04-01 | en
"""
POST = """
    post_id | creator_id | published_at | text
    1       | ana        | 2024-03-01   | tea
"""


def received(kind: str) -> str:
    return f"""
        interaction_id | occurred_at | kind   | actor_id | target_id | text
        1              | 2024-03-01  | {kind} | fan      | ana       | tea
    """


PAST = """
    campaign_id | brief | starts_at  | attribution_days
    old         | tea   | 2024-01-01 | 7
    tea         | tea   | 2024-04-01 | 7
"""
OUTCOME = """
    campaign_id | creator_id | exposed | conversions | measured_at
    old         | ana        | 100     | 1           | 2024-03-01
"""


# One event of ana's a stream, which happens or is read on 1 March.
ONE_EVENT = {
    "posts": {"posts": POST},
    "topical_posts": {"posts": POST, "campaigns": BRIEF},
    "links": {
        "posts": pd.DataFrame(
            {
                "post_id": ["1"],
                "creator_id": ["ana"],
                "published_at": ["2024-03-01"],
                "domains": [["a.org"]],
            }
        )
    },
    "themes": {"posts": POST},
    "own_voice": {
        "posts": """
            post_id | creator_id | published_at | text
            1       | ana        | 2024-03-01   | Good morning to all of you out there
        """,
        "campaigns": BRIEF,
    },
    "comments": {"interactions": received("comment")},
    "received": {"interactions": received("like")},
    "topical_mentions": {"interactions": received("mention"), "campaigns": BRIEF},
    "topical_comments": {"interactions": received("comment"), "campaigns": BRIEF},
    "audience_voice": {
        "interactions": """
            interaction_id | occurred_at | kind    | actor_id | target_id | text
            1              | 2024-03-01  | comment | fan      | ana       | I really love this book
        """,
        "campaigns": BRIEF,
    },
    "opinions": {
        "interactions": """
            interaction_id | occurred_at | kind    | actor_id | target_id | text
            1              | 2024-03-01  | comment | fan      | ana       | I really love this book
        """
    },
    "topical_talk": {
        "interactions": """
            interaction_id | occurred_at | kind    | actor_id | target_id | text
            1              | 2024-03-01  | comment | ana      | peer      | tea
        """,
        "campaigns": BRIEF,
    },
    "acts": {
        "interactions": """
            interaction_id | occurred_at | kind | actor_id | target_id
            1              | 2024-03-01  | like | ana      | fan
        """
    },
    "threads": {
        "posts": "post_id | creator_id | published_at\n p1 | ana | 2024-02-01",
        "interactions": """
            interaction_id | occurred_at | kind    | actor_id | target_id | post_id
            1              | 2024-03-01  | comment | fan      | kid       | p1
        """,
    },
    "exchanges": {
        "interactions": """
            interaction_id | occurred_at | kind    | actor_id | target_id
            1              | 2024-03-01  | comment | ana      | fan
            2              | 2024-03-01  | reply   | fan      | ana
        """
    },
    "favours": {
        "interactions": """
            interaction_id | occurred_at | kind | actor_id | target_id
            1              | 2024-03-01  | like | ana      | fan
        """
    },
    "approaches": {
        "interactions": """
            interaction_id | occurred_at | kind    | actor_id | target_id
            1              | 2024-03-01  | mention | ana      | fan
        """
    },
    "peer_acts": {
        "creators": "creator_id\n ana\n cem",
        "interactions": """
            interaction_id | occurred_at | kind | actor_id | target_id
            1              | 2024-03-01  | like | cem      | ana
        """,
    },
    "past": {"campaigns": PAST, "outcomes": OUTCOME},
    "related_past": {"campaigns": PAST, "outcomes": OUTCOME},
    "platform_past": {
        "creators": """
            creator_id | platform
            ana        | tok
        """,
        "campaigns": PAST,
        "outcomes": OUTCOME,
    },
    "audience": {
        "audience": """
            creator_id | observed_at | followers
            ana        | 2024-03-01  | 10
        """
    },
    "credentials": {
        "credentials": """
            creator_id | kind | granted_at
            ana        | book | 2024-03-01
        """
    },
    "profile": {
        "creators": """
            creator_id | joined_at
            ana        | 2024-03-01
        """,
        "campaigns": BRIEF,
    },
}


def test_every_stream_has_an_event_here() -> None:
    assert ONE_EVENT.keys() == STREAMS.keys()


@pytest.mark.parametrize("stream", ONE_EVENT)
def test_an_event_is_known_strictly_after_its_moment(stream: str) -> None:
    expect(
        """
        creator_id | as_of                      | events
        ana        | 2024-03-01                 |
        ana        | 2024-03-01 00:00:00.000001 | 1
        bea        | 2024-03-01 00:00:00.000001 |
        """,
        asks={"events": lambda history: getattr(history, stream).count()},
        space=DRINKS,
        **ONE_EVENT[stream],
    )


def test_streams_whose_tables_are_absent_are_unknown_not_zero() -> None:
    measures = ("count", "distinct", "days_since_last", "days_since_first")
    windows = [Window(stream, measure) for stream in STREAMS for measure in measures]
    found = columns_of(prepare_market({}), as_rows("as_of\n 2024-04-01"), windows)
    assert found.isna().all(axis=None)


def test_a_date_that_is_missing_counts_as_known() -> None:
    expect(
        """
        as_of      | credentials | profiles
        1995-01-01 | 1           | 1
        """,
        asks={"profiles": lambda h: h.profile.count()},
        creators="creator_id\n ana",
        credentials="creator_id | kind\n ana | book",
        campaigns=BRIEF,
    )


def test_interactions_are_told_apart_by_kind() -> None:
    # One act of each kind by ana, one towards her, and one towards herself, which counts nowhere.
    acts = "\n".join(
        f"{kind}{i} | 2024-03-01 | {kind} | {who}"
        for kind in ("comment", "reply", "mention", "reshare", "like", "wave")
        for i, who in enumerate(("ana | fan", "fan | ana", "ana | ana"))
    )
    expect(
        """
        as_of      | received | comment | reply | mention | reshare | like | acts | talk | passed_on
        2024-04-01 | 5        | 1       | 1     | 1       | 1       | 1    | 5    | 2    | 1
        """,
        asks={
            "received": lambda h: h.received.count(),
            "comment": lambda h: h.received.where("comment").count(),
            "reply": lambda h: h.received.where("reply").count(),
            "mention": lambda h: h.received.where("mention").count(),
            "reshare": lambda h: h.received.where("reshare").count(),
            "like": lambda h: h.received.where("like").count(),
            "acts": lambda h: h.acts.count(),
            "talk": lambda h: h.acts.where("talk").count(),
            "passed_on": lambda h: h.acts.where("reshare").count(),
        },
        interactions=f"interaction_id | occurred_at | kind | actor_id | target_id\n{acts}",
    )


def test_counts_of_conversation_are_zero_where_the_creator_is_in_some_interaction_before() -> None:
    # Bea acts on 1 March and receives nothing: on 2 March that is zero received, the day before
    # unknown.
    expect(
        """
        creator_id | as_of      | received | comments | acts | commenters | share | last
        bea        | 2024-03-02 | 0        | 0        | 1    | 0          |       |
        bea        | 2024-03-01 |          |          |      |            |       |
        fan        | 2024-03-02 | 1        | 0        | 0    | 0          |       |
        ana        | 2024-03-02 |          |          |      |            |       |
        """,
        asks={
            "received": lambda h: h.received.count(),
            "comments": lambda h: h.comments.count(days=90),
            "acts": lambda h: h.acts.count(),
            "commenters": lambda h: h.comments.distinct("actor"),
            "share": lambda h: h.comments.share("answered"),
            "last": lambda h: h.comments.days_since_last(),
        },
        interactions="""
            interaction_id | occurred_at | kind | actor_id | target_id
            1              | 2024-03-01  | like | bea      | fan
        """,
    )


def test_talk_is_outward_unless_it_is_with_those_who_turned_to_the_creator() -> None:
    # Outward: 1 under another's post, 2 under a post of her own before it was published, 3 naming a
    # comment that was not made to her, 4 before the fan turned to her there. Not outward: 5 under
    # her own post, 6 naming a mention of her, 7 to a fan who had spoken to her under that post; nor
    # are 8, 9 and 10, which are the same at the very moment.
    expect(
        """
        as_of      | talk | outward
        2024-04-01 | 10   | 4
        """,
        asks={
            "talk": lambda h: h.acts.where("talk").count(),
            "outward": lambda h: h.acts.where("talk").where("outward").count(),
        },
        posts="""
            post_id | creator_id | published_at
            p1      | ana        | 2024-03-05
            q1      | bea        | 2024-03-01
        """,
        interactions="""
            interaction_id | occurred_at | kind    | actor_id | target_id | post_id | parent_id
            1              | 2024-03-06  | comment | ana      | bea       | q1      |
            2              | 2024-03-04  | comment | ana      | fan       | p1      |
            m              | 2024-03-06  | comment | fan      | bea       | q1      |
            3              | 2024-03-07  | reply   | ana      | fan       | q1      | m
            4              | 2024-03-08  | reply   | ana      | kid       | q1      |
            5              | 2024-03-08  | reply   | ana      | fan       | p1      |
            n              | 2024-03-08  | mention | fan      | ana       |         |
            6              | 2024-03-09  | reply   | ana      | fan       |         | n
            o              | 2024-03-09  | comment | kid      | ana       | q1      |
            7              | 2024-03-10  | reply   | ana      | kid       | q1      |
            8              | 2024-03-05  | comment | ana      | fan       | p1      |
            9              | 2024-03-08  | reply   | ana      | fan       |         | n
            s              | 2024-03-11  | comment | mum      | ana       | q1      |
            10             | 2024-03-11  | reply   | ana      | mum       | q1      |
        """,
    )


def test_a_post_has_its_latest_reading_strictly_before_the_moment() -> None:
    expect(
        """
        as_of      | views     | read
        2024-03-02 |           | 0
        2024-03-03 | log(10)   | 1
        2024-03-04 | log(10)   | 1
        2024-03-05 | log(1000) | 1
        2024-03-09 |           | 0
        """,
        asks={
            "views": lambda h: h.posts.median("log_views"),
            "read": lambda h: h.posts.where("read").count(),
        },
        posts=POST,
        post_metrics="""
            post_id | observed_at | views | likes
            1       | 2024-03-02  | 9     |
            1       | 2024-03-04  | 999   |
            1       | 2024-03-08  |       | 5
            x       | 2024-03-03  | 7     |
        """,
    )


def test_a_reading_without_a_counter_leaves_only_that_counter_unknown() -> None:
    expect(
        """
        as_of      | response | log_views | comments_per_like
        2024-04-01 |          | log(10)   | log(3.5/5)
        """,
        posts=POST,
        post_metrics="""
            post_id | observed_at | views | likes | comments | shares
            1       | 2024-03-02  | 9     | 4     | 3        |
        """,
    )


# Looked at on 4 March: the post of the moment itself never counts.
@pytest.mark.parametrize(
    ("days", "ago", "count"),
    [
        (None, 0, 3),
        (1, 0, 1),
        (2, 0, 2),
        (3, 0, 3),
        (0.5, 0, 0),
        (None, 1, 2),
        (1, 1, 1),
        (2, 1, 2),
        (1, 0.5, 1),
    ],
)
def test_a_window_holds_its_first_moment_and_not_its_last(
    days: float | None, ago: float, count: int
) -> None:
    expect(
        f"as_of | posts\n 2024-03-04 | {count}",
        asks={"posts": lambda h: h.posts.count(days=days, ago=ago)},
        posts="""
            post_id | creator_id | published_at
            1       | ana        | 2024-03-01
            2       | ana        | 2024-03-02
            3       | ana        | 2024-03-03
            4       | ana        | 2024-03-04
        """,
    )


# Values 10, 2, 4 (days between posts) and one post without a value.
GAPS = """
    post_id | creator_id | published_at | kind    | text
    1       | ana        | 2024-03-01   |         | one
    2       | ana        | 2024-03-11   | reshare | two!
    3       | ana        | 2024-03-13   | reshare |
    4       | ana        | 2024-03-17   |         | TWO!
"""


def test_measures_are_what_their_names_say() -> None:
    # On 19 March. Texts lower-cased: one, two!, two!. Quartiles of 2, 4, 10 are 3 and 7. Weighted
    # by exclamation marks 0 (one), 1 (two!), 1 (TWO!): (10 + 4) / 2.
    expect(
        """
        as_of      | count | distinct | share | mean | total | median | spread | largest | weighted
        2024-03-19 | 4     | 2        | 1/2   | 16/3 | 16    | 4      | 4      | 10      | 7
        """,
        asks={
            "count": lambda h: h.posts.count(),
            "distinct": lambda h: h.posts.distinct("text"),
            "share": lambda h: h.posts.share("original"),
            "mean": lambda h: h.posts.mean("gap_days"),
            "total": lambda h: h.posts.total("gap_days"),
            "median": lambda h: h.posts.median("gap_days"),
            "spread": lambda h: h.posts.spread("gap_days"),
            "largest": lambda h: h.posts.maximum("gap_days"),
            "weighted": lambda h: h.posts.weighted_mean("gap_days", "exclamations"),
        },
        posts=GAPS,
    )
    expect(
        """
        as_of      | latest | latest_before | since_last | since_first | originals | both_flags
        2024-03-19 | 4      | 2             | 2          | 18          | 4         | 1
        """,
        asks={
            "latest": lambda h: h.posts.latest("gap_days"),
            "latest_before": lambda h: h.posts.latest("gap_days", ago=4),
            "since_last": lambda h: h.posts.days_since_last(),
            "since_first": lambda h: h.posts.days_since_first(),
            "originals": lambda h: h.posts.where("original").mean("gap_days"),
            "both_flags": lambda h: h.posts.where("original").where("worded").count(days=10),
        },
        posts=GAPS,
    )


def test_nothing_of_nothing_is_null_and_never_infinite() -> None:
    # Nobody exclaims in a reshare without words, and nothing lies in the last day.
    expect(
        """
        as_of      | ratio | mean | weighted | log
        2024-03-19 |       |      |          |
        """,
        asks={
            "ratio": lambda h: h.posts.count() / h.posts.count(days=1),
            "mean": lambda h: h.posts.mean("gap_days", days=1),
            "weighted": lambda h: h.posts.weighted_mean("gap_days", "hashtags"),
            "log": lambda h: np.ma.log(h.posts.count(days=1)),
        },
        posts=GAPS,
    )


def test_a_measure_that_does_not_exist_is_refused() -> None:
    with pytest.raises(ValueError, match="no measure is called average"):
        queries(STREAMS["posts"], [Window("posts", "average")])


topical = partial(expect, space=topics("tea coffee", "run"), tolerance=1e-6)


@pytest.mark.parametrize("stream", ["topical_posts", "topical_mentions"])
def test_texts_are_compared_with_the_brief_of_the_row_and_only_in_its_language(stream: str) -> None:
    topical(
        """
        creator_id | campaign_id | as_of      | texts | on_topic | similarity
        ana        | tea         | 2024-04-01 | 2     | 1/2      | 1/2
        ana        | run         | 2024-04-01 | 2     | 1/2      | 1/2
        ana        | thé         | 2024-04-01 |       |          |
        ana        | nix         | 2024-04-01 |       |          |
        bea        | thé         | 2024-04-01 | 1     | 1        | 1
        """,
        asks={
            "texts": lambda h: getattr(h, stream).count(),
            "on_topic": lambda h: getattr(h, stream).share("on_topic"),
            "similarity": lambda h: getattr(h, stream).mean("similarity"),
        },
        creators="""
            creator_id | language
            ana        | EN-us
            bea        |
        """,
        campaigns="""
            campaign_id | brief | starts_at  | language
            tea         | tea   | 2024-04-01 | en
            run         | run   | 2024-04-01 |
            thé         | tea   | 2024-04-01 | fr
            nix         | ...   | 2024-04-01 | en
        """,
        posts="""
            post_id | creator_id | published_at | text
            1       | ana        | 2024-03-01   | coffee
            2       | ana        | 2024-03-02   | run, run
            3       | ana        | 2024-03-03   | 🏃
            4       | bea        | 2024-03-03   | Coffee?
        """,
        interactions="""
            interaction_id | occurred_at | kind    | actor_id | target_id | text
            1              | 2024-03-01  | mention | fan      | ana       | coffee
            2              | 2024-03-02  | mention | fan      | ana       | run, run
            3              | 2024-03-03  | mention | fan      | ana       | 🏃
            4              | 2024-03-03  | mention | fan      | bea       | Coffee?
        """,
    )
