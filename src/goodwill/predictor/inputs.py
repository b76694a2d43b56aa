"""What a predictor reads: columns, kinds and horizons, and how a frame that lacks some is completed."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from typing import Literal, Self

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from goodwill.errors import FitError, HistoryError, UsageError
from goodwill.features.columns import Array, Columns, Table, numbers
from goodwill.features.snapshot import Snapshot

KEYS = ("customer_id", "status", "as_of", "horizon_days")
_REPEAT = 2
_HISTORY = ("n_order_days", "days_since_first_order", "days_since_last_order", "spend_mean", "spend_first")


@dataclass(frozen=True)
class Inputs:
    """The columns and horizons of a fitted predictor.

    Parameters
    ----------
    schema : each column, and whether it is a number or text.
    horizon_days : the horizon that was asked for in training, and counts where none is given.
    shortest_days : the shortest horizon in training; what is asked for must not leave these two.
    """

    schema: dict[str, Literal["double", "string"]]
    horizon_days: int
    shortest_days: int

    @classmethod
    def fit(cls, train: Snapshot) -> Self:
        """Read columns and horizons off training snapshots."""
        asked = int(train.now["horizon_days"].iloc[0])
        return cls(schema_of(train.now), asked, min(int(train.X["horizon_days"].min()), asked))

    def completed(self, X: Table) -> Columns:
        """Return `X` with every column of the schema, days as moments, and each row's horizon and status.

        A row without a status is `scored` if it has a purchase history or a running contract, `prospect` if
        it is known to have neither, and `incomplete` where that or the history itself is not told.

        Raises
        ------
        HistoryError
            If a horizon lies outside the trained ones, a day is none, or facts of a history contradict.
        """
        told = Columns.of(X)
        unknown = np.full(len(told), np.nan)
        known = told.having({name: unknown for name in self.schema if name not in told})
        asked = numbers(known, "horizon_days")
        days = np.where(np.isnan(asked), self.horizon_days, asked)
        self.ensure_trained(days)
        given = known["status"].astype(object)
        status = np.where(pd.notna(given), given, self._status(known))
        moments = {"as_of": _moments(known["as_of"])} if "as_of" in known else {}
        _check_history(known, status == "scored")
        return known.having({"horizon_days": days.astype(np.int64), "status": status, **moments})

    def absent_from(self, columns: Collection[object]) -> list[str]:
        """Return the columns of the schema that a table with these lacks; they count as missing."""
        return [name for name in self.schema if name not in columns]

    def _status(self, known: Columns) -> NDArray[np.object_]:
        status = np.full(len(known), "scored", dtype=object)
        if "n_orders" not in self.schema:
            return status
        n_orders = numbers(known, "n_orders")
        gaps = [np.isnan(numbers(known, name)) for name in _HISTORY if name in self.schema]
        is_told = (n_orders > 0) & ~np.any(gaps, axis=0)
        is_holder = numbers(known, "n_contracts_running") > 0
        status[~is_told & ~is_holder] = "incomplete"
        status[(n_orders == 0) & ~is_holder] = "prospect"
        return status

    def ensure_trained(self, horizons: NDArray[np.float64]) -> None:
        """Raise HistoryError where horizons are no whole days, or outside the trained ones."""
        n_parted = int((horizons != np.floor(horizons)).sum())
        if n_parted:
            raise HistoryError(f"horizon_days: {n_parted} of {len(horizons)} are no whole days. Round them.")
        is_outside = (horizons < self.shortest_days) | (horizons > self.horizon_days)
        if is_outside.any():
            raise HistoryError(
                f"horizon_days: {horizons[is_outside][0]:g} lies outside the trained horizons, "
                f"{self.shortest_days} to {self.horizon_days} days. Ask for one within them, or train with a "
                "longer horizon."
            )


def _moments(told: Array) -> Array:
    """Return days as moments, NaT where none is told."""
    if told.dtype.kind == "f" and np.isnan(told).all():
        return np.full(len(told), np.datetime64("NaT", "us"))
    if told.dtype.kind == "M":
        return told
    codes, days = pd.factorize(told)
    moments = np.append(_parsed(tuple(days)), np.datetime64("NaT"))[codes]
    n_bad = int((np.isnat(moments) & (codes >= 0)).sum())
    if n_bad:
        raise HistoryError(
            f"as_of: {n_bad} of {len(told)} values are no day. Send text such as 2024-05-01, or null."
        )
    return moments


@lru_cache(maxsize=16)
def _parsed(days: tuple[object, ...]) -> NDArray[np.datetime64]:
    """Return ISO text as moments, NaT where it is none; kept, as requests of one day ask for the same."""
    # pandas reads "today" and "now" too, which would make an answer depend on when it was asked for.
    dated = [day if isinstance(day, str | date) and str(day)[:1].isdigit() else None for day in days]
    moments = pd.to_datetime(pd.Series(dated, dtype=object), errors="coerce", format="ISO8601", utc=True)
    return np.asarray(moments.dt.tz_localize(None), dtype="datetime64[us]")


def _check_history(known: Columns, is_scored: NDArray[np.bool_]) -> None:
    """Raise where facts that buy-till-you-die models read together cannot all be true of one customer."""
    n_orders, n_days = numbers(known, "n_orders"), numbers(known, "n_order_days")
    first, last = numbers(known, "days_since_first_order"), numbers(known, "days_since_last_order")
    spend = numbers(known, "spend_mean"), numbers(known, "spend_first")
    is_told = is_scored & (n_orders > 0) & ~np.isnan(n_days)
    rules = {
        "n_order_days": ("be whole and at least 1", (n_days < 1) | (n_days % 1 != 0)),
        "n_orders": (
            "be at least 2 where n_order_days is, and finite",
            np.isinf(n_orders) | ((n_days > 1) & (n_orders < _REPEAT)),
        ),
        "days_since_last_order": (
            "lie between 0 and days_since_first_order, which it equals where n_order_days is 1",
            (last < 0) | (last > first) | ((n_days == 1) & (last != first)) | np.isinf(first),
        ),
        "spend_mean": ("be finite, as must spend_first", np.isinf(spend[0]) | np.isinf(spend[1])),
    }
    for name, (rule, is_bad) in rules.items():
        n_bad = int((is_told & is_bad).sum())
        if n_bad:
            raise HistoryError(
                f"{name}: {n_bad} of {len(known)} values do not fit a history of orders; it must {rule}. "
                "Send the features of a snapshot, or the orders."
            )


def schema_of(X: pd.DataFrame) -> dict[str, Literal["double", "string"]]:
    """Return each column, and whether it is a number or text."""
    return {str(name): "double" if pd.api.types.is_numeric_dtype(X[name]) else "string" for name in X.columns}


def ensure_customers(train: Snapshot) -> None:
    """Raise where the snapshots hold no customer to learn from, telling what they hold instead.

    Raises
    ------
    FitError
        If no row of the windows, or nobody on the day of training, has the status `scored`.
    UsageError
        If these are no snapshots.
    """
    if not isinstance(train, Snapshot):
        raise UsageError(f"train is a {type(train).__name__}. Give snapshots, as `snapshots` returns them.")
    for rows, place in ((train.X, "training windows"), (train.now, "day of training")):
        if (rows["status"] == "scored").any():
            continue
        statuses = ", ".join(f"{n} {name}" for name, n in rows["status"].value_counts().items())
        raise FitError(
            f"transactions: none of the {len(rows)} rows of the {place} is of a customer with a purchase of "
            f"more than 0 ({statuses or 'no row'}). Check the sign of `amount`, `refunds:`, `where:` and "
            "`active_days`."
        )
