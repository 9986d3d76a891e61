"""The languages of what is told to people, and the names of qualities and facets in them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal, get_args

Language = Literal["en", "fr"]
LANGUAGES: tuple[Language, ...] = get_args(Language)

QUALITIES_FR: Mapping[str, str] = {
    "engagement": "engagement",
    "relevance": "pertinence",
    "reputation": "réputation",
    "momentum": "dynamique",
    "popularity": "popularité",
}

FACETS_FR: Mapping[str, str] = {
    "attention": "attention",
    "audience": "audience",
    "audience growth": "croissance de l’audience",
    "benefit": "utilité",
    "community": "communauté",
    "content": "contenus",
    "conversation": "conversation",
    "credentials": "références",
    "criticism": "critiques",
    "focus": "constance",
    "identity": "identité",
    "invitation": "incitation",
    "listening": "écoute",
    "manner": "style",
    "market": "marché",
    "mentions": "mentions",
    "past": "passé",
    "peers": "pairs",
    "presence": "présence",
    "profile": "profil",
    "reach": "portée",
    "reciprocity": "réciprocité",
    "response": "réactions",
    "selling": "promotion",
    "shock": "pics d’attention",
    "survival": "durée de vie",
    "topic": "sujet",
    "topical response": "réactions sur le sujet",
    "track record": "résultats passés",
    "views": "vues",
    "what others say": "avis des autres",
}


def quality_name(quality: str, language: Language = "en") -> str:
    """A quality as a person reads it."""
    return QUALITIES_FR[quality] if language == "fr" else quality


def facet_name(facet: str, language: Language = "en") -> str:
    """A facet as a person reads it."""
    return FACETS_FR[facet] if language == "fr" else facet
