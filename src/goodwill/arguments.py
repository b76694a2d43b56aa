"""What callers say in an argument: one of a closed set, a number, a whole one; refused where it is none."""

from collections.abc import Collection
from decimal import Decimal
from math import isfinite
from numbers import Integral, Real
from typing import cast

import numpy as np

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


def as_number(name: str, value: object) -> float:
    """Return a finite number as numpy reckons with it: a Decimal or a fraction as a float, others as given.

    Within which limits it may lie, the caller checks.

    Raises
    ------
    UsageError : it is no number, or not a finite one.

    Examples
    --------
    >>> as_number("budget", Decimal("99.50")), as_number("budget", 99)
    (99.5, 99)
    >>> as_number("rate", "0.1")
    Traceback (most recent call last):
        ...
    goodwill.errors.UsageError: rate: '0.1' is no number. Give one, without quotation marks.
    >>> as_number("rate", float("inf"))
    Traceback (most recent call last):
        ...
    goodwill.errors.UsageError: rate: inf is not finite. Give a number.
    """
    if isinstance(value, bool) or not isinstance(value, Real | Decimal):
        raise UsageError(f"{name}: {value!r} is no number. Give one, without quotation marks.")
    if not isfinite(value):
        raise UsageError(f"{name}: {value} is not finite. Give a number.")
    is_plain = isinstance(value, int | float | np.integer | np.floating)
    return cast("float", value) if is_plain else float(value)  # a whole number is one to mypy as well


def keep_numbers(record: object, *names: str, within: str = "") -> None:
    """Let fields of a frozen record hold what `as_number` returns of them.

    Parameters
    ----------
    within : what stands before the name of a field in what is said of it.

    Raises
    ------
    UsageError : one is no number, or not a finite one.
    """
    for name in names:
        object.__setattr__(record, name, as_number(f"{within}{name}", getattr(record, name)))


def ensure_numbers(**given: object) -> None:
    """Raise UsageError where an argument is no finite number, or needs `as_number` to become a plain one.

    Examples
    --------
    >>> ensure_numbers(level=0.9, penalty=Decimal("0.1"))
    Traceback (most recent call last):
        ...
    goodwill.errors.UsageError: penalty: Decimal('0.1') is a Decimal. Give a float.
    """
    for name, value in given.items():
        if as_number(name, value) is not value:
            raise UsageError(f"{name}: {value!r} is a {type(value).__name__}. Give a float.")


def as_rate(name: str, value: object) -> float:
    """Return a discount rate: a finite number above -1.

    Examples
    --------
    >>> as_rate("annual_discount_rate", -1)
    Traceback (most recent call last):
        ...
    goodwill.errors.UsageError: annual_discount_rate: -1 must lie above -1, such as 0.1.
    """
    rate = as_number(name, value)
    if not rate > -1:
        raise UsageError(f"{name}: {rate} must lie above -1, such as 0.1.")
    return rate


def ensure_names(**given: object) -> None:
    """Raise UsageError where an argument is one text instead of a list of names, to be read letter by letter.

    Examples
    --------
    >>> ensure_names(mix="tier")
    Traceback (most recent call last):
        ...
    goodwill.errors.UsageError: mix: 'tier' is one text, not a list of names. Write ['tier'].
    """
    for name, value in given.items():
        if isinstance(value, str):
            raise UsageError(f"{name}: {value!r} is one text, not a list of names. Write [{value!r}].")


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
