"""Pictures of explanations, drawn by Matplotlib and shap, as SVG in the colours of the page."""

from __future__ import annotations

import io
import re
import textwrap
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

if TYPE_CHECKING:
    import pandas as pd
    import shap
    from matplotlib.figure import Figure

Floats = npt.NDArray[np.float64]

INK, SOFT, FOR, AGAINST = "#1c2127", "#5d6874", "#0b6bcb", "#c2410c"
_ON_PAGE = {
    **{INK: "--ink", SOFT: "--soft", FOR: "--for", AGAINST: "--against"},
    **{"#000000": "--ink", "#333333": "--ink", "#999999": "--soft", "#cccccc": "--line"},  # shap's
}
"""Colour drawn with -> the page's own, so that a picture follows light and dark."""

_STYLE: Any = {
    "svg.fonttype": "none",
    "svg.hashsalt": "suasion",
    "font.family": "sans-serif",
    "font.size": 10,
    "text.color": INK,
    "axes.edgecolor": SOFT,
    "axes.labelcolor": SOFT,
    "xtick.color": SOFT,
    "ytick.color": INK,
}


@dataclass(frozen=True)
class Step:
    """One bar of a waterfall: a label, by how much it moves the log-odds, and whether it is a part
    of the last one that is not.
    """

    label: str
    log_odds: float
    is_part: bool = False


def waterfall(
    start: float,
    steps: Sequence[Step],
    *,
    label: str,
    from_label: str,
    to_label: str,
    axis: str,
    number: Callable[[float], str],
    factor: Callable[[float], str],
) -> str:
    """How a rate comes about, from what is usual to what is predicted.

    Parameters
    ----------
    start : float
        Log-odds of what is usual.
    steps : sequence of Step
        Those that are no parts add up to the prediction, each one's parts to it.
    label, from_label, to_label, axis : str
        What the picture shows, and the names of both ends and of the axis.
    number, factor : callable
        A rate (conversions per person) as text of the axis' unit, and log-odds as a factor.
    """
    with _drawn() as figures:
        from matplotlib.figure import Figure

        figure = Figure(figsize=(7.2, 0.9 + 0.3 * (len(steps) + 2)))
        axes = figure.subplots()
        end = start + sum(step.log_odds for step in steps if not step.is_part)
        whole, part = start, start
        axes.plot([start], [0], "o", color=SOFT)
        for row, step in enumerate(steps, start=1):
            left = part if step.is_part else whole
            color = FOR if step.log_odds >= 0 else AGAINST
            height, alpha = (0.34, 0.55) if step.is_part else (0.66, 1.0)
            axes.barh(row, step.log_odds, left=left, height=height, color=color, alpha=alpha)
            edge = max(left, left + step.log_odds)
            axes.annotate(
                factor(step.log_odds),
                (edge, row),
                xytext=(5, 0),
                textcoords="offset points",
                va="center",
                fontsize=9,
                color=SOFT if step.is_part else INK,
            )
            if step.is_part:
                part = left + step.log_odds
            else:
                part, whole = whole, whole + step.log_odds
        axes.plot([end], [len(steps) + 1], "o", color=INK)
        axes.axvline(start, color=SOFT, linewidth=0.8, linestyle=(0, (4, 3)))
        names = [from_label, *(f"  {s.label}" if s.is_part else s.label for s in steps), to_label]
        axes.set_yticks(range(len(names)), names)
        for text, is_part in zip(
            axes.get_yticklabels(), [False, *(s.is_part for s in steps), False], strict=True
        ):
            text.set_fontweight("normal" if is_part else "bold")
            text.set_color(SOFT if is_part else INK)
        axes.invert_yaxis()
        axes.margins(x=0.12)
        low, high = axes.get_xlim()
        ticks = np.linspace(low + 0.08 * (high - low), high - 0.08 * (high - low), 4)
        axes.set_xticks(ticks, [number(float(1 / (1 + np.exp(-tick)))) for tick in ticks])
        axes.set_xlabel(axis)
        for side in ("top", "right", "left"):
            axes.spines[side].set_visible(False)
        axes.tick_params(left=False)
        figures.append(figure)
        return _svg(figure, label)


def beeswarm(
    found: shap.Explanation, *, label: str, axis: str, value: tuple[str, str, str], most: int = 12
) -> str:
    """Effect of the main features on each row: shap's beeswarm.

    Parameters
    ----------
    found : shap.Explanation
        Its `feature_names` as they are to be read.
    value : tuple of str
        What the colours are, and the words for their low and high ends.
    """
    with _drawn() as figures:
        import matplotlib.pyplot as plt
        import shap

        size = (8.6, 0.9 + 0.44 * most)
        shap.plots.beeswarm(
            found, max_display=most, show=False, plot_size=size, color_bar_label=value[0]
        )
        figure = plt.gcf()
        figures.append(figure)
        axes, *bars = figure.axes
        axes.set_xlabel(axis, fontsize=10)
        axes.tick_params(labelsize=9)
        names = [wrapped(text.get_text(), 38) for text in axes.get_yticklabels()]
        axes.set_yticks(axes.get_yticks(), names)
        for bar in bars:
            bar.set_yticks(bar.get_yticks(), value[1:])
        _as_pixels(axes)
        return _svg(figure, label)


