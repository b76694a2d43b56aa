"""How long contracts lasted: the life table of their periods, and Kaplan and Meier's survival curve."""

import numpy as np
import numpy.typing as npt
import pandas as pd
from scipy.stats import norm

from goodwill.errors import UsageError
from goodwill.evaluation.samples import ensure_level
from goodwill.features.columns import numbers
from goodwill.modeling.given_values import check_lengths, flags, weights, whole_numbers

F = npt.NDArray[np.float64]
_COLUMNS = ("period", "at_risk", "ended")
_ROUNDING = 1e-9


def life_table(
    n_periods: npt.ArrayLike,
    has_ended: npt.ArrayLike,
    *,
    n_entered: npt.ArrayLike | None = None,
    weight: npt.ArrayLike | None = None,
) -> pd.DataFrame:
    """Return how many contracts reached the end of each period, and how many ended there.

    Parameters
    ----------
    n_periods : (n,) of int from 0 up; the period at whose end a contract ended, or the periods it has
        outlived while it still runs.
    has_ended : (n,) of bool; False where the contract still ran when it was last seen.
    n_entered : (n,) periods already outlived when it was first seen (left truncation); 0 by default.
    weight : (n,) how many contracts a row stands for; 1 by default.

    Returns
    -------
    A row per period 1, 2, …: `period`, `at_risk` (contracts that came to its end) and `ended`.

    Examples
    --------
    >>> life_table([1, 2, 2, 3], [True, True, False, False]).to_numpy().tolist()
    [[1.0, 4.0, 1.0], [2.0, 3.0, 1.0], [3.0, 1.0, 0.0]]
    """
    lived, ended = whole_numbers("n_periods", n_periods), flags("has_ended", has_ended)
    check_lengths(n_periods=lived, has_ended=ended, n_entered=n_entered)
    entered = np.zeros_like(lived) if n_entered is None else whole_numbers("n_entered", n_entered)
    counts = weights("weight", weight, len(lived))
    if (lived < entered).any() or (ended & (lived == entered)).any():
        raise UsageError(
            "n_periods: a contract must outlive the periods before it was seen, and end in a later one. "
            "Count periods from 1, the one in which the contract began."
        )
    periods = np.arange(1, lived.max(initial=0) + 1)
    leaving = np.bincount(lived, counts, len(periods) + 1)
    coming = np.bincount(entered, counts, len(periods) + 1)
    # At the end of a period are those who last as long, but for who was first seen later. Summed from the
    # last one on, so that the last to end are all who are left, to the bit, whatever their weights.
    at_risk = (np.cumsum(leaving[::-1]) - np.cumsum(coming[::-1]))[-2::-1]
    ends = np.bincount(lived[ended], counts[ended], len(periods) + 1)[1:]
    return pd.DataFrame({"period": periods, "at_risk": at_risk, "ended": ends}).astype(float)


def columns_of(table: pd.DataFrame) -> tuple[F, F, F]:
    """Return `period`, `at_risk` and `ended` of a life table, each (n,).

    Raises
    ------
    UsageError
        If it is no frame, lacks a column, or holds what are no counts of periods from 1 on.

    Examples
    --------
    >>> columns_of(pd.DataFrame({"period": [1]}))
    Traceback (most recent call last):
        ...
    goodwill.errors.UsageError: The life table lacks at_risk, ended. Make it with `life_table`.
    """
    if not isinstance(table, pd.DataFrame):
        raise UsageError(f"The life table is a {type(table).__name__}. Make it with `life_table`.")
    missing = [name for name in _COLUMNS if name not in table]
    if missing:
        raise UsageError(f"The life table lacks {', '.join(missing)}. Make it with `life_table`.")
    period, at_risk, ended = (numbers(table, name) for name in _COLUMNS)
    # Sums of weights may miss each other by rounding.
    most = at_risk + _ROUNDING * np.abs(at_risk).max(initial=0.0)
    is_count = (period >= 1) & (ended >= 0) & (ended <= most) & (at_risk < np.inf)
    if not is_count.all():
        raise UsageError(
            f"The life table: in {int((~is_count).sum())} of {len(table)} rows `period` is below 1, or "
            "`ended` is missing, below 0 or above `at_risk`. Make it with `life_table`."
        )
    return period, at_risk, ended


def kaplan_meier(table: pd.DataFrame, level: float = 0.9) -> pd.DataFrame:
    """Return the share of contracts that outlive each period (Kaplan and Meier 1958), with its interval.

    Standard errors are Greenwood's (1926); the interval is symmetric on the scale of log(-log S), so that
    it stays between 0 and 1 (Kalbfleisch and Prentice 2002, section 1.4).

    Parameters
    ----------
    table : as `life_table` returns it.
    level : coverage of the interval.

    Returns
    -------
    A row per period: `period`, `survival`, `standard_error`, `low`, `high`; the last two are missing where
    nobody or everybody has ended. A period that nobody came to the end of changes nothing.

    Raises
    ------
    UsageError
        If the table is no life table, its periods do not ascend, or the level does not lie between 0 and 1.

    Examples
    --------
    >>> curve = kaplan_meier(life_table([1, 2, 2, 3], [True, True, False, False]))
    >>> curve[["survival", "standard_error"]].round(3).to_numpy().tolist()
    [[0.75, 0.217], [0.5, 0.25], [0.5, 0.25]]
    """
    ensure_level(level)
    period, at_risk, ended = columns_of(table)
    if not (np.diff(period) > 0).all():
        raise UsageError(
            "The life table: its periods do not ascend, each once. Sort them, or add up the same."
        )
    # Where nobody came to the end of a period, nothing was seen of it: the curve goes on as it was.
    is_seen, nothing = at_risk > 0, np.zeros(len(table))
    survival = np.cumprod(1 - np.divide(ended, at_risk, out=nothing.copy(), where=is_seen))
    with np.errstate(divide="ignore", invalid="ignore"):
        spread = np.divide(ended, at_risk * (at_risk - ended), out=nothing, where=is_seen).cumsum()
        error = np.where(survival > 0, survival * np.sqrt(spread), 0.0)
        reach = norm.ppf((1 + level) / 2) * np.sqrt(spread) / np.log(survival)
        low, high = survival ** np.exp(-reach), survival ** np.exp(reach)
    is_inside = (survival > 0) & (survival < 1)
    return pd.DataFrame({
        "period": period, "survival": survival, "standard_error": error,
        "low": np.where(is_inside, low, np.nan), "high": np.where(is_inside, high, np.nan),
    })  # fmt: skip
