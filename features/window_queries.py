"""How all windows of one stream become a few DuckDB queries.

The edges of the windows cut the time before `as_of` into spans, counted from `as_of` backwards; a
window is a run of spans. An event is looked at once, not once a window, and hardly any state is
kept an event:

    add up     counts, shares, means, extremes   events -> (key, span) -> key
    by value   distinct, top shares, variety     events -> (key, value) -> key
    in order   medians, quartiles and spreads    events -> key
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from features.streams.spec import StreamSpec

EXACT = "DECIMAL(38, 12)"
"""Numbers are added up in this type, so that the order of rows never shows."""

DAY_US = 86_400_000_000


@dataclass(frozen=True)
class Window:
    """An aggregate of one stream's events in `[as_of - ago - days, as_of - ago)`.

    With `days` None it looks back forever.
    """

    stream: str
    measure: str
    value: str = "known_at"
    weight: str | None = None
    where: tuple[str, ...] = ()
    days: float | None = None
    ago: float = 0.0

    @property
    def end_us(self) -> int:
        """Microseconds from the window's end to `as_of`."""
        return round(self.ago * DAY_US)

    @property
    def begin_us(self) -> int | None:
        """Microseconds from the window's beginning to `as_of`; None where it has none."""
        return None if self.days is None else round((self.ago + self.days) * DAY_US)


# What becomes of {n}, the numbers of a window's events with each value.
_BY_VALUE = {
    "distinct": "count(*) FILTER (WHERE {n} > 0)",
    "top_share": "max({n}) / nullif(sum({n}), 0)",
    "repeat_share": "count(*) FILTER (WHERE {n} > 1) / nullif(count(*) FILTER (WHERE {n} > 0), 0)",
    "variety": "1 - sum({n} * ({n} - 1)) / nullif(sum({n}) * (sum({n}) - 1), 0)",
}
_IN_ORDER = {
    "median": "quantile_cont({value}, .5){only}",
    "low": "quantile_cont({value}, .25){only}",
    # Written twice, computed once; two quantiles of their own would put the values in order twice.
    "spread": "(quantile_cont({value}, [.25, .75]){only})[2]"
    " - (quantile_cont({value}, [.25, .75]){only})[1]",
}


def queries(spec: StreamSpec, windows: Sequence[Window]) -> list[tuple[str, list[Window]]]:
    """Compile windows of one stream.

    Returns
    -------
    list of (str, list of Window)
        SQL with one line a `key` and the windows that its columns `w0, w1, ...` answer. The first
        query, which may answer none, has a line for every key with an event, whenever that was.
    """
    added: list[Window] = []
    in_order: list[Window] = []
    by_value: dict[str, list[Window]] = {}
    for window in windows:
        if window.measure in _BY_VALUE:
            by_value.setdefault(window.value, []).append(window)
        else:
            (in_order if window.measure in _IN_ORDER else added).append(window)
    compiled = [(_add_up(spec, added), added)]
    compiled += [(_count_by_value(spec, asked), asked) for asked in by_value.values()]
    if in_order:
        compiled.append((_put_in_order(spec, in_order), in_order))
    return compiled


class _Events:
    """The events of a stream as one query needs them: each expression is computed once an event."""

    def __init__(self, spec: StreamSpec, windows: Sequence[Window]) -> None:
        self.spec = spec
        edges = {edge for window in windows for edge in (window.end_us, window.begin_us) if edge}
        self.edges_us = sorted(edges)
        self.columns: dict[str, str] = {}

    def column(self, expression: str) -> str:
        """Name of the column that holds an expression over the joined events."""
        return self.columns.setdefault(expression, f"e{len(self.columns)}")

    def expression(self, name: str) -> str:
        """SQL of a value or, where none is called so, of a flag."""
        if name == "known_at":
            return name
        return self.spec.values.get(name) or self.spec.flags[name]

    def value(self, name: str) -> str:
        """Name of the column of a value or flag."""
        return self.column(self.expression(name))

    def flagged(self, window: Window) -> list[str]:
        """The condition that an event has all flags of a window."""
        flags = [f"({self.spec.flags[name]})" for name in window.where]
        return [self.column(" AND ".join(flags))] if flags else []

    def within(self, window: Window) -> list[str]:
        """The conditions on the span of an event that it lies in a window."""
        conditions = []
        if window.end_us:
            conditions.append(f"span > {self.edges_us.index(window.end_us)}")
        if window.begin_us is not None:
            conditions.append(f"span <= {self.edges_us.index(window.begin_us)}")
        return conditions

    def sql(self) -> str:
        """One line an event of a key: `key`, `age_us` at `as_of`, `span` and the named columns."""
        # An event that lies on an edge belongs to the later span: windows are closed where they
        # begin.
        span = " + ".join(f"(age_us > {edge})::TINYINT" for edge in self.edges_us) or "0"
        return (
            f"SELECT key, age_us, {span} AS span{_as(self.columns)} FROM ("
            f"SELECT *, epoch_us(as_of) - epoch_us(known_at) AS age_us FROM ({self.spec.joined}))"
        )


