"""The model card: what a model learned from, what it is for, how good it was, where it fails.

After Mitchell et al., Model Cards for Model Reporting (2019). All of it is read from the bundle's
manifest and from what the gate recorded; `card_page` draws it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import exp
from statistics import fmean
from typing import Any, TypeAlias

from features.embedding import FOLDER
from features.feature import QUALITIES
from features.polarity import POLARITY_LANGUAGES
from serving.registry import Found
from serving.show_lift import share_told

Line: TypeAlias = Mapping[str, Any]

TOP_OF_A_QUALITY = 5


@dataclass(frozen=True)
class Grid:
    """A table of a card: its head, and rows of as many cells."""

    head: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]


@dataclass(frozen=True)
class Section:
    """Paragraphs, then a table, then points; each may be lacking."""

    title: str
    text: tuple[str, ...] = ()
    grid: Grid | None = None
    points: tuple[str, ...] = ()


@dataclass(frozen=True)
class Card:
    """A title and sections, plain text all of it: whoever draws it escapes it."""

    title: str
    sections: tuple[Section, ...]


INTENDED = (
    "Ranks creators for a campaign by the conversions that they are expected to bring, with "
    "intervals and reasons, for people who decide whom to ask and what to pay.",
    "Batch scores of creators who publish openly, as of the moment of a decision.",
)

OUT_OF_SCOPE = (
    "Judging persons beyond a campaign: employment, credit, insurance, access, moderation.",
    "Deciding without a person: a score supports a choice, it does not make it.",
    "Markets unlike that of the data: other platforms, other kinds of conversions, other years.",
    "Ranking by fame: the rate knows nothing of the size of an audience.",
)

LIMITS = (
    "Outcomes are attributed, not incremental: people who would have acted anyway are counted. "
    "Only suasion score --incremental takes them off, by one share for all creators; every score "
    "says which it is (incremental).",
    "Selection: outcomes exist of those who were chosen in the past. Of creators unlike them the "
    "model knows less than its figures say.",
    "Unknown is not zero: what no table carries is missing, stands at the typical, is a reason "
    'only as "unknown", and widens the interval.',
    f"Polarity of texts is read in {', '.join(POLARITY_LANGUAGES)}; in other languages it is "
    "unknown. Short texts show no language.",
    "No sensitive trait is a feature, and none is inferred: no origin, religion, health, politics, "
    "sexuality, gender or age of a person. Language and country serve to compare with the "
    "campaign's. What is used may still go along with such traits.",
    "Whoever is scored can contest it: the reasons and the contributions say what the score rests "
    "on; wrong data are corrected in the tables and scored again, and a person decides.",
    "Intervals assume lognormal errors of three independent sources; suasion evaluate says how "
    "many outcomes they cover.",
)


def describe(manifest: Line, found: Found, decision: Line | None = None) -> Card:
    """Describe a model.

    Parameters
    ----------
    manifest : mapping
        Of its bundle (`models.bundle.read_manifest`).
    found : Found
        Where it was found.
    decision : mapping, optional
        What the gate recorded of it (`serving.registry.decision_on`).
    """
    sections = (
        _identity(manifest, found),
        Section("Intended use", points=INTENDED),
        Section("Out of scope", points=OUT_OF_SCOPE),
        _data(manifest),
        _kept(manifest["facts"], manifest.get("tuning")),
        _held_out(manifest),
        Section("Attributed or incremental", (share_told(manifest["facts"]),)),
        _coefficients(manifest.get("features", ())),
        _gate(decision),
        audit_section(decision),
        Section("Limits", points=LIMITS),
        _retraining(manifest, found),
    )
    return Card(f"Model card: {found.name or 'suasion'} {manifest['model_version']}", sections)


def _identity(manifest: Line, found: Found) -> Section:
    registered = "not read from a registry: a bundle folder"
    if found.version is not None:
        aliases = ", ".join(found.aliases) or "none"
        registered = f"{found.name} version {found.version}; aliases: {aliases}"
    embedded = any(name.startswith(f"{FOLDER}/") for name in manifest["files"])
    rows = (
        ("bundle version", manifest["model_version"]),
        ("registered", registered),
        ("program", f"{manifest['program']['name']} {manifest['program']['version']}"),
        ("trained until", f"{manifest['trained_until']} UTC; nothing after it was known"),
        ("seed", str(manifest["settings"]["seed"])),
        ("languages of its texts", ", ".join(manifest.get("languages", ())) or "none shown"),
        ("texts compared by", "a sentence embedding" if embedded else "the words they share"),
        (
            "predicts",
            "conversions = people reached × rate, with 80 % intervals; attributed ones by default",
        ),
        ("licence", "Apache-2.0"),
    )
    return Section("Model", grid=Grid(("", ""), rows))


def _data(manifest: Line) -> Section:
    facts = manifest["facts"]
    rows = tuple(
        (name, f"{told['rows']:,}", told["sha256"]) for name, told in manifest["inputs"].items()
    )
    without = facts["outcomes_without_exposed"]
    text = (
        f"{facts['labels']:,} labels (outcomes that had matured, with people exposed) of "
        f"{facts['creators']:,} creators in {facts['campaigns']:,} campaigns; {without:,} matured "
        "outcomes without people exposed trained nothing. "
        f"{_share(facts['impressions_share'])} of the labels count impressions, not people.",
        "Tables as known at the training moment; the hash is that of their content, whatever the "
        "file or the order of rows. A table that is not named was absent.",
    )
    return Section("Data", text, Grid(("table", "rows", "SHA-256 of the content"), rows))


def _kept(facts: Line, tuning: Line | None) -> Section:
    text = [
        "History is always used. Beyond it, linear features and trees are kept only where later "
        "campaigns confirm them.",
    ]
    rows = [
        ("linear features beyond history", str(facts["features_beyond_history"])),
        ("trees", str(facts["trees"])),
        ("share of the variance of log rate by trees", _share(facts["tree_variance_share"])),
        ("overdispersion of conversions", _number(facts["overdispersion"])),
    ]
    if tuning is not None:
        verdict = "it was kept" if tuning["kept"] else "that is not sure, and the default was kept"
        text.append(
            f"{tuning['trials']} learners were tried. The gain of the best over the default, on "
            f"{tuning['campaigns']} later campaigns that the search had not seen: "
            f"{_number(tuning['gain'])} in log error (standard error "
            f"{_number(tuning['gain_error'])}); {verdict}."
        )
        rows += [
            (f"learner: {name}", f"{value:.4g}" if isinstance(value, float) else str(value))
            for name, value in tuning["learner"].items()
        ]
    return Section("What was kept", tuple(text), Grid(("choice", "value"), tuple(rows)))


def _held_out(manifest: Line) -> Section:
    facts = manifest["facts"]
    title = "How good it was on campaigns held out in time"
    ranks = [line["spearman"] for line in manifest.get("held_out", ())]
    ranks = [rank for rank in ranks if rank is not None]
    rows = [("held-out labels", f"{facts['held_out_labels']:,}")]
    if ranks:
        rows += [
            ("campaigns of five or more of them", str(len(ranks))),
            ("within-campaign Spearman with the realised rate, mean", f"{fmean(ranks):+.3f}"),
            ("the same, worst and best campaign", f"{min(ranks):+.3f} … {max(ranks):+.3f}"),
        ]
    rows += [
        ("calibration slope in log-odds (1: as sure as it should be)", facts["calibration_slope"]),
        ("calibration intercept", facts["calibration_intercept"]),
        ("spread of campaigns' levels, log", facts["sd_campaign"]),
        ("spread of creators' rates, log", facts["sd_creator"]),
        ("spread of reach, log", facts["sd_reach"]),
    ]
    cells = tuple((name, v if isinstance(v, str) else _number(v)) for name, v in rows)
    text = (
        "Predicted by models fitted before them; what to keep was chosen on them, so these figures "
        "flatter. suasion evaluate judges on campaigns that no choice has seen."
        if facts["held_out_labels"]
        else "; ".join(manifest.get("cautions", ())).capitalize() + "."
    )
    return Section(title, (text,), Grid(("figure", "value"), cells))


def _coefficients(features: Sequence[Line]) -> Section:
    rows: list[tuple[str, ...]] = []
    for quality in QUALITIES:
        told = [f for f in features if f["quality"] == quality and f["coefficient"]]
        told.sort(key=lambda f: (-abs(f["coefficient"]), f["feature"]))
        rows += [
            (quality, f["feature"], _share(f["known"]), f"×{exp(f['coefficient']):.2f}")
            for f in told[:TOP_OF_A_QUALITY]
        ]
    text = (
        f"The linear part: the {TOP_OF_A_QUALITY} largest coefficients of each quality, as the "
        "factor on the odds of conversion for one interquartile range more, before calibration.",
    )
    head = ("quality", "feature", "known", "odds per interquartile range")
    return Section("What counts most", text, Grid(head, tuple(rows)))


def _gate(decision: Line | None) -> Section:
    title = "Gate"
    if decision is None:
        text = "No gate has judged this model: it is the first of its name, or was not promoted."
        return Section(title, (text,))
    verdict = {"passed": "passed", "refused": "was refused", "overruled": "was overruled"}
    text = f"Beside version {decision['champion']}: {verdict[decision['verdict']]}"
    if "campaigns" in decision:
        text += f", on {decision['outcomes']:,} outcomes of {decision['campaigns']:,} campaigns"
        text += f" decided since {decision['since']} UTC, which neither knew"
    paragraphs = [f"{text}."]
    if decision.get("why"):
        paragraphs.append(f"Promoted all the same, because: {decision['why']}")
    if decision["verdict"] == "overruled" and "criteria" not in decision:
        paragraphs += decision["failed"]
    rows = tuple(
        (
            str(line["criterion"]),
            *(_number(line[key]) for key in ("champion", "challenger", "difference", "bound")),
            _verdict(line),
            str(line["says"]),
        )
        for line in decision.get("criteria", ())
    )
    head = ("criterion", "champion", "this", "difference", "bound", "passed", "says")
    return Section(title, tuple(paragraphs), Grid(head, rows) if rows else None)


def _verdict(line: Line) -> str:
    if line["says"].startswith("not judged"):
        return "not judged"
    return "yes" if line["passed"] else "no"


def audit_section(decision: Line | None) -> Section:
    """What the gate recorded of the audit (`training.gate`), which `suasion promote` makes."""
    lines = [] if decision is None else decision.get("criteria", [])
    found = next((line for line in lines if line["criterion"] == "audit"), None)
    if found is None or found["says"].startswith("not judged"):
        return Section("Audit", ("No audit is recorded of this model; suasion promote makes one.",))
    paragraphs = [f"{found['says'][:1].upper()}{found['says'][1:]}."]
    if found["passed"] and not found["says"].startswith("passed"):
        paragraphs.append("For that no promotion is refused: the champion was no better.")
    return Section("Audit", tuple(paragraphs))


def _retraining(manifest: Line, found: Found) -> Section:
    name = found.name or "suasion"
    named = "" if name == "suasion" else f" --name {name}"
    points = (
        f"suasion train DATA --until DATE{named}: learns from what is known at DATE and registers "
        "a challenger. The same tables, moment and seed give the same bundle, byte for byte.",
        f"suasion promote DATA{named}: judges it beside the champion on campaigns decided since, "
        "and lets it replace it, or says why not.",
        f"suasion rollback{named}: returns to the champion before.",
        "Retrain when campaigns have matured since "
        f"{manifest['trained_until'][:10]}, and when suasion evaluate shows the calibration "
        "drift.",
    )
    return Section("How to retrain", points=points)


def _share(value: float) -> str:
    return f"{100 * value:.0f} %"


def _number(value: float | None) -> str:
    return "–" if value is None else f"{value:.3f}"
