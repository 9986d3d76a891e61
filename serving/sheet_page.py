"""The sheet of one creator as one self-contained page, in the language asked for."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from markupsafe import Markup

from features.feature import Feature
from features.names import Language, facet_name, quality_name
from models.words import format_number, read_reason
from serving.drawings import Step, waterfall
from serving.pages import render
from serving.said import Said, sentences

Content = Mapping[str, Any]

PARTS = 3
"""Facets of a quality that the picture shows one by one."""


def sheet_page(
    content: Content,
    features: Sequence[Feature],
    *,
    language: Language = "en",
    contact: str | None = None,
) -> str:
    """The page, as text of UTF-8, of what `sheet.describe` gives.

    Every name from the data is escaped; the page needs no other file, no script and no network.

    Parameters
    ----------
    contact : str, optional
        To whom a creator who contests it writes.
    """
    words = sentences("sheet", language, content["exposed_unit"])
    said = _Sheet.of(words, language, features)
    predicted, usual = content["prediction"], content["usual_rate"]
    number = said.per_thousand
    lines = {
        "about": words["about"].format(
            as_of=content["as_of"],
            model=content["model_version"],
            trained=content["trained_until"],
        ),
        "tiles": said.tiles(content),
        "comparison": words["comparison"].format(
            rate=number(predicted["rate"]),
            usual=number(usual),
            factor=format_number(predicted["rate"] / usual, 2, language),
        ),
        "counted": words["incremental" if content["incremental"] else "attributed"],
        "known": words["known_share"].format(
            known=sum(line["known"] for line in content["qualities"]),
            all=sum(line["all"] for line in content["qualities"]),
        ),
        "method": words["method_told"].format(features=len(content["features"])),
    }
    contest = ["contest_data", "contest_unfair", "contest_person"]
    told = [words[name].format(as_of=content["as_of"]) for name in contest]
    if contact is not None:
        told.append(words["contest_to"].format(contact=contact))
    return render(
        "sheet.html",
        language=language,
        words=words,
        heading=words["heading"].format(
            creator=content["creator_id"], campaign=content["campaign_id"]
        ),
        warnings=[said.warning(text) for text in content["warnings"]],
        sides=said.sides(content["reasons"]),
        picture=Markup(said.picture(content)),
        qualities=said.qualities(content["qualities"]),
        changes=said.changes(content),
        unknown=said.unknown(content["facets"]),
        measures=said.measures(content["features"]),
        contest=told,
        **lines,
    )


class _Sheet(Said):
    """What a sheet says of its content."""

    def tiles(self, content: Content) -> list[dict[str, str]]:
        """Conversions, reach and rate, each with its range."""
        predicted, posts = content["prediction"], content["posts"]
        package = self.words["package_of_one"]
        if posts != 1:
            package = self.words["package"].format(posts=f"{posts:g}")
        told = []
        for name, title in (
            ("conversions", f"{self.words['conversions']}, {package}"),
            ("exposed", f"{self.words['exposed']}, {package}"),
            ("rate", self.words["rate"]),
        ):
            number = self.per_thousand if name == "rate" else self.count
            told.append(
                {
                    "name": title,
                    "number": number(predicted[name]),
                    "range": self.words["range"].format(
                        low=number(predicted[f"{name}_low"]), high=number(predicted[f"{name}_high"])
                    ),
                }
            )
        return told

    def sides(self, reasons: Sequence[str]) -> list[dict[str, Any]]:
        """Reasons for and against, each without its side."""
        found: dict[str, list[str]] = {"for": [], "against": []}
        for reason in reasons:
            side, said = read_reason(reason)
            found[side].append(said + reason[reason.index(said) + len(said) :])
        return [{"name": self.words[side], "reasons": told} for side, told in found.items()]

    def picture(self, content: Content) -> str:
        """The waterfall from the campaign's usual creator to this one."""
        steps = []
        for line in content["qualities"]:
            facets = [f for f in content["facets"] if f["quality"] == line["quality"]]
            facets.sort(key=lambda facet: -abs(facet["log_odds"]))
            steps.append(
                Step(quality_name(line["quality"], self.language).capitalize(), line["log_odds"])
            )
            shown = [facet for facet in facets[:PARTS] if self.moves(facet["log_odds"])]
            steps += [
                Step(facet_name(facet["facet"], self.language), facet["log_odds"], is_part=True)
                for facet in shown
            ]
            rest = sum(facet["log_odds"] for facet in facets[len(shown) :])
            if self.moves(rest):
                steps.append(Step(self.words["other"], rest, is_part=True))
        return waterfall(
            content["base_log_odds"],
            steps,
            label=self.words["picture"],
            from_label=self.words["from"],
            to_label=self.words["to"],
            axis=self.words["axis"],
            number=self.per_thousand,
            factor=self.odds,
        )

    def moves(self, log_odds: float) -> bool:
        """Whether an effect is more than none, as it is written."""
        return self.odds(log_odds) != self.odds(0.0)

    def qualities(self, lines: Sequence[Mapping[str, Any]]) -> list[dict[str, str]]:
        """Each quality's effect, and how many of its measures are known."""
        return [
            {
                "name": quality_name(line["quality"], self.language).capitalize(),
                "effect": self.odds(line["log_odds"]),
                "known": self.words["known_of"].format(known=line["known"], all=line["all"]),
            }
            for line in lines
        ]

    def changes(self, content: Content) -> list[dict[str, str]]:
        """What the creator could change, from today's value to another, and what would follow."""
        predicted = content["prediction"]
        return [
            {
                "says": self.topic(line["feature"]),
                "value": self.value(line["feature"], line["value"]),
                "changed": self.value(line["feature"], line["changed"]),
                "effect": f"×{format_number(line['odds'], 2, self.language)}",
                "conversions": self.count(
                    predicted["conversions"] * line["rate"] / predicted["rate"]
                ),
            }
            for line in content["what_if"]
        ]

    def unknown(self, facets: Sequence[Mapping[str, Any]]) -> list[str]:
        """Facets of which nothing is known."""
        return [
            self.words["unknown_facet"].format(
                quality=quality_name(line["quality"], self.language).capitalize(),
                facet=facet_name(line["facet"], self.language),
            )
            for line in facets
            if not line["known"]
        ]

    def measures(self, lines: Sequence[Mapping[str, Any]]) -> list[dict[str, str]]:
        """Every measure with its value and effect, the strongest first."""
        return [
            {
                "name": self.topic(line["feature"]),
                "quality": quality_name(line["quality"], self.language),
                "value": self.value(line["feature"], line["value"]),
                "effect": self.odds(line["log_odds"]),
            }
            for line in sorted(lines, key=lambda line: -abs(line["log_odds"]))
        ]
