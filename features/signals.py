"""What influence is made of, signal by signal: the checklist that the catalogue is held against.

A feature names the signals that it measures by their codes: E engagement, R relevance to the
campaign, P reputation, M momentum. A signal that no table of the contract can carry is listed with
the reason, so that its absence is a decision and not an oversight.
"""

from __future__ import annotations

from collections.abc import Mapping

SIGNALS: Mapping[str, str] = {
    "E1": "answers comments on its own posts: what share, how many people, how soon",
    "E2": "answers the questions it is asked",
    "E3": "answers its critics, on the spot and in a civil tone",
    "E4": "has critics at all",
    "E5": "goes quiet on critics and posts for sympathy instead",
    "E6": "converses rather than broadcasts: replies, threads, exchanges both ways",
    "E7": "people talk under its posts; a like is worth a little less",
    "E8": "response in proportion to its audience",
    "E9": "share of its audience that ever acts",
    "E10": "turns to its audience one by one",
    "E11": "comments on other people's posts",
    "E12": "asks its audience questions, and gets answers",
    "E13": "calls its audience to act, with a link or a code",
    "E14": "keeps up exchanges both ways with the same people over time",
    "E15": "answers what was said rather than with a template",
    "E16": "takes part in its community",
    "E17": "has a core of people who come back",
    "E18": "is still passed on days after it posted",
    "E19": "is passed on by many different people rather than by one fan",
    "E20": "people do not react at all",
    "E21": "response by mutual promise: returned within hours, in closed rings",
    "E22": "support returned by people that it supports",
    "E23": "sheer volume of activity",
    "R1": "takes part in conversations on the campaign's topic",
    "R2": "how often it speaks on the topic",
    "R3": "how lately it spoke on the topic",
    "R4": "is mentioned by others on the topic",
    "R5": "keeps to its speciality",
    "R6": "speaks on several topics, and says what others do not",
    "R7": "influences some people and not others: the fit of this creator with this market",
    "R8": "its audience is the audience that the campaign wants",
    "R9": "sheer size, which says nothing for a product",
    "R10": "the platform suits the topic",
    "R11": "speaks of what its readers gain",
    "R12": "its network is about the topic too",
    "R13": "the audience is easily moved, the product needs little thought",
    "P1": "credentials that back the topic: degree, book, blog, job",
    "P2": "what others say of it, and how far they agree",
    "P3": "cites leaders of its field",
    "P4": "shares what its competitors publish",
    "P5": "passes on outside content, up to a point",
    "P6": "does nothing but link elsewhere",
    "P7": "speaks only of itself",
    "P8": "shouts: exclamation marks, capitals",
    "P9": "never links to or shares anything of substance",
    "P10": "follows nobody",
    "P11": "is followed by more accounts than it follows",
    "P12": "bought its audience, its articles or its place on lists",
    "P13": "is a fake, an impersonation or a spam account",
    "P14": "repeats itself: near-duplicates, few different words",
    "P15": "hides who it is",
    "P16": "shows a real person with a whole life",
    "P17": "has a voice of its own and keeps to it",
    "P18": "publishes what is useful, interesting or entertaining",
    "P19": "makes its own content rather than curating",
    "P20": "is humane and credible",
    "P21": "is answered by people of influence",
    "P22": "has relationships off-line, has been met in person",
    "P23": "has accomplished something, whatever its score",
    "P24": "is followed because it is famous",
    "P25": "has put in time and effort",
    "P26": "is named when people are asked who influences them",
    "M1": "has stopped: the account is abandoned, the topic dropped",
    "M2": "pauses within its own habits: a holiday is not abandonment",
    "M3": "stands where it stands now: influence changes and does not pile up",
    "M4": "keeps growing",
    "M5": "shifts suddenly once a leader mentions it",
    "M6": "keeps a regular cadence",
    "M7": "response grows first and numbers follow; numbers without response are empty",
    "M8": "has a small audience at least",
}
"""Code -> what it is, in words."""

UNCARRIED: Mapping[str, str] = {
    "P22": "no table holds what happens off-line",
}
"""Code -> why no table of the contract can carry the signal: it has no feature."""

UNCARRIED_PARTS: Mapping[str, str] = {
    "E5": "deleted comments and blocked accounts leave no row",
    "R13": "beyond talk of the topic no table says how open an audience is to persuasion; how much"
    " thought a product takes is in the level of its campaign",
    "P2": "search results are not in the tables",
    "P4": "no table says who competes with whom: sources that peers link to stand for it",
    "P12": "paid articles and paid places on lists leave no row",
    "P13": "who is impersonated is known nowhere",
    "P15": "accounts of one person on several platforms are not linked",
    "P26": "no table holds answers to such a question: recommendations stand for them",
}
"""Code -> the part of a signal that no table can carry, beside what a feature measures of it."""
