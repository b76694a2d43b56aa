"""A survey in one form, whatever tool it came from: a row per answer, the questions, the respondents."""

from collections.abc import Collection
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Literal

import numpy as np
import pandas as pd

from goodwill.errors import UsageError

SIDES = (
    "score",
    "expectation",
    "perception",
    "functional",
    "dysfunctional",
    "importance",
    "performance",
)
KANO_SIDES = ("functional", "dysfunctional")
# A negatively worded statement is still as important as it is said to be.
REVERSIBLE = ("score", "expectation", "perception", "performance")
KANO_ANSWERS = ("like", "must_be", "neutral", "live_with", "dislike")


@dataclass(frozen=True)
class SurveyQuality:
    """What the answers were like when they came in.

    Attributes
    ----------
    n_respondents, n_answers : what is left to compute with.
    n_not_applicable, n_missing : questions answered with a code for "does not apply", or not at all.
    n_impossible : answers outside the declared scale or unknown words; they count as not given.
    impossible_by_item : the items they stand in, with how many.
    n_duplicated : interviews of a respondent who had already answered (the same brand in the same wave).
    n_straight_liners : respondents whose rating answers never vary.
    left_out : how many respondents were left out, and of repeated interviews how many, by reason.
    undeclared : items that the item list does not hold.
    unanswered : declared items without an answer.
    """

    n_respondents: int
    n_answers: int
    n_missing: int = 0
    n_not_applicable: int = 0
    n_impossible: int = 0
    impossible_by_item: dict[str, int] = field(default_factory=dict)
    n_duplicated: int = 0
    n_straight_liners: int = 0
    left_out: dict[str, int] = field(default_factory=dict)
    undeclared: tuple[str, ...] = ()
    unanswered: tuple[str, ...] = ()


