"""The times that models of customer value read: ages, silences and horizons, on the clock of the season."""

from dataclasses import dataclass
from typing import Self, TypeVar

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from goodwill.features.columns import Columns, Table, numbers
from goodwill.modeling.season_clock import SeasonClock

F = NDArray[np.float64]
Told = TypeVar("Told", pd.DataFrame, Columns)
_AGES = ("days_since_first_order", "days_since_last_order")


@dataclass(frozen=True)
class Timing:
    """Times of n customers in days, (n,) each; by the calendar where there is no clock, or no day is told.

    Parameters
    ----------
    day : the day looked from.
    horizon : how far ahead is asked.
    age, idle : since the first and since the last order; missing for who never ordered.
    clock : how fast time passes.

    Examples
    --------
    >>> X = pd.DataFrame({"as_of": [pd.Timestamp("2024-01-01")], "horizon_days": [60]})
    >>> X = X.assign(days_since_first_order=90, days_since_last_order=10)
    >>> calm_winter = SeasonClock(1 - 0.5 * np.cos(2 * np.pi * np.arange(26) / 26))
    >>> times = Timing.of(X, calm_winter)
    >>> times.horizon.round(), times.lookback(times.horizon).round(), times.age.round()
    (array([35.]), array([60.]), array([61.]))
    """

    day: NDArray[np.datetime64]
    horizon: F
    age: F
    idle: F
    clock: SeasonClock | None

    @classmethod
    def of(cls, X: Table, clock: SeasonClock | None = None) -> Self:
        """Return the times of features."""
        day, horizon = _days(X), numbers(X, "horizon_days")
        age, idle = (numbers(X, name) if name in X else np.full(len(X), np.nan) for name in _AGES)
        if clock is None:
            return cls(day, horizon, age, idle, None)
        shown = clock.ahead(day, horizon)
        age, idle = (_known(clock.passed(day, days), days) for days in (age, idle))
        return cls(day, _known(shown, horizon), age, idle, clock)

    def told_in(self, X: Told) -> Told:
        """Return features with these times in the place of their own."""
        told = dict(zip((*_AGES, "horizon_days"), (self.age, self.idle, self.horizon), strict=True))
        known = {name: days for name, days in told.items() if name in X}
        return X.assign(**known) if isinstance(X, pd.DataFrame) else X.having(known)

    def lookback(self, horizon: F) -> F:
        """Return how many days of the calendar before the day hold as much time as `horizon` (..., n)."""
        return horizon if self.clock is None else _known(self.clock.back(self.day, horizon), horizon)

    def since(self, first: pd.Timestamp) -> F:
        """Return how long ago a day was, (n,); missing where no day is told."""
        days = np.floor((self.day - first.to_datetime64()) / np.timedelta64(1, "D"))
        return np.asarray(days if self.clock is None else self.clock.passed(self.day, days), dtype=float)


def on_clock(X: Told, clock: SeasonClock | None) -> Told:
    """Return features whose ages and horizon are told by a clock, for models that read them as they stand."""
    if clock is None:
        return X
    return Timing.of(X, clock).told_in(X)


def _days(X: Table) -> NDArray[np.datetime64]:
    if "as_of" not in X:
        return np.full(len(X), np.datetime64("NaT", "us"))
    told = np.asarray(X["as_of"])
    return told if told.dtype.kind == "M" else pd.DatetimeIndex(told).to_numpy()


def _known(shown: F, days: F) -> F:
    return np.where(np.isnan(shown), days, shown)
