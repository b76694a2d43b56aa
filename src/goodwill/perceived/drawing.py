"""Small pictures as SVG text: points on a map, ranges on a scale, lines; no plot library, no network."""

from collections.abc import Sequence
from dataclasses import dataclass
from html import escape

import numpy as np

from goodwill.perceived.axes import Scale
from goodwill.perceived.placing import REACH, fitting, sides_of, text_width

WIDTH, ROW, LEFT, RIGHT, TOP, BOTTOM = 720, 26, 220, 30, 44, 46
MAP_HEIGHT, MAP_LEFT = 520, 70
# Names of many points would cover one another: points carry numbers, and the names stand beside the map.
KEY, KEY_ROW, NUMBER_SIZE = 260, 16, 10
LEGEND_TOP, LEGEND_ROW, LEGEND_SIZE = 40, 18, 11
COLOURS = ("#1b6ca8", "#d1495b", "#66a182", "#edae49", "#8d5a97", "#444444", "#00798c", "#b56b45")


@dataclass(frozen=True)
class Mark:
    """A named point of a map."""

    name: str
    x: float
    y: float


@dataclass(frozen=True)
class Row:
    """A named row of a chart: numbers as dots, a line from `low` to `high`, and bars below both.

    `ending` stands whole after the name, however much of the name there is no room for.
    """

    name: str
    numbers: Sequence[float]
    low: float
    high: float
    bars: Sequence[tuple[float, float]] = ()
    ending: str = ""


@dataclass(frozen=True)
class Curve:
    """A named line over x."""

    name: str
    x: Sequence[float]
    y: Sequence[float]


def rows_picture(title: str, scale: Scale, rows: Sequence[Row], legend: Sequence[str] = ()) -> str:
    """Return a row per name on one scale.

    Examples
    --------
    >>> svg = rows_picture("Value", Scale("score", 0, 100), [Row("a < b", [40.0], 30.0, 50.0)])
    >>> svg.startswith("<svg"), "a &lt; b" in svg
    (True, True)
    """
    height, end = TOP + ROW * len(rows) + BOTTOM, WIDTH - RIGHT
    keys = [part for line in _legend(legend, LEGEND_TOP) for part in line]
    body = [*_axis_below(scale, height, LEFT), *keys]
    for place, row in enumerate(rows):
        y = TOP + ROW * (place + 0.5)
        room = LEFT - 10 - text_width(row.ending, 12)
        body.append(_text(LEFT - 10, y + 4, fitting(row.name, room, 12) + row.ending, "end"))
        for (start, stop), colour in zip(row.bars, COLOURS[len(row.numbers) :], strict=False):
            body.append(_line(scale.place(start, LEFT, end), y, scale.place(stop, LEFT, end), y, colour, 18))
        if np.isfinite([row.low, row.high]).all():
            ends = [scale.place(value, LEFT, end) for value in (row.low, row.high)]
            body.append(_line(ends[0], y, ends[1], y, "#444444" if row.bars else "#999999", 3))
        body += [
            _dot(scale.place(value, LEFT, end), y, colour)
            for value, colour in zip(row.numbers, COLOURS, strict=False)
            if np.isfinite(value)
        ]
    return _svg(title, height, body)


def map_picture(
    title: str, across: Scale, up: Scale, marks: Sequence[Mark], lines: Sequence[Curve] = ()
) -> str:
    """Return numbered points on a plane with their names beside it, and lines such as cross-hairs.

    Examples
    --------
    >>> svg = map_picture("Map", Scale("x", 0, 1), Scale("y", 0, 1), [Mark("app", 0.5, 0.5)])
    >>> svg.count("<circle"), "app" in svg
    (1, True)
    """
    body = [*_axes(across, up), *(_path(curve, across, up, "#999999") for curve in lines)]
    keys = [f"{number}  {mark.name}" for number, mark in enumerate(marks, start=1)]
    keys += [f"—  {curve.name}" for curve in lines if curve.name]
    for row, key in enumerate(keys, start=1):
        body.append(_text(WIDTH, TOP + KEY_ROW * row, fitting(key, KEY, 11), "start", 11))
    known = [
        (str(number), *_at(mark.x, mark.y, across, up))
        for number, mark in enumerate(marks, start=1)
        if np.isfinite([mark.x, mark.y]).all()
    ]
    sides = sides_of([(x, y) for _, x, y in known], [text for text, _, _ in known], NUMBER_SIZE)
    for (text, x, y), side in zip(known, sides, strict=True):
        body += [_dot(x, y, COLOURS[0]), _beside(x, y, text, side)]
    height = max(MAP_HEIGHT, TOP + KEY_ROW * (len(keys) + 1))
    return _svg(title, height, body, WIDTH + KEY)


