"""An evaluation as one self-contained HTML page: tables, small charts, no script, no request."""

from __future__ import annotations

from html import escape
from typing import TYPE_CHECKING

import pandas as pd

from serving.charts import agreement, bars, curves, gains
from serving.drawings import importance
from serving.show_evaluation import caution
from serving.show_lift import evaluation_told

if TYPE_CHECKING:
    from training.evaluation import Evaluation

METRICS = {
    "spearman_rate": "Spearman with the realised rate, within campaigns",
    "spearman_conversions": "Spearman with realised conversions, within campaigns",
    "ndcg_5": "NDCG@5, gain: conversions",
    "ndcg_10": "NDCG@10, gain: conversions",
    "deviance": "Poisson deviance of conversions given exposure, a row (lower is better)",
    "d2": "D2: deviance explained, against the campaign base",
    "conversions_ratio_at_true_reach": "Conversions predicted over observed, at true reach",
    "conversions_ratio": "Conversions predicted over observed, at predicted reach",
    "exposed_ratio": "Exposed predicted over observed",
    "calibration_slope": "Calibration slope in log-odds (1 is right)",
    "calibration_intercept": "Calibration in the large, log-odds (0 is right)",
    "pit_coverage_conversions": "80 % interval of conversions: coverage by randomised PIT",
    "coverage_conversions": "80 % interval of conversions: plain coverage",
    "log_width_conversions": "80 % interval of conversions: mean log width",
    "pit_coverage_exposed": "80 % interval of exposed: coverage by PIT",
    "coverage_exposed": "80 % interval of exposed: plain coverage",
    "log_width_exposed": "80 % interval of exposed: mean log width",
    "pit_coverage_rate": "80 % interval of the rate: coverage by randomised PIT of conversions",
    "coverage_rate": "80 % interval of the rate: share of realised rates inside",
    "log_width_rate": "80 % interval of the rate: mean log width",
    "logged_value": "Conversions per creator chosen, by logged propensities",
    "qini": "Qini coefficient: lift gathered beyond a random order (0 is chance)",
}
"""Metric -> what the page calls it, in the order of the page."""

FEATURES_DRAWN = 12

_STYLE = """
:root{--ink:#1c2127;--paper:#fff;--soft:#5d6874;--line:#d9dee3;--main:#0b6bcb;--for:#0b6bcb;--against:#c2410c}
@media(prefers-color-scheme:dark){
:root{--ink:#e8eaed;--paper:#14171a;--soft:#a3adb8;--line:#363d44;--main:#6cb6ff;--for:#6cb6ff;
--against:#ff9a6c}}
*{box-sizing:border-box}
body{margin:0 auto;max-width:70rem;padding:1rem;background:var(--paper);color:var(--ink);
font:1rem/1.5 system-ui,sans-serif}
h1{font-size:1.5rem}h2{font-size:1.15rem;margin-top:2rem}p{max-width:45rem}
.soft,figcaption{color:var(--soft);font-size:.9rem}
.charts{display:flex;flex-wrap:wrap;gap:1rem}
figure{margin:0;flex:1 1 300px;max-width:460px}svg{width:100%;height:auto}
.scroll{overflow-x:auto}
table{border-collapse:collapse;font-variant-numeric:tabular-nums;font-size:.9rem}
th,td{padding:.25rem .6rem;border-bottom:1px solid var(--line);text-align:right;white-space:nowrap}
th:first-child,td:first-child{text-align:left}caption{text-align:left;font-weight:600}
summary{cursor:pointer;padding:.4rem 0}
.axis{fill:none;stroke:var(--soft)}.guide{fill:none;stroke:var(--soft);stroke-dasharray:4 3}
.bar,.dot{fill:var(--main)}.range{stroke:var(--main);stroke-width:1.5}
.line{fill:none;stroke:var(--soft);stroke-width:1.5}.first{stroke:var(--main);stroke-width:3}
.o1{stroke-dasharray:6 3}.o2{stroke-dasharray:2 3}.o3{stroke-dasharray:8 3 2 3}
.o4{stroke-dasharray:1 5}svg text{fill:var(--soft);font:10px system-ui,sans-serif}
.title,.x{text-anchor:middle}.y{text-anchor:end}
"""


