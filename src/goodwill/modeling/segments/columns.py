"""Columns of customers made comparable: counts and money tamed, categories spread out, gaps filled.

Everything is fitted on the training snapshot and can be written as JSON. Each column that leaves here
varies about as much as any other, so a distance between customers gives every column the same say.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd
from scipy.stats import skew

from goodwill.errors import UsageError
from goodwill.evaluation.ranking import FloatArray
from goodwill.features.columns import Array, Table
from goodwill.features.contracts import OF_EACH
from goodwill.features.engagement import COSTLY

# What sets customers of a shop apart, in the order in which a name mentions it.
PURCHASE_COLUMNS = (
    "days_since_last_order",
    "n_order_days",
    "spend_total",
    "spend_mean",
    "gap_mean_days",
    "days_since_first_order",
)
# What says who and when, not what somebody is like.
# Of a single contract, what other columns say.
_TOLD_TWICE = ("contract_largest_payment", "days_to_largest_payment", COSTLY, *OF_EACH)
# Contacts of a short window are among those of the year; each window would have a say of its own.
_SHORT_WINDOW = re.compile(r"n_interactions(_\w+)?_(30|90)d")
_KEYS = ("customer_id", "status", "as_of", "horizon_days")
_MOST_LEVELS, _LEAST_LEVEL_SHARE, _MOST_COLUMNS, _TWO = 12, 0.02, 30, 2
_TAIL_SHARE, _SAME_COLUMN = 0.01, 0.95
_LARGEST = 1e30  # squares of more overflow
# A flag comes as a Boolean or a whole number, and as a float where one is missing or a server sends doubles.
_FLAGS = {"False": "0", "0.0": "0", "True": "1", "1.0": "1"}


@dataclass(frozen=True)
class NumberColumn:
    """A number: logged where skewed (`unit` > 0), cut at both tails, filled where missing, scaled."""

    name: str
    unit: float
    low: float
    high: float
    fill: float
    mean: float
    sd: float

    @property
    def labels(self) -> list[str]:
        """Return one label per encoded column."""
        return [self.name]

    def encode(self, X: Table) -> FloatArray:
        """Return (n, 1) of comparable numbers."""
        tamed = _tamed(_numbers(X[self.name]), self.unit)
        np.clip(tamed, self.low, self.high, out=tamed)
        tamed[np.isnan(tamed)] = self.fill
        return ((tamed - self.mean) / self.sd)[:, None]


@dataclass(frozen=True)
class LevelColumn:
    """A category: a 0/1 column per common level; rare, unseen and missing levels are 0 everywhere."""

    name: str
    levels: list[str]
    shares: list[float]

    @property
    def labels(self) -> list[str]:
        """Return one label per encoded column."""
        return [f"{self.name} = {level}" for level in self.levels]

    def encode(self, X: Table) -> FloatArray:
        """Return (n, n_levels); together the columns of a category vary as much as one number."""
        texts, levels = _texts(X[self.name]), [_FLAGS.get(level, level) for level in self.levels]
        if {*levels} <= {"0", "1"} and len({*levels}) == len(levels):
            texts = texts.replace(_FLAGS)
        else:
            levels = self.levels
        codes = pd.Index(levels, dtype=object).get_indexer(pd.Index(texts))
        shares = np.asarray(self.shares)
        dummies = (codes[:, None] == np.arange(len(shares))).astype(float)
        return (dummies - shares) / np.sqrt(np.sum(shares * (1 - shares)))

    def without(self, is_left_out: npt.NDArray[np.bool_]) -> "LevelColumn":
        """Return the column without some of its levels."""
        kept = np.flatnonzero(~is_left_out)
        return LevelColumn(self.name, [self.levels[i] for i in kept], [self.shares[i] for i in kept])


Column = NumberColumn | LevelColumn


def choose_columns(X: pd.DataFrame) -> list[str]:
    """Return the columns to segment on: purchase history where it is there, else all but keys and dates.

    Examples
    --------
    >>> choose_columns(pd.DataFrame({"spend_mean": [9.0], "n_order_days": [1], "spend_total": [9.0]}))
    ['n_order_days', 'spend_total', 'spend_mean']
    >>> since = pd.to_datetime(["2024-01-01"])
    >>> choose_columns(pd.DataFrame({"customer_id": [7], "age": [30], "plan": ["a"], "since": since}))
    ['age', 'plan']
    """
    of_purchases = [name for name in PURCHASE_COLUMNS if name in X]
    if len(of_purchases) > _TWO:
        return of_purchases
    described = [str(name) for name in X if name not in {*_KEYS, *_TOLD_TWICE}]
    described = [name for name in described if not _SHORT_WINDOW.fullmatch(name)]
    return [name for name in described if not pd.api.types.is_datetime64_any_dtype(X[name])]


def fit_columns(X: pd.DataFrame, names: Sequence[str]) -> list[Column]:
    """Return the fitted columns; those that are constant, keys or copies of an earlier one are left out."""
    _require(names, X)
    fitted = [_fit_levels(X[name]) if _is_category(X[name]) else _fit_number(X[name]) for name in names]
    columns = [column for column in fitted if column is not None]
    if not columns:
        return []
    found = encode(columns, X)
    similar = np.abs(np.corrcoef(found, rowvar=False)).reshape(found.shape[1], -1)
    is_copy = (np.triu(similar, 1) > _SAME_COLUMN).any(axis=0)
    borders = np.cumsum([len(column.labels) for column in columns])
    kept = zip(columns, np.split(is_copy, borders[:-1]), strict=True)
    told: list[Column] = [
        column.without(copies) if isinstance(column, LevelColumn) else column
        for column, copies in kept
        if not copies.all()
    ]
    return told[:_MOST_COLUMNS]


def encode(columns: Sequence[Column], X: Table) -> FloatArray:
    """Return (n_customers, n_encoded) of comparable numbers; without columns a single 0: all are alike.

    Raises
    ------
    UsageError : a column that the segments were fitted on is absent.
    """
    _require([column.name for column in columns], X)
    return np.hstack([column.encode(X) for column in columns]) if columns else np.zeros((len(X), 1))


def slug(label: str) -> str:
    """Return a label as a code.

    Examples
    --------
    >>> slug("Contract Two year"), slug("MonthlyCharges")
    ('contract_two_year', 'monthly_charges')
    """
    words = re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", label)
    return re.sub(r"\W+", "_", words).strip("_").lower()


def _require(names: Sequence[str], X: Table) -> None:
    absent = [name for name in names if name not in X]
    if absent:
        message = f"Columns {absent} are missing, which the segments stand on. Add them, empty if unknown."
        raise UsageError(message)


def _fit_number(column: pd.Series) -> NumberColumn | None:
    values = _numbers(column)
    known = values[~np.isnan(values)]
    if not len(known):
        return None
    unit = _unit(known)
    low, high = np.quantile(_tamed(known, unit), [_TAIL_SHARE, 1 - _TAIL_SHARE], method="inverted_cdf")
    cut = np.clip(_tamed(values, unit), low, high)
    # A customer without a date has waited longer than all others; anything else unknown is taken as usual.
    fill = high if str(column.name).startswith("days_since_") else np.nanmedian(cut)
    cut[np.isnan(cut)] = fill
    sd = float(cut.std())
    if sd <= 1e-9 * max(abs(low), abs(high)):
        return None
    return NumberColumn(str(column.name), unit, float(low), float(high), float(fill), float(cut.mean()), sd)


def _fit_levels(column: pd.Series) -> LevelColumn | None:
    texts = _texts(column)
    shares = texts.value_counts(dropna=True) / len(texts)
    if len(shares) > max(len(texts) / 2, _TWO):
        return None
    common = shares[(shares >= _LEAST_LEVEL_SHARE) & (shares < 1)].nlargest(_MOST_LEVELS).sort_index()
    # The second of two levels says it all: yes of no and yes, 1 of 0 and 1.
    told = common[1:] if len(shares) == _TWO and texts.notna().all() else common
    levels = [str(level) for level in told.index]
    return LevelColumn(str(column.name), levels, told.tolist()) if levels else None


def _unit(known: FloatArray) -> float:
    """Return the unit in which the logarithm makes the column less skewed, 0 where it does not."""
    sizes = np.abs(known[known != 0])
    if not len(sizes) or np.ptp(known) == 0:
        return 0.0
    unit = float(np.quantile(sizes, 0.05))
    return unit if abs(skew(_tamed(known, unit))) < abs(skew(known / np.max(sizes))) else 0.0


def _tamed(values: FloatArray, unit: float) -> FloatArray:
    return np.sign(values) * np.log1p(np.abs(values) / unit) if unit > 0 else values.copy()


def _numbers(column: pd.Series | Array) -> FloatArray:
    if isinstance(column, pd.Series):
        column = column.to_numpy(dtype=float, na_value=np.nan)
    values = column.astype(float)
    values[np.isinf(values)] = np.nan
    return np.clip(values, -_LARGEST, _LARGEST)


def _texts(column: pd.Series | Array) -> "pd.Series[str]":
    return pd.Series(column).astype(object).map(str, na_action="ignore").astype(object)


def _is_category(column: pd.Series) -> bool:
    is_number = pd.api.types.is_numeric_dtype(column) and not pd.api.types.is_bool_dtype(column)
    return not is_number or set(column.dropna().unique()) <= {0, 1}
