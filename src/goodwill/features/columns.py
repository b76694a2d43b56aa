"""Features as plain arrays by name: what a prediction reads, without what a frame costs for one customer."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Self, TypeVar

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from pandas.api.extensions import ExtensionArray
from pandas.api.types import infer_dtype

from goodwill.errors import TableError, UsageError

F = NDArray[np.float64]
Array = NDArray[Any]  # numbers, moments or objects, as the column is
Rows = slice | NDArray[np.bool_]


@dataclass(frozen=True)
class Columns:
    """Columns of n rows.

    A served request of one customer has a hundred columns; reading each out of a frame takes ten times as
    long as the arithmetic on it.

    Parameters
    ----------
    arrays : (n,) arrays by name; text may be objects or of pandas' own type.
    n_rows : n.

    Examples
    --------
    >>> X = Columns.of(pd.DataFrame({"n_orders": [1, 2], "channel": ["web", None]}))
    >>> len(X), "channel" in X, X["n_orders"].tolist(), X.part(slice(1, 2)).frame().shape
    (2, True, [1, 2], (1, 2))
    """

    arrays: Mapping[str, Array]
    n_rows: int

    @classmethod
    def of(cls, X: "Table") -> Self:
        """Return the columns of a frame.

        Raises
        ------
        UsageError
            If X is no frame.
        TableError
            If it has a column twice.
        """
        _ensure_table(X)
        columns = X.arrays if isinstance(X, Columns) else dict(_arrays(X))
        return cls(columns, len(X))

    def __len__(self) -> int:
        return self.n_rows

    def __contains__(self, name: object) -> bool:
        return name in self.arrays

    def __getitem__(self, name: str) -> Array:
        return self.arrays[name]

    def get(self, name: str, absent: Array) -> Array:
        """Return a column, or what stands for one that is absent."""
        return self.arrays.get(name, absent)

    @property
    def columns(self) -> list[str]:
        """The names, as a frame has them."""
        return list(self.arrays)

    def having(self, arrays: Mapping[str, Array]) -> Self:
        """Return the columns with some added or replaced."""
        return type(self)({**self.arrays, **arrays}, self.n_rows)

    def part(self, rows: Rows) -> Self:
        """Return some of the rows."""
        arrays = {name: column[rows] for name, column in self.arrays.items()}
        n_rows = int(rows.sum()) if isinstance(rows, np.ndarray) else len(range(*rows.indices(self.n_rows)))
        return type(self)(arrays, n_rows)

    def frame(self) -> pd.DataFrame:
        """Return the columns as a frame."""
        return pd.DataFrame(self.typed(), index=range(self.n_rows))

    def typed(self) -> dict[str, Array | ExtensionArray]:
        """Return the columns as a frame holds them."""
        return {**self.arrays, **self._texts()}

    def _texts(self) -> dict[str, ExtensionArray]:
        """Return the columns of nothing but text in pandas' own type, made at once: one by one is slow."""
        is_text = {name: infer_dtype(column, skipna=False) == "string" for name, column in self._objects()}
        names = [name for name, is_one in is_text.items() if is_one]
        if not names:
            return {}
        whole = pd.array(np.concatenate([self.arrays[name] for name in names]), dtype="str")
        return {name: whole[i * self.n_rows : (i + 1) * self.n_rows] for i, name in enumerate(names)}

    def _objects(self) -> Iterable[tuple[str, Array]]:
        return ((name, column) for name, column in self.arrays.items() if column.dtype == object)


Table = pd.DataFrame | Columns
Some = TypeVar("Some", pd.DataFrame, Columns)


def numbers(X: Table, name: str) -> F:
    """Return a column as floats (n,), missing everywhere where X has none of that name.

    Examples
    --------
    >>> X = pd.DataFrame({"n_orders": pd.array([1, None], dtype="Int64")})
    >>> numbers(X, "n_orders").tolist(), numbers(X, "spend").tolist()
    ([1.0, nan], [nan, nan])
    >>> numbers(pd.DataFrame({"n_orders": ["many", "3"]}), "n_orders")
    Traceback (most recent call last):
        ...
    goodwill.errors.TableError: n_orders: 1 of 2 values are no numbers, but text or times...
    """
    if name not in X:
        return np.full(len(X), np.nan)
    column = X[name]
    try:
        return np.asarray(column, float) if isinstance(column, np.ndarray) else column.to_numpy(float)
    except (TypeError, ValueError) as error:
        n_bad = sum(not _is_number(value) for value in column)
        raise TableError(
            f"{name}: {n_bad} of {len(X)} values are no numbers, but text or times. Convert or drop them."
        ) from error


