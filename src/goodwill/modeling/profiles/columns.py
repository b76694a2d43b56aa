"""Which columns of a ready-made table models can read: numbers, text that is numbers, categories."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
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
    usual : the median of each number that was never missing: trees have not learned what to do without it,
        and would take a side at random.

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
    usual: Mapping[str, float] = field(default_factory=dict)

    @classmethod
    def fit(cls, X: pd.DataFrame) -> Self:
        """Learn which columns of `X` are numbers, which are categories, and which are of no use."""
        numbers: list[str] = []
        levels: dict[str, tuple[str, ...]] = {}
        left_out: dict[str, str] = {}
        usual: dict[str, float] = {}
        for name, column in _named(X).items():
            read = _read(column)
            if read.reason:
                left_out[name] = read.reason
            elif read.levels:
                levels[name] = read.levels
            else:
                numbers.append(name)
                median = float(np.median(as_numbers(column)))
                usual |= {} if np.isnan(median) else {name: median}
        return cls(Encoding(tuple(numbers), levels), left_out, usual)

    @property
    def names(self) -> tuple[str, ...]:
        """The columns that are features."""
        return (*self.encoding.numbers, *self.encoding.levels)

    def design(self, X: pd.DataFrame) -> pd.DataFrame:
        """Return (n, k) float columns; a column absent from `X` is missing, a level unknown is "other"."""
        encoded = self.encoding.encode(self._typed(X)).fillna(dict(self.usual)).clip(-_LARGEST, _LARGEST)
        return encoded.set_axis(list(_safe_names(encoded.columns)), axis=1)

    def unseen(self, X: pd.DataFrame) -> dict[str, int]:
        """Return how many rows of each category hold a level that counts as "other"."""
        return self.encoding.unseen(self._typed(X))

    def to_dict(self) -> Stored:
        """Return the columns as plain JSON values."""
        told = {"left_out": dict(self.left_out), "usual": dict(self.usual)}
        return {"encoding": self.encoding.to_dict(), **told}

    @classmethod
    def from_dict(cls, stored: Stored) -> Self:
        """Return stored columns."""
        usual = dict(stored.get("usual", {}))
        return cls(Encoding.from_dict(stored["encoding"]), dict(stored["left_out"]), usual)

    def _typed(self, X: pd.DataFrame) -> pd.DataFrame:
        """Return the known columns of `X`, each a float or a text."""
        given = _named(X)
        numbers = {
            name: pd.Series(as_numbers(given[name]), X.index)
            for name in self.encoding.numbers
            if name in given
        }
        texts = {name: _texts(given[name]) for name in self.encoding.levels if name in given}
        return pd.DataFrame(numbers | texts, index=X.index)


@dataclass(frozen=True)
class _Read:
    """How a column reads: the levels of a category, none of a number; or why it is no feature."""

    levels: tuple[str, ...] = ()
    reason: str = ""


def _read(column: pd.Series) -> _Read:
    if column.isna().all():
        return _Read(reason="every value is missing")
    is_number = _is_ordered(column)
    text = column if is_number else _texts(column)
    if is_number or _reads_as_number(text):
        return _Read(reason=_no_number(as_numbers(column)))
    reason, levels = _no_category(text), _frequent(text)
    return _Read(
        levels, reason or ("" if levels else f"no value is shared by {RAREST_SHARE:.0%} of customers")
    )


def _named(X: pd.DataFrame) -> dict[str, pd.Series]:
    return {str(name): column for name, column in X.items() if name != KEY}


def _is_ordered(column: pd.Series) -> bool:
    kinds = pd.api.types
    is_time = kinds.is_datetime64_any_dtype(column) or kinds.is_timedelta64_dtype(column)
    return is_time or kinds.is_numeric_dtype(column)


def _reads_as_number(text: pd.Series) -> bool:
    """Tell text that is numbers; codes such as 007 are categories."""
    known = text.dropna()
    known = known[~known.isin(MISSING_MARKS)]
    if known.empty or known.str.match(_CODE).any():
        return False
    return bool(pd.to_numeric(known, errors="coerce").notna().mean() >= NUMBER_SHARE)


def as_numbers(values: pd.Series) -> F:
    """Return values as numbers, times as days; what cannot be read or is infinite is missing.

    Examples
    --------
    >>> as_numbers(pd.Series(["9.5", " ", "3 years"])).tolist(), n_unread(pd.Series(["9.5", " ", "3 years"]))
    ([9.5, nan, nan], 1)
    """
    if pd.api.types.is_datetime64_any_dtype(values):
        naive = values.dt.tz_localize(None) if values.dt.tz is not None else values
        values = naive - pd.Timestamp(0)
    if pd.api.types.is_timedelta64_dtype(values):
        values = values.dt.total_seconds() / 86_400
    if not pd.api.types.is_numeric_dtype(values):
        values = pd.to_numeric(_texts(values), errors="coerce")
    numbers = values.to_numpy(dtype=float, na_value=np.nan)
    return np.where(np.isfinite(numbers), numbers, np.nan)


def n_unread(values: pd.Series) -> int:
    """Return how many cells are there but are no number."""
    if _is_ordered(values):
        return 0
    text = _texts(values)
    known = text[text.notna() & ~text.isin(MISSING_MARKS)]
    return int(pd.to_numeric(known, errors="coerce").isna().sum())


def _texts(values: pd.Series) -> pd.Series:
    """Return values as text without outer blanks, whole numbers without .0; what is blank is missing."""
    if isinstance(values.dtype, pd.StringDtype):
        text = values.str.strip().astype(object)
    else:
        text = values[values.notna()].astype(object).map(_text).reindex(values.index)
    return text.mask(text.isna() | (text == ""))


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
    if n_distinct <= 1 and n_known in {0, len(text)}:
        return "every value is the same" if n_known else "every value is missing"
    return "every value is different" if n_distinct == n_known and n_distinct >= _LEAST_DISTINCT else ""


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
