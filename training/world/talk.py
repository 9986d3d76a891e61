"""All that is said and done in the market, and what it does to posts."""

from __future__ import annotations

from dataclasses import replace

from training.world.acts import Acts, in_order, joined
from training.world.attention import mentioned, reshared, shocked
from training.world.conversation import again, among_commenters, answers, come_back, fans, likes
from training.world.draws import Ints
from training.world.peers import cited_leaders, honest_return, outbound
from training.world.population import Population
from training.world.posts import Posts
from training.world.rings import by_promise, counted
from training.world.shocks import Shocks
from training.world.sympathy import with_sympathy


def draw_talk(
    population: Population, shocks: Shocks, ring: Ints, posts: Posts, seed: int
) -> tuple[Acts, Posts, Acts]:
    """Draw who acts towards whom.

    Returns
    -------
    spoken : Acts
        In the order of time.
    posts : Posts
        With the counters that rings raised, and complaints after critics in place of other posts.
    met : Acts
        Those of `spoken` of whom it was drawn anew who of the audience acts (`people`).
    """
    promised = by_promise(population, ring, posts, seed)
    commented = fans(population, shocks, posts, seed)
    out = outbound(population, posts, seed)
    received = joined(
        commented,
        out,
        honest_return(population, posts, out, seed),
        promised,
    )
    answered = answers(population, received, seed)
    more = again(population, answered, seed)
    liked = likes(population, posts, seed)
    said_of = mentioned(population, seed)
    passed_on = reshared(population, posts, seed)
    after_words = shocked(population, shocks, posts, seed)
    spoken = joined(
        received,
        answered,
        replace(more, parent=more.parent + len(received)),
        among_commenters(population, received, seed),
        come_back(population, posts, answered.where(answered.parent < len(commented)), seed),
        liked,
        said_of,
        passed_on,
        after_words,
        cited_leaders(population, posts, seed),
    )
    sulking = with_sympathy(population, posts, received, answered, seed)
    met = joined(commented, liked, said_of, passed_on, after_words)
    return in_order(spoken), counted(sulking, promised), met
