"""A campaign as one self-contained page: its creators, and pictures of what tells them apart."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from markupsafe import Markup

from features.feature import QUALITIES
from features.names import Language, quality_name
from models.predictor import Predictor
from models.shap_values import explanation
from models.words import read_reason
from serving.campaign import one_a_creator, strongest_features
from serving.drawings import beeswarm, shapes
from serving.pages import render
from serving.said import Said, sentences
from serving.score import Scored

IN_TABLE = 50
IN_SWARM = 12
IN_SHAPES = 6


def campaign_page(
    content: dict[str, Any], scored: Scored, predictor: Predictor, *, language: Language = "en"
) -> str:
    """The page, as text of UTF-8, of what `campaign.describe_campaign` gives of scored rows.

    Every name from the data is escaped; the page needs no other file, no script and no network.
    """
    words = sentences("campaign", language, content["exposed_unit"])
    said = Said.of(words, language, predictor.features)
    rows = content["rows"]
    return render(
        "campaign.html",
        language=language,
        words=words,
        heading=words["heading"].format(campaign=content["campaign_id"]),
        about=words["about"].format(
            as_of=content["as_of"], model=content["model_version"], trained=content["trained_until"]
        ),
        counted=words["incremental" if content["incremental"] else "attributed"],
        shown=words["shown"].format(
            shown=said.count(min(len(rows), IN_TABLE)),
            rows=said.count(len(rows)),
            creators=said.count(content["creators"]),
        ),
        names=[quality_name(quality, language).capitalize() for quality in QUALITIES],
        rows=[_row(line, said) for line in rows[:IN_TABLE]],
        warnings=[
            words["of_rows"].format(
                warning=said.warning(text), rows=said.count(count), all=said.count(len(rows))
            )
            for text, count in content["warnings"].items()
        ],
        importance=[
            {
                "name": quality_name(line["name"], language).capitalize(),
                "effect": said.odds(line["effect"]),
            }
            for line in content["importance"]
            if line["level"] == "quality"
        ],
        pictures=[Markup(picture) for picture in _pictures(content, scored, predictor, said)],
        method=words["method_told"].format(features=len(predictor.features)),
    )


def _row(line: Mapping[str, Any], said: Said) -> dict[str, Any]:
    package = line["package"] or said.words["posts"].format(posts=f"{line['posts']:g}")
    merits = [told for side, told in map(read_reason, line["reasons"]) if side == "for"]
    return {
        "creator": line["creator_id"],
        "package": package,
        "exposed": said.count(line["exposed"]),
        "rate": said.per_thousand(line["rate"]),
        "conversions": said.count(line["conversions"]),
        "range": f"{said.count(line['conversions_low'])}–{said.count(line['conversions_high'])}",
        "qualities": [said.odds(line[quality]) for quality in QUALITIES],
        "reason": merits[0] if merits else said.words["no_merit"],
    }


def _pictures(
    content: dict[str, Any], scored: Scored, predictor: Predictor, said: Said
) -> Sequence[str]:
    """The beeswarm and the shapes of the strongest features; none where nothing has an effect."""
    names = strongest_features(content, IN_SWARM)
    if not names:
        return []
    one = one_a_creator(scored)
    found = explanation(predictor, one.matrix, one.base_log_odds)
    found = found[:, [list(found.feature_names).index(name) for name in names]]
    found.feature_names = [said.topic(name) for name in names]
    words = said.words
    return [
        beeswarm(
            found,
            label=words["swarm"],
            axis=words["axis"],
            value=(words["value"], words["low"], words["high"]),
            most=len(names),
        ),
        shapes(found, found.feature_names[:IN_SHAPES], label=words["shapes"], axis=words["axis"]),
    ]
