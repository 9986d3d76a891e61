"""A plan as one self-contained page that can be handed on: the answer first, then why."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Self

import numpy as np
import pandas as pd
from markupsafe import Markup

from features.feature import QUALITIES
from features.names import Language, quality_name
from models.intervals import Z
from models.words import format_number, read_reason
from serving.drawings import curve
from serving.pages import render
from serving.planning import DRAWS, Choice, Planned
from serving.provenance import Provenance
from serving.rivals import expecting
from serving.said import Said, sentences
from serving.score import NEW_CREATOR

HUNDRED = 100.0
LITTLE = 0.05
"""Conversions below which nothing is said: they would be told as 0.0."""
TINY = 1e-12


def plan_page(planned: Planned, *, language: Language = "en") -> str:
    """The page, as text of UTF-8.

    Every name from the data is escaped; the page needs no other file, no script and no network.
    """
    said = Report.to(planned, language)
    words, is_margin = said.words, planned.limits.value_per_conversion is not None
    first = planned.chosen.iloc[0]
    money = said.in_currency(planned.of.currency)
    told = {
        "heading": words["heading"].format(campaign=planned.of.name),
        "brief": planned.of.brief and words["brief"].format(brief=planned.of.brief),
        "asked": words["asked"].format(
            budget=money(planned.budget),
            as_of=f"{first['as_of']:%Y-%m-%d %H:%M}",
            model=first["model_version"],
        ),
        "counted": " ".join(
            [
                words["incremental" if first["incremental"] else "attributed"],
                *said.taken_off(planned),
            ]
        ),
        "tiles": said.tiles(planned),
        "rows": [said.row(line, planned) for line in planned.chosen.to_dict("records")],
        "picture": Markup(
            curve(
                planned.curve["budget"].to_numpy(),
                planned.curve["aim"].to_numpy(),
                (planned.budget, planned.made.aim),
                label=words["curve_picture"],
                x_axis=words["budget"],
                y_axis=words["aim_axis"],
                number=said.count,
            )
        ),
        "curve": said.curve(planned.curve, planned),
        "rivals": [
            [
                words[f"by_{line['by']}"],
                said.count(line["creators"]),
                money(line["cost"]),
                said.count(line["conversions"]),
                said.between(line),
                money(line["margin"])
                if is_margin
                else said.percent(line["conversions"] / max(planned.total["conversions"], TINY)),
            ]
            for line in planned.rivals.to_dict("records")
        ],
        "is_margin": is_margin,
        "rivals_told": said.rivals(planned),
        "left_out": [words[f"left_{by}"] for by in planned.left_out],
        "misses": said.misses(planned.misses, planned),
        "overrides": said.overrides(planned.overrides),
        "sensitivity": [
            [
                said.change(line["change"], line["about"]),
                said.count(line["creators"]),
                money(line["cost"]),
                said.count(line["conversions"]),
                said.between(line),
                *([money(line["margin"])] if is_margin else []),
            ]
            for line in planned.sensitivity.to_dict("records")
        ],
        "attribution": [said.lift(planned.of.origin), words["attribution_told"]],
        "cautions": said.cautions(planned),
        "method": said.method(planned),
    }
    return render("plan.html", language=language, words=words, **told)


class Report(Said):
    """What a report says of its plan."""

    @classmethod
    def to(cls, planned: Choice, language: Language) -> Self:
        """In the words of what the plan counts."""
        words = sentences("plan", language, planned.of.origin.exposed_unit)
        if planned.limits.value_per_conversion is not None:
            words = words | words["of_margin"]
        return cls.of(words, language, ())

    def in_currency(self, currency: str | None) -> Any:
        """How an amount of money is written."""
        return lambda amount: f"{self.count(round(amount, 2))} {currency or ''}".strip()

    def between(self, line: Mapping[Any, Any]) -> str:
        """The 80 % interval of conversions."""
        low, high = (self.count(line[f"conversions_{end}"]) for end in ("low", "high"))
        return f"{low}–{high}"

    def or_none(self, value: float | None) -> str:
        """A number, or a dash where there is none."""
        return "–" if value is None or np.isnan(value) else self.count(value)

    def tiles(self, planned: Choice) -> list[dict[str, str]]:
        """The answer: what, from how many, for how much."""
        total, words = planned.total, self.words
        money = self.in_currency(planned.of.currency)
        each = [
            money(round(total["cost"] / total[name], 2)) if total[name] > 0 else "–"
            for name in ("conversions", "conversions_high", "conversions_low")
        ]
        offered = planned.of.packages
        return [
            {
                "name": words["total"],
                "number": self.count(total["conversions"]),
                "range": words["range"].format(
                    low=self.count(total["conversions_low"]),
                    high=self.count(total["conversions_high"]),
                ),
            },
            {
                "name": words["spent"],
                "number": money(total["cost"]),
                "range": words["of_budget"].format(budget=money(planned.budget)),
            },
            {
                "name": words["creators_paid"],
                "number": self.count(total["creators"]),
                "range": words["of_offered"].format(
                    creators=self.count(offered["creator_id"].nunique()),
                    packages=self.count(len(offered)),
                ),
            },
            {
                "name": words["each"],
                "number": each[0],
                "range": words["at_range"].format(low=each[1], high=each[2]),
            },
            {
                "name": words["next"].format(unit=money(HUNDRED)),
                "number": self.count(HUNDRED * planned.made.price_of_money),
                "range": words["next_told"],
            },
        ]

    def taken_off(self, planned: Choice) -> list[str]:
        """What counting people in common once takes from the sum; nothing where that is nothing."""
        gone = planned.total["conversions_added_up"] - planned.total["conversions"]
        return [self.words["taken_off"].format(count=self.count(gone))] if gone > LITTLE else []

    def row(self, line: Mapping[Any, Any], planned: Choice) -> dict[str, Any]:
        """A chosen package, with its reasons and what is to be known of it."""
        money = self.in_currency(planned.of.currency)
        counted = line["conversions"] * line["counted_share"]
        share = counted / max(planned.total["conversions"], TINY)
        notes = [self.warning(text) for text in line["warnings"]]
        if self.count(counted) != self.count(line["conversions"]):
            notes.insert(0, self.words["counted_share"].format(count=self.count(counted)))
        if line["paid_by"] == "exploration":
            notes.insert(0, self.words["paid_by"])
        if line["override"] is not None:
            notes.insert(0, self.words["forced"].format(why=line["override"]))
        qualities = ", ".join(
            f"{quality_name(quality, self.language)} {self.odds(line[quality])}"
            for quality in QUALITIES
        )
        return {
            "creator": line["creator_id"],
            "package": line["package"] or self.words["posts"].format(posts=f"{line['posts']:g}"),
            "cost": money(line["cost"]),
            "conversions": self.count(line["conversions"]),
            "range": self.between(line),
            "share": self.percent(share),
            "qualities": qualities,
            "reasons": sorted((_reason(text) for text in line["reasons"]), key=_is_against),
            "warnings": notes,
        }

    def percent(self, share: float) -> str:
        """A share."""
        return f"{format_number(100 * share, 0, self.language)} %"

    def curve(self, curve: pd.DataFrame, planned: Choice) -> list[list[str]]:
        """What other budgets would bring, a line each."""
        money = self.in_currency(planned.of.currency)
        return [
            [
                money(line["budget"]),
                self.or_none(line["creators"]),
                self.or_none(line["value"]),
                self.or_none(HUNDRED * line["marginal"]),
            ]
            for line in curve.to_dict("records")
        ]

    def misses(self, misses: pd.DataFrame, planned: Choice) -> list[list[str]]:
        """Who just missed, a line each."""
        money, none = self.in_currency(planned.of.currency), self.words["none"]
        return [
            [
                line["creator_id"],
                money(line["cost"]),
                self.count(max(line["loss"], 0.0)),
                none if pd.isna(line["fee"]) else money(line["fee"]),
                ", ".join(line["displaces"]) or none,
            ]
            for line in misses.dropna(subset=["loss"]).to_dict("records")
        ]

    def overrides(self, overrides: pd.DataFrame) -> list[list[str]]:
        """What a person decided, and what each decision costs."""
        return [
            [
                line["creator_id"],
                self.words[f"override_{line['override']}"],
                f"{line['who']}: {line['why']}",
                self.or_none(line["cost"]),
            ]
            for line in overrides.to_dict("records")
        ]

    def change(self, change: str, about: Any) -> str:
        """What was changed, in words."""
        if change == "fees":
            share = f"{100 * (about - 1):+.0f} %".replace("-", "−")
            return str(self.words["change_fees"].format(share=share))
        return str(self.words[f"change_{change}"].format(creator=about))

    def rivals(self, planned: Planned) -> str:
        """What the comparison is."""
        asked = planned.limits
        told = [self.words["rivals_told"]]
        if asked != expecting(asked):
            told.append(self.words["rivals_free"])
        return " ".join(told)

    def lift(self, origin: Provenance) -> str:
        """What is known of conversions that would have come anyway."""
        if origin.lift is None:
            return str(self.words["lift_unknown" if origin.is_told else "lift_untold"])
        lift = origin.lift
        width = float(np.exp(Z * lift.sd_log))
        return str(
            self.words["lift_known"].format(
                share=self.percent(lift.share),
                low=self.percent(lift.share / width),
                high=self.percent(min(lift.share * width, 1.0)),
                outcomes=self.count(lift.outcomes),
                campaigns=self.count(lift.campaigns),
            )
        )

    def cautions(self, planned: Choice) -> list[str]:
        """What a reader must know before trusting the numbers."""
        words, total = self.words, planned.total
        told = [words["caution_joint"].format(draws=self.count(DRAWS))]
        if total["audiences_seen"] > 0:
            told.append(
                words["caution_overlap"].format(
                    seen=self.count(total["audiences_seen"]), creators=self.count(total["creators"])
                )
            )
        else:
            told.append(words["caution_no_overlap"])
        new = sum(
            any(w.startswith(NEW_CREATOR) for w in found) for found in planned.chosen["warnings"]
        )
        if new:
            told.append(words["caution_few"].format(count=self.count(new)))
        if planned.of.unscored:
            told.append(words["caution_unscored"].format(creators=", ".join(planned.of.unscored)))
        if planned.of.changed:
            told.append(words["caution_changed"].format(tables=", ".join(planned.of.changed)))
        if planned.made.unused:
            told.append(words["caution_unused"].format(limits=", ".join(planned.made.unused)))
        return told

    def method(self, planned: Choice) -> str:
        """How the plan was made, and what is proven of it."""
        gap = format_number(100 * max(planned.made.gap, 0.0), 2, self.language)
        told = self.words["method_told"].format(aim=self.aim(planned), gap=f"{gap} %")
        return str(told)

    def aim(self, planned: Choice) -> str:
        """What was maximised."""
        if planned.limits.caution is not None:
            share = f"{format_number(100 * planned.limits.caution, 0, self.language)} %"
            return str(self.words["aim_quantile"].format(share=share))
        name = "conversions" if planned.limits.value_per_conversion is None else "margin"
        return str(self.words[f"aim_{name}"])


def _is_against(reason: str) -> bool:
    return reason.startswith("−")


def _reason(text: str) -> str:
    """A reason with its sign, as scores tell it; scores of another language stay in theirs."""
    side, _ = read_reason(text)
    return ("+ " if side == "for" else "− ") + text.partition(": ")[2]
