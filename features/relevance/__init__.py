"""Relevance: does this creator speak of what the campaign is about, and do people respond then.

Similarity is the cosine of text vectors; from .35 a text is on the brief's topic. A text in another
language than the brief's is not comparable with it: the language in which it is written, where that
shows, else the one its creator declares; the brief's is declared with the campaign, else detected.
"""
