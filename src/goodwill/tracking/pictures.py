"""Pictures of the metrics, as SVG text: MLflow shows them without a network and without a plot library."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from html import escape

import numpy as np
import numpy.typing as npt

from goodwill.evaluation.tables import calibration_table, decile_table, gains_table

WIDTH, HEIGHT = 560, 400
LEFT, RIGHT, TOP, BOTTOM = 80, 150, 40, 60
COLOURS = ("#1b6ca8", "#d1495b", "#888888")
TICKS = 5
STEPS = (1.0, 2.0, 2.5, 5.0, 10.0)


@dataclass(frozen=True)
class Line:
    """A named line of a picture."""

    name: str
    x: Sequence[float]
    y: Sequence[float]


def churn_pictures(churned: npt.ArrayLike, p_churn: npt.ArrayLike) -> dict[str, str]:
    """Return SVG text by file name: predicted against actual churn, and the gains curve.

    Examples
    --------
    >>> sorted(churn_pictures([True, False, True, False], [0.9, 0.2, 0.6, 0.6]))
    ['churn_calibration.svg', 'churn_gains.svg']
    """
    bins = calibration_table(churned, p_churn)
    predicted, actual = bins["p_mean"].tolist(), bins["churned_share"].tolist()
    lines = [Line("customers", predicted, actual), Line("perfect", [0.0, 1.0], [0.0, 1.0])]
    calibration = picture("Calibration of p_churn", ("mean p_churn", "share that churned"), lines)
    return {"churn_calibration.svg": calibration, "churn_gains.svg": _gains("churners", churned, p_churn)}


def clv_pictures(value: npt.ArrayLike, clv: npt.ArrayLike) -> dict[str, str]:
    """Return SVG text by file name: the gains curve of value, and predicted against actual value by decile.

    Examples
    --------
    >>> sorted(clv_pictures([0.0, 10.0, 30.0], [5.0, 10.0, 35.0]))
    ['clv_deciles.svg', 'clv_gains.svg']
    """
    deciles = decile_table(value, clv)
    tenths = deciles["decile"].tolist()
    lines = [
        Line("predicted", tenths, deciles["predicted_total"].tolist()),
        Line("actual", tenths, deciles["actual_total"].tolist()),
    ]
    by_decile = picture("Value by decile of clv", ("decile, 1 = highest clv", "total value"), lines)
    return {"clv_deciles.svg": by_decile, "clv_gains.svg": _gains("value", value, clv)}


def picture(title: str, labels: tuple[str, str], lines: Sequence[Line]) -> str:
    """Return lines over labelled axes as SVG text; points that are not finite are left out.

    Examples
    --------
    >>> svg = picture("Trials", ("trial", "loss"), [Line("a < b", [1, 2], [0.5, 0.4])])
    >>> svg.startswith("<svg"), "a &lt; b" in svg
    (True, True)
    """
    x, y = (_finite([getattr(line, axis) for line in lines]) for axis in "xy")
    ticks = {"x": _rounded(x), "y": _rounded(y)}
    span = {axis: (float(at[0]), float(at[-1])) for axis, at in ticks.items()}
    middle, centre = (LEFT + WIDTH - RIGHT) / 2, (TOP + HEIGHT - BOTTOM) / 2
    below = f'x="{middle}" y="{HEIGHT - 14}" text-anchor="middle"'
    beside = f'transform="translate(16 {centre}) rotate(-90)" text-anchor="middle"'
    body = [
        f'<text x="{LEFT}" y="24" font-size="15">{escape(title)}</text>',
        f"<text {below}>{escape(labels[0])}</text>",
        f"<text {beside}>{escape(labels[1])}</text>",
        *_ticks(ticks, span),
        *(part for place, line in enumerate(lines) for part in _drawn(line, place, span)),
    ]
    head = (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}" font-family="sans-serif" '
        'font-size="12"><rect width="100%" height="100%" fill="white"/>'
    )
    return "\n".join([head, *body, "</svg>\n"])


def _gains(what: str, outcome: npt.ArrayLike, score: npt.ArrayLike) -> str:
    gains = gains_table(outcome, score)
    share = gains["customers_share"].tolist()
    lines = [
        Line("model", share, gains["captured_share"].tolist()),
        Line("perfect", share, gains["perfect_share"].tolist()),
        Line("random", [0.0, 1.0], [0.0, 1.0]),
    ]
    return picture(f"Gains: {what} found", ("share of customers, best first", f"share of {what}"), lines)


def _finite(columns: Sequence[Sequence[float]]) -> npt.NDArray[np.float64]:
    values = np.array([value for column in columns for value in column], dtype=float)
    return values[np.isfinite(values)]


def _rounded(values: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
    """Return about `TICKS` round numbers that span the values and 0."""
    low, high = min(0.0, float(values.min(initial=0.0))), max(0.0, float(values.max(initial=0.0)))
    raw = (high - low or 1.0) / TICKS
    power = 10.0 ** np.floor(np.log10(raw))
    step = next(part * power for part in STEPS if part * power >= raw * (1 - 1e-9))
    return np.arange(np.floor(low / step), max(np.ceil(high / step - 1e-9), 1.0) + 1) * step


def _short(value: float) -> str:
    """Return a tick's label.

    Examples
    --------
    >>> _short(0.4), _short(250_000), _short(-1_500_000), _short(2e9)
    ('0.4', '250k', '-1.5M', '2,000M')
    """
    for size, letter in ((1e6, "M"), (1e3, "k")):
        if abs(value) >= size:
            return f"{value / size:,.6g}{letter}"
    return f"{value:.4g}"


def _place(x: float, y: float, span: Mapping[str, tuple[float, float]]) -> tuple[float, float]:
    across = (x - span["x"][0]) / (span["x"][1] - span["x"][0])
    up = (y - span["y"][0]) / (span["y"][1] - span["y"][0])
    return LEFT + across * (WIDTH - LEFT - RIGHT), HEIGHT - BOTTOM - up * (HEIGHT - TOP - BOTTOM)


def _ticks(
    ticks: Mapping[str, npt.NDArray[np.float64]], span: Mapping[str, tuple[float, float]]
) -> list[str]:
    parts = []
    for y in ticks["y"].tolist():
        _, up = _place(span["x"][0], y, span)
        parts += [
            f'<line x1="{LEFT}" x2="{WIDTH - RIGHT}" y1="{up:.1f}" y2="{up:.1f}" stroke="#dddddd"/>',
            f'<text x="{LEFT - 6}" y="{up + 4:.1f}" text-anchor="end">{_short(y)}</text>',
        ]
    for x in ticks["x"].tolist():
        across, _ = _place(x, span["y"][0], span)
        place = f'x="{across:.1f}" y="{HEIGHT - BOTTOM + 18}" text-anchor="middle"'
        parts.append(f"<text {place}>{_short(x)}</text>")
    return parts


def _drawn(line: Line, place: int, span: Mapping[str, tuple[float, float]]) -> list[str]:
    colour = COLOURS[place % len(COLOURS)]
    pairs = zip(line.x, line.y, strict=True)
    points = [_place(x, y, span) for x, y in pairs if np.isfinite(x) and np.isfinite(y)]
    path = " ".join(f"{across:.1f},{up:.1f}" for across, up in points)
    height = TOP + 12 + 20 * place
    return [
        f'<polyline points="{path}" fill="none" stroke="{colour}" stroke-width="2"/>',
        f'<text x="{WIDTH - RIGHT + 14}" y="{height}" fill="{colour}">{escape(line.name)}</text>',
    ]
