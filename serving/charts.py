"""Small charts as inline SVG, in the page's colours; each says in words what it shows."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from html import escape
from math import ceil, floor, log10

Point = tuple[float, float]

WIDTH, HEIGHT, LEFT, BOTTOM, TOP = 340.0, 220.0, 52.0, 36.0, 12.0
LETTER = 5.0
"""Width of a figure in the texts beside the axes."""


def _frame(label: str, body: Sequence[str], x_title: str, y_title: str) -> str:
    right, floor = WIDTH - 8, HEIGHT - BOTTOM
    return (
        f'<svg viewBox="0 0 {WIDTH:g} {HEIGHT:g}" role="img" aria-label="{escape(label)}">'
        f'<path class="axis" d="M{LEFT:g} {TOP:g}V{floor:g}H{right:g}"/>{"".join(body)}'
        f'<text class="title" x="{(LEFT + right) / 2:g}" y="{HEIGHT - 4:g}">{escape(x_title)}'
        f'</text><text class="title" transform="translate(11 {(TOP + floor) / 2:g}) rotate(-90)">'
        f"{escape(y_title)}</text></svg>"
    )


def _x(share: float) -> float:
    return LEFT + share * (WIDTH - 8 - LEFT)


def _y(share: float) -> float:
    return HEIGHT - BOTTOM - share * (HEIGHT - BOTTOM - TOP)


def _ticks(x: Sequence[tuple[float, str]], y: Sequence[tuple[float, str]]) -> list[str]:
    found = [
        f'<text class="x" x="{_within(_x(at), text):.1f}" y="{HEIGHT - BOTTOM + 13:g}">'
        f"{escape(text)}</text>"
        for at, text in x
    ]
    return found + [
        f'<text class="y" x="{LEFT - 5:g}" y="{_y(at) + 3:.1f}">{escape(text)}</text>'
        for at, text in y
    ]


def _within(middle: float, text: str) -> float:
    """The middle of a centred text, moved where its end would be cut off."""
    return min(middle, WIDTH - 1 - len(text) * LETTER / 2)


def bars(shares: Sequence[float], even: float, label: str, x_title: str, y_title: str) -> str:
    """Histogram of equal parts of 0..1, with a line at the height of an even one."""
    top = max([*shares, 2 * even]) * 1.05
    width = 1 / len(shares)
    body = [
        f'<rect class="bar" x="{_x(i * width) + 1:.1f}" y="{_y(share / top):.1f}" '
        f'width="{_x(width) - _x(0) - 2:.1f}" height="{_y(0) - _y(share / top):.1f}"/>'
        for i, share in enumerate(shares)
    ]
    body.append(f'<path class="guide" d="M{_x(0):g} {_y(even / top):.1f}H{_x(1):.1f}"/>')
    body += _ticks([(at, f"{at:g}") for at in (0, 0.5, 1)], [(0, "0"), (even / top, f"{even:.0%}")])
    return _frame(label, body, x_title, y_title)


def agreement(
    points: Sequence[tuple[float, float, float, float]], label: str, x_title: str, y_title: str
) -> str:
    """Observed against predicted, both on the same log scale, beside the line where they agree.

    Parameters
    ----------
    points : sequence of (predicted, observed, low, high)
        Shares; what is not positive is drawn at the lower edge.
    """
    positive = [v for point in points for v in point if v > 0]
    if not positive:
        return ""
    low, high = log10(min(positive)) - 0.05, log10(max(positive)) + 0.05

    def at(value: float) -> float:
        return (log10(value) - low) / (high - low) if value > 0 else 0.0

    body = [f'<path class="guide" d="M{_x(0):g} {_y(0):g}L{_x(1):g} {_y(1):g}"/>']
    for predicted, observed, least, most in points:
        x = _x(at(predicted))
        if least == least and most == most:
            ends = f"V{_y(at(most)):.1f}"
            body.append(f'<path class="range" d="M{x:.1f} {_y(at(least)):.1f}{ends}"/>')
        body.append(f'<circle class="dot" cx="{x:.1f}" cy="{_y(at(observed)):.1f}" r="3.5"/>')
    decades = range(floor(low) + 1, floor(high) + 1)
    marks = [(at(10.0**d), f"{10.0**d:.10g}") for d in decades]
    return _frame(label, body + _ticks(marks, marks), x_title, y_title)


def gains(lines: Mapping[str, Sequence[Point]], label: str, x_title: str, y_title: str) -> str:
    """Amounts gathered over a share (0..1), beside the straight line to the end of the first line,
    which stands out.
    """
    amounts = [y for points in lines.values() for _, y in points]
    low, high = min(0.0, *amounts), max(*amounts, 1e-9)

    def at(amount: float) -> float:
        return (amount - low) / (high - low)

    end = next(iter(lines.values()))[-1][1]
    guide = f"M{_x(0):g} {_y(at(0)):.1f}L{_x(1):.1f} {_y(at(end)):.1f}"
    body = [f'<path class="guide" d="{guide}"/>']
    for i, (name, points) in enumerate(lines.items()):
        path = "L".join(f"{_x(x):.1f} {_y(at(y)):.1f}" for x, y in points)
        kind = "first" if i == 0 else f"other o{i % 5}"
        body.append(f'<path class="line {kind}" d="M{path}"><title>{escape(name)}</title></path>')
    marks = sorted({0.0, end, high})
    body += _ticks([(x, f"{x:.0%}") for x in (0, 0.5, 1)], [(at(y), f"{y:,.0f}") for y in marks])
    return _frame(label, body, x_title, y_title)


def curves(lines: Mapping[str, Sequence[Point]], label: str, x_title: str, y_title: str) -> str:
    """Shares (0..1) over a share spent; the first line is the one that stands out."""
    xs = sorted({x for points in lines.values() for x, _ in points})
    span = max(xs) or 1.0
    body = []
    for i, (name, points) in enumerate(lines.items()):
        path = "L".join(f"{_x(x / span):.1f} {_y(y):.1f}" for x, y in points)
        kind = "first" if i == 0 else f"other o{i % 5}"
        body.append(f'<path class="line {kind}" d="M{path}"><title>{escape(name)}</title></path>')
    body += _ticks(
        [(x / span, f"{x:.0%}") for x in xs], [(y, f"{y:.0%}") for y in (0, 0.25, 0.5, 0.75, 1.0)]
    )
    return _frame(label, body, x_title, y_title)


def amounts(
    points: Sequence[Point],
    here: Point,
    label: str,
    x_title: str,
    y_title: str,
    number: Callable[[float], str],
) -> str:
    """Amounts over amounts, both from 0, with a ring at `here`.

    Parameters
    ----------
    number : callable
        An amount as text.
    """
    across, up = (_round_steps(max(point[axis] for point in (*points, here))) for axis in (0, 1))
    places = [(x / across[-1], y / up[-1]) for x, y in points]
    path = "L".join(f"{_x(x):.1f} {_y(y):.1f}" for x, y in places)
    body = [f'<path class="line first" d="M{path}"/>']
    body += [f'<circle class="dot" cx="{_x(x):.1f}" cy="{_y(y):.1f}" r="3"/>' for x, y in places]
    x, y = here[0] / across[-1], here[1] / up[-1]
    body.append(f'<circle class="here" cx="{_x(x):.1f}" cy="{_y(y):.1f}" r="6"/>')
    body += _ticks(
        [(at / across[-1], number(at)) for at in across], [(at / up[-1], number(at)) for at in up]
    )
    return _frame(label, body, x_title, y_title)


def _round_steps(top: float) -> list[float]:
    """0 and up to four round amounts, the last one at least `top`."""
    unit = 10.0 ** floor(log10(max(top, 1e-9) / 4))
    step = next(size * unit for size in (1, 2, 2.5, 5, 10) if 4 * size * unit >= top * (1 - 1e-12))
    return [step * place for place in range(ceil(top / step * (1 - 1e-12)) + 1)]
