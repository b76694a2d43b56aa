"""Predicted beside actual orders over time: the picture by which a purchase model is trusted or not."""

from collections.abc import Callable

import numpy as np
import numpy.typing as npt
import pandas as pd

from goodwill.errors import UsageError

F = npt.NDArray[np.float64]
WEEK_DAYS = 7


def cumulative_tracking(
    expected: Callable[[F], F],
    born_day: npt.ArrayLike,
    repeat_day: npt.ArrayLike,
    *,
    fitted_until: int,
    until: int,
    clock: Callable[[F], F] | None = None,
) -> pd.DataFrame:
    """Return predicted and actual repeat orders of each week, and their running totals.

    The prediction knows only when each customer began: the sum over customers of the orders expected by
    their age (Fader, Hardie & Lee 2005, section 4.2). What happens after `fitted_until` is a test.

    Parameters
    ----------
    expected : repeat orders expected of a new customer by an age in weeks, such as
        `lambda t: model.expected_purchases_new(t=t)`.
    born_day : (n,) of int; day of each customer's first order, counted from any day zero.
    repeat_day : (m,) of int; day of each later order of these customers.
    fitted_until : the day after the last one that the model was fitted on.
    until : the day after the last one watched.
    clock : what a clock of the season shows on days (k,), where the model tells ages by one.

    Returns
    -------
    A row per whole week from the first birth: `week` (1, 2, …), `predicted`, `actual`, `predicted_total`,
    `actual_total` and `is_test`.

    Examples
    --------
    >>> def two_a_week(age: F) -> F:
    ...     return 2 * age
    >>> table = cumulative_tracking(two_a_week, [0, 7], [3, 4, 9, 10, 11, 12], fitted_until=7, until=14)
    >>> table[["predicted", "actual", "is_test"]].to_numpy().tolist()
    [[2.0, 2, False], [4.0, 4, True]]
    """
    born, repeat = np.asarray(born_day, dtype=np.int64), np.asarray(repeat_day, dtype=np.int64)
    n_weeks = (until - int(born.min(initial=until))) // WEEK_DAYS
    if not len(born) or n_weeks < 1 or born.max() >= until:
        raise UsageError(
            f"{len(born)} customers born before day {until} leave no whole week to compare. "
            "Give customers, and a later `until`."
        )
    first = int(born.min())
    ends = first + WEEK_DAYS * np.arange(1, n_weeks + 1)
    days, counts = np.unique(born, return_counts=True)
    shown, began = (moments if clock is None else clock(moments.astype(float)) for moments in (ends, days))
    ages = np.maximum(shown[:, None] - began, 0) / WEEK_DAYS
    predicted = (np.asarray(expected(ages.ravel()), dtype=float).reshape(ages.shape) * counts).sum(axis=1)
    actual = np.searchsorted(np.sort(repeat), ends, side="left")
    return pd.DataFrame({
        "week": np.arange(1, n_weeks + 1),
        "predicted": np.diff(predicted, prepend=0.0), "actual": np.diff(actual, prepend=0),
        "predicted_total": predicted, "actual_total": actual, "is_test": ends > fitted_until,
    })  # fmt: skip