def shapes(found: shap.Explanation, features: Sequence[str], *, label: str, axis: str) -> str:
    """Effect of each of some features over its values: shap's dependence plots."""
    with _drawn() as figures:
        import matplotlib.pyplot as plt
        import shap

        columns = 3
        rows = -(-len(features) // columns)
        figure, axes = plt.subplots(rows, columns, figsize=(9.0, 2.8 * rows), squeeze=False)
        figures.append(figure)
        for place, name in zip(axes.flat, features, strict=False):
            one = found[:, list(found.feature_names).index(name)]
            shap.plots.scatter(one, ax=place, show=False, color=FOR, hist=False, dot_size=7)
            place.set_ylabel(axis, fontsize=8)
            place.set_xlabel(wrapped(name, 36), fontsize=9)
            place.tick_params(labelsize=8)
            _as_pixels(place)
        for place in axes.flat[len(features) :]:
            place.set_visible(False)
        figure.tight_layout()
        return _svg(figure, label)


def wrapped(text: str, width: int) -> str:
    """A name on as many lines as it takes."""
    return "\n".join(textwrap.wrap(text, width))


def importance(table: pd.DataFrame, names: Sequence[str], *, label: str, axis: str) -> str:
    """What a model rests on: bars with their 95 % intervals, and dots for the least and the most of
    the models of several trainings.

    Parameters
    ----------
    table : DataFrame
        Lines of `training.importance.importance_table`, in the order drawn.
    names : sequence of str
        What each is called.
    """
    with _drawn() as figures:
        from matplotlib.figure import Figure

        figure = Figure(figsize=(6.4, 0.8 + 0.34 * len(table)))
        figures.append(figure)
        axes = figure.subplots()
        value = table["value"].to_numpy(np.float64)
        rows = np.arange(len(table))
        axes.barh(rows, value, height=0.62, color=FOR, alpha=0.75)
        known = ~np.isnan(table["low"].to_numpy(np.float64))
        axes.hlines(
            rows[known], table["low"][known], table["high"][known], color=INK, linewidth=1.6
        )
        for end in ("least", "most"):
            axes.plot(table[end], rows, "|", color=AGAINST, markersize=11, markeredgewidth=1.6)
        axes.set_yticks(rows, names)
        axes.invert_yaxis()
        axes.set_xlim(left=0)
        axes.set_xlabel(axis)
        for side in ("top", "right"):
            axes.spines[side].set_visible(False)
        return _svg(figure, label)


def curve(
    x: Floats,
    y: Floats,
    here: tuple[float, float],
    *,
    label: str,
    x_axis: str,
    y_axis: str,
    number: Callable[[float], str],
) -> str:
    """What more of one thing brings of another, from nothing on; `here` stands out.

    Parameters
    ----------
    x, y : ndarray, shape (n,)
        Points that are not known (NaN) are left out.
    number : callable
        An amount as text.
    """
    with _drawn() as figures:
        from matplotlib.figure import Figure

        figure = Figure(figsize=(6.4, 3.0))
        figures.append(figure)
        axes = figure.subplots()
        known = ~np.isnan(y)
        axes.plot(x[known], y[known], color=FOR, marker="o", markersize=3.5)
        axes.plot(*here, "o", color=AGAINST, markersize=9)
        axes.set_xlim(left=0)
        axes.set_ylim(bottom=0)
        axes.xaxis.set_major_formatter(lambda value, _: number(value))
        axes.yaxis.set_major_formatter(lambda value, _: number(value))
        axes.set_xlabel(x_axis)
        axes.set_ylabel(y_axis)
        for side in ("top", "right"):
            axes.spines[side].set_visible(False)
        return _svg(figure, label)


@contextmanager
def _drawn() -> Iterator[list[Any]]:
    """Our style, without a display, and figures forgotten afterwards."""
    import matplotlib as mpl

    figures: list[Any] = []
    backend = mpl.get_backend()
    mpl.use("Agg")
    try:
        with mpl.rc_context(_STYLE):
            yield figures
    finally:
        import matplotlib.pyplot as plt

        for figure in figures:
            plt.close(figure)
        mpl.use(backend)


def _as_pixels(axes: Any) -> None:
    """Dots as one picture inside the SVG, which else grows with the number of rows."""
    for dots in axes.collections:
        dots.set_rasterized(True)


def _svg(figure: Figure, label: str) -> str:
    """The figure as an SVG element, in the page's colours, with its label for who cannot see it."""
    from html import escape

    written = io.StringIO()
    figure.savefig(
        written,
        format="svg",
        dpi=160,
        transparent=True,
        bbox_inches="tight",
        metadata={"Date": None, "Creator": None},
    )
    text = written.getvalue()
    text = text[text.index("<svg") :]
    text = re.sub(r"<metadata>.*?</metadata>", "", text, flags=re.DOTALL)
    text = re.sub(r' xmlns(:\w+)?="[^"]*"', "", text)  # HTML knows them
    for colour, name in _ON_PAGE.items():
        text = text.replace(colour, f"var({name}, {colour})")
    text = re.sub(r'<svg ([^>]*?)(?:width="[^"]*"|height="[^"]*") ', r"<svg \1", text)
    return text.replace("<svg ", f'<svg role="img" aria-label="{escape(label)}" ', 1)
