"""Pictures as Plotly figures in plain JSON, each made from the frame that stands in the table beside it.

Colours are places in a palette, `meta.colour`; the page gives them values that suit its light or dark.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from html import escape
from typing import Any

import pandas as pd

from goodwill.report.plotted import beside, labels, numbers
from goodwill.report.tables import Kind

Figure = dict[str, Any]  # Plotly's JSON
_TICKS = {"share": ".0%", "number": "", "measure": ""}
# Thousands as 1k and 1B where the language does so; the page decides.
_LARGE_TICKS = {"exponentformat": "B", "separatethousands": True}
_HOVER = {
    "share": ":.1%", "count": ":,.0f", "money": ":,.2f", "number": ":,.4g", "measure": ":.4f",
    "text": "", "date": "",
}  # fmt: skip
_CELL = {"share": ":.0%", "number": ":,.3~g"}
_DASHES = ("solid", "dash", "dot", "dashdot", "longdash", "longdashdot")
_SYMBOLS = ("circle", "square", "diamond", "triangle-up", "cross", "x")
_DAY_MS = 86_400_000
_ROW_HEIGHT, _FRAME_HEIGHT, _USUAL_HEIGHT, _NAMED_POINTS = 34, 150, 360, 8
_LINE_HEIGHT = 17


@dataclass(frozen=True)
class Axis:
    """A column laid along an axis, or shown as a colour: what it is called and what its figures are."""

    column: str
    title: str
    kind: Kind = "text"


@dataclass(frozen=True)
class Series:
    """A named column of a picture, with the columns that bound it where it has an interval."""

    column: str
    name: str
    low: str | None = None
    high: str | None = None


def bars(frame: pd.DataFrame, across: Axis, up: Axis, series: Sequence[Series]) -> Figure:
    """Return upright bars, the series side by side."""
    x = labels(frame[across.column])
    hover = f"%{{x}}: %{{y{_HOVER[up.kind]}}}"
    data = [
        _named({"type": "bar", "x": x, **_values(frame, one, "y")}, one, place, hover)
        for place, one in enumerate(series)
    ]
    layout = {"barmode": "group", "xaxis": _axis(across, is_category=True), "yaxis": _axis(up)}
    return _figure(data, layout)


def rows(frame: pd.DataFrame, down: Axis, across: Axis, series: Sequence[Series]) -> Figure:
    """Return lying bars, the first row of the frame on top: the shape for long names."""
    y = labels(frame[down.column])
    data = [
        _named(
            {"type": "bar", "orientation": "h", "y": y, **_values(frame, one, "x")},
            one, place, f"%{{y}}: %{{x{_HOVER[across.kind]}}}",
        )
        for place, one in enumerate(series)
    ]  # fmt: skip
    named = {**_axis(Axis(down.column, "", down.kind), is_category=True), "autorange": "reversed"}
    n_lines = max((label.count("<br>") + 1 for label in y), default=1)
    row = max(_ROW_HEIGHT * max(1, len(series) * 2 // 3), _LINE_HEIGHT * n_lines + 8)
    height = _FRAME_HEIGHT + row * len(frame)
    return _figure(data, {"barmode": "group", "yaxis": named, "xaxis": _axis(across), "height": height})


def lines(frame: pd.DataFrame, across: Axis, up: Axis, series: Sequence[Series]) -> Figure:
    """Return lines, told apart by colour, dash and marker."""
    x = labels(frame[across.column]) if across.kind in {"text", "date"} else numbers(frame[across.column])
    data = []
    for place, one in enumerate(series):
        look = {
            "line": {"dash": _DASHES[place % len(_DASHES)], "width": 2.5},
            "marker": {"symbol": _SYMBOLS[place % len(_SYMBOLS)], "size": 7},
        }
        mode = "lines+markers" if len(frame) <= 25 else "lines"  # noqa: PLR2004 - beyond, markers hide the line
        trace = {"type": "scatter", "mode": mode, "x": x, **_values(frame, one, "y"), **look}
        data.append(_named(trace, one, place, f"%{{x{_HOVER[across.kind]}}}: %{{y{_HOVER[up.kind]}}}"))
    ground = {"rangemode": "tozero"} if up.kind in {"money", "count", "share"} else {}
    return _figure(data, {"xaxis": _axis(across), "yaxis": {**_axis(up), **ground}})


def points(frame: pd.DataFrame, across: Axis, up: Axis, name: str) -> Figure:
    """Return named points; where there are many, they carry numbers, and hovering tells the names."""
    text = labels(frame[name])
    shown = text if len(frame) <= _NAMED_POINTS else [str(place + 1) for place in range(len(frame))]
    trace = {
        "type": "scatter",
        "mode": "markers+text",
        "x": numbers(frame[across.column]),
        "y": numbers(frame[up.column]),
        "text": shown,
        "customdata": text,
        "textposition": beside(frame[across.column], frame[up.column], shown),
        "cliponaxis": False,
        "marker": {"size": 9},
    }
    hover = f"%{{customdata}}: %{{x{_HOVER[across.kind]}}}, %{{y{_HOVER[up.kind]}}}"
    data = [_named(trace, Series(up.column, ""), 0, hover)]
    return _figure(data, {"xaxis": _axis(across), "yaxis": _axis(up), "showlegend": False, "height": 460})


def key_to_points(frame: pd.DataFrame, name: str) -> str:
    """Return which number means which point; nothing where the points carry their names.

    Examples
    --------
    >>> key_to_points(pd.DataFrame({"item": list("abcdefghi")}), "item")[:9]
    '1 a · 2 b'
    """
    if len(frame) <= _NAMED_POINTS:
        return ""
    return " · ".join(f"{place + 1} {label}" for place, label in enumerate(frame[name]))


def heat(frame: pd.DataFrame, across: Axis, down: Axis, colour: Axis) -> Figure:
    """Return a grid of coloured and labelled cells from a long frame; the first row stands on top."""
    x, y = (list(dict.fromkeys(frame[axis.column])) for axis in (across, down))
    cells = frame.pivot_table(
        index=down.column, columns=across.column, values=colour.column, aggfunc="first", dropna=False
    )
    grid = cells.reindex(index=y, columns=x)
    trace = {
        "type": "heatmap",
        "x": labels(pd.Series(x)),
        "y": labels(pd.Series(y)),
        "z": [numbers(grid.loc[name]) for name in y],
        "texttemplate": f"%{{z{_CELL.get(colour.kind, _HOVER[colour.kind])}}}",
        "hovertemplate": f"%{{y}} → %{{x}}: %{{z{_HOVER[colour.kind]}}}<extra></extra>",
        "showscale": False,
        "xgap": 1,
        "ygap": 1,
        "meta": {"scale": True},
    }
    named = {**_axis(down, is_category=True), "autorange": "reversed"}
    height = _FRAME_HEIGHT + _ROW_HEIGHT * max(len(y), 3)
    return _figure([trace], {"xaxis": _axis(across, is_category=True), "yaxis": named, "height": height})


def pyramid(frame: pd.DataFrame, name: str, width: Axis, text: Sequence[Sequence[str]]) -> Figure:
    """Return centred bars, one above the other, as wide as a share of customers; the first row on top.

    Parameters
    ----------
    text : lines below the name of each step.
    """
    share = frame[width.column].astype(float)
    below = ["<br>".join(escape(line, quote=False) for line in lines) for lines in text]
    names = [f"<b>{label}</b><br>{line}" for label, line in zip(labels(frame[name]), below, strict=True)]
    trace = {
        "type": "bar",
        "orientation": "h",
        "y": names,
        "x": numbers(share),
        "base": numbers(-share / 2),
        "hovertemplate": "%{y}<extra></extra>",
        "meta": {"steps": len(frame)},
    }
    hidden = {"visible": False, "range": [-share.max() / 1.9, share.max() / 1.9], "fixedrange": True}
    shown = {
        "autorange": "reversed",
        "automargin": True,
        "fixedrange": True,
        "showgrid": False,
        "zeroline": False,
    }
    height = 40 + 74 * len(frame)
    return _figure([trace], {"xaxis": hidden, "yaxis": shown, "bargap": 0.06, "height": height})


def timeline(orders: pd.DataFrame, events: pd.DataFrame, up: Axis, name: str) -> Figure:
    """Return money as stems on a line of time, and other events as marks below it.

    Parameters
    ----------
    orders : day (ISO text) and the column of `up`. events : day, table and kind; may be empty.
    """
    money = {
        "type": "bar",
        "x": orders["day"].tolist(),
        "y": numbers(orders[up.column]),
        "width": _DAY_MS * 3,
    }
    data = [_named(money, Series(up.column, name), 0, f"%{{x}}: %{{y{_HOVER[up.kind]}}}")]
    groups = events.groupby("table", sort=True) if len(events) else ()
    for place, (table, part) in enumerate(groups, start=1):
        marks = {
            "type": "scatter", "mode": "markers", "yaxis": "y2", "x": part["day"].tolist(),
            "y": [str(table)] * len(part), "text": labels(part["kind"].fillna("").astype("str")),
            "marker": {"symbol": _SYMBOLS[place % len(_SYMBOLS)], "size": 8},
        }  # fmt: skip
        data.append(_named(marks, Series("", str(table)), place, "%{x}: %{text}"))
    upper = 0.32 if len(data) > 1 else 0.0
    lower = {
        "type": "category",
        "domain": [0, 0.24],
        "automargin": True,
        "fixedrange": True,
        "showgrid": False,
    }
    layout = {"xaxis": {**_axis(Axis("day", "", "date")), "anchor": "free", "position": 0}}
    layout["yaxis"] = {**_axis(up), "domain": [upper, 1]}
    return _figure(data, layout | ({"yaxis2": lower, "height": 460} if upper else {}))


def _values(frame: pd.DataFrame, one: Series, axis: str) -> Figure:
    found: Figure = {axis: numbers(frame[one.column])}
    if one.low and one.high:
        above, below = frame[one.high] - frame[one.column], frame[one.column] - frame[one.low]
        found[f"error_{axis}"] = {
            "type": "data", "symmetric": False, "array": numbers(above), "arrayminus": numbers(below),
            "thickness": 1.2, "width": 3,
        }  # fmt: skip
    return found


def _named(trace: Figure, one: Series, place: int, hover: str) -> Figure:
    name = escape(one.name, quote=False)
    extra = f"<extra>{name}</extra>" if name and "%{" not in name else "<extra></extra>"
    return {**trace, "name": name, "hovertemplate": hover + extra, "meta": {"colour": place}}


def _axis(axis: Axis, *, is_category: bool = False) -> Figure:
    made: Figure = {"automargin": True, "fixedrange": True}
    if axis.title:
        made["title"] = {"text": escape(axis.title, quote=False), "standoff": 8}
    if is_category or axis.kind == "text":
        return {**made, "type": "category", "showgrid": False}
    if axis.kind == "date":
        return {**made, "type": "date", "tickformat": "%Y-%m"}
    ticks = {"tickformat": _TICKS[axis.kind]} if axis.kind in _TICKS else _LARGE_TICKS
    return {**made, **ticks, "zeroline": False}


def _figure(data: list[Figure], layout: Figure) -> Figure:
    many = sum(bool(trace.get("name")) for trace in data) > 1
    return {"data": data, "layout": {"showlegend": many, "height": _USUAL_HEIGHT, **layout}}
