"""Those who leave critics unanswered and complain to nobody in particular instead.

The creator's next unpaid post within days of a critic that it never answers becomes a vague
complaint, the likelier the less it converses.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from training.world.acts import COMMENT, CRITIC, Acts
from training.world.draws import chance, stream
from training.world.language import ELSEWHERE_TOPIC, lines_of
from training.world.phrases import SYMPATHY
from training.world.population import Population
from training.world.posts import Posts

WITHIN_DAYS = 4


def with_sympathy(
    population: Population, posts: Posts, received: Acts, answered: Acts, seed: int
) -> Posts:
    """The posts, some of which have become complaints.

    Parameters
    ----------
    received, answered : Acts
        Comments, and the answers to them, whose `parent` counts among `received`.
    """
    rng = stream(seed, "sympathy")
    ignored = (received.kind == COMMENT) & (received.tone == CRITIC)
    ignored[answered.parent] = False
    critic = np.flatnonzero(ignored)
    creator, second = received.creator[critic], received.second[critic]
    post = posts.following(creator, second, days=WITHIN_DAYS)
    follows = (post >= 0) & ~posts.sponsored[post]
    sulks = rng.uniform(size=len(critic)) < chance(-0.6 - 1.2 * population.conversation[creator])
    post = np.unique(post[follows & sulks])
    text, topic, kind = posts.text.copy(), posts.topic.copy(), posts.kind.copy()
    links, domains, is_sympathy = posts.links.copy(), posts.domains.copy(), posts.is_sympathy.copy()
    topic[post], kind[post], links[post], domains[post] = ELSEWHERE_TOPIC, 0, 0, None
    text[post] = lines_of(SYMPATHY).draw(rng, population.language[posts.creator[post]], topic[post])
    is_sympathy[post] = True
    return replace(
        posts,
        text=text,
        topic=topic,
        kind=kind,
        links=links,
        domains=domains,
        is_varied=posts.is_varied & ~is_sympathy,
        is_sympathy=is_sympathy,
    )