def _is_number(value: object) -> bool:
    try:
        float(value)  # type: ignore[arg-type]  # what is asked
    except (TypeError, ValueError):
        return False
    return True


def index_of(X: Table) -> pd.Index:
    """Return the index that belongs on a result with a row for each of X."""
    return X.index if isinstance(X, pd.DataFrame) else pd.RangeIndex(len(X))


def as_frame(X: Table) -> pd.DataFrame:
    """Return X as a frame, for what works on frames alone."""
    _ensure_table(X)
    return X.frame() if isinstance(X, Columns) else X


def block_of(X: Some, rows: slice) -> Some:
    """Return consecutive rows of X."""
    return X.part(rows) if isinstance(X, Columns) else X.iloc[rows]


def ensure_columns_once(whose: str, X: Table, names: Collection[str] | None = None) -> None:
    """Raise TableError where a table has a column twice; of those that are read, where they are named.

    Examples
    --------
    >>> ensure_columns_once("The periods", pd.DataFrame([[1, 2]], columns=["n", "n"]))
    Traceback (most recent call last):
        ...
    goodwill.errors.TableError: The periods: more than one column ['n']. Rename or drop the others.
    """
    if isinstance(X, Columns):
        return
    found = X.columns[X.columns.duplicated()].unique()
    twice = [name for name in found if names is None or name in names]
    if twice:
        raise TableError(f"{whose}: more than one column {twice}. Rename or drop the others.")


def ensure_frame(whose: str, X: object, columns: Collection[str]) -> None:
    """Raise UsageError where something is no frame, or lacks a column.

    Examples
    --------
    >>> ensure_frame("sales", pd.DataFrame({"customer_id": ["a"]}), ["customer_id", "product"])
    Traceback (most recent call last):
        ...
    goodwill.errors.UsageError: sales: lacks product. Give a frame with the columns customer_id, product.
    """
    fault = f"is a {type(X).__name__}" if not isinstance(X, pd.DataFrame) else ""
    if isinstance(X, pd.DataFrame) and (absent := [name for name in columns if name not in X]):
        fault = f"lacks {', '.join(absent)}"
    if fault:
        with_columns = f" with the columns {', '.join(columns)}" if columns else ""
        raise UsageError(f"{whose}: {fault}. Give a frame{with_columns}.")


def ensure_read(X: object, read: Collection[str]) -> None:
    """Raise UsageError where X is no frame, or lacks columns that a model learned from.

    Examples
    --------
    >>> ensure_read(pd.DataFrame({"age": [30.0]}), ["age", "n_orders"])
    Traceback (most recent call last):
        ...
    goodwill.errors.UsageError: X: lacks n_orders, which the model learned from. Give a column of each, ...
    """
    ensure_frame("X", X, [])
    absent = [name for name in read if isinstance(X, pd.DataFrame) and name not in X]
    if absent:
        raise UsageError(
            f"X: lacks {', '.join(absent)}, which the model learned from. Give a column of each, with "
            "missing values where nothing is known."
        )


def _ensure_table(X: object) -> None:
    if not isinstance(X, Table):
        raise UsageError(f"X is a {type(X).__name__}. Give a frame, such as the X of a snapshot.")


def _arrays(X: pd.DataFrame) -> Iterable[tuple[str, Array]]:
    ensure_columns_once("X", X)
    for name, column in X.items():
        is_plain = isinstance(column.dtype, np.dtype)
        is_number = not is_plain and pd.api.types.is_numeric_dtype(column.dtype)
        yield str(name), column.to_numpy(float, na_value=np.nan) if is_number else column.to_numpy()
