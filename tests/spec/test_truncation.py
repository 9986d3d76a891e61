"""What "truncated at T" leaves, which texts are known then, and what the newest moment is."""

from __future__ import annotations

from datetime import datetime

from features.asof import forget_after, known_texts, newest_moment
from tests.market import connect

MOMENT = datetime(2024, 3, 1)

TABLES = {
    "creators": """
        creator_id | joined_at
        ana        | 2024-04-01
    """,
    "credentials": """
        creator_id | kind | title  | granted_at
        ana        | book | before | 2024-02-29
        ana        | book | at     | 2024-03-01
        ana        | book | never  |
    """,
    "posts": """
        post_id | creator_id | published_at               | text
        at      | ana        | 2024-03-01                 | three
        before  | ana        | 2024-02-29 23:59:59.999999 | two
        earlier | ana        | 2024-02-28                 | one
        wordless | ana       | 2024-02-28                 |
    """,
    "post_metrics": """
        post_id | observed_at | views
        before  | 2024-02-29  | 1
        before  | 2024-03-01  | 2
    """,
    "interactions": """
        interaction_id | occurred_at | kind | actor_id | target_id
        at             | 2024-03-01  | like | fan      | ana
        before         | 2024-02-29  | like | fan      | ana
    """,
    "audience": """
        creator_id | observed_at | followers
        ana        | 2024-02-29  | 1
        ana        | 2024-03-01  | 2
    """,
    "campaigns": """
        campaign_id | brief | starts_at  | ends_at    | decided_at | attribution_days
        ripe        | tea   | 2024-01-01 | 2024-01-31 |            | 30
        green       | run   | 2024-01-01 | 2024-01-31 |            | 30.5
        ahead       | sea   | 2024-05-01 |            | 2024-02-29 | 30
        decided     | war   | 2024-05-01 |            | 2024-03-01 | 30
        starting    | oil   | 2024-03-01 |            |            | 30
        backdated   | fog   | 2024-01-01 |            | 2024-03-01 | 0
    """,
    "outcomes": """
        campaign_id | creator_id | exposed | conversions | measured_at
        ripe        | ana        | 9       | 1           |
        ripe        | ana        | 9       | 2           | 2024-02-29
        ripe        | ana        | 9       | 3           | 2024-03-01
        green       | ana        | 9       | 4           |
        backdated   | ana        | 9       | 5           |
    """,
    "candidates": """
        campaign_id | creator_id | picked | considered_at
        ripe        | ana        | true   | 2024-02-29
        ahead       | ana        | true   |
        ripe        | bea        | true   | 2024-03-01
        decided     | ana        | true   |
    """,
    "offers": """
        campaign_id | creator_id | fee
        ahead       | ana        | 1
        decided     | ana        | 1
    """,
}


def test_forgetting_leaves_what_was_known_strictly_before() -> None:
    # ripe matures as March begins (31 January and 30 days, in a leap year), green half a day later.
    connection = connect(TABLES)
    forget_after(connection, MOMENT)

    def left(table: str, column: str) -> list[object]:
        found = connection.sql(f"SELECT {column} FROM {table} ORDER BY {column}").fetchall()
        return [value for (value,) in found]

    assert left("creators", "creator_id") == ["ana"]
    assert left("credentials", "title") == ["before", "never"]
    assert left("posts", "post_id") == ["before", "earlier", "wordless"]
    assert left("post_metrics", "views") == [1]
    assert left("interactions", "interaction_id") == ["before"]
    assert left("audience", "followers") == [1]
    assert left("campaigns", "campaign_id") == ["ahead", "green", "ripe"]
    assert left("outcomes", "conversions") == [1, 2]
    assert left("candidates", "campaign_id") == ["ahead", "ripe"]
    assert left("offers", "campaign_id") == ["ahead"]


def test_known_texts_are_posts_and_briefs_of_before_in_an_order_of_their_own() -> None:
    # Briefs of ahead, green, ripe; posts of before, earlier.
    assert known_texts(connect(TABLES), MOMENT) == ["sea", "run", "tea", "two", "one"]
    assert known_texts(connect({}), MOMENT) == []


def test_the_newest_moment_is_of_an_event_or_reading_not_of_a_campaign_ahead() -> None:
    assert newest_moment(connect(TABLES)) == MOMENT
    later = TABLES | {"outcomes": TABLES["outcomes"].replace("2024-03-01", "2024-03-02")}
    assert newest_moment(connect(later)) == datetime(2024, 3, 2)
    assert newest_moment(connect({"campaigns": TABLES["campaigns"]})) is None
