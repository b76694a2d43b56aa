"""The three strongest reasons of each customer, as columns of text beside the scores."""

import logging
from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import partial
from typing import Literal, Self

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from goodwill.modeling.reasons.served import Contributions, contributions
from goodwill.modeling.reasons.words import Language, phrases
from goodwill.modeling.served import ServedModel

_LOG = logging.getLogger(__name__)
F = NDArray[np.float64]
Say = Callable[[str, pd.DataFrame, Language], "np.ndarray[tuple[int], np.dtype[np.object_]]"]
Mode = Literal["auto", "off", "exact", "approximate"]
REASONS = ("reason_1", "reason_2", "reason_3")
NONE = "not_computable"
EXACT_ROWS, APPROXIMATE_ROWS = 50_000, 1_000_000
_POINTS = {"en": "churn {:+z.1f} points", "zh": "流失 {:+z.1f} 个百分点"}
_MONEY = {"en": "clv {:+z,.2f}", "zh": "clv {:+z,.2f}"}
_FRAME = {"en": ("{} ({})", ", "), "zh": ("{}（{}）", "，")}


@dataclass(frozen=True)
class ReasonRule:
    """How reasons are told.

    Parameters
    ----------
    mode : "exact" or "approximate" values of the trees, "off", or "auto": exact to 50,000 rows, approximate
        to a million, then off.
    language : of the words; the order and the numbers are the same.
    industry : whose words; a predictor tells in those of its own classes.
    """

    mode: Mode = "auto"
    language: Language = "en"
    industry: str = "retail"

    def for_rows(self, n_rows: int) -> Self:
        """Return the rule for parts of so many rows: `auto` must not depend on how they are parted."""
        return self if self.mode != "auto" or n_rows <= EXACT_ROWS else replace(self, mode=self.used(n_rows))

    def used(self, n_rows: int) -> Mode:
        """Return what is done for so many rows; where that is less than exact, a notice says so.

        Examples
        --------
        >>> ReasonRule().used(50_000), ReasonRule("approximate").used(10)
        ('exact', 'approximate')
        """
        if self.mode != "auto" or n_rows <= EXACT_ROWS:
            return "exact" if self.mode == "auto" else self.mode
        if n_rows <= APPROXIMATE_ROWS:
            _LOG.warning(
                "Reasons of %s rows are approximate; score.reasons: exact takes longer.", f"{n_rows:,}"
            )
            return "approximate"
        _LOG.warning(
            "Reasons are left out: %s rows are more than %s. Set score.reasons: approximate to have them.",
            f"{n_rows:,}",
            f"{APPROXIMATE_ROWS:,}",
        )
        return "off"


def reason_columns(model: ServedModel, X: pd.DataFrame, rule: ReasonRule) -> pd.DataFrame:
    """Return `reason_1` to `reason_3` of each row: theme in words, its points of churn and its money.

    The strongest comes first: themes are ordered by their share of all points plus their share of all money.

    Parameters
    ----------
    X : (n, ...) of scored customers.
    """
    mode = rule.used(len(X))
    if mode == "off" or X.empty:
        return pd.DataFrame(NONE, index=X.index, columns=list(REASONS), dtype=object)
    why = contributions(model, X, approximate=mode == "approximate")
    return told(why, X, rule.language, say=partial(phrases, industry=rule.industry))


def told(
    why: Contributions, X: pd.DataFrame, language: Language = "en", *, say: Say = phrases
) -> pd.DataFrame:
    """Return the three strongest themes of each row in words, fewer where no more of them show in a figure.

    Examples
    --------
    >>> zero, one = np.zeros(1), np.array([[0.125, 0.0]])
    >>> why = Contributions(("rhythm", "city"), one, np.array([[-30.0, 2.0]]), zero, zero)
    >>> X = pd.DataFrame({"days_since_last_order": [84], "gap_mean_days": [21.0], "city": ["York"]})
    >>> list(told(why, X).iloc[0])
    ['no order for 84 days; usually every 21 (churn +12.5 points, clv -30.00)',
     'city: York (churn +0.0 points, clv +2.00)', 'not_computable']
    """
    is_told = bool(why.points.any()), bool(why.money.any())
    kept = [place for place, theme in enumerate(why.themes) if theme != "horizon"]
    points, money = why.points[:, kept], why.money[:, kept]
    order = np.argsort(-(_shares(points) + _shares(money)), axis=1, kind="stable")[:, : len(REASONS)]
    texts = np.full((len(X), len(REASONS)), NONE, dtype=object)
    for place, theme in enumerate(why.themes[one] for one in kept):
        is_felt = (points[:, place].round(3) != 0) | (money[:, place].round(2) != 0)
        rows, slot = np.nonzero((order == place) & is_felt[:, None])
        words = say(theme, X.iloc[rows], language)
        numbers = _numbers(100 * points[rows, place], money[rows, place], is_told, language)
        frame = _FRAME[language][0]
        texts[rows, slot] = [frame.format(*one) for one in zip(words, numbers, strict=True)]
    return pd.DataFrame(texts, index=X.index, columns=list(REASONS))


def _numbers(points: F, money: F, is_told: tuple[bool, bool], language: Language) -> list[str]:
    """Return points and money in words, each only where the model predicts it."""
    parts = [
        [form[language].format(value) for value in values.tolist()]
        for form, values, wanted in ((_POINTS, points, is_told[0]), (_MONEY, money, is_told[1]))
        if wanted
    ]
    return [_FRAME[language][1].join(one) for one in zip(*parts, strict=True)]


def _shares(parts: F) -> F:
    size = np.abs(parts)
    total = size.sum(axis=1, keepdims=True)
    return np.divide(size, total, out=np.zeros_like(size), where=total > 0)
