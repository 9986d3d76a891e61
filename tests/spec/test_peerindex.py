"""PeerIndex by hand: authority in topics, not moved by bursts."""

from __future__ import annotations

from datetime import timedelta

import numpy as np
import pandas as pd
import pytest

from features.edges import texts_on_topic
from models.baselines.peerindex import authority, pagerank, peerindex
from models.baselines.scene import Scene
from tests.market import topics
from tests.spec.scenes import AS_OF, acts, crowd, network, scene


def edges(*lines: tuple[int, int, int, int]) -> pd.DataFrame:
    """(actor, its position or -1, creator, days), in topic 0."""
    table = pd.DataFrame(lines, columns=["actor", "own", "creator", "days"])
    return table.assign(topic=0).sort_values(["actor", "creator"])


def test_pagerank_of_two_fans_and_two_creators() -> None:
    # Fans 8 and 9 get what returns, x, and give: 8 half to creator 0 and half to 1, 9 all to 1. Creators give all
    # back. x = .15 + .85 (c0 + c1) / 4, c0 = x + .425 x, c1 = x + 1.275 x; so x = .15 / (1 - .85 * 3.7 / 4).
    x = 0.15 / (1 - 0.85 * 3.7 / 4)
    found = pagerank(edges((8, -1, 0, 2), (8, -1, 1, 2), (9, -1, 1, 1)))
    assert found.index.get_level_values("creator").tolist() == [0, 1]
    assert found.tolist() == pytest.approx([1.425 * x, 2.275 * x], abs=2e-6)


def test_authority_comes_from_those_with_authority() -> None:
    # One reaction each, to 1 by creator 0, to whom three fans react, and to 2 by creator 3, to whom nobody does.
    fans = [(number, -1, 0, 1) for number in (7, 8, 9)]
    found = pagerank(edges(*fans, (0, 0, 1, 1), (3, 3, 2, 1))).droplevel("topic")
    assert found[1] > found[2]


def test_a_burst_of_one_day_moves_nothing() -> None:
    calm = [*crowd(4, "2024-05-09", "comment", "ana"), *crowd(5, "2024-05-09", "comment", "bob")]
    burst = [(f"2024-05-09 13:{n:02}", "reshare", f"fan{n % 4}", "ana") for n in range(60)]
    expected, found = (scene(interactions=acts(*lines)) for lines in (calm, [*calm, *burst]))
    assert peerindex(found).tolist() == peerindex(expected).tolist()
    every_day = [(f"2024-05-{n:02} 13:00", "reshare", f"fan{n % 4}", "ana") for n in range(10, 30)]
    moved = peerindex(scene(interactions=acts(*calm, *every_day)))
    assert moved[0] > peerindex(expected)[0]


def test_components_are_weighed_and_without_reactions_activity_is_all() -> None:
    posts = "post_id | creator_id | published_at\np | ana | 2024-05-01\nq | ana | 2024-05-02\nr | bob | 2024-05-01"
    # Of posts alone: Ana, Bob, Cat.
    quiet = peerindex(scene(posts=posts))
    assert quiet.tolist() == pytest.approx([100, 200 / 3, 100 / 3])
    # Two fans of Bob: authority 100 of his own among three active; Ana, who wrote but was not reacted to, has none;
    # audience Bob 3rd of 3, the others share 1.5 of 3.
    talk = peerindex(scene(posts=posts, interactions=acts(*crowd(2, "2024-05-09", "like", "bob"))))
    assert talk.tolist() == pytest.approx(
        [
            0.6 * 0 + 0.25 * 50 + 0.15 * 100,
            0.6 * 100 + 0.25 * 100 + 0.15 * 200 / 3,
            0.6 * 0 + 0.25 * 50 + 0.15 * 100 / 3,
        ]
    )


TEA, SHOES = "green tea", "running shoes"
SPACE = topics(TEA, SHOES)
CAMPAIGNS = f"campaign_id | brief | starts_at\ntea | {TEA} | 2024-06-01\nodd | unheard | 2024-06-01"
POSTS = f"""
    post_id | creator_id | published_at | text
    p       | ana        | 2024-05-01   | {TEA}
    q       | bob        | 2024-05-01   | {SHOES}
    r       | cat        | 2024-05-01   | {TEA}
"""
TALK = """
    interaction_id | occurred_at | kind    | actor_id | target_id | post_id | text
    i1             | 2024-05-02  | comment | f1       | ana       | p       |
    i2             | 2024-05-02  | comment | f1       | bob       | q       |
    i3             | 2024-05-02  | comment | f2       | bob       | q       |
    i4             | 2024-05-03  | mention | f3       | cat       |         | green
    i5             | 2024-05-03  | mention | f4       | cat       |         | tea
"""


def test_authority_on_a_brief_is_of_what_is_on_its_topic() -> None:
    connection = network(SPACE, campaigns=CAMPAIGNS, posts=POSTS, interactions=TALK)
    found = authority(Scene.at(connection, AS_OF, 120), texts_on_topic(connection, "tea"))
    # Cat was spoken of on tea by two, Ana by one, Bob, of shoes, by nobody.
    assert found.tolist() == pytest.approx([50, 0, 100])


def test_authority_on_a_brief_without_known_words_is_unknown() -> None:
    connection = network(SPACE, campaigns=CAMPAIGNS, posts=POSTS, interactions=TALK)
    assert texts_on_topic(connection, "odd") is None
    assert np.isnan(authority(Scene.at(connection, AS_OF, 120), None)).all()


def test_the_topic_of_a_post_that_is_published_later_is_not_known() -> None:
    late = POSTS.replace("ana        | 2024-05-01", "ana        | 2024-06-01")
    connection = network(SPACE, campaigns=CAMPAIGNS, posts=late, interactions=TALK)
    before, after = (Scene.at(connection, AS_OF + timedelta(days=d), 120) for d in (0, 1))
    texts = texts_on_topic(connection, "tea")
    assert len(before.about(texts).reactions) == 2
    assert len(after.about(texts).reactions) == 3
