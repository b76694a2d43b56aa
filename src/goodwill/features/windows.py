"""Which outcome windows a history holds: for training, and for the backtest."""

from dataclasses import dataclass
from datetime import date, timedelta

from goodwill.errors import HistoryError

MAX_DATES = 8
SHORTEST_DAYS = 7


@dataclass(frozen=True, order=True)
class Window:
    """An outcome window: the days `as_of <= t < as_of + horizon_days`."""

    as_of: date
    horizon_days: int

    @property
    def end(self) -> date:
        """The first day after the window."""
        return self.as_of + timedelta(days=self.horizon_days)


def training_windows(first: date, until: date, horizon_days: int) -> list[Window]:
    """Return outcome windows spread over a history, each ending at or before `until`.

    The horizons are `horizon_days`, a half and a quarter of it; where the history cannot hold the first
    after an eighth of its days, the longest it can takes its place. The dates run evenly from an eighth
    of the history to the last that holds the shortest horizon, and every date is joined with every
    horizon that still ends by `until`.

    Parameters
    ----------
    first : day of the first event.
    until : the first day that no window may reach into.
    horizon_days : the horizon asked for.

    Examples
    --------
    >>> windows = training_windows(date(1997, 1, 1), date(1997, 10, 1), 273)
    >>> sorted({window.horizon_days for window in windows})
    [59, 119, 239]
    >>> max(window.end for window in windows)
    datetime.date(1997, 10, 1)
    """
    history_days = (until - first).days
    earliest_days = max(history_days // 8, 1)
    longest = min(horizon_days, history_days - earliest_days)
    if longest < 1:
        raise HistoryError(
            f"The history before {until} holds {history_days} days; training needs at least 2. "
            "Choose a later date or read more history."
        )
    horizons = {max(longest // part, min(longest, SHORTEST_DAYS)) for part in (1, 2, 4)}
    ages = {*_spread(earliest_days, history_days - min(horizons)), *(history_days - h for h in horizons)}
    dates = [first + timedelta(days=age) for age in sorted(ages)]
    windows = [Window(as_of, horizon) for as_of in dates for horizon in sorted(horizons)]
    return [window for window in windows if window.end <= until]


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
    if history_days < max(horizon_days, 2):
        raise HistoryError(
            f"horizon_days: {horizon_days} days are longer than the whole history before {as_of} "
            f"({max(history_days, 0)} days from {first}). "
            f"Choose a horizon of at most {max(history_days, 0)} days."
        )
    longest = min(horizon_days, history_days // 2)
    return Window(as_of - timedelta(days=longest), longest)


def _spread(first: int, last: int) -> list[int]:
    """Return at most `MAX_DATES` whole numbers spread evenly from first to last."""
    n_steps = max(min(MAX_DATES - 1, last - first), 1)
    return [first + round(step * (last - first) / n_steps) for step in range(n_steps + 1)]
