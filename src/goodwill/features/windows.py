"""Which outcome windows a history holds: for training, and for the backtest."""

from dataclasses import dataclass
from datetime import date, timedelta

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from goodwill.errors import HistoryError

MAX_DATES = 6
_SHARES = (1.0, 0.6, 0.35)
_REACH, _EARLIEST, _OLDEST_DAYS = 0.6, 0.15, 3 * 365


@dataclass(frozen=True, order=True)
class Window:
    """An outcome window: the days `as_of <= t < as_of + horizon_days`."""

    as_of: date
    horizon_days: int

    @property
    def end(self) -> date:
        """The first day after the window."""
        return self.as_of + timedelta(days=self.horizon_days)


def newer_half(X: pd.DataFrame) -> NDArray[np.bool_]:
    """Return which rows of windows (n, ...), with their `as_of`, are of the newer half (n,).

    Examples
    --------
    >>> newer_half(pd.DataFrame({"as_of": pd.to_datetime(["2024-01-01", "2024-03-01", "2024-02-01"])}))
    array([False,  True,  True])
    """
    return (X["as_of"] >= X["as_of"].median()).to_numpy()


def training_windows(first: date, until: date, horizon_days: int) -> list[Window]:
    """Return outcome windows spread over a history, each ending at or before `until`.

    The horizons are the longest that training can use (`horizon_days`, at most .6 of the history), and .6
    and .35 of it. Each has six dates, spread evenly from .15 of the history, or three years before the last
    where that is later, to the last from which it ends by `until`. Snapshots spread over the whole history
    beat snapshots near its end, and several horizons beat one (27 windows of real and simulated shops).

    Parameters
    ----------
    first : day of the first event.
    until : the first day that no window may reach into.
    horizon_days : the horizon asked for.

    Examples
    --------
    >>> windows = training_windows(date(1997, 1, 1), date(1997, 10, 1), 273)
    >>> sorted({window.horizon_days for window in windows})
    [57, 98, 164]
    >>> max(window.end for window in windows)
    datetime.date(1997, 10, 1)
    """
    history_days = (until - first).days
    if history_days < 2:  # noqa: PLR2004 - a day to know and a day to judge
        raise HistoryError(
            f"The history before {until} holds {history_days} days; training needs at least 2. "
            "Choose a later date or read more history."
        )
    longest = min(horizon_days, round(_REACH * history_days))
    horizons = {max(round(longest * share), 1) for share in _SHARES}
    earliest = max(round(_EARLIEST * history_days), 1)
    ages = {horizon: _ages(earliest, history_days - horizon) for horizon in horizons}
    windows = {Window(first + timedelta(days=age), horizon) for horizon in horizons for age in ages[horizon]}
    return sorted(windows)


def _ages(earliest: int, last: int) -> list[int]:
    """Return the ages of the history at which a horizon's windows begin: spread evenly, none too old."""
    return _spread(min(max(earliest, last - _OLDEST_DAYS), last), last)


def backtest_window(first: date, as_of: date, horizon_days: int) -> Window:
    """Return the latest matured window: the one a backtest before `as_of` is judged on.

    Its horizon is `horizon_days` where the history before `as_of` holds it twice, once to learn from and
    once to be judged on, else the largest that it holds twice.

    Examples
    --------
    >>> backtest_window(date(1997, 1, 1), date(1997, 10, 1), 273)
    Window(as_of=datetime.date(1997, 5, 18), horizon_days=136)
    >>> backtest_window(date(1997, 1, 1), date(1997, 10, 1), 274)
    Traceback (most recent call last):
        ...
    goodwill.errors.HistoryError: horizon_days: 274 days are longer than the whole history before ...
    """
    history_days = (as_of - first).days
    if history_days < 2:  # noqa: PLR2004 (a day to learn from, a day to be judged on)
        raise HistoryError(
            f"as_of: {as_of} has {max(history_days, 0)} days of history before it (the first row is of "
            f"{first}); it takes 2. Choose a later day, or add history."
        )
    if history_days < horizon_days:
        raise HistoryError(
            f"horizon_days: {horizon_days} days are longer than the whole history before {as_of} "
            f"({history_days} days from {first}). Choose a horizon of at most {history_days} days."
        )
    longest = min(horizon_days, history_days // 2)
    return Window(as_of - timedelta(days=longest), longest)


def _spread(first: int, last: int) -> list[int]:
    """Return at most `MAX_DATES` whole numbers spread evenly from first to last."""
    n_steps = max(min(MAX_DATES - 1, last - first), 1)
    return [first + round(step * (last - first) / n_steps) for step in range(n_steps + 1)]
