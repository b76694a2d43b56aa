"""The parts of a page: chapters of exhibits, each a sentence, a picture and its numbers."""

from collections.abc import Sequence
from dataclasses import dataclass

from goodwill.report.charts import Figure
from goodwill.report.tables import Table


@dataclass(frozen=True)
class Fact:
    """One figure set large, and what it is."""

    figure: str
    label: str
    detail: str = ""


@dataclass(frozen=True)
class Exhibit:
    """One thing to see.

    Parameters
    ----------
    key : unique on the page; names the anchor and the download.
    title, how : heading, and one sentence on how to read it.
    table : the numbers; also the download.
    figure : the picture of the same numbers.
    says : what the picture shows, in words, for those who do not see it.
    is_folded : whether a table without a picture opens on demand only.
    notes : sentences below. points : short lines of a list below them. facts : figures set large.
    """

    key: str
    title: str
    how: str = ""
    table: Table | None = None
    figure: Figure | None = None
    says: str = ""
    notes: Sequence[str] = ()
    facts: Sequence[Fact] = ()
    points: Sequence[str] = ()
    is_folded: bool = False


@dataclass(frozen=True)
class Chapter:
    """A question of the reader, answered by exhibits; `missing` says what would be needed for more."""

    key: str
    title: str
    exhibits: Sequence[Exhibit] = ()
    missing: str = ""