def evaluation_page(found: Evaluation, days: float) -> str:
    """The page, as text of UTF-8.

    Every name from the data is escaped; the page needs no other file, no script and no network, and
    takes the light or dark colours of its reader.
    """
    rows = found.rows
    judged = (
        f"{len(rows):,} outcomes of {rows['campaign_id'].nunique():,} campaigns, each judged by a "
        f"model that knew nothing after its origin: {_origins(found.origins['origin'])}, and "
        f"judged on what was decided in the {days:g} days after it, up to the next. "
        f"{caution(rows['campaign_id'].nunique())}"
    )
    parts = [
        "<h1>Evaluation</h1>",
        f"<p>{escape(judged)} {escape(evaluation_told(found))}</p>",
        '<p class="soft">In square brackets: 95 % intervals, whole campaigns drawn with '
        "replacement (campaigns and creators for Spearman). Ahead: by how much suasion is better, "
        "on the same draws.</p>",
        f'<div class="charts">{_calibration(found)}{_pit(found)}',
        f"{_budgets(found)}{_qini(found)}</div>",
        *_lift(found),
        "<h2>What the models rest on</h2>",
        _importance(found.importance),
        "<h2>The model, by subset of rows</h2>",
        _coverage_table(found.figures),
        "<h2>Every figure</h2>",
        *_details(found.figures),
    ]
    return (
        '<!doctype html>\n<html lang="en"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width,initial-scale=1">'
        '<meta name="color-scheme" content="light dark"><title>Evaluation - suasion</title>'
        f"<style>{_STYLE}</style></head><body>\n" + "\n".join(parts) + "\n</body></html>\n"
    )


def _origins(origins: pd.Series) -> str:
    first, last = origins.min(), origins.max()
    if len(origins) == 1:
        return f"an origin, {first:%Y-%m-%d}"
    return f"{len(origins)} origins from {first:%Y-%m-%d} to {last:%Y-%m-%d}"


def _figure(svg: str, caption: str) -> str:
    return f"<figure>{svg}<figcaption>{escape(caption)}</figcaption></figure>"


def _calibration(found: Evaluation) -> str:
    told = found.deciles[["predicted", "observed", "low", "high"]]
    points = [(p, o, low, high) for p, o, low, high in told.itertuples(index=False)]
    svg = agreement(points, "Observed against predicted rate in tenths", "predicted", "observed")
    return _figure(svg, "Rate, predicted and observed, in tenths of the rows by prediction.")


def _pit(found: Evaluation) -> str:
    told = found.pit.loc[found.pit["outcome"] == "conversions", "share"]
    svg = bars(list(told), 1 / len(told), "Histogram of the PIT", "PIT of conversions", "rows")
    return _figure(
        svg, "Randomised PIT: even where intervals are right, high at the ends where too narrow."
    )


def _budgets(found: Evaluation) -> str:
    if found.money is None:
        return ""
    ours = found.money[found.money["reach"] == "predicted"]
    names = [n for n in _IN_CURVE if n in set(ours["score"])]
    lines = {
        name: list(
            ours[ours["score"] == name]
            .sort_values("budget_share")[["budget_share", "pooled"]]
            .itertuples(index=False, name=None)
        )
        for name in names
    }
    svg = curves(lines, "Conversions captured over budgets", "budget", "of the oracle's")
    styles = ", ".join(f"{n} ({_STROKES[i]})" for i, n in enumerate(names))
    return _figure(svg, f"Conversions captured over a curve of budgets, at our reach: {styles}.")


def _importance(table: pd.DataFrame) -> str:
    """The qualities and the features of largest mean effect."""
    qualities = table[table["level"] == "quality"].sort_values("value", ascending=False)
    features = table[(table["level"] == "feature") & (table["value"] > 0)]
    features = features.sort_values("value", ascending=False).head(FEATURES_DRAWN)
    drawn = pd.concat([qualities, features], ignore_index=True)
    names = [
        line["name"].capitalize() if line["level"] == "quality" else line["name"].replace("_", " ")
        for line in drawn.to_dict("records")
    ]
    svg = importance(
        drawn,
        names,
        label="Mean absolute effect of qualities and features on the log-odds",
        axis="mean absolute SHAP value, log-odds",
    )
    return _figure(
        svg,
        "Mean absolute effect on the log-odds of the judged rows: the four qualities, then the "
        f"{len(features)} strongest features. Lines: 95 % intervals, whole campaigns drawn. Ticks: "
        "the least and the most of the models of the origins.",
    )


