"""What callers say of their contracts, a value for each: whole numbers, flags, weights, all as long."""

import numpy as np
import numpy.typing as npt
import pandas as pd
from numpy.typing import NDArray

from goodwill.errors import UsageError

F = NDArray[np.float64]


def whole_numbers(name: str, values: npt.ArrayLike) -> NDArray[np.int64]:
    """Return whole numbers from 0 up (n,).

    Examples
    --------
    >>> whole_numbers("n_periods", [1, 2.5])
    Traceback (most recent call last):
        ...
    goodwill.errors.UsageError: n_periods: 1 of 2 values are no whole numbers from 0 up. Count whole ones.
    """
    numbers = _numbers(values)
    is_bad = ~(np.isfinite(numbers) & (numbers >= 0) & (numbers == np.floor(numbers)))
    if is_bad.any():
        raise UsageError(
            f"{name}: {int(is_bad.sum())} of {is_bad.size} values are no whole numbers from 0 up. "
            "Count whole ones."
        )
    return numbers.astype(np.int64)


def flags(name: str, values: npt.ArrayLike) -> NDArray[np.bool_]:
    """Return what is true or false (n,); 1 and 0 will do, text and missing values will not.

    Examples
    --------
    >>> flags("has_ended", [1, 0]).tolist()
    [True, False]
    """
    given = np.asarray(values)
    if given.dtype == np.bool_:
        return given
    is_bad = ~pd.Series(given.ravel(), dtype=object).isin([True, False]).to_numpy(bool)
    if is_bad.any():
        raise UsageError(
            f"{name}: {int(is_bad.sum())} of {is_bad.size} values are neither True nor False, such as text "
            "or a missing value. Say True or False of each."
        )
    return given.astype(bool)


def weights(name: str, values: npt.ArrayLike) -> F:
    """Return finite numbers from 0 up (n,)."""
    numbers = _numbers(values)
    is_bad = ~(np.isfinite(numbers) & (numbers >= 0))
    if is_bad.any():
        raise UsageError(
            f"{name}: {int(is_bad.sum())} of {is_bad.size} values are missing, infinite or below 0. "
            "Give numbers from 0 up."
        )
    return numbers


def check_lengths(**given: npt.ArrayLike | None) -> None:
    """Refuse what differs in length, None being left out.

    Examples
    --------
    >>> check_lengths(contracts=[1, 2], n_periods=[3])
    Traceback (most recent call last):
        ...
    goodwill.errors.UsageError: Lengths differ: 2 contracts, 1 n_periods. Give one value per row.
    """
    shapes = {name: np.shape(values) for name, values in given.items() if values is not None}
    lengths = {name: shape[0] if shape else 1 for name, shape in shapes.items()}
    if len(set(lengths.values())) > 1:
        said = ", ".join(f"{n} {name}" for name, n in lengths.items())
        raise UsageError(f"Lengths differ: {said}. Give one value per row.")


def _numbers(values: npt.ArrayLike) -> F:
    given = np.atleast_1d(np.asarray(values))
    if given.dtype.kind in "biuf":
        return given.astype(np.float64)
    if given.dtype.kind in "mM":
        return np.full(len(given), np.nan)
    return np.asarray(pd.to_numeric(pd.Series(given), errors="coerce"), dtype=np.float64)
