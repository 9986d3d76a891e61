"""What pages say in a language: their sentences, and numbers and names in its words."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib import resources
from typing import Any, Self

import numpy as np

from features.feature import Feature
from features.names import Language
from models.predictor import ExposedUnit
from models.words import format_number, format_value


@cache
def sentences(
    page: str, language: Language, exposed_unit: ExposedUnit = "people"
) -> dict[str, Any]:
    """What a page says in a language, with what all pages say.

    Parameters
    ----------
    exposed_unit : str
        What the model's `exposed` counts: sentences about people reached may be about impressions.

    Returns
    -------
    dict
        Name -> sentence; `warnings_told` holds what the scoring job's warnings are called.
    """
    folder = resources.files("serving") / "templates"
    files = (folder / f"{name}.{language}.toml" for name in ("common", page))
    common, own = (tomllib.loads(file.read_text(encoding="utf-8")) for file in files)
    words = common | own
    counted = words.pop("counted_in")[exposed_unit]
    for name, text in words.items():
        if isinstance(text, str):
            for place, noun in counted.items():
                text = text.replace(f"{{{place}}}", noun)
            words[name] = text
    return words


@dataclass(frozen=True)
class Said:
    """Numbers and names in the words of a language."""

    words: Mapping[str, Any]
    language: Language
    features: Mapping[str, Feature]

    @classmethod
    def of(cls, words: Mapping[str, Any], language: Language, features: Sequence[Feature]) -> Self:
        """As a page with these words says it."""
        return cls(words, language, {feature.name: feature for feature in features})

    def per_thousand(self, rate: float) -> str:
        """A rate (conversions a person) as conversions of 1,000 people."""
        return format_number(1000 * rate, 2 if rate < 0.01 else 1, self.language)

    def odds(self, log_odds: float) -> str:
        """Log-odds as a factor of the odds."""
        return f"×{format_number(float(np.exp(log_odds)), 2, self.language)}"

    def value(self, feature: str, value: float | None) -> str:
        """A feature's value with its unit; None is unknown."""
        if value is None:
            return str(self.words["unknown"])
        return format_value(self.features[feature], value, self.language)

    def topic(self, feature: str) -> str:
        """What a measure is about."""
        return self.features[feature].words(self.language)[2]

    def count(self, value: float) -> str:
        """An expected number of people or conversions."""
        return format_number(
            value, 1 if 0 < value < 10 and value != int(value) else 0, self.language
        )

    def warning(self, text: str) -> str:
        """A warning of the scoring job; what stands in its brackets stays, but for measures."""
        said, bracket, rest = text.partition(" (")
        if rest.endswith(" features)"):
            rest = self.words["measures"].format(number=rest.removesuffix(" features)")) + ")"
        return f"{self.words['warnings_told'].get(said, said)}{bracket}{rest}"
