"""From the cells of a survey table to a row per cell that holds something."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from goodwill.perceived.items import Item
from goodwill.perceived.respondents import ReadingRules, facts_of
from goodwill.perceived.survey import KANO_ANSWERS, KANO_SIDES, SIDES
from goodwill.perceived.words import coded, is_word, kano_codes, meanings, numbers, side_codes

Asked = tuple[Item, str, str]  # item, side, column


@dataclass(frozen=True)
class RawAnswers:
    """Answers as they came: a row per cell that holds something.

    Parameters
    ----------
    rows : as `Survey.answers`; `value` NaN and `answer` missing where the cell could not be read.
    is_not_applicable : where a word of the item says so.
    n_asked : cells there could have been.
    n_duplicated : interviews of somebody who had answered before.
    """

    rows: pd.DataFrame
    is_not_applicable: np.ndarray
    n_asked: int
    n_duplicated: int = 0


@dataclass(frozen=True)
class _Column:
    rows: np.ndarray
    numbers: np.ndarray
    words: np.ndarray
    is_na: np.ndarray


def wide_cells(
    frame: pd.DataFrame, facts: pd.DataFrame, asked: Sequence[Asked], rules: ReadingRules
) -> RawAnswers:
    """Return the cells of a table with a column per question, column after column."""
    columns = [_column(frame[name], item, side, rules) for item, side, name in asked]
    lengths = [len(column.rows) for column in columns]
    names = list(dict.fromkeys(item.item for item, _, _ in asked))
    items = np.array([names.index(item.item) for item, _, _ in asked], dtype=np.int32)
    sides = np.array([SIDES.index(side) for _, side, _ in asked], dtype=np.int8)
    rows = facts.iloc[np.concatenate([column.rows for column in columns])].assign(
        item=coded(np.repeat(items, lengths), names),
        side=coded(np.repeat(sides, lengths), SIDES),
        value=np.concatenate([column.numbers for column in columns]),
        answer=coded(np.concatenate([column.words for column in columns]), KANO_ANSWERS),
    )
    is_na = np.concatenate([column.is_na for column in columns])
    return RawAnswers(rows, is_na, len(frame) * len(asked))


def long_cells(frame: pd.DataFrame, items: Sequence[Item], rules: ReadingRules) -> RawAnswers:
    """Return the cells of a table with a row per answer.

    Raises
    ------
    TableError
        If a side is unknown.
    """
    sides = side_codes(frame["side"])
    is_kano = np.isin(SIDES, KANO_SIDES)[sides]
    blank = pd.Series(np.nan, index=frame.index, dtype=object)
    words = frame.get("answer", blank)
    values, has_value = numbers(frame.get("value", blank))
    said, has_word = kano_codes(
        words.where(words.notna(), pd.Series(values, frame.index)), meanings(rules.answers)
    )
    values = np.where(has_value, values, _said(words, frame["item"].astype("str"), items))
    codes, names = pd.factorize(frame["item"].astype("str"))
    rows = facts_of(frame, rules).assign(
        item=coded(codes, names),
        side=coded(sides, SIDES),
        value=np.where(is_kano, np.nan, values),
        answer=coded(np.where(is_kano, said, -1), KANO_ANSWERS),
    )
    is_given = np.where(is_kano, has_word, has_value | (words.notna() & (words != "")).to_numpy(dtype=bool))
    is_na = _marked(words, rows["item"], items)
    return RawAnswers(rows[is_given], is_na[is_given], len(frame))


def _column(cells: pd.Series, item: Item, side: str, rules: ReadingRules) -> _Column:
    is_na = is_word(cells, [mark for mark in item.not_applicable if isinstance(mark, str)])
    if side in KANO_SIDES:
        words, is_given = kano_codes(cells, meanings(rules.answers))
        values = np.full(len(cells), np.nan)
    else:
        values, is_given = numbers(cells, item.numbers)
        words = np.full(len(cells), -1, dtype=np.int8)
    rows = np.flatnonzero(is_given)
    return _Column(rows, values[rows], words[rows], is_na[rows])


def _said(words: pd.Series, asked: pd.Series, items: Sequence[Item]) -> np.ndarray:
    """Return the numbers that answers in words mean, each as its item says."""
    values = numbers(words)[0]
    for item in items:
        if item.numbers:
            is_own = (asked == item.item).to_numpy(dtype=bool)
            values[is_own] = numbers(words[is_own], item.numbers)[0]
    return values


def _marked(words: pd.Series, asked: pd.Series, items: Sequence[Item]) -> np.ndarray:
    is_na = np.zeros(len(words), dtype=bool)
    for item in items:
        marks = [mark for mark in item.not_applicable if isinstance(mark, str)]
        if marks:
            is_na |= is_word(words, marks) & (asked == item.item).to_numpy()
    return is_na
