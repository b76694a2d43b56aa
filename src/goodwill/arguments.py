"""What callers say in an argument: one of a closed set, a number, a whole one; refused where it is none."""

from collections.abc import Collection
from numbers import Integral, Real

from goodwill.errors import GoodwillError, UsageError


def ensure_choice(
    name: str, given: object, known: Collection[str], error: type[GoodwillError] = UsageError
) -> None:
    """Raise where what was given is none of the names there are.

    Parameters
    ----------
    name : what the caller calls it.
    error : what is raised; UsageError by default.

    Examples
    --------
    >>> ensure_choice("unit", "week", ("month", "year"))
    Traceback (most recent call last):
        ...
    goodwill.errors.UsageError: unit: 'week' is none of month, year. Choose one of them.
    """
    if not isinstance(given, str) or given not in known:
        raise error(f"{name}: {given!r} is none of {', '.join(known)}. Choose one of them.")


def ensure_numbers(**given: object) -> None:
    """Raise UsageError where an argument is no number; within which limits, the caller checks.

    Examples
    --------
    >>> ensure_numbers(rate="0.1", lift=0.2)
    Traceback (most recent call last):
        ...
    goodwill.errors.UsageError: rate: '0.1' is no number. Give one, without quotation marks.
    """
    for name, value in given.items():
        if isinstance(value, bool) or not isinstance(value, Real):
            raise UsageError(f"{name}: {value!r} is no number. Give one, without quotation marks.")


def ensure_rate(**given: object) -> None:
    """Raise UsageError where a discount rate is no number above -1.

    Examples
    --------
    >>> ensure_rate(annual_discount_rate=-1)
    Traceback (most recent call last):
        ...
    goodwill.errors.UsageError: annual_discount_rate: -1 must lie above -1, such as 0.1.
    """
    ensure_numbers(**given)
    for name, rate in given.items():
        if not isinstance(rate, Real) or not float(rate) > -1:
            raise UsageError(f"{name}: {rate} must lie above -1, such as 0.1.")


def ensure_whole(least: int, **given: object) -> None:
    """Raise UsageError where an argument is no whole number, or below the least.

    Examples
    --------
    >>> ensure_whole(1, n=2.5)
    Traceback (most recent call last):
        ...
    goodwill.errors.UsageError: n: 2.5 is no whole number from 1 up. Give one.
    """
    for name, value in given.items():
        if isinstance(value, bool) or not isinstance(value, Integral) or int(value) < least:
            raise UsageError(f"{name}: {value!r} is no whole number from {least} up. Give one.")
