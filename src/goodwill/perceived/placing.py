"""Where the names of points stand, so that they cover neither one another nor a point."""

import unicodedata
from collections.abc import Sequence

import numpy as np

# In the order of preference; the words are those of Plotly's `textposition`.
SIDES = (
    "top right", "top left", "bottom right", "bottom left",
    "middle right", "middle left", "top center", "bottom center",
)  # fmt: skip
NARROW, WIDE, REACH = 0.56, 1.0, 5.0


def text_width(text: str, size: float) -> float:
    """Return about how many pixels a text takes; a Chinese character takes two letters' room.

    Examples
    --------
    >>> text_width("质量", 10), text_width("ab", 10)
    (20.0, 11.2)
    """
    wide = sum(unicodedata.east_asian_width(sign) in "WF" for sign in text)
    return round(size * (WIDE * wide + NARROW * (len(text) - wide)), 2)


def fitting(text: str, room: float, size: float) -> str:
    """Return a text as far as there is room for it.

    Examples
    --------
    >>> fitting("short", 100, 10), fitting("far too long", 40, 10)
    ('short', 'far to…')
    """
    if text_width(text, size) <= room:
        return text
    kept = next(n for n in range(len(text), -1, -1) if text_width(text[:n] + "…", size) <= room or not n)
    return text[:kept].rstrip() + "…"


def sides_of(points: Sequence[tuple[float, float]], texts: Sequence[str], size: float) -> list[str]:
    """Return on which side of each point its text stands.

    Parameters
    ----------
    points : pixels from the left and from the top. texts : one per point. size : of the letters, in pixels.

    Notes
    -----
    Point after point takes the first side on which its text covers the least of the points and of the texts
    that stand already.

    Examples
    --------
    >>> sides_of([(10, 10), (200, 10)], ["a", "b"], 10)
    ['top right', 'top right']
    >>> sides_of([(10, 10), (12, 10)], ["1", "2"], 10)
    ['top right', 'top left']
    """
    dots = [np.array([x - REACH, x + REACH, y - REACH, y + REACH]) for x, y in points]
    taken, sides = list(dots), []
    for (x, y), text in zip(points, texts, strict=True):
        boxes = [_box(x, y, text_width(text, size), size, side) for side in SIDES]
        covered = [_covered(box, np.array(taken)) for box in boxes]
        best = int(np.argmin(covered))
        taken.append(boxes[best])
        sides.append(SIDES[best])
    return sides


def _box(x: float, y: float, width: float, height: float, side: str) -> np.ndarray:
    """Return left, right, top and bottom of a text beside a point."""
    up, across = side.split()
    left = {"right": x + REACH, "left": x - REACH - width, "center": x - width / 2}[across]
    top = {"top": y - REACH - height, "bottom": y + REACH, "middle": y - height / 2}[up]
    return np.array([left, left + width, top, top + height])


def _covered(box: np.ndarray, taken: np.ndarray) -> float:
    """Return the area of a box that others take."""
    low = np.maximum(box[[0, 2]], taken[:, [0, 2]])
    high = np.minimum(box[[1, 3]], taken[:, [1, 3]])
    return float(np.clip(high - low, 0, None).prod(axis=1).sum().round(6))
