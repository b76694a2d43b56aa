"""What callers say of each row, as arrays beside it: whole numbers, flags, weights, all as long."""

from collections.abc import Mapping

import numpy as np
import numpy.typing as npt
import pandas as pd
from numpy.typing import NDArray

from goodwill.errors import UsageError
from goodwill.evaluation.samples import as_numbers

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


def periods_ahead(**given: npt.ArrayLike) -> list[F]:
    """Return numbers of periods, each from 0 up and of any shape; parts of a period will do.

    Examples
    --------
    >>> periods_ahead(n_periods=[1, -2])
    Traceback (most recent call last):
        ...
    goodwill.errors.UsageError: n_periods: 1 of 2 values are missing, infinite or below 0. ...
    """
    found = {name: np.asarray(as_numbers(name, values)) for name, values in given.items()}
    for name, numbers in found.items():
        _refuse_negative(name, numbers)
    ensure_fitting(found)
    return list(found.values())


def ensure_fitting(given: Mapping[str, F]) -> None:
    """Refuse arrays that do not fit each other: one value per row, or one for all."""
    shapes = {name: numbers.shape for name, numbers in given.items()}
    try:
        np.broadcast_shapes(*shapes.values())
    except ValueError as error:
        said = ", ".join(f"{shape} {name}" for name, shape in shapes.items())
        raise UsageError(f"Shapes differ: {said}. Give one value per row, or one for all.") from error


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


def weights(name: str, values: npt.ArrayLike | None, n_rows: int) -> F:
    """Return how much each row counts (n_rows,): finite numbers from 0 up, 1 where nothing is said.

    Examples
    --------
    >>> weights("sample_weight", None, 2).tolist(), weights("sample_weight", [2, 0.5], 2).tolist()
    ([1.0, 1.0], [2.0, 0.5])
    """
    if values is None:
        return np.ones(n_rows)
    numbers = _numbers(values)
    if numbers.shape != (n_rows,):
        raise UsageError(
            f"{name} has the shape {np.shape(values)} beside {n_rows} rows. Give one number for each row."
        )
    _refuse_negative(name, numbers)
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


def _refuse_negative(name: str, numbers: F) -> None:
    is_bad = ~(np.isfinite(numbers) & (numbers >= 0))
    if is_bad.any():
        raise UsageError(
            f"{name}: {int(is_bad.sum())} of {is_bad.size} values are missing, infinite or below 0. "
            "Give numbers from 0 up."
        )


def _numbers(values: npt.ArrayLike) -> F:
    given = np.atleast_1d(np.asarray(values))
    if given.dtype.kind in "biuf":
        return given.astype(np.float64)
    if given.dtype.kind in "mM":
        return np.full(given.shape, np.nan)
    found = pd.to_numeric(pd.Series(given.ravel()), errors="coerce")
    return np.asarray(found, dtype=np.float64).reshape(given.shape)
