"""Columns as Plotly shows them: names broken into lines, numbers without what JSON cannot hold."""

import re
import textwrap
import unicodedata
from collections.abc import Sequence
from html import escape

import pandas as pd

from goodwill.perceived.placing import sides_of

_LINE, _WIDE_LINE, _LONGEST = 22, 12, 120  # letters of a label's line, of wide letters, and of all its lines
# Pixels of a map between its outermost points on a narrow page, and of a letter.
_WIDTH, _HEIGHT, _LETTERS = 560.0, 300.0, 12.0
_PAUSE = re.compile("([，。；、：）·])")


def labels(column: pd.Series) -> list[str]:
    """Return names as Plotly shows them: as they are, its markup harmless, long ones broken.

    Examples
    --------
    >>> labels(pd.Series(["<b>x</b>", "a name that is longer than a line"]))
    ['&lt;b&gt;x&lt;/b&gt;', 'a name that is longer<br>than a line']
    >>> labels(pd.Series(["专属顾问、优先选购，不打折。"]))
    ['专属顾问、优先选购，<br>不打折。']
    """
    return [
        "<br>".join(escape(line, quote=False) for line in _wrapped(str(name)[:_LONGEST])) for name in column
    ]


def _wrapped(name: str) -> list[str]:
    """Return a name in lines; wide letters have no blanks, and pause at their own stops."""
    if not any(unicodedata.east_asian_width(letter) in "WF" for letter in name):
        return textwrap.wrap(name, _LINE) or [""]
    parted = _PAUSE.sub(r"\1 ", name.replace(" ", "\u00a0"))
    n_lines = -(-len(name) // _WIDE_LINE) or 1
    lines = textwrap.wrap(parted, min(-(-len(name) // n_lines) + 4, _WIDE_LINE))
    return [line.replace(" ", "").replace("\u00a0", " ") for line in lines]


def numbers(column: pd.Series) -> list[float | None]:
    """Return numbers, what is missing or infinite as null."""
    values = pd.to_numeric(column).astype(float)
    return [value if abs(value) < float("inf") else None for value in values.tolist()]


def beside(x: pd.Series, y: pd.Series, texts: Sequence[str]) -> list[str]:
    """Return where the name of each point stands, so that names do not overlap where a map is small.

    Examples
    --------
    >>> beside(pd.Series([1.0, 1.0, 2.0]), pd.Series([5.0, 5.0, 6.0]), ["1", "2", "3"])
    ['top right', 'top left', 'top right']
    """
    across, down = (_place(x), 1 - _place(y))
    points = [(_WIDTH * left, _HEIGHT * top) for left, top in zip(across, down, strict=True)]
    return sides_of(points, texts, _LETTERS)


def _place(values: pd.Series) -> pd.Series:
    """Return where each value lies between the least and the most; the least where it is unknown."""
    numbers = values.astype(float)
    return ((numbers - numbers.min()) / ((numbers.max() - numbers.min()) or 1.0)).fillna(0.0)
