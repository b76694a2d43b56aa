"""Which columns of a ready-made table models can read: numbers, text that is numbers, categories."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Self

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from goodwill.data.types import MISSING_MARKS
from goodwill.modeling.encoding import Encoding

F = NDArray[np.float64]
Stored = dict[str, Any]  # JSON as it comes
KEY = "customer_id"
NUMBER_SHARE = 0.95
MOST_LEVELS = 50
RAREST_SHARE = 0.01
_LEAST_DISTINCT = 3
_LARGEST = 1e30  # trees hold single precision, which ends at 3e38
_CODE = r"0\d"
# XGBoost refuses these signs in the names of columns.
_SAFE = str.maketrans({"[": "(", "]": ")", "<": "{"})


@dataclass(frozen=True)
class ProfileColumns:
    """The columns of a ready-made table that are features, as numbers.

    Parameters
    ----------
    encoding : which columns are numbers, and the levels of those that are categories.
    left_out : the reason for each column that is no feature.

    Examples
    --------
    >>> X = pd.DataFrame({
    ...     "plan": ["basic", "gold", "basic", "gold"],
    ...     "charges": ["9.5", " ", "12", "7"],
    ...     "is_new": [True, False, True, False],
    ... })
    >>> columns = ProfileColumns.fit(X.assign(mail=["a@x", "b@x", "c@x", "d@x"]))
    >>> columns.design(X).columns.tolist()
    ['charges', 'is_new', 'plan=basic', 'plan=gold', 'plan=other']
    >>> columns.design(X)["charges"].tolist(), dict(columns.left_out)
    ([9.5, nan, 12.0, 7.0], {'mail': 'every value is different'})
    >>> columns.unseen(X.assign(plan="silver"))
    {'plan': 4}
    """

    encoding: Encoding
    left_out: Mapping[str, str]

    @classmethod
    def fit(cls, X: pd.DataFrame) -> Self:
        """Learn which columns of `X` are numbers, which are categories, and which are of no use."""
        numbers: list[str] = []
        levels: dict[str, tuple[str, ...]] = {}
        left_out: dict[str, str] = {}
        for name in (name for name in X.columns if name != KEY):
            is_number = _is_number(X[name])
            reason = _no_number(_numbers(X[name])) if is_number else _no_category(_texts(X[name]))
            if reason:
                left_out[str(name)] = reason
            elif is_number:
                numbers.append(str(name))
            else:
                levels[str(name)] = _frequent(_texts(X[name]))
        return cls(Encoding(tuple(numbers), levels), left_out)

    def design(self, X: pd.DataFrame) -> pd.DataFrame:
        """Return (n, k) float columns; a column absent from `X` is missing, a level unknown is "other"."""
        encoded = self.encoding.encode(self._typed(X)).clip(-_LARGEST, _LARGEST)
        return encoded.set_axis(list(_safe_names(encoded.columns)), axis=1)

    def unseen(self, X: pd.DataFrame) -> dict[str, int]:
        """Return how many rows of each category hold a level that counts as "other"."""
        return self.encoding.unseen(self._typed(X))

    def to_dict(self) -> Stored:
        """Return the columns as plain JSON values."""
        return {"encoding": self.encoding.to_dict(), "left_out": dict(self.left_out)}

    @classmethod
    def from_dict(cls, stored: Stored) -> Self:
        """Return stored columns."""
        return cls(Encoding.from_dict(stored["encoding"]), dict(stored["left_out"]))

    def _typed(self, X: pd.DataFrame) -> pd.DataFrame:
        """Return the known columns of `X`, each a float or a text."""
        numbers = {name: pd.Series(_numbers(X[name]), X.index) for name in self.encoding.numbers if name in X}
        texts = {name: _texts(X[name]) for name in self.encoding.levels if name in X}
        return pd.DataFrame(numbers | texts, index=X.index)


def _is_number(values: pd.Series) -> bool:
    """Tell numbers, times and text that reads as numbers; codes such as 007 are categories."""
    if pd.api.types.is_numeric_dtype(values) or pd.api.types.is_datetime64_any_dtype(values):
        return True
    if pd.api.types.is_timedelta64_dtype(values):
        return True
    text = _texts(values).dropna()
    text = text[~text.isin(MISSING_MARKS)]
    if text.empty or text.str.match(_CODE).any():
        return False
    return bool(pd.to_numeric(text, errors="coerce").notna().mean() >= NUMBER_SHARE)


def _numbers(values: pd.Series) -> F:
    """Return values as numbers, times as days; what cannot be read or is infinite is missing."""
    if pd.api.types.is_datetime64_any_dtype(values):
        naive = values.dt.tz_localize(None) if values.dt.tz is not None else values
        values = naive - pd.Timestamp(0)
    if pd.api.types.is_timedelta64_dtype(values):
        values = values.dt.total_seconds() / 86_400
    if not pd.api.types.is_numeric_dtype(values):
        values = pd.to_numeric(_texts(values), errors="coerce")
    numbers = values.to_numpy(dtype=float, na_value=np.nan)
    return np.where(np.isfinite(numbers), numbers, np.nan)


def _texts(values: pd.Series) -> pd.Series:
    """Return values as text without outer blanks, whole numbers without .0; what is blank is missing."""
    is_given = values.notna()
    text = values[is_given].map(_text).reindex(values.index).astype(object)
    return text.mask(text == "")


def _text(value: object) -> str:
    if isinstance(value, bool | np.bool_):
        return str(int(value))
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return str(value).strip()


def _no_number(values: F) -> str:
    known = values[~np.isnan(values)]
    if not len(known):
        return "every value is missing"
    return "every value is the same" if np.ptp(known) == 0 and len(known) == len(values) else ""


def _no_category(text: pd.Series) -> str:
    n_distinct, n_known = text.nunique(), int(text.notna().sum())
    if not n_known:
        return "every value is missing"
    if n_distinct == 1 and n_known == len(text):
        return "every value is the same"
    if n_distinct == n_known and n_distinct >= _LEAST_DISTINCT:
        return "every value is different"
    return "" if _frequent(text) else f"no value is shared by {RAREST_SHARE:.0%} of customers"


def _frequent(text: pd.Series) -> tuple[str, ...]:
    """Return the levels that are not too rare to learn from, most frequent first, ties by name."""
    shares = text.value_counts(normalize=True).sort_index()
    frequent = shares[shares >= RAREST_SHARE].sort_values(ascending=False, kind="stable")
    return tuple(str(level) for level in frequent.index[:MOST_LEVELS])


def _safe_names(names: pd.Index) -> Iterator[str]:
    """Yield names that XGBoost takes, none twice."""
    used: set[str] = set()
    for name in names:
        safe = str(name).translate(_SAFE)
        while safe in used:
            safe += "'"
        used.add(safe)
        yield safe
