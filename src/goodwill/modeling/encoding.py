"""From a snapshot's frame to the numbers models read: fitted columns, levels and fillings."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Self

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from goodwill.features.columns import Array, Table

Stored = dict[str, Any]  # JSON as it comes
MOST_LEVELS = 12
RAREST_SHARE = 0.01
OTHER = "other"
KEYS = ("customer_id", "as_of", "horizon_days", "status")


@dataclass(frozen=True)
class Encoding:
    """Which raw columns are numbers, and which levels of text became columns of their own.

    A level that training did not see, or saw too rarely, is "other". Column order is fixed.

    Parameters
    ----------
    numbers : columns read as they are.
    levels : the levels of each text column that have a column of their own, `column=level`.

    Examples
    --------
    >>> X = pd.DataFrame({"age": [30, 40, 50], "channel": ["web", "shop", "web"], "country": "UK"})
    >>> encoding = Encoding.fit(X)
    >>> encoding.numbers, encoding.levels
    (('age',), {'channel': ('web', 'shop')})
    >>> later = pd.DataFrame({"age": [20, 25], "channel": ["fax", "web"]})
    >>> encoding.encode(later)
        age  channel=web  channel=shop  channel=other
    0  20.0          0.0           0.0            1.0
    1  25.0          1.0           0.0            0.0
    >>> encoding.unseen(later)
    {'channel': 1}
    """

    numbers: tuple[str, ...]
    levels: Mapping[str, tuple[str, ...]]

    @classmethod
    def fit(cls, X: pd.DataFrame, skip: Sequence[str] = ()) -> Self:
        """Learn the columns of `X`, leaving out keys, `skip`, and what never varies."""
        names = [str(name) for name in X.columns if name not in {*KEYS, *skip}]
        varied = [name for name in names if not X[name].isin(X[name].iloc[:1]).all()]
        is_number = {name: pd.api.types.is_numeric_dtype(X[name]) for name in varied}
        levels = {name: _frequent(X[name]) for name in varied if not is_number[name]}
        return cls(tuple(name for name in varied if is_number[name]), levels)

    def encode(self, X: pd.DataFrame) -> pd.DataFrame:
        """Return (n, k) float columns; a column absent from `X` is missing, a level unknown is "other"."""
        return pd.DataFrame(self.columns(X), index=X.index, dtype=float)

    def columns(self, X: Table) -> dict[str, NDArray[np.float64]]:
        """Return the columns of `encode` (n,) by name."""
        missing = np.full(len(X), np.nan)
        columns = {name: _numeric(X.get(name, missing)) for name in self.numbers}
        for name, levels in self.levels.items():
            places = _places(X.get(name, missing), levels)
            for place, level in enumerate(levels):
                columns[f"{name}={level}"] = (places == place).astype(float)
            columns[f"{name}={OTHER}"] = (places == len(levels)).astype(float)
        return columns

    def unseen(self, X: Table, among: NDArray[np.bool_] | None = None) -> dict[str, int]:
        """Return how many rows of each text column hold a level that counts as "other".

        Parameters
        ----------
        among : (n,) the rows that are counted; all where it is left out.
        """
        known = {name: levels for name, levels in self.levels.items() if name in X}
        odd = {name: levels for name, levels in known.items() if not set(X[name].tolist()) <= {*levels, None}}
        is_other = {name: _places(X[name], levels) == len(levels) for name, levels in odd.items()}
        counted = {name: found if among is None else found & among for name, found in is_other.items()}
        return {name: int(found.sum()) for name, found in counted.items() if found.any()}

    def to_dict(self) -> Stored:
        """Return the encoding as plain JSON values."""
        levels = {name: list(known) for name, known in self.levels.items()}
        return {"numbers": list(self.numbers), "levels": levels}

    @classmethod
    def from_dict(cls, stored: Stored) -> Self:
        """Return the stored encoding."""
        return cls(tuple(stored["numbers"]), {name: tuple(known) for name, known in stored["levels"].items()})


def _frequent(values: pd.Series) -> tuple[str, ...]:
    """Return the levels that are not too rare to learn from, most frequent first, ties by name."""
    shares = _text(values).value_counts(normalize=True).sort_index()
    frequent = shares[shares >= RAREST_SHARE].sort_values(ascending=False, kind="stable")
    return tuple(frequent.index[:MOST_LEVELS])


def _places(values: pd.Series | Array, levels: Sequence[str]) -> NDArray[np.intp]:
    """Return the place of each value among the levels, their number for any other and -1 where missing."""
    codes, distinct = pd.factorize(values)
    place = {level: i for i, level in enumerate(levels)}
    places = [place.get(str(value), len(levels)) for value in distinct]
    return np.array([*places, -1], dtype=np.intp)[codes]


def _text(values: pd.Series) -> pd.Series:
    """Return levels as plain text; Booleans with gaps and whole numbers arrive as objects."""
    return values.astype("object").map(str, na_action="ignore")


def _numeric(values: pd.Series | Array) -> NDArray[np.float64]:
    """Return values as floats; what is no number, or infinite, is missing."""
    if isinstance(values, np.ndarray) and values.dtype.kind in "biuf":
        numbers = values.astype(np.float64)
    else:
        told = pd.Series(values, dtype=object) if isinstance(values, np.ndarray) else values
        numbers = pd.to_numeric(told, errors="coerce").to_numpy(float, na_value=np.nan)
    return np.where(np.isinf(numbers), np.nan, numbers) if np.isinf(numbers).any() else numbers
