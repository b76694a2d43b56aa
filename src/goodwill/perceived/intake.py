"""Reading surveys: the long table, or the wide one that survey tools export, into one form."""

from collections.abc import Sequence
from dataclasses import replace

import pandas as pd

from goodwill.errors import TableError, UsageError
from goodwill.perceived.cells import long_cells, wide_cells
from goodwill.perceived.cleaning import cleaned
from goodwill.perceived.items import Item, check_items
from goodwill.perceived.respondents import ReadingRules, facts_of, numbered, repeated
from goodwill.perceived.survey import Survey

__all__ = ["Item", "ReadingRules", "Survey", "read_long", "read_wide"]


def read_wide(
    frame: pd.DataFrame,
    items: Sequence[Item],
    *,
    groups: Sequence[str] = (),
    rules: ReadingRules | None = None,
) -> Survey:
    """Return a survey from a table with a row per respondent and a column per question.

    Parameters
    ----------
    frame : columns named in `items`; `customer_id` or `respondent` (else the row's number), `time`, `wave`,
        `brand`, `instrument` and `weight` where there are any; the columns in `groups`.
    items : the questions; each names its column per side.
    groups : columns that describe respondents.
    rules : how words become answers, times become waves, and what is left out.

    Raises
    ------
    TableError
        If a column is missing, no question has an answer, or answers are impossible and `rules.impossible`
        is "error".

    Examples
    --------
    >>> export = pd.DataFrame({"Q1": [5, 0, 2], "age": ["old", "young", "old"]})
    >>> seat = Item("seat", dimension="quality", scale=(1, 5), not_applicable=(0,), columns={"score": "Q1"})
    >>> survey = read_wide(export, [seat], groups=["age"])
    >>> survey.wide("score")["seat"].tolist(), survey.quality.n_not_applicable
    ([5.0, nan, 2.0], 1)
    """
    check_items(items)
    rules = rules or ReadingRules()
    asked = [(item, side, column) for item in items for side, column in item.columns.items()]
    if not asked:
        raise UsageError("surveys: no question is listed. Name each item and its column.")
    _ensure_columns(frame, [*(column for _, _, column in asked), *groups])
    facts = facts_of(frame, rules)
    before = repeated(facts[["respondent", "wave", "brand"]])
    if rules.duplicates == "drop":
        frame, facts = frame[before == 0], facts[before == 0]
    else:
        facts = facts.assign(respondent=numbered(facts["respondent"], before))
    raw = wide_cells(frame, facts, asked, rules)
    people = frame[list(groups)].set_axis(pd.Index(facts["respondent"].astype("object"))) if groups else None
    return cleaned(replace(raw, n_duplicated=int((before > 0).sum())), tuple(items), rules, people)


def read_long(
    frame: pd.DataFrame,
    items: Sequence[Item] = (),
    *,
    groups: pd.DataFrame | None = None,
    rules: ReadingRules | None = None,
) -> Survey:
    """Return a survey from a table with a row per answer.

    Parameters
    ----------
    frame : `item`, `side`, `value` or `answer`, `customer_id` or `respondent`; `time`, `wave`, `weight`,
        `brand`, `instrument` where there are any.
    items : the questions; those not listed have no dimension and no declared scale.
    groups : index respondent, a column per attribute.
    rules : how words become answers, times become waves, and what is left out.

    Raises
    ------
    TableError
        If a side is unknown, nobody answered, or answers are impossible and `rules.impossible` is "error".

    Examples
    --------
    >>> rows = [("a", "fast", "functional", "like"), ("a", "fast", "dysfunctional", "dislike")]
    >>> survey = read_long(pd.DataFrame(rows, columns=["respondent", "item", "side", "answer"]))
    >>> survey.sides, survey.quality.undeclared
    (('functional', 'dysfunctional'), ('fast',))
    """
    check_items(items)
    rules = rules or ReadingRules()
    _ensure_columns(frame, ["item", "side"])
    raw = long_cells(frame, items, rules)
    before = repeated(raw.rows[["respondent", "item", "side", "brand", "wave", "instrument"]])
    again = raw.rows.loc[before > 0, ["respondent", "brand", "wave"]].drop_duplicates()
    if rules.duplicates == "drop":
        kept = before == 0
        raw = replace(raw, rows=raw.rows[kept], is_not_applicable=raw.is_not_applicable[kept])
    else:
        respondents = numbered(raw.rows["respondent"], before)
        raw = replace(raw, rows=raw.rows.assign(respondent=respondents))
    return cleaned(replace(raw, n_duplicated=len(again)), tuple(items), rules, groups)


def _ensure_columns(frame: pd.DataFrame, columns: Sequence[str]) -> None:
    missing = [name for name in dict.fromkeys(columns) if name not in frame]
    if missing:
        raise TableError(
            f"surveys: no column {', '.join(map(repr, missing[:5]))}. "
            f"The table has: {', '.join(map(str, frame.columns[:40]))}."
        )
    if frame.empty:
        raise TableError("surveys: the table has no rows. Check the source, and `where` if there is one.")
