"""What each booster of the customer value model learns from rows of past windows, wherever they lie."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Literal, NamedTuple, Protocol

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from goodwill.features.columns import Table
from goodwill.modeling.accruals import Accrued
from goodwill.modeling.blend import Rows
from goodwill.modeling.boosting import Booster, Plan
from goodwill.modeling.cells import Cells
from goodwill.modeling.outcomes import chosen, money_of

F = NDArray[np.float64]
Target = Literal["active", "spend", "value"]


@dataclass(frozen=True)
class Lesson:
    """What one booster learns.

    Parameters
    ----------
    plan : how it is boosted.
    columns : those it reads, the first of all.
    target : who is active, the `spend` of those who are, or the `value` of everyone.
    """

    plan: Plan
    columns: tuple[str, ...]
    target: Target


class Taught(NamedTuple):
    """The rows of one lesson, as `Plan.fit` takes them."""

    design: pd.DataFrame
    y: F
    start: F | None
    weight: F | None


@dataclass(frozen=True)
class Examples:
    """Rows of past windows, from which every lesson takes its own.

    Parameters
    ----------
    cells : (n, k) the columns that members read.
    is_active : (n,) who ordered or stayed. value : (n,) money of the active, and 0 of the others.
    starts : (n,) margins that a target goes on from, by its name; None, or none, where it starts anew.
    weight : (n,) how much each row counts, 1 on average; all the same when None.

    Examples
    --------
    >>> cells = Cells.of([{"h_log": np.arange(4.0), "idle": np.arange(4.0)}])
    >>> examples = Examples(cells, np.array([True, False] * 2), np.array([5.0, 0, 7, 0]), {})
    >>> taught = examples.of(Lesson(Plan("reg:gamma", {}, {}), ("h_log",), "spend"))
    >>> taught.design.shape, taught.y.tolist(), taught.start is None
    ((2, 1), [5.0, 7.0], True)
    """

    cells: Cells
    is_active: NDArray[np.bool_]
    value: F
    starts: Mapping[str, F | None]
    weight: F | None = None

    def of(self, lesson: Lesson) -> Taught:
        """Return the rows of one lesson."""
        rows = self.is_active if lesson.target == "spend" else slice(None)
        design = self.cells.first(len(lesson.columns)).frame()[rows]
        y = self.is_active.astype(float) if lesson.target == "active" else self.value
        start = chosen(self.starts.get(lesson.target), rows)
        return Taught(design, y[rows], start, chosen(self.weight, rows))

    def booster(self, lesson: Lesson) -> Booster:
        """Return the trees that these rows teach."""
        return lesson.plan.fit(*self.of(lesson))


class Reader(Protocol):
    """What is fitted of the columns and starts before there are trees, as `CustomerValueModel` has it."""

    def rows(self, X: Table) -> Rows:
        """Return what members read of each row."""

    def starts(self, rows: Rows) -> Mapping[str, F | None]:
        """Return the margins that trees go on from."""

    def accrued(self, X: Table) -> Accrued:
        """Return what accrues to each row beside new orders."""


@dataclass(frozen=True)
class Teaching:
    """All that is needed to fit the trees of a model to other rows than those its other parts learned from.

    Parameters
    ----------
    lessons : what each booster learns, by its name.
    constants : the margin that each one starts from, where `starts` has none for its target.
    most : the money above which an outlier counts for no more.
    reader : makes columns and starts of features.
    """

    lessons: Mapping[str, Lesson]
    constants: Mapping[str, float | None]
    most: float
    reader: Reader

    def examples(self, X: Table, y: pd.DataFrame) -> Examples:
        """Return features and labels, every row of which counts the same, as rows that teach."""
        rows = self.reader.rows(X)
        value = np.minimum(money_of(self.reader.accrued(X).ordered(y)), self.most)
        return Examples(rows.full, ~y["churned"].to_numpy(bool), value, self.reader.starts(rows))


@dataclass(frozen=True)
class Grown:
    """The fitted trees by name, and how many rows of past windows they learned from."""

    by_name: Mapping[str, Booster]
    n_rows: int


Grow = Callable[[Teaching], Grown]