def lines_picture(title: str, across: Scale, up: Scale, curves: Sequence[Curve]) -> str:
    """Return named lines over one axis.

    Examples
    --------
    >>> svg = lines_picture("Curves", Scale("x", 0, 1), Scale("y", 0, 1), [Curve("a", [0, 1], [0, 1])])
    >>> svg.count("<polyline")
    1
    """
    body = [_path(curve, across, up, COLOURS[place % len(COLOURS)]) for place, curve in enumerate(curves)]
    legend = _legend([curve.name for curve in curves], MAP_HEIGHT + LEGEND_ROW)
    height = MAP_HEIGHT + LEGEND_ROW * len(legend) + (LEGEND_ROW if legend else 0)
    return _svg(title, height, [*_axes(across, up), *body, *(part for line in legend for part in line)])


def _beside(x: float, y: float, text: str, side: str) -> str:
    up, across = side.split()
    anchor = {"right": "start", "left": "end", "center": "middle"}[across]
    aside = {"right": REACH, "left": -REACH, "center": 0.0}[across]
    below = {"top": -REACH, "middle": 0.35 * NUMBER_SIZE, "bottom": REACH + 0.8 * NUMBER_SIZE}[up]
    return _text(x + aside, y + below, text, anchor, NUMBER_SIZE)


def _at(x: float, y: float, across: Scale, up: Scale) -> tuple[float, float]:
    return across.place(x, MAP_LEFT, WIDTH - RIGHT), up.place(y, MAP_HEIGHT - BOTTOM, TOP)


def _axes(across: Scale, up: Scale) -> list[str]:
    parts = _axis_below(across, MAP_HEIGHT, MAP_LEFT)
    middle = (TOP + MAP_HEIGHT - BOTTOM) / 2
    beside = f'transform="translate(16 {middle}) rotate(-90)" text-anchor="middle"'
    parts.append(f"<text {beside}>{escape(up.name)}</text>")
    for value, label in up.ticks():
        y = up.place(value, MAP_HEIGHT - BOTTOM, TOP)
        parts += [
            _line(MAP_LEFT, y, WIDTH - RIGHT, y, "#eeeeee", 1),
            _text(MAP_LEFT - 6, y + 4, label, "end"),
        ]
    return parts


def _axis_below(scale: Scale, height: float, left: float) -> list[str]:
    parts = [_text((left + WIDTH - RIGHT) / 2, height - 8, scale.name, "middle")]
    for value, label in scale.ticks():
        x = scale.place(value, left, WIDTH - RIGHT)
        parts += [
            _line(x, TOP, x, height - BOTTOM, "#eeeeee", 1),
            _text(x, height - BOTTOM + 16, label, "middle"),
        ]
    return parts


def _legend(names: Sequence[str], top: float) -> list[list[str]]:
    """Return the names beside their colours, in as many lines as they need."""
    lines: list[list[str]] = []
    x = float(WIDTH)
    for place, name in enumerate(names):
        room = 30 + text_width(name, LEGEND_SIZE)
        if x + room > WIDTH:
            lines.append([])
            x = float(MAP_LEFT)
        y = top + LEGEND_ROW * (len(lines) - 1)
        dot = _dot(x, y - 4, COLOURS[place % len(COLOURS)])
        lines[-1] += [dot, _text(x + 8, y, name, "start", LEGEND_SIZE)]
        x += room
    return lines


def _path(curve: Curve, across: Scale, up: Scale, colour: str) -> str:
    known = [(x, y) for x, y in zip(curve.x, curve.y, strict=True) if np.isfinite([x, y]).all()]
    places = " ".join("{:.1f},{:.1f}".format(*_at(x, y, across, up)) for x, y in known)
    return f'<polyline points="{places}" fill="none" stroke="{colour}" stroke-width="2"/>'


def _dot(x: float, y: float, colour: str) -> str:
    return f'<circle cx="{x:.1f}" cy="{y:.1f}" r="5" fill="{colour}"/>'


def _line(x1: float, y1: float, x2: float, y2: float, colour: str, width: int) -> str:
    where = f'x1="{x1:.1f}" y1="{y1:.1f}" x2="{x2:.1f}" y2="{y2:.1f}"'
    return f'<line {where} stroke="{colour}" stroke-width="{width}"/>'


def _text(x: float, y: float, text: str, anchor: str, size: int = 12) -> str:
    return f'<text x="{x:.1f}" y="{y:.1f}" text-anchor="{anchor}" font-size="{size}">{escape(text)}</text>'


def _svg(title: str, height: float, body: Sequence[str], width: int = WIDTH) -> str:
    box = f'viewBox="0 0 {width} {height:.0f}" font-family="sans-serif" font-size="12"'
    head = f'<svg xmlns="http://www.w3.org/2000/svg" {box}><rect width="100%" height="100%" fill="white"/>'
    return "\n".join([head, _text(MAP_LEFT, 22, title, "start", 15), *body, "</svg>\n"])
