"""A frame as a table for people: heads, kinds of figures, and the plain values behind them."""

import math
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Literal

import numpy as np
import pandas as pd

from goodwill.report.words import Words
from goodwill.wording.figures import NOTHING

Kind = Literal["text", "count", "money", "share", "number", "measure", "p_value", "date"]
Value = str | float | int | bool | None


@dataclass(frozen=True)
class Column:
    """A column of a table: its name in the download, its head on the page, and what its figures are."""

    name: str
    head: str
    kind: Kind

    @property
    def is_figure(self) -> bool:
        """Whether the column holds figures."""
        return self.kind in {"count", "money", "share", "number", "measure", "p_value"}


@dataclass(frozen=True)
class Table:
    """Rows of plain values under described columns; what is shown and what is downloaded are one."""

    columns: tuple[Column, ...]
    rows: tuple[tuple[Value, ...], ...]

    def shown(self, words: Words) -> list[list[str]]:
        """Return the rows as the page shows them."""
        return [
            [_shown(value, column.kind, words) for value, column in zip(row, self.columns, strict=True)]
            for row in self.rows
        ]


def table_of(frame: pd.DataFrame, kinds: Mapping[str, Kind], words: Words) -> Table:
    """Return the columns of a frame that `kinds` names, in that order.

    Examples
    --------
    >>> from goodwill.report.words import words_of
    >>> frame = pd.DataFrame({"tier": ["gold"], "share": [0.25], "clv_mean": [np.nan]})
    >>> words = words_of("en")
    >>> table = table_of(frame, {"tier": "text", "share": "share", "clv_mean": "money"}, words)
    >>> table.rows, table.shown(words)
    ((('gold', 0.25, None),), [['gold', '25.0%', '–']])
    """
    columns = tuple(Column(name, words.column(name), kind) for name, kind in kinds.items())
    values = [[_plain(value) for value in frame[name]] for name in kinds]
    return Table(columns, tuple(zip(*values, strict=True)))


def _plain(value: object) -> Value:
    if isinstance(value, bool | np.bool_):
        return bool(value)
    if isinstance(value, int | np.integer):
        return int(value)
    if isinstance(value, float | np.floating):
        return float(value) if math.isfinite(value) else None
    if value is None or value is pd.NaT or value is pd.NA:
        return None
    return value.isoformat()[:10] if isinstance(value, date) else str(value)


def _shown(value: Value, kind: Kind, words: Words) -> str:
    if value is None:
        return NOTHING
    if isinstance(value, bool | str):
        return str(value)
    write = {
        "count": words.count,
        "money": words.exact,
        "share": words.share,
        "number": words.number,
        "measure": words.measure,
        "p_value": words.p_value,
    }
    return write[kind](value) if kind in write else str(value)
