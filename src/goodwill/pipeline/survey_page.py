"""One page of figures for people: labels in their language, numbers with as many digits as they bear."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from goodwill.perceived.dimensions import cost_dimensions
from goodwill.pipeline.outcome import Sheet
from goodwill.pipeline.survey_report import SurveyReport
from goodwill.pipeline.survey_words import Language, say
from goodwill.report.words import words_of
from goodwill.wording.figures import NOTHING

_SHOWN = 8


@dataclass(frozen=True)
class Page:
    """A report, and the language it is read in."""

    report: SurveyReport
    language: Language

    def say(self, code: object, **facts: object) -> str:
        """Return what people read for a code."""
        return say(str(code), self.language, **facts)

    def label(self, item: object) -> str:
        """Return what people read for an item."""
        return str(self.report.survey.labels(self.language).get(str(item), self.say(item)))

    def class_name(self, name: object) -> str:
        """Return what people read for a value tier or another class of ours; a group of theirs stays."""
        return str(name) if (told := self.say(f"class_{name}")) == f"class_{name}" else told

    def group_name(self, grouping: object, group: object) -> str:
        """Return what people read for a group: what divides, and who it is."""
        return words_of(self.language).group(str(grouping), str(group))

    def frame(self, name: str) -> pd.DataFrame:
        """Return a table of the report."""
        return self.report.frames[name]

    @property
    def costs(self) -> set[str]:
        """The dimensions of which less is better."""
        return cost_dimensions(self.report.survey)

    def sheet(
        self, title: str, heads: Sequence[str], rows: Iterable[Sequence[str]], **facts: object
    ) -> Sheet:
        """Return a sheet with its title and heads in words; a column that tells nothing is not there."""
        level, told = f"{100 * self.report.level:g}", list(rows)
        columns = [place for place in range(len(heads)) if any(row[place] != NOTHING for row in told)]
        names = [self.say(heads[place], level=level) for place in columns]
        return Sheet(
            self.say(title, **facts), names, [tuple(row[place] for place in columns) for row in told]
        )


def listed(names: Sequence[str]) -> str:
    """Return a line's worth of names, and how many there are.

    Examples
    --------
    >>> listed(["a", "b"]), listed("abcdefghij")
    ('a, b', 'a, b, c, d, e, f, g, h … (10)')
    """
    return ", ".join(names[:_SHOWN]) + (f" … ({len(names)})" if len(names) > _SHOWN else "")


def figure(value: float, digits: int = 2) -> str:
    """Return a number as people read it; a dash where there is none.

    Examples
    --------
    >>> figure(1.2345), figure(-0.001), figure(float("nan"))
    ('1.23', '0.00', '–')
    """
    return f"{round(value, digits) + 0.0:.{digits}f}" if np.isfinite(value) else NOTHING


def span(row: pd.Series, low: str = "low", high: str = "high", digits: int = 2) -> str:
    """Return an interval in brackets.

    Examples
    --------
    >>> span(pd.Series({"low": 0.5, "high": 1.0}))
    '[0.50, 1.00]'
    """
    return f"[{figure(row[low], digits)}, {figure(row[high], digits)}]" if np.isfinite(row[low]) else NOTHING


def changed(page: Page, row: pd.Series, name: str) -> str:
    """Return a difference with its sign: of shares in percentage points, of anything else as it is."""
    if not np.isfinite(row[name]):
        return NOTHING
    if row["unit"] != "share":
        return f"{row[name]:+.1f}"
    return f"{100 * row[name]:+.1f} {page.say('pp')}"


def scaled(row: pd.Series, *names: str) -> str:
    """Return a share in per cent and anything else as it is; two names are an interval.

    Examples
    --------
    >>> row = pd.Series({"unit": "share", "estimate": 0.5, "low": 0.25, "high": 0.75})
    >>> scaled(row, "estimate"), scaled(row, "low", "high")
    ('50.0%', '[25.0, 75.0]')
    >>> scaled(pd.Series({"unit": "index", "estimate": float("nan")}), "estimate")
    '–'
    """
    times = 100 if row["unit"] == "share" else 1
    values = [figure(times * row[name], 1) for name in names]
    if NOTHING in values:
        return NOTHING
    if len(values) > 1:
        return f"[{', '.join(values)}]"
    return f"{values[0]}%" if times > 1 else values[0]