def _qini(found: Evaluation) -> str:
    if found.qini is None:
        return ""
    known = set(found.qini["score"])
    names = [name for name in _IN_QINI if name in known]
    of = {name: found.qini[found.qini["score"] == name] for name in names}
    lines = {
        name: list(told[["exposed_share", "incremental"]].itertuples(index=False, name=None))
        for name, told in of.items()
    }
    svg = gains(lines, "Qini curves", "of the exposed, by score", "incremental conversions")
    styles = ", ".join(f"{n} ({_STROKES[i]})" for i, n in enumerate(names))
    return _figure(svg, f"Qini: incremental conversions gathered by order of score: {styles}.")


_IN_QINI = ("suasion", "past rate", "engagement rate", "engagement model", "followers")


def _lift(found: Evaluation) -> list[str]:
    if found.lift is None:
        return []
    body = [
        [
            line["name"] if line["of"] == "all" else f"{line['of']} {line['name']}",
            f"{line['outcomes']:,}",
            f"{line['conversions']:,.0f}",
            f"{line['control_exposed']:,.0f}",
            f"{line['control_conversions']:,.0f}",
            f"{line['incremental']:,.0f} [{line['low']:,.0f}, {line['high']:,.0f}]",
            "unknown" if pd.isna(line["share"]) else f"{line['share']:.0%}",
        ]
        for line in found.lift.to_dict("records")
    ]
    heads = ["", "outcomes", "attributed", "held out", "of them converted"]
    table = _table("80 % intervals", [*heads, "incremental", "share"], body)
    return ["<h2>Lift, where groups were held out</h2>", table]


_IN_CURVE = ("suasion", "past rate × reach", "reach alone", "engagement rate × followers", "klout")
_STROKES = ("bold", "dashes", "short dashes", "dash and dot", "dots")


def _coverage_table(figures: pd.DataFrame) -> str:
    ours = figures[(figures["score"] == "suasion") & figures["metric"].isin(METRICS)]
    subsets = list(dict.fromkeys(ours["subset"]))
    values = ours.set_index(["metric", "subset"])
    body = []
    for metric, name in METRICS.items():
        if metric in set(ours["metric"]):
            cells = [
                _cell(values.loc[(metric, subset)]) if (metric, subset) in values.index else ""
                for subset in subsets
            ]
            body.append([name, *cells])
    heads = ["metric", *subsets]
    return _table("80 % intervals should cover .80", heads, body)


def _details(figures: pd.DataFrame) -> list[str]:
    found = []
    order = [*METRICS, *(m for m in dict.fromkeys(figures["metric"]) if m not in METRICS)]
    for metric in order:
        lines = figures[figures["metric"] == metric]
        if lines.empty:
            continue
        body = [
            [line["subset"], line["score"], _cell(line), _ahead(line), f"{line['campaigns']:,.0f}"]
            for _, line in lines.iterrows()
        ]
        heads = ["rows", "score", "value", "ahead", "campaigns"]
        name = METRICS.get(metric, metric.replace("_", " "))
        table = _table(name, heads, body)
        found.append(f"<details><summary>{escape(name)}</summary>{table}</details>")
    return found


def _cell(line: pd.Series) -> str:
    return _number(line["value"]) + _range(line["low"], line["high"])


def _ahead(line: pd.Series) -> str:
    if pd.isna(line["ahead"]):
        return ""
    return f"{line['ahead']:+.3g}{_range(line['ahead_low'], line['ahead_high'])}"


def _range(low: float, high: float) -> str:
    return "" if pd.isna(low) else f" [{_number(low)}, {_number(high)}]"


def _number(value: float) -> str:
    return (
        "unknown" if pd.isna(value) else f"{value:,.0f}" if abs(value) >= 1000 else f"{value:.3g}"
    )


def _table(caption: str, heads: list[str], body: list[list[str]]) -> str:
    head = "".join(f'<th scope="col">{escape(name)}</th>' for name in heads)
    lines = "".join(
        "<tr>" + "".join(f"<td>{escape(str(cell))}</td>" for cell in line) + "</tr>"
        for line in body
    )
    return (
        f'<div class="scroll" tabindex="0"><table><caption>{escape(caption)}</caption>'
        f"<thead><tr>{head}</tr></thead><tbody>{lines}</tbody></table></div>"
    )