def _add_up(spec: StreamSpec, windows: Sequence[Window]) -> str:
    events = _Events(spec, windows)
    parts: dict[str, str] = {}

    def part(aggregate: str) -> str:
        return parts.setdefault(aggregate, f"p{len(parts)}")

    measures = [_added(window, events, part) for window in windows]
    spans = f"SELECT key, span{_as(parts)} FROM ({events.sql()}) GROUP BY key, span"
    return f"SELECT key{_numbered(measures)} FROM ({spans}) GROUP BY key"


def _added(window: Window, events: _Events, part: Callable[[str], str]) -> str:
    """A measure as SQL over the parts that its spans bring."""
    value = events.value(window.value)
    flagged = events.flagged(window)

    def over(aggregate: str, *inner: str, needs: Sequence[str] = ()) -> str:
        """Aggregate over the window's spans what aggregates over the events of each have given."""
        brought = ", ".join(part(one + _only([*flagged, *needs])) for one in inner)
        return f"{aggregate}({brought}){_only(events.within(window))}"

    def exact(expression: str, needs: Sequence[str] = ()) -> str:
        added = events.column(f"CAST({expression} AS {EXACT})")
        return f"CAST({over('sum', f'sum({added})', needs=needs)} AS DOUBLE)"

    match window.measure:
        case "count":
            return over("sum", "count(*)")
        case "share":
            return f"{over('sum', f'sum({value}::INT)')} / {over('sum', f'count({value})')}"
        case "mean":
            number = events.expression(window.value)
            return f"{exact(number)} / {over('sum', f'count({value})')}"
        case "sum":
            return exact(events.expression(window.value))
        case "weighted_mean":
            number, weight = events.expression(window.value), events.expression(window.weight or "")
            known = [f"{value} IS NOT NULL"]
            product = exact(f"({number}) * ({weight})", known)
            return f"{product} / nullif({exact(weight, known)}, 0)"
        case "max":
            return over("max", f"max({value})")
        case "latest":
            known = [f"{value} IS NOT NULL"]
            return over("arg_min", f"arg_min({value}, age_us)", "min(age_us)", needs=known)
        case "days_since_last":
            return f"{over('min', 'min(age_us)')} / {DAY_US}"
        case "days_since_first":
            return f"{over('max', 'max(age_us)')} / {DAY_US}"
        case other:
            raise ValueError(f"no measure is called {other}")


def _count_by_value(spec: StreamSpec, windows: Sequence[Window]) -> str:
    """Windows over one value."""
    events = _Events(spec, windows)
    value = events.value(windows[0].value)
    counts: dict[str, str] = {}
    measures = []
    for window in windows:
        count = f"count(*){_only(events.flagged(window) + events.within(window))}"
        number = counts.setdefault(count, f"n{len(counts)}")
        measures.append(_BY_VALUE[window.measure].format(n=number))
    known = f"{value} IS NOT NULL AND ({_any(events, windows)})"
    values = f"SELECT key{_as(counts)} FROM ({events.sql()}) WHERE {known} GROUP BY key, {value}"
    return f"SELECT key{_numbered(measures)} FROM ({values}) GROUP BY key"


def _put_in_order(spec: StreamSpec, windows: Sequence[Window]) -> str:
    events = _Events(spec, windows)
    measures = []
    for window in windows:
        only = _only(events.flagged(window) + events.within(window))
        value = events.value(window.value)
        measures.append(_IN_ORDER[window.measure].format(value=value, only=only))
    asked = _any(events, windows)
    return f"SELECT key{_numbered(measures)} FROM ({events.sql()}) WHERE {asked} GROUP BY key"


def _any(events: _Events, windows: Sequence[Window]) -> str:
    """The condition that some window asks for an event."""
    asked = [events.flagged(window) + events.within(window) for window in windows]
    return " OR ".join(dict.fromkeys(" AND ".join(conditions) or "TRUE" for conditions in asked))


def _only(conditions: Sequence[str]) -> str:
    return f" FILTER (WHERE {' AND '.join(conditions)})" if conditions else ""


def _as(named: dict[str, str]) -> str:
    return "".join(f", {expression} AS {name}" for expression, name in named.items())


def _numbered(measures: Sequence[str]) -> str:
    return "".join(f", {measure} AS w{i}" for i, measure in enumerate(measures))
