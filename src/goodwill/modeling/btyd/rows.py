"""Purchase histories as plain columns: checked at the door, reduced to unique rows, worked on in chunks."""

import os
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import TypeVar

import numpy as np
import numpy.typing as npt
import pandas as pd
from numpy.typing import NDArray

from goodwill.errors import TableError, UsageError
from goodwill.evaluation.samples import as_numbers
from goodwill.features.columns import Table, ensure_columns_once, numbers

F = NDArray[np.float64]
Result = TypeVar("Result")
HISTORY = ("frequency", "recency", "T")
_SAMPLE = 20_000
_ROUNDING = 1e-9


@dataclass(frozen=True)
class Rows:
    """Histories in columns: `table` has the rows frequency, recency, T, horizon t, then the extra columns."""

    table: F

    @property
    def x(self) -> F:
        """Repeat purchases."""
        return self.table[0]

    @property
    def t_x(self) -> F:
        """Age at the last purchase."""
        return self.table[1]

    @property
    def T(self) -> F:  # noqa: N802 - the field's own symbol
        """Age at the end of the observation."""
        return self.table[2]

    @property
    def t(self) -> F:
        """Length of the horizon after T."""
        return self.table[3]

    @property
    def extra(self) -> F:
        """Extra columns, such as covariates, shape (n_columns, n_rows)."""
        return self.table[4:]

    def __len__(self) -> int:
        return self.table.shape[1]

    def within(self, t: F | float) -> "Rows":
        """Return the same histories with another horizon."""
        values = self.table.copy()
        values[3] = t
        return Rows(values)

    def after(self, t: F | float) -> "Rows":
        """Return the same histories as they would look after `t` more time without a purchase."""
        values = self.table.copy()
        values[2] += t
        return Rows(values)


def read_rows(X: Table, *, t: npt.ArrayLike = 0.0, extra: Sequence[str] = ()) -> Rows:
    """Return the checked columns of `X` beside the horizon `t` (one number, or one per row).

    Examples
    --------
    >>> read_rows(pd.DataFrame({"frequency": [2], "recency": [3.0], "T": [4.0]}), t=1.5).t
    array([1.5])
    """
    names = [*HISTORY, *extra]
    columns = read_columns(X, names)
    values = np.empty((len(names) + 1, len(X)))
    values[3] = _horizon(t, n_rows=len(X))
    for place, column in zip([0, 1, 2, *range(4, len(names) + 1)], columns, strict=True):
        values[place] = column
    # Ages in parts of a unit, such as days in weeks, miss each other by rounding.
    beyond = values[1] - values[2]
    values[1] = np.where((beyond > 0) & (beyond <= _ROUNDING * values[2]), values[2], values[1])
    _check(values, names)
    return Rows(values)


def read_columns(X: Table, names: Sequence[str]) -> list[F]:
    """Return the columns of these names as numbers, each (n,).

    Raises
    ------
    UsageError if X is no frame. TableError if a column is absent, there twice, a time or text.

    Examples
    --------
    >>> read_columns(pd.DataFrame({"T": pd.to_timedelta([4], unit="D")}), ["T"])
    Traceback (most recent call last):
        ...
    goodwill.errors.TableError: T: timedelta64[...] is no number. Give numbers in one unit...
    """
    check_columns(X, names)
    return [_numbers(X, name) for name in names]


def check_columns(X: object, names: Sequence[str]) -> None:
    """Refuse what is no frame, or lacks a column, or has it twice."""
    if not isinstance(X, Table):
        msg = f"The histories are a {type(X).__name__}. Give a frame with the columns {list(names)}."
        raise UsageError(msg)
    missing = [name for name in names if name not in X]
    if missing:
        msg = f"The histories lack {missing}; they have {list(X.columns)}. Make them with `btyd_summary`."
        raise TableError(msg)
    ensure_columns_once("The histories", X, names)


def _numbers(X: Table, name: str) -> F:
    kind = X[name].dtype
    if kind.kind in "mM":
        msg = f"{name}: {kind} is no number. Give numbers in one unit of time, such as days or weeks."
        raise TableError(msg)
    return numbers(X, name)


def _horizon(t: npt.ArrayLike, *, n_rows: int) -> F:
    horizon = as_numbers("t", t)
    if horizon.ndim and horizon.shape != (n_rows,):
        msg = f"The horizon has shape {horizon.shape} beside {n_rows} rows. Give one number, or one per row."
        raise UsageError(msg)
    if not (np.isfinite(horizon) & (horizon >= 0)).all():
        msg = "The horizon is negative, missing or infinite. Give lengths of time in the unit of T."
        raise UsageError(msg)
    return np.broadcast_to(horizon, (n_rows,))


def _check(values: F, names: Sequence[str]) -> None:
    x, t_x, T = values[:3]
    faults = {
        f"a missing or infinite value among {list(names)}": ~np.isfinite(values).all(axis=0),
        "a frequency that is no count (0, 1, 2, …)": (x < 0) | (x != np.floor(x)),
        "a recency outside 0 to T (age at the last purchase)": (t_x < 0) | (t_x > T),
        "a recency above 0 without a repeat purchase": (x == 0) & (t_x > 0),
    }
    for fault, is_bad in faults.items():
        if is_bad.any():
            msg = f"{int(is_bad.sum())} of {x.size} histories have {fault}. Make them with `btyd_summary`."
            raise TableError(msg)


def unique_rows(values: F) -> tuple[F, NDArray[np.intp]] | None:
    """Return the distinct columns of `values` and where each column went, or None if hardly any repeat.

    Hashing column by column is about ten times faster than sorting whole rows.

    Examples
    --------
    >>> unique_rows(np.array([[1.0, 2.0, 1.0]]))
    (array([[1., 2.]]), array([0, 1, 0]))
    """
    n_rows = values.shape[1]
    if n_rows == 1:
        return None
    probe = values[:, :: max(n_rows // _SAMPLE, 1)]
    if n_rows > 10 * _SAMPLE and np.unique(probe, axis=1).shape[1] > 0.95 * probe.shape[1]:
        return None
    codes = np.zeros(n_rows, dtype=np.int64)
    for row in values:
        if row.size and row.min() != row.max():
            code, levels = pd.factorize(row)
            codes, _ = pd.factorize(codes * len(levels) + code)
    first = np.unique(codes, return_index=True)[1] if n_rows < _SAMPLE else _first_places(codes)
    return np.ascontiguousarray(values[:, first]), codes


def _first_places(codes: NDArray[np.int64]) -> NDArray[np.intp]:
    places = np.empty(int(codes.max()) + 1, dtype=np.intp)
    places[codes[::-1]] = np.arange(codes.size - 1, -1, -1)
    return places


def in_chunks(work: Callable[[slice], Result], n_rows: int, *, chunk: int) -> Iterator[Result]:
    """Yield `work(part)` for consecutive parts in order, whatever the number of threads."""
    parts = [slice(start, min(start + chunk, n_rows)) for start in range(0, n_rows, chunk)]
    if len(parts) < 8:  # noqa: PLR2004 - starting threads costs more than so little work
        yield from map(work, parts)
        return
    with ThreadPoolExecutor(os.cpu_count()) as pool:
        yield from pool.map(work, parts)