@dataclass(frozen=True)
class Survey:
    """Answers, questions and respondents.

    Parameters
    ----------
    answers : a row per answer given, in the order of waves: `respondent`, `item`, `side`, `value` (as
        answered, NaN for words), `answer` (a Kano answer's code or missing), `weight`, `wave`, `brand`,
        `instrument`. Text columns are categorical; the categories of `respondent` are all respondents, also
        those without an answer, and those of `wave` stand in the order of time.
    items : index `item`; `dimension`, `kind` (benefit or cost), `scale_low`, `scale_high`, `is_reversed`,
        `measure` (nps, csat … or missing), `label_en`, `label_zh`, `lowest_answer` and `highest_answer` that
        anybody gave on any side.
    groups : index `respondent`; an attribute per column.
    own_brand : the brand that is ours, where brands are compared.
    quality : what was counted on the way in.

    Examples
    --------
    >>> from goodwill.perceived.intake import read_long
    >>> from goodwill.perceived.items import Item
    >>> said = {"respondent": ["a", "b"], "item": "slow", "side": "perception", "value": [1.0, 4.0]}
    >>> survey = read_long(pd.DataFrame(said), [Item("slow", scale=(1, 5), is_reversed=True)])
    >>> survey.wide("perception")["slow"].to_dict()
    {'a': 5.0, 'b': 2.0}
    """

    answers: pd.DataFrame
    items: pd.DataFrame
    groups: pd.DataFrame | None
    own_brand: str | None
    quality: SurveyQuality

    @cached_property
    def respondents(self) -> pd.Index:
        """All respondents, in the order in which they came.

        One object for all tables: pandas hashes a million names once, not with every table.
        """
        return pd.Index(self.answers["respondent"].cat.categories, name="respondent")

    @cached_property
    def _turning(self) -> tuple[np.ndarray, np.ndarray]:
        """Which items are reversed, and what an answer and its turned one add up to."""
        is_reversed = self.items["is_reversed"].to_numpy(dtype=bool)
        return is_reversed, self.items[["scale_low", "scale_high"]].sum(axis=1).to_numpy()

    def among(self, who: np.ndarray) -> "Survey":
        """Return the survey of some respondents.

        Parameters
        ----------
        who : (n_respondents,) of bool.
        """
        answered = self.answers["respondent"].cat
        rows = self.answers[who[answered.codes.to_numpy()]]
        kept = rows["respondent"].cat.set_categories(self.respondents[who])
        groups = None if self.groups is None else self.groups.reindex(self.respondents[who])
        return replace(self, answers=rows.assign(respondent=kept), groups=groups)

    @property
    def waves(self) -> tuple[str, ...]:
        """The waves, first to last; empty where no time is known."""
        return tuple(self.answers["wave"].cat.categories)

    @property
    def brands(self) -> tuple[str, ...]:
        """The brands that were asked about."""
        return tuple(self.answers["brand"].cat.categories)

    @property
    def sides(self) -> tuple[str, ...]:
        """The sides that have an answer."""
        present = set(self.answers["side"].unique())
        return tuple(side for side in SIDES if side in present)

    def items_of(self, side: str, measure: str | None = None) -> tuple[str, ...]:
        """Return the items that were answered on a side, in the order of the item list."""
        _ensure_side(side, SIDES)
        names = self.answers["item"].cat
        counts = np.bincount(
            names.codes.to_numpy()[self._rows(side, None, None)], minlength=len(names.categories)
        )
        asked = set(names.categories[counts > 0])
        wanted = self.items if measure is None else self.items[self.items["measure"] == measure]
        return tuple(item for item in wanted.index if item in asked)

    def wide(self, side: str, *, brand: str | None = None, wave: str | None = None) -> pd.DataFrame:
        """Return one side as a matrix, respondent × item: reversed items turned, no answer as NaN.

        Parameters
        ----------
        side : one of `SIDES` but the two Kano sides, which hold words (see `wide_answers`).
        brand : answers about this brand; by default those that name none, else those about `own_brand`.
        wave : answers of this wave; by default each respondent's latest answer to each question.
        """
        _ensure_side(side, [name for name in SIDES if name not in KANO_SIDES])
        rows = self._rows(side, brand, wave)
        matrix, items = self._scattered(rows, self.answers["value"].to_numpy()[rows], np.nan)
        if side in REVERSIBLE:
            places = self.items.index.get_indexer(pd.Index(items))
            turned, ends = (told[places] for told in self._turning)
            matrix[:, turned] = ends[turned] - matrix[:, turned]
        return pd.DataFrame(matrix, index=self.respondents, columns=pd.Index(items, name="item"))

    def wide_answers(self, side: str, *, wave: str | None = None) -> pd.DataFrame:
        """Return a Kano side as places in `KANO_ANSWERS`, respondent × item; -1 where not answered."""
        _ensure_side(side, KANO_SIDES)
        rows = self._rows(side, None, wave)
        words = self.answers["answer"].cat
        places = np.array([KANO_ANSWERS.index(word) for word in words.categories] + [-1], dtype=np.int8)
        coded = places[words.codes.to_numpy()[rows]]
        matrix, items = self._scattered(rows, coded, -1)
        return pd.DataFrame(matrix, index=self.respondents, columns=pd.Index(items, name="item"))

    def weights(self, wave: str | None = None) -> pd.Series:
        """Return the weight of each respondent, 1 where none is given.

        Parameters
        ----------
        wave : the weight in this wave; by default the latest of each respondent.
        """
        answers = self.answers
        if wave is not None:
            _ensure_wave(wave, self.waves)
            answers = answers[(answers["wave"] == wave).to_numpy()]
        weights = np.ones(len(self.respondents))
        weights[answers["respondent"].cat.codes.to_numpy()] = answers["weight"].to_numpy()
        return pd.Series(weights, index=self.respondents, name="weight")

    def labels(self, language: Literal["en", "zh"] = "en") -> pd.Series:
        """Return what people read for each item: its label in a language, else the other's, else its name."""
        first, second = ("label_zh", "label_en") if language == "zh" else ("label_en", "label_zh")
        named = self.items[first].where(self.items[first] != "", self.items[second])
        return named.where(named != "", self.items.index.to_series()).rename("label")

    def _rows(self, side: str, brand: str | None, wave: str | None) -> np.ndarray:
        answers = self.answers
        chosen = answers["side"].cat.codes.to_numpy() == SIDES.index(side)
        if wave is not None:
            _ensure_wave(wave, self.waves)
            chosen &= (answers["wave"] == wave).to_numpy()
        chosen &= self._of_brand(chosen, brand)
        return np.flatnonzero(chosen)

    def _of_brand(self, chosen: np.ndarray, brand: str | None) -> np.ndarray:
        codes = self.answers["brand"].cat.codes.to_numpy()
        if brand is None and not len(self.brands):
            return chosen
        wanted = self.own_brand if brand is None and not (codes[chosen] < 0).any() else brand
        if wanted is None:
            return codes < 0
        return (self.answers["brand"] == wanted).to_numpy()

    def _scattered(self, rows: np.ndarray, values: np.ndarray, empty: float) -> tuple[np.ndarray, list[str]]:
        """Put answers in a matrix; of two to one question the later stays."""
        asked = self.answers["item"].cat
        codes = asked.codes.to_numpy()[rows]
        present = set(np.unique(codes).tolist())
        place_of = {name: place for place, name in enumerate(asked.categories)}
        items = [item for item in self.items.index if place_of.get(item) in present]
        columns = np.zeros(len(asked.categories), dtype=np.int64)
        columns[[place_of[item] for item in items]] = np.arange(len(items))
        matrix = np.full((len(self.respondents), len(items)), empty, dtype=values.dtype)
        matrix[self.answers["respondent"].cat.codes.to_numpy()[rows], columns[codes]] = values
        return matrix, items


def _ensure_side(side: str, allowed: Collection[str]) -> None:
    if side not in allowed:
        raise UsageError(f"side {side!r} is not to be had here. Ask for one of {', '.join(allowed)}.")


def _ensure_wave(wave: str, known: Collection[str]) -> None:
    if wave not in known:
        raise UsageError(
            f"wave {wave!r} is not in the survey, whose waves are {', '.join(known) or 'not known'}. "
            "Ask for one of them, or for none."
        )
