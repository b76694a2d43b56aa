"""Days that callers ask about: one on the calendar, lengths in whole days, several horizons at once."""

from collections.abc import Iterable
from datetime import date
from operator import index

from goodwill.errors import HistoryError, UsageError

LONGEST = 36_525


def as_date(day: date | str) -> date:
    """Return a day given as a date or as ISO text; a moment counts as its day.

    Examples
    --------
    >>> from datetime import datetime
    >>> as_date("2024-05-01"), as_date(datetime(2024, 5, 1, 13, 30))
    (datetime.date(2024, 5, 1), datetime.date(2024, 5, 1))
    >>> as_date("1 May")
    Traceback (most recent call last):
        ...
    goodwill.errors.HistoryError: '1 May' is not a day; write it as YYYY-MM-DD.
    """
    try:
        moment = day if isinstance(day, date) else date.fromisoformat(day)
        return date(moment.year, moment.month, moment.day)
    except (TypeError, ValueError) as error:
        raise HistoryError(f"{day!r} is not a day; write it as YYYY-MM-DD.") from error


def whole_days(name: str, days: int) -> int:
    """Return a length of time in days, 1 or more.

    Examples
    --------
    >>> whole_days("horizon_days", 0)
    Traceback (most recent call last):
        ...
    goodwill.errors.UsageError: horizon_days: 0 is no whole number of days from 1 to 36,525, such as 90.
    """
    try:
        n_days = 0 if isinstance(days, bool) else index(days)
    except TypeError:
        n_days = 0
    if not 1 <= n_days <= LONGEST:
        raise UsageError(f"{name}: {days!r} is no whole number of days from 1 to {LONGEST:,}, such as 90.")
    return n_days


def whole_horizons(horizons: Iterable[int]) -> tuple[int, ...]:
    """Return horizons in days, at least one, each once.

    Examples
    --------
    >>> whole_horizons([30, 30])
    Traceback (most recent call last):
        ...
    goodwill.errors.UsageError: horizon_days: [30, 30] must name at least one horizon, and each once.
    """
    days = [whole_days("horizon_days", horizon) for horizon in horizons]
    if not days or len(set(days)) < len(days):
        raise UsageError(f"horizon_days: {days} must name at least one horizon, and each once.")
    return tuple(days)
