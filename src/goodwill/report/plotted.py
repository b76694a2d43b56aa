"""Columns as Plotly shows them: names broken into lines, numbers without what JSON cannot hold."""

import re
import textwrap
import unicodedata
from html import escape

import pandas as pd

_LINE, _WIDE_LINE, _LONGEST = 22, 12, 120  # letters of a label's line, of wide letters, and of all its lines
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
