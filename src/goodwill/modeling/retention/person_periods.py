"""Person-periods: a row per contract and period at risk, and curves from the hazards of such rows."""

import numpy as np
import numpy.typing as npt
import pandas as pd
from numpy.typing import NDArray

from goodwill.arguments import as_rate
from goodwill.errors import UsageError
from goodwill.evaluation.samples import ROUNDING, as_numbers
from goodwill.modeling.given_values import check_lengths, ensure_fitting, whole_numbers
from goodwill.modeling.retention.kaplan_meier import life_table

F = NDArray[np.float64]


def person_periods(
    contracts: pd.DataFrame,
    n_periods: npt.ArrayLike,
    end_reason: npt.ArrayLike,
    *,
    n_entered: npt.ArrayLike | None = None,
) -> tuple[pd.DataFrame, NDArray[np.int64]]:
    """Return a row per contract and period at risk, and what happened at its end.

    Parameters
    ----------
    contracts : (n, ...) what is known of each contract; repeated in each of its rows. What changes from
        period to period (a price, the month) is assigned to the result.
    n_periods : (n,) as in `life_table`.
    end_reason : (n,) of int; 0 where the contract still runs, else 1, or 1, 2, … for competing reasons.
    n_entered : (n,) as in `life_table`.

    Returns
    -------
    The rows, with `period` (1, 2, …) in front and the index of `contracts`; the reason of each row's end, 0
    where the contract went on.

    Examples
    --------
    >>> rows, ended = person_periods(pd.DataFrame({"plan": ["a", "b"]}), [2, 1], [1, 0])
    >>> rows.to_numpy().tolist(), ended.tolist()
    ([[1, 'a'], [2, 'a'], [1, 'b']], [0, 1, 0])
    """
    lived, reason = whole_numbers("n_periods", n_periods), whole_numbers("end_reason", end_reason)
    check_lengths(contracts=contracts, n_periods=lived, end_reason=reason, n_entered=n_entered)
    entered = np.zeros_like(lived) if n_entered is None else whole_numbers("n_entered", n_entered)
    if not isinstance(contracts, pd.DataFrame):
        raise UsageError(f"The contracts are a {type(contracts).__name__}. Give a frame with a row for each.")
    if "period" in contracts:
        raise UsageError("The contracts have a column `period`, which is what the rows count. Rename it.")
    life_table(lived, reason > 0, n_entered=entered)
    row, step = repeated(lived - entered)
    period = entered[row] + step + 1
    rows = contracts.iloc[row].copy()
    rows.insert(0, "period", period)
    return rows, np.where(period == lived[row], reason[row], 0)


def repeated(counts: npt.ArrayLike) -> tuple[NDArray[np.intp], NDArray[np.int64]]:
    """Return the position of each row repeated so many times, and the number of the repetition, from 0.

    Examples
    --------
    >>> row, step = repeated([2, 0, 1])
    >>> row.tolist(), step.tolist()
    ([0, 0, 2], [0, 1, 0])
    """
    n = np.asarray(counts, dtype=np.int64)
    row = np.repeat(np.arange(len(n)), n)
    return row, np.arange(len(row)) - np.repeat(np.cumsum(n) - n, n)


def survival_curves(hazards: npt.ArrayLike) -> F:
    """Return the probability to outlive each period, from the hazards of the periods (n, n_periods).

    Examples
    --------
    >>> survival_curves([[0.5, 0.5], [0.0, 1.0]]).tolist()
    [[0.5, 0.25], [1.0, 0.0]]
    """
    return np.cumprod(1 - _of_contracts(hazards, n_axes=2), axis=1, dtype=np.float64)


def cumulative_incidence(hazards: npt.ArrayLike) -> F:
    """Return the probability to have ended for each reason by the end of each period.

    Aalen and Johansen's estimator for discrete time: the sum over periods of S(t - 1) times the reason's
    hazard.

    Parameters
    ----------
    hazards : (n, n_periods, n_reasons), their sum at most 1.

    Examples
    --------
    >>> cumulative_incidence([[[0.3, 0.2], [0.0, 1.0]]]).tolist()
    [[[0.3, 0.2], [0.3, 0.7]]]
    """
    by_reason = _of_contracts(hazards, n_axes=3)
    survival = survival_curves(by_reason.sum(axis=2))
    before = np.concatenate([np.ones((len(survival), 1)), survival[:, :-1]], axis=1)
    return np.cumsum(before[:, :, None] * by_reason, axis=1)


def expected_margin(
    survival: npt.ArrayLike,
    margin: npt.ArrayLike,
    *,
    years: npt.ArrayLike,
    annual_discount_rate: float = 0.0,
) -> F:
    """Return the discounted margin expected of each contract (n,): a payment at each renewal it lives to see.

    Parameters
    ----------
    survival : (n, n_periods) probability of each renewal.
    margin : (n, n_periods) or (n, 1); money that the renewal brings.
    years : (n, n_periods) or (n_periods,); when, from today.
    annual_discount_rate : yearly rate; money in t years counts (1 + rate)^(-t).

    Examples
    --------
    >>> expected_margin([[0.5, 0.25]], [[10.0]], years=[1.0, 2.0], annual_discount_rate=1.0).tolist()
    [3.125]
    """
    worth = (1.0 + as_rate("annual_discount_rate", annual_discount_rate)) ** -as_numbers("years", years)
    parts = {"survival": as_numbers("survival", survival), "margin": as_numbers("margin", margin)}
    ensure_fitting({**parts, "years": worth})
    return np.sum(parts["survival"] * parts["margin"] * worth, axis=1)


def _of_contracts(hazards: npt.ArrayLike, *, n_axes: int) -> F:
    given, axes = np.asarray(as_numbers("hazards", hazards)), ("contract", "period", "reason")[:n_axes]
    if given.ndim != n_axes:
        raise UsageError(
            f"hazards has the shape {given.shape}; its axes are {', '.join(axes)}. For one contract write "
            "[hazards]."
        )
    n_bad = int((~((given >= 0) & (given <= 1 + ROUNDING))).sum())
    if n_bad:
        raise UsageError(f"hazards: {n_bad} of {given.size} values lie outside 0 to 1. Give probabilities.")
    return given
