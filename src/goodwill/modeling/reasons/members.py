"""The members of the customer value model, each taken apart into themes on the scale where it is additive."""

import os
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

import numpy as np
import pandas as pd
import xgboost as xgb
from numpy.typing import NDArray

from goodwill.modeling.blend import Rows
from goodwill.modeling.boosting import Booster
from goodwill.modeling.linear import BoundedLinear
from goodwill.modeling.reasons.themes import theme_of

F = NDArray[np.float64]
_BLOCK = 10_000
_NEAR = 1e-7


@dataclass(frozen=True)
class Groups:
    """Rows of the same horizon: what is typical is typical of them."""

    codes: NDArray[np.intp]

    def mean(self, values: F) -> F:
        """Return each row's group mean, (n,) or (n, k).

        Examples
        --------
        >>> Groups(np.array([0, 1, 0])).mean(np.array([1.0, 5.0, 3.0]))
        array([2., 5., 2.])
        """
        means = [values[self.codes == code].mean(axis=0) for code in range(self.codes.max() + 1)]
        return np.asarray(np.stack(means)[self.codes])


@dataclass(frozen=True)
class Apart:
    """A member: its value (n,) and each theme's part of it (n, k), up to what is the same for all rows."""

    value: F
    by_theme: F

    def centred(self, groups: Groups) -> "Distance":
        """Return the distance of each row from the typical customer of its group."""
        return Distance(self.value, groups.mean(self.value), self.by_theme - groups.mean(self.by_theme))


@dataclass(frozen=True)
class Distance:
    """How far a member's value (n,) is from the typical one, and each theme's part (n, k) of that."""

    value: F
    typical: F
    by_theme: F

    def carried(self, image: Callable[[F], F], derivative: F) -> F:
        """Return each theme's part (n, k) of the difference between the images of value and typical.

        Parts keep their proportions (LMDI, Ang 2004): all are multiplied by the slope of the chord, or by the
        `derivative` (n,) where the two are one point.

        Examples
        --------
        >>> one = Distance(np.array([np.log(8.0)]), np.array([np.log(2.0)]), np.log([[2.0, 2.0]]))
        >>> one.carried(np.exp, np.array([8.0]))
        array([[3., 3.]])
        """
        step = self.value - self.typical
        is_far = np.abs(step) > _NEAR
        chord = image(self.value) - image(self.typical)
        return self.by_theme * np.divide(chord, step, out=derivative.copy(), where=is_far)[:, None]


def trees_apart(
    tasks: Mapping[str, tuple[Booster, pd.DataFrame, F | None]],
    themes: tuple[str, ...],
    *,
    approximate: bool,
    theme: Callable[[str], str] = theme_of,
) -> dict[str, Apart]:
    """Take boosted trees apart by SHAP values, exact or approximate, several boosters at a time.

    Parameters
    ----------
    tasks : booster, its columns, and the margin (n,) it starts from, by name. The start itself is in the
        value but in no theme.
    """

    def apart(task: tuple[Booster, pd.DataFrame, F | None]) -> Apart:
        placed = _placed(task[0].columns, themes, theme)
        blocks = list(_shap(*task, placed=placed, approximate=approximate))
        return Apart(*(np.concatenate(part) for part in zip(*blocks, strict=True)))

    with ThreadPoolExecutor(os.cpu_count()) as pool:
        return dict(zip(tasks, pool.map(apart, tasks.values()), strict=True))


def linear_apart(model: BoundedLinear, design: pd.DataFrame, themes: tuple[str, ...]) -> Apart:
    """Take a linear member apart by its terms."""
    terms = model.terms(design)
    return Apart(terms.sum(axis=1) + model.intercept, terms @ _placed(model.columns, themes))


def start_apart(rows: Rows, name: str, themes: tuple[str, ...]) -> Apart | None:
    """Take an expectation apart: the log of money per order is spend, all else the rhythm of orders."""
    value = rows.start(name)
    if value is None or rows.expected is None:
        return None
    by_theme = np.zeros((len(value), len(themes)))
    if name != "active_logit":
        by_theme[:, themes.index("spend")] = rows.expected.columns["expected_spend"]
    by_theme[:, themes.index("rhythm")] = value - by_theme.sum(axis=1)
    return Apart(value, by_theme)


def _shap(
    booster: Booster, design: pd.DataFrame, start: F | None, *, placed: F, approximate: bool
) -> Iterator[tuple[F, F]]:
    columns = list(booster.columns)
    for first in range(0, len(design), _BLOCK):
        part = slice(first, first + _BLOCK)
        known = np.full(len(design[part]), booster.constant) if start is None else start[part]
        matrix = xgb.DMatrix(design[columns].iloc[part], base_margin=known)
        values = booster.trees.predict(matrix, pred_contribs=True, approx_contribs=approximate).astype(float)
        yield values.sum(axis=1), values[:, :-1] @ placed


def _placed(columns: tuple[str, ...], themes: tuple[str, ...], theme: Callable[[str], str] = theme_of) -> F:
    """Return (n_columns, k) with a 1 where a column belongs to a theme."""
    return np.array([[float(theme(column) == one) for one in themes] for column in columns])
